//! The display of two lines and its keys.

use crate::bench::{Bench, PASSPHRASE, home};
use crate::menus::turn_to;
use keyway_devices::action::{Key, PrinterAction};
use keyway_devices::network::NetworkSummary;
use keyway_devices::printer::{PrinterNews, PrinterOrder};
use keyway_devices::session::Method;
use keyway_devices::view::Model;
use keyway_home::{Cause, Task};
use keyway_wsc::MessageType;
use keyway_wsc::session::{Failure, Half};
use std::collections::HashSet;

/// All cards of the place that the display shows, in turn.
fn deck(bench: &mut Bench) -> Vec<(String, String)> {
    let mut deck = vec![bench.lines()];
    loop {
        assert_eq!(bench.act(PrinterAction::Press { key: Key::Right }), Ok(()));
        let card = bench.lines();
        if card == deck[0] {
            return deck;
        }
        deck.push(card);
        assert!(deck.len() < 100, "it never comes round: {deck:?}");
    }
}

/// Goes into every place that can be reached from here by Right and OK, and looks at all its cards. Returns how many
/// places there were.
fn explore(make: fn() -> Bench) -> usize {
    let (mut seen, mut ways) = (HashSet::new(), vec![vec![]]);
    while let Some(way) = ways.pop() {
        let mut bench = make();
        for key in &way {
            bench.press(*key);
        }
        let deck = deck(&mut bench);
        for (first, second) in &deck {
            assert!(first.chars().count() <= 20 && second.chars().count() <= 20, "{first:?} {second:?}");
            assert!(!first.is_empty(), "the first line says what: {deck:?}");
        }
        // Another PIN is no other place.
        let place: String = deck.iter().map(|(first, second)| format!("{first}|{second}\n")).collect();
        if !seen.insert(place.replace(|c: char| c.is_ascii_digit(), "#")) {
            continue;
        }
        let items = deck.iter().enumerate().filter(|(_, (_, second))| second.starts_with("> "));
        ways.extend(items.map(|(number, _)| {
            let turns = std::iter::repeat_n(Key::Right, number);
            way.iter().copied().chain(turns).chain([Key::Ok]).collect()
        }));
    }
    seen.len()
}

#[test]
fn every_place_that_can_be_reached_fits_its_two_lines() {
    let names = ["Home", "A network with 32 octets in all!", "家と庭の長い名前"];
    let all = [
        || Bench::new(Model::TwoLine),
        || Bench::on_home(Model::TwoLine),
        || {
            let mut bench = Bench::new(Model::TwoLine);
            bench.start(Method::Button).unwrap();
            bench.failed(Cause::WpsOff);
            bench
        },
        || {
            let mut bench = Bench::on_home(Model::TwoLine).restart();
            bench.hear(PrinterNews::JoinFailed(Cause::NetworkGone));
            bench
        },
    ];
    for make in all {
        let places = explore(make);
        assert!(places >= 20, "only {places} places");
    }
    let mut bench = Bench::new(Model::TwoLine);
    bench.press(Key::Setup);
    turn_to(&mut bench, "Wi-Fi password");
    bench.hear(PrinterNews::Networks(names.map(summary).to_vec()));
    assert_eq!(deck(&mut bench).len(), names.len() + 2);
}

/// Types a text as a person does: turns until the right character is under the cursor, and takes it.
fn type_with_keys(bench: &mut Bench, text: &str) {
    let cursors = text.chars().map(|c| if c == ' ' { "[space]".to_owned() } else { format!("[{c}]") });
    for cursor in cursors {
        turn_cursor(bench, &cursor);
        bench.press(Key::Ok);
    }
}

fn turn_cursor(bench: &mut Bench, cursor: &str) {
    for _ in 0..4 {
        for _ in 0..40 {
            if bench.lines().1.ends_with(cursor) {
                return;
            }
            bench.press(Key::Right);
        }
        bench.press(Key::Setup);
    }
    panic!("{cursor} cannot be reached");
}

fn done(bench: &mut Bench) {
    turn_cursor(bench, "[done]");
    bench.press(Key::Ok);
}

#[test]
fn the_pin_stands_beside_its_countdown() {
    let mut bench = Bench::new(Model::TwoLine);
    assert_eq!(bench.lines().0, "No network yet");
    bench.press(Key::Setup);
    turn_to(&mut bench, "WPS PIN");
    let orders = bench.take_orders();
    let Some(PrinterOrder::Register { task: Task::Pin(pin), .. }) = orders.last() else {
        panic!("{orders:?}")
    };
    bench.wait(28);
    let nickname = bench.view().nickname;
    assert_eq!(bench.lines(), (format!("{nickname} add by PIN"), format!("PIN {} 4:32", pin.grouped())));
    bench.hear(PrinterNews::NotFound(Cause::WpsOff));
    assert_eq!(bench.lines().0, "WPS off at router");
    bench.chose();
    bench.messages(MessageType::M4);
    assert_eq!(bench.lines(), ("3/7 1st half good".to_owned(), format!("PIN {} 4:32", pin.grouped())));
    bench.press(Key::Right);
    assert!(!bench.lines().1.starts_with("PIN"), "more words on the next card");
    bench.failed(Failure::WrongPassword(Half::Second));
    assert_eq!(bench.lines(), ("Wrong PIN: 2nd half".to_owned(), "Ask for a new PIN".to_owned()));
    turn_to(&mut bench, "New PIN");
    assert!(bench.lines().1.ends_with("5:00"));
    bench.succeed();
    assert_eq!(bench.lines(), ("On Home".to_owned(), "192.168.1.23".to_owned()));
}

