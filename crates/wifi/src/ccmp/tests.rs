use super::*;
use crate::frame::{Data, Farewell, Management, ManagementBody, ReasonCode, SaQuery};
use crate::testing::Vector;
use keyway_wsc::{MacAddr, SecretBytes};
use proptest::prelude::*;
use std::format;
use std::vec;

const BSSID: MacAddr = MacAddr([2, 0, 0, 0, 0, 1]);
const STATION: MacAddr = MacAddr([2, 0, 0, 0, 0, 2]);

fn vector() -> Vector {
    Vector::read(include_str!("../../../../vectors/wifi/frames.txt"))
}

fn temporal(octets: [u8; 16]) -> TemporalKey {
    TemporalKey::new(octets)
}

fn group_key(id: u8, packet_number: u64) -> GroupKey {
    GroupKey { id, key: SecretBytes::new(vec![7; 16]), packet_number }
}

fn pair() -> (Sealer, Opener) {
    (Sealer::new(&temporal([5; 16])), Opener::new(&temporal([5; 16])))
}

fn data(tid: Option<u8>, payload: &[u8]) -> Vec<u8> {
    let data = Data::from_station(STATION, BSSID, MacAddr([2, 0, 0, 0, 0, 3]), payload.to_vec());
    tid.map_or(data.clone(), |tid| data.with_qos(tid)).encode()
}

fn management() -> Vec<u8> {
    let query = SaQuery { is_response: false, transaction: [1, 2] }.to_action();
    Management::new(BSSID, STATION, BSSID, ManagementBody::Action(query)).encode()
}

fn farewell(destination: MacAddr) -> Vec<u8> {
    let body = ManagementBody::Deauthentication(Farewell::from(ReasonCode::LEAVING));
    Management::new(destination, BSSID, BSSID, body).encode()
}

#[test]
fn published_numbers() {
    let vector = vector();
    for name in ["data", "deauthentication"] {
        let value = |part: &str| vector.get(&format!("{name}.{part}"));
        let key = temporal(vector.array(&format!("{name}.key")));
        let number = number_of(vector.array(&format!("{name}.packet-number")));
        let mut sealer = Sealer { packet_number: number - 1, ..Sealer::new(&key) };
        assert_eq!(sealer.seal(&value("plain")), Ok(value("sealed")), "{name}");
        assert_eq!(sealer.packet_number(), number);

        let mut opener = Opener::new(&key);
        let mut plain = value("plain");
        set_protected(&mut plain, false);
        assert_eq!(opener.open(&value("sealed")), Ok(plain), "{name}");
        assert_eq!(opener.open(&value("sealed")), Err(OpenError::Replayed), "{name}");
    }
}

#[test]
fn published_numbers_for_groups() {
    let vector = vector();
    let number = number_of(vector.array("group.packet-number"));
    let key =
        |packet_number| GroupKey { id: 4, key: SecretBytes::new(vector.get("group.key")), packet_number };
    let mut signer = GroupSigner::new(&key(number - 1)).unwrap();
    assert_eq!(signer.sign(&vector.get("group.plain")), Ok(vector.get("group.sealed")));
    assert_eq!(signer.packet_number(), number);
    let mut verifier = GroupVerifier::new(&key(number - 1)).unwrap();
    assert_eq!(verifier.verify(&vector.get("group.sealed")), Ok(()));
    assert_eq!(verifier.verify(&vector.get("group.sealed")), Err(OpenError::Replayed));
    assert_eq!(verifier.verify(&vector.get("group.plain")), Err(OpenError::NotProtected));
}

#[test]
fn each_traffic_has_its_own_replay_counter() {
    let (mut sealer, mut opener) = pair();
    let frames: Vec<_> = [data(None, b"a"), data(Some(5), b"b"), management(), data(Some(15), b"c")]
        .iter()
        .map(|frame| sealer.seal(frame).unwrap())
        .collect();
    for frame in frames.iter().rev() {
        opener.open(frame).unwrap();
    }
    for frame in &frames {
        assert_eq!(opener.open(frame), Err(OpenError::Replayed));
    }
    // Frames without QoS share a counter with traffic identifier 0.
    let [first, second] = [data(Some(0), b"a"), data(None, b"b")].map(|frame| sealer.seal(&frame).unwrap());
    opener.open(&second).unwrap();
    assert_eq!(opener.open(&first), Err(OpenError::Replayed));
}

