//! How a device describes itself.

use super::Text;
use crate::attribute::{AttributeValue, ValueError, array};
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

/// Primary Device Type (attribute 0x1054), eight octets: a category, an OUI with its type octet, and a
/// sub-category. WSC specification, section 12, "Primary Device Type".
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeviceType {
    /// The category, such as 3 for printers.
    pub category: u16,
    /// Whose sub-categories they are: the OUI and its type octet, 00:50:f2:04 for the specification's own.
    pub oui: [u8; 4],
    /// The sub-category.
    pub subcategory: u16,
}

impl DeviceType {
    /// A computer (PC).
    pub const COMPUTER: DeviceType = DeviceType::standard(1, 1);
    /// A printer (or print server).
    pub const PRINTER: DeviceType = DeviceType::standard(3, 1);
    /// An access point.
    pub const ACCESS_POINT: DeviceType = DeviceType::standard(6, 1);
    /// A router.
    pub const ROUTER: DeviceType = DeviceType::standard(6, 2);

    /// A type from the specification's own list.
    pub const fn standard(category: u16, subcategory: u16) -> DeviceType {
        DeviceType { category, oui: [0x00, 0x50, 0xf2, 0x04], subcategory }
    }

    /// The category's name, in plain words, when it is one of the specification's own.
    pub fn category_name(&self) -> Option<&'static str> {
        const NAMES: [&str; 12] = [
            "computer",
            "input device",
            "printer or scanner",
            "camera",
            "storage",
            "network device",
            "display",
            "multimedia device",
            "gaming device",
            "telephone",
            "audio device",
            "docking device",
        ];
        if self.oui != DeviceType::PRINTER.oui {
            return None;
        }
        usize::from(self.category).checked_sub(1).and_then(|index| NAMES.get(index).copied())
    }
}

impl fmt::Display for DeviceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:08X}-{}", self.category, u32::from_be_bytes(self.oui), self.subcategory)
    }
}

impl fmt::Debug for DeviceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for DeviceType {
    type Err = ValueError;

    /// Reads the form `3-0050F204-1`.
    fn from_str(text: &str) -> Result<Self, ValueError> {
        let parse = || {
            let (category, rest) = text.split_once('-')?;
            let (oui, subcategory) = rest.split_once('-')?;
            Some(DeviceType {
                category: category.parse().ok()?,
                oui: u32::from_str_radix(oui, 16).ok().filter(|_| oui.len() == 8)?.to_be_bytes(),
                subcategory: subcategory.parse().ok()?,
            })
        };
        parse().ok_or(ValueError::Content("a device type has the form 3-0050F204-1"))
    }
}

impl AttributeValue for DeviceType {
    fn parse(value: &[u8]) -> Result<Self, ValueError> {
        let [c1, c0, o3, o2, o1, o0, s1, s0] = array(value)?;
        Ok(DeviceType {
            category: u16::from_be_bytes([c1, c0]),
            oui: [o3, o2, o1, o0],
            subcategory: u16::from_be_bytes([s1, s0]),
        })
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.category.to_be_bytes());
        out.extend_from_slice(&self.oui);
        out.extend_from_slice(&self.subcategory.to_be_bytes());
    }
}

/// OS Version (attribute 0x102d), four octets; the most significant bit is reserved and set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OsVersion(pub u32);

/// The texts and the type in which a device describes itself, in M1, M2, M2D and probe responses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceDescription {
    /// Who made it; at most 64 octets.
    pub manufacturer: Text<64>,
    /// The model's name; at most 32 octets.
    pub model_name: Text<32>,
    /// The model's number; at most 32 octets.
    pub model_number: Text<32>,
    /// The serial number; at most 32 octets.
    pub serial_number: Text<32>,
    /// What kind of device it is.
    pub device_type: DeviceType,
    /// The name that its owner gave it; at most 32 octets.
    pub device_name: Text<32>,
}
