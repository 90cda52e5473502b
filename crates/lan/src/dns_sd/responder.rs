//! Announcing services, and answering who asks for them.

use core::net::Ipv4Addr;
use core::time::Duration;
use std::collections::VecDeque;

use keyway_eap::Timestamp;
use simple_dns::{CLASS, Packet, PacketFlag, QCLASS, QTYPE, Question, TYPE};

use super::records::{Announcement, Records, comparable, responses};
use super::{Destination, PORT, Record, cut_label, read};
use crate::seeded::Seeded;

/// Three probes, a quarter of a second apart (RFC 6762, section 8.1).
const PROBES: u32 = 3;
const PROBE_PAUSE: Duration = Duration::from_millis(250);

/// How many announcements, the second after a second, each later one after twice the pause (section 8.3).
const ANNOUNCEMENTS: u32 = 3;

/// A record is not sent to everybody more often than this (section 6).
const SENT_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// How many times the name is changed until it is given up to be unique: 15 conflicts, then slowly (section 8.1).
const MANY_CONFLICTS: u32 = 15;

/// What happened to a responder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResponderEvent {
    /// It has announced itself for the first time under these names.
    Announced {
        /// The instance's name.
        instance: String,
        /// The host's, ending in `.local`.
        host: String,
    },
}

/// Announces a host's services.
#[derive(Debug)]
pub struct Responder {
    /// As configured; a conflict adds a number.
    wanted: Announcement,
    instance_number: u32,
    host_number: u32,
    conflicts: u32,
    random: Seeded,
    state: State,
    to_send: VecDeque<(Destination, Vec<u8>)>,
    events: VecDeque<ResponderEvent>,
}

#[derive(Debug)]
enum State {
    Silent,
    /// Asks whether somebody else has the names.
    Probing {
        active: Active,
        sent: u32,
        next: Timestamp,
    },
    /// Has them.
    Announced {
        active: Active,
        sent: u32,
        next: Option<Timestamp>,
    },
}

#[derive(Debug)]
struct Active {
    address: Ipv4Addr,
    records: Records,
    /// Answers for everybody that wait a little for others to join them.
    pending: Option<(Timestamp, Vec<Record>)>,
    /// When each record was last sent to everybody.
    sent: Vec<(Record, Timestamp)>,
}

