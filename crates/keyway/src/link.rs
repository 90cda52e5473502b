//! An actor on a real link: frames, time, signals and typed lines, one turn at a time.

use crate::exit::Error;
use keyway_eap::{Timestamp, Transmit};
use keyway_home::{Printer, Router};
use keyway_linux::{
    EapolSocket, Lines, LinkChange, LinkError, LinkMonitor, OpenError, OsEntropy, Poller, Received,
    SendError, Stop,
};
use keyway_wsc::{Entropy, MacAddr};
use rustix::fd::{AsFd, BorrowedFd};

/// What a link carries frames for.
pub(crate) trait Actor {
    fn handle_frame(&mut self, source: MacAddr, frame: &[u8], now: Timestamp, entropy: &mut dyn Entropy);
    fn handle_timeout(&mut self, now: Timestamp, entropy: &mut dyn Entropy);
    fn poll_timeout(&self) -> Option<Timestamp>;
    fn poll_transmit(&mut self) -> Option<Transmit>;
}

macro_rules! actor {
    ($($name:ty),*) => { $(
        impl Actor for $name {
            fn handle_frame(&mut self, source: MacAddr, frame: &[u8], now: Timestamp, entropy: &mut dyn Entropy) {
                <$name>::handle_frame(self, source, frame, now, entropy);
            }
            fn handle_timeout(&mut self, now: Timestamp, entropy: &mut dyn Entropy) {
                <$name>::handle_timeout(self, now, entropy);
            }
            fn poll_timeout(&self) -> Option<Timestamp> {
                <$name>::poll_timeout(self)
            }
            fn poll_transmit(&mut self) -> Option<Transmit> {
                <$name>::poll_transmit(self)
            }
        }
    )* };
}

actor!(Printer, Router);

/// An interface, open, with the clock and the signals.
pub(crate) struct Link {
    socket: EapolSocket,
    monitor: LinkMonitor,
    poller: Poller,
    buffer: Vec<u8>,
}

/// What a turn brought beside what the actor took in.
pub(crate) struct Turn {
    /// Somebody wants the program to stop.
    pub(crate) stop: Option<Stop>,
    /// Lines are there to read.
    pub(crate) lines: bool,
    /// The link changed, in words.
    pub(crate) news: Option<String>,
}

impl Link {
    pub(crate) fn open(name: &str, poller: Poller) -> Result<Link, Error> {
        let socket = EapolSocket::open(name).map_err(|error| match error {
            OpenError::NotPermitted { .. } => Error::permission(error),
            error => Error::interface(error),
        })?;
        let monitor = LinkMonitor::open(socket.interface().index).map_err(Error::interface)?;
        let buffer = vec![0; socket.buffer_length()];
        Ok(Link { socket, monitor, poller, buffer })
    }

    /// This interface's hardware address.
    pub(crate) fn address(&self) -> MacAddr {
        self.socket.address()
    }

    /// What a person should know of the interface before anything happens.
    pub(crate) fn advice(&self) -> Option<String> {
        let interface = self.socket.interface();
        let name = &interface.name;
        if interface.master.is_some() {
            // Seen on Linux 6.18: a bridge's port does not hear frames that go to its own address.
            Some(format!("{name} is part of a bridge and does not hear every frame; use the bridge instead"))
        } else if !interface.has_carrier() {
            Some(format!("{name} has no link yet; is the cable in, is the other end on?"))
        } else {
            None
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_epoch(self.poller.clock().now())
    }

    /// Sends what the actor wants to send.
    pub(crate) fn flush(&self, actor: &mut impl Actor) -> Result<(), Error> {
        while let Some(transmit) = actor.poll_transmit() {
            match self.socket.send(transmit.destination.address(), &transmit.frame) {
                // What is lost here is sent again by whoever waits for the answer.
                Ok(()) | Err(SendError::Busy | SendError::Link(LinkError::Down { .. })) => {}
                Err(error) => return Err(Error::interface(error)),
            }
        }
        Ok(())
    }

    /// Sends what is to be sent, waits, and brings the actor what came. With `by`, the turn ends at that time.
    pub(crate) fn turn(
        &mut self,
        actor: &mut impl Actor,
        by: Option<Timestamp>,
        lines: Option<&Lines<BorrowedFd<'static>>>,
    ) -> Result<Turn, Error> {
        self.flush(actor)?;
        let deadline = [actor.poll_timeout(), by].into_iter().flatten().min().map(Timestamp::since_epoch);
        let sources = [Some(self.socket.as_fd()), Some(self.monitor.as_fd()), lines.and_then(Lines::source)];
        let wake = self.poller.wait(&sources, deadline).map_err(Error::interface)?;
        let mut news = None;
        if wake.is_ready(0) {
            let now = Timestamp::from_epoch(self.poller.clock().now());
            match self.socket.receive(&mut self.buffer) {
                Ok(Received::Frame(frame)) => {
                    actor.handle_frame(frame.source, frame.payload, now, &mut OsEntropy);
                }
                // That it went down, the monitor tells too, and when it comes back.
                Ok(Received::Skipped(_) | Received::Nothing) | Err(LinkError::Down { .. }) => {}
                Err(error) => return Err(Error::interface(error)),
            }
        }
        if wake.is_ready(1) {
            news = self.news()?;
        }
        if wake.deadline_reached {
            actor.handle_timeout(self.now(), &mut OsEntropy);
        }
        Ok(Turn { stop: wake.stop, lines: wake.is_ready(2), news })
    }

    fn news(&mut self) -> Result<Option<String>, Error> {
        let before = (self.socket.interface().is_up(), self.socket.interface().has_carrier());
        match self.monitor.receive().map_err(Error::interface)? {
            None => Ok(None),
            Some(LinkChange::Vanished) => {
                let name = self.socket.interface().name.clone();
                Err(Error::interface(LinkError::Vanished { name }))
            }
            Some(LinkChange::State(_)) => {
                let interface = self.socket.refresh().map_err(Error::interface)?;
                let after = (interface.is_up(), interface.has_carrier());
                let name = &interface.name;
                Ok((before != after).then(|| match after {
                    (false, _) => {
                        format!("{name} is down; waiting until it is up again (ip link set {name} up)")
                    }
                    (true, false) => format!("{name} has no link; is the cable in, is the other end on?"),
                    (true, true) => format!("{name} has a link"),
                }))
            }
        }
    }
}
