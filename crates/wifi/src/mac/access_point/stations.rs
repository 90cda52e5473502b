//! The stations: which of them sleep, and which are still there.

use super::bss::Bss;
use crate::frame::{Data, Subtype};
use crate::mac::link::{Link, Rules};
use crate::mac::outbox::{Fate, Outgoing};
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::time::Duration;
use keyway_eap::Timestamp;
use keyway_wsc::MacAddr;

/// How many frames are kept for a station that sleeps.
const ROOM: usize = 64;

/// From one look after the stations to the next.
pub(super) const LOOK: Duration = Duration::from_secs(1);

/// After such a time without a word a station is asked whether it is there.
const SILENCE: Duration = Duration::from_secs(60);

/// So many frames, each tried seven times, make a station count as lost,
const FAILURES: u32 = 5;

/// if it was not heard for so long either.
const LOST: Duration = Duration::from_secs(2);

/// A station that is associated.
#[derive(Debug)]
pub(super) struct Station {
    /// Its association identifier.
    pub(super) id: u16,
    pub(super) link: Link,
    /// How strong it was heard, in dBm.
    pub(super) signal: i8,
    pub(super) is_asleep: bool,
    kept: VecDeque<Outgoing>,
    /// When it was heard last, by a frame or an acknowledgement.
    heard: Timestamp,
    /// How many frames it has not acknowledged, one after the other.
    failures: u32,
}

impl Station {
    pub(super) fn new(id: u16, rules: Rules, now: Timestamp) -> Station {
        Station {
            id,
            link: Link::new(rules),
            signal: i8::MIN,
            is_asleep: false,
            kept: VecDeque::new(),
            heard: now,
            failures: 0,
        }
    }

    /// The station was heard.
    pub(super) fn hear(&mut self, signal: i8, now: Timestamp) {
        (self.signal, self.heard, self.failures) = (signal, now, 0);
    }

    /// Keeps a frame if the station sleeps, as long as there is room; gives it back when the station is awake.
    pub(super) fn keep(&mut self, outgoing: Outgoing) -> Option<Outgoing> {
        if !self.is_asleep {
            return Some(outgoing);
        }
        if self.kept.len() < ROOM {
            self.kept.push_back(outgoing);
        }
        None
    }

    pub(super) fn has_kept(&self) -> bool {
        !self.kept.is_empty()
    }

    /// Takes the station's word that it sleeps, or that it is awake; gives what was kept for it then.
    pub(super) fn set_asleep(&mut self, is_asleep: bool) -> VecDeque<Outgoing> {
        self.is_asleep = is_asleep;
        if is_asleep { VecDeque::new() } else { core::mem::take(&mut self.kept) }
    }
}

impl Bss {
    pub(super) fn take_fate(&mut self, fate: Fate, now: Timestamp) {
        self.with(fate.receiver, |station| {
            if fate.acknowledged {
                (station.heard, station.failures) = (now, 0);
            } else {
                station.failures = station.failures.saturating_add(1);
            }
        });
    }

    /// Once a second: which stations are lost, and what is asked of those that are silent.
    pub(super) fn look_after_stations(&mut self, now: Timestamp) -> (Vec<MacAddr>, Vec<Outgoing>) {
        let (mut lost, mut asked) = (Vec::new(), Vec::new());
        if now < self.look_at {
            return (lost, asked);
        }
        self.look_at = now + LOOK;
        for (address, station) in &mut self.stations {
            let is_silent = station.heard + SILENCE <= now;
            if station.failures >= FAILURES && station.heard + LOST <= now {
                (station.failures, station.heard) = (0, now);
                lost.push(*address);
            } else if is_silent || station.failures > 0 && !station.is_asleep {
                // One that has slept for so long must have gone, or it would have fetched its frames.
                station.is_asleep = false;
                let mut data = Data::from_access_point(self.bssid, *address, self.bssid, Vec::new());
                data.subtype = Subtype::NULL;
                asked.push(Outgoing::slow(self.channel, data.encode()));
            }
        }
        (lost, asked)
    }
}
