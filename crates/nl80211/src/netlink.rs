//! Netlink messages and their attributes (netlink(7), `linux/netlink.h`).

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use keyway_wsc::MacAddr;

/// A question or an order to the kernel.
pub const REQUEST: u16 = 0x1;
/// One of several messages that [`Body::Done`] ends.
pub const MULTI: u16 = 0x2;
/// Asks for an acknowledgement: [`Body::Error`] with code zero.
pub const ACK: u16 = 0x4;
/// Asks for a list.
pub const DUMP: u16 = 0x300;
/// In an error: the request is not repeated beyond its header.
pub const CAPPED: u16 = 0x100;
/// In an error: attributes follow.
pub const ACK_ATTRIBUTES: u16 = 0x200;

const HEADER: usize = 16;
const ERROR: u16 = 2;
const DONE: u16 = 3;
/// The types below are netlink's own.
const FIRST_FAMILY: u16 = 16;
/// Without the flags "nested" (0x8000) and "network byte order" (0x4000).
const TYPE_MASK: u16 = 0x3fff;
const NESTED: u16 = 0x8000;

/// One netlink message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// Flags: [`MULTI`] and others.
    pub flags: u16,
    /// The number of the request that it answers; zero in an event.
    pub sequence: u32,
    /// The content.
    pub body: Body<'a>,
}

/// What a netlink message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body<'a> {
    /// A message of a family.
    Data {
        /// The family's number.
        family: u16,
        /// What follows the netlink header.
        payload: &'a [u8],
    },
    /// The request failed, or, with code zero, was carried out.
    Error(Refusal),
    /// The end of a list; not zero when the kernel had to break it off.
    Done(i32),
    /// Nothing of use, or unreadable.
    Other,
}

/// The kernel's answer to a request that it does not answer with data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// The errno, positive; zero is an acknowledgement.
    pub code: i32,
    /// The kernel's words, when extended acknowledgements were asked for (`NETLINK_EXT_ACK`).
    pub message: Option<String>,
    /// Where in the request the attribute in question is, in octets from its beginning.
    pub offset: Option<u32>,
}

/// The messages of one datagram. Ends at the first that is cut short; never panics.
#[derive(Clone, Debug)]
pub struct Messages<'a>(&'a [u8]);

impl<'a> Messages<'a> {
    /// Reads a datagram.
    pub const fn new(datagram: &'a [u8]) -> Self {
        Self(datagram)
    }
}

impl<'a> Iterator for Messages<'a> {
    type Item = Message<'a>;

    fn next(&mut self) -> Option<Message<'a>> {
        let length = u32_at(self.0, 0)? as usize;
        let payload = self.0.get(HEADER..length)?;
        let (kind, flags) = (u16_at(self.0, 4)?, u16_at(self.0, 6)?);
        let sequence = u32_at(self.0, 8)?;
        self.0 = self.0.get(align(length)..).unwrap_or_default();
        let body = match kind {
            ERROR => refusal(flags, payload).map_or(Body::Other, Body::Error),
            DONE => Body::Done(u32_at(payload, 0).unwrap_or(0).wrapping_neg() as i32),
            FIRST_FAMILY.. => Body::Data { family: kind, payload },
            _ => Body::Other,
        };
        Some(Message { flags, sequence, body })
    }
}

/// One attribute: what it is about, and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// The type, without the flags for nesting and byte order.
    pub kind: u16,
    /// The value.
    pub value: &'a [u8],
}

impl<'a> Attribute<'a> {
    /// A value of exactly one octet.
    pub fn u8(self) -> Option<u8> {
        <[u8; 1]>::try_from(self.value).ok().map(|[octet]| octet)
    }

    /// A value of exactly two octets.
    pub fn u16(self) -> Option<u16> {
        self.value.try_into().ok().map(u16::from_ne_bytes)
    }

    /// A value of exactly four octets.
    pub fn u32(self) -> Option<u32> {
        self.value.try_into().ok().map(u32::from_ne_bytes)
    }

    /// A value of exactly eight octets.
    pub fn u64(self) -> Option<u64> {
        self.value.try_into().ok().map(u64::from_ne_bytes)
    }

    /// A hardware address.
    pub fn mac(self) -> Option<MacAddr> {
        self.value.try_into().ok().map(MacAddr)
    }

    /// Text up to the first zero octet; what is not UTF-8 is replaced.
    pub fn text(self) -> String {
        let text = self.value.split(|&octet| octet == 0).next().unwrap_or_default();
        String::from_utf8_lossy(text).into_owned()
    }

