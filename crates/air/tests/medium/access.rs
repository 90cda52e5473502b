//! Who sends when, and what happens when two do.

use core::time::Duration;

use crate::common::{SLOW, address, channel, data, receptions, run, shout, tickets};
use keyway_air::{Air, AirConfig, AirEvent, LossModel, Position, RadioConfig, RadioId, Tap, Tapped};
use keyway_eap::Timestamp;
use keyway_wifi::frame::FrameKind;

/// Stations on channel 6 in a row, so many metres apart, without shadowing and without loss but by collision.
fn row(metres: f64, count: u8, collisions: bool, seed: u64) -> (Air, Vec<RadioId>) {
    let mut air = Air::new(AirConfig { seed, loss: LossModel::NONE, collisions, shadowing: 0 });
    let radios: Vec<RadioId> = (0..count)
        .map(|n| air.add(RadioConfig::station(Position::new(metres * f64::from(n), 0.0), address(n))))
        .collect();
    for radio in &radios {
        air.tune(*radio, Some(channel(6)));
    }
    air.set_tap(Some(Tap { acknowledgements: true, ..Tap::default() }));
    (air, radios)
}

fn tapped(air: &mut Air) -> Vec<Tapped> {
    std::iter::from_fn(|| air.poll_tap()).collect()
}

/// When a tapped frame at [`SLOW`] began and ended, its preamble of 20 µs included.
fn span(tapped: &Tapped) -> (Duration, Duration) {
    let start = tapped.at.since_epoch() - Duration::from_micros(20);
    let symbols = ((tapped.frame.len() as u64 + 4) * 8 + 22).div_ceil(24);
    (start, start + Duration::from_micros(20 + 4 * symbols + 6))
}

#[test]
fn one_frame_takes_its_time() {
    for seed in 0..50 {
        let (mut air, radios) = row(5.0, 2, false, seed);
        let begin = Timestamp::from_millis(100);
        let frame = data(address(0), address(1), 1);
        air.transmit(radios[0], channel(6), SLOW, frame, Some(1), begin);
        let events = run(&mut air);
        let [(heard, AirEvent::Received(_)), (done, AirEvent::Sent { acknowledged: true, .. })] = events[..]
        else {
            panic!("{events:?}")
        };
        let sent = tapped(&mut air);
        assert_eq!(sent.len(), 2);
        let (start, end) = span(&sent[0]);
        // 28 µs, then 0 to 15 slots of 9 µs.
        let waited = (start - begin.since_epoch()).as_micros();
        assert!(waited >= 28 && (waited - 28).is_multiple_of(9) && waited <= 28 + 15 * 9, "{waited}");
        assert_eq!(heard.since_epoch(), end);
        // 10 µs later an acknowledgement of 50 µs begins.
        assert_eq!(span(&sent[1]), (end + Duration::from_micros(10), end + Duration::from_micros(60)));
        assert_eq!(done.since_epoch(), end + Duration::from_micros(60));
        assert_eq!(sent[1].frame[..], [&[0xd4, 0, 0, 0][..], &address(0).0].concat());
    }
}

#[test]
fn those_who_hear_each_other_do_not_talk_at_once() {
    for seed in 0..20 {
        let (mut air, radios) = row(5.0, 6, false, seed);
        for mark in 0..10 {
            for (n, radio) in radios.iter().enumerate() {
                let frame = data(address(n as u8), address((n as u8 + 1) % 6), mark);
                air.transmit(*radio, channel(6), SLOW, frame, Some(n as u64), Timestamp::ZERO);
            }
        }
        assert_eq!(tickets(&mut air).iter().filter(|(_, acknowledged)| *acknowledged).count(), 60);
        let sent = tapped(&mut air);
        assert_eq!(sent.len(), 120);
        for two in sent.windows(2) {
            let is_answer = two[1].frame[0] >> 2 & 3 == FrameKind::CONTROL.0;
            let gap = span(&two[1]).0.checked_sub(span(&two[0]).1).expect("frames overlap");
            let least = if is_answer { 10 } else { 28 };
            assert!(gap >= Duration::from_micros(least), "{gap:?}");
        }
        assert!(air.counters().deferred > 0);
    }
}

