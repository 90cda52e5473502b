//! A network as a profile of NetworkManager: settings of `org.freedesktop.NetworkManager.Settings`.

use std::collections::HashMap;

use zbus::{OwnedVariant, Variant};

use crate::key::Security;

/// Settings by their groups.
pub(super) type Settings<'s> = HashMap<&'static str, HashMap<&'static str, Variant<'s>>>;

/// Settings as NetworkManager tells them; without secrets.
pub(super) type Told = HashMap<String, HashMap<String, OwnedVariant>>;

/// A mark in the profiles that are Keyway's, in the group that is kept for such things.
const MARK: (&str, &str) = ("keyway.registered", "yes");

/// The profile of a network. Everybody on the machine may use it, it joins by itself, and it takes its address from
/// the network.
pub(super) fn profile<'s>(
    ssid: &'s [u8],
    name: &'s str,
    hidden: bool,
    security: &'s Security,
) -> Settings<'s> {
    let mut wifi = HashMap::from([("ssid", Variant::from(ssid)), ("mode", Variant::from("infrastructure"))]);
    if hidden {
        wifi.insert("hidden", Variant::from(true));
    }
    let mut settings = HashMap::from([
        (
            "connection",
            HashMap::from([
                ("id", Variant::from(name)),
                ("type", Variant::from("802-11-wireless")),
                ("autoconnect", Variant::from(true)),
            ]),
        ),
        ("802-11-wireless", wifi),
        ("ipv4", HashMap::from([("method", Variant::from("auto"))])),
        ("ipv6", HashMap::from([("method", Variant::from("auto"))])),
        ("user", HashMap::from([("data", Variant::from(HashMap::from([MARK])))])),
    ]);
    if let Some(text) = security.text() {
        // WPA and WPA2, with management frame protection where the network has it; it tells 64 digits from a passphrase
        // by their number.
        let group = HashMap::from([("key-mgmt", Variant::from("wpa-psk")), ("psk", Variant::from(text))]);
        settings.insert("802-11-wireless-security", group);
    }
    settings
}

/// Whether a profile is Keyway's, for the network of this name.
pub(super) fn is_ours(told: &Told, ssid: &[u8]) -> bool {
    let value = |group: &str, name: &str| told.get(group)?.get(name)?.try_clone().ok();
    let same = value("802-11-wireless", "ssid").and_then(|value| Vec::<u8>::try_from(value).ok());
    let data = value("user", "data").and_then(|value| HashMap::<String, String>::try_from(value).ok());
    same.as_deref() == Some(ssid)
        && data.is_some_and(|data| data.get(MARK.0).is_some_and(|mark| mark == MARK.1))
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    /// As it is told back.
    fn told(settings: &Settings<'_>) -> Told {
        let group = |group: &HashMap<&'static str, Variant<'_>>| {
            group.iter().map(|(name, value)| ((*name).to_owned(), value.try_to_owned().unwrap())).collect()
        };
        settings.iter().map(|(name, values)| ((*name).to_owned(), group(values))).collect()
    }

    #[test]
    fn a_profile_has_the_key_where_there_is_one() {
        let text = "correct \"horse\"";
        let digits = "00".repeat(32);
        let cases = [
            (Security::Open, None),
            (Security::Passphrase(Zeroizing::new(text.to_owned())), Some(text)),
            (Security::PreSharedKey(Zeroizing::new(digits.clone())), Some(&*digits)),
        ];
        for (security, expected) in cases {
            let settings = profile(b"\xff", "name", false, &security);
            let psk = settings.get("802-11-wireless-security").map(|group| &group["psk"]);
            assert_eq!(psk, expected.map(Variant::from).as_ref());
            assert!(!settings["802-11-wireless"].contains_key("hidden"));
        }
        assert_eq!(
            profile(b"n", "n", true, &Security::Open)["802-11-wireless"]["hidden"],
            Variant::from(true)
        );
    }

    #[test]
    fn only_keyways_profiles_of_the_same_name_are_replaced() {
        let ours = told(&profile(b"HomeNet", "HomeNet", false, &Security::Open));
        assert!(is_ours(&ours, b"HomeNet"));
        assert!(!is_ours(&ours, b"HomeNet2"));
        let mut theirs = ours;
        theirs.remove("user");
        assert!(!is_ours(&theirs, b"HomeNet"));
    }
}
