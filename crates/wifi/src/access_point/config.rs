//! What an access point is told.

use super::stations::GREATEST_ID;
use crate::channel::Channel;
use crate::element::{AkmSuite, CipherSuite, Rsn, RsnCapabilities};
use crate::rsn::{HandshakeTimers, KeyManagement, Pmk};
use alloc::vec::Vec;
use core::time::Duration;
use keyway_wsc::message::elements::ProbeResponseElement;
use keyway_wsc::{ConfigMethods, DevicePasswordId, MacAddr, RfBands, Ssid};

/// A network.
#[derive(Clone, Debug)]
pub struct BssConfig {
    /// The access point's address.
    pub bssid: MacAddr,
    /// The channel.
    pub channel: Channel,
    /// The name.
    pub ssid: Ssid,
    /// Whether beacons hide the name.
    pub hidden: bool,
    /// The security.
    pub security: BssSecurity,
    /// How many stations may be associated at a time, 1 to 2007.
    pub max_stations: usize,
    /// How often the group's keys are renewed; never if `None`.
    pub rekey: Option<Duration>,
    /// How long it waits in handshakes.
    pub timers: HandshakeTimers,
}

/// The security of a network.
#[derive(Clone, Debug)]
pub enum BssSecurity {
    /// WPA2 personal with CCMP.
    Wpa2 {
        /// The network's key.
        pmk: Pmk,
        /// The key managements on offer, at least one.
        key_managements: Vec<KeyManagement>,
        /// Whether management frames can be protected.
        can_protect_management: bool,
        /// Whether they have to be.
        must_protect_management: bool,
    },
    /// WPA3 personal alone is announced; nobody can join.
    Wpa3Only,
    /// None: everybody can join, and everybody can listen.
    Open,
}

/// What beacons and probe responses say about WPS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WpsConfig {
    /// Who the access point is, as its probe responses say it; `None` is WPS off. The fields on the state of the
    /// registrar are filled in from what follows.
    pub description: Option<ProbeResponseElement>,
    /// AP Setup Locked.
    pub locked: bool,
    /// The registrar that waits for an enrollee.
    pub selected: Option<Selected>,
    /// The bands, on an access point with two.
    pub rf_bands: Option<RfBands>,
}

/// A registrar that waits for an enrollee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selected {
    /// The device password.
    pub password_id: DevicePasswordId,
    /// The methods.
    pub methods: ConfigMethods,
    /// Whom it waits for: at most five; the broadcast address is anybody.
    pub authorized: Vec<MacAddr>,
}

impl BssConfig {
    /// The RSN element; `None` without encryption.
    pub(super) fn rsn(&self) -> Option<Rsn> {
        let akms: Vec<AkmSuite> = match &self.security {
            BssSecurity::Wpa2 { key_managements, .. } => {
                key_managements.iter().map(|akm| akm.suite()).collect()
            }
            BssSecurity::Wpa3Only => [AkmSuite::SAE].to_vec(),
            BssSecurity::Open => return None,
        };
        let rsn = Rsn::ccmp(&akms, RsnCapabilities::default());
        Some(protected(rsn, self.protects_management(), self.must_protect_management()))
    }

    /// Whether there is encryption.
    pub(super) const fn has_keys(&self) -> bool {
        !matches!(self.security, BssSecurity::Open)
    }

    /// Whether management frames can be protected.
    pub(super) const fn protects_management(&self) -> bool {
        match &self.security {
            BssSecurity::Wpa2 { can_protect_management, .. } => *can_protect_management,
            BssSecurity::Wpa3Only => true,
            BssSecurity::Open => false,
        }
    }

    pub(super) const fn must_protect_management(&self) -> bool {
        match &self.security {
            BssSecurity::Wpa2 { must_protect_management, .. } => *must_protect_management,
            BssSecurity::Wpa3Only => true,
            BssSecurity::Open => false,
        }
    }

    /// How many stations there can be: as configured, within what there are association identifiers for.
    pub(super) fn most_stations(&self) -> usize {
        self.max_stations.clamp(1, usize::from(GREATEST_ID))
    }
}

fn protected(mut rsn: Rsn, can: bool, must: bool) -> Rsn {
    if can {
        rsn.capabilities = rsn.capabilities.with(RsnCapabilities::MFP_CAPABLE);
        rsn.group_management = Some(CipherSuite::BIP_CMAC_128);
    }
    if must {
        rsn.capabilities = rsn.capabilities.with(RsnCapabilities::MFP_REQUIRED);
    }
    rsn
}
