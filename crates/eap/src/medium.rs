//! Supplicant and port over a medium that loses, doubles, delays and reorders frames, in simulated time.

use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

use keyway_wsc::MacAddr;
use keyway_wsc::session::{Failure, Outcome};
use proptest::prelude::*;

use crate::config::{Config, Limits};
use crate::conversation::{Conversation, Role};
use crate::event::Event;
use crate::fragment::FragmentSize;
use crate::port::Port;
use crate::scripted::{Counting, NoEntropy};
use crate::supplicant::{Destination, Supplicant};
use crate::time::Timestamp;

const PRINTER: MacAddr = MacAddr([2, 0, 0, 0, 0, 9]);
const ROUTER: MacAddr = MacAddr([2, 0, 0, 0, 0, 1]);

/// What a medium does to frames.
#[derive(Clone, Copy, Debug)]
struct Medium {
    seed: u64,
    /// Of 1000 frames, how many are lost.
    loss: u64,
    /// Of 1000 frames, how many arrive twice.
    doubling: u64,
    /// The longest delay in milliseconds; frames overtake each other.
    delay: u64,
}

impl Medium {
    /// A number below `bound` (xorshift64*).
    fn draw(&mut self, bound: u64) -> u64 {
        self.seed ^= self.seed >> 12;
        self.seed ^= self.seed << 25;
        self.seed ^= self.seed >> 27;
        (self.seed.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % bound.max(1)
    }

    /// When the copies of a frame arrive that is sent at `now`.
    fn arrivals(&mut self, now: Timestamp) -> Vec<Timestamp> {
        let copies = match (self.draw(1000) < self.loss, self.draw(1000) < self.doubling) {
            (true, _) => 0,
            (false, true) => 2,
            (false, false) => 1,
        };
        (0..copies).map(|_| now + Duration::from_millis(1 + self.draw(self.delay))).collect()
    }
}

/// How a run ended.
#[derive(Debug)]
struct Ended {
    enrollee: Outcome,
    /// One for each conversation that the port had.
    registrars: Vec<Outcome>,
    at: Timestamp,
}

/// Runs one registration of these message lengths to its end.
fn run(mut medium: Medium, config: Config, lengths: &[usize]) -> Ended {
    let mut now = Timestamp::from_secs(50);
    let enrollee = Counting::new(Role::Enrollee, lengths.to_vec());
    let mut supplicant = Supplicant::new(enrollee, Destination::Group, config, now);
    let mut port = Port::new(PRINTER, config);
    let mut registrars = vec![];
    let mut flying = BTreeMap::<(Timestamp, u64), (MacAddr, Vec<u8>)>::new();
    let mut sent = 0;
    loop {
        while let Some(event) = port.poll_event() {
            if let Event::IdentityReceived(_) = event {
                let registrar = Counting::new(Role::Registrar, lengths.to_vec());
                assert!(port.serve(registrar, now, &mut NoEntropy).is_ok());
            }
        }
        registrars.extend(port.take_ended().and_then(|ended| ended.outcome().cloned()));
        while let Some(event) = supplicant.poll_event() {
            assert!(!matches!(event, Event::LogoffSent));
        }
        let frames = [(ROUTER, port.poll_transmit()), (PRINTER, supplicant.poll_transmit())];
        for (source, transmit) in frames {
            let Some(transmit) = transmit else { continue };
            for arrival in medium.arrivals(now) {
                sent += 1;
                flying.insert((arrival, sent), (source, transmit.frame.clone()));
            }
        }
        let arrival = flying.keys().next().map(|(arrival, _)| *arrival);
        let timers = [supplicant.poll_timeout(), port.poll_timeout()];
        let Some(next) = timers.into_iter().chain([arrival]).flatten().min() else { break };
        now = now.max(next);
        supplicant.handle_timeout(now);
        port.handle_timeout(now);
        if let Some(entry) = flying.first_entry()
            && entry.key().0 <= now
        {
            match entry.remove() {
                (ROUTER, frame) => supplicant.handle_frame(ROUTER, &frame, now, &mut NoEntropy),
                (_, frame) => port.handle_frame(&frame, now, &mut NoEntropy),
            }
        }
    }
    let enrollee = supplicant.conversation().outcome().cloned().unwrap();
    Ended { enrollee, registrars, at: now }
}

fn succeeded(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Success(_))
}

