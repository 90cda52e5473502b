//! The radios of an air, where they stand and how well they hear each other.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use keyway_eap::Timestamp;
use keyway_wifi::{Band, Channel};
use keyway_wsc::MacAddr;

use crate::config::{AirConfig, RadioConfig, RadioId};
use crate::propagation::{Level, NOTHING, path_loss, shadowing};

/// A frame that waits for its turn.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    pub(super) rate: u8,
    pub(super) frame: Arc<[u8]>,
    pub(super) ticket: Option<u64>,
}

/// A radio.
#[derive(Clone, Debug)]
pub(super) struct Radio {
    pub(super) config: RadioConfig,
    pub(super) channel: Option<Channel>,
    /// It was not tuned to its channel before this transmission, and cannot have heard the beginning of earlier ones.
    pub(super) listens_from: u64,
    /// Frames for its channel.
    pub(super) queue: VecDeque<Waiting>,
    /// When it next looks whether the channel is free.
    pub(super) attempt: Option<Timestamp>,
    /// Whether it has a transmission on the air, or waits for its acknowledgement.
    pub(super) is_sending: bool,
    /// How many times it chose how long to wait.
    pub(super) waits: u64,
    /// How many frames it sent.
    pub(super) sent: u64,
}

/// All radios.
#[derive(Clone, Debug, Default)]
pub(super) struct Radios {
    /// By identifier.
    table: Vec<Option<Radio>>,
    by_address: BTreeMap<MacAddr, BTreeSet<RadioId>>,
    /// Losses in hundredths of a dB, by the lower and the higher radio.
    obstructions: BTreeMap<(RadioId, RadioId), i32>,
}

impl Radios {
    pub(super) fn add(&mut self, config: RadioConfig) -> RadioId {
        let id = RadioId(u32::try_from(self.table.len()).unwrap_or(u32::MAX));
        self.index(id, &config.addresses);
        self.table.push(Some(Radio {
            config,
            channel: None,
            listens_from: 0,
            queue: VecDeque::new(),
            attempt: None,
            is_sending: false,
            waits: 0,
            sent: 0,
        }));
        id
    }

    pub(super) fn remove(&mut self, id: RadioId) {
        if let Some(radio) = self.table.get_mut(id.0 as usize).and_then(Option::take) {
            self.forget(id, &radio.config.addresses);
            self.obstructions.retain(|(a, b), _| *a != id && *b != id);
        }
    }

    pub(super) fn get(&self, id: RadioId) -> Option<&Radio> {
        self.table.get(id.0 as usize)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, id: RadioId) -> Option<&mut Radio> {
        self.table.get_mut(id.0 as usize)?.as_mut()
    }

    /// Those with this address.
    pub(super) fn with_address(&self, address: MacAddr) -> impl Iterator<Item = RadioId> {
        self.by_address.get(&address).into_iter().flatten().copied()
    }

    pub(super) fn set_addresses(&mut self, id: RadioId, addresses: Vec<MacAddr>) {
        let Some(radio) = self.get_mut(id) else { return };
        let old = std::mem::replace(&mut radio.config.addresses, addresses.clone());
        self.forget(id, &old);
        self.index(id, &addresses);
    }

    pub(super) fn set_obstruction(&mut self, a: RadioId, b: RadioId, db: u8) {
        let pair = (a.min(b), a.max(b));
        if db == 0 {
            self.obstructions.remove(&pair);
        } else if self.get(a).is_some() && self.get(b).is_some() {
            self.obstructions.insert(pair, i32::from(db) * 100);
        }
    }

    /// How strong one radio's signal is at another; `None` when there is no such radio, or nothing of the signal left.
    pub(super) fn level(&self, config: &AirConfig, from: RadioId, to: RadioId, band: Band) -> Option<Level> {
        let (sender, receiver) = (self.get(from)?, self.get(to)?);
        let loss = path_loss(sender.config.position, receiver.config.position, band);
        let wall = if self.obstructions.is_empty() {
            0
        } else {
            self.obstructions.get(&(from.min(to), from.max(to))).copied().unwrap_or(0)
        };
        let power = Level::from_dbm(sender.config.power_dbm).0;
        (loss < NOTHING).then(|| Level(power - loss - wall - shadowing(config, from, to)))
    }

    /// Whether nothing is kept about any radio.
    #[cfg(test)]
    pub(super) fn is_bare(&self) -> bool {
        self.by_address.is_empty() && self.obstructions.is_empty() && self.table.iter().all(Option::is_none)
    }

    fn index(&mut self, id: RadioId, addresses: &[MacAddr]) {
        for address in addresses {
            self.by_address.entry(*address).or_default().insert(id);
        }
    }

    fn forget(&mut self, id: RadioId, addresses: &[MacAddr]) {
        for address in addresses {
            if let Some(with) = self.by_address.get_mut(address) {
                with.remove(&id);
                if with.is_empty() {
                    self.by_address.remove(address);
                }
            }
        }
    }
}
