//! Access points, stations, and the medium between them.

pub(crate) use crate::given::*;
use core::time::Duration;
use keyway_eap::Timestamp;
use keyway_wifi::Channel;
use keyway_wifi::access_point::{self, AccessPoint, BssConfig, WpsConfig};
use keyway_wifi::driver::StationEvent;
use keyway_wifi::frame::{Flags, Frame, Management, ManagementBody};
use keyway_wifi::mac::{AccessPointMac, Reception, StationMac, Transmission};
use keyway_wifi::network::{NoChoice, Wanted};
use keyway_wifi::rsn::{Draw, Entropy};
use keyway_wifi::station::{self, JoinFailure, Station, StationConfig};
use keyway_wsc::{EntropyError, MacAddr};
use std::collections::BTreeMap;

/// Numbers that look random and are the same in every run (xorshift64*).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % bound
    }
}

impl Entropy for Numbers {
    fn fill(&mut self, _: Draw, out: &mut [u8]) -> Result<(), EntropyError> {
        out.iter_mut().for_each(|octet| *octet = self.below(256) as u8);
        Ok(())
    }
}

/// An access point.
pub(crate) struct Base {
    pub(crate) access_point: AccessPoint,
    mac: AccessPointMac,
    tuned: Option<Channel>,
    pub(crate) events: Vec<(Timestamp, access_point::Event)>,
    pub(crate) received: Vec<Vec<u8>>,
    /// It has power.
    pub(crate) is_on: bool,
    /// How strong it is heard, in dBm.
    pub(crate) signal: i8,
    /// Its registrar answers each EAPOL frame with the same frame, so many times, and then ends the conversation. `None`
    /// says nothing at all.
    pub(crate) echoes: Option<u32>,
}

/// A station.
pub(crate) struct Unit {
    pub(crate) station: Station,
    mac: StationMac,
    tuned: Option<Channel>,
    pub(crate) events: Vec<(Timestamp, station::Event)>,
    pub(crate) received: Vec<Vec<u8>>,
    /// It has power.
    pub(crate) is_on: bool,
    /// Its driver tells of an association only after the first EAPOL frame.
    pub(crate) is_late: bool,
    late: Option<StationEvent>,
}

/// Who sends and receives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Radio {
    Base(usize),
    Unit(usize),
    /// Somebody who can send what he likes.
    Stranger,
}

/// Whether a frame is lost.
pub(crate) type Swallow = Box<dyn FnMut(&[u8]) -> bool>;

pub(crate) struct World {
    pub(crate) bases: Vec<Base>,
    pub(crate) units: Vec<Unit>,
    pub(crate) now: Timestamp,
    pub(crate) numbers: Numbers,
    /// Of 1000 frames, how many are lost on the way to each receiver.
    pub(crate) loss: u64,
    /// Which frames nobody receives.
    pub(crate) swallow: Swallow,
    flying: BTreeMap<(Timestamp, u64), (Radio, Transmission)>,
    sent: u64,
    /// What was on the air, and whose it was, but for beacons.
    pub(crate) air: Vec<(Timestamp, Radio, Vec<u8>)>,
}

/// What Ethernet frames carry.
pub(crate) fn packets(frames: &[Vec<u8>]) -> Vec<Vec<u8>> {
    frames.iter().map(|frame| frame[14..].to_vec()).collect()
}

impl World {
    /// These access points, on the air, and so many stations that do nothing.
    pub(crate) fn new(bases: Vec<BssConfig>, units: usize) -> World {
        let units = (0..units).map(|at| printer(address(1 + at as u8))).collect();
        World::of(bases, units, 77)
    }

    pub(crate) fn of(bases: Vec<BssConfig>, units: Vec<StationConfig>, seed: u64) -> World {
        let mut numbers = Numbers(seed.wrapping_mul(2_654_435_761) | 1);
        let now = Timestamp::from_secs(1000);
        let bases = bases.into_iter().map(|config| {
            let mut access_point = AccessPoint::new(config, &mut numbers).unwrap();
            access_point.start(now);
            Base {
                access_point,
                mac: AccessPointMac::new(),
                tuned: None,
                events: vec![],
                received: vec![],
                is_on: true,
                signal: -50,
                echoes: Some(2),
            }
        });
        let bases = bases.collect();
        let units = units.into_iter().map(|config| Unit {
            mac: StationMac::new(config.mac),
            station: Station::new(config),
            tuned: None,
            events: vec![],
            received: vec![],
            is_on: true,
            is_late: false,
            late: None,
        });
        let mut world = World {
            bases,
            units: units.collect(),
            now,
            numbers,
            loss: 0,
            swallow: Box::new(|_| false),
            flying: BTreeMap::new(),
            sent: 0,
            air: vec![],
        };
        world.settle();
        world
    }

