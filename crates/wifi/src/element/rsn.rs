//! RSN and WPA elements: how a network is secured. IEEE 802.11-2020, section 9.4.2.24.

use super::{Element, ElementId};
use crate::wire::{ParseError, Reader};
use alloc::vec::Vec;
use core::fmt;

/// A cipher: an organisation and a number of its own, four octets.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CipherSuite(pub [u8; 4]);

/// A way of authentication and key management, four octets.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AkmSuite(pub [u8; 4]);

/// The organisation of the standard's own suites.
const IEEE: [u8; 3] = [0x00, 0x0f, 0xac];

/// The organisation of the suites of WPA, version 1.
const WPA: [u8; 3] = [0x00, 0x50, 0xf2];

impl CipherSuite {
    /// The group's cipher is used for single stations too.
    pub const USE_GROUP: CipherSuite = CipherSuite::ieee(0);
    /// WEP with 40 bits.
    pub const WEP40: CipherSuite = CipherSuite::ieee(1);
    /// TKIP.
    pub const TKIP: CipherSuite = CipherSuite::ieee(2);
    /// CCMP-128, the cipher of WPA2.
    pub const CCMP: CipherSuite = CipherSuite::ieee(4);
    /// WEP with 104 bits.
    pub const WEP104: CipherSuite = CipherSuite::ieee(5);
    /// BIP-CMAC-128, for management frames to a group.
    pub const BIP_CMAC_128: CipherSuite = CipherSuite::ieee(6);
    /// There is to be no traffic to groups.
    pub const NO_GROUP_TRAFFIC: CipherSuite = CipherSuite::ieee(7);
    /// GCMP-128.
    pub const GCMP: CipherSuite = CipherSuite::ieee(8);
    /// GCMP-256.
    pub const GCMP_256: CipherSuite = CipherSuite::ieee(9);
    /// CCMP-256.
    pub const CCMP_256: CipherSuite = CipherSuite::ieee(10);

    const fn ieee(number: u8) -> CipherSuite {
        CipherSuite([IEEE[0], IEEE[1], IEEE[2], number])
    }

    /// The name of the cipher; `None` when it has none here.
    pub const fn name(self) -> Option<&'static str> {
        let [a, b, c, number] = self.0;
        if !matches!([a, b, c], IEEE | WPA) {
            return None;
        }
        Some(match number {
            0 => "the group's",
            1 => "WEP-40",
            2 => "TKIP",
            4 => "CCMP",
            5 => "WEP-104",
            6 => "BIP-CMAC-128",
            7 => "none",
            8 => "GCMP",
            9 => "GCMP-256",
            10 => "CCMP-256",
            11 => "BIP-GMAC-128",
            12 => "BIP-GMAC-256",
            13 => "BIP-CMAC-256",
            _ => return None,
        })
    }
}

impl AkmSuite {
    /// 802.1X.
    pub const IEEE_8021X: AkmSuite = AkmSuite::ieee(1);
    /// A pre-shared key: WPA2 personal.
    pub const PSK: AkmSuite = AkmSuite::ieee(2);
    /// 802.1X with fast transition.
    pub const FT_8021X: AkmSuite = AkmSuite::ieee(3);
    /// A pre-shared key with fast transition.
    pub const FT_PSK: AkmSuite = AkmSuite::ieee(4);
    /// 802.1X with SHA-256.
    pub const IEEE_8021X_SHA256: AkmSuite = AkmSuite::ieee(5);
    /// A pre-shared key with SHA-256.
    pub const PSK_SHA256: AkmSuite = AkmSuite::ieee(6);
    /// SAE: WPA3 personal.
    pub const SAE: AkmSuite = AkmSuite::ieee(8);
    /// SAE with fast transition.
    pub const FT_SAE: AkmSuite = AkmSuite::ieee(9);
    /// Suite B with SHA-256.
    pub const SUITE_B: AkmSuite = AkmSuite::ieee(11);
    /// Suite B with 192 bits: WPA3 enterprise.
    pub const SUITE_B_192: AkmSuite = AkmSuite::ieee(12);
    /// Opportunistic encryption: no password, encrypted nevertheless.
    pub const OWE: AkmSuite = AkmSuite::ieee(18);
    /// SAE with the hash that goes with its group.
    pub const SAE_EXT_KEY: AkmSuite = AkmSuite::ieee(24);
    /// SAE with the hash that goes with its group, and fast transition.
    pub const FT_SAE_EXT_KEY: AkmSuite = AkmSuite::ieee(25);

