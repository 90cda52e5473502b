//! The printer's web server on the kernel's TCP: some connections at once, each for a while.

use core::time::Duration;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddrV4, TcpListener, TcpStream};

use keyway_eap::Timestamp;
use keyway_lan::http::{Request, Response, ServerConnection};
use keyway_lan::ipp_printer::REQUEST_LIMIT;
use keyway_lan::printer::PORT;
use rustix::fd::AsFd;

use super::error::IpError;
use super::ready::{Interest, Ready};

/// The port when that of IPP is taken by another program, or privileges are missing for it.
pub const OTHER_PORT: u16 = 8631;

/// How many connections at once. Others wait.
pub const CONNECTIONS: usize = 16;

/// How long a connection may be silent.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long what a client still sends after its answer is read and thrown away, so that the answer reaches it.
const FAREWELL: Duration = Duration::from_secs(2);

/// The pause after the system refused a connection, for want of descriptors or memory.
const REST: Duration = Duration::from_secs(1);

/// How many pieces of this size are read from one connection until others have their turn.
const PIECES: usize = 16;
const PIECE: usize = 16 << 10;

/// What answers requests.
pub(super) type Answer<'a> = dyn FnMut(&Request) -> Response + 'a;

/// A server. It never blocks.
#[derive(Debug)]
pub(super) struct Server {
    listener: TcpListener,
    port: u16,
    /// Whether the listener is waited for.
    listens: bool,
    /// Until when no connection is taken.
    rests: Option<Timestamp>,
    connections: Vec<Connection>,
    buffer: Vec<u8>,
}

#[derive(Debug)]
struct Connection {
    stream: TcpStream,
    http: ServerConnection,
    /// When something last came or went; after the last answer, when that was sent.
    active: Timestamp,
    interest: Interest,
    /// The last answer was sent.
    is_leaving: bool,
}

impl Server {
    /// Listens on this address: port 631, or 8631, or one that the system chooses.
    pub(super) fn listen(address: Ipv4Addr, ready: &Ready) -> Result<Server, IpError> {
        let bind = |port| TcpListener::bind(SocketAddrV4::new(address, port));
        let open = || {
            let listener = bind(PORT).or_else(|_| bind(OTHER_PORT)).or_else(|_| bind(0))?;
            listener.set_nonblocking(true)?;
            let port = listener.local_addr()?.port();
            Ok((listener, port))
        };
        let (listener, port) = open().map_err(|error| IpError::system("listen for print jobs", error))?;
        ready.add(&listener, Interest::Read)?;
        let buffer = vec![0; PIECE];
        Ok(Server { listener, port, listens: true, rests: None, connections: Vec::new(), buffer })
    }

    /// The port that it has.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn poll_timeout(&self) -> Option<Timestamp> {
        self.connections.iter().map(Connection::end).chain(self.rests).min()
    }

    /// Takes connections, reads, answers and sends.
    pub(super) fn work(&mut self, ready: &Ready, now: Timestamp, answer: &mut Answer<'_>) {
        if self.rests.is_some_and(|until| now >= until) {
            self.rests = None;
        }
        self.accept(ready, now);
        let buffer = &mut self.buffer[..];
        self.connections.retain_mut(|connection| connection.work(buffer, ready, now, answer));
        let listens = self.connections.len() < CONNECTIONS && self.rests.is_none();
        if listens != self.listens {
            self.listens = listens;
            ready.change(&self.listener, if listens { Interest::Read } else { Interest::Nothing });
        }
    }

    fn accept(&mut self, ready: &Ready, now: Timestamp) {
        while self.rests.is_none() && self.connections.len() < CONNECTIONS {
            let stream = match self.listener.accept() {
                Ok((stream, _)) => stream,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                // The client is gone already.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => return self.rests = Some(now + REST),
            };
            // A small answer is not to wait for a larger one; without it, it is only slower.
            let _ = stream.set_nodelay(true);
            if stream.set_nonblocking(true).is_ok() && ready.add(&stream, Interest::Read).is_ok() {
                self.connections.push(Connection {
                    stream,
                    http: ServerConnection::new(REQUEST_LIMIT),
                    active: now,
                    interest: Interest::Read,
                    is_leaving: false,
                });
            }
        }
    }
}

impl Connection {
    /// False when it is over.
    fn work(&mut self, buffer: &mut [u8], ready: &Ready, now: Timestamp, answer: &mut Answer<'_>) -> bool {
        match self.exchange(buffer, now, answer) {
            Ok(true) if now < self.end() => {}
            _ => return false,
        }
        let interest = if self.http.pending() > 0 { Interest::Write } else { Interest::Read };
        if interest != self.interest {
            self.interest = interest;
            ready.change(self.stream.as_fd(), interest);
        }
        true
    }

    fn end(&self) -> Timestamp {
        self.active + if self.is_leaving { FAREWELL } else { PATIENCE }
    }

    fn exchange(&mut self, buffer: &mut [u8], now: Timestamp, answer: &mut Answer<'_>) -> io::Result<bool> {
        let mut has_ended = false;
        for _ in 0..PIECES {
            // Who does not take his answers is not read from.
            if self.http.pending() > 0 {
                break;
            }
            match retry(|| self.stream.read(buffer))? {
                None => break,
                Some(0) => {
                    has_ended = true;
                    break;
                }
                Some(length) if !self.is_leaving => {
                    self.active = now;
                    self.http.handle_bytes(&buffer[..length]);
                    while let Some(request) = self.http.poll_request() {
                        self.http.respond(&answer(&request));
                    }
                    self.send(now)?;
                }
                Some(_) => {}
            }
        }
        self.send(now)?;
        if self.http.is_finished() && !self.is_leaving {
            self.is_leaving = true;
            self.active = now;
            self.stream.shutdown(Shutdown::Write)?;
        }
        Ok(!has_ended)
    }

    fn send(&mut self, now: Timestamp) -> io::Result<()> {
        while self.http.pending() > 0 {
            let octets = self.http.output();
            match retry(|| self.stream.write(octets))? {
                None => break,
                Some(length) => {
                    self.active = now;
                    self.http.sent(length);
                }
            }
        }
        Ok(())
    }
}

/// `None` when it would block.
fn retry(mut call: impl FnMut() -> io::Result<usize>) -> io::Result<Option<usize>> {
    loop {
        match call() {
            Ok(length) => return Ok(Some(length)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
