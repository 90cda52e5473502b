//! A gateway, printers and computers on one switch, with a clock that jumps from event to event.
#![allow(dead_code, reason = "each test program uses a part of it")]

use std::collections::VecDeque;
use std::time::Duration;

use keyway_eap::Timestamp;
use keyway_lan::computer::{
    ComputerConfig, ComputerEvent, ComputerHost, Document, PrintTask, PrinterService,
};
use keyway_lan::gateway::{GatewayConfig, GatewayEvent, GatewayHost};
use keyway_lan::ipp_printer::{IppEvent, PrintedJob, PrinterIdentity};
use keyway_lan::printer::{PrinterConfig, PrinterEvent, PrinterHost};
use keyway_wsc::{MacAddr, Uuid};

pub(crate) const ROUTER: MacAddr = MacAddr([2, 0, 0, 0, 0, 1]);
pub(crate) const GUEST: MacAddr = MacAddr([2, 0, 0, 0, 0, 7]);
pub(crate) const COMPUTER: MacAddr = MacAddr([2, 0, 0, 0, 0, 2]);

/// How long a frame is on its way.
const ON_THE_WAY: Duration = Duration::from_millis(1);

pub(crate) enum Host {
    Gateway(GatewayHost),
    Printer(PrinterHost),
    Computer(ComputerHost),
}

macro_rules! on_host {
    ($host:expr, $name:ident => $call:expr) => {
        match $host {
            Host::Gateway($name) => $call,
            Host::Printer($name) => $call,
            Host::Computer($name) => $call,
        }
    };
}

pub(crate) struct Home {
    pub(crate) now: Timestamp,
    hosts: Vec<(MacAddr, Host)>,
    on_the_way: VecDeque<(Timestamp, Vec<u8>)>,
    /// Of a thousand frames so many are lost.
    pub(crate) loss: u64,
    draw: u64,
    /// Every frame that was sent, lost ones too.
    pub(crate) dump: Vec<Vec<u8>>,
    pub(crate) gateway_events: Vec<GatewayEvent>,
    pub(crate) printer_events: Vec<(MacAddr, PrinterEvent)>,
    pub(crate) computer_events: Vec<ComputerEvent>,
}

pub(crate) fn printer_mac(number: u8) -> MacAddr {
    MacAddr([2, 0, 0, 0, 1, number])
}

pub(crate) fn identity(name: &str) -> PrinterIdentity {
    PrinterIdentity {
        name: name.to_owned(),
        make: "Keyway".into(),
        model: "P3".into(),
        uuid: Uuid::from_mac(printer_mac(1)),
        location: "Study".into(),
        color: true,
        duplex: true,
    }
}

pub(crate) fn document(bytes: Vec<u8>) -> Document {
    Document { name: "Test page".into(), format: "application/pdf".into(), bytes }
}

impl Home {
    /// Nobody is there yet.
    pub(crate) fn empty(seed: u64) -> Home {
        Home {
            now: Timestamp::from_secs(1),
            hosts: Vec::new(),
            on_the_way: VecDeque::new(),
            loss: 0,
            draw: seed,
            dump: Vec::new(),
            gateway_events: Vec::new(),
            printer_events: Vec::new(),
            computer_events: Vec::new(),
        }
    }

    /// A router, a printer and a computer, all with a link.
    pub(crate) fn new(seed: u64) -> Home {
        let mut home = Home::empty(seed);
        home.add_gateway();
        home.add_printer(1, "Keyway P3 (BLUE-42)", "keyway-blue-42");
        home.add_computer();
        home
    }

    pub(crate) fn add_gateway(&mut self) {
        let gateway = GatewayHost::new(GatewayConfig::home(ROUTER, self.draw), self.now);
        self.add(ROUTER, Host::Gateway(gateway));
    }

    /// The gateway of another network, 192.168.2.1.
    pub(crate) fn add_guest_gateway(&mut self) {
        let gateway = GatewayHost::new(GatewayConfig::network(GUEST, 2, self.draw), self.now);
        self.add(GUEST, Host::Gateway(gateway));
    }

    pub(crate) fn add_printer(&mut self, number: u8, name: &str, host_name: &str) {
        let mac = printer_mac(number);
        let seed = self.draw ^ u64::from(number) << 8;
        let config = PrinterConfig { mac, host_name: host_name.into(), identity: identity(name), seed };
        self.add(mac, Host::Printer(PrinterHost::new(config, self.now)));
    }

    pub(crate) fn add_computer(&mut self) {
        let config = ComputerConfig {
            mac: COMPUTER,
            host_name: "desk".into(),
            user: "ada".into(),
            seed: self.draw ^ 0xc0,
        };
        self.add(COMPUTER, Host::Computer(ComputerHost::new(config, self.now)));
    }

    fn add(&mut self, mac: MacAddr, mut host: Host) {
        on_host!(&mut host, host => host.link_up(self.now));
        self.hosts.push((mac, host));
        self.collect();
    }

    pub(crate) fn gateway(&mut self) -> &mut GatewayHost {
        let host = self.hosts.iter_mut().find_map(|(_, host)| match host {
            Host::Gateway(gateway) => Some(gateway),
            _ => None,
        });
        host.expect("a gateway")
    }

