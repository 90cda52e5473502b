//! EAP packets (RFC 3748 §4).
//!
//! All numbers are big-endian. Octets behind the packet's own length are padding of the link below
//! (Ethernet pads short frames) and are ignored; a packet shorter than its own length is refused.

use alloc::vec::Vec;
use core::fmt;

use crate::method::{EXPANDED_LEN, MethodId, TYPE_EXPANDED};
use crate::wire::{Reader, TooLong, Truncated, length_field};

/// The length of code, identifier and length: the header of every packet.
pub const HEADER_LEN: usize = 4;

const REQUEST: u8 = 1;
const RESPONSE: u8 = 2;
const SUCCESS: u8 = 3;
const FAILURE: u8 = 4;

/// An EAP packet. It borrows what it carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packet<'a> {
    /// From the authenticator; every one is answered by one [`Packet::Response`].
    Request {
        /// Tells a new request from a repeated one.
        identifier: u8,
        /// What is asked.
        body: Body<'a>,
    },
    /// From the peer.
    Response {
        /// The identifier of the request that this answers.
        identifier: u8,
        /// The answer.
        body: Body<'a>,
    },
    /// The authenticator's last word of a method that succeeded. EAP-WSC never ends this way.
    Success {
        /// The identifier of the response that this answers.
        identifier: u8,
    },
    /// The authenticator's last word otherwise, and of every EAP-WSC registration.
    Failure {
        /// The identifier of the response that this answers.
        identifier: u8,
    },
    /// A code that RFC 3748 does not define (5 and 6 are those of RFC 6696; observed in the field: 10).
    Other {
        /// The code.
        code: u8,
        /// The identifier.
        identifier: u8,
        /// What follows the header.
        data: &'a [u8],
    },
}

impl<'a> Packet<'a> {
    /// Parses the packet at the start of `bytes`.
    ///
    /// # Errors
    /// [`PacketError`] when the packet is cut short or its length field is too small for its code.
    pub fn parse(bytes: &'a [u8]) -> Result<Packet<'a>, PacketError> {
        let [code, identifier, l0, l1] = Reader::new(bytes).array("EAP header")?;
        let length = u16::from_be_bytes([l0, l1]);
        let least = match code {
            REQUEST | RESPONSE => HEADER_LEN + 1,
            _ => HEADER_LEN,
        };
        if usize::from(length) < least {
            return Err(PacketError::LengthField { length, least });
        }
        let packet = Reader::new(bytes).take(usize::from(length), "EAP packet")?;
        let mut reader = Reader::new(packet);
        let _header: [u8; HEADER_LEN] = reader.array("EAP header")?;
        Ok(match code {
            REQUEST => Packet::Request { identifier, body: Body::parse(reader)? },
            RESPONSE => Packet::Response { identifier, body: Body::parse(reader)? },
            SUCCESS => Packet::Success { identifier },
            FAILURE => Packet::Failure { identifier },
            _ => Packet::Other { code, identifier, data: reader.rest() },
        })
    }

    /// The octets of the packet.
    ///
    /// # Errors
    /// [`TooLong`] when the packet would take more than 65 535 octets.
    pub fn encode(&self) -> Result<Vec<u8>, TooLong> {
        let (code, identifier, rest) = match *self {
            Packet::Request { identifier, body } => (REQUEST, identifier, body.encode()),
            Packet::Response { identifier, body } => (RESPONSE, identifier, body.encode()),
            Packet::Success { identifier } => (SUCCESS, identifier, Vec::new()),
            Packet::Failure { identifier } => (FAILURE, identifier, Vec::new()),
            Packet::Other { code, identifier, data } => (code, identifier, data.to_vec()),
        };
        let length = length_field(HEADER_LEN + rest.len())?;
        let mut bytes = Vec::with_capacity(HEADER_LEN + rest.len());
        bytes.extend([code, identifier]);
        bytes.extend(length.to_be_bytes());
        bytes.extend(rest);
        Ok(bytes)
    }

    /// The identifier, which every packet has.
    pub const fn identifier(&self) -> u8 {
        match *self {
            Packet::Request { identifier, .. }
            | Packet::Response { identifier, .. }
            | Packet::Success { identifier }
            | Packet::Failure { identifier }
            | Packet::Other { identifier, .. } => identifier,
        }
    }
}

/// What a request or a response says: a method and the method's data.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Body<'a> {
    method: MethodId,
    expanded: bool,
    data: &'a [u8],
}