#[test]
fn a_repetition_is_sealed_alike() {
    let (mut sealer, mut opener) = pair();
    for frame in [data(None, b"x"), data(Some(3), b"x"), management()] {
        let mut sealed = sealer.seal(&frame).unwrap();
        // Retry, power management, more data; the duration; the sequence number.
        sealed[1] |= 0x38;
        sealed[2] ^= 0xff;
        sealed[23] ^= 0x5a;
        assert!(opener.open(&sealed).is_ok());
    }
}

#[test]
fn keys_are_told_apart_by_their_identifiers() {
    let mut first = Sealer::for_group(&group_key(1, 0)).unwrap();
    let mut other = Opener::for_group(&group_key(2, 0)).unwrap();
    let sealed = first.seal(&data(None, b"x")).unwrap();
    assert_eq!(key_id(&sealed), Some(1));
    assert_eq!(key_id(&data(None, b"xxxxxxxx")), None);
    assert_eq!(other.open(&sealed), Err(OpenError::OtherKey(1)));
    assert_eq!(other.open(&data(None, b"x")), Err(OpenError::NotProtected));

    let signed = GroupSigner::new(&group_key(4, 0)).unwrap().sign(&farewell(MacAddr::BROADCAST)).unwrap();
    let mut other = GroupVerifier::new(&group_key(5, 0)).unwrap();
    assert_eq!(other.verify(&signed), Err(OpenError::OtherKey(4)));

    for id in 0..8 {
        let key = group_key(id, 0);
        let is_data = (1..=3).contains(&id);
        assert_eq!(
            (Sealer::for_group(&key).is_some(), Opener::for_group(&key).is_some()),
            (is_data, is_data)
        );
        let is_management = matches!(id, 4 | 5);
        assert_eq!(GroupSigner::new(&key).is_some(), is_management);
        assert_eq!(GroupVerifier::new(&key).is_some(), is_management);
    }
    for length in [0, 15, 17, 32] {
        let key = |id| GroupKey { key: SecretBytes::new(vec![7; length]), ..group_key(id, 0) };
        assert!(Sealer::for_group(&key(1)).is_none() && Opener::for_group(&key(1)).is_none());
        assert!(GroupSigner::new(&key(4)).is_none() && GroupVerifier::new(&key(4)).is_none());
    }
}

#[test]
fn a_key_ends_with_its_packet_numbers() {
    let mut sealer = Sealer::for_group(&group_key(1, MAX_PACKET_NUMBER - 1)).unwrap();
    sealer.seal(&data(None, b"x")).unwrap();
    assert_eq!(sealer.seal(&data(None, b"x")), Err(SealError::Exhausted));
    assert_eq!(sealer.packet_number(), MAX_PACKET_NUMBER);
    let mut signer = GroupSigner::new(&group_key(4, MAX_PACKET_NUMBER)).unwrap();
    assert_eq!(signer.sign(&farewell(MacAddr::BROADCAST)), Err(SealError::Exhausted));
}

#[test]
fn a_group_key_is_received_from_where_it_stands() {
    let mut sealer = Sealer::for_group(&group_key(2, 0)).unwrap();
    let mut opener = Opener::for_group(&group_key(2, 3)).unwrap();
    let opened: Vec<bool> =
        (0..5).map(|_| opener.open(&sealer.seal(&data(None, b"x")).unwrap()).is_ok()).collect();
    assert_eq!(opened, [false, false, false, true, true]);
}

#[test]
fn frames_that_cannot_be_protected() {
    let (mut sealer, mut opener) = pair();
    let acknowledgement = [0xd4, 0, 0, 0, 2, 0, 0, 0, 0, 1];
    let null = [&[0x48, 0][..], &[0; 22]].concat();
    for frame in [&acknowledgement[..], &null, &[], &[0x08], &data(None, b"")[..23], &[0x09; 40]] {
        assert_eq!(sealer.seal(frame), Err(SealError::Malformed), "{frame:?}");
        assert_eq!(opener.open(frame), Err(OpenError::Malformed), "{frame:?}");
    }
    assert_eq!(sealer.packet_number(), 0, "no packet number is used up");
    let sealed = sealer.seal(&data(None, b"")).unwrap();
    for length in 0..sealed.len() {
        assert_eq!(opener.open(&sealed[..length]), Err(OpenError::Malformed), "{length}");
    }
    assert!(opener.open(&sealed).is_ok());
    let mut verifier = GroupVerifier::new(&group_key(4, 0)).unwrap();
    assert_eq!(verifier.verify(&sealed), Err(OpenError::Malformed));
}

