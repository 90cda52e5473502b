//! Vendor extensions, and the one of the Wi-Fi Alliance that came with version 2.0.

use crate::attribute::{
    Attribute, AttributeId, AttributeValue, Field, ParseError, Presence, ValueError, array, write_attribute,
};
use crate::{ConfigMethods, MacAddr, Version};
use alloc::vec::Vec;

/// All vendor extensions of a message: the Wi-Fi Alliance's, and those of others as they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VendorExtensions {
    /// The Wi-Fi Alliance's; empty when the peer speaks version 1.0.
    pub wfa: WfaExtension,
    /// Those of other vendors, in their order.
    pub others: Vec<VendorExtension>,
}

impl VendorExtensions {
    /// What a message of version 2.0 carries: Version2 and nothing else.
    pub fn version2() -> Self {
        VendorExtensions {
            wfa: WfaExtension { version2: Some(Version::V2_0), ..Default::default() },
            ..Default::default()
        }
    }
}

impl Field for VendorExtensions {
    const PRESENCE: Presence = Presence::Repeated;
    type Slot = VendorExtensions;

    fn take(slot: &mut Self, attribute: &Attribute<'_>) -> Result<(), ParseError> {
        let &Attribute { id, value, offset } = attribute;
        let wrong = |error| ParseError::Value { offset, id, error };
        match value.split_first_chunk::<3>() {
            Some((&WfaExtension::VENDOR, elements)) => slot.wfa.read(elements).map_err(wrong),
            Some((&vendor, data)) => {
                slot.others.push(VendorExtension { vendor, data: data.to_vec() });
                Ok(())
            }
            None => Err(wrong(ValueError::Length { least: 3, most: 1024, found: value.len() })),
        }
    }

    fn finish(slot: Self, _: AttributeId) -> Result<Self, ParseError> {
        Ok(slot)
    }

    fn write(&self, id: AttributeId, out: &mut Vec<u8>) {
        if self.wfa != WfaExtension::default() {
            write_attribute(out, id, &self.wfa);
        }
        self.others.write(id, out);
    }
}

/// A vendor extension (attribute 0x1049) of a vendor other than the Wi-Fi Alliance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VendorExtension {
    /// The vendor's SMI enterprise number, three octets.
    pub vendor: [u8; 3],
    /// The vendor's data.
    pub data: Vec<u8>,
}

impl AttributeValue for VendorExtension {
    fn parse(value: &[u8]) -> Result<Self, ValueError> {
        let (&vendor, data) = value.split_first_chunk::<3>().ok_or(ValueError::Length {
            least: 3,
            most: 1024,
            found: value.len(),
        })?;
        Ok(VendorExtension { vendor, data: data.to_vec() })
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.vendor);
        out.extend_from_slice(&self.data);
    }
}

/// The Wi-Fi Alliance's vendor extension: subelements with a one-octet identifier and a one-octet length.
/// WSC specification, section 12, "WFA Vendor Extension".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WfaExtension {
    /// Version2 (subelement 0): 0x20 for version 2.0.
    pub version2: Option<Version>,
    /// AuthorizedMACs (1): the enrollees that the registrar waits for, at most five; ff:ff:ff:ff:ff:ff is anybody.
    pub authorized_macs: Vec<MacAddr>,
    /// Network Key Shareable (2): whether the key may be passed on.
    pub network_key_shareable: Option<bool>,
    /// Request to Enroll (3).
    pub request_to_enroll: Option<bool>,
    /// Settings Delay Time (4): seconds until new settings take effect.
    pub settings_delay_time: Option<u8>,
    /// Registrar Configuration Methods (5).
    pub registrar_config_methods: Option<ConfigMethods>,
    /// Multi-AP (6): flags of a Multi-AP device.
    pub multi_ap: Option<u8>,
    /// Subelements without a name here: identifier and value, in their order.
    pub others: Vec<(u8, Vec<u8>)>,
}

impl WfaExtension {
    /// The Wi-Fi Alliance's vendor identifier, 00:37:2a.
    pub const VENDOR: [u8; 3] = [0x00, 0x37, 0x2a];

    /// The most entries that AuthorizedMACs can have.
    pub const MAX_AUTHORIZED_MACS: usize = 5;

