//! Encrypted Settings: AES-128-CBC over a list of attributes that ends with its Key Wrap Authenticator.
//! WSC specification, section 7.5.

use super::{Authenticator, SessionKeys};
use crate::attribute::{AttributeId, AttributeValue, Attributes, ValueError, write_attribute};
use crate::message::AttributeList;
use crate::session::Misbehaviour;
use alloc::vec::Vec;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use core::fmt;
use zeroize::{Zeroize, Zeroizing};

const BLOCK: usize = 16;

/// Encrypted Settings (attribute 0x1018): an initialisation vector of 16 octets, then whole blocks of 16.
#[derive(Clone, PartialEq, Eq)]
pub struct EncryptedSettings(Vec<u8>);

impl EncryptedSettings {
    /// Encrypts a list of attributes and its Key Wrap Authenticator.
    pub fn seal(settings: &impl AttributeList, keys: &SessionKeys, iv: &[u8; BLOCK]) -> EncryptedSettings {
        let mut plain = Zeroizing::new(Vec::with_capacity(4096));
        settings.write_list(&mut plain);
        let authenticator = keys.auth.key_wrap_authenticator(&plain);
        write_attribute(&mut plain, AttributeId::KeyWrapAuthenticator, &authenticator);

        let mut out = Vec::with_capacity(BLOCK + plain.len() + BLOCK);
        out.extend_from_slice(iv);
        out.extend_from_slice(&plain);
        out.resize(BLOCK + plain.len() + BLOCK, 0);
        let cipher = cbc::Encryptor::<aes::Aes128>::new(keys.key_wrap.expose().into(), iv.into());
        let length = match cipher.encrypt_padded::<Pkcs7>(&mut out[BLOCK..], plain.len()) {
            Ok(blocks) => BLOCK + blocks.len(),
            // The room for padding was made above; were it not enough, nothing readable may leave.
            Err(_) => {
                out.zeroize();
                0
            }
        };
        out.truncate(length);
        EncryptedSettings(out)
    }

    /// Decrypts, checks the padding and the Key Wrap Authenticator, and reads the list.
    ///
    /// The message's own Authenticator covers the encrypted octets and has been checked before, so nobody but the
    /// peer who shares the keys can learn anything from how this fails.
    ///
    /// # Errors
    /// [`Misbehaviour::BadEncryptedSettings`], or [`Misbehaviour::Unreadable`] when the octets were authentic and
    /// are not the attributes that belong there.
    pub fn open<S: AttributeList>(&self, keys: &SessionKeys) -> Result<S, Misbehaviour> {
        const BAD: Misbehaviour = Misbehaviour::BadEncryptedSettings;
        let (iv, blocks) = self.0.split_first_chunk::<BLOCK>().ok_or(BAD)?;
        let mut blocks = Zeroizing::new(blocks.to_vec());
        let cipher = cbc::Decryptor::<aes::Aes128>::new(keys.key_wrap.expose().into(), iv.into());
        let plain = cipher.decrypt_padded::<Pkcs7>(&mut blocks).map_err(|_| BAD)?;

        let last = Attributes::new(plain).map_while(Result::ok).last();
        let last = last.filter(|attribute| attribute.id == AttributeId::KeyWrapAuthenticator).ok_or(BAD)?;
        let sent = Authenticator::parse(last.value).map_err(|_| BAD)?;
        if keys.auth.key_wrap_authenticator(&plain[..last.offset]) != sent {
            return Err(BAD);
        }
        S::parse_list(plain, Some(AttributeId::KeyWrapAuthenticator)).map_err(Misbehaviour::Unreadable)
    }
}

impl fmt::Debug for EncryptedSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EncryptedSettings({} octets)", self.0.len())
    }
}

impl AttributeValue for EncryptedSettings {
    fn parse(value: &[u8]) -> Result<Self, ValueError> {
        if value.len() < 2 * BLOCK || !value.len().is_multiple_of(BLOCK) {
            return Err(ValueError::Content("not an initialisation vector and whole blocks"));
        }
        Ok(EncryptedSettings(value.to_vec()))
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
}
