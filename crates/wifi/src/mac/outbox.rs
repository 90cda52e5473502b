//! What waits to be sent, in order; sequence numbers; repetition of frames that were not acknowledged.

use super::rate::{Speed, rate};
use super::{Ticket, Transmission, is_group};
use crate::channel::Channel;
use crate::frame::{Flags, FrameControl, FrameKind, SequenceControl, Subtype};
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::time::Duration;
use keyway_eap::Timestamp;
use keyway_wsc::MacAddr;

/// How many times a frame to one receiver is sent in all: IEEE 802.11-2020, dot11ShortRetryLimit.
pub(super) const TRIES: u8 = 7;

/// How many frames wait at most.
const ROOM: usize = 1024;

/// How many wait when data are not taken any more: the rest of the room is for management frames and EAPOL.
const ROOM_FOR_DATA: usize = 256;

/// After this time without word of its fate a frame counts as not acknowledged.
const PATIENCE: Duration = Duration::from_secs(2);

/// Where octets of the header are.
const FLAGS_AT: usize = 1;
const SEQUENCE_AT: usize = 22;

/// A frame that waits.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) channel: Channel,
    /// The whole frame, encrypted if it is to be. Its sequence number is filled in when it is sent.
    pub(super) frame: Vec<u8>,
    pub(super) speed: Speed,
    pub(super) errand: Errand,
}

/// What its fate means to the sender, beyond repetition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Errand {
    /// Nothing in particular.
    None,
    /// A request of authentication or association, whose answer is waited for.
    Request,
    /// The station will not listen to its access point for a while.
    Leaving,
}

/// What became of a frame at last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fate {
    pub(super) receiver: MacAddr,
    pub(super) acknowledged: bool,
    pub(super) errand: Errand,
}

impl Outgoing {
    /// A frame at the lowest rate.
    pub(super) fn slow(channel: Channel, frame: Vec<u8>) -> Outgoing {
        Outgoing { channel, frame, speed: Speed::Lowest, errand: Errand::None }
    }

    /// Who is to receive it; nobody when the frame is too short to say.
    fn receiver(&self) -> MacAddr {
        let address = self.frame.get(4..).and_then(|rest| rest.first_chunk());
        address.map_or(MacAddr::BROADCAST, |address| MacAddr(*address))
    }

    /// Whether it ends an association: a deauthentication or disassociation, encrypted or not.
    fn is_farewell(&self) -> bool {
        let control = self.frame.first().map(|octet| FrameControl(u16::from(*octet)));
        control.is_some_and(|control| {
            control.kind() == FrameKind::MANAGEMENT
                && matches!(control.subtype(), Subtype::DEAUTHENTICATION | Subtype::DISASSOCIATION)
        })
    }

    pub(super) fn set_flags(&mut self, flags: Flags) {
        if let Some(octet) = self.frame.get_mut(FLAGS_AT) {
            *octet |= flags.0;
        }
    }
}

/// A frame to one receiver that was sent.
#[derive(Debug)]
struct Flying {
    outgoing: Outgoing,
    /// How many times it was sent.
    tries: u8,
    /// Of the last time; `None` when it is to be sent again.
    ticket: Option<Ticket>,
    deadline: Timestamp,
}

/// What waits to be sent.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    /// Goes out before all others, without an acknowledgement: beacons.
    first: VecDeque<Outgoing>,
    queue: VecDeque<Outgoing>,
    flying: Option<Flying>,
    tickets: u64,
    sequence: u16,
}

impl Outbox {
    /// Appends a frame; false when there is no room.
    pub(super) fn push(&mut self, outgoing: Outgoing) -> bool {
        let room = self.queue.len() < ROOM;
        if room {
            self.queue.push_back(outgoing);
        }
        room
    }

    /// Puts a frame to a group before all others. The owner makes only as many as are sent.
    pub(super) fn push_first(&mut self, outgoing: Outgoing) {
        // One that was not sent in time is not worth sending any more.
        self.first.clear();
        self.first.push_back(outgoing);
    }

