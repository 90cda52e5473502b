//! Keyway's router on a radio, with stock wpa_supplicant.

mod methods;
mod network;
mod pages;
mod several;
mod stock_iwd;

use keyway_interop::keyway::Keyway;
use keyway_interop::machine;
use keyway_interop::radio::{AirCapture, Radios};
use keyway_interop::supplicant::Supplicant;
use keyway_interop::wps::Ending;

use crate::support::{
    MESSAGES, OTHER_PIN, PIN, WRONG_SECOND_HALF, assert_clean_air, assert_encrypted_pings, home,
};

#[test]
fn a_stock_station_joins_by_pin() {
    machine::scenario_and_judge(
        || {
            let radios = Radios::take(2);
            let air = AirCapture::start();
            let mut router =
                Keyway::router_on_radio(radios.without_address(0), &home(), &["--pin-file", "-"]);
            let station = Supplicant::on_radio(radios.end(1));
            router.process().say(OTHER_PIN);
            assert_eq!(router.wait_for("pin-added")["replaces"], false);
            // The newer one counts.
            router.process().say(PIN);
            router.wait_until(0, "a PIN in place of the other", |event| event["replaces"] == true);
            station.enrol(PIN);
            station.wait_until_joined();
            assert_eq!(station.outcome(), Ending::Success);
            assert_eq!(station.learnt(), [home()]);
            radios.assert_reach_at((0, "10.0.0.1"), (1, "10.0.0.2"));
            air.finish();
            assert_eq!(router.wait_for("attempt")["result"], "success");
            assert_eq!(router.wait_for("wps")["on"], false, "it switches itself off");
            assert_eq!(router.interrupt().status, 0);
        },
        |folder| {
            assert_clean_air(folder, &MESSAGES);
            assert_encrypted_pings(folder);
        },
    );
}

#[test]
fn a_stock_station_with_a_wrong_pin_stays_out() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let mut router = Keyway::router_on_radio(radios.without_address(0), &home(), &["--pin-file", "-"]);
        let station = Supplicant::on_radio(radios.end(1));
        router.process().say(PIN);
        station.enrol(WRONG_SECOND_HALF);
        assert_eq!(router.wait_for("attempt")["result"], "wrong-pin-second-half");
        assert_eq!(station.learnt(), []);
        assert_eq!(router.interrupt().status, 0);
    });
}
