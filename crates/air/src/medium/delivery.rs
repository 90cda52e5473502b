//! Who receives a frame.

use std::sync::Arc;

use keyway_wifi::Channel;

use super::Air;
use super::ether::{OnAir, Stage};
use super::header::{Header, acknowledgement};
use crate::config::RadioId;
use crate::draw::{Draw, below};
use crate::event::{AirEvent, Received, Tapped};
use crate::propagation::{Level, Link, Reception, reception};
use crate::timing;

impl Air {
    /// A frame has ended: those that heard it receive it.
    pub(super) fn deliver(&mut self, channel: Channel, id: u64) {
        let Some(ether) = self.channels.get_mut(&channel) else { return };
        let Some(transmission) = ether.transmission(id) else { return };
        transmission.stage = Stage::Answer;
        if transmission.is_broken {
            return;
        }
        let transmission = transmission.clone();
        let mut answers = None;
        for receiver in self.candidates(channel, transmission.header) {
            let Some(level) = self.hears(receiver, channel, &transmission) else { continue };
            self.counters.received += 1;
            self.events.push_back(AirEvent::Received(Received {
                radio: receiver,
                channel,
                signal: level.to_dbm(),
                rate: transmission.rate,
                frame: transmission.frame.clone(),
            }));
            if let Header::Individual { receiver: address, acknowledge: Some(to) } = transmission.header
                && self.radios.get(receiver).is_some_and(|radio| radio.config.addresses.contains(&address))
            {
                answers.get_or_insert((receiver, to));
            }
        }
        if let Some((receiver, to)) = answers {
            self.acknowledge(receiver, channel, &transmission, acknowledgement(to));
        }
    }

    /// The radios that may receive a frame, if they hear it.
    fn candidates(&self, channel: Channel, header: Header) -> Vec<RadioId> {
        let Some(ether) = self.channels.get(&channel) else { return Vec::new() };
        match header {
            Header::Group { is_probe_request: false } => ether.tuned.iter().copied().collect(),
            Header::Group { is_probe_request: true } => ether.probed.iter().copied().collect(),
            Header::Headless => ether.monitors.iter().copied().collect(),
            Header::Individual { receiver, .. } => {
                let addressed = self.radios.with_address(receiver).filter(|id| ether.tuned.contains(id));
                let mut all: Vec<RadioId> = addressed.chain(ether.monitors.iter().copied()).collect();
                all.sort_unstable();
                all.dedup();
                all
            }
        }
    }

    /// How strong a frame is at a radio that receives it; `None` when it does not.
    fn hears(&mut self, id: RadioId, channel: Channel, transmission: &OnAir) -> Option<Level> {
        let began_before = self.radios.get(id)?.listens_from > transmission.id;
        if began_before || id == transmission.sender {
            return None;
        }
        let band = channel.band();
        self.counters.signals += 1;
        let level = self.radios.level(&self.config, transmission.sender, id, band)?;
        let link = Link { from: transmission.sender, to: id };
        match reception(&self.config, (band, transmission.rate), level, link, transmission.nth) {
            Reception::Unheard => None,
            Reception::Lost => {
                self.counters.lost += 1;
                None
            }
            Reception::Whole if self.is_destroyed(id, channel, transmission, level) => {
                self.counters.collided += 1;
                None
            }
            Reception::Whole => Some(level),
        }
    }

    /// Whether another transmission destroys this one at a radio where it has this level.
    fn is_destroyed(&mut self, id: RadioId, channel: Channel, transmission: &OnAir, level: Level) -> bool {
        let Some(ether) = self.channels.get(&channel) else { return false };
        let band = channel.band();
        self.config.collisions
            && ether.on_air.iter().filter(|other| transmission.overlaps(other)).any(|other| {
                if other.sender == id {
                    return true;
                }
                self.counters.signals += 1;
                let other = self.radios.level(&self.config, other.sender, id, band);
                other.is_some_and(|other| level.above(other) < CAPTURE)
            })
    }

    /// A receiver acknowledges a frame; whether its sender notices is a matter of luck.
    fn acknowledge(&mut self, receiver: RadioId, channel: Channel, transmission: &OnAir, answer: Vec<u8>) {
        let link = Link { from: receiver, to: transmission.sender };
        let choice = link.draw(&self.config, Draw::Acknowledgement, transmission.nth);
        let is_lost = below(choice, 1000) < self.config.loss.acknowledgements.into();
        if let Some(transmission) =
            self.channels.get_mut(&channel).and_then(|ether| ether.transmission(transmission.id))
        {
            transmission.is_acknowledged = !is_lost;
        }
        if let Some(tap) = self.tap.filter(|tap| tap.acknowledgements) {
            let band = channel.band();
            let rate = timing::acknowledgement_rate(band, transmission.rate);
            let at = transmission.frame_end + timing::sifs(band) + timing::preamble(band, rate);
            self.note(tap, receiver, Tapped { at, channel, rate, signal: 0, frame: Arc::from(answer) });
        }
    }
}

/// How much stronger than another a frame must be to survive it, in hundredths of a dB.
const CAPTURE: i32 = 1000;
