//! A station joins a network, and data pass.

use crate::world::*;
use core::time::Duration;
use keyway_wifi::access_point::{BssConfig, BssSecurity, Event as Told};
use keyway_wifi::element::{AkmSuite, Rsn, RsnCapabilities};
use keyway_wifi::frame::{ManagementBody, StatusCode};
use keyway_wifi::network::{NoChoice, Wanted};
use keyway_wifi::rsn::KeyManagement::{Psk, PskSha256};
use keyway_wifi::station::{Event, JoinFailure, StationConfig};
use keyway_wifi::{Band, Channel};

/// The RSN element of a station's last association request.
fn asked(world: &World, unit: usize) -> Rsn {
    let mut sent = world.sent_by(world.address(unit));
    let request = sent.iter_mut().rev().find_map(|(_, body)| match body {
        ManagementBody::AssociationRequest(request) => Some(request),
        _ => None,
    });
    request.unwrap().elements.find::<Rsn>().unwrap().unwrap()
}

#[test]
fn with_each_key_management() {
    for (offered, can, must, station_can, akm, protects) in [
        (&[Psk][..], false, false, true, AkmSuite::PSK, false),
        (&[Psk], true, false, true, AkmSuite::PSK, true),
        (&[Psk], true, false, false, AkmSuite::PSK, false),
        (&[Psk], true, true, true, AkmSuite::PSK, true),
        (&[PskSha256], false, false, true, AkmSuite::PSK_SHA256, false),
        (&[PskSha256], true, true, true, AkmSuite::PSK_SHA256, true),
        (&[Psk, PskSha256], true, false, true, AkmSuite::PSK, true),
        (&[Psk, PskSha256], true, true, true, AkmSuite::PSK_SHA256, true),
    ] {
        let config = BssConfig { security: wpa2(offered, can, must), ..home(0) };
        let unit = StationConfig { protects_management: station_can, ..printer(address(1)) };
        let mut world = World::of(vec![config], vec![unit], 1);
        world.bring(0);
        let rsn = asked(&world, 0);
        assert_eq!(rsn.akms, [akm]);
        assert_eq!(rsn.capabilities.contains(RsnCapabilities::MFP_CAPABLE), protects);
        assert_eq!(rsn.group_management.is_some(), protects);
        let mac = world.address(0);
        assert_eq!(
            world.told_by(0),
            [&Told::Associated { station: mac, for_wps: false }, &Told::Joined { station: mac, signal: -50 },]
        );
        assert!(world.has_joined(0, 0));
        world.passes_data(0, 0);
    }
}

#[test]
fn on_5_ghz() {
    let config = BssConfig { channel: channel(36), ..home(0) };
    let unit = StationConfig { bands: vec![Band::Ghz2, Band::Ghz5], ..printer(address(1)) };
    let mut world = World::of(vec![config], vec![unit, printer(address(2))], 1);
    world.join(1, "Home", KEY[0]);
    world.bring(0);
    assert_eq!(world.units[0].station.network().map(|network| network.channel), Channel::new(36));
    world.passes_data(0, 0);
    world.run(SECOND);
    assert!(!world.is_joined(1));
}

#[test]
fn a_wrong_passphrase_is_told_on_both_sides() {
    for (key_management, protects) in [(Psk, false), (Psk, true), (PskSha256, true)] {
        let config = BssConfig { security: wpa2(&[key_management], protects, false), ..home(0) };
        let mut world = World::new(vec![config], 1);
        world.join(0, "Home", 9);
        assert!(world.run_until(20 * SECOND, |world| !world.failures(0).is_empty()));
        assert_eq!(world.failures(0), [JoinFailure::WrongPassphrase]);
        let mac = world.address(0);
        let wrong = |event: &&&Told| **event == &Told::WrongPassphrase(mac);
        assert_eq!(world.told_by(0).iter().filter(wrong).count(), 2, "two tries make it certain");
        world.forget();
        world.run(20 * SECOND);
        assert!(world.air.is_empty() && world.told(0).is_empty(), "it waits");
        world.run(80 * SECOND);
        assert_eq!(world.failures(0), [JoinFailure::WrongPassphrase; 3], "it tries seldom");
        assert!(world.bases[0].access_point.joined().next().is_none());
        world.bring(0);
    }
}

