//! A printer and a router over a seeded medium with a simulated clock.
#![allow(dead_code, unreachable_pub)]

use keyway_eap::{Config, Timestamp, Transmit};
use keyway_home::{
    Ended, PinLifetime, Printer, PrinterOutcome, Router, RouterConfig, RouterEvent, Task, Whose,
};
use keyway_wsc::session::Device;
use keyway_wsc::{
    ConfigMethods, Credential, DeviceDescription, DeviceType, Draw, Entropy, EntropyError, MacAddr,
    NetworkKey, Pin, Ssid,
};
use std::collections::BTreeMap;
use std::time::Duration;

pub const PRINTER: MacAddr = MacAddr([2, 0, 0, 0, 0, 1]);
pub const ROUTER: MacAddr = MacAddr([2, 0, 0, 0, 0, 2]);

/// A small generator of numbers (SplitMix64): the same seed gives the same numbers.
pub struct Numbers(pub u64);

impl Numbers {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// True in so many of a hundred cases.
    fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }
}

impl Entropy for Numbers {
    fn fill(&mut self, _: Draw, out: &mut [u8]) -> Result<(), EntropyError> {
        out.chunks_mut(8).for_each(|chunk| chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]));
        Ok(())
    }
}

/// How a medium treats frames: percentages, and milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Medium {
    pub loss: u64,
    pub repeat: u64,
    pub delay: u64,
    pub jitter: u64,
}

impl Medium {
    pub const fn perfect() -> Medium {
        Medium { loss: 0, repeat: 0, delay: 1, jitter: 0 }
    }
    pub const fn lossy() -> Medium {
        Medium { loss: 10, repeat: 5, delay: 5, jitter: 20 }
    }
    pub const fn awful() -> Medium {
        Medium { loss: 40, repeat: 20, delay: 200, jitter: 4000 }
    }
    pub const fn shuffled() -> Medium {
        Medium { loss: 0, repeat: 40, delay: 1, jitter: 7000 }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    Pin,
    Button,
    ReadRouter,
    ConfigureRouter,
    WrongFirstHalf,
    WrongSecondHalf,
}

impl Setting {
    pub const ALL: [Setting; 6] = [
        Setting::Pin,
        Setting::Button,
        Setting::ReadRouter,
        Setting::ConfigureRouter,
        Setting::WrongFirstHalf,
        Setting::WrongSecondHalf,
    ];
}

pub fn pin(text: &str) -> Pin {
    text.parse().unwrap()
}

pub fn device(mac: MacAddr, device_type: DeviceType) -> Device {
    let description = DeviceDescription {
        manufacturer: "Keyway".into(),
        model_name: "Test".into(),
        model_number: "1".into(),
        serial_number: "1".into(),
        device_type,
        device_name: "Test".into(),
    };
    Device::new(mac, description, ConfigMethods::PhysicalDisplay | ConfigMethods::PhysicalPushButton)
}

pub fn network(name: &[u8]) -> Credential {
    Credential::wpa2(Ssid::new(name).unwrap(), NetworkKey::new(b"correct horse battery").unwrap())
}

pub fn router() -> Router {
    Router::new(RouterConfig {
        device: device(ROUTER, DeviceType::ROUTER),
        network: network(b"Home"),
        eap: Config::default(),
        max_stations: 8,
    })
}

/// One run: who meets whom over what.
pub struct Run {
    printer: Printer,
    router: Router,
    medium: Medium,
    numbers: Numbers,
    now: Timestamp,
    /// Frames under way, by their time of arrival: to the printer or not, and the frame.
    under_way: BTreeMap<(Timestamp, u64), (bool, Vec<u8>)>,
    sent: u64,
    ended: Vec<Ended>,
}

/// What came of a run.
pub struct Met {
    pub printer: PrinterOutcome,
    pub router: Vec<Ended>,
    pub frames: u64,
    pub seconds: u64,
}

impl Run {
    pub fn new(setting: Setting, medium: Medium, seed: u64) -> Run {
        let now = Timestamp::ZERO;
        let lifetime = PinLifetime::default();
        let mut router = router();
        let right = pin("12345670");
        let task = match setting {
            Setting::Button => {
                assert!(router.press_button(now));
                Task::Button
            }
            Setting::ReadRouter | Setting::ConfigureRouter => {
                router.set_router_pin(right.clone(), now, lifetime);
                match setting {
                    Setting::ReadRouter => Task::ReadRouter(right),
                    _ => Task::ConfigureRouter(right, Box::new(network(b"New"))),
                }
            }
            Setting::Pin | Setting::WrongFirstHalf | Setting::WrongSecondHalf => {
                let typed = match setting {
                    Setting::WrongFirstHalf => pin("00005678"),
                    Setting::WrongSecondHalf => pin("12340002"),
                    _ => right.clone(),
                };
                router.add_pin(typed, Whose::Anyone, now, lifetime);
                Task::Pin(right)
            }
        };
        let until = now.saturating_add(Duration::from_secs(300));
        let printer = Printer::new(device(PRINTER, DeviceType::PRINTER), task, Config::default(), now, until);
        let (under_way, numbers) = (BTreeMap::new(), Numbers(seed));
        Run { printer, router, medium, numbers, now, under_way, sent: 0, ended: Vec::new() }
    }

