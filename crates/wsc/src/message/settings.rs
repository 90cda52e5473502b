//! What stands inside Encrypted Settings, and in a Credential. WSC specification, sections 8.3 and 12.
//!
//! The Key Wrap Authenticator that ends each encrypted list is added and checked by
//! [`EncryptedSettings`](crate::crypto::EncryptedSettings).

use super::declare::attribute_list;
use super::{AttributeList, Credential, VendorExtensions};
use crate::attribute::{AttributeValue, Expected, ParseError, ValueError};
use crate::{AuthTypes, EncrTypes, MacAddr, SecretBytes, SecretNonce, Ssid};
use alloc::vec::Vec;

attribute_list! {
    /// Encrypted in M4: the registrar proves the first half.
    pub struct M4Settings {
        /// R-S1.
        RSNonce1 => r_s1: SecretNonce,
    }
}

attribute_list! {
    /// Encrypted in M5: the enrollee proves the first half.
    pub struct M5Settings {
        /// E-S1.
        ESNonce1 => e_s1: SecretNonce,
    }
}

attribute_list! {
    /// Encrypted in M6: the registrar proves the second half.
    pub struct M6Settings {
        /// R-S2.
        RSNonce2 => r_s2: SecretNonce,
    }
}

attribute_list! {
    /// Encrypted in M7: the enrollee proves the second half. An access point adds its own settings.
    pub struct M7Settings {
        /// E-S2.
        ESNonce2 => e_s2: SecretNonce,
        /// The access point's network name.
        Ssid => ssid: Option<Ssid>,
        /// The access point's MAC address (BSSID).
        MacAddress => mac: Option<MacAddr>,
        /// The access point's authentication.
        AuthenticationType => auth_type: Option<AuthTypes>,
        /// The access point's encryption.
        EncryptionType => encr_type: Option<EncrTypes>,
        /// The index of a WEP key.
        NetworkKeyIndex => key_index: Option<u8>,
        /// The access point's key.
        NetworkKey => network_key: Option<SecretBytes>,
    }
}

attribute_list! {
    /// Encrypted in M8: credentials for a station, or, flat, new settings for an access point.
    pub struct M8Settings {
        /// Credentials, for a station.
        Credential => credentials: Vec<CredentialAttributes>,
        /// The access point's new network name.
        Ssid => ssid: Option<Ssid>,
        /// The access point's new authentication.
        AuthenticationType => auth_type: Option<AuthTypes>,
        /// The access point's new encryption.
        EncryptionType => encr_type: Option<EncrTypes>,
        /// The index of a WEP key.
        NetworkKeyIndex => key_index: Option<u8>,
        /// The access point's new key.
        NetworkKey => network_key: Option<SecretBytes>,
        /// The access point's MAC address.
        MacAddress => mac: Option<MacAddr>,
        /// Vendor extensions.
        VendorExtension => extensions: VendorExtensions,
    }
}

attribute_list! {
    /// A Credential (attribute 0x100e) as it stands on the wire: WSC specification, section 12, "Credential".
    pub struct CredentialAttributes {
        /// Always 1; deprecated.
        NetworkIndex => network_index: Expected<u8>,
        /// The network's name.
        Ssid => ssid: Ssid,
        /// Its authentication.
        AuthenticationType => auth_type: AuthTypes,
        /// Its encryption.
        EncryptionType => encr_type: EncrTypes,
        /// The index of a WEP key; deprecated.
        NetworkKeyIndex => key_index: Option<u8>,
        /// Its key. An open network has none, or an empty one.
        NetworkKey => network_key: Expected<SecretBytes>,
        /// The MAC address of the station that the credential is for.
        MacAddress => mac: MacAddr,
        /// Vendor extensions.
        VendorExtension => extensions: VendorExtensions,
    }
}

impl M7Settings {
    /// The proof alone, as a station sends it.
    pub fn proof(e_s2: SecretNonce) -> M7Settings {
        M7Settings {
            e_s2,
            ssid: None,
            mac: None,
            auth_type: None,
            encr_type: None,
            key_index: None,
            network_key: None,
        }
    }
}

impl M8Settings {
    /// Credentials for a station.
    pub fn credentials(credentials: &[Credential]) -> M8Settings {
        M8Settings {
            credentials: credentials.iter().map(Credential::to_attributes).collect(),
            ssid: None,
            auth_type: None,
            encr_type: None,
            key_index: None,
            network_key: None,
            mac: None,
            extensions: VendorExtensions::default(),
        }
    }
}

impl AttributeValue for CredentialAttributes {
    fn parse(value: &[u8]) -> Result<Self, ValueError> {
        Self::parse_list(value, None).map_err(|error| match error {
            ParseError::Missing(_) => ValueError::Content("a Credential lacks an attribute"),
            other => ValueError::Inner(other.offset().unwrap_or(0)),
        })
    }
    fn write(&self, out: &mut Vec<u8>) {
        self.write_list(out);
    }
}
