//! What iwd knows of a network, as a file: iwd.network(5).

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::key::hex;

/// Where iwd looks for such files, unless it was started with another `STATE_DIRECTORY`.
pub(super) const FOLDER: &str = "/var/lib/iwd";

/// The file of a network with a password. A name of letters, digits, blanks, `-` and `_` stands as it is, others in
/// hexadecimal after `=`.
pub(super) fn path(ssid: &str) -> PathBuf {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '_');
    let name = if ssid.chars().all(plain) { ssid.to_owned() } else { format!("={}", *hex(ssid.as_bytes())) };
    Path::new(FOLDER).join(name + ".psk")
}

/// What stands in the file of a network of which only the pre-shared key is known.
pub(super) fn content(digits: &str, hidden: bool) -> Zeroizing<String> {
    const BEFORE: &str = "[Security]\nPreSharedKey=";
    const HIDDEN: &str = "\n[Settings]\nHidden=true\n";
    let mut text = Zeroizing::new(String::with_capacity(BEFORE.len() + digits.len() + 1 + HIDDEN.len()));
    text.push_str(BEFORE);
    text.push_str(digits);
    text.push('\n');
    if hidden {
        text.push_str(HIDDEN);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_as_iwd_names_them() {
        let cases = [
            ("HomeNet", "HomeNet.psk"),
            ("My Net-2_5", "My Net-2_5.psk"),
            ("../x", "=2e2e2f78.psk"),
            ("Café", "=436166c3a9.psk"),
            ("=00", "=3d3030.psk"),
        ];
        for (ssid, expected) in cases {
            assert_eq!(path(ssid), Path::new(FOLDER).join(expected));
        }
    }

    #[test]
    fn files_have_the_key_and_what_hides_the_network() {
        assert_eq!(*content("00ff", false), "[Security]\nPreSharedKey=00ff\n");
        assert_eq!(*content("00ff", true), "[Security]\nPreSharedKey=00ff\n\n[Settings]\nHidden=true\n");
    }
}
