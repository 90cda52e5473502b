//! Fragments of messages: any sequence of them, and a round trip.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| keyway_fuzz_targets::run("fragments", input));
