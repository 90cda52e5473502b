//! The stations of an access point: found by address, and by what is due.
//!
//! Whatever one station does costs the same however many others there are.

use super::station::{Station, StationState};
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use keyway_eap::Timestamp;
use keyway_wsc::MacAddr;

/// The greatest association identifier: IEEE 802.11-2020, section 9.4.1.8.
pub(super) const GREATEST_ID: u16 = 2007;

/// All stations, with their timers and association identifiers.
#[derive(Debug, Default)]
pub(super) struct Stations {
    all: BTreeMap<MacAddr, Station>,
    due: BTreeSet<(Timestamp, MacAddr)>,
    ids: Ids,
}

impl Stations {
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn get(&self, mac: MacAddr) -> Option<&Station> {
        self.all.get(&mac)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (MacAddr, &Station)> {
        self.all.iter().map(|(mac, station)| (*mac, station))
    }

    pub(super) fn addresses(&self) -> Vec<MacAddr> {
        self.all.keys().copied().collect()
    }

    /// Adds a station, in place of one with the same address.
    pub(super) fn insert(&mut self, mac: MacAddr, station: Station) {
        self.remove(mac);
        self.due.extend(station.poll_timeout().map(|at| (at, mac)));
        self.all.insert(mac, station);
    }

    pub(super) fn remove(&mut self, mac: MacAddr) -> Option<Station> {
        let station = self.all.remove(&mac)?;
        if let Some(at) = station.poll_timeout() {
            self.due.remove(&(at, mac));
        }
        if let Some(id) = station.association_id {
            self.ids.give_back(id);
        }
        Some(station)
    }

    /// Lets `act` change a station; `None` when there is none.
    pub(super) fn change<T>(&mut self, mac: MacAddr, act: impl FnOnce(&mut Station) -> T) -> Option<T> {
        let station = self.all.get_mut(&mac)?;
        let before = station.poll_timeout();
        let result = act(station);
        let after = station.poll_timeout();
        if before != after {
            if let Some(at) = before {
                self.due.remove(&(at, mac));
            }
            self.due.extend(after.map(|at| (at, mac)));
        }
        Some(result)
    }

    /// The association identifier that a station has, or one that is free; `None` when there is no station, or none is.
    pub(super) fn associate(&mut self, mac: MacAddr, state: impl FnOnce() -> StationState) -> Option<u16> {
        let known = self.all.get(&mac)?.association_id;
        let id = known.or_else(|| self.ids.take())?;
        self.change(mac, |station| {
            station.association_id = Some(id);
            station.state = state();
            station.query = None;
        });
        Some(id)
    }

    /// Of those that have authenticated and not associated, the one whose time is over first.
    pub(super) fn idlest(&self) -> Option<MacAddr> {
        let waits = |mac: &MacAddr| self.all.get(mac).is_some_and(Station::is_waiting_to_associate);
        self.due.iter().map(|(_, mac)| *mac).find(waits)
    }

    pub(super) fn poll_timeout(&self) -> Option<Timestamp> {
        self.due.first().map(|(at, _)| *at)
    }

    /// Those for which something is due.
    pub(super) fn late(&self, now: Timestamp) -> Vec<MacAddr> {
        self.due.iter().take_while(|(at, _)| *at <= now).map(|(_, mac)| *mac).collect()
    }
}

/// Association identifiers, a bit for each that is in use.
#[derive(Debug)]
struct Ids(Box<[u64; 32]>);

impl Default for Ids {
    fn default() -> Ids {
        Ids(Box::new([0; 32]))
    }
}

impl Ids {
    /// The lowest that is free.
    fn take(&mut self) -> Option<u16> {
        let (at, word) = self.0.iter_mut().enumerate().find(|(_, word)| **word != u64::MAX)?;
        let bit = word.trailing_ones();
        let id = u16::try_from(at as u32 * u64::BITS + bit + 1).ok().filter(|id| *id <= GREATEST_ID)?;
        *word |= 1 << bit;
        Some(id)
    }

    fn give_back(&mut self, id: u16) {
        let place = u32::from(id.saturating_sub(1));
        if let Some(word) = self.0.get_mut((place / u64::BITS) as usize) {
            *word &= !(1 << (place % u64::BITS));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mac(number: u16) -> MacAddr {
        let [a, b] = number.to_be_bytes();
        MacAddr([2, 0, 0, 0, a, b])
    }

    fn authenticated(seconds: u64) -> Station {
        Station::authenticated(-50, Timestamp::from_secs(seconds))
    }

    #[test]
    fn identifiers_are_the_lowest_free_ones_and_there_are_2007() {
        let mut stations = Stations::default();
        let associate = |stations: &mut Stations, number| {
            stations.insert(mac(number), authenticated(9));
            stations.associate(mac(number), || StationState::Open)
        };
        for number in 1..=2007 {
            assert_eq!(associate(&mut stations, number), Some(number));
        }
        assert_eq!(associate(&mut stations, 2008), None);
        assert_eq!(stations.associate(mac(5), || StationState::Open), Some(5), "it keeps its own");
        for number in [64, 65, 2007, 1] {
            stations.remove(mac(number));
        }
        let again = [3000, 3001, 3002, 3003, 3004].map(|number| associate(&mut stations, number));
        assert_eq!(again, [Some(1), Some(64), Some(65), Some(2007), None]);
        assert_eq!(stations.associate(mac(4000), || StationState::Open), None, "no such station");
    }

    #[test]
    fn what_is_due_follows_each_change() {
        let mut stations = Stations::default();
        for (number, seconds) in [(1, 30), (2, 10), (3, 20)] {
            stations.insert(mac(number), authenticated(seconds));
        }
        assert_eq!(stations.poll_timeout(), Some(Timestamp::from_secs(10)));
        assert_eq!(stations.late(Timestamp::from_secs(20)), [mac(2), mac(3)]);
        stations.insert(mac(2), authenticated(40));
        stations.change(mac(3), |station| station.state = StationState::Open);
        assert_eq!(stations.poll_timeout(), Some(Timestamp::from_secs(30)));
        assert_eq!(stations.idlest(), Some(mac(1)));
        stations.remove(mac(1));
        assert_eq!((stations.idlest(), stations.len()), (Some(mac(2)), 2));
        stations.remove(mac(2));
        assert_eq!((stations.idlest(), stations.poll_timeout()), (None, None));
        assert!(stations.change(mac(2), |_| ()).is_none());
    }

    #[test]
    fn a_query_is_repeated_and_ends() {
        let at = Timestamp::from_millis;
        let mut query = Query::new(0xffff, at(0));
        assert_eq!(query.ask(at(0)), Some([0xff, 0xff]));
        assert_eq!(query.ask(at(100)), None);
        assert!(query.is_answered_by([0xff, 0xff]) && !query.is_answered_by([0, 0]));
        assert_eq!(query.ask(at(206)), Some([0, 0]));
        assert!(query.is_answered_by([0xff, 0xff]) && query.is_answered_by([0, 0]));
        assert!(!query.is_answered_by([0, 1]));
        let asked = (207..2000).filter(|now| query.ask(at(*now)).is_some()).count();
        assert_eq!(asked, 3, "five in 1.024 s");
        assert!(!query.is_over(at(1023)) && query.is_over(at(1024)));
    }

    use super::super::station::Query;
}