#[test]
fn secrets_do_not_print() {
    let (sealer, opener) = pair();
    let printed = format!("{sealer:?} {opener:?}");
    assert_eq!(printed, "Sealer(key 0 hidden, 0 used) Opener(key 0 hidden)");
}

/// What an octet of a header holds that may differ, as a mask.
fn changeable(at: usize) -> u8 {
    match at {
        1 => 0x38,
        2 | 3 | 23 => 0xff,
        22 => 0xf0,
        _ => 0,
    }
}

proptest! {
    #[test]
    fn what_is_sealed_opens_once(
        payload in prop::collection::vec(any::<u8>(), 0..300),
        tid in prop::option::of(0u8..16),
        key in any::<[u8; 16]>(),
        between in any::<bool>(),
    ) {
        let mut frame = data(tid, &payload);
        if between {
            frame[1] |= 3;
            frame.splice(24..24, STATION.0);
        }
        let mut sealer = Sealer::new(&temporal(key));
        let mut opener = Opener::new(&temporal(key));
        let sealed = sealer.seal(&frame).unwrap();
        prop_assert_eq!(sealed.len(), frame.len() + OVERHEAD);
        prop_assert_eq!(opener.open(&sealed), Ok(frame));
        prop_assert_eq!(opener.open(&sealed), Err(OpenError::Replayed));
    }

    #[test]
    fn a_changed_frame_is_refused(
        at in any::<prop::sample::Index>(),
        change in 1u8..,
        is_management in any::<bool>(),
        payload in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        let (mut sealer, mut opener) = pair();
        let frame = if is_management { management() } else { data(None, &payload) };
        let sealed = sealer.seal(&frame).unwrap();
        let mut changed = sealed.clone();
        let at = at.index(changed.len());
        changed[at] ^= change;
        // Three bits of a data frame's subtype are not authenticated, but the one that adds a QoS control changes the
        // header; a reserved octet, and reserved bits beside the key's identifier, are not authenticated either.
        let header = frame.len().min(24);
        let ignored = match at {
            0 if !is_management => 0x30,
            _ if at == header + 2 => 0xff,
            _ if at == header + 3 => 0x1f,
            _ => changeable(at),
        };
        if change & !ignored != 0 {
            prop_assert!(opener.open(&changed).is_err(), "octet {}", at);
            prop_assert!(opener.open(&sealed).is_ok(), "the true one is not lost by it");
        }
    }

    #[test]
    fn a_changed_frame_to_a_group_is_refused(at in any::<prop::sample::Index>(), change in 1u8..) {
        let mut signer = GroupSigner::new(&group_key(4, 0)).unwrap();
        let mut verifier = GroupVerifier::new(&group_key(4, 0)).unwrap();
        let signed = signer.sign(&farewell(MacAddr::BROADCAST)).unwrap();
        let mut changed = signed.clone();
        let at = at.index(changed.len());
        changed[at] ^= change;
        if change & !(changeable(at) | if at == 22 { 0x0f } else { 0 }) != 0 {
            prop_assert!(verifier.verify(&changed).is_err(), "octet {}", at);
            prop_assert!(verifier.verify(&signed).is_ok(), "the true one is not lost by it");
        }
    }

    #[test]
    fn no_packet_number_is_used_twice(
        lengths in prop::collection::vec(0usize..60, 1..40),
    ) {
        let mut sealer = Sealer::new(&temporal([5; 16]));
        let mut last = 0;
        for length in lengths {
            let frame = &data(Some(1), &[9; 40])[..length];
            if let Ok(sealed) = sealer.seal(frame) {
                let [p0, p1, _, _, p2, p3, p4, p5] = *sealed[26..].first_chunk().unwrap();
                let number = number_of([p5, p4, p3, p2, p1, p0]);
                prop_assert!(number > last);
                last = number;
            }
        }
    }

    #[test]
    fn random_octets_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
        let (mut sealer, mut opener) = pair();
        prop_assert!(opener.open(&bytes).is_err());
        let _ = sealer.seal(&bytes);
        let _ = key_id(&bytes);
        prop_assert!(GroupVerifier::new(&group_key(4, 0)).unwrap().verify(&bytes).is_err());
        let _ = GroupSigner::new(&group_key(4, 0)).unwrap().sign(&bytes);
    }
}
