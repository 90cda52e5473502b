//! The messages of rtnetlink(7) about states of links, IPv4 addresses and routes. All integers are in the machine's own
//! byte order, addresses in that of the network.

use core::net::Ipv4Addr;
use core::time::Duration;

use keyway_nl80211::netlink::Attributes;

use super::links::{LinkMode, LinkState, NewAddress, OperState, Route, SetAddress};

pub(super) const NEW_LINK: u16 = 16;
const GET_LINK: u16 = 18;
pub(super) const NEW_ADDRESS: u16 = 20;
const DELETE_ADDRESS: u16 = 21;
const GET_ADDRESS: u16 = 22;
pub(super) const NEW_ROUTE: u16 = 24;
const DELETE_ROUTE: u16 = 25;
const GET_ROUTE: u16 = 26;

const REQUEST: u16 = 0x1;
const ACK: u16 = 0x4;
const DUMP: u16 = 0x300;
const REPLACE: u16 = 0x100;
const EXCLUSIVE: u16 = 0x200;
const CREATE: u16 = 0x400;
const APPEND: u16 = 0x800;

const IPV4: u8 = 2;
const IFF_UP: u32 = 1;
const HEADER: usize = 16;
const LINK_HEADER: usize = 16;
const ADDRESS_HEADER: usize = 8;
const ROUTE_HEADER: usize = 12;

const IFLA_OPERSTATE: u16 = 16;
const IFLA_LINKMODE: u16 = 17;
const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;
const IFA_BROADCAST: u16 = 4;
const IFA_CACHEINFO: u16 = 6;
const IFA_PROTO: u16 = 11;
const RTA_DST: u16 = 1;
const RTA_OIF: u16 = 4;
const RTA_GATEWAY: u16 = 5;
const RTA_PRIORITY: u16 = 6;
const RTA_PREFSRC: u16 = 7;
const RTA_TABLE: u16 = 15;

const MAIN_TABLE: u8 = 254;
const UNICAST: u8 = 1;
/// The gateway is reached through the interface though no address of ours says so (`RTNH_F_ONLINK`).
const ON_LINK: u32 = 4;
/// A lifetime without end.
const FOREVER: u32 = u32::MAX;

/// Asks for the state of a link.
pub(super) fn get_link(index: u32) -> Vec<u8> {
    Request::new(GET_LINK, REQUEST, &link_header(index, 0, 0)).finish()
}

/// Switches a link on or off.
pub(super) fn set_up(index: u32, up: bool) -> Vec<u8> {
    Request::new(NEW_LINK, REQUEST | ACK, &link_header(index, u32::from(up), IFF_UP)).finish()
}

/// Sets what the kernel makes of a carrier.
pub(super) fn set_mode(index: u32, mode: LinkMode, state: OperState) -> Vec<u8> {
    Request::new(NEW_LINK, REQUEST | ACK, &link_header(index, 0, 0))
        .put(IFLA_LINKMODE, &[mode.0])
        .put(IFLA_OPERSTATE, &[state.0])
        .finish()
}

/// Asks for the IPv4 addresses of a link; of all links with zero.
pub(super) fn get_addresses(index: u32) -> Vec<u8> {
    Request::new(GET_ADDRESS, REQUEST | DUMP, &address_header(index, 0)).finish()
}

/// Adds an address that must not be there yet, or (`renew`) makes it last as long as this.
pub(super) fn new_address(new: &NewAddress, renew: bool) -> Vec<u8> {
    let flags = if renew { REPLACE | CREATE } else { EXCLUSIVE | CREATE };
    let own = new.address.octets();
    let lifetime = new.lifetime.map_or(FOREVER, whole_seconds).to_ne_bytes();
    let cache_info = [lifetime, lifetime, [0; 4], [0; 4]].concat();
    let mut request =
        Request::new(NEW_ADDRESS, REQUEST | ACK | flags, &address_header(new.index, new.prefix));
    request.put(IFA_LOCAL, &own).put(IFA_ADDRESS, &own);
    if new.prefix < 31 {
        let broadcast = new.address.to_bits() | u32::MAX.checked_shr(new.prefix.into()).unwrap_or(0);
        request.put(IFA_BROADCAST, &broadcast.to_be_bytes());
    }
    request.put(IFA_CACHEINFO, &cache_info).put(IFA_PROTO, &[new.protocol]).finish()
}

/// Removes an address.
pub(super) fn delete_address(index: u32, address: Ipv4Addr, prefix: u8) -> Vec<u8> {
    Request::new(DELETE_ADDRESS, REQUEST | ACK, &address_header(index, prefix))
        .put(IFA_LOCAL, &address.octets())
        .finish()
}

/// Asks for the IPv4 routes of the main table.
pub(super) fn get_routes() -> Vec<u8> {
    let mut header = route_header(0, 0, 0);
    header[7] = 0;
    Request::new(GET_ROUTE, REQUEST | DUMP, &header).finish()
}

