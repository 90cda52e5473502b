//! The WPS element: attributes in one or more vendor-specific elements. WSC specification, section 8.2.

use super::{Elements, VendorType};
use alloc::borrow::Cow;
use alloc::vec::Vec;
use keyway_wsc::attribute::ParseError;
use keyway_wsc::message::elements::WpsElement;

/// The most octets of attributes that one element has room for.
const ROOM: usize = super::MAX_CONTENT - 4;

impl Elements {
    /// The attributes of the WPS elements, joined in their order; `None` when there is no WPS element.
    /// (Observed: hostapd splits after 251 octets without regard to attributes, and joins before it reads.)
    pub fn wps_attributes(&self) -> Option<Cow<'_, [u8]>> {
        let mut parts = self.vendor(VendorType::WPS);
        let first = parts.next()?;
        Some(match parts.next() {
            None => Cow::Borrowed(first),
            Some(second) => {
                Cow::Owned([first, second].into_iter().chain(parts).flatten().copied().collect::<Vec<u8>>())
            }
        })
    }

    /// The attributes of the WPS elements as the kind of frame has them; `None` when there is no WPS element.
    ///
    /// # Errors
    /// [`ParseError`] when the attributes are wrong; its offset counts from the start of the joined attributes.
    pub fn wps<T: WpsElement>(&self) -> Result<Option<T>, ParseError> {
        self.wps_attributes().map(|attributes| T::parse(&attributes)).transpose()
    }

    /// Whether there is a WPS element, of whatever content.
    pub fn has_wps(&self) -> bool {
        self.vendor(VendorType::WPS).next().is_some()
    }

    /// Appends a WPS element, or several when it takes more than one.
    pub fn push_wps<T: WpsElement>(&mut self, element: &T) -> &mut Elements {
        let attributes = element.encode();
        let mut parts = attributes.chunks(ROOM);
        // One without attributes is one all the same.
        self.push_vendor(VendorType::WPS, parts.next().unwrap_or_default());
        for part in parts {
            self.push_vendor(VendorType::WPS, part);
        }
        self
    }
}
