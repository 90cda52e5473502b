//! A PIN's time is over: two minutes at least. This comes first in the alphabet so that it starts first.

use std::time::Duration;

use keyway_interop::address_server::AddressServer;
use keyway_interop::hostapd::{Hostapd, HostapdConfig};
use keyway_interop::keyway::{Keyway, RadioTask};
use keyway_interop::machine;
use keyway_interop::radio::Radios;
use keyway_interop::supplicant::Supplicant;

use crate::support::{OTHER_PIN, PIN, home};

/// The shortest time that may be asked for, and some for a busy guest.
const PATIENCE: Duration = Duration::from_secs(240);

#[test]
fn a_pin_that_expires_at_the_router_lets_nobody_in() {
    machine::waiting_scenario(|| {
        let radios = Radios::take(2);
        let extra = ["--pin-file", "-", "--pin-expires", "2m"];
        let mut router = Keyway::router_on_radio(radios.without_address(0), &home(), &extra);
        router.process().say(PIN);
        assert_eq!(router.wait_for("pin-added")["expires_in"], 120);
        let attempt = router.wait_within(PATIENCE, "attempt");
        assert_eq!((&attempt["result"], &attempt["method"]), (&"pin-expired".into(), &"pin".into()));

        let station = Supplicant::on_radio(radios.end(1));
        station.enrol(PIN);
        router.wait_for("device-asks");
        assert_eq!(station.learnt(), []);
        let mark = station.process().mark();
        router.process().say(OTHER_PIN);
        station.enrol(OTHER_PIN);
        station.wait_until_joined_after(mark);
        assert_eq!(station.learnt(), [home()]);
        radios.assert_reach_at((0, "10.0.0.1"), (1, "10.0.0.2"));
        assert_eq!(router.interrupt().status, 0);
    });
}

#[test]
fn a_pin_that_expires_at_the_printer_is_followed_by_another() {
    machine::waiting_scenario(|| {
        let radios = Radios::take(2);
        let hostapd = Hostapd::start(radios.end(0), &HostapdConfig::on_channel(6, home()));
        let _addresses = AddressServer::start(radios.end(0));
        let extra = ["--pin-expires", "2m"];
        let mut printer = Keyway::printer_on_radio(radios.without_address(1), &RadioTask::OwnPin, &extra);
        let first = printer.wait_for("pin");
        assert_eq!(first["expires_in"], 120);
        let failed = printer.wait_within(PATIENCE, "failed");
        assert_eq!(failed["cause"], "pin-expired");
        let other = |event: &serde_json::Value| event["event"] == "pin" && event["pin"] != first["pin"];
        let second = printer.wait_until(0, "another PIN", other);

        // Nobody gets in by the old one, and the printer takes nothing by it.
        hostapd.pin("any", first["pin"].as_str().expect("digits"));
        printer.wait_until(0, "a wrong PIN", |event| {
            event["event"] == "failed" && event["cause"] != "pin-expired"
        });
        assert_eq!(printer.credentials(), []);
        let third = |event: &serde_json::Value| other(event) && event["pin"] != second["pin"];
        let third = printer.wait_until(0, "a third PIN", third);
        hostapd.pin("any", third["pin"].as_str().expect("digits"));
        printer.wait_for("joined");
        let address = printer.wait_for("ip-address")["ip"].as_str().expect("an address").to_owned();
        radios.assert_reach_at((0, "10.0.0.1"), (1, &address));
        assert_eq!(printer.interrupt().status, 0);
    });
}
