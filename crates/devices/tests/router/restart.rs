//! What lasts and what does not: over a restart of the program and over a power cut.

use crate::bench::{Bench, DATE, OTHER_PIN, PIN, Store, config, mac, pin};
use keyway_devices::action::{Bands, RouterAction};
use keyway_devices::router::{RouterOrder, RouterUnitConfig};
use keyway_devices::view::Banner;
use keyway_devices::{Random, SecretText};
use keyway_eap::Timestamp;
use keyway_home::Task;
use keyway_wsc::{DevicePasswordId, NetworkKey};

/// A router with something of everything.
fn lived_in() -> Bench {
    let mut bench = Bench::open();
    bench.unit.set_first_password(&SecretText::new("the password"), &mut bench.random).unwrap();
    bench.act(RouterAction::OffAfterSuccess { on: false }).unwrap();
    bench.act(RouterAction::Dhcp { on: false }).unwrap();
    bench
        .act(RouterAction::Network {
            ssid: Some("家".to_owned()),
            passphrase: Some(SecretText::new("correct horse")),
            hidden: None,
            security: None,
            bands: Some(Bands::Ghz2),
        })
        .unwrap();
    bench.add_pin(PIN, None).unwrap();
    bench.run(1, Task::Pin(pin(PIN)));
    bench.join(1);
    bench.join(2);
    for _ in 0..3 {
        bench.add_pin(OTHER_PIN, None).unwrap();
        bench.run(3, Task::Pin(pin(PIN)));
    }
    bench
}

#[test]
fn a_restart_shows_the_same_without_what_was_of_the_moment() {
    let mut bench = lived_in();
    // Of the moment: PINs, the router's own PIN, who waits, who is online, set-ups.
    bench.add_pin(PIN, Some(mac(4))).unwrap();
    bench.act(RouterAction::RouterPinOn { minutes: None }).unwrap();
    bench.probe(4, DevicePasswordId::Default);
    let mut expected = bench.admin();
    let again = bench.restart();
    let found = again.admin();
    assert!(found.wps && found.public.banner == Banner::Ready && !again.on_air.locked);
    assert_eq!(again.on_air.selected, None);
    expected.pins.clear();
    expected.waiting.clear();
    expected.sessions.clear();
    (expected.router_pin.pin, expected.router_pin.countdown) = (None, None);
    expected.public.banner = Banner::Ready;
    expected.public.joined = 0;
    for device in &mut expected.joined {
        (device.online, device.signal) = (false, None);
    }
    assert_eq!(found, expected);
    assert_eq!((found.ledger.len(), found.joined.len()), (5, 2));
    assert!(found.alert.is_some());
}

#[test]
fn a_power_cut_is_like_a_restart() {
    let mut bench = lived_in();
    bench.act(RouterAction::Button).unwrap();
    let kept = bench.store.clone();
    bench.power(false);
    bench.power(false);
    let view = bench.admin();
    assert!(!view.public.power && view.public.banner == Banner::Off { verified: None });
    assert_eq!((view.public.joined, bench.unit.poll_timeout()), (0, None));
    assert_eq!(bench.code(RouterAction::Wps { on: false }), "not-now");
    bench.probe(4, DevicePasswordId::Default);
    bench.join(5);
    assert!(bench.admin().waiting.is_empty() && bench.admin().joined.len() == 2, "it hears nothing");
    bench.take_orders();
    bench.power(true);
    let orders = bench.take_orders();
    assert!(
        matches!(&orders[..], [RouterOrder::Network(_), RouterOrder::Dhcp(false), RouterOrder::Wps(wps)]
            if wps.enabled && wps.selected.is_none()),
        "{orders:?}"
    );
    assert_eq!(bench.store.values, kept.values, "nothing new is to be kept");
    let mut now = bench.admin();
    // A store gives devices in an order of its own.
    let again = bench.restart().admin();
    now.joined.sort_by(|a, b| a.mac.cmp(&b.mac));
    assert_eq!(now, again);
}

