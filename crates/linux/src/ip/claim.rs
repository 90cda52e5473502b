//! What Keyway put on an interface of the kernel, to be taken away again.

use core::net::Ipv4Addr;
use core::time::Duration;

use super::error::IpError;
use super::links::{Links, NewAddress, PROTOCOL, Route};
use crate::interface::Interface;

/// Between the metrics that NetworkManager gives to cables (100) and to Wi-Fi (600), and that of `networkd` (1024): a
/// machine that has another way out keeps it.
const METRIC: u32 = 700;

/// An address on an interface, and the way out through it. Both go when this is dropped.
///
/// The kernel takes the address away by itself when its lifetime is over, and the route with it: what a killed program
/// left does not stay for ever.
#[derive(Debug)]
pub(super) struct Claim {
    links: Links,
    address: NewAddress,
    gateway: Option<Ipv4Addr>,
    /// `None` as well when it was there before.
    route: Option<Route>,
    /// It was there before: somebody else's, and stays.
    is_borrowed: bool,
}

impl Claim {
    /// Puts an address on the interface, and the default route.
    pub(super) fn put(
        index: u32,
        (address, prefix): (Ipv4Addr, u8),
        gateway: Option<Ipv4Addr>,
        lifetime: Duration,
    ) -> Result<Claim, IpError> {
        let mut links = Links::open()?;
        let address = NewAddress { index, address, prefix, lifetime: Some(lifetime), protocol: PROTOCOL };
        let is_borrowed = !links.add_address(&address)?;
        // From here on, what was added is taken away if something fails.
        let mut claim = Claim { links, address, gateway, route: None, is_borrowed };
        if let Some(gateway) = gateway {
            let route = Route {
                index,
                destination: Ipv4Addr::UNSPECIFIED,
                prefix: 0,
                gateway: Some(gateway),
                source: Some(address.address),
                metric: METRIC,
                protocol: PROTOCOL,
                scope: 0,
            };
            let on_link = !is_neighbour(address.address, prefix, gateway);
            if claim.links.add_route(&route, on_link)? {
                claim.route = Some(route);
            }
        }
        Ok(claim)
    }

    /// Whether it is this address with this way out.
    pub(super) fn is(&self, own: (Ipv4Addr, u8), gateway: Option<Ipv4Addr>) -> bool {
        (self.address.address, self.address.prefix) == own && self.gateway == gateway
    }

    /// It lasts as long as this from now on.
    pub(super) fn renew(&mut self, lifetime: Duration) -> Result<(), IpError> {
        self.address.lifetime = Some(lifetime);
        if self.is_borrowed { Ok(()) } else { self.links.renew_address(&self.address) }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // Without the capability nothing could have been added; that it is gone already is well.
        if let Some(route) = &self.route {
            let _ = self.links.remove_route(route);
        }
        if !self.is_borrowed {
            let NewAddress { index, address, prefix, .. } = self.address;
            let _ = self.links.remove_address(index, address, prefix);
        }
    }
}

/// What [`clean_up`] found and removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// How many addresses.
    pub addresses: usize,
    /// How many routes.
    pub routes: usize,
}

/// Removes what an earlier run, ended by force, left on an interface: the addresses and routes known by [`PROTOCOL`].
/// The hosts of this module do so by themselves when they are opened.
///
/// No file remembers them: the kernel's own list cannot be out of date. Kernels before 5.18 forget who put an address
/// there; on those it ends by its lifetime, which is the lease's for a printer and an hour for a router.
///
/// # Errors
/// When the kernel refuses. That there is no such interface is no error: nothing is left on it.
pub fn clean_up(interface: &str) -> Result<Removed, IpError> {
    let found = Interface::by_name(interface);
    match found.map_err(|error| IpError::system("look for the interface", error))? {
        Some(interface) => clean_up_index(interface.index),
        None => Ok(Removed::default()),
    }
}

pub(super) fn clean_up_index(index: u32) -> Result<Removed, IpError> {
    let mut links = Links::open()?;
    let mut removed = Removed::default();
    for route in links.routes()? {
        if (route.index, route.protocol) == (index, PROTOCOL) {
            links.remove_route(&route)?;
            removed.routes += 1;
        }
    }
    for found in links.addresses(Some(index))? {
        if found.protocol == PROTOCOL {
            links.remove_address(index, found.address, found.prefix)?;
            removed.addresses += 1;
        }
    }
    Ok(removed)
}

/// Whether two addresses share their first `prefix` bits.
pub(super) fn is_neighbour(one: Ipv4Addr, prefix: u8, other: Ipv4Addr) -> bool {
    let mask = u32::MAX.checked_shl(32_u32.saturating_sub(prefix.into())).unwrap_or(0);
    (one.to_bits() ^ other.to_bits()) & mask == 0
}
