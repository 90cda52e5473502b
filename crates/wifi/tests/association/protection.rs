//! What somebody who does not have the key can and cannot do.

use crate::air::{Message, eapol_down, message, packet_numbers};
use crate::world::*;
use core::time::Duration;
use keyway_wifi::access_point::{BssConfig, BssSecurity, Event as Told};
use keyway_wifi::frame::{
    AssociationRequest, Authentication, Capabilities, Flags, Management, ManagementBody, ReasonCode,
    StatusCode,
};
use keyway_wifi::rsn::KeyManagement::{Psk, PskSha256};
use keyway_wifi::rsn::{KeyFrame, KeyInformation};
use keyway_wifi::station::Event;
use keyway_wsc::MacAddr;

/// A station on the network, by this key management.
fn on(security: BssSecurity) -> World {
    let mut world = World::new(vec![BssConfig { security, ..home(0) }], 1);
    world.bring(0);
    world.forget();
    world
}

/// Frames in the name of one side that say that the association is over.
fn farewells(source: MacAddr, destination: MacAddr, reason: ReasonCode) -> [Management; 2] {
    [ManagementBody::Deauthentication, ManagementBody::Disassociation]
        .map(|farewell| Management::new(destination, source, bssid(0), farewell(reason.into())))
}

const REASONS: [ReasonCode; 3] =
    [ReasonCode::LEAVING, ReasonCode::CLASS2_FROM_UNAUTHENTICATED, ReasonCode::CLASS3_FROM_UNASSOCIATED];

#[test]
fn a_farewell_in_the_name_of_the_access_point() {
    for (protects, to_group, kind) in (0..8).map(|case| (case & 1 > 0, case & 2 > 0, case >> 2)) {
        for reason in REASONS {
            let mut world = on(wpa2(&[Psk], protects, false));
            let receiver = if to_group { MacAddr::BROADCAST } else { world.address(0) };
            world.forge_management(&farewells(bssid(0), receiver, reason)[kind]);
            world.run(4 * SECOND);
            assert!(world.is_home(0), "protects {protects}, kind {kind}, {reason}");
            let told = world.told(0);
            if protects {
                assert!(told.is_empty(), "{told:?}");
                assert!(world.told_by(0).is_empty(), "nor has the access point noticed anything");
            } else {
                // It was believed, and the station came back by itself.
                assert_eq!(told[0], &Event::Lost(reason));
                assert!(matches!(told.last(), Some(Event::Joined(_))), "{told:?}");
            }
            world.passes_data(0, 0);
        }
    }
}

#[test]
fn a_farewell_in_the_name_of_the_station() {
    for protects in [true, false] {
        for kind in 0..2 {
            let mut world = on(wpa2(&[Psk], protects, false));
            let mac = world.address(0);
            world.forge_management(&farewells(mac, bssid(0), ReasonCode::LEAVING)[kind]);
            world.run(SECOND);
            assert_eq!(world.has_joined(0, 0), protects);
            assert!(world.is_joined(0), "the station has not heard of it");
            if !protects {
                assert_eq!(world.told_by(0), [&Told::Left(mac)]);
                world.send(0, b"what it sends is answered");
                assert!(world.run_until(3 * SECOND, |world| world.is_home(0)), "{:?}", world.told(0));
            }
            world.passes_data(0, 0);
        }
    }
}

/// The request that the station itself made when it joined, heard by somebody and sent again.
#[test]
fn a_request_in_the_name_of_the_station() {
    for (protects, has_passed_data) in [(true, false), (true, true), (false, false), (false, true)] {
        let config = BssConfig { security: wpa2(&[Psk], protects, false), ..home(0) };
        let mut world = World::new(vec![config], 1);
        world.bring(0);
        let mac = world.address(0);
        let recorded = |body: &ManagementBody| {
            matches!(body, ManagementBody::Authentication(_) | ManagementBody::AssociationRequest(_))
        };
        let recorded: Vec<_> =
            world.sent_by(mac).into_iter().map(|(_, body)| body).filter(recorded).collect();
        assert_eq!(recorded.len(), 2);
        if has_passed_data {
            world.passes_data(0, 0);
        }
        world.forget();
        for body in recorded {
            world.forge_management(&Management::new(bssid(0), mac, bssid(0), body));
            world.run(SECOND / 100);
        }
        world.run(8 * SECOND);
        assert!(world.is_home(0), "{:?}", world.told(0));
        match (protects, has_passed_data) {
            (true, _) => {
                assert!(world.told(0).is_empty());
                let refused = Told::Refused { station: mac, status: StatusCode::TRY_LATER };
                assert_eq!(world.told_by(0), [&refused], "the station was asked, and has answered");
            }
            // It was replaced, and made new keys or came back.
            (false, false) => assert!(world.told(0).is_empty()),
            (false, true) => assert!(matches!(world.told(0)[0], Event::Lost(_))),
        }
        world.passes_data(0, 0);
    }
}

