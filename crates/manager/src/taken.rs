//! Taking an interface from its owner, and giving it back.

use std::path::Path;

use crate::bus::Bus;
use crate::choice::Manager;
use crate::error::Error;
use crate::record::{Hold, Record};
use crate::stop::Stop;
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

/// The right to take one interface: one process has it, until it drops it or ends, however it ends.
///
/// Get it before anything is changed on the interface, or started that puts something back on it: an interface that is
/// in use is left alone.
#[derive(Debug)]
pub struct Claim {
    interface: String,
    record: Record,
}

impl Claim {
    /// The right to take this interface, by a lock on a file in the state folder.
    ///
    /// # Errors
    /// [`Error::InUse`] while another process has it; others when there is no such name, or the folder cannot be used.
    pub fn of(interface: &str, state_folder: &Path) -> Result<Claim, Error> {
        let record = Record::open(interface, state_folder)?;
        Ok(Claim { interface: interface.to_owned(), record })
    }

    /// Asks whoever owns the interface to let go of it.
    ///
    /// What is taken is written to `IF.json` in the state folder (mode 0600, whole or not at all) before anybody is
    /// asked; so a program that is killed at any moment leaves enough behind for [`restore`](Self::restore). What an
    /// earlier killed process had taken counts as taken. Nobody owning the interface is no error: then there is nothing
    /// to give back.
    ///
    /// # Errors
    /// [`Error::NotPermitted`] and others when an owner does not let go, [`Error::Stopped`]; then everything is given
    /// back.
    pub fn take(self, stop: Stop<'_>) -> Result<Taken, Error> {
        let mut taken = self.taken()?;
        // On failure, dropping it gives back what was taken so far.
        taken.renew(stop)?;
        Ok(taken)
    }

    /// Gives back what a killed process had taken: to be called from `ExecStopPost=`.
    ///
    /// An owner that does not run any more needs nothing; when it is started again it owns what it always does.
    ///
    /// # Errors
    /// The first of the owners that do not take it back. The others have it again, and the state file is kept for
    /// another try.
    pub fn restore(self) -> Result<Restored, Error> {
        self.taken()?.put_back()
    }

    fn taken(self) -> Result<Taken, Error> {
        let holds = self.record.read()?;
        Ok(Taken { interface: self.interface, record: self.record, holds })
    }
}

/// [`Claim::of`] and [`Claim::take`].
///
/// # Errors
/// As those.
pub fn take(interface: &str, state_folder: &Path, stop: Stop<'_>) -> Result<Taken, Error> {
    Claim::of(interface, state_folder)?.take(stop)
}

