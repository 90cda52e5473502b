//! The access point's side of the handshakes, for one station: a struct for each state.

use super::association::{Association, Draft, check, nonce};
use super::key_data::KeyData;
use super::key_frame::{KeyFrame, KeyInformation};
use super::keys::Ptk;
use super::{Cause, Discarded, Draw, Entropy, GroupKeys, Output};
use crate::frame::ReasonCode;
use alloc::collections::VecDeque;
use core::mem;
use core::ops::RangeInclusive;
use core::time::Duration;
use keyway_eap::Timestamp;
use keyway_eap::eapol::Version;
use keyway_wsc::EntropyError;

/// How long the access point waits for each answer. (Defaults observed: hostapd.)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandshakeTimers {
    /// After the first transmission of message 1 or 3: 100 ms.
    pub first: Duration,
    /// After the first transmission of a group message: 500 ms, because the station may sleep.
    pub first_of_group: Duration,
    /// After each later transmission: 1 s.
    pub later: Duration,
    /// How many times a message is sent in all: 4.
    pub tries: u32,
}

impl Default for HandshakeTimers {
    fn default() -> HandshakeTimers {
        HandshakeTimers {
            first: Duration::from_millis(100),
            first_of_group: Duration::from_millis(500),
            later: Duration::from_secs(1),
            tries: 4,
        }
    }
}

/// The access point's side of the 4-way handshake with one station, and of the group handshakes after it.
#[derive(Debug)]
pub struct Authenticator {
    side: Side,
    state: State,
}

/// What all states share.
#[derive(Debug)]
struct Side {
    association: Association,
    timers: HandshakeTimers,
    anonce: [u8; 32],
    /// Of the newest frame sent.
    replay_counter: u64,
    out: VecDeque<Output>,
}

#[derive(Debug)]
enum State {
    Asking(Asking),
    Proving(Proving),
    Open(Open),
    Ended(Cause),
}

/// Message 1 is sent.
#[derive(Debug)]
struct Asking {
    asked: Asked,
    /// Whether message 2 has come with a wrong message integrity code.
    wrong_mic: bool,
}

/// Message 3 is sent.
#[derive(Debug)]
struct Proving {
    snonce: [u8; 32],
    ptk: Ptk,
    /// The replay counters of message 1: a station that was asked twice may have answered twice.
    earlier: RangeInclusive<u64>,
    asked: Asked,
    /// Whether the group's keys have changed since message 3 was sent.
    group_changed: bool,
}

/// The keys are installed.
#[derive(Debug)]
struct Open {
    ptk: Ptk,
    /// A group message that waits for its answer.
    group: Option<Asked>,
}

/// A message that waits for its answer.
#[derive(Clone, Debug)]
struct Asked {
    /// The replay counters of its transmissions; an answer to any of them counts.
    counters: RangeInclusive<u64>,
    deadline: Timestamp,
}

impl Asked {
    /// How many times the message was sent.
    fn tries(&self) -> u64 {
        self.counters.end() - self.counters.start() + 1
    }
}

