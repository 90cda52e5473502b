//! Parsers of the link: EAPOL frames and EAP packets.
//!
//! Beside "it does not panic", each target states the promise of a codec: what was parsed encodes to octets
//! that parse to the same value again.

use keyway_eap::MethodId;
use keyway_eap::eapol::Frame;
use keyway_eap::packet::{Body, Packet};

pub(crate) fn eapol(input: &[u8]) {
    let Ok(frame) = Frame::parse(input) else { return };
    let encoded = frame.encode().expect("what came in one frame fits one frame");
    assert_eq!(Frame::parse(&encoded), Ok(frame));
}

pub(crate) fn eapol_seeds() -> Vec<Vec<u8>> {
    let mut seeds = vec![vec![1, 1, 0, 0], vec![2, 2, 0, 0]];
    seeds.extend(eap_packet_seeds().into_iter().map(|packet| {
        let length = u16::try_from(packet.len()).expect("seeds are short").to_be_bytes();
        [&[1, 0], &length[..], &packet].concat()
    }));
    seeds
}

pub(crate) fn eap_packet(input: &[u8]) {
    let Ok(packet) = Packet::parse(input) else { return };
    let encoded = packet.encode().expect("what came in one packet fits one packet");
    assert_eq!(Packet::parse(&encoded), Ok(packet));
    if let Packet::Request { body, .. } = packet {
        let refusal = body.refusal(MethodId::WSC);
        assert!(refusal.body().alternatives().count() <= 1);
    }
    if let Packet::Request { body, .. } | Packet::Response { body, .. } = packet {
        assert!(body.alternatives().count() <= body.data().len());
    }
}

pub(crate) fn eap_packet_seeds() -> Vec<Vec<u8>> {
    let identity = b"WFA-SimpleConfig-Enrollee-1-0";
    [
        Packet::Request { identifier: 1, body: Body::new(MethodId::IDENTITY, b"") },
        Packet::Response { identifier: 1, body: Body::new(MethodId::IDENTITY, identity) },
        Packet::Request { identifier: 2, body: Body::new(MethodId::WSC, &[1, 0]) },
        Packet::Response {
            identifier: 2,
            body: Body::new(MethodId::WSC, &[4, 3, 1, 0x78, 0x10, 0x4a, 0, 1, 0x10]),
        },
        Packet::Response { identifier: 3, body: Body::new(MethodId::NAK, &[254, 13]) },
        Packet::Response { identifier: 3, body: Body::expanded(MethodId::NAK, &MethodId::WSC.to_expanded()) },
        Packet::Failure { identifier: 9 },
        Packet::Success { identifier: 9 },
    ]
    .iter()
    .map(|packet| packet.encode().expect("seeds are short"))
    .collect()
}
