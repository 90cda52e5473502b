//! Printer and router on the kernel's IP stack against stock programs: busybox' DHCP server and client, avahi-daemon,
//! CUPS' `ippfind` and `ipptool`. Over a cable between two network namespaces. Needs root.

use std::net::Ipv4Addr;
use std::os::fd::AsFd;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use keyway_eap::Timestamp;
use keyway_interop::avahi::Avahi;
use keyway_interop::process::{Process, run};
use keyway_interop::scratch::Scratch;
use keyway_interop::topology::{End, Topology};
use keyway_interop::{PATIENCE, requirements};
use keyway_lan::ipp_printer::{IppEvent, PrinterIdentity};
use keyway_lan::{GatewayEvent, PrinterEvent};
use keyway_linux::ip::{KernelGateway, KernelGatewayConfig, KernelPrinterConfig, KernelPrinterNetwork};
use keyway_wsc::{MacAddr, Uuid};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::Signal;
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

/// The smallest PDF that is one: a page without anything on it.
const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
    3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

const NAME: &str = "Keyway P3 (BLUE-42)";

/// A host at one end of the cable, on a thread of its own.
struct Host<E> {
    events: Receiver<E>,
    stop: Arc<AtomicBool>,
    /// Milliseconds by which its clock is ahead.
    skipped: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

/// What the thread of a host has.
struct Inside<E> {
    events: Sender<E>,
    stop: Arc<AtomicBool>,
    skipped: Arc<AtomicU64>,
    start: Instant,
}

impl<E: Send + std::fmt::Debug + 'static> Host<E> {
    fn run(end: &End, body: impl FnOnce(Inside<E>) + Send + 'static) -> Host<E> {
        let namespace = std::fs::File::open(format!("/run/netns/{}", end.namespace())).expect("a namespace");
        let (events, receiver) = mpsc::channel();
        let (stop, skipped) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let start = Instant::now();
        let inside = Inside { events, stop: Arc::clone(&stop), skipped: Arc::clone(&skipped), start };
        let thread = thread::spawn(move || {
            move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network)).expect("inside");
            body(inside);
        });
        Host { events: receiver, stop, skipped, thread: Some(thread) }
    }

    /// Waits for an event that is wanted, and returns what `wanted` made of it.
    #[track_caller]
    fn wait_for<T>(&self, mut wanted: impl FnMut(&E) -> Option<T>) -> T {
        let begin = Instant::now();
        let mut others = Vec::new();
        while let Ok(event) = self.events.recv_timeout(PATIENCE.saturating_sub(begin.elapsed())) {
            match wanted(&event) {
                Some(found) => return found,
                None => others.push(event),
            }
        }
        panic!("it did not come; these came: {others:?}");
    }

    /// Puts its clock forward.
    fn skip(&self, time: Duration) {
        self.skipped.fetch_add(u64::try_from(time.as_millis()).expect("not so long"), Ordering::SeqCst);
    }
}

impl<E> Host<E> {
    fn end(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            assert!(thread.join().is_ok() || thread::panicking(), "the host panicked");
        }
    }
}

impl<E> Drop for Host<E> {
    fn drop(&mut self) {
        self.end();
    }
}

impl<E> Inside<E> {
    fn now(&self) -> Timestamp {
        let skipped = Duration::from_millis(self.skipped.load(Ordering::SeqCst));
        Timestamp::from_epoch(self.start.elapsed() + skipped)
    }

    /// False when it is to end.
    fn wait(&self, source: impl AsFd) -> bool {
        // Often enough to notice that the clock was put forward.
        let limit = Timespec { tv_sec: 0, tv_nsec: 20_000_000 };
        poll(&mut [PollFd::new(&source, PollFlags::IN)], Some(&limit)).expect("a wait");
        !self.stop.load(Ordering::SeqCst)
    }
}

fn printer(end: &End) -> Host<PrinterEvent> {
    let interface = end.interface().to_owned();
    Host::run(end, move |inside| {
        let identity = PrinterIdentity {
            name: NAME.into(),
            make: "Keyway".into(),
            model: "P3".into(),
            uuid: Uuid::from_mac(MacAddr([2, 0, 0, 0, 0, 3])),
            location: "Study".into(),
            color: true,
            duplex: true,
        };
        let config = KernelPrinterConfig { interface, host_name: "keyway-blue-42".into(), identity, seed: 5 };
        let mut printer = KernelPrinterNetwork::open(config, inside.now()).expect("a printer");
        printer.link_up(inside.now());
        loop {
            while let Some(event) = printer.poll_event() {
                let _ = inside.events.send(event);
            }
            if let Some(problem) = printer.poll_problem() {
                panic!("{problem}");
            }
            if !inside.wait(printer.sources().next().expect("a descriptor")) {
                break;
            }
            printer.handle_timeout(inside.now());
        }
        printer.leave(inside.now());
    })
}

