//! A credential in the forms that the programs take.

use keyway_wifi::rsn::Pmk;
use keyway_wsc::{AuthTypes, Credential, NetworkKey};
use zeroize::Zeroizing;

use crate::error::Error;

/// What protects the network, and the key in the form in which it is handed over.
pub(crate) enum Security {
    /// Nothing.
    Open,
    /// A passphrase in UTF-8, 8 to 63 octets without control characters.
    Passphrase(Zeroizing<String>),
    /// The pre-shared key, 64 lower-case hexadecimal digits.
    PreSharedKey(Zeroizing<String>),
}

impl Security {
    /// Of a credential. A passphrase that is no UTF-8 becomes the key that is derived from it: neither D-Bus nor the
    /// files of iwd could carry it.
    pub(crate) fn of(credential: &Credential) -> Result<Security, Error> {
        if credential.ssid.as_bytes().is_empty() {
            return Err(Error::UnsupportedName("a network without a name cannot be handed over"));
        }
        let personal = credential.auth_types.contains(AuthTypes::WpaPersonal)
            || credential.auth_types.contains(AuthTypes::Wpa2Personal);
        match &credential.key {
            None if credential.auth_types.contains(AuthTypes::Open) => Ok(Security::Open),
            Some(key) if personal => Ok(match key {
                NetworkKey::Passphrase(passphrase) => match std::str::from_utf8(passphrase.expose()) {
                    Ok(text) => Security::Passphrase(Zeroizing::new(text.to_owned())),
                    Err(_) => Security::key_of(credential),
                },
                NetworkKey::PreSharedKey(octets) => Security::PreSharedKey(hex(octets)),
            }),
            _ => Err(Error::Unsupported(
                "only open networks and those with a password (WPA2-Personal) can be handed over, none with WEP or 802.1X",
            )),
        }
    }

    /// The same with the key in the place of the passphrase from which it is derived.
    pub(crate) fn key_of(credential: &Credential) -> Security {
        match &credential.key {
            None => Security::Open,
            Some(key) => Security::PreSharedKey(hex(Pmk::derive(key, &credential.ssid).expose())),
        }
    }

    /// The passphrase or the digits, as they stand in NetworkManager's `psk`.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Security::Open => None,
            Security::Passphrase(text) | Security::PreSharedKey(text) => Some(text),
        }
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(octets: &[u8]) -> Zeroizing<String> {
    // All room at once: a string that grows leaves copies behind.
    let mut digits = Zeroizing::new(String::with_capacity(2 * octets.len()));
    for octet in octets {
        for digit in [octet >> 4, octet & 15] {
            digits.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
    }
    digits
}

#[cfg(test)]
mod tests {
    use keyway_wsc::{EncrTypes, MacAddr, Ssid};

    use super::*;

    fn credential(ssid: &[u8], auth_types: AuthTypes, key: Option<&[u8]>) -> Credential {
        Credential {
            ssid: Ssid::new(ssid).unwrap(),
            auth_types,
            encr_types: EncrTypes::Aes,
            key: key.map(|key| NetworkKey::new(key).unwrap()),
            mac: MacAddr::BROADCAST,
        }
    }

    #[test]
    fn each_credential_has_its_form_or_is_refused() {
        let digits = b"0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef";
        let lower = String::from_utf8_lossy(digits).to_lowercase();
        let both = AuthTypes::WpaPersonal | AuthTypes::Wpa2Personal;
        // What it becomes: nothing is a refusal, nothing within is no key.
        type Case<'c> = (&'c [u8], AuthTypes, Option<&'c [u8]>, Option<Option<&'c str>>);
        let cases: [Case<'_>; 8] = [
            (b"n", AuthTypes::Wpa2Personal, Some(b"12345678"), Some(Some("12345678"))),
            (b"n", AuthTypes::WpaPersonal, Some("pass wört".as_bytes()), Some(Some("pass wört"))),
            (b"n", both, Some(digits), Some(Some(&lower))),
            (b"n", AuthTypes::Open, None, Some(None)),
            (b"", AuthTypes::Open, None, None),
            (b"n", AuthTypes::Wpa2Personal, None, None),
            (b"n", AuthTypes::Wpa2Enterprise, Some(b"12345678"), None),
            (b"n", AuthTypes::Shared, Some(b"12345678"), None),
        ];
        for (ssid, auth_types, key, expected) in cases {
            let security = Security::of(&credential(ssid, auth_types, key)).ok();
            assert_eq!(security.as_ref().map(Security::text), expected, "{auth_types:?} {key:?}");
        }
    }

    #[test]
    fn a_passphrase_that_is_no_text_becomes_its_key() {
        // From Python: hashlib.pbkdf2_hmac("sha1", b"\xff" * 8, b"HomeNet", 4096, 32).hex()
        let expected = "50b409a602a4937ac23c96a8618c8ad57dfb6caada018b61758134bd48ab86ad";
        let security =
            Security::of(&credential(b"HomeNet", AuthTypes::Wpa2Personal, Some(&[0xff; 8]))).unwrap();
        assert!(matches!(security, Security::PreSharedKey(ref digits) if **digits == expected));
    }
}
