//! Does somebody answer at an address? ICMP echo requests.

use core::net::Ipv4Addr;
use core::time::Duration;
use std::collections::VecDeque;

use keyway_eap::Timestamp;
use smoltcp::iface::SocketHandle;
use smoltcp::phy::ChecksumCapabilities;
use smoltcp::socket::icmp::{Endpoint, PacketBuffer, PacketMetadata, Socket};
use smoltcp::wire::{Icmpv4Packet, Icmpv4Repr, IpAddress};

use crate::stack::Stack;

/// How often it asks, and how long it waits after each time.
const ASKED: u32 = 4;
const PAUSE: Duration = Duration::from_secs(1);

/// How many addresses at once; more are answered with "no" at once.
const MOST: usize = 16;

/// Questions that are open.
#[derive(Debug)]
pub(super) struct Reach {
    socket: SocketHandle,
    ident: u16,
    next_number: u16,
    open: Vec<Question>,
    /// What came of the others: the address, and whether it answered.
    pub(super) answers: VecDeque<(Ipv4Addr, bool)>,
}

#[derive(Debug)]
struct Question {
    address: Ipv4Addr,
    number: u16,
    asked: u32,
    next: Timestamp,
}

impl Reach {
    pub(super) fn new(stack: &mut Stack, ident: u16) -> Reach {
        let buffer = || PacketBuffer::new(vec![PacketMetadata::EMPTY; MOST], vec![0; 64 * MOST]);
        let mut socket = Socket::new(buffer(), buffer());
        // Fails for a socket in use.
        let _ = socket.bind(Endpoint::Ident(ident));
        Reach { socket: stack.add(socket), ident, next_number: 0, open: Vec::new(), answers: VecDeque::new() }
    }

    pub(super) fn ask(&mut self, address: Ipv4Addr, now: Timestamp) {
        if self.open.len() >= MOST {
            self.answers.push_back((address, false));
            return;
        }
        self.next_number = self.next_number.wrapping_add(1);
        self.open.push(Question { address, number: self.next_number, asked: 0, next: now });
    }

    /// Nothing can be reached any more.
    pub(super) fn give_up(&mut self) {
        self.answers.extend(self.open.drain(..).map(|question| (question.address, false)));
    }

    pub(super) fn poll_timeout(&self) -> Option<Timestamp> {
        self.open.iter().map(|question| question.next).min()
    }

    /// Takes answers and sends questions.
    pub(super) fn work(&mut self, stack: &mut Stack, now: Timestamp) {
        let socket: &mut Socket<'_> = stack.socket(self.socket);
        while let Ok((payload, IpAddress::Ipv4(from))) = socket.recv() {
            let Some(number) = answered(payload, self.ident) else { continue };
            let before = self.open.len();
            self.open.retain(|question| question.number != number || question.address != from);
            if self.open.len() < before {
                self.answers.push_back((from, true));
            }
        }
        let Reach { open, answers, ident, .. } = self;
        open.retain_mut(|question| {
            if now < question.next {
                return true;
            }
            if question.asked >= ASKED {
                answers.push_back((question.address, false));
                return false;
            }
            question.asked += 1;
            question.next = now + PAUSE;
            let echo =
                Icmpv4Repr::EchoRequest { ident: *ident, seq_no: question.number, data: b"Is it you?" };
            // With a full buffer this one is lost, as any packet may be.
            if let Ok(room) = socket.send(echo.buffer_len(), IpAddress::Ipv4(question.address)) {
                echo.emit(&mut Icmpv4Packet::new_unchecked(room), &ChecksumCapabilities::default());
            }
            true
        });
    }
}

/// The number of the question that a packet answers.
fn answered(payload: &[u8], own: u16) -> Option<u16> {
    let packet = Icmpv4Packet::new_checked(payload).ok()?;
    match Icmpv4Repr::parse(&packet, &ChecksumCapabilities::default()).ok()? {
        Icmpv4Repr::EchoReply { ident, seq_no, .. } if ident == own => Some(seq_no),
        _ => None,
    }
}
