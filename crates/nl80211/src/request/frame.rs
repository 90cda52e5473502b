//! Frames that a program sends and wants to see itself.

use super::Request;
use crate::netlink::{ACK, REQUEST, Writer};
use crate::number::{attribute, command};
use keyway_wsc::MacAddr;

/// Give this socket the management frames of a type whose bodies begin so: the type is the two octets of frame control
/// with type and subtype, such as `0x00b0` for authentication.
///
/// # Errors
/// [`TooLong`](crate::netlink::TooLong).
pub fn register_frame(
    family: u16,
    sequence: u32,
    interface: u32,
    frame_type: u16,
    beginning: &[u8],
) -> Request {
    let mut writer = Writer::new(family, REQUEST | ACK, sequence, command::REGISTER_FRAME, 0);
    writer
        .u32(attribute::IFINDEX, interface)
        .u16(attribute::FRAME_TYPE, frame_type)
        .put(attribute::FRAME_MATCH, beginning);
    writer.finish()
}

/// Send a management frame, whole but for the frame check sequence, on this frequency in MHz. Its fate is told by
/// [`Event::Sent`](crate::event::Event::Sent).
///
/// # Errors
/// [`TooLong`](crate::netlink::TooLong).
pub fn send_frame(family: u16, sequence: u32, interface: u32, mhz: u32, frame: &[u8]) -> Request {
    let mut writer = Writer::new(family, REQUEST | ACK, sequence, command::FRAME, 0);
    writer.u32(attribute::IFINDEX, interface).u32(attribute::WIPHY_FREQ, mhz).put(attribute::FRAME, frame);
    writer.finish()
}

/// An EAPOL frame to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ControlPortFrame<'a> {
    /// The interface's number.
    pub interface: u32,
    /// To whom.
    pub destination: MacAddr,
    /// What follows the Ethernet type.
    pub frame: &'a [u8],
    /// Whether to encrypt it if there is a key.
    pub protected: bool,
}

/// Send an EAPOL frame through nl80211.
///
/// # Errors
/// [`TooLong`](crate::netlink::TooLong).
pub fn control_port_frame(family: u16, sequence: u32, frame: &ControlPortFrame<'_>) -> Request {
    let mut writer = Writer::new(family, REQUEST | ACK, sequence, command::CONTROL_PORT_FRAME, 0);
    writer
        .u32(attribute::IFINDEX, frame.interface)
        .put(attribute::MAC, &frame.destination.0)
        .u16(attribute::CONTROL_PORT_ETHERTYPE, EAPOL)
        .put(attribute::FRAME, frame.frame);
    if !frame.protected {
        writer.flag(attribute::CONTROL_PORT_NO_ENCRYPT);
    }
    writer.finish()
}

/// The Ethernet type of EAPOL (IEEE 802.1X-2020, section 11.1.4).
const EAPOL: u16 = 0x888e;
