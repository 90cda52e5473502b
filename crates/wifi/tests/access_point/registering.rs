//! Stations that come to register: their EAPOL frames belong to the owner.

use crate::cell::*;
use keyway_wifi::access_point::{Event, WpsConfig};
use keyway_wifi::driver::{AccessPointCommand, AccessPointEvent};
use keyway_wifi::element::{AkmSuite, Elements, RsnCapabilities};
use keyway_wifi::frame::{Farewell, Management, ManagementBody, ReasonCode};
use keyway_wsc::message::VendorExtensions;
use keyway_wsc::message::elements::ProbeRequestElement;
use keyway_wsc::{
    AssociationState, ConfigError, ConfigMethods, DevicePasswordId, DeviceType, MacAddr, RequestType,
    RfBands, Uuid, Version,
};
use std::time::Duration;

fn registering() -> Cell {
    let mut cell = Cell::with_wps(config(wpa2(Mfp::Optional)), wps());
    cell.associate(mac(1), &to_register());
    cell
}

fn deauthentications(cell: &Cell) -> Vec<(MacAddr, ReasonCode)> {
    let reason = |frame: &&Management| match &frame.body {
        ManagementBody::Deauthentication(farewell) => Some((frame.destination, farewell.reason)),
        _ => None,
    };
    cell.sent().iter().filter_map(reason).collect()
}

#[test]
fn the_association_response_says_that_registration_may_begin() {
    let cell = registering();
    let expected = [
        &[0x10, 0x4a, 0, 1, 0x10][..],
        &[0x10, 0x3b, 0, 1, 3],
        &[0x10, 0x49, 0, 6, 0, 0x37, 0x2a, 0, 1, 0x20],
    ];
    let attributes = cell.association().elements.wps_attributes().unwrap().into_owned();
    assert_eq!(attributes, expected.concat());
    assert_eq!(cell.events, [Event::Associated { station: mac(1), for_wps: true }]);
    let opened = |command: &AccessPointCommand| matches!(command, AccessPointCommand::OpenPort(_));
    assert!(!cell.commands.iter().any(opened), "no data pass");
    assert_eq!(cell.access_point.joined().count(), 0);
}

#[test]
fn those_who_join_get_no_wps_in_the_response() {
    let mut cell = Cell::with_wps(config(wpa2(Mfp::No)), wps());
    cell.associate(mac(1), &to_join());
    assert!(!cell.association().elements.has_wps());
}

#[test]
fn eapol_passes_both_ways_and_not_for_others() {
    let mut cell = registering();
    cell.associate(mac(2), &to_join());
    cell.authenticate(mac(3));
    cell.clear();
    let frame = vec![1, 1, 0, 0];
    for station in [mac(1), mac(2), mac(3), mac(4)] {
        cell.eapol(station, &frame);
        cell.access_point.send_eapol(station, frame.clone());
    }
    cell.settle();
    assert_eq!(cell.events, [Event::Eapol { station: mac(1), frame: frame.clone() }]);
    assert_eq!(
        cell.commands,
        [AccessPointCommand::SendEapol { station: mac(1), frame, protected: false }],
        "the frames of a handshake are no business of the owner"
    );
}

#[test]
fn the_end_comes_ten_milliseconds_after_the_conversation() {
    let mut cell = registering();
    cell.access_point.registration_over(mac(1), cell.now);
    cell.pass(Duration::from_millis(9));
    assert!(deauthentications(&cell).is_empty());
    cell.pass(Duration::from_millis(1));
    assert_eq!(deauthentications(&cell), [(mac(1), ReasonCode::IEEE_8021X_FAILED)]);
    assert!(cell.was_removed(mac(1)));
    assert_eq!(cell.events.last(), Some(&Event::Left(mac(1))));
}

#[test]
fn a_registration_that_does_not_end_is_ended() {
    let mut cell = registering();
    cell.pass(SECOND * 119);
    assert!(deauthentications(&cell).is_empty());
    cell.pass(SECOND);
    assert_eq!(deauthentications(&cell), [(mac(1), ReasonCode::IEEE_8021X_FAILED)]);
    assert_eq!(cell.access_point.poll_timeout(), None);
}

