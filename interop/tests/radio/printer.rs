//! Keyway's printer on a radio, with stock hostapd.

use std::time::Instant;

use keyway_interop::address_server::AddressServer;
use keyway_interop::hostapd::{Hostapd, HostapdConfig};
use keyway_interop::keyway::{Keyway, RadioTask};
use keyway_interop::machine;
use keyway_interop::radio::{AirCapture, Radios};
use keyway_interop::wps::Ending;

use crate::support::{PIN, assert_clean_air, assert_encrypted_pings, home};

#[test]
fn it_joins_by_pin_and_can_be_reached() {
    machine::scenario_and_judge(
        || {
            let radios = Radios::take(2);
            let hostapd = Hostapd::start(radios.end(0), &HostapdConfig::on_channel(6, home()));
            let _addresses = AddressServer::start(radios.end(0));
            let air = AirCapture::start();
            let started = Instant::now();
            hostapd.pin("any", PIN);
            let task = RadioTask::Pin("pin", PIN);
            let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
            printer.wait_for("joined");
            let seconds = started.elapsed().as_secs_f64();
            machine::measured(&format!(
                "keyway's printer with hostapd, from the PIN on both sides to joined: {seconds:.2} s"
            ));
            assert_eq!(hostapd.outcome(), Ending::Success);
            let address = printer.wait_for("ip-address");
            let address = address["ip"].as_str().expect("an address");
            radios.assert_reach_at((0, "10.0.0.1"), (1, address));
            printer.wait_for("online");
            air.finish();
            assert_eq!(printer.credentials(), [home()]);
            assert_eq!(printer.interrupt().status, 0);
        },
        |folder| {
            assert_clean_air(folder, &["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "WSC_Done"]);
            assert_encrypted_pings(folder);
        },
    );
}