    const fn ieee(number: u8) -> AkmSuite {
        AkmSuite([IEEE[0], IEEE[1], IEEE[2], number])
    }

    /// Whether a pre-shared key suffices, without SAE.
    pub const fn is_psk(self) -> bool {
        matches!(self, AkmSuite::PSK | AkmSuite::PSK_SHA256 | AkmSuite::FT_PSK)
    }

    /// Whether it is SAE.
    pub const fn is_sae(self) -> bool {
        matches!(self, AkmSuite::SAE | AkmSuite::FT_SAE | AkmSuite::SAE_EXT_KEY | AkmSuite::FT_SAE_EXT_KEY)
    }

    /// Whether it takes an account on an authentication server.
    pub const fn is_enterprise(self) -> bool {
        matches!(self.0, [0x00, 0x0f, 0xac, 1 | 3 | 5 | 11..=17 | 22 | 23])
    }

    /// The name; `None` when it has none here.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            AkmSuite::IEEE_8021X => "802.1X",
            AkmSuite::PSK => "PSK",
            AkmSuite::FT_8021X => "FT-802.1X",
            AkmSuite::FT_PSK => "FT-PSK",
            AkmSuite::IEEE_8021X_SHA256 => "802.1X-SHA256",
            AkmSuite::PSK_SHA256 => "PSK-SHA256",
            AkmSuite::SAE => "SAE",
            AkmSuite::FT_SAE => "FT-SAE",
            AkmSuite::SUITE_B => "Suite-B",
            AkmSuite::SUITE_B_192 => "Suite-B-192",
            AkmSuite::OWE => "OWE",
            AkmSuite::SAE_EXT_KEY => "SAE-EXT-KEY",
            AkmSuite::FT_SAE_EXT_KEY => "FT-SAE-EXT-KEY",
            _ => return None,
        })
    }
}

macro_rules! suite_text {
    ($($name:ident),*) => { $(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let [a, b, c, number] = self.0;
                match self.name() {
                    Some(name) => f.write_str(name),
                    None => write!(f, "{a:02x}-{b:02x}-{c:02x}:{number}"),
                }
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
    )* };
}

suite_text!(CipherSuite, AkmSuite);

/// RSN capabilities, two octets: IEEE 802.11-2020, section 9.4.2.24.4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RsnCapabilities(pub u16);

impl RsnCapabilities {
    /// Pre-authentication.
    pub const PREAUTHENTICATION: RsnCapabilities = RsnCapabilities(0x0001);
    /// MFPR: management frames must be protected.
    pub const MFP_REQUIRED: RsnCapabilities = RsnCapabilities(0x0040);
    /// MFPC: management frames can be protected.
    pub const MFP_CAPABLE: RsnCapabilities = RsnCapabilities(0x0080);

    /// Whether every flag of `other` is set here.
    pub const fn contains(self, other: RsnCapabilities) -> bool {
        self.0 & other.0 == other.0
    }

    /// The flags of both.
    #[must_use]
    pub const fn with(self, other: RsnCapabilities) -> RsnCapabilities {
        RsnCapabilities(self.0 | other.0)
    }
}

/// The RSN element: WPA2 and WPA3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rsn {
    /// The cipher of frames to groups.
    pub group: CipherSuite,
    /// The ciphers of frames to one station: in a beacon those on offer, in a request the chosen one.
    pub pairwise: Vec<CipherSuite>,
    /// The key managements: in a beacon those on offer, in a request the chosen one.
    pub akms: Vec<AkmSuite>,
    /// Capabilities.
    pub capabilities: RsnCapabilities,
    /// The identifiers of keys that the station has from before.
    pub pmkids: Vec<[u8; 16]>,
    /// The cipher of management frames to groups; `None` is BIP-CMAC-128 where management frames are protected.
    pub group_management: Option<CipherSuite>,
}

impl Rsn {
    /// The element of a network or a station with CCMP and this key management.
    pub fn ccmp(akms: &[AkmSuite], capabilities: RsnCapabilities) -> Rsn {
        Rsn {
            group: CipherSuite::CCMP,
            pairwise: [CipherSuite::CCMP].to_vec(),
            akms: akms.to_vec(),
            capabilities,
            pmkids: Vec::new(),
            group_management: None,
        }
    }

