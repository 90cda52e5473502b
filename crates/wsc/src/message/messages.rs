//! The messages, one declaration each: WSC specification, section 8.3.
//!
//! The order of the fields is the order that hostapd and wpa_supplicant send. `Expected` marks what the
//! specification requires and peers are known to leave out: hostapd reads such messages, and so do we.

use super::declare::message;
use super::{Message, Open, VendorExtensions};
use crate::attribute::Expected;
use crate::crypto::{CommitmentHash, EncryptedSettings, PublicKeyOctets};
use crate::{
    AssociationState, AuthTypes, ConfigError, ConfigMethods, ConnectionTypes, DeviceDescription,
    DevicePasswordId, DeviceType, EncrTypes, MacAddr, Nonce, OsVersion, RfBands, Text, Uuid, WpsState,
};

message! {
    /// M1, enrollee to registrar: the enrollee introduces itself.
    pub struct M1: M1, open {
        /// Who the enrollee is.
        UuidE => uuid_e: Uuid,
        /// Its MAC address, which enters the key derivation.
        MacAddress => mac: MacAddr,
        /// N1.
        EnrolleeNonce => enrollee_nonce: Nonce,
        /// PKE.
        PublicKey => public_key: PublicKeyOctets,
        /// The kinds of authentication that it can do.
        AuthenticationTypeFlags => auth_types: Expected<AuthTypes>,
        /// The kinds of encryption that it can do.
        EncryptionTypeFlags => encr_types: Expected<EncrTypes>,
        /// The kinds of network that it can join.
        ConnectionTypeFlags => connection_types: Expected<ConnectionTypes>,
        /// Its configuration methods.
        ConfigMethods => config_methods: Expected<ConfigMethods>,
        /// Whether it has its settings already.
        WpsState => state: Expected<WpsState>,
        /// Who made it.
        Manufacturer => manufacturer: Expected<Text<64>>,
        /// The model's name.
        ModelName => model_name: Expected<Text<32>>,
        /// The model's number.
        ModelNumber => model_number: Expected<Text<32>>,
        /// The serial number.
        SerialNumber => serial_number: Expected<Text<32>>,
        /// What kind of device it is.
        PrimaryDeviceType => device_type: Expected<DeviceType>,
        /// Its name.
        DeviceName => device_name: Expected<Text<32>>,
        /// Its bands.
        RfBands => rf_bands: Expected<RfBands>,
        /// Whether it is associated.
        AssociationState => association_state: Expected<AssociationState>,
        /// Which device password it means.
        DevicePasswordId => password_id: DevicePasswordId,
        /// The error of its last attempt.
        ConfigurationError => config_error: Expected<ConfigError>,
        /// The version of its system.
        OsVersion => os_version: Expected<OsVersion>,
        /// Vendor extensions.
        VendorExtension => extensions: VendorExtensions,
    }
}

message! {
    /// M2, registrar to enrollee: the registrar introduces itself.
    pub struct M2: M2, authenticated {
        /// N1.
        EnrolleeNonce => enrollee_nonce: Nonce,
        /// N2.
        RegistrarNonce => registrar_nonce: Nonce,
        /// Who the registrar is.
        UuidR => uuid_r: Uuid,
        /// PKR.
        PublicKey => public_key: PublicKeyOctets,
        /// The kinds of authentication that it can set up.
        AuthenticationTypeFlags => auth_types: Expected<AuthTypes>,
        /// The kinds of encryption that it can set up.
        EncryptionTypeFlags => encr_types: Expected<EncrTypes>,
        /// The kinds of network that it can set up.
        ConnectionTypeFlags => connection_types: Expected<ConnectionTypes>,
        /// Its configuration methods.
        ConfigMethods => config_methods: Expected<ConfigMethods>,
        /// Who made it.
        Manufacturer => manufacturer: Expected<Text<64>>,
        /// The model's name.
        ModelName => model_name: Expected<Text<32>>,
        /// The model's number.
        ModelNumber => model_number: Expected<Text<32>>,
        /// The serial number.
        SerialNumber => serial_number: Expected<Text<32>>,
        /// What kind of device it is.
        PrimaryDeviceType => device_type: Expected<DeviceType>,
        /// Its name.
        DeviceName => device_name: Expected<Text<32>>,
        /// Its bands.
        RfBands => rf_bands: Expected<RfBands>,
        /// Whether it is associated.
        AssociationState => association_state: Expected<AssociationState>,
        /// An error.
        ConfigurationError => config_error: Expected<ConfigError>,
        /// Which device password it uses.
        DevicePasswordId => password_id: DevicePasswordId,
        /// The version of its system.
        OsVersion => os_version: Expected<OsVersion>,
        /// Vendor extensions.
        VendorExtension => extensions: VendorExtensions,
    }
}

