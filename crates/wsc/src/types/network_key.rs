//! The key of a network: a passphrase, or the 64 hexadecimal digits of a pre-shared key.

use alloc::vec::Vec;
use core::fmt;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A WPA passphrase: 8 to 63 octets without control characters. IEEE 802.11-2020, J.4, asks for octets 32 to 126;
/// those above are accepted too, because access points are in use that were given a passphrase in UTF-8.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Passphrase(Vec<u8>);

impl Passphrase {
    /// Takes a passphrase.
    ///
    /// # Errors
    /// [`NetworkKeyError`] when it has another length or another character.
    pub fn new(characters: &[u8]) -> Result<Passphrase, NetworkKeyError> {
        if !(8..=63).contains(&characters.len()) {
            return Err(NetworkKeyError::Length { found: characters.len() });
        }
        if characters.iter().any(u8::is_ascii_control) {
            return Err(NetworkKeyError::Character);
        }
        Ok(Passphrase(characters.to_vec()))
    }

    /// The characters.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

/// The key of a WPA or WPA2 personal network, as WPS carries it.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub enum NetworkKey {
    /// A passphrase.
    Passphrase(Passphrase),
    /// The pre-shared key itself, 32 octets; on the wire it is 64 hexadecimal digits.
    PreSharedKey([u8; 32]),
}

impl NetworkKey {
    /// Reads a key: 64 hexadecimal digits, or a passphrase of 8 to 63 characters.
    ///
    /// # Errors
    /// [`NetworkKeyError`] when it is neither.
    pub fn new(characters: &[u8]) -> Result<NetworkKey, NetworkKeyError> {
        if characters.len() != 64 {
            return Passphrase::new(characters).map(NetworkKey::Passphrase);
        }
        let mut key = [0; 32];
        for (octet, pair) in key.iter_mut().zip(characters.chunks_exact(2)) {
            let (Some(high), Some(low)) = (hex_digit(pair[0]), hex_digit(pair[1])) else {
                key.zeroize();
                return Err(NetworkKeyError::NotHexadecimal);
            };
            *octet = high << 4 | low;
        }
        Ok(NetworkKey::PreSharedKey(key))
    }

    /// The characters that go into the Network Key attribute: the passphrase, or 64 lower-case hexadecimal digits.
    pub fn to_characters(&self) -> crate::SecretBytes {
        crate::SecretBytes::new(match self {
            NetworkKey::Passphrase(passphrase) => passphrase.expose().to_vec(),
            NetworkKey::PreSharedKey(key) => key
                .iter()
                .flat_map(|octet| [octet >> 4, octet & 15])
                .map(|n| b"0123456789abcdef"[usize::from(n)])
                .collect(),
        })
    }
}

fn hex_digit(character: u8) -> Option<u8> {
    char::from(character).to_digit(16).map(|digit| digit as u8)
}

impl PartialEq for NetworkKey {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (NetworkKey::Passphrase(a), NetworkKey::Passphrase(b)) => a.0.ct_eq(&b.0).into(),
            (NetworkKey::PreSharedKey(a), NetworkKey::PreSharedKey(b)) => a.ct_eq(b).into(),
            _ => false,
        }
    }
}

impl Eq for NetworkKey {}

impl fmt::Debug for NetworkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NetworkKey::Passphrase(_) => "NetworkKey(passphrase, hidden)",
            NetworkKey::PreSharedKey(_) => "NetworkKey(pre-shared key, hidden)",
        })
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(hidden)")
    }
}

/// Why characters are not the key of a network. It never repeats them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkKeyError {
    /// The length fits neither a passphrase nor 64 hexadecimal digits.
    Length {
        /// How many characters there are.
        found: usize,
    },
    /// A passphrase has a control character.
    Character,
    /// 64 characters that are not all hexadecimal digits.
    NotHexadecimal,
}

impl fmt::Display for NetworkKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NetworkKeyError::Length { found } => {
                write!(
                    f,
                    "a Wi-Fi password has 8 to 63 characters (or 64 hexadecimal digits), this one has {found}"
                )
            }
            NetworkKeyError::Character => f.write_str("a Wi-Fi password cannot have control characters"),
            NetworkKeyError::NotHexadecimal => {
                f.write_str("a Wi-Fi key of 64 characters must be hexadecimal digits only")
            }
        }
    }
}

impl core::error::Error for NetworkKeyError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_characters() {
        let hex = b"00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";
        assert!(matches!(NetworkKey::new(hex), Ok(NetworkKey::PreSharedKey(_))));
        assert_eq!(NetworkKey::new(hex).unwrap().to_characters().expose(), hex.to_ascii_lowercase());
        let cases: &[(&[u8], Option<NetworkKeyError>)] = &[
            (b"1234567", Some(NetworkKeyError::Length { found: 7 })),
            (b"12345678", None),
            (&[b' '; 63], None),
            (&[b'g'; 64], Some(NetworkKeyError::NotHexadecimal)),
            (&[b'a'; 65], Some(NetworkKeyError::Length { found: 65 })),
            (b"1234567\x7f", Some(NetworkKeyError::Character)),
            ("caf\u{e9} au lait".as_bytes(), None),
        ];
        for (characters, error) in cases {
            assert_eq!(NetworkKey::new(characters).err(), *error, "{characters:?}");
        }
    }
}
