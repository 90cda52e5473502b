//! Addresses, identifiers and nonces.

use crate::attribute::{AttributeValue, ValueError, array};
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;
use sha1::{Digest, Sha1};

/// A MAC address, six octets.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MacAddr(pub [u8; 6]);

impl MacAddr {
    /// ff:ff:ff:ff:ff:ff, everybody.
    pub const BROADCAST: MacAddr = MacAddr([0xff; 6]);
}

impl fmt::Display for MacAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

impl fmt::Debug for MacAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for MacAddr {
    type Err = ParseAddressError;

    fn from_str(text: &str) -> Result<Self, ParseAddressError> {
        let mut octets = [0; 6];
        let mut parts = text.split([':', '-']);
        for octet in &mut octets {
            let part = parts.next().filter(|p| p.len() == 2 && p.bytes().all(|b| b.is_ascii_hexdigit()));
            *octet = part.and_then(|p| u8::from_str_radix(p, 16).ok()).ok_or(ParseAddressError)?;
        }
        if parts.next().is_some() { Err(ParseAddressError) } else { Ok(MacAddr(octets)) }
    }
}

/// A text is not an address (or a UUID) of the expected form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseAddressError;

impl fmt::Display for ParseAddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not of the form 02:00:00:00:00:01, or (a UUID) 00000000-0000-0000-0000-000000000000")
    }
}

impl core::error::Error for ParseAddressError {}

/// A UUID, 16 octets, most significant first: the identity of a device (UUID-E, UUID-R).
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uuid(pub [u8; 16]);

impl Uuid {
    /// The UUID of a device that has nothing but its MAC address: a name-based UUID (RFC 9562, version 5) of the
    /// address under the name space 526480f8-c99b-4be5-a655-58ed5f5d6084 (observed: hostapd, wpa_supplicant, iwd).
    pub fn from_mac(mac: MacAddr) -> Uuid {
        const NAME_SPACE: [u8; 16] =
            [0x52, 0x64, 0x80, 0xf8, 0xc9, 0x9b, 0x4b, 0xe5, 0xa6, 0x55, 0x58, 0xed, 0x5f, 0x5d, 0x60, 0x84];
        let hash = Sha1::new().chain_update(NAME_SPACE).chain_update(mac.0).finalize();
        let mut octets = [0; 16];
        octets.copy_from_slice(&hash[..16]);
        octets[6] = octets[6] & 0x0f | 0x50;
        octets[8] = octets[8] & 0x3f | 0x80;
        Uuid(octets)
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, octet) in self.0.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{octet:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Uuid {
    type Err = ParseAddressError;

    fn from_str(text: &str) -> Result<Self, ParseAddressError> {
        let mut octets = [0; 16];
        let mut digits = text.bytes().filter(|&b| b != b'-').map(|b| char::from(b).to_digit(16));
        for octet in &mut octets {
            let (Some(Some(high)), Some(Some(low))) = (digits.next(), digits.next()) else {
                return Err(ParseAddressError);
            };
            *octet = (high << 4 | low) as u8;
        }
        if digits.next().is_some() { Err(ParseAddressError) } else { Ok(Uuid(octets)) }
    }
}

/// The nonce of the enrollee (N1) or of the registrar (N2), 16 octets. It names the registration; it is not secret.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Nonce(pub [u8; 16]);

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonce(")?;
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))?;
        f.write_str(")")
    }
}

/// The version attribute, one octet, the major version in the upper half. Always 0x10 on the wire, also in
/// version 2.0, which announces itself in the WFA vendor extension.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u8);

impl Version {
    /// 1.0, as it stands in the Version attribute of every message.
    pub const V1_0: Version = Version(0x10);
    /// 2.0, as it stands in Version2.
    pub const V2_0: Version = Version(0x20);
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0 >> 4, self.0 & 15)
    }
}

macro_rules! array_value {
    ($($name:ty),*) => { $(
        impl AttributeValue for $name {
            fn parse(value: &[u8]) -> Result<Self, ValueError> {
                array(value).map(Self)
            }
            fn write(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.0);
            }
        }
    )* };
}

array_value!(MacAddr, Uuid, Nonce);

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn uuid_from_a_mac_address() {
        let mac: MacAddr = "a0:a8:cd:1c:7e:c9".parse().unwrap();
        assert_eq!(Uuid::from_mac(mac).to_string(), "790c1f80-4f2b-52b7-be30-c0e97292088d");
        assert_eq!("790c1f80-4f2b-52b7-be30-c0e97292088d".parse(), Ok(Uuid::from_mac(mac)));
    }

    #[test]
    fn addresses_that_are_none() {
        for text in ["", "a0:a8:cd:1c:7e", "a0:a8:cd:1c:7e:c9:00", "a0:a8:cd:1c:7e:g9", "+1:a8:cd:1c:7e:c9"] {
            assert_eq!(text.parse::<MacAddr>(), Err(ParseAddressError), "{text}");
            assert_eq!(text.parse::<Uuid>(), Err(ParseAddressError), "{text}");
        }
    }
}
