//! Every way to be set up.

use keyway_interop::hostapd::{Hostapd, HostapdConfig};
use keyway_interop::keyway::{Keyway, RadioTask};
use keyway_interop::machine;
use keyway_interop::network::Network;
use keyway_interop::radio::{AirCapture, Radios};
use keyway_interop::wps::Ending;

use super::Home;
use crate::support::{MESSAGES, PIN, SSID, assert_clean_air, assert_encrypted_pings, home};

/// The pre-shared key of [`home`], PBKDF2 of name and password (IEEE 802.11-2020, annex J.4).
const PSK: &str = "515dc461c61fa8ec73540f7d03defa68f0d78f23e3695e96166896540debc194";

#[test]
fn by_push_button() {
    machine::scenario_and_judge(
        || {
            let radios = Radios::take(2);
            let house = Home::start(&radios);
            let air = AirCapture::start();
            let mut printer = Keyway::printer_on_radio(radios.without_address(1), &RadioTask::Button, &[]);
            printer.wait_for_cause("not-found", "not-ready");
            house.hostapd.push_button();
            house.assert_has(&printer, 1, 0);
            assert_eq!(house.hostapd.outcome(), Ending::Success);
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

#[test]
fn by_the_pin_on_its_label() {
    machine::scenario_and_judge(
        || {
            let radios = Radios::take(2);
            let house = Home::start(&radios);
            let air = AirCapture::start();
            house.hostapd.pin("any", PIN);
            let task = RadioTask::Pin("label-pin", PIN);
            let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
            house.assert_has(&printer, 1, 0);
            assert_eq!(house.hostapd.outcome(), Ending::Success);
            air.finish();
            // A device that has no display is given the key that hostapd made of the password.
            assert_eq!(printer.credentials(), [Network::wpa2_psk(SSID, PSK)]);
            assert_eq!(printer.interrupt().status, 0);
        },
        |folder| {
            assert_clean_air(folder, &MESSAGES);
            assert_encrypted_pings(folder);
        },
    );
}

#[test]
fn by_the_pin_of_the_router() {
    machine::scenario_and_judge(
        || {
            let radios = Radios::take(2);
            let config =
                HostapdConfig { ap_pin: Some(PIN.to_owned()), ..HostapdConfig::on_channel(6, home()) };
            let house = Home::of(&radios, Hostapd::start(radios.end(0), &config));
            let air = AirCapture::start();
            let task = RadioTask::Pin("router-pin", PIN);
            let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
            house.assert_has(&printer, 1, 0);
            air.finish();
            assert_eq!(printer.credentials(), [home()]);
            assert_eq!(printer.interrupt().status, 0);
        },
        |folder| {
            // The printer is the registrar; it has read what it wanted and breaks off.
            let messages = ["M1", "M2", "M3", "M4", "M5", "M6", "M7", "WSC_NACK"];
            assert_clean_air(folder, &messages);
            assert_encrypted_pings(folder);
        },
    );
}

#[test]
fn by_the_wifi_password() {
    machine::scenario_and_judge(
        || {
            let radios = Radios::take(2);
            let house = Home::start(&radios);
            let air = AirCapture::start();
            let task = RadioTask::Passphrase(home());
            let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
            let joined = house.assert_has(&printer, 1, 0);
            assert_eq!((&joined["ssid"], &joined["channel"]), (&SSID.into(), &6.into()), "{joined}");
            assert_eq!(joined["bssid"], radios.end(0).mac().to_string());
            air.finish();
            assert_eq!(printer.interrupt().status, 0);
        },
        |folder| {
            assert_clean_air(folder, &[]);
            assert_encrypted_pings(folder);
        },
    );
}

#[test]
fn by_the_key_of_a_network_whose_name_is_no_text() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let network = Network::wpa2_psk([0xff, 0, b'a', 0xc3], PSK);
        let config = HostapdConfig::on_channel(1, network.clone());
        let house = Home::of(&radios, Hostapd::start(radios.end(0), &config));
        let task = RadioTask::Passphrase(network);
        let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
        house.assert_has(&printer, 1, 0);
        assert_eq!(printer.interrupt().status, 0);
    });
}
