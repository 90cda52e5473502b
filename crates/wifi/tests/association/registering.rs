//! A station finds the access point that waits for it, and EAPOL passes between them.

use crate::world::*;
use core::time::Duration;
use keyway_wifi::access_point::{Event as Told, WpsConfig};
use keyway_wifi::frame::{ManagementBody, ReasonCode};
use keyway_wifi::network::{NoChoice, Wanted};
use keyway_wifi::station::Event;
use keyway_wsc::MacAddr;
use keyway_wsc::message::elements::{AssociationRequestElement, ProbeRequestElement};
use keyway_wsc::{DevicePasswordId, RequestType};

fn is_associated(event: &Event) -> bool {
    matches!(event, Event::Associated(_))
}

/// Where a station associated, and how often.
fn places(world: &World, unit: usize) -> Vec<MacAddr> {
    let place = |event: &&Event| match event {
        Event::Associated(bssid) => Some(*bssid),
        _ => None,
    };
    world.told(unit).iter().filter_map(place).collect()
}

fn has_associated(world: &World) -> bool {
    world.told(0).into_iter().any(is_associated)
}

#[test]
fn with_the_access_point_that_names_it() {
    let mut world = World::new(vec![home(0), home(1)], 1);
    world.bases[1].signal = -75;
    world.set_wps(0, wps(None));
    world.set_wps(1, waits_for(&[world.address(0)]));
    world.register(0, Wanted::Pin);
    assert!(world.run_until(SECOND, has_associated));
    assert_eq!(places(&world, 0), [bssid(1)]);
    world.run(SECOND / 2);

    let told = world.told(0);
    assert!(matches!(told[0], Event::Chose(chosen) if chosen.is_certain && chosen.network.bssid == bssid(1)));
    let passed = |event: &&&Event| matches!(event, Event::Eapol { source, frame } if *source == bssid(1) && frame == &[1, 1, 0, 0]);
    assert_eq!(told.iter().filter(passed).count(), 2);
    assert!(told.contains(&&Event::Unassociated), "{told:?}");

    let mac = world.address(0);
    let told = world.told_by(1);
    assert_eq!(told[0], &Told::Associated { station: mac, for_wps: true });
    assert_eq!(told[1..4], [&Told::Eapol { station: mac, frame: vec![1, 1, 0, 0] }; 3]);
    assert_eq!(told[4], &Told::Left(mac));
    assert!(world.told_by(0).is_empty());
}

#[test]
fn it_is_sent_away_ten_milliseconds_after_the_end() {
    let mut world = World::new(vec![home(0)], 1);
    world.set_wps(0, waits_for(&[MacAddr::BROADCAST]));
    world.register(0, Wanted::Pin);
    world.run_until(3 * SECOND, |world| world.told(0).contains(&&Event::Unassociated));
    let is_eapol = |event: &&(_, Told)| matches!(event.1, Told::Eapol { .. });
    let over = world.bases[0].events.iter().rev().find(is_eapol).unwrap().0;
    let sent = world.sent_by(bssid(0));
    let (at, reason) = sent
        .iter()
        .find_map(|(at, body)| match body {
            ManagementBody::Deauthentication(farewell) if *at > over => Some((*at, farewell.reason)),
            _ => None,
        })
        .unwrap();
    assert_eq!(at.saturating_since(over), Duration::from_millis(10));
    assert_eq!(reason, ReasonCode::IEEE_8021X_FAILED);
}

#[test]
fn by_button() {
    let mut world = World::new(vec![home(0), home(1)], 1);
    world.set_wps(0, pressed());
    world.set_wps(1, wps(None));
    world.register(0, Wanted::Button);
    assert!(world.run_until(2 * SECOND, has_associated));
    assert_eq!(places(&world, 0), [bssid(0)]);
}

/// The same at an access point that is not another band of the first.
fn of_another(mut wps: WpsConfig) -> WpsConfig {
    wps.description.as_mut().unwrap().uuid_e = keyway_wsc::Uuid([8; 16]).into();
    wps
}

