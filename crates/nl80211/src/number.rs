//! The numbers of nl80211 that this crate uses (`linux/nl80211.h`).

/// What a message is about: `NL80211_CMD_…`.
pub mod command {
    /// `NL80211_CMD_GET_WIPHY`.
    pub const GET_WIPHY: u8 = 1;
    /// `NL80211_CMD_NEW_WIPHY`.
    pub const NEW_WIPHY: u8 = 3;
    /// `NL80211_CMD_GET_INTERFACE`.
    pub const GET_INTERFACE: u8 = 5;
    /// `NL80211_CMD_SET_INTERFACE`.
    pub const SET_INTERFACE: u8 = 6;
    /// `NL80211_CMD_NEW_INTERFACE`.
    pub const NEW_INTERFACE: u8 = 7;
    /// `NL80211_CMD_DEL_INTERFACE`.
    pub const DEL_INTERFACE: u8 = 8;
    /// `NL80211_CMD_GET_KEY`.
    pub const GET_KEY: u8 = 9;
    /// `NL80211_CMD_SET_KEY`.
    pub const SET_KEY: u8 = 10;
    /// `NL80211_CMD_NEW_KEY`.
    pub const NEW_KEY: u8 = 11;
    /// `NL80211_CMD_SET_BEACON`.
    pub const SET_BEACON: u8 = 14;
    /// `NL80211_CMD_START_AP`.
    pub const START_AP: u8 = 15;
    /// `NL80211_CMD_STOP_AP`.
    pub const STOP_AP: u8 = 16;
    /// `NL80211_CMD_GET_STATION`.
    pub const GET_STATION: u8 = 17;
    /// `NL80211_CMD_SET_STATION`.
    pub const SET_STATION: u8 = 18;
    /// `NL80211_CMD_NEW_STATION`.
    pub const NEW_STATION: u8 = 19;
    /// `NL80211_CMD_DEL_STATION`.
    pub const DEL_STATION: u8 = 20;
    /// `NL80211_CMD_REQ_SET_REG`.
    pub const REQ_SET_REG: u8 = 27;
    /// `NL80211_CMD_GET_REG`.
    pub const GET_REG: u8 = 31;
    /// `NL80211_CMD_GET_SCAN`.
    pub const GET_SCAN: u8 = 32;
    /// `NL80211_CMD_TRIGGER_SCAN`.
    pub const TRIGGER_SCAN: u8 = 33;
    /// `NL80211_CMD_NEW_SCAN_RESULTS`.
    pub const NEW_SCAN_RESULTS: u8 = 34;
    /// `NL80211_CMD_SCAN_ABORTED`.
    pub const SCAN_ABORTED: u8 = 35;
    /// `NL80211_CMD_REG_CHANGE`.
    pub const REG_CHANGE: u8 = 36;
    /// `NL80211_CMD_CONNECT`.
    pub const CONNECT: u8 = 46;
    /// `NL80211_CMD_DISCONNECT`.
    pub const DISCONNECT: u8 = 48;
    /// `NL80211_CMD_REGISTER_FRAME`.
    pub const REGISTER_FRAME: u8 = 58;
    /// `NL80211_CMD_FRAME`.
    pub const FRAME: u8 = 59;
    /// `NL80211_CMD_FRAME_TX_STATUS`.
    pub const FRAME_TX_STATUS: u8 = 60;
    /// `NL80211_CMD_UNPROT_DEAUTHENTICATE`.
    pub const UNPROT_DEAUTHENTICATE: u8 = 70;
    /// `NL80211_CMD_UNPROT_DISASSOCIATE`.
    pub const UNPROT_DISASSOCIATE: u8 = 71;
    /// `NL80211_CMD_PROBE_CLIENT`.
    pub const PROBE_CLIENT: u8 = 84;
    /// `NL80211_CMD_ABORT_SCAN`.
    pub const ABORT_SCAN: u8 = 114;
    /// `NL80211_CMD_CONTROL_PORT_FRAME`.
    pub const CONTROL_PORT_FRAME: u8 = 129;
    /// `NL80211_CMD_CONTROL_PORT_FRAME_TX_STATUS`.
    pub const CONTROL_PORT_FRAME_TX_STATUS: u8 = 139;
}

