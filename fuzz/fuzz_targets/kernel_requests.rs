//! Requests to a kernel, built from any content and read back.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| keyway_fuzz_targets::run("kernel_requests", input));