/// Adds a route behind others of the same destination and metric.
pub(super) fn new_route(route: &Route, on_link: bool) -> Vec<u8> {
    write_route(NEW_ROUTE, REQUEST | ACK | CREATE | APPEND, route, if on_link { ON_LINK } else { 0 })
}

/// Removes a route that is like this in everything.
pub(super) fn delete_route(route: &Route) -> Vec<u8> {
    write_route(DELETE_ROUTE, REQUEST | ACK, route, 0)
}

/// The state in a message about a link, and the link's index.
pub(super) fn read_link(payload: &[u8]) -> Option<(u32, LinkState)> {
    let mut state = LinkState { state: OperState::UNKNOWN, mode: LinkMode::DEFAULT };
    for attribute in Attributes::new(payload.get(LINK_HEADER..)?) {
        match attribute.kind {
            IFLA_OPERSTATE => state.state = OperState(attribute.u8()?),
            IFLA_LINKMODE => state.mode = LinkMode(attribute.u8()?),
            _ => {}
        }
    }
    Some((u32_at(payload, 4)?, state))
}

/// The address in a message about one; `None` when it is not of IPv4.
pub(super) fn read_address(payload: &[u8]) -> Option<SetAddress> {
    let (family, prefix) = (*payload.first()?, *payload.get(1)?);
    let (mut local, mut peer, mut protocol, mut lifetime) = (None, None, 0, None);
    for attribute in Attributes::new(payload.get(ADDRESS_HEADER..)?) {
        match attribute.kind {
            IFA_LOCAL => local = ipv4(attribute.value),
            IFA_ADDRESS => peer = ipv4(attribute.value),
            IFA_PROTO => protocol = attribute.u8()?,
            IFA_CACHEINFO => {
                let valid = u32_at(attribute.value, 4)?;
                lifetime = (valid != FOREVER).then(|| Duration::from_secs(valid.into()));
            }
            _ => {}
        }
    }
    let address = local.or(peer).filter(|_| family == IPV4)?;
    Some(SetAddress { index: u32_at(payload, 4)?, address, prefix, protocol, lifetime })
}

/// The route in a message about one; `None` when it is none of IPv4 in the main table that leads through one link.
pub(super) fn read_route(payload: &[u8]) -> Option<Route> {
    let header = payload.get(..ROUTE_HEADER)?;
    if header[0] != IPV4 || header[4] != MAIN_TABLE || header[7] != UNICAST {
        return None;
    }
    let mut route = Route {
        index: 0,
        destination: Ipv4Addr::UNSPECIFIED,
        prefix: header[1],
        gateway: None,
        source: None,
        metric: 0,
        protocol: header[5],
        scope: header[6],
    };
    for attribute in Attributes::new(payload.get(ROUTE_HEADER..)?) {
        match attribute.kind {
            RTA_DST => route.destination = ipv4(attribute.value)?,
            RTA_OIF => route.index = attribute.u32()?,
            RTA_GATEWAY => route.gateway = ipv4(attribute.value),
            RTA_PREFSRC => route.source = ipv4(attribute.value),
            RTA_PRIORITY => route.metric = attribute.u32()?,
            _ => {}
        }
    }
    Some(route)
}

/// One request; its number is filled in when it is sent.
struct Request(Vec<u8>);

impl Request {
    fn new(kind: u16, flags: u16, header: &[u8]) -> Request {
        let mut bytes = vec![0; HEADER];
        bytes[4..6].copy_from_slice(&kind.to_ne_bytes());
        bytes[6..8].copy_from_slice(&flags.to_ne_bytes());
        bytes.extend_from_slice(header);
        Request(bytes)
    }

    /// Adds an attribute; all of them have 16 octets at most.
    fn put(&mut self, kind: u16, value: &[u8]) -> &mut Request {
        let length = u16::try_from(4 + value.len()).unwrap_or(u16::MAX);
        self.0.extend_from_slice(&length.to_ne_bytes());
        self.0.extend_from_slice(&kind.to_ne_bytes());
        self.0.extend_from_slice(value);
        self.0.resize(self.0.len().next_multiple_of(4), 0);
        self
    }

    fn finish(&mut self) -> Vec<u8> {
        let mut bytes = core::mem::take(&mut self.0);
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        bytes[..4].copy_from_slice(&length.to_ne_bytes());
        bytes
    }
}

