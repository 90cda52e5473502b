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

/// What is to stand in the file, given what stands there: its other groups stay as they are, and so does
/// whatever `Settings` says but `Hidden`. The group `Security` is replaced; it is all about the key, and iwd too writes
/// it anew. In the place of a passphrase that would have to be escaped stands its key.
pub(super) fn content(
    credential: &Credential,
    security: &Security,
    hidden: bool,
    before: &[u8],
) -> Zeroizing<Vec<u8>> {
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
    // All room at once: a buffer that grows leaves copies behind.
    let room = name.len() + value.len() + 2 + before.len() + 1 + SETTINGS.len() + HIDDEN.len();
    let mut text = Zeroizing::new(Vec::with_capacity(room));
    if !name.is_empty() {
        text.extend_from_slice(name.as_bytes());
        text.extend_from_slice(value.as_bytes());
        text.extend_from_slice(b"\n\n");
    }
    let mut to_be_hidden = hidden;
    let mut within: &[u8] = b"";
    for line in before.split_inclusive(|octet| *octet == b'\n') {
        let begins = group(line);
        within = begins.unwrap_or(within);
        let is_replaced = match within {
            b"Security" => !name.is_empty(),
            b"Settings" => hidden && is_hidden(line),
            _ => false,
        };
        if is_replaced {
            continue;
        }
        text.extend_from_slice(line);
        if to_be_hidden && begins == Some(b"Settings") {
            end_line(&mut text);
            text.extend_from_slice(HIDDEN);
            to_be_hidden = false;
        }
    }
    if to_be_hidden {
        end_line(&mut text);
        text.extend_from_slice(SETTINGS);
        text.extend_from_slice(HIDDEN);
    }
    text
}

/// The name of the group that begins with this line.
fn group(line: &[u8]) -> Option<&[u8]> {
    let rest = line.trim_ascii_start().strip_prefix(b"[")?;
    rest.split(|octet| *octet == b']').next()
}

/// Whether a line sets `Hidden`.
fn is_hidden(line: &[u8]) -> bool {
    let value = line.trim_ascii_start().strip_prefix(b"Hidden");
    value.is_some_and(|value| value.trim_ascii_start().starts_with(b"="))
}

/// Ends the last line, if it is not ended.
fn end_line(text: &mut Vec<u8>) {
    if text.last().is_some_and(|octet| *octet != b'\n') {
        text.push(b'\n');
    }
}

const KEY: &str = "[Security]\nPreSharedKey=";
const SETTINGS: &[u8] = b"[Settings]\n";
const HIDDEN: &[u8] = b"Hidden=true\n";

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
            let text = content(&credential, &security, hidden, b"");
            assert_eq!(text.escape_ascii().to_string(), expected.as_bytes().escape_ascii().to_string());
        }
    }

    #[test]
    fn what_else_is_told_of_a_network_stays() {
        let open = Credential::open(Ssid::new(b"HomeNet").unwrap());
        let key = NetworkKey::new(b"new password").unwrap();
        let personal = Credential::wpa2(open.ssid, key);
        let address = "[IPv4]\nAddress=192.168.1.7\nGateway=192.168.1.1\n";
        let cases = [
            // What iwd itself writes, with keys of WPA3.
            (
                &personal,
                false,
                format!("[Security]\nPreSharedKey=00ff\nPassphrase=old password\nSAE-PT-Group19=aa\n\n{address}"),
                format!("[Security]\nPassphrase=new password\n\n{address}"),
            ),
            // Encrypted with the key of the machine; the file's last line is not ended.
            (
                &personal,
                false,
                "# by hand\n[Settings]\nAutoConnect=false\n  [Security] \nEncryptedSalt=1\nEncryptedSecurity=2".into(),
                "[Security]\nPassphrase=new password\n\n# by hand\n[Settings]\nAutoConnect=false\n".into(),
            ),
            // Twice, between other groups, of which one only sounds like it.
            (
                &personal,
                false,
                format!("[Security]\nPassphrase=a\n{address}[Security]\nPassphrase=b\n[Security2]\nPassphrase=c\n"),
                format!("[Security]\nPassphrase=new password\n\n{address}[Security2]\nPassphrase=c\n"),
            ),
            // Hidden, with and without such a group.
            (
                &personal,
                true,
                format!("[Settings]\n Hidden =false\nHiddenness=1\n{address}"),
                format!("[Security]\nPassphrase=new password\n\n[Settings]\nHidden=true\nHiddenness=1\n{address}"),
            ),
            (&open, true, "[Settings]".into(), "[Settings]\nHidden=true\n".into()),
            (&open, true, "[IPv6]\nEnabled=false".into(), "[IPv6]\nEnabled=false\n[Settings]\nHidden=true\n".into()),
            (&personal, false, "\u{0}]\n[".into(), "[Security]\nPassphrase=new password\n\n\u{0}]\n[".into()),
        ];
        for (credential, hidden, before, expected) in cases {
            let security = Security::of(credential).unwrap();
            let text = content(credential, &security, hidden, before.as_bytes());
            assert_eq!(text.escape_ascii().to_string(), expected.as_bytes().escape_ascii().to_string());
            // Nothing was copied to make room.
            assert!(text.capacity() <= before.len() + 200);
        }
    }
}
