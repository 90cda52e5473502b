//! Whatever the owner does and the air brings, in any order: nothing panics, a refusal changes nothing, what is kept
//! is what is shown after a restart, no PIN is kept or shown in `Debug`.

use crate::bench::{Bench, OTHER_PIN, PIN, SECOND_HALF_DIFFERS, mac, pin, request};
use keyway_devices::action::{Bands, RouterAction, Security};
use keyway_devices::router::RouterNews;
use keyway_devices::view::{AirVerdict, Banner};
use keyway_devices::{Random, SecretText};
use keyway_home::{Printer, Task};
use keyway_wsc::{Credential, DevicePasswordId, MacAddr, NetworkKey, Ssid};

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

const TEXTS: [&str; 11] = [
    "",
    PIN,
    OTHER_PIN,
    SECOND_HALF_DIFFERS,
    "0042",
    "12345671",
    "correct horse",
    "another password",
    "x",
    "a\u{7}b",
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
];

fn action(dice: &mut Dice) -> RouterAction {
    let on = dice.roll(2) == 0;
    let text = |dice: &mut Dice| SecretText::new(*dice.pick(&TEXTS));
    match dice.roll(24) {
        0..=3 => RouterAction::Wps { on: dice.roll(5) > 0 },
        4..=8 => {
            let device = match dice.roll(4) {
                0 => None,
                1 => Some((*dice.pick(&["", "ff:ff:ff:ff:ff:ff", "02-00-00-00-01-02"])).to_owned()),
                _ => Some(mac(dice.roll(4) as u8).to_string()),
            };
            RouterAction::AddPin { pin: text(dice), device }
        }
        9 | 10 => RouterAction::Button,
        11 => RouterAction::CancelAdding,
        12 | 13 => {
            RouterAction::RouterPinOn { minutes: Some(dice.roll(13) as u64).filter(|_| dice.roll(2) == 0) }
        }
        14 => RouterAction::RouterPinOff,
        15 => RouterAction::Unlock,
        16 => RouterAction::OffAndVerify,
        17 => RouterAction::OffAfterSuccess { on },
        18 => RouterAction::Network {
            ssid: Some((*dice.pick(&TEXTS)).to_owned()).filter(|_| dice.roll(3) == 0),
            passphrase: Some(text(dice)).filter(|_| dice.roll(3) == 0),
            hidden: Some(dice.roll(4) == 0),
            security: Some(if dice.roll(4) == 0 { Security::Wpa3Only } else { Security::Wpa2 }),
            bands: Some(*dice.pick(&[Bands::Ghz2, Bands::Ghz5, Bands::Both])),
        },
        19 => RouterAction::NewPassphrase,
        20 => RouterAction::Dhcp { on },
        21 => RouterAction::DismissAlert,
        22 => RouterAction::RemoveDevice { device: mac(dice.roll(6) as u8).to_string() },
        // Argon2 takes its time: now and then.
        _ if dice.roll(8) == 0 => RouterAction::ChangePassword { old: text(dice), new: text(dice) },
        _ => RouterAction::Wps { on: true },
    }
}

fn news(dice: &mut Dice) -> RouterNews {
    let number = dice.roll(6) as u8;
    let station = mac(number);
    let signal = dice.roll(256) as u8 as i8;
    match dice.roll(9) {
        0..=2 => {
            let password = *dice.pick(&[DevicePasswordId::Default, DevicePasswordId::PushButton]);
            let request = (dice.roll(4) > 0).then(|| Box::new(request(number, password)));
            RouterNews::Probe { station, signal, request }
        }
        3 => RouterNews::Associated { station, for_wps: true },
        4 => {
            let frame = (0..dice.roll(40)).map(|_| dice.roll(256) as u8).collect();
            RouterNews::Eapol { station, frame }
        }
        5 => RouterNews::Joined { station, signal },
        6 => RouterNews::Left(station),
        7 => match dice.roll(2) {
            0 => RouterNews::WrongPassphrase(station),
            _ => RouterNews::AirSeen(AirVerdict { off: true, at: 0, words: String::new() }),
        },
        _ => RouterNews::Leased {
            station,
            address: [192, 168, 1, number].into(),
            name: Some("ho\u{1}st".to_owned()),
        },
    }
}

fn task(dice: &mut Dice, bench: &Bench) -> Task {
    let own = bench.admin().router_pin.pin.map(|own| pin(own.expose()));
    let typed = own.filter(|_| dice.roll(4) == 0).unwrap_or_else(|| pin(PIN));
    let ssid = Ssid::new(b"Given").unwrap();
    match dice.roll(10) {
        0..=2 => Task::Pin(pin(if dice.roll(3) == 0 { OTHER_PIN } else { PIN })),
        3 | 4 => Task::Button,
        5..=8 => Task::ReadRouter(typed),
        _ if dice.roll(3) == 0 => Task::ConfigureRouter(typed, Box::new(Credential::open(ssid))),
        _ => {
            let key = NetworkKey::new(b"given password").unwrap();
            Task::ConfigureRouter(typed, Box::new(Credential::wpa2(ssid, key)))
        }
    }
}

