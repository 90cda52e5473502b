//! The elements that say how a radio works.

use super::{Element, ElementId};
use crate::wire::{ParseError, Reader};
use alloc::vec::Vec;

/// Supported rates: at most eight, in units of 500 kbit/s; the uppermost bit marks basic rates.
/// IEEE 802.11-2020, section 9.4.2.3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rates(pub Vec<u8>);

/// Extended supported rates: those after the first eight. IEEE 802.11-2020, section 9.4.2.12.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExtendedRates(pub Vec<u8>);

impl Rates {
    /// The rates of 802.11b and 802.11g on 2.4 GHz, those of 802.11b basic; the second list does not fit the first element.
    pub fn for_2_4_ghz() -> (Rates, ExtendedRates) {
        let first = [0x82, 0x84, 0x8b, 0x96, 0x0c, 0x12, 0x18, 0x24];
        (Rates(first.to_vec()), ExtendedRates([0x30, 0x48, 0x60, 0x6c].to_vec()))
    }

    /// The rates of 802.11a on 5 GHz; 6, 12 and 24 Mbit/s are basic.
    pub fn for_5_ghz() -> Rates {
        Rates([0x8c, 0x12, 0x98, 0x24, 0xb0, 0x48, 0x60, 0x6c].to_vec())
    }
}

impl Element for Rates {
    const ID: ElementId = ElementId::RATES;

    fn parse(content: &[u8]) -> Result<Rates, ParseError> {
        Ok(Rates(content.to_vec()))
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
}

impl Element for ExtendedRates {
    const ID: ElementId = ElementId::EXTENDED_RATES;

    fn parse(content: &[u8]) -> Result<ExtendedRates, ParseError> {
        Ok(ExtendedRates(content.to_vec()))
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
}

/// DSSS parameter set: the number of the channel that the frame was sent on, 2.4 GHz.
/// IEEE 802.11-2020, section 9.4.2.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DsParameter(pub u8);

impl Element for DsParameter {
    const ID: ElementId = ElementId::DS_PARAMETER;

    fn parse(content: &[u8]) -> Result<DsParameter, ParseError> {
        Reader::new(content).u8("channel").map(DsParameter)
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(self.0);
    }
}

/// Traffic indication map: for which sleeping stations frames wait. IEEE 802.11-2020, section 9.4.2.5.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tim {
    /// How many beacons come before the next that announces frames to groups; 0 is this one.
    pub dtim_count: u8,
    /// Every how many beacons that is; at least 1.
    pub dtim_period: u8,
    /// Whether frames to groups wait (bit 0), and where the bitmap begins (the others).
    pub bitmap_control: u8,
    /// A bit for each association identifier, the part that is not zero.
    pub bitmap: Vec<u8>,
}

impl Tim {
    /// Nothing waits for anybody, and every beacon is a DTIM.
    pub fn idle() -> Tim {
        Tim { dtim_count: 0, dtim_period: 1, bitmap_control: 0, bitmap: [0].to_vec() }
    }

    /// Whether frames wait for the station with this association identifier.
    pub fn has_frames_for(&self, association_id: u16) -> bool {
        let first = usize::from(self.bitmap_control & 0xfe);
        let octet = usize::from(association_id / 8).checked_sub(first).and_then(|at| self.bitmap.get(at));
        octet.is_some_and(|octet| octet >> (association_id % 8) & 1 == 1)
    }
}

impl Element for Tim {
    const ID: ElementId = ElementId::TIM;

    fn parse(content: &[u8]) -> Result<Tim, ParseError> {
        let mut reader = Reader::new(content);
        let [dtim_count, dtim_period, bitmap_control] = reader.array("TIM")?;
        Ok(Tim { dtim_count, dtim_period, bitmap_control, bitmap: reader.rest().to_vec() })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend([self.dtim_count, self.dtim_period, self.bitmap_control]);
        out.extend_from_slice(&self.bitmap);
    }
}

/// Country: where the access point is, and how strongly stations may send there.
/// IEEE 802.11-2020, section 9.4.2.8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Country {
    /// Two letters (ISO 3166-1) and a third octet: a space for indoors and outdoors.
    pub code: [u8; 3],
    /// The bands of channels.
    pub bands: Vec<CountryBand>,
}

/// Some channels of a [`Country`] element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountryBand {
    /// The first channel.
    pub first_channel: u8,
    /// How many there are.
    pub channels: u8,
    /// The most that stations may radiate there, in dBm.
    pub max_power: u8,
}

impl Element for Country {
    const ID: ElementId = ElementId::COUNTRY;

    fn parse(content: &[u8]) -> Result<Country, ParseError> {
        let mut reader = Reader::new(content);
        let code = reader.array("country code")?;
        // One octet of padding makes the length even.
        let bands = reader.rest().as_chunks::<3>().0.iter();
        let bands = bands.map(|&[first_channel, channels, max_power]| CountryBand {
            first_channel,
            channels,
            max_power,
        });
        Ok(Country { code, bands: bands.collect() })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.code);
        out.extend(self.bands.iter().flat_map(|band| [band.first_channel, band.channels, band.max_power]));
        if (self.code.len() + 3 * self.bands.len()) % 2 == 1 {
            out.push(0);
        }
    }
}

/// ERP: whether stations of 802.11b are near. IEEE 802.11-2020, section 9.4.2.11.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erp(pub u8);

impl Erp {
    /// A station of 802.11b is there.
    pub const NON_ERP_PRESENT: Erp = Erp(1);
    /// Frames are to be preceded by ones that such a station understands.
    pub const USE_PROTECTION: Erp = Erp(2);
    /// Preambles are to be long.
    pub const LONG_PREAMBLE: Erp = Erp(4);
}

impl Element for Erp {
    const ID: ElementId = ElementId::ERP;

    fn parse(content: &[u8]) -> Result<Erp, ParseError> {
        Reader::new(content).u8("ERP").map(Erp)
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(self.0);
    }
}

/// HT capabilities, as they stand: 26 octets. IEEE 802.11-2020, section 9.4.2.55.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HtCapabilities(pub [u8; 26]);

/// HT operation, as it stands: 22 octets. IEEE 802.11-2020, section 9.4.2.56.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HtOperation(pub [u8; 22]);

impl HtOperation {
    /// The primary channel's number.
    pub const fn primary_channel(&self) -> u8 {
        self.0[0]
    }
}

impl Element for HtCapabilities {
    const ID: ElementId = ElementId::HT_CAPABILITIES;

    fn parse(content: &[u8]) -> Result<HtCapabilities, ParseError> {
        Reader::new(content).array("HT capabilities").map(HtCapabilities)
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.0);
    }
}

impl Element for HtOperation {
    const ID: ElementId = ElementId::HT_OPERATION;

    fn parse(content: &[u8]) -> Result<HtOperation, ParseError> {
        Reader::new(content).array("HT operation").map(HtOperation)
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.0);
    }
}
