//! BIP-CMAC-128: a Management MIC element at the end of a management frame to a group. IEEE 802.11-2020, sections
//! 9.4.2.54 and 12.5.4.

use super::header::Header;
use super::{OpenError, SealError, next, number_octets};
use crate::element::ElementId;
use crate::rsn::GroupKey;
use aes::Aes128;
use alloc::vec::Vec;
use cmac::{Cmac, KeyInit, Mac};
use core::fmt;
use subtle::ConstantTimeEq;

/// The element: its header, the key's identifier (two octets), the packet number (six) and the integrity code (eight).
const ELEMENT: usize = 18;

/// The integrity code, in octets.
const MIC: usize = 8;

/// A key to send management frames to a group with.
pub struct GroupSigner {
    key: Cmac<Aes128>,
    key_id: u8,
    packet_number: u64,
}

impl GroupSigner {
    /// `None` when the key has not 16 octets, or an identifier that is not 4 or 5.
    pub fn new(key: &GroupKey) -> Option<GroupSigner> {
        Some(GroupSigner { key: keyed(key)?, key_id: key.id, packet_number: key.packet_number })
    }

    /// The packet number of the last frame that was signed.
    pub const fn packet_number(&self) -> u64 {
        self.packet_number
    }

    /// Appends a Management MIC element to a whole frame.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn sign(&mut self, frame: &[u8]) -> Result<Vec<u8>, SealError> {
        let header = read(frame).ok_or(SealError::Malformed)?;
        let number = next(self.packet_number)?;
        self.packet_number = number;
        let [p5, p4, p3, p2, p1, p0] = number_octets(number);
        let mut out = Vec::with_capacity(frame.len() + ELEMENT);
        out.extend_from_slice(frame);
        out.extend([ElementId::MANAGEMENT_MIC.0, ELEMENT as u8 - 2, self.key_id, 0, p0, p1, p2, p3, p4, p5]);
        let mic = mic(&self.key, &header, &out[header.length..]);
        out.extend(mic);
        Ok(out)
    }
}

impl fmt::Debug for GroupSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GroupSigner(key {} hidden, {} used)", self.key_id, self.packet_number)
    }
}

/// A key to receive management frames to a group with.
pub struct GroupVerifier {
    key: Cmac<Aes128>,
    key_id: u8,
    last: u64,
}

impl GroupVerifier {
    /// Accepts packet numbers after that of the key. `None` when the key has not 16 octets, or an identifier that is not
    /// 4 or 5.
    pub fn new(key: &GroupKey) -> Option<GroupVerifier> {
        Some(GroupVerifier { key: keyed(key)?, key_id: key.id, last: key.packet_number })
    }

    /// Judges a whole frame.
    ///
    /// # Errors
    /// [`OpenError`]; nothing has changed then.
    pub fn verify(&mut self, frame: &[u8]) -> Result<(), OpenError> {
        let header = read(frame).ok_or(OpenError::Malformed)?;
        let (signed, element) = split(frame, &header).ok_or(OpenError::NotProtected)?;
        let &[_, _, id, _, p0, p1, p2, p3, p4, p5, ref mic_in_frame @ ..] = element;
        if id != self.key_id {
            return Err(OpenError::OtherKey(id));
        }
        let number = super::number_of([p5, p4, p3, p2, p1, p0]);
        if number <= self.last {
            return Err(OpenError::Replayed);
        }
        if !bool::from(mic(&self.key, &header, signed).ct_eq(mic_in_frame)) {
            return Err(OpenError::WrongMic);
        }
        self.last = number;
        Ok(())
    }
}

impl fmt::Debug for GroupVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GroupVerifier(key {} hidden)", self.key_id)
    }
}

fn keyed(key: &GroupKey) -> Option<Cmac<Aes128>> {
    matches!(key.id, 4 | 5).then(|| Cmac::new_from_slice(key.key.expose()).ok()).flatten()
}

/// The header of a management frame that is not encrypted.
fn read(frame: &[u8]) -> Option<Header> {
    Header::read(frame).filter(|header| header.is_management() && !header.is_protected())
}

/// The content up to the integrity code, and the whole element at its end.
fn split<'a>(frame: &'a [u8], header: &Header) -> Option<(&'a [u8], &'a [u8; ELEMENT])> {
    let content = &frame[header.length..];
    let (_, element) = content.split_last_chunk::<ELEMENT>()?;
    let is_one = element[..2] == [ElementId::MANAGEMENT_MIC.0, ELEMENT as u8 - 2];
    is_one.then(|| (&content[..content.len() - MIC], element))
}

/// The integrity code: that of the frame with zeros in its place.
fn mic(key: &Cmac<Aes128>, header: &Header, signed: &[u8]) -> [u8; MIC] {
    let mut mac = key.clone();
    mac.update(&header.group_aad());
    mac.update(signed);
    mac.update(&[0; MIC]);
    let mut mic = [0; MIC];
    mic.copy_from_slice(&mac.finalize().into_bytes()[..MIC]);
    mic
}
