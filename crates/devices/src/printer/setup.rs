//! A set-up that runs, or the last one.

use crate::session::{Countdown, Method, SessionView};
use crate::session_tracker::Tracker;
use core::time::Duration;
use keyway_eap::Timestamp;
use keyway_home::{Cause, Side};
use keyway_wsc::session::Failure;
use keyway_wsc::{AuthTypes, Credential, EncrTypes, Pin};

/// How long one try with the PIN on the label goes on: the PIN itself does not expire.
pub(super) const LABEL_TRY: Duration = Duration::from_secs(600);
/// How long the printer looks for a router that takes the router's PIN.
pub(super) const ROUTER_PIN_TRY: Duration = Duration::from_secs(120);
/// How long joining may take.
pub(super) const JOIN: Duration = Duration::from_secs(90);
/// How often a network is looked for, or asked, in vain before a set-up by its password ends: one that is there can be missed.
const CHANCES: u32 = 3;
/// How long getting an address may take.
pub(super) const ADDRESS: Duration = Duration::from_secs(90);
/// How long the radio may take to say that the time is over before the printer ends the set-up by itself.
const GRACE: Duration = Duration::from_secs(3);
/// The same when a registrar has begun to prove the PIN: that try may finish.
const GRACE_FOR_A_TRY: Duration = Duration::from_secs(130);

/// Who started it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A person at the panel.
    Panel,
    /// The printer's page, its software, its app, or a computer's prompt.
    Outside,
}

/// A set-up.
#[derive(Debug)]
pub(super) struct Setup {
    pub(super) tracker: Tracker,
    pub(super) origin: Origin,
    pub(super) stage: Stage,
    /// The access point that it chose: name and signal in dBm.
    pub(super) chose: Option<(String, i8)>,
    /// Why no access point was right so far.
    pub(super) met: Option<Cause>,
    /// Tries to join that failed.
    vain: u32,
}

/// Where a set-up is.
#[derive(Debug)]
pub(super) enum Stage {
    /// It registers by WPS.
    Registering(Registering),
    /// It has a network's settings and joins, until this time.
    Joining(Timestamp),
    /// It is on the network and waits for an address, until this time.
    Addressing(Timestamp),
    /// It is over: well, or for this reason.
    Ended(Option<Cause>),
}

/// A registration by WPS.
#[derive(Debug)]
pub(super) struct Registering {
    /// The PIN that was made for it. Gone as soon as it has expired.
    pub(super) pin: Option<Pin>,
    /// When the PIN expires or the walk time ends.
    pub(super) until: Timestamp,
    /// How long that is in all.
    pub(super) of: Duration,
    /// Whether a registrar has begun to prove the PIN.
    pub(super) used: bool,
    /// Whether the time is over.
    pub(super) over: bool,
}

impl Setup {
    /// A set-up that begins.
    pub(super) fn new(method: Method, nickname: &str, origin: Origin, stage: Stage) -> Setup {
        Setup {
            tracker: Tracker::new(method, nickname, Side::Printer),
            origin,
            stage,
            chose: None,
            met: None,
            vain: 0,
        }
    }

    /// Whether it goes on.
    pub(super) fn is_running(&self) -> bool {
        !matches!(self.stage, Stage::Ended(_))
    }

    /// Takes note of a try to join that failed for this reason: whether that ends it. Settings that a registrar handed out a
    /// moment ago are those of a router that is there: many start their radio anew with them, and are off the air for a while.
    pub(super) fn is_lost_by(&mut self, cause: Cause) -> bool {
        let Stage::Joining(_) = self.stage else { return false };
        self.vain = self.vain.saturating_add(1);
        let may_come_back =
            matches!(cause, Cause::NetworkGone | Cause::NothingHeard | Cause::TooFar | Cause::JoinRefused);
        !may_come_back || self.tracker.method() == Method::Passphrase && self.vain >= CHANCES
    }

    /// The registration, while it runs.
    pub(super) fn registering(&self) -> Option<&Registering> {
        match &self.stage {
            Stage::Registering(registering) => Some(registering),
            _ => None,
        }
    }

    /// The PIN that is to be shown: never one that has expired (N10).
    pub(super) fn pin(&self, now: Timestamp) -> Option<&Pin> {
        self.registering().filter(|r| now < r.until)?.pin.as_ref()
    }

    /// The time that is left for a person to act.
    pub(super) fn countdown(&self, now: Timestamp) -> Option<Countdown> {
        self.registering().map(|r| Countdown::new(now, r.until, r.of))
    }

    /// How it failed.
    pub(super) fn cause(&self) -> Option<&Cause> {
        match &self.stage {
            Stage::Ended(cause) => cause.as_ref(),
            _ => None,
        }
    }

