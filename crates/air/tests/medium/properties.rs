//! What holds whatever happens.

use std::collections::{BTreeMap, BTreeSet};

use core::time::Duration;

use crate::common::{address, channel, receptions, shout};
use keyway_air::{
    Air, AirConfig, AirEvent, Counters, LossModel, Position, RadioConfig, RadioId, Tap, Tapped,
};
use keyway_eap::Timestamp;
use keyway_wifi::{Band, Channel};
use keyway_wsc::MacAddr;
use proptest::prelude::*;

/// How many radios there are to begin with.
const RADIOS: u8 = 6;

/// Something that happens to an air. Radios are named by their number.
#[derive(Clone, Debug)]
enum Act {
    Tune(u8, Option<u8>),
    Move(u8, f64, f64),
    Power(u8, i8),
    Addresses(u8, Vec<u8>),
    Wall(u8, u8, u8),
    Remove(u8),
    Add(f64, bool),
    /// A data frame or a probe request with a mark; to 0 means to everybody.
    Send {
        from: u8,
        to: u8,
        number: u8,
        rate: u8,
        probe: bool,
        length: u8,
    },
    /// Any octets.
    SendAny {
        from: u8,
        number: u8,
        rate: u8,
        frame: Vec<u8>,
    },
}

fn act() -> impl Strategy<Value = Act> {
    let radio = || 0..RADIOS + 2;
    let number = || prop_oneof![Just(6u8), Just(6), Just(6), Just(7), Just(36)];
    let place = || -150.0..150.0f64;
    prop_oneof![
        2 => (radio(), proptest::option::weighted(0.8, number())).prop_map(|(r, n)| Act::Tune(r, n)),
        1 => (radio(), place(), place()).prop_map(|(r, x, y)| Act::Move(r, x, y)),
        1 => (radio(), any::<i8>()).prop_map(|(r, dbm)| Act::Power(r, dbm)),
        1 => (radio(), proptest::collection::vec(radio(), 0..3)).prop_map(|(r, a)| Act::Addresses(r, a)),
        1 => (radio(), radio(), any::<u8>()).prop_map(|(a, b, db)| Act::Wall(a, b, db)),
        1 => radio().prop_map(Act::Remove),
        1 => (place(), any::<bool>()).prop_map(|(x, monitor)| Act::Add(x, monitor)),
        12 => (radio(), radio(), number(), any::<u8>(), any::<bool>(), any::<u8>()).prop_map(
            |(from, to, number, rate, probe, length)| Act::Send { from, to, number, rate, probe, length }
        ),
        2 => (radio(), number(), any::<u8>(), proptest::collection::vec(any::<u8>(), 0..40))
            .prop_map(|(from, number, rate, frame)| Act::SendAny { from, number, rate, frame }),
    ]
}

/// Acts, each so many microseconds after the one before.
fn script() -> impl Strategy<Value = Vec<(u16, Act)>> {
    let pause = prop_oneof![Just(0u16), 0..300u16, 0..10_000u16];
    proptest::collection::vec((pause, act()), 1..80)
}

fn config() -> impl Strategy<Value = AirConfig> {
    (any::<u64>(), any::<bool>(), any::<bool>(), 0..300u16, 0..300u16, 0..60u8).prop_map(
        |(seed, collisions, weak_signals, frames, acknowledgements, shadowing)| AirConfig {
            seed,
            collisions,
            shadowing,
            loss: LossModel { weak_signals, frames, acknowledgements },
        },
    )
}

/// When the owner looks at the air.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    /// At every timeout.
    Prompt,
    /// Only before the next act.
    Late,
}

/// What became of a script.
#[derive(Debug, PartialEq)]
struct Story {
    events: Vec<AirEvent>,
    tapped: Vec<Tapped>,
    /// The tickets that were given, by radios that were there, and not removed later.
    tickets: BTreeSet<(RadioId, u64)>,
    /// Who sent, by the number of the act.
    senders: BTreeMap<usize, RadioId>,
    counters: Counters,
}