#[test]
fn one_that_joins_in_time_is_not_sent_away_by_the_end_of_its_registration() {
    let mut cell = registering();
    cell.access_point.registration_over(mac(1), cell.now);
    cell.clear();
    cell.hear(mac(1), ManagementBody::Deauthentication(ReasonCode::LEAVING.into()));
    cell.associate(mac(1), &to_join());
    cell.pass(Duration::from_millis(20));
    assert!(deauthentications(&cell).is_empty());
    assert_eq!(cell.events, [Event::Left(mac(1)), Event::Associated { station: mac(1), for_wps: false }]);
}

#[test]
fn the_end_of_a_registration_is_nothing_to_others() {
    let mut cell = registering();
    cell.associate(mac(2), &to_join());
    cell.clear();
    for station in [mac(2), mac(3)] {
        cell.access_point.registration_over(station, cell.now);
    }
    cell.pass(Duration::from_millis(50));
    assert!(deauthentications(&cell).is_empty());
}

#[test]
fn switching_wps_off_lets_those_who_register_finish() {
    let mut cell = registering();
    cell.access_point.set_wps(WpsConfig::default());
    cell.eapol(mac(1), &[1, 1, 0, 0]);
    assert_eq!(cell.events.last(), Some(&Event::Eapol { station: mac(1), frame: vec![1, 1, 0, 0] }));
}

#[test]
fn the_owner_hears_who_looks_for_what() {
    let request = ProbeRequestElement {
        version: Version::V1_0.into(),
        request_type: RequestType::Enrollee.into(),
        config_methods: ConfigMethods::PhysicalPushButton.into(),
        uuid_e: Uuid([4; 16]).into(),
        device_type: DeviceType { category: 3, oui: [0x00, 0x50, 0xf2, 0x04], subcategory: 1 }.into(),
        rf_bands: RfBands::Band24GHz.into(),
        association_state: AssociationState::NotAssociated.into(),
        config_error: ConfigError::NoError.into(),
        password_id: DevicePasswordId::PushButton.into(),
        manufacturer: None,
        model_name: None,
        model_number: None,
        device_name: None,
        extensions: VendorExtensions::version2(),
        requested_device_types: vec![],
        secondary_device_types: None,
    };
    let mut with = Elements::new();
    with.push(&ssid("")).push_wps(&request);
    let mut unreadable = Elements::new();
    unreadable.push_vendor(keyway_wifi::element::VendorType::WPS, &[1, 2, 3]);
    for (elements, expected) in [(with, Some(request)), (unreadable, None), (Elements::new(), None)] {
        let mut cell = Cell::new(config(wpa2(Mfp::No)));
        // To all: the destination and the network are the broadcast address.
        let all = MacAddr::BROADCAST;
        let frame = Box::new(Management::new(all, mac(1), all, ManagementBody::ProbeRequest(elements)));
        cell.tell(AccessPointEvent::Management { frame, signal: -61 });
        let request = expected.map(Box::new);
        assert_eq!(cell.events, [Event::ProbeHeard { station: mac(1), signal: -61, request }]);
    }
}

#[test]
fn a_station_that_goes_is_forgotten() {
    let leaving = || Farewell::from(ReasonCode::LEAVING);
    let ways = [ManagementBody::Deauthentication(leaving()), ManagementBody::Disassociation(leaving())];
    for body in ways {
        let mut cell = registering();
        cell.clear();
        cell.hear(mac(1), body);
        assert_eq!(cell.commands, [AccessPointCommand::RemoveStation(mac(1))]);
        assert_eq!(cell.events, [Event::Left(mac(1))]);
    }
    let mut cell = registering();
    cell.clear();
    cell.tell(AccessPointEvent::StationLost(mac(1)));
    assert_eq!(cell.events, [Event::Left(mac(1))]);
    cell.tell(AccessPointEvent::StationLost(mac(1)));
    assert_eq!(cell.events.len(), 1);
}

#[test]
fn frames_to_another_network_are_not_ours() {
    let other = MacAddr([2, 0, 0, 0, 1, 1]);
    let mut cell = registering();
    cell.clear();
    let bodies = [
        ManagementBody::Deauthentication(ReasonCode::LEAVING.into()),
        ManagementBody::AssociationRequest(request(
            "Home",
            &with_rsn(&rsn(AkmSuite::PSK, RsnCapabilities(0))),
        )),
    ];
    for body in bodies {
        let frame = Box::new(Management::new(other, mac(1), other, body));
        cell.tell(AccessPointEvent::Management { frame, signal: -50 });
    }
    assert!(cell.commands.is_empty() && cell.events.is_empty());
}