    /// Whether data are taken. Asked before they are encrypted, so that no packet number is lost.
    pub(super) fn has_room_for_data(&self) -> bool {
        self.queue.len() < ROOM_FOR_DATA
    }

    /// Forgets what waits for other channels than this one, but for farewells. Says whether nothing is left to be done
    /// there.
    pub(super) fn leave_for(&mut self, channel: Channel) -> bool {
        self.first.retain(|outgoing| outgoing.channel == channel);
        self.queue.retain(|outgoing| outgoing.channel == channel || outgoing.is_farewell());
        let all = self.flying.iter().map(|flying| &flying.outgoing).chain(&self.queue);
        all.into_iter().all(|outgoing| outgoing.channel == channel)
    }

    /// On which channel the next frame is to be sent, or the answer to the last one is waited for.
    pub(super) fn channel(&self) -> Option<Channel> {
        let flying = self.flying.as_ref().map(|flying| &flying.outgoing);
        flying.or(self.first.front()).or(self.queue.front()).map(|outgoing| outgoing.channel)
    }

    /// The next transmission on `channel`.
    pub(super) fn poll(&mut self, channel: Channel, now: Timestamp) -> Option<Transmission> {
        if self.first.front().is_some_and(|outgoing| outgoing.channel == channel) {
            let outgoing = self.first.pop_front()?;
            return Some(self.launch(outgoing, now));
        }
        match &mut self.flying {
            Some(Flying { ticket: Some(_), .. }) => None,
            Some(flying) => {
                flying.outgoing.set_flags(Flags::RETRY);
                let attempt = flying.tries;
                flying.tries += 1;
                flying.deadline = now + PATIENCE;
                self.tickets += 1;
                flying.ticket = Some(Ticket(self.tickets));
                Some(transmission(&flying.outgoing, attempt, flying.ticket))
            }
            None => {
                let at = self.queue.iter().position(|outgoing| outgoing.channel == channel)?;
                let outgoing = self.queue.remove(at)?;
                Some(self.launch(outgoing, now))
            }
        }
    }

    /// Takes the fate of a transmission, while the radio is tuned to `channel`. Gives the fate of the frame when it was the
    /// last transmission of it.
    pub(super) fn handle_sent(
        &mut self,
        ticket: Ticket,
        acknowledged: bool,
        channel: Option<Channel>,
    ) -> Option<Fate> {
        self.flying.as_ref().filter(|flying| flying.ticket == Some(ticket))?;
        self.land(acknowledged, channel)
    }

    /// Gives the fate of a frame of which no word has come.
    pub(super) fn handle_timeout(&mut self, channel: Option<Channel>, now: Timestamp) -> Option<Fate> {
        self.flying.as_ref().filter(|flying| flying.ticket.is_some() && flying.deadline <= now)?;
        self.land(false, channel)
    }

    pub(super) fn poll_timeout(&self) -> Option<Timestamp> {
        self.flying.as_ref().filter(|flying| flying.ticket.is_some()).map(|flying| flying.deadline)
    }

    fn land(&mut self, acknowledged: bool, channel: Option<Channel>) -> Option<Fate> {
        let mut flying = self.flying.take()?;
        if !acknowledged && flying.tries < TRIES && channel == Some(flying.outgoing.channel) {
            flying.ticket = None;
            self.flying = Some(flying);
            return None;
        }
        let Outgoing { errand, .. } = flying.outgoing;
        Some(Fate { receiver: flying.outgoing.receiver(), acknowledged, errand })
    }

    /// Sends a frame for the first time.
    fn launch(&mut self, mut outgoing: Outgoing, now: Timestamp) -> Transmission {
        if let Some(place) = outgoing.frame.get_mut(SEQUENCE_AT..).and_then(|rest| rest.first_chunk_mut()) {
            *place = SequenceControl::new(self.sequence).0.to_le_bytes();
            self.sequence = self.sequence.wrapping_add(1) & 0x0fff;
        }
        if is_group(outgoing.receiver()) {
            return transmission(&outgoing, 0, None);
        }
        self.tickets += 1;
        let ticket = Some(Ticket(self.tickets));
        let transmission = transmission(&outgoing, 0, ticket);
        self.flying = Some(Flying { outgoing, tries: 1, ticket, deadline: now + PATIENCE });
        transmission
    }
}

