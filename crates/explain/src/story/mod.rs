//! The story of a capture: what its frames say, one after the other, and what follows from it.

mod attempts;
mod dhcp;
mod fragments;
mod handshake;
mod judge;
mod networks;
mod searches;
mod tell;
mod trail;
mod wsc;

use crate::file::{Format, Packet, ReadError};
use crate::link::{self, Content, Radio};
use crate::report::{self, Report, Sender, Unanswered};
use attempts::{Attempts, Way};
use core::time::Duration;
use dhcp::Dhcp;
use keyway_eap::eapol::ETHER_TYPE;
use keyway_wifi::element::Elements;
use keyway_wifi::frame::{
    AssociationRequest, Data, Flags, Frame, Management, ManagementBody, QosControl, SequenceControl, Snap,
};
use keyway_wsc::{MacAddr, Ssid};
use networks::Networks;
use searches::Searches;
use std::collections::{BTreeMap, HashMap, VecDeque};
use trail::Moment;

/// The Ethernet type of IPv4.
const IPV4: u16 = 0x0800;
/// How many senders' last frames are remembered, to recognise those that were repeated on the radio.
const SENDERS: usize = 1024;
/// How many frames of each.
const FRAMES: usize = 8;

/// What was told so far.
#[derive(Debug, Default)]
pub(crate) struct Story {
    frames: u64,
    links: BTreeMap<u16, u64>,
    first: Option<Duration>,
    last: Duration,
    damaged: u64,
    cut: u64,
    duplicates: u64,
    networks: Networks,
    searches: Searches,
    attempts: Attempts,
    /// The last sequence numbers of senders, by their counters: one for each traffic identifier, one for all else.
    sequences: HashMap<(MacAddr, Option<u8>), VecDeque<SequenceControl>>,
}

impl Story {
    /// Takes the next packet of the file.
    pub(crate) fn hear(&mut self, packet: &Packet) {
        self.frames += 1;
        *self.links.entry(packet.link).or_default() += 1;
        self.cut += u64::from(packet.is_cut);
        // A packet without a time comes when the one before it came.
        let first = *self.first.get_or_insert(packet.time.unwrap_or_default());
        let at = packet.time.map_or(self.last, |time| time.saturating_sub(first));
        self.last = self.last.max(at);
        let moment = Moment { frame: self.frames, at };
        match link::open(packet) {
            Content::Wireless { radio, frame } => self.wireless(moment, radio, frame),
            Content::Wired { from, to, ether_type: ETHER_TYPE, payload } => {
                self.attempts.eapol(moment, Way::Wired { from, to }, payload);
            }
            Content::Wired { ether_type: IPV4, payload, .. } => self.ipv4(payload),
            Content::Wired { .. } | Content::Unknown => {}
            Content::Damaged => self.damaged += 1,
        }
    }

    /// The report, when the file is at its end.
    pub(crate) fn finish(self, format: Option<Format>, problem: Option<ReadError>) -> Report {
        let networks = self.networks;
        let (left_out, duplicates, damaged) =
            (self.attempts.left_out, self.attempts.duplicates, self.attempts.damaged);
        let mut trails = self.attempts.into_trails();
        trails.iter_mut().for_each(trail::Trail::close);
        let unanswered =
            trails.iter().filter(|trail| !trail.is_wps && !trail.is_answered && trail.starts > 0);
        let unanswered = unanswered
            .filter_map(|trail| Some(Unanswered { mac: trail.station?.to_string(), times: trail.starts }));
        let unanswered = unanswered.collect();
        let context = tell::Context { networks: &networks, searches: &self.searches, end: self.last };
        let attempts = tell::attempts(&trails, &context);
        let has_registered = |mac| trails.iter().any(|trail| trail.is_wps && trail.station == Some(mac));
        let links = self.links.keys().map(|link| match link::name(*link) {
            Some(name) => name.to_owned(),
            None => format!("link type {link}, which is not read"),
        });
        let mut links: Vec<String> = links.take(8).collect();
        links.dedup();
        Report {
            capture: report::Capture {
                format: match format {
                    Some(Format::Pcap) | None => "pcap",
                    Some(Format::Pcapng) => "pcapng",
                },
                links,
                frames: self.frames,
                started: self.first.filter(|first| *first > Duration::ZERO).and_then(report::date_and_time),
                duration_ms: u64::try_from(self.last.as_millis()).unwrap_or(u64::MAX),
                damaged: self.damaged + damaged,
                cut: self.cut,
                duplicates: self.duplicates + duplicates,
            },
            searches: self.searches.told(&networks, has_registered),
            attempts,
            unanswered,
            left_out: left_out + networks.left_out + self.searches.left_out,
            networks: networks.told(),
            problem,
        }
    }

