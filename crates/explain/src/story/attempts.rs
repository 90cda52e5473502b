//! Which frame belongs to which attempt.

use super::handshake;
use super::trail::{Familiar, Moment, Trail};
use super::wsc::{self, Said};
use crate::report::Sender;
use core::time::Duration;
use keyway_eap::eapol::{Frame, FrameType};
use keyway_eap::packet::{Body, Packet};
use keyway_eap::wsc_frame::WscFrame;
use keyway_eap::{Identity, MethodId};
use keyway_wifi::frame::{ReasonCode, StatusCode};
use keyway_wifi::rsn::KeyFrame;
use keyway_wsc::session::OpCode;
use keyway_wsc::{MacAddr, Ssid};

/// The most attempts that are told.
const MOST: usize = 256;

/// The attempts.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    trails: Vec<Trail>,
    pub(super) left_out: u64,
    pub(super) duplicates: u64,
    pub(super) damaged: u64,
}

/// Who may have sent a frame to whom.
#[derive(Clone, Copy, Debug)]
pub(super) enum Way {
    /// By radio: both are known.
    Wireless { station: MacAddr, ap: MacAddr, from: Sender, signal: Option<i8> },
    /// By cable: what is in the frame tells who is the station. The receiver is unknown when it is a group.
    Wired { from: MacAddr, to: Option<MacAddr> },
}

/// Both ends of a frame, as far as they are known, and who sent it.
#[derive(Clone, Copy, Debug)]
struct Ends {
    station: Option<MacAddr>,
    ap: Option<MacAddr>,
    from: Sender,
    signal: Option<i8>,
}

impl Way {
    /// The ends, when the cable's frame is sent by this side.
    fn ends(self, sender: Sender) -> Ends {
        match (self, sender) {
            (Way::Wireless { station, ap, from, signal }, _) => {
                Ends { station: Some(station), ap: Some(ap), from, signal }
            }
            (Way::Wired { from, to }, Sender::Device) => {
                Ends { station: Some(from), ap: to, from: sender, signal: None }
            }
            (Way::Wired { from, to }, Sender::Router) => {
                Ends { station: to, ap: Some(from), from: sender, signal: None }
            }
        }
    }
}

impl Attempts {
    pub(super) fn into_trails(self) -> Vec<Trail> {
        self.trails
    }

    /// Takes an EAPOL frame.
    pub(super) fn eapol(&mut self, moment: Moment, way: Way, bytes: &[u8]) {
        let Ok(frame) = Frame::parse(bytes) else {
            self.damaged += 1;
            return;
        };
        match frame.kind {
            FrameType::START => self.start(moment, way.ends(Sender::Device), bytes),
            FrameType::LOGOFF => {
                if let Some(trail) = self.current(way.ends(Sender::Device))
                    && !trail.is_over()
                {
                    trail.say(moment, Sender::Device, "EAPOL-Logoff", "");
                    trail.logged_off = true;
                }
            }
            FrameType::EAP => match Packet::parse(frame.body) {
                Ok(packet @ Packet::Response { .. }) => {
                    self.eap(moment, way.ends(Sender::Device), packet, frame.body);
                }
                Ok(packet) => self.eap(moment, way.ends(Sender::Router), packet, frame.body),
                Err(_) => self.damaged += 1,
            },
            FrameType::KEY => self.key(moment, way, bytes),
            _ => {}
        }
    }

    /// Takes the request of a station to associate.
    pub(super) fn associate(&mut self, moment: Moment, way: Way, ssid: Option<Ssid>, is_wps: bool) {
        let ends = way.ends(Sender::Device);
        let goes_on = |trail: &Trail| match is_wps {
            true => !trail.is_over() && !trail.has_messages(),
            // Whoever has its settings joins with them.
            false => !trail.handshake.has_begun() && trail.may_join(),
        };
        let what = if is_wps { "association for WPS" } else { "association" };
        if !is_wps {
            self.follow(ends);
        }
        if let Some(trail) = self.continued(moment.at, ends, goes_on) {
            trail.is_wps |= is_wps;
            trail.has_beginning |= is_wps;
            trail.ssid = ssid.or(trail.ssid);
            trail.say(moment, Sender::Device, what, "");
        }
    }

    /// Takes the answer of an access point to a station that wants to associate.
    pub(super) fn association_answer(&mut self, moment: Moment, way: Way, status: StatusCode) {
        let Some(trail) = self.current(way.ends(Sender::Router)) else { return };
        if status == StatusCode::SUCCESS {
            trail.association = Some(status);
            trail.refused = None;
            trail.say(moment, Sender::Router, "association granted", "");
        } else if status != StatusCode::TRY_LATER && trail.association.is_none() {
            trail.refused = Some(status);
            trail.say(moment, Sender::Router, "association refused", status.to_string());
        }
    }

