//! Numbers in the fixed fields of management frames.

use crate::numbers::numbers;

numbers! {
    /// Authentication algorithm, two octets: IEEE 802.11-2020, section 9.4.1.1.
    pub struct AuthAlgorithm(u16) {
        /// Open system: anybody may associate; the 4-way handshake comes after it.
        OPEN = 0, "open system";
        /// Shared key (WEP).
        SHARED_KEY = 1, "shared key";
        /// Fast BSS transition.
        FAST_TRANSITION = 2, "fast BSS transition";
        /// SAE (WPA3 personal).
        SAE = 3, "SAE";
    }
}

numbers! {
    /// Reason code, two octets: why a connection ends. IEEE 802.11-2020, section 9.4.1.7.
    pub struct ReasonCode(u16) {
        /// No reason given.
        UNSPECIFIED = 1, "unspecified reason";
        /// The authentication is not valid any more.
        INVALID_AUTHENTICATION = 2, "authentication not valid any more";
        /// The sender leaves or has left.
        LEAVING = 3, "the sender leaves";
        /// The station was silent for too long.
        INACTIVITY = 4, "silent for too long";
        /// The access point has no room for more stations.
        NO_MORE_STATIONS = 5, "no room for more stations";
        /// A frame that takes authentication, from a station that has none.
        CLASS2_FROM_UNAUTHENTICATED = 6, "frame from a station that is not authenticated";
        /// A frame that takes association, from a station that has none.
        CLASS3_FROM_UNASSOCIATED = 7, "frame from a station that is not associated";
        /// The station leaves or has left the BSS.
        STATION_LEAVING = 8, "the station leaves";
        /// Association was asked for before authentication.
        NOT_AUTHENTICATED = 9, "association before authentication";
        /// An element is not valid.
        INVALID_ELEMENT = 13, "invalid element";
        /// A message integrity check failed.
        MIC_FAILURE = 14, "message integrity check failed";
        /// The 4-way handshake took too long; what a wrong passphrase most often ends in.
        HANDSHAKE_TIMEOUT = 15, "4-way handshake took too long";
        /// The group key handshake took too long.
        GROUP_HANDSHAKE_TIMEOUT = 16, "group key handshake took too long";
        /// The RSN element of the handshake differs from that of the association, the beacon or the probe response.
        ELEMENT_DIFFERS = 17, "element in the handshake differs";
        /// The group cipher is not valid.
        INVALID_GROUP_CIPHER = 18, "invalid group cipher";
        /// The pairwise cipher is not valid.
        INVALID_PAIRWISE_CIPHER = 19, "invalid pairwise cipher";
        /// The key management is not valid.
        INVALID_AKM = 20, "invalid key management";
        /// The version of the RSN element is not supported.
        UNSUPPORTED_RSN_VERSION = 21, "unsupported version of the RSN element";
        /// The RSN capabilities are not valid.
        INVALID_RSN_CAPABILITIES = 22, "invalid RSN capabilities";
        /// 802.1X authentication failed; also what ends a registration by WPS.
        IEEE_8021X_FAILED = 23, "802.1X authentication failed";
        /// The cipher is against the policy.
        CIPHER_REJECTED = 24, "cipher against the policy";
    }
}