#[test]
fn a_radio_keeps_the_order_of_its_frames() {
    let (mut air, radios) = row(5.0, 3, false, 1);
    for mark in 0..50 {
        air.transmit(radios[0], channel(6), SLOW, shout(address(0), mark), None, Timestamp::ZERO);
        air.transmit(radios[1], channel(6), SLOW, shout(address(1), mark), None, Timestamp::ZERO);
    }
    let heard = receptions(&mut air);
    for (sender, receiver) in [(0, 1), (1, 0)] {
        let marks = heard.iter().filter(|(radio, _)| *radio == radios[receiver]).map(|(_, mark)| *mark);
        assert!(marks.eq(0..50), "from {sender}");
    }
}

#[test]
fn nobody_is_starved() {
    let (mut air, radios) = row(1.0, 40, false, 3);
    for round in 0..20 {
        for radio in &radios {
            air.transmit(*radio, channel(6), SLOW, shout(address(0), round), Some(0), Timestamp::ZERO);
        }
    }
    let order: Vec<RadioId> = run(&mut air)
        .into_iter()
        .filter_map(|(_, event)| match event {
            AirEvent::Sent { radio, .. } => Some(radio),
            AirEvent::Received(_) => None,
        })
        .collect();
    let first_half = &order[..order.len() / 2];
    for radio in &radios {
        let share = first_half.iter().filter(|sender| *sender == radio).count();
        assert!((2..=20).contains(&share), "{radio}: {share} of {}", first_half.len());
    }
}

/// Two stations that do not hear each other shout again and again; the middle one hears both equally well. How many
/// frames it hears of 2 times 100, and how many collide there.
fn hidden(collisions: bool, shift: f64) -> (usize, u64) {
    let (mut air, radios) = row(150.0, 3, collisions, 7);
    air.move_to(radios[1], Position::new(150.0 - shift, 0.0));
    for mark in 0..100 {
        for n in [0, 2] {
            air.transmit(radios[n], channel(6), 2, shout(address(n as u8), mark), None, Timestamp::ZERO);
        }
    }
    let heard = receptions(&mut air);
    assert!(heard.iter().all(|(radio, _)| *radio == radios[1]), "the others do not hear each other");
    (heard.len(), air.counters().collided)
}

#[test]
fn hidden_stations_collide_if_they_may() {
    let (heard, collided) = hidden(false, 0.0);
    assert_eq!((heard, collided), (200, 0));
    let (heard, collided) = hidden(true, 0.0);
    assert!(heard < 20, "{heard}");
    assert_eq!(heard as u64 + collided, 200);
}

#[test]
fn a_short_frame_destroys_the_long_one_that_it_falls_into() {
    for collisions in [false, true] {
        let (mut air, radios) = row(150.0, 3, collisions, 7);
        let elsewhere = air.add(RadioConfig::station(Position::new(1e6, 0.0), address(9)));
        air.tune(elsewhere, Some(channel(6)));
        let mut send = |radio, at, length, mark| {
            let mut frame = shout(address(0), mark);
            frame.resize(length, mark);
            air.handle_timeout(Timestamp::from_millis(at));
            air.transmit(radio, channel(6), 2, frame, None, Timestamp::from_millis(at));
        };
        // The long one takes 12 ms. When it ends the short one is long over, and another after it that nobody hears.
        send(radios[0], 0, 1500, 1);
        send(radios[2], 3, 40, 2);
        send(elsewhere, 5, 40, 3);
        send(elsewhere, 7, 40, 4);
        let heard: Vec<u8> = receptions(&mut air).into_iter().map(|(_, mark)| mark).collect();
        assert_eq!(heard, if collisions { vec![] } else { vec![2, 1] });
        assert_eq!(air.counters().collided, if collisions { 2 } else { 0 });
    }
}

