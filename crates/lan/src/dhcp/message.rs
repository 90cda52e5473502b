//! One DHCP message.

use core::net::Ipv4Addr;

use keyway_wsc::MacAddr;
use smoltcp::wire::{DhcpMessageType, DhcpOption, DhcpPacket, DhcpRepr, EthernetAddress};

pub(crate) use smoltcp::wire::DhcpMessageType as Kind;

/// The shortest message, in octets: some servers and relays drop shorter ones (RFC 1542, section 2.1).
const SHORTEST: usize = 300;

/// Option codes (RFC 2132) that smoltcp leaves to us.
const HOST_NAME: u8 = 12;
const RENEWAL_TIME: u8 = 58;
const REBINDING_TIME: u8 = 59;

/// The longest host name taken over, in octets; a label of a domain name has no more.
const LONGEST_HOST_NAME: usize = 63;

/// What a client wants to be told: mask, router, name servers, host name.
const WANTED: [u8; 4] = [1, 3, 6, HOST_NAME];

/// A message, with the options that matter here. Addresses that are not there are 0.0.0.0 or `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) kind: Kind,
    pub(crate) transaction: u32,
    /// Whole seconds since the client began to ask.
    pub(crate) seconds: u16,
    pub(crate) broadcast: bool,
    pub(crate) mac: MacAddr,
    pub(crate) client: Ipv4Addr,
    pub(crate) yours: Ipv4Addr,
    pub(crate) relay: Ipv4Addr,
    pub(crate) requested: Option<Ipv4Addr>,
    pub(crate) server: Option<Ipv4Addr>,
    pub(crate) mask: Option<Ipv4Addr>,
    pub(crate) router: Option<Ipv4Addr>,
    /// Three at most.
    pub(crate) dns: Vec<Ipv4Addr>,
    /// In seconds, as the next two.
    pub(crate) lease: Option<u32>,
    pub(crate) renewal: Option<u32>,
    pub(crate) rebinding: Option<u32>,
    /// Of a client: without control characters.
    pub(crate) host_name: Option<String>,
}

impl Message {
    /// A message with nothing but this.
    pub(crate) fn new(kind: Kind, transaction: u32, mac: MacAddr) -> Message {
        Message {
            kind,
            transaction,
            seconds: 0,
            broadcast: false,
            mac,
            client: Ipv4Addr::UNSPECIFIED,
            yours: Ipv4Addr::UNSPECIFIED,
            relay: Ipv4Addr::UNSPECIFIED,
            requested: None,
            server: None,
            mask: None,
            router: None,
            dns: Vec::new(),
            lease: None,
            renewal: None,
            rebinding: None,
            host_name: None,
        }
    }

    /// The message in the payload of a datagram; `None` when it is none for Ethernet.
    pub(crate) fn read(payload: &[u8]) -> Option<Message> {
        let packet = DhcpPacket::new_checked(payload).ok()?;
        let repr = DhcpRepr::parse(&packet).ok()?;
        let host_name = packet.options().find(|option| option.kind == HOST_NAME);
        Some(Message {
            kind: repr.message_type,
            transaction: repr.transaction_id,
            seconds: repr.secs,
            broadcast: repr.broadcast,
            mac: MacAddr(repr.client_hardware_address.0),
            client: repr.client_ip,
            yours: repr.your_ip,
            relay: repr.relay_agent_ip,
            requested: repr.requested_ip,
            server: repr.server_identifier,
            mask: repr.subnet_mask,
            router: repr.router,
            dns: repr.dns_servers.iter().flatten().copied().collect(),
            lease: repr.lease_duration,
            renewal: repr.renew_duration,
            rebinding: repr.rebind_duration,
            host_name: host_name.and_then(|option| clean(option.data)),
        })
    }

