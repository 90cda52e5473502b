//! Lists of attributes: in order, without gaps.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| keyway_fuzz_targets::run("attributes", input));
