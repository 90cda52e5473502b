//! What a kernel says over netlink.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| keyway_fuzz_targets::run("kernel_messages", input));
