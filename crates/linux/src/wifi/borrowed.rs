//! An interface for the time that a program uses it.

use super::card::{Card, set_kind};
use super::error::WifiError;
use crate::ip::Links;
use crate::write_secret_file;
use keyway_nl80211::request::InterfaceKind;
use std::io;
use std::path::{Path, PathBuf};

/// A Wi-Fi interface, switched on and made what a program wants of it. When this is dropped it is again what it was.
///
/// How it was stands in a file meanwhile, so that what a killed program leaves can be put back ([`restore`](Self::restore)).
/// The network or association ends with the program in any case (see [`wifi`](super)).
#[derive(Debug)]
pub struct Borrowed {
    card: Card,
    before: Before,
    note: PathBuf,
    is_back: bool,
}

/// How an interface was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Before {
    /// `NL80211_IFTYPE_…`.
    kind: u32,
    is_up: bool,
}

impl Before {
    fn to_text(self) -> String {
        format!("{} {}\n", self.kind, if self.is_up { "up" } else { "down" })
    }

    fn parse(text: &str) -> Option<Before> {
        let (kind, state) = text.trim_end().split_once(' ')?;
        let is_up = match state {
            "up" => true,
            "down" => false,
            _ => return None,
        };
        Some(Before { kind: kind.parse().ok()?, is_up })
    }

    /// What a killed program noted.
    fn read(note: &Path) -> Option<Before> {
        Before::parse(&std::fs::read_to_string(note).ok()?)
    }
}

impl Borrowed {
    /// Switches an interface on, as this, and notes in the folder (which is made if need be) how it was.
    ///
    /// # Errors
    /// When there is no such interface, it has no Wi-Fi, its card cannot be this, a switch on the machine keeps it off,
    /// the capability is missing, or the note cannot be written.
    pub fn take(name: &str, kind: InterfaceKind, state_folder: &Path) -> Result<Borrowed, WifiError> {
        let card = Card::find(name)?;
        if !card.can_be(kind) {
            let what = match kind {
                InterfaceKind::AccessPoint => "be an access point",
                InterfaceKind::Station => "be a station",
            };
            return Err(WifiError::Unable { name: name.to_owned(), what });
        }
        let mut links = Links::open().map_err(WifiError::Link)?;
        let found = links.find(name).map_err(WifiError::Link)?;
        let Some((link, _)) = found else { return Err(WifiError::Vanished { name: name.to_owned() }) };
        let is_up = link.is_up();
        let note = note(name, state_folder);
        // What a killed program noted is how it was in truth.
        let before = Before::read(&note).unwrap_or(Before { kind: card.kind(), is_up });
        write_note(&note, before, state_folder)?;
        let mut borrowed = Borrowed { before, card, note, is_back: false };
        if borrowed.card.kind() != kind as u32 {
            borrowed.card.switch(&mut links, false)?;
            set_kind(name, kind as u32)?;
            borrowed.card.switch(&mut links, true)?;
        } else if !is_up {
            borrowed.card.switch(&mut links, true)?;
        }
        // Its address and what it may do can be others now.
        borrowed.card = Card::find(name)?;
        Ok(borrowed)
    }

    /// Switches an interface on as a station, unless it is on: then it is somebody else's to give back.
    ///
    /// # Errors
    /// As [`take`](Self::take).
    pub fn take_if_off(name: &str, state_folder: &Path) -> Result<Option<Borrowed>, WifiError> {
        Card::find(name)?;
        let mut links = Links::open().map_err(WifiError::Link)?;
        match links.find(name).map_err(WifiError::Link)? {
            Some((link, _)) if link.is_up() => Ok(None),
            _ => Borrowed::take(name, InterfaceKind::Station, state_folder).map(Some),
        }
    }

    /// The interface and its card.
    #[must_use]
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// Makes the interface what it was.
    ///
    /// # Errors
    /// When it refuses; the note stays for [`restore`](Self::restore). One that is gone needs nothing.
    pub fn give_back(mut self) -> Result<(), WifiError> {
        self.put_back()
    }

    fn put_back(&mut self) -> Result<(), WifiError> {
        if self.is_back {
            return Ok(());
        }
        match put_back(self.card.name(), self.before) {
            Ok(()) | Err(WifiError::NoSuchInterface { .. }) => {}
            Err(error) => return Err(error),
        }
        self.is_back = true;
        // Without it there is nothing to put back.
        let _ = std::fs::remove_file(&self.note);
        Ok(())
    }

    /// Puts back what a killed program left. False when it left nothing.
    ///
    /// # Errors
    /// When the interface cannot be put back; the note is kept for another try.
    pub fn restore(name: &str, state_folder: &Path) -> Result<bool, WifiError> {
        let note = note(name, state_folder);
        let Some(before) = Before::read(&note) else { return Ok(false) };
        match put_back(name, before) {
            Ok(()) | Err(WifiError::NoSuchInterface { .. } | WifiError::NoWifi) => {}
            Err(error) => return Err(error),
        }
        // Without it there is nothing to put back.
        let _ = std::fs::remove_file(note);
        Ok(true)
    }
}

impl Drop for Borrowed {
    fn drop(&mut self) {
        // If it refuses, the note stays.
        let _ = self.put_back();
    }
}

fn note(name: &str, state_folder: &Path) -> PathBuf {
    state_folder.join(format!("{name}.link"))
}

fn write_note(note: &Path, before: Before, folder: &Path) -> Result<(), WifiError> {
    let failed = |source| WifiError::System { doing: "note how the interface was", source };
    std::fs::create_dir_all(folder).map_err(failed)?;
    write_secret_file(note, before.to_text().as_bytes()).map_err(|error| failed(io::Error::other(error)))
}

fn put_back(name: &str, before: Before) -> Result<(), WifiError> {
    let mut links = Links::open().map_err(WifiError::Link)?;
    let card = Card::find(name)?;
    if card.kind() != before.kind {
        card.switch(&mut links, false)?;
        set_kind(name, before.kind)?;
        if before.is_up {
            card.switch(&mut links, true)?;
        }
    } else if !before.is_up {
        card.switch(&mut links, false)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_as_it_was_written() {
        for before in [Before { kind: 2, is_up: false }, Before { kind: 3, is_up: true }] {
            assert_eq!(Before::parse(&before.to_text()), Some(before));
        }
        for damaged in ["", "2", "2 sideways", "x up", "2 up down", "-1 up"] {
            assert_eq!(Before::parse(damaged), None, "{damaged:?}");
        }
    }
}
