//! Which network to choose, and why none.

use super::{Network, ScanResults};
use crate::channel::Band;
use crate::rsn::KeyManagement;
use alloc::vec::Vec;
use core::cmp::Reverse;
use keyway_wsc::{MacAddr, Ssid};

/// What a station looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// An access point whose registrar has this station's PIN.
    Pin,
    /// The access point whose button is pressed.
    Button,
    /// An access point that takes its own PIN; this one, if it matters which.
    RouterPin(Option<MacAddr>),
    /// This network, to join it with a pre-shared key.
    Network(Ssid),
}

/// The network that was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// The network.
    pub network: Network,
    /// Whether it waits for this very station, or has its button pressed; false for one that is only worth a try.
    pub is_certain: bool,
}

/// Why no network was chosen: what would have to change, as far as the air tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoChoice {
    /// No network is heard at all.
    NothingHeard,
    /// The right one is heard too weakly.
    TooWeak,
    /// The right one is on a band that this station does not have.
    OtherBand,
    /// Two access points have their buttons pressed.
    Overlap,
    /// WPS is on, and no registrar waits for this station.
    NobodyReady,
    /// WPS is on, and the router's own PIN is locked.
    Locked,
    /// No network has WPS.
    WpsOff,
    /// The networks that are heard hide their names, which switches WPS off.
    Hidden,
    /// The network is WPA3 alone.
    Wpa3Only,
    /// The network's security is not one with a pre-shared key and CCMP.
    SecurityUnsupported,
    /// The network is not here.
    NotFound,
}

/// A choice.
pub type Choice = Result<Chosen, NoChoice>;

/// Below this signal a network is not worth a try, in dBm.
const TOO_WEAK: i8 = -88;

/// Chooses a network.
///
/// `bands` are those that the station has; `patient` says that enough scans have found nobody who waits for it, so that
/// access points that only might do are tried in turn; `tried` are those that were tried in vain.
pub fn choose(
    results: &ScanResults,
    wanted: &Wanted,
    own: MacAddr,
    bands: &[Band],
    patient: bool,
    tried: &[MacAddr],
) -> Choice {
    let all: Vec<&Network> = results.iter().collect();
    if all.is_empty() {
        return Err(NoChoice::NothingHeard);
    }
    let right = |network: &&Network| match wanted {
        Wanted::Pin => network.is_open_for_pin(own),
        Wanted::Button => network.is_open_for_button(),
        Wanted::RouterPin(bssid) => {
            network.wps.as_ref().is_some_and(|wps| !wps.locked)
                && bssid.is_none_or(|bssid| bssid == network.bssid)
        }
        Wanted::Network(ssid) => network.ssid.as_ref() == Some(ssid) && network.key_management().is_some(),
    };
    let mut candidates: Vec<&Network> = all.iter().copied().filter(right).collect();
    if *wanted == Wanted::Button && overlap(&candidates) {
        return Err(NoChoice::Overlap);
    }
    // Those that were tried in vain come last, and are tried again when nothing else is left.
    candidates.sort_by_key(|network| {
        (tried.contains(&network.bssid), Reverse(network.names(own)), Reverse(network.signal))
    });
    let usable = |network: &&&Network| bands.contains(&network.channel.band()) && network.signal >= TOO_WEAK;
    if let Some(network) = candidates.iter().find(usable) {
        let is_certain = !matches!(wanted, Wanted::RouterPin(None));
        return Ok(Chosen { network: (*network).clone(), is_certain });
    }
    if let Some(network) = candidates.first() {
        return Err(unusable(network, bands));
    }
    if *wanted == Wanted::Pin && patient {
        let mut others: Vec<&Network> = all.iter().copied().filter(|network| network.wps.is_some()).collect();
        others.sort_by_key(|network| (tried.contains(&network.bssid), Reverse(network.signal)));
        if let Some(network) = others.iter().find(usable).filter(|network| !tried.contains(&network.bssid)) {
            return Ok(Chosen { network: (*network).clone(), is_certain: false });
        }
    }
    Err(why_none(&all, wanted, bands))
}

/// Two access points with their buttons pressed are an overlap, but for one with two bands, which has one identity.
fn overlap(pressed: &[&Network]) -> bool {
    let uuid = |network: &Network| network.wps.as_ref().and_then(|wps| wps.uuid);
    pressed.iter().enumerate().any(|(at, one)| {
        pressed.iter().skip(at + 1).any(|other| uuid(one).is_none() || uuid(one) != uuid(other))
    })
}

fn unusable(network: &Network, bands: &[Band]) -> NoChoice {
    if bands.contains(&network.channel.band()) { NoChoice::TooWeak } else { NoChoice::OtherBand }
}

/// What stands in the way, the most telling first.
fn why_none(all: &[&Network], wanted: &Wanted, bands: &[Band]) -> NoChoice {
    if let Wanted::Network(ssid) = wanted {
        let named: Vec<_> = all.iter().filter(|network| network.ssid.as_ref() == Some(ssid)).collect();
        return match named.first() {
            None => NoChoice::NotFound,
            Some(_) if named.iter().all(|network| network.is_wpa3_only()) => NoChoice::Wpa3Only,
            Some(_) => NoChoice::SecurityUnsupported,
        };
    }
    let with_wps: Vec<&&Network> = all.iter().filter(|network| network.wps.is_some()).collect();
    let Some(network) = with_wps.iter().max_by_key(|network| network.signal) else {
        let strongest = all.iter().filter(|network| bands.contains(&network.channel.band()));
        return match strongest.max_by_key(|network| network.signal) {
            None => NoChoice::OtherBand,
            Some(network) if network.signal < TOO_WEAK => NoChoice::TooWeak,
            Some(network) if network.hidden => NoChoice::Hidden,
            Some(network) if network.is_wpa3_only() => NoChoice::Wpa3Only,
            Some(_) => NoChoice::WpsOff,
        };
    };
    if !with_wps.iter().any(|network| bands.contains(&network.channel.band())) {
        return NoChoice::OtherBand;
    }
    if network.signal < TOO_WEAK {
        return NoChoice::TooWeak;
    }
    match wanted {
        Wanted::RouterPin(_) => NoChoice::Locked,
        _ => NoChoice::NobodyReady,
    }
}

impl Chosen {
    /// The key management for joining it; `None` when it is only to be registered with.
    pub fn key_management(&self) -> Option<KeyManagement> {
        self.network.key_management()
    }
}
