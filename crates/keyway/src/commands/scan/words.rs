//! What a network offers by WPS, in words and for programs.

use keyway_wifi::Band;
use keyway_wifi::network::{Network, Security, WpsOffer};
use keyway_wsc::{DevicePasswordId, MacAddr};
use serde_json::{Value, json};

/// What can be done by WPS at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Now {
    /// WPS is off.
    Off,
    /// WPS is on, and no registrar waits.
    Nobody,
    /// A registrar waits for a device with a PIN.
    Pin,
    /// The button is pressed.
    Button,
}

impl Now {
    fn of(network: &Network) -> Now {
        match network.wps.as_ref().map(|wps| wps.selected) {
            None => Now::Off,
            Some(None) => Now::Nobody,
            Some(Some(DevicePasswordId::PushButton)) => Now::Button,
            Some(Some(_)) => Now::Pin,
        }
    }

    /// For programs.
    const fn code(self) -> &'static str {
        match self {
            Now::Off => "off",
            Now::Nobody => "nobody",
            Now::Pin => "pin",
            Now::Button => "button",
        }
    }
}

/// The network's name for a person; what is not text is spelled out.
fn name(network: &Network) -> String {
    match &network.ssid {
        None => "(hidden)".to_owned(),
        Some(ssid) => ssid.to_text().chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect(),
    }
}

/// The band, as people say it.
const fn band(network: &Network) -> &'static str {
    match network.channel.band() {
        Band::Ghz2 => "2.4 GHz",
        Band::Ghz5 => "5 GHz",
    }
}

/// How well it is heard.
const fn signal(dbm: i8) -> &'static str {
    match dbm {
        -60..=i8::MAX => "strong",
        -72..=-61 => "good",
        -82..=-73 => "weak",
        _ => "very weak: move closer",
    }
}

/// What it offers a device without a keyboard at this moment.
fn offer(network: &Network) -> String {
    let Some(wps) = &network.wps else { return why_not(network).to_owned() };
    let mut words = match Now::of(network) {
        Now::Button => "its button is pressed: press the device's within two minutes".to_owned(),
        Now::Pin => format!("waits for the PIN of {}", whose(wps)),
        Now::Nobody | Now::Off => "on; nobody waits for a device".to_owned(),
    };
    if wps.locked {
        words.push_str("; its own PIN is locked");
    }
    if !wps.configured {
        words.push_str("; it has no settings of its own yet");
    }
    if !wps.version2 {
        words.push_str("; WPS 1.0");
    }
    words
}

fn whose(wps: &WpsOffer) -> String {
    let named: Vec<String> =
        wps.authorized.iter().filter(|mac| **mac != MacAddr::BROADCAST).map(MacAddr::to_string).collect();
    if named.is_empty() { "any device".to_owned() } else { named.join(", ") }
}

/// Why a network has no WPS, as far as the air tells.
fn why_not(network: &Network) -> &'static str {
    if network.hidden {
        "off: the name is hidden"
    } else if network.is_wpa3_only() {
        "off: WPA3 alone has none"
    } else {
        match network.security {
            Security::Wep | Security::Wpa1 => "off: the security is too old for it",
            _ => "off",
        }
    }
}

/// The fields of the event `network`.
pub(super) fn fields(network: &Network) -> Value {
    let wps = network.wps.as_ref();
    let authorized = wps.map(|wps| wps.authorized.iter().map(MacAddr::to_string).collect::<Vec<_>>());
    let ssid_hex = network
        .ssid
        .as_ref()
        .map(|ssid| ssid.as_bytes().iter().map(|octet| format!("{octet:02x}")).collect::<String>());
    json!({
        "ssid": network.ssid.as_ref().map(|ssid| ssid.to_text()),
        "ssid_hex": ssid_hex,
        "bssid": network.bssid.to_string(),
        "channel": network.channel.number(),
        "band": band(network),
        "signal_dbm": network.signal,
        "security": network.security_words(),
        "hidden": network.hidden,
        "wpa3_only": network.is_wpa3_only(),
        "wps": Now::of(network).code(),
        "wps_version": wps.map(|wps| if wps.version2 { "2.0" } else { "1.0" }),
        "wps_locked": wps.is_some_and(|wps| wps.locked),
        "wps_configured": wps.map(|wps| wps.configured),
        "wps_for": authorized,
    })
}

/// How many characters the longest name has.
pub(super) fn width(networks: &[&Network]) -> usize {
    networks.iter().map(|network| name(network).chars().count()).max().unwrap_or(0)
}

/// A network for a person, on two lines, with the names filled up to this width.
pub(super) fn lines(network: &Network, width: usize) -> String {
    let name = name(network);
    format!(
        "{name:width$}  {} ({} dBm) · {} channel {} · {} · {}\n{:width$}  WPS: {}",
        signal(network.signal),
        network.signal,
        band(network),
        network.channel.number(),
        network.security_words(),
        network.bssid,
        "",
        offer(network),
    )
}
