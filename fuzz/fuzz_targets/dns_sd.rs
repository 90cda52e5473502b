//! DNS messages to one who announces and one who looks.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| keyway_fuzz_targets::run("dns_sd", input));
