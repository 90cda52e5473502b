//! Keyway's printer with Keyway's router, where the cases that each of them has with the stock programs have another
//! answer on the other side.

use keyway_interop::keyway::{Keyway, RadioTask};
use keyway_interop::machine;
use keyway_interop::network::Network;
use keyway_interop::radio::Radios;
use keyway_interop::supplicant::Supplicant;
use serde_json::Value;

use crate::support::{
    Country, OTHER_PIN, PIN, Router, SSID, TRIES, assert_on_network, home, stop_at, wrong_first_half,
};

/// The address of a device that is not there.
const NOBODY: &str = "02:00:00:00:77:77";

#[test]
fn several_printers_join_at_once() {
    machine::scenario(|| {
        let radios = Radios::take(machine::RADIOS);
        let router = Router::start(&radios, &["--keep-wps", "--pin-file", "-"]);
        let mut printers = Vec::new();
        for radio in 1..machine::RADIOS {
            let end = radios.without_address(radio);
            printers.push((radio, Keyway::printer_on_radio(end, &RadioTask::OwnPin, &[])));
        }
        for (radio, printer) in &printers {
            let pin = printer.wait_for("pin");
            let pin = pin["pin"].as_str().expect("digits");
            router.type_in(&format!("{pin} {}", radios.end(*radio).mac()), "pin-added");
        }
        for (radio, printer) in &printers {
            assert_on_network(&radios, printer, *radio, 0);
        }
        for (_, mut printer) in printers {
            assert_eq!(printer.credentials(), [home()]);
            assert_eq!(printer.interrupt().status, 0);
        }
        router.end();
    });
}

#[test]
fn two_printers_by_button_are_one_too_many() {
    machine::scenario(|| {
        let radios = Radios::take(3);
        let router = Router::start(&radios, &["--keep-wps", "--pin-file", "-"]);
        let printers = [1, 2]
            .map(|radio| Keyway::printer_on_radio(radios.without_address(radio), &RadioTask::Button, &[]));
        for radio in [1, 2] {
            let station = radios.end(radio).mac().to_string();
            router.keyway.wait_until(0, "both to ask", |event| {
                event["event"] == "device-asks" && event["by_button"] == true && event["station"] == station
            });
        }
        router.keyway.process().say("button");
        assert_eq!(router.keyway.wait_for("refused")["code"], "overlap");
        for mut printer in printers {
            assert_eq!(printer.interrupt().status, 130);
            assert_eq!(printer.credentials(), []);
        }
        let told = router.end();
        assert!(told.iter().all(|event| event["event"] != "device-joined"), "{told:#?}");
    });
}

#[test]
fn wrong_router_s_pins_lock_it() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let router = Router::start(&radios, &["--new-router-pin"]);
        let pin = router.own_pin();
        let wrong = wrong_first_half(&pin);
        let task = RadioTask::Pin("router-pin", wrong);
        for _ in 0..TRIES {
            let heard = router.keyway.process().mark();
            let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
            let finish = printer.finish();
            let failed = finish.events.iter().find(|event| event["event"] == "failed").expect("it says so");
            assert_eq!(failed["cause"], "wrong-pin-first-half");
            assert_eq!(printer.credentials(), []);
            let attempt = router.keyway.wait_for_after(heard, "attempt");
            assert_eq!(attempt["result"], "wrong-pin-first-half");
        }
        let locked = router.keyway.wait_for("locked");
        assert_eq!(locked["failures"], TRIES, "{locked}");
        // Now the right one is of no use either.
        let task = RadioTask::Pin("router-pin", pin.leak());
        let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
        printer.wait_for_cause("not-found", "setup-locked");
        assert_eq!(printer.interrupt().status, 130);
        assert_eq!(printer.credentials(), []);
        router.end();
    });
}

#[test]
fn the_router_loses_its_power_in_the_middle() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let mut router = Router::start(&radios, &["--pin-file", "-"]);
        let mut printer = Keyway::printer_on_radio(radios.without_address(1), &RadioTask::OwnPin, &[]);
        let first = printer.wait_for("pin")["pin"].clone();
        router.type_in(first.as_str().expect("digits"), "pin-added");
        stop_at(router.keyway.process(), &printer, "M4");
        router.keyway.kill();
        printer.wait_for_cause("failed", "link-lost");
        // Half of the PIN was told: it is not used again.
        let another = |event: &Value| event["event"] == "pin" && event["pin"] != first;
        let second = printer.wait_until(0, "another PIN", another);
        let router = Router::start(&radios, &["--pin-file", "-"]);
        router.type_in(second["pin"].as_str().expect("digits"), "pin-added");
        assert_on_network(&radios, &printer, 1, 0);
        assert_eq!(printer.interrupt().status, 0);
        router.end();
    });
}

#[test]
fn on_5_ghz() {
    machine::scenario(|| {
        let _country = Country::none();
        let radios = Radios::take(2);
        let router = Router::start(&radios, &["--channel", "36", "--country", "FI", "--pin-file", "-"]);
        router.type_in(PIN, "pin-added");
        let task = RadioTask::Pin("pin", PIN);
        let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
        assert_eq!(assert_on_network(&radios, &printer, 1, 0)["channel"], 36);
        assert_eq!(printer.interrupt().status, 0);
        router.end();
    });
}

#[test]
fn of_two_routers_with_one_name_the_one_that_has_the_pin() {
    machine::scenario(|| {
        let radios = Radios::take(4);
        let router = Router::start(&radios, &["--channel", "11", "--keep-wps", "--pin-file", "-"]);
        let neighbour = Router {
            keyway: Keyway::router_on_radio(
                radios.without_address(2),
                &Network::wpa2(SSID, "another password"),
                &["--channel", "1", "--pin-file", "-"],
            ),
        };
        // It waits for a device of its own.
        neighbour.type_in(&format!("{OTHER_PIN} {NOBODY}"), "pin-added");
        let right = radios.end(0).mac().to_string();

        router.type_in(PIN, "pin-added");
        let task = RadioTask::Pin("pin", PIN);
        let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
        let joined = assert_on_network(&radios, &printer, 1, 0);
        assert_eq!((&joined["channel"], &joined["bssid"]), (&11.into(), &right.as_str().into()));

        // The same with a stock station.
        let station = Supplicant::on_radio(radios.end(3));
        router.type_in(PIN, "pin-added");
        station.enrol(PIN);
        station.wait_until_joined();
        assert_eq!(station.learnt(), [home()]);
        assert!(station.control().request("STATUS").contains(&format!("bssid={right}")));
        radios.assert_reach_at((0, "10.0.0.1"), (3, "10.0.0.4"));
        assert_eq!(printer.interrupt().status, 0);
        router.end();
        let told = neighbour.end();
        assert!(told.iter().all(|event| event["event"] != "registering"), "{told:#?}");
    });
}

#[test]
fn one_that_hides_its_name() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let router = Router::start(&radios, &["--hidden"]);
        let task = RadioTask::Pin("pin", PIN);
        let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
        printer.wait_for_cause("not-found", "hidden");
        assert_eq!(printer.interrupt().status, 130);

        let task = RadioTask::Passphrase(home());
        let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
        assert_on_network(&radios, &printer, 1, 0);
        assert_eq!(printer.interrupt().status, 0);
        router.end();
    });
}
