//! The settings that last: the network, WPS, addresses.

use super::boundary::{NetworkSettings, RouterChannels, RouterUnitConfig};
use crate::action::{Bands, Security};
use crate::kept::{hex, json, unhex};
use crate::random::Random;
use crate::secret::SecretText;
use keyway_home::Cause;
use keyway_wsc::{Credential, EntropyError, NetworkKey, Ssid};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The key of the network's settings.
pub(super) const NETWORK: &str = "network";
/// Whether WPS is on.
pub(super) const WPS: &str = "wps";
/// Whether it goes off after a successful set-up.
pub(super) const OFF_AFTER_SUCCESS: &str = "off-after-success";
/// Whether addresses are given out.
pub(super) const DHCP: &str = "dhcp";
/// The administrator's password, as a hash.
pub(super) const PASSWORD: &str = "password";
/// The alert.
pub(super) const ALERT: &str = "alert";

/// The settings.
#[derive(Debug)]
pub(super) struct Settings {
    /// `None` until there is randomness for a first Wi-Fi password: there is no network without one.
    pub(super) network: Option<NetworkSettings>,
    pub(super) wps: bool,
    pub(super) off_after_success: bool,
    pub(super) dhcp: bool,
}

impl Settings {
    /// What was kept. WPS is off until the owner switches it on (N47). A network is on bands that the router has.
    pub(super) fn kept<'a>(
        value: impl Fn(&str) -> Option<&'a SecretText>,
        channels: RouterChannels,
    ) -> Settings {
        let on_bands = |network: NetworkSettings| {
            let bands = channels.fit(network.bands);
            NetworkSettings { bands, ..network }
        };
        let flag = |key, default: bool| value(key).map_or(default, |value| value.expose() == "true");
        Settings {
            network: value(NETWORK).and_then(from_json).map(on_bands),
            wps: flag(WPS, false),
            off_after_success: flag(OFF_AFTER_SUCCESS, true),
            dhcp: flag(DHCP, true),
        }
    }

    /// Why WPS cannot be on with these settings, if it cannot.
    pub(super) fn wps_impossible(&self) -> Option<Cause> {
        let network = self.network.as_ref()?;
        match network.security {
            Security::Wpa3Only => Some(Cause::Wpa3Only),
            Security::Wpa2 => network.hidden.then_some(Cause::Hidden),
        }
    }
}

impl NetworkSettings {
    /// The network of a router that was never touched: a random Wi-Fi password, unless it came with one.
    pub(super) fn first(
        config: &RouterUnitConfig,
        random: &mut Random,
    ) -> Result<NetworkSettings, EntropyError> {
        Ok(NetworkSettings {
            ssid: config.ssid,
            key: config.key.clone().map_or_else(|| new_passphrase(random), Ok)?,
            hidden: config.hidden,
            security: Security::Wpa2,
            bands: config.channels.fit(Bands::Both),
        })
    }

    /// What the registrar hands out.
    pub(super) fn credential(&self) -> Credential {
        Credential::wpa2(self.ssid, self.key.clone())
    }

    /// As it is kept. It contains the key.
    pub(super) fn to_json(&self) -> SecretText {
        json(&NetworkText {
            ssid: hex(self.ssid.as_bytes()),
            key: hex(self.key.to_characters().expose()),
            hidden: self.hidden,
            security: self.security,
            bands: self.bands,
        })
    }
}

/// The network as it is kept: names and keys as hexadecimal digits, because they can be any octets.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct NetworkText {
    ssid: String,
    key: String,
    hidden: bool,
    #[zeroize(skip)]
    security: Security,
    #[zeroize(skip)]
    bands: Bands,
}

/// Reads what was kept; `None` for anything else.
fn from_json(text: &SecretText) -> Option<NetworkSettings> {
    let text: NetworkText = serde_json::from_str(text.expose()).ok()?;
    Some(NetworkSettings {
        ssid: Ssid::new(unhex(&text.ssid)?.expose()).ok().filter(|ssid| !ssid.as_bytes().is_empty())?,
        key: NetworkKey::new(unhex(&text.key)?.expose()).ok()?,
        hidden: text.hidden,
        security: text.security,
        bands: text.bands,
    })
}

