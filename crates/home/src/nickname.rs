//! A name that a person can compare on two screens.

use core::fmt;
use keyway_wsc::{MacAddr, Uuid};

/// A nickname such as `BLUE-42`, the same on the device's own screen and in the router's list, so that nobody adds a
/// stranger's device. It is made from the MAC address; two devices of a home share one with a probability of about one
/// in 1,400.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Nickname {
    colour: &'static str,
    number: u8,
}

const COLOURS: [&str; 16] = [
    "BLUE", "GREEN", "RED", "GOLD", "PINK", "GREY", "TEAL", "LIME", "RUBY", "JADE", "CORAL", "AMBER",
    "IVORY", "PLUM", "OLIVE", "WHITE",
];

impl Nickname {
    /// The nickname of the device with this address.
    pub fn of(mac: MacAddr) -> Nickname {
        let [a, b, ..] = Uuid::from_mac(mac).0;
        Nickname { colour: COLOURS[usize::from(a % 16)], number: 10 + b % 90 }
    }
}

impl fmt::Display for Nickname {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.colour, self.number)
    }
}

impl fmt::Debug for Nickname {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