numbers! {
    /// Status code, two octets: the answer to a request. IEEE 802.11-2020, section 9.4.1.9.
    pub struct StatusCode(u16) {
        /// Granted.
        SUCCESS = 0, "success";
        /// Refused, without a reason.
        UNSPECIFIED = 1, "unspecified failure";
        /// Capabilities do not fit.
        CAPABILITIES = 10, "capabilities do not fit";
        /// Reassociation without an association.
        NOT_ASSOCIATED = 11, "no association to continue";
        /// Refused for a reason outside the standard.
        DENIED = 12, "denied";
        /// The authentication algorithm is not supported.
        UNSUPPORTED_ALGORITHM = 13, "authentication algorithm not supported";
        /// The authentication's transaction number is out of order.
        OUT_OF_SEQUENCE = 14, "authentication out of sequence";
        /// No answer in time.
        TIMEOUT = 16, "no answer in time";
        /// No room for more stations.
        NO_MORE_STATIONS = 17, "no room for more stations";
        /// The station lacks one of the basic rates.
        RATES = 18, "basic rates not supported";
        /// Try again later (for a station that may be associated already: management frame protection asks it first).
        TRY_LATER = 30, "refused for the moment, try again later";
        /// A policy of management frame protection was broken.
        MFP_POLICY = 31, "against the policy of management frame protection";
        /// An element is not valid.
        INVALID_ELEMENT = 40, "invalid element";
        /// The group cipher is not valid.
        INVALID_GROUP_CIPHER = 41, "invalid group cipher";
        /// The pairwise cipher is not valid.
        INVALID_PAIRWISE_CIPHER = 42, "invalid pairwise cipher";
        /// The key management is not valid.
        INVALID_AKM = 43, "invalid key management";
        /// The version of the RSN element is not supported.
        UNSUPPORTED_RSN_VERSION = 44, "unsupported version of the RSN element";
        /// The RSN capabilities are not valid.
        INVALID_RSN_CAPABILITIES = 45, "invalid RSN capabilities";
        /// The cipher is against the policy.
        CIPHER_REJECTED = 46, "cipher against the policy";
        /// The PMKID is not known.
        INVALID_PMKID = 53, "unknown PMKID";
    }
}

numbers! {
    /// The category of an action frame, one octet: IEEE 802.11-2020, section 9.4.1.11.
    pub struct ActionCategory(u8) {
        /// Spectrum management.
        SPECTRUM_MANAGEMENT = 0, "spectrum management";
        /// QoS.
        QOS = 1, "QoS";
        /// Block acknowledgement.
        BLOCK_ACK = 3, "block acknowledgement";
        /// Public: may be sent without association.
        PUBLIC = 4, "public";
        /// Radio measurement.
        RADIO_MEASUREMENT = 5, "radio measurement";
        /// HT.
        HT = 7, "HT";
        /// SA Query: is your association still valid?
        SA_QUERY = 8, "SA Query";
        /// Wireless network management.
        WNM = 10, "wireless network management";
        /// Wireless network management without protection.
        UNPROTECTED_WNM = 11, "unprotected wireless network management";
        /// Self-protected (mesh).
        SELF_PROTECTED = 15, "self-protected";
        /// Directional multi-gigabit without protection.
        UNPROTECTED_DMG = 20, "unprotected DMG";
        /// VHT.
        VHT = 21, "VHT";
        /// Sub-1-GHz without protection.
        UNPROTECTED_S1G = 22, "unprotected S1G";
        /// HE.
        HE = 30, "HE";
        /// Vendor-specific, protected.
        PROTECTED_VENDOR_SPECIFIC = 126, "protected vendor-specific";
        /// Vendor-specific.
        VENDOR_SPECIFIC = 127, "vendor-specific";
    }
}

impl ActionCategory {
    /// Whether frames of this category are protected when management frames are: IEEE 802.11-2020, table 9-51.
    pub const fn is_robust(self) -> bool {
        !matches!(
            self,
            ActionCategory::PUBLIC
                | ActionCategory::HT
                | ActionCategory::UNPROTECTED_WNM
                | ActionCategory::SELF_PROTECTED
                | ActionCategory::UNPROTECTED_DMG
                | ActionCategory::VHT
                | ActionCategory::UNPROTECTED_S1G
                | ActionCategory::HE
                | ActionCategory::VENDOR_SPECIFIC
        )
    }
}

/// Capability information, two octets: IEEE 802.11-2020, section 9.4.1.4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Capabilities(pub u16);

impl Capabilities {
    /// An access point, or a station that wants one.
    pub const ESS: Capabilities = Capabilities(0x0001);
    /// A network without an access point.
    pub const IBSS: Capabilities = Capabilities(0x0002);
    /// Data are encrypted. Without an RSN or WPA element that means WEP.
    pub const PRIVACY: Capabilities = Capabilities(0x0010);
    /// Short preambles.
    pub const SHORT_PREAMBLE: Capabilities = Capabilities(0x0020);
    /// Short slots.
    pub const SHORT_SLOT: Capabilities = Capabilities(0x0400);

    /// Whether every flag of `other` is set here.
    pub const fn contains(self, other: Capabilities) -> bool {
        self.0 & other.0 == other.0
    }

    /// The flags of both.
    #[must_use]
    pub const fn with(self, other: Capabilities) -> Capabilities {
        Capabilities(self.0 | other.0)
    }
}
