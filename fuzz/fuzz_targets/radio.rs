//! A station and an access point, and somebody between them.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| keyway_fuzz_targets::run("radio", input));
