//! What is known of one attempt while its frames go by.

use super::fragments::Fragments;
use super::handshake::Steps;
use super::wsc::Said;
use crate::report::{Message, Sender, Silence};
use core::time::Duration;
use keyway_eap::Identity;
use keyway_wifi::frame::{ReasonCode, StatusCode};
use keyway_wsc::attribute::ParseError;
use keyway_wsc::session::PeerDescription;
use keyway_wsc::{ConfigError, DevicePasswordId, MacAddr, MessageType, Nonce, Ssid};
use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::Ipv4Addr;

/// The most lines that the exchange of one attempt has in the report.
const MOST_MESSAGES: usize = 200;
/// How many packets are remembered to recognise a repetition.
const REMEMBERED: usize = 32;
/// A frame that comes again within this time was captured twice; later, it was sent twice.
const CAPTURED_TWICE: Duration = Duration::from_millis(20);
/// How long after its end frames that repeat some of an attempt still belong to it.
const ECHO: Duration = Duration::from_secs(1);

/// When something was captured: in which packet, and the time since the first one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    pub(super) frame: u64,
    pub(super) at: Duration,
}

/// One attempt. What stands here is what was seen; what follows from it is for the judge.
#[derive(Debug)]
pub(super) struct Trail {
    pub(super) station: Option<MacAddr>,
    pub(super) ap: Option<MacAddr>,
    /// Another access point of the network, at which the station joins.
    pub(super) joins_at: Option<MacAddr>,
    pub(super) ssid: Option<Ssid>,
    pub(super) began: Duration,
    pub(super) last: Duration,
    /// Whether something of WPS was in it.
    pub(super) is_wps: bool,
    /// EAPOL-Start frames.
    pub(super) starts: u32,
    /// Whether the access point said anything.
    pub(super) is_answered: bool,
    /// Whether the beginning was captured: EAPOL-Start, the identity or M1.
    pub(super) has_beginning: bool,
    /// The role that the station says it has.
    pub(super) identity: Option<Identity>,
    /// Who sent M1.
    pub(super) enrollee: Option<Sender>,
    /// Messages that were seen, by their type.
    seen: [bool; 16],
    /// Messages of which parts are missing.
    pub(super) in_part: Vec<Option<MessageType>>,
    enrollee_nonce: Option<Nonce>,
    registrar_nonce: Option<Nonce>,
    pub(super) password_id: Option<DevicePasswordId>,
    /// How each side introduces itself: the station, the access point.
    pub(super) station_peer: Option<Box<PeerDescription>>,
    pub(super) ap_peer: Option<Box<PeerDescription>>,
    /// In M1: the error of the last attempt.
    pub(super) last_error: Option<ConfigError>,
    pub(super) m2d: Option<ConfigError>,
    /// The first WSC_NACK: who sent it, and its error.
    pub(super) nack: Option<(Sender, ConfigError)>,
    /// When M8 was seen last, and how often.
    pub(super) m8: Option<(Duration, u32)>,
    pub(super) unreadable: Option<(Sender, ParseError)>,
    pub(super) eap_failure: Option<Duration>,
    pub(super) eap_success: bool,
    pub(super) is_nak: bool,
    pub(super) logged_off: bool,
    /// The association was ended before the exchange was over.
    pub(super) farewell: Option<(Sender, ReasonCode)>,
    /// The same station began anew.
    pub(super) restarted: Option<Duration>,
    pub(super) association: Option<StatusCode>,
    pub(super) refused: Option<StatusCode>,
    pub(super) handshake: Steps,
    pub(super) address: Option<Ipv4Addr>,
    /// DHCP requests that nobody answered yet.
    pub(super) address_requests: u32,
    pub(super) exchange: Vec<Message>,
    pub(super) repeated: u32,
    /// How often something was sent again since there was something new, and by whom last.
    pub(super) last_repeated: u32,
    pub(super) last_repeated_by: Option<Sender>,
    last_said: Option<(Sender, &'static str)>,
    pub(super) silence: Option<Silence>,
    pub(super) weakest_station: Option<i8>,
    pub(super) weakest_ap: Option<i8>,
    /// What each side sends in fragments: the station, the access point.
    fragments: [Fragments; 2],
    remembered: VecDeque<(u64, Duration)>,
}

/// What a packet is to an attempt that may know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Familiar {
    /// It is new.
    No,
    /// It was captured twice.
    Duplicate,
    /// It was sent again.
    Repeated,
}

