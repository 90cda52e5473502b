//! The harness itself, proved on two stock programs that are known to work with each other: what is asked of
//! Keyway elsewhere in these tests is what they do here.

use keyway_interop::capture::Capture;
use keyway_interop::hostapd::{Hostapd, HostapdConfig};
use keyway_interop::network::Network;
use keyway_interop::supplicant::{Supplicant, SupplicantConfig, Task};
use keyway_interop::topology::Topology;
use keyway_interop::wps::{DEVICE_PASSWORD_WRONG, Ending};

const PIN: &str = "12345670";
/// Shares its first four digits with [`PIN`].
const WRONG_SECOND_HALF: &str = "12340002";
const WRONG_FIRST_HALF: &str = "00005678";

fn home() -> Network {
    Network::wpa2("HomeNet", "correct horse battery")
}

/// The enrollee has `pin`, the registrar [`PIN`]: how it ends for both, and what the messages are.
fn enrol(pin: &str) -> (Ending, Ending, Vec<Network>, Vec<&'static str>) {
    let cable = Topology::pair();
    let hostapd = Hostapd::start(cable.router(), &HostapdConfig::new(home()));
    let capture = Capture::start(cable.router());
    hostapd.pin("any", PIN);
    let station = Supplicant::start(cable.station(0), &SupplicantConfig::new(Task::enrol(pin)));
    let endings = (station.outcome(), hostapd.outcome());
    let recording = capture.finish(1);
    (endings.0, endings.1, station.learnt(), recording.wsc())
}

#[test]
fn the_right_pin_hands_the_network_over() {
    let (station, router, learnt, messages) = enrol(PIN);
    assert_eq!((station, router), (Ending::Success, Ending::Success));
    assert_eq!(learnt, [home()]);
    assert_eq!(messages, ["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "WSC_Done"]);
}

#[test]
fn a_wrong_first_half_ends_at_m4() {
    let (station, router, learnt, messages) = enrol(WRONG_FIRST_HALF);
    // Each side names the message it was at: the enrollee refuses M4 (8).
    assert_eq!(station, Ending::Failure { message: 8, configuration_error: DEVICE_PASSWORD_WRONG });
    assert_eq!(router, Ending::Failure { message: 8, configuration_error: DEVICE_PASSWORD_WRONG });
    assert_eq!(learnt, []);
    assert_eq!(messages, ["M1", "M2", "M3", "M4", "WSC_NACK"]);
}

#[test]
fn a_wrong_second_half_ends_at_m6() {
    let (station, router, learnt, messages) = enrol(WRONG_SECOND_HALF);
    assert_eq!(station, Ending::Failure { message: 10, configuration_error: DEVICE_PASSWORD_WRONG });
    assert_eq!(router, Ending::Failure { message: 10, configuration_error: DEVICE_PASSWORD_WRONG });
    assert_eq!(learnt, []);
    assert_eq!(messages, ["M1", "M2", "M3", "M4", "M5", "M6", "WSC_NACK"]);
}

#[test]
fn the_button_hands_the_network_over() {
    let cable = Topology::pair();
    let hostapd = Hostapd::start(cable.router(), &HostapdConfig::new(home()));
    hostapd.push_button();
    let station = Supplicant::start(cable.station(0), &SupplicantConfig::new(Task::EnrolButton));
    assert_eq!(station.outcome(), Ending::Success);
    assert_eq!(station.learnt(), [home()]);
}

#[test]
fn a_registrar_learns_an_access_points_settings() {
    let cable = Topology::pair();
    let config = HostapdConfig { ap_pin: Some(PIN.into()), ..HostapdConfig::new(home()) };
    let _hostapd = Hostapd::start(cable.router(), &config);
    let capture = Capture::start(cable.router());
    let task = Task::Learn { pin: PIN.into() };
    let station = Supplicant::start(cable.station(0), &SupplicantConfig::new(task));
    // It has what it wants in M7 and ends there; stock programs call that a failure without an error.
    assert_eq!(station.outcome(), Ending::Failure { message: 11, configuration_error: 0 });
    assert_eq!(station.learnt(), [home()]);
    let messages = capture.finish(1).wsc();
    assert_eq!(messages, ["M1", "M2", "M3", "M4", "M5", "M6", "M7", "WSC_NACK"]);
}

#[test]
fn a_registrar_configures_an_access_point() {
    let cable = Topology::pair();
    let config = HostapdConfig { ap_pin: Some(PIN.into()), ..HostapdConfig::new(home()) };
    let hostapd = Hostapd::start(cable.router(), &config);
    let new = Network::wpa2([0x00, 0xff, 0x22, 0x0a], "another passphrase");
    let task = Task::Configure { pin: PIN.into(), network: new.clone() };
    let station = Supplicant::start(cable.station(0), &SupplicantConfig::new(task));
    assert_eq!(station.outcome(), Ending::Success);
    assert_eq!(hostapd.outcome(), Ending::Success);
    assert_eq!(hostapd.new_settings(), new);
}

#[test]
fn small_fragments_go_both_ways() {
    let cable = Topology::pair();
    let config = HostapdConfig { fragment_size: Some(60), ..HostapdConfig::new(home()) };
    let hostapd = Hostapd::start(cable.router(), &config);
    let capture = Capture::start(cable.router());
    hostapd.pin("any", PIN);
    let config = SupplicantConfig { fragment_size: Some(50), ..SupplicantConfig::new(Task::enrol(PIN)) };
    let station = Supplicant::start(cable.station(0), &config);
    assert_eq!(station.outcome(), Ending::Success);
    assert_eq!(station.learnt(), [home()]);
    let recording = capture.finish(1);
    let messages = ["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "WSC_Done"];
    assert_eq!(recording.wsc(), messages);
    let fragments = |name: &str| {
        let mut found = recording.messages().into_iter().filter(|message| message.name == name);
        found.next().expect("it was recorded").fragments
    };
    assert!(fragments("M1") > 5 && fragments("M2") > 5, "{}", recording.summary());
    // 12 bytes of EAP header come on top of what stock programs count.
    assert!(recording.longest_body(cable.router().mac()) <= 60 + 12);
    assert!(recording.longest_body(cable.station(0).mac()) <= 50 + 12);
}

#[test]
fn two_stations_share_a_switch() {
    let star = Topology::star(2);
    let config = HostapdConfig { group_address: false, ..HostapdConfig::new(home()) };
    let hostapd = Hostapd::start(star.router(), &config);
    let uuid = |index: usize| format!("00000000-0000-1000-8000-00000000000{index}");
    let pins = ["12345670", "87654325"];
    let start = |index: usize| {
        let config =
            SupplicantConfig { uuid: Some(uuid(index)), ..SupplicantConfig::new(Task::enrol(pins[index])) };
        Supplicant::start(star.station(index), &config)
    };
    for (index, pin) in pins.iter().enumerate() {
        hostapd.pin(&uuid(index), pin);
    }
    let stations = [start(0), start(1)];
    for station in &stations {
        assert_eq!(station.outcome(), Ending::Success);
        assert_eq!(station.learnt(), [home()]);
    }
}
