//! Values made from octets: few octets make a simple value, which is how proptest finds the simplest failure.

use keyway_wsc::attribute::{AttributeId, AttributeValue, Attributes, Expected, write_attribute};
use keyway_wsc::crypto::{CommitmentHash, EncryptedSettings, PublicKeyOctets};
use keyway_wsc::message::messages::*;
use keyway_wsc::message::settings::*;
use keyway_wsc::message::{VendorExtension, VendorExtensions, WfaExtension};
use keyway_wsc::*;
use proptest::prelude::*;

/// Octets that values are made from. When they are used up, zeros follow.
pub struct Source(pub Vec<u8>);

impl Source {
    /// Octets for a message or two.
    pub fn any() -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(any::<u8>(), 0..1500)
    }

    pub fn octet(&mut self) -> u8 {
        self.0.pop().unwrap_or(0)
    }

    /// A number below `limit`, which is at most 65,536.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::from(u16::from_be_bytes([self.octet(), self.octet()])) % limit
    }

    pub fn octets(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.octet()).collect()
    }

    pub fn array<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.octet())
    }

    /// At most that many octets.
    pub fn some(&mut self, most: usize) -> Vec<u8> {
        let count = self.below(most + 1);
        self.octets(count)
    }
}

/// A type of which any value can be made.
pub trait Make: Sized {
    fn make(source: &mut Source) -> Self;
}

macro_rules! make {
    ($source:ident; $($type:ty => $value:expr;)*) => { $(
        impl Make for $type {
            fn make($source: &mut Source) -> Self {
                $value
            }
        }
    )* };
}

make! { s;
    u8 => s.octet();
    bool => s.octet() % 2 == 1;
    u16 => u16::from_be_bytes(s.array());
    u32 => u32::from_be_bytes(s.array());
    Version => Version(s.octet());
    WpsState => WpsState(s.octet());
    ConnectionTypes => ConnectionTypes(s.octet());
    RfBands => RfBands(s.octet());
    ConfigError => ConfigError(Make::make(s));
    DevicePasswordId => DevicePasswordId(Make::make(s));
    AssociationState => AssociationState(Make::make(s));
    ConfigMethods => ConfigMethods(Make::make(s));
    AuthTypes => AuthTypes(Make::make(s));
    EncrTypes => EncrTypes(Make::make(s));
    OsVersion => OsVersion(Make::make(s));
    MacAddr => MacAddr(s.array());
    Uuid => Uuid(s.array());
    Nonce => Nonce(s.array());
    SecretNonce => SecretNonce::new(s.array());
    CommitmentHash => CommitmentHash(s.array());
    SecretBytes => SecretBytes::new(s.some(70));
    Ssid => Ssid::new(&s.some(32)).unwrap();
    DeviceType => DeviceType { category: Make::make(s), oui: s.array(), subcategory: Make::make(s) };
    PublicKeyOctets => {
        let length = 192 - s.below(3);
        PublicKeyOctets::parse(&s.octets(length)).unwrap()
    };
    EncryptedSettings => {
        let blocks = 2 + s.below(4);
        EncryptedSettings::parse(&s.octets(16 * blocks)).unwrap()
    };
    VendorExtension => {
        let vendor = s.array();
        let vendor = if vendor == WfaExtension::VENDOR { [0; 3] } else { vendor };
        VendorExtension { vendor, data: s.some(20) }
    };
    VendorExtensions => VendorExtensions { wfa: Make::make(s), others: Make::make(s) };
    WfaExtension => WfaExtension {
        version2: Make::make(s),
        authorized_macs: {
            let count = s.below(WfaExtension::MAX_AUTHORIZED_MACS + 1);
            (0..count).map(|_| Make::make(s)).collect()
        },
        network_key_shareable: Make::make(s),
        request_to_enroll: Make::make(s),
        settings_delay_time: Make::make(s),
        registrar_config_methods: Make::make(s),
        multi_ap: Make::make(s),
        others: {
            let count = s.below(3);
            (0..count).map(|_| (s.octet().max(7), s.some(255))).collect()
        },
    };
}

impl<const MAX: usize> Make for Text<MAX> {
    fn make(source: &mut Source) -> Self {
        Text::parse(&source.some(MAX)).unwrap()
    }
}

impl<T: Make> Make for Option<T> {
    fn make(source: &mut Source) -> Self {
        (source.below(4) > 0).then(|| T::make(source))
    }
}

impl<T: Make> Make for Expected<T> {
    fn make(source: &mut Source) -> Self {
        Expected(Make::make(source))
    }
}

