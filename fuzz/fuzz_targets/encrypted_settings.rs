//! Encrypted Settings: forged ones stay shut, sealed ones open.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| keyway_fuzz_targets::run("encrypted_settings", input));
