//! What iwd knows of a network, as a file: iwd.network(5).

use std::path::{Path, PathBuf};

use keyway_wsc::Credential;
use zeroize::Zeroizing;

use crate::key::{Security, hex};

/// Where iwd looks for such files, unless it was started with another `STATE_DIRECTORY`.
pub(super) const FOLDER: &str = "/var/lib/iwd";

/// The file of a network; `kind` is `psk` or `open`. A name of letters, digits, blanks, `-` and `_` stands as it is,
/// others in hexadecimal after `=`.
pub(super) fn path(ssid: &str, kind: &str) -> PathBuf {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '_');
    let name = if ssid.chars().all(plain) { ssid.to_owned() } else { format!("={}", *hex(ssid.as_bytes())) };
    Path::new(FOLDER).join(format!("{name}.{kind}"))
}

/// What stands in the file. In the place of a passphrase that would have to be escaped stands its key.
pub(super) fn content(credential: &Credential, security: &Security, hidden: bool) -> Zeroizing<String> {
    const HIDDEN: &str = "[Settings]\nHidden=true\n";
    let key;
    let (name, value) = match security {
        Security::Open => ("", ""),
        Security::PreSharedKey(digits) => (KEY, digits.as_str()),
        Security::Passphrase(text) if !text.contains('\\') && text.trim() == text.as_str() => {
            ("[Security]\nPassphrase=", text.as_str())
        }
        Security::Passphrase(_) => {
            key = Security::key_of(credential);
            (KEY, key.text().unwrap_or_default())
        }
    };
    // All room at once: a string that grows leaves copies behind.
    let mut text = Zeroizing::new(String::with_capacity(name.len() + value.len() + 2 + HIDDEN.len()));
    if !name.is_empty() {
        text.push_str(name);
        text.push_str(value);
        text.push_str("\n\n");
    }
    if hidden {
        text.push_str(HIDDEN);
    }
    text
}

const KEY: &str = "[Security]\nPreSharedKey=";

#[cfg(test)]
mod tests {
    use keyway_wsc::{NetworkKey, Ssid};

    use super::*;

    #[test]
    fn files_are_named_as_iwd_names_them() {
        let cases = [
            ("HomeNet", "psk", "HomeNet.psk"),
            ("My Net-2_5", "open", "My Net-2_5.open"),
            ("../x", "psk", "=2e2e2f78.psk"),
            ("Café", "psk", "=436166c3a9.psk"),
            ("=00", "psk", "=3d3030.psk"),
        ];
        for (ssid, kind, expected) in cases {
            assert_eq!(path(ssid, kind), Path::new(FOLDER).join(expected));
        }
    }

    #[test]
    fn files_have_the_key_and_what_hides_the_network() {
        let digits = "00ff".repeat(16);
        // From Python: hashlib.pbkdf2_hmac("sha1", PASSPHRASE, b"HomeNet", 4096, 32).hex()
        let cases = [
            (Some(&*digits), false, format!("[Security]\nPreSharedKey={digits}\n\n")),
            (Some("a \"b\" = #c"), true, "[Security]\nPassphrase=a \"b\" = #c\n\n[Settings]\nHidden=true\n".into()),
            (Some(" blank in front"), false, "[Security]\nPreSharedKey=e82b6641cca90f4f3e30705cfce425823f585b03791abdb463144325302559d7\n\n".into()),
            (Some("blank behind "), false, "[Security]\nPreSharedKey=ad1132e3f46f71f19f6a530187ec43bc7506aa09c6e7cb972bb4d8d483207717\n\n".into()),
            (Some("back\\slash"), false, "[Security]\nPreSharedKey=2ec8f11cc85f0e222889d528c9b51e14507644e08f1174354355c4a10642867f\n\n".into()),
            (None, true, "[Settings]\nHidden=true\n".into()),
        ];
        for (key, hidden, expected) in cases {
            let ssid = Ssid::new(b"HomeNet").unwrap();
            let credential = match key {
                Some(key) => Credential::wpa2(ssid, NetworkKey::new(key.as_bytes()).unwrap()),
                None => Credential::open(ssid),
            };
            let security = Security::of(&credential).unwrap();
            assert_eq!(*content(&credential, &security, hidden), expected);
        }
    }
}
