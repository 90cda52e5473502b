//! What is in the key data of EAPOL-Key frames: elements, and keys in the form of vendor-specific elements (KDEs).
//! IEEE 802.11-2020, section 12.7.2, tables 12-8 and 12-9.

use super::keys::GroupKey;
use crate::element::ElementId;
use crate::wire::{ParseError, Reader};
use alloc::vec::Vec;
use keyway_wsc::SecretBytes;
use zeroize::Zeroizing;

/// The organisation and type of a group key (GTK).
const GTK: [u8; 4] = [0x00, 0x0f, 0xac, 1];
/// The organisation and type of a group key for management frames (IGTK).
const IGTK: [u8; 4] = [0x00, 0x0f, 0xac, 9];

/// What a frame brought.
#[derive(Debug, Default)]
pub(super) struct KeyData {
    /// The whole RSN element, its header included.
    pub(super) rsn: Option<Vec<u8>>,
    /// The group's key; its packet number stands elsewhere in the frame.
    pub(super) gtk: Option<GroupKey>,
    /// The group's key for management frames.
    pub(super) igtk: Option<GroupKey>,
}

impl KeyData {
    /// Reads key data that are not encrypted (any more). What is unknown is passed over.
    pub(super) fn parse(bytes: &[u8]) -> Result<KeyData, ParseError> {
        let mut data = KeyData::default();
        let mut reader = Reader::new(bytes);
        while !reader.is_empty() {
            // Padding begins with the identifier of a vendor-specific element and goes on with zeros.
            if let [0xdd] | [0xdd, 0, ..] = reader.rest() {
                break;
            }
            let whole = reader.rest();
            let [id, length] = reader.array("element header")?;
            let content = reader.take(usize::from(length), "element content")?;
            match (ElementId(id), content) {
                (ElementId::RSN, _) if data.rsn.is_none() => {
                    data.rsn = Some(whole[..2 + content.len()].to_vec());
                }
                (ElementId::VENDOR, [k3, k2, k1, k0, rest @ ..]) => match [*k3, *k2, *k1, *k0] {
                    GTK => data.gtk = Some(read_gtk(rest)?),
                    IGTK => data.igtk = Some(read_igtk(rest)?),
                    _ => {}
                },
                _ => {}
            }
        }
        Ok(data)
    }

    /// The octets, padded for AES key wrap.
    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        // No growth: a vector that grows leaves copies behind.
        let mut out = Zeroizing::new(Vec::with_capacity(512));
        out.extend(self.rsn.iter().flatten());
        if let Some(key) = &self.gtk {
            write(&mut out, GTK, &[key.id & 3, 0], key.key.expose());
        }
        if let Some(key) = &self.igtk {
            let mut front = [0; 8];
            front[..2].copy_from_slice(&u16::from(key.id).to_le_bytes());
            front[2..].copy_from_slice(&key.packet_number.to_le_bytes()[..6]);
            write(&mut out, IGTK, &front, key.key.expose());
        }
        if out.len() % 8 != 0 || out.len() < 16 {
            out.push(0xdd);
        }
        let length = out.len().next_multiple_of(8).max(16);
        out.resize(length, 0);
        out
    }
}

fn write(out: &mut Vec<u8>, kind: [u8; 4], front: &[u8], key: &[u8]) {
    let key = &key[..key.len().min(32)];
    out.extend([ElementId::VENDOR.0, (kind.len() + front.len() + key.len()) as u8]);
    out.extend(kind);
    out.extend(front);
    out.extend(key);
}

fn read_gtk(content: &[u8]) -> Result<GroupKey, ParseError> {
    let mut reader = Reader::new(content);
    let [flags, _] = reader.array("GTK header")?;
    Ok(GroupKey { id: flags & 3, key: read_key(&reader, "GTK")?, packet_number: 0 })
}

fn read_igtk(content: &[u8]) -> Result<GroupKey, ParseError> {
    let mut reader = Reader::new(content);
    let id = reader.u16("IGTK identifier")?;
    let packet_number = packet_number(reader.array("IGTK packet number")?);
    let id = u8::try_from(id).map_err(|_| ParseError::value("IGTK identifier", 0, "is too great"))?;
    Ok(GroupKey { id, key: read_key(&reader, "IGTK")?, packet_number })
}

fn read_key(reader: &Reader<'_>, what: &'static str) -> Result<SecretBytes, ParseError> {
    match reader.rest() {
        key if matches!(key.len(), 16 | 32) => Ok(SecretBytes::new(key.to_vec())),
        _ => Err(ParseError::value(what, 0, "has neither 16 nor 32 octets")),
    }
}

/// A packet number of six octets, least significant first.
pub(crate) fn packet_number([a, b, c, d, e, f]: [u8; 6]) -> u64 {
    u64::from_le_bytes([a, b, c, d, e, f, 0, 0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(id: u8, length: usize, packet_number: u64) -> GroupKey {
        GroupKey { id, key: SecretBytes::new(alloc::vec![id; length]), packet_number }
    }

    #[test]
    fn keys_come_back_and_padding_ends_them() {
        for (rsn, length) in
            [(None, 16), (Some(alloc::vec![48, 2, 1, 0]), 16), (Some(alloc::vec![48, 0]), 32)]
        {
            let data =
                KeyData { rsn, gtk: Some(key(2, length, 0)), igtk: Some(key(5, 16, 0x0102_0304_0506)) };
            let bytes = data.encode();
            assert_eq!(bytes.len() % 8, 0);
            let again = KeyData::parse(&bytes).unwrap();
            assert_eq!((again.rsn, again.gtk, again.igtk), (data.rsn, data.gtk, data.igtk));
        }
        assert_eq!(*KeyData::default().encode(), [0xdd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn faults_are_named() {
        let faulty: &[&[u8]] = &[
            &[48, 3, 1],
            &[48],
            &[0xdd, 6, 0, 0x0f, 0xac, 1, 1, 0],
            &[0xdd, 5, 0, 0x0f, 0xac, 9, 4],
            &[0xdd, 12, 0, 0x0f, 0xac, 9, 4, 0, 0, 0, 0, 0, 0, 0],
        ];
        for bytes in faulty {
            assert!(KeyData::parse(bytes).is_err(), "{bytes:?}");
        }
        assert!(KeyData::parse(&[0xdd, 4, 9, 9, 9, 9, 7, 1, 0, 0xdd]).unwrap().rsn.is_none());
    }

    proptest! {
        #[test]
        fn no_octets_are_too_much(bytes in prop::collection::vec(any::<u8>(), 0..80), gtk in any::<bool>()) {
            let _ = KeyData::parse(&bytes);
            let kind = if gtk { GTK } else { IGTK };
            let head = [0xdd, bytes.len() as u8 + 4, kind[0], kind[1], kind[2], kind[3]];
            let _ = KeyData::parse(&[&head[..], &bytes].concat());
        }
    }
}