/// A frame whose last octets are its number in the script.
fn frame(from: u8, to: u8, probe: bool, length: u8, mark: usize) -> Vec<u8> {
    let to = if to == 0 { MacAddr::BROADCAST } else { address(to) };
    let mut frame = vec![if probe { 0x40 } else { 0x08 }, 0, 0, 0];
    frame.extend([to, address(from), address(from)].iter().flat_map(|address| address.0));
    frame.resize(frame.len() + usize::from(length), 0);
    frame.extend((mark as u32).to_be_bytes());
    frame
}

struct Play {
    air: Air,
    radios: Vec<RadioId>,
    story: Story,
}

impl Play {
    fn new(config: AirConfig) -> Play {
        let mut air = Air::new(config);
        air.set_tap(Some(Tap { acknowledgements: true, ..Tap::default() }));
        let radios: Vec<RadioId> = (0..RADIOS)
            .map(|n| {
                let place = Position::new(f64::from(n) * 20.0, 0.0);
                air.add(if n == 0 {
                    RadioConfig::access_point(place, address(n))
                } else {
                    RadioConfig::station(place, address(n))
                })
            })
            .collect();
        for radio in &radios {
            air.tune(*radio, Some(channel(6)));
        }
        let story = Story {
            events: vec![],
            tapped: vec![],
            tickets: BTreeSet::new(),
            senders: BTreeMap::new(),
            counters: Counters::default(),
        };
        Play { air, radios, story }
    }

    fn act(&mut self, at: usize, act: &Act, now: Timestamp) {
        let air = &mut self.air;
        let radio = |n: &u8| self.radios[usize::from(*n) % self.radios.len()];
        let mut send = |from: &u8, number: &u8, rate: u8, frame: Vec<u8>| {
            if air.position(radio(from)).is_some() {
                self.story.tickets.insert((radio(from), at as u64));
            }
            self.story.senders.insert(at, radio(from));
            air.transmit(radio(from), channel(*number), rate, frame, Some(at as u64), now);
        };
        match act {
            Act::Send { from, to, number, rate, probe, length } => {
                send(from, number, *rate, frame(*from, *to, *probe, *length, at));
            }
            Act::SendAny { from, number, rate, frame } => send(from, number, *rate, frame.clone()),
            Act::Tune(r, number) => air.tune(radio(r), number.and_then(Channel::new)),
            Act::Move(r, x, y) => air.move_to(radio(r), Position::new(*x, *y)),
            Act::Power(r, dbm) => air.set_power(radio(r), *dbm),
            Act::Addresses(r, all) => air.set_addresses(radio(r), all.iter().map(|n| address(*n)).collect()),
            Act::Wall(a, b, db) => air.set_obstruction(radio(a), radio(b), *db),
            Act::Remove(r) => {
                air.remove(radio(r));
                self.story.tickets.retain(|(id, _)| *id != radio(r));
            }
            Act::Add(x, monitor) => {
                let place = Position::new(*x, 10.0);
                let config =
                    RadioConfig { monitor: *monitor, ..RadioConfig::station(place, address(RADIOS)) };
                self.radios.push(air.add(config));
            }
        }
    }

    /// Polls everything there is. Each frame that is received now is received by a radio that is tuned to it now.
    fn poll(&mut self, check: bool) {
        while let Some(event) = self.air.poll_event() {
            if let (true, AirEvent::Received(received)) = (check, &event) {
                assert_eq!(self.air.channel(received.radio), Some(received.channel));
            }
            self.story.events.push(event);
        }
        self.story.tapped.extend(std::iter::from_fn(|| self.air.poll_tap()));
    }
}