#[test]
fn a_hidden_network_is_asked_for_by_name() {
    let hidden = BssConfig { hidden: true, ..home(0) };
    let mut world = World::new(vec![hidden, BssConfig { ssid: ssid("Other"), ..home(1) }], 1);
    world.join(0, "Home", KEY[0]);
    assert!(world.run_until(5 * SECOND, |world| world.is_joined(0)));
    assert_eq!(world.obstacles(0), [], "it is not called missing before it was asked for by name");
    let network = world.units[0].station.network().unwrap();
    assert_eq!((network.ssid, network.hidden), (Some(ssid("Home")), true));
    world.passes_data(0, 0);

    // From now on it is known to be hidden.
    world.pull_plug(0);
    world.run(4 * SECOND);
    world.put_plug(0);
    assert!(world.run_until(20 * SECOND, |world| world.is_joined(0)));
}

#[test]
fn what_is_not_there_is_looked_for_ever_more_rarely() {
    let mut world = World::new(vec![BssConfig { ssid: ssid("Other"), ..home(0) }], 1);
    world.join(0, "Home", KEY[0]);
    world.run(120 * SECOND);
    assert_eq!(world.obstacles(0), [NoChoice::NotFound]);
    let looks: Vec<_> = world.units[0].events.iter().map(|(at, _)| *at).collect();
    let pauses: Vec<u64> = looks.windows(2).map(|pair| pair[1].saturating_since(pair[0]).as_secs()).collect();
    // Half a second and so on up to 16, and a look with its name after one without.
    assert_eq!(pauses[..6], [1, 2, 3, 5, 9, 17]);
    assert!(pauses[6..].iter().all(|pause| *pause == 17), "{pauses:?}");
}

#[test]
fn what_cannot_be_joined_is_told() {
    for (security, expected) in
        [(BssSecurity::Wpa3Only, NoChoice::Wpa3Only), (BssSecurity::Open, NoChoice::SecurityUnsupported)]
    {
        let mut world = World::new(vec![BssConfig { security, ..home(0) }], 1);
        world.join(0, "Home", KEY[0]);
        world.run(3 * SECOND);
        assert_eq!(world.obstacles(0), [expected]);
        assert!(
            world
                .sent_by(world.address(0))
                .iter()
                .all(|(_, body)| matches!(body, ManagementBody::ProbeRequest(_)))
        );
    }
    let must = BssConfig { security: wpa2(&[Psk], true, true), ..home(0) };
    let cannot = StationConfig { protects_management: false, ..printer(address(1)) };
    let mut world = World::of(vec![must], vec![cannot], 1);
    world.join(0, "Home", KEY[0]);
    world.run(2 * SECOND);
    assert_eq!(world.failures(0)[0], JoinFailure::Refused(StatusCode::MFP_POLICY));
}

/// The credential is there, and the access point is known.
#[test]
fn right_after_registration_nothing_is_looked_for() {
    for (wait, name, at_once) in [(1, "Home", true), (25, "Home", true), (1, "Other", false)] {
        let mut world = World::new(vec![home(0), BssConfig { ssid: ssid("Other"), ..home(1) }], 1);
        world.bases[0].echoes = None;
        world.set_wps(0, waits_for(&[world.address(0)]));
        world.register(0, Wanted::Pin);
        world.run(wait * SECOND);
        assert!(world.told(0).contains(&&Event::Associated(bssid(0))));
        world.forget();
        let begun = world.now;
        world.join(0, name, KEY[0]);
        assert!(world.run_until(5 * SECOND, |world| world.is_joined(0)));
        let took = world.now.saturating_since(begun);
        assert_eq!(took < Duration::from_millis(50), at_once, "{wait}, {name}: {took:?}");
        let asks = |(_, body): &(_, ManagementBody)| matches!(body, ManagementBody::ProbeRequest(_));
        assert_eq!(!world.sent_by(world.address(0)).iter().any(asks), at_once, "{wait}, {name}");
        assert!(world.failures(0).is_empty() && world.obstacles(0).is_empty());
    }
}