#[test]
fn two_buttons_are_one_too_many() {
    let other = keyway_wifi::access_point::BssConfig { channel: channel(11), ..home(1) };
    let mut world = World::new(vec![home(0), other], 1);
    world.set_wps(0, pressed());
    world.set_wps(1, of_another(pressed()));
    world.register(0, Wanted::Button);
    world.run(3 * SECOND);
    assert_eq!(world.obstacles(0), [NoChoice::Overlap]);
    assert!(places(&world, 0).is_empty());

    world.set_wps(1, wps(None));
    assert!(world.run_until(2 * SECOND, has_associated), "one of them was let go");
}

/// A person goes from the printer to the router, and types the PIN there.
#[test]
fn one_that_begins_to_wait_is_found_quickly() {
    for milliseconds in [700, 4_100, 9_000, 30_000, 59_000] {
        let mut world = World::new(vec![home(0), home(1)], 1);
        // It looks elsewhere meanwhile, where nobody has anything to say.
        (world.bases[0].echoes, world.bases[0].signal) = (Some(0), -40);
        world.set_wps(0, wps(None));
        world.set_wps(1, wps(None));
        world.bases[1].echoes = Some(0);
        world.register(0, Wanted::Pin);
        world.run(Duration::from_millis(milliseconds));
        world.forget();
        world.set_wps(1, waits_for(&[world.address(0)]));
        world.bases[1].echoes = None;
        assert!(world.run_until(20 * SECOND, |world| places(world, 0).contains(&bssid(1))));
        let is_there = |event: &&(_, Event)| event.1 == Event::Associated(bssid(1));
        let at = world.units[0].events.iter().find(is_there).unwrap().0;
        let took = at.saturating_since(world.now);
        assert!(took < Duration::from_millis(1500), "after {milliseconds} ms: {took:?}");
        let begun = world.bases[1].access_point.config().bssid;
        assert_eq!(begun, bssid(1));
    }
}

/// Its registrar still has the PIN from before: the person needs time to enter the next one.
#[test]
fn one_whose_pin_was_wrong_is_spared_for_a_while() {
    let spared = |world: &mut World| {
        world.register(0, Wanted::Pin);
        assert!(world.run_until(2 * SECOND, has_associated));
        let now = world.now;
        world.units[0].station.spare(30 * SECOND, now);
        world.forget();
        world.register(0, Wanted::Pin);
    };
    let mut world = World::new(vec![home(0), home(1), home(2)], 1);
    world.set_wps(0, waits_for(&[world.address(0)]));
    world.set_wps(1, of_another(wps(None)));
    // The same registrar on another band.
    world.set_wps(2, waits_for(&[world.address(0)]));
    (world.bases[1].signal, world.bases[2].signal) = (-70, -60);
    spared(&mut world);
    assert!(!world.run_until(4 * SECOND, has_associated));
    assert_eq!(world.obstacles(0), [NoChoice::NobodyReady]);
    assert!(world.run_until(10 * SECOND, has_associated), "another one is worth a try all the same");
    assert_eq!(places(&world, 0), [bssid(1)]);
    assert!(world.run_until(30 * SECOND, |world| places(world, 0).contains(&bssid(0))));

    world.set_wps(2, wps(None));

    // It waits for no PIN any more: so it has forgotten that one, and is asked as soon as it waits again.
    spared(&mut world);
    world.run(2 * SECOND);
    world.set_wps(0, wps(None));
    world.run(2 * SECOND);
    world.forget();
    world.set_wps(0, waits_for(&[world.address(0)]));
    assert!(world.run_until(2 * SECOND, has_associated));
    assert_eq!(places(&world, 0), [bssid(0)]);

    // Nor is it spared by who presses a button.
    spared(&mut world);
    world.set_wps(0, pressed());
    world.register(0, Wanted::Button);
    assert!(world.run_until(2 * SECOND, has_associated));
}

