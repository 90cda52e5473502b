//! Giving the owner of an interface a network to join and to keep.

use std::fmt;
use std::net::IpAddr;
use std::thread::sleep;
use std::time::{Duration, Instant};

use keyway_wsc::Credential;

use crate::choice::Manager;
use crate::error::Error;
use crate::key::Security;
use crate::record::check_name;
use crate::stop::Stop;
use crate::{iwd, network_manager, supplicant};

/// A network for somebody else to join.
#[derive(Clone, Copy, Debug)]
pub struct Offer<'c> {
    /// What the registration brought.
    pub credential: &'c Credential,
    /// Whether its access points keep its name to themselves. They are then asked by name, wherever the machine is;
    /// so do not say it of others.
    pub hidden: bool,
    /// How long all of it may take. Joining takes some 5 s, of which a scan is 4; with an address up to 45 s.
    pub patience: Duration,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The program has been told and looks for the network.
    Looking,
    /// It has found an access point and proves that it has the key.
    Joining,
    /// The key was right; an address is asked for.
    GettingAddress,
    /// Data can be sent.
    Joined,
}

/// What came of it: the network is joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Who joined.
    pub manager: Manager,
    /// The network's name; octets that are no UTF-8 are replaced.
    pub ssid: String,
    /// The address that was got. `None` when the program leaves addresses to others, as wpa_supplicant does and iwd
    /// unless it is told otherwise.
    pub address: Option<IpAddr>,
    /// Whether it will join again after a restart; otherwise why not, and what to do.
    pub across_restarts: Result<(), String>,
}

/// Whether a program runs, may be asked by this user, and could be handed a network for this interface.
///
/// Ask before a registration begins: settings that nobody takes afterwards cost the user a PIN. Ask before
/// [`take`](crate::take) too: afterwards NetworkManager leaves the interface alone. It changes nothing. A
/// NetworkManager that gets the interface ready just now is waited for, at most 15 s.
///
/// # Errors
/// [`Error::NotRunning`], [`Error::NotItsInterface`], [`Error::NotPermitted`] and others, as [`hand_over`] would give.
pub fn check(manager: Manager, interface: &str, stop: Stop<'_>) -> Result<(), Error> {
    check_name(interface)?;
    match manager {
        Manager::NetworkManager => network_manager::check(interface, stop),
        Manager::Iwd => iwd::check(interface),
        Manager::WpaSupplicant => supplicant::check(interface),
    }
}

/// Hands a network over and waits until it is joined.
///
/// When it fails or is stopped, nothing of it is left with the program, and what it knew and had joined before it may
/// join again. When it succeeds, the key that it had for a network of the same name is replaced. iwd keeps whatever else
/// it was told about that network; wpa_supplicant forgets it, and NetworkManager keeps its profiles but those of an
/// earlier registration.
///
/// The interface is not to be [taken](crate::take) any more. NetworkManager and iwd are switched on for it if
/// they are not.
///
/// # Errors
/// [`Error::WrongKey`], [`Error::NotHeard`], [`Error::NoAddress`], [`Error::NotJoined`], [`Error::Stopped`] and others.
/// `progress` has been told how far it came.
pub fn hand_over(
    manager: Manager,
    interface: &str,
    offer: &Offer<'_>,
    stop: Stop<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Kept, Error> {
    check_name(interface)?;
    let security = Security::of(offer.credential)?;
    let mut teller = Teller { told: None, tell: progress };
    let mut task = Task {
        interface,
        credential: offer.credential,
        ssid: offer.credential.ssid.as_bytes(),
        hidden: offer.hidden,
        security: &security,
        deadline: Instant::now() + offer.patience,
        patience: offer.patience,
        stop,
        teller: &mut teller,
    };
    match manager {
        Manager::NetworkManager => network_manager::hand_over(&mut task),
        Manager::Iwd => iwd::hand_over(&mut task),
        Manager::WpaSupplicant => supplicant::hand_over(&mut task),
    }
}

/// What each program's side is given.
pub(crate) struct Task<'t, 'p> {
    pub(crate) interface: &'t str,
    pub(crate) credential: &'t Credential,
    pub(crate) ssid: &'t [u8],
    pub(crate) hidden: bool,
    pub(crate) security: &'t Security,
    pub(crate) deadline: Instant,
    pub(crate) patience: Duration,
    pub(crate) stop: Stop<'t>,
    pub(crate) teller: &'t mut Teller<'p>,
}

impl Task<'_, '_> {
    /// The name for people.
    pub(crate) fn ssid_text(&self) -> String {
        String::from_utf8_lossy(self.ssid).into_owned()
    }

    /// The error when the time is over.
    pub(crate) fn late(&self, manager: Manager) -> Error {
        match self.teller.told {
            None | Some(Progress::Looking) => Error::NotHeard { manager, ssid: self.ssid_text() },
            Some(Progress::Joining) => {
                let reason = format!("it was not done within {} s", self.patience.as_secs());
                Error::NotJoined { manager, ssid: self.ssid_text(), reason }
            }
            Some(Progress::GettingAddress | Progress::Joined) => Error::NoAddress { ssid: self.ssid_text() },
        }
    }
}

/// Tells each step once, and none after a later one.
pub(crate) struct Teller<'p> {
    pub(crate) told: Option<Progress>,
    pub(crate) tell: &'p mut dyn FnMut(Progress),
}

