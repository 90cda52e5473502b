//! N15, N49: the router's own PIN, off unless it is wanted, and locked after failures.

use crate::bench::{Bench, OTHER_PIN, PIN, mac, pin};
use keyway_devices::action::RouterAction;
use keyway_devices::router::RouterOrder;
use keyway_devices::session::{Method, Step};
use keyway_home::{PrinterOutcome, Task};
use keyway_wsc::session::{Failure, Half, Success};
use keyway_wsc::{Credential, NetworkKey, Pin, Ssid};
use std::time::Duration;

/// Switches it on; the PIN that the page shows.
fn switch_on(bench: &mut Bench, minutes: Option<u64>) -> Pin {
    bench.act(RouterAction::RouterPinOn { minutes }).unwrap();
    let view = bench.admin().router_pin;
    assert_eq!(view.countdown.map(|left| left.seconds), Some(minutes.unwrap_or(5) * 60));
    pin(view.pin.unwrap().expose())
}

/// One that is not the router's.
fn wrong(right: &Pin) -> Pin {
    let other = pin(if right.digits().starts_with(b"1234") { OTHER_PIN } else { PIN });
    assert_ne!(other, *right);
    other
}

#[test]
fn it_gives_the_settings_to_one_who_proves_it_and_is_off_again() {
    let mut bench = Bench::open();
    assert_eq!(bench.admin().router_pin.pin, None, "off by default");
    let right = switch_on(&mut bench, None);
    let Some(PrinterOutcome::Success(Success::Learned(settings))) =
        bench.run(1, Task::ReadRouter(right.clone()))
    else {
        panic!("{:?}", bench.results())
    };
    let admin = bench.admin();
    assert_eq!(settings.key.unwrap().to_characters().expose(), admin.passphrase.expose().as_bytes());
    assert_eq!(admin.router_pin.pin, None, "it pairs once");
    assert!(!admin.wps, "and WPS goes off");
    let entry = &admin.ledger[0];
    assert_eq!(
        (entry.method, entry.step, entry.name.as_deref()),
        (Some(Method::RouterPin), Some(Step::Key), Some("Study"))
    );
    bench.join(1);
    assert_eq!(bench.admin().joined[0].method, Some(Method::RouterPin));
}

#[test]
fn it_is_on_for_minutes() {
    let mut bench = Bench::open();
    for (minutes, code) in
        [(0, "bad-value"), (1, "bad-value"), (11, "bad-value"), (u64::MAX, "bad-value"), (10, ""), (2, "")]
    {
        assert_eq!(bench.code(RouterAction::RouterPinOn { minutes: Some(minutes) }), code, "{minutes}");
    }
    let first = switch_on(&mut bench, Some(2));
    assert_ne!(switch_on(&mut bench, Some(2)), first, "a new one each time");
    bench.wait_seconds(119);
    assert!(bench.admin().router_pin.pin.is_some());
    bench.wait_seconds(1);
    assert_eq!(bench.admin().router_pin.pin, None);
    assert_eq!(bench.results(), ["no-router"]);
    let second = switch_on(&mut bench, None);
    bench.act(RouterAction::RouterPinOff).unwrap();
    let locked = Some(PrinterOutcome::Failure(Failure::SetupLocked.into()));
    assert_eq!(bench.run(1, Task::ReadRouter(second)), locked);
    assert_eq!(bench.results()[0], "setup-locked", "somebody tried");
}

