//! The elements of management frames: IEEE 802.11-2020, section 9.4.2.
//!
//! An element is one octet of identifier, one of length, and at most 255 octets of content. [`Elements`] is a list of
//! them as it stands in a frame, unknown ones included; [`Element`] is implemented by the contents that are read here.

mod basic;
mod rsn;
mod wps;

pub use basic::{
    Country, CountryBand, DsParameter, Erp, ExtendedRates, HtCapabilities, HtOperation, Rates, Tim,
};
pub use rsn::{AkmSuite, CipherSuite, Rsn, RsnCapabilities, WpaVersion1};

use crate::numbers::numbers;
use crate::wire::{ParseError, Reader};
use alloc::vec::Vec;
use core::fmt;
use keyway_wsc::Ssid;

numbers! {
    /// The identifier of an element, one octet: IEEE 802.11-2020, table 9-92.
    pub struct ElementId(u8) {
        /// The network's name.
        SSID = 0, "SSID";
        /// Supported rates, the first eight.
        RATES = 1, "supported rates";
        /// DSSS parameter set: the channel.
        DS_PARAMETER = 3, "DS parameter set";
        /// Traffic indication map.
        TIM = 5, "TIM";
        /// Country.
        COUNTRY = 7, "country";
        /// ERP: what 802.11g has to mind.
        ERP = 42, "ERP";
        /// HT capabilities.
        HT_CAPABILITIES = 45, "HT capabilities";
        /// RSN: WPA2 and WPA3.
        RSN = 48, "RSN";
        /// Supported rates, the ninth and on.
        EXTENDED_RATES = 50, "extended supported rates";
        /// Mobility domain.
        MOBILITY_DOMAIN = 54, "mobility domain";
        /// Timeout interval: when to associate again.
        TIMEOUT_INTERVAL = 56, "timeout interval";
        /// HT operation.
        HT_OPERATION = 61, "HT operation";
        /// Management MIC: the protection of a management frame to a group.
        MANAGEMENT_MIC = 76, "management MIC";
        /// Extended capabilities.
        EXTENDED_CAPABILITIES = 127, "extended capabilities";
        /// VHT capabilities.
        VHT_CAPABILITIES = 191, "VHT capabilities";
        /// VHT operation.
        VHT_OPERATION = 192, "VHT operation";
        /// Vendor-specific: an organisation, a type of its own, and content.
        VENDOR = 221, "vendor-specific";
        /// RSN extension.
        RSN_EXTENSION = 244, "RSN extension";
        /// An element with a second identifier in its first octet.
        EXTENSION = 255, "extension";
    }
}

/// The longest content of an element, in octets.
pub const MAX_CONTENT: usize = 255;

/// The organisation and type, four octets, of vendor-specific elements.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct VendorType(pub [u8; 4]);

impl VendorType {
    /// WPA, version 1.
    pub const WPA: VendorType = VendorType([0x00, 0x50, 0xf2, 1]);
    /// WMM: quality of service.
    pub const WMM: VendorType = VendorType([0x00, 0x50, 0xf2, 2]);
    /// WPS.
    pub const WPS: VendorType = VendorType([0x00, 0x50, 0xf2, 4]);
}

impl fmt::Debug for VendorType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, kind] = self.0;
        write!(f, "VendorType({a:02x}-{b:02x}-{c:02x}:{kind})")
    }
}

/// One element as it stands in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawElement<'a> {
    /// Its identifier.
    pub id: ElementId,
    /// Its content, 0 to 255 octets.
    pub content: &'a [u8],
    /// Where it begins, in octets from the start of the list.
    pub offset: usize,
}

impl<'a> RawElement<'a> {
    /// Of a vendor-specific element, the type and what follows it.
    pub fn vendor(&self) -> Option<(VendorType, &'a [u8])> {
        let (kind, content) = self.content.split_first_chunk::<4>()?;
        (self.id == ElementId::VENDOR).then_some((VendorType(*kind), content))
    }
}

/// The content of one kind of element.
pub trait Element: Sized {
    /// Its identifier.
    const ID: ElementId;

    /// Reads the content.
    ///
    /// # Errors
    /// [`ParseError`]; its offset counts from the start of the content.
    fn parse(content: &[u8]) -> Result<Self, ParseError>;

    /// Appends the content. What goes beyond 255 octets is cut by [`Elements::push`].
    fn write(&self, out: &mut Vec<u8>);
}