/// What was known of the access point is not true any more.
#[test]
fn what_has_changed_since_registration_is_looked_for_without_a_word() {
    for change in ["channel", "security", "gone"] {
        let other = BssConfig { channel: channel(11), ..home(1) };
        let mut world = World::new(vec![home(0), other], 1);
        world.bases[0].echoes = None;
        world.set_wps(0, waits_for(&[world.address(0)]));
        world.register(0, Wanted::Pin);
        world.run(20 * SECOND);
        // The station does not hear of it: its radio is in a hole for a moment.
        world.units[0].is_on = false;
        match change {
            "channel" => world.restart(0, |config| config.channel = channel(1)),
            "security" => world.restart(0, |config| config.security = wpa2(&[PskSha256], true, true)),
            _ => world.pull_plug(0),
        }
        world.run(SECOND / 10);
        world.units[0].is_on = true;
        world.forget();
        world.join(0, "Home", KEY[0]);
        assert!(world.run_until(10 * SECOND, |world| world.is_joined(0)), "{change}: {:?}", world.told(0));
        assert!(world.failures(0).is_empty(), "{change}: {:?}", world.failures(0));
    }
}

/// (Observed: Linux tells of the association and of the first EAPOL frame in either order.)
#[test]
fn a_frame_that_overtakes_the_word_of_the_association() {
    let mut world = World::new(vec![home(0)], 1);
    world.units[0].is_late = true;
    world.bring(0);
    let told = world.told(0);
    let is_first = |event: &&&Event| matches!(event, Event::Joining(_) | Event::Joined(_));
    let begun = told.iter().find(is_first);
    assert!(matches!(begun, Some(Event::Joining(_))), "{told:?}");
    let handshakes = told.iter().filter(|event| matches!(event, Event::Joining(_))).count();
    assert_eq!(handshakes, 1, "the frame that came early was not lost: {told:?}");
    assert!(world.failures(0).is_empty());
    world.passes_data(0, 0);
}

#[test]
fn another_network_in_its_place() {
    for number in [6, 11, 36] {
        let other = BssConfig { ssid: ssid("Other"), channel: channel(number), ..home(1) };
        let unit = StationConfig { bands: vec![Band::Ghz2, Band::Ghz5], ..printer(address(1)) };
        let mut world = World::of(vec![home(0), other], vec![unit], 1);
        // It knows where the other network is.
        world.join(0, "Other", KEY[0]);
        assert!(world.run_until(5 * SECOND, |world| world.has_joined(1, 0)));
        world.bring(0);
        assert!(!world.has_joined(1, 0), "it said good-bye, though that is on channel {number}");
        world.forget();
        world.join(0, "Other", KEY[0]);
        assert!(world.run_until(5 * SECOND, |world| world.has_joined(1, 0)));
        assert!(!world.has_joined(0, 0), "and here, though it goes there");
        let left = world.sent_by(world.address(0)).into_iter().find_map(|(_, body)| match body {
            ManagementBody::Sealed(..) => Some(()),
            _ => None,
        });
        assert!(left.is_some(), "and that was protected");
        world.passes_data(1, 0);
        world.units[0].station.stop(world.now);
        world.run(SECOND);
        assert!(!world.has_joined(1, 0));
        assert!(world.units[0].station.network().is_none());
        let told = world.told_by(1);
        assert_eq!(told.last(), Some(&&Told::Left(world.address(0))));
    }
}

#[test]
fn over_a_medium_that_loses_frames() {
    for seed in 0..40 {
        let security = match seed % 3 {
            0 => wpa2(&[Psk], false, false),
            1 => wpa2(&[Psk, PskSha256], true, false),
            _ => wpa2(&[PskSha256], true, true),
        };
        let mut world = World::of(vec![BssConfig { security, ..home(0) }], vec![printer(address(1))], seed);
        world.loss = [20, 100, 200, 300][seed as usize % 4];
        world.join(0, "Home", KEY[0]);
        let joined = world.run_until(30 * SECOND, |world| world.is_joined(0) && world.has_joined(0, 0));
        assert!(joined, "seed {seed}: {:?}", world.told(0));
        world.loss = 0;
        world.passes_data(0, 0);
    }
}
