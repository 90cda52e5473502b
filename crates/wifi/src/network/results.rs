//! The networks that were heard, each as it was last.

use super::Network;
use crate::driver::Sighting;
use alloc::vec::Vec;
use core::time::Duration;
use keyway_eap::Timestamp;
use keyway_wsc::MacAddr;

/// How many networks are remembered: the strongest.
const MOST: usize = 128;

/// The networks that were heard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScanResults {
    networks: Vec<Network>,
}

impl ScanResults {
    /// Takes a beacon or probe response. A network of which more is known than this frame says keeps that: the name that
    /// it hides in its beacons, and its identity, which only probe responses always have.
    pub fn take(&mut self, sighting: &Sighting, now: Timestamp) {
        let Some(mut network) = Network::new(sighting, now) else { return };
        if let Some(known) = self.networks.iter_mut().find(|known| known.bssid == network.bssid) {
            network.hidden |= known.hidden && sighting.is_probe_response;
            network.ssid = network.ssid.or(known.ssid);
            if let (Some(offer), Some(known)) = (&mut network.wps, &known.wps) {
                offer.uuid = offer.uuid.or(known.uuid);
            }
            *known = network;
        } else if self.networks.len() < MOST {
            self.networks.push(network);
        } else if let Some(weakest) = self.networks.iter_mut().min_by_key(|known| known.signal)
            && weakest.signal < network.signal
        {
            *weakest = network;
        }
    }

    /// Forgets what was not heard for this long.
    pub fn forget_older(&mut self, age: Duration, now: Timestamp) {
        self.networks.retain(|network| now.saturating_since(network.seen) <= age);
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.networks.clear();
    }

    /// The networks, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Network> {
        self.networks.iter()
    }

    /// Those that were heard at this moment or later.
    pub fn since(&self, moment: Timestamp) -> impl Iterator<Item = &Network> {
        self.networks.iter().filter(move |network| network.seen >= moment)
    }

    /// The network of this access point.
    pub fn find(&self, bssid: MacAddr) -> Option<&Network> {
        self.networks.iter().find(|network| network.bssid == bssid)
    }

    /// Whether nothing was heard.
    pub fn is_empty(&self) -> bool {
        self.networks.is_empty()
    }
}