    /// When something is due by itself.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        match &self.stage {
            Stage::Registering(Registering { until, over: false, .. }) => Some(*until),
            Stage::Registering(Registering { until, used: true, .. }) => Some(*until + GRACE_FOR_A_TRY),
            Stage::Registering(Registering { until, .. }) => Some(*until + GRACE),
            Stage::Joining(until) | Stage::Addressing(until) => Some(*until),
            Stage::Ended(_) => None,
        }
    }

    /// What a screen shows of it.
    pub(super) fn view(&self, now: Timestamp) -> SessionView {
        self.tracker.view(self.countdown(now))
    }

    /// Why it ended when the time was over and nobody said why.
    pub(super) fn time_over(&self) -> Cause {
        match self.tracker.method() {
            Method::Button => Cause::WalkTimeOver(None),
            Method::RouterPin => Cause::NoRouter(None),
            _ => Cause::PinExpired(None),
        }
    }

    /// The true reason of an end by time: what was wrong with the network, if it was never right.
    pub(super) fn refine(&self, cause: Cause) -> Cause {
        match (cause, self.met) {
            (
                Cause::PinExpired(None | Some(Failure::TimedOut))
                | Cause::WalkTimeOver(None | Some(Failure::TimedOut))
                | Cause::NoRouter(None | Some(Failure::TimedOut)),
                Some(met),
            ) => match (cause, met) {
                (Cause::PinExpired(_), Cause::Failure(failure)) => Cause::PinExpired(Some(failure)),
                (Cause::WalkTimeOver(_), Cause::Failure(failure)) => Cause::WalkTimeOver(Some(failure)),
                (_, Cause::Failure(failure)) => Cause::NoRouter(Some(failure)),
                (_, met) => met,
            },
            (cause, _) => cause,
        }
    }
}

/// The first of some settings that a printer can use: personal WPA or WPA2 with AES.
pub(super) fn usable(credentials: &[Credential]) -> Option<&Credential> {
    credentials.iter().find(|credential| {
        credential.auth_types.intersects(AuthTypes::Wpa2Personal | AuthTypes::WpaPersonal)
            && credential.encr_types.intersects(EncrTypes::Aes)
            && credential.key.is_some()
            && !credential.ssid.as_bytes().is_empty()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyway_wsc::{ConfigError, NetworkKey, Ssid};

    #[test]
    fn the_reason_of_an_end_by_time_is_what_was_met() {
        let mut setup = Setup::new(Method::Pin, "BLUE-42", Origin::Panel, Stage::Ended(None));
        let not_ready = Failure::NoRegistrarReady(ConfigError::NoError);
        let expired = Cause::PinExpired(None);
        assert_eq!(setup.refine(expired), expired);
        setup.met = Some(Cause::WpsOff);
        assert_eq!(setup.refine(expired), Cause::WpsOff);
        assert_eq!(setup.refine(Cause::PinExpired(Some(not_ready))), Cause::PinExpired(Some(not_ready)));
        assert_eq!(setup.refine(Cause::Failure(Failure::SessionOverlap)), Failure::SessionOverlap.into());
        setup.met = Some(not_ready.into());
        assert_eq!(setup.refine(expired), Cause::PinExpired(Some(not_ready)));
        assert_eq!(setup.refine(Cause::WalkTimeOver(None)), Cause::WalkTimeOver(Some(not_ready)));
        assert_eq!(setup.refine(Cause::NoRouter(None)), Cause::NoRouter(Some(not_ready)));
    }

    #[test]
    fn a_network_may_be_missed_and_no_wrong_password_is_tried_again() {
        let joining =
            |method| Setup::new(method, "BLUE-42", Origin::Panel, Stage::Joining(Timestamp::from_secs(90)));
        let mut setup = joining(Method::Passphrase);
        assert!(!setup.is_lost_by(Cause::NetworkGone));
        assert!(!setup.is_lost_by(Cause::JoinRefused));
        assert!(setup.is_lost_by(Cause::NetworkGone));
        assert!(joining(Method::Passphrase).is_lost_by(Cause::WrongPassphrase));
        let mut setup = joining(Method::Pin);
        assert!((0..20).all(|_| !setup.is_lost_by(Cause::NetworkGone)), "its router was there a moment ago");
        assert!(setup.is_lost_by(Cause::SecurityUnsupported));
    }

    #[test]
    fn the_first_usable_settings_are_taken() {
        let ssid = Ssid::new(b"Home").unwrap();
        let good = Credential::wpa2(ssid, NetworkKey::new(b"12345678").unwrap());
        let tkip = Credential { encr_types: EncrTypes::Tkip, ..good.clone() };
        let mixed = Credential { encr_types: EncrTypes::Tkip | EncrTypes::Aes, ..good.clone() };
        assert_eq!(usable(&[]), None);
        assert_eq!(usable(&[Credential::open(ssid), tkip.clone()]), None);
        assert_eq!(usable(&[tkip, mixed.clone(), good]), Some(&mixed));
    }
}
