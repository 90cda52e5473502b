//! Scans and associations.

use super::*;
use crate::element::Tim;

fn scan(channels: &[u8]) -> StationCommand {
    StationCommand::Scan(Box::new(ScanRequest {
        channels: channels.iter().map(|number| channel(*number)).collect(),
        dwell: Duration::from_millis(120),
        ssid: None,
        elements: Elements::new(),
    }))
}

#[test]
fn a_scan_finds_every_access_point() {
    let mut world = World::new(Security::Wpa2, 2, 1);
    let started = world.now;
    world.run(5 * SECOND);
    world.command(0, scan(&[1, 6, 36]));
    let begun = world.now;
    assert_eq!(world.units[0].tuned, Some(channel(1)));
    world.run(SECOND);
    assert_eq!(world.units[0].tuned, None, "the radio is off again");
    let mut found = BTreeMap::<_, Vec<bool>>::new();
    for event in &world.units[0].events {
        if let StationEvent::Found(sighting) = event {
            assert_eq!(sighting.signal, -50);
            // The clock of an access point says how long it has been on.
            let on = world.now.saturating_since(started).as_micros() as u64;
            assert!(sighting.beacon.timestamp > on - 1_000_000 && sighting.beacon.timestamp < on);
            let name = sighting.beacon.elements.find::<Ssid>().unwrap().unwrap();
            assert_eq!(name.as_bytes(), b"Home");
            found.entry((sighting.bssid, sighting.channel)).or_default().push(sighting.is_probe_response);
        }
    }
    let networks: Vec<_> = found.keys().copied().collect();
    assert_eq!(networks, [(address(0xa0), channel(6)), (address(0xa1), channel(36))]);
    assert!(found.values().all(|kinds| kinds.contains(&true) && kinds.contains(&false)), "{found:?}");
    assert_eq!(world.units[0].events.last(), Some(&StationEvent::ScanDone(true)));

    let asked = |frame: &Frame| {
        matches!(frame, Frame::Management(Management { body: ManagementBody::ProbeRequest(_), .. }))
    };
    let asked: Vec<_> = world.frames().filter(|(_, frame)| asked(frame)).map(|(at, _)| at).collect();
    let dwell = Duration::from_millis(120);
    assert_eq!(asked, [begun, begun + dwell, begun + dwell + dwell]);
}

#[test]
fn a_scan_can_be_stopped() {
    let mut world = World::new(Security::Wpa2, 1, 1);
    world.command(0, scan(&[1, 11]));
    world.command(0, StationCommand::StopScan);
    assert_eq!(world.units[0].events, [StationEvent::ScanDone(true)]);
    assert_eq!(world.units[0].mac.poll_timeout(), None);
    world.command(0, StationCommand::StopScan);
    assert_eq!(world.units[0].events.len(), 1);
    world.command(0, scan(&[]));
    assert_eq!(world.units[0].events.len(), 2, "a scan of nothing is over at once");
}

