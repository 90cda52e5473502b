//! The network as it was asked for: channel and country, protection of management frames, a hidden name.

use std::collections::BTreeMap;
use std::path::Path;

use keyway_interop::keyway::{Keyway, binary};
use keyway_interop::machine;
use keyway_interop::network::{Network, to_hex};
use keyway_interop::radio::{AirCapture, Radios};
use keyway_interop::supplicant::Supplicant;
use keyway_interop::tshark::file_fields;

use crate::support::{
    Country, MESSAGES, OTHER_PIN, PASSPHRASE, PIN, Router, SSID, assert_clean_air, assert_encrypted_pings,
    assert_given_back, home, interface, ip,
};

#[test]
fn it_serves_at_5_ghz_where_the_country_allows_it() {
    machine::scenario_and_judge(
        || {
            let _country = Country::none();
            let radios = Radios::take(2);
            let air = AirCapture::start();
            let more = ["--channel", "36", "--country", "FI", "--pin-file", "-"];
            let router = Router::start(&radios, &more);
            let station = Supplicant::on_radio(radios.end(1));
            router.keyway.process().say(PIN);
            station.enrol(PIN);
            station.wait_until_joined();
            assert!(station.control().request("STATUS").contains("freq=5180"));
            radios.assert_reach_at((0, "10.0.0.1"), (1, "10.0.0.2"));
            air.finish();
            router.end();
        },
        |folder| {
            assert_clean_air(folder, &MESSAGES);
            assert_encrypted_pings(folder);
        },
    );
}

#[test]
fn a_channel_that_may_not_be_used_is_refused_in_words() {
    machine::scenario(|| {
        let _country = Country::none();
        let radios = Radios::take(1);
        for (more, words) in [
            (&["--channel", "36"][..], "the rules for the country 00 let nobody begin a network on it"),
            (&["--channel", "13", "--country", "US"], "the rules for the country US forbid it"),
            (&["--channel", "52", "--country", "FI"], "radar would have to be looked for first"),
        ] {
            let mut command = radios.end(0).command(binary());
            command.args(["router", "--interface", radios.end(0).interface(), "--ssid", SSID]).args(more);
            let output = command.output().expect("it starts");
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(3), "{more:?}: {said}");
            assert!(said.contains(words), "{more:?}: {said}");
        }
    });
}

#[test]
fn protection_of_management_frames_can_be_required() {
    machine::scenario_and_judge(
        || {
            let radios = Radios::take(3);
            let air = AirCapture::start();
            let router = Router::start(&radios, &["--protection", "required", "--pin-file", "-"]);
            // One by PIN, and one with the passphrase and the other key management.
            let (one, other) = (Supplicant::on_radio(radios.end(1)), Supplicant::on_radio(radios.end(2)));
            one.control().expect("SET pmf 1");
            router.keyway.process().say(PIN);
            one.enrol(PIN);
            one.wait_until_joined();
            other.join(&home(), &["key_mgmt=WPA-PSK-SHA256", "ieee80211w=2"]);
            other.wait_until_joined();
            for (station, key_management) in
                [(&one, "key_mgmt=WPA2-PSK\n"), (&other, "key_mgmt=WPA2-PSK-SHA256\n")]
            {
                let status = station.control().request("STATUS");
                assert!(status.contains(key_management), "{status}");
                assert!(status.contains("mgmt_group_cipher=BIP"), "{status}");
            }
            for (radio, address) in [(1, "10.0.0.2"), (2, "10.0.0.3")] {
                radios.assert_reach_at((0, "10.0.0.1"), (radio, address));
            }
            // Its good-bye is protected as well.
            let heard = router.keyway.process().mark();
            other.control().expect("DISCONNECT");
            router.keyway.wait_for_after(heard, "device-left");
            air.finish();
            router.end();
        },
        |folder| {
            assert_clean_air(folder, &MESSAGES);
            assert_encrypted_pings(folder);
            let file = AirCapture::file(folder);
            let farewells = file_fields(&file, "wlan.fc.type_subtype==12", &["wlan.fc.protected"]);
            assert!(farewells.iter().any(|fields| fields["wlan.fc.protected"] == "1"), "{farewells:?}");
        },
    );
}

#[test]
fn a_hidden_network_is_joined_by_who_knows_its_name() {
    machine::scenario_and_judge(
        || {
            let radios = Radios::take(2);
            let air = AirCapture::start();
            let router = Router::start(&radios, &["--hidden"]);
            let station = Supplicant::on_radio(radios.end(1));
            station.join(&home(), &["scan_ssid=1"]);
            station.wait_until_joined();
            radios.assert_reach_at((0, "10.0.0.1"), (1, "10.0.0.2"));
            air.finish();
            router.end();
        },
        |folder| {
            assert_clean_air(folder, &[]);
            let beacons = file_fields(&AirCapture::file(folder), "wlan.fc.type_subtype==8", &["wlan.ssid"]);
            assert!(!beacons.is_empty());
            // tshark 4 writes names as hexadecimal, earlier ones as text.
            let name = |beacon: &&BTreeMap<&str, String>| {
                [SSID.to_owned(), to_hex(SSID.as_bytes())].contains(&beacon["wlan.ssid"])
            };
            assert_eq!(beacons.iter().find(name), None);
        },
    );
}

