//! A PIN's time is over: two minutes at least. This comes first in the alphabet so that it starts first.

use std::time::Duration;

use keyway_interop::address_server::AddressServer;
use keyway_interop::hostapd::{Hostapd, HostapdConfig};
use keyway_interop::keyway::{Keyway, RadioTask};
use keyway_interop::machine;
use keyway_interop::radio::Radios;
use keyway_interop::supplicant::Supplicant;
use serde_json::Value;

use crate::support::{OTHER_PIN, PIN, Router, assert_on_network, home};

/// The shortest time that may be asked for, and some for a busy guest.
const PATIENCE: Duration = Duration::from_secs(240);

#[test]
fn a_pin_that_expires_at_the_router_lets_nobody_in() {
    machine::waiting_scenario(|| {
        let radios = Radios::take(3);
        let extra = ["--keep-wps", "--pin-file", "-", "--pin-expires", "2m"];
        let router = Router::start(&radios, &extra);
        let addresses = [1, 2].map(|radio| radios.end(radio).mac());
        router.keyway.process().say(&format!("{PIN} {}", addresses[0]));
        assert_eq!(router.keyway.wait_for("pin-added")["expires_in"], 120);
        // At the same time that of Keyway's printer, which nobody enters.
        let extra = ["--pin-expires", "2m"];
        let mut printer = Keyway::printer_on_radio(radios.without_address(2), &RadioTask::OwnPin, &extra);
        let first = printer.wait_for("pin")["pin"].clone();
        let expired = router.keyway.wait_until(0, "the PIN to expire", |event| {
            event["event"] == "attempt" && event["result"] == "pin-expired"
        });
        assert_eq!(expired["method"], "pin");
        assert_eq!(printer.wait_within(PATIENCE, "failed")["cause"], "pin-expired");

        let station = Supplicant::on_radio(radios.end(1));
        station.enrol(PIN);
        router.keyway.wait_until(0, "the station to ask", |event| {
            event["event"] == "device-asks" && event["station"] == addresses[0].to_string()
        });
        assert_eq!(station.learnt(), []);
        station.control().expect("WPS_CANCEL");
        let mark = station.process().mark();
        router.type_in(&format!("{OTHER_PIN} {}", addresses[0]), "pin-added");
        station.enrol(OTHER_PIN);
        station.wait_until_joined_after(mark);
        assert_eq!(station.learnt(), [home()]);
        radios.assert_reach_at((0, "10.0.0.1"), (1, "10.0.0.2"));

        // The printer shows another PIN, and nothing comes of the one before.
        let digits = |pin: &Value| pin.as_str().expect("digits").to_owned();
        let mark = printer.process().mark();
        router.type_in(&format!("{} {}", digits(&first), addresses[1]), "pin-added");
        router.keyway.wait_until(0, "a wrong PIN", |event| {
            let result = event["result"].as_str().unwrap_or_default();
            event["event"] == "attempt" && result.starts_with("wrong-pin")
        });
        assert_eq!(printer.credentials(), []);
        let next = printer.wait_for_after(mark, "pin")["pin"].clone();
        router.type_in(&format!("{} {}", digits(&next), addresses[1]), "pin-added");
        assert_on_network(&radios, &printer, 2, 0);
        assert_eq!(printer.interrupt().status, 0);
        router.end();
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
        printer.wait_until(0, "another PIN", |event| event["event"] == "pin" && event["pin"] != first["pin"]);

        // Nobody gets in by the old one, and the printer takes nothing by it.
        let mark = printer.process().mark();
        hostapd.pin("any", first["pin"].as_str().expect("digits"));
        printer.wait_until(0, "a wrong PIN", |event| {
            event["event"] == "failed" && event["cause"] != "pin-expired"
        });
        assert_eq!(printer.credentials(), []);
        let next = printer.wait_for_after(mark, "pin");
        hostapd.pin("any", next["pin"].as_str().expect("digits"));
        printer.wait_for("joined");
        let address = printer.wait_for("ip-address")["ip"].as_str().expect("an address").to_owned();
        radios.assert_reach_at((0, "10.0.0.1"), (1, &address));
        assert_eq!(printer.interrupt().status, 0);
    });
}