fn transmission(outgoing: &Outgoing, attempt: u8, ticket: Option<Ticket>) -> Transmission {
    Transmission {
        channel: outgoing.channel,
        rate: rate(outgoing.channel.band(), outgoing.speed, attempt),
        frame: outgoing.frame.clone(),
        ticket,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Data;

    const CHANNEL: Channel = Channel::LIKELY_2_GHZ[0];
    const NOW: Timestamp = Timestamp::from_secs(9);

    fn outbox(receivers: &[u8]) -> Outbox {
        let mut outbox = Outbox::default();
        for last in receivers {
            let receiver = MacAddr([*last, 0, 0, 0, 0, *last]);
            let data = Data::from_access_point(MacAddr([2; 6]), receiver, MacAddr([2; 6]), Vec::new());
            assert!(outbox.push(Outgoing::slow(CHANNEL, data.encode())));
        }
        outbox
    }

    #[test]
    fn a_frame_is_repeated_alike_but_for_its_flag() {
        let mut outbox = outbox(&[4, 6]);
        let first = outbox.poll(CHANNEL, NOW).unwrap();
        let mut ticket = first.ticket.unwrap();
        for attempt in 1..TRIES {
            assert_eq!(outbox.poll(CHANNEL, NOW), None, "the fate is not known");
            assert_eq!(outbox.handle_sent(ticket, false, Some(CHANNEL)), None);
            assert_eq!(outbox.handle_sent(ticket, true, Some(CHANNEL)), None, "told twice");
            let again = outbox.poll(CHANNEL, NOW).unwrap();
            assert!(again.ticket > Some(ticket));
            ticket = again.ticket.unwrap();
            let mut expected = first.frame.clone();
            expected[FLAGS_AT] |= Flags::RETRY.0;
            assert_eq!(again.frame, expected, "{attempt}");
        }
        let receiver = MacAddr([4, 0, 0, 0, 0, 4]);
        let fate = Fate { receiver, acknowledged: false, errand: Errand::None };
        assert_eq!(outbox.handle_sent(ticket, false, Some(CHANNEL)), Some(fate));
        let next = outbox.poll(CHANNEL, NOW).unwrap();
        assert_eq!(next.frame[SEQUENCE_AT..SEQUENCE_AT + 2], [0x10, 0], "the next sequence number");
    }

    #[test]
    fn a_medium_that_says_nothing_holds_nothing_up() {
        let mut outbox = outbox(&[4, 6]);
        for _ in 0..TRIES {
            outbox.poll(CHANNEL, NOW).unwrap();
            let deadline = outbox.poll_timeout().unwrap();
            assert_eq!(outbox.handle_timeout(Some(CHANNEL), NOW), None);
            outbox.handle_timeout(Some(CHANNEL), deadline);
        }
        assert_eq!(outbox.poll(CHANNEL, NOW).unwrap().frame[4], 6);
    }

    #[test]
    fn frames_to_groups_need_no_word() {
        let mut outbox = outbox(&[1, 3, 4, 5]);
        assert_eq!(
            [0; 4].map(|_| outbox.poll(CHANNEL, NOW).map(|sent| sent.ticket.is_some())),
            [Some(false), Some(false), Some(true), None]
        );
    }

    #[test]
    fn a_repetition_does_not_follow_to_another_channel() {
        let mut outbox = outbox(&[4]);
        let ticket = outbox.poll(CHANNEL, NOW).unwrap().ticket.unwrap();
        assert!(outbox.handle_sent(ticket, false, Some(Channel::LIKELY_2_GHZ[1])).is_some());
        assert_eq!((outbox.poll(CHANNEL, NOW), outbox.channel()), (None, None));
    }
}
