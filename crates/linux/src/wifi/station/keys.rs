//! The keys of an association, and its port.

use super::{KernelStation, State, WifiError};
use keyway_eap::Timestamp;
use keyway_nl80211::request::{self, Key, Suites};
use keyway_wifi::driver::{ConnectFailure, ConnectRequest, StationEvent};
use keyway_wifi::element::{CipherSuite, Rsn};
use keyway_wifi::frame::StatusCode;
use keyway_wifi::rsn::{GroupKey, TemporalKey};
use keyway_wsc::MacAddr;

impl KernelStation {
    fn install(
        &mut self,
        station: Option<MacAddr>,
        index: u8,
        cipher: CipherSuite,
        key: &[u8],
        number: Option<u64>,
    ) -> Result<(), WifiError> {
        let key = Key {
            interface: self.card.index(),
            station,
            index,
            cipher: u32::from_be_bytes(cipher.0),
            key,
            packet_number: number,
        };
        self.socket.order("install a key", |family, sequence| request::new_key(family, sequence, &key))
    }

    pub(super) fn install_pairwise(&mut self, key: &TemporalKey, now: Timestamp) {
        let State::Connected(association) = &mut self.state else { return };
        let bssid = association.bssid;
        let installed = self.install(Some(bssid), 0, CipherSuite::CCMP, key.expose(), None);
        let is_installed = self.is_carried_out(installed, now);
        if let State::Connected(association) = &mut self.state {
            association.has_key = is_installed;
        }
    }

    pub(super) fn install_group(&mut self, key: &GroupKey, cipher: CipherSuite, now: Timestamp) {
        if !matches!(&self.state, State::Connected(association) if !association.is_refused) {
            return;
        }
        let packet_number = Some(key.packet_number);
        let installed = self.install(None, key.id, cipher, key.key.expose(), packet_number);
        self.is_carried_out(installed, now);
    }

    pub(super) fn open_port(&mut self, now: Timestamp) {
        let State::Connected(association) = &self.state else { return };
        if !association.has_key || association.is_refused {
            return;
        }
        let (index, bssid) = (self.card.index(), association.bssid);
        let opened = self
            .socket
            .order("let data pass", |family, sequence| request::open_port(family, sequence, index, bssid));
        if self.is_carried_out(opened, now) {
            self.troubles.over();
        }
    }

    /// Whether it was; tells the station when the kernel refused.
    fn is_carried_out(&mut self, done: Result<(), WifiError>, now: Timestamp) -> bool {
        match done {
            Ok(()) => return true,
            Err(error @ WifiError::Refused { .. }) => {
                // Because the association is over? Then that was told before the refusal.
                self.drain(now);
                if let State::Connected(association) = &mut self.state
                    && !std::mem::replace(&mut association.is_refused, true)
                {
                    self.troubles.tell(error);
                    self.events.push_back(StationEvent::KeyRefused);
                }
            }
            Err(error) => self.fail(error),
        }
        false
    }
}

/// The suites of the RSN element that is to be sent.
pub(super) fn suites(request: &ConnectRequest) -> Result<Option<Suites>, ConnectFailure> {
    if !request.privacy {
        return Ok(None);
    }
    let rsn = request.elements.find::<Rsn>().ok().flatten();
    let suites = rsn.as_ref().and_then(|rsn| Some((rsn.group, rsn.pairwise.first()?, rsn.akms.first()?)));
    let Some((group, pairwise, akm)) = suites else {
        return Err(ConnectFailure::AssociationRefused(StatusCode::INVALID_ELEMENT));
    };
    Ok(Some(Suites {
        pairwise: u32::from_be_bytes(pairwise.0),
        group: u32::from_be_bytes(group.0),
        key_management: u32::from_be_bytes(akm.0),
        protects_management: request.protects_management,
    }))
}
