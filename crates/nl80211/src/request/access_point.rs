//! Being an access point whose decisions are a program's.

use super::Request;
use super::station::Suites;
use crate::netlink::{ACK, REQUEST, Writer};
use crate::number::{attribute, command};
use keyway_wsc::MacAddr;

/// What beacons say: the kernel puts the TIM element between the two parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beacon<'a> {
    /// The beacon frame up to the place of the TIM element, from its frame control on.
    pub head: &'a [u8],
    /// The elements after it.
    pub tail: &'a [u8],
}

/// A network to be put on the air.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start<'a> {
    /// The interface's number.
    pub interface: u32,
    /// The frequency in MHz. The channel is 20 MHz wide.
    pub mhz: u32,
    /// The beacon.
    pub beacon: Beacon<'a>,
    /// From one beacon to the next, in units of 1024 microseconds.
    pub interval: u16,
    /// The network's name, 1 to 32 octets.
    pub ssid: &'a [u8],
    /// Whether beacons leave that empty. (Observed: hostapd tells the kernel the name all the same.)
    pub hides_ssid: bool,
    /// The suites; `None` for a network without encryption.
    pub suites: Option<Suites>,
    /// Whether EAPOL frames go through nl80211; else they go through a packet socket. The kernel ends the network when
    /// the socket of this request is closed.
    pub control_port: bool,
}

/// Put a network on the air.
///
/// # Errors
/// [`TooLong`](crate::netlink::TooLong).
pub fn start(family: u16, sequence: u32, start: &Start<'_>) -> Request {
    let mut writer = Writer::new(family, REQUEST | ACK, sequence, command::START_AP, 0);
    writer
        .u32(attribute::IFINDEX, start.interface)
        .put(attribute::BEACON_HEAD, start.beacon.head)
        .put(attribute::BEACON_TAIL, start.beacon.tail)
        .put(attribute::SSID, start.ssid)
        .u32(attribute::BEACON_INTERVAL, start.interval.into())
        .u32(attribute::DTIM_PERIOD, DTIM_PERIOD)
        .u32(attribute::HIDDEN_SSID, if start.hides_ssid { NAME_EMPTY } else { NAME_SHOWN })
        .u32(attribute::AUTH_TYPE, OPEN_SYSTEM)
        .u32(attribute::WIPHY_FREQ, start.mhz)
        .u32(attribute::CHANNEL_WIDTH, WIDTH_20_NO_HT)
        .u32(attribute::CENTER_FREQ1, start.mhz);
    if let Some(suites) = start.suites {
        writer
            .flag(attribute::PRIVACY)
            .u32(attribute::WPA_VERSIONS, WPA_VERSION_2)
            .u32(attribute::CIPHER_SUITES_PAIRWISE, suites.pairwise)
            .u32(attribute::CIPHER_SUITE_GROUP, suites.group)
            .u32(attribute::AKM_SUITES, suites.key_management);
    }
    writer.flag(attribute::CONTROL_PORT).flag(attribute::SOCKET_OWNER);
    if start.control_port {
        writer.flag(attribute::CONTROL_PORT_OVER_NL80211);
    }
    writer.finish()
}

/// Change what beacons say.
///
/// # Errors
/// [`TooLong`](crate::netlink::TooLong).
pub fn set_beacon(family: u16, sequence: u32, interface: u32, beacon: Beacon<'_>) -> Request {
    let mut writer = Writer::new(family, REQUEST | ACK, sequence, command::SET_BEACON, 0);
    writer
        .u32(attribute::IFINDEX, interface)
        .put(attribute::BEACON_HEAD, beacon.head)
        .put(attribute::BEACON_TAIL, beacon.tail);
    writer.finish()
}

/// Take the network off the air; the kernel forgets its stations and keys.
///
/// # Errors
/// [`TooLong`](crate::netlink::TooLong).
pub fn stop(family: u16, sequence: u32, interface: u32) -> Request {
    let mut writer = Writer::new(family, REQUEST | ACK, sequence, command::STOP_AP, 0);
    writer.u32(attribute::IFINDEX, interface);
    writer.finish()
}

