//! Keys. Requests with a key in them are wiped when they are dropped.

use super::Request;
use crate::netlink::{ACK, REQUEST, TooLong, Writer};
use crate::number::{attribute, command};
use alloc::vec::Vec;
use core::fmt;
use keyway_wsc::MacAddr;
use zeroize::Zeroizing;

/// A key to be installed.
#[derive(Clone, Copy)]
pub struct Key<'a> {
    /// The interface's number.
    pub interface: u32,
    /// The station with which it is shared; `None` for a group's key.
    pub station: Option<MacAddr>,
    /// Its identifier: 0 for one station's, 1 to 3 for data to the group, 4 and 5 for management frames to the group.
    pub index: u8,
    /// The cipher suite, such as `0x000fac04` for CCMP.
    pub cipher: u32,
    /// The key, 16 octets for CCMP-128 and BIP-CMAC-128. Secret.
    pub key: &'a [u8],
    /// The packet number of the last frame that was encrypted with it, for a group's key that came by a handshake.
    pub packet_number: Option<u64>,
}

/// Without the key.
impl fmt::Debug for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("interface", &self.interface)
            .field("station", &self.station)
            .field("index", &self.index)
            .field("cipher", &self.cipher)
            .field("packet_number", &self.packet_number)
            .finish_non_exhaustive()
    }
}

/// Install a key.
///
/// # Errors
/// [`TooLong`].
pub fn new_key(family: u16, sequence: u32, key: &Key<'_>) -> Result<Zeroizing<Vec<u8>>, TooLong> {
    let mut writer = Writer::new(family, REQUEST | ACK, sequence, command::NEW_KEY, 0);
    writer.u32(attribute::IFINDEX, key.interface);
    if let Some(station) = key.station {
        writer.put(attribute::MAC, &station.0);
    }
    writer.nest(attribute::KEY, |inner| {
        inner.put(KEY_DATA, key.key).u32(KEY_CIPHER, key.cipher).put(KEY_IDX, &[key.index]);
        if let Some(number) = key.packet_number {
            // Six octets, the lowest first, for CCMP and BIP (`NL80211_ATTR_KEY_SEQ`).
            inner.put(KEY_SEQ, &number.to_le_bytes()[..6]);
        }
        inner.u32(KEY_TYPE, if key.station.is_some() { PAIRWISE } else { GROUP });
    });
    writer.finish().map(Zeroizing::new)
}

/// For which frames a group's key is used from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultKey {
    /// Data.
    Data,
    /// Management frames.
    Management,
}

/// Send to the group with the key of this identifier from now on.
///
/// # Errors
/// [`TooLong`].
pub fn default_key(family: u16, sequence: u32, interface: u32, index: u8, kind: DefaultKey) -> Request {
    let mut writer = Writer::new(family, REQUEST | ACK, sequence, command::SET_KEY, 0);
    writer.u32(attribute::IFINDEX, interface).nest(attribute::KEY, |inner| {
        inner.put(KEY_IDX, &[index]);
        match kind {
            DefaultKey::Data => inner.flag(KEY_DEFAULT),
            DefaultKey::Management => inner.flag(KEY_DEFAULT_MGMT),
        };
        inner.nest(KEY_DEFAULT_TYPES, |types| {
            types.flag(MULTICAST);
        });
    });
    writer.finish()
}

/// How far the packet numbers of a group's key have come; [`KeySequence`](crate::answer::KeySequence) reads the answer.
///
/// # Errors
/// [`TooLong`].
pub fn group_sequence(family: u16, sequence: u32, interface: u32, index: u8) -> Request {
    let mut writer = Writer::new(family, REQUEST, sequence, command::GET_KEY, 0);
    writer.u32(attribute::IFINDEX, interface).put(ATTR_KEY_IDX, &[index]);
    writer.finish()
}

/// `NL80211_KEY_…`.
const KEY_DATA: u16 = 1;
const KEY_IDX: u16 = 2;
const KEY_CIPHER: u16 = 3;
const KEY_SEQ: u16 = 4;
const KEY_DEFAULT: u16 = 5;
const KEY_DEFAULT_MGMT: u16 = 6;
const KEY_TYPE: u16 = 7;
const KEY_DEFAULT_TYPES: u16 = 8;
/// `NL80211_KEYTYPE_GROUP`, `NL80211_KEYTYPE_PAIRWISE`.
const GROUP: u32 = 0;
const PAIRWISE: u32 = 1;
/// `NL80211_KEY_DEFAULT_TYPE_MULTICAST`.
const MULTICAST: u16 = 2;
/// `NL80211_ATTR_KEY_IDX`.
const ATTR_KEY_IDX: u16 = 8;