    fn wireless(&mut self, moment: Moment, radio: Radio, bytes: &[u8]) {
        // Where the file does not say whether there is a frame check sequence, one is left out if that helps.
        let shorter = || Frame::parse(bytes.get(..bytes.len().checked_sub(4)?)?).ok();
        let Some(frame) = Frame::parse(bytes).ok().or_else(shorter) else {
            self.damaged += 1;
            return;
        };
        match frame {
            Frame::Management(frame) => self.management(moment, radio, &frame),
            Frame::Data(frame) => self.data(moment, radio, &frame),
            Frame::Other(_) => {}
        }
    }

    fn management(&mut self, moment: Moment, radio: Radio, frame: &Management) {
        let at = moment.at;
        let from = if frame.source == frame.bssid { Sender::Router } else { Sender::Device };
        let station = if from == Sender::Router { frame.destination } else { frame.source };
        let way = Way::Wireless { station, ap: frame.bssid, from, signal: radio.signal };
        match &frame.body {
            ManagementBody::Beacon(beacon) => self.networks.hear(frame.bssid, beacon, false, radio, at),
            ManagementBody::ProbeResponse(beacon) => self.networks.hear(frame.bssid, beacon, true, radio, at),
            ManagementBody::ProbeRequest(elements) => self.searches.hear(frame.source, elements, radio, at),
            _ if link::single(station).is_none() => {}
            _ if self.is_repeated((frame.source, None), frame.sequence, frame.flags) => self.duplicates += 1,
            ManagementBody::AssociationRequest(request) | ManagementBody::ReassociationRequest(request) => {
                self.attempts.associate(moment, way, ssid(request), request.elements.has_wps());
            }
            ManagementBody::AssociationResponse(answer) | ManagementBody::ReassociationResponse(answer) => {
                self.attempts.association_answer(moment, way, answer.status);
            }
            ManagementBody::Deauthentication(farewell) | ManagementBody::Disassociation(farewell) => {
                self.attempts.farewell(moment, way, farewell.reason);
            }
            _ => {}
        }
    }

    fn data(&mut self, moment: Moment, radio: Radio, frame: &Data) {
        let Some(ap) = frame.bssid() else { return };
        let from = if frame.flags.contains(Flags::TO_DS) { Sender::Device } else { Sender::Router };
        let station = if from == Sender::Device { frame.address2 } else { frame.address1 };
        if !frame.subtype.has_data() || link::single(station).is_none() {
            return;
        }
        let way = Way::Wireless { station, ap, from, signal: radio.signal };
        if frame.flags.contains(Flags::PROTECTED) {
            self.attempts.encrypted(way);
            return;
        }
        let Ok(snap) = Snap::parse(&frame.payload) else { return };
        let counter = (frame.address2, frame.qos.map(QosControl::tid));
        match snap.ether_type {
            ETHER_TYPE if self.is_repeated(counter, frame.sequence, frame.flags) => self.duplicates += 1,
            ETHER_TYPE => self.attempts.eapol(moment, way, snap.packet),
            IPV4 => self.ipv4(snap.packet),
            _ => {}
        }
    }

    /// Whether a frame was sent before and repeated because no acknowledgement came: IEEE 802.11-2020, section
    /// 10.3.2.14.
    fn is_repeated(
        &mut self,
        sender: (MacAddr, Option<u8>),
        sequence: SequenceControl,
        flags: Flags,
    ) -> bool {
        if self.sequences.len() >= SENDERS && !self.sequences.contains_key(&sender) {
            self.sequences.clear();
        }
        let last = self.sequences.entry(sender).or_default();
        if flags.contains(Flags::RETRY) && last.contains(&sequence) {
            return true;
        }
        if last.len() == FRAMES {
            last.pop_front();
        }
        last.push_back(sequence);
        false
    }

    fn ipv4(&mut self, packet: &[u8]) {
        match dhcp::read(packet) {
            Some(Dhcp::Asks(mac)) => {
                if let Some(trail) = self.attempts.of_station(mac) {
                    trail.address_requests = trail.address_requests.saturating_add(1);
                }
            }
            Some(Dhcp::Gets(mac, address)) => {
                if let Some(trail) = self.attempts.of_station(mac) {
                    trail.address = Some(address);
                }
            }
            None => {}
        }
    }
}

fn ssid(request: &AssociationRequest) -> Option<Ssid> {
    let elements: &Elements = &request.elements;
    elements.find::<Ssid>().ok().flatten().filter(|ssid| !ssid.as_bytes().is_empty())
}

/// A network's name, safe to show.
fn name_of(ssid: Ssid) -> String {
    ssid.to_text().chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}
