//! Frames made and read by hand, where no address exists yet that a socket could use.

use core::net::Ipv4Addr;

use keyway_wsc::MacAddr;
use smoltcp::phy::ChecksumCapabilities;
use smoltcp::wire::{
    ArpOperation, ArpPacket, ArpRepr, EthernetAddress, EthernetFrame, EthernetProtocol, EthernetRepr,
    IpAddress, IpProtocol, Ipv4Packet, Ipv4Repr, UdpPacket, UdpRepr,
};

/// Where a datagram comes from or goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) mac: MacAddr,
    pub(crate) address: Ipv4Addr,
    pub(crate) port: u16,
}

/// A UDP datagram over IPv4, with its checksums seen to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Datagram<'a> {
    pub(crate) from: End,
    pub(crate) to: End,
    pub(crate) payload: &'a [u8],
}

/// What an ARP packet says (RFC 826).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arp {
    pub(crate) is_request: bool,
    pub(crate) sender: MacAddr,
    /// 0.0.0.0 in a probe (RFC 5227).
    pub(crate) sender_address: Ipv4Addr,
    pub(crate) target_address: Ipv4Addr,
}

/// The datagram in a frame; `None` for any other frame, a fragment or a wrong checksum.
pub(crate) fn read_udp(frame: &[u8]) -> Option<Datagram<'_>> {
    let ethernet = EthernetFrame::new_checked(frame).ok()?;
    if ethernet.ethertype() != EthernetProtocol::Ipv4 {
        return None;
    }
    let packet = Ipv4Packet::new_checked(ethernet.payload()).ok()?;
    if packet.more_frags() || packet.frag_offset() != 0 || packet.next_header() != IpProtocol::Udp {
        return None;
    }
    let checksums = ChecksumCapabilities::default();
    let ip = Ipv4Repr::parse(&packet, &checksums).ok()?;
    let udp = UdpPacket::new_checked(packet.payload()).ok()?;
    let (from, to) = (IpAddress::Ipv4(ip.src_addr), IpAddress::Ipv4(ip.dst_addr));
    let header = UdpRepr::parse(&udp, &from, &to, &checksums).ok()?;
    Some(Datagram {
        from: End { mac: MacAddr(ethernet.src_addr().0), address: ip.src_addr, port: header.src_port },
        to: End { mac: MacAddr(ethernet.dst_addr().0), address: ip.dst_addr, port: header.dst_port },
        payload: udp.payload(),
    })
}

/// The frame that carries `payload`.
pub(crate) fn write_udp(from: End, to: End, payload: &[u8]) -> Vec<u8> {
    let udp = UdpRepr { src_port: from.port, dst_port: to.port };
    let udp_length = udp.header_len() + payload.len();
    let ip = Ipv4Repr {
        src_addr: from.address,
        dst_addr: to.address,
        next_header: IpProtocol::Udp,
        payload_len: udp_length,
        hop_limit: 64,
    };
    let ethernet = ethernet(from.mac, to.mac, EthernetProtocol::Ipv4);
    let mut buffer = vec![0; EthernetFrame::<&[u8]>::buffer_len(ip.buffer_len() + udp_length)];
    let checksums = ChecksumCapabilities::default();
    let mut frame = EthernetFrame::new_unchecked(&mut buffer);
    ethernet.emit(&mut frame);
    let mut packet = Ipv4Packet::new_unchecked(frame.payload_mut());
    ip.emit(&mut packet, &checksums);
    udp.emit(
        &mut UdpPacket::new_unchecked(packet.payload_mut()),
        &IpAddress::Ipv4(from.address),
        &IpAddress::Ipv4(to.address),
        payload.len(),
        |body| body.copy_from_slice(payload),
        &checksums,
    );
    buffer
}

/// The ARP packet in a frame.
pub(crate) fn read_arp(frame: &[u8]) -> Option<Arp> {
    let ethernet = EthernetFrame::new_checked(frame).ok()?;
    if ethernet.ethertype() != EthernetProtocol::Arp {
        return None;
    }
    let packet = ArpPacket::new_checked(ethernet.payload()).ok()?;
    let ArpRepr::EthernetIpv4 {
        operation,
        source_hardware_addr: sender,
        source_protocol_addr: sender_address,
        target_protocol_addr: target_address,
        ..
    } = ArpRepr::parse(&packet).ok()?
    else {
        return None;
    };
    let is_request = operation == ArpOperation::Request;
    Some(Arp { is_request, sender: MacAddr(sender.0), sender_address, target_address })
}

