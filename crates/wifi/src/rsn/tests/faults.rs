//! Wrong passphrases, forged and repeated frames, and what comes of them.

use super::super::association::{Draft, sign};
use super::super::key_data::KeyData;
use super::super::keys::Ptk;
use super::*;
use crate::frame::ReasonCode;
use keyway_eap::eapol::Version;
use proptest::prelude::*;

fn last_discarded(outputs: &[Output]) -> Option<Discarded> {
    match outputs.last() {
        Some(Output::Discarded(reason)) => Some(*reason),
        _ => None,
    }
}

/// Runs both sides and their timers until neither has one, then says the causes: the station's, the access point's.
fn causes(mut pair: Pair) -> [Option<Cause>; 2] {
    loop {
        pair.run();
        let next =
            [pair.access_point.poll_timeout(), pair.station.poll_timeout()].into_iter().flatten().min();
        let Some(now) = next else { return [pair.station.cause(), pair.access_point.cause()] };
        pair.access_point.handle_timeout(&pair.group, now);
        pair.station.handle_timeout(now);
        if let Some(cause) = pair.access_point.cause() {
            pair.station.handle_disconnected(cause.reason());
        }
    }
}

#[test]
fn a_wrong_passphrase_is_named_on_both_sides() {
    for akm in [KeyManagement::Psk, KeyManagement::PskSha256] {
        let pair = Pair::new(association(akm, 1, false), association(akm, 2, false));
        assert_eq!(causes(pair), [Some(Cause::WrongPassphrase); 2]);
    }
}

#[test]
fn an_access_point_that_forgets_to_say_goodbye_is_understood_too() {
    let mut pair =
        Pair::new(association(KeyManagement::Psk, 1, false), association(KeyManagement::Psk, 2, false));
    pair.run();
    let now = pair.access_point.poll_timeout().unwrap();
    pair.access_point.handle_timeout(&pair.group, now);
    pair.run();
    pair.station.handle_timeout(Timestamp::ZERO + Supplicant::PATIENCE);
    assert_eq!(pair.station.cause(), Some(Cause::WrongPassphrase));
}

#[test]
fn silence_has_its_own_cause() {
    let association = association(KeyManagement::Psk, 1, false);
    let mut pair = Pair::new(association.clone(), association);
    while let Some(now) = pair.access_point.poll_timeout() {
        pair.access_point.handle_timeout(&pair.group, now);
    }
    assert_eq!(pair.access_point.cause(), Some(Cause::NoAnswer));
    let sent = drain(|| pair.access_point.poll_output());
    assert_eq!(sent.len(), 5, "four messages and the end");
    pair.station.handle_timeout(Timestamp::from_secs(10));
    assert_eq!(pair.station.cause(), Some(Cause::NoAnswer));
}

#[test]
fn why_the_access_point_sends_away() {
    let answered = || {
        let mut pair = Pair::alike(KeyManagement::Psk, false);
        let down = pair.access_point_sends();
        pair.give_station(&down);
        pair.station
    };
    for (reason, cause) in [
        (ReasonCode::HANDSHAKE_TIMEOUT, Cause::WrongPassphrase),
        (ReasonCode::INVALID_AUTHENTICATION, Cause::WrongPassphrase),
        (ReasonCode::ELEMENT_DIFFERS, Cause::ElementDiffers),
        (ReasonCode::LEAVING, Cause::Disconnected(ReasonCode::LEAVING)),
        (ReasonCode::NO_MORE_STATIONS, Cause::Disconnected(ReasonCode::NO_MORE_STATIONS)),
    ] {
        let mut station = answered();
        station.handle_disconnected(reason);
        assert_eq!(station.cause(), Some(cause));
    }
}

#[test]
fn changed_elements_end_it() {
    for akm in [KeyManagement::Psk, KeyManagement::PskSha256] {
        let good = association(akm, 1, true);
        let downgraded = association(akm, 1, false);
        // Somebody changed the beacon on its way.
        let station = Association { authenticator_rsn: downgraded.authenticator_rsn, ..good.clone() };
        assert_eq!(causes(Pair::new(station, good.clone()))[0], Some(Cause::ElementDiffers));
        // Somebody changed the association request on its way.
        let access_point = Association { supplicant_rsn: downgraded.supplicant_rsn, ..good.clone() };
        assert_eq!(causes(Pair::new(good, access_point))[1], Some(Cause::ElementDiffers));
    }
}

#[test]
fn a_missing_key_for_management_frames_ends_it() {
    let station = association(KeyManagement::PskSha256, 1, true);
    let access_point = Association { protects_management: false, ..station.clone() };
    assert_eq!(causes(Pair::new(station, access_point))[0], Some(Cause::KeyMissing));
}

