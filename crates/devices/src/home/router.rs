//! The router in the home: the device, and what it wants from the rest of the home.

use super::config::address;
use super::printer::Step;
use super::radio::SimRadio;
use crate::router::{CellConfig, CellNetwork, GuestNetwork, RouterDevice, RouterOutput, RouterUnit};
use keyway_air::{Air, Position, RadioConfig, RadioId};
use keyway_eap::Timestamp;
use keyway_lan::GatewayHost;
use keyway_lan::gateway::GatewayConfig;
use keyway_wifi::Channel;
use keyway_wifi::mac::AccessPointMac;
use keyway_wsc::{NetworkKey, Ssid};

/// The name of the guest network.
const GUEST: &str = "Guest";

/// The router's radios: number, channel, network.
const CELLS: [(u16, u8, CellNetwork); 3] =
    [(0, 6, CellNetwork::Home), (1, 36, CellNetwork::Home), (2, 44, CellNetwork::Guests)];

/// A cell of the router.
pub(super) type Cell = crate::router::Cell<SimRadio<AccessPointMac>>;

/// The router in the home.
pub(super) struct RouterNode {
    pub(super) device: RouterDevice<SimRadio<AccessPointMac>, GatewayHost>,
    /// The unit wants to know what is on the air.
    pub(super) verify: bool,
    /// The network changed: whoever knows the new key may join anew.
    pub(super) network_changed: bool,
}

impl RouterNode {
    /// `guest_key`: of a guest network beside the home's.
    pub(super) fn new(
        unit: RouterUnit,
        seed: u64,
        guest_key: Option<NetworkKey>,
        air: &mut Air,
        now: Timestamp,
    ) -> RouterNode {
        let guests = guest_key.zip(Ssid::new(GUEST.as_bytes()).ok()).map(|(key, ssid)| {
            let gateway = GatewayHost::new(GatewayConfig::network(address(seed, 1, 2), 2, seed), now);
            GuestNetwork { ssid, key, gateway }
        });
        let wanted = CELLS.iter().filter(|(_, _, network)| guests.is_some() || *network == CellNetwork::Home);
        let cells = wanted.filter_map(|&(number, channel, network)| {
            let bssid = address(seed, 1, number);
            let channel = Channel::new(channel)?;
            let mut mac = AccessPointMac::new();
            mac.set_isolated(network == CellNetwork::Guests);
            let place = RadioConfig::access_point(Position::new(0.0, 0.0), bssid);
            Some(CellConfig { radio: SimRadio::new(mac, place, air), bssid, channel, network })
        });
        let gateway = GatewayHost::new(GatewayConfig::home(address(seed, 1, 0), seed), now);
        let mut device = RouterDevice::new(unit, cells.collect(), gateway);
        if let Some(guests) = guests {
            device = device.with_guests(guests);
        }
        RouterNode { device, verify: false, network_changed: false }
    }

    /// A cell's radio.
    pub(super) fn radio(&mut self, cell: usize) -> Option<&mut SimRadio<AccessPointMac>> {
        self.device.cells_mut().get_mut(cell).map(Cell::radio_mut)
    }

    /// The radios of all cells, in order.
    pub(super) fn radios(&self) -> impl Iterator<Item = RadioId> {
        self.device.cells().iter().map(|cell| cell.radio().id)
    }

    /// The cells of the home's own network that are on the air.
    pub(super) fn own_cells(&self) -> impl Iterator<Item = &Cell> {
        self.device.cells().iter().filter(|cell| cell.network() == CellNetwork::Home && cell.is_on())
    }

    /// Lets the device do what is to be done, and takes what it wants. True if a person could see a change.
    pub(super) fn run(&mut self, step: &mut Step<'_>) -> bool {
        let seen = self.device.run(step.now, step.date, step.random);
        while let Some(output) = self.device.poll_output() {
            match output {
                RouterOutput::VerifyOff => self.verify = true,
                RouterOutput::NetworkChanged => self.network_changed = true,
            }
        }
        for cell in self.device.cells_mut() {
            cell.radio_mut().flush(step.air, step.now);
        }
        seen
    }
}
