//! The soft MAC as a radio: what it makes of commands goes out by `poll_transmit` and `poll_tune`, for any medium.

use super::{AccessPointMac, StationMac};
use crate::driver::{
    AccessPointCommand, AccessPointEvent, AccessPointRadio, StationCommand, StationEvent, StationRadio,
};
use alloc::vec::Vec;
use keyway_eap::Timestamp;

macro_rules! radio {
    ($mac:ty: $radio:ident, $command:ty, $event:ty) => {
        impl $radio for $mac {
            fn handle_command(&mut self, command: $command, now: Timestamp) {
                <$mac>::handle_command(self, command, now);
            }
            fn poll_event(&mut self) -> Option<$event> {
                <$mac>::poll_event(self)
            }
            fn send_ethernet(&mut self, frame: &[u8], now: Timestamp) {
                <$mac>::send_ethernet(self, frame, now);
            }
            fn poll_ethernet(&mut self) -> Option<Vec<u8>> {
                <$mac>::poll_ethernet(self)
            }
            fn handle_timeout(&mut self, now: Timestamp) {
                <$mac>::handle_timeout(self, now);
            }
            fn poll_timeout(&self) -> Option<Timestamp> {
                <$mac>::poll_timeout(self)
            }
        }
    };
}

radio!(StationMac: StationRadio, StationCommand, StationEvent);
radio!(AccessPointMac: AccessPointRadio, AccessPointCommand, AccessPointEvent);
