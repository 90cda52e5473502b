//! The enumerated values of the protocol.

use crate::open_enum::open_enum;

open_enum! {
    /// Message Type (attribute 0x1022), one octet. Values: WSC specification, section 12, "Message Type".
    pub struct MessageType(u8) {
        /// A beacon frame's element.
        Beacon = 0x01, "Beacon";
        /// A probe request frame's element.
        ProbeRequest = 0x02, "Probe Request";
        /// A probe response frame's element.
        ProbeResponse = 0x03, "Probe Response";
        /// M1: the enrollee introduces itself.
        M1 = 0x04, "M1";
        /// M2: the registrar introduces itself.
        M2 = 0x05, "M2";
        /// M2D: the registrar introduces itself and has no device password for the enrollee.
        M2D = 0x06, "M2D";
        /// M3: the enrollee commits to both halves of the device password.
        M3 = 0x07, "M3";
        /// M4: the registrar commits to both halves and proves the first.
        M4 = 0x08, "M4";
        /// M5: the enrollee proves the first half.
        M5 = 0x09, "M5";
        /// M6: the registrar proves the second half.
        M6 = 0x0a, "M6";
        /// M7: the enrollee proves the second half.
        M7 = 0x0b, "M7";
        /// M8: the registrar hands over the credentials.
        M8 = 0x0c, "M8";
        /// WSC_ACK.
        Ack = 0x0d, "WSC_ACK";
        /// WSC_NACK.
        Nack = 0x0e, "WSC_NACK";
        /// WSC_Done.
        Done = 0x0f, "WSC_Done";
    }
}

open_enum! {
    /// Configuration Error (attribute 0x1009), two octets: why a registration or the join after it failed.
    /// Values: WSC specification, section 12, "Configuration Error".
    pub struct ConfigError(u16) {
        /// No error.
        NoError = 0, "No Error";
        /// The out-of-band interface could not be read.
        OutOfBandReadError = 1, "OOB Interface Read Error";
        /// The integrity check of Encrypted Settings failed.
        DecryptionCrcFailure = 2, "Decryption CRC Failure";
        /// The 2.4 GHz channel is not supported.
        Channel24NotSupported = 3, "2.4 Channel Not Supported";
        /// The 5 GHz channel is not supported.
        Channel50NotSupported = 4, "5.0 Channel Not Supported";
        /// The signal is too weak.
        SignalTooWeak = 5, "Signal Too Weak";
        /// Authentication with the network failed.
        NetworkAuthFailure = 6, "Network Auth Failure";
        /// Association with the network failed.
        NetworkAssociationFailure = 7, "Network Association Failure";
        /// No DHCP server answered.
        NoDhcpResponse = 8, "No DHCP Response";
        /// The DHCP exchange failed.
        FailedDhcpConfig = 9, "Failed DHCP Config";
        /// Somebody else has the address already.
        IpAddressConflict = 10, "IP Address Conflict";
        /// The registrar could not be reached.
        NoConnectionToRegistrar = 11, "Couldn't Connect To Registrar";
        /// More than one device is in push-button mode (session overlap).
        MultiplePbcDetected = 12, "Multiple PBC Sessions Detected";
        /// Something looks like an attack.
        RogueActivitySuspected = 13, "Rogue Activity Suspected";
        /// The device is busy.
        DeviceBusy = 14, "Device Busy";
        /// The access point takes no external registrar at present (lock-out).
        SetupLocked = 15, "Setup Locked";
        /// No answer to a message in time.
        MessageTimeout = 16, "Message Timeout";
        /// The registration as a whole took too long.
        RegistrationSessionTimeout = 17, "Registration Session Timeout";
        /// The device password (the PIN) is wrong.
        DevicePasswordAuthFailure = 18, "Device Password Auth Failure";
        /// The 60 GHz channel is not supported.
        Channel60NotSupported = 19, "60 GHz Channel Not Supported";
        /// The public key is not the one announced out of band.
        PublicKeyHashMismatch = 20, "Public Key Hash Mismatch";
    }
}

open_enum! {
    /// Device Password ID (attribute 0x1012), two octets: which password the enrollee means.
    /// Values 0x0010 to 0xffff belong to out-of-band (NFC) passwords.
    pub struct DevicePasswordId(u16) {
        /// A PIN: from a label, a display or a keypad.
        Default = 0x0000, "Default (PIN)";
        /// A password that the user chose.
        UserSpecified = 0x0001, "User-specified";
        /// A password that the machine chose.
        MachineSpecified = 0x0002, "Machine-specified";
        /// A password for a renewed key.
        Rekey = 0x0003, "Rekey";
        /// Push button.
        PushButton = 0x0004, "PushButton";
        /// The registrar's PIN, entered at the enrollee.
        RegistrarSpecified = 0x0005, "Registrar-specified";
        /// NFC connection handover.
        NfcConnectionHandover = 0x0007, "NFC-Connection-Handover";
        /// Wi-Fi Direct services.
        P2psDefault = 0x0008, "P2Ps";
    }
}

open_enum! {
    /// Association State (attribute 0x1002), two octets.
    pub struct AssociationState(u16) {
        /// Not associated.
        NotAssociated = 0, "Not Associated";
        /// Associated and connected.
        ConnectionSuccess = 1, "Connection Success";
        /// The configuration did not work.
        ConfigurationFailure = 2, "Configuration Failure";
        /// Association failed.
        AssociationFailure = 3, "Association Failure";
        /// No IP address.
        IpFailure = 4, "IP Failure";
    }
}

open_enum! {
    /// Wi-Fi Simple Configuration State (attribute 0x1044), one octet.
    pub struct WpsState(u8) {
        /// Out of the box.
        NotConfigured = 1, "Not Configured";
        /// Has its settings.
        Configured = 2, "Configured";
    }
}

open_enum! {
    /// Request Type (attribute 0x103a), one octet: why a station asks or associates.
    pub struct RequestType(u8) {
        /// Enrollee, information only.
        EnrolleeInfo = 0, "Enrollee, Info only";
        /// Enrollee, wants to register.
        Enrollee = 1, "Enrollee, open 802.1X";
        /// A registrar.
        Registrar = 2, "Registrar";
        /// A registrar that manages the access point.
        WlanManagerRegistrar = 3, "WLAN Manager Registrar";
    }
}

open_enum! {
    /// Response Type (attribute 0x103b), one octet.
    pub struct ResponseType(u8) {
        /// Enrollee, information only.
        EnrolleeInfo = 0, "Enrollee, Info only";
        /// Enrollee, wants to register.
        Enrollee = 1, "Enrollee, open 802.1X";
        /// A registrar.
        Registrar = 2, "Registrar";
        /// An access point.
        AccessPoint = 3, "AP";
    }
}