#[test]
fn what_was_kept_and_cannot_be_read_is_as_if_it_were_not_there() {
    let mut store = lived_in().store;
    for (_, value) in &mut store.values {
        *value = SecretText::new("\"x\"");
    }
    store.devices[0].mac = "nobody".to_owned();
    let bench = Bench::with(store, Random::seeded(1), Timestamp::ZERO);
    let admin = bench.admin();
    assert_eq!((admin.public.ssid.as_str(), admin.wps, admin.alert), ("Home", false, None));
    assert_eq!((admin.passphrase.expose().len(), admin.joined.len()), (19, 1));
    assert!(admin.public.has_password, "nobody may choose a new one");
}

#[test]
fn without_randomness_there_is_no_network_rather_than_a_guessable_one() {
    let store = Store::default();
    let mut bench = Bench::with(store, Random::new(|_| false), Timestamp::ZERO);
    assert!(!bench.admin().public.power && bench.take_orders().is_empty());
    assert_eq!(bench.code(RouterAction::NewPassphrase), "not-now");
    bench.random = Random::seeded(1);
    bench.power(true);
    assert!(bench.admin().public.power);
    assert!(matches!(&bench.take_orders()[0], RouterOrder::Network(_)));
}

#[test]
fn no_secret_is_shown_or_kept_that_is_not_to_be() {
    let mut bench = lived_in();
    bench.add_pin(OTHER_PIN, Some(mac(4))).unwrap();
    bench.act(RouterAction::RouterPinOn { minutes: None }).unwrap();
    let own = bench.admin().router_pin.pin.unwrap();
    let shown = format!("{:?} {} {:?} {:?}", bench.unit, bench.shown, bench.orders, bench.admin());
    assert!(shown.contains("RouterUnit") && shown.contains("Set {"));
    let kept: String = bench.store.values.iter().map(|(_, value)| value.expose()).collect();
    for pin in [PIN, OTHER_PIN, own.expose()] {
        for digits in [pin.to_owned(), pin.replace(' ', "")] {
            assert!(!shown.contains(&digits) && !kept.contains(&digits));
        }
    }
    for secret in ["correct horse", "the password", "argon2"] {
        assert!(!shown.contains(secret), "{secret}");
    }
    assert!(!kept.contains("the password"));
}

#[test]
fn a_new_router_has_the_network_that_it_came_with() {
    let came =
        RouterUnitConfig { key: Some(NetworkKey::new(b"12345670").unwrap()), hidden: true, ..config() };
    let mut bench = Bench::made_as(came.clone(), Store::default(), Random::seeded(7), Timestamp::ZERO);
    let admin = bench.admin();
    // It may look like a PIN: nobody is there to be asked.
    assert_eq!((admin.passphrase.expose(), admin.hidden), ("12345670", true));
    assert!(bench.unit.open_wps_once(bench.now, DATE, &mut bench.random).is_err(), "its name is hidden");
    let chosen = RouterAction::Network {
        ssid: None,
        passphrase: Some(SecretText::new("another one")),
        hidden: None,
        security: None,
        bands: None,
    };
    bench.act(chosen).unwrap();
    let again = Bench::made_as(came, bench.store, Random::seeded(8), Timestamp::ZERO);
    assert_eq!(again.admin().passphrase.expose(), "another one", "what its owner chose stands above");
}

#[test]
fn what_the_program_was_told_of_wps_is_for_once() {
    let mut bench = Bench::new();
    bench.unit.open_wps_once(bench.now, DATE, &mut bench.random).unwrap();
    assert!(bench.admin().wps);
    bench.act(RouterAction::Button).unwrap();
    let Bench { unit, store, now, .. } = bench.restart();
    assert!(!unit.admin_view(now, DATE).wps);
    assert!(!unit.keeping_wps().admin_view(now, DATE).off_after_success);
    assert!(Bench::with(store, Random::seeded(9), now).admin().off_after_success);
}
