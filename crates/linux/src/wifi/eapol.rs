//! The way of EAPOL frames: through nl80211 where the kernel has that way, through a packet socket where it has not.

use super::card::Card;
use super::error::WifiError;
use super::socket::Socket;
use crate::{EapolSocket, Received, SendError};
use keyway_nl80211::request::{self, ControlPortFrame};
use keyway_wsc::MacAddr;
use rustix::fd::{AsFd, BorrowedFd};
use std::io;

#[derive(Debug)]
pub(super) enum Eapol {
    /// In order with everything else that the kernel tells, and with the word whether it came encrypted (Linux 4.17).
    ControlPort,
    Packets(Option<Box<Packets>>),
}

#[derive(Debug)]
pub(super) struct Packets {
    socket: EapolSocket,
    buffer: Vec<u8>,
}

impl Eapol {
    pub(super) fn choose(card: &Card) -> Eapol {
        if card.wiphy.has_control_port() { Eapol::ControlPort } else { Eapol::Packets(None) }
    }

    pub(super) fn is_control_port(&self) -> bool {
        matches!(self, Eapol::ControlPort)
    }

    /// Is ready from now on; the interface is up.
    pub(super) fn open(&mut self, card: &Card) -> Result<(), WifiError> {
        if let Eapol::Packets(packets @ None) = self {
            let socket = EapolSocket::open(card.name()).map_err(|error| WifiError::System {
                doing: "open a socket for EAPOL frames",
                source: io::Error::other(error),
            })?;
            let buffer = vec![0; socket.buffer_length()];
            *packets = Some(Box::new(Packets { socket, buffer }));
        }
        Ok(())
    }

    pub(super) fn source(&self) -> Option<BorrowedFd<'_>> {
        match self {
            Eapol::Packets(Some(packets)) => Some(packets.socket.as_fd()),
            _ => None,
        }
    }

    pub(super) fn send(
        &mut self,
        socket: &mut Socket,
        interface: u32,
        destination: MacAddr,
        frame: &[u8],
        protected: bool,
    ) -> Result<(), WifiError> {
        let sent = match self {
            Eapol::ControlPort => {
                let frame = ControlPortFrame { interface, destination, frame, protected };
                socket.order("send an EAPOL frame", |family, sequence| {
                    request::control_port_frame(family, sequence, &frame)
                })
            }
            Eapol::Packets(None) => Ok(()),
            Eapol::Packets(Some(packets)) => match packets.socket.send(destination, frame) {
                // What is lost here is sent again by whoever waits for the answer.
                Ok(()) | Err(SendError::Busy | SendError::Link(_)) => Ok(()),
                Err(error) => {
                    Err(WifiError::System { doing: "send an EAPOL frame", source: io::Error::other(error) })
                }
            },
        };
        match sent {
            // The association may have just ended: that is told by an event.
            Err(WifiError::Refused { .. }) => Ok(()),
            sent => sent,
        }
    }

    /// The next frame, and from whom.
    pub(super) fn receive(&mut self) -> Option<(MacAddr, Vec<u8>)> {
        let Eapol::Packets(Some(packets)) = self else { return None };
        loop {
            match packets.socket.receive(&mut packets.buffer) {
                Ok(Received::Frame(frame)) => return Some((frame.source, frame.payload.to_vec())),
                Ok(Received::Skipped(_)) => {}
                Ok(Received::Nothing) | Err(_) => return None,
            }
        }
    }
}
