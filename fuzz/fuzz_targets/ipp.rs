//! IPP requests: answered, whatever they are.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| keyway_fuzz_targets::run("ipp", input));