/// Asks everybody who has `address`. With 0.0.0.0 as the sender's it is a probe, with the same address an
/// announcement (RFC 5227, sections 2.1.1 and 2.3).
pub(crate) fn write_arp_request(mac: MacAddr, own: Ipv4Addr, address: Ipv4Addr) -> Vec<u8> {
    let arp = ArpRepr::EthernetIpv4 {
        operation: ArpOperation::Request,
        source_hardware_addr: EthernetAddress(mac.0),
        source_protocol_addr: own,
        target_hardware_addr: EthernetAddress([0; 6]),
        target_protocol_addr: address,
    };
    let mut buffer = vec![0; EthernetFrame::<&[u8]>::buffer_len(arp.buffer_len())];
    let mut frame = EthernetFrame::new_unchecked(&mut buffer);
    ethernet(mac, MacAddr::BROADCAST, EthernetProtocol::Arp).emit(&mut frame);
    arp.emit(&mut ArpPacket::new_unchecked(frame.payload_mut()));
    buffer
}

/// Whether a frame goes to the local network and not to whom the tunnel of a VPN ends at: what such a VPN keeps
/// from being sent. DHCP stays, or there would be no network for the tunnel to run over.
pub(crate) fn is_local_traffic(frame: &[u8], gateway: Option<Ipv4Addr>) -> bool {
    let Ok(ethernet) = EthernetFrame::new_checked(frame) else { return true };
    match ethernet.ethertype() {
        // Answers, and the questions for the way out, keep the link to the gateway alive.
        EthernetProtocol::Arp => read_arp(frame)
            .is_none_or(|arp| arp.is_request && Some(arp.target_address) != gateway && !is_probe(&arp)),
        EthernetProtocol::Ipv4 => read_udp(frame).is_none_or(|datagram| !matches!(datagram.to.port, 67 | 68)),
        _ => true,
    }
}

fn is_probe(arp: &Arp) -> bool {
    arp.sender_address.is_unspecified() || arp.sender_address == arp.target_address
}

fn ethernet(from: MacAddr, to: MacAddr, ethertype: EthernetProtocol) -> EthernetRepr {
    EthernetRepr { src_addr: EthernetAddress(from.0), dst_addr: EthernetAddress(to.0), ethertype }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: MacAddr = MacAddr([2, 0, 0, 0, 0, 1]);
    const B: MacAddr = MacAddr([2, 0, 0, 0, 0, 2]);
    const ONE: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
    const TWO: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);

    fn datagram(port: u16) -> Vec<u8> {
        let from = End { mac: A, address: ONE, port: 1000 };
        write_udp(from, End { mac: B, address: TWO, port }, b"hello")
    }

    #[test]
    fn a_datagram_survives_and_a_broken_one_does_not() {
        let frame = datagram(2000);
        let read = read_udp(&frame).expect("own frame");
        assert_eq!((read.to, read.payload), (End { mac: B, address: TWO, port: 2000 }, &b"hello"[..]));
        for at in 14..frame.len() {
            let mut broken = frame.clone();
            broken[at] ^= 0x10;
            assert!(read_udp(&broken).is_none(), "octet {at} changed and nobody noticed");
            assert!(read_udp(&frame[..at]).is_none(), "cut at {at} and nobody noticed");
        }
    }

    #[test]
    fn an_arp_request_survives() {
        let expected = Arp { is_request: true, sender: A, sender_address: ONE, target_address: TWO };
        assert_eq!(read_arp(&write_arp_request(A, ONE, TWO)), Some(expected));
    }

    #[test]
    fn a_vpn_keeps_local_traffic_back() {
        for (name, frame, local) in [
            ("DHCP to the server", datagram(67), false),
            ("DHCP to the client", datagram(68), false),
            ("DNS-SD", datagram(5353), true),
            ("a question for the gateway", write_arp_request(A, ONE, TWO), false),
            ("a question for a neighbour", write_arp_request(A, ONE, Ipv4Addr::new(10, 0, 0, 3)), true),
            ("a probe", write_arp_request(A, Ipv4Addr::UNSPECIFIED, ONE), false),
            ("nothing", Vec::new(), true),
        ] {
            assert_eq!(is_local_traffic(&frame, Some(TWO)), local, "{name}");
        }
    }
}
