//! Several stations, and stations that leave, come back, and die.

use std::collections::BTreeSet;

use keyway_interop::machine;
use keyway_interop::radio::Radios;
use keyway_interop::supplicant::Supplicant;

use crate::support::{PIN, Router, home};

/// A PIN for each.
const PINS: [&str; 3] = [PIN, "24681353", "97531241"];

#[test]
fn three_stations_join_at_once() {
    machine::scenario(|| {
        let radios = Radios::take(4);
        let router = Router::start(&radios, &["--keep-wps", "--pin-file", "-"]);
        let stations = [1, 2, 3].map(|radio| Supplicant::on_radio(radios.end(radio)));
        let addresses = [1, 2, 3].map(|radio| radios.end(radio).mac().to_string());
        for (number, pin) in PINS.iter().enumerate() {
            router.keyway.process().say(&format!("{pin} {}", radios.end(number + 1).mac()));
        }
        for (station, pin) in stations.iter().zip(PINS) {
            station.enrol(pin);
        }
        for (station, radio) in stations.iter().zip(1..) {
            station.wait_until_joined();
            assert_eq!(station.learnt(), [home()]);
            radios.assert_reach_at((0, "10.0.0.1"), (radio, &format!("10.0.0.{}", radio + 1)));
        }
        // The kernel passes on what one has for the other.
        radios.assert_reach(1, 3);
        let events = router.end();
        // One that the kernel gave up in between may have joined twice.
        let joined = events.iter().filter(|event| event["event"] == "device-joined");
        let joined: BTreeSet<&str> = joined.filter_map(|event| event["station"].as_str()).collect();
        assert_eq!(joined, addresses.each_ref().map(String::as_str).into());
    });
}

#[test]
fn a_station_leaves_and_comes_back_and_one_that_dies_too() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let router = Router::start(&radios, &["--pin-file", "-"]);
        let station = Supplicant::on_radio(radios.end(1));
        station.join(&home(), &[]);
        station.wait_until_joined();
        radios.assert_reach_at((0, "10.0.0.1"), (1, "10.0.0.2"));

        let (heard, said) = (router.keyway.process().mark(), station.process().mark());
        station.control().expect("DISCONNECT");
        router.keyway.wait_for_after(heard, "device-left");
        station.control().expect("RECONNECT");
        station.wait_until_joined_after(said);
        router.keyway.wait_for_after(heard, "device-joined");
        radios.assert_reach_at((0, "10.0.0.1"), (1, "10.0.0.2"));

        // Management frames are protected by default: it comes back before it is known to have gone.
        station.control().expect("SAVE_CONFIG");
        let heard = router.keyway.process().mark();
        let station = station.kill_and_restart(radios.end(1));
        station.wait_until_joined();
        router.keyway.wait_for_after(heard, "device-joined");
        radios.assert_reach_at((0, "10.0.0.1"), (1, "10.0.0.2"));
        router.end();
    });
}