#[test]
fn without_randomness_nothing_begins() {
    let mut pair = Pair::alike(KeyManagement::Psk, false);
    let down = pair.access_point_sends();
    pair.station.handle_frame(&down, false, &mut Nothing);
    assert_eq!(drain(|| pair.station.poll_output()), [Output::Ended(Cause::NoRandomness)]);
    let association = association(KeyManagement::Psk, 1, false);
    assert!(
        Authenticator::new(association, HandshakeTimers::default(), Timestamp::ZERO, &mut Nothing).is_err()
    );
    assert!(GroupKeys::generate(true, &mut Nothing).is_err());
}

/// The attack known as KRACK: message 3 is repeated to make the station use packet numbers again.
#[test]
fn a_key_is_installed_once() {
    let mut pair = Pair::alike(KeyManagement::PskSha256, true);
    let message1 = pair.access_point_sends();
    pair.give_station(&message1);
    let message2 = pair.station_sends();
    pair.give_access_point(&message2);
    let message3 = pair.access_point_sends();
    pair.give_station(&message3);
    let first = drain(|| pair.station.poll_output());
    assert_eq!(first.len(), 5, "message 4, three keys, and open");

    // The very same frame.
    pair.give_station(&message3);
    assert_eq!(drain(|| pair.station.poll_output()), [Output::Discarded(Discarded::Replayed)]);
    // The access point's own repetition, because message 4 was lost: answered, nothing installed.
    for _ in 0..2 {
        let now = pair.access_point.poll_timeout().unwrap();
        pair.access_point.handle_timeout(&pair.group, now);
        let again = pair.access_point_sends();
        assert_ne!(again, message3);
        pair.give_station(&again);
        let outputs = drain(|| pair.station.poll_output());
        assert!(matches!(outputs[..], [Output::Send { protected: false, .. }]), "{outputs:?}");
    }
    // The old message 1, too.
    pair.give_station(&message1);
    assert_eq!(drain(|| pair.station.poll_output()), [Output::Discarded(Discarded::Replayed)]);
}

/// The pairwise keys of the first handshake of a [`Pair`], computed beside it.
fn ptk_of(message1: &[u8], message2: &[u8], association: &Association) -> Ptk {
    let [anonce, snonce] = [message1, message2].map(|frame| KeyFrame::parse(frame).unwrap().nonce);
    association.ptk(&anonce, &snonce)
}

#[test]
fn the_access_point_can_begin_anew() {
    let association = association(KeyManagement::Psk, 1, false);
    let mut pair = Pair::new(association.clone(), association.clone());
    pair.run();
    // Another handshake, by hand, with greater replay counters.
    let again = KeyFrame { nonce: [0x77; 32], key_length: 16, ..KeyFrame::new(KeyInformation(0x028a), 50) };
    pair.station.handle_frame(&again.encode(), true, &mut pair.numbers);
    let (message2, protected) = next_frame(|| pair.station.poll_output());
    assert!(protected, "as it was asked");
    let ptk = ptk_of(&again.encode(), &message2, &association);
    let data = KeyData {
        rsn: Some(association.authenticator_rsn.clone()),
        gtk: Some(pair.group.data.clone()),
        igtk: None,
    };
    let draft = Draft {
        version: Version::V2,
        information: KeyInformation(0x12c8),
        replay_counter: 51,
        key_length: 16,
        nonce: [0x77; 32],
        packet_number: 9,
        key_data: Some(&data),
    };
    let message3 = association.build_authenticated(&ptk, &draft);
    pair.station.handle_frame(&message3, true, &mut pair.numbers);
    let outputs = drain(|| pair.station.poll_output());
    let expected = Output::InstallPairwise(ptk.temporal_key().clone());
    assert!(matches!(outputs[0], Output::Send { protected: true, .. }));
    assert_eq!(outputs[1..], [expected], "a new pairwise key; the group's is the old one");
}

#[test]
fn a_forged_message_1_does_no_harm() {
    let mut pair = Pair::alike(KeyManagement::Psk, false);
    let message1 = pair.access_point_sends();
    pair.give_station(&message1);
    let message2 = pair.station_sends();
    let mut forged = KeyFrame::parse(&message1).unwrap();
    forged.nonce = [0x66; 32];
    forged.replay_counter = 1_000_000;
    pair.give_station(&forged.encode());
    pair.station_sends();
    pair.give_access_point(&message2);
    pair.run();
    assert!(pair.station.is_open() && pair.access_point.is_open());
    // Nor when the keys are installed.
    pair.give_station(&forged.encode());
    pair.group = pair.group.renewed(&mut pair.numbers).unwrap();
    pair.access_point.start_group_handshake(&pair.group, Timestamp::ZERO);
    assert_eq!(pair.run()[1].last(), Some(&Output::GroupKeyConfirmed));
}

