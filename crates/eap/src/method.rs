//! EAP methods by number: the 8-bit types of RFC 3748 and the expanded ones in one space.

use core::fmt;

/// The WFA's vendor number (an SMI enterprise code of three octets), `00:37:2a`.
pub const VENDOR_WFA: u32 = 0x00_372a;

/// The length of an expanded type on the wire: the octet 254, the vendor (3 octets), the method (4 octets).
pub(crate) const EXPANDED_LEN: usize = 8;

/// The octet that announces an expanded type (RFC 3748 §5.7).
pub(crate) const TYPE_EXPANDED: u8 = 254;

/// Which EAP method a packet speaks of.
///
/// An 8-bit type and the expanded type with vendor 0 and the same number mean the same method
/// (RFC 3748 §5.7), and so they are the same value here.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MethodId {
    vendor: u32,
    number: u32,
}

impl MethodId {
    /// "No method", in a Nak: there is no alternative (RFC 3748 §5.3).
    pub const NONE: MethodId = MethodId::ietf(0);
    /// Identity (RFC 3748 §5.1).
    pub const IDENTITY: MethodId = MethodId::ietf(1);
    /// Notification (RFC 3748 §5.2).
    pub const NOTIFICATION: MethodId = MethodId::ietf(2);
    /// Nak, responses only (RFC 3748 §5.3).
    pub const NAK: MethodId = MethodId::ietf(3);
    /// EAP-WSC: Wi-Fi Simple Configuration, vendor `00:37:2a`, method 1.
    pub const WSC: MethodId = MethodId { vendor: VENDOR_WFA, number: 1 };

    /// A method of the IETF's own list, 0 to 255.
    pub const fn ietf(number: u8) -> MethodId {
        MethodId { vendor: 0, number: number as u32 }
    }

    /// A vendor's method. Of `vendor` only the low 24 bits count: the field has three octets.
    pub const fn expanded(vendor: u32, number: u32) -> MethodId {
        MethodId { vendor: vendor & 0x00ff_ffff, number }
    }

    /// The vendor, 24 bits; 0 for the IETF.
    pub const fn vendor(self) -> u32 {
        self.vendor
    }

    /// The number of the method within its vendor's list.
    pub const fn number(self) -> u32 {
        self.number
    }

    /// The 8-bit type of this method, if it has one. 254 is no method and has none.
    pub const fn legacy(self) -> Option<u8> {
        if self.vendor == 0 && self.number <= u8::MAX as u32 && self.number != TYPE_EXPANDED as u32 {
            Some(self.number as u8)
        } else {
            None
        }
    }

    /// The expanded type on the wire, most significant octet first.
    pub const fn to_expanded(self) -> [u8; EXPANDED_LEN] {
        let ([_, v0, v1, v2], [n0, n1, n2, n3]) = (self.vendor.to_be_bytes(), self.number.to_be_bytes());
        [TYPE_EXPANDED, v0, v1, v2, n0, n1, n2, n3]
    }

    /// The method of an expanded type's last seven octets: vendor and number.
    pub(crate) const fn from_expanded([v0, v1, v2, n0, n1, n2, n3]: [u8; EXPANDED_LEN - 1]) -> MethodId {
        MethodId { vendor: u32::from_be_bytes([0, v0, v1, v2]), number: u32::from_be_bytes([n0, n1, n2, n3]) }
    }

    /// The name of the method, for the few that one meets on a port where WSC is expected.
    pub const fn name(self) -> Option<&'static str> {
        Some(match (self.vendor, self.number) {
            (0, 0) => "none",
            (0, 1) => "Identity",
            (0, 2) => "Notification",
            (0, 3) => "Nak",
            (0, 4) => "EAP-MD5",
            (0, 6) => "EAP-GTC",
            (0, 13) => "EAP-TLS",
            (0, 21) => "EAP-TTLS",
            (0, 25) => "PEAP",
            (0, 43) => "EAP-FAST",
            (0, 52) => "EAP-pwd",
            (VENDOR_WFA, 1) => "EAP-WSC",
            _ => return None,
        })
    }
}

/// `EAP-TLS`, `EAP type 99`, `EAP method 7 of vendor 000009`.
impl fmt::Display for MethodId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.name(), self.vendor) {
            (Some(name), _) => f.write_str(name),
            (None, 0) => write!(f, "EAP type {}", self.number),
            (None, vendor) => write!(f, "EAP method {} of vendor {vendor:06x}", self.number),
        }
    }
}

impl fmt::Debug for MethodId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MethodId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn both_spellings_are_one_method() {
        assert_eq!(MethodId::expanded(0, 13), MethodId::ietf(13));
        assert_eq!(MethodId::expanded(0xff00_372a, 1), MethodId::WSC);
    }

    #[test]
    fn the_expanded_type_of_wsc() {
        let wire = [0xfe, 0x00, 0x37, 0x2a, 0x00, 0x00, 0x00, 0x01];
        assert_eq!(MethodId::WSC.to_expanded(), wire);
        let [_, rest @ ..] = wire;
        assert_eq!(MethodId::from_expanded(rest), MethodId::WSC);
    }

    #[test]
    fn only_small_ietf_numbers_have_a_legacy_type() {
        for (method, legacy) in [
            (MethodId::IDENTITY, Some(1)),
            (MethodId::ietf(253), Some(253)),
            (MethodId::ietf(254), None),
            (MethodId::ietf(255), Some(255)),
            (MethodId::expanded(0, 256), None),
            (MethodId::WSC, None),
        ] {
            assert_eq!(method.legacy(), legacy, "{method}");
        }
    }

    #[test]
    fn names() {
        for (method, text) in [
            (MethodId::ietf(13), "EAP-TLS"),
            (MethodId::ietf(99), "EAP type 99"),
            (MethodId::expanded(9, 7), "EAP method 7 of vendor 000009"),
            (MethodId::WSC, "EAP-WSC"),
        ] {
            assert_eq!(method.to_string(), text);
        }
    }
}
