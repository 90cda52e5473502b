//! Management frames, with and without protection.

use super::*;

const REASON: ReasonCode = ReasonCode::UNSPECIFIED;

fn farewells(destination: MacAddr, source: MacAddr, bssid: MacAddr, reason: ReasonCode) -> [Management; 2] {
    [ManagementBody::Deauthentication(reason.into()), ManagementBody::Disassociation(reason.into())]
        .map(|body| Management::new(destination, source, bssid, body))
}

/// Everything that somebody could send in the access point's name to end the association.
fn forged(world: &World, reason: ReasonCode) -> Vec<Vec<u8>> {
    let (bssid, station) = (world.bases[0].bssid, world.units[0].mac.address());
    let frames =
        [station, MacAddr::BROADCAST].map(|destination| farewells(destination, bssid, bssid, reason));
    frames.iter().flatten().map(Management::encode).collect()
}

#[test]
fn without_protection_anybody_can_send_a_station_away() {
    let mut world = World::new(Security::Wpa2, 1, 1);
    for frame in forged(&world, REASON) {
        world.join(0, 0);
        world.inject(Radio::Unit(0), &frame);
        assert_eq!(world.sent_away(0), Some(REASON));
        assert_eq!(world.units[0].tuned, None);
    }
}

#[test]
fn with_protection_nobody_else_can() {
    let mut world = World::new(Security::Protected, 1, 1);
    let every = [REASON, ReasonCode::CLASS2_FROM_UNAUTHENTICATED, ReasonCode::CLASS3_FROM_UNASSOCIATED];
    let frames: Vec<_> = every.iter().flat_map(|reason| forged(&world, *reason)).collect();
    // Before there is a key, anybody can.
    let connect = StationCommand::Connect(Box::new(world.request(0)));
    world.command(0, connect);
    world.run(Duration::from_micros(1300));
    assert!(matches!(world.units[0].events[..], [StationEvent::Connected(_)]));
    world.inject(Radio::Unit(0), &frames[0]);
    assert_eq!(world.sent_away(0), Some(REASON));
    world.run(10 * SECOND);

    world.join(0, 0);
    for frame in &frames {
        world.inject(Radio::Unit(0), frame);
        world.run(2 * SECOND);
        assert!(world.is_joined(0), "{frame:02x?}");
    }
    world.send(0, address(0xee), b"still there");
    world.run(SECOND);
    assert_eq!(world.packets_down(0), [b"still there"]);
}

#[test]
fn the_true_access_point_can() {
    let mut world = World::new(Security::Protected, 1, 1);
    let (bssid, station) = (world.bases[0].bssid, world.units[0].mac.address());
    for destination in [station, MacAddr::BROADCAST] {
        for farewell in farewells(destination, bssid, bssid, ReasonCode::INACTIVITY) {
            world.join(0, 0);
            world.air.clear();
            world.command_base(0, AccessPointCommand::Send(Box::new(farewell.clone())));
            world.run(SECOND / 20);
            assert_eq!(world.sent_away(0), Some(ReasonCode::INACTIVITY));
            let protected = world.frames().any(|(_, frame)| match frame {
                Frame::Management(frame) => match frame.body {
                    ManagementBody::Sealed(..) => destination == station,
                    ManagementBody::Deauthentication(farewell) | ManagementBody::Disassociation(farewell) => {
                        farewell.elements.raw(crate::element::ElementId::MANAGEMENT_MIC).is_some()
                    }
                    _ => false,
                },
                _ => false,
            });
            assert!(protected);
            // The same frame once more does nothing to the next association.
            let old = world.air.last().unwrap().1.frame.clone();
            world.join(0, 0);
            world.inject(Radio::Unit(0), &old);
            assert!(world.is_joined(0));
        }
    }
}

#[test]
fn a_restarted_access_point_is_found_out() {
    for security in [Security::Wpa2, Security::Protected] {
        let mut world = World::new(security, 1, 1);
        world.join(0, 0);
        world.bases[0].mac = AccessPointMac::new();
        world.bases[0].authenticators.clear();
        world.start(0);
        world.run(SECOND);
        assert!(world.is_joined(0));
        world.send(0, address(0xee), b"who are you?");
        world.run(2 * SECOND);
        assert_eq!(world.sent_away(0), Some(ReasonCode::CLASS3_FROM_UNASSOCIATED));
        world.join(0, 0);
    }
}

