//! The Wi-Fi network that a registration hands over, and how stock programs write one down.

/// An SSID and the key to it, always WPA2-Personal with AES.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// The SSID: 1 to 32 bytes of any kind.
    pub ssid: Vec<u8>,
    /// The key.
    pub key: Key,
}

/// A WPA2-Personal key, in either of its two forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// 8 to 63 printable characters.
    Passphrase(String),
    /// 64 hexadecimal digits, lower case.
    Psk(String),
}

impl Network {
    /// A network with a passphrase.
    pub fn wpa2(ssid: impl AsRef<[u8]>, passphrase: &str) -> Network {
        Network { ssid: ssid.as_ref().to_vec(), key: Key::Passphrase(passphrase.to_owned()) }
    }

    /// A network with a key of 64 hexadecimal digits.
    pub fn wpa2_psk(ssid: impl AsRef<[u8]>, digits: &str) -> Network {
        Network { ssid: ssid.as_ref().to_vec(), key: Key::Psk(digits.to_lowercase()) }
    }

    /// Networks that show whether names and keys of every kind get through unchanged, each with what is special
    /// about it. A name that ends in a zero byte is not among them: hostap takes that byte for padding.
    pub fn examples() -> Vec<(&'static str, Network)> {
        let arbitrary: Vec<u8> = (0..32u8).map(|index| index.wrapping_mul(37) ^ 0x80).collect();
        let digits = "0123456789abcdef".repeat(4);
        vec![
            ("ordinary", Network::wpa2("HomeNet", "correct horse battery")),
            ("the shortest name and passphrase", Network::wpa2("a", "8letters")),
            ("a passphrase of 63 characters", Network::wpa2("HomeNet", &digits[..63])),
            ("a key of 64 digits", Network::wpa2_psk("HomeNet", &digits)),
            ("a name of 32 arbitrary bytes", Network::wpa2(arbitrary, "correct horse battery")),
            ("quotation marks and spaces", Network::wpa2("my \"net\"", "a \"quoted\" \\ key")),
        ]
    }

    /// The SSID in hexadecimal.
    pub fn ssid_hex(&self) -> String {
        to_hex(&self.ssid)
    }

    /// The key as it is carried in a Network Key attribute: characters in both forms.
    pub fn key_text(&self) -> &str {
        match &self.key {
            Key::Passphrase(text) | Key::Psk(text) => text,
        }
    }

    /// Reads a network from the two values that hostapd and wpa_supplicant write into their files: an SSID,
    /// plain or quoted or in hexadecimal, and a key, quoted or in hexadecimal.
    pub(crate) fn from_file(ssid: Vec<u8>, key: &str) -> Network {
        let key = key.trim();
        let key = match unquoted(key) {
            Some(passphrase) => Key::Passphrase(passphrase.to_owned()),
            None if key.len() == 64 => Key::Psk(key.to_lowercase()),
            None => Key::Passphrase(key.to_owned()),
        };
        Network { ssid, key }
    }
}

/// The text between the first and the last quotation mark, if the value is quoted.
pub(crate) fn unquoted(value: &str) -> Option<&str> {
    value.strip_prefix('"')?.strip_suffix('"')
}

/// Lower-case hexadecimal.
pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads hexadecimal digits; spaces and colons between bytes are allowed.
///
/// # Panics
///
/// If there is anything else, or half a byte.
pub fn from_hex(text: &str) -> Vec<u8> {
    let digits: String = text.chars().filter(|character| !matches!(character, ' ' | ':')).collect();
    assert!(digits.len().is_multiple_of(2) && digits.is_ascii(), "not hexadecimal bytes: {text:?}");
    let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16);
    (0..digits.len())
        .step_by(2)
        .map(|at| byte(at).unwrap_or_else(|_| panic!("not hexadecimal bytes: {text:?}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_goes_both_ways() {
        assert_eq!(to_hex(&[0, 0xab, 0xff]), "00abff");
        assert_eq!(from_hex("00 ab:FF"), [0, 0xab, 0xff]);
    }

    #[test]
    fn a_quoted_key_of_64_characters_stays_a_passphrase() {
        let text = "a".repeat(64);
        assert_eq!(Network::from_file(vec![1], &text).key, Key::Psk(text.clone()));
        assert_eq!(Network::from_file(vec![1], &format!("\"{text}\"")).key, Key::Passphrase(text));
    }
}
