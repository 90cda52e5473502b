//! The rules about PINs, seen from outside: one attempt each, one station's PIN is not another's, and
//! the router's own PIN locks after too many guesses.

use keyway_interop::capture::Capture;
use keyway_interop::keyway::{Keyway, RouterConfig};
use keyway_interop::network::Network;
use keyway_interop::supplicant::{Supplicant, SupplicantConfig, Task};
use keyway_interop::topology::Topology;
use keyway_interop::tshark;
use keyway_interop::wps::Ending;

const PIN: &str = "12345670";

fn home() -> Network {
    Network::wpa2("HomeNet", "correct horse battery")
}

fn enrol(pin: &str) -> SupplicantConfig {
    SupplicantConfig::new(Task::enrol(pin))
}

#[test]
fn two_stations_are_served_at_once() {
    let star = Topology::star(2);
    let pins = [PIN, "87654325"];
    let config =
        RouterConfig { pins: pins.map(str::to_owned).to_vec(), once: false, ..RouterConfig::new(home()) };
    let mut router = Keyway::router(star.router(), &config);
    let stations = [0, 1].map(|index| Supplicant::start(star.station(index), &enrol(pins[index])));
    for station in &stations {
        assert_eq!((station.outcome(), station.learnt()), (Ending::Success, vec![home()]));
    }
    router.interrupt();
}

/// What keeps a router open when its other PINs are used up: a PIN for a device that is not there.
const SOMEBODY_ELSES: &str = "87654325 02:00:00:00:00:99";

#[test]
fn a_used_pin_is_refused() {
    // The first station registers with its PIN, or fails with the second half of another one.
    for used_by in [PIN, "12340002"] {
        let star = Topology::star(2);
        let config = RouterConfig {
            pins: vec![PIN.to_owned(), SOMEBODY_ELSES.to_owned()],
            once: false,
            ..RouterConfig::new(home())
        };
        let capture = Capture::start(star.router());
        let mut router = Keyway::router(star.router(), &config);
        let first = Supplicant::start(star.station(0), &enrol(used_by));
        assert_eq!(first.outcome().is_success(), used_by == PIN);
        first.wait_until_over();
        let second = Supplicant::start(star.station(1), &enrol(PIN));
        second.process().wait_for("WPS-M2D");
        second.wait_until_over();
        assert_eq!(second.learnt(), []);
        assert_eq!(router.wait_for("device-waiting")["station"], star.station(1).mac().to_string());
        router.interrupt();
        tshark::assert_clean(&capture.finish(2), star.router().mac());
    }
}

#[test]
fn guessing_the_routers_pin_locks_it() {
    let star = Topology::star(4);
    let config = RouterConfig { router_pin: Some(PIN.into()), once: false, ..RouterConfig::new(home()) };
    let capture = Capture::start(star.router());
    let mut router = Keyway::router(star.router(), &config);
    let learn = |index: usize, pin: &str| {
        let task = Task::Learn { pin: pin.to_owned() };
        Supplicant::start(star.station(index), &SupplicantConfig::new(task))
    };
    for index in 0..3 {
        let guess = learn(index, "00005678");
        assert!(matches!(guess.outcome(), Ending::Failure { configuration_error: 18, .. }));
        guess.wait_until_over();
    }
    let right = learn(3, PIN);
    assert!(matches!(right.outcome(), Ending::Failure { configuration_error: 15, .. }));
    right.wait_until_over();
    assert_eq!(right.learnt(), []);
    router.wait_for("locked");
    router.interrupt();
    tshark::assert_clean(&capture.finish(4), star.router().mac());
}