impl Authenticator {
    /// Begins with message 1, at the moment `now` at which the station is associated.
    ///
    /// # Errors
    /// [`EntropyError`] when the source of randomness cannot deliver.
    pub fn new(
        association: Association,
        timers: HandshakeTimers,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<Authenticator, EntropyError> {
        let anonce = nonce(entropy, Draw::AuthenticatorNonce)?;
        let mut side = Side { association, timers, anonce, replay_counter: 0, out: VecDeque::new() };
        let asked = side.message1(None, now);
        Ok(Authenticator { side, state: State::Asking(Asking { asked, wrong_mic: false }) })
    }

    /// Takes an EAPOL frame from the station. `group` is the group's keys as they are now.
    pub fn handle_frame(&mut self, bytes: &[u8], group: &GroupKeys, now: Timestamp) {
        let frame = match self.side.read(bytes) {
            Ok(frame) => frame,
            Err(reason) => return self.side.discard(reason),
        };
        let received = Received { frame: &frame, bytes };
        let placeholder = State::Ended(Cause::NoAnswer);
        self.state = match mem::replace(&mut self.state, placeholder) {
            State::Asking(state) => state.handle(&mut self.side, &received, group, now),
            State::Proving(state) => state.handle(&mut self.side, &received, group, now),
            State::Open(state) => state.handle(&mut self.side, &received),
            State::Ended(cause) => {
                self.side.discard(Discarded::Ended);
                State::Ended(cause)
            }
        };
    }

    /// Tells the station the group's new keys. If the 4-way handshake has not got that far, it will bring them itself.
    pub fn start_group_handshake(&mut self, group: &GroupKeys, now: Timestamp) {
        match &mut self.state {
            State::Proving(proving) => proving.group_changed = true,
            State::Open(open) => open.group = Some(self.side.group_message(&open.ptk, None, group, now)),
            State::Asking(_) | State::Ended(_) => {}
        }
    }

    /// Whether the station has not confirmed the group's newest keys yet.
    pub fn awaits_group_answer(&self) -> bool {
        match &self.state {
            State::Proving(state) => state.group_changed,
            State::Open(state) => state.group.is_some(),
            State::Asking(_) | State::Ended(_) => false,
        }
    }

    /// The station ended the association, or the owner did.
    pub fn handle_disconnected(&mut self, reason: ReasonCode) {
        if self.cause().is_none() {
            let wrong_passphrase = matches!(&self.state, State::Asking(asking) if asking.wrong_mic);
            let cause = if wrong_passphrase { Cause::WrongPassphrase } else { Cause::Disconnected(reason) };
            self.state = self.side.end(cause);
        }
    }

    /// Sends again what was not answered, or ends.
    pub fn handle_timeout(&mut self, group: &GroupKeys, now: Timestamp) {
        if self.poll_timeout().is_none_or(|deadline| now < deadline) {
            return;
        }
        let tries = u64::from(self.side.timers.tries);
        let side = &mut self.side;
        let cause = match &mut self.state {
            State::Asking(Asking { asked, .. }) if asked.tries() < tries => {
                return *asked = side.message1(Some(asked), now);
            }
            State::Proving(Proving { ptk, asked, group_changed, .. }) if asked.tries() < tries => {
                *group_changed = false;
                return *asked = side.message3(ptk, Some(asked), group, now);
            }
            State::Open(Open { ptk, group: Some(asked) }) if asked.tries() < tries => {
                return *asked = side.group_message(ptk, Some(asked), group, now);
            }
            State::Asking(Asking { wrong_mic: true, .. }) => Cause::WrongPassphrase,
            State::Asking(_) => Cause::NoAnswer,
            State::Proving(_) => Cause::NotConfirmed,
            State::Open(_) => Cause::GroupKeyNotConfirmed,
            State::Ended(_) => return,
        };
        self.state = side.end(cause);
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called, at the latest.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        match &self.state {
            State::Asking(state) => Some(state.asked.deadline),
            State::Proving(state) => Some(state.asked.deadline),
            State::Open(state) => state.group.as_ref().map(|asked| asked.deadline),
            State::Ended(_) => None,
        }
    }

    /// What is to be done next.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.side.out.pop_front()
    }

    /// Whether the pairwise key is installed.
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Open(_))
    }

    /// Why it is over, if it is.
    pub fn cause(&self) -> Option<Cause> {
        match self.state {
            State::Ended(cause) => Some(cause),
            _ => None,
        }
    }
}

/// A frame as it came.
struct Received<'a> {
    frame: &'a KeyFrame,
    bytes: &'a [u8],
}

impl Received<'_> {
    fn is_pairwise(&self) -> bool {
        self.frame.information.contains(KeyInformation::PAIRWISE)
    }

    /// Message 2 brings an element, message 4 nothing.
    fn is_message2(&self) -> bool {
        self.is_pairwise() && !self.frame.key_data.is_empty()
    }

    fn answers(&self, counters: &RangeInclusive<u64>) -> Result<(), Discarded> {
        if counters.contains(&self.frame.replay_counter) { Ok(()) } else { Err(Discarded::Replayed) }
    }
}