#[test]
fn access_points_that_might_do_are_tried_in_turn_and_left_again() {
    let mut world = World::new(vec![home(0), home(1)], 1);
    for base in [0, 1] {
        world.set_wps(base, wps(None));
        world.bases[base].echoes = None;
    }
    world.bases[1].signal = -60;
    world.register(0, Wanted::Pin);
    assert!(!world.run_until(5 * SECOND, has_associated), "not in the first five seconds");
    assert_eq!(world.obstacles(0), [NoChoice::NobodyReady]);
    world.run(45 * SECOND);
    let places = places(&world, 0);
    assert_eq!(places[..4], [bssid(0), bssid(1), bssid(0), bssid(1)]);
    let first =
        |wanted: fn(&Event) -> bool| world.units[0].events.iter().find(|(_, event)| wanted(event)).unwrap().0;
    let stayed = first(|event| *event == Event::Unassociated).saturating_since(first(is_associated));
    assert_eq!(stayed, 10 * SECOND);
}

/// One that keeps talking is listened to longer, and not for ever.
#[test]
fn an_access_point_that_might_do_and_talks() {
    let mut world = World::new(vec![home(0)], 1);
    world.set_wps(0, wps(None));
    world.bases[0].echoes = None;
    world.register(0, Wanted::Pin);
    assert!(world.run_until(10 * SECOND, has_associated));
    let begun = world.now;
    while !world.told(0).contains(&&Event::Unassociated) {
        world.run(4 * SECOND);
        let mac = world.address(0);
        world.bases[0].access_point.send_eapol(mac, vec![1, 0, 0, 0]);
    }
    let took = world.units[0].events.iter().find(|(_, event)| *event == Event::Unassociated).unwrap().0;
    assert_eq!(took.saturating_since(begun), 30 * SECOND);
}

#[test]
fn one_that_waits_for_certain_is_not_left() {
    let mut world = World::new(vec![home(0)], 1);
    world.set_wps(0, waits_for(&[world.address(0)]));
    world.bases[0].echoes = None;
    world.register(0, Wanted::Pin);
    world.run(100 * SECOND);
    assert_eq!(places(&world, 0), [bssid(0)]);
    assert!(!world.told(0).contains(&&Event::Unassociated));
    world.run(30 * SECOND);
    assert!(world.told(0).contains(&&Event::Unassociated), "the access point ends it after the walk time");
}

#[test]
fn what_stands_in_the_way_is_said_once_for_each_look() {
    for (change, expected) in [
        (None, NoChoice::WpsOff),
        (Some(wps(None)), NoChoice::NobodyReady),
        (Some(waits_for(&[address(0x77)])), NoChoice::NobodyReady),
        (Some(pressed()), NoChoice::NobodyReady),
    ] {
        let mut world = World::new(vec![home(0)], 1);
        if let Some(change) = change {
            world.set_wps(0, change);
        }
        world.register(0, Wanted::Pin);
        world.run(4 * SECOND);
        assert_eq!(world.obstacles(0), [expected]);
        let asked = world.air.iter().filter(|(.., frame)| frame[0] == 0x40).count();
        let looks = world.told(0).len();
        assert!((3..=5).contains(&looks), "{looks}");
        assert_eq!(asked / 11, looks, "eleven channels each");
    }
    let mut world = World::new(vec![], 1);
    world.register(0, Wanted::Button);
    world.run(2 * SECOND);
    assert_eq!(world.obstacles(0), [NoChoice::NothingHeard]);
}

/// Its beacons are heard now and then only, and it does not answer when nobody names it.
#[test]
fn a_hidden_network_is_not_forgotten_between_two_beacons() {
    let mut world = World::new(vec![keyway_wifi::access_point::BssConfig { hidden: true, ..home(0) }], 1);
    world.register(0, Wanted::Pin);
    world.run(30 * SECOND);
    let obstacles = world.obstacles(0);
    let heard = obstacles.iter().filter(|why| **why != NoChoice::NothingHeard).collect::<Vec<_>>();
    assert_eq!(heard, [&NoChoice::Hidden]);
    assert_eq!(obstacles.last(), Some(&NoChoice::Hidden), "and from then on nothing else: {obstacles:?}");
}