/// [`Claim::of`] and [`Claim::restore`].
///
/// # Errors
/// As those.
pub fn restore(interface: &str, state_folder: &Path) -> Result<Restored, Error> {
    Claim::of(interface, state_folder)?.restore()
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
    pub fn renew(&mut self, stop: Stop<'_>) -> Result<(), Error> {
        let bus = Bus::system().ok();
        if let Some(bus) = &bus {
            if let Some(hold) = network_manager::held(bus, &self.interface)? {
                self.note(Hold::NetworkManager(hold))?;
                network_manager::release(bus, &self.interface, stop)?;
            }
            let is_noted = self.owners().any(|owner| owner == Manager::Iwd);
            if let Some(hold) = iwd::held(bus, &self.interface, is_noted)? {
                self.note(Hold::Iwd(hold))?;
                iwd::release(bus, &self.interface, stop)?;
            }
        }
        if let Some(hold) = supplicant::held(bus.as_ref(), &self.interface)? {
            self.note(Hold::WpaSupplicant(hold.clone()))?;
            supplicant::release(bus.as_ref(), &self.interface, &hold, stop)?;
        }
        Ok(())
    }

    /// Gives the interface back and waits until its owners have it.
    ///
    /// They join again by themselves what they had joined; that is not waited for.
    ///
    /// # Errors
    /// The first of the owners that do not take it back. The others have it again, and the state file stays for
    /// [`restore`].
    pub fn give_back(mut self) -> Result<(), Error> {
        let given = self.put_back();
        // Who has not taken it back now is not asked once more.
        self.holds.clear();
        given.map(drop)
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
        self.put_back_by(|interface, hold| match (hold, &bus) {
            (Hold::NetworkManager(hold), Some(bus)) => network_manager::restore(bus, interface, hold),
            (Hold::Iwd(hold), Some(bus)) => iwd::restore(bus, interface, hold),
            (Hold::WpaSupplicant(hold), _) => supplicant::restore(bus.as_ref(), interface, hold),
            // Without a bus they do not run.
            (Hold::NetworkManager(_) | Hold::Iwd(_), None) => Ok(()),
        })
    }

    /// Gives it to each, who was asked last first; one that does not take it back keeps it from no other.
    fn put_back_by(
        &mut self,
        mut give: impl FnMut(&str, &Hold) -> Result<(), Error>,
    ) -> Result<Restored, Error> {
        let mut given = Vec::new();
        let mut result = Ok(());
        for place in (0..self.holds.len()).rev() {
            match give(&self.interface, &self.holds[place]) {
                // It has it, or it has ended, or the interface is gone: nothing to give back.
                Ok(()) | Err(Error::NotRunning { .. } | Error::NotItsInterface { .. }) => {
                    given.push(self.holds.remove(place).manager());
                    result = result.and(self.record.write(&self.interface, &self.holds));
                }
                Err(error) => result = result.and(Err(error)),
            }
        }
        result.map(|()| Restored::Given(given))
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        // What fails here stays in the state file.
        let _ = self.put_back();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Manager; 3] = [Manager::NetworkManager, Manager::Iwd, Manager::WpaSupplicant];

    /// An interface that all of them had; none of them is asked.
    fn taken(folder: &Path) -> Taken {
        let mut taken = Claim::of("wlan0", folder).unwrap().taken().unwrap();
        for hold in [
            Hold::NetworkManager(network_manager::Hold { profile: None }),
            Hold::Iwd(iwd::Hold { powered: true }),
            Hold::WpaSupplicant(supplicant::Hold { socket: None }),
        ] {
            taken.note(hold).unwrap();
        }
        taken
    }

    #[test]
    fn one_that_does_not_take_it_back_keeps_it_from_no_other() {
        let refused = |manager| Error::Refused { manager, doing: "take it back", reason: "no".to_owned() };
        let gone = |manager| Error::NotRunning { manager };
        // Who refuses, who has ended, and whose refusal is told.
        let cases: [(&[Manager], &[Manager], Option<Manager>); 5] = [
            (&[], &[], None),
            (&[], &ALL, None),
            (&[Manager::WpaSupplicant], &[], Some(Manager::WpaSupplicant)),
            (&[Manager::Iwd], &[Manager::WpaSupplicant], Some(Manager::Iwd)),
            (&[Manager::NetworkManager, Manager::Iwd], &[], Some(Manager::Iwd)),
        ];
        for (refusing, ended, told) in cases {
            let folder = tempfile::tempdir().unwrap();
            let mut taken = taken(folder.path());
            let mut asked = Vec::new();
            let result = taken.put_back_by(|interface, hold| {
                assert_eq!(interface, "wlan0");
                let manager = hold.manager();
                asked.push(manager);
                match () {
                    () if refusing.contains(&manager) => Err(refused(manager)),
                    () if ended.contains(&manager) => Err(gone(manager)),
                    () => Ok(()),
                }
            });
            asked.reverse();
            assert_eq!(asked, ALL, "{refusing:?}");
            match told {
                None => assert!(matches!(result, Ok(Restored::Given(given)) if given.len() == 3)),
                Some(first) => {
                    assert!(matches!(result, Err(Error::Refused { manager, .. }) if manager == first));
                }
            }
            // Another try is for those that refused.
            let left: Vec<_> = taken.record.read().unwrap().iter().map(Hold::manager).collect();
            assert_eq!(left, refusing);
            taken.holds.clear();
        }
    }
}
