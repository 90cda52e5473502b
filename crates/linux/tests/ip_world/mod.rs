//! A cable between this network namespace and another, and hosts at its ends with a clock that can be put forward.

#![allow(dead_code, reason = "each test program uses its part")]

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use keyway_eap::Timestamp;
use keyway_lan::ipp_printer::PrinterIdentity;
use keyway_lan::{GatewayEvent, PrinterEvent};
use keyway_linux::ip::{KernelGateway, KernelGatewayConfig, KernelPrinterConfig, KernelPrinterNetwork};
use keyway_wsc::{MacAddr, Uuid};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd, OwnedFd};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use crate::isolated::{PATIENCE, settle, sh};

/// How long nothing has to come until the clock is put forward to the next deadline.
const QUIET: Duration = Duration::from_millis(75);

/// Two namespaces, with `left` in this one and `right` in the other.
pub(crate) struct World {
    own: OwnedFd,
    peer: OwnedFd,
}

/// One of them.
#[derive(Clone, Copy)]
pub(crate) enum Side {
    Own,
    Peer,
}

impl World {
    pub(crate) fn new() -> World {
        // The name of the other namespace is a file; it is not to outlive this process.
        sh("mount -t tmpfs tmpfs /run");
        sh("ip netns add peer");
        sh("ip link set lo up");
        sh("ip link add left type veth peer name right netns peer");
        sh("ip link set left up");
        let open = |path: &str| OwnedFd::from(std::fs::File::open(path).expect("a namespace"));
        let world = World { own: open("/proc/thread-self/ns/net"), peer: open("/run/netns/peer") };
        world.peer(|| {
            sh("ip link set lo up");
            sh("ip link set right up");
            settle("right");
        });
        settle("left");
        world
    }

    /// Does something in the other namespace.
    pub(crate) fn peer<T>(&self, task: impl FnOnce() -> T) -> T {
        self.enter(Side::Peer);
        let result = task();
        self.enter(Side::Own);
        result
    }

    /// Moves this thread.
    pub(crate) fn enter(&self, side: Side) {
        let namespace = match side {
            Side::Own => &self.own,
            Side::Peer => &self.peer,
        };
        move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network)).expect("a namespace");
    }
}

pub(crate) fn printer(interface: &str, now: Timestamp) -> KernelPrinterNetwork {
    let identity = PrinterIdentity {
        name: "Keyway P3 (BLUE-42)".into(),
        make: "Keyway".into(),
        model: "P3".into(),
        uuid: Uuid::from_mac(MacAddr([2, 0, 0, 0, 0, 3])),
        location: "Study".into(),
        color: true,
        duplex: true,
    };
    let (interface, host_name) = (interface.to_owned(), "keyway-blue-42".to_owned());
    KernelPrinterNetwork::open(KernelPrinterConfig { interface, host_name, identity, seed: 5 }, now)
        .expect("a printer")
}

pub(crate) fn gateway(interface: &str) -> KernelGateway {
    KernelGateway::open(KernelGatewayConfig {
        interface: interface.to_owned(),
        network: None,
        lease: Duration::from_secs(86_400),
        seed: 7,
    })
    .expect("a gateway")
}

/// A printer in this namespace, a router in the other, and what happened to them.
pub(crate) struct Hosts<'w> {
    world: &'w World,
    pub(crate) printer: Option<KernelPrinterNetwork>,
    pub(crate) gateway: Option<KernelGateway>,
    printer_events: Vec<PrinterEvent>,
    gateway_events: Vec<GatewayEvent>,
    /// The problems of both, in words.
    pub(crate) problems: Vec<String>,
    start: Instant,
    skipped: Duration,
}

