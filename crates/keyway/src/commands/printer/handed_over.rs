//! The settings go to whoever joins networks on this machine.

use crate::args::PrinterArgs;
use crate::exit::Error;
use crate::report::Report;
use crate::story::{Who, failed_in_words};
use crate::watch::Watch;
use keyway_home::Cause;
use keyway_linux::Poller;
use keyway_manager::{Manager, Offer, Progress, hand_over};
use keyway_wsc::session::CredentialProblem;
use keyway_wsc::{Credential, session};
use serde_json::json;
use std::time::Duration;

/// How long joining may take, an address included.
const PATIENCE: Duration = Duration::from_secs(90);

/// Whether a network could be handed over: asked before a PIN is spent on it.
pub(super) fn check(manager: Manager, interface: &str, poller: &mut Poller) -> Result<(), Error> {
    let watch = Watch::new(poller);
    keyway_manager::check(manager, interface, &|| watch.is_stopped()).map_err(|error| watch.error(error))
}

/// Hands a network over, and waits until it is joined.
pub(super) fn to(
    manager: Manager,
    args: &PrinterArgs,
    settings: &Credential,
    poller: &mut Poller,
    report: &mut Report,
) -> Result<(), Error> {
    let name = settings.ssid.to_text().into_owned();
    let words = format!("{manager} joins \u{201c}{name}\u{201d}");
    report.event("handed-over", json!({ "to": manager.name(), "ssid": name }), &words);
    report.flush();
    let offer = Offer { credential: settings, hidden: false, patience: PATIENCE };
    let watch = Watch::new(poller);
    let mut tell = |progress: Progress| {
        let code = match progress {
            Progress::Looking => "looking",
            Progress::Joining => "joining",
            Progress::GettingAddress => "getting-address",
            Progress::Joined => "joined",
        };
        report.event("hand-over", json!({ "progress": code }), &format!("  {progress}"));
        report.flush();
    };
    let kept = match hand_over(manager, &args.interface, &offer, &|| watch.is_stopped(), &mut tell) {
        Ok(kept) => kept,
        Err(error) => {
            let Some(failure) = Failure::of(&error) else { return Err(watch.error(error)) };
            failure.tell(report);
            return Err(Error::cause(&failure.cause));
        }
    };
    let address = kept.address.map(|address| address.to_string());
    let lasts = kept.across_restarts.is_ok();
    let why = kept.across_restarts.as_ref().err().cloned();
    let fields =
        json!({ "to": manager.name(), "ssid": kept.ssid, "ip": address, "kept": lasts, "words": why });
    report.event("joined-by", fields, &kept.to_string());
    Ok(())
}

/// Why the network was not joined, where the network or its settings are to blame.
struct Failure {
    cause: Cause,
    what: String,
    next: &'static str,
    /// In the words of the program that was to join.
    detail: String,
}

impl Failure {
    /// None if it was not for the network: the program does not run, or does not allow it.
    fn of(error: &keyway_manager::Error) -> Option<Failure> {
        use keyway_manager::Error as E;
        let mut detail = String::new();
        let (cause, what, next) = match error {
            E::WrongKey { ssid } => (
                Cause::WrongPassphrase,
                format!("\u{201c}{ssid}\u{201d} does not accept the key that the router gave."),
                "Set the printer up again: the router's password may have changed.",
            ),
            E::NotHeard { manager, ssid } => (
                Cause::NetworkGone,
                format!("{manager} does not hear \u{201c}{ssid}\u{201d}."),
                "Move this machine closer to the router, and see that the router does not hide its name; then set \
                 the printer up again.",
            ),
            E::NoAddress { ssid } => (
                Cause::NoAddress,
                format!("\u{201c}{ssid}\u{201d} was joined, but gives no address."),
                "Restart the router and check that it gives out addresses (DHCP); then set the printer up again.",
            ),
            E::NotJoined { manager, ssid, reason } => {
                detail.clone_from(reason);
                (
                    Cause::JoinRefused,
                    format!("{manager} could not join \u{201c}{ssid}\u{201d}: {reason}."),
                    "Restart the router, then set the printer up again; if it happens again, look whether the router \
                     keeps a list of devices.",
                )
            }
            E::Unsupported(what) => (
                Cause::SecurityUnsupported,
                sentence(what),
                "Switch the router to WPA2 with a password, then set the printer up again.",
            ),
            E::UnsupportedName(what) => (
                Cause::from(session::Failure::NoUsableCredential(CredentialProblem::Missing)),
                sentence(what),
                "Let Keyway join by itself (--join builtin), or give the network another name; then set the printer \
                 up again.",
            ),
            _ => return None,
        };
        Some(Failure { cause, what, next, detail })
    }

    fn tell(&self, report: &mut Report) {
        failed_in_words(&self.cause, &self.detail, &self.what, self.next, Who::Alone, report);
    }
}

/// A capital letter in front, and a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cause_has_its_status_and_words() {
        use keyway_manager::Error as E;
        let (manager, ssid) = (Manager::Iwd, "Home".to_owned());
        let reason = "refused with status 17".to_owned();
        let cases = [
            (E::WrongKey { ssid: ssid.clone() }, 38, "does not accept the key"),
            (E::NotHeard { manager, ssid: ssid.clone() }, 37, "iwd does not hear \u{201c}Home\u{201d}."),
            (E::NoAddress { ssid: ssid.clone() }, 40, "gives no address."),
            (E::NotJoined { manager, ssid, reason }, 39, "Home\u{201d}: refused with status 17."),
            (E::Unsupported("only these"), 36, "Only these."),
            (E::UnsupportedName("a name"), 22, "A name."),
        ];
        for (error, status, words) in cases {
            let failure = Failure::of(&error).unwrap();
            assert_eq!(Error::cause(&failure.cause).status(), status, "{error}");
            assert!(failure.what.contains(words), "{}", failure.what);
            assert!(failure.next.ends_with('.'), "{}", failure.next);
        }
        // What is not the network's is told as it is.
        for error in [E::NotRunning { manager }, E::NotPermitted { manager, doing: "join" }, E::Stopped] {
            assert!(Failure::of(&error).is_none(), "{error}");
        }
    }
}
