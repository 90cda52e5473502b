//! An interface for the time that a program uses it.

use super::card::{Card, set_kind};
use super::error::WifiError;
use crate::ip::{IpError, Links};
use keyway_nl80211::request::InterfaceKind;

/// A Wi-Fi interface, switched on and made what a program wants of it. When this is dropped it is again what it was.
///
/// A program that is killed cannot put it back: the network or association ends with it (see [`wifi`](super)), and
/// the interface stays switched on.
#[derive(Debug)]
pub struct Borrowed {
    card: Card,
    kind: u32,
    was_up: bool,
}

impl Borrowed {
    /// Switches an interface on, as this.
    ///
    /// # Errors
    /// When there is no such interface, it has no Wi-Fi, its card cannot be this, a switch on the machine keeps it off,
    /// or the capability is missing.
    pub fn take(name: &str, kind: InterfaceKind) -> Result<Borrowed, WifiError> {
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
        let was_up = link.is_up();
        let mut borrowed = Borrowed { kind: card.kind(), was_up, card };
        if borrowed.kind != kind as u32 {
            borrowed.switch(&mut links, false)?;
            set_kind(name, kind as u32)?;
            borrowed.switch(&mut links, true)?;
        } else if !was_up {
            borrowed.switch(&mut links, true)?;
        }
        // Its address and what it may do can be others now.
        borrowed.card = Card::find(name)?;
        Ok(borrowed)
    }

    /// The interface and its card.
    #[must_use]
    pub fn card(&self) -> &Card {
        &self.card
    }

    fn switch(&self, links: &mut Links, on: bool) -> Result<(), WifiError> {
        links.set_up(self.card.index(), on).map_err(|error| match error {
            IpError::Refused { source, .. } if source.raw_os_error() == Some(libc::ERFKILL) => {
                WifiError::SwitchedOff { name: self.card.name().to_owned() }
            }
            error => WifiError::Link(error),
        })
    }

    fn give_back(&self) -> Result<(), WifiError> {
        let mut links = Links::open().map_err(WifiError::Link)?;
        let now = Card::find(self.card.name())?;
        if now.kind() != self.kind {
            self.switch(&mut links, false)?;
            set_kind(self.card.name(), self.kind)?;
            if self.was_up {
                self.switch(&mut links, true)?;
            }
        } else if !self.was_up {
            self.switch(&mut links, false)?;
        }
        Ok(())
    }
}

impl Drop for Borrowed {
    fn drop(&mut self) {
        // The interface may be gone, and then there is nothing to give back.
        let _ = self.give_back();
    }
}
