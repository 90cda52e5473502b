//! What a host knows once it has an address.

use core::net::Ipv4Addr;
use core::time::Duration;

/// An address lent by a DHCP server, with what came along (RFC 2131, RFC 2132).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The host's own address.
    pub address: Ipv4Addr,
    /// The length of the network's prefix in bits, 0 to 32.
    pub prefix: u8,
    /// The way out of the network.
    pub gateway: Option<Ipv4Addr>,
    /// Whom to ask for names, best first; four at most.
    pub dns: Vec<Ipv4Addr>,
    /// The server that lent it.
    pub server: Ipv4Addr,
    /// How long it is lent, from the moment the server confirmed it.
    pub lease: Duration,
}

impl Address {
    /// The network's mask: 255.255.255.0 for a prefix of 24.
    pub fn mask(&self) -> Ipv4Addr {
        Ipv4Addr::from_bits(mask_bits(self.prefix))
    }

    /// Whether `other` is an address of the same network.
    pub fn is_neighbour(&self, other: Ipv4Addr) -> bool {
        in_network(self.address, self.prefix, other)
    }
}

/// Whether two addresses share their first `prefix` bits.
pub(crate) fn in_network(one: Ipv4Addr, prefix: u8, other: Ipv4Addr) -> bool {
    (one.to_bits() ^ other.to_bits()) & mask_bits(prefix) == 0
}

/// As many ones as the prefix is long. More than 32 counts as 32.
pub(crate) fn mask_bits(prefix: u8) -> u32 {
    u32::MAX.checked_shl(32_u32.saturating_sub(prefix.into())).unwrap_or_default()
}

/// The length of the prefix that a mask stands for; `None` when its ones are not all in front.
pub(crate) fn prefix_of(mask: Ipv4Addr) -> Option<u8> {
    let ones = mask.to_bits().leading_ones();
    let prefix = u8::try_from(ones).ok()?;
    (mask_bits(prefix) == mask.to_bits()).then_some(prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_and_prefixes_agree() {
        for prefix in 0..=32 {
            assert_eq!(prefix_of(Ipv4Addr::from_bits(mask_bits(prefix))), Some(prefix));
        }
        assert_eq!(prefix_of(Ipv4Addr::new(255, 0, 255, 0)), None);
        assert_eq!(mask_bits(40), u32::MAX);
    }

    #[test]
    fn neighbours_share_the_prefix() {
        let home = Ipv4Addr::new(192, 168, 1, 20);
        assert!(in_network(home, 24, Ipv4Addr::new(192, 168, 1, 255)));
        assert!(!in_network(home, 24, Ipv4Addr::new(192, 168, 2, 20)));
        assert!(in_network(home, 0, Ipv4Addr::new(8, 8, 8, 8)));
    }
}