impl Trail {
    pub(super) fn new(station: Option<MacAddr>, ap: Option<MacAddr>, at: Duration) -> Trail {
        Trail {
            station,
            ap,
            joins_at: None,
            ssid: None,
            began: at,
            last: at,
            is_wps: false,
            starts: 0,
            is_answered: false,
            has_beginning: false,
            identity: None,
            enrollee: None,
            seen: [false; 16],
            in_part: Vec::new(),
            enrollee_nonce: None,
            registrar_nonce: None,
            password_id: None,
            station_peer: None,
            ap_peer: None,
            last_error: None,
            m2d: None,
            nack: None,
            m8: None,
            unreadable: None,
            eap_failure: None,
            eap_success: false,
            is_nak: false,
            logged_off: false,
            farewell: None,
            restarted: None,
            association: None,
            refused: None,
            handshake: Steps::default(),
            address: None,
            address_requests: 0,
            exchange: Vec::new(),
            repeated: 0,
            last_repeated: 0,
            last_repeated_by: None,
            last_said: None,
            silence: None,
            weakest_station: None,
            weakest_ap: None,
            fragments: Default::default(),
            remembered: VecDeque::new(),
        }
    }

    /// Whether the exchange of WPS is over, so that what comes is something new.
    pub(super) fn is_over(&self) -> bool {
        self.eap_failure.is_some()
            || self.eap_success
            || self.farewell.is_some()
            || self.logged_off
            || self.restarted.is_some()
    }

    /// Whether somebody said that it is over, well or badly.
    pub(super) fn is_over_by_word(&self) -> bool {
        self.nack.is_some()
            || self.m2d.is_some()
            || self.eap_failure.is_some()
            || self.eap_success
            || self.farewell.is_some()
            || self.logged_off
            || self.refused.is_some()
            || self.has(MessageType::Done)
    }

    /// Whether the station has the network's settings after it: WSC_Done or M8 was seen, or a registrar has read M7.
    pub(super) fn has_settings(&self) -> bool {
        self.is_wps && (self.furthest() >= 8 || self.has_read_settings())
    }

    /// Whether a registrar has read the access point's settings and changed nothing: it ends the exchange after M7,
    /// without an error (observed: wpa_supplicant).
    pub(super) fn has_read_settings(&self) -> bool {
        let ended = (self.enrollee, self.nack);
        self.furthest() == 7 && ended == (Some(Sender::Router), Some((Sender::Device, ConfigError::NoError)))
    }

    /// Whether what joins the network can be how this goes on.
    pub(super) fn may_join(&self) -> bool {
        !self.is_wps || self.has_settings()
    }

    /// Nothing comes any more.
    pub(super) fn close(&mut self) {
        for from in [Sender::Device, Sender::Router] {
            let given_up = self.fragments(from).give_up();
            self.in_part.extend(given_up);
        }
    }

    /// Whether any message of the registration was seen.
    pub(super) fn has_messages(&self) -> bool {
        self.seen.iter().any(|seen| *seen)
    }

    pub(super) fn has(&self, kind: MessageType) -> bool {
        self.seen.get(usize::from(kind.0)).copied().unwrap_or(false)
    }

    /// The furthest of M1 (1) to M8 (8) that was seen; 9 is WSC_Done, 0 is none.
    pub(super) fn furthest(&self) -> u8 {
        (1..=9).rev().find(|number| self.has(numbered(*number))).unwrap_or(0)
    }

    /// Whether a message can belong to this registration by its nonces.
    pub(super) fn fits(&self, said: &Said) -> bool {
        let agree = |known: Option<Nonce>, found: Option<Nonce>| match (known, found) {
            (Some(known), Some(found)) => known == found,
            _ => true,
        };
        agree(self.enrollee_nonce, said.enrollee_nonce) && agree(self.registrar_nonce, said.registrar_nonce)
    }

    /// The last thing that was sent, and by whom.
    pub(super) fn last_said(&self) -> Option<(Sender, &'static str)> {
        self.last_said
    }

    /// Notes that something was sent.
    pub(super) fn say(&mut self, moment: Moment, from: Sender, what: &'static str, note: impl Into<String>) {
        self.pass(moment.at);
        self.last_said = Some((from, what));
        self.last_repeated = 0;
        self.is_answered |= from == Sender::Router;
        self.line(moment, from, what, note.into());
    }

