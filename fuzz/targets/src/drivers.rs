//! A station and an access point whose drivers tell them anything, in any order. Nobody has the network's key, so nobody
//! gets in, whatever is said.

use std::time::Duration;

use keyway_eap::Timestamp;
use keyway_wifi::access_point::{AccessPoint, BssConfig, BssSecurity, Event as Told, WpsConfig};
use keyway_wifi::driver::{
    AccessPointCommand, AccessPointEvent, ConnectFailure, Sighting, StationCommand, StationEvent,
};
use keyway_wifi::element::Elements;
use keyway_wifi::frame::{Beacon, Frame, Management, ManagementBody, ReasonCode, StatusCode};
use keyway_wifi::network::Wanted;
use keyway_wifi::rsn::{HandshakeTimers, KeyManagement, Pmk};
use keyway_wifi::station::{Event, Station};
use keyway_wsc::{MacAddr, NetworkKey};

use crate::cell::{self, ROUTER, STATION};
use crate::mutate::Numbers;
use crate::radio;
use crate::script::Script;

/// Most commands or events that one call may lead to: a channel list of a station and a new key for each of eight
/// stations are far below.
const MOST: usize = 64;

/// The key that nobody has.
const SECRET: [u8; 32] = *b"thirty-two octets that none know";

/// A station is told things.
pub(crate) fn stations(input: &[u8]) {
    let mut script = Script::new(input);
    let mut numbers = Numbers::new(5);
    let mut now = Timestamp::from_secs(1000);
    let mut station = Station::new(cell::printer());
    while !script.is_over() {
        match script.byte() % 12 {
            0 | 1 => {
                if let Some(sighting) = sighting(script.many_bytes()) {
                    let found = StationEvent::Found(Box::new(sighting));
                    station.handle_event(found, now, &mut numbers);
                }
            }
            2 => {
                let done = StationEvent::ScanDone(script.byte() % 4 != 3);
                station.handle_event(done, now, &mut numbers);
            }
            3 => {
                let elements = Elements::parse(script.many_bytes()).unwrap_or_default();
                station.handle_event(StationEvent::Connected(elements), now, &mut numbers);
            }
            4 => {
                let status = StatusCode(u16::from(script.byte()));
                let failure = match script.byte() % 3 {
                    0 => ConnectFailure::NoAnswer,
                    1 => ConnectFailure::AuthenticationRefused(status),
                    _ => ConnectFailure::AssociationRefused(status),
                };
                station.handle_event(StationEvent::ConnectFailed(failure), now, &mut numbers);
            }
            5..=7 => {
                let (source, protected) = match script.byte() % 8 {
                    0 => (STATION, false),
                    choice => (ROUTER, choice == 1),
                };
                let frame = script.many_bytes().to_vec();
                station.handle_event(StationEvent::Eapol { source, frame, protected }, now, &mut numbers);
            }
            8 => {
                let reason = ReasonCode(u16::from(script.byte()));
                station.handle_event(StationEvent::Disconnected(reason), now, &mut numbers);
            }
            9 => {
                now = now + Duration::from_millis(20 * u64::from(script.byte()));
                station.handle_timeout(now, &mut numbers);
                let next = station.poll_timeout();
                assert!(next.is_none_or(|next| next > now), "the clock stands still: {station:?}");
            }
            10 => match script.byte() % 4 {
                0 => station.register(Wanted::Pin, now),
                1 => station.register(Wanted::Button, now),
                2 => station.register(Wanted::RouterPin(None), now),
                _ => station.scan(now),
            },
            _ => match script.byte() % 5 {
                0 => station.stop(now),
                4 => station.handle_event(StationEvent::KeyRefused, now, &mut numbers),
                _ => station.join(cell::name(), &NetworkKey::PreSharedKey(SECRET), now),
            },
        }
        let commands: Vec<_> = std::iter::from_fn(|| station.poll_command()).collect();
        for command in &commands {
            let lets_in = matches!(
                command,
                StationCommand::InstallPairwise(_)
                    | StationCommand::InstallGroup(_)
                    | StationCommand::InstallManagementGroup(_)
                    | StationCommand::OpenPort
            );
            assert!(!lets_in, "the station took {command:?} from one who does not have the key");
        }
        let events: Vec<_> = std::iter::from_fn(|| station.poll_event()).collect();
        assert!(!events.iter().any(|event| matches!(event, Event::Joined(_))));
        assert!(commands.len() + events.len() <= MOST);
        assert!(station.network().is_none());
    }
}

