//! Keyway's printer on a radio, with stock hostapd.

mod methods;
mod networks;
mod prints;
mod refused;
mod returns;
mod several;

use keyway_interop::address_server::AddressServer;
use keyway_interop::hostapd::{Hostapd, HostapdConfig};
use keyway_interop::keyway::{Keyway, RadioTask};
use keyway_interop::machine;
use keyway_interop::process::Signal;
use keyway_interop::radio::{AirCapture, Radios};
use keyway_interop::wps::Ending;
use serde_json::Value;

use crate::support::{MESSAGES, PIN, assert_clean_air, assert_encrypted_pings, assert_on_network, home, ip};

/// A home: an access point on the first radio, and behind it what lends addresses.
struct Home<'r> {
    radios: &'r Radios,
    hostapd: Hostapd,
    _addresses: AddressServer,
}

impl<'r> Home<'r> {
    /// The one of most scenarios.
    fn start(radios: &'r Radios) -> Home<'r> {
        Home::of(radios, Hostapd::start(radios.end(0), &HostapdConfig::on_channel(6, home())))
    }

    /// With this access point.
    fn of(radios: &'r Radios, hostapd: Hostapd) -> Home<'r> {
        let addresses = AddressServer::start(radios.end(0));
        Home { radios, hostapd, _addresses: addresses }
    }

    /// Its access point is gone from one moment to the next.
    fn cut_the_power(&mut self) {
        self.hostapd.process_mut().stop(Signal::KILL);
        // Nobody tells the kernel to end the network of a hostapd that was killed.
        ip(self.radios.end(0), "link set wlan0 down");
    }

    /// It has an access point again.
    fn switch_on(&mut self, config: &HostapdConfig) {
        self.hostapd = Hostapd::start(self.radios.end(0), config);
    }

    /// Asserts that a printer on that radio has joined since a mark, has got an address, and that it and the access
    /// point reach each other. Gives its word of joining.
    #[track_caller]
    fn assert_has(&self, printer: &Keyway, radio: usize, mark: usize) -> Value {
        assert_on_network(self.radios, printer, radio, mark)
    }
}

#[test]
fn it_joins_by_pin_and_can_be_reached() {
    machine::scenario_and_judge(
        || {
            let radios = Radios::take(2);
            let house = Home::start(&radios);
            let air = AirCapture::start();
            house.hostapd.pin("any", PIN);
            let task = RadioTask::Pin("pin", PIN);
            let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
            printer.wait_for("joined");
            assert_eq!(house.hostapd.outcome(), Ending::Success);
            house.assert_has(&printer, 1, 0);
            printer.wait_for("online");
            air.finish();
            assert_eq!(printer.credentials(), [home()]);
            assert_eq!(printer.interrupt().status, 0);
        },
        |folder| {
            assert_clean_air(folder, &MESSAGES);
            assert_encrypted_pings(folder);
        },
    );
}
