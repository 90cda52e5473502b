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
use serde_json::Value;

use crate::support::{OTHER_PIN, PIN, WRONG_SECOND_HALF, assert_clean_air, assert_encrypted_pings, home};

/// The messages of a registration that goes well.
const MESSAGES: [&str; 9] = ["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "WSC_Done"];

/// Keyway's router on the first radio.
struct Router {
    keyway: Keyway,
}

impl Router {
    /// Of the home's network.
    fn start(radios: &Radios, extra: &[&str]) -> Router {
        Router { keyway: Keyway::router_on_radio(radios.without_address(0), &home(), extra) }
    }

    /// Types something at its terminal, and waits until it has taken that.
    fn type_in(&self, text: &str, event: &str) {
        let mark = self.keyway.process().mark();
        self.keyway.process().say(text);
        self.keyway.wait_for_after(mark, event);
    }

    /// The PIN that it has made for itself.
    fn own_pin(&self) -> String {
        self.keyway.wait_for("router-pin")["pin"].as_str().expect("a PIN").to_owned()
    }

    /// Ends it as its owner does. Gives all that it has told.
    #[track_caller]
    fn end(mut self) -> Vec<Value> {
        let finish = self.keyway.interrupt();
        assert_eq!(finish.status, 0);
        finish.events
    }
}

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
