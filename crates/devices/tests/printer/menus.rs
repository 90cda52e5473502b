//! Every path that people are told about (N9–N13), and the rest of the menus.

use crate::bench::Bench;
use keyway_devices::action::{Key, PrinterAction};
use keyway_devices::printer::{PrinterNews, PrinterOrder};
use keyway_devices::session::Method;
use keyway_devices::view::Model;
use keyway_home::Task;

/// N9, as it stands there.
const TO_THE_PIN: [&[&str]; 8] = [
    &["Settings", "Network", "Wi-Fi Protected Setup", "WPS PIN"],
    &["Wireless", "Wi-Fi Setup", "WPS PIN"],
    &["Wireless", "Wireless Setup", "WPS PIN"],
    &["Wireless", "WPS Setup", "WPS PIN"],
    &["Network", "Wi-Fi Setup", "WPS PIN"],
    &["Network", "Wireless Setup", "WPS PIN"],
    &["Network", "WPS Setup", "WPS PIN"],
    &["Network", "Wi-Fi Protected Setup", "WPS PIN"],
];

/// Touches the item with this label.
fn touch(bench: &mut Bench, label: &str) {
    let items = bench.touch().items;
    let item = items.iter().find(|item| item.label == label);
    let item = item.unwrap_or_else(|| panic!("{label} among {items:?}")).id.clone();
    bench.choose(&item);
}

/// Turns the two lines to the item with this label and takes it.
pub(crate) fn turn_to(bench: &mut Bench, label: &str) {
    let mut seen = Vec::new();
    for _ in 0..60 {
        let (_, second) = bench.lines();
        if second == format!("> {label}") {
            return bench.press(Key::Ok);
        }
        seen.push(second);
        bench.press(Key::Right);
    }
    panic!("{label} among {seen:?}");
}

fn short(label: &str) -> &str {
    match label {
        "Wi-Fi Protected Setup" => "Protected Setup",
        other => other,
    }
}

fn is_pin_order(orders: &[PrinterOrder]) -> bool {
    matches!(orders, [PrinterOrder::Register { task: Task::Pin(_), .. }])
}

#[test]
fn every_path_leads_to_the_pin_on_a_touch_screen() {
    for path in TO_THE_PIN {
        let mut bench = Bench::new(Model::Touch);
        bench.take_orders();
        for (depth, label) in path.iter().enumerate() {
            assert_eq!(bench.touch().path, path[..depth], "{path:?}");
            assert_eq!(bench.pin(), None);
            touch(&mut bench, label);
        }
        assert!(bench.pin().is_some_and(|pin| pin.len() == 8), "{path:?}");
        assert!(is_pin_order(&bench.take_orders()), "{path:?}");
    }
}

#[test]
fn every_path_leads_to_the_pin_on_two_lines() {
    for path in TO_THE_PIN {
        let mut bench = Bench::new(Model::TwoLine);
        bench.take_orders();
        bench.press(Key::Setup);
        for label in path {
            turn_to(&mut bench, short(label));
        }
        assert!(bench.lines().1.starts_with("PIN "), "{path:?}");
        assert!(is_pin_order(&bench.take_orders()), "{path:?}");
    }
}

#[test]
fn back_leads_out_of_every_menu() {
    let mut bench = Bench::new(Model::Touch);
    let first = bench.touch();
    for path in
        [&["settings", "network", "wps-setup"][..], &["network", "restore"], &["settings", "pin-lifetime"]]
    {
        for item in path {
            bench.choose(item);
        }
        for _ in path {
            bench.act(PrinterAction::Back).unwrap();
        }
        assert_eq!(bench.touch(), first);
    }
    bench.act(PrinterAction::Back).unwrap();
    assert_eq!(bench.touch(), first);
    for (into, then) in [
        ("password", None),
        ("password", Some("other")),
        ("router-pin", None),
        ("usb", None),
        ("wps-pin", None),
    ] {
        bench.choose(into);
        if let Some(then) = then {
            bench.hear(PrinterNews::Networks(Vec::new()));
            bench.choose(then);
            bench.type_text("Hidden one").unwrap();
            assert_eq!(bench.touch().title, "Hidden one");
            bench.act(PrinterAction::Back).unwrap();
            assert_eq!(bench.touch().title, "Choose the network");
        }
        bench.act(PrinterAction::Back).unwrap();
        assert!(bench.touch().items.iter().any(|item| item.id == "wireless"), "{into}");
    }
}