    /// The payload of the datagram that carries it.
    pub(crate) fn write(&self) -> Vec<u8> {
        let renewal = self.renewal.map(u32::to_be_bytes);
        let rebinding = self.rebinding.map(u32::to_be_bytes);
        let mut further = Vec::new();
        if let Some(name) = &self.host_name {
            let data = &name.as_bytes()[..name.len().min(LONGEST_HOST_NAME)];
            further.push(DhcpOption { kind: HOST_NAME, data });
        }
        further.extend(renewal.as_ref().map(|data| DhcpOption { kind: RENEWAL_TIME, data }));
        further.extend(rebinding.as_ref().map(|data| DhcpOption { kind: REBINDING_TIME, data }));
        let asks = matches!(self.kind, Kind::Discover | Kind::Request);
        let repr = DhcpRepr {
            message_type: self.kind,
            transaction_id: self.transaction,
            secs: self.seconds,
            client_hardware_address: EthernetAddress(self.mac.0),
            client_ip: self.client,
            your_ip: self.yours,
            server_ip: Ipv4Addr::UNSPECIFIED,
            router: self.router,
            subnet_mask: self.mask,
            relay_agent_ip: self.relay,
            broadcast: self.broadcast,
            requested_ip: self.requested,
            client_identifier: is_from_client(self.kind).then_some(EthernetAddress(self.mac.0)),
            server_identifier: self.server,
            parameter_request_list: asks.then_some(&WANTED[..]),
            dns_servers: (!self.dns.is_empty()).then(|| self.dns.iter().copied().take(3).collect()),
            max_size: asks.then_some(1432),
            lease_duration: self.lease,
            renew_duration: None,
            rebind_duration: None,
            additional_options: &further,
        };
        let mut buffer = vec![0; repr.buffer_len().max(SHORTEST)];
        // Fails only for want of room.
        let _ = repr.emit(&mut DhcpPacket::new_unchecked(&mut buffer[..]));
        buffer
    }
}

fn is_from_client(kind: DhcpMessageType) -> bool {
    matches!(kind, Kind::Discover | Kind::Request | Kind::Decline | Kind::Release | Kind::Inform)
}

/// A name that may be shown: UTF-8, no control characters, not empty, not too long.
fn clean(data: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(data);
    let mut name: String = text.chars().filter(|c| !c.is_control()).collect();
    name.truncate(name.floor_char_boundary(LONGEST_HOST_NAME));
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn full() -> Message {
        Message {
            seconds: 7,
            broadcast: true,
            client: Ipv4Addr::new(10, 0, 0, 1),
            yours: Ipv4Addr::new(10, 0, 0, 2),
            requested: Some(Ipv4Addr::new(10, 0, 0, 3)),
            server: Some(Ipv4Addr::new(10, 0, 0, 4)),
            mask: Some(Ipv4Addr::new(255, 0, 0, 0)),
            router: Some(Ipv4Addr::new(10, 0, 0, 5)),
            dns: vec![Ipv4Addr::new(10, 0, 0, 6), Ipv4Addr::new(10, 0, 0, 7)],
            lease: Some(3600),
            renewal: Some(1800),
            rebinding: Some(3150),
            host_name: Some("keyway-blue-42".into()),
            ..Message::new(Kind::Ack, 0x0102_0304, MacAddr([2, 0, 0, 0, 0, 1]))
        }
    }

    #[test]
    fn a_message_survives() {
        for kind in [Kind::Discover, Kind::Offer, Kind::Request, Kind::Ack, Kind::Nak, Kind::Decline] {
            let message = Message { kind, ..full() };
            assert_eq!(Message::read(&message.write()), Some(message));
        }
    }

    #[test]
    fn a_strangers_host_name_is_cleaned() {
        assert_eq!(clean(b"a\n\x1b[31mb\0"), Some("a[31mb".into()));
        assert_eq!(clean(b"\0"), None);
        let long = "ä".repeat(100);
        assert_eq!(clean(long.as_bytes()).map(|name| name.len()), Some(62));
    }

    proptest! {
        #[test]
        fn nothing_panics(octets in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = Message::read(&octets);
        }

        #[test]
        fn nor_does_a_message_with_octets_changed(changes in prop::collection::vec((0usize..330, any::<u8>()), 1..20)) {
            let mut octets = full().write();
            for (at, value) in changes {
                if let Some(octet) = octets.get_mut(at) {
                    *octet = value;
                }
            }
            let _ = Message::read(&octets);
        }
    }
}
