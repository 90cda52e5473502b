//! Stations and access points with their handshakes, over a medium in simulated time.

mod data;
mod decide;
mod hostile;
mod joining;
mod management;
mod sleep;

use super::*;
use crate::driver::*;
use crate::element::{AkmSuite, CipherSuite, DsParameter, Elements, Rates, Rsn, RsnCapabilities};
use crate::frame::*;
use crate::rsn::{
    self, Association, Authenticator, Draw, Entropy, GroupKeys, KeyManagement, Pmk, Supplicant,
};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use core::time::Duration;
use ethernet::Ethernet;
use keyway_eap::Timestamp;
use keyway_wsc::{EntropyError, Ssid};
use std::vec;

const SECOND: Duration = Duration::from_secs(1);

/// Numbers that look random and are the same in every run (xorshift64*).
struct Numbers(u64);

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

/// What a network is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Security {
    Open,
    /// WPA2 without protection of management frames.
    Wpa2,
    /// WPA2 with it.
    Protected,
}

impl Security {
    fn rsn(self) -> Vec<u8> {
        let capabilities = match self {
            Security::Protected => RsnCapabilities::MFP_CAPABLE,
            Security::Open | Security::Wpa2 => RsnCapabilities::default(),
        };
        let mut rsn = Rsn::ccmp(&[AkmSuite::PSK], capabilities);
        rsn.group_management = (self == Security::Protected).then_some(CipherSuite::BIP_CMAC_128);
        rsn.to_element()
    }
}

/// An access point: its soft MAC, and the least that decides for it.
struct Base {
    mac: AccessPointMac,
    bssid: MacAddr,
    channel: Channel,
    security: Security,
    keys: GroupKeys,
    authenticators: BTreeMap<MacAddr, Authenticator>,
    events: Vec<AccessPointEvent>,
    received: Vec<Vec<u8>>,
    tuned: Option<Channel>,
    answers: bool,
}

/// A station, likewise.
struct Unit {
    mac: StationMac,
    base: usize,
    supplicant: Option<Supplicant>,
    events: Vec<StationEvent>,
    received: Vec<Vec<u8>>,
    tuned: Option<Channel>,
}

/// Who sends and receives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Radio {
    Base(usize),
    Unit(usize),
}

/// Whether a frame is lost.
type Swallow = Box<dyn FnMut(&[u8]) -> bool>;

struct World {
    bases: Vec<Base>,
    units: Vec<Unit>,
    now: Timestamp,
    numbers: Numbers,
    /// Of 1000 frames, how many are lost on the way to each receiver.
    loss: u64,
    /// Of 1000 acknowledgements, how many are lost.
    ack_loss: u64,
    flying: BTreeMap<(Timestamp, u64), (Radio, Transmission)>,
    sent: u64,
    /// Which frames nobody receives.
    swallow: Swallow,
    /// Everything that was on the air.
    air: Vec<(Timestamp, Transmission)>,
}

fn address(last: u8) -> MacAddr {
    MacAddr([2, 0, 0, 0, 0, last])
}

fn channel(number: u8) -> Channel {
    Channel::new(number).unwrap()
}

fn ethernet(destination: MacAddr, source: MacAddr, packet: &[u8]) -> Vec<u8> {
    Ethernet { destination, source, ether_type: 0x0800, packet }.encode()
}

fn ssid() -> Ssid {
    Ssid::new(b"Home").unwrap()
}

fn beacon(security: Security) -> Beacon {
    let mut elements = Elements::new();
    elements.push(&ssid()).push(&Rates::for_2_4_ghz().0).push(&DsParameter(6));
    let mut capabilities = Capabilities::ESS;
    if security != Security::Open {
        elements.append(&Elements::parse(&security.rsn()).unwrap());
        capabilities = capabilities.with(Capabilities::PRIVACY);
    }
    Beacon { timestamp: 0, interval: 100, capabilities, elements }
}

impl World {
    /// Access points on channels 6 and 36, if `bases` is two, and stations that are off.
    fn new(security: Security, bases: usize, units: usize) -> World {
        let mut numbers = Numbers(77);
        let bases = (0..bases).map(|at| Base {
            mac: AccessPointMac::new(),
            bssid: address(0xa0 + at as u8),
            channel: [channel(6), channel(36)][at],
            security,
            keys: GroupKeys::generate(security == Security::Protected, &mut numbers).unwrap(),
            authenticators: BTreeMap::new(),
            events: vec![],
            received: vec![],
            tuned: None,
            answers: true,
        });
        let bases = bases.collect();
        let units = (0..units).map(|at| Unit {
            mac: StationMac::new(address(1 + at as u8)),
            base: 0,
            supplicant: None,
            events: vec![],
            received: vec![],
            tuned: None,
        });
        let mut world = World {
            bases,
            units: units.collect(),
            now: Timestamp::from_secs(1000),
            numbers,
            loss: 0,
            ack_loss: 0,
            flying: BTreeMap::new(),
            sent: 0,
            swallow: Box::new(|_| false),
            air: vec![],
        };
        (0..world.bases.len()).for_each(|at| world.start(at));
        world.settle();
        world
    }

