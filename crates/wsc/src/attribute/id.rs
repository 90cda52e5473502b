//! Attribute identifiers.

use crate::open_enum::open_enum;

open_enum! {
    /// The type of an attribute, two octets, most significant first. WSC specification, section 12.
    pub struct AttributeId(u16) {
        /// AP Channel.
        ApChannel = 0x1001, "AP Channel";
        /// Association State.
        AssociationState = 0x1002, "Association State";
        /// Authentication Type.
        AuthenticationType = 0x1003, "Authentication Type";
        /// Authentication Type Flags.
        AuthenticationTypeFlags = 0x1004, "Authentication Type Flags";
        /// Authenticator.
        Authenticator = 0x1005, "Authenticator";
        /// Config Methods.
        ConfigMethods = 0x1008, "Config Methods";
        /// Configuration Error.
        ConfigurationError = 0x1009, "Configuration Error";
        /// Confirmation URL4.
        ConfirmationUrl4 = 0x100a, "Confirmation URL4";
        /// Confirmation URL6.
        ConfirmationUrl6 = 0x100b, "Confirmation URL6";
        /// Connection Type.
        ConnectionType = 0x100c, "Connection Type";
        /// Connection Type Flags.
        ConnectionTypeFlags = 0x100d, "Connection Type Flags";
        /// Credential.
        Credential = 0x100e, "Credential";
        /// Encryption Type.
        EncryptionType = 0x100f, "Encryption Type";
        /// Encryption Type Flags.
        EncryptionTypeFlags = 0x1010, "Encryption Type Flags";
        /// Device Name.
        DeviceName = 0x1011, "Device Name";
        /// Device Password ID.
        DevicePasswordId = 0x1012, "Device Password ID";
        /// E-Hash1.
        EHash1 = 0x1014, "E-Hash1";
        /// E-Hash2.
        EHash2 = 0x1015, "E-Hash2";
        /// E-SNonce1.
        ESNonce1 = 0x1016, "E-SNonce1";
        /// E-SNonce2.
        ESNonce2 = 0x1017, "E-SNonce2";
        /// Encrypted Settings.
        EncryptedSettings = 0x1018, "Encrypted Settings";
        /// Enrollee Nonce.
        EnrolleeNonce = 0x101a, "Enrollee Nonce";
        /// Feature ID.
        FeatureId = 0x101b, "Feature ID";
        /// Identity.
        Identity = 0x101c, "Identity";
        /// Identity Proof.
        IdentityProof = 0x101d, "Identity Proof";
        /// Key Wrap Authenticator.
        KeyWrapAuthenticator = 0x101e, "Key Wrap Authenticator";
        /// Key Identifier.
        KeyIdentifier = 0x101f, "Key Identifier";
        /// MAC Address.
        MacAddress = 0x1020, "MAC Address";
        /// Manufacturer.
        Manufacturer = 0x1021, "Manufacturer";
        /// Message Type.
        MessageType = 0x1022, "Message Type";
        /// Model Name.
        ModelName = 0x1023, "Model Name";
        /// Model Number.
        ModelNumber = 0x1024, "Model Number";
        /// Network Index.
        NetworkIndex = 0x1026, "Network Index";
        /// Network Key.
        NetworkKey = 0x1027, "Network Key";
        /// Network Key Index.
        NetworkKeyIndex = 0x1028, "Network Key Index";
        /// New Device Name.
        NewDeviceName = 0x1029, "New Device Name";
        /// New Password.
        NewPassword = 0x102a, "New Password";
        /// OOB Device Password.
        OobDevicePassword = 0x102c, "OOB Device Password";
        /// OS Version.
        OsVersion = 0x102d, "OS Version";
        /// Power Level.
        PowerLevel = 0x102f, "Power Level";
        /// PSK Current.
        PskCurrent = 0x1030, "PSK Current";
        /// PSK Max.
        PskMax = 0x1031, "PSK Max";
        /// Public Key.
        PublicKey = 0x1032, "Public Key";
        /// Radio Enabled.
        RadioEnabled = 0x1033, "Radio Enabled";
        /// Reboot.
        Reboot = 0x1034, "Reboot";
        /// Registrar Current.
        RegistrarCurrent = 0x1035, "Registrar Current";
        /// Registrar Established.
        RegistrarEstablished = 0x1036, "Registrar Established";
        /// Registrar List.
        RegistrarList = 0x1037, "Registrar List";
        /// Registrar Max.
        RegistrarMax = 0x1038, "Registrar Max";
        /// Registrar Nonce.
        RegistrarNonce = 0x1039, "Registrar Nonce";
        /// Request Type.
        RequestType = 0x103a, "Request Type";
        /// Response Type.
        ResponseType = 0x103b, "Response Type";
        /// RF Bands.
        RfBands = 0x103c, "RF Bands";
        /// R-Hash1.
        RHash1 = 0x103d, "R-Hash1";
        /// R-Hash2.
        RHash2 = 0x103e, "R-Hash2";
        /// R-SNonce1.
        RSNonce1 = 0x103f, "R-SNonce1";
        /// R-SNonce2.
        RSNonce2 = 0x1040, "R-SNonce2";
        /// Selected Registrar.
        SelectedRegistrar = 0x1041, "Selected Registrar";
        /// Serial Number.
        SerialNumber = 0x1042, "Serial Number";
        /// Wi-Fi Simple Config State.
        WpsState = 0x1044, "Wi-Fi Simple Config State";
        /// SSID.
        Ssid = 0x1045, "SSID";
        /// Total Networks.
        TotalNetworks = 0x1046, "Total Networks";
        /// UUID-E.
        UuidE = 0x1047, "UUID-E";
        /// UUID-R.
        UuidR = 0x1048, "UUID-R";
        /// Vendor Extension.
        VendorExtension = 0x1049, "Vendor Extension";
        /// Version.
        Version = 0x104a, "Version";
        /// X.509 Certificate Request.
        X509CertificateRequest = 0x104b, "X.509 Certificate Request";
        /// X.509 Certificate.
        X509Certificate = 0x104c, "X.509 Certificate";
        /// EAP Identity.
        EapIdentity = 0x104d, "EAP Identity";
        /// Message Counter.
        MessageCounter = 0x104e, "Message Counter";
        /// Public Key Hash.
        PublicKeyHash = 0x104f, "Public Key Hash";
        /// Rekey Key.
        RekeyKey = 0x1050, "Rekey Key";
        /// Key Lifetime.
        KeyLifetime = 0x1051, "Key Lifetime";
        /// Permitted Config Methods.
        PermittedConfigMethods = 0x1052, "Permitted Config Methods";
        /// Selected Registrar Config Methods.
        SelectedRegistrarConfigMethods = 0x1053, "Selected Registrar Config Methods";
        /// Primary Device Type.
        PrimaryDeviceType = 0x1054, "Primary Device Type";
        /// Secondary Device Type List.
        SecondaryDeviceTypeList = 0x1055, "Secondary Device Type List";
        /// Portable Device.
        PortableDevice = 0x1056, "Portable Device";
        /// AP Setup Locked.
        ApSetupLocked = 0x1057, "AP Setup Locked";
        /// Application Extension.
        ApplicationExtension = 0x1058, "Application Extension";
        /// EAP Type.
        EapType = 0x1059, "EAP Type";
        /// Initialization Vector.
        InitializationVector = 0x1060, "Initialization Vector";
        /// Key Provided Automatically.
        KeyProvidedAutomatically = 0x1061, "Key Provided Automatically";
        /// 802.1X Enabled.
        Ieee8021xEnabled = 0x1062, "802.1X Enabled";
        /// AppSessionKey.
        AppSessionKey = 0x1063, "AppSessionKey";
        /// WEP Transmit Key.
        WepTransmitKey = 0x1064, "WEP Transmit Key";
        /// Requested Device Type.
        RequestedDeviceType = 0x106a, "Requested Device Type";
        /// Extensibility Test.
        ExtensibilityTest = 0x10fa, "Extensibility Test";
    }
}
