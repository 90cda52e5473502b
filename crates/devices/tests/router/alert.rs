//! N50: unusual activity is recorded and reported, of devices' PINs too, and does not fill the memory.

use crate::bench::{Bench, OTHER_PIN, PIN, mac, pin};
use keyway_devices::action::RouterAction;
use keyway_devices::router::RouterNews;
use keyway_devices::session::Method;
use keyway_home::Task;

#[test]
fn three_failures_of_any_kind_raise_an_alert_until_it_is_dismissed() {
    let mut bench = Bench::open();
    let since = bench.date();
    bench.add_pin(OTHER_PIN, None).unwrap();
    bench.run(1, Task::Pin(pin(PIN)));
    bench.wait_seconds(5);
    bench.hear(RouterNews::WrongPassphrase(mac(2)));
    assert_eq!(bench.admin().alert, None);
    bench.run(3, Task::ReadRouter(pin(PIN)));
    assert_eq!(bench.results(), ["setup-locked", "wrong-passphrase", "wrong-pin-first-half"]);
    let alert = bench.admin().alert.unwrap();
    assert_eq!((alert.failures, alert.since), (3, since));
    assert!(alert.what.ends_with('.') && alert.next.ends_with('.'));
    let mut bench = bench.restart();
    assert_eq!(bench.admin().alert, Some(alert), "it lasts");
    bench.act(RouterAction::DismissAlert).unwrap();
    assert_eq!(bench.admin().alert, None);
    bench.act(RouterAction::DismissAlert).unwrap();
    assert_eq!(bench.restart().admin().alert, None);
}

#[test]
fn a_device_that_waits_for_its_pin_is_no_failure_and_is_told_once() {
    let mut bench = Bench::open();
    for _ in 0..10 {
        bench.run(1, Task::Pin(pin(PIN)));
        bench.wait_seconds(2);
    }
    assert_eq!(bench.results(), ["no-pin-for-device"]);
    let admin = bench.admin();
    assert_eq!((admin.alert, admin.sessions.len(), admin.waiting.len()), (None, 0, 1));
    assert_eq!(admin.waiting[0].signal, i8::MIN, "it was never heard asking");
}

#[test]
fn wrong_passphrases_are_noted_once_a_minute() {
    let mut bench = Bench::new();
    for _ in 0..100 {
        bench.hear(RouterNews::WrongPassphrase(mac(1)));
    }
    bench.wait_seconds(61);
    bench.hear(RouterNews::WrongPassphrase(mac(1)));
    assert_eq!(bench.results(), ["wrong-passphrase"; 2]);
    assert_eq!(bench.admin().ledger[0].method, Some(Method::Passphrase));
}

#[test]
fn who_floods_the_air_floods_nothing_else() {
    let mut bench = Bench::open();
    for number in 0..=255 {
        bench.hear(RouterNews::WrongPassphrase(mac(number)));
        bench.probe(number, keyway_wsc::DevicePasswordId::Default);
        bench.run(number, Task::ReadRouter(pin(PIN)));
    }
    let admin = bench.admin();
    assert!(admin.ledger.len() <= 30 && admin.waiting.len() <= 32 && admin.sessions.len() <= 3);
    assert!(bench.store.ledger.len() <= 30);
}
