//! 802.11 frames: read, written, read again.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| keyway_fuzz_targets::run("frames", input));
