//! Whatever a person does and the radio tells, in any order: nothing panics, the two lines have their width, a PIN
//! made for the occasion stands on the display and nowhere else.

use crate::bench::{Bench, home, network};
use keyway_devices::action::{Key, PrinterAction};
use keyway_devices::network::NetworkSummary;
use keyway_devices::printer::{PrinterNews, PrinterOrder};
use keyway_devices::session::Method;
use keyway_devices::view::{Display, Model};
use keyway_devices::{Random, SecretText};
use keyway_eap::{Event, Timestamp};
use keyway_home::{Cause, PrinterEvent, PrinterOutcome, Task};
use keyway_wsc::session::{self, CredentialProblem, Failure, Half, Success};
use keyway_wsc::{MacAddr, MessageType, Ssid};

struct Dice(Random);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        let mut octets = [0; 4];
        self.0.fill(&mut octets).unwrap();
        u32::from_be_bytes(octets) as usize % sides
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.roll(from.len())]
    }
}

const KEYS: [Key; 10] = [
    Key::Power,
    Key::Wireless,
    Key::Information,
    Key::Wps,
    Key::Cancel,
    Key::Left,
    Key::Right,
    Key::Ok,
    Key::Back,
    Key::Setup,
];
const METHODS: [Method; 6] =
    [Method::Pin, Method::LabelPin, Method::Button, Method::RouterPin, Method::Passphrase, Method::Usb];
const TEXTS: [&str; 9] = [
    "",
    "0042",
    "1234 5670",
    "12345671",
    "correct horse",
    "x",
    "家 with\u{7}control",
    "\u{0}",
    "ÄÖÜ äöü ß €",
];

fn causes() -> Vec<Cause> {
    let failures = [
        Failure::WrongPassword(Half::First),
        Failure::SessionOverlap,
        Failure::SetupLocked,
        Failure::NoUsableCredential(CredentialProblem::Wep),
        Failure::TimedOut,
        Failure::Cancelled,
        Failure::LinkLost,
        Failure::NoEntropy,
    ];
    let mut causes: Vec<Cause> = failures.into_iter().map(Cause::from).collect();
    causes.extend([
        Cause::PinExpired(None),
        Cause::WalkTimeOver(Some(Failure::TimedOut)),
        Cause::NoRouter(None),
        Cause::NothingHeard,
        Cause::TooFar,
        Cause::WpsOff,
        Cause::Hidden,
        Cause::Wpa3Only,
        Cause::NetworkGone,
        Cause::WrongPassphrase,
        Cause::JoinRefused,
        Cause::NoAddress,
        Cause::AddressConflict,
    ]);
    causes
}

fn text(dice: &mut Dice) -> SecretText {
    let long = "x".repeat(70);
    match dice.roll(TEXTS.len() + 1) {
        0 => SecretText::new(long),
        number => SecretText::new(TEXTS[number - 1]),
    }
}

fn action(dice: &mut Dice, bench: &Bench) -> PrinterAction {
    match dice.roll(16) {
        0..=4 => match dice.roll(12) {
            0 => PrinterAction::Choose { item: "network-99".to_owned() },
            _ => {
                let ids = bench.item_ids();
                let item = if ids.is_empty() { String::new() } else { dice.pick(&ids).clone() };
                PrinterAction::Choose { item }
            }
        },
        5 | 6 => PrinterAction::Type { text: text(dice) },
        7 => PrinterAction::Back,
        8..=10 => PrinterAction::Press { key: *dice.pick(&KEYS) },
        11 => PrinterAction::Hold { keys: (0..dice.roll(4)).map(|_| *dice.pick(&KEYS)).collect() },
        12 | 13 => PrinterAction::Start {
            method: *dice.pick(&METHODS),
            ssid: Some("Home".to_owned()).filter(|_| dice.roll(4) > 0),
            secret: Some(text(dice)).filter(|_| dice.roll(4) > 0),
        },
        14 => PrinterAction::Cancel,
        _ => match dice.roll(6) {
            0 => PrinterAction::NetworkReset,
            1 => PrinterAction::PrintConfigurationPage,
            2 => PrinterAction::TakePaper { paper: 1 },
            _ => PrinterAction::PinLifetime { seconds: dice.roll(700) as u64 },
        },
    }
}

fn registration(dice: &mut Dice) -> PrinterEvent {
    let message = *dice.pick(MessageType::NAMED);
    match dice.roll(8) {
        0 => PrinterEvent::Trying(2),
        1 => PrinterEvent::TryingAgain(Failure::TimedOut, Timestamp::ZERO),
        2 => PrinterEvent::Ended(PrinterOutcome::Failure(*dice.pick(&causes()))),
        3 => PrinterEvent::Ended(PrinterOutcome::Success(match dice.roll(3) {
            0 => Success::Received(vec![home()]),
            1 => Success::Learned(network("Other", "another password")),
            _ => Success::Received(Vec::new()),
        })),
        4 => PrinterEvent::Router(Event::Registration(session::Event::HalfProved(Half::Second))),
        5 => PrinterEvent::Router(Event::Registration(session::Event::Succeeded)),
        6 => PrinterEvent::Router(Event::Registration(session::Event::Sent(message))),
        _ => PrinterEvent::Router(Event::Registration(session::Event::Received(message))),
    }
}

