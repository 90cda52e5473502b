//! What lies between two sides of an association: their key, and whether data may pass.
//!
//! The rules, the same for both sides:
//!
//! - With a key, data pass encrypted only; where there is to be a key, none pass before it is there.
//! - Data other than EAPOL pass once the port is open.
//! - EAPOL passes without encryption until the other side has shown, by a frame encrypted with the key, that it has
//!   the key. So the end of a 4-way handshake may be repeated, when message 4 was lost, and nothing later.
//! - Where management frames are protected, robust ones pass encrypted only, from the moment the key is there.

use crate::ccmp::{Opener, Sealer};
use crate::frame::{Data, Flags, Frame, Management, ManagementBody, Snap, Subtype};
use crate::rsn::TemporalKey;
use alloc::vec::Vec;
use keyway_eap::eapol;
use keyway_wsc::MacAddr;

/// One side of an association.
#[derive(Debug)]
pub(super) struct Link {
    pairwise: Option<Pairwise>,
    is_open: bool,
    rules: Rules,
}

/// What was agreed on when the association was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rules {
    /// Data are encrypted.
    pub(super) privacy: bool,
    /// Robust management frames are encrypted.
    pub(super) protects_management: bool,
}

#[derive(Debug)]
struct Pairwise {
    key: TemporalKey,
    sealer: Sealer,
    opener: Opener,
    /// Whether the other side has shown that it has the key.
    confirmed: bool,
}

/// A packet that came, and may pass.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Packet {
    pub(super) destination: MacAddr,
    pub(super) source: MacAddr,
    pub(super) ether_type: u16,
    pub(super) octets: Vec<u8>,
    pub(super) protected: bool,
}

impl Packet {
    /// Reads a frame that is not encrypted (any more).
    pub(super) fn read(data: &Data, protected: bool) -> Option<Packet> {
        let Snap { ether_type, packet } = Snap::parse(&data.payload).ok()?;
        let (destination, source) = (data.destination(), data.source());
        Some(Packet { destination, source, ether_type, octets: packet.to_vec(), protected })
    }

    /// Reads a frame to the group of a network without encryption.
    pub(super) fn read_open(data: &Data) -> Option<Packet> {
        let may_pass = is_whole(data) && !data.flags.contains(Flags::PROTECTED);
        may_pass.then(|| Packet::read(data, false)).flatten().filter(|packet| !packet.is_eapol())
    }

    pub(super) const fn is_eapol(&self) -> bool {
        self.ether_type == eapol::ETHER_TYPE
    }
}

impl Link {
    pub(super) const fn new(rules: Rules) -> Link {
        Link { pairwise: None, is_open: false, rules }
    }

    pub(super) const fn rules(&self) -> Rules {
        self.rules
    }

    /// Installs a key. The one that is installed already stays as it is: its packet numbers must not begin again.
    pub(super) fn install(&mut self, key: TemporalKey) {
        if self.pairwise.as_ref().is_none_or(|pairwise| pairwise.key != key) {
            let (sealer, opener) = (Sealer::new(&key), Opener::new(&key));
            self.pairwise = Some(Pairwise { key, sealer, opener, confirmed: false });
        }
    }

    pub(super) const fn open_port(&mut self) {
        self.is_open = true;
    }

    /// Whether data may pass.
    pub(super) const fn is_open(&self) -> bool {
        self.is_open && (self.pairwise.is_some() || !self.rules.privacy)
    }

    /// Whether robust management frames are encrypted by now.
    pub(super) const fn protects_management(&self) -> bool {
        self.rules.protects_management && self.pairwise.is_some()
    }

    /// A data frame as it goes out; `None` when it may not.
    pub(super) fn send_data(&mut self, data: &Data) -> Option<Vec<u8>> {
        if !self.is_open() {
            return None;
        }
        match &mut self.pairwise {
            Some(pairwise) => pairwise.sealer.seal(&data.encode()).ok(),
            None => Some(data.encode()),
        }
    }

    /// An EAPOL frame as it goes out; `None` when it is to be encrypted and there is no key.
    pub(super) fn send_eapol(&mut self, data: &Data, protected: bool) -> Option<Vec<u8>> {
        match (protected, &mut self.pairwise) {
            (false, _) => Some(data.encode()),
            (true, pairwise) => pairwise.as_mut()?.sealer.seal(&data.encode()).ok(),
        }
    }

    /// A management frame as it goes out.
    pub(super) fn send_management(&mut self, frame: &Management) -> Option<Vec<u8>> {
        match &mut self.pairwise {
            Some(pairwise) if self.rules.protects_management && frame.is_robust() => {
                pairwise.sealer.seal(&frame.encode()).ok()
            }
            _ => Some(frame.encode()),
        }
    }

    /// A data frame that came to this side alone, and its octets; `None` when it may not pass.
    pub(super) fn receive_data(&mut self, data: &Data, bytes: &[u8]) -> Option<Packet> {
        if !is_whole(data) {
            return None;
        }
        if !data.flags.contains(Flags::PROTECTED) {
            let packet = Packet::read(data, false)?;
            let may_pass = match &self.pairwise {
                Some(pairwise) => packet.is_eapol() && !pairwise.confirmed,
                None => packet.is_eapol() || self.is_open(),
            };
            return may_pass.then_some(packet);
        }
        let pairwise = self.pairwise.as_mut()?;
        let opened = pairwise.opener.open(bytes).ok()?;
        pairwise.confirmed = true;
        let Frame::Data(data) = Frame::parse(&opened).ok()? else { return None };
        Packet::read(&data, true).filter(|packet| packet.is_eapol() || self.is_open())
    }

    /// A management frame that came to this side alone, and its octets: decrypted if it was encrypted; `None` when it
    /// may not pass.
    pub(super) fn receive_management(&mut self, frame: Management, bytes: &[u8]) -> Option<Management> {
        if !frame.is_robust() {
            return Some(frame);
        }
        let sealed = matches!(frame.body, ManagementBody::Sealed(..));
        if sealed != self.protects_management() {
            return None;
        }
        if !sealed {
            return Some(frame);
        }
        let pairwise = self.pairwise.as_mut()?;
        let opened = pairwise.opener.open(bytes).ok()?;
        pairwise.confirmed = true;
        match Frame::parse(&opened).ok()? {
            Frame::Management(frame) => Some(frame),
            Frame::Data(_) | Frame::Other(_) => None,
        }
    }
}

/// Whether a frame carries one whole packet. Fragments and aggregates are not taken: nobody was told that they would
/// be, and attacks lean on them.
pub(super) fn is_whole(data: &Data) -> bool {
    matches!(data.subtype, Subtype::DATA | Subtype::QOS_DATA)
        && !data.flags.contains(Flags::MORE_FRAGMENTS)
        && data.sequence.fragment() == 0
        && !data.qos.is_some_and(|qos| qos.is_aggregate())
        && data.address4.is_none()
}