impl<'a> Body<'a> {
    /// A body for `method`, its type spelled in one octet where it has such a spelling.
    pub const fn new(method: MethodId, data: &'a [u8]) -> Body<'a> {
        Body { method, expanded: method.legacy().is_none(), data }
    }

    /// A body for `method`, its type spelled in eight octets.
    pub const fn expanded(method: MethodId, data: &'a [u8]) -> Body<'a> {
        Body { method, expanded: true, data }
    }

    /// The method.
    pub const fn method(&self) -> MethodId {
        self.method
    }

    /// Whether the type is spelled in eight octets (RFC 3748 §5.7).
    pub const fn is_expanded(&self) -> bool {
        self.expanded
    }

    /// What follows the type.
    pub const fn data(&self) -> &'a [u8] {
        self.data
    }

    /// The data of a Nak that refuses this request and asks for `wanted` instead, and the body that carries it.
    ///
    /// A request with an expanded type is refused with an expanded Nak, every other one with a legacy
    /// Nak, where 254 stands for any expanded type (RFC 3748 §5.3).
    pub fn refusal(&self, wanted: MethodId) -> Refusal {
        let data = match (self.expanded, wanted.legacy()) {
            (true, _) => wanted.to_expanded().to_vec(),
            (false, Some(number)) => [number].to_vec(),
            (false, None) => [TYPE_EXPANDED].to_vec(),
        };
        Refusal { expanded: self.expanded, data }
    }

    /// The methods a Nak asks for instead; nothing if this is no Nak.
    ///
    /// [`MethodId::NONE`] means that there is no alternative. In a legacy Nak `EAP type 254` stands
    /// for any expanded type.
    pub fn alternatives(&self) -> impl Iterator<Item = MethodId> + 'a {
        let data = if self.method == MethodId::NAK { self.data } else { &[] };
        let (long, short) = if self.expanded { (data, &[][..]) } else { (&[][..], data) };
        let long = long.chunks_exact(EXPANDED_LEN).filter_map(|entry| match entry {
            [TYPE_EXPANDED, id @ ..] => id.first_chunk().map(|id| MethodId::from_expanded(*id)),
            _ => None,
        });
        long.chain(short.iter().map(|number| MethodId::ietf(*number)))
    }

    fn parse(mut reader: Reader<'a>) -> Result<Body<'a>, Truncated> {
        let [kind] = reader.array("EAP type")?;
        if kind == TYPE_EXPANDED {
            let method = MethodId::from_expanded(reader.array("expanded EAP type")?);
            Ok(Body { method, expanded: true, data: reader.rest() })
        } else {
            Ok(Body { method: MethodId::ietf(kind), expanded: false, data: reader.rest() })
        }
    }

    /// How many octets the type and the data take.
    pub(crate) const fn encoded_len(&self) -> usize {
        let kind = if self.expanded || self.method.legacy().is_none() { EXPANDED_LEN } else { 1 };
        kind + self.data.len()
    }

    fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.encoded_len());
        match self.method.legacy() {
            Some(number) if !self.expanded => bytes.push(number),
            _ => bytes.extend(self.method.to_expanded()),
        }
        bytes.extend(self.data);
        bytes
    }
}

impl fmt::Debug for Body<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let spelling = if self.expanded { " (expanded)" } else { "" };
        write!(f, "{}{spelling}, {} octets of data", self.method, self.data.len())
    }
}

