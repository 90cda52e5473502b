//! Who receives a frame, and what its sender learns.

use crate::common::{
    SLOW, address, channel, data, mark, probe_request, received, receptions, run, shout, tickets,
};
use keyway_air::{Air, AirConfig, AirEvent, LossModel, MAX_WAITING, Position, RadioConfig, RadioId};
use keyway_eap::Timestamp;
use keyway_wsc::MacAddr;

/// An access point with address 1, stations with addresses 2 and 3, and a monitor, all tuned to channel 6.
struct Room {
    air: Air,
    router: RadioId,
    printer: RadioId,
    computer: RadioId,
    monitor: RadioId,
}

impl Room {
    fn new() -> Room {
        Room::with(AirConfig::default())
    }

    fn with(config: AirConfig) -> Room {
        let mut air = Air::new(config);
        let router = air.add(RadioConfig::access_point(Position::new(0.0, 0.0), address(1)));
        let printer = air.add(RadioConfig::station(Position::new(5.0, 0.0), address(2)));
        let computer = air.add(RadioConfig::station(Position::new(0.0, 5.0), address(3)));
        let monitor = air.add(RadioConfig::monitor(Position::new(5.0, 5.0)));
        for radio in [router, printer, computer, monitor] {
            air.tune(radio, Some(channel(6)));
        }
        Room { air, router, printer, computer, monitor }
    }

    fn send(&mut self, from: RadioId, frame: Vec<u8>) {
        let ticket = Some(mark(&frame).into());
        self.air.transmit(from, channel(6), SLOW, frame, ticket, Timestamp::ZERO);
    }
}

#[test]
fn a_frame_goes_to_whom_it_is_for() {
    let Room { router, printer, computer, monitor, .. } = Room::new();
    let to = |receiver| data(address(1), receiver, 9);
    let to_probe = |receiver: MacAddr| {
        let mut frame = probe_request(address(2), 9);
        frame[4..10].copy_from_slice(&receiver.0);
        frame
    };
    for (what, from, frame, receivers, acknowledged) in [
        ("to one", router, to(address(2)), vec![printer, monitor], true),
        ("to a stranger", router, to(address(9)), vec![monitor], false),
        ("to everybody", router, shout(address(1), 9), vec![printer, computer, monitor], false),
        (
            "to a group",
            router,
            to(MacAddr([1, 0, 0x5e, 0, 0, 0xfb])),
            vec![printer, computer, monitor],
            false,
        ),
        ("to oneself", router, to(address(1)), vec![monitor], false),
        ("a probe request", printer, probe_request(address(2), 9), vec![router, monitor], false),
        ("a probe request to one", printer, to_probe(address(3)), vec![computer, monitor], true),
        ("nothing", router, vec![], vec![monitor], false),
        ("too short for an address", router, vec![8, 2, 0, 0, 2, 0, 0, 0, 0], vec![monitor], false),
        ("too short for a sender", router, to(address(2))[..15].to_vec(), vec![printer, monitor], false),
    ] {
        let mut room = Room::new();
        room.air.transmit(from, channel(6), SLOW, frame, Some(1), Timestamp::ZERO);
        let events: Vec<AirEvent> = run(&mut room.air).into_iter().map(|(_, event)| event).collect();
        let heard: Vec<RadioId> = events.iter().cloned().filter_map(received).map(|r| r.radio).collect();
        assert_eq!(heard, receivers, "{what}");
        assert_eq!(events.last(), Some(&AirEvent::Sent { radio: from, ticket: 1, acknowledged }), "{what}");
        assert_eq!(room.air.counters().received, receivers.len() as u64, "{what}");
    }
}

#[test]
fn a_frame_without_ticket_is_not_reported() {
    let mut room = Room::new();
    room.air.transmit(room.router, channel(6), SLOW, data(address(1), address(2), 0), None, Timestamp::ZERO);
    room.air.transmit(room.router, channel(1), SLOW, data(address(1), address(2), 0), None, Timestamp::ZERO);
    assert!(run(&mut room.air).iter().all(|(_, event)| matches!(event, AirEvent::Received(_))));
    assert_eq!((room.air.counters().sent, room.air.counters().dropped), (1, 1));
}

