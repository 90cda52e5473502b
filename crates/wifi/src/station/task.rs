//! What a station is to do.

use crate::channel::{Band, Channel};
use crate::driver::ConnectFailure;
use crate::frame::StatusCode;
use crate::network::{Network, Wanted};
use crate::rsn::{Cause, Pmk};
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;
use keyway_eap::Timestamp;
use keyway_wsc::message::elements::ProbeRequestElement;
use keyway_wsc::{MacAddr, NetworkKey, Ssid, Uuid};

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
    /// This station's own radio does not take the network's keys.
    KeyRefused,
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
            JoinFailure::KeyRefused => f.write_str("the radio does not take the network's keys"),
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
    /// Access points that were tried in vain, each once.
    tried: Vec<MacAddr>,
    /// The one that it was associated with last.
    pub(super) asked: Option<MacAddr>,
    began: Timestamp,
    /// Scans that found nobody who waits.
    scans: u32,
}

/// An access point that is not asked until then. On each of its bands it has another address, and everywhere the same
/// registrar.
#[derive(Debug)]
pub(super) struct Spared {
    pub(super) bssid: MacAddr,
    pub(super) uuid: Option<Uuid>,
    pub(super) until: Timestamp,
    /// It was heard without waiting for a PIN since.
    pub(super) forgot: bool,
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
    /// The network was not found by its beacons: it may be hidden, so it is asked for by name.
    pub(super) by_name: bool,
    /// Failures since it was on the network.
    failures: u32,
    /// Times, since it was on the network, that everything looked like a wrong passphrase.
    suspicions: u32,
    /// Times, since it was on the network, that it was told to come back later.
    postponements: u32,
    /// It was on the network with this key.
    is_proven: bool,
    /// It tries what it knew before; nothing was looked for yet.
    pub(super) from_memory: bool,
}

impl Spared {
    pub(super) fn is(&self, network: &Network) -> bool {
        self.bssid == network.bssid || self.uuid.is_some() && self.uuid == network.uuid()
    }
}

impl Register {
    pub(super) const fn new(wanted: Wanted, now: Timestamp) -> Register {
        Register { wanted, tried: Vec::new(), asked: None, began: now, scans: 0 }
    }

    pub(super) fn tried(&self) -> &[MacAddr] {
        &self.tried
    }

    pub(super) fn has_tried(&mut self, bssid: MacAddr) {
        if !self.tried.contains(&bssid) {
            self.tried.push(bssid);
        }
    }

    /// Whether it has looked long enough for one who waits. (Observed: wpa_supplicant tries others after three scans and
    /// five seconds.)
    pub(super) fn is_patient(&self, now: Timestamp) -> bool {
        self.scans >= 3 && now.saturating_since(self.began) >= Duration::from_secs(5)
    }

    /// Nobody waits: those that were tried are worth another try. Gives the time to the next scan, which stays short
    /// while a person is likely to be on the way from one device to the other.
    pub(super) fn next_pause(&mut self) -> Duration {
        self.tried.clear();
        self.scans = self.scans.saturating_add(1);
        Duration::from_millis(if self.scans <= 60 { 300 } else { 1500 })
    }
}

impl Join {
    pub(super) fn new(ssid: Ssid, key: &NetworkKey, last: Option<(MacAddr, Channel)>) -> Join {
        let pmk = Pmk::derive(key, &ssid);
        let (last, channel) = last.unzip();
        Join {
            ssid,
            pmk,
            last,
            channel,
            by_name: false,
            failures: 0,
            suspicions: 0,
            postponements: 0,
            is_proven: false,
            from_memory: true,
        }
    }

    /// It is on the network.
    pub(super) const fn succeeded(&mut self, network: &Network) {
        (self.failures, self.suspicions, self.postponements) = (0, 0, 0);
        self.is_proven = true;
        self.last = Some(network.bssid);
        self.by_name = network.hidden;
    }

    /// From one try to the next: half a second, doubling up to 16.
    pub(super) fn next_pause(&mut self) -> Duration {
        let doublings = self.failures.min(5);
        self.failures = self.failures.saturating_add(1);
        Duration::from_millis(500 << doublings)
    }

    /// The passphrase looks wrong. Whether that is certain by now: a few lost messages look alike, and a passphrase that
    /// was right is hardly wrong.
    pub(super) const fn is_wrong(&mut self) -> bool {
        self.suspicions = self.suspicions.saturating_add(1);
        self.suspicions >= if self.is_proven { 4 } else { 2 }
    }

    /// The access point wants it to come back later. Whether it is worth it: it may only want to see whether the
    /// association before this one still holds.
    pub(super) const fn may_come_back(&mut self) -> bool {
        self.postponements = self.postponements.saturating_add(1);
        self.postponements <= 3
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
