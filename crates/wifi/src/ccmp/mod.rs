//! CCMP-128, the cipher of WPA2, and BIP-CMAC-128, which authenticates management frames to a group.
//! IEEE 802.11-2020, sections 12.5.3 and 12.5.4.
//!
//! A [`Sealer`] has a key to send with and counts its packet numbers up; an [`Opener`] has one to receive with and
//! refuses packet numbers that it has seen. Both take whole frames, data or management, from the frame control to the end
//! of the content. [`GroupSigner`] and [`GroupVerifier`] are the same for management frames to a group, which are
//! authenticated and not encrypted.
//!
//! What may change on the way is not authenticated: the duration, the retry, power management and more data flags, and
//! the sequence number. Everything else is.

mod bip;
mod header;

pub use bip::{GroupSigner, GroupVerifier};

use crate::frame::{Flags, FrameControl};
use crate::rsn::{GroupKey, TemporalKey};
use aes::Aes128;
use alloc::vec::Vec;
use ccm::aead::AeadInOut;
use ccm::consts::{U8, U13};
use ccm::{Ccm, KeyInit};
use core::fmt;
use header::Header;

/// The last packet number there is: it has six octets.
pub const MAX_PACKET_NUMBER: u64 = 0xffff_ffff_ffff;

/// How many octets a sealed frame has more than the plain one: a header of eight and an integrity code of eight.
pub const OVERHEAD: usize = CCMP_HEADER + MIC;

/// The header between that of the frame and its content, in octets.
const CCMP_HEADER: usize = 8;

/// The message integrity code, in octets.
const MIC: usize = 8;

/// Where the octet with the key's identifier is in the header.
const KEY_ID_AT: usize = 3;

/// In that octet: the header is there, which it always is in CCMP.
const EXTENDED: u8 = 0x20;

/// Why a frame was not sealed or signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealError {
    /// It is cut short, or of a kind that is not protected.
    Malformed,
    /// The key has no packet number left.
    Exhausted,
}

/// Why a frame was not opened or accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenError {
    /// It is cut short, or of a kind that is not protected.
    Malformed,
    /// It is not protected.
    NotProtected,
    /// It was made with the key of this identifier, which is another one.
    OtherKey(u8),
    /// Its packet number is not greater than that of the last one.
    Replayed,
    /// Its integrity code is wrong: the key is another one, or somebody changed the frame.
    WrongMic,
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SealError::Malformed => "the frame is not one that can be protected",
            SealError::Exhausted => "the key has no packet number left",
        })
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenError::Malformed => f.write_str("the frame is not one that can be protected"),
            OpenError::NotProtected => f.write_str("the frame is not protected"),
            OpenError::OtherKey(id) => write!(f, "the frame was made with key {id}"),
            OpenError::Replayed => f.write_str("the frame's packet number is not a new one"),
            OpenError::WrongMic => f.write_str("the frame's integrity code is wrong"),
        }
    }
}

impl core::error::Error for SealError {}
impl core::error::Error for OpenError {}

/// A key to send with.
pub struct Sealer {
    cipher: Cipher,
    key_id: u8,
    packet_number: u64,
}

impl Sealer {
    /// For frames to one station: key 0, whose first packet number is 1.
    pub fn new(key: &TemporalKey) -> Sealer {
        Sealer { cipher: Cipher::new(key.expose()), key_id: 0, packet_number: 0 }
    }

    /// For frames to a group, with packet numbers after that of the key. `None` when the key has not 16 octets, or an
    /// identifier that is not 1 to 3.
    pub fn for_group(key: &GroupKey) -> Option<Sealer> {
        let octets = group_octets(key)?;
        Some(Sealer { cipher: Cipher::new(octets), key_id: key.id, packet_number: key.packet_number })
    }

    /// The packet number of the last frame that was sealed.
    pub const fn packet_number(&self) -> u64 {
        self.packet_number
    }

    /// Encrypts a whole frame, and sets [`Flags::PROTECTED`].
    ///
    /// # Errors
    /// [`SealError`]; a packet number that is used up stays used up.
    pub fn seal(&mut self, frame: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut out = Vec::with_capacity(frame.len() + OVERHEAD);
        let header = Header::read(frame).ok_or(SealError::Malformed)?;
        let number = next(self.packet_number)?;
        self.packet_number = number;
        let [p5, p4, p3, p2, p1, p0] = number_octets(number);
        out.extend_from_slice(&frame[..header.length]);
        set_protected(&mut out, true);
        out.extend([p0, p1, 0, EXTENDED | self.key_id << 6, p2, p3, p4, p5]);
        out.extend_from_slice(&frame[header.length..]);
        let (_, content) = out.split_at_mut(header.length + CCMP_HEADER);
        let mic = self
            .cipher
            .0
            .encrypt_inout_detached(&header.nonce(number).into(), &header.aad(), content.into())
            .map_err(|_| SealError::Malformed)?;
        out.extend(mic);
        Ok(out)
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealer(key {} hidden, {} used)", self.key_id, self.packet_number)
    }
}

