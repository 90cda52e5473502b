//! Key derivations: IEEE 802.11-2020, sections 12.7.1.2 and J.4.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::Sha256;
use zeroize::Zeroize;

/// The pre-shared key of a passphrase: PBKDF2 with HMAC-SHA1 and 4096 rounds, salted with the network's name.
pub(super) fn psk(passphrase: &[u8], ssid: &[u8], out: &mut [u8; 32]) {
    pbkdf2::pbkdf2_hmac::<Sha1>(passphrase, ssid, 4096, out);
}

/// PRF with HMAC-SHA1: fills `out`.
pub(super) fn prf_sha1(key: &[u8], label: &[u8], data: &[&[u8]], out: &mut [u8]) {
    for (count, block) in (0u8..).zip(out.chunks_mut(20)) {
        let mut mac = keyed::<Hmac<Sha1>>(key);
        mac.update(label);
        mac.update(&[0]);
        data.iter().for_each(|part| mac.update(part));
        mac.update(&[count]);
        let mut octets = mac.finalize().into_bytes();
        block.copy_from_slice(&octets[..block.len()]);
        octets.zeroize();
    }
}

/// KDF with HMAC-SHA256: fills `out`. Count and length are little-endian.
pub(super) fn kdf_sha256(key: &[u8], label: &[u8], context: &[&[u8]], out: &mut [u8]) {
    let bits = (out.len() * 8) as u16;
    for (count, block) in (1u16..).zip(out.chunks_mut(32)) {
        let mut mac = keyed::<Hmac<Sha256>>(key);
        mac.update(&count.to_le_bytes());
        mac.update(label);
        context.iter().for_each(|part| mac.update(part));
        mac.update(&bits.to_le_bytes());
        let mut octets = mac.finalize().into_bytes();
        block.copy_from_slice(&octets[..block.len()]);
        octets.zeroize();
    }
}

/// A message authentication code with its key. HMAC takes keys of any length.
pub(super) fn keyed<M: KeyInit>(key: &[u8]) -> M {
    M::new_from_slice(key).unwrap_or_else(|_| unreachable!("the length of each key is fixed"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Vector;
    use std::format;

    #[test]
    fn published_numbers() {
        let vector = Vector::read(include_str!("../../../../vectors/wifi/keys.txt"));
        for number in 1..=3 {
            let mut key = [0; 32];
            psk(
                &vector.get(&format!("psk.{number}.passphrase")),
                &vector.get(&format!("psk.{number}.ssid")),
                &mut key,
            );
            assert_eq!(key, vector.array(&format!("psk.{number}.key")));

            let value = |name| vector.get(&format!("prf.{number}.{name}"));
            let mut output = [0; 64];
            let data = value("data");
            prf_sha1(&value("key"), &value("label"), &[&data[..3], &data[3..]], &mut output);
            assert_eq!(output[..], value("output"));
        }
        let value = |name| vector.get(&format!("kdf.1.{name}"));
        let mut output = [0; 32];
        kdf_sha256(&value("key"), &value("label"), &[&value("data")], &mut output);
        assert_eq!(output[..], value("output"));
    }
}
