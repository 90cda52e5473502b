//! What a registration costs: processor time of both sides, and time on the clock, over a veth pair.
//!
//! `cargo run --release -p keyway-interop --bin bench-wired [REGISTRATIONS]`
//!
//! All pairs take turns within one run, so that they share whatever else the machine does. Both programs of a pair
//! live through all its registrations, as they do in a home.

use std::time::{Duration, Instant};

use keyway_interop::cpu::{processor_time, resident_kib};
use keyway_interop::hostapd::{Hostapd, HostapdConfig};
use keyway_interop::network::Network;
use keyway_interop::supplicant::{Supplicant, SupplicantConfig, Task};
use keyway_interop::topology::Topology;

fn main() {
    let argument = std::env::args().nth(1);
    let registrations = argument.map_or(100, |text| text.parse().expect("a number of registrations"));
    let mut pairs: Vec<Box<dyn Pair>> = vec![
        Box::new(Stock::start("hostapd, wpa_supplicant", &["wps_cred_processing=1", "update_config=0"])),
        Box::new(Stock::start("hostapd, wpa_supplicant storing", &["update_config=0"])),
    ];
    let mut samples: Vec<Vec<Sample>> = pairs.iter().map(|_| Vec::new()).collect();
    for pair in &mut pairs {
        // The first one pays for what is loaded or computed once.
        measure(pair.as_mut());
    }
    for _ in 0..registrations {
        for (pair, samples) in pairs.iter_mut().zip(&mut samples) {
            samples.push(measure(pair.as_mut()));
        }
    }
    println!("{registrations} registrations of each pair; medians, in brackets means\n");
    println!(
        "| registrar, enrollee | registrar CPU, ms | enrollee CPU, ms | wall, ms | registrar RSS, KiB | enrollee RSS, KiB |"
    );
    println!("|---|---|---|---|---|---|");
    for (pair, samples) in pairs.iter().zip(&samples) {
        let [registrar, enrollee] = pair.processes().map(resident_kib);
        let column = |value: fn(&Sample) -> Duration| summary(samples.iter().map(value).collect());
        println!(
            "| {} | {} | {} | {} | {registrar} | {enrollee} |",
            pair.name(),
            column(|sample| sample.registrar),
            column(|sample| sample.enrollee),
            column(|sample| sample.wall)
        );
    }
}

/// A registrar and an enrollee that can register again and again.
trait Pair {
    /// What the table calls it.
    fn name(&self) -> &str;

    /// The process ids of the registrar and of the enrollee.
    fn processes(&self) -> [u32; 2];

    /// Brings both sides to where only one event is missing.
    fn prepare(&mut self);

    /// One registration, from that event until both sides have reported success and wait again.
    fn register(&mut self);
}

/// What one registration took.
struct Sample {
    registrar: Duration,
    enrollee: Duration,
    wall: Duration,
}

fn measure(pair: &mut dyn Pair) -> Sample {
    pair.prepare();
    let processes = pair.processes();
    let before = processes.map(processor_time);
    let start = Instant::now();
    pair.register();
    let wall = start.elapsed();
    let [registrar, enrollee] = processes.map(processor_time);
    Sample { registrar: registrar - before[0], enrollee: enrollee - before[1], wall }
}

/// The median, and the mean in brackets, in milliseconds.
fn summary(mut durations: Vec<Duration>) -> String {
    durations.sort_unstable();
    let median = durations[durations.len() / 2];
    let mean = durations.iter().sum::<Duration>() / u32::try_from(durations.len()).expect("not that many");
    let milliseconds = |duration: Duration| duration.as_secs_f64() * 1000.0;
    format!("{:.3} ({:.3})", milliseconds(median), milliseconds(mean))
}

/// Stock hostapd and wpa_supplicant.
struct Stock {
    name: &'static str,
    station: Supplicant,
    hostapd: Hostapd,
    cable: Topology,
}

impl Stock {
    fn start(name: &'static str, supplicant: &[&str]) -> Stock {
        let cable = Topology::pair();
        let home = Network::wpa2("HomeNet", "correct horse battery");
        let config = HostapdConfig { verbose: false, ..HostapdConfig::new(home) };
        let hostapd = Hostapd::start(cable.router(), &config);
        let config = SupplicantConfig {
            verbose: false,
            extra: supplicant.iter().map(|&line| line.to_owned()).collect(),
            ..SupplicantConfig::new(Task::enrol("12345670"))
        };
        let station = Supplicant::start(cable.station(0), &config);
        Stock { name, station, hostapd, cable }
    }
}

impl Pair for Stock {
    fn name(&self) -> &str {
        self.name
    }

    fn processes(&self) -> [u32; 2] {
        [self.hostapd.process().id(), self.station.process().id()]
    }

    fn prepare(&mut self) {
        // hostapd would keep the station for five seconds and not hear it; wpa_supplicant would not try this
        // network again for ten. Their timers are not what is measured.
        self.hostapd.control().expect("DEAUTHENTICATE ff:ff:ff:ff:ff:ff");
        self.station.control().expect("DISCONNECT");
        let mark = self.station.process().mark();
        self.station.control().expect("SELECT_NETWORK 0");
        self.station.process().wait_for_after(mark, "Associated with");
        self.hostapd.pin("any", "12345670");
        self.settle();
    }

    fn register(&mut self) {
        let marks = [self.hostapd.process().mark(), self.station.process().mark()];
        // hostapd asks for the identity of a new station; no need to wait two seconds for EAPOL-Start.
        self.hostapd.control().expect(&format!("NEW_STA {}", self.cable.station(0).mac()));
        self.station.process().wait_for_after(marks[1], "CTRL-EVENT-EAP-FAILURE");
        self.hostapd.process().wait_for_after(marks[0], "Supplicant used different EAP type");
        self.settle();
        assert!(self.station.outcome_after(marks[1]).is_success());
        assert!(self.hostapd.outcome_after(marks[0]).is_success());
    }
}

impl Stock {
    /// Once they answer, they have dealt with all that came before.
    fn settle(&self) {
        self.hostapd.control().expect("PING");
        self.station.control().expect("PING");
    }
}