    fn start(&mut self, at: usize) {
        let base = &mut self.bases[at];
        let (bssid, channel, beacon) = (base.bssid, base.channel, Box::new(beacon(base.security)));
        let mut commands = vec![AccessPointCommand::Start { bssid, channel, ssid: ssid(), beacon }];
        if base.security != Security::Open {
            commands.push(AccessPointCommand::InstallGroup(base.keys.data.clone()));
            let management = base.keys.management.clone();
            commands.extend(management.map(AccessPointCommand::InstallManagementGroup));
        }
        commands.into_iter().for_each(|command| base.mac.handle_command(command, self.now));
    }

    fn request(&self, unit: usize) -> ConnectRequest {
        let base = &self.bases[self.units[unit].base];
        let mut elements = Elements::new();
        if base.security != Security::Open {
            elements.append(&Elements::parse(&base.security.rsn()).unwrap());
        }
        ConnectRequest {
            bssid: base.bssid,
            channel: base.channel,
            ssid: Ssid::new(b"Home").unwrap(),
            privacy: base.security != Security::Open,
            protects_management: base.security == Security::Protected,
            elements,
        }
    }

    fn association(&self, unit: MacAddr, base: usize) -> Association {
        let base = &self.bases[base];
        Association {
            akm: KeyManagement::Psk,
            pmk: Pmk::new([3; 32]),
            authenticator: base.bssid,
            supplicant: unit,
            authenticator_rsn: base.security.rsn(),
            supplicant_rsn: base.security.rsn(),
            protects_management: base.security == Security::Protected,
        }
    }

    fn command(&mut self, unit: usize, command: StationCommand) {
        self.units[unit].mac.handle_command(command, self.now);
        self.settle();
    }

    fn command_base(&mut self, base: usize, command: AccessPointCommand) {
        self.bases[base].mac.handle_command(command, self.now);
        self.settle();
    }

    /// Connects a station to an access point and waits until it is on the network.
    fn join(&mut self, unit: usize, base: usize) {
        self.units[unit].base = base;
        let request = Box::new(self.request(unit));
        self.command(unit, StationCommand::Connect(request));
        self.run(SECOND);
        assert!(self.is_joined(unit), "{:?}", self.units[unit].events);
    }

    fn is_joined(&self, unit: usize) -> bool {
        let unit = &self.units[unit];
        let connected = |event: &StationEvent| matches!(event, StationEvent::Connected(_));
        let over = |event: &StationEvent| matches!(event, StationEvent::Disconnected(_));
        unit.events.iter().rposition(connected) > unit.events.iter().rposition(over)
            && unit.supplicant.as_ref().is_none_or(Supplicant::is_open)
    }

    fn sent_away(&self, unit: usize) -> Option<ReasonCode> {
        match self.units[unit].events.last() {
            Some(StationEvent::Disconnected(reason)) => Some(*reason),
            _ => None,
        }
    }

    fn send(&mut self, unit: usize, destination: MacAddr, packet: &[u8]) {
        let frame = ethernet(destination, self.units[unit].mac.address(), packet);
        self.units[unit].mac.send_ethernet(&frame, self.now);
        self.settle();
    }

    fn send_down(&mut self, base: usize, destination: MacAddr, packet: &[u8]) {
        let frame = ethernet(destination, address(0xee), packet);
        self.bases[base].mac.send_ethernet(&frame, self.now);
        self.settle();
    }

    /// The packets that a station's IP stack got.
    fn packets(&self, unit: usize) -> Vec<&[u8]> {
        self.units[unit].received.iter().map(|frame| &frame[14..]).collect()
    }

    /// The packets that came to the access point's IP stack.
    fn packets_down(&self, base: usize) -> Vec<&[u8]> {
        self.bases[base].received.iter().map(|frame| &frame[14..]).collect()
    }