/// A Nak, made by [`Body::refusal`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    expanded: bool,
    data: Vec<u8>,
}

impl Refusal {
    /// The body of the response.
    pub fn body(&self) -> Body<'_> {
        Body { method: MethodId::NAK, expanded: self.expanded, data: &self.data }
    }
}

/// Why octets are no EAP packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PacketError {
    /// The packet is cut short.
    Truncated(Truncated),
    /// The packet's own length field is smaller than what its code needs.
    LengthField {
        /// The field.
        length: u16,
        /// The least that a packet of this code needs.
        least: usize,
    },
}

impl From<Truncated> for PacketError {
    fn from(error: Truncated) -> PacketError {
        PacketError::Truncated(error)
    }
}

impl fmt::Display for PacketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PacketError::Truncated(error) => error.fmt(f),
            PacketError::LengthField { length, least } => {
                write!(f, "the EAP length field says {length}, but such a packet has at least {least} octets")
            }
        }
    }
}

impl core::error::Error for PacketError {}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use proptest::prelude::*;

    const IDENTITY: &[u8] = &[1, 7, 0, 5, 1];

    fn request(body: Body<'_>) -> Packet<'_> {
        Packet::Request { identifier: 7, body }
    }

    #[test]
    fn octets_and_packets() {
        let response = |body| Packet::Response { identifier: 9, body };
        for (bytes, packet) in [
            (IDENTITY.to_vec(), request(Body::new(MethodId::IDENTITY, b""))),
            (vec![2, 9, 0, 7, 1, b'a', b'b'], response(Body::new(MethodId::IDENTITY, b"ab"))),
            (
                vec![2, 9, 0, 14, 0xfe, 0, 0x37, 0x2a, 0, 0, 0, 1, 4, 0],
                response(Body::new(MethodId::WSC, &[4, 0])),
            ),
            (vec![1, 7, 0, 12, 0xfe, 0, 0, 0, 0, 0, 0, 13], request(Body::expanded(MethodId::ietf(13), b""))),
            (vec![3, 1, 0, 4], Packet::Success { identifier: 1 }),
            (vec![4, 2, 0, 4], Packet::Failure { identifier: 2 }),
            (vec![10, 2, 0, 5, 8], Packet::Other { code: 10, identifier: 2, data: &[8] }),
        ] {
            assert_eq!(Packet::parse(&bytes), Ok(packet));
            assert_eq!(packet.encode(), Ok(bytes.clone()));
            let padded = [bytes.clone(), vec![0; 40]].concat();
            assert_eq!(Packet::parse(&padded), Ok(packet), "padding is ignored");
            for length in 0..bytes.len() {
                let error = Packet::parse(&bytes[..length]).unwrap_err();
                assert!(matches!(error, PacketError::Truncated(_)), "{error}");
            }
        }
    }

    #[test]
    fn refused_octets() {
        let cut = |what, offset, needed, available| {
            PacketError::Truncated(Truncated { what, offset, needed, available })
        };
        for (bytes, error) in [
            (&[][..], cut("EAP header", 0, 4, 0)),
            (&[1, 7, 0], cut("EAP header", 0, 4, 3)),
            (&[1, 7, 0, 6, 1], cut("EAP packet", 0, 6, 5)),
            (&[1, 7, 0, 6, 0xfe, 0], cut("expanded EAP type", 5, 7, 1)),
            (&[1, 7, 0, 4, 1], PacketError::LengthField { length: 4, least: 5 }),
            (&[4, 7, 0, 3], PacketError::LengthField { length: 3, least: 4 }),
        ] {
            assert_eq!(Packet::parse(bytes), Err(error), "{bytes:02x?}");
        }
    }

    #[test]
    fn a_packet_has_at_most_65535_octets() {
        let data = vec![0; 65_535 - HEADER_LEN - 1];
        assert!(request(Body::new(MethodId::IDENTITY, &data)).encode().is_ok());
        let error = request(Body::expanded(MethodId::IDENTITY, &data)).encode();
        assert_eq!(error, Err(TooLong { length: 65_542, limit: 65_535 }));
    }

    #[test]
    fn refusals_come_in_the_spelling_of_the_request() {
        let tls = MethodId::ietf(13);
        for (request, wanted, expanded, data) in [
            (Body::new(tls, b""), MethodId::WSC, false, vec![254]),
            (Body::new(tls, b""), MethodId::NONE, false, vec![0]),
            (Body::expanded(tls, b""), MethodId::WSC, true, vec![0xfe, 0, 0x37, 0x2a, 0, 0, 0, 1]),
            (Body::new(MethodId::expanded(9, 1), b""), MethodId::NONE, true, vec![0xfe, 0, 0, 0, 0, 0, 0, 0]),
        ] {
            let refusal = request.refusal(wanted);
            let body = refusal.body();
            assert_eq!(
                (body.method(), body.is_expanded(), body.data()),
                (MethodId::NAK, expanded, &data[..])
            );
        }
    }

    #[test]
    fn a_nak_lists_alternatives() {
        let list = [MethodId::WSC.to_expanded(), MethodId::ietf(13).to_expanded()].concat();
        let cut_short = &list[..list.len() - 1];
        for (body, expected) in [
            (Body::new(MethodId::NAK, &[13, 254]), vec![MethodId::ietf(13), MethodId::ietf(254)]),
            (Body::expanded(MethodId::NAK, &list), vec![MethodId::WSC, MethodId::ietf(13)]),
            (Body::expanded(MethodId::NAK, cut_short), vec![MethodId::WSC]),
            (Body::new(MethodId::IDENTITY, &[13]), vec![]),
        ] {
            assert_eq!(body.alternatives().collect::<Vec<_>>(), expected, "{body:?}");
        }
    }
    proptest! {
        #[test]
        fn encode_then_parse_is_the_identity(
            code in any::<u8>(),
            identifier in any::<u8>(),
            vendor in prop_oneof![Just(0), any::<u32>()],
            number in prop_oneof![0u32..300, any::<u32>()],
            expanded in any::<bool>(),
            data in prop::collection::vec(any::<u8>(), 0..300),
        ) {
            let method = MethodId::expanded(vendor, number);
            let body = if expanded { Body::expanded(method, &data) } else { Body::new(method, &data) };
            let packet = match code {
                REQUEST => Packet::Request { identifier, body },
                RESPONSE => Packet::Response { identifier, body },
                SUCCESS => Packet::Success { identifier },
                FAILURE => Packet::Failure { identifier },
                _ => Packet::Other { code, identifier, data: &data },
            };
            let bytes = packet.encode().unwrap();
            prop_assert_eq!(Packet::parse(&bytes), Ok(packet));
            prop_assert_eq!(packet.identifier(), identifier);
            let request = Packet::Request { identifier, body };
            let bytes = request.encode().unwrap();
            prop_assert_eq!(bytes.len(), HEADER_LEN + body.encoded_len());
            prop_assert_eq!(Packet::parse(&bytes), Ok(request));
        }

        #[test]
        fn what_parses_encodes_to_the_same_octets(
            code in 1u8..6,
            rest in prop::collection::vec(any::<u8>(), 0..40),
            cut in 0usize..48,
        ) {
            let length = (rest.len() + HEADER_LEN) as u16;
            let bytes = [&[code, 7][..], &length.to_be_bytes(), &rest].concat();
            let bytes = &bytes[..bytes.len().min(cut)];
            if let Ok(packet) = Packet::parse(bytes)
                && !matches!(packet, Packet::Success { .. } | Packet::Failure { .. })
            {
                prop_assert_eq!(packet.encode().unwrap(), bytes);
            }
        }

        #[test]
        fn no_octets_are_too_much(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            if let Ok(Packet::Request { body, .. } | Packet::Response { body, .. }) = Packet::parse(&bytes) {
                let _ = body.alternatives().count();
            }
        }
    }
}
