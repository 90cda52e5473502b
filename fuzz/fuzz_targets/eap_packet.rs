//! EAP packets: parse, encode, parse again.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| keyway_fuzz_targets::run("eap_packet", input));