fn write_route(kind: u16, flags: u16, route: &Route, hop_flags: u32) -> Vec<u8> {
    let mut header = route_header(route.prefix, route.protocol, route.scope);
    header[8..12].copy_from_slice(&hop_flags.to_ne_bytes());
    let mut request = Request::new(kind, flags, &header);
    if route.prefix > 0 {
        request.put(RTA_DST, &route.destination.octets());
    }
    if let Some(gateway) = route.gateway {
        request.put(RTA_GATEWAY, &gateway.octets());
    }
    if let Some(source) = route.source {
        request.put(RTA_PREFSRC, &source.octets());
    }
    request.put(RTA_TABLE, &u32::from(MAIN_TABLE).to_ne_bytes());
    request.put(RTA_OIF, &route.index.to_ne_bytes());
    request.put(RTA_PRIORITY, &route.metric.to_ne_bytes()).finish()
}

/// `struct ifinfomsg`.
fn link_header(index: u32, flags: u32, change: u32) -> Vec<u8> {
    [[0; 4], index.to_ne_bytes(), flags.to_ne_bytes(), change.to_ne_bytes()].concat()
}

/// `struct ifaddrmsg`, of global scope.
fn address_header(index: u32, prefix: u8) -> Vec<u8> {
    [[IPV4, prefix, 0, 0], index.to_ne_bytes()].concat()
}

/// `struct rtmsg`.
fn route_header(prefix: u8, protocol: u8, scope: u8) -> [u8; ROUTE_HEADER] {
    [IPV4, prefix, 0, 0, MAIN_TABLE, protocol, scope, UNICAST, 0, 0, 0, 0]
}

/// Rounded up: an address must not end before the lease does. More than the kernel counts is for ever.
fn whole_seconds(time: Duration) -> u32 {
    let seconds = time.as_secs().saturating_add(u64::from(time.subsec_nanos() > 0));
    // The kernel refuses zero.
    u32::try_from(seconds).unwrap_or(FOREVER).max(1)
}

fn ipv4(value: &[u8]) -> Option<Ipv4Addr> {
    <[u8; 4]>::try_from(value).ok().map(Ipv4Addr::from)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_ne_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyway_nl80211::netlink::{Body, Messages};

    fn payload(request: &[u8]) -> &[u8] {
        match Messages::new(request).next().expect("a whole message").body {
            Body::Data { payload, .. } => payload,
            other => panic!("{other:?}"),
        }
    }

    fn address() -> NewAddress {
        NewAddress {
            index: 7,
            address: Ipv4Addr::new(192, 168, 1, 23),
            prefix: 24,
            lifetime: Some(Duration::from_millis(3_599_001)),
            protocol: 107,
        }
    }

    fn route() -> Route {
        Route {
            index: 7,
            destination: Ipv4Addr::UNSPECIFIED,
            prefix: 0,
            gateway: Some(Ipv4Addr::new(192, 168, 1, 1)),
            source: Some(Ipv4Addr::new(192, 168, 1, 23)),
            metric: 600,
            protocol: 107,
            scope: 0,
        }
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        let read = read_address(payload(&new_address(&address(), false))).expect("an address");
        let lifetime = Some(Duration::from_secs(3600));
        let NewAddress { index, address, prefix, protocol, .. } = address();
        assert_eq!(read, SetAddress { index, address, prefix, protocol, lifetime });
        assert_eq!(read_route(payload(&new_route(&route(), true))), Some(route()));
        let (mode, state) = (LinkMode::DORMANT, OperState::UP);
        let read = read_link(payload(&set_mode(7, mode, state)));
        assert_eq!(read, Some((7, LinkState { state, mode })));
    }

    /// Requests that want an acknowledgement, with create and exclusive, or create and replace (netlink(7)).
    #[test]
    fn a_new_address_must_be_new_and_a_renewed_one_need_not() {
        let flags = |request: &[u8]| u16::from_ne_bytes([request[6], request[7]]);
        assert_eq!(flags(&new_address(&address(), false)), 0x605);
        assert_eq!(flags(&new_address(&address(), true)), 0x505);
    }

    #[test]
    fn lifetimes_are_rounded_up_and_end_at_for_ever() {
        for (time, seconds) in [
            (Duration::ZERO, 1),
            (Duration::from_millis(1), 1),
            (Duration::from_secs(60), 60),
            (Duration::from_millis(60_001), 61),
            (Duration::from_secs(u64::from(u32::MAX) + 5), FOREVER),
            (Duration::MAX, FOREVER),
        ] {
            assert_eq!(whole_seconds(time), seconds, "{time:?}");
        }
    }

    #[test]
    fn no_cut_and_no_changed_octet_panics() {
        let all = [new_address(&address(), false), new_route(&route(), false), get_link(1)];
        for whole in all.iter().map(|request| payload(request)) {
            for at in 0..whole.len() {
                let mut changed = whole.to_vec();
                for value in [0, 1, 3, 4, 0x7f, 0xff] {
                    changed[at] = value;
                    for bytes in [&whole[..at], &changed] {
                        let _ = (read_link(bytes), read_address(bytes), read_route(bytes));
                    }
                }
            }
        }
    }
}
