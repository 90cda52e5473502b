//! Finding the services of one type, and remembering them for as long as they say.

use core::net::Ipv4Addr;
use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};

use keyway_eap::Timestamp;
use simple_dns::rdata::{PTR, RData};
use simple_dns::{CLASS, Name, Packet, PacketFlag, QCLASS, Question, TYPE};

use super::{Destination, LONGEST_MESSAGE, PORT, Record, dotted, host_text, read, split_first};
use crate::computer::PrinterService;

/// The pause after the first question; it doubles up to the longest (RFC 6762, section 5.2).
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// How long a record lives on that its owner ended (section 10.1), or another replaced (section 10.2).
const GRACE: Duration = Duration::from_secs(1);

/// When a record's life nears its end it is asked for again: these percentages of it (section 5.2).
const REFRESH: [u32; 4] = [80, 85, 90, 95];

/// The longest life believed, in seconds.
const LONGEST_LIFE: u32 = 86_400;

/// How many records are remembered at most. A network has tens of printers; whoever sends more is no printer.
const MOST_RECORDS: usize = 512;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BrowserEvent {
    /// A service is there, or says something new.
    Found(PrinterService),
    /// A service is not there any more.
    Gone(PrinterService),
}

/// Looks for the services of one type.
#[derive(Debug)]
pub struct Browser {
    kind: Name<'static>,
    active: bool,
    cache: Vec<Cached>,
    found: BTreeMap<String, PrinterService>,
    ask: Asking,
    resolve: Asking,
    to_send: VecDeque<(Destination, Vec<u8>)>,
    events: VecDeque<BrowserEvent>,
}

#[derive(Clone, Copy, Debug)]
struct Asking {
    next: Option<Timestamp>,
    pause: Duration,
}

#[derive(Debug)]
struct Cached {
    record: Record,
    received: Timestamp,
    end: Timestamp,
    /// How many of [`REFRESH`] have passed.
    refreshed: usize,
}

