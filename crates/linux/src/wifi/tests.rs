//! Radios on a kernel that refuses.

use super::script::{self, OWN, Script};
use super::socket::Socket;
use super::{KernelAccessPoint, KernelStation, RadioNews, WifiError};
use keyway_eap::Timestamp;
use keyway_nl80211::number::{attribute, command};
use keyway_wifi::Channel;
use keyway_wifi::driver::{
    AccessPointCommand, AccessPointEvent, AccessPointRadio, ConnectRequest, ScanRequest, StationCommand,
    StationEvent, StationRadio,
};
use keyway_wifi::element::{AkmSuite, Elements, Rsn, RsnCapabilities};
use keyway_wifi::frame::{Beacon, Capabilities, Management, ManagementBody, ReasonCode};
use keyway_wifi::rsn::{GroupKey, TemporalKey};
use keyway_wsc::{MacAddr, SecretBytes, Ssid};
use std::time::Duration;

const NOW: Timestamp = Timestamp::from_secs(1000);

fn station() -> (KernelStation, Script) {
    let script = Script::default();
    let station = KernelStation::on(script::card(), Socket::scripted(script.clone())).unwrap();
    script.commands();
    (station, script)
}

/// The other side.
const OTHER: MacAddr = MacAddr([2, 0, 0, 0, 0, 2]);

fn channel() -> Channel {
    Channel::new(6).unwrap()
}

fn ssid() -> Ssid {
    Ssid::new(b"Home").unwrap()
}

fn pairwise() -> TemporalKey {
    TemporalKey::new([7; 16])
}

fn group(id: u8) -> GroupKey {
    GroupKey { id, key: SecretBytes::new(vec![8; 16]), packet_number: 0 }
}

/// A station that is associated with an access point that encrypts.
fn associated() -> (KernelStation, Script) {
    let (mut station, script) = station();
    let mut elements = Elements::new();
    elements.push(&Rsn::ccmp(&[AkmSuite::PSK], RsnCapabilities::MFP_CAPABLE));
    let request = ConnectRequest {
        bssid: OTHER,
        channel: channel(),
        ssid: ssid(),
        privacy: true,
        protects_management: true,
        elements,
    };
    station.handle_command(StationCommand::Connect(Box::new(request)), NOW);
    script.tell(command::CONNECT, &[(attribute::MAC, &OTHER.0), (attribute::STATUS_CODE, &[0, 0])]);
    station.receive(NOW);
    assert!(matches!(station.poll_event(), Some(StationEvent::Connected(_))));
    script.commands();
    (station, script)
}

/// What a station does at the end of a 4-way handshake.
fn end_handshake(station: &mut KernelStation) {
    station.handle_command(StationCommand::InstallPairwise(pairwise()), NOW);
    station.handle_command(StationCommand::InstallGroup(group(1)), NOW);
    station.handle_command(StationCommand::InstallManagementGroup(group(4)), NOW);
    station.handle_command(StationCommand::OpenPort, NOW);
}

/// An access point that begins a network.
fn started(elements: &Elements) -> (KernelAccessPoint, Script) {
    let script = Script::default();
    let radio = KernelAccessPoint::on(script::card(), Socket::scripted(script.clone())).unwrap();
    let mut started = (radio, script);
    start(&mut started.0, elements);
    started.1.commands();
    started
}

fn start(radio: &mut KernelAccessPoint, elements: &Elements) {
    let mut all = Elements::new();
    all.push(&ssid()).append(elements);
    let beacon =
        Box::new(Beacon { timestamp: 0, interval: 100, capabilities: Capabilities::ESS, elements: all });
    let start = AccessPointCommand::Start { bssid: OWN, channel: channel(), ssid: ssid(), beacon };
    radio.handle_command(start, NOW);
}

fn encrypts() -> Elements {
    let mut elements = Elements::new();
    elements.push(&Rsn::ccmp(&[AkmSuite::PSK], RsnCapabilities::default()));
    elements
}

