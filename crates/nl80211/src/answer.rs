//! What the kernel answers: radios, interfaces, scan results, stations.

use crate::generic::Generic;
use crate::netlink::{Attribute, Attributes};
use crate::number::{attribute, command};
use alloc::string::String;
use alloc::vec::Vec;
use keyway_wifi::Channel;
use keyway_wifi::driver::Sighting;
use keyway_wifi::element::Elements;
use keyway_wifi::frame::{Beacon, Capabilities};
use keyway_wsc::MacAddr;

/// A radio. A split dump speaks of one in many messages; [`absorb`](Self::absorb) them all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wiphy {
    /// Its number.
    pub index: u32,
    /// Its name.
    pub name: String,
    /// The frequencies that it knows.
    pub frequencies: Vec<Frequency>,
    /// What its interfaces can be (`NL80211_IFTYPE_…`).
    pub interface_types: Vec<u16>,
    /// The commands that it carries out (`NL80211_CMD_…`).
    pub commands: Vec<u32>,
    /// The cipher suites, such as `0x000fac04` for CCMP.
    pub ciphers: Vec<u32>,
    /// For how many names one scan can ask.
    pub max_scan_ssids: u8,
    /// How many octets of elements a probe request can be given.
    pub max_scan_elements: u16,
    /// The bits of `NL80211_EXT_FEATURE_…`, octet by octet, lowest bit first.
    pub extended_features: Vec<u8>,
    /// As an access point it decides by itself who associates, and no program can.
    pub decides_itself: bool,
}

/// One frequency of a radio. At sub-1 GHz (802.11ah) several share a number: their offsets in kHz are not read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Frequency {
    /// The centre, in MHz.
    pub mhz: u32,
    /// Not to be used under the present regulations.
    pub is_disabled: bool,
    /// Not to be transmitted on before somebody else is heard.
    pub no_initiation: bool,
    /// Radar must be looked for.
    pub radar: bool,
    /// The greatest power, in hundredths of dBm.
    pub max_power: u32,
}

impl Wiphy {
    /// Adds what a message says of the radio. False when it is about something else.
    pub fn absorb(&mut self, message: &Generic<'_>) -> bool {
        if message.command != command::NEW_WIPHY {
            return false;
        }
        for part in message.attributes.clone() {
            match part.kind {
                attribute::WIPHY => self.index = part.u32().unwrap_or(self.index),
                attribute::WIPHY_NAME => self.name = part.text(),
                attribute::WIPHY_BANDS => {
                    for list in
                        part.nested().flat_map(Attribute::nested).filter(|list| list.kind == BAND_FREQS)
                    {
                        self.frequencies.extend(list.nested().filter_map(frequency));
                    }
                }
                attribute::SUPPORTED_IFTYPES => {
                    self.interface_types = part.nested().map(|flag| flag.kind).collect();
                }
                attribute::SUPPORTED_COMMANDS => {
                    self.commands = part.nested().filter_map(Attribute::u32).collect();
                }
                attribute::CIPHER_SUITES => {
                    self.ciphers = part.value.as_chunks().0.iter().copied().map(u32::from_ne_bytes).collect();
                }
                attribute::MAX_NUM_SCAN_SSIDS => self.max_scan_ssids = part.u8().unwrap_or(0),
                attribute::MAX_SCAN_IE_LEN => self.max_scan_elements = part.u16().unwrap_or(0),
                attribute::DEVICE_AP_SME => self.decides_itself = true,
                attribute::EXT_FEATURES => self.extended_features = part.value.to_vec(),
                _ => {}
            }
        }
        true
    }

    /// Whether it can protect management frames: it has BIP-CMAC-128 (`00-0f-ac:6`), which mac80211 lists for radios that
    /// can (`IEEE80211_HW_MFP_CAPABLE`).
    pub fn protects_management(&self) -> bool {
        self.ciphers.contains(&BIP_CMAC_128)
    }

    /// Whether EAPOL frames can go through nl80211 (`NL80211_EXT_FEATURE_CONTROL_PORT_OVER_NL80211`).
    pub fn has_control_port(&self) -> bool {
        self.extended_features.get(CONTROL_PORT / 8).is_some_and(|octet| octet >> (CONTROL_PORT % 8) & 1 == 1)
    }
}

/// A network interface of a radio.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interface {
    /// Its number.
    pub index: u32,
    /// Its name.
    pub name: String,
    /// What it is (`NL80211_IFTYPE_…`: 2 station, 3 access point).
    pub kind: u32,
    /// Its address.
    pub address: Option<MacAddr>,
    /// Its radio.
    pub wiphy: u32,
    /// The network, when it has one.
    pub ssid: Option<Vec<u8>>,
    /// The frequency in use, in MHz.
    pub mhz: Option<u32>,
}