    /// The whole element, its header included: what association requests and the 4-way handshake carry.
    pub fn to_element(&self) -> Vec<u8> {
        super::Elements::new().push(self).as_bytes().to_vec()
    }
}

/// The element may end after each field; what is missing has the standard's default (CCMP, 802.1X, no flag).
impl Element for Rsn {
    const ID: ElementId = ElementId::RSN;

    fn parse(content: &[u8]) -> Result<Rsn, ParseError> {
        let mut reader = Reader::new(content);
        if reader.u16("RSN version")? != 1 {
            return Err(ParseError::value("RSN version", 0, "is not 1"));
        }
        let mut rsn = Rsn::ccmp(&[AkmSuite::IEEE_8021X], RsnCapabilities::default());
        if reader.is_empty() {
            return Ok(rsn);
        }
        rsn.group = CipherSuite(reader.array("group cipher")?);
        if reader.is_empty() {
            return Ok(rsn);
        }
        rsn.pairwise = list(&mut reader, "pairwise cipher")?.into_iter().map(CipherSuite).collect();
        if reader.is_empty() {
            return Ok(rsn);
        }
        rsn.akms = list(&mut reader, "key management")?.into_iter().map(AkmSuite).collect();
        if reader.is_empty() {
            return Ok(rsn);
        }
        rsn.capabilities = RsnCapabilities(reader.u16("RSN capabilities")?);
        if reader.is_empty() {
            return Ok(rsn);
        }
        rsn.pmkids = list(&mut reader, "PMKID")?;
        if !reader.is_empty() {
            rsn.group_management = Some(CipherSuite(reader.array("group management cipher")?));
        }
        Ok(rsn)
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend(1u16.to_le_bytes());
        out.extend(self.group.0);
        write_list(out, self.pairwise.iter().map(|suite| suite.0));
        write_list(out, self.akms.iter().map(|suite| suite.0));
        out.extend(self.capabilities.0.to_le_bytes());
        if !self.pmkids.is_empty() || self.group_management.is_some() {
            write_list(out, self.pmkids.iter().copied());
        }
        out.extend(self.group_management.iter().flat_map(|suite| suite.0));
    }
}

/// The content of a WPA element, version 1, behind its vendor type. It is read to recognise such networks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WpaVersion1 {
    /// The cipher of frames to groups.
    pub group: CipherSuite,
    /// The ciphers of frames to one station.
    pub pairwise: Vec<CipherSuite>,
    /// The key managements; in the organisation of WPA, with the numbers of the standard's.
    pub akms: Vec<AkmSuite>,
}

impl WpaVersion1 {
    /// Reads the content behind the vendor type.
    ///
    /// # Errors
    /// [`ParseError`] when it is cut short or of another version.
    pub fn parse(content: &[u8]) -> Result<WpaVersion1, ParseError> {
        let mut reader = Reader::new(content);
        if reader.u16("WPA version")? != 1 {
            return Err(ParseError::value("WPA version", 0, "is not 1"));
        }
        let tkip = CipherSuite([WPA[0], WPA[1], WPA[2], 2]);
        let mut wpa = WpaVersion1 { group: tkip, pairwise: [tkip].to_vec(), akms: Vec::new() };
        if !reader.is_empty() {
            wpa.group = CipherSuite(reader.array("group cipher")?);
        }
        if !reader.is_empty() {
            wpa.pairwise = list(&mut reader, "pairwise cipher")?.into_iter().map(CipherSuite).collect();
        }
        if !reader.is_empty() {
            wpa.akms = list(&mut reader, "key management")?.into_iter().map(AkmSuite).collect();
        }
        Ok(wpa)
    }

    /// Whether a pre-shared key suffices.
    pub fn is_psk(&self) -> bool {
        self.akms.contains(&AkmSuite([WPA[0], WPA[1], WPA[2], 2]))
    }
}

/// A count and as many items of `N` octets.
fn list<const N: usize>(reader: &mut Reader<'_>, what: &'static str) -> Result<Vec<[u8; N]>, ParseError> {
    let count = usize::from(reader.u16(what)?);
    Ok(reader.take(count * N, what)?.as_chunks::<N>().0.to_vec())
}

fn write_list<const N: usize>(out: &mut Vec<u8>, items: impl ExactSizeIterator<Item = [u8; N]>) {
    out.extend((items.len() as u16).to_le_bytes());
    out.extend(items.flatten());
}
