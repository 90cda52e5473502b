//! A conversation with nl80211: orders, questions, and what the kernel tells in between.

use super::error::WifiError;
use keyway_nl80211::event::Told;
use keyway_nl80211::generic::{CONTROLLER, Family, Generic};
use keyway_nl80211::netlink::{Body, Message, Messages, TooLong};
use netlink_sys::protocols::NETLINK_GENERIC;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd, BorrowedFd};
use std::collections::VecDeque;
use std::io;
use std::time::{Duration, Instant};

/// How long the kernel may take to answer. It answers at once; a driver that hangs does not hang this program.
const PATIENCE: Duration = Duration::from_secs(5);

/// Room for what waits to be read, in octets: a busy air is no reason to lose an event.
const BUFFER: usize = 1 << 20;

#[derive(Debug)]
pub(super) struct Socket {
    socket: netlink_sys::Socket,
    family: Family,
    sequence: u32,
    told: VecDeque<Told>,
    /// The buffer was full: something that the kernel told is lost.
    has_lost: bool,
    #[cfg(test)]
    script: Option<super::script::Script>,
}

impl Socket {
    pub(super) fn open() -> Result<Socket, WifiError> {
        let system = |source| WifiError::System { doing: "talk to the kernel about Wi-Fi", source };
        let mut socket = netlink_sys::Socket::new(NETLINK_GENERIC).map_err(system)?;
        socket.bind_auto().map_err(system)?;
        socket.set_non_blocking(true).map_err(system)?;
        // Without these the kernel says less, and repeats requests; some old ones do not know them.
        let _ = (socket.set_ext_ack(true), socket.set_cap_ack(true), socket.set_rx_buf_sz(BUFFER));
        let family = Family { id: CONTROLLER, name: String::new(), groups: Vec::new() };
        let mut opened = Socket {
            socket,
            family,
            sequence: 0,
            told: VecDeque::new(),
            has_lost: false,
            #[cfg(test)]
            script: None,
        };
        let mut found = None;
        let answered = opened.ask(
            "ask for Wi-Fi",
            |_, sequence| Family::request("nl80211", sequence),
            |message| found = Family::parse(message).or(found.take()),
        );
        match (answered, found) {
            (Ok(()), Some(family)) => opened.family = family,
            (Err(WifiError::Refused { .. }) | Ok(()), _) => return Err(WifiError::NoWifi),
            (Err(error), _) => return Err(error),
        }
        Ok(opened)
    }

    /// A conversation with a kernel of a test.
    #[cfg(test)]
    pub(super) fn scripted(script: super::script::Script) -> Socket {
        let socket = netlink_sys::Socket::new(NETLINK_GENERIC).unwrap();
        let family = super::script::family();
        Socket { socket, family, sequence: 0, told: VecDeque::new(), has_lost: false, script: Some(script) }
    }

    /// Has the kernel tell what happens about `scan`, `mlme`, `config` or `regulatory`.
    pub(super) fn subscribe(&self, group: &str) -> Result<(), WifiError> {
        let number = self.family.group(group).ok_or(WifiError::NoWifi)?;
        let system = |source| WifiError::System { doing: "follow what happens on the Wi-Fi", source };
        self.socket.add_membership(number).map_err(system)
    }

    /// Has an order carried out.
    pub(super) fn order<B: AsRef<[u8]>>(
        &mut self,
        doing: &'static str,
        request: impl FnOnce(u16, u32) -> Result<B, TooLong>,
    ) -> Result<(), WifiError> {
        self.ask(doing, request, |_| {})
    }