#[test]
fn what_is_received_is_what_was_sent_once_for_all() {
    let mut room = Room::new();
    let frame = shout(address(1), 77);
    room.send(room.router, frame.clone());
    let all: Vec<_> = run(&mut room.air).into_iter().filter_map(|(_, event)| received(event)).collect();
    assert_eq!(all.len(), 3);
    for received in &all {
        assert_eq!((received.channel, received.rate), (channel(6), SLOW));
        assert_eq!(received.frame[..], frame[..]);
        assert!(std::sync::Arc::ptr_eq(&received.frame, &all[0].frame));
        let signal = room.air.signal_between(room.router, received.radio, channel(6).band());
        assert_eq!(Some(received.signal), signal);
    }
}

#[test]
fn only_the_own_channel_is_heard() {
    let mut room = Room::new();
    room.air.tune(room.computer, Some(channel(7)));
    room.air.tune(room.monitor, None);
    room.send(room.router, shout(address(1), 5));
    assert_eq!(receptions(&mut room.air), [(room.printer, 5)]);
    assert_eq!(room.air.channel(room.computer), Some(channel(7)));
    assert_eq!(room.air.channel(room.monitor), None);
}

#[test]
fn who_tunes_in_late_or_away_early_does_not_hear() {
    let mut room = Room::new();
    room.air.tune(room.computer, None);
    room.send(room.router, shout(address(1), 5));
    // The radio looks whether the channel is free, and begins.
    room.air.handle_timeout(room.air.poll_timeout().expect("an attempt"));
    assert_eq!(room.air.counters().sent, 1);
    room.air.tune(room.computer, Some(channel(6)));
    room.air.tune(room.printer, Some(channel(11)));
    // Away and back is as bad.
    room.air.tune(room.monitor, None);
    room.air.tune(room.monitor, Some(channel(6)));
    assert_eq!(receptions(&mut room.air), []);
    room.send(room.router, shout(address(1), 6));
    assert_eq!(receptions(&mut room.air), [(room.computer, 6), (room.monitor, 6)]);
}

#[test]
fn tuning_to_where_one_is_changes_nothing() {
    let mut room = Room::new();
    room.send(room.router, data(address(1), address(2), 5));
    room.air.handle_timeout(room.air.poll_timeout().expect("an attempt"));
    for radio in [room.router, room.printer] {
        room.air.tune(radio, Some(channel(6)));
    }
    assert_eq!(tickets(&mut room.air), [(5, true)]);
}

#[test]
fn a_sender_that_tunes_away_breaks_off() {
    for begun in [false, true] {
        let mut room = Room::new();
        room.send(room.router, data(address(1), address(2), 5));
        room.send(room.router, data(address(1), address(2), 6));
        if begun {
            room.air.handle_timeout(room.air.poll_timeout().expect("an attempt"));
        }
        room.air.tune(room.router, Some(channel(1)));
        let events = run(&mut room.air);
        assert!(events.iter().all(|(_, event)| matches!(event, AirEvent::Sent { acknowledged: false, .. })));
        assert_eq!((events.len(), room.air.counters().sent), (2, u64::from(begun)));
        // On its new channel it goes on.
        room.air.tune(room.printer, Some(channel(1)));
        room.air.transmit(
            room.router,
            channel(1),
            SLOW,
            data(address(1), address(2), 7),
            Some(7),
            Timestamp::ZERO,
        );
        assert_eq!(tickets(&mut room.air), [(7, true)]);
    }
}

#[test]
fn a_sender_that_tunes_away_misses_the_acknowledgement() {
    let mut room = Room::new();
    room.send(room.router, data(address(1), address(2), 5));
    while room.air.counters().received == 0 {
        room.air.handle_timeout(room.air.poll_timeout().expect("the end of the frame"));
    }
    room.air.tune(room.router, None);
    assert_eq!(tickets(&mut room.air), [(5, false)]);
}

