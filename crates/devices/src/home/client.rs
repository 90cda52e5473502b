//! A station with its radio: what a printer and a computer have in common.

use crate::random::Random;
use keyway_air::Air as Radios;
use keyway_air::{Position, RadioConfig, RadioId, Received};
use keyway_eap::Timestamp;
use keyway_wifi::mac::{Reception, StationMac, Ticket, Tune};
use keyway_wifi::station::{Station, StationConfig};
use keyway_wsc::MacAddr;

/// A station, its soft MAC and its radio.
pub(super) struct Client {
    pub(super) radio: RadioId,
    pub(super) mac: StationMac,
    pub(super) station: Station,
    ticket: Option<Ticket>,
}

impl Client {
    pub(super) fn new(config: StationConfig, address: MacAddr, place: Position, air: &mut Radios) -> Client {
        let radio = air.add(RadioConfig::station(place, address));
        Client { radio, mac: StationMac::new(address), station: Station::new(config), ticket: None }
    }

    /// Carries what the station wants to its radio and what the radio heard to the station. True if anything moved.
    pub(super) fn carry(&mut self, air: &mut Radios, now: Timestamp, random: &mut Random) -> bool {
        let mut moved = false;
        while let Some(command) = self.station.poll_command() {
            self.mac.handle_command(command, now);
            moved = true;
        }
        while let Some(event) = self.mac.poll_event() {
            self.station.handle_event(event, now, random);
            moved = true;
        }
        while let Some(tune) = self.mac.poll_tune() {
            air.tune(self.radio, tune_to(tune));
        }
        while let Some(frame) = self.mac.poll_transmit() {
            self.ticket = frame.ticket.or(self.ticket);
            air.transmit(self.radio, frame.channel, frame.rate, frame.frame, frame.ticket.map(|_| 0), now);
            moved = true;
        }
        moved
    }

    pub(super) fn receive(&mut self, received: &Received, now: Timestamp) {
        let reception =
            Reception { channel: received.channel, signal: received.signal, frame: &received.frame };
        self.mac.handle_frame(reception, now);
    }

    pub(super) fn sent(&mut self, acknowledged: bool, now: Timestamp) {
        if let Some(ticket) = self.ticket.take() {
            self.mac.handle_sent(ticket, acknowledged, now);
        }
    }

    pub(super) fn handle_timeout(&mut self, now: Timestamp, random: &mut Random) {
        self.mac.handle_timeout(now);
        self.station.handle_timeout(now, random);
    }

    pub(super) fn poll_timeout(&self) -> Option<Timestamp> {
        [self.mac.poll_timeout(), self.station.poll_timeout()].into_iter().flatten().min()
    }
}

/// What a tuning is for the air.
pub(super) const fn tune_to(tune: Tune) -> Option<keyway_wifi::Channel> {
    match tune {
        Tune::Off => None,
        Tune::To(channel) => Some(channel),
    }
}
