//! A station with its radio: what a printer and a computer have in common.

use crate::random::Random;
use keyway_eap::Timestamp;
use keyway_wifi::driver::StationRadio;
use keyway_wifi::station::{Station, StationConfig};

/// A station and its radio.
#[derive(Debug)]
pub(crate) struct Client<R> {
    pub(crate) station: Station,
    pub(crate) radio: R,
}

impl<R: StationRadio> Client<R> {
    pub(crate) fn new(config: StationConfig, radio: R) -> Client<R> {
        Client { station: Station::new(config), radio }
    }

    /// Carries what the station wants to its radio and what the radio tells to the station, until nothing moves: what the
    /// station tells of itself then is what its radio has done. True if anything moved.
    pub(crate) fn carry(&mut self, now: Timestamp, random: &mut Random) -> bool {
        let mut moved = false;
        loop {
            while let Some(command) = self.station.poll_command() {
                self.radio.handle_command(command, now);
                moved = true;
            }
            let Some(event) = self.radio.poll_event() else { return moved };
            self.station.handle_event(event, now, random);
            moved = true;
        }
    }

    pub(crate) fn handle_timeout(&mut self, now: Timestamp, random: &mut Random) {
        self.radio.handle_timeout(now);
        self.station.handle_timeout(now, random);
    }

    pub(crate) fn poll_timeout(&self) -> Option<Timestamp> {
        [self.radio.poll_timeout(), self.station.poll_timeout()].into_iter().flatten().min()
    }
}
