//! The flag sets of the protocol.

use crate::open_enum::flag_set;

flag_set! {
    /// Configuration Methods (attribute 0x1008), two octets: the ways in which a device can be set up.
    /// The virtual and physical forms came with version 2.0; each contains the bit of its 1.0 form.
    pub struct ConfigMethods(u16) {
        /// A USB flash drive.
        Usb = 0x0001, "USB";
        /// Ethernet.
        Ethernet = 0x0002, "Ethernet";
        /// A PIN on a label.
        Label = 0x0004, "Label";
        /// A PIN on a display.
        Display = 0x0008, "Display";
        /// An external NFC token.
        ExternalNfcToken = 0x0010, "External NFC Token";
        /// An integrated NFC token.
        IntegratedNfcToken = 0x0020, "Integrated NFC Token";
        /// An NFC interface.
        NfcInterface = 0x0040, "NFC Interface";
        /// Push button.
        PushButton = 0x0080, "Push Button";
        /// A keypad on which a PIN can be entered.
        Keypad = 0x0100, "Keypad";
        /// A push button in software.
        VirtualPushButton = 0x0280, "Virtual Push Button";
        /// A push button in hardware.
        PhysicalPushButton = 0x0480, "Physical Push Button";
        /// A PIN shown on a page or by a program.
        VirtualDisplay = 0x2008, "Virtual Display PIN";
        /// A PIN shown on the device's own display.
        PhysicalDisplay = 0x4008, "Physical Display PIN";
    }
}

flag_set! {
    /// Authentication Type and Authentication Type Flags (attributes 0x1003 and 0x1004), two octets.
    /// There is no flag for WPA3: the protocol predates it.
    pub struct AuthTypes(u16) {
        /// Open system.
        Open = 0x0001, "Open";
        /// WPA with a pre-shared key.
        WpaPersonal = 0x0002, "WPA-Personal";
        /// Shared key (WEP); deprecated.
        Shared = 0x0004, "Shared";
        /// WPA with 802.1X.
        WpaEnterprise = 0x0008, "WPA-Enterprise";
        /// WPA2 with 802.1X.
        Wpa2Enterprise = 0x0010, "WPA2-Enterprise";
        /// WPA2 with a pre-shared key.
        Wpa2Personal = 0x0020, "WPA2-Personal";
    }
}

flag_set! {
    /// Encryption Type and Encryption Type Flags (attributes 0x100f and 0x1010), two octets.
    pub struct EncrTypes(u16) {
        /// None.
        Open = 0x0001, "None";
        /// WEP; deprecated.
        Wep = 0x0002, "WEP";
        /// TKIP; deprecated.
        Tkip = 0x0004, "TKIP";
        /// AES-CCMP.
        Aes = 0x0008, "AES";
    }
}

flag_set! {
    /// Connection Type Flags (attribute 0x100d), one octet.
    pub struct ConnectionTypes(u8) {
        /// Infrastructure (ESS).
        Ess = 0x01, "ESS";
        /// Independent (IBSS).
        Ibss = 0x02, "IBSS";
    }
}

flag_set! {
    /// RF Bands (attribute 0x103c), one octet.
    pub struct RfBands(u8) {
        /// 2.4 GHz.
        Band24GHz = 0x01, "2.4 GHz";
        /// 5 GHz.
        Band5GHz = 0x02, "5 GHz";
        /// 60 GHz.
        Band60GHz = 0x04, "60 GHz";
    }
}
