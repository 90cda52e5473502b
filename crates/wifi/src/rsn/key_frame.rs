//! EAPOL-Key frames: IEEE 802.11-2020, section 12.7.2. Their numbers are big-endian.

use crate::wire::{ParseError, Reader};
use alloc::vec::Vec;
use keyway_eap::eapol::{Frame, FrameType, Version};

/// Where the message integrity code stands in a whole EAPOL frame.
pub(super) const MIC: core::ops::Range<usize> = 81..97;

/// The length of everything before the key data, the EAPOL header included.
const FIXED: usize = 99;

/// The kind of descriptor, one octet.
const DESCRIPTOR_RSN: u8 = 2;

/// The key information field, two octets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct KeyInformation(pub u16);

impl KeyInformation {
    /// The handshake is about the pairwise key (the 4-way handshake), not about a group's.
    pub const PAIRWISE: KeyInformation = KeyInformation(0x0008);
    /// The key is to be installed.
    pub const INSTALL: KeyInformation = KeyInformation(0x0040);
    /// An answer is expected: the frame is the authenticator's.
    pub const ACK: KeyInformation = KeyInformation(0x0080);
    /// The message integrity code is there.
    pub const MIC: KeyInformation = KeyInformation(0x0100);
    /// The 4-way handshake is complete as far as the sender is concerned.
    pub const SECURE: KeyInformation = KeyInformation(0x0200);
    /// The sender reports an error.
    pub const ERROR: KeyInformation = KeyInformation(0x0400);
    /// The supplicant asks for a handshake.
    pub const REQUEST: KeyInformation = KeyInformation(0x0800);
    /// The key data are encrypted.
    pub const ENCRYPTED: KeyInformation = KeyInformation(0x1000);

    /// The version of the descriptor, 0 to 7: how it is authenticated and encrypted.
    pub const fn version(self) -> u8 {
        self.0 as u8 & 7
    }

    /// Whether every flag of `other` is set here.
    pub const fn contains(self, other: KeyInformation) -> bool {
        self.0 & other.0 == other.0
    }

    /// The flags of both.
    #[must_use]
    pub const fn with(self, other: KeyInformation) -> KeyInformation {
        KeyInformation(self.0 | other.0)
    }
}

/// An EAPOL-Key frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFrame {
    /// The version in the EAPOL header.
    pub version: Version,
    /// The kind of descriptor: 2 is RSN, 254 is WPA.
    pub descriptor: u8,
    /// Flags.
    pub information: KeyInformation,
    /// The length of the pairwise key, in octets.
    pub key_length: u16,
    /// Rises with every frame of the authenticator's; a supplicant repeats that of the frame it answers.
    pub replay_counter: u64,
    /// The sender's nonce.
    pub nonce: [u8; 32],
    /// An initialisation vector, zero in frames with AES key wrap.
    pub iv: [u8; 16],
    /// The packet number that the group's key has reached, least significant octet first.
    pub rsc: [u8; 8],
    /// Reserved.
    pub reserved: [u8; 8],
    /// The message integrity code.
    pub mic: [u8; 16],
    /// Elements and keys, encrypted or not.
    pub key_data: Vec<u8>,
}

impl KeyFrame {
    /// A frame of RSN with these flags and this replay counter, and otherwise zeros.
    pub fn new(information: KeyInformation, replay_counter: u64) -> KeyFrame {
        KeyFrame {
            version: Version::default(),
            descriptor: DESCRIPTOR_RSN,
            information,
            key_length: 0,
            replay_counter,
            nonce: [0; 32],
            iv: [0; 16],
            rsc: [0; 8],
            reserved: [0; 8],
            mic: [0; 16],
            key_data: Vec::new(),
        }
    }

    /// Whether the descriptor is that of RSN.
    pub const fn is_rsn(&self) -> bool {
        self.descriptor == DESCRIPTOR_RSN
    }

    /// Reads an EAPOL frame. Octets behind it, and behind the key data in it, are ignored.
    ///
    /// # Errors
    /// [`ParseError`] when it is cut short or no EAPOL-Key frame.
    pub fn parse(bytes: &[u8]) -> Result<KeyFrame, ParseError> {
        let mut header = Reader::new(bytes);
        let [version, kind, l1, l0] = header.array("EAPOL header")?;
        if FrameType(kind) != FrameType::KEY {
            return Err(ParseError::value("EAPOL type", 1, "is not EAPOL-Key"));
        }
        let body = header.take(usize::from(u16::from_be_bytes([l1, l0])), "EAPOL body")?;
        let read = |mut reader: Reader<'_>| {
            Ok(KeyFrame {
                version: Version(version),
                descriptor: reader.u8("key descriptor type")?,
                information: KeyInformation(reader.array("key information").map(u16::from_be_bytes)?),
                key_length: reader.array("key length").map(u16::from_be_bytes)?,
                replay_counter: reader.array("key replay counter").map(u64::from_be_bytes)?,
                nonce: reader.array("key nonce")?,
                iv: reader.array("key IV")?,
                rsc: reader.array("key RSC")?,
                reserved: reader.array("reserved field")?,
                mic: reader.array("key MIC")?,
                key_data: {
                    let length = reader.array("key data length").map(u16::from_be_bytes)?;
                    reader.take(usize::from(length), "key data")?.to_vec()
                },
            })
        };
        read(Reader::new(body)).map_err(|error: ParseError| error.moved(keyway_eap::eapol::HEADER_LEN))
    }

    /// The whole EAPOL frame. Of key data, 65,000 octets are taken at most.
    pub fn encode(&self) -> Vec<u8> {
        let key_data = &self.key_data[..self.key_data.len().min(65_000)];
        let mut body = Vec::with_capacity(FIXED + key_data.len());
        body.push(self.descriptor);
        body.extend(self.information.0.to_be_bytes());
        body.extend(self.key_length.to_be_bytes());
        body.extend(self.replay_counter.to_be_bytes());
        body.extend(self.nonce);
        body.extend(self.iv);
        body.extend(self.rsc);
        body.extend(self.reserved);
        body.extend(self.mic);
        body.extend((key_data.len() as u16).to_be_bytes());
        body.extend(key_data);
        Frame { version: self.version, kind: FrameType::KEY, body: &body }.encode().unwrap_or_default()
    }
}

/// The octets of an EAPOL frame without what follows it, in three parts: before, in place of and after the
/// message integrity code, with zeros for the code itself.
pub(super) fn without_mic(bytes: &[u8]) -> Option<[&[u8]; 3]> {
    let length =
        usize::from(u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?])) + keyway_eap::eapol::HEADER_LEN;
    let frame = bytes.get(..length)?;
    Some([frame.get(..MIC.start)?, &[0; 16], frame.get(MIC.end..)?])
}