    /// The attributes inside.
    pub const fn nested(self) -> Attributes<'a> {
        Attributes(self.value)
    }
}

/// The attributes of a message or inside an attribute. Ends at the first that is cut short; never panics.
#[derive(Clone, Debug)]
pub struct Attributes<'a>(&'a [u8]);

impl<'a> Attributes<'a> {
    /// Reads attributes.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Attribute<'a>;

    fn next(&mut self) -> Option<Attribute<'a>> {
        let length = usize::from(u16_at(self.0, 0)?);
        let kind = u16_at(self.0, 2)? & TYPE_MASK;
        let value = self.0.get(4..length)?;
        self.0 = self.0.get(align(length)..).unwrap_or_default();
        Some(Attribute { kind, value })
    }
}

/// A request does not fit into its fields: an attribute is longer than 65531 octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a request to the kernel is too long: an attribute has at most 65531 octets")
    }
}

impl core::error::Error for TooLong {}

/// Writes one message.
#[derive(Debug)]
pub(crate) struct Writer {
    bytes: Vec<u8>,
    is_too_long: bool,
}

impl Writer {
    pub(crate) fn new(family: u16, flags: u16, sequence: u32, command: u8, version: u8) -> Self {
        // Enough for any request with a key in it, so that the key is not left behind where a shorter buffer was.
        let mut bytes = Vec::with_capacity(256);
        bytes.extend_from_slice(&[0; 4]);
        bytes.extend_from_slice(&family.to_ne_bytes());
        bytes.extend_from_slice(&flags.to_ne_bytes());
        bytes.extend_from_slice(&sequence.to_ne_bytes());
        // The kernel knows whose socket it is: the port is zero.
        bytes.extend_from_slice(&[0, 0, 0, 0, command, version, 0, 0]);
        Self { bytes, is_too_long: false }
    }

    pub(crate) fn put(&mut self, kind: u16, value: &[u8]) -> &mut Self {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&[0; 4]);
        self.bytes.extend_from_slice(value);
        self.close(start, kind)
    }

    /// An attribute whose presence says all.
    pub(crate) fn flag(&mut self, kind: u16) -> &mut Self {
        self.put(kind, &[])
    }

    pub(crate) fn u16(&mut self, kind: u16, value: u16) -> &mut Self {
        self.put(kind, &value.to_ne_bytes())
    }

    pub(crate) fn u32(&mut self, kind: u16, value: u32) -> &mut Self {
        self.put(kind, &value.to_ne_bytes())
    }

    pub(crate) fn nest(&mut self, kind: u16, content: impl FnOnce(&mut Self)) -> &mut Self {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&[0; 4]);
        content(self);
        self.close(start, kind | NESTED)
    }

    /// Writes the head of an attribute that began here, and fills up to the next one.
    fn close(&mut self, start: usize, kind: u16) -> &mut Self {
        match u16::try_from(self.bytes.len() - start) {
            Ok(length) => {
                self.bytes[start..start + 2].copy_from_slice(&length.to_ne_bytes());
                self.bytes[start + 2..start + 4].copy_from_slice(&kind.to_ne_bytes());
            }
            Err(_) => self.is_too_long = true,
        }
        self.bytes.resize(align(self.bytes.len()), 0);
        self
    }

    pub(crate) fn finish(mut self) -> Result<Vec<u8>, TooLong> {
        let length = u32::try_from(self.bytes.len()).map_err(|_| TooLong)?;
        self.bytes[..4].copy_from_slice(&length.to_ne_bytes());
        if self.is_too_long { Err(TooLong) } else { Ok(self.bytes) }
    }
}

fn refusal(flags: u16, payload: &[u8]) -> Option<Refusal> {
    let mut refusal = Refusal { code: u32_at(payload, 0)?.wrapping_neg() as i32, ..Refusal::default() };
    if flags & ACK_ATTRIBUTES != 0 {
        // The request follows, whole unless it succeeded or the answer is capped, then the attributes.
        let request = if flags & CAPPED != 0 { HEADER } else { u32_at(payload, 4)? as usize };
        let rest = payload.get(4usize.saturating_add(align(request))..).unwrap_or_default();
        for attribute in Attributes::new(rest) {
            match attribute.kind {
                1 => refusal.message = Some(attribute.text()),
                2 => refusal.offset = attribute.u32(),
                _ => {}
            }
        }
    }
    Some(refusal)
}

const fn align(length: usize) -> usize {
    length.saturating_add(3) & !3
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().copied().map(u16::from_ne_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_ne_bytes)
}