#[test]
fn a_station_that_draws_a_nonce_for_each_message_1_is_served() {
    let association = association(KeyManagement::Psk, 1, false);
    let mut pair = Pair::new(association.clone(), association.clone());
    let first = pair.access_point_sends();
    let now = pair.access_point.poll_timeout().unwrap();
    pair.access_point.handle_timeout(&pair.group, now);
    let second = pair.access_point_sends();
    let mut answers = [first, second].map(|message1| {
        let mut station = Supplicant::new(association.clone(), now);
        station.handle_frame(&message1, false, &mut pair.numbers);
        let message2 = next_frame(|| station.poll_output()).0;
        (station, message2)
    });
    for (_, message2) in &answers {
        pair.give_access_point(message2);
    }
    pair.access_point_sends();
    pair.station = Supplicant::new(association.clone(), now);
    core::mem::swap(&mut pair.station, &mut answers[1].0);
    pair.run();
    assert!(pair.station.is_open() && pair.access_point.is_open());
}

#[test]
fn what_is_discarded_and_why() {
    let association = association(KeyManagement::Psk, 1, false);
    let mut pair = Pair::new(association.clone(), association.clone());
    let message1 = pair.access_point_sends();
    let changed = |information: u16| {
        let mut frame = KeyFrame::parse(&message1).unwrap();
        frame.information = KeyInformation(information);
        frame.encode()
    };
    for (frame, expected) in [
        (changed(0x0089), Discarded::WrongVersion),
        (changed(0x000a), Discarded::Unexpected),
        (changed(0x048a), Discarded::Unexpected),
        (changed(0x0082), Discarded::Unexpected),
        (changed(0x018a), Discarded::Unexpected),
        (changed(0x0382), Discarded::Unexpected),
    ] {
        pair.give_station(&frame);
        assert_eq!(last_discarded(&drain(|| pair.station.poll_output())), Some(expected));
    }
    pair.give_station(&message1[..90]);
    let malformed = last_discarded(&drain(|| pair.station.poll_output()));
    assert!(matches!(malformed, Some(Discarded::Malformed(_))));
    pair.give_station(&message1);
    let message2 = pair.station_sends();

    // To the access point: its own frames, frames that answer nothing, frames of other keys.
    let ptk = ptk_of(&message1, &message2, &association);
    let with_counter = |replay_counter| {
        let frame = KeyFrame { replay_counter, mic: [0; 16], ..KeyFrame::parse(&message2).unwrap() };
        sign(&ptk, frame.encode())
    };
    let mut corrupted = message2.clone();
    corrupted[50] ^= 1;
    for (frame, expected) in [
        (message1.clone(), Discarded::Unexpected),
        (with_counter(0), Discarded::Replayed),
        (with_counter(2), Discarded::Replayed),
        (corrupted, Discarded::WrongMic),
    ] {
        pair.give_access_point(&frame);
        assert_eq!(last_discarded(&drain(|| pair.access_point.poll_output())), Some(expected));
    }
    pair.give_access_point(&message2);
    let message3 = pair.access_point_sends();
    pair.give_access_point(&message2);
    assert_eq!(last_discarded(&drain(|| pair.access_point.poll_output())), Some(Discarded::Replayed));

    // A message 3 whose key data were changed, by somebody who has the key for it.
    let mut frame = KeyFrame::parse(&message3).unwrap();
    frame.mic = [0; 16];
    frame.key_data[9] ^= 1;
    pair.give_station(&sign(&ptk, frame.encode()));
    assert_eq!(last_discarded(&drain(|| pair.station.poll_output())), Some(Discarded::WrongKeyData));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Every octet of every frame changed in turn, in every state.
    #[test]
    fn changed_frames_never_open_anything(at in 0usize..99, with in 1u8..) {
        let mut pair = Pair::alike(KeyManagement::Psk, false);
        let message1 = pair.access_point_sends();
        pair.give_station(&message1);
        let message2 = pair.station_sends();
        let mut changed = message2.clone();
        changed[at] ^= with;
        pair.give_access_point(&changed);
        prop_assert!(!pair.access_point.is_open());
        pair.give_access_point(&message2);
        let message3 = pair.access_point_sends();
        let mut changed = message3.clone();
        changed[at] ^= with;
        pair.give_station(&changed);
        // The version of the EAPOL header is the only octet that may be another.
        prop_assert!(at == 0 || !pair.station.is_open() || changed == message3);
    }

    #[test]
    fn no_octets_are_too_much(
        frames in prop::collection::vec((any::<bool>(), any::<u16>(), prop::collection::vec(any::<u8>(), 0..180)), 1..6),
    ) {
        let mut pair = Pair::alike(KeyManagement::PskSha256, true);
        pair.run();
        for (to_station, information, mut bytes) in frames {
            if bytes.len() > 99 {
                let length = (bytes.len() - 4) as u16;
                bytes[..5].copy_from_slice(&[2, 3, (length >> 8) as u8, length as u8, 2]);
                bytes[5..7].copy_from_slice(&(information & 0x13f8 | 3).to_be_bytes());
            }
            if to_station { pair.give_station(&bytes) } else { pair.give_access_point(&bytes) }
            pair.run();
        }
        prop_assert!(pair.station.is_open() && pair.access_point.is_open());
    }
}