fn gateway(end: &End) -> Host<GatewayEvent> {
    let interface = end.interface().to_owned();
    Host::run(end, move |inside| {
        let lease = Duration::from_secs(7200);
        let config = KernelGatewayConfig { interface, network: None, lease, seed: 7 };
        let mut gateway = KernelGateway::open(config).expect("a gateway");
        gateway.link_up(inside.now());
        loop {
            while let Some(event) = gateway.poll_event() {
                let _ = inside.events.send(event);
            }
            if let Some(problem) = gateway.poll_problem() {
                panic!("{problem}");
            }
            if !inside.wait(gateway.sources().next().expect("a descriptor")) {
                break;
            }
            gateway.handle_timeout(inside.now());
        }
    })
}

fn address_of(event: &PrinterEvent) -> Option<keyway_lan::Address> {
    match event {
        PrinterEvent::Address(address) => Some(address.clone()),
        _ => None,
    }
}

fn announced(event: &PrinterEvent) -> Option<()> {
    matches!(event, PrinterEvent::Announced { .. }).then_some(())
}

/// Runs `ip` in a namespace.
fn ip(end: &End, arguments: &str) -> String {
    let mut command = end.command(requirements::program("ip"));
    command.args(arguments.split(' '));
    run(command)
}

fn busybox(end: &End, applet: &str) -> Command {
    let mut command = end.command(requirements::program("busybox"));
    command.arg(applet);
    command
}

/// How often the kernel at this end told somebody that nobody listens to a port.
fn refusals(end: &End) -> u64 {
    let mut command = busybox(end, "cat");
    command.arg("/proc/net/snmp");
    let counters = run(command);
    let mut lines = counters.lines().filter(|line| line.starts_with("Icmp:")).map(str::split_whitespace);
    let (names, values) = (lines.next().expect("names"), lines.next().expect("values"));
    let found = names.zip(values).find(|(name, _)| *name == "OutDestUnreachs");
    found.and_then(|(_, value)| value.parse().ok()).expect("a number")
}

#[test]
fn a_stock_server_lends_the_printer_an_address_and_renews_it() {
    let cable = Topology::pair();
    let (server, end) = (cable.router(), cable.station(0));
    ip(server, "address add 192.168.9.1/24 dev eth0");
    let scratch = Scratch::new("udhcpd");
    let (config, leases) = (scratch.file("udhcpd.conf"), scratch.file("leases"));
    std::fs::write(&leases, "").expect("a file");
    let text = format!(
        "start 192.168.9.50\nend 192.168.9.60\ninterface eth0\nlease_file {}\npidfile {}\noption subnet 255.255.255.0\n\
         option router 192.168.9.1\noption dns 192.168.9.2 192.168.9.3\noption lease 3600\n",
        leases.display(),
        scratch.file("pid").display()
    );
    std::fs::write(&config, text).expect("a file");
    let mut command = busybox(server, "udhcpd");
    command.args(["-f", "-a", "200"]).arg(&config);
    let udhcpd = Process::spawn("udhcpd", command);
    udhcpd.wait_for("started");

    let mut printer = printer(end);
    let address = printer.wait_for(address_of);
    assert!((50..=60).contains(&address.address.octets()[3]), "{address:?}");
    assert_eq!((address.prefix, address.gateway), (24, Some(Ipv4Addr::new(192, 168, 9, 1))));
    assert_eq!(address.dns, [Ipv4Addr::new(192, 168, 9, 2), Ipv4Addr::new(192, 168, 9, 3)]);
    printer.wait_for(announced);
    let own = format!("{}/24 brd 192.168.9.255 scope global", address.address);
    assert!(ip(end, "address show dev eth0").contains(&own), "{}", ip(end, "address show dev eth0"));
    let route = ip(end, "route show default");
    assert!(route.contains("via 192.168.9.1") && route.contains("metric 700"), "{route}");
    // It answers echo requests of the server, and they find the way back.
    let mut ping = busybox(server, "ping");
    ping.args(["-c", "1", "-w", "5", &address.address.to_string()]);
    run(ping);

    // Half the lease later it asks the server alone, whose answer comes through the kernel's own socket.
    let mark = udhcpd.mark();
    ip(end, &format!("address delete {}/24 dev eth0", address.address));
    printer.skip(Duration::from_secs(1801));
    udhcpd.wait_for_after(mark, "sending ACK");
    let begin = Instant::now();
    while !ip(end, "address show dev eth0").contains(&own) {
        assert!(begin.elapsed() < PATIENCE, "the renewed address is not put back");
    }

    // And once more while the kernel has the address.
    let mark = udhcpd.mark();
    printer.skip(Duration::from_secs(1801));
    udhcpd.wait_for_after(mark, "sending ACK");

    printer.end();
    // The server does not say that an address was given back; its list does.
    let list = || {
        udhcpd.signal(Signal::USR1);
        let mut command = busybox(server, "dumpleases");
        command.arg("-f").arg(&leases);
        run(command)
    };
    let begin = Instant::now();
    while !list().contains("expired") {
        assert!(begin.elapsed() < PATIENCE, "the address was not given back:\n{}", list());
    }
    assert!(!ip(end, "address show dev eth0").contains("192.168.9."), "the address stays");
    assert_eq!(ip(end, "route show"), "");
    assert_eq!(refusals(end), 0);
}

