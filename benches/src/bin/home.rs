//! What the simulated home costs: homes a second, registrations a second of one router with more and more printers
//! asking, memory for a printer that waits, and how soon a page begins to come while 200 others follow the home.
//!
//! `cargo build --release -p keyway-benches && target/release/home`

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use keyway_devices::Random;
use keyway_devices::durable::Saved;
use keyway_devices::home::{Home, HomeConfig, PrinterPlace};
use keyway_devices::play::{Nobody, Part, Person};
use keyway_devices::view::Model;
use keyway_eap::{Config, Timestamp};
use keyway_home::{PinLifetime, Printer, PrinterOutcome, Router, RouterConfig, Task, Whose};
use keyway_web::live::{Forgetful, LiveHome};
use keyway_wsc::session::Device;
use keyway_wsc::{ConfigMethods, Credential, DeviceDescription, DeviceType, MacAddr, NetworkKey, Pin, Ssid};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // First, while nothing that was given back is there to be used again.
    memory()?;
    homes();
    crowds()?;
    pages()
}

/// Whole homes, from nothing to a printer that is online and found, one after the other.
fn homes() {
    let started = Instant::now();
    let mut count = 0;
    let mut simulated = 0.0;
    while started.elapsed() < Duration::from_secs(5) {
        let random = Random::seeded(count);
        let home = Home::new(HomeConfig::demo(count, 0), Saved::default(), random, Timestamp::ZERO);
        let mut nobody = Nobody;
        let mut person = Person::new(home, &mut nobody);
        match Part::Pin.play(&mut person) {
            Ok(_) => simulated += person.passed() as f64 / 1000.0,
            Err(stuck) => println!("home {count}: {stuck:?}"),
        }
        count += 1;
    }
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "homes: {:.1} a second, each from switching on to a printer found; {:.0} times as fast as real time",
        count as f64 / seconds,
        simulated / seconds
    );
}

/// Crowds of each size in turn, several times over, so that whatever else the machine does falls on all of them.
fn crowds() -> Result<(), Box<dyn std::error::Error>> {
    const SIZES: [u32; 4] = [1, 10, 100, 1000];
    let mut costs = SIZES.map(|_| Vec::new());
    for _ in 0..5 {
        for (printers, costs) in SIZES.into_iter().zip(&mut costs) {
            costs.push(crowd(printers)?);
        }
    }
    for (printers, mut costs) in SIZES.into_iter().zip(costs) {
        costs.sort_by(f64::total_cmp);
        let each = costs[costs.len() / 2];
        println!(
            "router with {printers:4} printers asking at once: {:.0} registrations a second, {:.0} \u{b5}s each",
            1.0 / each,
            each * 1e6
        );
    }
    Ok(())
}

/// Some printers at one router at once: the processor time that each registration costs the router, in seconds.
fn crowd(printers: u32) -> Result<f64, Box<dyn std::error::Error>> {
    let mut random = Random::seeded(1);
    let now = Timestamp::ZERO;
    let (mut spent, mut registrations) = (0.0, 0);
    while registrations < 1000 {
        let mut router = router()?;
        let mut all: Vec<(MacAddr, Printer)> = Vec::new();
        for number in 0..printers {
            let [a, b, c, d] = number.to_be_bytes();
            let mac = MacAddr([2, 1, a, b, c, d]);
            let pin = Pin::generate(&mut random)?;
            router.add_pin(pin.clone(), Whose::Mac(mac), now, PinLifetime::default());
            let device = device(mac, DeviceType::PRINTER);
            let mut printer =
                Printer::new(device, Task::Pin(pin), Config::default(), now, Timestamp::from_secs(300));
            printer.handle_timeout(now, &mut random);
            printer.handle_timeout(now, &mut random);
            all.push((mac, printer));
        }
        let mut to_router: VecDeque<(MacAddr, Vec<u8>)> = VecDeque::new();
        loop {
            for (mac, printer) in &mut all {
                while let Some(transmit) = printer.poll_transmit() {
                    to_router.push_back((*mac, transmit.frame));
                }
            }
            if to_router.is_empty() {
                break;
            }
            let mut to_printers = Vec::new();
            let begun = processor_seconds();
            for (mac, frame) in to_router.drain(..) {
                router.handle_frame(mac, &frame, now, &mut random);
                while let Some(transmit) = router.poll_transmit() {
                    to_printers.push((mac, transmit.frame));
                }
                while router.poll_event().is_some() {}
                // A program asks after each frame when it is to wake up.
                std::hint::black_box(router.poll_timeout());
            }
            spent += processor_seconds() - begun;
            for (mac, frame) in to_printers {
                if let Ok(at) = all.binary_search_by_key(&mac, |(mac, _)| *mac) {
                    all[at].1.handle_frame(MacAddr([2, 0, 0, 0, 0, 1]), &frame, now, &mut random);
                }
            }
        }
        let done =
            all.iter().filter(|(_, printer)| matches!(printer.outcome(), Some(PrinterOutcome::Success(_))));
        assert_eq!(done.count(), all.len(), "every printer registers");
        registrations += printers;
    }
    Ok(spent / f64::from(registrations))
}

