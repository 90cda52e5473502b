//! The second judge: pixiewps, the known attack on weak random numbers. From a transcript it tries to guess the
//! enrollee's secret nonces, and with them the PIN.

use std::collections::BTreeMap;
use std::process::Command;

use crate::capture::Recording;
use crate::requirements;
use crate::tshark;

/// What an attacker who acts as the registrar knows once M3 has come; all values in hexadecimal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transcript {
    /// The enrollee's address, `aa:bb:cc:dd:ee:ff`.
    pub enrollee: String,
    /// Enrollee Nonce, from M1.
    pub enrollee_nonce: String,
    /// The enrollee's Public Key, from M1.
    pub enrollee_key: String,
    /// Registrar Nonce, from M2.
    pub registrar_nonce: String,
    /// The registrar's Public Key, from M2.
    pub registrar_key: String,
    /// E-Hash1, from M3.
    pub hash1: String,
    /// E-Hash2, from M3.
    pub hash2: String,
    /// AuthKey: not on the cable, but known to both sides.
    pub auth_key: String,
}

impl Transcript {
    /// The registrations in a recording that came to M3, read by tshark.
    pub fn all(recording: &Recording) -> Vec<Transcript> {
        const FIELDS: [&str; 7] = [
            "wps.message_type",
            "wps.mac_address",
            "wps.enrollee_nonce",
            "wps.registrar_nonce",
            "wps.public_key",
            "wps.e_hash1",
            "wps.e_hash2",
        ];
        let messages = recording.messages();
        let rows = tshark::wsc_fields(messages.iter().map(|message| message.frame.as_slice()), &FIELDS);
        let mut transcripts = Vec::new();
        let mut current = Transcript::default();
        for row in rows {
            let value = |field: &str| row.get(field).cloned().unwrap_or_default();
            match value("wps.message_type").as_str() {
                "0x04" => {
                    current = Transcript {
                        enrollee: value("wps.mac_address"),
                        enrollee_nonce: value("wps.enrollee_nonce"),
                        enrollee_key: value("wps.public_key"),
                        ..Transcript::default()
                    };
                }
                "0x05" => {
                    current.registrar_nonce = value("wps.registrar_nonce");
                    current.registrar_key = value("wps.public_key");
                }
                "0x07" => {
                    current.hash1 = value("wps.e_hash1");
                    current.hash2 = value("wps.e_hash2");
                    transcripts.push(current.clone());
                }
                _ => {}
            }
        }
        transcripts
    }

    /// The same transcript with the AuthKey that a stock peer wrote to its output.
    pub fn with_auth_key(mut self, key: &[u8]) -> Transcript {
        self.auth_key = crate::network::to_hex(key);
        self
    }
}

/// Runs every attack that ends within a minute and returns the PIN, if one finds it:
/// all five models of random number generator (among them "secret nonces are zero" and "seeded by the clock"),
/// and the attack on small Diffie-Hellman keys, which needs no AuthKey.
///
/// # Panics
///
/// If pixiewps does not take the transcript.
pub fn attack(transcript: &Transcript) -> Option<String> {
    let Transcript { auth_key, registrar_key, .. } = transcript;
    let with_key = ["-a", auth_key, "-r", registrar_key];
    let all_models = [&with_key[..], &["--mode", "1,2,3,4,5"]].concat();
    run(transcript, &all_models).or_else(|| attack_small_keys(transcript))
}

/// Runs the attack on small Diffie-Hellman keys alone, which takes no time: a registrar whose exponent is one knows
/// the keys of the registration without an AuthKey.
///
/// # Panics
///
/// If pixiewps does not take the transcript.
pub fn attack_small_keys(transcript: &Transcript) -> Option<String> {
    run(transcript, &["-S"])
}

fn run(transcript: &Transcript, options: &[&str]) -> Option<String> {
    let common = BTreeMap::from([
        ("-e", &transcript.enrollee_key),
        ("-s", &transcript.hash1),
        ("-z", &transcript.hash2),
        ("-n", &transcript.enrollee_nonce),
        ("-m", &transcript.registrar_nonce),
        ("-b", &transcript.enrollee),
    ]);
    let mut command = Command::new(requirements::program("pixiewps"));
    command.args(common.iter().flat_map(|(option, value)| [*option, value.as_str()])).args(options);
    let output = command.output().unwrap_or_else(|error| panic!("cannot start pixiewps: {error}"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if let Some(pin) = text.lines().find_map(|line| line.trim().strip_prefix("[+] WPS pin:")) {
        return Some(pin.trim().to_owned());
    }
    // Anything but these words means that it did not try.
    assert!(
        text.contains("WPS pin not found!"),
        "{command:?}\n{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    None
}

/// Asserts that no registration in a recording can be attacked. `auth_keys` are those that a stock peer wrote to
/// its output, in the same order.
pub fn assert_safe(recording: &Recording, auth_keys: &[Vec<u8>]) {
    let transcripts = Transcript::all(recording);
    assert!(!transcripts.is_empty(), "no registration came to M3:\n{}", recording.summary());
    assert_eq!(transcripts.len(), auth_keys.len(), "one AuthKey for each registration");
    for (transcript, key) in transcripts.into_iter().zip(auth_keys) {
        let transcript = transcript.with_auth_key(key);
        assert_eq!(attack(&transcript), None, "pixiewps found the PIN of {transcript:?}");
    }
}
