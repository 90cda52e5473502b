//! Which credentials can be used, and how they look after known faults are mended.

use keyway_wsc::message::{CredentialAttributes, VendorExtensions};
use keyway_wsc::session::CredentialProblem;
use keyway_wsc::*;

const HEX: &[u8; 64] = b"00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";

/// A network's name and its key.
type Usable<'a> = (&'a [u8], Option<&'a [u8]>);

/// Name, authentication, encryption and key as they stand in a Credential.
type Wire<'a> = (&'a [u8], AuthTypes, EncrTypes, Option<&'a [u8]>);

fn judge((ssid, auth_type, encr_type, key): Wire<'_>) -> Result<Credential, CredentialProblem> {
    Credential::try_from(&CredentialAttributes {
        network_index: 1.into(),
        ssid: Ssid::new(ssid).unwrap(),
        auth_type,
        encr_type,
        key_index: None,
        network_key: attribute::Expected(key.map(|key| SecretBytes::new(key.to_vec()))),
        mac: MacAddr::BROADCAST,
        extensions: VendorExtensions::default(),
    })
}

#[test]
fn usable() {
    use {AuthTypes as A, EncrTypes as E};
    let (mixed_auth, mixed_encr) = (A::WpaPersonal | A::Wpa2Personal, E::Tkip | E::Aes);
    let longest = [b'x'; 63];
    let (ended, ended_hex) = ([&longest[..], &[0]].concat(), [&HEX[..], &[0]].concat());
    let padded = [&b"Home"[..], &[0; 28]].concat();
    let cases: &[(Wire<'_>, Usable<'_>)] = &[
        ((b"Home", A::Wpa2Personal, E::Aes, Some(b"12345678")), (b"Home", Some(b"12345678"))),
        ((b"Home", A::Wpa2Personal, E::Aes, Some(&longest)), (b"Home", Some(&longest))),
        ((b"Home", A::Wpa2Personal, E::Aes, Some(HEX)), (b"Home", Some(HEX))),
        ((b"Home", mixed_auth, mixed_encr, Some(b"12345678")), (b"Home", Some(b"12345678"))),
        ((b"Home", A::Wpa2Personal, E::Aes, Some(b"12345678\0")), (b"Home", Some(b"12345678"))),
        ((b"Home", A::Wpa2Personal, E::Aes, Some(&ended)), (b"Home", Some(&longest))),
        ((b"Home", A::Wpa2Personal, E::Aes, Some(&ended_hex)), (b"Home", Some(HEX))),
        ((b"Home\0", A::Wpa2Personal, E::Aes, Some(b"12345678")), (b"Home", Some(b"12345678"))),
        ((&padded, A::Wpa2Personal, E::Aes, Some(b"12345678")), (b"Home", Some(b"12345678"))),
        ((&[0xff; 32], A::Open, E::Open, None), (&[0xff; 32], None)),
        ((b"\0\0x", A::Open, E::Open, Some(b"")), (b"\0\0x", None)),
    ];
    for (wire, (name, good)) in cases {
        let credential = judge(*wire).unwrap();
        assert_eq!(credential.ssid.as_bytes(), *name);
        assert_eq!(credential.key, good.map(|key| NetworkKey::new(key).unwrap()));
        assert_eq!((credential.auth_types, credential.encr_types), (wire.1, wire.2));
    }
}

#[test]
fn not_usable() {
    use {AuthTypes as A, CredentialProblem as Problem, EncrTypes as E};
    let length = |found| Problem::Key(NetworkKeyError::Length { found });
    let cases: &[(Wire<'_>, Problem)] = &[
        ((b"", A::Wpa2Personal, E::Aes, Some(b"12345678")), Problem::NoSsid),
        ((&[0; 32], A::Wpa2Personal, E::Aes, Some(b"12345678")), Problem::NoSsid),
        ((b"Home", A::Wpa2Personal, E::Aes, None), Problem::NoKey),
        ((b"Home", A::Wpa2Personal, E::Aes, Some(b"")), Problem::NoKey),
        ((b"Home", A::Wpa2Personal, E::Aes, Some(b"\0")), Problem::NoKey),
        ((b"Home", A::Wpa2Personal, E::Aes, Some(b"1234567")), length(7)),
        ((b"Home", A::Wpa2Personal, E::Aes, Some(b"1234567\0")), length(7)),
        ((b"Home", A::Wpa2Personal, E::Aes, Some(b"1234\x075678")), Problem::Key(NetworkKeyError::Character)),
        (
            (b"Home", A::Wpa2Personal, E::Aes, Some(&[b'g'; 64])),
            Problem::Key(NetworkKeyError::NotHexadecimal),
        ),
        ((b"Home", A::Wpa2Personal, E::Wep, Some(b"12345678")), Problem::Wep),
        ((b"Home", A::Open, E::Wep, Some(b"12345")), Problem::Wep),
        ((b"Home", A::Shared, E::Wep, Some(b"12345")), Problem::Wep),
        ((b"Home", A::Wpa2Enterprise, E::Aes, None), Problem::Enterprise),
        ((b"Home", A(0), E::Aes, Some(b"12345678")), Problem::UnknownAuthentication),
        ((b"Home", A(0x80), E::Aes, Some(b"12345678")), Problem::UnknownAuthentication),
    ];
    for (wire, problem) in cases {
        assert_eq!(judge(*wire), Err(*problem), "{wire:?}");
    }
}
