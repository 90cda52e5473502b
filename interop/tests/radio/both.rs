//! Keyway's router and Keyway's printer on two radios, and how long each pair of programs takes.

use std::time::Instant;

use keyway_interop::address_server::AddressServer;
use keyway_interop::hostapd::{Hostapd, HostapdConfig};
use keyway_interop::keyway::{Keyway, RadioTask};
use keyway_interop::machine;
use keyway_interop::network::Network;
use keyway_interop::radio::{AirCapture, Radios};
use keyway_interop::supplicant::Supplicant;

use crate::support::{MESSAGES, PIN, assert_clean_air, assert_encrypted_pings, home};

#[test]
fn they_join_by_pin_and_reach_each_other() {
    machine::scenario_and_judge(
        || {
            let radios = Radios::take(2);
            let air = AirCapture::start();
            let mut router = router(&radios);
            router.process().say(PIN);
            router.wait_for("pin-added");
            let task = RadioTask::Pin("pin", PIN);
            let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
            printer.wait_for("joined");
            let address = printer.wait_for("ip-address");
            let address = address["ip"].as_str().expect("an address");
            radios.assert_reach_at((0, "10.0.0.1"), (1, address));
            air.finish();
            assert_eq!(router.wait_for("attempt")["result"], "success");
            assert_eq!(router.wait_for("leased")["ip"], address);
            assert_eq!(printer.credentials(), [home()]);
            assert_eq!(printer.interrupt().status, 0);
            assert_eq!(router.interrupt().status, 0);
        },
        |folder| {
            assert_clean_air(folder, &MESSAGES);
            assert_encrypted_pings(folder);
        },
    );
}

/// One run after the other in one guest, so that they can be compared. The times are told, not asserted.
#[test]
fn how_long_each_pair_takes() {
    machine::scenario(|| {
        for round in 1..=2 {
            let radios = Radios::take(2);
            let hostapd = Hostapd::start(radios.end(0), &HostapdConfig::on_channel(6, home()));
            let station = Supplicant::on_radio(radios.end(1));
            let started = Instant::now();
            hostapd.pin("any", PIN);
            station.enrol(PIN);
            station.wait_until_joined();
            tell(&format!("round {round}: wpa_supplicant with hostapd"), started);
            drop(station);

            let hostapd = {
                drop(hostapd);
                Hostapd::start(radios.end(0), &HostapdConfig::on_channel(6, home()))
            };
            hostapd.pin("any", PIN);
            let started = printer_joins(&radios);
            tell(&format!("round {round}: keyway's printer with hostapd"), started);
            drop(hostapd);

            let mut router = router(&radios);
            router.process().say(PIN);
            router.wait_for("pin-added");
            let started = printer_joins(&radios);
            tell(&format!("round {round}: keyway's printer with keyway's router"), started);
            router.interrupt();

            let router = self::router(&radios);
            let station = Supplicant::on_radio(radios.end(1));
            let started = Instant::now();
            router.process().say(PIN);
            station.enrol(PIN);
            station.wait_until_joined();
            tell(&format!("round {round}: wpa_supplicant with keyway's router"), started);
        }
    });
}

/// The memory of each program once a device has joined, all in one guest: Keyway's need less than the stock ones.
#[test]
fn how_much_memory_each_program_has() {
    machine::scenario(|| {
        let radios = Radios::take(4);
        let hostapd = Hostapd::start(radios.end(0), &HostapdConfig::on_channel(6, home()));
        let _addresses = AddressServer::start(radios.end(0));
        hostapd.pin("any", PIN);
        let task = RadioTask::Pin("pin", PIN);
        let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
        printer.wait_for("online");

        let mut router = Keyway::router_on_radio(
            radios.without_address(2),
            &Network::wpa2(b"Study", "another passphrase"),
            &["--pin-file", "-"],
        );
        router.process().say(PIN);
        router.wait_for("pin-added");
        let station = Supplicant::on_radio(radios.end(3));
        station.enrol(PIN);
        station.wait_until_joined();
        router.wait_for("device-joined");
        for (name, own, stock_name, stock) in [
            ("keyway's printer", printer.process(), "wpa_supplicant", station.process()),
            ("keyway's router", router.process(), "hostapd", hostapd.process()),
        ] {
            let (own, stock) = (own.memory(), stock.memory());
            machine::measured(&format!("memory of {name}: {own} KiB, of {stock_name}: {stock} KiB"));
            assert!(own < stock, "{name} {own} KiB, {stock_name} {stock} KiB");
        }
        assert_eq!(printer.interrupt().status, 0);
        assert_eq!(router.interrupt().status, 0);
    });
}

fn router(radios: &Radios) -> Keyway {
    Keyway::router_on_radio(radios.without_address(0), &home(), &["--pin-file", "-"])
}

/// Lets a printer join, and gives the moment at which it had its PIN: as with wpa_supplicant, which runs when it is told,
/// the start of the program does not count.
fn printer_joins(radios: &Radios) -> Instant {
    let task = RadioTask::Pin("pin", PIN);
    let printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
    let started = Instant::now();
    printer.wait_for("joined");
    started
}

fn tell(pair: &str, started: Instant) {
    machine::measured(&format!(
        "{pair}, from the PIN on both sides to joined: {:.2} s",
        started.elapsed().as_secs_f64()
    ));
}