impl<T: Make> Make for Vec<T> {
    fn make(source: &mut Source) -> Self {
        let count = source.below(4);
        (0..count).map(|_| T::make(source)).collect()
    }
}

macro_rules! make_lists {
    ($($name:ident { $($field:ident),* $(,)? })*) => { $(
        impl Make for $name {
            fn make(source: &mut Source) -> Self {
                $name { $($field: Make::make(source)),* }
            }
        }
    )* };
}

make_lists! {
    M1 {
        uuid_e, mac, enrollee_nonce, public_key, auth_types, encr_types, connection_types, config_methods, state,
        manufacturer, model_name, model_number, serial_number, device_type, device_name, rf_bands,
        association_state, password_id, config_error, os_version, extensions,
    }
    M2 {
        enrollee_nonce, registrar_nonce, uuid_r, public_key, auth_types, encr_types, connection_types,
        config_methods, manufacturer, model_name, model_number, serial_number, device_type, device_name, rf_bands,
        association_state, config_error, password_id, os_version, extensions,
    }
    M2D {
        enrollee_nonce, registrar_nonce, uuid_r, auth_types, encr_types, connection_types, config_methods,
        manufacturer, model_name, model_number, serial_number, device_type, device_name, rf_bands,
        association_state, config_error, os_version, extensions,
    }
    M3 { registrar_nonce, e_hash1, e_hash2, extensions }
    M4 { enrollee_nonce, r_hash1, r_hash2, settings, extensions }
    M5 { registrar_nonce, settings, extensions }
    M6 { enrollee_nonce, settings, extensions }
    M7 { registrar_nonce, settings, extensions }
    M8 { enrollee_nonce, settings, extensions }
    Ack { enrollee_nonce, registrar_nonce, extensions }
    Nack { enrollee_nonce, registrar_nonce, config_error, extensions }
    Done { enrollee_nonce, registrar_nonce, extensions }
    M4Settings { r_s1 }
    M5Settings { e_s1 }
    M6Settings { r_s2 }
    M7Settings { e_s2, ssid, mac, auth_type, encr_type, key_index, network_key }
    M8Settings { credentials, ssid, auth_type, encr_type, key_index, network_key, mac, extensions }
    CredentialAttributes { network_index, ssid, auth_type, encr_type, key_index, network_key, mac, extensions }
}

/// Octets made of attributes that are known and unknown, with lengths that are right and wrong.
pub fn attributes(source: &mut Source) -> Vec<u8> {
    let mut list = Vec::new();
    while !source.0.is_empty() {
        let id = match source.octet() % 16 {
            0 => u16::from_be_bytes(source.array()),
            _ => AttributeId::NAMED[source.below(AttributeId::NAMED.len())].0,
        };
        let value = match source.octet() % 8 {
            0 => source.some(200),
            1 => source.octets(1),
            2 => source.octets(2),
            3 => source.octets(16),
            4 => source.octets(32),
            5 => [&WfaExtension::VENDOR[..], &source.some(12)].concat(),
            6 => Vec::new(),
            _ => source.octets(192),
        };
        let lie = if source.octet() == 1 { source.octet() } else { 0 };
        let length = (value.len() as u16).wrapping_add(u16::from(lie));
        list.extend([&id.to_be_bytes()[..], &length.to_be_bytes(), &value].concat());
    }
    list
}

/// Takes an encoded list, and changes it here and there.
pub fn changed(mut octets: Vec<u8>, source: &mut Source) -> Vec<u8> {
    for _ in 0..=source.below(3) {
        let mut list: Vec<Vec<u8>> = Attributes::new(&octets)
            .map_while(Result::ok)
            .map(|a| {
                let mut out = Vec::new();
                write_attribute(&mut out, a.id, &SecretBytes::new(a.value.to_vec()));
                out
            })
            .collect();
        let count = list.len();
        let at = source.below(count.max(1));
        match source.octet() % 8 {
            _ if list.is_empty() => {}
            0 => drop(list.remove(at)),
            1 => list.insert(source.below(count), list[at].clone()),
            2 => list.swap(at, source.below(count)),
            3 => list.insert(at, attributes(&mut Source(source.some(40)))),
            4 => list.push(vec![0; source.below(9)]),
            5 => list[at].push(0),
            _ => {
                let place = source.below(list[at].len());
                list[at][place] ^= 1 << source.below(8);
            }
        }
        octets = list.concat();
    }
    octets
}
