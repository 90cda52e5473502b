//! A Wi-Fi interface for the time that a command uses it: whoever has it lets go, and has it again afterwards, also when
//! this program is killed.

use crate::exit::Error;
use crate::watch::Watch;
use crate::wifi::wifi_error;
use keyway_linux::Poller;
use keyway_linux::wifi::{Borrowed, Card, InterfaceKind};
use keyway_manager::guardian::Guardian;
use keyway_manager::{Claim, Restored, Taken};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

/// An interface that is held.
pub(crate) struct Hold {
    borrowed: Option<Borrowed>,
    taken: Option<Taken>,
    guardian: Option<Guardian>,
}

impl Hold {
    /// Takes an interface, as this, unless a signal comes meanwhile.
    pub(crate) fn take(interface: &str, kind: InterfaceKind, poller: &mut Poller) -> Result<Hold, Error> {
        let folder = state_folder();
        // A wrong name is told before anybody is asked to let go.
        Card::find(interface).map_err(wifi_error)?;
        // And while another run of this program has it, nothing is touched.
        let claim = Claim::of(interface, &folder).map_err(manager_error)?;
        let guardian = guard(interface)?;
        let watch = Watch::new(poller);
        let stop = || watch.is_stopped();
        let taken = claim.take(&stop).map_err(|error| watch.error(error))?;
        let mut hold = Hold { borrowed: None, taken: Some(taken), guardian: Some(guardian) };
        hold.borrowed = Some(Borrowed::take(interface, kind, &folder).map_err(wifi_error)?);
        // Switching it off and on made iwd forget that it had let go.
        if let Some(taken) = &mut hold.taken {
            taken.renew(&stop).map_err(|error| watch.error(error))?;
        }
        Ok(hold)
    }

    /// Who let go of it, as `NetworkManager`.
    pub(crate) fn owners(&self) -> Vec<&'static str> {
        self.taken.iter().flat_map(Taken::owners).map(keyway_manager::Manager::name).collect()
    }

    /// Gives everything back, and waits until that is done.
    pub(crate) fn give_back(mut self) -> Result<(), Error> {
        let link = self.borrowed.take().map_or(Ok(()), Borrowed::give_back).map_err(wifi_error);
        let given = self.taken.take().map_or(Ok(()), Taken::give_back).map_err(manager_error);
        let Some(guardian) = self.guardian.take() else { return link.and(given) };
        // It had nothing to do, or it has done what failed here.
        if guardian.dismiss().is_ok() { Ok(()) } else { link.and(given) }
    }
}

/// In this order: the interface, whoever had it, the guardian.
impl Drop for Hold {
    fn drop(&mut self) {
        drop(self.borrowed.take());
        drop(self.taken.take());
        drop(self.guardian.take());
    }
}

/// Puts back what a killed run of this program left on an interface. Gives what was done, in words.
pub(crate) fn restore(interface: &str) -> Result<Vec<String>, Error> {
    let folder = state_folder();
    // Not while another run of this program has it: what is there is what that one made.
    let claim = Claim::of(interface, &folder).map_err(manager_error)?;
    let mut done = Vec::new();
    if Borrowed::restore(interface, &folder).map_err(wifi_error)? {
        done.push(format!("{interface} is what it was"));
    }
    let removed = keyway_linux::ip::clean_up(interface).map_err(crate::wifi::ip_error)?;
    if removed.addresses > 0 {
        done.push(format!("{} address(es) taken off {interface}", removed.addresses));
    }
    if let Restored::Given(managers) = claim.restore().map_err(manager_error)? {
        done.extend(managers.into_iter().map(|manager| format!("{manager} has {interface} again")));
    }
    Ok(done)
}

/// As [`restore`], for an interface that has to be there.
pub(crate) fn restore_if_there(interface: &str) -> Result<(), Error> {
    Card::find(interface).map_err(wifi_error)?;
    restore(interface).map(drop)
}

/// Waits until standard input ends, as it does when the first process is gone, and then restores.
pub(crate) fn guardian(interface: &str) -> Result<(), Error> {
    // What comes is of no interest, and an error is an end too.
    let _ = std::io::stdin().lock().read_to_end(&mut Vec::new());
    restore(interface).map(drop)
}

/// The folder for what must outlive a killed process, and not the machine.
pub(crate) fn state_folder() -> PathBuf {
    match std::env::var_os("RUNTIME_DIRECTORY").filter(|folder| !folder.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => Path::new("/run/keyway").to_owned(),
    }
}

fn guard(interface: &str) -> Result<Guardian, Error> {
    let failed = |error| Error::interface(format_args!("no second process can be started: {error}"));
    let mut command = Command::new(std::env::current_exe().map_err(failed)?);
    command.args(["guardian", "--interface", interface]);
    Guardian::start(command).map_err(failed)
}

/// The error for a program that does not let go, or does not join.
pub(crate) fn manager_error(error: keyway_manager::Error) -> Error {
    match &error {
        keyway_manager::Error::NotPermitted { .. } => Error::permission(error),
        keyway_manager::Error::File { .. } | keyway_manager::Error::Damaged { .. } => Error::file(error),
        _ => Error::interface(error),
    }
}
