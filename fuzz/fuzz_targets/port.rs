//! A port whose frames are tampered with.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| keyway_fuzz_targets::run("port", input));
