//! What the router tells its radios and its network, and what it hears from them.

use crate::action::{Bands, Security};
use crate::view::AirVerdict;
use core::net::Ipv4Addr;
use keyway_wifi::Band;
use keyway_wsc::message::elements::ProbeRequestElement;
use keyway_wsc::{DeviceDescription, MacAddr, NetworkKey, Ssid};

/// What a router is, before anybody touches its settings.
#[derive(Clone, Debug)]
pub struct RouterUnitConfig {
    /// Its name.
    pub name: String,
    /// Its address: the BSSID of its network, and what its UUID is made from.
    pub mac: MacAddr,
    /// How it describes itself in registrations and probe responses.
    pub description: DeviceDescription,
    /// The network's name until the owner chooses another; at least one octet.
    pub ssid: Ssid,
    /// The network's password until the owner chooses another; without one, the router makes it.
    pub key: Option<NetworkKey>,
    /// Whether the network's name is hidden until the owner says otherwise.
    pub hidden: bool,
    /// The channels of its radios. It uses all of them until the owner chooses.
    pub channels: RouterChannels,
}

/// The channels of a router's radios, and with that the bands that it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RouterChannels {
    /// 2.4 GHz alone.
    Ghz2(u8),
    /// 5 GHz alone.
    Ghz5(u8),
    /// Both.
    Both {
        /// The channel at 2.4 GHz.
        ghz2: u8,
        /// The channel at 5 GHz.
        ghz5: u8,
    },
}

impl RouterChannels {
    /// The channels in use when the network is on these bands.
    pub(super) fn used(self, bands: Bands) -> Vec<u8> {
        let (low, high) = match self {
            RouterChannels::Ghz2(channel) => (Some(channel), None),
            RouterChannels::Ghz5(channel) => (None, Some(channel)),
            RouterChannels::Both { ghz2, ghz5 } => (Some(ghz2), Some(ghz5)),
        };
        let low = low.filter(|_| bands.has(Band::Ghz2));
        low.into_iter().chain(high.filter(|_| bands.has(Band::Ghz5))).collect()
    }

    /// What the owner can choose from; all bands come first.
    pub(super) const fn choices(self) -> &'static [Bands] {
        match self {
            RouterChannels::Ghz2(_) => &[Bands::Ghz2],
            RouterChannels::Ghz5(_) => &[Bands::Ghz5],
            RouterChannels::Both { .. } => &[Bands::Both, Bands::Ghz2, Bands::Ghz5],
        }
    }

    /// These bands, if the router has them; else all that it has.
    pub(super) fn fit(self, bands: Bands) -> Bands {
        let choices = self.choices();
        if choices.contains(&bands) { bands } else { choices[0] }
    }
}

impl Bands {
    /// Whether a band is one of them.
    pub(super) fn has(self, band: Band) -> bool {
        match self {
            Bands::Both => true,
            Bands::Ghz2 => band == Band::Ghz2,
            Bands::Ghz5 => band == Band::Ghz5,
        }
    }
}

/// What the router wants from its radios and its network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RouterOrder {
    /// Send an EAPOL frame to a station that registers.
    Eapol {
        /// The station.
        station: MacAddr,
        /// The frame (what follows the Ethernet type).
        frame: Vec<u8>,
    },
    /// The conversation with a station that came to register is over: send it away.
    RegistrationOver(MacAddr),
    /// What beacons and probe responses say about WPS.
    Wps(WpsOnAir),
    /// Run this network. Stations of the one before are sent away.
    Network(Box<NetworkSettings>),
    /// Give out addresses, or not.
    Dhcp(bool),
    /// Send this station away.
    Disconnect(MacAddr),
    /// Look on the air whether WPS is off; [`RouterNews::AirSeen`] follows.
    VerifyOff,
}

/// What beacons and probe responses say about WPS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WpsOnAir {
    /// Whether there is a WPS element at all.
    pub enabled: bool,
    /// AP Setup Locked.
    pub locked: bool,
    /// Selected Registrar, with the method.
    pub selected: Option<SelectedRegistrar>,
}

/// Whom a registrar waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectedRegistrar {
    /// By button; else by PIN.
    pub by_button: bool,
    /// AuthorizedMACs: at most 5; the broadcast address stands for anybody.
    pub authorized: Vec<MacAddr>,
}

/// A network as the router runs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkSettings {
    /// Its name.
    pub ssid: Ssid,
    /// Its key.
    pub key: NetworkKey,
    /// Whether its name is hidden.
    pub hidden: bool,
    /// Its security.
    pub security: Security,
    /// Its bands.
    pub bands: Bands,
}

/// What the router hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RouterNews {
    /// A station asked which networks are there.
    Probe {
        /// The station.
        station: MacAddr,
        /// Signal in dBm.
        signal: i8,
        /// Its WPS element.
        request: Option<Box<ProbeRequestElement>>,
    },
    /// A station associated, to register or for good.
    Associated {
        /// The station.
        station: MacAddr,
        /// To register.
        for_wps: bool,
    },
    /// An EAPOL frame of a station that registers.
    Eapol {
        /// The station.
        station: MacAddr,
        /// The frame.
        frame: Vec<u8>,
    },
    /// A station is on the network.
    Joined {
        /// The station.
        station: MacAddr,
        /// Signal in dBm.
        signal: i8,
    },
    /// A station tried a wrong passphrase.
    WrongPassphrase(MacAddr),
    /// A station left, or was lost.
    Left(MacAddr),
    /// A station got an address.
    Leased {
        /// The station.
        station: MacAddr,
        /// The address.
        address: Ipv4Addr,
        /// The name that it gave.
        name: Option<String>,
    },
    /// What was seen on the air, after [`RouterOrder::VerifyOff`].
    AirSeen(AirVerdict),
}
