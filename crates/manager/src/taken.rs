//! Taking an interface from its owner, and giving it back.

use std::path::Path;

use crate::bus::Bus;
use crate::choice::Manager;
use crate::error::Error;
use crate::record::{Hold, Record};
use crate::{iwd, network_manager, supplicant};

/// An interface that its owners have let go. Dropping it gives it back.
///
/// While it is held, the owners neither scan nor connect on the interface, and ignore what others do there.
/// Switching the interface off and on makes iwd forget that: call [`Taken::renew`] then. An owner that is restarted
/// meanwhile starts afresh and takes the interface for itself.
#[derive(Debug)]
pub struct Taken {
    interface: String,
    record: Record,
    holds: Vec<Hold>,
}

/// What [`restore`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Restored {
    /// Nothing had been taken.
    Nothing,
    /// These have the interface again.
    Given(Vec<Manager>),
}

/// Asks whoever owns the interface to let go of it.
///
/// What is taken is written to `IF.json` in the state folder (mode 0600, whole or not at all) before anybody is asked;
/// so a program that is killed at any moment leaves enough behind for [`restore`]. What an earlier killed process had
/// taken counts as taken. Nobody owning the interface is no error: then there is nothing to give back.
///
/// # Errors
/// [`Error::InUse`] while another process has it; [`Error::NotPermitted`] and others when an owner does not let go, in
/// which case everything is given back.
pub fn take(interface: &str, state_folder: &Path) -> Result<Taken, Error> {
    let record = Record::open(interface, state_folder)?;
    let holds = record.read()?;
    let mut taken = Taken { interface: interface.to_owned(), record, holds };
    // On failure, dropping it gives back what was taken so far.
    taken.renew()?;
    Ok(taken)
}

/// Gives back what a killed process had taken: call it at every start, and from `ExecStopPost=`.
///
/// An owner that does not run any more needs nothing; when it is started again it owns what it always does.
///
/// # Errors
/// [`Error::InUse`] while another process has it; others when an owner does not take it back. Then the state
/// file is kept for another try.
pub fn restore(interface: &str, state_folder: &Path) -> Result<Restored, Error> {
    let record = Record::open(interface, state_folder)?;
    let holds = record.read()?;
    let mut taken = Taken { interface: interface.to_owned(), record, holds };
    taken.put_back()
}

impl Taken {
    /// Whose it was, in the order in which they were asked. NetworkManager may be followed by the helper it uses.
    pub fn owners(&self) -> impl Iterator<Item = Manager> + '_ {
        self.holds.iter().map(Hold::manager)
    }

    /// Asks again whoever owns the interface now. It does no harm when nobody does.
    ///
    /// # Errors
    /// As [`take`], but nothing is given back.
    pub fn renew(&mut self) -> Result<(), Error> {
        let bus = Bus::system().ok();
        if let Some(bus) = &bus {
            if let Some(hold) = network_manager::held(bus, &self.interface)? {
                self.note(Hold::NetworkManager(hold))?;
                network_manager::release(bus, &self.interface)?;
            }
            if let Some(hold) = iwd::held(bus, &self.interface)? {
                self.note(Hold::Iwd(hold))?;
                iwd::release(bus, &self.interface)?;
            }
        }
        if let Some(hold) = supplicant::held(bus.as_ref(), &self.interface)? {
            self.note(Hold::WpaSupplicant(hold.clone()))?;
            supplicant::release(bus.as_ref(), &self.interface, &hold)?;
        }
        Ok(())
    }

    /// Gives the interface back and waits until its owners have it.
    ///
    /// They join again by themselves what they had joined; that is not waited for.
    ///
    /// # Errors
    /// When an owner does not take it back. The state file then stays for [`restore`].
    pub fn give_back(mut self) -> Result<(), Error> {
        self.put_back().map(drop)
    }

    /// Writes down a hold, unless an earlier one of the same program is there: that one knows how it was.
    fn note(&mut self, hold: Hold) -> Result<(), Error> {
        if self.holds.iter().any(|known| known.manager() == hold.manager()) {
            return Ok(());
        }
        self.holds.push(hold);
        self.record.write(&self.interface, &self.holds)
    }

    fn put_back(&mut self) -> Result<Restored, Error> {
        if self.holds.is_empty() {
            return Ok(Restored::Nothing);
        }
        let bus = Bus::system().ok();
        let mut given = Vec::new();
        while let Some(hold) = self.holds.last() {
            let result = match (hold, &bus) {
                (Hold::NetworkManager(hold), Some(bus)) => {
                    network_manager::restore(bus, &self.interface, hold)
                }
                (Hold::Iwd(hold), Some(bus)) => iwd::restore(bus, &self.interface, hold),
                (Hold::WpaSupplicant(hold), _) => supplicant::restore(bus.as_ref(), &self.interface, hold),
                // Without a bus they do not run.
                (Hold::NetworkManager(_) | Hold::Iwd(_), None) => Ok(()),
            };
            match result {
                // It has ended, or the interface is gone: nothing to give back.
                Ok(()) | Err(Error::NotRunning { .. } | Error::NotItsInterface { .. }) => {}
                Err(error) => return Err(error),
            }
            given.push(hold.manager());
            self.holds.pop();
            self.record.write(&self.interface, &self.holds)?;
        }
        Ok(Restored::Given(given))
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        // What fails here stays in the state file.
        let _ = self.put_back();
    }
}
