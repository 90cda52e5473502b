//! Several printers at once.

use keyway_interop::keyway::{Keyway, RadioTask};
use keyway_interop::machine;
use keyway_interop::radio::Radios;
use keyway_wsc::{MacAddr, Uuid};

use super::Home;
use crate::support::home;

#[test]
fn each_joins_by_its_own_pin() {
    machine::scenario(|| {
        let radios = Radios::take(machine::RADIOS);
        let house = Home::start(&radios);
        let mut printers = Vec::new();
        for radio in 1..machine::RADIOS {
            let end = radios.without_address(radio);
            printers.push((radio, Keyway::printer_on_radio(end, &RadioTask::OwnPin, &[])));
        }
        for (radio, printer) in &printers {
            let pin = printer.wait_for("pin");
            let uuid = Uuid::from_mac(MacAddr(radios.end(*radio).mac().0));
            house.hostapd.pin(&uuid.to_string(), pin["pin"].as_str().expect("digits"));
        }
        for (radio, printer) in &printers {
            house.assert_has(printer, *radio, 0);
        }
        for (_, mut printer) in printers {
            assert_eq!(printer.credentials(), [home()]);
            assert_eq!(printer.interrupt().status, 0);
        }
    });
}
