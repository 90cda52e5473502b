//! What stock programs make of a cable that loses, repeats or breaks. It shows that the cable does so, and what
//! Keyway is measured by.

use std::time::Instant;

use keyway_interop::cable::{Cable, Fate};
use keyway_interop::hostapd::{Hostapd, HostapdConfig};
use keyway_interop::network::Network;
use keyway_interop::supplicant::{Supplicant, SupplicantConfig, Task};
use keyway_interop::wps::Ending;

const PIN: &str = "12345670";

#[test]
fn a_lost_message_is_sent_again() {
    for lost in ["M1", "M4", "M7"] {
        let started = Instant::now();
        assert_eq!(enrol(&Cable::losing(lost)), [home()], "{lost}");
        // hostapd sends a WSC request again after five seconds.
        assert!(started.elapsed().as_secs() >= 5, "{lost} was not lost");
    }
}

#[test]
fn a_repeated_message_does_no_harm() {
    assert_eq!(enrol(&Cable::new(|_| Fate::Repeat)), [home()]);
}

#[test]
fn a_lost_done_leaves_the_router_in_the_dark() {
    let cable = Cable::losing("WSC_Done");
    let hostapd = Hostapd::start(cable.router(), &HostapdConfig::new(home()));
    hostapd.pin("any", PIN);
    let station = Supplicant::start(cable.station(), &SupplicantConfig::new(Task::enrol(PIN)));
    assert_eq!(station.outcome(), Ending::Success);
    assert_eq!(station.learnt(), [home()]);
    // wpa_supplicant does not answer M8 a second time; hostapd asks three times, then gives up without a word.
    hostapd.process().wait_for("AUTH_PAE entering state ABORTING");
    assert!(!hostapd.process().output().contains("WPS-SUCCESS"));
}

fn home() -> Network {
    Network::wpa2("HomeNet", "correct horse battery")
}

/// A registration that succeeds on both sides: what the station learnt.
fn enrol(cable: &Cable) -> Vec<Network> {
    let hostapd = Hostapd::start(cable.router(), &HostapdConfig::new(home()));
    hostapd.pin("any", PIN);
    let station = Supplicant::start(cable.station(), &SupplicantConfig::new(Task::enrol(PIN)));
    assert_eq!((station.outcome(), hostapd.outcome()), (Ending::Success, Ending::Success));
    station.learnt()
}