#[test]
fn back_and_cancel_at_a_running_set_up() {
    let mut bench = Bench::new(Model::TwoLine);
    bench.start(Method::Pin).unwrap();
    bench.press(Key::Back);
    assert!(bench.session().running, "it goes on while one looks elsewhere");
    turn_to(&mut bench, "Set-up that runs");
    assert!(bench.lines().1.starts_with("PIN "));
    bench.press(Key::Cancel);
    assert_eq!(bench.reason().as_deref(), Some("cancelled"));
    assert_eq!(bench.lines().0, "Cancelled");
    bench.press(Key::Cancel);
    assert_eq!(bench.lines().0, "No network yet");
}

#[test]
fn the_routers_pin_is_typed_digit_by_digit() {
    let mut bench = Bench::new(Model::TwoLine);
    bench.press(Key::Setup);
    turn_to(&mut bench, "Router's PIN");
    bench.take_orders();
    assert_eq!(bench.lines(), ("Router's PIN:".to_owned(), "[0]".to_owned()));
    type_with_keys(&mut bench, "12345671");
    assert_eq!(bench.lines().0, "This is no PIN");
    assert_eq!(bench.take_orders(), [], "nothing was sent");
    bench.press(Key::Ok);
    assert_eq!(bench.lines().1, "12345671[1]", "what was typed is still there");
    bench.press(Key::Back);
    type_with_keys(&mut bench, "0");
    let orders = bench.take_orders();
    let pin = "12345670".parse().unwrap();
    assert!(matches!(&orders[..], [PrinterOrder::Register { task: Task::ReadRouter(p), .. }] if *p == pin));
}

#[test]
fn a_pin_of_four_digits_is_typed_too() {
    let mut bench = Bench::new(Model::TwoLine);
    bench.press(Key::Setup);
    turn_to(&mut bench, "Router's PIN");
    bench.take_orders();
    type_with_keys(&mut bench, "0042");
    done(&mut bench);
    assert!(matches!(&bench.take_orders()[..], [PrinterOrder::Register { task: Task::ReadRouter(_), .. }]));
}

fn summary(name: &str) -> NetworkSummary {
    NetworkSummary {
        ssid: name.to_owned(),
        bssid: "02:00:00:00:00:01".to_owned(),
        channel: 1,
        is_5_ghz: false,
        signal: -50,
        security: "WPA2".to_owned(),
        wpa3_only: false,
        wps: true,
        locked: false,
        open_for_pin: false,
        open_for_button: false,
    }
}

#[test]
fn a_password_is_typed_character_by_character() {
    let mut bench = Bench::new(Model::TwoLine);
    bench.press(Key::Setup);
    turn_to(&mut bench, "Wi-Fi password");
    assert_eq!(bench.lines().0, "Looking for");
    bench.hear(PrinterNews::Networks(vec![summary("A very long network's name"), summary("Home")]));
    turn_to(&mut bench, "Home");
    bench.take_orders();
    type_with_keys(&mut bench, "short");
    done(&mut bench);
    assert_eq!(bench.lines().0, "This cannot be it");
    bench.press(Key::Ok);
    for _ in 0..5 {
        bench.press(Key::Back);
    }
    type_with_keys(&mut bench, PASSPHRASE);
    done(&mut bench);
    assert_eq!(bench.take_orders(), [PrinterOrder::Join(Box::new(home()))]);
    assert_eq!(bench.lines(), ("Joins".to_owned(), "Home".to_owned()));
}

#[test]
fn a_hidden_network_is_typed_with_its_name() {
    let mut bench = Bench::new(Model::TwoLine);
    bench.press(Key::Setup);
    turn_to(&mut bench, "Wi-Fi password");
    bench.hear(PrinterNews::Networks(vec![summary("Other")]));
    turn_to(&mut bench, "Other (hidden)");
    type_with_keys(&mut bench, "Home");
    done(&mut bench);
    bench.take_orders();
    // Eight digits with a right check digit: asked for once more, and then believed.
    type_with_keys(&mut bench, "12345670");
    done(&mut bench);
    assert_eq!(bench.lines().0, "Is this a PIN?");
    assert_eq!(bench.take_orders(), []);
    bench.press(Key::Ok);
    done(&mut bench);
    assert!(matches!(&bench.take_orders()[..], [PrinterOrder::Join(_)]));
}

#[test]
fn back_leads_out_of_typing() {
    let mut bench = Bench::new(Model::TwoLine);
    bench.press(Key::Setup);
    turn_to(&mut bench, "Router's PIN");
    type_with_keys(&mut bench, "12");
    for _ in 0..3 {
        bench.press(Key::Back);
    }
    assert_eq!(bench.lines().0, "No network yet");
    let text = keyway_devices::SecretText::new("12345670");
    assert_eq!(bench.act(PrinterAction::Type { text }).unwrap_err().code, "not-on-this-model");
}
