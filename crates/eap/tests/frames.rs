//! Frames as stock programs send them, taken apart and put together again.

use keyway_eap::MethodId;
use keyway_eap::eapol::{Frame, FrameType, Version};
use keyway_eap::packet::{Body, Packet};
use keyway_eap::wsc_frame::WscFrame;
use keyway_wsc::session::OpCode;

/// The head of an M1 that wpa_supplicant sent, observed on a cable. The message itself follows.
const M1_HEAD: [u8; 22] = [
    0x01, 0x00, 0x01, 0x78, // EAPOL version 1, EAP, 376 octets
    0x02, 0x01, 0x01, 0x78, // response 1, 376 octets
    0xfe, 0x00, 0x37, 0x2a, 0x00, 0x00, 0x00, 0x01, // expanded type: WFA, WSC
    0x04, 0x00, // WSC_MSG, no flags
    0x10, 0x4a, 0x00, 0x01, // the first attribute: Version, one octet
];

#[test]
fn the_head_of_a_real_m1() {
    let mut bytes = M1_HEAD.to_vec();
    bytes.resize(4 + 0x178, 0);
    let frame = Frame::parse(&bytes).unwrap();
    assert_eq!((frame.version, frame.kind, frame.body.len()), (Version::V1, FrameType::EAP, 0x178));
    let Ok(Packet::Response { identifier: 1, body }) = Packet::parse(frame.body) else { panic!("{frame:?}") };
    assert_eq!((body.method(), body.is_expanded()), (MethodId::WSC, true));
    let payload = WscFrame::parse(body.data()).unwrap();
    assert_eq!(payload, WscFrame::whole(OpCode::Message, &bytes[18..]));
    assert_eq!(payload.data.len(), 0x178 - 14);

    let payload = payload.encode();
    let packet = Packet::Response { identifier: 1, body: Body::new(MethodId::WSC, &payload) };
    let packet = packet.encode().unwrap();
    let frame = Frame { version: Version::V1, kind: FrameType::EAP, body: &packet };
    assert_eq!(frame.encode().unwrap(), bytes);
}

#[test]
fn a_padded_frame_is_the_same_frame() {
    let start = [2, 0, 0, 14, 1, 2, 0, 14, 0xfe, 0, 0x37, 0x2a, 0, 0, 0, 1, 1, 0];
    let mut padded = start.to_vec();
    padded.resize(46, 0);
    assert_eq!(Frame::parse(&padded), Frame::parse(&start));
}