#[test]
fn beacons_come_in_time() {
    let mut world = World::new(Security::Wpa2, 1, 0);
    let begun = world.now;
    world.run(Duration::from_millis(1000));
    let mut counts = vec![];
    for (number, (at, frame)) in world.frames().enumerate() {
        let Frame::Management(Management { body: ManagementBody::Beacon(beacon), sequence, .. }) = frame
        else {
            panic!("{frame:?}");
        };
        let passed = at.saturating_since(begun).as_micros() as u64;
        assert_eq!(passed, 102_400 * number as u64);
        assert_eq!((beacon.timestamp, sequence.number()), (passed, number as u16));
        let tim = beacon.elements.find::<Tim>().unwrap().unwrap();
        assert_eq!((tim.dtim_period, tim.bitmap_control, &tim.bitmap[..]), (2, 0, &[0][..]));
        let places: Vec<u8> = beacon.elements.iter().map(|element| element.id.0).collect();
        assert_eq!(places, [0, 1, 3, 5, 48]);
        counts.push(tim.dtim_count);
    }
    assert_eq!(counts, [0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
    assert!(world.air.iter().all(|(_, beacon)| beacon.rate == 2 && beacon.ticket.is_none()));
}

#[test]
fn a_late_owner_gets_one_beacon_on_the_grid() {
    let mut mac = AccessPointMac::new();
    let start = Timestamp::from_secs(5);
    let command = AccessPointCommand::Start {
        bssid: address(9),
        channel: channel(1),
        ssid: ssid(),
        beacon: Box::new(beacon(Security::Open)),
    };
    mac.handle_command(command, start);
    assert!(mac.poll_transmit().is_some());
    mac.handle_timeout(start + Duration::from_micros(102_400 * 7 + 1));
    assert!(mac.poll_transmit().is_some());
    assert!(mac.poll_transmit().is_none());
    assert_eq!(mac.poll_timeout(), Some(start + Duration::from_micros(102_400 * 8)));
}

#[test]
fn an_access_point_goes_off_behind_its_last_word() {
    let mut world = World::new(Security::Wpa2, 1, 1);
    world.join(0, 0);
    let bssid = world.bases[0].bssid;
    let station = world.units[0].mac.address();
    let body = ManagementBody::Deauthentication(ReasonCode::LEAVING.into());
    let farewell = Box::new(Management::new(station, bssid, bssid, body));
    world.bases[0].mac.handle_command(AccessPointCommand::Send(farewell), world.now);
    world.command_base(0, AccessPointCommand::Stop);
    assert_eq!(world.bases[0].tuned, Some(channel(6)));
    world.run(SECOND);
    assert_eq!(world.bases[0].tuned, None);
    assert_eq!(world.sent_away(0), Some(ReasonCode::LEAVING));
    assert_eq!(world.bases[0].mac.poll_timeout(), None);
}

#[test]
fn nobody_answers() {
    let mut world = World::new(Security::Wpa2, 1, 1);
    world.bases[0].answers = false;
    let request = world.request(0);
    world.command(0, StationCommand::Connect(Box::new(request.clone())));
    world.run(SECOND);
    let failure = StationEvent::ConnectFailed(ConnectFailure::NoAnswer);
    assert_eq!(
        world.units[0].events,
        core::slice::from_ref(&failure),
        "an access point that acknowledges and does not answer"
    );
    let elsewhere = ConnectRequest { channel: channel(11), ..request };
    world.command(0, StationCommand::Connect(Box::new(elsewhere)));
    world.run(2 * SECOND);
    assert_eq!(world.units[0].events[1..], [failure], "nobody is there at all");
    assert_eq!(world.units[0].tuned, None);
    let tries = world.air.iter().filter(|(_, transmission)| transmission.channel == channel(11)).count();
    assert_eq!(tries, 3 * 7);
}

#[test]
fn a_refusal_is_told() {
    let mut world = World::new(Security::Wpa2, 1, 1);
    world.bases[0].answers = false;
    let (bssid, station) = (world.bases[0].bssid, world.units[0].mac.address());
    let connect = StationCommand::Connect(Box::new(world.request(0)));
    let answer = |body| Management::new(station, bssid, bssid, body).encode();
    let full = StatusCode::NO_MORE_STATIONS;
    let authenticated =
        |status| answer(ManagementBody::Authentication(Authentication::open_response(status)));
    world.command(0, connect.clone());
    world.inject(Radio::Unit(0), &authenticated(full));
    world.command(0, connect);
    world.inject(Radio::Unit(0), &authenticated(StatusCode::SUCCESS));
    world.inject(
        Radio::Unit(0),
        &answer(ManagementBody::AssociationResponse(AssociationResponse {
            capabilities: Capabilities::ESS,
            status: full,
            association_id: 0,
            elements: Elements::new(),
        })),
    );
    let failed = StationEvent::ConnectFailed;
    assert_eq!(
        world.units[0].events,
        [
            failed(ConnectFailure::AuthenticationRefused(full)),
            failed(ConnectFailure::AssociationRefused(full))
        ]
    );
}

#[test]
fn a_scan_and_an_attempt_exclude_each_other() {
    let mut world = World::new(Security::Wpa2, 1, 1);
    world.command(0, scan(&[1, 6]));
    let connect = StationCommand::Connect(Box::new(world.request(0)));
    world.command(0, connect);
    assert_eq!(world.units[0].events, [StationEvent::ScanDone(false)]);
    world.command(0, scan(&[1, 6]));
    assert_eq!(world.units[0].events[1..], [StationEvent::ScanDone(false)]);
    world.run(SECOND);
    assert!(world.is_joined(0));
}

#[test]
fn stations_come_back_and_roam() {
    let mut world = World::new(Security::Protected, 2, 1);
    for base in [0, 0, 1, 0] {
        world.join(0, base);
        let numbers = [world.units[0].received.len(), world.bases[base].received.len()];
        let station = world.units[0].mac.address();
        world.send(0, address(0xee), b"up");
        world.send_down(base, station, b"down");
        world.run(SECOND);
        let after = [world.units[0].received.len(), world.bases[base].received.len()];
        assert_eq!(after, numbers.map(|number| number + 1));
        assert_eq!(world.units[0].tuned, Some(world.bases[base].channel));
        world.command(0, StationCommand::Disconnect(ReasonCode::LEAVING));
        world.run(SECOND / 10);
        assert!(world.bases[base].authenticators.is_empty(), "the access point knows");
        assert_eq!(world.units[0].tuned, None);
        world.send(0, address(0xee), b"nobody hears this");
        world.run(SECOND);
        assert_eq!(world.bases[base].received.len(), after[1]);
    }
    // From one access point to the other, without a farewell.
    world.join(0, 0);
    world.join(0, 1);
    assert_eq!(world.units[0].tuned, Some(channel(36)));
}

#[test]
fn whoever_vanishes_is_missed() {
    let mut world = World::new(Security::Wpa2, 1, 2);
    world.join(0, 0);
    world.join(1, 0);
    let station = world.units[0].mac.address();
    // The station's power fails.
    world.units[0].mac = StationMac::new(station);
    world.units[0].tuned = None;
    world.send_down(0, station, b"are you there?");
    world.run(10 * SECOND);
    let lost = AccessPointEvent::StationLost(station);
    assert_eq!(world.bases[0].events.iter().filter(|event| **event == lost).count(), 1);
    // The access point's power fails.
    world.run(100 * SECOND);
    assert!(world.is_joined(1), "an idle station stays");
    world.bases[0].mac = AccessPointMac::new();
    world.bases[0].tuned = None;
    world.run(2 * SECOND);
    assert!(world.is_joined(1));
    world.run(2 * SECOND);
    assert_eq!(world.sent_away(1), Some(ReasonCode::INACTIVITY));
    assert_eq!(world.units[1].tuned, None);
}

#[test]
fn a_silent_station_that_is_gone_is_missed_too() {
    let mut world = World::new(Security::Wpa2, 1, 1);
    world.join(0, 0);
    let station = world.units[0].mac.address();
    world.units[0].mac = StationMac::new(station);
    world.units[0].tuned = None;
    world.run(59 * SECOND);
    assert!(!world.bases[0].events.contains(&AccessPointEvent::StationLost(station)));
    world.run(20 * SECOND);
    assert!(world.bases[0].events.contains(&AccessPointEvent::StationLost(station)));
}
