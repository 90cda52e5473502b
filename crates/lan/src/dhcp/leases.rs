//! Which address is whose, and for how long.

use core::net::Ipv4Addr;
use core::time::Duration;
use std::collections::BTreeMap;

use keyway_eap::Timestamp;
use keyway_wsc::MacAddr;

use crate::gateway::Lease;

/// How long an offered address is kept for whom it was offered to.
const OFFERED_FOR: Duration = Duration::from_secs(30);

/// How long an address rests that somebody else was found to use.
const RESTS_FOR: Duration = Duration::from_secs(600);

/// The largest pool.
pub(crate) const LARGEST_POOL: u16 = 1024;

/// A pool of addresses. There is one entry at most for each of them, so strangers cannot make it grow.
#[derive(Debug)]
pub(crate) struct Leases {
    first: Ipv4Addr,
    size: u32,
    entries: BTreeMap<Ipv4Addr, Entry>,
}

#[derive(Debug)]
struct Entry {
    mac: MacAddr,
    host_name: String,
    until: Timestamp,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Offered,
    Leased,
    /// It was this device's, and will be again unless it is needed for another.
    Remembered,
    /// Somebody uses it who did not ask.
    Resting,
}

impl Leases {
    /// `size` addresses from `first` on.
    pub(crate) fn new(first: Ipv4Addr, size: u16) -> Leases {
        Leases { first, size: size.min(LARGEST_POOL).into(), entries: BTreeMap::new() }
    }