fn sighting(frame: &[u8]) -> Option<Sighting> {
    let Ok(Frame::Management(frame)) = Frame::parse(frame) else { return None };
    let (beacon, is_probe_response): (Beacon, bool) = match frame.body {
        ManagementBody::Beacon(beacon) => (beacon, false),
        ManagementBody::ProbeResponse(beacon) => (beacon, true),
        _ => return None,
    };
    let signal = -(i8::try_from(beacon.interval % 100).unwrap_or(0));
    Some(Sighting { bssid: frame.bssid, channel: cell::channel(), signal, is_probe_response, beacon })
}

/// An access point is told things.
pub(crate) fn access_points(input: &[u8]) {
    let mut script = Script::new(input);
    let mut numbers = Numbers::new(5);
    let mut now = Timestamp::from_secs(1000);
    let protects = script.byte() % 3;
    let config = BssConfig {
        bssid: ROUTER,
        channel: cell::channel(),
        ssid: cell::name(),
        hidden: false,
        security: BssSecurity::Wpa2 {
            pmk: Pmk::new(SECRET),
            key_managements: vec![KeyManagement::Psk, KeyManagement::PskSha256],
            can_protect_management: protects > 0,
            must_protect_management: protects > 1,
        },
        max_stations: 4,
        rekey: Some(Duration::from_secs(30)),
        timers: HandshakeTimers::default(),
    };
    let mut access_point = AccessPoint::new(config.clone(), &mut numbers).expect("there is randomness");
    access_point.set_wps(cell::wps());
    access_point.start(now);
    while !script.is_over() {
        let choice = script.byte();
        // One of eight stations.
        let station = MacAddr([2, 0, 0, 0, 0, STATION.0[5] ^ (choice >> 5) << 4]);
        match choice % 16 {
            0..=7 => {
                if let Ok(Frame::Management(frame)) = Frame::parse(script.many_bytes()) {
                    let frame = Management { source: station, bssid: ROUTER, ..frame };
                    let event = AccessPointEvent::Management { frame: Box::new(frame), signal: -50 };
                    access_point.handle_event(event, now, &mut numbers);
                }
            }
            8..=10 => {
                let frame = script.many_bytes().to_vec();
                let event = AccessPointEvent::Eapol { station, frame, protected: choice & 16 != 0 };
                access_point.handle_event(event, now, &mut numbers);
            }
            11 => access_point.handle_event(AccessPointEvent::StationLost(station), now, &mut numbers),
            12 => {
                let number = u64::from(script.byte()).wrapping_mul(0x0101_0101_0101_0101);
                access_point.handle_event(AccessPointEvent::GroupPacketNumber(number), now, &mut numbers);
            }
            13 => {
                now = now + Duration::from_millis(20 * u64::from(script.byte()));
                access_point.handle_timeout(now, &mut numbers);
                let next = access_point.poll_timeout();
                assert!(next.is_none_or(|next| next > now), "the clock stands still: {access_point:?}");
            }
            _ => match script.byte() % 9 {
                7 => access_point.handle_event(AccessPointEvent::Stopped, now, &mut numbers),
                8 => access_point.handle_event(AccessPointEvent::Resumed, now, &mut numbers),
                6 => access_point.handle_event(AccessPointEvent::KeyRefused(station), now, &mut numbers),
                0 => access_point.registration_over(station, now),
                1 => access_point.send_eapol(station, vec![1, 0, 0, 0]),
                2 => access_point.disconnect(station),
                3 => access_point.set_wps(WpsConfig::default()),
                4 => access_point.set_wps(cell::wps()),
                _ => {
                    access_point.restart(config.clone(), now, &mut numbers).expect("there is randomness");
                }
            },
        }
        let commands: Vec<_> = std::iter::from_fn(|| access_point.poll_command()).collect();
        for command in &commands {
            let lets_in =
                matches!(command, AccessPointCommand::InstallPairwise(..) | AccessPointCommand::OpenPort(_));
            assert!(!lets_in, "the access point took {command:?} from one who does not have the key");
        }
        let events: Vec<_> = std::iter::from_fn(|| access_point.poll_event()).collect();
        assert!(!events.iter().any(|event| matches!(event, Told::Joined { .. })));
        assert!(commands.len() + events.len() <= MOST);
        assert!(access_point.joined().next().is_none());
    }
}

