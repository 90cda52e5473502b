//! Who is to join the network: what a person may ask for, and what follows from it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::owner::Owner;

/// A program that runs Wi-Fi on a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Manager {
    /// NetworkManager, which drives the radio through wpa_supplicant or iwd.
    NetworkManager,
    /// iwd.
    Iwd,
    /// wpa_supplicant by itself, as ifupdown or `wpa_supplicant@.service` starts it.
    WpaSupplicant,
}

/// What a person asks for with `--join`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Choice {
    /// Whoever owns the interface now, or Keyway itself when nobody does.
    #[default]
    Detect,
    /// Keyway itself.
    Builtin,
    /// NetworkManager.
    NetworkManager,
    /// iwd.
    Iwd,
    /// wpa_supplicant.
    WpaSupplicant,
    /// Nobody: the credential is only shown or stored.
    None,
}

/// What follows from a [`Choice`] on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Join {
    /// Keyway joins.
    Builtin,
    /// This program is handed the credential and joins.
    With(Manager),
    /// Nobody joins.
    Not,
}

/// A word that is no [`Choice`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} cannot join a network; choose one of: detect, builtin, networkmanager, iwd, wpa_supplicant, none"
)]
pub struct UnknownChoice(String);

impl Manager {
    /// Its own spelling.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Manager::NetworkManager => "NetworkManager",
            Manager::Iwd => "iwd",
            Manager::WpaSupplicant => "wpa_supplicant",
        }
    }
}

impl fmt::Display for Manager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Choice {
    /// All of them, with the words for the command line.
    pub const ALL: [(Choice, &'static str); 6] = [
        (Choice::Detect, "detect"),
        (Choice::Builtin, "builtin"),
        (Choice::NetworkManager, "networkmanager"),
        (Choice::Iwd, "iwd"),
        (Choice::WpaSupplicant, "wpa_supplicant"),
        (Choice::None, "none"),
    ];

    /// Who joins, given who owns the interface.
    ///
    /// Ask [`detect`](crate::detect) before [`take`](crate::take): afterwards nobody owns it.
    #[must_use]
    pub fn resolve(self, owner: &Owner) -> Join {
        match self {
            Choice::Detect => owner.manager.map_or(Join::Builtin, Join::With),
            Choice::Builtin => Join::Builtin,
            Choice::NetworkManager => Join::With(Manager::NetworkManager),
            Choice::Iwd => Join::With(Manager::Iwd),
            Choice::WpaSupplicant => Join::With(Manager::WpaSupplicant),
            Choice::None => Join::Not,
        }
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = Choice::ALL.iter().find(|(choice, _)| choice == self).map_or("", |(_, word)| word);
        f.pad(word)
    }
}

impl FromStr for Choice {
    type Err = UnknownChoice;

    fn from_str(word: &str) -> Result<Choice, UnknownChoice> {
        let found = Choice::ALL.iter().find(|(_, known)| known.eq_ignore_ascii_case(word));
        found.map(|(choice, _)| *choice).ok_or_else(|| UnknownChoice(word.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_choices_are_the_same() {
        for (choice, word) in Choice::ALL {
            assert_eq!(word.parse(), Ok(choice));
            assert_eq!(choice.to_string(), word);
        }
        assert_eq!("NetworkManager".parse(), Ok(Choice::NetworkManager));
        assert!("connman".parse::<Choice>().unwrap_err().to_string().contains("builtin"));
    }

    #[test]
    fn the_owner_joins_unless_somebody_else_is_asked_for() {
        let owned = Owner { manager: Some(Manager::Iwd), ..Owner::nobody("wlan0") };
        let free = Owner::nobody("wlan0");
        let cases = [
            (Choice::Detect, &owned, Join::With(Manager::Iwd)),
            (Choice::Detect, &free, Join::Builtin),
            (Choice::Builtin, &owned, Join::Builtin),
            (Choice::WpaSupplicant, &owned, Join::With(Manager::WpaSupplicant)),
            (Choice::NetworkManager, &free, Join::With(Manager::NetworkManager)),
            (Choice::None, &owned, Join::Not),
        ];
        for (choice, owner, expected) in cases {
            assert_eq!(choice.resolve(owner), expected, "{choice}");
        }
    }
}