    pub(crate) fn printer(&mut self, number: u8) -> &mut PrinterHost {
        let mac = printer_mac(number);
        let host = self.hosts.iter_mut().find_map(|(own, host)| match host {
            Host::Printer(printer) if *own == mac => Some(printer),
            _ => None,
        });
        host.expect("this printer")
    }

    pub(crate) fn computer(&mut self) -> &mut ComputerHost {
        let host = self.hosts.iter_mut().find_map(|(_, host)| match host {
            Host::Computer(computer) => Some(computer),
            _ => None,
        });
        host.expect("a computer")
    }

    pub(crate) fn set_link(&mut self, mac: MacAddr, up: bool) {
        let now = self.now;
        let (_, host) = self.hosts.iter_mut().find(|(own, _)| *own == mac).expect("a host");
        on_host!(host, host => if up { host.link_up(now) } else { host.link_down(now) });
        self.collect();
    }

    /// Somebody who is no host of ours sends a frame.
    pub(crate) fn inject(&mut self, frame: Vec<u8>) {
        self.on_the_way.push_back((self.now + ON_THE_WAY, frame));
    }

    /// Runs until the condition holds; false when that takes longer than so many seconds.
    pub(crate) fn run_until(&mut self, seconds: u64, mut holds: impl FnMut(&mut Home) -> bool) -> bool {
        let end = self.now + Duration::from_secs(seconds);
        self.collect();
        let mut steps = 0_u32;
        while !holds(self) {
            let next = self.hosts.iter().filter_map(|(_, host)| on_host!(host, host => host.poll_timeout()));
            let arrival = self.on_the_way.front().map(|(at, _)| *at);
            let Some(next) = next.chain(arrival).min().filter(|next| *next <= end) else {
                self.now = end;
                return holds(self);
            };
            steps += 1;
            if steps >= 300_000 {
                let due = |(mac, host): &(MacAddr, Host)| (*mac, on_host!(host, host => host.poll_timeout()));
                let due: Vec<_> = self.hosts.iter().map(due).collect();
                panic!("the clock stands still at {}: {due:?}", self.now);
            }
            self.now = self.now.max(next);
            while self.on_the_way.front().is_some_and(|(at, _)| *at <= self.now) {
                let (_, frame) = self.on_the_way.pop_front().expect("just seen");
                self.deliver(&frame);
            }
            for (_, host) in &mut self.hosts {
                let now = self.now;
                if on_host!(&*host, host => host.poll_timeout()).is_some_and(|at| at <= now) {
                    on_host!(host, host => host.handle_timeout(now));
                }
            }
            self.collect();
        }
        true
    }

    pub(crate) fn run_for(&mut self, seconds: u64) {
        self.run_until(seconds, |_| false);
    }

    /// Runs until the computer knows so many printers.
    pub(crate) fn find(&mut self, count: usize) -> Vec<PrinterService> {
        let found = self.run_until(120, |home| home.computer().printers().len() == count);
        assert!(found, "found only {:?}; {:?}", self.computer().printers(), self.printer_events);
        self.computer().printers()
    }

    /// Prints, and returns what came out.
    pub(crate) fn print(&mut self, printer: &PrinterService, document: Document) -> PrintedJob {
        let now = self.now;
        let task = self.computer().print(printer, document, now);
        let end = |task: PrintTask| {
            move |event: &ComputerEvent| match event {
                ComputerEvent::Printed { task: done, .. } | ComputerEvent::PrintFailed { task: done, .. } => {
                    *done == task
                }
                _ => false,
            }
        };
        let done = self.run_until(300, |home| home.computer_events.iter().any(end(task)));
        assert!(done, "printing does not end: {:?}", self.computer_events);
        let last = self.computer_events.iter().find(|event| end(task)(event));
        assert!(matches!(last, Some(ComputerEvent::Printed { .. })), "{last:?}");
        let mut jobs = self.printer_events.iter().rev().filter_map(|(_, event)| match event {
            PrinterEvent::Ipp(IppEvent::Job(job)) => Some(job.clone()),
            _ => None,
        });
        jobs.next().expect("a printed job")
    }

    fn deliver(&mut self, frame: &[u8]) {
        let Some(to) = frame.first_chunk() else { return };
        let to = MacAddr(*to);
        let now = self.now;
        for index in 0..self.hosts.len() {
            let own = self.hosts[index].0;
            // As an access point does, with what is for everybody the sender gets its own frame too.
            if to.0[0] & 1 == 0 && to != own {
                continue;
            }
            if !self.is_lost() {
                on_host!(&mut self.hosts[index].1, host => host.handle_ethernet(frame, now));
            }
        }
    }

    fn is_lost(&mut self) -> bool {
        self.draw = self.draw.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.draw >> 33) % 1000 < self.loss
    }

    fn collect(&mut self) {
        for (mac, host) in &mut self.hosts {
            while let Some(frame) = on_host!(host, host => host.poll_transmit()) {
                self.dump.push(frame.clone());
                self.on_the_way.push_back((self.now + ON_THE_WAY, frame));
            }
            match host {
                Host::Gateway(gateway) => {
                    self.gateway_events.extend(std::iter::from_fn(|| gateway.poll_event()))
                }
                Host::Printer(printer) => {
                    let events = std::iter::from_fn(|| printer.poll_event());
                    self.printer_events.extend(events.map(|event| (*mac, event)));
                }
                Host::Computer(computer) => {
                    self.computer_events.extend(std::iter::from_fn(|| computer.poll_event()));
                }
            }
        }
    }
}