#[test]
fn the_first_screen_names_the_safer_way_first() {
    let bench = Bench::new(Model::Touch);
    let ids = bench.item_ids();
    assert_eq!(ids[..5], ["password", "push-button", "usb", "wps-pin", "router-pin"]);
    assert_eq!(bench.view().methods[0], Method::Passphrase);
    assert!(!Bench::on_home(Model::Touch).item_ids().contains(&"wps-pin".to_owned()), "it is online");
}

#[test]
fn what_is_not_there_is_refused_and_changes_nothing() {
    let mut bench = Bench::new(Model::Touch);
    let (before, kept) = (bench.view(), bench.saved.clone());
    for (action, code) in [
        (PrinterAction::Choose { item: "nonsense".to_owned() }, "not-found"),
        (PrinterAction::Choose { item: String::new() }, "not-found"),
        (PrinterAction::Type { text: keyway_devices::SecretText::new("hello") }, "not-now"),
        (PrinterAction::Press { key: Key::Left }, "not-on-this-model"),
        (PrinterAction::Press { key: Key::Wps }, "not-on-this-model"),
        (PrinterAction::Hold { keys: vec![] }, "bad-value"),
        (PrinterAction::Hold { keys: vec![Key::Information, Key::Cancel] }, "bad-value"),
        (PrinterAction::Cancel, "not-now"),
        (PrinterAction::PinLifetime { seconds: 119 }, "bad-value"),
        (PrinterAction::PinLifetime { seconds: u64::MAX }, "bad-value"),
    ] {
        assert_eq!(bench.act(action.clone()).unwrap_err().code, code, "{action:?}");
        assert_eq!((bench.view(), &bench.saved), (before.clone(), &kept), "{action:?}");
    }
}

#[test]
fn a_pin_is_good_for_as_long_as_the_owner_says() {
    let mut bench = Bench::new(Model::Touch);
    bench.choose("settings");
    bench.choose("pin-lifetime");
    assert_eq!(bench.touch().items.len(), 9, "2 to 10 minutes");
    bench.choose("minutes-10");
    assert_eq!(bench.view().pin_lifetime, 600);
    bench.start(Method::Pin).unwrap();
    assert_eq!(bench.touch().countdown.unwrap().clock(), "10:00");
    bench.act(PrinterAction::PinLifetime { seconds: 120 }).unwrap();
    let bench = bench.restart();
    assert_eq!(bench.view().pin_lifetime, 120, "it is kept");
    let mut bench = bench;
    bench.act(PrinterAction::NetworkReset).unwrap();
    assert_eq!(bench.view().pin_lifetime, 300, "and restored with the network settings");
    assert_eq!(bench.restart().view().pin_lifetime, 300);
}

#[test]
fn settings_are_restored_only_when_one_really_wants() {
    let mut bench = Bench::on_home(Model::Touch);
    for item in ["home", "network", "restore", "no"] {
        bench.choose(item);
    }
    assert!(bench.view().network.is_some());
    assert_eq!(bench.take_orders(), []);
    bench.choose("restore");
    assert!(bench.touch().body.iter().any(|line| line.contains("Really?")));
    bench.choose("yes");
    assert_eq!(bench.view().network, None);
    assert_eq!(bench.take_orders(), [PrinterOrder::Leave]);
    assert!(!bench.saved.iter().any(|(key, _)| key == "network"));
}

#[test]
fn reports_print_the_network_configuration_page() {
    let mut bench = Bench::new(Model::Touch);
    bench.take_orders();
    bench.choose("reports");
    bench.choose("network-configuration-page");
    assert!(matches!(bench.take_orders().as_slice(), [PrinterOrder::Print(_)]));
    let mut lines = Bench::new(Model::TwoLine);
    lines.take_orders();
    lines.press(Key::Setup);
    turn_to(&mut lines, "Reports");
    turn_to(&mut lines, "Network page");
    assert!(matches!(lines.take_orders().as_slice(), [PrinterOrder::Print(_)]));
}