/// The end of a scan that was given up is not the end of the one that follows it.
#[test]
fn a_station_that_changes_its_mind() {
    for milliseconds in [0, 1, 59, 100, 400, 650] {
        let mut world = World::new(vec![home(0)], 1);
        world.set_wps(0, waits_for(&[MacAddr::BROADCAST]));
        world.bases[0].echoes = None;
        let moment = Duration::from_millis(milliseconds);
        world.units[0].station.scan(world.now);
        world.run(moment);
        world.register(0, Wanted::Button);
        world.run(moment);
        world.register(0, Wanted::Pin);
        world.run(moment);
        world.units[0].station.stop(world.now);
        world.register(0, Wanted::Pin);
        assert!(world.run_until(2 * SECOND, has_associated), "{milliseconds}: {:?}", world.told(0));
        assert!(world.obstacles(0).is_empty(), "{milliseconds}: {:?}", world.told(0));
        world.units[0].station.stop(world.now);
        world.run(SECOND);
        assert!(matches!(world.told_by(0).last(), Some(Told::Left(_))), "it said that it left");
        world.forget();
        world.run(5 * SECOND);
        assert!(world.told(0).is_empty() && world.air.is_empty(), "it does nothing any more");
    }
}

#[test]
fn looking_around() {
    let mut world = World::new(vec![home(0), home(1)], 1);
    world.units[0].station.scan(world.now);
    world.units[0].station.scan(world.now);
    world.run(2 * SECOND);
    let [Event::Scanned { results, complete: true }] = world.told(0)[..] else {
        panic!("{:?}", world.told(0))
    };
    assert_eq!(results.iter().count(), 2);

    world.forget();
    world.bring(0);
    world.forget();
    world.units[0].station.scan(world.now);
    world.run(2 * SECOND);
    assert!(
        matches!(world.told(0)[..], [Event::Scanned { complete: true, .. }]),
        "it answers with what it knows"
    );
    assert!(world.is_joined(0));
}

#[test]
fn what_the_station_says_of_itself() {
    for (wanted, request, id, enroll) in [
        (Wanted::Pin, RequestType::Enrollee, DevicePasswordId::Default, Some(true)),
        (Wanted::Button, RequestType::Enrollee, DevicePasswordId::PushButton, Some(true)),
        (Wanted::RouterPin(None), RequestType::Registrar, DevicePasswordId::Default, None),
        (Wanted::RouterPin(Some(bssid(0))), RequestType::Registrar, DevicePasswordId::Default, None),
    ] {
        let mut world = World::new(vec![home(0)], 1);
        let offer = if wanted == Wanted::Button { pressed() } else { waits_for(&[MacAddr::BROADCAST]) };
        world.set_wps(0, offer);
        world.register(0, wanted.clone());
        world.run(2 * SECOND);
        let mut kinds = [false; 2];
        for (_, body) in world.sent_by(world.address(0)) {
            match body {
                ManagementBody::ProbeRequest(elements) => {
                    let element: ProbeRequestElement = elements.wps().unwrap().unwrap();
                    assert_eq!((element.request_type.0, element.password_id.0), (Some(request), Some(id)));
                    assert_eq!(element.extensions.wfa.request_to_enroll, enroll, "{wanted:?}");
                    kinds[0] = true;
                }
                ManagementBody::AssociationRequest(asks) => {
                    let element: AssociationRequestElement = asks.elements.wps().unwrap().unwrap();
                    assert_eq!(element.request_type.0, Some(request), "{wanted:?}");
                    kinds[1] = true;
                }
                _ => {}
            }
        }
        assert_eq!(kinds, [true; 2], "{wanted:?}");
    }
}

#[test]
fn over_a_medium_that_loses_frames() {
    for seed in 0..40 {
        let mut world = World::of(vec![home(0), home(1)], vec![printer(address(1))], seed);
        world.loss = [0, 50, 150, 300][seed as usize % 4];
        world.bases[0].echoes = None;
        world.set_wps(1, wps(None));
        let by_button = seed % 3 == 0;
        world.set_wps(0, if by_button { pressed() } else { waits_for(&[world.address(0)]) });
        world.register(0, if by_button { Wanted::Button } else { Wanted::Pin });
        let found = world.run_until(15 * SECOND, |world| places(world, 0).last() == Some(&bssid(0)));
        assert!(found, "seed {seed}: {:?}", world.told(0));
    }
}
