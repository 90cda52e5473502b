//! The router's rules, frame by frame: one attempt for a PIN, the lock on its own PIN, a crowd.

mod common;

use common::{Numbers, device, network, pin, router};
use keyway_eap::{Config, Event, Timestamp};
use keyway_home::{
    Cause, Ended, Method, PinLifetime, Printer, PrinterOutcome, Router, RouterEvent, Task, WALK_TIME, Whose,
};
use keyway_wsc::session::{Failure, Half, Outcome, Success};
use keyway_wsc::{DeviceType, MacAddr};
use std::time::Duration;

fn mac(number: u8) -> MacAddr {
    MacAddr([2, 0, 0, 0, 1, number])
}

/// A router and printers on a perfect link without delay, on a clock that stands still until it is moved.
struct Home {
    router: Router,
    now: Timestamp,
    numbers: Numbers,
    events: Vec<RouterEvent>,
}

impl Home {
    fn new() -> Home {
        Home { router: router(), now: Timestamp::ZERO, numbers: Numbers(7), events: Vec::new() }
    }

    fn wait(&mut self, seconds: u64) {
        self.now = self.now.saturating_add(Duration::from_secs(seconds));
        self.router.handle_timeout(self.now, &mut self.numbers);
        self.collect();
    }

    fn collect(&mut self) {
        while let Some(event) = self.router.poll_event() {
            self.events.push(event);
        }
    }

    fn printer(&self, number: u8, task: Task) -> (MacAddr, Printer) {
        let device = device(mac(number), DeviceType::PRINTER);
        let until = self.now.saturating_add(WALK_TIME);
        (mac(number), Printer::new(device, task, Config::default(), self.now, until))
    }

    /// One round for each printer: it says what it has to say and hears the answers.
    fn round(&mut self, printers: &mut [(MacAddr, Printer)]) -> bool {
        let mut moved = false;
        for (mac, printer) in printers.iter_mut() {
            printer.handle_timeout(self.now, &mut self.numbers);
            while let Some(transmit) = printer.poll_transmit() {
                self.router.handle_frame(*mac, &transmit.frame, self.now, &mut self.numbers);
                moved = true;
            }
        }
        while let Some(transmit) = self.router.poll_transmit() {
            let to = transmit.destination.address();
            for (mac, printer) in printers.iter_mut().filter(|(mac, _)| *mac == to) {
                printer.handle_frame(common::ROUTER, &transmit.frame, self.now, &mut self.numbers);
                let _ = mac;
            }
            moved = true;
        }
        self.collect();
        moved
    }

    /// Runs one printer for as long as anything moves; how the router saw it end, if it did.
    fn run(&mut self, number: u8, task: Task) -> (Option<PrinterOutcome>, Option<Ended>) {
        let mut printers = [self.printer(number, task)];
        self.events.clear();
        self.round(&mut printers);
        while self.round(&mut printers) {}
        (printers[0].1.outcome().cloned(), self.ended().pop())
    }

    fn ended(&self) -> Vec<Ended> {
        let ended = |event: &RouterEvent| match event {
            RouterEvent::Ended(ended) => Some((**ended).clone()),
            _ => None,
        };
        self.events.iter().filter_map(ended).collect()
    }

    fn add_pin(&mut self, text: &str, whose: Whose) {
        self.router.add_pin(pin(text), whose, self.now, PinLifetime::default());
    }
}

#[test]
fn a_pin_is_used_up_by_success_and_by_failure() {
    let mut home = Home::new();
    home.add_pin("12345670", Whose::Anyone);
    let (_, ended) = home.run(1, Task::Pin(pin("12345670")));
    assert_eq!(
        ended.map(|e| (e.outcome, e.method)),
        Some((Outcome::Success(Success::Granted), Some(Method::Pin)))
    );
    let (outcome, ended) = home.run(1, Task::Pin(pin("12345670")));
    assert_eq!(outcome, None, "the printer waits: a replay is refused");
    assert!(matches!(ended.map(|e| e.outcome), Some(Outcome::Failure(Failure::Declined(_)))));

    home.add_pin("12345670", Whose::Anyone);
    let (outcome, ended) = home.run(2, Task::Pin(pin("00005678")));
    let cause = Cause::Failure(Failure::WrongPassword(Half::First));
    assert_eq!(outcome, Some(PrinterOutcome::Failure(cause)));
    assert!(ended.is_some_and(|ended| ended.spent.is_some()));
    assert!(!home.router.is_open(home.now), "used up by the failure");
}