impl Browser {
    /// Of this type: `_ipp._tcp`. It does nothing until it is started.
    pub fn new(kind: &str) -> Browser {
        let idle = Asking { next: None, pause: FIRST_PAUSE };
        Browser {
            kind: dotted(&format!("{kind}.local")),
            active: false,
            cache: Vec::new(),
            found: BTreeMap::new(),
            ask: idle,
            resolve: idle,
            to_send: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// Asks at once, and again after growing pauses. What is known stays known.
    pub fn start(&mut self, now: Timestamp) {
        self.active = true;
        self.ask = Asking { next: Some(now), pause: FIRST_PAUSE };
        self.handle_timeout(now);
    }

    /// Forgets everything, and asks no more: the network is another, or gone.
    pub fn stop(&mut self) {
        self.active = false;
        self.cache.clear();
        self.to_send.clear();
        self.ask.next = None;
        self.resolve.next = None;
        let gone = core::mem::take(&mut self.found);
        self.events.extend(gone.into_values().map(BrowserEvent::Gone));
    }

    /// The services known now, by name.
    pub fn found(&self) -> impl Iterator<Item = &PrinterService> {
        self.found.values()
    }

    /// The next message to send.
    pub fn poll_transmit(&mut self) -> Option<(Destination, Vec<u8>)> {
        self.to_send.pop_front()
    }

    /// What was found, oldest first.
    pub fn poll_event(&mut self) -> Option<BrowserEvent> {
        self.events.pop_front()
    }

    /// When [`handle_timeout`](Browser::handle_timeout) wants to be called next.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let lives =
            self.cache.iter().map(|cached| cached.refresh_at().map_or(cached.end, |at| at.min(cached.end)));
        [self.ask.next, self.resolve.next].into_iter().flatten().chain(lives).min()
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        if !self.active {
            return;
        }
        self.cache.retain(|cached| cached.end > now);
        self.update(now);
        let mut questions = Vec::new();
        if self.ask.due(now) {
            let first = self.ask.pause == FIRST_PAUSE;
            self.ask.again(now);
            questions.push(question(&self.kind, TYPE::PTR, first));
        }
        if self.resolve.due(now) {
            questions.extend(self.missing());
            self.resolve.again(now);
        }
        let hosts = self.hosts();
        for cached in &mut self.cache {
            // Where strangers are is nobody's business here.
            if cached.record.rdata.type_code() == TYPE::A && !hosts.contains(&cached.record.name) {
                cached.refreshed = REFRESH.len();
            }
            if cached.refresh_at().is_some_and(|at| now >= at) {
                while cached.refresh_at().is_some_and(|at| now >= at) {
                    cached.refreshed += 1;
                }
                questions.push(question(&cached.record.name, cached.record.rdata.type_code(), false));
            }
        }
        self.send(questions, now);
    }

    /// A message came in from this address and port.
    pub fn handle(&mut self, payload: &[u8], from: (Ipv4Addr, u16), now: Timestamp) {
        let Some(packet) = read(payload) else { return };
        if !self.active || from.1 != PORT || !packet.has_flags(PacketFlag::RESPONSE) {
            return;
        }
        for record in packet.answers.iter().chain(&packet.additional_records) {
            if record.class == CLASS::IN && self.is_wanted(record) {
                self.remember(record.clone().into_owned(), now);
            }
        }
        self.update(now);
    }

    fn is_wanted(&self, record: &simple_dns::ResourceRecord<'_>) -> bool {
        match record.rdata.type_code() {
            TYPE::PTR => record.name == self.kind,
            TYPE::SRV | TYPE::TXT => record.name.is_subdomain_of(&self.kind),
            TYPE::A => record.name.is_link_local(),
            _ => false,
        }
    }

    fn remember(&mut self, record: Record, now: Timestamp) {
        if record.cache_flush {
            let kind = record.rdata.type_code();
            for other in &mut self.cache {
                let same = other.record.name == record.name && other.record.rdata.type_code() == kind;
                if same && other.record != record && now.saturating_since(other.received) > GRACE {
                    other.end = other.end.min(now + GRACE);
                }
            }
        }
        let life = Duration::from_secs(record.ttl.min(LONGEST_LIFE).into());
        let end = if record.ttl == 0 { now + GRACE } else { now + life };
        let ended = record.ttl == 0;
        let full = self.cache.len() >= MOST_RECORDS;
        match self.cache.iter_mut().find(|cached| cached.record == record) {
            Some(cached) if ended => {
                cached.end = end;
                cached.refreshed = REFRESH.len();
            }
            Some(cached) => *cached = Cached { record, received: now, end, refreshed: 0 },
            None if ended || full => {}
            None => self.cache.push(Cached { record, received: now, end, refreshed: 0 }),
        }
    }

    /// Puts together what is known, and says what is new about it.
    fn update(&mut self, now: Timestamp) {
        let known: BTreeMap<String, PrinterService> = self
            .instances()
            .filter_map(|instance| self.service(instance))
            .map(|service| (service.instance.clone(), service))
            .collect();
        for (name, service) in &self.found {
            if !known.contains_key(name) {
                self.events.push_back(BrowserEvent::Gone(service.clone()));
            }
        }
        for (name, service) in &known {
            if self.found.get(name) != Some(service) {
                self.events.push_back(BrowserEvent::Found(service.clone()));
            }
        }
        self.found = known;
        if self.missing().is_empty() {
            self.resolve = Asking { next: None, pause: FIRST_PAUSE };
        } else if self.resolve.next.is_none() {
            // The rest of what was asked for may be on its way.
            self.resolve = Asking { next: Some(now + Duration::from_millis(100)), pause: FIRST_PAUSE };
        }
    }

    fn instances(&self) -> impl Iterator<Item = &Name<'static>> {
        self.cache.iter().filter_map(|cached| match &cached.record.rdata {
            RData::PTR(PTR(instance)) if instance.is_subdomain_of(&self.kind) => Some(instance),
            _ => None,
        })
    }