    /// Takes the end of an association.
    pub(super) fn farewell(&mut self, moment: Moment, way: Way, reason: ReasonCode) {
        let ends = way.ends(Sender::Device);
        let Some(trail) = self.current(ends) else { return };
        if trail.farewell.is_some() || trail.handshake.is_complete() {
            return;
        }
        // After EAP-Failure it is how registrations end, unless the station is joining already.
        if !trail.is_over() || trail.handshake.has_begun() {
            trail.say(moment, ends.from, "deauthentication", reason.to_string());
            trail.farewell = Some((ends.from, reason));
        }
    }

    /// Takes an encrypted frame between the two.
    pub(super) fn encrypted(&mut self, way: Way) {
        if let Some(trail) = self.current(way.ends(Sender::Device))
            && trail.handshake.has_begun()
        {
            trail.handshake.encrypted = trail.handshake.encrypted.saturating_add(1);
        }
    }

    /// The last attempt of the station with this address.
    pub(super) fn of_station(&mut self, station: MacAddr) -> Option<&mut Trail> {
        self.trails.iter_mut().rev().find(|trail| trail.station == Some(station))
    }

    fn start(&mut self, moment: Moment, ends: Ends, bytes: &[u8]) {
        let goes_on = |trail: &Trail| !trail.is_over() && !trail.has_messages();
        let Some(trail) = self.continued(moment.at, ends, goes_on) else { return };
        // It has nothing that would tell one from the next.
        match trail.recognise(moment, Sender::Device, bytes) {
            Familiar::Duplicate => self.duplicates += 1,
            Familiar::No | Familiar::Repeated => {
                trail.starts = trail.starts.saturating_add(1);
                trail.has_beginning = true;
                if trail.starts == 1 {
                    trail.say(moment, Sender::Device, "EAPOL-Start", "");
                }
            }
        }
    }

    fn key(&mut self, moment: Moment, way: Way, bytes: &[u8]) {
        let Ok(frame) = KeyFrame::parse(bytes) else {
            self.damaged += 1;
            return;
        };
        let Some(number) = handshake::number(&frame) else { return };
        let sender = if number % 2 == 1 { Sender::Router } else { Sender::Device };
        let ends = way.ends(sender);
        self.follow(ends);
        let goes_on = |trail: &Trail| trail.farewell.is_none() && trail.may_join();
        let Some(trail) = self.continued(moment.at, ends, goes_on) else { return };
        if trail.recognise(moment, sender, bytes) == Familiar::Duplicate {
            self.duplicates += 1;
            return;
        }
        trail.handshake.take(number);
        let what = ["4-way message 1", "4-way message 2", "4-way message 3", "4-way message 4"];
        let what = what.get(usize::from(number - 1)).copied().unwrap_or_default();
        trail.say(moment, sender, what, "");
    }

    fn eap(&mut self, moment: Moment, ends: Ends, packet: Packet<'_>, bytes: &[u8]) {
        let from = ends.from;
        if let Some(trail) = self.current(ends) {
            match trail.recognise(moment, from, bytes) {
                Familiar::No => {}
                Familiar::Duplicate => {
                    self.duplicates += 1;
                    return;
                }
                Familiar::Repeated => {
                    note_repeated_m8(trail, &packet, moment.at);
                    return;
                }
            }
        }
        let (Packet::Request { body, .. } | Packet::Response { body, .. }) = packet else {
            let Some(trail) = self.current(ends).filter(|trail| !trail.is_over()) else { return };
            match packet {
                Packet::Failure { .. } => {
                    trail.say(moment, from, "EAP-Failure", "");
                    trail.eap_failure = Some(moment.at);
                }
                Packet::Success { .. } => {
                    trail.say(moment, from, "EAP-Success", "");
                    trail.eap_success = true;
                }
                _ => {}
            }
            return;
        };
        match (body.method(), from) {
            (MethodId::IDENTITY, Sender::Router) => {
                let goes_on = |trail: &Trail| !trail.is_over() && !trail.has_messages();
                if let Some(trail) = self.continued(moment.at, ends, goes_on) {
                    trail.say(moment, from, "identity asked", "");
                    trail.recognise(moment, from, bytes);
                }
            }
            (MethodId::IDENTITY, Sender::Device) => self.identity(moment, ends, body, bytes),
            (MethodId::WSC, _) => self.wsc(moment, ends, packet.identifier(), body, bytes),
            (MethodId::NAK, Sender::Device) => {
                if let Some(trail) = self.current(ends) {
                    trail.is_nak = true;
                    trail.say(moment, from, "Nak", "it wants another kind of EAP");
                }
            }
            _ => {}
        }
    }

    fn identity(&mut self, moment: Moment, ends: Ends, body: Body<'_>, bytes: &[u8]) {
        let identity = Identity::from_bytes(body.data());
        let goes_on = |trail: &Trail| !trail.is_over() && !trail.has_messages();
        let Some(trail) = self.continued(moment.at, ends, goes_on) else { return };
        trail.recognise(moment, ends.from, bytes);
        trail.has_beginning = true;
        let note = match &identity {
            Identity::Enrollee => "as a device to be set up",
            Identity::Registrar => "as one that sets up the router",
            Identity::Other(_) => "none of WPS",
        };
        trail.is_wps |= !matches!(identity, Identity::Other(_));
        trail.identity = Some(identity);
        trail.say(moment, ends.from, "identity", note);
    }