    pub(crate) fn address(&self, unit: usize) -> MacAddr {
        self.units[unit].mac.address()
    }

    // --- what tests do ---

    pub(crate) fn register(&mut self, unit: usize, wanted: Wanted) {
        self.units[unit].station.register(wanted, self.now);
        self.settle();
    }

    pub(crate) fn join(&mut self, unit: usize, name: &str, octet: u8) {
        self.units[unit].station.join(ssid(name), &key(octet), self.now);
        self.settle();
    }

    /// Lets a station join the network "Home" and waits until both sides say that it is there.
    pub(crate) fn bring(&mut self, unit: usize) {
        self.join(unit, "Home", KEY[0]);
        let joined = self.run_until(20 * SECOND, |world| world.is_home(unit));
        assert!(joined, "{:?}", self.units[unit].events);
    }

    pub(crate) fn restart(&mut self, base: usize, change: impl FnOnce(&mut BssConfig)) {
        let mut config = self.bases[base].access_point.config().clone();
        change(&mut config);
        self.bases[base].access_point.restart(config, self.now, &mut self.numbers).unwrap();
        self.settle();
    }

    pub(crate) fn set_wps(&mut self, base: usize, wps: WpsConfig) {
        self.bases[base].access_point.set_wps(wps);
        self.settle();
    }

    /// Pulls the plug of an access point: it says nothing more, and forgets everything but what it is configured to be.
    pub(crate) fn pull_plug(&mut self, base: usize) {
        self.bases[base].is_on = false;
        self.bases[base].tuned = None;
    }

    pub(crate) fn put_plug(&mut self, base: usize) {
        let config = self.bases[base].access_point.config().clone();
        let base = &mut self.bases[base];
        base.access_point = AccessPoint::new(config, &mut self.numbers).unwrap();
        (base.mac, base.is_on) = (AccessPointMac::new(), true);
        base.access_point.start(self.now);
        self.settle();
    }

    /// Pulls the plug of a station and puts it in again: it forgets everything.
    pub(crate) fn reboot(&mut self, unit: usize) {
        let mac = self.address(unit);
        let unit = &mut self.units[unit];
        (unit.mac, unit.station, unit.tuned) = (StationMac::new(mac), Station::new(printer(mac)), None);
        self.settle();
    }

    /// Sends data up.
    pub(crate) fn send(&mut self, unit: usize, packet: &[u8]) {
        let frame = [&address(0xee).0, &self.address(unit).0, &[8, 0][..], packet].concat();
        self.units[unit].mac.send_ethernet(&frame, self.now);
        self.settle();
    }

    /// Sends data down.
    pub(crate) fn send_down(&mut self, base: usize, destination: MacAddr, packet: &[u8]) {
        let frame = [&destination.0, &address(0xee).0, &[8, 0][..], packet].concat();
        self.bases[base].mac.send_ethernet(&frame, self.now);
        self.settle();
    }

    /// Data pass, both ways and to all.
    pub(crate) fn passes_data(&mut self, base: usize, unit: usize) {
        self.forget();
        self.send(unit, b"up");
        self.run(SECOND / 10);
        let mac = self.address(unit);
        self.send_down(base, mac, b"down");
        self.send_down(base, MacAddr::BROADCAST, b"to all");
        self.run(SECOND / 2);
        assert_eq!(packets(&self.bases[base].received), [b"up".to_vec()]);
        assert_eq!(packets(&self.units[unit].received), [b"down".to_vec(), b"to all".to_vec()]);
    }

    /// Somebody sends a frame on channel 6.
    pub(crate) fn forge(&mut self, frame: &[u8]) {
        let transmission = Transmission { channel: channel(6), rate: 2, frame: frame.to_vec(), ticket: None };
        self.launch(Radio::Stranger, transmission);
    }

    pub(crate) fn forge_management(&mut self, frame: &Management) {
        self.forge(&frame.encode());
    }

    // --- what tests look at ---

    pub(crate) fn is_joined(&self, unit: usize) -> bool {
        self.units[unit].station.network().is_some()
    }

    pub(crate) fn has_joined(&self, base: usize, unit: usize) -> bool {
        let mac = self.address(unit);
        self.bases[base].access_point.joined().any(|joined| joined == mac)
    }

