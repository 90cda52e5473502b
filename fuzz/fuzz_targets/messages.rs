//! Messages: parse, encode or sign, parse again.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| keyway_fuzz_targets::run("messages", input));
