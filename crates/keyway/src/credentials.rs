//! Network settings as JSON: with the key for the file that receives them, without it for everything that is shown.

use crate::exit::Error;
use keyway_wsc::{AuthTypes, Credential, EncrTypes};
use serde_json::{Value, json};
use std::path::Path;
use zeroize::Zeroizing;

/// The settings without the key.
pub(crate) fn public(credential: &Credential) -> Value {
    json!({
        "ssid": credential.ssid.to_text(),
        "ssid_hex": hex(credential.ssid.as_bytes()),
        "authentication": authentication(credential.auth_types),
        "encryption": encryption(credential.encr_types),
    })
}

/// Writes the settings: one object, or a list when there are several.
pub(crate) fn write(path: &Path, credentials: &[Credential]) -> Result<(), Error> {
    let text = Zeroizing::new(
        match credentials {
            [one] => secret(one),
            several => {
                let each: Vec<Zeroizing<String>> = several.iter().map(secret).map(Zeroizing::new).collect();
                format!("[{}]", each.iter().map(|text| text.as_str()).collect::<Vec<_>>().join(",\n "))
            }
        } + "\n",
    );
    keyway_linux::write_secret_file(path, text.as_bytes()).map_err(Error::file)
}

/// One object with the key in it. A key that is not UTF-8 stands in `network_key_hex`, and `network_key` is null.
fn secret(credential: &Credential) -> String {
    let key = credential.key.as_ref().map(|key| key.to_characters());
    let characters = key.as_ref().map_or(Some(""), |key| std::str::from_utf8(key.expose()).ok());
    let mut value = public(credential);
    value["network_key"] = match (&key, characters) {
        (Some(_), Some(text)) => text.into(),
        _ => Value::Null,
    };
    if let (Some(key), None) = (&key, characters) {
        value["network_key_hex"] = hex(key.expose()).into();
    }
    let text = value.to_string();
    if let Some(Value::String(copy)) = value.get_mut("network_key") {
        zeroize::Zeroize::zeroize(copy);
    }
    text
}

fn authentication(types: AuthTypes) -> String {
    types.names().collect::<Vec<_>>().join("+")
}

fn encryption(types: EncrTypes) -> String {
    types.names().collect::<Vec<_>>().join("+")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|octet| format!("{octet:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyway_wsc::{NetworkKey, Ssid};

    #[test]
    fn objects_with_and_without_the_key() {
        let credential =
            Credential::wpa2(Ssid::new(b"Home \"1\"").unwrap(), NetworkKey::new(b"correct horse").unwrap());
        let value: Value = serde_json::from_str(&secret(&credential)).unwrap();
        assert_eq!(value["ssid"], "Home \"1\"");
        assert_eq!(value["ssid_hex"], "486f6d6520223122");
        assert_eq!(value["authentication"], "WPA2-Personal");
        assert_eq!(value["encryption"], "AES");
        assert_eq!(value["network_key"], "correct horse");
        assert!(public(&credential).get("network_key").is_none());

        let bytes = Credential::wpa2(Ssid::new(&[0xff]).unwrap(), NetworkKey::new(&[0xe9; 8]).unwrap());
        let value: Value = serde_json::from_str(&secret(&bytes)).unwrap();
        assert_eq!(value["network_key"], Value::Null);
        assert_eq!(value["network_key_hex"], "e9e9e9e9e9e9e9e9");
        assert_eq!(value["ssid"], "\u{fffd}");

        let open = Credential::open(Ssid::new(b"Cafe").unwrap());
        let value: Value = serde_json::from_str(&secret(&open)).unwrap();
        assert_eq!((&value["authentication"], &value["network_key"]), (&json!("Open"), &Value::Null));
    }
}
