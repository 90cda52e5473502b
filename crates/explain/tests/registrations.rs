//! Registrations on a cable: what is told of each.

mod common;

use common::Meeting::{self, Button, Configure, Decline, Learn, Locked, Pin};
use common::{PASSPHRASE, PIN, Sent, register, told};
use keyway_explain::report::{Achieved, Attempt, Method, Outcome, Sender, Step};
use keyway_wsc::ConfigError;
use std::time::Duration;

const FIRST_WRONG: &str = "00005678";
const SECOND_WRONG: &str = "12340002";

fn only(sent: &[Sent]) -> Attempt {
    let mut attempts = told(sent).attempts;
    assert_eq!(attempts.len(), 1, "{attempts:#?}");
    attempts.remove(0)
}

/// What must be told.
struct Expected {
    method: Method,
    outcome: Outcome,
    achieved: Option<Achieved>,
    step: Option<Step>,
    cause: Option<&'static str>,
}

const fn success(method: Method, achieved: Achieved) -> Expected {
    Expected { method, outcome: Outcome::Succeeded, achieved: Some(achieved), step: None, cause: None }
}

const fn failure(method: Method, step: Step, cause: &'static str) -> Expected {
    Expected { method, outcome: Outcome::Failed, achieved: None, step: Some(step), cause: Some(cause) }
}

const CASES: &[(Meeting, Expected)] = &[
    (Pin(PIN), success(Method::Pin, Achieved::Received)),
    (Button, success(Method::Button, Achieved::Received)),
    (Learn(PIN), success(Method::RouterPin, Achieved::Learned)),
    (Configure, success(Method::RouterPin, Achieved::Configured)),
    (Pin(FIRST_WRONG), failure(Method::Pin, Step::FirstHalf, "wrong-pin-first-half")),
    (Pin(SECOND_WRONG), failure(Method::Pin, Step::SecondHalf, "wrong-pin-second-half")),
    (Learn(FIRST_WRONG), failure(Method::RouterPin, Step::FirstHalf, "wrong-pin-first-half")),
    (Learn(SECOND_WRONG), failure(Method::RouterPin, Step::SecondHalf, "wrong-pin-second-half")),
    (Locked, failure(Method::RouterPin, Step::FirstHalf, "setup-locked")),
    (
        Decline(ConfigError::NoError),
        Expected { outcome: Outcome::Waiting, ..failure(Method::Pin, Step::Introduced, "not-ready") },
    ),
    (Decline(ConfigError::MultiplePbcDetected), failure(Method::Pin, Step::Introduced, "session-overlap")),
];

#[test]
fn every_meeting_is_told_as_it_was() {
    for (meeting, expected) in CASES {
        for fragment_size in [40, 1400] {
            let attempt = only(&register(*meeting, fragment_size, |_| false));
            let found = Expected {
                method: attempt.method.unwrap(),
                outcome: attempt.outcome,
                achieved: attempt.achieved,
                step: attempt.step,
                cause: attempt.cause,
            };
            let told = format!("{meeting:?} {fragment_size}: {attempt:#?}");
            assert_eq!((found.method, found.outcome), (expected.method, expected.outcome), "{told}");
            assert_eq!((found.achieved, found.step), (expected.achieved, expected.step), "{told}");
            assert_eq!(found.cause, expected.cause, "{told}");
            assert_eq!(attempt.at_device.is_some(), expected.cause.is_some(), "{told}");
            assert_eq!((attempt.repeated, attempt.missing.as_slice()), (0, &[][..]), "{told}");
            assert_eq!(attempt.device.name.as_deref(), Some("Printer in the hall"), "{told}");
            assert_eq!(attempt.router.model.as_deref(), Some("Test router"), "{told}");
        }
    }
}