/// Makes a Wi-Fi password: sixteen characters in four groups, from 31 that nobody takes for another, which is 79 bits.
pub(super) fn new_passphrase(random: &mut Random) -> Result<NetworkKey, EntropyError> {
    // Without 0, 1, i, l and o.
    const CHARACTERS: &[u8; 31] = b"23456789abcdefghjkmnpqrstuvwxyz";
    let mut text = [b'-'; 19];
    let slots = (0..text.len()).filter(|index| index % 5 != 4);
    // An octet is refused with a probability of one in 32: a thousand in a row mean a broken source.
    let mut draws = 1000;
    for slot in slots {
        text[slot] = loop {
            let mut octet = [0];
            random.fill(&mut octet)?;
            if let Some(&character) = CHARACTERS.get(usize::from(octet[0] & 31)) {
                break character;
            }
            draws -= 1;
            if draws == 0 {
                return Err(EntropyError);
            }
        };
    }
    let key = NetworkKey::new(&text).map_err(|_| EntropyError);
    text.zeroize();
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(key: &[u8]) -> NetworkSettings {
        NetworkSettings {
            ssid: Ssid::new("家 Home".as_bytes()).unwrap(),
            key: NetworkKey::new(key).unwrap(),
            hidden: true,
            security: Security::Wpa3Only,
            bands: Bands::Ghz5,
        }
    }

    #[test]
    fn a_network_comes_back_as_it_was_kept() {
        for key in ["correct horse", &"0a".repeat(32), "café au lait"] {
            let network = settings(key.as_bytes());
            assert_eq!(from_json(&network.to_json()), Some(network));
        }
        let good = settings(b"correct horse").to_json();
        for (from, to) in
            [("\"ssid\":\"e5", "\"ssid\":\"zz"), ("\"hidden\"", "\"x\""), ("wpa3-only", "wep"), ("}", "")]
        {
            let bad = good.expose().replacen(from, to, 1);
            assert_ne!(bad, good.expose(), "{from}");
            assert_eq!(from_json(&SecretText::new(bad)), None, "{from}");
        }
    }

    #[test]
    fn a_new_passphrase_is_long_and_readable() {
        let mut random = Random::seeded(3);
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..200 {
            let key = new_passphrase(&mut random).unwrap().to_characters();
            let text = std::str::from_utf8(key.expose()).unwrap().to_owned();
            let groups: Vec<&str> = text.split('-').collect();
            assert_eq!(groups.iter().map(|group| group.len()).collect::<Vec<_>>(), [4; 4], "{text}");
            assert!(!text.contains(['0', '1', 'i', 'l', 'o']), "{text}");
            assert!(seen.insert(text));
        }
        let used: std::collections::BTreeSet<char> = seen.iter().flat_map(|text| text.chars()).collect();
        assert_eq!(used.len(), 32, "31 characters and the dash");
        assert!(new_passphrase(&mut Random::new(|_| false)).is_err());
        let full = |out: &mut [u8]| {
            out.fill(0xff);
            true
        };
        assert!(new_passphrase(&mut Random::new(full)).is_err(), "a broken source does not hang it");
    }

    #[test]
    fn wps_needs_a_name_that_shows_and_wpa2() {
        let with = |hidden, security| {
            let network = NetworkSettings { hidden, security, ..settings(b"correct horse") };
            Settings { network: Some(network), ..Settings::kept(|_| None, RouterChannels::Ghz2(1)) }
                .wps_impossible()
        };
        assert_eq!(with(false, Security::Wpa2), None);
        assert_eq!(with(true, Security::Wpa2), Some(Cause::Hidden));
        assert_eq!(with(false, Security::Wpa3Only), Some(Cause::Wpa3Only));
    }
}
