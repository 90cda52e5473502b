//! Stock iwd as the station, which shares no code with hostapd.

use keyway_interop::iwd::{Iwd, TRIES};
use keyway_interop::machine;
use keyway_interop::manager_bus::SystemBus;
use keyway_interop::radio::Radios;

use serde_json::Value;

use crate::support::{Country, PASSPHRASE, PIN, Router, SSID, WRONG_SECOND_HALF};

#[test]
fn iwd_joins_by_pin() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let router = Router::start(&radios, &["--keep-wps", "--pin-file", "-"]);
        let bus = SystemBus::start();
        let iwd = Iwd::start(radios.end(1), &bus);
        iwd.enrol(PIN, || router.type_in(PIN, "pin-added"));
        let profile = iwd.profile(SSID).expect("it knows the network");
        assert!(profile.contains(PASSPHRASE));
        router.keyway.wait_for("device-joined");
        radios.assert_reach_at((0, "10.0.0.1"), (1, "10.0.0.2"));
        router.end();
    });
}

#[test]
fn iwd_joins_by_push_button_at_5_ghz() {
    machine::scenario(|| {
        let _country = Country::none();
        let radios = Radios::take(2);
        let more = ["--channel", "36", "--country", "FI", "--keep-wps", "--pin-file", "-"];
        let router = Router::start(&radios, &more);
        let bus = SystemBus::start();
        let iwd = Iwd::start(radios.end(1), &bus);
        iwd.push_button(|| router.type_in("button", "button"));
        let profile = iwd.profile(SSID).expect("it knows the network");
        assert!(profile.contains(PASSPHRASE));
        router.keyway.wait_for("device-joined");
        radios.assert_reach_at((0, "10.0.0.1"), (1, "10.0.0.2"));
        router.end();
    });
}

#[test]
fn iwd_with_a_wrong_pin_stays_out() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let router = Router::start(&radios, &["--pin-file", "-"]);
        let bus = SystemBus::start();
        let iwd = Iwd::start(radios.end(1), &bus);
        let is_refusal =
            |event: &Value| event["event"] == "attempt" && event["result"] == "wrong-pin-second-half";
        for _ in 0..TRIES {
            router.type_in(PIN, "pin-added");
            iwd.enrol_in_vain(WRONG_SECOND_HALF);
            if router.keyway.events().iter().any(is_refusal) {
                break;
            }
        }
        router.keyway.wait_until(0, "the refusal", is_refusal);
        assert_eq!(iwd.profile(SSID), None);
        let told = router.end();
        assert!(told.iter().all(|event| event["event"] != "device-joined"), "{told:#?}");
    });
}
