//! What the kernel tells by itself: the ends of scans, associations, frames.

use crate::answer::ScanEnd;
use crate::generic::Generic;
use crate::netlink::{Attribute, Attributes};
use crate::number::{attribute, command};
use alloc::vec::Vec;
use keyway_wsc::MacAddr;

/// An event, and the interface that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The interface's number; `None` when it is about all.
    pub interface: Option<u32>,
    /// What happened.
    pub event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A scan is over; false when it was broken off.
    ScanEnd(bool),
    /// An attempt to associate is over.
    Connected(Connected),
    /// The association is over.
    Disconnected {
        /// Why (IEEE 802.11-2020, table 9-49).
        reason: u16,
        /// Whether the access point ended it.
        by_access_point: bool,
    },
    /// A management frame came, of a type that was registered.
    Frame {
        /// On which frequency, in MHz.
        mhz: u32,
        /// How strong, in dBm, when the radio can say so.
        signal: Option<i8>,
        /// The frame, without the frame check sequence; decrypted if it was encrypted.
        frame: Vec<u8>,
    },
    /// What became of a management frame that this program sent.
    Sent {
        /// Whether its receiver acknowledged it.
        acknowledged: bool,
        /// The frame.
        frame: Vec<u8>,
    },
    /// An EAPOL frame came.
    ControlPort {
        /// From whom.
        source: MacAddr,
        /// What follows the Ethernet type.
        frame: Vec<u8>,
        /// Whether it came encrypted.
        protected: bool,
    },
    /// An unprotected farewell came where management frames are protected. It may be forged.
    DoubtfulFarewell,
    /// What became of a question to a silent station.
    Probed {
        /// The station.
        station: MacAddr,
        /// Whether it is still there.
        acknowledged: bool,
    },
    /// The kernel has taken this access point's network off the air, unasked: the interface was switched off, or the
    /// regulations changed.
    NetworkStopped,
    /// The interface is gone.
    InterfaceGone,
    /// Other regulations hold.
    Regulations,
}

/// How an attempt to associate ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connected {
    /// The access point, when there was one.
    pub bssid: Option<MacAddr>,
    /// Zero when it succeeded (IEEE 802.11-2020, table 9-50).
    pub status: u16,
    /// The access point did not answer.
    pub timed_out: bool,
    /// The elements of the association response.
    pub elements: Vec<u8>,
}

impl Told {
    /// Reads an event; `None` when it is none of these.
    pub fn parse(message: &Generic<'_>) -> Option<Self> {
        let find = |kind| find(message.attributes.clone(), kind);
        let octets = |kind| find(kind).map(|part| part.value.to_vec());
        let has = |kind| find(kind).is_some();
        let event = match message.command {
            command::NEW_SCAN_RESULTS | command::SCAN_ABORTED => {
                Event::ScanEnd(ScanEnd::parse(message)?.is_complete)
            }
            command::CONNECT => Event::Connected(Connected {
                bssid: find(attribute::MAC).and_then(Attribute::mac),
                status: find(attribute::STATUS_CODE)?.u16()?,
                timed_out: has(attribute::TIMED_OUT),
                elements: octets(attribute::RESP_IE).unwrap_or_default(),
            }),
            command::DISCONNECT => Event::Disconnected {
                reason: find(attribute::REASON_CODE).and_then(Attribute::u16).unwrap_or(UNSPECIFIED),
                by_access_point: has(attribute::DISCONNECTED_BY_AP),
            },
            command::FRAME => Event::Frame {
                mhz: find(attribute::WIPHY_FREQ).and_then(Attribute::u32).unwrap_or(0),
                signal: find(attribute::RX_SIGNAL_DBM)
                    .and_then(Attribute::u32)
                    .map(|dbm| (dbm as i32).clamp(-128, 127) as i8),
                frame: octets(attribute::FRAME)?,
            },
            command::FRAME_TX_STATUS => {
                Event::Sent { acknowledged: has(attribute::ACK), frame: octets(attribute::FRAME)? }
            }
            command::CONTROL_PORT_FRAME => {
                if find(attribute::CONTROL_PORT_ETHERTYPE)?.u16()? != EAPOL {
                    return None;
                }
                Event::ControlPort {
                    source: find(attribute::MAC)?.mac()?,
                    frame: octets(attribute::FRAME)?,
                    protected: !has(attribute::CONTROL_PORT_NO_ENCRYPT),
                }
            }
            command::UNPROT_DEAUTHENTICATE | command::UNPROT_DISASSOCIATE => Event::DoubtfulFarewell,
            command::PROBE_CLIENT => {
                let station = find(attribute::MAC)?.mac()?;
                Event::Probed { station, acknowledged: has(attribute::ACK) }
            }
            command::STOP_AP => Event::NetworkStopped,
            command::DEL_INTERFACE => Event::InterfaceGone,
            command::REG_CHANGE => Event::Regulations,
            _ => return None,
        };
        Some(Self { interface: find(attribute::IFINDEX).and_then(Attribute::u32), event })
    }
}

const EAPOL: u16 = 0x888e;
const UNSPECIFIED: u16 = 1;

fn find(mut attributes: Attributes<'_>, kind: u16) -> Option<Attribute<'_>> {
    attributes.find(|part| part.kind == kind)
}