    /// The hosts that the services are on.
    fn hosts(&self) -> Vec<Name<'static>> {
        let target = |cached: &Cached| match &cached.record.rdata {
            RData::SRV(place) => Some(place.target.clone()),
            _ => None,
        };
        self.cache.iter().filter_map(target).collect()
    }

    fn newest(&self, name: &Name<'_>, kind: TYPE) -> Option<&Record> {
        let of = self
            .cache
            .iter()
            .filter(|cached| cached.record.name == *name && cached.record.rdata.type_code() == kind);
        of.max_by_key(|cached| cached.received).map(|cached| &cached.record)
    }

    fn service(&self, instance: &Name<'static>) -> Option<PrinterService> {
        let RData::SRV(place) = &self.newest(instance, TYPE::SRV)?.rdata else { return None };
        let RData::TXT(text) = &self.newest(instance, TYPE::TXT)?.rdata else { return None };
        let RData::A(address) = &self.newest(&place.target, TYPE::A)?.rdata else { return None };
        // Port 0 says: the name is taken, the service is not there.
        if place.port == 0 {
            return None;
        }
        let txt: Vec<(String, String)> = text
            .iter_raw()
            .map(|(key, value)| {
                let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
                (text(key), text(value.unwrap_or_default()))
            })
            .collect();
        let value = |key: &str| {
            txt.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value.clone())
        };
        Some(PrinterService {
            instance: split_first(instance)?.0,
            host: host_text(&place.target),
            address: Ipv4Addr::from_bits(address.address),
            port: place.port,
            rp: value("rp").unwrap_or_default().trim_start_matches('/').to_owned(),
            uuid: value("UUID").filter(|uuid| !uuid.is_empty()),
            txt,
        })
    }

    /// Questions for what is still missing of instances that are known to be.
    fn missing(&self) -> Vec<Question<'static>> {
        let mut questions = Vec::new();
        for instance in self.instances() {
            match self.newest(instance, TYPE::SRV).map(|record| &record.rdata) {
                Some(RData::SRV(place)) if self.newest(&place.target, TYPE::A).is_none() => {
                    questions.push(question(&place.target, TYPE::A, false));
                }
                Some(_) => {}
                None => questions.push(question(instance, TYPE::SRV, false)),
            }
            if self.newest(instance, TYPE::TXT).is_none() {
                questions.push(question(instance, TYPE::TXT, false));
            }
        }
        questions
    }

    fn send(&mut self, mut questions: Vec<Question<'static>>, now: Timestamp) {
        // What does not fit is asked for the next time.
        questions.truncate(20);
        if questions.is_empty() {
            return;
        }
        let mut packet = Packet::new_query(0);
        let asks_all = questions.iter().any(|question| question.qname == self.kind);
        packet.questions = questions;
        if asks_all {
            packet.answers =
                self.cache.iter().filter_map(|cached| cached.as_known(&self.kind, now)).collect();
        }
        let mut message = packet.build_bytes_vec_compressed().unwrap_or_default();
        while message.len() > LONGEST_MESSAGE && !packet.answers.is_empty() {
            packet.answers.truncate(packet.answers.len() / 2);
            message = packet.build_bytes_vec_compressed().unwrap_or_default();
        }
        self.to_send.push_back((Destination::Everybody, message));
    }
}

impl Asking {
    fn due(&self, now: Timestamp) -> bool {
        self.next.is_some_and(|next| now >= next)
    }

    fn again(&mut self, now: Timestamp) {
        self.next = Some(now + self.pause);
        self.pause = self.pause.saturating_mul(2).min(LONGEST_PAUSE);
    }
}

impl Cached {
    fn refresh_at(&self) -> Option<Timestamp> {
        let percent = REFRESH.get(self.refreshed)?;
        Some(self.received + self.end.saturating_since(self.received) * *percent / 100)
    }

    /// The record as a known answer, while more than half of its life is left (RFC 6762, section 7.1).
    fn as_known(&self, kind: &Name<'_>, now: Timestamp) -> Option<Record> {
        let left = self.end.saturating_since(now).as_secs();
        let ttl = u32::try_from(left).unwrap_or(u32::MAX);
        let known = self.record.name == *kind && ttl > self.record.ttl / 2;
        known.then(|| Record { ttl, cache_flush: false, ..self.record.clone() })
    }
}

fn question(name: &Name<'static>, kind: TYPE, to_us: bool) -> Question<'static> {
    Question::new(name.clone(), kind.into(), QCLASS::CLASS(CLASS::IN), to_us)
}
