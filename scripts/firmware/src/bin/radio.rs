//! The same station on a radio that carries frames and nothing else: authentication, encryption and all in software.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;

use keyway_firmware::{Air, network, now};

keyway_firmware::program!(join);

fn join() {
    let mut air = Air::new();
    let Some((ssid, key)) = network() else { return };
    air.station.join(ssid, &key, now());
    while black_box(true) {
        air.go_on();
        while let Some(event) = air.station.poll_event() {
            black_box(event);
        }
    }
}
