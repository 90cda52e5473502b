//! An access point whose driver tells it anything: it lets nobody in who does not have the key.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| keyway_fuzz_targets::run("access_points", input));
