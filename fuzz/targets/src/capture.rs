//! Capture files: whatever is in one, it is explained, or named as none.

use keyway_eap::packet::{Body, Packet};
use keyway_eap::wsc_frame::WscFrame;
use keyway_eap::{MethodId, eapol};
use keyway_explain::{Explainer, explain};

use crate::handshake;

/// Explains the file whole and in two pieces, which must be the same story, fit for a terminal.
pub(crate) fn captures(input: &[u8]) {
    let whole = explain(input);
    let (first, second) = input.split_at(input.len() / 2);
    let mut explainer = Explainer::new();
    explainer.push(first);
    explainer.push(second);
    match (whole, explainer.finish()) {
        (Ok(whole), Ok(pieces)) => {
            let words = whole.words(true).to_string();
            assert_eq!(words, pieces.words(true).to_string());
            assert!(words.chars().all(|c| c == '\n' || !c.is_control()), "{words:?}");
        }
        (whole, pieces) => {
            let error = whole.expect_err("pieces are an error");
            assert_eq!(Some(error), pieces.err());
            assert!(error.offset <= input.len() as u64, "{error}");
        }
    }
}

/// Every scenario as a classic file and as pcapng.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let frames: Vec<Vec<Vec<u8>>> = handshake::registrations()
        .into_iter()
        .map(|messages| {
            let both = messages.iter().enumerate();
            both.map(|(at, message)| frame(at, &WscFrame::whole(message.op_code, &message.bytes))).collect()
        })
        .collect();
    frames.iter().flat_map(|frames| [classic(frames), pcapng(frames)]).collect()
}

/// An Ethernet frame; the enrollee, which is the station, begins.
fn frame(at: usize, wsc: &WscFrame<'_>) -> Vec<u8> {
    const STATION: [u8; 6] = [2, 0, 0, 0, 0, 1];
    const ROUTER: [u8; 6] = [2, 0, 0, 0, 0, 2];
    let data = wsc.encode();
    let (body, identifier) = (Body::new(MethodId::WSC, &data), (at / 2) as u8);
    let (to, from, packet) = match at % 2 {
        0 => (ROUTER, STATION, Packet::Response { identifier, body }),
        _ => (STATION, ROUTER, Packet::Request { identifier, body }),
    };
    let packet = packet.encode().expect("messages are short");
    let frame = eapol::Frame { version: eapol::Version::V1, kind: eapol::FrameType::EAP, body: &packet };
    [&to[..], &from, &[0x88, 0x8e], &frame.encode().expect("packets are short")].concat()
}

fn word(value: usize) -> [u8; 4] {
    u32::try_from(value).expect("frames are short").to_le_bytes()
}

fn classic(frames: &[Vec<u8>]) -> Vec<u8> {
    let mut file = [word(0xa1b2_c3d4), [2, 0, 4, 0], word(0), word(0), word(65_535), word(1)].concat();
    for (at, frame) in frames.iter().enumerate() {
        file.extend([word(at), word(0), word(frame.len()), word(frame.len())].concat());
        file.extend(frame);
    }
    file
}

fn pcapng(frames: &[Vec<u8>]) -> Vec<u8> {
    let block = |kind: usize, body: &[u8]| {
        let length = word(body.len() + 12);
        [&word(kind)[..], &length, body, &length].concat()
    };
    let mut file = block(0x0a0d_0d0a, &[&word(0x1a2b_3c4d)[..], &word(1), &[0xff; 8]].concat());
    file.extend(block(1, &[word(1), word(0)].concat()));
    for (at, frame) in frames.iter().enumerate() {
        let length = word(frame.len());
        let mut body = [word(0), word(0), word(at * 1_000_000), length, length].concat();
        body.extend(frame);
        body.resize(body.len().next_multiple_of(4), 0);
        file.extend(block(6, &body));
    }
    file
}
