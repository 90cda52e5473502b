//! What a kernel says over netlink, and what is asked of it.
//!
//! Beside "it does not panic": what was read can be written and read again; nothing is read that was not there; and what
//! the builders of requests write, the reader gives back attribute by attribute.

use keyway_eap::Timestamp;
use keyway_nl80211::answer::{Interface, KeySequence, Regulations, ScanEnd, ScanResult, StationInfo, Wiphy};
use keyway_nl80211::event::{Event, Told};
use keyway_nl80211::generic::{Family, Generic};
use keyway_nl80211::netlink::{Attributes, Body, Messages};
use keyway_wifi::network::Network;

use crate::vectors;

/// A datagram, or, so that damage to the netlink header does not hide the rest, what follows such a header.
pub(crate) fn kernel_messages(input: &[u8]) {
    let mut read = 0;
    for message in Messages::new(input) {
        read += HEADER;
        match message.body {
            Body::Data { family, payload } => {
                assert!(family >= 16, "{family} is netlink's own");
                read += payload.len();
                content(payload);
            }
            Body::Error(refusal) => {
                assert!(refusal.message.is_none_or(|words| !words.contains('\0')));
            }
            Body::Done(_) | Body::Other => {}
        }
    }
    assert!(read <= input.len(), "more was read than there is");
    content(input);
}

/// Reads it as everything that it may be.
fn content(payload: &[u8]) {
    let Some(message) = Generic::parse(payload) else { return };
    attributes(&payload[4..], 0);
    let end = ScanEnd::parse(&message);
    let result = ScanResult::parse(&message);
    let told = Told::parse(&message);
    assert!(end.is_none() || result.is_none(), "a scan's result is not its end");
    if let Some(Told { event: Event::ScanEnd(complete), .. }) = &told {
        assert_eq!(end.map(|end| end.is_complete), Some(*complete));
    }
    if let Some(result) = result {
        scan_result(&result);
    }
    if let Some(KeySequence(number)) = KeySequence::parse(&message) {
        assert!(number < 1 << 48, "a packet number has 48 bits");
    }
    let mut radio = Wiphy::default();
    if radio.absorb(&message) {
        let _ = radio.has_control_port();
        assert!(radio.frequencies.len() * 8 <= payload.len());
    } else {
        assert_eq!(radio, Wiphy::default());
    }
    let _ = Family::parse(&message).and_then(|family| family.group("scan"));
    let _ = (Interface::parse(&message), Regulations::parse(&message), StationInfo::parse(&message));
}

/// Written again, attributes read the same; those inside them too, as deep as messages are nested.
fn attributes(bytes: &[u8], depth: u8) {
    let list: Vec<_> = Attributes::new(bytes).collect();
    let mut written = Vec::new();
    for attribute in &list {
        let length = u16::try_from(4 + attribute.value.len()).expect("it was read from two octets");
        written.extend([length.to_ne_bytes(), attribute.kind.to_ne_bytes()].concat());
        written.extend(attribute.value);
        written.resize(written.len().next_multiple_of(4), 0);
        let value = attribute.value;
        assert_eq!(attribute.u32().map(u32::to_ne_bytes).as_ref().map(<[u8; 4]>::as_slice), whole(value, 4));
        assert_eq!(attribute.mac().map(|mac| mac.0.to_vec()).as_deref(), whole(value, 6));
        assert!(!attribute.text().contains('\0'));
        if depth < DEEPEST {
            attributes(value, depth + 1);
        }
    }
    assert!(Attributes::new(&written).eq(list));
    assert!(written.len() < bytes.len() + 4, "more was read than there is");
}

fn whole(value: &[u8], length: usize) -> Option<&[u8]> {
    (value.len() == length).then_some(value)
}

/// What a station makes of it.
fn scan_result(result: &ScanResult) {
    let sightings = result.sightings(None);
    let known = 1 + usize::from(result.is_probe_response && result.beacon_elements.is_some());
    assert!(sightings.len() <= known);
    assert!(sightings.is_sorted_by_key(|sighting| sighting.beacon.timestamp), "the newest comes last");
    for sighting in sightings {
        assert_eq!(sighting.bssid, result.bssid);
        assert_eq!(u32::from(sighting.channel.frequency()), result.mhz);
        let elements = sighting.beacon.elements.as_bytes();
        assert!(elements == result.elements || Some(elements) == result.beacon_elements.as_deref());
        if let Some(network) = Network::new(&sighting, Timestamp::ZERO) {
            assert_eq!(network.bssid, result.bssid);
            assert!(!network.security_words().is_empty());
        }
    }
}

/// Everything that was captured, and each as the datagram in which it came.
pub(crate) fn message_seeds() -> Vec<Vec<u8>> {
    let payloads = vectors::kernel();
    let datagrams: Vec<Vec<u8>> = payloads.iter().map(|payload| datagram(32, 0, payload)).collect();
    let refusal =
        [&(-16i32).to_ne_bytes()[..], &[0; 16], &[8, 0, 1, 0], b"Busy", &[8, 0, 2, 0, 36, 0, 0, 0]].concat();
    let mut seeds = vec![datagram(2, 0x300, &refusal), datagram(3, 2, &[0; 4])];
    seeds.push([&datagrams[0][..], &seeds[1]].concat());
    seeds.extend(payloads);
    seeds.extend(datagrams);
    seeds
}

/// A netlink message: its type, flags and content.
fn datagram(kind: u16, flags: u16, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(HEADER + payload.len()).expect("seeds are short");
    let mut message = length.to_ne_bytes().to_vec();
    message.extend([kind.to_ne_bytes(), flags.to_ne_bytes()].concat());
    message.extend([7u32.to_ne_bytes(), 0u32.to_ne_bytes()].concat());
    message.extend(payload);
    message.resize(message.len().next_multiple_of(4), 0);
    message
}

/// A netlink header.
const HEADER: usize = 16;
/// Groups of a family, frequencies of a band: three levels below the message, and one more.
const DEEPEST: u8 = 4;