    /// Whether a station is on a network, by its own word and by that of an access point.
    pub(crate) fn is_home(&self, unit: usize) -> bool {
        self.is_joined(unit) && (0..self.bases.len()).any(|base| self.has_joined(base, unit))
    }

    /// What a station told, without the times.
    pub(crate) fn told(&self, unit: usize) -> Vec<&station::Event> {
        self.units[unit].events.iter().map(|(_, event)| event).collect()
    }

    /// What an access point told, but for probes.
    pub(crate) fn told_by(&self, base: usize) -> Vec<&access_point::Event> {
        let events = self.bases[base].events.iter().map(|(_, event)| event);
        events.filter(|event| !matches!(event, access_point::Event::ProbeHeard { .. })).collect()
    }

    pub(crate) fn failures(&self, unit: usize) -> Vec<JoinFailure> {
        let failure = |event: &&station::Event| match event {
            station::Event::JoinFailed(failure) => Some(*failure),
            _ => None,
        };
        self.told(unit).iter().filter_map(failure).collect()
    }

    /// Why nothing was found, each reason once.
    pub(crate) fn obstacles(&self, unit: usize) -> Vec<NoChoice> {
        let obstacle = |event: &&station::Event| match event {
            station::Event::NotFound(why) => Some(*why),
            _ => None,
        };
        let mut all: Vec<NoChoice> = self.told(unit).iter().filter_map(obstacle).collect();
        all.dedup();
        all
    }

    pub(crate) fn forget(&mut self) {
        self.units.iter_mut().for_each(|unit| (unit.events.clear(), unit.received.clear()).0);
        self.bases.iter_mut().for_each(|base| (base.events.clear(), base.received.clear()).0);
        self.air.clear();
    }

    /// Management frames that were on the air, from this sender.
    pub(crate) fn sent_by(&self, sender: MacAddr) -> Vec<(Timestamp, ManagementBody)> {
        let read = |(at, _, frame): &(Timestamp, Radio, Vec<u8>)| match Frame::parse(frame) {
            Ok(Frame::Management(frame)) if frame.source == sender && !frame.flags.contains(Flags::RETRY) => {
                Some((*at, frame.body))
            }
            _ => None,
        };
        self.air.iter().filter_map(read).collect()
    }

    // --- time and medium ---

    /// Lets time pass.
    pub(crate) fn run(&mut self, duration: Duration) {
        self.run_until(duration, |_| false);
    }

    /// Lets time pass until something is the case; false if it never was.
    pub(crate) fn run_until(&mut self, duration: Duration, mut is_so: impl FnMut(&World) -> bool) -> bool {
        let end = self.now + duration;
        self.settle();
        while !is_so(self) {
            let bases = self.bases.iter().filter(|base| base.is_on);
            let bases = bases.flat_map(|base| [base.mac.poll_timeout(), base.access_point.poll_timeout()]);
            let units = self.units.iter().filter(|unit| unit.is_on);
            let units = units.flat_map(|unit| [unit.mac.poll_timeout(), unit.station.poll_timeout()]);
            let flying = self.flying.keys().next().map(|(at, _)| *at);
            let next = bases.chain(units).flatten().chain(flying).min();
            let Some(next) = next.filter(|next| *next <= end) else {
                self.now = end;
                return false;
            };
            self.now = self.now.max(next);
            self.arrive();
            for base in self.bases.iter_mut().filter(|base| base.is_on) {
                base.mac.handle_timeout(self.now);
                base.access_point.handle_timeout(self.now, &mut self.numbers);
            }
            for unit in self.units.iter_mut().filter(|unit| unit.is_on) {
                unit.mac.handle_timeout(self.now);
                unit.station.handle_timeout(self.now, &mut self.numbers);
            }
            self.settle();
        }
        true
    }