/// A key to receive with.
pub struct Opener {
    cipher: Cipher,
    key_id: u8,
    /// The last packet number for each traffic identifier, and behind them that of management frames. Frames without QoS
    /// count as traffic identifier 0.
    last: [u64; TRAFFIC_IDS + 1],
}

/// How many traffic identifiers there are.
const TRAFFIC_IDS: usize = 16;

impl Opener {
    /// For frames from one station: key 0.
    pub fn new(key: &TemporalKey) -> Opener {
        Opener { cipher: Cipher::new(key.expose()), key_id: 0, last: [0; _] }
    }

    /// For frames to a group, of which only packet numbers after that of the key are accepted. `None` when the key has
    /// not 16 octets, or an identifier that is not 1 to 3.
    pub fn for_group(key: &GroupKey) -> Option<Opener> {
        let octets = group_octets(key)?;
        Some(Opener { cipher: Cipher::new(octets), key_id: key.id, last: [key.packet_number; _] })
    }

    /// Decrypts a whole frame, and clears [`Flags::PROTECTED`].
    ///
    /// # Errors
    /// [`OpenError`]; nothing has changed then.
    pub fn open(&mut self, frame: &[u8]) -> Result<Vec<u8>, OpenError> {
        let header = Header::read(frame).ok_or(OpenError::Malformed)?;
        if !header.is_protected() {
            return Err(OpenError::NotProtected);
        }
        let (plain_header, rest) = frame.split_at(header.length);
        let (&[p0, p1, _, marks, p2, p3, p4, p5], rest) =
            rest.split_first_chunk::<CCMP_HEADER>().ok_or(OpenError::Malformed)?;
        let (content, mic) = rest.split_last_chunk::<MIC>().ok_or(OpenError::Malformed)?;
        if marks & EXTENDED == 0 {
            return Err(OpenError::Malformed);
        }
        if marks >> 6 != self.key_id {
            return Err(OpenError::OtherKey(marks >> 6));
        }
        let number = number_of([p5, p4, p3, p2, p1, p0]);
        let last = &mut self.last[header.counter()];
        if number <= *last {
            return Err(OpenError::Replayed);
        }
        let mut out = Vec::with_capacity(frame.len());
        out.extend_from_slice(plain_header);
        out.extend_from_slice(content);
        let (_, content) = out.split_at_mut(header.length);
        self.cipher
            .0
            .decrypt_inout_detached(
                &header.nonce(number).into(),
                &header.aad(),
                content.into(),
                &(*mic).into(),
            )
            .map_err(|_| OpenError::WrongMic)?;
        *last = number;
        set_protected(&mut out, false);
        Ok(out)
    }
}

impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Opener(key {} hidden)", self.key_id)
    }
}

/// The identifier of the key that a protected frame was made with, 0 to 3; `None` when it is not a protected frame.
pub fn key_id(frame: &[u8]) -> Option<u8> {
    let header = Header::read(frame).filter(Header::is_protected)?;
    frame.get(header.length + KEY_ID_AT).map(|marks| marks >> 6)
}

/// AES-128 in CCM with an integrity code of eight octets and a length field of two. It wipes its key when dropped.
struct Cipher(Ccm<Aes128, U8, U13>);

impl Cipher {
    fn new(key: &[u8; 16]) -> Cipher {
        Cipher(Ccm::new(key.into()))
    }
}

/// The octets of a key for data to a group.
fn group_octets(key: &GroupKey) -> Option<&[u8; 16]> {
    matches!(key.id, 1..=3).then(|| key.key.expose().try_into().ok()).flatten()
}

fn next(packet_number: u64) -> Result<u64, SealError> {
    if packet_number < MAX_PACKET_NUMBER { Ok(packet_number + 1) } else { Err(SealError::Exhausted) }
}

/// Six octets, the most significant first.
fn number_octets(number: u64) -> [u8; 6] {
    let [_, _, octets @ ..] = number.to_be_bytes();
    octets
}

/// From six octets, the most significant first.
fn number_of([p5, p4, p3, p2, p1, p0]: [u8; 6]) -> u64 {
    u64::from_be_bytes([0, 0, p5, p4, p3, p2, p1, p0])
}

fn set_protected(frame: &mut [u8], protected: bool) {
    if let Some([first, second]) = frame.first_chunk_mut::<2>() {
        let control = FrameControl(u16::from_le_bytes([*first, *second]));
        let flags = control.flags();
        let flags = if protected { flags.with(Flags::PROTECTED) } else { flags.without(Flags::PROTECTED) };
        [*first, *second] = FrameControl::new(control.kind(), control.subtype(), flags).0.to_le_bytes();
    }
}

#[cfg(test)]
mod tests;