/// Whether a failure is one that the medium explains. A medium that holds frames back for longer than a conversation
/// takes mixes those of two conversations, which EAP does not have to withstand (RFC 3748 §3.1: it
/// expects the order to be kept): then the blame may fall on the peer.
fn explained(outcome: &Outcome, medium: Medium) -> bool {
    match outcome {
        Outcome::Failure(Failure::TimedOut | Failure::EndedEarly) => true,
        Outcome::Failure(Failure::Misbehaved(_)) => medium.delay > 1000,
        _ => false,
    }
}

fn check(medium: Medium, config: Config, lengths: &[usize]) -> Ended {
    let ended = run(medium, config, lengths);
    let outcomes = ended.registrars.iter().chain([&ended.enrollee]);
    for outcome in outcomes {
        assert!(succeeded(outcome) || explained(outcome, medium), "{medium:?} {ended:?}");
    }
    if ended.registrars.iter().any(succeeded) {
        assert!(succeeded(&ended.enrollee), "a registrar heard Done, so it was sent: {medium:?} {ended:?}");
    }
    // The supplicant's last frame may still be on its way when its time is over, and be a Start to the port.
    let most = Timestamp::from_secs(50 + 120 + 120) + Duration::from_millis(medium.delay);
    assert!(ended.at <= most, "{medium:?} {ended:?}");
    ended
}

/// The lengths of M1 to M8 with stock peers, about.
const MESSAGES: [usize; 8] = [376, 430, 130, 200, 140, 140, 140, 250];

#[test]
fn a_good_medium_carries_every_registration() {
    for size in [32, 33, 50, 100, 500, 1400] {
        let fragment_size = FragmentSize::new(size).unwrap();
        let config = Config { fragment_size, ..Config::default() };
        let medium = Medium { seed: 1, loss: 0, doubling: 0, delay: 1 };
        let ended = check(medium, config, &MESSAGES);
        assert!(succeeded(&ended.enrollee) && ended.registrars.iter().all(succeeded), "{size} {ended:?}");
        assert!(ended.at < Timestamp::from_secs(51) + config.timers.last_word, "{size} {ended:?}");
    }
}

#[test]
fn a_medium_that_only_doubles_frames_does_no_harm() {
    for seed in 1..=500 {
        let medium = Medium { seed, loss: 0, doubling: 500, delay: 1 };
        let ended = check(medium, Config::default(), &MESSAGES);
        assert!(succeeded(&ended.enrollee) && ended.registrars.iter().any(succeeded), "{seed} {ended:?}");
    }
}

#[test]
fn bad_media_end_every_registration_with_a_cause() {
    let (mut all, mut good) = (0, 0);
    for (loss, doubling, delay) in
        [(100, 0, 1), (100, 100, 1), (0, 300, 40), (200, 200, 200), (100, 200, 6000), (900, 0, 1)]
    {
        for seed in 1..=300 {
            for size in [100, 1400] {
                let fragment_size = FragmentSize::new(size).unwrap();
                let config = Config { fragment_size, ..Config::default() };
                let medium = Medium { seed: seed * 7919, loss, doubling, delay };
                good += usize::from(succeeded(&check(medium, config, &MESSAGES).enrollee));
                all += 1;
            }
        }
    }
    assert!(good > all / 3 && good < all, "{good} of {all}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_registration_ends(
        seed in 1u64..,
        loss in 0u64..1000,
        doubling in 0u64..1000,
        delay in 0u64..10_000,
        size in 32u16..2000,
        lengths in prop::collection::vec(1usize..3000, 1..12),
    ) {
        let fragment_size = FragmentSize::new(size).unwrap();
        let limits = Limits { rounds: 10_000, short_rounds: 10_000 };
        let config = Config { fragment_size, limits, ..Config::default() };
        check(Medium { seed, loss, doubling, delay }, config, &lengths);
    }
}
