//! What a device says about itself, and what an access point lets a registrar do.

use crate::{
    AuthTypes, ConfigMethods, ConnectionTypes, Credential, DeviceDescription, DevicePassword, EncrTypes,
    MacAddr, OsVersion, RfBands, Uuid, WpsState,
};

/// A device as it introduces itself in M1, M2 and M2D.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// UUID-E or UUID-R; [`Uuid::from_mac`] makes one.
    pub uuid: Uuid,
    /// Its MAC address. An enrollee's enters the key derivation.
    pub mac: MacAddr,
    /// Its texts and its type.
    pub description: DeviceDescription,
    /// The ways in which it can be set up.
    pub config_methods: ConfigMethods,
    /// The kinds of authentication that it can do.
    pub auth_types: AuthTypes,
    /// The kinds of encryption that it can do.
    pub encr_types: EncrTypes,
    /// The kinds of network.
    pub connection_types: ConnectionTypes,
    /// Its bands.
    pub rf_bands: RfBands,
    /// The version of its system.
    pub os_version: OsVersion,
    /// Whether it has its settings already.
    pub state: WpsState,
}

impl Device {
    /// A device with the properties that nearly all have: WPA2 personal or open networks, AES, infrastructure,
    /// 2.4 GHz, not configured, and a UUID made from its MAC address.
    pub fn new(mac: MacAddr, description: DeviceDescription, config_methods: ConfigMethods) -> Device {
        Device {
            uuid: Uuid::from_mac(mac),
            mac,
            description,
            config_methods,
            auth_types: AuthTypes::Open | AuthTypes::WpaPersonal | AuthTypes::Wpa2Personal,
            encr_types: EncrTypes::Open | EncrTypes::Tkip | EncrTypes::Aes,
            connection_types: ConnectionTypes::Ess,
            rf_bands: RfBands::Band24GHz,
            os_version: OsVersion(0x8000_0000),
            state: WpsState::NotConfigured,
        }
    }
}

/// Which kind of enrollee it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnrolleeRole {
    /// A station that wants to join a network, such as a printer.
    Station {
        /// The device password that it shares with the registrar.
        password: DevicePassword,
    },
    /// An access point that a registrar wants to read or to configure.
    AccessPoint {
        /// Its settings, which it shows in M7 to whoever proves its PIN.
        settings: Credential,
        /// What it lets a registrar do.
        access: ApAccess,
    },
}

/// What an access point lets a registrar do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApAccess {
    /// With this PIN, read the settings and replace them.
    Full(DevicePassword),
    /// With this PIN, read the settings (observed: hostapd's `ap_setup_locked=2`).
    ReadOnly(DevicePassword),
    /// Nothing: the set-up is locked, or there is no PIN. M1 is sent, which Windows 7 needs to see what the access
    /// point can do (observed: hostapd); M2 is refused.
    Locked,
}

impl EnrolleeRole {
    /// The device password, if there is one.
    pub(crate) fn password(&self) -> Option<&DevicePassword> {
        match self {
            EnrolleeRole::Station { password }
            | EnrolleeRole::AccessPoint {
                access: ApAccess::Full(password) | ApAccess::ReadOnly(password),
                ..
            } => Some(password),
            EnrolleeRole::AccessPoint { access: ApAccess::Locked, .. } => None,
        }
    }

    /// The configuration methods that M1 names. A registrar comes to an access point by its PIN, never by push button;
    /// without a PIN it is named all the same, because Windows 7 looks into M1 to see what the access point can do
    /// (observed: hostapd).
    pub(crate) fn config_methods(&self, device: &Device) -> ConfigMethods {
        const BUTTONS: ConfigMethods =
            ConfigMethods(ConfigMethods::VirtualPushButton.0 | ConfigMethods::PhysicalPushButton.0);
        if self.is_access_point() && self.password().is_some() {
            device.config_methods.without(BUTTONS)
        } else {
            device.config_methods
        }
    }

    pub(crate) fn is_access_point(&self) -> bool {
        matches!(self, EnrolleeRole::AccessPoint { .. })
    }
}
