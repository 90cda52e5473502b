//! A network is lost, or a station is; both come back by themselves.

use crate::air::{Message, message};
use crate::world::*;
use core::time::Duration;
use keyway_wifi::access_point::{BssConfig, BssSecurity, Event as Told};
use keyway_wifi::frame::{ManagementBody, ReasonCode, StatusCode};
use keyway_wifi::network::NoChoice;
use keyway_wifi::rsn::KeyManagement::{Psk, PskSha256};
use keyway_wifi::station::{Event, JoinFailure};

/// With and without protected management frames.
fn networks() -> [BssSecurity; 2] {
    [wpa2(&[Psk], false, false), wpa2(&[PskSha256], true, true)]
}

fn is_lost(event: &&Event) -> bool {
    matches!(event, Event::Lost(_))
}

/// What an access point answered to association requests.
fn answers(world: &World) -> Vec<StatusCode> {
    let answer = |(_, body): (_, ManagementBody)| match body {
        ManagementBody::AssociationResponse(answer) => Some(answer.status),
        _ => None,
    };
    world.sent_by(bssid(0)).into_iter().filter_map(answer).collect()
}

#[test]
fn the_router_was_without_power() {
    for security in networks() {
        for seconds in [6, 30, 600] {
            let other = BssConfig { ssid: ssid("Other"), ..home(1) };
            let mut world = World::new(vec![BssConfig { security: security.clone(), ..home(0) }, other], 1);
            world.bring(0);
            world.forget();
            world.pull_plug(0);
            world.run(seconds * SECOND);
            let (lost, others): (Vec<&Event>, Vec<&Event>) = world.told(0).into_iter().partition(is_lost);
            assert_eq!(lost, [&Event::Lost(ReasonCode::INACTIVITY)], "after {seconds} s");
            assert!(others.iter().all(|event| matches!(event, Event::NotFound(_))), "{others:?}");
            assert_eq!(world.obstacles(0).first(), Some(&NoChoice::NotFound), "others are heard");
            assert_eq!(world.obstacles(0).len(), 1);
            let begun = world.now;
            world.put_plug(0);
            assert!(world.run_until(20 * SECOND, |world| world.is_home(0)), "{:?}", world.told(0));
            let took = world.now.saturating_since(begun);
            assert!(took < 18 * SECOND, "the longest pause and a look: {took:?}");
            assert!(world.failures(0).is_empty());
            world.passes_data(0, 0);
        }
    }
}

/// So short that the station misses no more than a few beacons: the router tells it.
#[test]
fn the_router_was_without_power_for_a_moment() {
    let [security, _] = networks();
    let mut world = World::new(vec![BssConfig { security, ..home(0) }], 1);
    world.bring(0);
    world.pull_plug(0);
    world.run(SECOND);
    world.forget();
    world.put_plug(0);
    assert!(world.run_until(5 * SECOND, |world| world.is_home(0)), "{:?}", world.told(0));
    assert_eq!(world.told(0)[0], &Event::Lost(ReasonCode::CLASS3_FROM_UNASSOCIATED));
    world.passes_data(0, 0);
}

/// The station does not hear that, or believes nobody without a key: it learns of it by what it sends.
#[test]
fn the_router_was_without_power_for_a_moment_and_is_not_heard_to_say_so() {
    for security in networks() {
        let mut world = World::new(vec![BssConfig { security, ..home(0) }], 1);
        world.bring(0);
        world.pull_plug(0);
        world.run(SECOND);
        // A deauthentication to all.
        world.swallow = Box::new(|frame| frame[0] == 0xc0 && frame[4..10] == [0xff; 6]);
        world.put_plug(0);
        world.run(SECOND);
        assert!(world.is_joined(0) && !world.has_joined(0, 0), "nobody has noticed");
        world.forget();
        world.send(0, b"hello");
        assert!(world.run_until(3 * SECOND, |world| world.is_home(0)), "{:?}", world.told(0));
        assert_eq!(world.told(0)[0], &Event::Lost(ReasonCode::CLASS3_FROM_UNASSOCIATED));
        world.passes_data(0, 0);
    }
}

