//! Both sides over a medium that loses, doubles, delays and reorders frames, in simulated time.

use super::*;
use alloc::collections::BTreeMap;
use core::time::Duration;
use proptest::prelude::*;

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

/// How a run ended.
#[derive(Debug)]
struct Ended {
    /// The causes, `None` for success: the station's, the access point's.
    causes: [Option<Cause>; 2],
    /// The pairwise keys, in the order of their installation.
    keys: [Vec<TemporalKey>; 2],
    /// The group's keys that the station installed.
    groups: Vec<GroupKey>,
    at: Timestamp,
}

/// One association from message 1 to the end of a group handshake that follows it.
fn run(medium: Medium, wrong_passphrase: bool) -> Ended {
    let akm = if medium.seed.is_multiple_of(2) { KeyManagement::Psk } else { KeyManagement::PskSha256 };
    let station = association(akm, 1, true);
    let access_point = association(akm, 1 + u8::from(wrong_passphrase), true);
    let mut pair = Pair::new(station, access_point);
    let mut numbers = Numbers(medium.seed.wrapping_mul(7919) | 1);
    let mut now = Timestamp::ZERO;
    let mut flying = BTreeMap::<(Timestamp, u64), (bool, Vec<u8>)>::new();
    let (mut sent, mut renewed) = (0, false);
    let mut ended = Ended { causes: [None; 2], keys: [vec![], vec![]], groups: vec![], at: now };
    loop {
        loop {
            let (down, output) = match pair.access_point.poll_output() {
                Some(output) => (true, output),
                None => match pair.station.poll_output() {
                    Some(output) => (false, output),
                    None => break,
                },
            };
            match output {
                Output::Send { frame, .. } => {
                    let copies =
                        match (numbers.below(1000) < medium.loss, numbers.below(1000) < medium.doubling) {
                            (true, _) => 0,
                            (false, true) => 2,
                            (false, false) => 1,
                        };
                    for _ in 0..copies {
                        let arrival = now + Duration::from_millis(1 + numbers.below(medium.delay));
                        sent += 1;
                        flying.insert((arrival, sent), (down, frame.clone()));
                    }
                }
                Output::InstallPairwise(key) => ended.keys[usize::from(down)].push(key),
                Output::InstallGroup(key) => ended.groups.push(key),
                Output::Ended(_) if down => {
                    let reason = pair.access_point.cause().unwrap().reason();
                    pair.station.handle_disconnected(reason);
                }
                Output::Ended(_) => pair.access_point.handle_disconnected(ReasonCode::LEAVING),
                _ => {}
            }
        }
        if pair.access_point.is_open() && !renewed {
            renewed = true;
            pair.group = pair.group.renewed(&mut numbers).unwrap();
            pair.access_point.start_group_handshake(&pair.group, now);
            continue;
        }
        let arrival = flying.keys().next().map(|(arrival, _)| *arrival);
        let timers = [pair.station.poll_timeout(), pair.access_point.poll_timeout(), arrival];
        let Some(next) = timers.into_iter().flatten().min() else { break };
        now = now.max(next);
        pair.station.handle_timeout(now);
        pair.access_point.handle_timeout(&pair.group, now);
        if let Some(entry) = flying.first_entry()
            && entry.key().0 <= now
        {
            let (down, frame) = entry.remove();
            if down {
                pair.station.handle_frame(&frame, false, &mut pair.numbers);
            } else {
                pair.access_point.handle_frame(&frame, &pair.group, now);
            }
        }
    }
    ended.causes = [pair.station.cause(), pair.access_point.cause()];
    ended.at = now;
    ended
}

fn check(medium: Medium, wrong_passphrase: bool) -> Ended {
    let ended = run(medium, wrong_passphrase);
    let [station, access_point] = &ended.keys;
    assert!(station.len() <= 1 && access_point.len() <= 1, "installed once: {medium:?} {ended:?}");
    for (at, key) in ended.groups.iter().enumerate() {
        assert!(!ended.groups[..at].iter().any(|earlier| earlier.key == key.key), "{medium:?} {ended:?}");
    }
    if let ([a], [b]) = (&station[..], &access_point[..]) {
        assert_eq!(a, b, "{medium:?}");
    }
    if ended.causes == [None, None] {
        assert_eq!(
            (station.len(), access_point.len(), ended.groups.len()),
            (1, 1, 2),
            "{medium:?} {ended:?}"
        );
    }
    if wrong_passphrase {
        assert!(station.is_empty() && access_point.is_empty(), "{medium:?} {ended:?}");
        assert!(ended.causes.iter().all(Option::is_some), "{medium:?} {ended:?}");
    } else {
        assert_ne!(ended.causes[1], Some(Cause::WrongPassphrase), "{medium:?} {ended:?}");
    }
    let longest = Timestamp::from_secs(21) + Duration::from_millis(medium.delay);
    assert!(ended.at < longest, "{medium:?} {ended:?}");
    ended
}

#[test]
fn a_good_medium_carries_every_handshake() {
    for seed in 1..=10 {
        let ended = check(Medium { seed, loss: 0, doubling: 0, delay: 1 }, false);
        assert_eq!(ended.causes, [None, None]);
        assert!(ended.at < Timestamp::from_millis(50), "{ended:?}");
    }
}

#[test]
fn a_medium_that_only_doubles_and_reorders_does_no_harm() {
    for seed in 1..=100 {
        let ended = check(Medium { seed, loss: 0, doubling: 500, delay: 40 }, false);
        assert_eq!(ended.causes, [None, None], "{seed}");
    }
}

#[test]
fn bad_media_end_every_handshake_with_success_or_a_cause() {
    let (mut all, mut good) = (0, 0);
    for (loss, doubling, delay) in [(100, 0, 1), (200, 100, 30), (100, 200, 700), (400, 0, 1), (900, 0, 1)] {
        for seed in 1..=60 {
            good += usize::from(check(Medium { seed, loss, doubling, delay }, false).causes == [None, None]);
            all += 1;
        }
    }
    assert!(good > all / 2 && good < all, "{good} of {all}");
}

#[test]
fn a_wrong_passphrase_never_opens_anything() {
    let mut named = 0;
    for seed in 1..=60 {
        let medium = Medium { seed, loss: 100, doubling: 100, delay: 20 };
        named += usize::from(check(medium, true).causes == [Some(Cause::WrongPassphrase); 2]);
    }
    assert!(named > 50, "{named} of 60 times named on both sides");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_handshake_ends(
        seed in 1u64.., loss in 0u64..1000, doubling in 0u64..1000, delay in 0u64..5000, wrong in any::<bool>(),
    ) {
        check(Medium { seed, loss, doubling, delay }, wrong);
    }
}