impl Asking {
    fn handle(
        mut self,
        side: &mut Side,
        received: &Received<'_>,
        group: &GroupKeys,
        now: Timestamp,
    ) -> State {
        match side.judge_message2(received, &self.asked.counters) {
            Ok(ptk) => side.prove(received, ptk, self.asked.counters, group, now),
            Err(Refusal::Discard(reason)) => {
                self.wrong_mic |= reason == Discarded::WrongMic;
                side.discard(reason);
                State::Asking(self)
            }
            Err(Refusal::End(cause)) => side.end(cause),
        }
    }
}

impl Proving {
    fn handle(self, side: &mut Side, received: &Received<'_>, group: &GroupKeys, now: Timestamp) -> State {
        if received.is_message2() {
            return self.handle_message2(side, received, group, now);
        }
        let judged = if received.is_pairwise() {
            received
                .answers(&self.asked.counters)
                .and_then(|()| check(&self.ptk, received.frame, received.bytes))
        } else {
            Err(Discarded::Unexpected)
        };
        if let Err(reason) = judged {
            side.discard(reason);
            return State::Proving(self);
        }
        side.out.push_back(Output::InstallPairwise(self.ptk.temporal_key().clone()));
        side.out.push_back(Output::Opened);
        let again = self.group_changed.then(|| side.group_message(&self.ptk, None, group, now));
        State::Open(Open { ptk: self.ptk, group: again })
    }

    /// A second message 2: one that was repeated, or one with another nonce from a station that draws one for each
    /// message 1, and means the newest.
    fn handle_message2(
        self,
        side: &mut Side,
        received: &Received<'_>,
        group: &GroupKeys,
        now: Timestamp,
    ) -> State {
        let judged = if received.frame.nonce == self.snonce {
            Err(Refusal::Discard(Discarded::Replayed))
        } else {
            side.judge_message2(received, &self.earlier)
        };
        match judged {
            Ok(ptk) => side.prove(received, ptk, self.earlier, group, now),
            // Nothing ends here: the first message 2 was in order.
            Err(Refusal::Discard(reason)) => {
                side.discard(reason);
                State::Proving(self)
            }
            Err(Refusal::End(_)) => {
                side.discard(Discarded::WrongKeyData);
                State::Proving(self)
            }
        }
    }
}

impl Open {
    fn handle(mut self, side: &mut Side, received: &Received<'_>) -> State {
        let judged = match &self.group {
            Some(asked) if !received.is_pairwise() => received
                .answers(&asked.counters)
                .and_then(|()| check(&self.ptk, received.frame, received.bytes)),
            _ => Err(Discarded::Unexpected),
        };
        match judged {
            Ok(()) => {
                self.group = None;
                side.out.push_back(Output::GroupKeyConfirmed);
            }
            Err(reason) => side.discard(reason),
        }
        State::Open(self)
    }
}

/// Why message 2 does not lead to message 3.
enum Refusal {
    Discard(Discarded),
    End(Cause),
}

impl From<Discarded> for Refusal {
    fn from(reason: Discarded) -> Refusal {
        Refusal::Discard(reason)
    }
}

impl Side {
    fn discard(&mut self, reason: Discarded) {
        self.out.push_back(Output::Discarded(reason));
    }

    fn end(&mut self, cause: Cause) -> State {
        self.out.push_back(Output::Ended(cause));
        State::Ended(cause)
    }

    fn read(&self, bytes: &[u8]) -> Result<KeyFrame, Discarded> {
        let frame = self.association.read(bytes)?;
        if frame.information.contains(KeyInformation::ACK) || !frame.information.contains(KeyInformation::MIC)
        {
            return Err(Discarded::Unexpected);
        }
        Ok(frame)
    }

