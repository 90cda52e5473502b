//! The station's side of the handshakes: a struct for each state.
//!
//! The supplicant's nonce stays the same from the first message 1 to message 3, and the keys are derived anew from the
//! authenticator's nonce in message 3. So a forged message 1, which nothing authenticates, does no harm.

use super::association::{Association, Draft, check, nonce, open};
use super::key_data::{KeyData, packet_number};
use super::key_frame::{KeyFrame, KeyInformation};
use super::keys::{GroupKey, Ptk};
use super::{Cause, Discarded, Draw, Entropy, Output};
use crate::frame::ReasonCode;
use alloc::collections::VecDeque;
use core::mem;
use core::time::Duration;
use keyway_eap::Timestamp;
use keyway_eap::eapol::Version;
use keyway_wsc::SecretBytes;

/// The station's side of the 4-way handshake, and of the group handshakes after it.
#[derive(Debug)]
pub struct Supplicant {
    side: Side,
    state: State,
    deadline: Option<Timestamp>,
}

/// What all states share.
#[derive(Debug)]
struct Side {
    association: Association,
    version: Version,
    /// Of the newest frame whose message integrity code was right.
    replay_counter: Option<u64>,
    /// The group's keys that are installed, by identifier.
    groups: [Option<SecretBytes>; 6],
    out: VecDeque<Output>,
}

#[derive(Debug)]
enum State {
    Waiting(Waiting),
    Answered(Answered),
    Open(Open),
    Ended(Cause),
}

/// Message 1 has not come.
#[derive(Debug)]
struct Waiting;

/// Message 2 is sent.
#[derive(Debug)]
struct Answered {
    snonce: [u8; 32],
    /// How many times message 1 has come.
    asked: u32,
}

/// The keys are installed.
#[derive(Debug)]
struct Open {
    anonce: [u8; 32],
    ptk: Ptk,
    /// The nonce for a new pairwise key, when the authenticator has begun another 4-way handshake.
    renewal: Option<[u8; 32]>,
}

impl Supplicant {
    /// How long the first handshake may take: 10 s (observed: wpa_supplicant).
    pub const PATIENCE: Duration = Duration::from_secs(10);

    /// Waits for message 1, from the moment `now` at which the station is associated.
    pub fn new(association: Association, now: Timestamp) -> Supplicant {
        let side = Side {
            association,
            version: Version::default(),
            replay_counter: None,
            groups: [const { None }; 6],
            out: VecDeque::new(),
        };
        Supplicant { side, state: State::Waiting(Waiting), deadline: Some(now + Supplicant::PATIENCE) }
    }

    /// The same, with another version in its EAPOL headers.
    #[must_use]
    pub fn with_version(mut self, version: Version) -> Supplicant {
        self.side.version = version;
        self
    }

    /// Takes an EAPOL frame from the access point. `protected` says whether it came encrypted: the answer goes the same way.
    pub fn handle_frame(&mut self, bytes: &[u8], protected: bool, entropy: &mut dyn Entropy) {
        if let State::Ended(_) = self.state {
            return self.side.discard(Discarded::Ended);
        }
        let frame = match self.side.read(bytes) {
            Ok(frame) => frame,
            Err(reason) => return self.side.discard(reason),
        };
        let received = Received { frame: &frame, bytes, protected };
        let state = mem::replace(&mut self.state, State::Waiting(Waiting));
        let pairwise = frame.information.contains(KeyInformation::PAIRWISE);
        let authenticated = frame.information.contains(KeyInformation::MIC);
        self.state = match (pairwise, authenticated) {
            (true, false) => self.side.message1(state, &received, entropy),
            (true, true) => self.side.message3(state, &received),
            (false, true) => self.side.group_message(state, &received),
            (false, false) => {
                self.side.discard(Discarded::Unexpected);
                state
            }
        };
        if let State::Open(_) | State::Ended(_) = self.state {
            self.deadline = None;
        }
    }

