//! What the router tells its radios and its network, and what it hears from them.

use crate::action::{Bands, Security};
use crate::view::AirVerdict;
use core::net::Ipv4Addr;
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
    /// The bands until the owner chooses others.
    pub bands: Bands,
    /// The channel at 2.4 GHz.
    pub channel_2_4: u8,
    /// The channel at 5 GHz.
    pub channel_5: u8,
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