    fn judge_message2(
        &self,
        received: &Received<'_>,
        counters: &RangeInclusive<u64>,
    ) -> Result<Ptk, Refusal> {
        if !received.is_message2() {
            return Err(Discarded::Unexpected.into());
        }
        received.answers(counters)?;
        let ptk = self.association.ptk(&self.anonce, &received.frame.nonce);
        check(&ptk, received.frame, received.bytes)?;
        let data = KeyData::parse(&received.frame.key_data).map_err(|_| Discarded::WrongKeyData)?;
        if data.rsn.as_ref() != Some(&self.association.supplicant_rsn) {
            return Err(Refusal::End(Cause::ElementDiffers));
        }
        Ok(ptk)
    }

    fn prove(
        &mut self,
        received: &Received<'_>,
        ptk: Ptk,
        earlier: RangeInclusive<u64>,
        group: &GroupKeys,
        now: Timestamp,
    ) -> State {
        let asked = self.message3(&ptk, None, group, now);
        State::Proving(Proving { snonce: received.frame.nonce, ptk, earlier, asked, group_changed: false })
    }

    fn message1(&mut self, before: Option<&Asked>, now: Timestamp) -> Asked {
        let asked = self.ask(before, self.timers.first, now);
        let draft = self.draft(KeyInformation::PAIRWISE, self.anonce);
        let frame = self.association.build(&draft).encode();
        self.out.push_back(Output::Send { frame, protected: false });
        asked
    }

    fn message3(&mut self, ptk: &Ptk, before: Option<&Asked>, group: &GroupKeys, now: Timestamp) -> Asked {
        let asked = self.ask(before, self.timers.first, now);
        let data = self.group_data(group, Some(self.association.authenticator_rsn.clone()));
        let information = KeyInformation::PAIRWISE
            .with(KeyInformation::INSTALL)
            .with(KeyInformation::SECURE)
            .with(KeyInformation::ENCRYPTED);
        let draft = Draft {
            packet_number: group.data.packet_number,
            key_data: Some(&data),
            ..self.draft(information, self.anonce)
        };
        let frame = self.association.build_authenticated(ptk, &draft);
        self.out.push_back(Output::Send { frame, protected: false });
        asked
    }

    fn group_message(
        &mut self,
        ptk: &Ptk,
        before: Option<&Asked>,
        group: &GroupKeys,
        now: Timestamp,
    ) -> Asked {
        let asked = self.ask(before, self.timers.first_of_group, now);
        let data = self.group_data(group, None);
        let draft = Draft {
            packet_number: group.data.packet_number,
            key_data: Some(&data),
            ..self.draft(KeyInformation::SECURE.with(KeyInformation::ENCRYPTED), [0; 32])
        };
        let frame = self.association.build_authenticated(ptk, &draft);
        self.out.push_back(Output::Send { frame, protected: true });
        asked
    }

    /// The next replay counter, and until when its answer is waited for.
    fn ask(&mut self, before: Option<&Asked>, first: Duration, now: Timestamp) -> Asked {
        self.replay_counter += 1;
        let start = before.map_or(self.replay_counter, |before| *before.counters.start());
        let wait = if before.is_some() { self.timers.later } else { first };
        Asked { counters: start..=self.replay_counter, deadline: now + wait }
    }

    fn draft(&self, information: KeyInformation, nonce: [u8; 32]) -> Draft<'static> {
        Draft {
            version: Version::V2,
            information: information.with(KeyInformation::ACK),
            replay_counter: self.replay_counter,
            key_length: 16,
            nonce,
            packet_number: 0,
            key_data: None,
        }
    }

    fn group_data(&self, group: &GroupKeys, rsn: Option<alloc::vec::Vec<u8>>) -> KeyData {
        let management = group.management.as_ref().filter(|_| self.association.protects_management);
        KeyData { rsn, gtk: Some(group.data.clone()), igtk: management.cloned() }
    }
}
