//! A station whose driver tells it anything: it joins nobody who does not have the key.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| keyway_fuzz_targets::run("stations", input));
