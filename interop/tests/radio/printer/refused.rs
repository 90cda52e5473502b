//! What goes wrong, and how it is said.

use keyway_interop::hostapd::{Hostapd, HostapdConfig};
use keyway_interop::keyway::{Keyway, RadioTask};
use keyway_interop::machine;
use keyway_interop::radio::{AirCapture, Radios};
use keyway_interop::wps::{DEVICE_PASSWORD_WRONG, Ending};

use super::Home;
use crate::support::{OTHER_PIN, PIN, WRONG_SECOND_HALF, assert_clean_air, home};

/// The identity of the second access point: one that has the same is taken for the other band of the first.
const OTHER_UUID: &str = "uuid=87654321-9abc-def0-1234-56789abc0001";

#[test]
fn a_pin_with_a_wrong_first_half() {
    machine::scenario_and_judge(
        || a_wrong_pin(OTHER_PIN, "wrong-pin-first-half", 10, 8),
        |folder| assert_clean_air(folder, &["M1", "M2", "M3", "M4", "WSC_NACK"]),
    );
}

#[test]
fn a_pin_with_a_wrong_second_half() {
    machine::scenario_and_judge(
        || a_wrong_pin(WRONG_SECOND_HALF, "wrong-pin-second-half", 11, 10),
        |folder| assert_clean_air(folder, &["M1", "M2", "M3", "M4", "M5", "M6", "WSC_NACK"]),
    );
}

/// Somebody mistypes the PIN at the router.
fn a_wrong_pin(typed: &str, cause: &str, status: i32, message: u8) {
    let radios = Radios::take(2);
    let hostapd = Hostapd::start(radios.end(0), &HostapdConfig::on_channel(6, home()));
    let air = AirCapture::start();
    hostapd.pin("any", typed);
    let task = RadioTask::Pin("pin", PIN);
    let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
    let finish = printer.finish();
    let failed = finish.events.iter().find(|event| event["event"] == "failed").expect("it says so");
    assert_eq!((&failed["cause"], &failed["exit_status"]), (&cause.into(), &status.into()));
    assert_eq!(finish.status, status);
    let wrong = Ending::Failure { message, configuration_error: DEVICE_PASSWORD_WRONG };
    assert_eq!(hostapd.outcome(), wrong);
    assert_eq!(printer.credentials(), []);
    air.finish();
}

#[test]
fn after_a_wrong_pin_it_shows_another_and_takes_that() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let house = Home::start(&radios);
        house.hostapd.pin("any", PIN);
        let mut printer = Keyway::printer_on_radio(radios.without_address(1), &RadioTask::OwnPin, &[]);
        let first = printer.wait_for("pin")["pin"].clone();
        printer.wait_for("failed");
        let second =
            printer.wait_until(0, "another PIN", |event| event["event"] == "pin" && event["pin"] != first);
        assert_eq!(printer.credentials(), []);
        // A person takes a while. Meanwhile the printer does not spend that one too on what was mistyped, which hostapd
        // would use once more.
        printer.wait_for_cause("not-found", "not-ready");
        house.hostapd.pin("any", second["pin"].as_str().expect("digits"));
        house.assert_has(&printer, 1, 0);
        let shown = printer.events().iter().filter(|event| event["event"] == "pin").count();
        assert_eq!(shown, 2);
        assert_eq!(printer.interrupt().status, 0);
    });
}

#[test]
fn two_buttons_at_once() {
    machine::scenario(|| {
        let radios = Radios::take(3);
        // One look around has to hear both.
        let often = "beacon_int=25".to_owned();
        let one = HostapdConfig { extra: vec![often.clone()], ..HostapdConfig::on_channel(1, home()) };
        let other = HostapdConfig {
            extra: vec![OTHER_UUID.to_owned(), often],
            ..HostapdConfig::on_channel(11, home())
        };
        let routers = [Hostapd::start(radios.end(0), &one), Hostapd::start(radios.end(2), &other)];
        for router in &routers {
            router.push_button();
        }
        let mut printer = Keyway::printer_on_radio(radios.without_address(1), &RadioTask::Button, &[]);
        let finish = printer.finish();
        let failed = finish.events.iter().find(|event| event["event"] == "failed").expect("it says so");
        assert_eq!(failed["cause"], "session-overlap");
        assert_eq!(finish.status, 16);
        assert!(!finish.events.iter().any(|event| event["event"] == "trying"), "{:#?}", finish.events);
    });
}

#[test]
fn a_router_whose_own_pin_is_locked() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let config = HostapdConfig {
            ap_pin: Some(PIN.to_owned()),
            extra: vec!["ap_setup_locked=1".to_owned()],
            ..HostapdConfig::on_channel(6, home())
        };
        let hostapd = Hostapd::start(radios.end(0), &config);
        let task = RadioTask::Pin("router-pin", PIN);
        let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
        printer.wait_for_cause("not-found", "setup-locked");
        assert_eq!(printer.interrupt().status, 130);
        assert!(!hostapd.process().output().contains("CTRL-EVENT-EAP-STARTED"));
    });
}

#[test]
fn a_wifi_password_that_is_wrong() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let _hostapd = Hostapd::start(radios.end(0), &HostapdConfig::on_channel(6, home()));
        let task =
            RadioTask::Passphrase(keyway_interop::network::Network::wpa2(home().ssid, "wrong horse battery"));
        let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
        let finish = printer.finish();
        let failed = finish.events.iter().find(|event| event["event"] == "failed").expect("it says so");
        assert_eq!(failed["cause"], "wrong-passphrase");
        assert_eq!(finish.status, 38);
    });
}
