//! Networks of every kind.

use std::time::Duration;

use keyway_interop::hostapd::{Hostapd, HostapdConfig};
use keyway_interop::keyway::{Keyway, RadioTask};
use keyway_interop::machine;
use keyway_interop::network::Network;
use keyway_interop::radio::{AirCapture, Radios};

use super::Home;
use crate::support::{Country, MESSAGES, PIN, SSID, assert_clean_air, assert_encrypted_pings, home, ip};

/// A home's access point with these lines in its configuration.
fn with(channel: u8, extra: &[&str]) -> HostapdConfig {
    let extra = extra.iter().map(|&line| line.to_owned()).collect();
    HostapdConfig { extra, ..HostapdConfig::on_channel(channel, home()) }
}

#[test]
fn on_5_ghz() {
    machine::scenario_and_judge(
        || {
            let _country = Country::set("US");
            let radios = Radios::take(2);
            let hostapd = Hostapd::start(radios.end(0), &with(36, &["country_code=US"]));
            let house = Home::of(&radios, hostapd);
            let air = AirCapture::start();
            house.hostapd.pin("any", PIN);
            let task = RadioTask::Pin("pin", PIN);
            let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
            assert_eq!(house.assert_has(&printer, 1, 0)["channel"], 36);
            air.finish();
            assert_eq!(printer.interrupt().status, 0);
        },
        |folder| {
            assert_clean_air(folder, &MESSAGES);
            assert_encrypted_pings(folder);
        },
    );
}

#[test]
fn of_two_with_one_name_the_one_that_has_its_pin() {
    machine::scenario(|| {
        let radios = Radios::take(3);
        let house = Home::of(&radios, Hostapd::start(radios.end(0), &with(11, &[])));
        let neighbour = HostapdConfig {
            extra: vec!["uuid=87654321-9abc-def0-1234-56789abc0001".to_owned()],
            ..HostapdConfig::on_channel(1, Network::wpa2(SSID, "another password"))
        };
        let neighbour = Hostapd::start(radios.end(2), &neighbour);
        house.hostapd.pin("any", PIN);
        let task = RadioTask::Pin("pin", PIN);
        let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
        let joined = house.assert_has(&printer, 1, 0);
        assert_eq!(
            (&joined["channel"], &joined["bssid"]),
            (&11.into(), &radios.end(0).mac().to_string().into())
        );
        assert_eq!(printer.interrupt().status, 0);
        assert!(!neighbour.process().output().contains("associated"), "it went to the neighbour");
    });
}

#[test]
fn one_that_hides_its_name() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let house = Home::of(&radios, Hostapd::start(radios.end(0), &with(6, &["ignore_broadcast_ssid=1"])));
        let task = RadioTask::Pin("pin", PIN);
        let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
        printer.wait_for_cause("not-found", "hidden");
        assert_eq!(printer.interrupt().status, 130);

        let task = RadioTask::Passphrase(home());
        let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
        house.assert_has(&printer, 1, 0);
        assert_eq!(printer.interrupt().status, 0);
    });
}

#[test]
fn one_that_has_wpa3_only() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let wpa3 = with(6, &["wpa_key_mgmt=SAE", "ieee80211w=2", "wps_state=0"]);
        let hostapd = Hostapd::start(radios.end(0), &wpa3);
        let task = RadioTask::Pin("pin", PIN);
        let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
        printer.wait_for_cause("not-found", "wpa3-only");
        assert_eq!(printer.interrupt().status, 130);

        let task = RadioTask::Passphrase(home());
        let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
        let finish = printer.finish();
        let failed = finish.events.iter().find(|event| event["event"] == "failed").expect("it says so");
        assert_eq!(failed["cause"], "wpa3-only");
        assert_eq!(finish.status, 34);
        assert!(!hostapd.process().output().contains("associated"));
    });
}