    /// The access point ended the association, or the owner did.
    ///
    /// Sent away between message 2 and message 3, the station concludes that the passphrase is wrong, unless the reason
    /// says something else.
    pub fn handle_disconnected(&mut self, reason: ReasonCode) {
        let cause = match (&self.state, reason) {
            (State::Ended(_), _) => return,
            (_, ReasonCode::ELEMENT_DIFFERS) => Cause::ElementDiffers,
            (
                State::Answered(_),
                ReasonCode::UNSPECIFIED
                | ReasonCode::INVALID_AUTHENTICATION
                | ReasonCode::CLASS2_FROM_UNAUTHENTICATED
                | ReasonCode::CLASS3_FROM_UNASSOCIATED
                | ReasonCode::MIC_FAILURE
                | ReasonCode::HANDSHAKE_TIMEOUT
                | ReasonCode::IEEE_8021X_FAILED,
            ) => Cause::WrongPassphrase,
            _ => Cause::Disconnected(reason),
        };
        self.end(cause);
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            self.end(match &self.state {
                State::Answered(answered) if answered.asked > 1 => Cause::WrongPassphrase,
                _ => Cause::NoAnswer,
            });
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called, at the latest.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.deadline
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

    fn end(&mut self, cause: Cause) {
        self.deadline = None;
        self.state = self.side.end(cause);
    }
}

/// A frame as it came.
struct Received<'a> {
    frame: &'a KeyFrame,
    bytes: &'a [u8],
    protected: bool,
}

