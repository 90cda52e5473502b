//! The settings of a network that a device can really use.

use super::VendorExtensions;
use super::settings::{CredentialAttributes, M7Settings, M8Settings};
use crate::session::CredentialProblem;
use crate::{AuthTypes, EncrTypes, MacAddr, NetworkKey, SecretBytes, SecretNonce, Ssid};
use alloc::vec::Vec;

/// The settings of a network: what a registrar gives to a station, and what it reads from or writes to an access
/// point. The key, where there is one, is one that the network can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// The network's name; at least one octet.
    pub ssid: Ssid,
    /// The kinds of authentication; more than one flag in mixed networks.
    pub auth_types: AuthTypes,
    /// The kinds of encryption; more than one flag in mixed networks.
    pub encr_types: EncrTypes,
    /// The key; `None` for an open network.
    pub key: Option<NetworkKey>,
    /// In a credential, the station that it is for; in an access point's settings, its BSSID.
    pub mac: MacAddr,
}

impl Credential {
    /// A WPA2 personal network with AES.
    pub fn wpa2(ssid: Ssid, key: NetworkKey) -> Credential {
        Credential {
            ssid,
            auth_types: AuthTypes::Wpa2Personal,
            encr_types: EncrTypes::Aes,
            key: Some(key),
            mac: MacAddr::BROADCAST,
        }
    }

    /// An open network.
    pub fn open(ssid: Ssid) -> Credential {
        Credential {
            ssid,
            auth_types: AuthTypes::Open,
            encr_types: EncrTypes::Open,
            key: None,
            mac: MacAddr::BROADCAST,
        }
    }

    /// The same credential, for the station with this address.
    #[must_use]
    pub fn for_station(&self, mac: MacAddr) -> Credential {
        Credential { mac, ..self.clone() }
    }

    /// Judges the settings as they came.
    ///
    /// A name that ends with zero octets loses them, and a key that ends with one loses it: registrars are known that
    /// send names padded to 32 octets and keys with the zero that ends a string (observed: hostapd, wpa_supplicant).
    /// Secured mixed networks keep all their flags.
    pub(crate) fn judge(
        ssid: Ssid,
        auth_types: AuthTypes,
        encr_types: EncrTypes,
        key: Option<&SecretBytes>,
        mac: MacAddr,
    ) -> Result<Credential, CredentialProblem> {
        const PERSONAL: AuthTypes = AuthTypes(AuthTypes::WpaPersonal.0 | AuthTypes::Wpa2Personal.0);
        const ENTERPRISE: AuthTypes = AuthTypes(AuthTypes::WpaEnterprise.0 | AuthTypes::Wpa2Enterprise.0);
        const NOT_WEP: EncrTypes = EncrTypes(EncrTypes::Open.0 | EncrTypes::Tkip.0 | EncrTypes::Aes.0);
        let ssid = ssid.without_padding();
        if ssid.as_bytes().is_empty() {
            return Err(CredentialProblem::NoSsid);
        }
        if encr_types.intersects(EncrTypes::Wep) && !encr_types.intersects(NOT_WEP) {
            return Err(CredentialProblem::Wep);
        }
        let key = key.map(|key| key.expose().strip_suffix(&[0]).unwrap_or(key.expose())).unwrap_or_default();
        let key = if auth_types.intersects(PERSONAL) {
            if key.is_empty() {
                return Err(CredentialProblem::NoKey);
            }
            Some(NetworkKey::new(key).map_err(CredentialProblem::Key)?)
        } else if auth_types.intersects(AuthTypes::Shared) || encr_types.intersects(EncrTypes::Wep) {
            return Err(CredentialProblem::Wep);
        } else if auth_types.intersects(ENTERPRISE) {
            return Err(CredentialProblem::Enterprise);
        } else if auth_types.intersects(AuthTypes::Open) {
            None
        } else {
            return Err(CredentialProblem::UnknownAuthentication);
        };
        Ok(Credential { ssid, auth_types, encr_types, key, mac })
    }