#[test]
fn what_was_sent_is_sent_again_by_somebody_else() {
    for security in [wpa2(&[Psk], false, false), wpa2(&[PskSha256], true, true)] {
        let mut world = on(security);
        world.passes_data(0, 0);
        let is_data = |frame: &&Vec<u8>| message(frame) == Some(Message::Encrypted);
        let recorded: Vec<_> = world.air.iter().map(|(.., frame)| frame).filter(is_data).cloned().collect();
        assert!(recorded.len() >= 3);
        world.forget();
        for frame in recorded {
            let (mut again, mut another) = (frame.clone(), frame.clone());
            again[1] |= Flags::RETRY.0;
            another[22..24].copy_from_slice(&[0x50, 0x77]);
            for frame in [frame, again, another] {
                world.forge(&frame);
                world.run(SECOND / 100);
            }
        }
        assert!(world.bases[0].received.is_empty() && world.units[0].received.is_empty());
        assert!(world.told(0).is_empty() && world.told_by(0).is_empty());
        world.passes_data(0, 0);
    }
}

/// Message 1, which nothing authenticates, and message 3 with a code that is made up.
fn forgeries(world: &World, version: u8) -> [Vec<u8>; 2] {
    let version = KeyInformation(u16::from(version));
    let ask = version.with(KeyInformation::PAIRWISE).with(KeyInformation::ACK);
    let prove = ask
        .with(KeyInformation::MIC)
        .with(KeyInformation::INSTALL)
        .with(KeyInformation::SECURE)
        .with(KeyInformation::ENCRYPTED);
    [(ask, 1, vec![]), (prove, 2, vec![7; 56])].map(|(information, counter, key_data)| {
        let mut key = KeyFrame::new(information, counter);
        (key.nonce, key.mic, key.key_data) = ([0x66; 32], [0x55; 16], key_data);
        if !key.information.contains(KeyInformation::MIC) {
            key.mic = [0; 16];
        }
        eapol_down(bssid(0), world.address(0), &key)
    })
}

#[test]
fn messages_of_a_handshake_that_somebody_makes_up() {
    for (security, version) in [(wpa2(&[Psk], true, false), 2), (wpa2(&[PskSha256], true, true), 3)] {
        for kind in 0..2 {
            // In the middle of the handshake, at each moment of it.
            for moment in 0..25 {
                let mut world = World::new(vec![BssConfig { security: security.clone(), ..home(0) }], 1);
                world.join(0, "Home", KEY[0]);
                let begun = |world: &World| matches!(world.told(0).last(), Some(Event::Joining(_)));
                assert!(world.run_until(5 * SECOND, begun));
                world.run(Duration::from_micros(200 * moment));
                world.forge(&forgeries(&world, version)[kind]);
                assert!(world.run_until(2 * SECOND, |world| world.is_home(0)), "{kind}, {moment}");
                assert!(world.failures(0).is_empty());
                // And after it, before and behind the first frame that proves who has the key.
                for _ in 0..2 {
                    world.forget();
                    for forged in forgeries(&world, version) {
                        world.forge(&forged);
                        world.run(SECOND / 100);
                    }
                    assert!(world.is_home(0) && world.told(0).is_empty());
                    world.passes_data(0, 0);
                }
            }
        }
    }
}

