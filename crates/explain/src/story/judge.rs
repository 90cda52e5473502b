//! What follows from what was seen of an attempt: how it ended, how far it came, and why.

use super::trail::Trail;
use crate::report::{Achieved, Outcome, Sender, Step};
use core::time::Duration;
use keyway_home::Cause;
use keyway_wsc::ConfigError;
use keyway_wsc::session::{CredentialProblem, Failure, Half, Misbehaviour};

/// So much silence before the capture ends, or before the device begins anew, means that nobody answers any more.
/// Stock programs send again after 5 s and give up after 15 s to 30 s (observed: hostapd, wpa_supplicant).
const SILENCE: Duration = Duration::from_secs(15);
/// EAP-Failure within this time after M8 comes because the access point has its answer: without one it sends M8 again
/// after 5 s (observed: hostapd), so that WSC_Done is missing from the capture only.
const ANSWERED: Duration = Duration::from_secs(2);

/// What follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) outcome: Outcome,
    pub(super) achieved: Option<Achieved>,
    pub(super) cause: Option<Cause>,
    pub(super) config_error: Option<ConfigError>,
    /// How that is known, one sentence.
    pub(super) evidence: String,
    /// How many of the seven steps are done.
    pub(super) done: u8,
    /// Whether WSC_Done was sent, though the capture does not have it.
    pub(super) done_is_missing: bool,
}

impl Verdict {
    fn new(outcome: Outcome, done: u8, evidence: impl Into<String>) -> Verdict {
        Verdict {
            outcome,
            achieved: None,
            cause: None,
            config_error: None,
            evidence: evidence.into(),
            done,
            done_is_missing: false,
        }
    }

    fn failed(cause: impl Into<Cause>, done: u8, evidence: impl Into<String>) -> Verdict {
        Verdict { cause: Some(cause.into()), ..Verdict::new(Outcome::Failed, done, evidence) }
    }

    /// The step in which it ended.
    pub(super) fn step(&self) -> Option<Step> {
        Step::ALL.get(usize::from(self.done)).copied().filter(|_| self.outcome != Outcome::Succeeded)
    }
}

/// Judges an attempt. The capture ends at `end`.
pub(super) fn judge(trail: &Trail, end: Duration) -> Verdict {
    if !trail.is_wps {
        return joining(trail, None, end);
    }
    if let Some(achieved) = achieved(trail) {
        let done_is_missing = !trail.has_read_settings() && trail.furthest() < 9;
        return Verdict { done_is_missing, ..joining(trail, Some(achieved), end) };
    }
    registration(trail, end)
}

/// What a registration achieved, if it was one that succeeded.
fn achieved(trail: &Trail) -> Option<Achieved> {
    let confirmed = trail.furthest() >= 9
        || trail.handshake.is_complete()
        || match (trail.m8, trail.eap_failure) {
            (Some((at, 1)), Some(failure)) => trail.nack.is_none() && failure.saturating_sub(at) < ANSWERED,
            _ => false,
        };
    match trail.enrollee {
        _ if trail.has_read_settings() => Some(Achieved::Learned),
        Some(Sender::Router) if confirmed => Some(Achieved::Configured),
        _ if confirmed => Some(Achieved::Received),
        _ => None,
    }
}

/// A registration that did not succeed.
fn registration(trail: &Trail, end: Duration) -> Verdict {
    let done = match trail.furthest() {
        7.. => 4,
        5..=6 => 3,
        2..=4 => 2,
        _ => 1,
    };
    if let Some((from, error)) = trail.nack
        && (trail.m2d.is_none() || trail.furthest() > 2)
    {
        return refused(from, error, trail.furthest(), done);
    }
    if let (Some(error), ..=1) = (trail.m2d, trail.furthest()) {
        return not_ready(error);
    }
    if let Some(status) = trail.refused {
        let evidence = format!("The router refused the association: {status}.");
        return Verdict::failed(Cause::JoinRefused, 0, evidence);
    }
    if let Some((from, reason)) = trail.farewell {
        let evidence = format!("{} ended the association: {reason}.", capital(from.words()));
        return Verdict::failed(Failure::LinkLost, done, evidence);
    }
    if trail.eap_failure.is_some() || trail.eap_success {
        return ended_early(trail, done);
    }
    if trail.logged_off {
        return Verdict::failed(Failure::EndedEarly, done, "The device logged off.");
    }
    unanswered(trail, end, done)
}