    /// Remembers a packet; tells whether it is known already. A known one that was sent again is noted.
    pub(super) fn recognise(&mut self, moment: Moment, from: Sender, packet: &[u8]) -> Familiar {
        if self.is_over() && moment.at.saturating_sub(self.last) > ECHO {
            return Familiar::No;
        }
        let mut hasher = DefaultHasher::new();
        (from, packet).hash(&mut hasher);
        let fingerprint = hasher.finish();
        match self.remembered.iter_mut().find(|(known, _)| *known == fingerprint) {
            Some((_, seen)) if moment.at.saturating_sub(*seen) < CAPTURED_TWICE => Familiar::Duplicate,
            Some((_, seen)) => {
                *seen = moment.at;
                self.repeated += 1;
                self.pass(moment.at);
                self.last_repeated += 1;
                self.last_repeated_by = Some(from);
                Familiar::Repeated
            }
            None => {
                if self.remembered.len() == REMEMBERED {
                    self.remembered.pop_front();
                }
                self.remembered.push_back((fingerprint, moment.at));
                Familiar::No
            }
        }
    }

    /// Keeps the weakest signal of each side.
    pub(super) fn hear(&mut self, from: Sender, signal: Option<i8>) {
        let weakest = match from {
            Sender::Device => &mut self.weakest_station,
            Sender::Router => &mut self.weakest_ap,
        };
        *weakest = match (*weakest, signal) {
            (Some(known), Some(signal)) => Some(known.min(signal)),
            (known, signal) => known.or(signal),
        };
    }

    pub(super) fn fragments(&mut self, from: Sender) -> &mut Fragments {
        match from {
            Sender::Device => &mut self.fragments[0],
            Sender::Router => &mut self.fragments[1],
        }
    }

    /// Takes a message of the registration.
    pub(super) fn message(&mut self, moment: Moment, from: Sender, said: Said, fragments: usize) {
        let Said { kind, config_error, .. } = said;
        self.is_wps = true;
        if let Some(seen) = self.seen.get_mut(usize::from(kind.0)) {
            *seen = true;
        }
        self.enrollee_nonce = self.enrollee_nonce.or(said.enrollee_nonce);
        self.registrar_nonce = self.registrar_nonce.or(said.registrar_nonce);
        match kind {
            MessageType::M1 => {
                self.has_beginning = true;
                self.last_error = config_error.filter(|error| *error != ConfigError::NoError);
            }
            MessageType::M2D => self.m2d = Some(config_error.unwrap_or(ConfigError::NoError)),
            MessageType::Nack if self.nack.is_none() => {
                self.nack = Some((from, config_error.unwrap_or(ConfigError::NoError)));
            }
            MessageType::M8 => self.m8 = Some((moment.at, self.m8.map_or(0, |(_, times)| times) + 1)),
            _ => {}
        }
        if matches!(kind.0, 0x04 | 0x07 | 0x09 | 0x0b | 0x0f) {
            self.enrollee = Some(from);
        } else if matches!(kind.0, 0x05 | 0x06 | 0x08 | 0x0a | 0x0c) {
            self.enrollee = Some(from.other());
        }
        self.password_id = self.password_id.or(said.password_id);
        if let Some(peer) = said.peer {
            match from {
                Sender::Device => self.station_peer = Some(peer),
                Sender::Router => self.ap_peer = Some(peer),
            }
        }
        let mut note = config_error
            .filter(|error| *error != ConfigError::NoError)
            .map(|error| format!("{error} ({})", error.0))
            .unwrap_or_default();
        if fragments > 1 {
            note.push_str(if note.is_empty() { "" } else { ", " });
            note.push_str(&format!("in {fragments} fragments"));
        }
        self.say(moment, from, kind.name().unwrap_or("message"), note);
    }

    /// Notes that the time went on to here, and how long it was silent before.
    fn pass(&mut self, at: Duration) {
        let silent = at.saturating_sub(self.last);
        let ms = u64::try_from(silent.as_millis()).unwrap_or(u64::MAX);
        if let (false, Some((from, what))) = (self.is_over(), self.last_said)
            && self.silence.as_ref().is_none_or(|longest| longest.ms < ms)
        {
            self.silence = Some(Silence { ms, after: what.to_owned(), awaited: from.other() });
        }
        self.last = self.last.max(at);
        self.began = self.began.min(at);
    }

    fn line(&mut self, moment: Moment, from: Sender, what: &'static str, note: String) {
        if self.exchange.len() < MOST_MESSAGES {
            let at_ms = u64::try_from(moment.at.as_millis()).unwrap_or(u64::MAX);
            self.exchange.push(Message { at_ms, frame: moment.frame, from, what, note });
        }
    }
}

/// The message with this number in the order of a registration: M1 (1) to M8 (8), WSC_Done (9).
pub(super) fn numbered(number: u8) -> MessageType {
    match number {
        1 => MessageType::M1,
        2 => MessageType::M2,
        3..=8 => MessageType(MessageType::M3.0 + number - 3),
        _ => MessageType::Done,
    }
}