/// One that is there already: a file that was just written cannot be run while another thread starts a program.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scripts/udhcpc");

#[test]
fn a_stock_client_gets_renews_and_gives_back_an_address() {
    let cable = Topology::pair();
    let gateway = gateway(cable.router());
    let end = cable.station(0);
    let mut command = busybox(end, "udhcpc");
    command.args(["-f", "-i", "eth0", "-x", "hostname:desk", "-s", SCRIPT]);
    let udhcpc = Process::spawn("udhcpc", command);
    let leased = |event: &GatewayEvent| match event {
        GatewayEvent::Leased(lease) => Some(lease.clone()),
        _ => None,
    };
    let lease = gateway.wait_for(leased);
    assert_eq!((lease.host_name.as_str(), lease.mac.0), ("desk", end.mac().0));
    let told = format!("{}/24 by 192.168.1.1 via 192.168.1.1 for 7200", lease.address);
    udhcpc.wait_for(&format!("told bound {told}"));
    let mut ping = busybox(end, "ping");
    ping.args(["-c", "1", "-w", "5", "192.168.1.1"]);
    run(ping);

    udhcpc.signal(Signal::USR1);
    udhcpc.wait_for(&format!("told renew {told}"));
    assert_eq!(gateway.wait_for(leased).address, lease.address);
    assert_eq!(refusals(cable.router()), 0);
    udhcpc.signal(Signal::USR2);
    let released = gateway.wait_for(|event| match event {
        GatewayEvent::Released { address, .. } => Some(*address),
        _ => None,
    });
    assert_eq!(released, lease.address);
}

#[test]
fn cups_finds_the_printer_and_prints_beside_avahi() {
    let cable = Topology::pair();
    let (computer, end) = (cable.router(), cable.station(0));
    let _gateway = gateway(computer);
    // One that has the port already, on the printer's own machine.
    let beside = Avahi::start(|program: &Path| end.command(program), "eth0");
    let printer = printer(end);
    let address = printer.wait_for(address_of).address;
    printer.wait_for(announced);
    let avahi = Avahi::start(|program: &Path| computer.command(program), "eth0");
    let uri = format!("ipp://{address}:631/ipp/print");

    for (place, avahi) in [(computer, &avahi), (end, &beside)] {
        let find = || {
            let mut command = place.command(requirements::program("ippfind"));
            avahi.serve(&mut command);
            command.args(["-T", "3", "_ipp._tcp", "-P", "631", "--txt-rp", "^ipp/print$"]);
            command.args(["--exec", "echo", "{service_name}", "{service_hostname}", ";"]);
            command.output().expect("ippfind runs")
        };
        // It looks for three seconds; the announcement may take longer on a busy machine.
        let found = (0..5).map(|_| find()).find(|output| output.status.success());
        let found = String::from_utf8_lossy(&found.expect("ippfind finds the printer").stdout).into_owned();
        assert!(found.contains(NAME) && found.contains("keyway-blue-42.local"), "{found}");
    }

    let scratch = Scratch::new("page");
    let page = scratch.file("page.pdf");
    std::fs::write(&page, PDF).expect("a file");
    for test in ["get-printer-attributes.test", "validate-job.test", "print-job.test"] {
        let mut command = computer.command(requirements::program("ipptool"));
        command.args(["-tv", "-T", "30", "-f"]).arg(&page).args([&uri, test]);
        let report = run(command);
        assert!(report.contains("[PASS]") && !report.contains("[FAIL]"), "{test}:\n{report}");
        if test.starts_with("get-") {
            assert!(report.contains(&format!("printer-uri-supported (uri) = {uri}")), "{report}");
        }
    }
    let printed = printer.wait_for(|event| match event {
        PrinterEvent::Ipp(IppEvent::Job(job)) => Some(job.bytes.clone()),
        _ => None,
    });
    assert_eq!(printed, PDF);
}
