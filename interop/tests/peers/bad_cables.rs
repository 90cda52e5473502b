//! Keyway and stock programs on a cable that loses, repeats or breaks: every registration succeeds or ends with a
//! cause, and none hangs.

use std::thread;

use keyway_interop::cable::{Cable, Fate};
use keyway_interop::hostapd::{Hostapd, HostapdConfig};
use keyway_interop::keyway::{Finish, Keyway, PrinterConfig, RouterConfig};
use keyway_interop::network::Network;
use keyway_interop::supplicant::{Supplicant, SupplicantConfig, Task};
use keyway_interop::tshark;
use keyway_interop::wps::Ending;

const PIN: &str = "12345670";
/// All messages of a registration but the last two, which are special.
const MESSAGES: [&str; 12] = [
    "EAPOL-Start",
    "Request/Identity",
    "Response/Identity",
    "WSC_Start",
    "M1",
    "M2",
    "M3",
    "M4",
    "M5",
    "M6",
    "M7",
    "M8",
];

fn home() -> Network {
    Network::wpa2("HomeNet", "correct horse battery")
}

/// One registration; tshark has nothing to complain about in what Keyway sent.
fn router_with_wpa_supplicant(cable: &Cable) -> (Finish, Ending, Vec<Network>) {
    let mut router = Keyway::router(cable.router(), &RouterConfig::pin(home(), PIN));
    let station = Supplicant::start(cable.station(), &SupplicantConfig::new(Task::enrol(PIN)));
    let seen = (router.finish(), station.outcome(), station.learnt());
    tshark::assert_clean(&cable.recording(), cable.router().mac());
    seen
}

fn printer_with_hostapd(cable: &Cable) -> (Finish, Ending, Vec<Network>) {
    let hostapd = Hostapd::start(cable.router(), &HostapdConfig::new(home()));
    hostapd.pin("any", PIN);
    let mut printer = Keyway::printer(cable.station(), &PrinterConfig::pin(PIN));
    let seen = (printer.finish(), hostapd.outcome(), printer.credentials());
    tshark::assert_clean(&cable.recording(), cable.station().mac());
    seen
}

fn printer_with_router(cable: &Cable) -> (Finish, Finish, Vec<Network>) {
    let mut router = Keyway::router(cable.router(), &RouterConfig::pin(home(), PIN));
    let mut printer = Keyway::printer(cable.station(), &PrinterConfig::pin(PIN));
    (router.finish(), printer.finish(), printer.credentials())
}

/// Runs one scenario for each message at the same time: they mostly wait.
fn for_each(messages: &[&'static str], scenario: impl Fn(&'static str) + Sync) {
    thread::scope(|scope| {
        for message in messages {
            scope.spawn(|| scenario(message));
        }
    });
}

#[test]
fn the_router_sends_again_what_was_lost() {
    // wpa_supplicant waits 30 s before it sends a second EAPOL-Start; that is its own affair.
    for_each(&MESSAGES[1..], |lost| {
        let (router, station, learnt) = router_with_wpa_supplicant(&Cable::losing(lost));
        router.assert_success();
        assert_eq!((station, learnt), (Ending::Success, vec![home()]), "{lost}");
    });
}

#[test]
fn the_printer_answers_again_what_was_lost() {
    for_each(&MESSAGES, |lost| {
        let (printer, router, credentials) = printer_with_hostapd(&Cable::losing(lost));
        printer.assert_success();
        assert_eq!((router, credentials), (Ending::Success, vec![home()]), "{lost}");
    });
}

#[test]
fn router_and_printer_make_up_for_each_others_losses() {
    for_each(&MESSAGES, |lost| {
        let (router, printer, credentials) = printer_with_router(&Cable::losing(lost));
        router.assert_success();
        printer.assert_success();
        assert_eq!(credentials, [home()], "{lost}");
    });
}

#[test]
fn a_lost_done_does_not_cost_the_network() {
    // hostapd repeats M8 after 5 s; the printer is still there and says it again.
    let (printer, router, credentials) = printer_with_hostapd(&Cable::losing("WSC_Done"));
    printer.assert_success();
    assert_eq!((router, credentials), (Ending::Success, vec![home()]));

    // wpa_supplicant is gone by then, so the router cannot know, and says so.
    let cable = Cable::losing("WSC_Done");
    let mut router = Keyway::router(cable.router(), &RouterConfig::pin(home(), PIN));
    let station = Supplicant::start(cable.station(), &SupplicantConfig::new(Task::enrol(PIN)));
    assert_eq!((station.outcome(), station.learnt()), (Ending::Success, vec![home()]));
    router.finish().assert_failure("unconfirmed");
}

#[test]
fn the_printer_does_not_need_the_last_frame() {
    let (printer, router, credentials) = printer_with_hostapd(&Cable::losing("EAP-Failure"));
    printer.assert_success();
    assert_eq!((router, credentials), (Ending::Success, vec![home()]));
}

#[test]
fn repeated_frames_do_no_harm() {
    let (router, station, learnt) = router_with_wpa_supplicant(&Cable::new(|_| Fate::Repeat));
    router.assert_success();
    assert_eq!((station, learnt), (Ending::Success, vec![home()]));
    let (printer, router, credentials) = printer_with_hostapd(&Cable::new(|_| Fate::Repeat));
    printer.assert_success();
    assert_eq!((router, credentials), (Ending::Success, vec![home()]));
    let (router, printer, credentials) = printer_with_router(&Cable::new(|_| Fate::Repeat));
    router.assert_success();
    printer.assert_success();
    assert_eq!(credentials, [home()]);
}

#[test]
fn a_station_that_falls_silent_is_given_up() {
    for_each(&["M3", "M5", "M7"], |last| {
        let cable = Cable::breaking_at(last);
        let mut router = Keyway::router(cable.router(), &RouterConfig::pin(home(), PIN));
        let station = Supplicant::start(cable.station(), &SupplicantConfig::new(Task::enrol(PIN)));
        station.process().wait_for(&format!("Building Message {last}"));
        drop(station);
        if last == "M3" {
            // Nothing was proved yet with the PIN: it stays good.
            assert_eq!(router.wait_for("failed")["cause"], "timed-out");
            router.interrupt();
        } else {
            router.finish().assert_failure("timed-out");
        }
    });
}

#[test]
fn a_router_that_falls_silent_is_given_up() {
    for_each(&["M4", "M6", "M8"], |last| {
        let cable = Cable::breaking_at(last);
        let hostapd = Hostapd::start(cable.router(), &HostapdConfig::new(home()));
        hostapd.pin("any", PIN);
        let mut printer = Keyway::printer(cable.station(), &PrinterConfig::pin(PIN));
        hostapd.process().wait_for(&format!("Building Message {last}"));
        drop(hostapd);
        printer.finish().assert_failure("timed-out");
        assert_eq!(printer.credentials(), []);
    });
}