    /// The addresses lent now, lowest first.
    pub(crate) fn lent(&self) -> impl Iterator<Item = Lease> + '_ {
        self.entries.iter().filter(|(_, entry)| entry.state == State::Leased).map(|(address, entry)| Lease {
            mac: entry.mac,
            address: *address,
            host_name: entry.host_name.clone(),
            until: entry.until,
        })
    }

    /// An address for a device, kept for it for a while: the one it has or had, the one it wishes, or else one that
    /// follows from its hardware address, so that it gets the same from a router that has forgotten everything.
    pub(crate) fn offer(&mut self, mac: MacAddr, wish: Option<Ipv4Addr>, now: Timestamp) -> Option<Ipv4Addr> {
        if let Some(address) = self.of(mac) {
            if let Some(entry) = self.entries.get_mut(&address)
                && entry.state != State::Leased
            {
                entry.state = State::Offered;
                entry.until = now + OFFERED_FOR;
            }
            return Some(address);
        }
        let wish = wish.filter(|address| self.contains(*address) && !self.entries.contains_key(address));
        let address = wish.or_else(|| self.never_used(mac)).or_else(|| self.least_missed())?;
        let entry = Entry { mac, host_name: String::new(), until: now + OFFERED_FOR, state: State::Offered };
        self.entries.insert(address, entry);
        Some(address)
    }

    /// Lends an address, if it is free or already this device's.
    pub(crate) fn lend(
        &mut self,
        mac: MacAddr,
        address: Ipv4Addr,
        host_name: Option<&str>,
        until: Timestamp,
    ) -> Option<Lease> {
        if !self.contains(address) {
            return None;
        }
        if self.entries.get(&address).is_some_and(|entry| entry.mac != mac || entry.state == State::Resting) {
            return None;
        }
        // One address for each device.
        self.entries
            .retain(|other, entry| *other == address || entry.mac != mac || entry.state == State::Resting);
        let entry = self.entries.entry(address).or_insert_with(|| Entry {
            mac,
            host_name: String::new(),
            until,
            state: State::Leased,
        });
        entry.state = State::Leased;
        entry.until = until;
        if let Some(name) = host_name {
            name.clone_into(&mut entry.host_name);
        }
        Some(Lease { mac, address, host_name: entry.host_name.clone(), until })
    }

    /// A device gives its address back. False when it was not its.
    pub(crate) fn release(&mut self, mac: MacAddr, address: Ipv4Addr) -> bool {
        match self.entries.get_mut(&address) {
            Some(entry) if entry.mac == mac && entry.state == State::Leased => {
                entry.state = State::Remembered;
                true
            }
            _ => false,
        }
    }

    /// A device chose another server.
    pub(crate) fn withdraw(&mut self, mac: MacAddr) {
        self.entries.retain(|_, entry| entry.mac != mac || entry.state != State::Offered);
    }

    /// A device found its address in use by another. False when it was not its.
    pub(crate) fn decline(&mut self, mac: MacAddr, address: Ipv4Addr, now: Timestamp) -> bool {
        match self.entries.get_mut(&address) {
            Some(entry) if entry.mac == mac && entry.state != State::Resting => {
                entry.state = State::Resting;
                entry.until = now + RESTS_FOR;
                true
            }
            _ => false,
        }
    }

    /// Ends what has run out, and returns the leases among that.
    pub(crate) fn expire(&mut self, now: Timestamp) -> Vec<(MacAddr, Ipv4Addr)> {
        let mut ended = Vec::new();
        self.entries.retain(|address, entry| {
            if entry.until > now || entry.state == State::Remembered {
                return true;
            }
            let was_lent = entry.state == State::Leased;
            if was_lent {
                ended.push((entry.mac, *address));
                entry.state = State::Remembered;
            }
            was_lent
        });
        ended
    }

    /// When the next entry runs out.
    pub(crate) fn next_end(&self) -> Option<Timestamp> {
        self.entries.values().filter(|entry| entry.state != State::Remembered).map(|entry| entry.until).min()
    }

    fn contains(&self, address: Ipv4Addr) -> bool {
        address.to_bits().checked_sub(self.first.to_bits()).is_some_and(|offset| offset < self.size)
    }

    fn of(&self, mac: MacAddr) -> Option<Ipv4Addr> {
        let mut entries = self.entries.iter();
        entries
            .find(|(_, entry)| entry.mac == mac && entry.state != State::Resting)
            .map(|(address, _)| *address)
    }

    fn never_used(&self, mac: MacAddr) -> Option<Ipv4Addr> {
        // FNV-1a.
        let hash = mac
            .0
            .iter()
            .fold(0x811c_9dc5_u32, |hash, octet| (hash ^ u32::from(*octet)).wrapping_mul(0x0100_0193));
        let start = hash.checked_rem(self.size)?;
        let mut offsets = (start..self.size).chain(0..start);
        offsets.find_map(|offset| {
            let address = Ipv4Addr::from_bits(self.first.to_bits().checked_add(offset)?);
            (!self.entries.contains_key(&address)).then_some(address)
        })
    }

    /// The one whose last lease ended longest ago.
    fn least_missed(&self) -> Option<Ipv4Addr> {
        let remembered = self.entries.iter().filter(|(_, entry)| entry.state == State::Remembered);
        remembered.min_by_key(|(_, entry)| entry.until).map(|(address, _)| *address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 20);
    const HOUR: Duration = Duration::from_secs(3600);

    fn mac(number: u8) -> MacAddr {
        MacAddr([2, 0, 0, 0, 0, number])
    }

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_secs(seconds)
    }

    #[test]
    fn a_device_keeps_its_address_even_when_the_router_forgot() {
        let mut leases = Leases::new(FIRST, 100);
        let address = leases.offer(mac(1), None, at(0)).expect("a free pool");
        assert!(leases.lend(mac(1), address, Some("blue"), at(0) + HOUR).is_some());
        assert_eq!(leases.expire(at(3600)), [(mac(1), address)]);
        assert_eq!(leases.lent().count(), 0);
        assert_eq!(leases.offer(mac(1), None, at(5000)), Some(address));
        assert_eq!(Leases::new(FIRST, 100).offer(mac(1), None, at(0)), Some(address));
    }

    #[test]
    fn the_pool_is_all_there_is_and_offers_end() {
        let mut leases = Leases::new(FIRST, 3);
        for number in 0..3 {
            assert!(leases.offer(mac(number), None, at(0)).is_some());
        }
        assert_eq!(leases.offer(mac(9), None, at(0)), None);
        assert!(leases.expire(at(31)).is_empty(), "an offer is no lease");
        assert!(leases.offer(mac(9), None, at(31)).is_some());
    }

    #[test]
    fn nobody_takes_anothers_address() {
        let mut leases = Leases::new(FIRST, 3);
        let address = leases.offer(mac(1), None, at(0)).expect("a free pool");
        assert!(leases.lend(mac(1), address, None, at(100)).is_some());
        assert!(leases.lend(mac(2), address, None, at(100)).is_none());
        assert!(leases.lend(mac(2), Ipv4Addr::new(192, 168, 1, 23), None, at(100)).is_none(), "outside");
        assert!(!leases.release(mac(2), address));
        assert!(!leases.decline(mac(2), address, at(0)));
        assert_ne!(leases.offer(mac(2), Some(address), at(0)), Some(address));
    }

    #[test]
    fn an_address_in_use_rests() {
        let mut leases = Leases::new(FIRST, 2);
        let address = leases.offer(mac(1), None, at(0)).expect("a free pool");
        assert!(leases.lend(mac(1), address, None, at(100)).is_some());
        assert!(leases.decline(mac(1), address, at(1)));
        let other = leases.offer(mac(1), None, at(2)).expect("the other one");
        assert_ne!(other, address);
        assert_eq!(leases.offer(mac(2), None, at(3)), None, "one rests, one is offered");
        leases.expire(at(700));
        assert_eq!(leases.offer(mac(2), Some(address), at(700)), Some(address));
    }

    #[test]
    fn a_remembered_address_goes_to_another_when_needed() {
        let mut leases = Leases::new(FIRST, 1);
        assert!(leases.lend(mac(1), FIRST, None, at(100)).is_some());
        assert!(leases.release(mac(1), FIRST));
        assert_eq!(leases.offer(mac(2), None, at(1)), Some(FIRST));
    }

    #[test]
    fn an_empty_pool_lends_nothing() {
        assert_eq!(Leases::new(FIRST, 0).offer(mac(1), None, at(0)), None);
    }
}