/// One side said WSC_NACK.
fn refused(from: Sender, error: ConfigError, furthest: u8, done: u8) -> Verdict {
    let who = capital(from.words());
    let after = match furthest {
        0 => "before any message".to_owned(),
        number => format!("after M{number}"),
    };
    let (cause, done): (Cause, u8) = match (error, furthest) {
        (ConfigError::DevicePasswordAuthFailure, 4 | 5) => (Failure::WrongPassword(Half::First).into(), 2),
        (ConfigError::DevicePasswordAuthFailure, 6 | 7) => (Failure::WrongPassword(Half::Second).into(), 3),
        (ConfigError::DevicePasswordAuthFailure, _) => (Failure::PasswordRefused.into(), done),
        (ConfigError::MultiplePbcDetected, _) => (Failure::SessionOverlap.into(), done),
        (ConfigError::SetupLocked, _) => (Failure::SetupLocked.into(), done),
        (ConfigError::SignalTooWeak, _) => (Cause::TooFar, done),
        (ConfigError::MessageTimeout | ConfigError::RegistrationSessionTimeout, _) => {
            (Failure::TimedOut.into(), done)
        }
        (ConfigError::NetworkAuthFailure, 8) => {
            (Failure::NoUsableCredential(CredentialProblem::Missing).into(), done)
        }
        (error, _) => (Failure::RefusedByPeer(error).into(), done),
    };
    let evidence = format!("{who} said WSC_NACK {after}: {error} ({}).", error.0);
    Verdict { config_error: Some(error), ..Verdict::failed(cause, done, evidence) }
}

/// The registrar said M2D and nothing better after it.
fn not_ready(error: ConfigError) -> Verdict {
    let evidence = match error {
        ConfigError::NoError => {
            "The registrar answered with M2D: it has no PIN for this device, and its button \
                                 was not pressed."
                .to_owned()
        }
        error => format!("The registrar answered with M2D: {error} ({}).", error.0),
    };
    let verdict = match error {
        ConfigError::MultiplePbcDetected => Verdict::failed(Failure::SessionOverlap, 1, evidence),
        ConfigError::SetupLocked => Verdict::failed(Failure::SetupLocked, 1, evidence),
        error => {
            let cause = Failure::NoRegistrarReady(error).into();
            Verdict { cause: Some(cause), ..Verdict::new(Outcome::Waiting, 1, evidence) }
        }
    };
    Verdict { config_error: Some(error), ..verdict }
}

/// The access point ended the EAP conversation.
fn ended_early(trail: &Trail, done: u8) -> Verdict {
    if let Some((from, error)) = &trail.unreadable {
        let evidence = format!("{} sent a message that cannot be read: {error}.", capital(from.words()));
        return Verdict::failed(Failure::Misbehaved(Misbehaviour::Unreadable(*error)), done, evidence);
    }
    if trail.is_nak {
        let evidence = "The device asked for another kind of EAP, and the router ended the conversation.";
        return Verdict::failed(Failure::EndedEarly, done, evidence);
    }
    if trail.m8.is_some() {
        let evidence =
            "The settings were sent (M8) and not confirmed before the router ended the conversation.";
        return Verdict::failed(Failure::Unconfirmed, done, evidence);
    }
    let after = match (trail.furthest(), trail.last_said()) {
        (0, _) | (_, None) => "before the first message".to_owned(),
        (number, _) => format!("after M{number}"),
    };
    Verdict::failed(
        Failure::EndedEarly,
        done,
        format!("The router ended the conversation {after} (EAP-Failure)."),
    )
}