#[test]
fn the_router_changes_its_channel() {
    for security in networks() {
        let mut world = World::new(vec![BssConfig { security, ..home(0) }], 1);
        world.bring(0);
        for number in [11, 1, 6] {
            world.forget();
            world.restart(0, |config| config.channel = channel(number));
            assert!(world.run_until(2 * SECOND, |world| world.is_home(0)), "{:?}", world.told(0));
            assert_eq!(world.told(0)[0], &Event::Lost(ReasonCode::LEAVING), "it was told");
            let network = world.units[0].station.network().unwrap();
            assert_eq!(network.channel, channel(number));
            world.passes_data(0, 0);
        }
    }
}

/// The beacons are not heard for a while: something stands in the way.
#[test]
fn the_access_point_is_not_heard() {
    for security in networks() {
        for (milliseconds, loses) in [(2800, false), (3300, true), (20_000, true)] {
            let mut world = World::new(vec![BssConfig { security: security.clone(), ..home(0) }], 1);
            world.bring(0);
            world.forget();
            world.swallow = Box::new(|frame| frame[10..16] == bssid(0).0);
            world.run(Duration::from_millis(milliseconds));
            world.swallow = Box::new(|_| false);
            let lost = world.told(0).contains(&&Event::Lost(ReasonCode::INACTIVITY));
            assert_eq!(lost, loses, "{milliseconds} ms");
            assert!(world.run_until(20 * SECOND, |world| world.is_home(0)), "{:?}", world.told(0));
            world.passes_data(0, 0);
        }
    }
}

/// The access point still has the association of before. With protected management frames the request may be anybody's:
/// the station is asked, does not answer, and comes back when it is told to.
#[test]
fn a_station_that_was_switched_off_and_on() {
    for (security, expected) in networks()
        .into_iter()
        .zip([&[StatusCode::SUCCESS][..], &[StatusCode::TRY_LATER, StatusCode::SUCCESS]])
    {
        let mut world = World::new(vec![BssConfig { security, ..home(0) }], 1);
        world.bring(0);
        world.passes_data(0, 0);
        world.reboot(0);
        world.forget();
        let begun = world.now;
        world.bring(0);
        assert!(world.now.saturating_since(begun) < 4 * SECOND);
        assert_eq!(answers(&world), expected);
        assert!(world.failures(0).is_empty(), "nobody needs to hear of it: {:?}", world.told(0));
        let joined = |event: &&&Told| matches!(event, Told::Joined { .. });
        assert_eq!(world.told_by(0).iter().filter(joined).count(), 1);
        world.passes_data(0, 0);
    }
}

/// Somebody makes a new passphrase. The old one was right before, so the station is slow to call it wrong.
#[test]
fn the_passphrase_is_another_one() {
    for key_management in [Psk, PskSha256] {
        let mut world = World::new(vec![home(0)], 1);
        world.bring(0);
        world.forget();
        let new = [4; 32];
        world.restart(0, |config| config.security = with_key(new, key_management));
        assert!(world.run_until(60 * SECOND, |world| !world.failures(0).is_empty()), "{:?}", world.told(0));
        let told = world.told(0);
        assert_eq!(told.iter().filter(|event| is_lost(event)).count(), 1, "{told:?}");
        assert_eq!(told.last(), Some(&&Event::JoinFailed(JoinFailure::WrongPassphrase)));
        let tries = told.iter().filter(|event| matches!(event, Event::Joining(_))).count();
        assert_eq!(tries, 4, "{told:?}");
        let wrong = Told::WrongPassphrase(world.address(0));
        assert_eq!(world.told_by(0).iter().filter(|event| **event == &wrong).count(), 4);
        world.forget();
        world.run(100 * SECOND);
        assert_eq!(
            world.failures(0),
            [JoinFailure::WrongPassphrase; 3],
            "it tries seldom: {:?}",
            world.told(0)
        );
        world.join(0, "Home", new[0]);
        assert!(world.run_until(SECOND, |world| world.is_home(0)));
        world.passes_data(0, 0);
    }
}