    fn read(&mut self, mut elements: &[u8]) -> Result<(), ValueError> {
        while let [id, length, rest @ ..] = elements {
            let cut = ValueError::Content("a subelement is cut short");
            let (value, next) = rest.split_at_checked(usize::from(*length)).ok_or(cut)?;
            elements = next;
            match id {
                0 => self.version2 = Some(Version(array::<1>(value)?[0])),
                1 => {
                    let macs = value.as_chunks::<6>();
                    if !macs.1.is_empty() || macs.0.len() > Self::MAX_AUTHORIZED_MACS {
                        return Err(ValueError::Content(
                            "AuthorizedMACs is not a list of one to five addresses",
                        ));
                    }
                    self.authorized_macs = macs.0.iter().map(|mac| MacAddr(*mac)).collect();
                }
                2 => self.network_key_shareable = Some(bool::parse(value)?),
                3 => self.request_to_enroll = Some(bool::parse(value)?),
                4 => self.settings_delay_time = Some(u8::parse(value)?),
                5 => self.registrar_config_methods = Some(ConfigMethods::parse(value)?),
                6 => self.multi_ap = Some(u8::parse(value)?),
                _ => self.others.push((*id, value.to_vec())),
            }
        }
        if elements.is_empty() { Ok(()) } else { Err(ValueError::Content("a subelement is cut short")) }
    }
}

impl AttributeValue for WfaExtension {
    fn parse(value: &[u8]) -> Result<Self, ValueError> {
        let elements = value
            .strip_prefix(&Self::VENDOR)
            .ok_or(ValueError::Content("not the Wi-Fi Alliance's extension"))?;
        let mut extension = WfaExtension::default();
        extension.read(elements)?;
        Ok(extension)
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&Self::VENDOR);
        let mut element = |id: u8, value: &[u8]| {
            let length = value.len().min(255);
            out.extend_from_slice(&[id, length as u8]);
            out.extend_from_slice(&value[..length]);
        };
        if let Some(version) = self.version2 {
            element(0, &[version.0]);
        }
        if !self.authorized_macs.is_empty() {
            let listed = self.authorized_macs.iter().take(Self::MAX_AUTHORIZED_MACS);
            element(1, &listed.flat_map(|mac| mac.0).collect::<Vec<u8>>());
        }
        if let Some(flag) = self.network_key_shareable {
            element(2, &[u8::from(flag)]);
        }
        if let Some(flag) = self.request_to_enroll {
            element(3, &[u8::from(flag)]);
        }
        if let Some(seconds) = self.settings_delay_time {
            element(4, &[seconds]);
        }
        if let Some(methods) = self.registrar_config_methods {
            element(5, &methods.0.to_be_bytes());
        }
        if let Some(flags) = self.multi_ap {
            element(6, &[flags]);
        }
        for (id, value) in &self.others {
            element(*id, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subelements_and_their_faults() {
        let all: &[u8] = &[
            0, 0x37, 0x2a, 0, 1, 0x20, 1, 6, 1, 2, 3, 4, 5, 6, 2, 1, 1, 3, 1, 1, 4, 1, 30, 5, 2, 0x22, 0x88,
            6, 1, 0x80, 9, 2, 7, 7,
        ];
        let parsed = WfaExtension::parse(all).unwrap();
        assert_eq!(parsed.authorized_macs, [MacAddr([1, 2, 3, 4, 5, 6])]);
        assert_eq!(parsed.settings_delay_time, Some(30));
        assert_eq!(parsed.others, [(9, alloc::vec![7, 7])]);
        let mut again = Vec::new();
        AttributeValue::write(&parsed, &mut again);
        assert_eq!(again, all);

        let faulty: &[&[u8]] = &[
            &[0, 0x37],
            &[0, 0x37, 0x2b, 0, 1, 0x20],
            &[0, 0x37, 0x2a, 0],
            &[0, 0x37, 0x2a, 0, 2, 0x20],
            &[0, 0x37, 0x2a, 0, 2, 0x20, 0],
            &[0, 0x37, 0x2a, 1, 5, 1, 2, 3, 4, 5],
        ];
        for bytes in faulty {
            assert!(WfaExtension::parse(bytes).is_err(), "{bytes:02x?}");
        }
    }
}