/// Nobody said that it is over.
fn unanswered(trail: &Trail, end: Duration, done: u8) -> Verdict {
    let silent = trail.restarted.unwrap_or(end).saturating_sub(trail.last);
    let after = trail.last_said().map_or("the beginning", |(_, what)| what);
    let awaited = trail.last_said().map_or(Sender::Router, |(from, _)| from.other());
    if silent >= SILENCE || trail.last_repeated >= 2 {
        let failure = if trail.m8.is_some() { Failure::Unconfirmed } else { Failure::TimedOut };
        let times = match trail.last_repeated {
            1 => "once".to_owned(),
            times => format!("{times} times"),
        };
        let evidence = match trail.last_repeated_by.filter(|_| trail.last_repeated > 0) {
            None => format!("{} did not answer {after}.", capital(awaited.words())),
            Some(by) if by == awaited => {
                format!("{} asked again {times} after {after}: it did not arrive.", capital(by.words()))
            }
            Some(_) => {
                format!("{} did not answer {after}, which was sent again {times}.", capital(awaited.words()))
            }
        };
        return Verdict::failed(failure, done, evidence);
    }
    if trail.restarted.is_some() {
        let evidence = format!("After {after} the exchange began anew without having ended.");
        return Verdict::failed(Failure::EndedEarly, done, evidence);
    }
    Verdict::new(Outcome::Unfinished, done, format!("The capture ends after {after}."))
}

/// What came of the settings, or of an attempt to join without WPS.
fn joining(trail: &Trail, achieved: Option<Achieved>, end: Duration) -> Verdict {
    let steps = &trail.handshake;
    let before = if achieved.is_some() { 5 } else { 0 };
    if steps.is_complete() {
        let done = if trail.address.is_some() { 7 } else { 6 };
        let achieved = achieved.or(Some(Achieved::Joined));
        let evidence = match trail.address {
            Some(_) => "The 4-way handshake is complete, and the device has an address.",
            None => "The 4-way handshake is complete.",
        };
        return Verdict { achieved, ..Verdict::new(Outcome::Succeeded, done, evidence) };
    }
    let [first, second, third, _] = steps.messages;
    let sent_away = matches!(trail.farewell, Some((Sender::Router, _)));
    if second > 0 && third == 0 && (steps.asked_again > 0 || sent_away) {
        let how = match (steps.asked_again, sent_away) {
            (0, _) => "sent the device away",
            (_, true) => "asked again, and then sent the device away",
            (_, false) => "asked again",
        };
        let evidence =
            format!("After the device's answer (message 2 of the 4-way handshake) the router {how}.");
        return Verdict { achieved, ..Verdict::failed(Cause::WrongPassphrase, before, evidence) };
    }
    if let (Some(status), None) = (trail.refused, trail.association) {
        let evidence = format!("The router refused the association: {status}.");
        return Verdict { achieved, ..Verdict::failed(Cause::JoinRefused, before, evidence) };
    }
    if let (Some((from, reason)), true) = (trail.farewell, steps.has_begun() || achieved.is_none()) {
        let evidence = format!("{} ended the association: {reason}.", capital(from.words()));
        return Verdict { achieved, ..Verdict::failed(Failure::LinkLost, before, evidence) };
    }
    if first > 1 && second == 0 && end.saturating_sub(trail.last) >= SILENCE {
        let evidence = "The device did not answer the 4-way handshake.";
        return Verdict { achieved, ..Verdict::failed(Failure::TimedOut, before, evidence) };
    }
    let (outcome, evidence) = match (achieved, trail.address) {
        (Some(_), Some(_)) => (Outcome::Succeeded, "The device has an address."),
        (Some(Achieved::Learned), _) => (Outcome::Succeeded, "The router showed its settings (M7)."),
        (Some(_), _) if trail.furthest() >= 9 => {
            (Outcome::Succeeded, "The settings were confirmed (WSC_Done).")
        }
        (Some(_), _) => (Outcome::Succeeded, "The exchange ended as soon as the settings were sent (M8)."),
        (None, _) => (Outcome::Unfinished, "The capture does not show how it ended."),
    };
    let done = if trail.address.is_some() { 7 } else { before };
    Verdict { achieved, ..Verdict::new(outcome, done, evidence) }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