/// What the driver of a station told it when it registered and joined.
pub(crate) fn station_seeds() -> Vec<Vec<u8>> {
    let mut seeds = vec![];
    for begin in [[10, 0], [10, 1], [10, 3], [11, 1]] {
        let mut seed = begin.to_vec();
        let mut joined = begin.to_vec();
        for frame in radio::conversation() {
            match Frame::parse(&frame) {
                Ok(Frame::Management(management)) => match management.body {
                    ManagementBody::Beacon(_) | ManagementBody::ProbeResponse(_) => {
                        push(&mut seed, 0, &frame);
                        push(&mut joined, 0, &frame);
                        joined.extend([2, 0]);
                    }
                    ManagementBody::AssociationResponse(answer) => {
                        push(&mut seed, 3, answer.elements.as_bytes());
                        push(&mut joined, 3, &[]);
                    }
                    ManagementBody::Deauthentication(_) => seed.extend([8, 3, 9, 100]),
                    _ => {}
                },
                Ok(Frame::Data(data)) => {
                    if let Ok(snap) = keyway_wifi::frame::Snap::parse(&data.payload) {
                        seed.extend([5, 2]);
                        push_bytes(&mut seed, snap.packet);
                        joined.extend([5, 2]);
                        push_bytes(&mut joined, snap.packet);
                    }
                }
                _ => {}
            }
        }
        seed.extend([2, 0, 9, 200, 4, 30, 2]);
        joined.extend([9, 255, 9, 255, 8, 3]);
        seeds.extend([seed, joined]);
    }
    seeds
}

/// What the driver of an access point told it.
pub(crate) fn access_point_seeds() -> Vec<Vec<u8>> {
    let mut seeds = vec![];
    for protects in 0..3 {
        let mut seed = vec![protects];
        for frame in radio::conversation() {
            match Frame::parse(&frame) {
                Ok(Frame::Management(management)) if management.source == STATION => {
                    push(&mut seed, 0, &frame)
                }
                Ok(Frame::Data(data)) if data.address2 == STATION => {
                    if let Ok(snap) = keyway_wifi::frame::Snap::parse(&data.payload) {
                        push(&mut seed, 8, snap.packet);
                    }
                }
                _ => {}
            }
            seed.extend([13, 1]);
        }
        seed.extend([13, 200, 12, 7, 11, 14, 5]);
        seeds.push(seed);
    }
    seeds
}

/// A kind, and octets behind their number.
fn push(seed: &mut Vec<u8>, kind: u8, octets: &[u8]) {
    seed.push(kind);
    push_bytes(seed, octets);
}

fn push_bytes(seed: &mut Vec<u8>, octets: &[u8]) {
    seed.extend(u16::try_from(octets.len()).expect("frames are short").to_be_bytes());
    seed.extend(octets);
}