/// A station comes, and gets this far in its handshake.
fn let_in(radio: &mut KernelAccessPoint, with_key: bool) {
    let (station, rates) = (OTHER, vec![2, 4, 11, 22]);
    let add = AccessPointCommand::AddStation {
        station,
        association_id: 1,
        rates,
        listen_interval: 1,
        protects_management: false,
    };
    radio.handle_command(add, NOW);
    if with_key {
        radio.handle_command(AccessPointCommand::InstallPairwise(OTHER, pairwise()), NOW);
    }
    radio.handle_command(AccessPointCommand::OpenPort(OTHER), NOW);
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

#[test]
fn a_stations_port_stays_closed_when_the_kernel_refuses_a_key() {
    let (mut station, script) = associated();
    end_handshake(&mut station);
    let done = [command::NEW_KEY, command::NEW_KEY, command::NEW_KEY, command::SET_STATION];
    assert_eq!(script.commands(), done);
    assert!(station.poll_event().is_none() && station.poll_news().is_none());

    for (refused, left) in [(command::NEW_KEY, 1), (command::SET_STATION, 4)] {
        let (mut station, script) = associated();
        script.refuse(refused, libc::EINVAL);
        end_handshake(&mut station);
        assert_eq!(script.commands(), done[..left], "{refused}");
        assert_eq!(station.poll_event(), Some(StationEvent::KeyRefused), "{refused}");
        assert_eq!(station.poll_event(), None, "it is told once");
        assert!(matches!(station.poll_news(), Some(RadioNews::Trouble(WifiError::Refused { .. }))));
        assert!(station.poll_news().is_none() && station.take_failure().is_none());
    }

    // A group's new key, later.
    let (mut station, script) = associated();
    end_handshake(&mut station);
    script.refuse(command::NEW_KEY, libc::EINVAL);
    station.handle_command(StationCommand::InstallGroup(group(2)), NOW);
    assert_eq!(station.poll_event(), Some(StationEvent::KeyRefused));
}

#[test]
fn a_key_for_an_association_that_is_over_is_no_refusal() {
    let (mut station, script) = associated();
    script.tell(command::DISCONNECT, &[(attribute::REASON_CODE, &3u16.to_ne_bytes())]);
    script.refuse(command::NEW_KEY, libc::ENOLINK);
    end_handshake(&mut station);
    assert_eq!(script.commands(), [command::NEW_KEY]);
    assert_eq!(station.poll_event(), Some(StationEvent::Disconnected(ReasonCode::LEAVING)));
    assert!(station.poll_event().is_none() && station.poll_news().is_none());
}

#[test]
fn the_port_of_a_station_stays_closed_when_the_kernel_refuses_its_key() {
    let (mut radio, script) = started(&encrypts());
    let_in(&mut radio, true);
    assert_eq!(script.commands(), [command::NEW_STATION, command::NEW_KEY, command::SET_STATION]);
    assert!(radio.poll_event().is_none() && radio.poll_news().is_none());
    // Anew, and without a key.
    let_in(&mut radio, false);
    assert_eq!(script.commands(), [command::NEW_STATION]);

    script.refuse(command::NEW_KEY, libc::EINVAL);
    for _ in 0..2 {
        let_in(&mut radio, true);
        assert_eq!(script.commands(), [command::NEW_STATION, command::NEW_KEY]);
        assert_eq!(radio.poll_event(), Some(AccessPointEvent::KeyRefused(OTHER)));
    }
    assert!(matches!(radio.poll_news(), Some(RadioNews::Trouble(WifiError::Refused { .. }))));
    assert!(radio.poll_news().is_none(), "it is told once");
    script.refuse(command::NEW_KEY, 0);
    script.refuse(command::SET_STATION, libc::EINVAL);
    let_in(&mut radio, true);
    assert_eq!(radio.poll_event(), Some(AccessPointEvent::KeyRefused(OTHER)));
    script.refuse(command::SET_STATION, 0);
    let_in(&mut radio, true);
    assert!(radio.poll_event().is_none() && radio.take_failure().is_none());

    // Where nothing is encrypted there is no key.
    let (mut radio, script) = started(&Elements::new());
    let_in(&mut radio, false);
    assert_eq!(script.commands(), [command::NEW_STATION, command::SET_STATION]);
}

#[test]
fn without_the_groups_key_there_is_no_network() {
    for refused in [command::NEW_KEY, command::SET_KEY] {
        for install in [AccessPointCommand::InstallGroup, AccessPointCommand::InstallManagementGroup] {
            let (mut radio, script) = started(&encrypts());
            script.refuse(refused, libc::EINVAL);
            radio.handle_command(install(group(1)), NOW);
            assert_eq!(script.commands().last(), Some(&command::STOP_AP));
            assert!(matches!(radio.take_failure(), Some(WifiError::Refused { .. })));
        }
    }
}

#[test]
fn a_network_that_is_taken_off_the_air_is_begun_again() {
    let (mut radio, script) = started(&encrypts());
    radio.handle_command(AccessPointCommand::InstallGroup(group(1)), NOW);
    script.tell(command::STOP_AP, &[]);
    script.tell(command::STOP_AP, &[]);
    radio.receive();
    assert_eq!(radio.poll_event(), Some(AccessPointEvent::Stopped));
    assert!(matches!(radio.poll_news(), Some(RadioNews::Trouble(WifiError::OffAir { .. }))));
    assert!(radio.poll_event().is_none() && radio.poll_news().is_none(), "it is told once");
    let_in(&mut radio, true);
    script.commands();

    // The interface stays off: there is none that could be switched on.
    script.refuse(command::START_AP, libc::ENETDOWN);
    for told in [true, false] {
        start(&mut radio, &encrypts());
        assert_eq!(script.commands(), [command::START_AP]);
        assert_eq!(radio.poll_event(), Some(AccessPointEvent::Stopped));
        assert_eq!(matches!(radio.poll_news(), Some(RadioNews::Trouble(WifiError::Link(_)))), told);
    }
    script.refuse(command::START_AP, 0);
    script.refuse(command::NEW_KEY, libc::EINVAL);
    start(&mut radio, &encrypts());
    radio.handle_command(AccessPointCommand::InstallGroup(group(1)), NOW);
    assert_eq!(script.commands(), [command::START_AP, command::NEW_KEY, command::STOP_AP]);
    assert_eq!(radio.poll_event(), Some(AccessPointEvent::Stopped));
    assert!(matches!(radio.poll_news(), Some(RadioNews::Trouble(WifiError::Refused { .. }))));

    script.refuse(command::NEW_KEY, 0);
    start(&mut radio, &encrypts());
    assert_eq!(radio.poll_event(), None, "without its keys it is not there yet");
    radio.handle_command(AccessPointCommand::InstallGroup(group(1)), NOW);
    assert_eq!(radio.poll_event(), Some(AccessPointEvent::Resumed));
    assert!(matches!(radio.poll_news(), Some(RadioNews::Recovered)));
    let_in(&mut radio, true);
    assert!(radio.poll_event().is_none() && radio.take_failure().is_none());

    // What is ordered while it is off, too.
    script.refuse(command::FRAME, libc::ENETDOWN);
    let body = ManagementBody::Deauthentication(ReasonCode::LEAVING.into());
    let farewell = Box::new(Management::new(OTHER, OWN, OWN, body));
    radio.handle_command(AccessPointCommand::Send(farewell), NOW);
    assert_eq!(radio.poll_event(), Some(AccessPointEvent::Stopped));
}

#[test]
fn a_network_that_never_was_is_not_tried_again() {
    for elements in [Elements::new(), encrypts()] {
        let script = Script::default();
        let mut radio = KernelAccessPoint::on(script::card(), Socket::scripted(script.clone())).unwrap();
        script.refuse(command::START_AP, libc::EINVAL);
        start(&mut radio, &elements);
        assert!(matches!(radio.take_failure(), Some(WifiError::Refused { .. })));
        assert!(radio.poll_event().is_none() && radio.poll_news().is_none());
    }
    // Without encryption there is no key to wait for.
    let (mut radio, script) = started(&Elements::new());
    script.tell(command::STOP_AP, &[]);
    radio.receive();
    assert_eq!(radio.poll_event(), Some(AccessPointEvent::Stopped));
    start(&mut radio, &Elements::new());
    assert_eq!(radio.poll_event(), Some(AccessPointEvent::Resumed));
    radio.handle_command(AccessPointCommand::Stop, NOW);
    script.tell(command::STOP_AP, &[]);
    radio.receive();
    assert_eq!(radio.poll_event(), None, "it was stopped by a command");
}

#[test]
fn an_association_whose_end_was_lost_is_over() {
    let (mut station, script) = associated();
    let found = [(attribute::MAC, &OTHER.0[..]), (attribute::STA_INFO, &[])];
    script.answer(command::GET_STATION, command::NEW_STATION, &found);
    script.lose();
    station.receive(NOW);
    assert_eq!(script.commands(), [command::GET_STATION]);
    assert_eq!(station.poll_event(), None, "it holds");
    station.receive(NOW);
    assert!(script.commands().is_empty(), "nothing was lost");

    script.answer(command::GET_STATION, command::NEW_STATION, &[(attribute::MAC, &OWN.0[..])]);
    script.lose();
    station.receive(NOW);
    assert_eq!(station.poll_event(), Some(StationEvent::Disconnected(ReasonCode::UNSPECIFIED)));
    script.lose();
    station.receive(NOW);
    assert!(station.poll_event().is_none() && station.take_failure().is_none());
}
