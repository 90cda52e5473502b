//! Which network to choose, and why none.

use super::Network;
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

/// Chooses a network among those that were heard.
///
/// `bands` are those that the station has; `patient` says that enough scans have found nobody who waits for it, so that
/// access points that only might do are tried in turn; `tried` are those that were tried in vain.
///
/// # Errors
/// [`NoChoice`], what stands in the way; where several things do, the one that says most.
pub fn choose<'a>(
    networks: impl IntoIterator<Item = &'a Network>,
    wanted: &Wanted,
    own: MacAddr,
    bands: &[Band],
    patient: bool,
    tried: &[MacAddr],
) -> Choice {
    let all: Vec<&Network> = networks.into_iter().collect();
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
    if let Some(network) = candidates.iter().find(|network| obstacle(network, bands).is_none()) {
        let is_certain = !matches!(wanted, Wanted::RouterPin(None));
        return Ok(Chosen { network: (*network).clone(), is_certain });
    }
    if let Some(why) = candidates.first().and_then(|network| obstacle(network, bands)) {
        return Err(why);
    }
    if *wanted == Wanted::Pin && patient {
        let worth_a_try = |network: &&&Network| {
            network.wps.is_some() && obstacle(network, bands).is_none() && !tried.contains(&network.bssid)
        };
        if let Some(network) = all.iter().filter(worth_a_try).max_by_key(|network| network.signal) {
            return Ok(Chosen { network: (*network).clone(), is_certain: false });
        }
    }
    Err(why_none(&all, wanted, bands))
}

/// Two access points with their buttons pressed are an overlap, but for one with two bands, which has one identity.
fn overlap(pressed: &[&Network]) -> bool {
    pressed.iter().enumerate().any(|(at, one)| {
        pressed.iter().skip(at + 1).any(|other| one.uuid().is_none() || one.uuid() != other.uuid())
    })
}

/// What keeps a station with these bands from associating with a network that is the right one.
fn obstacle(network: &Network, bands: &[Band]) -> Option<NoChoice> {
    if !bands.contains(&network.channel.band()) {
        Some(NoChoice::OtherBand)
    } else if network.signal < TOO_WEAK {
        Some(NoChoice::TooWeak)
    } else if network.ssid.is_none() {
        // An association request has to name the network.
        Some(NoChoice::Hidden)
    } else {
        None
    }
}

/// What stands in the way, the most telling first.
fn why_none(all: &[&Network], wanted: &Wanted, bands: &[Band]) -> NoChoice {
    match wanted {
        Wanted::Network(ssid) => why_not_joined(all, ssid),
        Wanted::RouterPin(Some(bssid)) => {
            let meant: Vec<&Network> =
                all.iter().copied().filter(|network| network.bssid == *bssid).collect();
            if meant.is_empty() {
                NoChoice::NotFound
            } else {
                why_not_registered(&meant, NoChoice::Locked, bands)
            }
        }
        Wanted::RouterPin(None) => why_not_registered(all, NoChoice::Locked, bands),
        Wanted::Pin | Wanted::Button => why_not_registered(all, NoChoice::NobodyReady, bands),
    }
}

fn why_not_joined(all: &[&Network], ssid: &Ssid) -> NoChoice {
    let mut named = all.iter().filter(|network| network.ssid.as_ref() == Some(ssid)).peekable();
    if named.peek().is_none() {
        NoChoice::NotFound
    } else if named.all(|network| network.is_wpa3_only()) {
        NoChoice::Wpa3Only
    } else {
        NoChoice::SecurityUnsupported
    }
}

/// The access points that are near and have WPS decide, and if there are none, the nearest; `not_now` is the reason when
/// one has WPS.
fn why_not_registered(all: &[&Network], not_now: NoChoice, bands: &[Band]) -> NoChoice {
    let nearest = |has_wps: bool, on_band: bool| {
        let fits = |network: &&&Network| {
            (network.wps.is_some() || !has_wps) && (bands.contains(&network.channel.band()) || !on_band)
        };
        all.iter().filter(fits).max_by_key(|network| network.signal)
    };
    if let Some(network) = nearest(true, true) {
        return if network.signal < TOO_WEAK { NoChoice::TooWeak } else { not_now };
    }
    if nearest(true, false).is_some() {
        return NoChoice::OtherBand;
    }
    match nearest(false, true) {
        None => NoChoice::OtherBand,
        Some(network) if network.signal < TOO_WEAK => NoChoice::TooWeak,
        Some(network) if network.hidden => NoChoice::Hidden,
        Some(network) if network.is_wpa3_only() => NoChoice::Wpa3Only,
        Some(_) => NoChoice::WpsOff,
    }
}

impl Chosen {
    /// The key management for joining it; `None` when it is only to be registered with.
    pub fn key_management(&self) -> Option<KeyManagement> {
        self.network.key_management()
    }
}
