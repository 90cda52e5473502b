//! The stations of the kernel's access point, and the keys.

use super::{KernelAccessPoint, WifiError};
use keyway_nl80211::answer::{KeySequence, StationInfo};
use keyway_nl80211::request::{self, DefaultKey, Key, NewStation};
use keyway_wifi::driver::AccessPointEvent;
use keyway_wifi::element::CipherSuite;
use keyway_wifi::rsn::{GroupKey, TemporalKey};
use keyway_wsc::MacAddr;
use std::time::Duration;

/// A station that is silent for so long is asked whether it is still there (observed: hostapd, `ap_max_inactivity`).
const SILENCE: Duration = Duration::from_secs(300);

impl KernelAccessPoint {
    pub(super) fn add(&mut self, new: &NewStation<'_>) {
        let Some(running) = &self.running else { return };
        let group = running.group;
        self.keyed.remove(&new.station);
        self.order("take in a station", |family, sequence| request::new_station(family, sequence, new));
        if let Some(id) = group {
            self.tell_packet_number(id);
        }
    }

    pub(super) fn remove(&mut self, station: MacAddr) {
        self.keyed.remove(&station);
        let index = self.card.index();
        self.order("forget a station", |family, sequence| {
            request::del_station(family, sequence, index, station)
        });
    }

    pub(super) fn install_pairwise(&mut self, station: MacAddr, key: &TemporalKey) {
        if self.running.is_none() {
            return;
        }
        // Without a key that is in place, its port stays closed.
        self.keyed.remove(&station);
        let installed = self.install(Some(station), 0, CipherSuite::CCMP, key.expose());
        if self.is_carried_out(station, installed) {
            self.keyed.insert(station);
        }
    }

    pub(super) fn open_port(&mut self, station: MacAddr) {
        let Some(running) = &self.running else { return };
        if running.has_privacy && !self.keyed.contains(&station) {
            return;
        }
        let index = self.card.index();
        let opened = self.socket.order("let a station's data pass", |family, sequence| {
            request::open_port(family, sequence, index, station)
        });
        if self.is_carried_out(station, opened) {
            self.troubles.over();
        }
    }

    /// Whether it was; tells the access point when the kernel refused.
    fn is_carried_out(&mut self, station: MacAddr, done: Result<(), WifiError>) -> bool {
        match done {
            Ok(()) => return true,
            Err(error @ WifiError::Refused { .. }) => {
                self.troubles.tell(error);
                self.events.push_back(AccessPointEvent::KeyRefused(station));
            }
            Err(error) => self.fail(error),
        }
        false
    }

    /// Without the group's keys there is no network.
    pub(super) fn install_group(&mut self, key: &GroupKey, cipher: CipherSuite, kind: DefaultKey) {
        if self.running.is_none() {
            return;
        }
        let (index, id) = (self.card.index(), key.id);
        let installed = self.install(None, id, cipher, key.key.expose()).and_then(|()| {
            self.socket.order("use a group's key", |family, sequence| {
                request::default_key(family, sequence, index, id, kind)
            })
        });
        if let Err(error) = installed {
            return self.fall(error);
        }
        if let (DefaultKey::Data, Some(running)) = (kind, &mut self.running) {
            running.group = Some(id);
            self.is_on_air();
            self.tell_packet_number(id);
        }
    }

    fn install(
        &mut self,
        station: Option<MacAddr>,
        index: u8,
        cipher: CipherSuite,
        key: &[u8],
    ) -> Result<(), WifiError> {
        let interface = self.card.index();
        let cipher = u32::from_be_bytes(cipher.0);
        let key = Key { interface, station, index, cipher, key, packet_number: None };
        self.socket.order("install a key", |family, sequence| request::new_key(family, sequence, &key))
    }

    /// Tells how far the group's packet numbers have come: the next handshake says so to its station.
    fn tell_packet_number(&mut self, id: u8) {
        let (index, mut found) = (self.card.index(), None);
        let asked = self.socket.ask(
            "ask for the group's packet number",
            |family, sequence| request::group_sequence(family, sequence, index, id),
            |message| found = KeySequence::parse(message).or(found),
        );
        // A radio that encrypts by itself may not tell.
        if let (Ok(()), Some(KeySequence(number))) = (asked, found) {
            self.events.push_back(AccessPointEvent::GroupPacketNumber(number));
        }
    }

    /// Asks stations that have been silent for long whether they are still there.
    pub(super) fn look_for_silent(&mut self) {
        let (index, mut silent) = (self.card.index(), Vec::new());
        let asked = self.socket.ask(
            "list the stations",
            |family, sequence| request::stations(family, sequence, index),
            |message| {
                let info = StationInfo::parse(message);
                let long = |info: &StationInfo| Duration::from_millis(info.silent_for.into()) >= SILENCE;
                silent.extend(info.filter(long).map(|info| info.station));
            },
        );
        if asked.is_ok() {
            for station in silent {
                self.order("ask a station whether it is there", |family, sequence| {
                    request::probe_client(family, sequence, index, station)
                });
            }
        }
    }
}