    /// Lets time pass.
    fn run(&mut self, duration: Duration) {
        let end = self.now + duration;
        self.settle();
        loop {
            let timers = self.bases.iter().filter_map(|base| base.mac.poll_timeout());
            let timers = timers.chain(self.units.iter().filter_map(|unit| unit.mac.poll_timeout()));
            let authenticators = self.bases.iter().flat_map(|base| base.authenticators.values());
            let timers = timers.chain(authenticators.filter_map(Authenticator::poll_timeout));
            let flying = self.flying.keys().next().map(|(at, _)| *at);
            let Some(next) = timers.chain(flying).min().filter(|next| *next <= end) else { break };
            self.now = self.now.max(next);
            self.arrive();
            for base in &mut self.bases {
                base.mac.handle_timeout(self.now);
                for authenticator in base.authenticators.values_mut() {
                    authenticator.handle_timeout(&base.keys, self.now);
                }
            }
            self.units.iter_mut().for_each(|unit| unit.mac.handle_timeout(self.now));
            self.settle();
        }
        self.now = end;
    }

    /// Brings a frame to one radio as if it had been heard there.
    fn inject(&mut self, to: Radio, frame: &[u8]) {
        let reception = Reception { channel: channel(6), signal: -50, frame };
        match to {
            Radio::Base(at) => self.bases[at].mac.handle_frame(reception, self.now),
            Radio::Unit(at) => self.units[at].mac.handle_frame(reception, self.now),
        }
        self.settle();
    }

    fn arrive(&mut self) {
        while let Some(entry) = self.flying.first_entry().filter(|entry| entry.key().0 <= self.now) {
            let (from, transmission) = entry.remove();
            let mut acknowledged = false;
            let swallowed = (self.swallow)(&transmission.frame);
            let radios = (0..self.bases.len()).map(Radio::Base).chain((0..self.units.len()).map(Radio::Unit));
            for to in radios.filter(|to| *to != from).collect::<Vec<_>>() {
                let (tuned, address) = match to {
                    Radio::Base(at) => (self.bases[at].tuned, self.bases[at].bssid),
                    Radio::Unit(at) => (self.units[at].tuned, self.units[at].mac.address()),
                };
                if swallowed || tuned != Some(transmission.channel) || self.numbers.below(1000) < self.loss {
                    continue;
                }
                let is_receiver = transmission.frame[4..10] == address.0;
                acknowledged |= is_receiver && self.numbers.below(1000) >= self.ack_loss;
                let Transmission { channel, ref frame, .. } = transmission;
                let reception = Reception { channel, signal: -50, frame };
                match to {
                    Radio::Base(at) => self.bases[at].mac.handle_frame(reception, self.now),
                    Radio::Unit(at) => self.units[at].mac.handle_frame(reception, self.now),
                }
            }
            if let Some(ticket) = transmission.ticket {
                match from {
                    Radio::Base(at) => self.bases[at].mac.handle_sent(ticket, acknowledged, self.now),
                    Radio::Unit(at) => self.units[at].mac.handle_sent(ticket, acknowledged, self.now),
                }
            }
            self.settle();
        }
    }

    fn launch(&mut self, from: Radio, transmission: Transmission) {
        self.sent += 1;
        self.air.push((self.now, transmission.clone()));
        let arrival = self.now + Duration::from_micros(300);
        self.flying.insert((arrival, self.sent), (from, transmission));
    }

    /// Polls everything until nothing comes.
    fn settle(&mut self) {
        for at in 0..self.bases.len() {
            self.decide_for_base(at);
            while let Some(transmission) = self.bases[at].mac.poll_transmit() {
                self.launch(Radio::Base(at), transmission);
            }
            let base = &mut self.bases[at];
            if let Some(tune) = base.mac.poll_tune() {
                base.tuned = tune.channel();
            }
            base.received.extend(core::iter::from_fn(|| base.mac.poll_ethernet()));
        }
        for at in 0..self.units.len() {
            self.decide_for_unit(at);
            while let Some(transmission) = self.units[at].mac.poll_transmit() {
                self.launch(Radio::Unit(at), transmission);
            }
            let unit = &mut self.units[at];
            if let Some(tune) = unit.mac.poll_tune() {
                unit.tuned = tune.channel();
            }
            unit.received.extend(core::iter::from_fn(|| unit.mac.poll_ethernet()));
        }
    }

    /// What was on the air, parsed.
    fn frames(&self) -> impl Iterator<Item = (Timestamp, Frame)> {
        self.air.iter().map(|(at, transmission)| (*at, Frame::parse(&transmission.frame).unwrap()))
    }
}
