//! The networks that were heard, each as it was last.

use super::Network;
use crate::driver::Sighting;
use alloc::vec::Vec;
use core::time::Duration;
use keyway_eap::Timestamp;
use keyway_wsc::MacAddr;

/// How many networks are remembered; the weakest is forgotten first.
const MOST: usize = 128;

/// The networks that were heard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScanResults {
    networks: Vec<Network>,
}

impl ScanResults {
    /// Takes a beacon or probe response.
    pub fn take(&mut self, sighting: &Sighting, now: Timestamp) {
        let Some(mut network) = Network::new(sighting, now) else { return };
        let known = self.networks.iter_mut().find(|known| known.bssid == network.bssid);
        if let Some(known) = known {
            // A hidden network says its name to those who ask for it, and not in its beacons.
            if network.ssid.is_none() && known.hidden | (known.channel == network.channel) {
                network.ssid = known.ssid.take();
            }
            network.hidden |= known.hidden && sighting.is_probe_response;
            *known = network;
            return;
        }
        if self.networks.len() >= MOST {
            let weakest = (0..self.networks.len()).min_by_key(|at| self.networks[*at].signal);
            if let Some(weakest) = weakest {
                self.networks.swap_remove(weakest);
            }
        }
        self.networks.push(network);
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

    /// The network of this access point.
    pub fn find(&self, bssid: MacAddr) -> Option<&Network> {
        self.networks.iter().find(|network| network.bssid == bssid)
    }

    /// Whether nothing was heard.
    pub fn is_empty(&self) -> bool {
        self.networks.is_empty()
    }
}
