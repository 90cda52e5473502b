//! Checks of single values of the command line.

use super::Country;
use keyway_eap::FragmentSize;
use keyway_home::PinLifetime;
use keyway_wsc::Ssid;
use std::net::Ipv4Addr;

pub(super) fn lifetime(text: &str) -> Result<PinLifetime, String> {
    let duration = humantime::parse_duration(text).map_err(|_| "not a time such as 5m or 150s".to_owned())?;
    PinLifetime::new(duration).map_err(|error| error.to_string())
}

/// What the protocol and DNS-SD have room for.
pub(super) fn device_name(text: &str) -> Result<String, String> {
    match text.len() {
        1..=32 if !text.chars().any(char::is_control) => Ok(text.to_owned()),
        _ => Err("a name has 1 to 32 octets, and no control characters".to_owned()),
    }
}

pub(crate) fn country(text: &str) -> Result<Country, String> {
    match *text.as_bytes() {
        [a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => Ok([a, b]),
        _ => Err("a country has two capital letters, such as FI".to_owned()),
    }
}

pub(crate) fn network(text: &str) -> Result<(Ipv4Addr, u8), String> {
    let parsed = text.split_once('/').and_then(|(address, prefix)| {
        let prefix = prefix.parse().ok().filter(|prefix| (8..=30).contains(prefix))?;
        Some((address.parse().ok()?, prefix))
    });
    parsed.ok_or_else(|| "not an address with a prefix of 8 to 30 bits, such as 192.168.1.1/24".to_owned())
}

pub(super) fn ssid(text: &str) -> Result<Ssid, String> {
    match text {
        "" => Err("a network has a name of at least one octet".to_owned()),
        _ => Ssid::new(text.as_bytes()).map_err(|error| error.to_string()),
    }
}

pub(super) fn ssid_hex(text: &str) -> Result<Ssid, String> {
    let digits = text.as_bytes();
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let hexadecimal = !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit);
    let octets: Option<Vec<u8>> =
        digits.len().is_multiple_of(2).then(|| digits.chunks(2).map(pair).collect()).flatten();
    match octets {
        Some(octets) if hexadecimal => Ssid::new(&octets).map_err(|error| error.to_string()),
        _ => Err("not pairs of hexadecimal digits".to_owned()),
    }
}

pub(super) fn fragment_size(text: &str) -> Result<FragmentSize, String> {
    let (least, most) = (FragmentSize::MIN.get(), FragmentSize::DEFAULT.get());
    let octets = text.parse().ok().filter(|octets| (least..=most).contains(octets));
    octets.and_then(FragmentSize::new).ok_or_else(|| format!("not a number from {least} to {most}"))
}