impl Teller<'_> {
    /// What was told last.
    pub(crate) fn told(&self) -> Option<Progress> {
        self.told
    }

    pub(crate) fn tell(&mut self, progress: Progress) {
        if self.told.is_none_or(|told| (told as u8) < progress as u8) {
            self.told = Some(progress);
            (self.tell)(progress);
        }
    }
}

/// Looks again and again until there is something; `None` when the time is over.
pub(crate) fn wait_for<T>(
    deadline: Instant,
    stop: Stop<'_>,
    mut look: impl FnMut() -> Result<Option<T>, Error>,
) -> Result<Option<T>, Error> {
    loop {
        if stop() {
            return Err(Error::Stopped);
        }
        if let Some(found) = look()? {
            return Ok(Some(found));
        }
        if Instant::now() >= deadline {
            return Ok(None);
        }
        sleep(POLL);
    }
}

const POLL: Duration = Duration::from_millis(20);

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Progress::Looking => "looking for the network",
            Progress::Joining => "joining",
            Progress::GettingAddress => "asking for an address",
            Progress::Joined => "joined",
        })
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} has joined {:?}", self.manager, self.ssid)?;
        if let Some(address) = self.address {
            write!(f, " with the address {address}")?;
        }
        match &self.across_restarts {
            Ok(()) => f.write_str(" and will again after a restart"),
            Err(why) => write!(f, ", but will not after a restart: {why}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use keyway_wsc::Ssid;

    use super::*;
    use crate::stop::NEVER;

    #[test]
    fn steps_are_told_once_and_in_order() {
        let mut told = Vec::new();
        let mut tell = |progress| told.push(progress);
        let mut teller = Teller { told: None, tell: &mut tell };
        for progress in [Progress::Looking, Progress::Looking, Progress::GettingAddress, Progress::Joining] {
            teller.tell(progress);
        }
        assert_eq!(told, [Progress::Looking, Progress::GettingAddress]);
    }

    #[test]
    fn a_wait_ends_with_what_it_waits_for_with_its_time_or_when_it_is_to_stop() {
        let far = Instant::now() + Duration::from_secs(3600);
        let looks = Cell::new(0);
        let look = |enough: u32| {
            looks.set(looks.get() + 1);
            Ok((looks.get() >= enough).then(|| looks.get()))
        };
        assert_eq!(wait_for(far, NEVER, || look(3)).unwrap(), Some(3));
        assert_eq!(wait_for(Instant::now(), NEVER, || look(u32::MAX)).unwrap(), None);
        let stop = || looks.get() > 6;
        assert!(matches!(wait_for(far, &stop, || look(u32::MAX)), Err(Error::Stopped)));
        // Nothing is begun any more.
        assert!(matches!(
            wait_for(far, &stop, || -> Result<Option<()>, _> { panic!() }),
            Err(Error::Stopped)
        ));
    }

    #[test]
    fn time_that_is_over_is_named_by_how_far_it_came() {
        let ssid = Ssid::new(b"HomeNet").unwrap();
        let credential = Credential::open(ssid);
        let cases = [
            (None, "does not hear"),
            (Some(Progress::Looking), "does not hear"),
            (Some(Progress::Joining), "iwd could not join \"HomeNet\": it was not done within 7 s"),
            (Some(Progress::GettingAddress), "gives no address"),
        ];
        for (told, expected) in cases {
            let task = Task {
                interface: "wlan0",
                credential: &credential,
                ssid: b"HomeNet",
                hidden: false,
                security: &Security::Open,
                deadline: Instant::now(),
                patience: Duration::from_secs(7),
                stop: NEVER,
                teller: &mut Teller { told, tell: &mut |_| {} },
            };
            let text = task.late(Manager::Iwd).to_string();
            assert!(text.contains(expected), "{text}");
        }
    }

    #[test]
    fn the_result_says_whether_it_lasts() {
        let kept = Kept {
            manager: Manager::NetworkManager,
            ssid: "a \"b\"".into(),
            address: Some([10, 0, 0, 7].into()),
            across_restarts: Ok(()),
        };
        let lost = Kept {
            manager: Manager::WpaSupplicant,
            address: None,
            across_restarts: Err("add update_config=1".into()),
            ..kept.clone()
        };
        let cases = [
            (
                kept,
                r#"NetworkManager has joined "a \"b\"" with the address 10.0.0.7 and will again after a restart"#,
            ),
            (
                lost,
                r#"wpa_supplicant has joined "a \"b\"", but will not after a restart: add update_config=1"#,
            ),
        ];
        for (kept, expected) in cases {
            assert_eq!(kept.to_string(), expected);
        }
    }
}
