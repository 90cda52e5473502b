//! Frames that nobody honest sends.

use super::*;
use crate::ccmp::Sealer;
use crate::rsn::TemporalKey;
use link::{Link, Rules};

/// A payload that an IP stack would take.
fn plain(packet: &[u8]) -> Vec<u8> {
    Snap { ether_type: 0x0800, packet }.encode()
}

fn eapol() -> Vec<u8> {
    Snap::eapol(&[2, 1, 0, 0]).encode()
}

#[test]
fn data_without_encryption_do_not_pass_where_there_is_a_key() {
    let mut world = World::new(Security::Wpa2, 1, 1);
    world.join(0, 0);
    world.send(0, address(0xee), b"confirms the key");
    let (bssid, station) = (world.bases[0].bssid, world.units[0].mac.address());
    world.send_down(0, station, b"confirms the key");
    world.run(SECOND);
    world.units[0].events.clear();
    world.bases[0].events.clear();
    for destination in [station, MacAddr::BROADCAST] {
        for payload in [plain(b"forged"), eapol()] {
            let data = Data::from_access_point(bssid, destination, address(0xee), payload);
            world.inject(Radio::Unit(0), &data.clone().encode());
            world.inject(Radio::Unit(0), &data.with_qos(1).encode());
        }
    }
    for destination in [bssid, address(0xee), MacAddr::BROADCAST] {
        for payload in [plain(b"forged"), eapol()] {
            let data = Data::from_station(station, bssid, destination, payload);
            world.inject(Radio::Base(0), &data.encode());
        }
    }
    assert_eq!((world.packets(0).len(), world.packets_down(0).len()), (1, 1));
    assert_eq!((world.units[0].events.len(), world.bases[0].events.len()), (0, 0));
}

#[test]
fn what_was_sent_once_is_not_received_again() {
    let mut world = World::new(Security::Protected, 1, 2);
    world.join(0, 0);
    world.join(1, 0);
    let station = world.units[0].mac.address();
    for _ in 0..5 {
        world.send(0, address(0xee), b"up");
        world.send_down(0, station, b"down");
        world.send_down(0, MacAddr::BROADCAST, b"all");
    }
    world.run(SECOND);
    let received =
        |world: &World| [world.packets(0).len(), world.packets(1).len(), world.packets_down(0).len()];
    assert_eq!(received(&world), [10, 5, 5]);
    let recorded: Vec<_> = world.frames().filter(|(_, frame)| matches!(frame, Frame::Data(_))).collect();
    for (_, frame) in recorded {
        for radio in [Radio::Unit(0), Radio::Unit(1), Radio::Base(0)] {
            world.inject(radio, &frame.encode());
        }
    }
    assert_eq!(received(&world), [10, 5, 5]);
    assert!(world.is_joined(0) && world.is_joined(1));
}

#[test]
fn parts_and_aggregates_are_not_taken() {
    let key = || TemporalKey::new([9; 16]);
    let mut link = Link::new(Rules { privacy: true, protects_management: false });
    link.install(key());
    link.open_port();
    let mut sealer = Sealer::new(&key());
    let whole = Data::from_station(address(1), address(9), address(2), plain(b"x"));
    let cases = [
        (whole.clone(), true),
        (whole.clone().with_qos(7), true),
        (Data { flags: whole.flags.with(Flags::MORE_FRAGMENTS), ..whole.clone() }, false),
        (Data { sequence: SequenceControl(1), ..whole.clone() }, false),
        (Data { qos: Some(QosControl(0x80)), ..whole.clone().with_qos(0) }, false),
        (Data { address4: Some(address(3)), ..whole.clone() }, false),
        (Data { subtype: Subtype(1), ..whole.clone() }, false),
        (Data { payload: vec![0xaa; 7], ..whole }, false),
    ];
    for (data, may_pass) in cases {
        let sealed = sealer.seal(&data.encode()).unwrap();
        let Ok(Frame::Data(received)) = Frame::parse(&sealed) else { panic!() };
        assert_eq!(link.receive_data(&received, &sealed).is_some(), may_pass, "{data:?}");
    }
}

