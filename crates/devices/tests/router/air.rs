//! N47: what beacons say about WPS, at every point.

use crate::bench::{Bench, PIN, mac};
use keyway_devices::action::{RouterAction, Security};
use keyway_devices::router::{RouterNews, RouterOrder, WpsOnAir};
use keyway_devices::view::{AirVerdict, Banner};
use keyway_wsc::DevicePasswordId;

const ON: WpsOnAir = WpsOnAir { enabled: true, locked: false, selected: None };
const OFF: WpsOnAir = WpsOnAir { enabled: false, locked: false, selected: None };

fn network(hidden: Option<bool>, security: Option<Security>) -> RouterAction {
    RouterAction::Network { ssid: None, passphrase: None, hidden, security, bands: None }
}

#[test]
fn a_new_router_runs_its_network_without_wps() {
    let mut bench = Bench::new();
    let orders = bench.take_orders();
    let [RouterOrder::Network(network), RouterOrder::Dhcp(true), RouterOrder::Wps(on_air)] = &orders[..]
    else {
        panic!("{orders:?}")
    };
    assert_eq!((network.ssid.as_bytes(), network.hidden, on_air), (&b"Home"[..], false, &OFF));
    let admin = bench.admin();
    assert_eq!(network.key.to_characters().expose(), admin.passphrase.expose().as_bytes());
    assert_eq!((admin.wps, admin.channels), (false, vec![6, 36]));
}

#[test]
fn on_and_off_are_said_once() {
    let mut bench = Bench::new();
    bench.take_orders();
    for (on, expected) in [
        (true, vec![RouterOrder::Wps(ON)]),
        (true, vec![]),
        (false, vec![RouterOrder::Wps(OFF)]),
        (false, vec![]),
    ] {
        bench.act(RouterAction::Wps { on }).unwrap();
        assert_eq!(bench.take_orders(), expected, "{on}");
    }
    bench.act(RouterAction::OffAndVerify).unwrap();
    assert_eq!(bench.take_orders(), [RouterOrder::VerifyOff]);
    bench.act(RouterAction::Wps { on: true }).unwrap();
    bench.take_orders();
    bench.act(RouterAction::OffAndVerify).unwrap();
    assert_eq!(bench.take_orders(), [RouterOrder::Wps(OFF), RouterOrder::VerifyOff]);
}

#[test]
fn what_was_seen_on_the_air_counts_while_wps_is_off() {
    let verdict = |off| AirVerdict { off, at: 1, words: "By its beacons.".to_owned() };
    let mut bench = Bench::open();
    bench.hear(RouterNews::AirSeen(verdict(true)));
    assert_eq!(bench.admin().public.banner, Banner::Ready);
    bench.act(RouterAction::OffAndVerify).unwrap();
    assert_eq!(bench.admin().public.banner, Banner::Off { verified: None });
    for off in [false, true] {
        bench.hear(RouterNews::AirSeen(verdict(off)));
        assert_eq!(bench.admin().public.banner, Banner::Off { verified: Some(verdict(off)) });
    }
    bench.act(RouterAction::Wps { on: true }).unwrap();
    bench.act(RouterAction::Wps { on: false }).unwrap();
    assert_eq!(bench.admin().public.banner, Banner::Off { verified: None }, "seen before it was on");
}

#[test]
fn hidden_and_wpa3_alone_switch_wps_off_and_keep_it_off() {
    for (bad, good, code) in [
        (network(Some(true), None), network(Some(false), None), "hidden"),
        (network(None, Some(Security::Wpa3Only)), network(None, Some(Security::Wpa2)), "wpa3-only"),
    ] {
        let mut bench = Bench::open();
        bench.add_pin(PIN, Some(mac(1))).unwrap();
        bench.act(bad).unwrap();
        assert_eq!(bench.on_air, OFF);
        let admin = bench.admin();
        assert_eq!((admin.wps, admin.pins.len()), (false, 0));
        assert_eq!(admin.wps_impossible.map(|reason| reason.code).as_deref(), Some(code));
        for action in [RouterAction::Wps { on: true }, RouterAction::Button] {
            assert_eq!(bench.code(action), code);
        }
        bench.act(good).unwrap();
        assert_eq!(
            (bench.on_air.clone(), bench.admin().wps_impossible),
            (OFF, None),
            "only its owner switches it on"
        );
        assert_eq!(bench.code(RouterAction::Button), "wps-off");
        bench.act(RouterAction::Wps { on: true }).unwrap();
        assert_eq!(bench.on_air, ON);
    }
}

#[test]
fn while_wps_is_off_the_registrar_is_silent_and_who_waits_is_seen() {
    use keyway_home::Task;
    let mut bench = Bench::new();
    bench.probe(1, DevicePasswordId::PushButton);
    assert_eq!(bench.run(1, Task::Button), None);
    assert_eq!((bench.results().len(), bench.admin().sessions.len()), (0, 0));
    let waiting = bench.admin().waiting;
    assert_eq!((waiting.len(), waiting[0].by_button, waiting[0].signal), (1, true, -60));
    assert_eq!((waiting[0].kind.as_deref(), waiting[0].name.as_deref()), (Some("Printer"), Some("Study")));
    bench.wait_seconds(29);
    assert_eq!(bench.admin().waiting[0].heard, 29);
    bench.wait_seconds(1);
    assert!(bench.admin().waiting.is_empty());
}
