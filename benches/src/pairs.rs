//! Registrars and enrollees that can register with each other again and again.

use keyway_interop::hostapd::{Hostapd, HostapdConfig};
use keyway_interop::keyway::{Keyway, RouterConfig};
use keyway_interop::network::Network;
use keyway_interop::process::Process;
use keyway_interop::supplicant::{Supplicant, SupplicantConfig, Task};
use keyway_interop::topology::{End, Topology};

/// A registrar and an enrollee on a cable.
pub trait Pair {
    /// What a table calls it.
    fn name(&self) -> &str;

    /// The process ids of the registrar and of the enrollee.
    fn processes(&self) -> [u32; 2];

    /// Brings both sides to where only one event is missing.
    fn prepare(&mut self);

    /// One registration: from that event until both sides have reported success.
    fn register(&mut self);
}

/// Stock hostapd and stock wpa_supplicant.
#[derive(Debug)]
pub struct StockPair {
    name: &'static str,
    station: Supplicant,
    hostapd: Hostapd,
    cable: Topology,
}

impl StockPair {
    /// Starts both; `supplicant` is added to wpa_supplicant's configuration.
    pub fn start(name: &'static str, supplicant: &[&str]) -> StockPair {
        let cable = Topology::pair();
        let hostapd = hostapd(&cable);
        let config = SupplicantConfig {
            verbose: false,
            extra: supplicant.iter().map(|&line| line.to_owned()).collect(),
            ..SupplicantConfig::new(Task::enrol(PIN))
        };
        let station = Supplicant::start(cable.station(0), &config);
        StockPair { name, station, hostapd, cable }
    }
}

impl Pair for StockPair {
    fn name(&self) -> &str {
        self.name
    }

    fn processes(&self) -> [u32; 2] {
        [self.hostapd.process().id(), self.station.process().id()]
    }

    fn prepare(&mut self) {
        forget_stations(&self.hostapd);
        // wpa_supplicant would not try a network that failed, as every WPS network does, for ten seconds.
        self.station.control().expect("DISCONNECT");
        let mark = self.station.process().mark();
        self.station.control().expect("SELECT_NETWORK 0");
        self.station.process().wait_for_after(mark, "Associated with");
        self.hostapd.pin("any", PIN);
        self.station.control().expect("PING");
    }

    fn register(&mut self) {
        let marks = [self.hostapd.process().mark(), self.station.process().mark()];
        // hostapd asks a new station for its identity; no need to wait two seconds for its EAPOL-Start.
        self.hostapd.control().expect(&format!("NEW_STA {}", self.cable.station(0).mac()));
        self.station.process().wait_for_after(marks[1], "CTRL-EVENT-EAP-FAILURE");
        self.hostapd.process().wait_for_after(marks[0], LAST_LINE);
        assert!(self.station.outcome_after(marks[1]).is_success());
        assert!(self.hostapd.outcome_after(marks[0]).is_success());
    }
}

/// Stock hostapd and a printer of ours.
#[derive(Debug)]
pub struct HostapdWithPrinter {
    name: &'static str,
    printer: Process,
    hostapd: Hostapd,
    _cable: Topology,
}

impl HostapdWithPrinter {
    /// Starts both.
    pub fn start(name: &'static str) -> HostapdWithPrinter {
        let cable = Topology::pair();
        let hostapd = hostapd(&cable);
        HostapdWithPrinter { name, printer: printer(cable.station(0)), hostapd, _cable: cable }
    }
}

impl Pair for HostapdWithPrinter {
    fn name(&self) -> &str {
        self.name
    }

    fn processes(&self) -> [u32; 2] {
        [self.hostapd.process().id(), self.printer.id()]
    }

    fn prepare(&mut self) {
        forget_stations(&self.hostapd);
        self.hostapd.pin("any", PIN);
    }

    fn register(&mut self) {
        let mark = self.hostapd.process().mark();
        let printed = self.printer.mark();
        self.printer.say(PIN);
        self.printer.wait_for_after(printed, "registered");
        self.hostapd.process().wait_for_after(mark, LAST_LINE);
        assert!(self.hostapd.outcome_after(mark).is_success());
    }
}

/// `keyway router` and a printer of ours.
#[derive(Debug)]
pub struct RouterWithPrinter {
    name: &'static str,
    printer: Process,
    router: Keyway,
    _cable: Topology,
}

impl RouterWithPrinter {
    /// Starts both.
    pub fn start(name: &'static str) -> RouterWithPrinter {
        let cable = Topology::pair();
        // In words, not JSON: hostapd does not write every message down either.
        let config = RouterConfig { typed: true, json: false, once: false, ..RouterConfig::new(home()) };
        let router = Keyway::router(cable.router(), &config);
        RouterWithPrinter { name, printer: printer(cable.station(0)), router, _cable: cable }
    }
}

impl Pair for RouterWithPrinter {
    fn name(&self) -> &str {
        self.name
    }

    fn processes(&self) -> [u32; 2] {
        [self.router.process().id(), self.printer.id()]
    }

    fn prepare(&mut self) {
        let mark = self.router.process().mark();
        self.router.process().say(PIN);
        self.router.process().wait_for_after(mark, "PIN taken");
    }

    fn register(&mut self) {
        let mark = self.router.process().mark();
        let printed = self.printer.mark();
        self.printer.say(PIN);
        self.printer.wait_for_after(printed, "registered");
        self.router.process().wait_for_after(mark, "has the network's settings");
    }
}

const PIN: &str = "12345670";

/// The last that hostapd writes about a registration.
const LAST_LINE: &str = "Supplicant used different EAP type";

fn home() -> Network {
    Network::wpa2("HomeNet", "correct horse battery")
}

fn hostapd(cable: &Topology) -> Hostapd {
    Hostapd::start(cable.router(), &HostapdConfig { verbose: false, ..HostapdConfig::new(home()) })
}

/// hostapd would keep a station for five seconds after its registration and not hear it. That timer is not what
/// is measured.
fn forget_stations(hostapd: &Hostapd) {
    hostapd.control().expect("DEAUTHENTICATE ff:ff:ff:ff:ff:ff");
}

/// The program `long-lived-printer`, which is built beside the one that runs now.
fn printer(end: &End) -> Process {
    let own = std::env::current_exe().expect("this program has a path");
    let mut command = end.command(own.with_file_name("long-lived-printer"));
    command.arg(end.interface());
    let printer = Process::spawn_listening("long-lived-printer", command);
    printer.wait_for("ready");
    printer
}
