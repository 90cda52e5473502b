//! Who may send, and when: IEEE 802.11-2020, section 10.3 (DCF), simplified.
//!
//! A radio that wants to send waits a random number of slots and then looks whether it hears another, or has heard
//! one just before. If so, it chooses again, from the end of what it hears. Where the standard has a window that doubles with each collision,
//! here it grows with the number of radios that wait on the channel: that is what the doubling settles at, and it bounds
//! how many radios look at the air during one frame, however many wait.

use keyway_eap::Timestamp;
use keyway_wifi::Channel;

use super::ether::{OnAir, Stage};
use super::header::Header;
use super::{Air, Step};
use crate::config::RadioId;
use crate::draw::{Draw, below, draw};
use crate::event::{AirEvent, Tap, Tapped};
use crate::propagation::{Level, carrier_sense, path_loss};
use crate::timing;

impl Air {
    /// Lets a radio wait for its turn, from this moment, if it has something to send and does not wait or send already.
    pub(super) fn contend(&mut self, id: RadioId, from: Timestamp) {
        let Some(radio) = self.radios.get_mut(id) else { return };
        let Some(channel) = radio.channel else { return };
        if radio.queue.is_empty() || radio.is_sending || radio.attempt.is_some() {
            return;
        }
        let ether = self.channels.entry(channel).or_default();
        ether.contenders += 1;
        let window = WINDOW.max(2 * ether.contenders);
        let choice = draw(self.config.seed, Draw::Backoff, id.0.into(), radio.waits);
        radio.waits += 1;
        let slots = below(choice, window.into()) as u32;
        let at = from + timing::difs(channel.band()) + slots * timing::SLOT;
        radio.attempt = Some(at);
        self.agenda.insert((at, Step::Attempt(id)));
    }

    /// A radio sends its next frame if the channel is free, and waits again otherwise.
    pub(super) fn attempt(&mut self, id: RadioId) {
        let Some(radio) = self.radios.get_mut(id) else { return };
        radio.attempt = None;
        let Some(channel) = radio.channel else { return };
        if let Some(ether) = self.channels.get_mut(&channel) {
            ether.contenders = ether.contenders.saturating_sub(1);
        }
        if let Some(end) = self.busy_until(id, channel) {
            self.counters.deferred += 1;
            self.contend(id, end);
        } else {
            self.start(id, channel);
        }
    }

    /// A transmission is over: its radio learns what became of it, and goes on with the next.
    pub(super) fn finish(&mut self, channel: Channel, id: u64) {
        let Some(ether) = self.channels.get_mut(&channel) else { return };
        let Some(transmission) = ether.transmission(id) else { return };
        transmission.stage = Stage::Over;
        let (sender, ticket) = (transmission.sender, transmission.ticket);
        let acknowledged = transmission.is_acknowledged && !transmission.is_broken;
        ether.prune(self.now, timing::difs(channel.band()));
        let Some(radio) = self.radios.get_mut(sender) else { return };
        radio.is_sending = false;
        if let Some(ticket) = ticket {
            self.events.push_back(AirEvent::Sent { radio: sender, ticket, acknowledged });
        }
        self.contend(sender, self.now);
    }

    /// Notes a frame at the tap, if there is one.
    pub(super) fn note(&mut self, tap: Tap, sender: RadioId, tapped: Tapped) {
        let Some(radio) = self.radios.get(sender) else { return };
        let loss = path_loss(radio.config.position, tap.position, tapped.channel.band());
        let signal = Level(Level::from_dbm(radio.config.power_dbm).0 - loss).to_dbm();
        let order = self.counters.tapped;
        self.counters.tapped += 1;
        self.tapped.insert((tapped.at, order), Tapped { signal, ..tapped });
    }

    /// Until when a radio hears, or has just heard, others; `None` when the channel has been free for long enough.
    ///
    /// With collisions it does not notice one that starts at the same moment: that is how two of them meet.
    fn busy_until(&mut self, id: RadioId, channel: Channel) -> Option<Timestamp> {
        let (now, band) = (self.now, channel.band());
        let difs = timing::difs(band);
        let mut until = None;
        for other in &self.channels.get(&channel)?.on_air {
            let unnoticed = self.config.collisions && other.start == now;
            if other.sender == id || other.end + difs <= now || unnoticed || until >= Some(other.end) {
                continue;
            }
            self.counters.signals += 1;
            let level = self.radios.level(&self.config, other.sender, id, band);
            if level.is_some_and(|level| level >= carrier_sense(band)) {
                until = Some(other.end);
            }
        }
        until
    }

    fn start(&mut self, sender: RadioId, channel: Channel) {
        let Some(radio) = self.radios.get_mut(sender) else { return };
        let Some(waiting) = radio.queue.pop_front() else { return };
        radio.is_sending = true;
        let nth = radio.sent;
        radio.sent += 1;
        let (band, rate, start) = (channel.band(), waiting.rate, self.now);
        let header = Header::read(&waiting.frame);
        let frame_end = start + timing::air_time(band, rate, waiting.frame.len());
        let end = match header {
            Header::Individual { acknowledge: Some(_), .. } => {
                let rate = timing::acknowledgement_rate(band, rate);
                frame_end + timing::sifs(band) + timing::air_time(band, rate, timing::ACKNOWLEDGEMENT)
            }
            _ => frame_end,
        };
        let id = self.next;
        self.next += 1;
        self.counters.sent += 1;
        if let Some(tap) = self.tap {
            let at = start + timing::preamble(band, rate);
            let frame = waiting.frame.clone();
            self.note(tap, sender, Tapped { at, channel, rate, signal: 0, frame });
        }
        self.agenda.insert((frame_end, Step::Deliver(channel, id)));
        self.agenda.insert((end, Step::Finish(channel, id)));
        self.channels.entry(channel).or_default().on_air.push(OnAir {
            id,
            sender,
            nth,
            start,
            frame_end,
            end,
            rate,
            header,
            frame: waiting.frame,
            ticket: waiting.ticket,
            stage: Stage::Frame,
            is_broken: false,
            is_acknowledged: false,
        });
    }
}

/// From how many slots a radio chooses at least.
const WINDOW: u32 = 16;