#[test]
fn a_sender_that_tunes_away_waits_anew() {
    for seed in 0..50 {
        let mut room = Room::with(AirConfig::with_seed(seed));
        room.send(room.router, data(address(1), address(2), 5));
        room.air.tune(room.router, Some(channel(1)));
        room.air.tune(room.printer, Some(channel(1)));
        for mark in 6..9 {
            let frame = data(address(1), address(2), mark);
            room.air.transmit(room.router, channel(1), SLOW, frame, Some(mark.into()), Timestamp::ZERO);
        }
        let events = run(&mut room.air);
        // A frame that is received while the one before is not done with was sent at the same time.
        let ends: Vec<_> = events.iter().map(|(_, event)| matches!(event, AirEvent::Sent { .. })).collect();
        assert_eq!(ends, [true, false, true, false, true, false, true], "seed {seed}");
    }
}

#[test]
fn a_radio_sends_one_frame_at_a_time() {
    for seed in 0..50 {
        let mut room = Room::with(AirConfig::with_seed(seed));
        room.send(room.router, data(address(1), address(2), 5));
        room.air.handle_timeout(room.air.poll_timeout().expect("an attempt"));
        room.send(room.router, data(address(1), address(2), 6));
        room.send(room.router, data(address(1), address(2), 7));
        let events = run(&mut room.air);
        let order = events.iter().map(|(_, event)| match event {
            AirEvent::Received(received) => (u64::from(mark(&received.frame)), false),
            AirEvent::Sent { ticket, .. } => (*ticket, true),
        });
        // The printer and the monitor receive; then the frame is done with, and the next one's turn comes.
        assert!(
            order.eq([5, 6, 7].into_iter().flat_map(|n| [(n, false), (n, false), (n, true)])),
            "seed {seed}"
        );
    }
}

#[test]
fn a_frame_of_the_past_is_sent_now() {
    let mut room = Room::new();
    let now = Timestamp::from_secs(1);
    room.air.handle_timeout(now);
    room.send(room.router, shout(address(1), 5));
    assert!(room.air.poll_timeout() > Some(now));
}

#[test]
fn a_frame_for_another_channel_is_dropped() {
    let mut room = Room::new();
    room.air.transmit(room.router, channel(1), SLOW, shout(address(1), 5), Some(5), Timestamp::ZERO);
    room.air.tune(room.router, None);
    room.air.transmit(room.router, channel(6), SLOW, shout(address(1), 6), Some(6), Timestamp::ZERO);
    assert_eq!(room.air.poll_timeout(), None);
    assert_eq!(tickets(&mut room.air), [(5, false), (6, false)]);
    assert_eq!((room.air.counters().sent, room.air.counters().dropped), (0, 2));
}

#[test]
fn a_full_queue_drops() {
    let mut room = Room::new();
    for ticket in 0..=MAX_WAITING as u64 {
        room.air.transmit(
            room.router,
            channel(6),
            SLOW,
            data(address(1), address(2), 0),
            Some(ticket),
            Timestamp::ZERO,
        );
    }
    let tickets = tickets(&mut room.air);
    assert_eq!(tickets[0], (MAX_WAITING as u64, false));
    assert!(tickets[1..].iter().copied().eq((0..MAX_WAITING as u64).map(|ticket| (ticket, true))));
}

#[test]
fn addresses_change_and_may_be_shared() {
    let mut room = Room::new();
    room.air.set_addresses(room.computer, vec![address(2), address(4)]);
    let (printer, computer, monitor) = (room.printer, room.computer, room.monitor);
    for (number, expected) in [(2, vec![printer, computer]), (3, vec![]), (4, vec![computer])] {
        room.send(room.router, data(address(1), address(number), number));
        let heard = receptions(&mut room.air).into_iter().map(|(radio, _)| radio);
        assert!(heard.filter(|radio| *radio != monitor).eq(expected), "to {number}");
    }
    room.air.set_addresses(room.printer, vec![]);
    room.send(room.router, data(address(1), address(2), 2));
    assert_eq!(receptions(&mut room.air), [(room.computer, 2), (room.monitor, 2)]);
}

