//! The elements of management frames: read, written, read again.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| keyway_fuzz_targets::run("elements", input));
