//! What a registration costs: processor time of both sides, and time on the clock, over a veth pair.
//!
//! `cargo build --release -p keyway -p keyway-benches && target/release/wired [REGISTRATIONS]`
//!
//! All pairs take turns within one run, so that they share whatever else the machine does. Both programs of a pair
//! live through all its registrations, as they do in a home.

use std::time::{Duration, Instant};

use keyway_benches::pairs::{HostapdWithPrinter, Pair, RouterWithPrinter, StockPair};
use keyway_interop::cpu::{processor_time, resident_kib, wait_until_asleep};

fn main() {
    let argument = std::env::args().nth(1);
    let registrations = argument.map_or(100, |text| text.parse().expect("a number of registrations"));
    let mut pairs: Vec<Box<dyn Pair>> = vec![
        // wpa_supplicant passes the credential on, as the printer here does; it derives no key from it.
        Box::new(StockPair::start("hostapd, wpa_supplicant", &["wps_cred_processing=1"])),
        Box::new(StockPair::start("hostapd, wpa_supplicant that joins", &["update_config=0"])),
        Box::new(HostapdWithPrinter::start("hostapd, Keyway")),
        Box::new(RouterWithPrinter::start("Keyway, Keyway")),
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

/// What one registration took.
struct Sample {
    registrar: Duration,
    enrollee: Duration,
    wall: Duration,
}

fn measure(pair: &mut dyn Pair) -> Sample {
    pair.prepare();
    let processes = pair.processes();
    let times = || {
        processes.map(|process| {
            wait_until_asleep(process);
            processor_time(process)
        })
    };
    let before = times();
    let start = Instant::now();
    pair.register();
    let wall = start.elapsed();
    let [registrar, enrollee] = times();
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
