//! N14, N17, N20, N28, N29: devices come onto the network by PIN and by button, and what goes wrong with that.

use crate::bench::{Bench, DATE, OTHER_PIN, PIN, SECOND_HALF_DIFFERS, mac, pin};
use keyway_devices::SecretText;
use keyway_devices::action::RouterAction;
use keyway_devices::router::{RouterNews, RouterOrder, SelectedRegistrar, WpsOnAir};
use keyway_devices::session::{Method, Step};
use keyway_devices::view::{AirVerdict, Banner};
use keyway_home::{Nickname, PinLifetime, PrinterOutcome, Task};
use keyway_wsc::session::{Failure, Half, Success};
use keyway_wsc::{DevicePasswordId, MacAddr, Uuid};
use std::time::Duration;

fn selected(by_button: bool, authorized: &[MacAddr]) -> Option<SelectedRegistrar> {
    Some(SelectedRegistrar { by_button, authorized: authorized.to_vec() })
}

#[test]
fn a_pin_adds_its_device_and_wps_goes_off() {
    let mut bench = Bench::open();
    bench.probe(1, DevicePasswordId::Default);
    assert_eq!(bench.admin().waiting[0].nickname, Nickname::of(mac(1)).to_string());
    bench.add_pin(PIN, Some(mac(1))).unwrap();
    assert_eq!(bench.on_air.selected, selected(false, &[mac(1)]));
    let nickname = Some(Nickname::of(mac(1)).to_string());
    let admin = bench.admin();
    assert_eq!((&admin.pins[0].nickname, admin.pins[0].countdown.seconds), (&nickname, 300));
    assert!(
        matches!(admin.public.banner, Banner::OpenForPin { nickname: n, countdown } if n == nickname && countdown.of == 300)
    );
    bench.take_orders();

    let Some(PrinterOutcome::Success(Success::Received(credentials))) = bench.run(1, Task::Pin(pin(PIN)))
    else {
        panic!("{:?}", bench.results())
    };
    let admin = bench.admin();
    assert_eq!(
        credentials[0].key.as_ref().unwrap().to_characters().expose(),
        admin.passphrase.expose().as_bytes()
    );
    let off = WpsOnAir::default();
    let orders = bench.take_orders();
    let tail = [RouterOrder::RegistrationOver(mac(1)), RouterOrder::Wps(off), RouterOrder::VerifyOff];
    assert_eq!(orders[orders.len() - 3..], tail, "{orders:?}");
    assert_eq!((admin.wps, admin.pins.len(), admin.waiting.len()), (false, 0, 0));
    assert_eq!(admin.public.banner, Banner::Off { verified: None });
    let entry = &admin.ledger[0];
    assert_eq!(
        (entry.result.as_str(), entry.method, entry.step),
        ("success", Some(Method::Pin), Some(Step::Key))
    );
    assert_eq!((entry.at, entry.name.as_deref()), (DATE, Some("Study")));
    let session = &admin.sessions[0];
    assert_eq!((session.done, session.running), (Some(Step::Key), true));
    let names: Vec<&str> = session.messages.iter().map(|message| message.name.as_str()).collect();
    assert_eq!(names, ["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "WSC_Done"]);

    bench.join(1);
    let admin = bench.admin();
    let device = &admin.joined[0];
    assert_eq!((device.method, device.online, device.signal), (Some(Method::Pin), true, Some(-50)));
    assert_eq!((device.name.as_deref(), device.address.as_deref()), (Some("Study"), Some("192.168.1.1")));
    assert_eq!((admin.sessions[0].done, admin.sessions[0].running), (Some(Step::Address), false));
    assert_eq!(bench.results(), ["success"], "one entry for one set-up");
    let verdict = AirVerdict { off: true, at: bench.date(), words: "By its beacons.".into() };
    bench.hear(RouterNews::AirSeen(verdict.clone()));
    assert_eq!(bench.admin().public.banner, Banner::Off { verified: Some(verdict) });
}

#[test]
fn wps_stays_on_when_the_owner_wants_it() {
    let mut bench = Bench::open();
    bench.act(RouterAction::OffAfterSuccess { on: false }).unwrap();
    bench.add_pin(PIN, None).unwrap();
    assert_eq!(bench.on_air.selected, selected(false, &[MacAddr::BROADCAST]));
    bench.run(1, Task::Pin(pin(PIN)));
    assert!(bench.admin().wps);
    assert_eq!(bench.on_air, WpsOnAir { enabled: true, locked: false, selected: None });
    // The PIN pairs once (N52).
    assert_eq!(bench.run(2, Task::Pin(pin(PIN))), None, "it is left to wait");
    assert_eq!(bench.results(), ["no-pin-for-device", "success"]);
    assert_eq!(bench.admin().waiting.len(), 1);
}

#[test]
fn several_devices_at_once_and_wps_waits_for_all() {
    let mut bench = Bench::open();
    bench.add_pin(PIN, Some(mac(1))).unwrap();
    bench.add_pin(OTHER_PIN, Some(mac(2))).unwrap();
    assert_eq!(bench.on_air.selected, selected(false, &[mac(1), mac(2)]));
    bench.run(1, Task::Pin(pin(PIN)));
    assert!(bench.admin().wps, "another one is waited for");
    bench.run(2, Task::Pin(pin(OTHER_PIN)));
    assert!(!bench.admin().wps);
    assert_eq!(bench.results(), ["success", "success"]);
    let mut bench = Bench::open();
    for number in 1..=5 {
        bench.add_pin(PIN, Some(mac(number))).unwrap();
    }
    assert_eq!(bench.add_pin(PIN, Some(mac(6))).unwrap_err().code, "not-now");
    bench.add_pin(PIN, Some(mac(5))).unwrap();
    assert_eq!(bench.on_air.selected.as_ref().map(|selected| selected.authorized.len()), Some(5));
}

#[test]
fn wrong_halves_are_told_apart_and_use_the_pin_up() {
    for (typed, half, code, step) in [
        (OTHER_PIN, Half::First, "wrong-pin-first-half", Step::Introduced),
        (SECOND_HALF_DIFFERS, Half::Second, "wrong-pin-second-half", Step::FirstHalf),
    ] {
        let mut bench = Bench::open();
        bench.add_pin(typed, Some(mac(1))).unwrap();
        let outcome = bench.run(1, Task::Pin(pin(PIN)));
        assert_eq!(outcome, Some(PrinterOutcome::Failure(Failure::WrongPassword(half).into())));
        let admin = bench.admin();
        let entry = &admin.ledger[0];
        assert_eq!((entry.result.as_str(), entry.step), (code, Some(step)));
        assert_eq!(admin.sessions[0].reason.as_ref().map(|reason| reason.code.as_str()), Some(code));
        assert!(!admin.sessions[0].running && admin.pins.is_empty() && admin.wps);
        assert_eq!(bench.on_air.selected, None, "used up");
        assert!(admin.joined.is_empty());
    }
}

#[test]
fn a_new_pin_replaces_the_old_and_a_stranger_has_no_use_for_it() {
    let mut bench = Bench::open();
    bench.add_pin(OTHER_PIN, Some(mac(1))).unwrap();
    bench.wait_seconds(100);
    bench.add_pin(PIN, Some(mac(1))).unwrap();
    let pins = bench.admin().pins;
    assert_eq!((pins.len(), pins[0].countdown.seconds), (1, 300));
    assert_eq!(bench.run(2, Task::Pin(pin(PIN))), None, "the PIN is another device's");
    assert!(matches!(bench.run(1, Task::Pin(pin(PIN))), Some(PrinterOutcome::Success(_))));
}

#[test]
fn a_pin_that_nobody_uses_expires() {
    let mut bench = Bench::open();
    bench.probe(1, DevicePasswordId::Default);
    bench.add_pin(PIN, Some(mac(1))).unwrap();
    bench.wait(Duration::from_millis(299_001));
    assert_eq!(bench.admin().pins[0].countdown.seconds, 1);
    bench.wait_seconds(1);
    let admin = bench.admin();
    assert_eq!((admin.pins.len(), admin.public.banner), (0, Banner::Ready));
    assert_eq!((admin.ledger[0].result.as_str(), admin.ledger[0].method), ("pin-expired", Some(Method::Pin)));
    assert_eq!(admin.ledger[0].mac, mac(1).to_string());
    assert_eq!(bench.on_air.selected, None);
    assert_eq!(admin.alert, None);
    assert_eq!(bench.run(1, Task::Pin(pin(PIN))), None);
}

#[test]
fn the_button_adds_one_device_within_two_minutes() {
    let mut bench = Bench::open();
    bench.act(RouterAction::Button).unwrap();
    assert_eq!(bench.on_air.selected, selected(true, &[MacAddr::BROADCAST]));
    assert!(
        matches!(bench.admin().public.banner, Banner::OpenForButton { countdown } if countdown.seconds == 120)
    );
    assert!(matches!(bench.run(1, Task::Button), Some(PrinterOutcome::Success(_))));
    let admin = bench.admin();
    assert_eq!((admin.ledger[0].method, admin.wps), (Some(Method::Button), false));

    let mut bench = Bench::open();
    bench.act(RouterAction::Button).unwrap();
    bench.wait_seconds(120);
    assert_eq!(bench.results(), ["walk-time-over"]);
    assert_eq!((bench.on_air.selected.clone(), bench.admin().public.banner), (None, Banner::Ready));
    assert_eq!(bench.run(1, Task::Button), None);
}

#[test]
fn two_buttons_at_once_are_an_overlap() {
    let mut bench = Bench::open();
    bench.act(RouterAction::Button).unwrap();
    let mut printers = [bench.printer(1, Task::Button), bench.printer(2, Task::Button)];
    bench.run_all(&mut printers);
    for (mac, printer) in &printers {
        let overlap = PrinterOutcome::Failure(Failure::SessionOverlap.into());
        assert_eq!(printer.outcome(), Some(&overlap), "{mac}");
    }
    assert!(bench.results().iter().all(|result| result == "session-overlap"));
    assert_eq!(bench.code(RouterAction::Button), "overlap");
    bench.wait_seconds(121);
    assert_eq!(bench.code(RouterAction::Button), "");
}

#[test]
fn two_buttons_are_heard_before_anybody_comes() {
    let mut bench = Bench::open();
    bench.probe(1, DevicePasswordId::PushButton);
    bench.probe(2, DevicePasswordId::PushButton);
    assert_eq!(bench.code(RouterAction::Button), "overlap");
    assert_eq!(bench.on_air.selected, None);
    bench.wait_seconds(121);
    bench.act(RouterAction::Button).unwrap();
    bench.probe(1, DevicePasswordId::PushButton);
    assert!(bench.results().is_empty());
    bench.probe(2, DevicePasswordId::PushButton);
    assert_eq!(bench.results(), ["session-overlap"]);
    assert_eq!(bench.admin().public.banner, Banner::Ready);
    assert!(bench.on_air.selected.is_some(), "both are to come and learn why");
    let overlap = PrinterOutcome::Failure(Failure::SessionOverlap.into());
    assert_eq!(bench.run(1, Task::Button), Some(overlap));
    bench.wait_seconds(120);
    assert_eq!(bench.on_air.selected, None);
}

#[test]
fn cancelling_takes_back_what_waits_and_ends_what_runs() {
    let mut bench = Bench::open();
    bench.add_pin(PIN, Some(mac(1))).unwrap();
    let mut printers = [bench.printer(1, Task::Pin(pin(PIN)))];
    for _ in 0..4 {
        bench.round(&mut printers);
    }
    assert!(
        matches!(bench.admin().public.banner, Banner::Talking { step: 2, .. }),
        "{:?}",
        bench.admin().public
    );
    assert_eq!(bench.add_pin(OTHER_PIN, None).unwrap_err().code, "not-now");
    bench.act(RouterAction::CancelAdding).unwrap();
    let admin = bench.admin();
    assert_eq!((admin.pins.len(), admin.public.banner), (0, Banner::Ready));
    assert_eq!(bench.results(), ["cancelled"]);
    assert_eq!(bench.on_air.selected, None);
    bench.act(RouterAction::Button).unwrap();
    bench.act(RouterAction::CancelAdding).unwrap();
    assert_eq!(bench.on_air.selected, None);
    bench.act(RouterAction::CancelAdding).unwrap();
}

/// A router that is in the middle of adding a printer.
fn in_the_middle() -> (Bench, [(MacAddr, keyway_home::Printer); 1]) {
    let mut bench = Bench::open();
    bench.add_pin(PIN, Some(mac(1))).unwrap();
    let mut printers = [bench.printer(1, Task::Pin(pin(PIN)))];
    for _ in 0..4 {
        bench.round(&mut printers);
    }
    assert_eq!(bench.admin().sessions[0].done, Some(Step::Introduced));
    bench.take_orders();
    (bench, printers)
}

#[test]
fn a_device_that_goes_away_in_the_middle_leaves_its_pin_good() {
    let (mut bench, _) = in_the_middle();
    bench.hear(RouterNews::Left(mac(1)));
    assert_eq!(bench.results(), ["link-lost"]);
    assert!(!bench.admin().sessions[0].running);
    assert_eq!(bench.admin().pins.len(), 1, "nothing was proved yet");
    assert!(matches!(bench.run(1, Task::Pin(pin(PIN))), Some(PrinterOutcome::Success(_))));
}

#[test]
fn a_device_that_begins_anew_is_not_sent_away() {
    let (mut bench, _) = in_the_middle();
    let mut printers = [bench.printer(1, Task::Pin(pin(PIN)))];
    for _ in 0..3 {
        bench.round(&mut printers);
    }
    assert_eq!(bench.take_orders(), []);
    while bench.round(&mut printers) {}
    assert!(matches!(printers[0].1.outcome(), Some(PrinterOutcome::Success(_))));
    assert!(bench.take_orders().contains(&RouterOrder::RegistrationOver(mac(1))));
}

#[test]
fn switching_wps_off_ends_all_that_waits_and_runs() {
    let (mut bench, _) = in_the_middle();
    bench.act(RouterAction::RouterPinOn { minutes: None }).unwrap();
    bench.act(RouterAction::Wps { on: false }).unwrap();
    let admin = bench.admin();
    assert_eq!((admin.pins.len(), admin.router_pin.pin, admin.router_pin.countdown), (0, None, None));
    assert_eq!(bench.results(), ["cancelled"]);
    assert!(bench.take_orders().contains(&RouterOrder::RegistrationOver(mac(1))));
    bench.act(RouterAction::Wps { on: true }).unwrap();
    assert_eq!(bench.on_air, WpsOnAir { enabled: true, locked: false, selected: None });
}

#[test]
fn what_is_typed_is_judged_before_anything_waits() {
    let mut bench = Bench::new();
    assert_eq!(bench.add_pin(PIN, None).unwrap_err().code, "wps-off");
    assert_eq!(bench.code(RouterAction::Button), "wps-off");
    assert_eq!(bench.code(RouterAction::RouterPinOn { minutes: None }), "wps-off");
    bench.act(RouterAction::Wps { on: true }).unwrap();
    let own = mac(1).to_string();
    for (typed, device, code) in [
        ("1234 5671", None, "bad-pin"),
        ("123456", None, "bad-pin"),
        ("", None, "bad-pin"),
        ("correct horse battery", None, "looks-like-password"),
        (PIN, Some("printer"), "bad-value"),
        (PIN, Some("ff:ff:ff:ff:ff:ff"), "bad-value"),
        (PIN, Some("00:00:00:00:00:00"), "bad-value"),
        (PIN, Some(own.as_str()), ""),
        ("0042", None, ""),
    ] {
        let device = device.map(str::to_owned);
        let before = bench.admin().pins.len();
        let found = bench.code(RouterAction::AddPin { pin: SecretText::new(typed), device });
        assert_eq!(found, code, "{typed}");
        assert_eq!(bench.admin().pins.len() - before, usize::from(code.is_empty()));
    }
    assert_eq!(bench.code(RouterAction::Button), "not-now", "PINs wait");
    assert!(matches!(bench.run(2, Task::Pin(pin("0042"))), Some(PrinterOutcome::Success(_))));
}

#[test]
fn a_device_that_was_added_and_does_not_come_is_told() {
    let mut bench = Bench::open();
    bench.add_pin(PIN, None).unwrap();
    bench.run(1, Task::Pin(pin(PIN)));
    bench.wait_seconds(60);
    assert_eq!(bench.results(), ["link-lost", "success"]);
    let mut bench = Bench::open();
    bench.add_pin(PIN, None).unwrap();
    bench.run(1, Task::Pin(pin(PIN)));
    bench.hear(RouterNews::Joined { station: mac(1), signal: -50 });
    bench.wait_seconds(60);
    assert_eq!(bench.results(), ["no-address", "success"]);
    assert_eq!(bench.admin().alert, None);
    bench.join(1);
    assert_eq!(bench.admin().sessions[0].done, Some(Step::Address), "it went on asking");
}

#[test]
fn a_pin_can_be_for_the_device_with_a_uuid() {
    let mut bench = Bench::open();
    let device = Some(Uuid::from_mac(mac(2)).to_string());
    bench.act(RouterAction::AddPin { pin: SecretText::new(PIN), device }).unwrap();
    assert_eq!(bench.on_air.selected, selected(false, &[MacAddr::BROADCAST]), "its address is not known");
    assert_eq!(bench.admin().pins[0].nickname, None);
    assert!(!matches!(bench.run(1, Task::Pin(pin(PIN))), Some(PrinterOutcome::Success(_))));
    assert_eq!((bench.results(), bench.admin().pins.len()), (vec!["no-pin-for-device".to_owned()], 1));
    assert!(matches!(bench.run(2, Task::Pin(pin(PIN))), Some(PrinterOutcome::Success(_))));
}

#[test]
fn pins_are_good_for_as_long_as_they_were_said_to_be() {
    let mut bench = Bench::open();
    bench.unit = bench.unit.with_pin_lifetime(PinLifetime::new(Duration::from_secs(120)).unwrap());
    bench.power(false);
    bench.power(true);
    bench.add_pin(PIN, Some(mac(1))).unwrap();
    let countdown = bench.admin().pins[0].countdown;
    assert_eq!((countdown.seconds, countdown.of), (120, 120));
    bench.wait_seconds(119);
    assert_eq!(bench.results(), Vec::<String>::new());
    bench.wait_seconds(1);
    assert_eq!((bench.results(), bench.admin().pins.len()), (vec!["pin-expired".to_owned()], 0));
}
