//! Published handshakes, octet for octet.

use super::super::association::{check, open};
use super::super::keys::Ptk;
use super::*;
use crate::testing::Vector;
use keyway_eap::eapol::Version;
use keyway_wsc::{NetworkKey, Ssid};
use proptest::prelude::*;

/// The whole RSN element in message 2.
fn rsn_of(message2: &[u8]) -> Vec<u8> {
    KeyFrame::parse(message2).unwrap().key_data
}

/// The whole RSN element in message 3.
fn rsn_in(ptk: &Ptk, message3: &[u8]) -> Vec<u8> {
    open(ptk, &KeyFrame::parse(message3).unwrap()).unwrap().rsn.unwrap()
}

/// A source that gives one value.
struct One([u8; 32]);

impl Entropy for One {
    fn fill(&mut self, draw: Draw, out: &mut [u8]) -> Result<(), EntropyError> {
        assert_eq!(draw, Draw::SupplicantNonce);
        out.copy_from_slice(&self.0);
        Ok(())
    }
}

fn whole(vector: &Vector, version: Version, group_handshake: bool) {
    let message2 = KeyFrame::parse(&vector.get("message-2")).unwrap();
    let message1 = KeyFrame::parse(&vector.get("message-1")).unwrap();
    let pmk = Pmk::new(vector.array("psk"));
    let [authenticator, supplicant] =
        ["authenticator.mac", "supplicant.mac"].map(|name| MacAddr(vector.array(name)));
    let ptk = Ptk::derive(
        KeyManagement::Psk,
        &pmk,
        [authenticator, supplicant],
        [&message1.nonce, &message2.nonce],
    );
    for message in ["message-2", "message-3", "message-4"] {
        let bytes = vector.get(message);
        assert_eq!(check(&ptk, &KeyFrame::parse(&bytes).unwrap(), &bytes), Ok(()), "{message}");
    }
    let association = Association {
        akm: KeyManagement::Psk,
        pmk,
        authenticator,
        supplicant,
        authenticator_rsn: rsn_in(&ptk, &vector.get("message-3")),
        supplicant_rsn: rsn_of(&vector.get("message-2")),
        protects_management: false,
    };
    let mut station = Supplicant::new(association, Timestamp::ZERO).with_version(version);
    let mut nonce = One(message2.nonce);
    station.handle_frame(&vector.get("message-1"), false, &mut nonce);
    assert_eq!(next_frame(|| station.poll_output()), (vector.get("message-2"), false));
    station.handle_frame(&vector.get("message-3"), false, &mut nonce);
    let outputs = drain(|| station.poll_output());
    assert_eq!(outputs[0], Output::Send { frame: vector.get("message-4"), protected: false });
    assert!(matches!(outputs[1..], [Output::InstallPairwise(_), Output::InstallGroup(_), Output::Opened]));
    if group_handshake {
        station.handle_frame(&vector.get("group-1"), true, &mut nonce);
        let outputs = drain(|| station.poll_output());
        assert_eq!(outputs[0], Output::Send { frame: vector.get("group-2"), protected: true });
    }
}

#[test]
fn handshakes_of_stock_programs() {
    let vector = Vector::read(include_str!("../../../../../vectors/wifi/handshake.txt"));
    let key = NetworkKey::new(&vector.get("passphrase")).unwrap();
    let pmk = Pmk::derive(&key, &Ssid::new(&vector.get("ssid")).unwrap());
    assert_eq!(pmk.expose()[..], vector.get("psk"));
    whole(&vector, Version::V2, true);
    let vector = Vector::read(include_str!("../../../../../vectors/wifi/handshake-2.txt"));
    whole(&vector, Version::V1, false);
}

#[test]
fn key_frames_are_read_and_written_alike() {
    let vector = Vector::read(include_str!("../../../../../vectors/wifi/handshake.txt"));
    for name in ["message-1", "message-2", "message-3", "message-4", "group-1", "group-2"] {
        let bytes = vector.get(name);
        let frame = KeyFrame::parse(&bytes).unwrap();
        assert_eq!(frame.encode(), bytes);
        assert_eq!(KeyFrame::parse(&[&bytes[..], &[0; 20]].concat()), Ok(frame), "padding");
        for length in 0..bytes.len() {
            let error = KeyFrame::parse(&bytes[..length]).unwrap_err();
            assert!(error.offset <= length, "{error}");
        }
    }
    assert!(KeyFrame::parse(&[1, 0, 0, 0]).is_err(), "an EAP frame");
}

proptest! {
    #[test]
    fn key_frames_come_back(
        information in any::<u16>(),
        replay_counter in any::<u64>(),
        nonce in any::<[u8; 32]>(),
        mic in any::<[u8; 16]>(),
        rsc in any::<[u8; 8]>(),
        key_data in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let frame = KeyFrame {
            nonce, mic, rsc, key_data, key_length: 16, iv: [3; 16], reserved: [4; 8], descriptor: 254,
            ..KeyFrame::new(KeyInformation(information), replay_counter)
        };
        prop_assert_eq!(KeyFrame::parse(&frame.encode()), Ok(frame));
    }
}