    /// Runs until the printer is done and the router has nothing more to do.
    pub fn finish(mut self) -> Met {
        for _ in 0..20_000 {
            self.collect();
            let arrival = self.under_way.keys().next().map(|(at, _)| *at);
            let timers = [self.printer.poll_timeout(), self.router.poll_timeout(), arrival];
            let done = self.printer.outcome().cloned();
            let Some(next) = timers.into_iter().flatten().min() else {
                return self.result(done.expect("the printer waits for nothing and has no outcome"));
            };
            if let (Some(outcome), true) = (&done, self.under_way.is_empty() && !self.ended.is_empty()) {
                return self.result(outcome.clone());
            }
            self.now = self.now.max(next);
            let arrived = self.under_way.first_key_value().is_some_and(|((at, _), _)| *at <= self.now);
            if let (true, Some((_, (to_printer, frame)))) =
                (arrived, arrived.then(|| self.under_way.pop_first()).flatten())
            {
                match to_printer {
                    true => self.printer.handle_frame(ROUTER, &frame, self.now, &mut self.numbers),
                    false => self.router.handle_frame(PRINTER, &frame, self.now, &mut self.numbers),
                }
            }
            self.printer.handle_timeout(self.now, &mut self.numbers);
            self.router.handle_timeout(self.now, &mut self.numbers);
        }
        panic!("the run does not end: {:?} at {:?}", self.printer.outcome(), self.now);
    }

    fn result(self, printer: PrinterOutcome) -> Met {
        Met { printer, router: self.ended, frames: self.sent, seconds: self.now.since_epoch().as_secs() }
    }

    /// Puts what both want to send on its way, and notes what the router tells.
    fn collect(&mut self) {
        while self.printer.poll_event().is_some() {}
        while let Some(event) = self.router.poll_event() {
            if let RouterEvent::Ended(ended) = event {
                self.ended.push(*ended);
            }
        }
        while let Some(transmit) = self.printer.poll_transmit() {
            self.send(false, transmit);
        }
        while let Some(transmit) = self.router.poll_transmit() {
            self.send(true, transmit);
        }
    }

    fn send(&mut self, to_printer: bool, transmit: Transmit) {
        let copies = if self.numbers.chance(self.medium.repeat) { 2 } else { 1 };
        for _ in 0..copies {
            if self.numbers.chance(self.medium.loss) {
                continue;
            }
            let delay = self.medium.delay + self.numbers.next() % (self.medium.jitter + 1);
            let at = self.now.saturating_add(Duration::from_millis(delay));
            self.sent += 1;
            self.under_way.insert((at, self.sent), (to_printer, transmit.frame.clone()));
        }
    }
}
