//! Associating with an access point.

use super::Request;
use crate::netlink::{ACK, REQUEST, Writer};
use crate::number::{attribute, command};
use keyway_wsc::MacAddr;

/// Whom to associate with, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connect<'a> {
    /// The interface's number.
    pub interface: u32,
    /// The access point.
    pub bssid: MacAddr,
    /// Its frequency in MHz.
    pub mhz: u32,
    /// The network's name, 1 to 32 octets.
    pub ssid: &'a [u8],
    /// Elements of the association request beyond name and rates: RSN or WPS.
    pub elements: &'a [u8],
    /// Whether the access point's beacons say that it encrypts. The kernel looks for one that says the same, also when
    /// this association is to have no encryption (seen on Linux 6.1).
    pub privacy: bool,
    /// What was agreed on; `None` for an association without encryption.
    pub suites: Option<Suites>,
    /// Whether EAPOL frames go through nl80211; else they go through a packet socket. The kernel ends the association
    /// when the socket of this request is closed.
    pub control_port: bool,
}

/// The agreed cipher suites and key management, as in the RSN element: `0x000fac04` is CCMP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suites {
    /// For frames to one receiver.
    pub pairwise: u32,
    /// For frames to all.
    pub group: u32,
    /// The key management.
    pub key_management: u32,
    /// Whether management frames are protected.
    pub protects_management: bool,
}

/// Authenticate (open) and associate: acknowledged at once, and [`Event::Connected`](crate::event::Event::Connected)
/// follows. Keys are the caller's affair.
///
/// # Errors
/// [`TooLong`](crate::netlink::TooLong).
pub fn connect(family: u16, sequence: u32, connect: &Connect<'_>) -> Request {
    let mut writer = Writer::new(family, REQUEST | ACK, sequence, command::CONNECT, 0);
    writer
        .u32(attribute::IFINDEX, connect.interface)
        .put(attribute::MAC, &connect.bssid.0)
        .u32(attribute::WIPHY_FREQ, connect.mhz)
        .put(attribute::SSID, connect.ssid)
        .u32(attribute::AUTH_TYPE, OPEN_SYSTEM)
        .put(attribute::IE, connect.elements);
    if connect.privacy {
        writer.flag(attribute::PRIVACY);
    }
    if let Some(suites) = connect.suites {
        writer
            .u32(attribute::WPA_VERSIONS, WPA_VERSION_2)
            .u32(attribute::CIPHER_SUITES_PAIRWISE, suites.pairwise)
            .u32(attribute::CIPHER_SUITE_GROUP, suites.group)
            .u32(attribute::AKM_SUITES, suites.key_management)
            .u32(attribute::USE_MFP, if suites.protects_management { MFP_REQUIRED } else { MFP_NO });
    }
    writer.flag(attribute::CONTROL_PORT).flag(attribute::SOCKET_OWNER);
    if connect.control_port {
        writer.flag(attribute::CONTROL_PORT_OVER_NL80211);
    }
    writer.finish()
}

/// End the association or the attempt, for this reason (IEEE 802.11-2020, table 9-49).
///
/// # Errors
/// [`TooLong`](crate::netlink::TooLong).
pub fn disconnect(family: u16, sequence: u32, interface: u32, reason: u16) -> Request {
    let mut writer = Writer::new(family, REQUEST | ACK, sequence, command::DISCONNECT, 0);
    writer.u32(attribute::IFINDEX, interface).u16(attribute::REASON_CODE, reason);
    writer.finish()
}

/// `NL80211_AUTHTYPE_OPEN_SYSTEM`.
const OPEN_SYSTEM: u32 = 0;
/// `NL80211_WPA_VERSION_2`.
const WPA_VERSION_2: u32 = 2;
/// `NL80211_MFP_NO`, `NL80211_MFP_REQUIRED`.
const MFP_NO: u32 = 0;
const MFP_REQUIRED: u32 = 1;