    fn arrive(&mut self) {
        while let Some(entry) = self.flying.first_entry().filter(|entry| entry.key().0 <= self.now) {
            let (from, transmission) = entry.remove();
            let Transmission { channel, frame, ticket, .. } = transmission;
            let swallowed = (self.swallow)(&frame);
            let signal = match from {
                Radio::Base(at) => self.bases[at].signal,
                Radio::Unit(_) | Radio::Stranger => -50,
            };
            let mut acknowledged = false;
            let bases = (0..self.bases.len()).map(Radio::Base);
            for to in bases.chain((0..self.units.len()).map(Radio::Unit)).filter(|to| *to != from) {
                let (tuned, address, is_on) = match to {
                    Radio::Base(at) => (self.bases[at].tuned, bssid(at), self.bases[at].is_on),
                    Radio::Unit(at) => {
                        (self.units[at].tuned, self.units[at].mac.address(), self.units[at].is_on)
                    }
                    Radio::Stranger => continue,
                };
                let is_deaf = swallowed || !is_on || tuned != Some(channel);
                if is_deaf || self.numbers.below(1000) < self.loss {
                    continue;
                }
                acknowledged |= frame[4..10] == address.0 && self.numbers.below(1000) >= self.loss;
                let reception = Reception { channel, signal, frame: &frame };
                match to {
                    Radio::Base(at) => self.bases[at].mac.handle_frame(reception, self.now),
                    Radio::Unit(at) => self.units[at].mac.handle_frame(reception, self.now),
                    Radio::Stranger => {}
                }
            }
            match (from, ticket) {
                (Radio::Base(at), Some(ticket)) => {
                    self.bases[at].mac.handle_sent(ticket, acknowledged, self.now)
                }
                (Radio::Unit(at), Some(ticket)) => {
                    self.units[at].mac.handle_sent(ticket, acknowledged, self.now)
                }
                _ => {}
            }
            self.settle();
        }
    }

    fn launch(&mut self, from: Radio, transmission: Transmission) {
        self.sent += 1;
        if transmission.frame[0] != 0x80 {
            self.air.push((self.now, from, transmission.frame.clone()));
        }
        self.flying.insert((self.now + Duration::from_micros(300), self.sent), (from, transmission));
    }

    /// Polls everything until nothing comes.
    fn settle(&mut self) {
        for at in 0..self.bases.len() {
            while self.bases[at].is_on && self.carry_base(at) {}
        }
        for at in 0..self.units.len() {
            while self.units[at].is_on && self.carry_unit(at) {}
        }
    }

    fn carry_base(&mut self, at: usize) -> bool {
        let (mut moved, now) = (false, self.now);
        let Base { access_point, mac, tuned, events, received, echoes, .. } = &mut self.bases[at];
        while let Some(command) = access_point.poll_command() {
            mac.handle_command(command, now);
            moved = true;
        }
        while let Some(event) = mac.poll_event() {
            access_point.handle_event(event, now, &mut self.numbers);
            moved = true;
        }
        while let Some(event) = access_point.poll_event() {
            if let access_point::Event::Eapol { station, frame } = &event {
                match echoes {
                    Some(0) => access_point.registration_over(*station, now),
                    Some(left) => {
                        *left -= 1;
                        access_point.send_eapol(*station, frame.clone());
                    }
                    None => {}
                }
            }
            events.push((now, event));
            moved = true;
        }
        let mut frames = vec![];
        frames.extend(core::iter::from_fn(|| mac.poll_transmit()));
        if let Some(tune) = mac.poll_tune() {
            *tuned = tune.channel();
        }
        received.extend(core::iter::from_fn(|| mac.poll_ethernet()));
        moved |= !frames.is_empty();
        frames.into_iter().for_each(|frame| self.launch(Radio::Base(at), frame));
        moved
    }

    fn carry_unit(&mut self, at: usize) -> bool {
        let (mut moved, now) = (false, self.now);
        let Unit { station, mac, tuned, events, received, is_late, late, .. } = &mut self.units[at];
        while let Some(command) = station.poll_command() {
            mac.handle_command(command, now);
            moved = true;
        }
        while let Some(event) = mac.poll_event() {
            moved = true;
            if *is_late && matches!(event, StationEvent::Connected(_)) {
                *late = Some(event);
                continue;
            }
            let held = if matches!(event, StationEvent::Eapol { .. }) { late.take() } else { None };
            station.handle_event(event, now, &mut self.numbers);
            if let Some(held) = held {
                station.handle_event(held, now, &mut self.numbers);
            }
        }
        while let Some(event) = station.poll_event() {
            match &event {
                station::Event::Associated(_) => station.send_eapol(vec![1, 1, 0, 0]),
                station::Event::Eapol { frame, .. } => station.send_eapol(frame.clone()),
                _ => {}
            }
            events.push((now, event));
            moved = true;
        }
        if let Some(tune) = mac.poll_tune() {
            *tuned = tune.channel();
        }
        received.extend(core::iter::from_fn(|| mac.poll_ethernet()));
        let mut frames = vec![];
        frames.extend(core::iter::from_fn(|| mac.poll_transmit()));
        moved |= !frames.is_empty();
        frames.into_iter().for_each(|frame| self.launch(Radio::Unit(at), frame));
        moved
    }
}