impl<'w> Hosts<'w> {
    pub(crate) fn new(world: &'w World) -> Hosts<'w> {
        Hosts {
            world,
            printer: None,
            gateway: None,
            printer_events: Vec::new(),
            gateway_events: Vec::new(),
            problems: Vec::new(),
            start: Instant::now(),
            skipped: Duration::ZERO,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_epoch(self.start.elapsed() + self.skipped)
    }

    /// Puts the clock forward.
    pub(crate) fn skip(&mut self, time: Duration) {
        self.skipped += time;
    }

    pub(crate) fn printer(&mut self) -> &mut KernelPrinterNetwork {
        self.printer.as_mut().expect("a printer")
    }

    pub(crate) fn gateway(&mut self) -> &mut KernelGateway {
        self.gateway.as_mut().expect("a gateway")
    }

    pub(crate) fn on_printer(&mut self, task: impl FnOnce(&mut KernelPrinterNetwork, Timestamp)) {
        let now = self.now();
        task(self.printer(), now);
    }

    pub(crate) fn on_gateway(&mut self, task: impl FnOnce(&mut KernelGateway, Timestamp)) {
        let (now, world) = (self.now(), self.world);
        world.peer(|| task(self.gateway(), now));
    }

    pub(crate) fn take_printer_events(&mut self) -> Vec<PrinterEvent> {
        self.collect();
        std::mem::take(&mut self.printer_events)
    }

    pub(crate) fn take_gateway_events(&mut self) -> Vec<GatewayEvent> {
        self.collect();
        std::mem::take(&mut self.gateway_events)
    }

    pub(crate) fn has_gateway(&self, wanted: impl Fn(&GatewayEvent) -> bool) -> bool {
        self.gateway_events.iter().any(wanted)
    }

    /// Lets both work until the printer says something new that is wanted.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, wanted: impl Fn(&PrinterEvent) -> bool) {
        self.collect();
        let seen = self.printer_events.len();
        self.wait(|hosts| hosts.printer_events[seen..].iter().any(&wanted));
    }

    /// Lets both work until this is so. Where nothing comes for a moment, the clock is put forward.
    #[track_caller]
    pub(crate) fn wait(&mut self, mut until: impl FnMut(&Hosts<'_>) -> bool) {
        let begin = Instant::now();
        while !until(self) {
            assert!(
                begin.elapsed() < PATIENCE,
                "nothing of the kind within {PATIENCE:?}: {:?}, {:?}, {:?}",
                self.printer_events,
                self.gateway_events,
                self.problems
            );
            self.step(true);
        }
    }

    /// Lets both work until nothing comes any more.
    pub(crate) fn settle(&mut self) {
        while self.step(false) {}
    }

    /// Asks the printer over HTTP, on a thread in that namespace.
    pub(crate) fn http(&mut self, from: Side, address: Ipv4Addr, port: u16, request: &str) -> String {
        let world = self.world;
        std::thread::scope(|scope| {
            let client = scope.spawn(move || {
                world.enter(from);
                let mut stream = TcpStream::connect((address, port)).expect("it listens");
                stream.set_read_timeout(Some(PATIENCE)).expect("a limit");
                stream.write_all(request.as_bytes()).expect("it is read");
                let mut answer = Vec::new();
                stream.read_to_end(&mut answer).expect("it answers");
                String::from_utf8_lossy(&answer).into_owned()
            });
            while !client.is_finished() {
                self.step(false);
            }
            client.join().expect("an answer")
        })
    }

    /// Asks from the other namespace for everything of a name, as an ordinary client would (RFC 6762, section 6.7), and
    /// returns what this host answered.
    pub(crate) fn dns_query(&mut self, address: Ipv4Addr, name: &[&str]) -> Vec<u8> {
        let mut query = vec![0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        for label in name {
            query.push(u8::try_from(label.len()).expect("a label"));
            query.extend(label.bytes());
        }
        query.extend([0, 0, 255, 0, 1]);
        let socket = self.world.peer(|| {
            let socket = UdpSocket::bind("0.0.0.0:0").expect("a socket");
            let own = Ipv4Addr::new(192, 168, 1, 1);
            socket2::SockRef::from(&socket).set_multicast_if_v4(&own).expect("an interface");
            socket
        });
        socket.set_nonblocking(true).expect("a socket");
        let group = SocketAddrV4::new(Ipv4Addr::new(224, 0, 0, 251), 5353);
        socket.send_to(&query, group).expect("a way there");
        let mut buffer = vec![0; 9000];
        let mut answer = None;
        self.wait(|_| {
            if let Ok((length, from)) = socket.recv_from(&mut buffer)
                && from.ip() == address
            {
                answer = Some(buffer[..length].to_vec());
            }
            answer.is_some()
        });
        answer.expect("it was waited for")
    }

    fn collect(&mut self) {
        if let Some(printer) = &mut self.printer {
            self.printer_events.extend(std::iter::from_fn(|| printer.poll_event()));
            self.problems
                .extend(std::iter::from_fn(|| printer.poll_problem()).map(|problem| problem.to_string()));
        }
        if let Some(gateway) = &mut self.gateway {
            self.gateway_events.extend(std::iter::from_fn(|| gateway.poll_event()));
            self.problems
                .extend(std::iter::from_fn(|| gateway.poll_problem()).map(|problem| problem.to_string()));
        }
    }

    /// Waits a moment for something to read and lets both work. If nothing came, the clock may be put forward to the
    /// next deadline. True if something came.
    fn step(&mut self, may_skip: bool) -> bool {
        let sources = self.printer.iter().flat_map(KernelPrinterNetwork::sources);
        let sources = sources.chain(self.gateway.iter().flat_map(KernelGateway::sources));
        let mut entries: Vec<PollFd<'_>> =
            sources.map(|source| PollFd::from_borrowed_fd(source, PollFlags::IN)).collect();
        let quiet = Timespec { tv_sec: 0, tv_nsec: QUIET.as_nanos() as i64 };
        let came = poll(&mut entries, Some(&quiet)).expect("a wait") > 0;
        if may_skip && !came {
            let now = self.now();
            let deadlines = [
                self.printer.as_ref().and_then(KernelPrinterNetwork::poll_timeout),
                self.gateway.as_ref().and_then(KernelGateway::poll_timeout),
            ];
            if let Some(next) = deadlines.into_iter().flatten().min() {
                self.skipped += next.saturating_since(now);
            }
        }
        let (now, world) = (self.now(), self.world);
        if let Some(printer) = &mut self.printer {
            printer.handle_timeout(now);
        }
        if let Some(gateway) = &mut self.gateway {
            world.peer(|| gateway.handle_timeout(now));
        }
        self.collect();
        came
    }
}