impl Responder {
    /// Silent, until it has an address.
    pub fn new(announcement: Announcement, seed: u64) -> Responder {
        Responder {
            wanted: announcement,
            instance_number: 1,
            host_number: 1,
            conflicts: 0,
            random: Seeded::new(seed),
            state: State::Silent,
            to_send: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// Announces something else from the next [`start`](Responder::start) on. Numbers that names got by conflicts stay.
    pub fn set_announcement(&mut self, announcement: Announcement) {
        self.wanted = announcement;
    }

    /// The host has an address: makes sure that its names are its alone, then announces.
    pub fn start(&mut self, address: Ipv4Addr, now: Timestamp) {
        let wait = Duration::from_millis(self.random.between(0, 250));
        self.probe(address, now + wait);
    }

    /// Says that everything ends (RFC 6762, section 10.1), if it was announced; then is silent.
    pub fn say_goodbye(&mut self) {
        if let State::Announced { active, .. } = &self.state {
            let ended: Vec<Record> =
                active.records.all().map(|record| Record { ttl: 0, ..record.clone() }).collect();
            for message in responses(&ended, &[]) {
                self.to_send.push_back((Destination::Everybody, message));
            }
        }
        self.state = State::Silent;
    }

    /// The link is gone: silent without a word.
    pub fn stop(&mut self) {
        self.state = State::Silent;
        self.to_send.clear();
    }

    /// What was announced, while it is.
    pub fn announced(&self) -> Option<Announcement> {
        matches!(self.state, State::Announced { .. }).then(|| self.current())
    }

    /// The next message to send.
    pub fn poll_transmit(&mut self) -> Option<(Destination, Vec<u8>)> {
        self.to_send.pop_front()
    }

    /// What happened, oldest first.
    pub fn poll_event(&mut self) -> Option<ResponderEvent> {
        self.events.pop_front()
    }

    /// When [`handle_timeout`](Responder::handle_timeout) wants to be called next.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let pending = |active: &Active| active.pending.as_ref().map(|(due, _)| *due);
        match &self.state {
            State::Silent => None,
            State::Probing { next, .. } => Some(*next),
            State::Announced { active, next, .. } => [*next, pending(active)].into_iter().flatten().min(),
        }
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        match core::mem::replace(&mut self.state, State::Silent) {
            State::Silent => {}
            State::Probing { active, sent, next } if now >= next => {
                if sent < PROBES {
                    self.to_send.push_back((Destination::Everybody, probe_message(&active.records)));
                    self.state = State::Probing { active, sent: sent + 1, next: now + PROBE_PAUSE };
                } else {
                    let Announcement { instance, host, .. } = self.current();
                    let host = format!("{host}.local");
                    self.events.push_back(ResponderEvent::Announced { instance, host });
                    self.announce(active, 0, now);
                }
            }
            State::Announced { active, sent, next: Some(next) } if now >= next => {
                self.announce(active, sent, now);
            }
            state => self.state = state,
        }
        self.send_pending(now);
    }

    /// A message came in from this address and port.
    pub fn handle(&mut self, payload: &[u8], from: (Ipv4Addr, u16), now: Timestamp) {
        let Some(packet) = read(payload) else { return };
        if matches!(self.state, State::Silent) {
            return;
        }
        if packet.has_flags(PacketFlag::RESPONSE) {
            // RFC 6762, section 6: from another port it is no response for us.
            if from.1 == PORT {
                self.look_for_conflict(&packet, now);
            }
        } else {
            self.handle_query(&packet, from, now);
        }
    }

    fn current(&self) -> Announcement {
        let numbered = |text: &str, number: u32, suffix: String| match number {
            1 => cut_label(text).to_owned(),
            _ => format!("{}{suffix}", &text[..text.floor_char_boundary(63 - suffix.len())]),
        };
        let (instance, host) = (self.instance_number, self.host_number);
        Announcement {
            instance: numbered(&self.wanted.instance, instance, format!(" ({instance})")),
            host: numbered(&self.wanted.host, host, format!("-{host}")),
            services: self.wanted.services.clone(),
        }
    }

    fn probe(&mut self, address: Ipv4Addr, next: Timestamp) {
        let records = Records::new(&self.current(), address);
        let active = Active { address, records, pending: None, sent: Vec::new() };
        self.state = State::Probing { active, sent: 0, next };
    }

    fn announce(&mut self, mut active: Active, sent: u32, now: Timestamp) {
        let all: Vec<Record> = active.records.all().cloned().collect();
        for message in responses(&all, &[]) {
            self.to_send.push_back((Destination::Everybody, message));
        }
        active.sent = all.into_iter().map(|record| (record, now)).collect();
        let sent = sent + 1;
        let next = (sent < ANNOUNCEMENTS).then(|| now + Duration::from_secs(1 << (sent - 1)));
        self.state = State::Announced { active, sent, next };
    }

    fn handle_query(&mut self, packet: &Packet<'_>, from: (Ipv4Addr, u16), now: Timestamp) {
        let wait = if packet.has_flags(PacketFlag::TRUNCATION) { (400, 500) } else { (20, 120) };
        let wait = Duration::from_millis(self.random.between(wait.0, wait.1));
        let active = match &mut self.state {
            State::Silent => return,
            State::Probing { active, next, .. } => {
                // Two hosts ask for the same name at once: the one with the greater data has it (section 8.2).
                if is_outdone(&active.records, packet) {
                    *next = now + Duration::from_secs(1);
                    let (address, next) = (active.address, *next);
                    self.probe(address, next);
                }
                return;
            }
            State::Announced { active, .. } => active,
        };
        // Further known answers of a question that was asked before (section 7.2).
        if packet.questions.is_empty()
            && let Some((_, pending)) = &mut active.pending
        {
            pending.retain(|record| !is_known(record, packet));
        }
        let is_probe = !packet.name_servers.is_empty();
        let legacy = from.1 != PORT;
        let (mut now_to_one, mut later_to_all) = (Vec::new(), Vec::new());
        for question in &packet.questions {
            let list = if legacy || question.unicast_response { &mut now_to_one } else { &mut later_to_all };
            let answers = answers(&active.records, question);
            list.extend(answers.into_iter().filter(|record| !is_known(record, packet)));
        }
        if !now_to_one.is_empty() {
            let message =
                if legacy { legacy_response(packet, &now_to_one) } else { active.response(&now_to_one) };
            self.to_send
                .extend(message.into_iter().map(|message| (Destination::One(from.0, from.1), message)));
        }
        if !later_to_all.is_empty() {
            // Whoever probes has to know at once; so may the only one who has the answer.
            let unique = later_to_all.iter().all(|record| record.cache_flush);
            let due = if is_probe || unique { now } else { now + wait };
            let (at, pending) = active.pending.get_or_insert((due, Vec::new()));
            *at = due.min(*at);
            for record in later_to_all {
                if !pending.contains(&record) {
                    pending.push(record);
                }
            }
            if is_probe {
                active.sent.clear();
            }
        }
        self.send_pending(now);
    }

    fn send_pending(&mut self, now: Timestamp) {
        let State::Announced { active, .. } = &mut self.state else { return };
        let Some((_, mut answers)) = active.pending.take_if(|(due, _)| now >= *due) else { return };
        active.sent.retain(|(_, at)| now.saturating_since(*at) < SENT_AGAIN_AFTER);
        answers.retain(|record| !active.sent.iter().any(|(sent, _)| sent == record));
        if answers.is_empty() {
            return;
        }
        for message in active.response(&answers) {
            self.to_send.push_back((Destination::Everybody, message));
        }
        active.sent.extend(answers.into_iter().map(|record| (record, now)));
    }

    /// Somebody else says something of a name that is ours (section 9).
    fn look_for_conflict(&mut self, packet: &Packet<'_>, now: Timestamp) {
        let (active, probing) = match &self.state {
            State::Silent => return,
            State::Probing { active, .. } => (active, true),
            State::Announced { active, .. } => (active, false),
        };
        let unique = &active.records.unique;
        let mut others = packet.answers.iter().chain(&packet.additional_records).filter(|theirs| {
            let kind = theirs.rdata.type_code();
            let mut same = unique.iter().filter(|own| own.name == theirs.name);
            theirs.ttl > 0
                && theirs.class == CLASS::IN
                && kind != TYPE::NSEC
                && same.clone().next().is_some()
                && !same.any(|own| own.rdata == theirs.rdata)
        });
        let Some(theirs) = others.next() else { return };
        let address = active.address;
        if probing {
            let host = unique.iter().rev().find(|own| own.rdata.type_code() == TYPE::A);
            if host.is_some_and(|host| host.name == theirs.name) {
                self.host_number = self.host_number.saturating_add(1);
            } else {
                self.instance_number = self.instance_number.saturating_add(1);
            }
            self.conflicts = self.conflicts.saturating_add(1);
        }
        let wait = if self.conflicts >= MANY_CONFLICTS { 5 } else { 0 };
        self.probe(address, now + Duration::from_secs(wait));
    }
}

impl Active {
    fn response(&self, answers: &[Record]) -> Vec<Vec<u8>> {
        responses(answers, &additional(&self.records, answers))
    }
}

/// What answers a question: records, or that there are none of this type.
fn answers(records: &Records, question: &Question<'_>) -> Vec<Record> {
    if !matches!(question.qclass, QCLASS::ANY | QCLASS::CLASS(CLASS::IN)) {
        return Vec::new();
    }
    let named = records.all().filter(|record| record.name == question.qname);
    let found: Vec<Record> = named.filter(|record| record.match_qtype(question.qtype)).cloned().collect();
    if found.is_empty() && matches!(question.qtype, QTYPE::TYPE(_)) && records.owns(&question.qname) {
        return records.no_others(&question.qname).into_iter().collect();
    }
    found
}

/// What whoever got these answers will ask for next (RFC 6763, section 12).
fn additional(records: &Records, answers: &[Record]) -> Vec<Record> {
    let mut added: Vec<Record> = Vec::new();
    let mut index = 0;
    while let Some(record) = answers.iter().chain(&added).nth(index).cloned() {
        index += 1;
        let target = match &record.rdata {
            simple_dns::rdata::RData::PTR(pointer) => pointer.0.clone(),
            simple_dns::rdata::RData::SRV(place) => place.target.clone(),
            _ => continue,
        };
        for further in records.unique.iter().filter(|further| further.name == target) {
            if !answers.contains(further) && !added.contains(further) {
                added.push(further.clone());
            }
        }
    }
    added
}

/// Whoever asks knows this already, and for long enough (RFC 6762, section 7.1).
fn is_known(record: &Record, query: &Packet<'_>) -> bool {
    query.answers.iter().any(|known| known == record && known.ttl >= record.ttl / 2)
}

/// To whom does not speak Multicast DNS: as an ordinary server would (section 6.7).
fn legacy_response(query: &Packet<'_>, answers: &[Record]) -> Vec<Vec<u8>> {
    let mut packet = Packet::new_reply(query.id());
    packet.set_flags(PacketFlag::AUTHORITATIVE_ANSWER);
    packet.questions = query.questions.iter().map(|question| question.clone().into_owned()).collect();
    packet.answers = answers
        .iter()
        .map(|record| Record { ttl: record.ttl.min(10), cache_flush: false, ..record.clone() })
        .collect();
    packet.build_bytes_vec_compressed().into_iter().filter(|message| message.len() <= 1400).collect()
}

fn probe_message(records: &Records) -> Vec<u8> {
    let mut packet = Packet::new_query(0);
    for record in records.unique.iter().filter(|record| record.rdata.type_code() != TYPE::PTR) {
        if !packet.questions.iter().any(|question| question.qname == record.name) {
            let name = record.name.clone();
            packet.questions.push(Question::new(name, QTYPE::ANY, QCLASS::CLASS(CLASS::IN), true));
        }
        // Long texts say nothing that the place does not, and might not fit.
        if record.rdata.type_code() != TYPE::TXT {
            packet.name_servers.push(Record { cache_flush: false, ..record.clone() });
        }
    }
    packet.build_bytes_vec_compressed().unwrap_or_default()
}

/// Whether a probe of somebody else proposes greater data for a name that we probe for.
fn is_outdone(records: &Records, probe: &Packet<'_>) -> bool {
    let own_types = [TYPE::SRV, TYPE::A];
    probe.questions.iter().any(|question| {
        let sorted = |list: Vec<(u16, u16, Vec<u8>)>| {
            let mut list = list;
            list.sort();
            list
        };
        let theirs = sorted(
            probe
                .name_servers
                .iter()
                .filter(|record| record.name == question.qname)
                .map(comparable)
                .collect(),
        );
        let named = records.unique.iter().filter(|record| record.name == question.qname);
        let ours = named.filter(|record| own_types.contains(&record.rdata.type_code()));
        let ours = sorted(ours.map(comparable).collect());
        !theirs.is_empty() && !ours.is_empty() && theirs > ours
    })
}