#[test]
fn wrong_proofs_lock_for_longer_and_longer_and_at_last_for_good() {
    let mut bench = Bench::open();
    let mut right = switch_on(&mut bench, Some(10));
    let locked = Some(PrinterOutcome::Failure(Failure::SetupLocked.into()));
    for (round, seconds) in (1..).zip([0, 0, 60, 60, 60, 120, 120, 120, 240]) {
        let outcome = bench.run(round, Task::ReadRouter(wrong(&right)));
        assert_eq!(outcome, Some(PrinterOutcome::Failure(Failure::WrongPassword(Half::First).into())));
        assert_eq!(bench.results()[0], "wrong-pin-first-half", "{round}");
        let lock = bench.admin().router_pin.lock;
        assert_eq!(lock.is_some(), seconds > 0, "{round}");
        assert_eq!(bench.on_air.locked, seconds > 0, "beacons say it");
        let Some(lock) = lock else { continue };
        assert_eq!(lock.failures, u32::from(round));
        assert_eq!(lock.countdown.map(|left| (left.seconds, left.of)), Some((seconds, seconds)));
        assert_eq!((lock.since, lock.until), (bench.date(), Some(bench.date() + seconds * 1000)));
        assert!(lock.why.contains(&format!("{round} times")), "{}", lock.why);
        assert_eq!(bench.code(RouterAction::RouterPinOn { minutes: None }), "locked");
        assert_eq!(bench.run(20, Task::ReadRouter(right.clone())), locked, "the right one does not help");
        bench.wait_seconds(10);
        let later = bench.admin().router_pin.lock.unwrap();
        assert_eq!((later.since, later.until), (lock.since, lock.until), "the same lock");
        bench.wait_seconds(seconds - 10);
        assert_eq!(bench.admin().router_pin.lock, None);
        assert!(!bench.on_air.locked);
        if bench.admin().router_pin.pin.is_none() {
            // Its time is over; failures add up however often it is switched on.
            right = switch_on(&mut bench, Some(10));
        }
    }
    bench.run(10, Task::ReadRouter(wrong(&right)));
    let lock = bench.admin().router_pin.lock.unwrap();
    assert_eq!((lock.failures, lock.until, lock.countdown), (10, None, None));
    assert!(lock.why.contains("in a row"), "{}", lock.why);
    bench.wait_seconds(400 * 24 * 60 * 60);
    assert!(bench.admin().router_pin.lock.is_some() && bench.on_air.locked, "until the owner unlocks");
    bench.act(RouterAction::Unlock).unwrap();
    assert!(bench.admin().router_pin.lock.is_none() && !bench.on_air.locked);
}

#[test]
fn the_owner_unlocks() {
    let mut bench = Bench::open();
    let right = switch_on(&mut bench, None);
    for round in 1..=3 {
        bench.run(round, Task::ReadRouter(wrong(&right)));
    }
    assert!(bench.admin().router_pin.lock.is_some());
    bench.act(RouterAction::RouterPinOff).unwrap();
    assert!(bench.admin().router_pin.lock.is_some(), "a lock stays");
    bench.act(RouterAction::Unlock).unwrap();
    assert_eq!(bench.admin().router_pin.lock, None);
    assert!(!bench.on_air.locked);
    bench.act(RouterAction::Unlock).unwrap();
    let right = switch_on(&mut bench, None);
    assert!(matches!(bench.run(1, Task::ReadRouter(right)), Some(PrinterOutcome::Success(_))));
}

#[test]
fn it_is_not_a_devices_pin() {
    let mut bench = Bench::open();
    let own = switch_on(&mut bench, None);
    let refusal = bench.add_pin(&own.grouped().to_string(), None).unwrap_err();
    assert_eq!(refusal.code, "bad-pin");
    assert!(refusal.what.contains("router's own"), "{refusal}");
}

#[test]
fn settings_from_a_registrar_are_run_after_it_heard_the_end() {
    let mut bench = Bench::open();
    let right = switch_on(&mut bench, None);
    let new = Credential::wpa2(Ssid::new(b"New").unwrap(), NetworkKey::new(b"another password").unwrap());
    bench.take_orders();
    let task = Task::ConfigureRouter(right, Box::new(new));
    assert!(matches!(bench.run(1, task), Some(PrinterOutcome::Success(_))));
    let admin = bench.admin();
    assert_eq!((admin.public.ssid.as_str(), admin.passphrase.expose()), ("New", "another password"));
    assert!(admin.ledger[0].words.contains("new network settings"));
    let orders = bench.take_orders();
    assert!(!orders.iter().any(|order| matches!(order, RouterOrder::Network(_))), "{orders:?}");
    bench.wait(Duration::from_millis(100));
    let orders = bench.take_orders();
    assert!(
        orders
            .iter()
            .any(|order| matches!(order, RouterOrder::Network(network) if network.ssid.as_bytes() == b"New")),
        "{orders:?}"
    );
    let again = bench.restart();
    assert_eq!(again.admin().public.ssid, "New", "it lasts");
}

#[test]
fn settings_without_a_key_are_not_run() {
    let mut bench = Bench::open();
    let right = switch_on(&mut bench, None);
    let before = bench.admin().passphrase;
    let open = Credential::open(Ssid::new(b"Open").unwrap());
    bench.run(1, Task::ConfigureRouter(right, Box::new(open)));
    bench.wait_seconds(1);
    let admin = bench.admin();
    assert_eq!((admin.public.ssid.as_str(), &admin.passphrase), ("Home", &before));
    assert_eq!(admin.ledger[0].result, "no-usable-credential");
    assert!(admin.joined.is_empty());
    bench.add_pin(PIN, Some(mac(2))).unwrap();
    let Some(PrinterOutcome::Success(Success::Received(credentials))) = bench.run(2, Task::Pin(pin(PIN)))
    else {
        panic!("{:?}", bench.results())
    };
    assert_eq!(credentials[0].ssid.as_bytes(), b"Home", "it hands out its own");
}