/// The lines of an access point that joins nobody who does not protect management frames.
const PROTECTED: [&str; 2] = ["wpa_key_mgmt=WPA-PSK-SHA256", "ieee80211w=2"];

#[test]
fn one_that_wants_management_frames_protected() {
    machine::scenario_and_judge(
        || {
            let radios = Radios::take(2);
            let house = Home::of(&radios, Hostapd::start(radios.end(0), &with(6, &PROTECTED)));
            let air = AirCapture::start();
            let task = RadioTask::Passphrase(home());
            let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
            house.assert_has(&printer, 1, 0);
            let station = house.hostapd.control().request(&format!("STA {}", radios.end(1).mac()));
            assert!(station.contains("[MFP]"), "{station}");
            assert!(station.contains("AKMSuiteSelector=00-0f-ac-6"), "{station}");
            air.finish();
            assert_eq!(printer.interrupt().status, 0);
        },
        |folder| assert_clean_air(folder, &[]),
    );
}

#[test]
fn one_that_can_protect_management_frames_joined_by_pin() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let lines = ["wpa_key_mgmt=WPA-PSK WPA-PSK-SHA256", "ieee80211w=1"];
        let house = Home::of(&radios, Hostapd::start(radios.end(0), &with(6, &lines)));
        house.hostapd.pin("any", PIN);
        let task = RadioTask::Pin("pin", PIN);
        let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
        house.assert_has(&printer, 1, 0);
        let station = house.hostapd.control().request(&format!("STA {}", radios.end(1).mac()));
        assert!(station.contains("[MFP]"), "{station}");
        assert_eq!(printer.interrupt().status, 0);
    });
}

#[test]
fn one_whose_access_point_forgot_it_where_nobody_can_be_sent_away_unprotected() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let mut house = Home::of(&radios, Hostapd::start(radios.end(0), &with(6, &PROTECTED)));
        let task = RadioTask::Passphrase(home());
        let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
        house.assert_has(&printer, 1, 0);
        let mark = printer.process().mark();
        house.cut_the_power();
        house.switch_on(&with(6, &PROTECTED));
        house.assert_has(&printer, 1, mark);
        assert_eq!(printer.interrupt().status, 0);
    });
}

#[test]
fn one_that_renews_the_key_of_its_group_all_the_time() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let house = Home::of(&radios, Hostapd::start(radios.end(0), &with(6, &["wpa_group_rekey=1"])));
        let task = RadioTask::Passphrase(home());
        let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
        house.assert_has(&printer, 1, 0);
        for _ in 0..3 {
            let mark = house.hostapd.process().mark();
            house.hostapd.process().wait_for_after(mark, "group key handshake completed");
            // The question who has the printer's address goes to all, under that key.
            ip(radios.end(0), "neighbour flush dev wlan0");
            house.assert_has(&printer, 1, 0);
        }
        assert!(!house.hostapd.process().output().contains("AP-STA-DISCONNECTED"));
        assert_eq!(printer.interrupt().status, 0);
    });
}

#[test]
fn one_where_somebody_else_sends_it_away() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let config = HostapdConfig { verbose: true, ..with(6, &PROTECTED) };
        let house = Home::of(&radios, Hostapd::start(radios.end(0), &config));
        let task = RadioTask::Passphrase(home());
        let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
        house.assert_has(&printer, 1, 0);
        let mark = house.hostapd.process().mark();
        // What a stranger can send: a farewell without protection, of which hostapd knows nothing afterwards.
        house.hostapd.control().expect(&format!("DEAUTHENTICATE {} reason=6 test=0", radios.end(1).mac()));
        house.hostapd.process().wait_for_after(mark, "Received SA Query Request");
        house.assert_has(&printer, 1, 0);
        // By now the printer would have given up if it had not been answered.
        std::thread::sleep(Duration::from_millis(1500));
        assert!(!printer.events().iter().any(|event| event["event"] == "lost"), "{:#?}", printer.events());
        assert_eq!(printer.interrupt().status, 0);
    });
}