#[test]
fn a_removed_radio_leaves_nothing_behind() {
    for begun in [false, true] {
        let mut room = Room::new();
        room.send(room.router, data(address(1), address(2), 5));
        room.send(room.printer, data(address(2), address(1), 6));
        if begun {
            room.air.handle_timeout(room.air.poll_timeout().expect("an attempt"));
        }
        room.air.remove(room.router);
        let events = run(&mut room.air);
        assert_eq!(events.len(), 2, "{events:?}");
        assert!(events.iter().all(|(_, event)| match event {
            AirEvent::Received(received) => received.radio == room.monitor && mark(&received.frame) == 6,
            AirEvent::Sent { radio, ticket, acknowledged } =>
                *radio == room.printer && *ticket == 6 && !acknowledged,
        }));
        // Calls that name it do nothing, and its number is not used again.
        room.air.tune(room.router, Some(channel(6)));
        room.air.move_to(room.router, Position::default());
        room.air.set_power(room.router, 3);
        room.air.set_addresses(room.router, vec![address(2)]);
        room.air.set_obstruction(room.router, room.printer, 5);
        room.air.remove(room.router);
        room.send(room.router, shout(address(1), 7));
        assert_eq!((room.air.poll_timeout(), room.air.poll_event()), (None, None));
        assert_eq!((room.air.channel(room.router), room.air.position(room.router)), (None, None));
        assert_eq!(room.air.signal_between(room.router, room.printer, channel(6).band()), None);
        assert_eq!(room.air.signal_between(room.printer, room.router, channel(6).band()), None);
        let again = room.air.add(RadioConfig::station(Position::default(), address(1)));
        assert_ne!(again, room.router);
    }
}

#[test]
fn events_of_a_removed_radio_go_with_it() {
    let mut room = Room::new();
    room.send(room.router, shout(address(1), 5));
    while let Some(at) = room.air.poll_timeout() {
        room.air.handle_timeout(at);
    }
    room.air.remove(room.router);
    room.air.remove(room.printer);
    assert_eq!(receptions(&mut room.air), [(room.computer, 5), (room.monitor, 5)]);
}

/// Of 2000 frames, how many the printer receives and how many the router sees acknowledged.
fn count(loss: LossModel) -> (usize, usize) {
    let mut room = Room::with(AirConfig { loss, ..AirConfig::default() });
    let (mut heard, mut acknowledged) = (0, 0);
    for _ in 0..2000 {
        room.send(room.router, data(address(1), address(2), 1));
        for (_, event) in run(&mut room.air) {
            match event {
                AirEvent::Received(received) => heard += usize::from(received.radio == room.printer),
                AirEvent::Sent { acknowledged: yes, .. } => acknowledged += usize::from(yes),
            }
        }
    }
    (heard, acknowledged)
}

#[test]
fn so_many_of_a_thousand_are_lost() {
    assert_eq!(count(LossModel::default()), (2000, 2000));
    assert_eq!(count(LossModel { frames: 1000, ..LossModel::NONE }), (0, 0));
    assert_eq!(count(LossModel { acknowledgements: 1000, ..LossModel::NONE }), (2000, 0));
    let (heard, acknowledged) = count(LossModel { frames: 100, ..LossModel::NONE });
    assert!((1740..1860).contains(&heard) && acknowledged == heard, "{heard} {acknowledged}");
    let (heard, acknowledged) = count(LossModel { acknowledgements: 100, ..LossModel::NONE });
    assert!((1740..1860).contains(&acknowledged) && heard == 2000, "{heard} {acknowledged}");
}
