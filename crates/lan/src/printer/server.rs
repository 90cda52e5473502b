//! The printer's web server: a few connections at once, each for a while.

use core::time::Duration;

use keyway_eap::Timestamp;
use smoltcp::iface::SocketHandle;
use smoltcp::socket::tcp::{Socket, SocketBuffer, State};

use super::PORT;
use crate::http::{Request, Response, ServerConnection};
use crate::ipp_printer::REQUEST_LIMIT;
use crate::stack::Stack;

/// How many connections at once.
const CONNECTIONS: usize = 4;

/// How much waits to be read and to be sent, in octets.
const RECEIVED: usize = 16 << 10;
const TO_SEND: usize = 8 << 10;

/// How long a connection may be silent.
const PATIENCE: Duration = Duration::from_secs(30);

/// The server.
#[derive(Debug)]
pub(super) struct Server {
    slots: Vec<Slot>,
}

#[derive(Debug)]
struct Slot {
    socket: SocketHandle,
    connection: Option<ServerConnection>,
    /// When something last came or went.
    active: Timestamp,
}

impl Server {
    /// Begins to listen.
    pub(super) fn start(stack: &mut Stack, now: Timestamp) -> Server {
        let slots = (0..CONNECTIONS).map(|_| {
            let buffer = |size| SocketBuffer::new(vec![0; size]);
            let mut socket = Socket::new(buffer(RECEIVED), buffer(TO_SEND));
            socket.set_nagle_enabled(false);
            Slot { socket: stack.add(socket), connection: None, active: now }
        });
        let mut server = Server { slots: slots.collect() };
        server.work(stack, now, &mut |_| Response::status(404));
        server
    }

    /// Ends everything at once.
    pub(super) fn stop(self, stack: &mut Stack) {
        for slot in self.slots {
            stack.socket::<Socket<'_>>(slot.socket).abort();
            stack.remove(slot.socket);
        }
    }

    /// Reads, answers and sends. True when something was done.
    pub(super) fn work(
        &mut self,
        stack: &mut Stack,
        now: Timestamp,
        answer: &mut dyn FnMut(&Request) -> Response,
    ) -> bool {
        let mut done = false;
        for slot in &mut self.slots {
            done |= slot.work(stack.socket(slot.socket), now, answer);
        }
        done
    }

    pub(super) fn poll_timeout(&self) -> Option<Timestamp> {
        let busy = self.slots.iter().filter(|slot| slot.connection.is_some());
        busy.map(|slot| slot.active + PATIENCE).min()
    }
}

impl Slot {
    fn work(
        &mut self,
        socket: &mut Socket<'_>,
        now: Timestamp,
        answer: &mut dyn FnMut(&Request) -> Response,
    ) -> bool {
        if matches!(socket.state(), State::Closed | State::TimeWait) {
            // Nothing is left to say: the place is for the next one.
            socket.abort();
            self.connection = None;
            // Fails for port 0 and for a socket in use.
            let _ = socket.listen(PORT);
            return true;
        }
        if socket.state() == State::Listen {
            // Also again: a client that takes its first segment back leaves nothing behind.
            self.connection = None;
            return false;
        }
        let connection = self.connection.get_or_insert_with(|| {
            self.active = now;
            ServerConnection::new(REQUEST_LIMIT)
        });
        let mut done = false;
        loop {
            let mut moved = false;
            while socket.can_recv() && !connection.is_busy() && !connection.is_finished() {
                let taken = socket.recv(|octets| {
                    connection.handle_bytes(octets);
                    (octets.len(), octets.len())
                });
                moved |= taken.is_ok_and(|count| count > 0);
                while let Some(request) = connection.poll_request() {
                    connection.respond(&answer(&request));
                }
            }
            while socket.can_send() && connection.pending() > 0 {
                let room = socket.send_capacity().saturating_sub(socket.send_queue());
                let octets = connection.take_output(room);
                moved |= socket.send_slice(&octets).is_ok_and(|count| count > 0);
            }
            if !moved {
                break;
            }
            self.active = now;
            done = true;
        }
        let peer_is_done = !socket.may_recv() && connection.pending() == 0;
        if (connection.is_finished() || peer_is_done) && socket.may_send() {
            socket.close();
            done = true;
        }
        if now >= self.active + PATIENCE {
            socket.abort();
            done = true;
        }
        done
    }
}
