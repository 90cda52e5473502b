//! The printer's place on a network.

use super::saved::{Known, readable};
use crate::session::Reason;
use crate::view::NetworkView;
use core::net::Ipv4Addr;
use keyway_home::{Cause, Side};
use keyway_wsc::MacAddr;

/// Weaker than this, in dBm, is worth a word.
pub(super) const WEAK: i8 = -75;

/// Whether it is on a network.
#[derive(Debug)]
pub(super) enum Link {
    /// It is on none and tries none.
    None,
    /// It tries to get on one.
    Trying {
        /// What keeps it from it.
        reason: Option<Cause>,
    },
    /// It is on one.
    On(Connection),
}

/// A network that it is on.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) ssid: String,
    pub(super) bssid: MacAddr,
    pub(super) channel: u8,
    pub(super) signal: i8,
    pub(super) security: String,
    pub(super) lease: Option<Lease>,
    /// Why it has no address.
    pub(super) reason: Option<Cause>,
    pub(super) announced: bool,
}

/// An address, and what came with it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lease {
    pub(super) address: Ipv4Addr,
    pub(super) prefix: u8,
    pub(super) gateway: Option<Ipv4Addr>,
    pub(super) dns: Option<Ipv4Addr>,
}

impl Lease {
    /// The mask, as `255.255.255.0`.
    pub(super) fn mask(&self) -> String {
        let bits = u32::MAX.checked_shl(32 - u32::from(self.prefix.min(32))).unwrap_or(0);
        Ipv4Addr::from(bits).to_string()
    }
}

impl Link {
    /// The network that it is on.
    pub(super) fn connection(&self) -> Option<&Connection> {
        match self {
            Link::On(connection) => Some(connection),
            Link::None | Link::Trying { .. } => None,
        }
    }

    /// The same, to be changed.
    pub(super) fn connection_mut(&mut self) -> Option<&mut Connection> {
        match self {
            Link::On(connection) => Some(connection),
            Link::None | Link::Trying { .. } => None,
        }
    }

    /// Its address.
    pub(super) fn lease(&self) -> Option<&Lease> {
        self.connection()?.lease.as_ref()
    }

    /// What is wrong with it.
    pub(super) fn reason(&self) -> Option<&Cause> {
        match self {
            Link::None => None,
            Link::Trying { reason } => reason.as_ref(),
            Link::On(connection) => connection.reason.as_ref(),
        }
    }

    /// The network as a view has it: the one it is on, else the one that it tries (`known`).
    pub(super) fn view(&self, known: Option<&Known>) -> Option<NetworkView> {
        let reason = self.reason().map(|cause| Reason::new(cause, Side::Printer));
        let nothing = NetworkView {
            ssid: known.map(Known::name).unwrap_or_default(),
            connected: false,
            security: known.map_or("", |known| security(known)).to_owned(),
            channel: None,
            band: None,
            signal: None,
            address: None,
            mask: None,
            gateway: None,
            dns: None,
            reason,
        };
        let Some(connection) = self.connection() else { return known.map(|_| nothing) };
        let lease = connection.lease.as_ref();
        Some(NetworkView {
            ssid: connection.ssid.clone(),
            connected: true,
            security: connection.security.clone(),
            channel: Some(connection.channel),
            band: Some(band(connection.channel).to_owned()),
            signal: Some(connection.signal),
            address: lease.map(|lease| lease.address.to_string()),
            mask: lease.map(Lease::mask),
            gateway: lease.and_then(|lease| lease.gateway).map(|address| address.to_string()),
            dns: lease.and_then(|lease| lease.dns).map(|address| address.to_string()),
            ..nothing
        })
    }
}

impl Connection {
    /// A network that was just joined.
    pub(super) fn new(ssid: &str, bssid: MacAddr, channel: u8, signal: i8, security: &str) -> Connection {
        Connection {
            ssid: readable(ssid),
            bssid,
            channel,
            signal,
            security: readable(security),
            lease: None,
            reason: None,
            announced: false,
        }
    }
}

/// The band of a channel's number.
pub(super) fn band(channel: u8) -> &'static str {
    if channel > 14 { "5 GHz" } else { "2.4 GHz" }
}

/// A signal in words.
pub(super) fn signal_words(signal: i8) -> &'static str {
    match signal {
        -55.. => "excellent",
        -67..-55 => "good",
        WEAK..-67 => "fair",
        -85..WEAK => "weak",
        _ => "very weak",
    }
}

fn security(known: &Known) -> &'static str {
    if known.credential.key.is_some() { "WPA2" } else { "none" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_bands_and_words() {
        let lease = |prefix| Lease { address: Ipv4Addr::LOCALHOST, prefix, gateway: None, dns: None };
        for (prefix, mask) in [
            (0, "0.0.0.0"),
            (1, "128.0.0.0"),
            (24, "255.255.255.0"),
            (32, "255.255.255.255"),
            (200, "255.255.255.255"),
        ] {
            assert_eq!(lease(prefix).mask(), mask);
        }
        assert_eq!((band(1), band(14), band(36)), ("2.4 GHz", "2.4 GHz", "5 GHz"));
        for (signal, words) in [
            (0, "excellent"),
            (-55, "excellent"),
            (-56, "good"),
            (-68, "fair"),
            (-75, "fair"),
            (-76, "weak"),
            (-86, "very weak"),
            (i8::MIN, "very weak"),
        ] {
            assert_eq!(signal_words(signal), words, "{signal}");
        }
    }
}
