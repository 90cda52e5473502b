//! The bodies of the fuzz targets.
//!
//! A target is a function that takes any octets and panics when something is wrong. Two programs feed it:
//! libFuzzer, through the few lines in `fuzz/fuzz_targets`, wherever a nightly compiler is; and the tests of
//! this crate, with a fixed budget of inputs made by [`mutate`] from [`Target::seeds`], on every machine.
#![forbid(unsafe_code)]

mod capture;
mod cell;
mod drivers;
mod entropy;
mod frames;
mod handshake;
mod insider;
mod kernel;
mod lan;
mod link;
mod messages;
pub mod mutate;
mod radio;
mod requests;
mod scenario;
mod script;
mod vectors;
mod wire;

/// One fuzz target.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name, which is also that of its file in `fuzz/fuzz_targets`.
    pub name: &'static str,
    /// Takes any octets; panics when the code under test broke a promise.
    pub body: fn(&[u8]),
    /// Inputs worth starting from: the well-formed ones.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// How many inputs an ordinary test tries.
    pub budget: u32,
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target { name: "eapol", body: wire::eapol, seeds: wire::eapol_seeds, budget: 50_000 },
    Target { name: "eap_packet", body: wire::eap_packet, seeds: wire::eap_packet_seeds, budget: 50_000 },
    Target { name: "attributes", body: messages::attributes, seeds: vectors::values, budget: 50_000 },
    Target { name: "messages", body: messages::messages, seeds: handshake::transcripts, budget: 10_000 },
    Target {
        name: "encrypted_settings",
        body: messages::encrypted_settings,
        seeds: handshake::settings,
        budget: 10_000,
    },
    Target { name: "enrollee", body: handshake::enrollee, seeds: handshake::seeds, budget: 2_000 },
    Target { name: "registrar", body: handshake::registrar, seeds: handshake::seeds, budget: 2_000 },
    Target { name: "fragments", body: link::fragments, seeds: link::fragment_seeds, budget: 20_000 },
    Target { name: "supplicant", body: link::supplicant, seeds: link::seeds, budget: 1_000 },
    Target { name: "port", body: link::port, seeds: link::seeds, budget: 1_000 },
    Target { name: "frames", body: frames::frames, seeds: frames::frame_seeds, budget: 50_000 },
    Target { name: "elements", body: frames::elements, seeds: frames::element_seeds, budget: 20_000 },
    Target { name: "key_frames", body: frames::key_frames, seeds: frames::key_frame_seeds, budget: 50_000 },
    Target { name: "stations", body: drivers::stations, seeds: drivers::station_seeds, budget: 1_000 },
    Target {
        name: "access_points",
        body: drivers::access_points,
        seeds: drivers::access_point_seeds,
        budget: 1_000,
    },
    Target { name: "radio", body: radio::radio, seeds: radio::seeds, budget: 200 },
    Target { name: "hosts", body: lan::hosts, seeds: lan::host_seeds, budget: 300 },
    Target { name: "dns_sd", body: lan::dns_sd, seeds: lan::dns_sd_seeds, budget: 5_000 },
    Target { name: "ipp", body: lan::ipp, seeds: lan::ipp_seeds, budget: 2_000 },
    Target { name: "http", body: lan::http, seeds: lan::http_seeds, budget: 20_000 },
    Target {
        name: "kernel_messages",
        body: kernel::kernel_messages,
        seeds: kernel::message_seeds,
        budget: 20_000,
    },
    Target {
        name: "kernel_requests",
        body: requests::kernel_requests,
        seeds: requests::request_seeds,
        budget: 20_000,
    },
    Target { name: "captures", body: capture::captures, seeds: capture::seeds, budget: 5_000 },
];

impl Target {
    /// The target of that name.
    pub fn named(name: &str) -> Option<&'static Target> {
        TARGETS.iter().find(|target| target.name == name)
    }
}

/// Runs the target of that name; what the wrappers in `fuzz/fuzz_targets` call.
///
/// # Panics
///
/// When there is no such target, and when the code under test broke a promise.
pub fn run(name: &str, input: &[u8]) {
    let target = Target::named(name).unwrap_or_else(|| panic!("no fuzz target is called {name}"));
    (target.body)(input);
}
