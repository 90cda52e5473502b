//! The network: its clock, its beacons, its stations and their frames.

use super::GroupSending;
use super::stations::{LOOK, Station};
use crate::channel::Channel;
use crate::element::{ElementId, Elements, Tim};
use crate::frame::{Beacon, Capabilities, Data, Flags, Management, ManagementBody};
use crate::mac::link::Rules;
use crate::mac::outbox::{Errand, Outgoing};
use crate::mac::rate::Speed;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec::Vec;
use core::time::Duration;
use keyway_eap::Timestamp;
use keyway_wsc::MacAddr;

/// Every how many beacons frames to groups are announced. (Observed: hostapd's default.)
const DTIM_PERIOD: u8 = 2;

/// How many frames to groups wait at most while a station sleeps.
const ROOM_FOR_GROUPS: usize = 64;

/// The most stations there are: IEEE 802.11-2020, section 9.4.1.8.
const MAX_STATIONS: usize = 2007;

/// How many association identifiers an octet of the bitmap has.
const BITS: u16 = 8;

/// A network that is on the air.
#[derive(Debug)]
pub(super) struct Bss {
    pub(super) bssid: MacAddr,
    pub(super) channel: Channel,
    pub(super) beacon: Beacon,
    pub(super) group: GroupSending,
    pub(super) stations: BTreeMap<MacAddr, Station>,
    /// Frames to groups that wait for the next beacon that announces them.
    held: VecDeque<Outgoing>,
    started: Timestamp,
    beacon_at: Timestamp,
    dtim_count: u8,
    pub(super) look_at: Timestamp,
}

impl Bss {
    pub(super) fn new(bssid: MacAddr, channel: Channel, beacon: Beacon, now: Timestamp) -> Bss {
        Bss {
            bssid,
            channel,
            beacon,
            group: GroupSending::default(),
            stations: BTreeMap::new(),
            held: VecDeque::new(),
            started: now,
            beacon_at: now,
            dtim_count: 0,
            look_at: now + LOOK,
        }
    }

    pub(super) fn poll_timeout(&self) -> Timestamp {
        if self.stations.is_empty() { self.beacon_at } else { self.beacon_at.min(self.look_at) }
    }

    /// The time on the network's clock, in microseconds.
    pub(super) fn clock(&self, now: Timestamp) -> u64 {
        u64::try_from(now.saturating_since(self.started).as_micros()).unwrap_or(u64::MAX)
    }

    /// Adds a station, without a key. One that is there already begins anew.
    pub(super) fn add(&mut self, address: MacAddr, id: u16, protects_management: bool, now: Timestamp) {
        if self.stations.len() < MAX_STATIONS || self.stations.contains_key(&address) {
            let rules = Rules { privacy: self.has_privacy(), protects_management };
            self.stations.insert(address, Station::new(id, rules, now));
        }
    }

    pub(super) fn with(&mut self, address: MacAddr, act: impl FnOnce(&mut Station)) {
        if let Some(station) = self.stations.get_mut(&address) {
            act(station);
        }
    }

    /// Keeps a frame for a station that sleeps; gives it back when the station is awake.
    pub(super) fn keep(&mut self, receiver: MacAddr, outgoing: Outgoing) -> Option<Outgoing> {
        match self.stations.get_mut(&receiver) {
            Some(station) => station.keep(outgoing),
            None => Some(outgoing),
        }
    }

    /// Data for a station, encrypted; `None` when they may not go out, or are kept.
    pub(super) fn station_data(&mut self, receiver: MacAddr, data: &Data) -> Option<Outgoing> {
        let station = self.stations.get_mut(&receiver)?;
        let frame = station.link.send_data(data)?;
        let speed = Speed::Signal(station.signal);
        station.keep(Outgoing { channel: self.channel, frame, speed, errand: Errand::None })
    }

    /// Data for the group, encrypted; `None` when they may not go out, or are kept.
    pub(super) fn group_data(&mut self, data: &Data) -> Option<Outgoing> {
        let waits = !self.held.is_empty() || self.stations.values().any(|station| station.is_asleep);
        let is_useful = self.stations.values().any(|station| station.link.is_open());
        if !is_useful || waits && self.held.len() >= ROOM_FOR_GROUPS {
            return None;
        }
        let privacy = self.has_privacy();
        let outgoing = Outgoing::slow(self.channel, self.group.send(data, privacy)?);
        if waits {
            self.held.push_back(outgoing);
            return None;
        }
        Some(outgoing)
    }

    /// The beacon, when it is time for one, and the frames that follow it.
    pub(super) fn next_beacon(&mut self, now: Timestamp) -> Option<(Outgoing, VecDeque<Outgoing>)> {
        if now < self.beacon_at {
            return None;
        }
        // Beacons stay on the grid of their interval, however late this is.
        let interval = u64::from(self.beacon.interval.max(1)) * 1024;
        let beacons = self.clock(now) / interval + 1;
        self.beacon_at = self.started + Duration::from_micros(beacons.saturating_mul(interval));

        let is_dtim = self.dtim_count == 0;
        let mut behind = if is_dtim { core::mem::take(&mut self.held) } else { VecDeque::new() };
        let tim = self.tim(self.dtim_count, !behind.is_empty());
        self.dtim_count = if is_dtim { DTIM_PERIOD - 1 } else { self.dtim_count - 1 };
        let mut beacon = self.beacon.clone();
        beacon.timestamp = self.clock(now);
        beacon.elements = with_tim(&beacon.elements, &tim);
        let body = ManagementBody::Beacon(beacon);
        let frame = Management::new(MacAddr::BROADCAST, self.bssid, self.bssid, body);
        let others = behind.len().saturating_sub(1);
        behind.iter_mut().take(others).for_each(|outgoing| outgoing.set_flags(Flags::MORE_DATA));
        Some((Outgoing::slow(self.channel, frame.encode()), behind))
    }

    pub(super) fn has_privacy(&self) -> bool {
        self.beacon.capabilities.contains(Capabilities::PRIVACY)
    }

    fn tim(&self, dtim_count: u8, group: bool) -> Tim {
        let waiting: Vec<u16> =
            self.stations.values().filter(|station| station.has_kept()).map(|station| station.id).collect();
        let first = waiting.iter().min().map_or(0, |id| (id / BITS) & !1);
        let last = waiting.iter().max().map_or(0, |id| id / BITS);
        let mut bitmap = alloc::vec![0; usize::from(last - first) + 1];
        for id in waiting {
            if let Some(octet) = bitmap.get_mut(usize::from(id / BITS - first)) {
                *octet |= 1 << (id % BITS);
            }
        }
        let bitmap_control = first as u8 | u8::from(group);
        Tim { dtim_count, dtim_period: DTIM_PERIOD, bitmap_control, bitmap }
    }
}

/// The elements of a beacon with this map at its place: behind name, rates and channel.
fn with_tim(elements: &Elements, tim: &Tim) -> Elements {
    let mut out = Elements::new();
    let mut placed = false;
    for element in elements {
        if element.id == ElementId::TIM {
            continue;
        }
        if !placed && !matches!(element.id, ElementId::SSID | ElementId::RATES | ElementId::DS_PARAMETER) {
            out.push(tim);
            placed = true;
        }
        out.push_raw(element.id, element.content);
    }
    if !placed {
        out.push(tim);
    }
    out
}
