//! DHCP, where it can be read: RFC 2131.

use keyway_wsc::MacAddr;
use std::net::Ipv4Addr;

/// What a DHCP message says to, or of, the station with this address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dhcp {
    /// It asks for an address.
    Asks(MacAddr),
    /// It has this address.
    Gets(MacAddr, Ipv4Addr),
}

const UDP: u8 = 17;
const SERVER: u16 = 67;
const CLIENT: u16 = 68;
/// What options begin with.
const COOKIE: [u8; 4] = [99, 130, 83, 99];
const MESSAGE_TYPE: u8 = 53;
const DISCOVER: u8 = 1;
const REQUEST: u8 = 3;
const ACK: u8 = 5;

/// Reads an IPv4 packet; `None` when it is nothing of DHCP that counts.
pub(super) fn read(packet: &[u8]) -> Option<Dhcp> {
    let first = *packet.first()?;
    let header = usize::from(first & 15) * 4;
    if first >> 4 != 4 || header < 20 || *packet.get(9)? != UDP {
        return None;
    }
    let udp = packet.get(header..)?;
    let [s1, s0, d1, d0, ..] = *udp.first_chunk::<8>()?;
    let ports = (u16::from_be_bytes([s1, s0]), u16::from_be_bytes([d1, d0]));
    if ports != (SERVER, CLIENT) && ports != (CLIENT, SERVER) {
        return None;
    }
    let dhcp = udp.get(8..)?;
    let yours = Ipv4Addr::from(*dhcp.get(16..)?.first_chunk::<4>()?);
    let client = MacAddr(*dhcp.get(28..)?.first_chunk::<6>()?);
    if dhcp.get(236..240)? != COOKIE {
        return None;
    }
    match message_type(dhcp.get(240..)?)? {
        DISCOVER | REQUEST => Some(Dhcp::Asks(client)),
        ACK if !yours.is_unspecified() => Some(Dhcp::Gets(client, yours)),
        _ => None,
    }
}

fn message_type(mut options: &[u8]) -> Option<u8> {
    loop {
        match *options {
            [0, ref rest @ ..] => options = rest,
            [MESSAGE_TYPE, 1, kind, ..] => return Some(kind),
            [1..=254, length, ref rest @ ..] => options = rest.get(usize::from(length)..)?,
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(ports: [u8; 4], kind: u8) -> Vec<u8> {
        let mut packet = vec![0; 268];
        packet[0] = 0x45;
        packet[9] = UDP;
        packet[20..24].copy_from_slice(&ports);
        packet[44..48].copy_from_slice(&[192, 168, 1, 23]);
        packet[56..62].copy_from_slice(&[2, 0, 0, 0, 0, 1]);
        packet[264..].copy_from_slice(&COOKIE);
        packet.extend([0, 12, 1, b'x', MESSAGE_TYPE, 1, kind, 255]);
        packet
    }

    #[test]
    fn questions_and_answers() {
        let mac = MacAddr([2, 0, 0, 0, 0, 1]);
        let (to_server, to_client) = ([0, 68, 0, 67], [0, 67, 0, 68]);
        for (ports, kind, expected) in [
            (to_server, DISCOVER, Some(Dhcp::Asks(mac))),
            (to_server, REQUEST, Some(Dhcp::Asks(mac))),
            (to_client, ACK, Some(Dhcp::Gets(mac, Ipv4Addr::new(192, 168, 1, 23)))),
            (to_client, 2, None),
            ([0, 53, 0, 53], ACK, None),
        ] {
            let packet = packet(ports, kind);
            assert_eq!(read(&packet), expected, "{kind}");
            for length in 0..packet.len() - 1 {
                assert_eq!(read(&packet[..length]), None, "{length}");
            }
        }
    }
}