/// The network is gone, and a neighbour's has the same name: that one is tried in vain, and the own one is not forgotten.
#[test]
fn a_neighbour_has_the_same_name_while_the_router_is_off() {
    let neighbour = BssConfig { security: with_key([4; 32], Psk), ..home(1) };
    let mut world = World::new(vec![home(0), neighbour], 1);
    world.pull_plug(1);
    world.bring(0);
    world.forget();
    world.pull_plug(0);
    world.put_plug(1);
    world.run(300 * SECOND);
    assert!(world.failures(0).contains(&JoinFailure::WrongPassphrase), "{:?}", world.told(0));
    world.put_plug(0);
    assert!(world.run_until(40 * SECOND, |world| world.is_home(0)), "{:?}", world.told(0));
    world.passes_data(0, 0);
}

/// Somebody makes a new passphrase, and thinks better of it.
#[test]
fn the_passphrase_is_another_one_for_a_moment() {
    let mut world = World::new(vec![home(0)], 1);
    world.bring(0);
    world.forget();
    world.restart(0, |config| config.security = with_key([4; 32], Psk));
    let suspects = |world: &World| world.told_by(0).contains(&&Told::WrongPassphrase(world.address(0)));
    assert!(world.run_until(60 * SECOND, suspects));
    world.restart(0, |config| config.security = with_key(KEY, Psk));
    assert!(world.run_until(20 * SECOND, |world| world.is_home(0)), "{:?}", world.told(0));
    assert!(world.failures(0).is_empty(), "{:?}", world.told(0));
    world.passes_data(0, 0);
}

#[test]
fn the_groups_keys_are_renewed() {
    for security in networks() {
        let config = BssConfig { security, rekey: Some(60 * SECOND), ..home(0) };
        let mut world = World::new(vec![config], 2);
        world.bring(0);
        world.bring(1);
        for _ in 0..4 {
            // Even when a message of it is lost, with all its repetitions.
            let mut left = 7;
            world.swallow = Box::new(move |frame| {
                let swallow = left > 0 && frame[0] == 0x08 && frame[1] & 0x42 == 0x42 && frame[4] & 1 == 0;
                left -= u32::from(swallow);
                swallow
            });
            let before = group_key(&mut world);
            world.run(63 * SECOND);
            assert_ne!(group_key(&mut world), before);
            for unit in [0, 1] {
                world.forget();
                world.send_down(0, keyway_wsc::MacAddr::BROADCAST, b"to all");
                world.run(SECOND / 2);
                assert_eq!(packets(&world.units[unit].received), [b"to all".to_vec()]);
                assert!(world.is_home(unit) && world.told(unit).is_empty());
            }
        }
        world.passes_data(0, 0);
        world.passes_data(0, 1);
    }
}

/// The identifier of the key that the access point sends to its group with.
fn group_key(world: &mut World) -> u8 {
    world.air.clear();
    world.send_down(0, keyway_wsc::MacAddr::BROADCAST, b"which key?");
    world.run(SECOND / 2);
    let is_group = |frame: &&Vec<u8>| frame[0] == 0x08 && frame[4] == 0xff;
    let sent = world.air.iter().map(|(.., frame)| frame).rfind(is_group).unwrap();
    sent[27] >> 6
}

/// A station that never confirms the group's new key is sent away, and comes back.
#[test]
fn a_station_that_does_not_hear_of_the_groups_new_key() {
    for security in networks() {
        let config = BssConfig { security, rekey: Some(60 * SECOND), ..home(0) };
        let mut world = World::new(vec![config], 1);
        world.bring(0);
        world.passes_data(0, 0);
        world.forget();
        // Data to the station are lost, other frames are not.
        let mac = world.address(0);
        world.swallow = Box::new(move |frame| {
            frame[0] == 0x08 && frame[4..10] == mac.0 && message(frame) == Some(Message::Encrypted)
        });
        assert!(world.run_until(70 * SECOND, |world| !world.told(0).is_empty()));
        assert_eq!(world.told(0), [&Event::Lost(ReasonCode::GROUP_HANDSHAKE_TIMEOUT)]);
        world.swallow = Box::new(|_| false);
        assert!(world.run_until(5 * SECOND, |world| world.is_home(0)));
        world.passes_data(0, 0);
    }
}