fn news(dice: &mut Dice) -> PrinterNews {
    let names = [
        "Home",
        "Other",
        "",
        "家と庭のとても長い名前のネットワーク\u{1}",
        "A network with 32 octets in all!",
    ];
    let name = (*dice.pick(&names)).to_owned();
    let signal = dice.roll(256) as u8 as i8;
    match dice.roll(13) {
        0 => PrinterNews::Networks(
            (0..dice.roll(5))
                .map(|_| NetworkSummary {
                    ssid: (*dice.pick(&names)).to_owned(),
                    bssid: "02:00:00:00:00:01".to_owned(),
                    channel: 6,
                    is_5_ghz: dice.roll(3) == 0,
                    signal: dice.roll(256) as u8 as i8,
                    security: (*dice.pick(&["WPA2", "WPA3", ""])).to_owned(),
                    wpa3_only: dice.roll(4) == 0,
                    wps: true,
                    locked: false,
                    open_for_pin: false,
                    open_for_button: false,
                })
                .collect(),
        ),
        1 => PrinterNews::NotFound(*dice.pick(&causes())),
        2 => PrinterNews::Chose { ssid: name, signal },
        3..=5 => PrinterNews::Registration(Box::new(registration(dice))),
        6 => PrinterNews::Joined {
            ssid: Ssid::new(&name.as_bytes()[..name.len().min(32)]).unwrap(),
            bssid: MacAddr([2, 0, 0, 0, 0, 1]),
            channel: dice.roll(256) as u8,
            signal,
            security: "WPA2".to_owned(),
        },
        7 => PrinterNews::JoinFailed(*dice.pick(&causes())),
        8 => PrinterNews::Lost,
        9 => PrinterNews::Address {
            address: [192, 168, 1, 23].into(),
            prefix: dice.roll(256) as u8,
            gateway: None,
            dns: None,
        },
        10 => PrinterNews::NoAddress(Cause::NoAddress),
        11 => PrinterNews::JobPrinted { name },
        _ => PrinterNews::Joining,
    }
}

/// The digits of the dynamic PINs that were ordered.
fn pins(orders: &[PrinterOrder]) -> Vec<String> {
    let pin = |order: &PrinterOrder| match order {
        PrinterOrder::Register { task: Task::Pin(pin), .. } => Some(pin.grouped().to_string()),
        _ => None,
    };
    orders.iter().filter_map(pin).collect()
}

fn check(bench: &Bench, pin: Option<&str>, seed: u64) {
    let view = bench.view();
    if let Display::Lines { first, second } = &view.panel.display {
        for line in [first, second] {
            let width = line.expose().chars().count();
            assert!(width <= 20, "seed {seed}: {:?} has {width}", line.expose());
            assert!(!line.expose().chars().any(char::is_control), "seed {seed}");
        }
    }
    let page = bench.page();
    assert!(page.attempts.len() <= 5);
    if let Some(pin) = pin {
        let plain = pin.replace(' ', "");
        let debug = format!("{:?} {:?} {view:?} {page:?} {:?}", bench.unit, bench.orders, bench.changes);
        let kept: String = bench.saved.iter().map(|(_, value)| value.expose()).collect();
        for digits in [pin, plain.as_str()] {
            assert!(!debug.contains(digits), "seed {seed}: a PIN in Debug");
            assert!(!kept.contains(digits), "seed {seed}: a PIN is kept");
        }
    }
}

#[test]
fn nothing_that_happens_in_any_order_does_harm() {
    let mut seen_pins = 0;
    for seed in 0..120 {
        let mut dice = Dice(Random::seeded(seed));
        let model = *dice.pick(&[
            Model::Touch,
            Model::TwoLine,
            Model::Touch,
            Model::TwoLine,
            Model::Label,
            Model::Entry,
        ]);
        let mut bench = Bench::new(model);
        let mut pin: Option<String> = None;
        for _ in 0..150 {
            if !bench.unit.is_on() && dice.roll(4) == 0 {
                bench.power(true);
            }
            match dice.roll(40) {
                0 => bench.power(dice.roll(3) > 0),
                1 => bench.unit.usb(dice.roll(2) == 0),
                2 => bench = bench.restart(),
                3..=5 => bench.wait(dice.roll(200) as u64),
                6..=22 => {
                    let action = action(&mut dice, &bench);
                    let before = (bench.unit.running(), bench.saved.clone());
                    if let Err(refusal) = bench.act(action) {
                        assert!(!refusal.what.is_empty() && !refusal.next.is_empty());
                        assert_eq!(
                            (bench.unit.running(), bench.saved.clone()),
                            before,
                            "seed {seed}: {refusal}"
                        );
                    }
                }
                _ => bench.hear(news(&mut dice)),
            }
            if let Some(new) = pins(&bench.orders).pop().filter(|_| model != Model::Label) {
                seen_pins += 1;
                pin = Some(new);
            }
            check(&bench, pin.as_deref(), seed);
            bench.take_orders();
            bench.changes.clear();
            assert!(bench.view().power || bench.unit.poll_timeout().is_none());
        }
    }
    assert!(seen_pins > 100, "the walk came by few PINs: {seen_pins}");
}
