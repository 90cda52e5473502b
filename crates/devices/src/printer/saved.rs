//! What a printer keeps when its plug is pulled.

use super::boundary::AttemptRow;
use crate::kept::{hex, unhex};
pub(super) use crate::kept::{json, readable};
use crate::secret::SecretText;
use crate::session::Method;
use keyway_home::PinLifetime;
use keyway_wsc::{AuthTypes, Credential, EncrTypes, MacAddr, NetworkKey, Ssid};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The network that it was set up for.
pub(super) const NETWORK: &str = "network";
/// How long a PIN is good.
pub(super) const LIFETIME: &str = "pin-lifetime";
/// The last attempts.
pub(super) const ATTEMPTS: &str = "attempts";
/// Whether the radio is on.
pub(super) const RADIO: &str = "radio";

/// A network that the printer was set up for, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) credential: Credential,
    pub(super) method: Method,
}

/// The same as it is kept: names and keys as hexadecimal digits, because they can be any octets.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct KnownText {
    ssid: String,
    authentication: u16,
    encryption: u16,
    key: Option<String>,
    #[zeroize(skip)]
    method: Method,
}

impl Known {
    /// The network's name for a person.
    pub(super) fn name(&self) -> String {
        readable(&self.credential.ssid.to_text())
    }

    /// As it is kept. It contains the key.
    pub(super) fn to_json(&self) -> SecretText {
        let key = self.credential.key.as_ref().map(|key| hex(key.to_characters().expose()));
        json(&KnownText {
            ssid: hex(self.credential.ssid.as_bytes()),
            authentication: self.credential.auth_types.0,
            encryption: self.credential.encr_types.0,
            key,
            method: self.method,
        })
    }

    /// Reads what was kept; `None` for anything else.
    pub(super) fn from_json(text: &SecretText) -> Option<Known> {
        let text: KnownText = serde_json::from_str(text.expose()).ok()?;
        let key = match &text.key {
            Some(key) => Some(NetworkKey::new(unhex(key)?.expose()).ok()?),
            None => None,
        };
        let ssid = Ssid::new(unhex(&text.ssid)?.expose()).ok().filter(|ssid| !ssid.as_bytes().is_empty())?;
        let credential = Credential {
            ssid,
            auth_types: AuthTypes(text.authentication),
            encr_types: EncrTypes(text.encryption),
            key,
            mac: MacAddr::BROADCAST,
        };
        Some(Known { credential, method: text.method })
    }
}

/// Reads a lifetime in seconds.
pub(super) fn lifetime(text: &SecretText) -> Option<PinLifetime> {
    PinLifetime::new(Duration::from_secs(text.expose().parse().ok()?)).ok()
}

/// Reads the last attempts, oldest first.
pub(super) fn attempts(text: &SecretText) -> Option<Vec<AttemptRow>> {
    serde_json::from_str(text.expose()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_kept_whatever_its_name() {
        let key = NetworkKey::new("caf\u{e9} au lait".as_bytes()).unwrap();
        for name in [&b"Home"[..], "家\u{1F3E0}".as_bytes(), &[0xff, 0, 7], &[b'x'; 32]] {
            let credential = Credential::wpa2(Ssid::new(name).unwrap(), key.clone());
            let known = Known { credential, method: Method::Pin };
            assert_eq!(Known::from_json(&known.to_json()), Some(known));
        }
        let open = Known { credential: Credential::open(Ssid::new(b"Cafe").unwrap()), method: Method::Usb };
        assert_eq!(Known::from_json(&open.to_json()), Some(open));
    }

    #[test]
    fn what_is_no_network_is_none() {
        let good = r#"{"ssid":"486f6d65","authentication":32,"encryption":8,"key":"3132333435363738","method":"pin"}"#;
        assert!(Known::from_json(&SecretText::new(good)).is_some());
        for (from, to) in [
            ("486f6d65", ""),
            ("486f6d65", "486"),
            ("486f6d65", "zz"),
            ("3132333435363738", "31"),
            ("\"pin\"", "\"x\""),
            ("}", ""),
        ] {
            assert_eq!(Known::from_json(&SecretText::new(good.replacen(from, to, 1))), None, "{from} {to}");
        }
        assert_eq!(lifetime(&SecretText::new("300")), Some(PinLifetime::default()));
        for bad in ["", "1", "601", "-300", "x"] {
            assert_eq!(lifetime(&SecretText::new(bad)), None);
        }
        assert_eq!(attempts(&SecretText::new("[{}]")), None);
    }
}