fn play(config: AirConfig, script: &[(u16, Act)], owner: Owner) -> Story {
    let mut play = Play::new(config);
    let mut now = Timestamp::ZERO;
    for (at, (pause, act)) in script.iter().enumerate() {
        let next = now + Duration::from_micros((*pause).into());
        while let Some(due) = play.air.poll_timeout().filter(|due| owner == Owner::Prompt && *due <= next) {
            play.air.handle_timeout(due);
            play.poll(true);
        }
        now = next;
        play.air.handle_timeout(now);
        play.poll(true);
        play.act(at, act, now);
        play.poll(false);
    }
    while let Some(due) = play.air.poll_timeout() {
        play.air.handle_timeout(due);
        play.poll(true);
    }
    // What the tap noted last lies behind the last step.
    play.air.handle_timeout(now + Duration::from_secs(3600));
    play.poll(true);
    play.story.counters = play.air.counters();
    play.story
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_same_calls_give_the_same_events(config in config(), script in script()) {
        prop_assert_eq!(play(config, &script, Owner::Prompt), play(config, &script, Owner::Prompt));
    }

    #[test]
    fn an_owner_who_comes_late_finds_the_same(config in config(), script in script()) {
        prop_assert_eq!(play(config, &script, Owner::Prompt), play(config, &script, Owner::Late));
    }

    #[test]
    fn a_frame_is_received_at_most_once_and_not_by_its_sender(config in config(), script in script()) {
        let story = play(config, &script, Owner::Prompt);
        let mut seen = BTreeSet::new();
        for event in &story.events {
            let AirEvent::Received(received) = event else { continue };
            let Some(mark) = received.frame.last_chunk().map(|mark| u32::from_be_bytes(*mark) as usize) else {
                continue;
            };
            let Some((_, Act::Send { .. })) = script.get(mark) else { continue };
            prop_assert!(seen.insert((received.radio, mark)), "{:?} twice", received);
            prop_assert_ne!(received.radio, story.senders[&mark]);
        }
    }

    #[test]
    fn every_ticket_is_answered_once(config in config(), script in script()) {
        let story = play(config, &script, Owner::Prompt);
        let mut answers = BTreeMap::new();
        for event in &story.events {
            if let AirEvent::Sent { radio, ticket, .. } = event {
                *answers.entry((*radio, *ticket)).or_insert(0) += 1;
            }
        }
        prop_assert!(answers.values().all(|count| *count == 1));
        for ticket in &story.tickets {
            prop_assert!(answers.contains_key(ticket), "{:?} is not answered", ticket);
        }
    }

    #[test]
    fn acknowledged_is_what_was_received(config in config(), script in script()) {
        let config = AirConfig { loss: LossModel { acknowledgements: 0, ..config.loss }, ..config };
        let story = play(config, &script, Owner::Prompt);
        let received: BTreeSet<usize> = story.events.iter().filter_map(|event| match event {
            AirEvent::Received(received) => {
                received.frame.last_chunk().map(|mark| u32::from_be_bytes(*mark) as usize)
            }
            AirEvent::Sent { .. } => None,
        }).collect();
        for event in &story.events {
            let AirEvent::Sent { ticket, acknowledged: true, .. } = event else { continue };
            if let Some((_, Act::Send { to, .. })) = script.get(*ticket as usize) {
                prop_assert!(*to != 0 && received.contains(&(*ticket as usize)));
            }
        }
    }

    #[test]
    fn the_tap_is_in_order_and_complete(config in config(), script in script()) {
        let story = play(config, &script, Owner::Prompt);
        prop_assert!(story.tapped.is_sorted_by_key(|tapped| tapped.at));
        let is_answer = |tapped: &&Tapped| tapped.frame.len() == 10 && tapped.frame.starts_with(&[0xd4, 0, 0, 0]);
        let others = story.tapped.len() - story.tapped.iter().filter(is_answer).count();
        let counters = story.counters;
        prop_assert!(others as u64 <= counters.sent && counters.sent <= story.tapped.len() as u64);
        prop_assert_eq!(story.tapped.len() as u64, counters.tapped);
    }

    #[test]
    fn what_happens_elsewhere_changes_nothing(config in config(), script in script(), other in script()) {
        // The other script plays on another channel, in between.
        let alone = Play::elsewhere(config, &script, &[]);
        prop_assert_eq!(alone, Play::elsewhere(config, &script, &other));
    }

    #[test]
    fn farther_is_never_stronger(seed: u64, a in 0.0..500.0f64, b in 0.0..500.0f64, angle in 0.0..7.0f64) {
        let signal = |metres: f64, band| {
            let mut air = Air::new(AirConfig::with_seed(seed));
            let near = air.add(RadioConfig::access_point(Position::default(), address(1)));
            let place = Position::new(metres * libm::cos(angle), metres * libm::sin(angle));
            let far = air.add(RadioConfig::station(place, address(2)));
            (air.signal_between(near, far, band), air.signal_between(far, near, band))
        };
        let (near, far) = (a.min(b), a.max(b));
        for band in [Band::Ghz2, Band::Ghz5] {
            prop_assert!(signal(near, band) >= signal(far, band));
        }
        prop_assert!(signal(near, Band::Ghz2) > signal(near, Band::Ghz5));
    }

    #[test]
    fn farther_never_hears_more(seed: u64, a in 0.0..500.0f64, b in 0.0..500.0f64, rate: u8) {
        let heard = |metres: f64| {
            let mut air = Air::new(AirConfig::with_seed(seed));
            let near = air.add(RadioConfig::access_point(Position::default(), address(1)));
            let far = air.add(RadioConfig::station(Position::new(metres, 0.0), address(2)));
            air.tune(near, Some(channel(6)));
            air.tune(far, Some(channel(6)));
            for mark in 0..20 {
                air.transmit(near, channel(6), rate, shout(address(1), mark), None, Timestamp::ZERO);
            }
            receptions(&mut air).into_iter().map(|(_, mark)| mark).collect::<BTreeSet<u8>>()
        };
        prop_assert!(heard(a.min(b)).is_superset(&heard(a.max(b))));
    }
}

