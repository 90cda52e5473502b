//! A station that does not listen for a while: it looks for other networks.

use super::*;
use crate::element::Tim;

fn scan() -> StationCommand {
    StationCommand::Scan(Box::new(ScanRequest {
        channels: [1, 11, 36, 40, 44].map(channel).to_vec(),
        dwell: Duration::from_millis(100),
        ssid: None,
        elements: Elements::new(),
    }))
}

fn maps(world: &World) -> Vec<Tim> {
    let beacons = world.frames().filter_map(|(_, frame)| match frame {
        Frame::Management(Management { body: ManagementBody::Beacon(beacon), .. }) => Some(beacon),
        _ => None,
    });
    beacons.map(|beacon| beacon.elements.find::<Tim>().unwrap().unwrap()).collect()
}

#[test]
fn frames_wait_for_a_station_that_scans() {
    let mut world = World::new(Security::Protected, 1, 2);
    world.join(0, 0);
    world.join(1, 0);
    let [first, second] = [0, 1].map(|at| world.units[at].mac.address());
    world.command(0, scan());
    world.run(SECOND / 20);
    assert_eq!(world.units[0].tuned, Some(channel(1)));
    world.air.clear();
    world.send_down(0, first, b"for the one that is away");
    world.send_down(0, second, b"for the one that is here");
    world.send_down(0, MacAddr::BROADCAST, b"for all");
    world.send_down(0, MacAddr::BROADCAST, b"for all again");
    world.send(0, address(0xee), b"sent when it is back");
    world.run(SECOND / 4);
    assert_eq!(world.packets(1), [&b"for the one that is here"[..], b"for all", b"for all again"]);
    let maps = maps(&world);
    assert!(maps.iter().all(|map| map.has_frames_for(1) && !map.has_frames_for(2)), "{maps:?}");
    let announced: Vec<_> = maps.iter().filter(|map| map.bitmap_control & 1 == 1).collect();
    assert_eq!((announced.len(), announced[0].dtim_count), (1, 0));
    let groups: Vec<bool> = world
        .frames()
        .filter_map(|(_, frame)| match frame {
            Frame::Data(data) if is_group(data.address1) => Some(data.flags.contains(Flags::MORE_DATA)),
            _ => None,
        })
        .collect();
    assert_eq!(groups, [true, false]);

    world.run(SECOND);
    assert_eq!(world.units[0].events.last(), Some(&StationEvent::ScanDone(true)));
    assert_eq!(world.units[0].tuned, Some(channel(6)));
    assert_eq!(world.packets(0), [b"for the one that is away"], "frames to groups are not kept for it alone");
    assert_eq!(world.packets_down(0), [b"sent when it is back"]);
    assert!(world.is_joined(0));
}

#[test]
fn what_is_kept_is_bounded() {
    let mut world = World::new(Security::Wpa2, 1, 1);
    world.join(0, 0);
    let station = world.units[0].mac.address();
    world.command(0, scan());
    world.run(SECOND / 20);
    for number in 0..=255u8 {
        world.send_down(0, station, &[number]);
        world.send_down(0, MacAddr::BROADCAST, &[number]);
    }
    world.run(SECOND);
    let kept: Vec<[u8; 1]> = (0..64).map(|number| [number]).collect();
    assert_eq!(world.packets(0), kept.iter().map(|packet| &packet[..]).collect::<Vec<_>>());
}

#[test]
fn a_station_that_was_told_to_stop_scanning_is_back() {
    let mut world = World::new(Security::Wpa2, 1, 1);
    world.join(0, 0);
    let station = world.units[0].mac.address();
    // Before the access point knows, on another channel, and twice in a row.
    for away in [Duration::ZERO, SECOND / 20, SECOND / 8] {
        world.units[0].received.clear();
        world.command(0, scan());
        world.run(away);
        world.command(0, scan());
        world.send_down(0, station, b"x");
        world.command(0, StationCommand::StopScan);
        world.run(SECOND / 10);
        assert_eq!(world.packets(0), [b"x"]);
        assert_eq!(world.units[0].events.last(), Some(&StationEvent::ScanDone(true)));
    }
}

#[test]
fn a_station_may_be_sent_away_while_it_leaves() {
    let mut world = World::new(Security::Wpa2, 1, 1);
    world.join(0, 0);
    let (bssid, station) = (world.bases[0].bssid, world.units[0].mac.address());
    let body = ManagementBody::Deauthentication(ReasonCode::LEAVING.into());
    world.units[0].mac.handle_command(scan(), world.now);
    world.inject(Radio::Unit(0), &Management::new(station, bssid, bssid, body).encode());
    assert_eq!(world.sent_away(0), Some(ReasonCode::LEAVING));
    world.run(SECOND);
    assert_eq!(world.units[0].events.last(), Some(&StationEvent::ScanDone(true)));
    assert_eq!(world.units[0].tuned, None);
}

#[test]
fn a_map_has_the_bits_of_those_that_are_away() {
    let mut mac = AccessPointMac::new();
    let now = Timestamp::from_secs(3);
    let bssid = address(0xa0);
    let beacon = Box::new(beacon(Security::Open));
    let start = AccessPointCommand::Start { bssid, channel: channel(6), ssid: ssid(), beacon };
    mac.handle_command(start, now);
    let ids = [(1, 700), (2, 733), (3, 2007)];
    for (last, association_id) in ids {
        let station = address(last);
        let add = AccessPointCommand::AddStation {
            station,
            association_id,
            rates: vec![2],
            listen_interval: 1,
            protects_management: false,
        };
        mac.handle_command(add, now);
        mac.handle_command(AccessPointCommand::OpenPort(station), now);
    }
    let mut asleep = vec![];
    for (last, id) in ids {
        let mut null = Data::from_station(address(last), bssid, bssid, vec![]);
        (null.subtype, null.flags) = (Subtype::NULL, null.flags.with(Flags::POWER_MANAGEMENT));
        let frame = null.encode();
        mac.handle_frame(Reception { channel: channel(6), signal: -40, frame: &frame }, now);
        mac.send_ethernet(&ethernet(address(last), address(0xee), b"x"), now);
        asleep.push(id);
        while mac.poll_transmit().is_some() {}
        mac.handle_timeout(mac.poll_timeout().unwrap());
        let sent = mac.poll_transmit().unwrap();
        let Ok(Frame::Management(Management { body: ManagementBody::Beacon(beacon), .. })) =
            Frame::parse(&sent.frame)
        else {
            panic!("{sent:?}")
        };
        let map = beacon.elements.find::<Tim>().unwrap().unwrap();
        for id in 1..=2007 {
            assert_eq!(map.has_frames_for(id), asleep.contains(&id), "{id} {map:?}");
        }
    }
}
