//! By button, by wrong PINs, by the router's own PIN, and when it is locked.

use keyway_interop::machine;
use keyway_interop::radio::{AirCapture, Radios};
use keyway_interop::supplicant::Supplicant;
use keyway_interop::wps::{Ending, SETUP_LOCKED};

use crate::support::{
    MESSAGES, OTHER_PIN, PIN, Router, TRIES, assert_clean_air, assert_encrypted_pings, home, wrong_first_half,
};

#[test]
fn a_station_joins_by_push_button() {
    machine::scenario_and_judge(
        || {
            let radios = Radios::take(2);
            let air = AirCapture::start();
            let router = Router::start(&radios, &["--button"]);
            let station = Supplicant::on_radio(radios.end(1));
            station.push_button();
            station.wait_until_joined();
            assert_eq!(station.outcome(), Ending::Success);
            assert_eq!(station.learnt(), [home()]);
            radios.assert_reach_at((0, "10.0.0.1"), (1, "10.0.0.2"));
            air.finish();
            let attempt = router.keyway.wait_for("attempt");
            assert_eq!((&attempt["result"], &attempt["method"]), (&"success".into(), &"button".into()));
            router.end();
        },
        |folder| {
            assert_clean_air(folder, &MESSAGES);
            assert_encrypted_pings(folder);
        },
    );
}

#[test]
fn a_wrong_first_half_is_told_apart() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let router = Router::start(&radios, &["--pin-file", "-"]);
        let station = Supplicant::on_radio(radios.end(1));
        router.keyway.process().say(PIN);
        station.enrol(OTHER_PIN);
        assert_eq!(router.keyway.wait_for("attempt")["result"], "wrong-pin-first-half");
        assert_eq!(station.learnt(), []);
        router.end();
    });
}

#[test]
fn a_pin_is_for_the_station_that_is_named_beside_it() {
    machine::scenario(|| {
        let radios = Radios::take(3);
        let router = Router::start(&radios, &["--pin-file", "-"]);
        let (other, named) = (Supplicant::on_radio(radios.end(1)), Supplicant::on_radio(radios.end(2)));
        router.keyway.process().say(&format!("{PIN} {}", radios.end(2).mac()));
        router.keyway.wait_for("pin-added");
        other.enrol(PIN);
        let attempt = router.keyway.wait_for("attempt");
        assert_eq!(attempt["station"], radios.end(1).mac().to_string());
        assert_eq!(attempt["result"], "no-pin-for-device");
        other.process().wait_for("WPS-M2D");
        other.control().expect("WPS_CANCEL");
        named.enrol(PIN);
        named.wait_until_joined();
        assert_eq!(other.learnt(), []);
        assert_eq!(router.keyway.wait_for("device-joined")["station"], radios.end(2).mac().to_string());
        router.end();
    });
}

#[test]
fn two_buttons_at_once_let_nobody_in() {
    machine::scenario(|| {
        let radios = Radios::take(3);
        let router = Router::start(&radios, &["--button", "--pin-file", "-"]);
        let stations = [1, 2].map(|radio| Supplicant::on_radio(radios.end(radio)));
        for station in &stations {
            station.push_button();
        }
        assert_eq!(router.keyway.wait_for("attempt")["result"], "session-overlap");
        // They are told when they come, if they have not seen it themselves.
        for station in &stations {
            station.process().wait_until(0, "the overlap", |line| {
                (line.contains("WPS-OVERLAP") || line.contains(MULTIPLE_BUTTONS)).then_some(())
            });
            station.control().expect("WPS_CANCEL");
            assert_eq!(station.learnt(), []);
        }
        // Pressing it again is of no use yet.
        router.keyway.process().say("button");
        assert_eq!(router.keyway.wait_for("refused")["code"], "overlap");
        router.end();
    });
}

/// How wpa_supplicant spells that the registrar heard more than one button: Configuration Error 12.
const MULTIPLE_BUTTONS: &str = "config_error=12";

#[test]
fn the_router_s_pin_reads_the_settings_once() {
    machine::scenario_and_judge(
        || {
            let radios = Radios::take(2);
            let air = AirCapture::start();
            let router = Router::start(&radios, &["--new-router-pin"]);
            let pin = router.own_pin();
            let station = Supplicant::on_radio(radios.end(1));
            station.learn(radios.end(0).mac(), &pin);
            station.wait_until_joined();
            assert_eq!(station.learnt(), [home()]);
            radios.assert_reach_at((0, "10.0.0.1"), (1, "10.0.0.2"));
            air.finish();
            let attempt = router.keyway.wait_for("attempt");
            assert_eq!((&attempt["result"], &attempt["method"]), (&"success".into(), &"router-pin".into()));
            router.end();
        },
        |folder| {
            // It has the settings with M7 and wants no others, which it says with a WSC_NACK.
            assert_clean_air(folder, &["M1", "M2", "M3", "M4", "M5", "M6", "M7", "WSC_NACK"]);
            assert_encrypted_pings(folder);
        },
    );
}

#[test]
fn wrong_router_s_pins_lock_it() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let router = Router::start(&radios, &["--new-router-pin"]);
        let pin = router.own_pin();
        let bssid = radios.end(0).mac();
        let wrong = wrong_first_half(&pin);
        let station = Supplicant::on_radio(radios.end(1));
        station
            .wait_for_bss(bssid, |known| !known.contains(LOCKED) && known.contains("wps_state=configured"));
        for _ in 0..TRIES {
            let (heard, said) = (router.keyway.process().mark(), station.process().mark());
            station.learn(bssid, wrong);
            let attempt = router.keyway.wait_for_after(heard, "attempt");
            assert_eq!(attempt["result"], "wrong-pin-first-half");
            assert!(!station.outcome_after(said).is_success());
            station.control().expect("WPS_CANCEL");
        }
        let locked = router.keyway.wait_for("locked");
        assert_eq!(locked["failures"], TRIES, "{locked}");
        station.wait_for_bss(bssid, |known| known.contains(LOCKED));
        // Now the right one is of no use either.
        let said = station.process().mark();
        station.learn(bssid, &pin);
        let ending = station.outcome_after(said);
        assert!(matches!(ending, Ending::Failure { configuration_error: SETUP_LOCKED, .. }), "{ending:?}");
        assert_eq!(station.learnt(), []);
        router.end();
    });
}

/// How wpa_supplicant spells AP Setup Locked in a beacon.
const LOCKED: &str = "wps_ap_setup_locked=1";
