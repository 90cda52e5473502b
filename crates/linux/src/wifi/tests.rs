//! Radios on a kernel that refuses.

use super::script::{self, OWN, Script};
use super::socket::Socket;
use super::{KernelStation, RadioNews, WifiError};
use keyway_eap::Timestamp;
use keyway_nl80211::number::command;
use keyway_wifi::Channel;
use keyway_wifi::driver::{ScanRequest, StationCommand, StationEvent, StationRadio};
use keyway_wifi::element::Elements;
use std::time::Duration;

const NOW: Timestamp = Timestamp::from_secs(1000);

fn station() -> (KernelStation, Script) {
    let script = Script::default();
    let station = KernelStation::on(script::card(), Socket::scripted(script.clone())).unwrap();
    script.commands();
    (station, script)
}

fn look(station: &mut KernelStation, now: Timestamp) {
    let channels = [1, 6, 11].map(|number| Channel::new(number).unwrap()).to_vec();
    let dwell = Duration::from_millis(60);
    let request = ScanRequest { channels, dwell, ssid: None, elements: Elements::new() };
    station.handle_command(StationCommand::Scan(Box::new(request)), now);
}

/// What became of a search.
fn searched(station: &mut KernelStation) -> Option<bool> {
    let events: Vec<_> = std::iter::from_fn(|| station.poll_event()).collect();
    match events[..] {
        [] => None,
        [StationEvent::ScanDone(complete)] => Some(complete),
        _ => panic!("{events:?}"),
    }
}

#[test]
fn a_search_that_the_kernel_refuses_is_told_once_for_each_reason() {
    let (mut station, script) = station();
    for (code, times) in [(libc::EOPNOTSUPP, 3), (libc::EINVAL, 1)] {
        script.refuse(command::TRIGGER_SCAN, code);
        for _ in 0..times {
            look(&mut station, NOW);
            assert_eq!(searched(&mut station), Some(false));
        }
        let news: Vec<_> = std::iter::from_fn(|| station.poll_news()).collect();
        let [RadioNews::Trouble(error @ WifiError::Refused { .. })] = &news[..] else { panic!("{news:?}") };
        assert_eq!(error.code(), Some(code));
    }
    script.refuse(command::TRIGGER_SCAN, 0);
    look(&mut station, NOW);
    assert_eq!(searched(&mut station), None);
    script.tell(command::NEW_SCAN_RESULTS, &[]);
    station.receive(NOW);
    assert_eq!(searched(&mut station), Some(true));
    assert!(matches!(station.poll_news(), Some(RadioNews::Recovered)));
    assert!(station.poll_news().is_none() && station.take_failure().is_none());
    assert_eq!(station.card().address(), OWN);
}

#[test]
fn an_interface_that_is_off_is_switched_on_or_that_is_told() {
    let (mut station, script) = station();
    script.refuse(command::TRIGGER_SCAN, libc::ENETDOWN);
    look(&mut station, NOW);
    assert_eq!(searched(&mut station), Some(false));
    // There is no such interface.
    let news = station.poll_news();
    assert!(matches!(news, Some(RadioNews::Trouble(WifiError::Link(_)))), "{news:?}");
    assert!(station.take_failure().is_none());
}

#[test]
fn a_search_that_is_broken_off_or_never_ends() {
    let (mut station, script) = station();
    look(&mut station, NOW);
    script.tell(command::SCAN_ABORTED, &[]);
    station.receive(NOW);
    assert_eq!(searched(&mut station), Some(false));
    assert!(matches!(station.poll_news(), Some(RadioNews::Trouble(WifiError::System { .. }))));
    // The end of one that was given up says nothing of the next.
    look(&mut station, NOW);
    station.handle_command(StationCommand::StopScan, NOW);
    assert_eq!(searched(&mut station), Some(true));
    look(&mut station, NOW);
    script.tell(command::SCAN_ABORTED, &[]);
    station.receive(NOW);
    assert_eq!(searched(&mut station), None);
    script.tell(command::NEW_SCAN_RESULTS, &[]);
    station.receive(NOW);
    assert_eq!(searched(&mut station), Some(true));
    assert!(matches!(station.poll_news(), Some(RadioNews::Recovered)));

    look(&mut station, NOW);
    let end = station.poll_timeout().unwrap();
    station.handle_timeout(end);
    assert_eq!(searched(&mut station), Some(false));
    assert!(matches!(station.poll_news(), Some(RadioNews::Trouble(WifiError::System { .. }))));
}