message! {
    /// M2D, registrar to enrollee: the registrar introduces itself and has no device password for the enrollee.
    pub struct M2D: M2D, open {
        /// N1.
        EnrolleeNonce => enrollee_nonce: Nonce,
        /// N2.
        RegistrarNonce => registrar_nonce: Nonce,
        /// Who the registrar is.
        UuidR => uuid_r: Uuid,
        /// The kinds of authentication that it can set up.
        AuthenticationTypeFlags => auth_types: Expected<AuthTypes>,
        /// The kinds of encryption that it can set up.
        EncryptionTypeFlags => encr_types: Expected<EncrTypes>,
        /// The kinds of network that it can set up.
        ConnectionTypeFlags => connection_types: Expected<ConnectionTypes>,
        /// Its configuration methods.
        ConfigMethods => config_methods: Expected<ConfigMethods>,
        /// Who made it.
        Manufacturer => manufacturer: Expected<Text<64>>,
        /// The model's name.
        ModelName => model_name: Expected<Text<32>>,
        /// The model's number.
        ModelNumber => model_number: Expected<Text<32>>,
        /// The serial number.
        SerialNumber => serial_number: Expected<Text<32>>,
        /// What kind of device it is.
        PrimaryDeviceType => device_type: Expected<DeviceType>,
        /// Its name.
        DeviceName => device_name: Expected<Text<32>>,
        /// Its bands.
        RfBands => rf_bands: Expected<RfBands>,
        /// Whether it is associated.
        AssociationState => association_state: Expected<AssociationState>,
        /// Why there is no device password.
        ConfigurationError => config_error: Expected<ConfigError>,
        /// The version of its system.
        OsVersion => os_version: Expected<OsVersion>,
        /// Vendor extensions.
        VendorExtension => extensions: VendorExtensions,
    }
}

message! {
    /// M3, enrollee to registrar: the enrollee commits to both halves of the device password.
    pub struct M3: M3, authenticated {
        /// N2.
        RegistrarNonce => registrar_nonce: Nonce,
        /// The commitment to the first half.
        EHash1 => e_hash1: CommitmentHash,
        /// The commitment to the second half.
        EHash2 => e_hash2: CommitmentHash,
        /// Vendor extensions.
        VendorExtension => extensions: VendorExtensions,
    }
}

message! {
    /// M4, registrar to enrollee: the registrar commits to both halves and proves the first.
    pub struct M4: M4, authenticated {
        /// N1.
        EnrolleeNonce => enrollee_nonce: Nonce,
        /// The commitment to the first half.
        RHash1 => r_hash1: CommitmentHash,
        /// The commitment to the second half.
        RHash2 => r_hash2: CommitmentHash,
        /// [`M4Settings`](super::settings::M4Settings).
        EncryptedSettings => settings: EncryptedSettings,
        /// Vendor extensions.
        VendorExtension => extensions: VendorExtensions,
    }
}

message! {
    /// M5, enrollee to registrar: the enrollee proves the first half.
    pub struct M5: M5, authenticated {
        /// N2.
        RegistrarNonce => registrar_nonce: Nonce,
        /// [`M5Settings`](super::settings::M5Settings).
        EncryptedSettings => settings: EncryptedSettings,
        /// Vendor extensions.
        VendorExtension => extensions: VendorExtensions,
    }
}

