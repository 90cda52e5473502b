//! An enrollee whose registrar's messages are tampered with.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| keyway_fuzz_targets::run("enrollee", input));