/// A list of elements, as it stands in a frame.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Elements(Vec<u8>);

impl Elements {
    /// No elements.
    pub const fn new() -> Elements {
        Elements(Vec::new())
    }

    /// Reads a list.
    ///
    /// # Errors
    /// [`ParseError`] when the last element is cut short.
    pub fn parse(bytes: &[u8]) -> Result<Elements, ParseError> {
        Elements::read(Reader::new(bytes))
    }

    pub(crate) fn read(mut reader: Reader<'_>) -> Result<Elements, ParseError> {
        let bytes = reader.rest();
        while !reader.is_empty() {
            let [_, length] = reader.array("element header")?;
            reader.take(usize::from(length), "element content")?;
        }
        Ok(Elements(bytes.to_vec()))
    }

    /// The octets of the list.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The elements, one after the other.
    pub fn iter(&self) -> Iter<'_> {
        Iter { bytes: &self.0, offset: 0 }
    }

    /// The first element with this identifier.
    pub fn raw(&self, id: ElementId) -> Option<RawElement<'_>> {
        self.iter().find(|element| element.id == id)
    }

    /// The content of the first element of this kind.
    ///
    /// # Errors
    /// [`ParseError`] when there is one and its content is wrong; the offset counts from the start of the list.
    pub fn find<T: Element>(&self) -> Result<Option<T>, ParseError> {
        let parse = |element: RawElement<'_>| {
            T::parse(element.content).map_err(|error| error.moved(element.offset + 2))
        };
        self.raw(T::ID).map(parse).transpose()
    }

    /// The whole first element with this identifier, its header included: what the 4-way handshake repeats.
    pub fn whole(&self, id: ElementId) -> Option<&[u8]> {
        let element = self.raw(id)?;
        self.0.get(element.offset..element.offset + 2 + element.content.len())
    }

    /// The content behind the type of each vendor-specific element of this type.
    pub fn vendor(&self, kind: VendorType) -> impl Iterator<Item = &[u8]> {
        self.iter().filter_map(|element| element.vendor()).filter(move |(k, _)| *k == kind).map(|(_, c)| c)
    }

    /// Appends an element.
    pub fn push<T: Element>(&mut self, element: &T) -> &mut Elements {
        let mut content = Vec::new();
        element.write(&mut content);
        self.push_raw(T::ID, &content)
    }

    /// Appends an element by its content, of which at most 255 octets are taken.
    pub fn push_raw(&mut self, id: ElementId, content: &[u8]) -> &mut Elements {
        let length = content.len().min(MAX_CONTENT);
        self.0.extend([id.0, length as u8]);
        self.0.extend_from_slice(&content[..length]);
        self
    }

    /// Appends a vendor-specific element, of whose content at most 251 octets are taken.
    pub fn push_vendor(&mut self, kind: VendorType, content: &[u8]) -> &mut Elements {
        let length = content.len().min(MAX_CONTENT - 4);
        self.0.extend([ElementId::VENDOR.0, 4 + length as u8]);
        self.0.extend(kind.0);
        self.0.extend_from_slice(&content[..length]);
        self
    }

    /// Appends elements that stand in a list already.
    pub fn append(&mut self, others: &Elements) -> &mut Elements {
        self.0.extend_from_slice(&others.0);
        self
    }
}

impl fmt::Debug for Elements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<'a> IntoIterator for &'a Elements {
    type Item = RawElement<'a>;
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

/// Goes through a list of elements.
#[derive(Clone, Debug)]
pub struct Iter<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Iterator for Iter<'a> {
    type Item = RawElement<'a>;

    fn next(&mut self) -> Option<RawElement<'a>> {
        let offset = self.offset;
        let &[id, length] = self.bytes.get(offset..offset + 2)?.first_chunk::<2>()?;
        let end = offset + 2 + usize::from(length);
        let content = self.bytes.get(offset + 2..end)?;
        self.offset = end;
        Some(RawElement { id: ElementId(id), content, offset })
    }
}

/// The network's name; empty in probe requests that ask for any network, and in beacons of hidden ones.
impl Element for Ssid {
    const ID: ElementId = ElementId::SSID;

    fn parse(content: &[u8]) -> Result<Ssid, ParseError> {
        Ssid::new(content).map_err(|_| ParseError::value("SSID", 0, "has more than 32 octets"))
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_bytes());
    }
}

#[cfg(test)]
mod tests;
