//! The judges judged: they pass what is known to be good, and they do object to what is bad.

use keyway_interop::capture::Capture;
use keyway_interop::hostapd::{Hostapd, HostapdConfig};
use keyway_interop::network::{Network, to_hex};
use keyway_interop::pixiewps::{self, Transcript};
use keyway_interop::supplicant::{Supplicant, SupplicantConfig, Task};
use keyway_interop::topology::Topology;
use keyway_interop::tshark;

#[test]
fn stock_programs_pass_both_judges() {
    let cable = Topology::pair();
    let home = Network::wpa2("HomeNet", "correct horse battery");
    let config = HostapdConfig { fragment_size: Some(100), ..HostapdConfig::new(home) };
    let hostapd = Hostapd::start(cable.router(), &config);
    let capture = Capture::start(cable.router());
    hostapd.pin("any", "12345670");
    let station = Supplicant::start(cable.station(0), &SupplicantConfig::new(Task::enrol("12345670")));
    assert!(station.outcome().is_success());
    let recording = capture.finish(1);

    tshark::assert_clean(&recording, cable.router().mac());
    tshark::assert_clean(&recording, cable.station(0).mac());
    tshark::assert_settings_clean(&station.decrypted_settings());
    tshark::assert_settings_clean(&hostapd.decrypted_settings());
    assert_eq!(hostapd.auth_keys(), station.auth_keys());
    pixiewps::assert_safe(&recording, &hostapd.auth_keys());
}

#[test]
fn tshark_objects_to_what_it_does_not_know() {
    let cases: [(&str, &[u8]); 4] = [
        ("an attribute without a meaning", &[0x7f, 0x01, 0, 1, 0]),
        ("an attribute longer than the message", &[0x10, 0x1e, 0, 9, 0, 0, 0, 0]),
        ("a number longer than its attribute allows", &[0x10, 0x03, 0, 3, 0, 0, 0x20]),
        ("a subelement without a meaning", &[0x10, 0x49, 0, 6, 0x00, 0x37, 0x2a, 0x77, 1, 0]),
    ];
    for (name, bad) in cases {
        assert_ne!(tshark::complaints_about_settings(&[bad.to_vec()]), [], "{name}");
    }
}

#[test]
fn pixiewps_finds_the_pin_behind_bad_random_numbers() {
    // An enrollee whose secret nonces are zero, as some access points' were. The hashes are
    // HMAC(AuthKey, 16 zero bytes || PSK1 or PSK2 || PKE || PKR) for the PIN 12345670, computed apart.
    let transcript = Transcript {
        enrollee: "02:00:00:00:0a:01".into(),
        enrollee_nonce: to_hex(&[0xc3; 16]),
        enrollee_key: to_hex(&[0xe1; 192]),
        registrar_nonce: to_hex(&[0xb4; 16]),
        registrar_key: to_hex(&[0xd2; 192]),
        hash1: "769a1c2235c491bc3952262bd7d3c7ec88fb04bcaea03ae27ac1965eeb790830".into(),
        hash2: "7f84b82fe9750757c73ea4d311a10b70bc0257edf7c576934cae95b6a13d3b46".into(),
        auth_key: to_hex(&[0xa5; 32]),
    };
    assert_eq!(pixiewps::attack(&transcript), Some("12345670".to_owned()));
}