#[test]
fn stations_are_protected_likewise() {
    for (security, heard) in [(Security::Wpa2, true), (Security::Protected, false)] {
        let mut world = World::new(security, 1, 1);
        world.join(0, 0);
        world.bases[0].events.clear();
        world.bases[0].answers = false;
        let (bssid, station) = (world.bases[0].bssid, world.units[0].mac.address());
        for farewell in farewells(bssid, station, bssid, REASON) {
            world.inject(Radio::Base(0), &farewell.encode());
        }
        assert_eq!(world.bases[0].events.len(), if heard { 2 } else { 0 });
        // What it says itself is heard, decrypted.
        world.bases[0].events.clear();
        world.command(0, StationCommand::Disconnect(ReasonCode::STATION_LEAVING));
        world.run(SECOND / 10);
        let [AccessPointEvent::Management { frame, signal: -50 }] = &world.bases[0].events[..] else {
            panic!("{:?}", world.bases[0].events);
        };
        assert_eq!(frame.body, ManagementBody::Deauthentication(ReasonCode::STATION_LEAVING.into()));
    }
}

#[test]
fn a_station_answers_sa_queries_that_are_protected() {
    let mut world = World::new(Security::Protected, 1, 1);
    world.join(0, 0);
    world.bases[0].events.clear();
    let (bssid, station) = (world.bases[0].bssid, world.units[0].mac.address());
    let query = SaQuery { is_response: false, transaction: [4, 2] };
    let ask = Management::new(station, bssid, bssid, ManagementBody::Action(query.to_action()));
    world.inject(Radio::Unit(0), &ask.encode());
    world.run(SECOND);
    assert_eq!(world.bases[0].events, []);
    world.command_base(0, AccessPointCommand::Send(Box::new(ask)));
    world.run(SECOND);
    let [AccessPointEvent::Management { frame, .. }] = &world.bases[0].events[..] else { panic!() };
    let answer = SaQuery { is_response: true, ..query };
    assert_eq!(frame.body, ManagementBody::Action(answer.to_action()));
}

#[test]
fn data_of_a_stranger_are_answered_with_a_farewell() {
    let mut world = World::new(Security::Wpa2, 1, 1);
    let bssid = world.bases[0].bssid;
    let data = Data::from_station(address(50), bssid, bssid, vec![1, 2, 3]);
    world.air.clear();
    world.inject(Radio::Base(0), &data.encode());
    let Some((_, Frame::Management(frame))) = world.frames().last() else { panic!() };
    assert_eq!(frame.destination, address(50));
    assert_eq!(frame.body, ManagementBody::Deauthentication(ReasonCode::CLASS3_FROM_UNASSOCIATED.into()));
    for _ in 0..10_000 {
        world.inject(Radio::Base(0), &data.encode());
    }
    world.run(10 * SECOND);
    let farewells = world.frames().filter(|(_, frame)| {
        matches!(frame, Frame::Management(Management { body: ManagementBody::Deauthentication(_), .. }))
    });
    assert!(farewells.count() < 300 * 7, "a flood is not answered in full");
}

#[test]
fn only_what_is_meant_for_it_reaches_the_access_point() {
    let mut world = World::new(Security::Wpa2, 1, 1);
    let bssid = world.bases[0].bssid;
    world.bases[0].answers = false;
    world.bases[0].events.clear();
    let probe = |destination, bssid| {
        Management::new(destination, address(50), bssid, ManagementBody::ProbeRequest(Elements::new()))
    };
    let authentication = ManagementBody::Authentication(Authentication::open_request());
    let cases = [
        (probe(MacAddr::BROADCAST, MacAddr::BROADCAST), true),
        (probe(bssid, MacAddr::BROADCAST), true),
        (probe(bssid, bssid), true),
        (probe(MacAddr::BROADCAST, address(51)), false),
        (probe(address(51), address(51)), false),
        (Management::new(bssid, address(50), bssid, authentication.clone()), true),
        (Management::new(address(51), address(50), address(51), authentication.clone()), false),
        (Management::new(bssid, bssid, bssid, authentication.clone()), false),
        (Management::new(bssid, MacAddr::BROADCAST, bssid, authentication), false),
        (
            Management::new(
                MacAddr::BROADCAST,
                address(51),
                address(51),
                ManagementBody::Beacon(beacon(Security::Open)),
            ),
            false,
        ),
    ];
    for (frame, is_heard) in cases {
        world.bases[0].events.clear();
        world.inject(Radio::Base(0), &frame.encode());
        assert_eq!(world.bases[0].events.len(), usize::from(is_heard), "{frame:?}");
    }
    // A repetition of a frame that was heard is not heard again.
    let mut again = probe(bssid, bssid);
    again.flags = Flags::RETRY;
    world.bases[0].events.clear();
    world.inject(Radio::Base(0), &probe(bssid, bssid).encode());
    world.inject(Radio::Base(0), &again.encode());
    assert_eq!(world.bases[0].events.len(), 1);
}