#[test]
fn the_stronger_of_two_survives_by_ten_decibels() {
    // At 200 m and 100 m the levels differ by 9 dB; at 206 m and 94 m by 10.2 dB.
    let (heard, _) = hidden(true, 50.0);
    assert!(heard < 20, "{heard}");
    let (heard, collided) = hidden(true, 56.0);
    assert!((100..120).contains(&heard), "{heard}");
    assert_eq!(heard as u64 + collided, 200);
}

#[test]
fn those_who_begin_at_once_collide_and_do_not_hear_each_other() {
    let (mut meetings, mut heard) = (0, 0);
    for seed in 0..400 {
        let (mut air, radios) = row(3.0, 3, true, seed);
        air.transmit(radios[0], channel(6), SLOW, shout(address(0), 0), None, Timestamp::ZERO);
        air.transmit(radios[2], channel(6), SLOW, shout(address(2), 2), None, Timestamp::ZERO);
        let received = receptions(&mut air).len();
        let sent = tapped(&mut air);
        let meet = sent[0].at == sent[1].at;
        assert_eq!((received, air.counters().collided), if meet { (0, 4) } else { (4, 0) }, "seed {seed}");
        meetings += u32::from(meet);
        heard += received;
    }
    // One time in sixteen.
    assert!((10..45).contains(&meetings), "{meetings}");
    assert!(heard > 0);
}

#[test]
fn without_collisions_nobody_begins_at_once() {
    for seed in 0..400 {
        let (mut air, radios) = row(3.0, 3, false, seed);
        air.transmit(radios[0], channel(6), SLOW, shout(address(0), 0), None, Timestamp::ZERO);
        air.transmit(radios[2], channel(6), SLOW, shout(address(2), 2), None, Timestamp::ZERO);
        assert_eq!(receptions(&mut air).len(), 4, "seed {seed}");
    }
}

#[test]
fn other_channels_do_not_disturb() {
    let (mut air, radios) = row(5.0, 4, true, 1);
    for radio in &radios[2..] {
        air.tune(*radio, Some(channel(7)));
    }
    for _ in 0..50 {
        air.transmit(radios[0], channel(6), SLOW, shout(address(0), 0), None, Timestamp::ZERO);
        air.transmit(radios[2], channel(7), SLOW, shout(address(2), 2), None, Timestamp::ZERO);
    }
    assert_eq!(receptions(&mut air).len(), 100);
    assert_eq!((air.counters().deferred, air.counters().collided), (0, 0));
}

#[test]
fn the_tap_notes_each_transmission_once_in_order_heard_or_not() {
    let (mut air, radios) = row(150.0, 3, true, 7);
    air.set_tap(Some(Tap { position: Position::new(0.0, 10.0), acknowledgements: false }));
    for mark in 0..100 {
        air.transmit(radios[0], channel(6), 2, data(address(0), address(1), mark), None, Timestamp::ZERO);
        air.transmit(radios[2], channel(6), 2, data(address(2), address(1), mark), None, Timestamp::ZERO);
    }
    let mut notes = Vec::new();
    while let Some(at) = air.poll_timeout() {
        air.handle_timeout(at);
        let new = tapped(&mut air);
        assert!(new.iter().all(|note| note.at <= at), "what is noted has happened");
        notes.extend(new);
    }
    assert_eq!(notes.len(), 200);
    assert!(notes.is_sorted_by_key(|note| note.at));
    assert!(air.counters().collided > 100);
    // 15 dBm from 10 m and from 300 m, where nobody could hear it.
    let signals =
        |n: u8| notes.iter().filter(move |note| note.frame[10..16] == address(n).0).map(|note| note.signal);
    assert!(signals(0).count() == 100 && signals(0).all(|signal| signal == -55));
    assert!(signals(2).count() == 100 && signals(2).all(|signal| signal == -100));
    air.set_tap(None);
    air.transmit(radios[0], channel(6), 2, shout(address(0), 1), None, Timestamp::from_secs(9));
    run(&mut air);
    assert_eq!(air.poll_tap(), None);
}
