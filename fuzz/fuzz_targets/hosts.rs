//! The hosts of a network, and whatever frames come.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| keyway_fuzz_targets::run("hosts", input));