impl Play {
    /// Plays the sending part of one script on channel 6, and of another on channel 11 with radios of its own that were
    /// there all the time. What happened on channel 6.
    fn elsewhere(config: AirConfig, script: &[(u16, Act)], other: &[(u16, Act)]) -> Vec<AirEvent> {
        let mut play = Play::new(config);
        let others: Vec<RadioId> = (0..RADIOS)
            .map(|n| {
                let place = Position::new(f64::from(n), 0.0);
                let radio = play.air.add(RadioConfig::station(place, address(n)));
                play.air.tune(radio, Some(channel(11)));
                radio
            })
            .collect();
        let sends = |script: &[(u16, Act)]| {
            let mut now = Timestamp::ZERO;
            let mut sends = Vec::new();
            for (at, (pause, act)) in script.iter().enumerate() {
                now = now + Duration::from_micros((*pause).into());
                if let Act::Send { from, to, rate, probe, length, .. } = act
                    && *from < RADIOS
                {
                    sends.push((now, usize::from(*from), *rate, frame(*from, *to, *probe, *length, at)));
                }
            }
            sends
        };
        let mut all: Vec<_> = sends(script).into_iter().map(|send| (6, send)).collect();
        all.extend(sends(other).into_iter().map(|send| (11, send)));
        all.sort_by_key(|(_, (now, ..))| *now);
        for (number, (now, from, rate, frame)) in all {
            play.air.handle_timeout(now);
            let radio = if number == 6 { play.radios[from] } else { others[from] };
            play.air.transmit(radio, channel(number), rate, frame, Some(0), now);
        }
        while let Some(at) = play.air.poll_timeout() {
            play.air.handle_timeout(at);
        }
        play.poll(false);
        let own = |radio: &RadioId| play.radios.contains(radio);
        play.story.events.retain(|event| match event {
            AirEvent::Received(received) => own(&received.radio),
            AirEvent::Sent { radio, .. } => own(radio),
        });
        play.story.events
    }
}
