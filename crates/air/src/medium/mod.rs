//! The medium itself.

mod access;
mod delivery;
mod ether;
mod header;
mod radios;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use keyway_eap::Timestamp;
use keyway_wifi::{Band, Channel};
use keyway_wsc::MacAddr;

use crate::config::{AirConfig, Position, RadioConfig, RadioId};
use crate::event::{AirEvent, Counters, Tap, Tapped};
use ether::Ether;
use radios::{Radios, Waiting};

/// The medium that all radios of a simulated home share. See the [crate](crate) for what it simulates.
///
/// After each call, poll for events until there are none, and for the next timeout. A call that names a radio which
/// is not there (any more) does nothing.
#[derive(Clone, Debug)]
pub struct Air {
    config: AirConfig,
    radios: Radios,
    channels: BTreeMap<Channel, Ether>,
    agenda: BTreeSet<(Timestamp, Step)>,
    events: VecDeque<AirEvent>,
    tap: Option<Tap>,
    /// In order of time, then as they came.
    tapped: BTreeMap<(Timestamp, u64), Tapped>,
    counters: Counters,
    /// The moment of the last step.
    now: Timestamp,
    /// The number of the next transmission.
    next: u64,
}

/// How many frames of a radio may wait. One more is dropped, as a full transmit queue drops it.
pub const MAX_WAITING: usize = 1024;

/// What is to be done at some time; of two at the same time, the earlier variant first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// A frame has ended.
    Deliver(Channel, u64),
    /// A transmission is over, its acknowledgement included.
    Finish(Channel, u64),
    /// A radio looks whether the channel is free, and sends.
    Attempt(RadioId),
}

impl Air {
    /// An air without radios.
    pub fn new(config: AirConfig) -> Air {
        Air {
            config,
            radios: Radios::default(),
            channels: BTreeMap::new(),
            agenda: BTreeSet::new(),
            events: VecDeque::new(),
            tap: None,
            tapped: BTreeMap::new(),
            counters: Counters::default(),
            now: Timestamp::ZERO,
            next: 0,
        }
    }

    /// Adds a radio. It is off.
    pub fn add(&mut self, radio: RadioConfig) -> RadioId {
        self.radios.add(radio)
    }

    /// Removes a radio, with its waiting frames and its events.
    pub fn remove(&mut self, radio: RadioId) {
        self.tune(radio, None);
        self.radios.remove(radio);
        self.events.retain(|event| match event {
            AirEvent::Received(received) => received.radio != radio,
            AirEvent::Sent { radio: sender, .. } => *sender != radio,
        });
    }

    /// Puts a radio somewhere else.
    pub fn move_to(&mut self, radio: RadioId, position: Position) {
        if let Some(radio) = self.radios.get_mut(radio) {
            radio.config.position = position;
        }
    }

    /// Sets with which power a radio sends, in dBm.
    pub fn set_power(&mut self, radio: RadioId, dbm: i8) {
        if let Some(radio) = self.radios.get_mut(radio) {
            radio.config.power_dbm = dbm;
        }
    }

    /// Sets whose frames a radio receives and acknowledges.
    pub fn set_addresses(&mut self, radio: RadioId, addresses: Vec<MacAddr>) {
        self.radios.set_addresses(radio, addresses);
    }

    /// Puts something between two radios that takes so many dB from their signals, both ways; 0 takes it away.
    pub fn set_obstruction(&mut self, a: RadioId, b: RadioId, db: u8) {
        self.radios.set_obstruction(a, b, db);
    }

