//! A soft MAC on the air of the home.

use keyway_air::{Air, AirEvent, RadioConfig, RadioId, Received};
use keyway_eap::Timestamp;
use keyway_wifi::driver::{
    AccessPointCommand, AccessPointEvent, AccessPointRadio, StationCommand, StationEvent, StationRadio,
};
use keyway_wifi::mac::{AccessPointMac, Reception, StationMac, Ticket, Transmission, Tune};
use std::collections::VecDeque;

/// A soft MAC whose outputs are taken out after each command, in order, as a radio does what it is told at once: the last
/// frame of a conversation is out before the next command ends the association. [`flush`](Self::flush) puts them on the
/// air.
#[derive(Debug)]
pub(super) struct SimRadio<M> {
    pub(super) id: RadioId,
    mac: M,
    outputs: VecDeque<Output>,
    ticket: Option<Ticket>,
}

/// What a soft MAC wants from its medium.
#[derive(Debug)]
enum Output {
    Tune(Tune),
    Frame(Transmission),
}

/// What both soft MACs have towards their medium.
pub(super) trait SoftMac {
    fn handle_frame(&mut self, reception: Reception<'_>, now: Timestamp);
    fn handle_sent(&mut self, ticket: Ticket, acknowledged: bool, now: Timestamp);
    fn poll_tune(&mut self) -> Option<Tune>;
    fn poll_transmit(&mut self) -> Option<Transmission>;
}

impl<M: SoftMac> SimRadio<M> {
    pub(super) fn new(mac: M, config: RadioConfig, air: &mut Air) -> SimRadio<M> {
        SimRadio { id: air.add(config), mac, outputs: VecDeque::new(), ticket: None }
    }

    /// Takes what the air tells: a frame that was heard, or the fate of the last one to one receiver.
    pub(super) fn hear(&mut self, event: &AirEvent, now: Timestamp) {
        match event {
            AirEvent::Received(Received { channel, signal, frame, .. }) => {
                self.mac.handle_frame(Reception { channel: *channel, signal: *signal, frame }, now);
            }
            AirEvent::Sent { acknowledged, .. } => {
                if let Some(ticket) = self.ticket.take() {
                    self.mac.handle_sent(ticket, *acknowledged, now);
                }
            }
        }
    }

    /// Puts everything on the air that is to go there.
    pub(super) fn flush(&mut self, air: &mut Air, now: Timestamp) {
        self.drain();
        for output in self.outputs.drain(..) {
            match output {
                Output::Tune(tune) => air.tune(self.id, tune.channel()),
                Output::Frame(frame) => {
                    self.ticket = frame.ticket.or(self.ticket);
                    let ticket = frame.ticket.map(|_| 0);
                    air.transmit(self.id, frame.channel, frame.rate, frame.frame, ticket, now);
                }
            }
        }
    }

    fn drain(&mut self) {
        let mac = &mut self.mac;
        self.outputs.extend(std::iter::from_fn(|| mac.poll_tune()).map(Output::Tune));
        self.outputs.extend(std::iter::from_fn(|| mac.poll_transmit()).map(Output::Frame));
    }
}

macro_rules! radio {
    ($mac:ty: $radio:ident, $command:ty, $event:ty) => {
        impl SoftMac for $mac {
            fn handle_frame(&mut self, reception: Reception<'_>, now: Timestamp) {
                <$mac>::handle_frame(self, reception, now);
            }
            fn handle_sent(&mut self, ticket: Ticket, acknowledged: bool, now: Timestamp) {
                <$mac>::handle_sent(self, ticket, acknowledged, now);
            }
            fn poll_tune(&mut self) -> Option<Tune> {
                <$mac>::poll_tune(self)
            }
            fn poll_transmit(&mut self) -> Option<Transmission> {
                <$mac>::poll_transmit(self)
            }
        }

        impl $radio for SimRadio<$mac> {
            fn handle_command(&mut self, command: $command, now: Timestamp) {
                self.mac.handle_command(command, now);
                self.drain();
            }
            fn poll_event(&mut self) -> Option<$event> {
                self.mac.poll_event()
            }
            fn send_ethernet(&mut self, frame: &[u8], now: Timestamp) {
                self.mac.send_ethernet(frame, now);
                self.drain();
            }
            fn poll_ethernet(&mut self) -> Option<Vec<u8>> {
                self.mac.poll_ethernet()
            }
            fn handle_timeout(&mut self, now: Timestamp) {
                self.mac.handle_timeout(now);
            }
            fn poll_timeout(&self) -> Option<Timestamp> {
                self.mac.poll_timeout()
            }
        }
    };
}

radio!(StationMac: StationRadio, StationCommand, StationEvent);
radio!(AccessPointMac: AccessPointRadio, AccessPointCommand, AccessPointEvent);