    /// Asks, and takes each answer.
    pub(super) fn ask<B: AsRef<[u8]>>(
        &mut self,
        doing: &'static str,
        request: impl FnOnce(u16, u32) -> Result<B, TooLong>,
        mut each: impl FnMut(&Generic<'_>),
    ) -> Result<(), WifiError> {
        let system = |source| WifiError::System { doing, source };
        self.sequence = self.sequence.wrapping_add(1).max(1);
        let sequence = self.sequence;
        let request =
            request(self.family.id, sequence).map_err(|long| system(io::Error::other(long.to_string())))?;
        self.send(request.as_ref()).map_err(system)?;
        drop(request);
        let deadline = Instant::now() + PATIENCE;
        loop {
            let datagram = match self.next_datagram() {
                Ok(datagram) => datagram,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.wait(deadline).map_err(system)?;
                    continue;
                }
                Err(error) if self.is_passing(&error) => continue,
                Err(error) => return Err(system(error)),
            };
            let mut over = None;
            for message in Messages::new(&datagram) {
                if message.sequence != sequence {
                    self.note(&message);
                    continue;
                }
                match message.body {
                    Body::Data { payload, .. } => {
                        if let Some(message) = Generic::parse(payload) {
                            each(&message);
                        }
                        // A question for one thing has one answer.
                        if message.flags & keyway_nl80211::netlink::MULTI == 0 && over.is_none() {
                            over = Some(Ok(()));
                        }
                    }
                    Body::Error(reason) if reason.code == 0 => over = Some(Ok(())),
                    Body::Error(reason) => over = Some(Err(WifiError::refused(doing, reason))),
                    Body::Done(_) => over = Some(Ok(())),
                    Body::Other => {}
                }
            }
            if let Some(result) = over {
                return result;
            }
        }
    }

    /// Takes in what the kernel tells, without waiting.
    pub(super) fn receive(&mut self) -> Result<(), WifiError> {
        loop {
            match self.next_datagram() {
                Ok(datagram) => {
                    for message in Messages::new(&datagram) {
                        self.note(&message);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if self.is_passing(&error) => {}
                Err(source) => {
                    return Err(WifiError::System { doing: "hear what happens on the Wi-Fi", source });
                }
            }
        }
    }

    /// What the kernel told, oldest first.
    pub(super) fn poll(&mut self) -> Option<Told> {
        self.told.pop_front()
    }

    /// Whether something that the kernel told is lost since the last call.
    pub(super) fn take_lost(&mut self) -> bool {
        std::mem::take(&mut self.has_lost)
    }

    /// Waits for something that the kernel tells, and not longer than that.
    pub(super) fn wait_for(
        &mut self,
        patience: Duration,
        mut wanted: impl FnMut(&Told) -> bool,
    ) -> Result<(), WifiError> {
        let deadline = Instant::now() + patience;
        loop {
            self.receive()?;
            while let Some(told) = self.poll() {
                if wanted(&told) {
                    return Ok(());
                }
            }
            if self.wait(deadline).is_err() {
                return Ok(());
            }
        }
    }

    fn send(&self, request: &[u8]) -> io::Result<()> {
        #[cfg(test)]
        if let Some(script) = &self.script {
            script.take(request);
            return Ok(());
        }
        self.socket.send(request, 0).map(drop)
    }

    fn next_datagram(&self) -> io::Result<Vec<u8>> {
        #[cfg(test)]
        if let Some(script) = &self.script {
            return script.give();
        }
        self.socket.recv_from_full().map(|(datagram, _)| datagram)
    }

    /// Some of what the kernel told is lost (the buffer was full, netlink(7)), or a signal came.
    fn is_passing(&mut self, error: &io::Error) -> bool {
        self.has_lost |= error.raw_os_error() == Some(libc::ENOBUFS);
        matches!(error.raw_os_error(), Some(libc::ENOBUFS | libc::EINTR))
    }

    fn note(&mut self, message: &Message<'_>) {
        if let Body::Data { family, payload } = message.body
            && family == self.family.id
            && let Some(told) = Generic::parse(payload).as_ref().and_then(Told::parse)
        {
            self.told.push_back(told);
        }
    }

    fn wait(&self, deadline: Instant) -> io::Result<()> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "the kernel does not answer"));
        }
        let limit = Timespec::try_from(left).map_err(|_| io::ErrorKind::InvalidInput)?;
        let mut sources = [PollFd::new(&self.socket, PollFlags::IN)];
        rustix::io::retry_on_intr(|| poll(&mut sources, Some(&limit)))?;
        Ok(())
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}