    /// Tunes a radio to a channel; `None` turns it off.
    ///
    /// It hears what is sent from now on. When it was tuned to another channel, what it is sending breaks off, and its
    /// waiting frames are dropped: wait for their [`AirEvent::Sent`] before if they matter.
    pub fn tune(&mut self, id: RadioId, channel: Option<Channel>) {
        let Some(radio) = self.radios.get_mut(id) else { return };
        if radio.channel == channel {
            return;
        }
        let old = std::mem::replace(&mut radio.channel, channel);
        radio.listens_from = self.next;
        let dropped = std::mem::take(&mut radio.queue);
        let attempt = radio.attempt.take();
        if let Some(channel) = channel {
            self.channels.entry(channel).or_default().tune_in(id, radio);
        }
        if let Some(ether) = old.and_then(|old| self.channels.get_mut(&old)) {
            ether.tune_out(id);
            if let Some(at) = attempt {
                ether.contenders = ether.contenders.saturating_sub(1);
                self.agenda.remove(&(at, Step::Attempt(id)));
            }
        }
        for waiting in dropped {
            self.drop_frame(id, waiting.ticket);
        }
    }

    /// Lets a radio transmit a frame (its octets without frame check sequence) on its channel, at a rate in units of
    /// 500 kbit/s, once the channel is free and its earlier frames are sent.
    ///
    /// With a ticket, [`AirEvent::Sent`] tells what became of the frame. It is dropped when the radio is not tuned to
    /// `channel`, and when [`MAX_WAITING`] frames wait already.
    pub fn transmit(
        &mut self,
        id: RadioId,
        channel: Channel,
        rate: u8,
        frame: Vec<u8>,
        ticket: Option<u64>,
        now: Timestamp,
    ) {
        let Some(radio) = self.radios.get_mut(id) else { return };
        if radio.channel != Some(channel) || radio.queue.len() >= MAX_WAITING {
            return self.drop_frame(id, ticket);
        }
        radio.queue.push_back(Waiting { rate, frame: Arc::from(frame), ticket });
        self.contend(id, now.max(self.now));
    }

    /// When [`Air::handle_timeout`] is to be called; `None` while nothing is on the air and nothing waits.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.agenda.first().map(|(at, _)| *at)
    }

    /// Does what is due. Each step is done as of its own time, however late the call is.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        while let Some((at, step)) = self.agenda.pop_first() {
            if at > now {
                self.agenda.insert((at, step));
                break;
            }
            self.now = self.now.max(at);
            match step {
                Step::Deliver(channel, id) => self.deliver(channel, id),
                Step::Finish(channel, id) => self.finish(channel, id),
                Step::Attempt(radio) => self.attempt(radio),
            }
        }
        self.now = self.now.max(now);
    }

    /// The next event.
    pub fn poll_event(&mut self) -> Option<AirEvent> {
        self.events.pop_front()
    }

    /// Puts up a tap, or takes it down. From now on [`Air::poll_tap`] has to be polled as well.
    pub fn set_tap(&mut self, tap: Option<Tap>) {
        self.tap = tap;
        self.tapped.clear();
    }

    /// The next frame at the tap: each transmission once, in order of time, up to the last [`Air::handle_timeout`].
    pub fn poll_tap(&mut self) -> Option<Tapped> {
        let entry = self.tapped.first_entry()?;
        (entry.key().0 <= self.now).then(|| entry.remove())
    }

    /// How strong the signal of radio `from` is at radio `to`, in dBm, tuned or not; -128 is also anything weaker. `None`
    /// when one of them is not there.
    pub fn signal_between(&self, from: RadioId, to: RadioId, band: Band) -> Option<i8> {
        self.radios.get(from)?;
        self.radios.get(to)?;
        Some(self.radios.level(&self.config, from, to, band).map_or(i8::MIN, |level| level.to_dbm()))
    }

    /// To which channel a radio is tuned; `None` when it is off or not there.
    pub fn channel(&self, radio: RadioId) -> Option<Channel> {
        self.radios.get(radio)?.channel
    }

    /// Where a radio stands.
    pub fn position(&self, radio: RadioId) -> Option<Position> {
        Some(self.radios.get(radio)?.config.position)
    }

    /// What was counted since the air was made.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    fn drop_frame(&mut self, radio: RadioId, ticket: Option<u64>) {
        self.counters.dropped += 1;
        if let Some(ticket) = ticket {
            self.events.push_back(AirEvent::Sent { radio, ticket, acknowledged: false });
        }
    }
}