/// The processor time of this thread.
fn processor_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// Memory for each printer that waits: at the router's registrar, and as a whole printer in a home.
fn memory() -> Result<(), Box<dyn std::error::Error>> {
    const WAITING: u32 = 2000;
    let mut random = Random::seeded(1);
    let before = resident()?;
    let mut router = router()?;
    for number in 0..WAITING {
        let [a, b, c, d] = number.to_be_bytes();
        // EAPOL-Start: the router asks who it is, and waits.
        router.handle_frame(MacAddr([2, 1, a, b, c, d]), &[1, 1, 0, 0], Timestamp::ZERO, &mut random);
        while router.poll_transmit().is_some() {}
    }
    let at_router = (resident()? - before) / f64::from(WAITING);
    println!("memory: {at_router:.1} KiB at the router for each printer that waits");
    drop(router);

    let before = resident()?;
    let count = 200;
    let mut config = HomeConfig::demo(1, 0);
    config.printers = (0..count)
        .map(|number| PrinterPlace {
            id: format!("p{number}"),
            name: format!("Printer {number}"),
            model: Model::Touch,
            metres: 5,
        })
        .collect();
    let home = Home::new(config, Saved::default(), random, Timestamp::ZERO);
    let each = (resident()? - before) / f64::from(count);
    println!("memory: {each:.1} KiB for each whole printer in a home (panel, station, TCP/IP, IPP)");
    drop(home);
    Ok(())
}

/// Resident memory in KiB.
fn resident() -> Result<f64, Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}

/// How soon the first octet of a page comes while 200 streams of events are open and the home runs.
fn pages() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let random = Random::seeded(1);
    let live = LiveHome::start(HomeConfig::demo(1, 0), Saved::default(), random, Box::new(Forgetful), None)?;
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?;
    runtime.spawn(keyway_web::serve(listener, live, keyway_web::Options::default(), std::future::pending()));
    let ask = |path: &str| -> std::io::Result<TcpStream> {
        let mut stream = TcpStream::connect(address)?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
        Ok(stream)
    };
    for streams in [0, 200] {
        let mut open = Vec::new();
        for _ in 0..streams {
            let mut stream = ask("/events")?;
            let mut first = [0; 1];
            stream.read_exact(&mut first)?;
            open.push(stream);
        }
        let mut times = Vec::new();
        for _ in 0..200 {
            let begun = Instant::now();
            let mut stream = ask("/printer/study")?;
            let mut first = [0; 1];
            stream.read_exact(&mut first)?;
            times.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        println!(
            "page with {streams} streams of events open: first octet after {:.2} ms (median), {:.2} ms (95 of 100)",
            times[times.len() / 2],
            times[times.len() * 95 / 100]
        );
    }
    runtime.shutdown_background();
    Ok(())
}

fn router() -> Result<Router, Box<dyn std::error::Error>> {
    let key = NetworkKey::new(b"correct horse battery staple").map_err(|error| error.to_string())?;
    let ssid = Ssid::new(b"Home").map_err(|error| error.to_string())?;
    Ok(Router::new(RouterConfig {
        device: device(MacAddr([2, 0, 0, 0, 0, 1]), DeviceType::ROUTER),
        network: Credential::wpa2(ssid, key),
        eap: Config::default(),
        max_stations: 10_000,
    }))
}

fn device(mac: MacAddr, device_type: DeviceType) -> Device {
    let description = DeviceDescription {
        manufacturer: "Keyway".into(),
        model_name: "Benchmark".into(),
        model_number: "1".into(),
        serial_number: "1".into(),
        device_type,
        device_name: "Benchmark".into(),
    };
    Device::new(mac, description, ConfigMethods::PhysicalDisplay)
}
