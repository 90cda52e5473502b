//! The numbers of nl80211 that this crate uses (`linux/nl80211.h`).

/// What a message is about: `NL80211_CMD_…`.
pub mod command {
    /// `NL80211_CMD_GET_WIPHY`.
    pub const GET_WIPHY: u8 = 1;
    /// `NL80211_CMD_NEW_WIPHY`.
    pub const NEW_WIPHY: u8 = 3;
    /// `NL80211_CMD_GET_INTERFACE`.
    pub const GET_INTERFACE: u8 = 5;
    /// `NL80211_CMD_NEW_INTERFACE`.
    pub const NEW_INTERFACE: u8 = 7;
    /// `NL80211_CMD_GET_SCAN`.
    pub const GET_SCAN: u8 = 32;
    /// `NL80211_CMD_TRIGGER_SCAN`.
    pub const TRIGGER_SCAN: u8 = 33;
    /// `NL80211_CMD_NEW_SCAN_RESULTS`.
    pub const NEW_SCAN_RESULTS: u8 = 34;
    /// `NL80211_CMD_SCAN_ABORTED`.
    pub const SCAN_ABORTED: u8 = 35;
    /// `NL80211_CMD_ABORT_SCAN`.
    pub const ABORT_SCAN: u8 = 114;
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
    /// `NL80211_ATTR_WIPHY_BANDS`.
    pub const WIPHY_BANDS: u16 = 22;
    /// `NL80211_ATTR_SUPPORTED_IFTYPES`.
    pub const SUPPORTED_IFTYPES: u16 = 32;
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
    /// `NL80211_ATTR_SSID`.
    pub const SSID: u16 = 52;
    /// `NL80211_ATTR_MAX_SCAN_IE_LEN`.
    pub const MAX_SCAN_IE_LEN: u16 = 56;
    /// `NL80211_ATTR_CIPHER_SUITES`.
    pub const CIPHER_SUITES: u16 = 57;
    /// `NL80211_ATTR_SPLIT_WIPHY_DUMP`.
    pub const SPLIT_WIPHY_DUMP: u16 = 174;
    /// `NL80211_ATTR_EXT_FEATURES`.
    pub const EXT_FEATURES: u16 = 217;
}
