//! `keyway router` registers stock wpa_supplicant.

use keyway_interop::capture::{Capture, Recording};
use keyway_interop::keyway::{Finish, Keyway, RouterConfig};
use keyway_interop::network::Network;
use keyway_interop::supplicant::{Supplicant, SupplicantConfig, Task};
use keyway_interop::topology::Topology;
use keyway_interop::tshark;
use keyway_interop::wps::{DEVICE_PASSWORD_WRONG, Ending};

const PIN: &str = "12345670";
const WHOLE: [&str; 9] = ["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "WSC_Done"];

fn home() -> Network {
    Network::wpa2("HomeNet", "correct horse battery")
}

/// What was seen of one registration.
struct Seen {
    router: Finish,
    station: Ending,
    learnt: Vec<Network>,
    recording: Recording,
}

/// One registration on a veth pair; tshark has nothing to complain about in what Keyway sent.
fn register(router: &RouterConfig, station: &SupplicantConfig) -> Seen {
    let cable = Topology::pair();
    let capture = Capture::start(cable.router());
    let mut router = Keyway::router(cable.router(), router);
    let station = Supplicant::start(cable.station(0), station);
    let ending = station.outcome();
    let finish = router.finish();
    let recording = capture.finish(1);
    tshark::assert_clean(&recording, cable.router().mac());
    let settings = station.decrypted_settings();
    assert_eq!(tshark::complaints_about_settings(&settings), []);
    Seen { router: finish, station: ending, learnt: station.learnt(), recording }
}

#[test]
fn every_kind_of_network_is_handed_over() {
    for (name, home) in Network::examples() {
        let seen = register(&RouterConfig::pin(home.clone(), PIN), &SupplicantConfig::new(Task::enrol(PIN)));
        seen.router.assert_success();
        assert_eq!((seen.station, seen.learnt), (Ending::Success, vec![home]), "{name}");
        assert_eq!(seen.recording.wsc(), WHOLE, "{name}");
    }
}

#[test]
fn a_pin_may_have_four_digits() {
    let seen = register(&RouterConfig::pin(home(), "1234"), &SupplicantConfig::new(Task::enrol("1234")));
    seen.router.assert_success();
    assert_eq!((seen.station, seen.learnt), (Ending::Success, vec![home()]));
}

#[test]
fn a_wrong_first_half_is_told_apart() {
    let seen = register(&RouterConfig::pin(home(), PIN), &SupplicantConfig::new(Task::enrol("00005678")));
    seen.router.assert_failure("wrong-pin-first-half");
    assert_eq!(seen.station, Ending::Failure { message: 8, configuration_error: DEVICE_PASSWORD_WRONG });
    assert_eq!(seen.learnt, []);
}

#[test]
fn a_wrong_second_half_is_told_apart() {
    let seen = register(&RouterConfig::pin(home(), PIN), &SupplicantConfig::new(Task::enrol("12340002")));
    seen.router.assert_failure("wrong-pin-second-half");
    assert_eq!(seen.station, Ending::Failure { message: 10, configuration_error: DEVICE_PASSWORD_WRONG });
    assert_eq!(seen.learnt, []);
}

#[test]
fn the_button_hands_the_network_over() {
    let router = RouterConfig { button: true, ..RouterConfig::new(home()) };
    let seen = register(&router, &SupplicantConfig::new(Task::EnrolButton));
    seen.router.assert_success();
    assert_eq!((seen.station, seen.learnt), (Ending::Success, vec![home()]));
}

#[test]
fn small_fragments_go_both_ways() {
    let router = RouterConfig { fragment_size: Some(60), ..RouterConfig::pin(home(), PIN) };
    let station = SupplicantConfig { fragment_size: Some(50), ..SupplicantConfig::new(Task::enrol(PIN)) };
    let seen = register(&router, &station);
    seen.router.assert_success();
    assert_eq!((seen.station, seen.learnt), (Ending::Success, vec![home()]));
    assert_eq!(seen.recording.wsc(), WHOLE);
}

#[test]
fn the_routers_pin_lets_its_settings_be_read() {
    let router = RouterConfig { router_pin: Some(PIN.into()), ..RouterConfig::new(home()) };
    let seen = register(&router, &SupplicantConfig::new(Task::Learn { pin: PIN.into() }));
    seen.router.assert_success();
    // wpa_supplicant has what it wants and ends with a NACK without an error; it calls that a failure.
    assert_eq!(seen.station, Ending::Failure { message: 11, configuration_error: 0 });
    assert_eq!(seen.learnt, [home()]);
}

#[test]
fn the_routers_pin_lets_its_settings_be_changed() {
    let new = Network::wpa2([0x00, 0xff, 0x22, 0x0a], "another passphrase");
    let router = RouterConfig { router_pin: Some(PIN.into()), ..RouterConfig::new(home()) };
    let task = Task::Configure { pin: PIN.into(), network: new.clone() };
    let seen = register(&router, &SupplicantConfig::new(task));
    seen.router.assert_success();
    assert_eq!((seen.station, seen.learnt), (Ending::Success, vec![new]));
}