    fn wsc(&mut self, moment: Moment, ends: Ends, identifier: u8, body: Body<'_>, bytes: &[u8]) {
        let from = ends.from;
        let Ok(frame) = WscFrame::parse(body.data()) else {
            self.damaged += 1;
            return;
        };
        let goes_on = |trail: &Trail| match frame.op_code {
            OpCode::Start => !trail.is_over() && !trail.has_messages(),
            _ => !trail.is_over(),
        };
        let Some(trail) = self.continued(moment.at, ends, goes_on) else { return };
        trail.is_wps = true;
        trail.recognise(moment, from, bytes);
        match frame.op_code {
            OpCode::Start => return trail.say(moment, from, "WSC_Start", ""),
            // That a fragment arrived is of no interest.
            OpCode::FragmentAck => return,
            _ => {}
        }
        let brought = trail.fragments(from).push(identifier, &frame);
        trail.in_part.extend(brought.given_up.filter(|_| trail.in_part.len() < 16));
        let Some(whole) = brought.message else { return };
        match wsc::read(&whole.bytes) {
            Ok(said) => self.message(moment, ends, said, whole.fragments, bytes),
            Err(error) => {
                trail.say(moment, from, "unreadable message", error.to_string());
                trail.unreadable.get_or_insert((from, error));
            }
        }
    }

    /// Takes a message. One with the nonces of another registration is of another attempt, of which the beginning is
    /// not in the capture.
    fn message(&mut self, moment: Moment, ends: Ends, said: Said, fragments: usize, bytes: &[u8]) {
        let goes_on = |trail: &Trail| !trail.is_over() && trail.fits(&said);
        let Some(trail) = self.continued(moment.at, ends, goes_on) else { return };
        trail.recognise(moment, ends.from, bytes);
        trail.message(moment, ends.from, said, fragments);
    }

    /// When a station that has its settings by now joins at another access point of the network, that is how its
    /// attempt goes on.
    fn follow(&mut self, ends: Ends) {
        if let (None, Some(station), Some(ap)) = (self.find(ends), ends.station, ends.ap)
            && let Some(trail) = self.of_station(station)
            && trail.has_settings()
            && !trail.handshake.has_begun()
        {
            trail.joins_at = Some(ap);
        }
    }

    /// The last attempt between these ends.
    fn current(&mut self, ends: Ends) -> Option<&mut Trail> {
        let index = self.find(ends)?;
        let trail = self.trails.get_mut(index)?;
        trail.station = trail.station.or(ends.station);
        trail.ap = trail.ap.or(ends.ap);
        trail.hear(ends.from, ends.signal);
        Some(trail)
    }

    /// The last attempt between these ends if it goes on, or else a new one. `None` when there are too many.
    fn continued(
        &mut self,
        at: Duration,
        ends: Ends,
        goes_on: impl FnOnce(&Trail) -> bool,
    ) -> Option<&mut Trail> {
        let found = self.find(ends).and_then(|index| Some((index, self.trails.get(index)?)));
        match found.map(|(index, trail)| (index, goes_on(trail), trail.is_over())) {
            Some((_, true, _)) => return self.current(ends),
            Some((index, false, false)) => {
                if let Some(trail) = self.trails.get_mut(index) {
                    trail.restarted = Some(at);
                }
            }
            _ => {}
        }
        if self.trails.len() == MOST {
            self.left_out += 1;
            return None;
        }
        self.trails.push(Trail::new(ends.station, ends.ap, at));
        self.current(ends)
    }

    /// Ends that are not known fit any; of those that fit, the last one counts.
    fn find(&self, ends: Ends) -> Option<usize> {
        let fits = |known: Option<MacAddr>, found: Option<MacAddr>| match (known, found) {
            (Some(known), Some(found)) => known == found,
            _ => true,
        };
        let at = |trail: &Trail| {
            fits(trail.ap, ends.ap) || (trail.joins_at.is_some() && trail.joins_at == ends.ap)
        };
        self.trails.iter().rposition(|trail| fits(trail.station, ends.station) && at(trail))
    }
}

/// Counts M8 when it is sent again: the device may not have confirmed it.
fn note_repeated_m8(trail: &mut Trail, packet: &Packet<'_>, at: Duration) {
    let (Packet::Request { body, .. } | Packet::Response { body, .. }) = packet else { return };
    let Ok(frame) = WscFrame::parse(body.data()) else { return };
    let is_m8 = wsc::read(frame.data).is_ok_and(|said| said.kind == keyway_wsc::MessageType::M8);
    if let (true, Some((last, times))) = (is_m8, trail.m8) {
        trail.m8 = Some((last.max(at), times + 1));
    }
}
