//! Who owns an interface now.

use std::fmt;
use std::path::PathBuf;

use crate::bus::Bus;
use crate::choice::Manager;
use crate::{iwd, network_manager, supplicant};

/// Who runs the Wi-Fi on an interface.
///
/// [`Display`](fmt::Display) gives a sentence for people, such as `wlan0 belongs to iwd (connected)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The interface.
    pub interface: String,
    /// The program; `None` when nobody owns it.
    pub manager: Option<Manager>,
    /// How that program is reached.
    pub reach: Option<Reach>,
    /// What it does with the interface, in its own words, such as `connected`; empty when it does not say.
    pub state: String,
    /// Programs that run Wi-Fi here and leave this interface alone.
    pub idle: Vec<Manager>,
}

/// How a program is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Over the system bus.
    Bus,
    /// Over this control socket.
    Socket(PathBuf),
}

/// Finds out who owns an interface. It changes nothing and starts nobody.
///
/// NetworkManager comes first, because it runs wpa_supplicant and iwd as its helpers; then iwd; then a
/// wpa_supplicant of its own. A system without a bus has neither NetworkManager nor iwd.
#[must_use]
pub fn detect(interface: &str) -> Owner {
    let mut owner = Owner::nobody(interface);
    let mut found = |manager, look: Look| match look {
        Look::Absent => {}
        Look::Idle => owner.idle.push(manager),
        Look::Owns { reach, state } if owner.manager.is_none() => {
            owner.manager = Some(manager);
            owner.reach = Some(reach);
            owner.state = state;
        }
        // The helper of a program that was found before.
        Look::Owns { .. } => {}
    };
    let bus = Bus::system().ok();
    if let Some(bus) = &bus {
        found(Manager::NetworkManager, network_manager::look(bus, interface));
        found(Manager::Iwd, iwd::look(bus, interface));
    }
    found(Manager::WpaSupplicant, supplicant::look(bus.as_ref(), interface));
    owner
}

/// What one program has to do with an interface.
#[derive(Debug)]
pub(crate) enum Look {
    /// It does not run.
    Absent,
    /// It runs and leaves the interface alone.
    Idle,
    /// It owns it.
    Owns {
        /// How it is reached.
        reach: Reach,
        /// What it does with it.
        state: String,
    },
}

impl Owner {
    /// An interface that nobody owns.
    #[must_use]
    pub fn nobody(interface: &str) -> Owner {
        Owner {
            interface: interface.to_owned(),
            manager: None,
            reach: None,
            state: String::new(),
            idle: Vec::new(),
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.manager {
            None => write!(f, "{} belongs to nobody", self.interface)?,
            Some(manager) => write!(f, "{} belongs to {manager}", self.interface)?,
        }
        let socket = match &self.reach {
            Some(Reach::Socket(path)) => format!("control socket {}", path.display()),
            Some(Reach::Bus) | None => String::new(),
        };
        let details: Vec<&str> =
            [&*self.state, &socket].into_iter().filter(|text| !text.is_empty()).collect();
        if !details.is_empty() {
            write!(f, " ({})", details.join(", "))?;
        }
        for (index, manager) in self.idle.iter().enumerate() {
            f.write_str(if index == 0 { "; here, but leaving it alone: " } else { ", " })?;
            write!(f, "{manager}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_is_named_with_what_is_known_of_it() {
        let nobody = Owner::nobody("wlan0");
        let iwd = Owner {
            manager: Some(Manager::Iwd),
            reach: Some(Reach::Bus),
            state: "connected".into(),
            ..nobody.clone()
        };
        let supplicant = Owner {
            manager: Some(Manager::WpaSupplicant),
            reach: Some(Reach::Socket("/run/wpa_supplicant/wlan0".into())),
            state: "SCANNING".into(),
            idle: vec![Manager::NetworkManager, Manager::Iwd],
            ..nobody.clone()
        };
        let cases = [
            (nobody, "wlan0 belongs to nobody"),
            (iwd, "wlan0 belongs to iwd (connected)"),
            (
                supplicant,
                "wlan0 belongs to wpa_supplicant (SCANNING, control socket /run/wpa_supplicant/wlan0); here, but \
                 leaving it alone: NetworkManager, iwd",
            ),
        ];
        for (owner, expected) in cases {
            assert_eq!(owner.to_string(), expected);
        }
    }
}
