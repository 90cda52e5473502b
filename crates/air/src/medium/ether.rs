//! One channel: who is tuned to it, and what is on the air.

use core::time::Duration;
use std::collections::BTreeSet;
use std::sync::Arc;

use keyway_eap::Timestamp;

use super::header::Header;
use super::radios::Radio;
use crate::config::RadioId;

/// One channel.
#[derive(Clone, Debug, Default)]
pub(super) struct Ether {
    /// The radios that are tuned to it.
    pub(super) tuned: BTreeSet<RadioId>,
    /// Those of them that hear everything.
    pub(super) monitors: BTreeSet<RadioId>,
    /// Those of them that hear probe requests to a group.
    pub(super) probed: BTreeSet<RadioId>,
    /// How many radios wait to send.
    pub(super) contenders: u32,
    /// What is on the air, was just now, or was while something was that still is; in order of start.
    pub(super) on_air: Vec<OnAir>,
}

/// A transmission.
#[derive(Clone, Debug)]
pub(super) struct OnAir {
    /// Its number, in order of start over all channels.
    pub(super) id: u64,
    pub(super) sender: RadioId,
    /// How many frames the sender had sent before.
    pub(super) nth: u64,
    pub(super) start: Timestamp,
    /// The end of the frame.
    pub(super) frame_end: Timestamp,
    /// The end of its acknowledgement, too.
    pub(super) end: Timestamp,
    pub(super) rate: u8,
    pub(super) header: Header,
    pub(super) frame: Arc<[u8]>,
    pub(super) ticket: Option<u64>,
    pub(super) stage: Stage,
    /// The sender was tuned away or removed: nobody receives it.
    pub(super) is_broken: bool,
    pub(super) is_acknowledged: bool,
}

/// How far a transmission is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The frame is being sent.
    Frame,
    /// The frame has ended; its acknowledgement may be on its way.
    Answer,
    /// It is over.
    Over,
}

impl Ether {
    pub(super) fn tune_in(&mut self, id: RadioId, radio: &Radio) {
        self.tuned.insert(id);
        if radio.config.monitor {
            self.monitors.insert(id);
        }
        if radio.config.monitor || radio.config.probe_requests {
            self.probed.insert(id);
        }
    }

    pub(super) fn tune_out(&mut self, id: RadioId) {
        self.tuned.remove(&id);
        self.monitors.remove(&id);
        self.probed.remove(&id);
        for transmission in self.on_air.iter_mut().filter(|t| t.sender == id && t.stage != Stage::Over) {
            transmission.is_broken = true;
        }
    }

    pub(super) fn transmission(&mut self, id: u64) -> Option<&mut OnAir> {
        self.on_air.iter_mut().find(|t| t.id == id)
    }

    /// Forgets what has been over for so long, and did not overlap with a frame that is still being sent.
    pub(super) fn prune(&mut self, now: Timestamp, past: Duration) {
        let oldest = self.on_air.iter().filter(|t| t.stage == Stage::Frame).map(|t| t.start).min();
        let matters = |t: &OnAir| t.end + past > now || oldest.is_some_and(|start| t.frame_end > start);
        self.on_air.retain(|t| t.stage != Stage::Over || matters(t));
    }
}

impl OnAir {
    /// Whether the frames of both are on the air at the same time.
    pub(super) fn overlaps(&self, other: &OnAir) -> bool {
        self.id != other.id && self.start < other.frame_end && other.start < self.frame_end
    }
}