/// The attributes of a message: `NL80211_ATTR_…`.
pub mod attribute {
    /// `NL80211_ATTR_WIPHY`.
    pub const WIPHY: u16 = 1;
    /// `NL80211_ATTR_WIPHY_NAME`.
    pub const WIPHY_NAME: u16 = 2;
    /// `NL80211_ATTR_IFINDEX`.
    pub const IFINDEX: u16 = 3;
    /// `NL80211_ATTR_IFNAME`.
    pub const IFNAME: u16 = 4;
    /// `NL80211_ATTR_IFTYPE`.
    pub const IFTYPE: u16 = 5;
    /// `NL80211_ATTR_MAC`.
    pub const MAC: u16 = 6;
    /// `NL80211_ATTR_BEACON_INTERVAL`.
    pub const BEACON_INTERVAL: u16 = 12;
    /// `NL80211_ATTR_DTIM_PERIOD`.
    pub const DTIM_PERIOD: u16 = 13;
    /// `NL80211_ATTR_BEACON_HEAD`.
    pub const BEACON_HEAD: u16 = 14;
    /// `NL80211_ATTR_BEACON_TAIL`.
    pub const BEACON_TAIL: u16 = 15;
    /// `NL80211_ATTR_STA_AID`.
    pub const STA_AID: u16 = 16;
    /// `NL80211_ATTR_STA_LISTEN_INTERVAL`.
    pub const STA_LISTEN_INTERVAL: u16 = 18;
    /// `NL80211_ATTR_STA_SUPPORTED_RATES`.
    pub const STA_SUPPORTED_RATES: u16 = 19;
    /// `NL80211_ATTR_STA_INFO`.
    pub const STA_INFO: u16 = 21;
    /// `NL80211_ATTR_WIPHY_BANDS`.
    pub const WIPHY_BANDS: u16 = 22;
    /// `NL80211_ATTR_SUPPORTED_IFTYPES`.
    pub const SUPPORTED_IFTYPES: u16 = 32;
    /// `NL80211_ATTR_REG_ALPHA2`.
    pub const REG_ALPHA2: u16 = 33;
    /// `NL80211_ATTR_WIPHY_FREQ`.
    pub const WIPHY_FREQ: u16 = 38;
    /// `NL80211_ATTR_IE`.
    pub const IE: u16 = 42;
    /// `NL80211_ATTR_MAX_NUM_SCAN_SSIDS`.
    pub const MAX_NUM_SCAN_SSIDS: u16 = 43;
    /// `NL80211_ATTR_SCAN_FREQUENCIES`.
    pub const SCAN_FREQUENCIES: u16 = 44;
    /// `NL80211_ATTR_SCAN_SSIDS`.
    pub const SCAN_SSIDS: u16 = 45;
    /// `NL80211_ATTR_BSS`.
    pub const BSS: u16 = 47;
    /// `NL80211_ATTR_SUPPORTED_COMMANDS`.
    pub const SUPPORTED_COMMANDS: u16 = 50;
    /// `NL80211_ATTR_FRAME`.
    pub const FRAME: u16 = 51;
    /// `NL80211_ATTR_SSID`.
    pub const SSID: u16 = 52;
    /// `NL80211_ATTR_AUTH_TYPE`.
    pub const AUTH_TYPE: u16 = 53;
    /// `NL80211_ATTR_REASON_CODE`.
    pub const REASON_CODE: u16 = 54;
    /// `NL80211_ATTR_MAX_SCAN_IE_LEN`.
    pub const MAX_SCAN_IE_LEN: u16 = 56;
    /// `NL80211_ATTR_CIPHER_SUITES`.
    pub const CIPHER_SUITES: u16 = 57;
    /// `NL80211_ATTR_TIMED_OUT`.
    pub const TIMED_OUT: u16 = 65;
    /// `NL80211_ATTR_USE_MFP`.
    pub const USE_MFP: u16 = 66;
    /// `NL80211_ATTR_STA_FLAGS2`.
    pub const STA_FLAGS2: u16 = 67;
    /// `NL80211_ATTR_CONTROL_PORT`.
    pub const CONTROL_PORT: u16 = 68;
    /// `NL80211_ATTR_PRIVACY`.
    pub const PRIVACY: u16 = 70;
    /// `NL80211_ATTR_DISCONNECTED_BY_AP`.
    pub const DISCONNECTED_BY_AP: u16 = 71;
    /// `NL80211_ATTR_STATUS_CODE`.
    pub const STATUS_CODE: u16 = 72;
    /// `NL80211_ATTR_CIPHER_SUITES_PAIRWISE`.
    pub const CIPHER_SUITES_PAIRWISE: u16 = 73;
    /// `NL80211_ATTR_CIPHER_SUITE_GROUP`.
    pub const CIPHER_SUITE_GROUP: u16 = 74;
    /// `NL80211_ATTR_WPA_VERSIONS`.
    pub const WPA_VERSIONS: u16 = 75;
    /// `NL80211_ATTR_AKM_SUITES`.
    pub const AKM_SUITES: u16 = 76;
    /// `NL80211_ATTR_RESP_IE`.
    pub const RESP_IE: u16 = 78;
    /// `NL80211_ATTR_KEY`.
    pub const KEY: u16 = 80;
    /// `NL80211_ATTR_COOKIE`.
    pub const COOKIE: u16 = 88;
    /// `NL80211_ATTR_FRAME_MATCH`.
    pub const FRAME_MATCH: u16 = 91;
    /// `NL80211_ATTR_ACK`.
    pub const ACK: u16 = 92;
    /// `NL80211_ATTR_FRAME_TYPE`.
    pub const FRAME_TYPE: u16 = 101;
    /// `NL80211_ATTR_CONTROL_PORT_ETHERTYPE`.
    pub const CONTROL_PORT_ETHERTYPE: u16 = 102;
    /// `NL80211_ATTR_CONTROL_PORT_NO_ENCRYPT`.
    pub const CONTROL_PORT_NO_ENCRYPT: u16 = 103;
    /// `NL80211_ATTR_HIDDEN_SSID`.
    pub const HIDDEN_SSID: u16 = 126;
    /// `NL80211_ATTR_DEVICE_AP_SME`.
    pub const DEVICE_AP_SME: u16 = 141;
    /// `NL80211_ATTR_RX_SIGNAL_DBM`.
    pub const RX_SIGNAL_DBM: u16 = 151;
    /// `NL80211_ATTR_CHANNEL_WIDTH`.
    pub const CHANNEL_WIDTH: u16 = 159;
    /// `NL80211_ATTR_CENTER_FREQ1`.
    pub const CENTER_FREQ1: u16 = 160;
    /// `NL80211_ATTR_SPLIT_WIPHY_DUMP`.
    pub const SPLIT_WIPHY_DUMP: u16 = 174;
    /// `NL80211_ATTR_SOCKET_OWNER`.
    pub const SOCKET_OWNER: u16 = 204;
    /// `NL80211_ATTR_EXT_FEATURES`.
    pub const EXT_FEATURES: u16 = 217;
    /// `NL80211_ATTR_CONTROL_PORT_OVER_NL80211`.
    pub const CONTROL_PORT_OVER_NL80211: u16 = 264;
}
