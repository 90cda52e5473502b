//! Stock hostapd and stock wpa_supplicant with a PIN: what is asked of Keyway elsewhere is what they do here.

use std::time::Instant;

use keyway_interop::hostapd::{Hostapd, HostapdConfig};
use keyway_interop::machine;
use keyway_interop::radio::{AirCapture, Radios};
use keyway_interop::supplicant::Supplicant;
use keyway_interop::wps::{DEVICE_PASSWORD_WRONG, Ending};

use crate::support::{MESSAGES, PIN, WRONG_SECOND_HALF, assert_clean_air, assert_encrypted_pings, home};

#[test]
fn a_stock_station_joins_with_the_right_pin() {
    machine::scenario_and_judge(
        || {
            let radios = Radios::take(2);
            let hostapd = Hostapd::start(radios.end(0), &HostapdConfig::on_channel(6, home()));
            let station = Supplicant::on_radio(radios.end(1));
            let air = AirCapture::start();
            let started = Instant::now();
            hostapd.pin("any", PIN);
            station.enrol(PIN);
            station.wait_until_joined();
            let seconds = started.elapsed().as_secs_f64();
            machine::measured(&format!("stock pair, from the PIN on both sides to joined: {seconds:.2} s"));
            assert_eq!(station.outcome(), Ending::Success);
            assert_eq!(hostapd.outcome(), Ending::Success);
            assert_eq!(station.learnt(), [home()]);
            radios.assert_reach(0, 1);
            air.finish();
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
        let hostapd = Hostapd::start(radios.end(0), &HostapdConfig::on_channel(6, home()));
        let station = Supplicant::on_radio(radios.end(1));
        hostapd.pin("any", PIN);
        station.enrol(WRONG_SECOND_HALF);
        let wrong = Ending::Failure { message: 10, configuration_error: DEVICE_PASSWORD_WRONG };
        assert_eq!(station.outcome(), wrong);
        assert_eq!(hostapd.outcome(), wrong);
        assert_eq!(station.learnt(), []);
    });
}
