//! The network's settings, and the devices on it.

use crate::bench::{Bench, PIN, mac, pin};
use keyway_devices::SecretText;
use keyway_devices::action::{Bands, RouterAction, Security};
use keyway_devices::router::{RouterNews, RouterOrder};
use keyway_devices::session::Method;
use keyway_home::Task;
use keyway_wsc::NetworkKey;
use std::time::Duration;

fn name_and_passphrase(ssid: Option<&str>, passphrase: Option<&str>) -> RouterAction {
    RouterAction::Network {
        ssid: ssid.map(str::to_owned),
        passphrase: passphrase.map(SecretText::new),
        hidden: None,
        security: None,
        bands: None,
    }
}

fn terms(hidden: Option<bool>, security: Option<Security>, bands: Option<Bands>) -> RouterAction {
    RouterAction::Network { ssid: None, passphrase: None, hidden, security, bands }
}

#[test]
fn settings_are_judged_kept_and_run() {
    let hex = "0123456789abcdef".repeat(4);
    let long = "x".repeat(33);
    for (action, code) in [
        (name_and_passphrase(Some("Garden"), None), ""),
        (name_and_passphrase(Some("家と庭"), Some("correct horse")), ""),
        (name_and_passphrase(None, Some(&hex)), ""),
        (name_and_passphrase(Some(""), None), "bad-value"),
        (name_and_passphrase(Some(&long), None), "too-long"),
        (name_and_passphrase(Some("a\u{7}b"), None), "bad-value"),
        (name_and_passphrase(None, Some("short")), "bad-value"),
        (name_and_passphrase(Some("Garden"), Some("short")), "bad-value"),
        (name_and_passphrase(None, Some(&"x".repeat(64))), "bad-value"),
        (name_and_passphrase(None, Some(&"x".repeat(65))), "too-long"),
        (name_and_passphrase(None, Some("1234 5670")), "looks-like-pin"),
        (terms(Some(true), None, Some(Bands::Ghz2)), ""),
        (terms(None, Some(Security::Wpa3Only), None), ""),
    ] {
        let mut bench = Bench::new();
        bench.take_orders();
        let before = (bench.admin(), bench.store.values.clone());
        assert_eq!(bench.code(action.clone()), code, "{action:?}");
        let orders = bench.take_orders();
        if code.is_empty() {
            let [RouterOrder::Network(network), RouterOrder::Wps(_)] = &orders[..] else {
                panic!("{orders:?}")
            };
            let admin = bench.admin();
            assert_eq!(network.key.to_characters().expose(), admin.passphrase.expose().as_bytes());
            assert_eq!(network.ssid.to_text(), admin.public.ssid);
            assert_eq!(
                (network.hidden, network.security, network.bands),
                (admin.hidden, admin.security, admin.bands)
            );
            assert_eq!(bench.restart().admin(), admin, "it lasts");
        } else {
            assert_eq!((bench.admin(), bench.store.values.clone()), before, "nothing changes: {action:?}");
            assert_eq!(orders, []);
        }
    }
}

#[test]
fn a_passphrase_like_a_pin_has_to_be_typed_twice() {
    let mut bench = Bench::new();
    assert_eq!(bench.code(name_and_passphrase(None, Some("12345670"))), "looks-like-pin");
    assert_eq!(bench.code(name_and_passphrase(None, Some("00000000"))), "looks-like-pin");
    assert_eq!(bench.code(name_and_passphrase(None, Some("00000000"))), "");
    assert_eq!(bench.code(name_and_passphrase(Some("Garden"), Some("00000000"))), "", "it has it already");
    assert_eq!(bench.admin().passphrase.expose(), "00000000");
}

#[test]
fn wpa3_needs_a_password() {
    let mut bench = Bench::new();
    bench.act(name_and_passphrase(None, Some(&"0a".repeat(32)))).unwrap();
    assert_eq!(bench.code(terms(None, Some(Security::Wpa3Only), None)), "bad-value");
    assert_eq!(bench.admin().security, Security::Wpa2);
}

#[test]
fn the_same_again_changes_nothing() {
    let mut bench = Bench::new();
    bench.join(1);
    bench.take_orders();
    let admin = bench.admin();
    bench.act(name_and_passphrase(Some("Home"), Some(admin.passphrase.expose()))).unwrap();
    bench.act(terms(Some(false), Some(Security::Wpa2), Some(Bands::Both))).unwrap();
    assert_eq!((bench.take_orders(), bench.admin()), (vec![], admin));
}

