//! The records that announce a host's services.

use core::net::Ipv4Addr;

use simple_dns::rdata::{A, NSEC, PTR, RData, SRV, TXT};
use simple_dns::{CLASS, Name, Packet, TYPE};

use super::{LONGEST_MESSAGE, Record, dotted, name};

/// How long others may remember where a host is, in seconds (RFC 6762, section 10).
const HOST_TTL: u32 = 120;

/// How long others may remember anything else, in seconds.
const OTHER_TTL: u32 = 4500;

/// A service of a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its type: `_ipp._tcp`.
    pub kind: &'static str,
    /// Its subtypes: `_print`.
    pub subtypes: Vec<&'static str>,
    /// Its port. 0 says that the name is this host's, and that the service is not served (RFC 6763, section 8).
    pub port: u16,
    /// What it says of itself: keys and values, in order. A pair above 255 octets is left out.
    pub txt: Vec<(String, String)>,
}

/// What a host announces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// The name that people read, the same for all services: 63 octets at most, what is longer is cut.
    pub instance: String,
    /// The host's name without `.local`, one label.
    pub host: String,
    /// The services.
    pub services: Vec<Service>,
}

/// The announcement's records, with the names it goes by.
#[derive(Clone, Debug)]
pub(super) struct Records {
    /// Others have such records too: types and what instances there are.
    pub(super) shared: Vec<Record>,
    /// Nobody else may have records of these names: where the host and each instance is. NSEC is not among them.
    pub(super) unique: Vec<Record>,
}

impl Records {
    pub(super) fn new(announcement: &Announcement, address: Ipv4Addr) -> Records {
        let host = name([announcement.host.as_str(), "local"]);
        let mut shared = Vec::new();
        let mut unique = Vec::new();
        let own = |owner: &Name<'static>, ttl, data| {
            Record::new(owner.clone(), CLASS::IN, ttl, data).with_cache_flush(true)
        };
        let pointer = |owner: Name<'static>, to: &Name<'static>| {
            Record::new(owner, CLASS::IN, OTHER_TTL, RData::PTR(PTR(to.clone())))
        };
        for service in &announcement.services {
            let kind = dotted(&format!("{}.local", service.kind));
            let labels = [announcement.instance.as_str()].into_iter().chain(service.kind.split('.'));
            let instance = name(labels.chain(["local"]));
            shared.push(pointer(kind.clone(), &instance));
            for subtype in &service.subtypes {
                shared.push(pointer(dotted(&format!("{subtype}._sub.{}.local", service.kind)), &instance));
            }
            shared.push(pointer(dotted("_services._dns-sd._udp.local"), &kind));
            let place = SRV { priority: 0, weight: 0, port: service.port, target: host.clone() };
            unique.push(own(&instance, HOST_TTL, RData::SRV(place)));
            unique.push(own(&instance, OTHER_TTL, RData::TXT(txt(&service.txt))));
        }
        unique.push(own(&host, HOST_TTL, RData::A(A { address: address.to_bits() })));
        let [a, b, c, d] = address.octets();
        let reverse = dotted(&format!("{d}.{c}.{b}.{a}.in-addr.arpa"));
        unique.push(own(&reverse, HOST_TTL, RData::PTR(PTR(host))));
        Records { shared, unique }
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Record> {
        self.shared.iter().chain(&self.unique)
    }

    /// Whether a name is ours alone.
    pub(super) fn owns(&self, name: &Name<'_>) -> bool {
        self.unique.iter().any(|record| record.name == *name)
    }

    /// Says that a name of ours has records of these types only (RFC 6762, section 6.1).
    pub(super) fn no_others(&self, name: &Name<'_>) -> Option<Record> {
        let own: Vec<&Record> = self.unique.iter().filter(|record| record.name == *name).collect();
        let first = own.first()?;
        let types: Vec<TYPE> = own.iter().map(|record| record.rdata.type_code()).collect();
        let data = RData::NSEC(NSEC::from_types(first.name.clone(), &types));
        Some(Record::new(first.name.clone(), CLASS::IN, HOST_TTL, data).with_cache_flush(true))
    }
}

/// A record's data without compression, to compare (RFC 6762, section 8.2): class, type, data.
pub(super) fn comparable(record: &simple_dns::ResourceRecord<'_>) -> (u16, u16, Vec<u8>) {
    let mut alone = Packet::new_reply(0);
    alone.answers.push(simple_dns::ResourceRecord::new(
        Name::new_with_labels(&[]),
        record.class,
        0,
        record.rdata.clone(),
    ));
    // Header, the root's name, type, class, lifetime, length; then the data.
    let octets = alone.build_bytes_vec().unwrap_or_default();
    let data = octets.get(12 + 1 + 10..).unwrap_or_default().to_vec();
    (record.class.into(), record.rdata.type_code().into(), data)
}

/// Responses with these answers, as many as it takes for each to fit into a frame.
pub(super) fn responses(answers: &[Record], additional: &[Record]) -> Vec<Vec<u8>> {
    let mut packet = Packet::new_reply(0);
    packet.set_flags(simple_dns::PacketFlag::AUTHORITATIVE_ANSWER);
    packet.answers = answers.to_vec();
    packet.additional_records = additional.to_vec();
    let built = packet.build_bytes_vec_compressed().unwrap_or_default();
    if built.len() <= LONGEST_MESSAGE {
        return vec![built];
    }
    if !additional.is_empty() {
        return responses(answers, &[]);
    }
    match answers.split_at(answers.len() / 2) {
        ([], _) => Vec::new(),
        (one, two) => [responses(one, &[]), responses(two, &[])].concat(),
    }
}

fn txt(pairs: &[(String, String)]) -> TXT<'static> {
    let mut txt = TXT::new();
    for (key, value) in pairs {
        // What does not fit is left out: see `Service::txt`.
        let _ = txt.add_attribute(key, Some(value.as_bytes()));
    }
    if pairs.is_empty() {
        // RFC 6763, section 6.1: a record that says nothing has one empty string.
        let _ = txt.add_string("");
    }
    txt
}
