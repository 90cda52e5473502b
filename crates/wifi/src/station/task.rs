//! What a station is to do.

use crate::channel::{Band, Channel};
use crate::driver::ConnectFailure;
use crate::frame::StatusCode;
use crate::network::Wanted;
use crate::rsn::{Cause, Pmk};
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;
use keyway_wsc::message::elements::ProbeRequestElement;
use keyway_wsc::{MacAddr, NetworkKey, Ssid};

/// How long to listen on a channel.
pub(super) const DWELL: Duration = Duration::from_millis(60);

/// What a station is.
#[derive(Clone, Debug)]
pub struct StationConfig {
    /// Its address.
    pub mac: MacAddr,
    /// Its bands, the one to be looked at first.
    pub bands: Vec<Band>,
    /// What its probe requests say about it while it registers; the device password identifier follows from the task.
    pub probe: ProbeRequestElement,
    /// Whether it can protect management frames.
    pub protects_management: bool,
}

/// Why a station is not on its network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinFailure {
    /// The access point does not answer.
    NoAnswer,
    /// The access point refuses, with this status.
    Refused(StatusCode),
    /// The passphrase is wrong.
    WrongPassphrase,
    /// The handshake ended for this reason.
    Handshake(Cause),
}

impl From<ConnectFailure> for JoinFailure {
    fn from(failure: ConnectFailure) -> JoinFailure {
        match failure {
            ConnectFailure::NoAnswer => JoinFailure::NoAnswer,
            ConnectFailure::AuthenticationRefused(status) | ConnectFailure::AssociationRefused(status) => {
                JoinFailure::Refused(status)
            }
        }
    }
}

impl From<Cause> for JoinFailure {
    fn from(cause: Cause) -> JoinFailure {
        match cause {
            Cause::WrongPassphrase => JoinFailure::WrongPassphrase,
            other => JoinFailure::Handshake(other),
        }
    }
}

impl fmt::Display for JoinFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JoinFailure::NoAnswer => f.write_str("the access point does not answer"),
            JoinFailure::Refused(status) => write!(f, "the access point refuses: {status}"),
            JoinFailure::WrongPassphrase => f.write_str("the Wi-Fi password is wrong"),
            JoinFailure::Handshake(cause) => cause.fmt(f),
        }
    }
}

#[derive(Debug)]
pub(super) enum Task {
    None,
    /// Look which networks there are.
    Look,
    Register(Register),
    Join(Join),
}

/// Find the access point that waits, and associate with it.
#[derive(Debug)]
pub(super) struct Register {
    pub(super) wanted: Wanted,
    /// Access points that were tried in vain.
    pub(super) tried: Vec<MacAddr>,
    /// Scans that found nobody who waits.
    pub(super) scans: u32,
}

/// Be on a network.
#[derive(Debug)]
pub(super) struct Join {
    pub(super) ssid: Ssid,
    pub(super) pmk: Pmk,
    /// The access point that handed the key out, or where it was joined last.
    pub(super) last: Option<MacAddr>,
    /// The channel of that access point.
    pub(super) channel: Option<Channel>,
    pub(super) failures: u32,
    /// The network was not found by its beacons: it may be hidden, so it is asked for by name.
    pub(super) by_name: bool,
}

impl Register {
    pub(super) const fn new(wanted: Wanted) -> Register {
        Register { wanted, tried: Vec::new(), scans: 0 }
    }

    /// Whether enough scans found nobody (observed: wpa_supplicant tries others after three).
    pub(super) const fn is_patient(&self) -> bool {
        self.scans >= 3
    }

    /// From one scan to the next: at first none, so that a registrar that begins to wait is found at once.
    pub(super) fn next_pause(&mut self) -> Duration {
        self.scans = self.scans.saturating_add(1);
        Duration::from_millis(250 * u64::from(self.scans.min(8)))
    }
}

impl Join {
    pub(super) fn new(ssid: Ssid, key: &NetworkKey, last: Option<MacAddr>) -> Join {
        let pmk = Pmk::derive(key, &ssid);
        Join { ssid, pmk, last, channel: None, failures: 0, by_name: false }
    }

    /// From one try to the next: half a second, doubling up to 16.
    pub(super) fn next_pause(&mut self) -> Duration {
        let doublings = self.failures.min(5);
        self.failures = self.failures.saturating_add(1);
        Duration::from_millis(500 << doublings)
    }
}

impl Task {
    /// The network that probe requests ask for by name.
    pub(super) fn asks_for(&self) -> Option<Ssid> {
        match self {
            Task::Join(join) if join.by_name => Some(join.ssid),
            _ => None,
        }
    }
}