message! {
    /// M6, registrar to enrollee: the registrar proves the second half.
    pub struct M6: M6, authenticated {
        /// N1.
        EnrolleeNonce => enrollee_nonce: Nonce,
        /// [`M6Settings`](super::settings::M6Settings).
        EncryptedSettings => settings: EncryptedSettings,
        /// Vendor extensions.
        VendorExtension => extensions: VendorExtensions,
    }
}

message! {
    /// M7, enrollee to registrar: the enrollee proves the second half; an access point adds its settings.
    pub struct M7: M7, authenticated {
        /// N2.
        RegistrarNonce => registrar_nonce: Nonce,
        /// [`M7Settings`](super::settings::M7Settings).
        EncryptedSettings => settings: EncryptedSettings,
        /// Vendor extensions.
        VendorExtension => extensions: VendorExtensions,
    }
}

message! {
    /// M8, registrar to enrollee: the credentials, or the new settings of an access point.
    pub struct M8: M8, authenticated {
        /// N1.
        EnrolleeNonce => enrollee_nonce: Nonce,
        /// [`M8Settings`](super::settings::M8Settings).
        EncryptedSettings => settings: EncryptedSettings,
        /// Vendor extensions.
        VendorExtension => extensions: VendorExtensions,
    }
}

message! {
    /// WSC_ACK: the message was received; there is nothing to say to it.
    pub struct Ack: Ack, open {
        /// N1.
        EnrolleeNonce => enrollee_nonce: Nonce,
        /// N2.
        RegistrarNonce => registrar_nonce: Nonce,
        /// Vendor extensions.
        VendorExtension => extensions: VendorExtensions,
    }
}

message! {
    /// WSC_NACK: the registration is over.
    pub struct Nack: Nack, open {
        /// N1.
        EnrolleeNonce => enrollee_nonce: Nonce,
        /// N2; zeros when the registrar never said one.
        RegistrarNonce => registrar_nonce: Nonce,
        /// Why.
        ConfigurationError => config_error: ConfigError,
        /// Vendor extensions.
        VendorExtension => extensions: VendorExtensions,
    }
}

message! {
    /// WSC_Done, from the enrollee: it has its settings.
    pub struct Done: Done, open {
        /// N1.
        EnrolleeNonce => enrollee_nonce: Nonce,
        /// N2.
        RegistrarNonce => registrar_nonce: Nonce,
        /// Vendor extensions.
        VendorExtension => extensions: VendorExtensions,
    }
}

/// M1, M2 and M2D, in which a device describes itself.
pub trait Introduction: Message {
    /// The texts and the type of the sender; what a 1.0 peer leaves out is empty.
    fn description(&self) -> DeviceDescription;
}

macro_rules! introduction {
    ($($name:ident),*) => { $(
        impl Introduction for $name {
            fn description(&self) -> DeviceDescription {
                DeviceDescription {
                    manufacturer: self.manufacturer.0.clone().unwrap_or_default(),
                    model_name: self.model_name.0.clone().unwrap_or_default(),
                    model_number: self.model_number.0.clone().unwrap_or_default(),
                    serial_number: self.serial_number.0.clone().unwrap_or_default(),
                    device_type: self.device_type.0.unwrap_or(DeviceType::standard(0, 0)),
                    device_name: self.device_name.0.clone().unwrap_or_default(),
                }
            }
        }
    )* };
}

introduction!(M1, M2, M2D);

/// The nonces that WSC_ACK, WSC_NACK and WSC_Done carry.
pub trait Closing: Open {
    /// N1 and N2.
    fn nonces(&self) -> (Nonce, Nonce);
}

macro_rules! closing {
    ($($name:ident),*) => { $(
        impl Closing for $name {
            fn nonces(&self) -> (Nonce, Nonce) {
                (self.enrollee_nonce, self.registrar_nonce)
            }
        }
    )* };
}

closing!(Ack, Nack, Done);

super::declare::attribute_list! {
    /// Of any message, the vendor extensions alone.
    pub struct Extensions {
        /// Vendor extensions.
        VendorExtension => extensions: VendorExtensions,
    }
}