/// A station that associated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewStation<'a> {
    /// The interface's number.
    pub interface: u32,
    /// The station.
    pub station: MacAddr,
    /// Its association identifier, 1 to 2007.
    pub association_id: u16,
    /// Its listen interval, in beacon intervals.
    pub listen_interval: u16,
    /// Its rates, in units of 500 kbit/s.
    pub rates: &'a [u8],
    /// Whether its management frames are protected once it has its key.
    pub protects_management: bool,
}

/// Make a station known to the kernel. Only its EAPOL frames pass until its port is open ([`open_port`]).
///
/// # Errors
/// [`TooLong`](crate::netlink::TooLong).
pub fn new_station(family: u16, sequence: u32, station: &NewStation<'_>) -> Request {
    let mut writer = Writer::new(family, REQUEST | ACK, sequence, command::NEW_STATION, 0);
    writer
        .u32(attribute::IFINDEX, station.interface)
        .put(attribute::MAC, &station.station.0)
        .u16(attribute::STA_AID, station.association_id)
        .u16(attribute::STA_LISTEN_INTERVAL, station.listen_interval)
        .put(attribute::STA_SUPPORTED_RATES, station.rates);
    // That it is authenticated and associated goes without saying (`linux/nl80211.h`, NL80211_CMD_NEW_STATION).
    let set = if station.protects_management { FLAG_MFP } else { 0 };
    flags(&mut writer, FLAG_MFP, set);
    writer.finish()
}

/// Let the data of a station pass, or of the access point if this interface is a station.
///
/// # Errors
/// [`TooLong`](crate::netlink::TooLong).
pub fn open_port(family: u16, sequence: u32, interface: u32, station: MacAddr) -> Request {
    let mut writer = Writer::new(family, REQUEST | ACK, sequence, command::SET_STATION, 0);
    writer.u32(attribute::IFINDEX, interface).put(attribute::MAC, &station.0);
    flags(&mut writer, FLAG_AUTHORIZED, FLAG_AUTHORIZED);
    writer.finish()
}

/// Forget a station and its keys.
///
/// # Errors
/// [`TooLong`](crate::netlink::TooLong).
pub fn del_station(family: u16, sequence: u32, interface: u32, station: MacAddr) -> Request {
    let mut writer = Writer::new(family, REQUEST | ACK, sequence, command::DEL_STATION, 0);
    writer.u32(attribute::IFINDEX, interface).put(attribute::MAC, &station.0);
    writer.finish()
}

/// Ask a silent station for an acknowledgement, by a frame without content. The answer
/// ([`Event::Probed`](crate::event::Event::Probed)) tells whether it came.
///
/// # Errors
/// [`TooLong`](crate::netlink::TooLong).
pub fn probe_client(family: u16, sequence: u32, interface: u32, station: MacAddr) -> Request {
    let mut writer = Writer::new(family, REQUEST | ACK, sequence, command::PROBE_CLIENT, 0);
    writer.u32(attribute::IFINDEX, interface).put(attribute::MAC, &station.0);
    writer.finish()
}

/// `struct nl80211_sta_flag_update`: which flags are meant, and how they are to be.
fn flags(writer: &mut Writer, mask: u32, set: u32) {
    let mut value = [0; 8];
    value[..4].copy_from_slice(&mask.to_ne_bytes());
    value[4..].copy_from_slice(&set.to_ne_bytes());
    writer.put(attribute::STA_FLAGS2, &value);
}

/// Every other beacon announces frames to the group (observed: hostapd's default).
const DTIM_PERIOD: u32 = 2;
/// `NL80211_HIDDEN_SSID_…`.
const NAME_SHOWN: u32 = 0;
const NAME_EMPTY: u32 = 1;
/// `NL80211_AUTHTYPE_OPEN_SYSTEM`.
const OPEN_SYSTEM: u32 = 0;
/// `NL80211_CHAN_WIDTH_20_NOHT`.
const WIDTH_20_NO_HT: u32 = 0;
/// `NL80211_WPA_VERSION_2`.
const WPA_VERSION_2: u32 = 2;
/// One bit for each of `NL80211_STA_FLAG_…`.
const FLAG_AUTHORIZED: u32 = 1 << 1;
const FLAG_MFP: u32 = 1 << 4;