impl Interface {
    /// Reads an answer about an interface; `None` when it is about something else or has no number.
    pub fn parse(message: &Generic<'_>) -> Option<Self> {
        if message.command != command::NEW_INTERFACE {
            return None;
        }
        let (mut index, mut found) = (None, Self::default());
        for part in message.attributes.clone() {
            match part.kind {
                attribute::IFINDEX => index = part.u32(),
                attribute::IFNAME => found.name = part.text(),
                attribute::IFTYPE => found.kind = part.u32().unwrap_or(0),
                attribute::MAC => found.address = part.mac(),
                attribute::WIPHY => found.wiphy = part.u32().unwrap_or(0),
                attribute::SSID => found.ssid = Some(part.value.to_vec()),
                attribute::WIPHY_FREQ => found.mhz = part.u32(),
                _ => {}
            }
        }
        found.index = index?;
        Some(found)
    }
}

/// An access point in the kernel's table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanResult {
    /// Its address.
    pub bssid: MacAddr,
    /// Where it was heard, in MHz.
    pub mhz: u32,
    /// How strong, in hundredths of dBm, when the radio can say so.
    pub signal: Option<i32>,
    /// Its capabilities.
    pub capability: u16,
    /// From one beacon to the next, in units of 1024 microseconds.
    pub beacon_interval: u16,
    /// Its clock, in microseconds.
    pub tsf: u64,
    /// The elements of the last probe response, or of the beacon when there was none.
    pub elements: Vec<u8>,
    /// The elements of the last beacon.
    pub beacon_elements: Option<Vec<u8>>,
    /// The access point's clock in the last beacon, in microseconds.
    pub beacon_tsf: Option<u64>,
    /// How long ago it was heard, in milliseconds.
    pub seen_ago: u32,
    /// What this interface is to it (`NL80211_BSS_STATUS_…`: 0 authenticated, 1 associated).
    pub status: Option<u32>,
    /// Whether the elements are those of a probe response.
    pub is_probe_response: bool,
}

impl ScanResult {
    /// Reads a scan result; `None` when it is something else, or lacks address or frequency.
    pub fn parse(message: &Generic<'_>) -> Option<Self> {
        if message.command != command::NEW_SCAN_RESULTS {
            return None;
        }
        let bss = message.attributes.clone().find(|part| part.kind == attribute::BSS)?;
        let find = |kind| bss.nested().find(|part| part.kind == kind);
        Some(Self {
            bssid: find(1)?.mac()?,
            mhz: find(2)?.u32()?,
            tsf: find(3).and_then(Attribute::u64).unwrap_or(0),
            beacon_interval: find(4).and_then(Attribute::u16).unwrap_or(0),
            capability: find(5).and_then(Attribute::u16).unwrap_or(0),
            elements: find(6).map(|part| part.value.to_vec()).unwrap_or_default(),
            signal: find(7).and_then(Attribute::u32).map(|mbm| mbm as i32),
            status: find(9).and_then(Attribute::u32),
            seen_ago: find(10).and_then(Attribute::u32).unwrap_or(0),
            beacon_elements: find(11).map(|part| part.value.to_vec()),
            beacon_tsf: find(13).and_then(Attribute::u64),
            is_probe_response: find(14).is_some(),
        })
    }

    /// When its parts were sent.
    pub fn stamps(&self) -> Stamps {
        Stamps { main: self.tsf, beacon: self.beacon_tsf }
    }

    /// What a station makes of it: of the last probe response and the last beacon, the newer one last; those only that
    /// are not what they were `before`. The kernel tells when it heard one of the two, not which, and keeps the other: the
    /// beacon of an access point that has hidden or shown its name since, or was restarted with other settings (observed:
    /// Linux 6.1). Nothing when the channel is not one of ours; what is cut short is left out.
    pub fn sightings(&self, before: Option<Stamps>) -> Vec<Sighting> {
        let is_new = |stamp: u64, old: Option<u64>| stamp == 0 || old != Some(stamp);
        let main = (self.is_probe_response, self.tsf, &self.elements);
        let main = Some(main).filter(|_| is_new(self.tsf, before.map(|before| before.main)));
        // Without a probe response, the elements are the beacon's.
        let beacon = self.beacon_elements.as_ref().filter(|_| self.is_probe_response);
        let beacon = beacon.map(|elements| (false, self.beacon_tsf.unwrap_or(0), elements));
        let beacon = beacon.filter(|(_, tsf, _)| is_new(*tsf, before.and_then(|before| before.beacon)));
        let mut parts: Vec<_> = beacon.into_iter().chain(main).collect();
        parts.sort_by_key(|(_, tsf, _)| *tsf);
        parts
            .into_iter()
            .filter_map(|(is_response, tsf, elements)| self.part(is_response, tsf, elements))
            .collect()
    }