#[test]
fn two_printers_at_once_each_with_its_own_pin() {
    let mut home = Home::new();
    home.add_pin("12345670", Whose::Mac(mac(1)));
    home.add_pin("00005678", Whose::Mac(mac(2)));
    let mut printers =
        [home.printer(1, Task::Pin(pin("12345670"))), home.printer(2, Task::Pin(pin("00005678")))];
    home.round(&mut printers);
    while home.round(&mut printers) {}
    for (mac, printer) in &printers {
        assert!(matches!(printer.outcome(), Some(PrinterOutcome::Success(_))), "{mac}");
    }
}

#[test]
fn two_buttons_at_once_are_an_overlap() {
    let mut home = Home::new();
    assert!(home.router.press_button(home.now));
    let mut printers = [home.printer(1, Task::Button), home.printer(2, Task::Button)];
    home.round(&mut printers);
    while home.round(&mut printers) {}
    for ended in home.ended() {
        assert_eq!(ended.outcome, Outcome::Failure(Failure::SessionOverlap), "{}", ended.station);
    }
    for (mac, printer) in &printers {
        let cause = Cause::Failure(Failure::SessionOverlap);
        assert_eq!(printer.outcome(), Some(&PrinterOutcome::Failure(cause)), "{mac}");
    }
    assert!(!home.router.press_button(home.now), "the overlap holds for the walk time");
    home.wait(121);
    assert!(home.router.press_button(home.now));
}

#[test]
fn wrong_router_pins_lock_and_the_lock_ends() {
    let mut home = Home::new();
    home.router.set_router_pin(pin("12345670"), home.now, PinLifetime::default());
    let wrong = || Task::ReadRouter(pin("00005678"));
    for guess in 1..=3 {
        let (outcome, _) = home.run(1, wrong());
        assert_eq!(
            outcome,
            Some(PrinterOutcome::Failure(Failure::WrongPassword(Half::First).into())),
            "{guess}"
        );
    }
    assert!(home.router.lock(home.now).is_some());
    let right = || Task::ReadRouter(pin("12345670"));
    let locked = Some(PrinterOutcome::Failure(Failure::SetupLocked.into()));
    assert_eq!(home.run(2, right()).0, locked, "the right PIN does not help while it is locked");
    home.wait(61);
    assert!(home.events.contains(&RouterEvent::Unlocked));
    assert!(matches!(home.run(2, right()).0, Some(PrinterOutcome::Success(Success::Learned(_)))));
    home.wait(300);
    assert!(home.events.contains(&RouterEvent::RouterPinExpired));
    assert_eq!(home.run(2, right()).0, locked, "its time is over");
}

#[test]
fn a_configured_router_hands_out_its_new_settings() {
    let mut home = Home::new();
    home.router.set_router_pin(pin("12345670"), home.now, PinLifetime::default());
    let settings = Box::new(network(b"New"));
    home.run(1, Task::ConfigureRouter(pin("12345670"), settings));
    assert_eq!(home.router.network().ssid, network(b"New").ssid);
    home.add_pin("12345670", Whose::Anyone);
    match home.run(2, Task::Pin(pin("12345670"))).0 {
        Some(PrinterOutcome::Success(Success::Received(credentials))) => {
            assert_eq!(credentials[0].ssid, network(b"New").ssid);
            assert_eq!(credentials[0].mac, mac(2));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_crowd_is_bounded_and_told_of_once() {
    let mut home = Home::new();
    let start = [1, 1, 0, 0];
    for number in 0..50 {
        home.router.handle_frame(mac(number), &start, home.now, &mut home.numbers);
    }
    home.collect();
    let told = home.events.iter().filter(|event| matches!(event, RouterEvent::TooMany(_))).count();
    assert_eq!(told, 1);
    let frames = std::iter::from_fn(|| home.router.poll_transmit()).count();
    assert_eq!(frames, 8, "as many as are served at a time");
    for _ in 0..5 {
        home.wait(6);
    }
    assert!(home.router.is_idle(), "those that say nothing are forgotten");
}

#[test]
fn a_guesser_that_vanishes_is_counted_at_once_and_keeps_nobody_out() {
    let mut home = Home::new();
    home.router.set_router_pin(pin("12345670"), home.now, PinLifetime::default());
    for guesser in 1..=3 {
        assert!(home.router.lock(home.now).is_none(), "{guesser}");
        // It says nothing any more once it has heard that it was wrong.
        let mut printers = [home.printer(guesser, Task::ReadRouter(pin("00005678")))];
        home.round(&mut printers);
        while !home.events.iter().any(|event| is_failed(event, mac(guesser))) {
            home.round(&mut printers);
        }
        assert!(!home.router.is_idle(), "its conversation is still open");
    }
    assert!(home.router.lock(home.now).is_some());
}

fn is_failed(event: &RouterEvent, station: MacAddr) -> bool {
    let failed = Event::Registration(keyway_wsc::session::Event::Failed(Failure::WrongPassword(Half::First)));
    *event == RouterEvent::Station(station, failed)
}