#[test]
fn no_secret_is_told() {
    for (meeting, _) in CASES {
        let sent = register(*meeting, 1400, |_| false);
        let report = told(&sent);
        let all = format!("{report} {} {report:?}", serde_json::to_string(&report).unwrap()).to_lowercase();
        for secret in [PASSPHRASE, PIN] {
            assert!(!all.contains(secret), "{meeting:?}");
        }
        // Nor any run of eight octets of a frame, which would be a nonce or a key: texts and UUIDs are what is told.
        let runs =
            sent.iter().flat_map(|sent| sent.eapol.windows(8)).filter(|run| run.iter().any(|o| *o > 0x7f));
        for run in runs {
            let hex: String = run.iter().map(|octet| format!("{octet:02x}")).collect();
            assert!(!all.contains(&hex), "{meeting:?} {hex}");
        }
    }
}

#[test]
fn what_is_missing_is_inferred() {
    // One frame that the listener missed: EAPOL-Start, identity (two), WSC_Start, M1, M2 …
    let whole = register(Pin(PIN), 1400, |_| false);
    let names = ["", "", "", "", "M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "WSC_Done", ""];
    assert_eq!(names.len(), whole.len());
    for (missed, name) in names.iter().enumerate() {
        let mut heard = whole.clone();
        heard.remove(missed);
        let attempt = only(&heard);
        assert_eq!((attempt.outcome, attempt.cause), (Outcome::Succeeded, None), "{name} {attempt:#?}");
        assert_eq!(attempt.missing.join(","), *name);
    }
    for first in 1..whole.len() - 2 {
        let attempt = only(&whole[first..]);
        assert_eq!(attempt.outcome, Outcome::Succeeded, "from {first}: {attempt:#?}");
        let begins = attempt.notes.iter().any(|note| note.contains("begins in the middle"));
        assert_eq!(begins, first > 4, "from {first}: {attempt:#?}");
    }
}

#[test]
fn a_capture_that_ends_too_early_blames_nobody() {
    let whole = register(Pin(PIN), 1400, |_| false);
    let steps = [1, 1, 1, 1, 2, 3, 3, 3, 4, 4, 5, 5];
    for (length, step) in (2..).zip(steps) {
        let report = told(&whole[..length]);
        // With EAPOL-Start and the question for the identity, it is not WPS yet.
        let Some(attempt) = report.attempts.first() else {
            assert!(length < 3, "{length}");
            continue;
        };
        if attempt.outcome == Outcome::Succeeded {
            assert_eq!(length, 13, "{attempt:#?}");
            continue;
        }
        assert_eq!((attempt.outcome, attempt.cause), (Outcome::Unfinished, None), "{length} {attempt:#?}");
        let found = attempt.step.map(Step::number);
        assert!(found <= Some(step + 1) && found >= Some(step.max(2)), "{length}: {found:?}");
        assert!(report.to_string().contains("Capture again"), "{report}");
    }
}

#[test]
fn silence_is_somebodys() {
    // From the frame of this index on, nothing arrives: M3 is lost, or M4 is.
    for (from, after, awaited) in [(6, "M3", Sender::Router), (7, "M4", Sender::Device)] {
        let sent = register(Pin(PIN), 1400, |index| index >= from);
        let attempt = only(&sent);
        assert_eq!((attempt.outcome, attempt.cause), (Outcome::Failed, Some("timed-out")), "{attempt:#?}");
        assert!(attempt.repeated >= 2, "{attempt:#?}");
        let silence = attempt.longest_silence.clone().unwrap();
        assert!(silence.ms >= 1000, "{attempt:#?}");
        assert!([after, "M2", "M3"].contains(&silence.after.as_str()), "{after} {awaited:?} {attempt:#?}");
    }
    // M8 arrives nowhere.
    let sent = register(Pin(PIN), 1400, |index| index >= 11);
    assert_eq!(only(&sent).cause, Some("unconfirmed"));
}

#[test]
fn what_was_sent_again_is_counted_and_confuses_nobody() {
    for (meeting, _) in CASES {
        let whole = register(*meeting, 60, |_| false);
        let straight = only(&whole);
        // Every frame captured twice.
        let twice: Vec<Sent> = whole.iter().flat_map(|sent| [sent.clone(), sent.clone()]).collect();
        // Every frame sent again after two seconds.
        let mut later = whole.clone();
        later
            .iter_mut()
            .enumerate()
            .for_each(|(index, sent)| sent.at += Duration::from_secs(4 * index as u64));
        let again: Vec<Sent> = later
            .iter()
            .flat_map(|sent| [sent.clone(), Sent { at: sent.at + Duration::from_secs(2), ..sent.clone() }])
            .collect();
        for (heard, repeated) in [(twice, false), (again, true)] {
            let report = told(&heard);
            assert_eq!(report.attempts.len(), 1, "{meeting:?} {report:#?}");
            let attempt = &report.attempts[0];
            assert_eq!(
                (attempt.outcome, attempt.cause, attempt.steps_done),
                (straight.outcome, straight.cause, straight.steps_done),
                "{meeting:?} {attempt:#?}"
            );
            assert_eq!(attempt.repeated > 0, repeated, "{meeting:?} {attempt:#?}");
            assert_eq!(report.capture.duplicates > 0, !repeated, "{meeting:?}");
        }
    }
}

#[test]
fn neighbours_that_changed_places_confuse_nobody() {
    for fragment_size in [60, 1400] {
        let whole = register(Pin(SECOND_WRONG), fragment_size, |_| false);
        for at in 5..whole.len() - 2 {
            let mut heard = whole.clone();
            heard.swap(at, at + 1);
            let attempt = only(&heard);
            let seen = (attempt.cause, attempt.missing.as_slice(), attempt.notes.as_slice());
            assert_eq!(seen, (Some("wrong-pin-second-half"), &[][..], &[][..]), "{at} {attempt:#?}");
        }
    }
}

#[test]
fn a_fragment_that_is_missing_is_told() {
    let whole = register(Pin(PIN), 100, |_| false);
    let report = told(&whole);
    assert!(report.attempts[0].notes.iter().all(|note| !note.contains("fragment")), "{report}");
    // The second fragment of M1.
    let mut heard = whole;
    heard.remove(6);
    let attempt = only(&heard);
    assert_eq!(
        (attempt.outcome, attempt.missing.as_slice()),
        (Outcome::Succeeded, &["M1"][..]),
        "{attempt:#?}"
    );
    assert!(
        attempt.notes.contains(&"A fragment of M1 is missing in the capture.".to_owned()),
        "{attempt:#?}"
    );
}

#[test]
fn one_that_waits_is_told_once_and_then_what_came_of_it() {
    let waiting = register(Decline(ConfigError::NoError), 1400, |_| false);
    let after = |sent: &[Sent], seconds| -> Vec<Sent> {
        sent.iter().map(|s| Sent { at: s.at + Duration::from_secs(seconds), ..s.clone() }).collect()
    };
    let success = register(Pin(PIN), 1400, |_| false);
    let heard = [waiting.clone(), after(&waiting, 10), after(&waiting, 20), after(&success, 30)].concat();
    let report = told(&heard);
    let seen: Vec<_> = report.attempts.iter().map(|a| (a.number, a.outcome, a.tries)).collect();
    assert_eq!(seen, [(1, Outcome::Waiting, 3), (2, Outcome::Succeeded, 1)], "{report:#?}");
}

#[test]
fn one_that_nobody_answers_is_no_story_and_is_told() {
    let sent = register(Pin(PIN), 1400, |_| true);
    let report = told(&sent);
    assert!(!report.has_story(), "{report:#?}");
    assert!(report.unanswered[0].times > 1, "{report:#?}");
    assert!(report.to_string().contains("nobody answered"), "{report}");
}

#[test]
fn the_words() {
    let report = told(&register(Pin(FIRST_WRONG), 1400, |_| false));
    let words = report.words(true).to_string();
    for part in [
        "failed (wrong-pin-first-half)",
        "step 3 of 7, prove the first half of the PIN",
        "Printer in the hall, Keyway Test printer, printer or scanner, 02:00:00:00:00:01, WPS 2.0",
        "M3 · M4 · WSC_NACK (Device Password Auth Failure (18)) · EAP-Failure",
        "The device said WSC_NACK after M4",
        "compare the first four digits on both screens",
        "packet 1      device → router  EAPOL-Start",
    ] {
        assert!(words.contains(part), "no {part:?} in:\n{words}");
    }
    assert!(!report.to_string().contains("packet 1 "), "{report}");
}