/// Why message 3 does not open the association.
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
        if !frame.information.contains(KeyInformation::ACK) {
            return Err(Discarded::Unexpected);
        }
        match self.replay_counter {
            Some(newest) if frame.replay_counter <= newest => Err(Discarded::Replayed),
            _ => Ok(frame),
        }
    }

    /// Sends message 2. It is authenticated with keys that are not in use yet.
    fn message1(&mut self, state: State, received: &Received<'_>, entropy: &mut dyn Entropy) -> State {
        let (snonce, state) = match state {
            State::Waiting(Waiting) => match nonce(entropy, Draw::SupplicantNonce) {
                Ok(snonce) => (snonce, State::Answered(Answered { snonce, asked: 1 })),
                Err(_) => return self.end(Cause::NoRandomness),
            },
            State::Answered(Answered { snonce, asked }) => {
                (snonce, State::Answered(Answered { snonce, asked: asked.saturating_add(1) }))
            }
            State::Open(open) => {
                let snonce = open.renewal.map_or_else(|| nonce(entropy, Draw::SupplicantNonce), Ok);
                let Ok(snonce) = snonce else { return self.end(Cause::NoRandomness) };
                (snonce, State::Open(Open { renewal: Some(snonce), ..open }))
            }
            ended @ State::Ended(_) => return ended,
        };
        let ptk = self.association.ptk(&received.frame.nonce, &snonce);
        let data = KeyData { rsn: Some(self.association.supplicant_rsn.clone()), ..KeyData::default() };
        // Secure is as in message 1: set when a pairwise key is in use.
        let secure = KeyInformation(received.frame.information.0 & KeyInformation::SECURE.0);
        self.answer(received, &ptk, KeyInformation::PAIRWISE.with(secure), snonce, Some(&data));
        state
    }

    /// Judges message 3 and installs what it brings.
    fn message3(&mut self, state: State, received: &Received<'_>) -> State {
        let anonce = received.frame.nonce;
        let (result, state) = match state {
            State::Waiting(_) | State::Ended(_) => (Err(Discarded::Unexpected.into()), state),
            State::Answered(answered) => {
                let ptk = self.association.ptk(&anonce, &answered.snonce);
                match self.accept(received, &ptk) {
                    Ok(data) => {
                        self.confirm(received, &ptk, Some(&ptk), &data);
                        self.out.push_back(Output::Opened);
                        (Ok(()), State::Open(Open { anonce, ptk, renewal: None }))
                    }
                    Err(refusal) => (Err(refusal), State::Answered(answered)),
                }
            }
            State::Open(open) => self.message3_when_open(open, received),
        };
        match result {
            Ok(()) => state,
            Err(Refusal::Discard(reason)) => {
                self.discard(reason);
                state
            }
            Err(Refusal::End(cause)) => self.end(cause),
        }
    }

    fn message3_when_open(&mut self, open: Open, received: &Received<'_>) -> (Result<(), Refusal>, State) {
        let anonce = received.frame.nonce;
        if anonce == open.anonce && check(&open.ptk, received.frame, received.bytes).is_ok() {
            // Message 4 was lost. The pairwise key stays as it is, with its packet numbers.
            let result = self.accept(received, &open.ptk).map(|data| {
                self.confirm(received, &open.ptk, None, &data);
            });
            return (result, State::Open(open));
        }
        let Some(snonce) = open.renewal else {
            return (Err(Discarded::WrongMic.into()), State::Open(open));
        };
        let ptk = self.association.ptk(&anonce, &snonce);
        match self.accept(received, &ptk) {
            Ok(data) => {
                self.confirm(received, &ptk, Some(&ptk), &data);
                (Ok(()), State::Open(Open { anonce, ptk, renewal: None }))
            }
            Err(refusal) => (Err(refusal), State::Open(open)),
        }
    }

    /// Installs the keys of a group handshake.
    fn group_message(&mut self, state: State, received: &Received<'_>) -> State {
        let State::Open(open_state) = &state else {
            self.discard(Discarded::Unexpected);
            return state;
        };
        let ptk = &open_state.ptk;
        let data = check(ptk, received.frame, received.bytes).and_then(|()| {
            self.replay_counter = Some(received.frame.replay_counter);
            open(ptk, received.frame)
        });
        match data {
            Ok(data) if data.gtk.is_some() || data.igtk.is_some() => {
                self.answer(received, ptk, KeyInformation::SECURE, [0; 32], None);
                self.install_groups(received, &data);
            }
            Ok(_) => self.discard(Discarded::WrongKeyData),
            Err(reason) => self.discard(reason),
        }
        state
    }

    /// Whether message 3 is what it should be, and what it brings.
    fn accept(&mut self, received: &Received<'_>, ptk: &Ptk) -> Result<KeyData, Refusal> {
        check(ptk, received.frame, received.bytes)?;
        self.replay_counter = Some(received.frame.replay_counter);
        let data = open(ptk, received.frame)?;
        if data.rsn.as_ref() != Some(&self.association.authenticator_rsn) {
            return Err(Refusal::End(Cause::ElementDiffers));
        }
        if data.gtk.is_none() || self.association.protects_management && data.igtk.is_none() {
            return Err(Refusal::End(Cause::KeyMissing));
        }
        Ok(data)
    }

    /// Sends message 4 and installs the keys after it.
    fn confirm(&mut self, received: &Received<'_>, ptk: &Ptk, new: Option<&Ptk>, data: &KeyData) {
        let information = KeyInformation::PAIRWISE.with(KeyInformation::SECURE);
        self.answer(received, ptk, information, [0; 32], None);
        self.out.extend(new.map(|ptk| Output::InstallPairwise(ptk.temporal_key().clone())));
        self.install_groups(received, data);
    }

    /// Hands over the group's keys that are not installed already.
    fn install_groups(&mut self, received: &Received<'_>, data: &KeyData) {
        let [a, b, c, d, e, f, _, _] = received.frame.rsc;
        let reached = packet_number([a, b, c, d, e, f]);
        if let Some(key) = &data.gtk
            && self.is_new(key)
        {
            self.out.push_back(Output::InstallGroup(GroupKey { packet_number: reached, ..key.clone() }));
        }
        if let Some(key) = &data.igtk
            && matches!(key.id, 4 | 5)
            && self.association.protects_management
            && self.is_new(key)
        {
            self.out.push_back(Output::InstallManagementGroup(key.clone()));
        }
    }

    fn is_new(&mut self, key: &GroupKey) -> bool {
        let Some(place) = self.groups.get_mut(usize::from(key.id)) else { return false };
        if place.as_ref() == Some(&key.key) {
            return false;
        }
        *place = Some(key.key.clone());
        true
    }

    fn answer(
        &mut self,
        received: &Received<'_>,
        ptk: &Ptk,
        information: KeyInformation,
        nonce: [u8; 32],
        key_data: Option<&KeyData>,
    ) {
        let draft = Draft {
            version: self.version,
            information,
            replay_counter: received.frame.replay_counter,
            key_length: 0,
            nonce,
            packet_number: 0,
            key_data,
        };
        let frame = self.association.build_authenticated(ptk, &draft);
        self.out.push_back(Output::Send { frame, protected: received.protected });
    }
}