fn check(bench: &Bench, seed: u64) {
    let admin = bench.admin();
    assert!(admin.ledger.len() <= 50 && admin.pins.len() <= 5 && admin.waiting.len() <= 32, "seed {seed}");
    assert!(!admin.wps || admin.wps_impossible.is_none(), "seed {seed}");
    assert_eq!(admin.public.power, bench.unit.is_on());
    if admin.public.power {
        assert_eq!(bench.on_air.enabled, admin.wps, "seed {seed}");
        assert_eq!(bench.on_air.locked, admin.wps && admin.router_pin.lock.is_some(), "seed {seed}");
        let open = !admin.pins.is_empty() || matches!(admin.public.banner, Banner::OpenForButton { .. });
        assert!(!open || bench.on_air.selected.is_some(), "seed {seed}");
        assert!(bench.on_air.selected.as_ref().is_none_or(|s| (1..=5).contains(&s.authorized.len())));
    }
    let kept: String = bench.store.values.iter().map(|(_, value)| value.expose()).collect();
    let ledger = format!("{:?}", bench.store.ledger);
    let debug = format!("{:?} {:?} {}", bench.unit, bench.orders, bench.shown);
    for pin in admin.router_pin.pin.iter().map(SecretText::expose) {
        for digits in [pin.to_owned(), pin.replace(' ', "")] {
            assert!(!debug.contains(&digits), "seed {seed}: a PIN in Debug");
            assert!(!kept.contains(&digits) && !ledger.contains(&digits), "seed {seed}: a PIN is kept");
        }
    }
    assert!(!debug.contains(admin.passphrase.expose()), "seed {seed}: the passphrase in Debug");
}

/// What a restart shows must be what was kept; what is of the moment is left out.
fn lasting(bench: &Bench) -> String {
    let admin = bench.admin();
    let mut devices: Vec<_> = admin
        .joined
        .into_iter()
        .map(|device| (device.mac, device.name, device.method, device.address, device.first))
        .collect();
    devices.sort_by(|a, b| a.0.cmp(&b.0));
    let network =
        (admin.public.ssid, admin.passphrase.expose().to_owned(), admin.hidden, admin.bands, admin.security);
    let flags = (admin.wps, admin.off_after_success, admin.dhcp, admin.public.has_password);
    format!("{network:?} {flags:?} {devices:?} {:?} {:?}", admin.ledger, admin.alert)
}

#[test]
fn nothing_that_happens_in_any_order_does_harm() {
    let mut successes = 0;
    let mut locks = 0;
    for seed in 0..60 {
        let mut dice = Dice(Random::seeded(seed));
        let mut bench = Bench::new();
        let mut printers: Vec<(MacAddr, Printer)> = Vec::new();
        for _ in 0..150 {
            if !bench.unit.is_on() && dice.roll(4) == 0 {
                bench.power(true);
            }
            match dice.roll(40) {
                0 if dice.roll(4) == 0 => bench.power(false),
                1 if dice.roll(4) == 0 => {
                    let before = lasting(&bench);
                    bench = bench.restart();
                    assert_eq!(lasting(&bench), before, "seed {seed}");
                }
                2..=4 => bench.wait_seconds(dice.roll(100) as u64),
                5..=14 => {
                    let action = action(&mut dice);
                    let before = (lasting(&bench), bench.admin().pins);
                    if let Err(refusal) = bench.act(action) {
                        assert!(!refusal.what.is_empty() && !refusal.next.is_empty());
                        assert_eq!((lasting(&bench), bench.admin().pins), before, "seed {seed}: {refusal}");
                    }
                }
                15..=22 => bench.hear(news(&mut dice)),
                23..=26 => {
                    let number = dice.roll(4) as u8;
                    let task = task(&mut dice, &bench);
                    printers.retain(|(other, _)| *other != mac(number));
                    printers.push(bench.printer(number, task));
                }
                _ => {
                    for _ in 0..dice.roll(12) {
                        bench.round(&mut printers);
                    }
                }
            }
            locks += usize::from(bench.admin().router_pin.lock.is_some());
            check(&bench, seed);
            bench.take_orders();
            bench.shown.clear();
        }
        successes += bench
            .store
            .ledger
            .iter()
            .filter(|entry| entry.step.is_some() && entry.result == "success")
            .count();
    }
    assert!(successes > 30 && locks > 0, "the walk came by little: {successes} successes, {locks} locks");
}
