//! Every fuzz target, with a fixed budget of inputs, on every machine.
//!
//! `KEYWAY_FUZZ=20 cargo test --release -p keyway-fuzz-targets` multiplies the budget by 20.

use std::panic::{AssertUnwindSafe, catch_unwind};

use keyway_fuzz_targets::mutate::{Numbers, mutate};
use keyway_fuzz_targets::{TARGETS, Target};

/// How far an input may wander from a seed: after so many changes in a row it starts anew.
const WALK: u32 = 8;

macro_rules! targets {
    ($($name:ident)*) => {
        const HERE: &[&str] = &[$(stringify!($name)),*];
        $(
            #[test]
            fn $name() {
                check(Target::named(stringify!($name)).expect("a target of that name"));
            }
        )*
    };
}

targets! {
    eapol
    eap_packet
    attributes
    messages
    encrypted_settings
    enrollee
    registrar
    fragments
    supplicant
    port
    frames
    elements
    key_frames
    stations
    access_points
    radio
    hosts
    dns_sd
    ipp
    http
    kernel_messages
    kernel_requests
    captures
}

#[test]
fn no_target_is_left_out() {
    let all: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(all, HERE);
}

fn check(target: &Target) {
    let seeds = (target.seeds)();
    assert!(!seeds.is_empty(), "{} has no seed", target.name);
    for seed in &seeds {
        run(target, seed);
    }
    run(target, &[]);

    let mut numbers = Numbers::of(target.name);
    let mut input = Vec::new();
    for round in 0..target.budget.saturating_mul(factor()) {
        if round % WALK == 0 {
            input.clone_from(numbers.pick(&seeds).expect("there is a seed"));
        }
        mutate(&mut numbers, &mut input, &seeds);
        run(target, &input);
    }
}

/// Runs the target and names the input when it fails.
fn run(target: &Target, input: &[u8]) {
    if let Err(failure) = catch_unwind(AssertUnwindSafe(|| (target.body)(input))) {
        let hex: String = input.iter().map(|octet| format!("{octet:02x}")).collect();
        eprintln!("fuzz target {} failed on {} octets: {hex}", target.name, input.len());
        std::panic::resume_unwind(failure);
    }
}

fn factor() -> u32 {
    match std::env::var("KEYWAY_FUZZ") {
        Ok(text) => text.parse().expect("KEYWAY_FUZZ is a number"),
        Err(_) => 1,
    }
}