    fn key_octets(&self) -> SecretBytes {
        self.key.as_ref().map(NetworkKey::to_characters).unwrap_or_default()
    }

    /// As it stands in M8 for a station.
    pub(crate) fn to_attributes(&self) -> CredentialAttributes {
        CredentialAttributes {
            network_index: 1.into(),
            ssid: self.ssid,
            auth_type: self.auth_types,
            encr_type: self.encr_types,
            key_index: None,
            network_key: self.key_octets().into(),
            mac: self.mac,
            extensions: VendorExtensions::default(),
        }
    }

    /// As it stands in M8 for an access point.
    pub(crate) fn to_new_settings(&self) -> M8Settings {
        M8Settings {
            credentials: Vec::new(),
            ssid: Some(self.ssid),
            auth_type: Some(self.auth_types),
            encr_type: Some(self.encr_types),
            key_index: None,
            network_key: Some(self.key_octets()),
            mac: Some(self.mac),
            extensions: VendorExtensions::default(),
        }
    }

    /// As it stands in M7 from an access point. M7 names one kind of authentication and one of encryption, the
    /// strongest (observed: hostapd, for the sake of Windows 7).
    pub(crate) fn to_shown_settings(&self, e_s2: SecretNonce) -> M7Settings {
        M7Settings {
            e_s2,
            ssid: Some(self.ssid),
            mac: Some(self.mac),
            auth_type: Some(strongest_auth(self.auth_types)),
            encr_type: Some(strongest_encr(self.encr_types)),
            key_index: None,
            network_key: Some(self.key_octets()),
        }
    }
}

impl TryFrom<&CredentialAttributes> for Credential {
    type Error = CredentialProblem;

    fn try_from(wire: &CredentialAttributes) -> Result<Self, CredentialProblem> {
        Credential::judge(wire.ssid, wire.auth_type, wire.encr_type, wire.network_key.0.as_ref(), wire.mac)
    }
}

impl TryFrom<&M7Settings> for Credential {
    type Error = CredentialProblem;

    fn try_from(wire: &M7Settings) -> Result<Self, CredentialProblem> {
        let (Some(ssid), Some(auth), Some(encr)) = (wire.ssid, wire.auth_type, wire.encr_type) else {
            return Err(CredentialProblem::Missing);
        };
        let mac = wire.mac.unwrap_or(MacAddr::BROADCAST);
        Credential::judge(ssid, auth, encr, wire.network_key.as_ref(), mac)
    }
}

/// The new settings of an access point in M8. TKIP alone is raised to AES beside it, and WPA to WPA2 beside it
/// (observed: hostapd).
impl TryFrom<&M8Settings> for Credential {
    type Error = CredentialProblem;

    fn try_from(wire: &M8Settings) -> Result<Self, CredentialProblem> {
        let (Some(ssid), Some(mut auth), Some(mut encr)) = (wire.ssid, wire.auth_type, wire.encr_type) else {
            return Err(CredentialProblem::Missing);
        };
        if encr.contains(EncrTypes::Tkip) {
            encr = encr | EncrTypes::Aes;
        }
        if auth.contains(AuthTypes::WpaPersonal) {
            auth = auth | AuthTypes::Wpa2Personal;
        }
        let mac = wire.mac.unwrap_or(MacAddr::BROADCAST);
        Credential::judge(ssid, auth, encr, wire.network_key.as_ref(), mac)
    }
}

fn strongest_auth(types: AuthTypes) -> AuthTypes {
    [AuthTypes::Wpa2Personal, AuthTypes::WpaPersonal]
        .into_iter()
        .find(|t| types.contains(*t))
        .unwrap_or(types)
}

fn strongest_encr(types: EncrTypes) -> EncrTypes {
    [EncrTypes::Aes, EncrTypes::Tkip].into_iter().find(|t| types.contains(*t)).unwrap_or(types)
}