#[test]
fn a_wrong_passphrase_is_told() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let router = Router::start(&radios, &[]);
        let station = Supplicant::on_radio(radios.end(1));
        station.join(&Network::wpa2(SSID, "not the passphrase"), &[]);
        let told = router.keyway.wait_for("wrong-passphrase");
        assert_eq!(told["station"], radios.end(1).mac().to_string());
        let events = router.end();
        assert!(events.iter().all(|event| event["event"] != "device-joined"), "{events:#?}");
    });
}

#[test]
fn the_interface_is_given_back_after_a_kill_too() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        radios.without_address(0);
        assert_given_back(radios.end(0));
        Router::start(&radios, &[]).end();
        assert_given_back(radios.end(0));

        let mut router = Router::start(&radios, &[]);
        let (iw, ip) = interface(radios.end(0));
        assert!(iw.contains("type AP") && iw.contains("channel 6"), "{iw}");
        assert!(ip.contains("UP") && ip.contains("inet 10.0.0.1/24"), "{ip}");
        let station = Supplicant::on_radio(radios.end(1));
        station.join(&home(), &[]);
        station.wait_until_joined();
        router.keyway.kill();
        // The kernel takes the network off the air with the program.
        let (iw, _) = interface(radios.end(0));
        assert!(!iw.contains("channel"), "{iw}");

        let said = station.process().mark();
        let router = Keyway::router_on_radio(radios.end(0), &home(), &[]);
        station.wait_until_joined_after(said);
        radios.assert_reach_at((0, "10.0.0.1"), (1, "10.0.0.2"));
        Router { keyway: router }.end();
        assert_given_back(radios.end(0));
    });
}

#[test]
fn it_loses_its_power_in_the_middle() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let mut router = Router::start(&radios, &["--pin-file", "-"]);
        router.type_in(PIN, "pin-added");
        let station = Supplicant::on_radio(radios.end(1));
        station.enrol(PIN);
        router.keyway.wait_for("registering");
        router.keyway.kill();
        station.control().expect("WPS_CANCEL");

        let said = station.process().mark();
        let router = Router::start(&radios, &["--pin-file", "-"]);
        router.type_in(OTHER_PIN, "pin-added");
        station.enrol(OTHER_PIN);
        station.wait_until_joined_after(said);
        assert_eq!(station.learnt(), [home()]);
        radios.assert_reach_at((0, "10.0.0.1"), (1, "10.0.0.2"));
        router.end();
    });
}

#[test]
fn it_is_on_the_air_again_when_somebody_has_switched_its_interface_off() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let router = Router::start(&radios, &["--pin-file", "-"]);
        let station = Supplicant::on_radio(radios.end(1));
        station.join(&home(), &[]);
        station.wait_until_joined();
        let (heard, said) = (router.keyway.process().mark(), station.process().mark());
        ip(radios.end(0), "link set wlan0 down");
        router.keyway.wait_for_after(heard, "problem");
        router.keyway.wait_for_after(heard, "recovered");
        station.wait_until_joined_after(said);
        radios.assert_reach_at((0, "10.0.0.1"), (1, "10.0.0.2"));
        // All that it does works as before.
        drop(station);
        let other = Supplicant::on_radio(radios.end(1));
        router.type_in(PIN, "pin-added");
        other.enrol(PIN);
        other.wait_until_joined();
        router.end();
        assert_given_back(radios.end(0));
    });
}

#[test]
fn a_second_program_is_refused_and_disturbs_nobody() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let router = Router::start(&radios, &[]);
        let station = Supplicant::on_radio(radios.end(1));
        station.join(&home(), &[]);
        station.wait_until_joined();
        radios.assert_reach_at((0, "10.0.0.1"), (1, "10.0.0.2"));
        // But for the seconds that its address is still good.
        let state = || {
            let (iw, ip) = interface(radios.end(0));
            let lasting = ip.lines().filter(|line| !line.contains("valid_lft"));
            (iw, lasting.map(str::to_owned).collect::<Vec<_>>())
        };
        let before = state();
        let others: [&[&str]; 3] = [&["printer", "--method", "button"], &["router"], &["restore"]];
        for arguments in others {
            let mut command = radios.end(0).command(binary());
            command.args(arguments).args(["--interface", radios.end(0).interface()]);
            let output = router.keyway.beside(&mut command).output().expect("it starts");
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(3), "{arguments:?}: {said}");
            assert!(said.contains("another keyway is using"), "{arguments:?}: {said}");
            assert_eq!(state(), before, "{arguments:?}");
        }
        radios.assert_reach_at((0, "10.0.0.1"), (1, "10.0.0.2"));
        router.end();
    });
}

#[test]
fn its_settings_can_stand_in_a_file() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let files = keyway_interop::scratch::Scratch::new("config");
        let passphrase = files.write("passphrase", PASSPHRASE);
        let config = files.write("router.toml", config(&passphrase));
        let mut command = radios.without_address(0).command(binary());
        command.args(["router", "--json", "--interface", radios.end(0).interface(), "--config"]).arg(config);
        let router = keyway_interop::process::Process::spawn("keyway", command);
        let started = router.wait_for("\"event\":\"started\"");
        assert!(started.contains("\"channel\":11") && started.contains("10.0.0.1/24"), "{started}");
        let station = Supplicant::on_radio(radios.end(1));
        station.join(&home(), &[]);
        station.wait_until_joined();
        radios.assert_reach_at((0, "10.0.0.1"), (1, "10.0.0.2"));
    });
}

fn config(passphrase: &Path) -> String {
    format!(
        "ssid = \"{SSID}\"\npassphrase_file = \"{}\"\nchannel = 11\naddress = \"10.0.0.1/24\"\n",
        passphrase.display()
    )
}