    fn part(&self, is_probe_response: bool, timestamp: u64, elements: &[u8]) -> Option<Sighting> {
        Some(Sighting {
            bssid: self.bssid,
            channel: Channel::from_frequency(u16::try_from(self.mhz).ok()?)?,
            signal: (self.signal? / 100).clamp(-128, 127) as i8,
            is_probe_response,
            beacon: Beacon {
                timestamp,
                interval: self.beacon_interval,
                capabilities: Capabilities(self.capability),
                elements: Elements::parse(elements).ok()?,
            },
        })
    }
}

/// When the parts of a [`ScanResult`] were sent, by the clock of their access point, in microseconds; 0 from a driver that
/// does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamps {
    main: u64,
    beacon: Option<u64>,
}

/// The end of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScanEnd {
    /// The interface that looked.
    pub interface: u32,
    /// It went through; false when it was broken off.
    pub is_complete: bool,
}

impl ScanEnd {
    /// Reads an event; `None` when it is another. An answer of [`request::scan_results`](crate::request::scan_results) has
    /// the same command, and a scan result in it.
    pub fn parse(message: &Generic<'_>) -> Option<Self> {
        let is_complete = match message.command {
            command::NEW_SCAN_RESULTS => true,
            command::SCAN_ABORTED => false,
            _ => return None,
        };
        if find(message.attributes.clone(), attribute::BSS).is_some() {
            return None;
        }
        let interface = find(message.attributes.clone(), attribute::IFINDEX)?.u32()?;
        Some(Self { interface, is_complete })
    }
}

/// How far the packet numbers of a group's key have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeySequence(pub u64);

impl KeySequence {
    /// Reads an answer; `None` when it is something else.
    pub fn parse(message: &Generic<'_>) -> Option<Self> {
        if message.command != command::NEW_KEY {
            return None;
        }
        let key = find(message.attributes.clone(), attribute::KEY)?;
        let octets = find(key.nested(), KEY_SEQ)?.value.first_chunk::<6>()?;
        let [a, b, c, d, e, f] = *octets;
        Some(Self(u64::from_le_bytes([a, b, c, d, e, f, 0, 0])))
    }
}

/// The regulations that hold for all radios or, in a list, for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Regulations {
    /// Whose: two letters, or `00` for those that hold anywhere.
    pub country: [u8; 2],
}

impl Regulations {
    /// Reads an answer; `None` when it is something else.
    pub fn parse(message: &Generic<'_>) -> Option<Self> {
        if message.command != command::GET_REG {
            return None;
        }
        let country = find(message.attributes.clone(), attribute::REG_ALPHA2)?.value.first_chunk::<2>()?;
        Some(Self { country: *country })
    }
}

/// What the kernel knows of a station of this access point, or of this station's access point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StationInfo {
    /// The station.
    pub station: MacAddr,
    /// How long nothing came from it, in milliseconds.
    pub silent_for: u32,
    /// The strength of its last frame, in dBm, when the radio can say so.
    pub signal: Option<i8>,
}

impl StationInfo {
    /// Reads an answer; `None` when it is something else.
    pub fn parse(message: &Generic<'_>) -> Option<Self> {
        if message.command != command::NEW_STATION {
            return None;
        }
        let info = find(message.attributes.clone(), attribute::STA_INFO)?;
        let part = |kind| find(info.nested(), kind);
        Some(Self {
            station: find(message.attributes.clone(), attribute::MAC)?.mac()?,
            silent_for: part(1).and_then(Attribute::u32).unwrap_or(0),
            signal: part(7).and_then(Attribute::u8).map(|dbm| dbm as i8),
        })
    }
}

const BAND_FREQS: u16 = 1;
/// `NL80211_KEY_SEQ`.
const KEY_SEQ: u16 = 4;
const CONTROL_PORT: usize = 26;
/// IEEE 802.11-2020, table 9-149.
const BIP_CMAC_128: u32 = 0x000f_ac06;

fn frequency(entry: Attribute<'_>) -> Option<Frequency> {
    let mut found = Frequency { mhz: find(entry.nested(), 1)?.u32()?, ..Frequency::default() };
    for part in entry.nested() {
        match part.kind {
            2 => found.is_disabled = true,
            3 => found.no_initiation = true,
            5 => found.radar = true,
            6 => found.max_power = part.u32().unwrap_or(0),
            _ => {}
        }
    }
    Some(found)
}

fn find(mut attributes: Attributes<'_>, kind: u16) -> Option<Attribute<'_>> {
    attributes.find(|part| part.kind == kind)
}