/// Message 4 is lost, so message 3 is repeated while the station has the key and uses it. (Vanhoef and Piessens, Key
/// Reinstallation Attacks, 2017.)
#[test]
fn message_3_does_not_install_a_key_again() {
    for security in [wpa2(&[Psk], false, false), wpa2(&[PskSha256], true, true)] {
        let mut world = World::new(vec![BssConfig { security, ..home(0) }], 1);
        let mut left = 7;
        world.swallow = Box::new(move |frame| {
            let swallow = left > 0 && message(frame) == Some(Message::Key(4));
            left -= u32::from(swallow);
            swallow
        });
        world.join(0, "Home", KEY[0]);
        assert!(world.run_until(5 * SECOND, |world| world.is_joined(0)));
        for _ in 0..3 {
            world.send(0, b"too early");
        }
        assert!(world.run_until(SECOND, |world| world.has_joined(0, 0)));
        let messages = world.air.iter().filter_map(|(.., frame)| message(frame));
        let thirds = messages.filter(|message| *message == Message::Key(3)).count();
        assert_eq!(thirds, 2, "it was repeated");
        let is_third = |frame: &&Vec<u8>| message(frame) == Some(Message::Key(3));
        let recorded: Vec<_> = world.air.iter().map(|(.., frame)| frame).filter(is_third).cloned().collect();
        let mut numbers = vec![];
        for round in 0..3_u8 {
            let kept = world.air.clone();
            world.send(0, b"up");
            world.send_down(0, MacAddr::BROADCAST, b"to all");
            world.run(SECOND / 2);
            let to_all = world.air.iter().rfind(|(.., frame)| frame[0] == 8 && frame[4] == 0xff);
            let to_all = to_all.unwrap().2.clone();
            let frames = world.air.iter().map(|(.., frame)| &frame[..]);
            numbers = packet_numbers(frames, world.address(0), bssid(0));
            assert!(world.air.len() > kept.len());
            // Both messages once more, from somebody else; then what was sent to all must not pass again either.
            for frame in &recorded {
                let mut frame = frame.clone();
                frame[22..24].copy_from_slice(&[0x10 * round, 0x99]);
                world.forge(&frame);
                world.run(SECOND / 100);
            }
            let received = world.units[0].received.len();
            world.forge(&to_all);
            world.run(SECOND / 100);
            assert_eq!(world.units[0].received.len(), received);
        }
        assert!(numbers.len() >= 6 && numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
        assert!(world.is_home(0));
        world.passes_data(0, 0);
    }
}

/// Frames that claim to be a station's whose keys the access point does not have.
#[test]
fn a_stranger_gets_no_data_in() {
    for security in [wpa2(&[Psk], false, false), wpa2(&[PskSha256], true, true)] {
        let mut world = on(security);
        let stranger = address(0x66);
        let elements = {
            let mut elements = keyway_wifi::element::Elements::new();
            let rsn = keyway_wifi::element::Rsn::ccmp(
                &[keyway_wifi::element::AkmSuite::PSK],
                keyway_wifi::element::RsnCapabilities::MFP_CAPABLE,
            );
            elements.push(&ssid("Home")).push(&rsn);
            elements
        };
        let request = AssociationRequest {
            capabilities: Capabilities::ESS,
            listen_interval: 5,
            current: None,
            elements,
        };
        for body in [
            ManagementBody::Authentication(Authentication::open_request()),
            ManagementBody::AssociationRequest(request),
        ] {
            world.forge_management(&Management::new(bssid(0), stranger, bssid(0), body));
            world.run(SECOND / 100);
        }
        let packet = keyway_wifi::frame::Snap { ether_type: 0x0800, packet: b"let me in" }.encode();
        for source in [stranger, world.address(0)] {
            for destination in [address(0xee), world.address(0), MacAddr::BROADCAST] {
                let data =
                    keyway_wifi::frame::Data::from_station(source, bssid(0), destination, packet.clone());
                world.forge(&data.encode());
                world.run(SECOND / 100);
            }
        }
        for destination in [world.address(0), MacAddr::BROADCAST] {
            let data =
                keyway_wifi::frame::Data::from_access_point(bssid(0), destination, stranger, packet.clone());
            world.forge(&data.encode());
            world.run(SECOND / 100);
        }
        world.run(10 * SECOND);
        assert!(world.bases[0].received.is_empty() && world.units[0].received.is_empty());
        assert!(!world.bases[0].access_point.joined().any(|mac| mac == stranger));
        assert!(world.is_home(0) && world.told(0).is_empty());
    }
}