#[test]
fn a_link_obeys_its_rules() {
    let data = Data::from_station(address(1), address(9), address(2), plain(b"x"));
    let hello = Data::from_station(address(1), address(9), address(9), eapol());
    // Privacy, key, port; whether data and EAPOL pass without encryption, whether data go out.
    for (privacy, key, port, passes, eapol_passes, goes_out) in [
        (true, false, false, false, true, false),
        (true, false, true, false, true, false),
        (true, true, false, false, true, false),
        (true, true, true, false, true, true),
        (false, false, false, false, true, false),
        (false, false, true, true, true, true),
        (false, true, true, false, true, true),
    ] {
        let mut link = Link::new(Rules { privacy, protects_management: false });
        if key {
            link.install(TemporalKey::new([9; 16]));
        }
        if port {
            link.open_port();
        }
        assert_eq!(link.receive_data(&data, &data.encode()).is_some(), passes);
        assert_eq!(link.receive_data(&hello, &hello.encode()).is_some(), eapol_passes);
        assert_eq!(link.send_data(&data).is_some(), goes_out);
        assert_eq!(link.send_eapol(&hello, true).is_some(), key);
    }
}

#[test]
fn a_key_is_not_begun_again() {
    let mut link = Link::new(Rules { privacy: true, protects_management: false });
    let data = Data::from_station(address(1), address(9), address(2), plain(b"x"));
    link.open_port();
    link.install(TemporalKey::new([9; 16]));
    let first = link.send_data(&data);
    link.install(TemporalKey::new([9; 16]));
    assert_ne!(link.send_data(&data), first);
    link.install(TemporalKey::new([8; 16]));
    link.install(TemporalKey::new([7; 16]));
    assert!(link.send_data(&data).is_some());
}

#[test]
fn nothing_that_is_heard_breaks_a_protected_association() {
    let mut world = World::new(Security::Protected, 1, 1);
    world.join(0, 0);
    let station = world.units[0].mac.address();
    world.send(0, address(0xee), b"up");
    world.send_down(0, station, b"down");
    world.send_down(0, MacAddr::BROADCAST, b"all");
    world.run(SECOND);
    let recorded: Vec<_> = world.air.iter().map(|(_, sent)| sent.frame.clone()).collect();
    world.bases[0].answers = false;
    world.bases[0].authenticators.clear();
    world.units[0].supplicant = None;
    let mut numbers = Numbers(4711);
    for round in 0..20_000 {
        let mut frame = recorded[numbers.below(recorded.len() as u64) as usize].clone();
        match round % 4 {
            // Some other kind of frame with the same addresses.
            0 => frame[0] = numbers.below(256) as u8 & !3,
            1 => frame.truncate(numbers.below(frame.len() as u64) as usize),
            2 => (24..frame.len()).for_each(|at| frame[at] = numbers.below(256) as u8),
            _ => {
                for _ in 0..=numbers.below(4) {
                    let at = numbers.below(frame.len() as u64) as usize;
                    frame[at] ^= 1 << numbers.below(8);
                }
            }
        }
        let reception = Reception { channel: channel(6), signal: -60, frame: &frame };
        world.units[0].mac.handle_frame(reception, world.now);
        world.bases[0].mac.handle_frame(reception, world.now);
        if round % 100 == 0 {
            world.run(SECOND / 100);
            world.air.clear();
        }
    }
    world.run(SECOND);
    assert!(world.is_joined(0), "{:?}", world.units[0].events.last());
    assert_eq!((world.packets(0), world.packets_down(0)), (vec![&b"down"[..], b"all"], vec![&b"up"[..]]));
    world.send(0, address(0xee), b"up again");
    world.send_down(0, station, b"down again");
    world.run(SECOND);
    assert_eq!((world.packets(0).len(), world.packets_down(0).len()), (3, 2));
}