#[test]
fn an_owner_on_the_network_hears_the_answer_before_it_ends() {
    let mut bench = Bench::open();
    bench.unit.set_answer_time(Duration::from_secs(1));
    bench.join(1);
    bench.take_orders();
    let old = bench.admin().passphrase;
    bench.act(RouterAction::NewPassphrase).unwrap();
    let runs =
        |bench: &mut Bench| bench.take_orders().iter().any(|order| matches!(order, RouterOrder::Network(_)));
    assert!(!runs(&mut bench) && bench.admin().joined[0].online);
    assert_ne!(bench.admin().passphrase, old, "it is set already, and kept");
    bench.wait_seconds(1);
    assert!(runs(&mut bench) && !bench.admin().joined[0].online);
}

#[test]
fn a_new_passphrase_sends_everybody_away_and_is_what_is_handed_out() {
    let mut bench = Bench::open();
    bench.join(1);
    let old = bench.admin().passphrase;
    bench.add_pin(PIN, Some(mac(2))).unwrap();
    bench.act(RouterAction::NewPassphrase).unwrap();
    let admin = bench.admin();
    assert_ne!(admin.passphrase, old);
    assert_eq!(admin.passphrase.expose().len(), 19);
    assert!(NetworkKey::new(admin.passphrase.expose().as_bytes()).is_ok());
    assert_eq!((admin.joined[0].online, admin.public.joined), (false, 0));
    assert_eq!(admin.pins.len(), 1, "the PIN still waits");
    assert!(bench.on_air.selected.is_some(), "and the new network says so");
    use keyway_home::PrinterOutcome;
    use keyway_wsc::session::Success;
    let Some(PrinterOutcome::Success(Success::Received(credentials))) = bench.run(2, Task::Pin(pin(PIN)))
    else {
        panic!("{:?}", bench.results())
    };
    let key = credentials[0].key.as_ref().unwrap().to_characters();
    assert_eq!(key.expose(), admin.passphrase.expose().as_bytes());
    bench.act(RouterAction::NewPassphrase).unwrap();
    let session = &bench.admin().sessions[0];
    assert_eq!(
        session.reason.as_ref().map(|reason| reason.code.as_str()),
        Some("cancelled"),
        "what it has is old"
    );
}

#[test]
fn addresses_are_given_out_or_not() {
    let mut bench = Bench::new();
    bench.take_orders();
    bench.act(RouterAction::Dhcp { on: false }).unwrap();
    assert_eq!(bench.take_orders(), [RouterOrder::Dhcp(false)]);
    let mut bench = bench.restart();
    assert!(!bench.admin().dhcp);
    assert!(bench.take_orders().contains(&RouterOrder::Dhcp(false)));
}

#[test]
fn devices_that_knew_the_passphrase_are_listed_and_removed() {
    let mut bench = Bench::new();
    bench.take_orders();
    bench.join(1);
    let device = bench.admin().joined.remove(0);
    assert_eq!((device.method, device.online, device.first), (None, true, bench.date()));
    assert_eq!((device.address.as_deref(), device.name.as_deref()), (Some("192.168.1.1"), Some("host")));
    let entry = bench.admin().ledger.remove(0);
    assert_eq!((entry.result.as_str(), entry.method), ("success", Some(Method::Passphrase)));
    bench.hear(RouterNews::Probe { station: mac(1), signal: -70, request: None });
    assert_eq!(bench.admin().joined[0].signal, Some(-70));
    bench.hear(RouterNews::Left(mac(1)));
    let device = bench.admin().joined.remove(0);
    assert_eq!((device.online, device.signal, device.address.as_deref()), (false, None, Some("192.168.1.1")));
    bench.join(1);
    assert_eq!(bench.results(), ["success"], "it comes back without a word");
    bench.take_orders();
    for (device, code) in [("x", "bad-value"), ("02:00:00:00:00:99", "not-found"), ("02:00:00:00:01:01", "")]
    {
        assert_eq!(bench.code(RouterAction::RemoveDevice { device: device.to_owned() }), code, "{device}");
    }
    assert_eq!(bench.take_orders(), [RouterOrder::Disconnect(mac(1))]);
    assert!(bench.admin().joined.is_empty() && bench.store.devices.is_empty());
}
