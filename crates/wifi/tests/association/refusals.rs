//! Who is not let in, and what that means to a station.

use crate::world::*;
use core::time::Duration;
use keyway_wifi::access_point::{BssConfig, Event as Told};
use keyway_wifi::element::{
    AkmSuite, CipherSuite, ElementId, Elements, ExtendedRates, Rates, Rsn, RsnCapabilities,
};
use keyway_wifi::frame::{
    AssociationRequest, AuthAlgorithm, Authentication, Capabilities, Data, Management, ManagementBody,
    ReasonCode, Snap, StatusCode,
};
use keyway_wifi::network::Wanted;
use keyway_wifi::station::{Event, JoinFailure};
use keyway_wsc::MacAddr;

/// The station that speaks to the access point in these tests, frame by frame.
const STRANGER: MacAddr = MacAddr([2, 0, 0, 0, 0, 0x66]);

fn say(world: &mut World, body: ManagementBody) {
    world.forge_management(&Management::new(bssid(0), STRANGER, bssid(0), body));
    world.run(SECOND / 100);
}

fn authenticate(world: &mut World) {
    say(world, ManagementBody::Authentication(Authentication::open_request()));
}

fn ask(world: &mut World, elements: Elements) {
    let capabilities = Capabilities::ESS.with(Capabilities::PRIVACY);
    let request = AssociationRequest { capabilities, listen_interval: 5, current: None, elements };
    say(world, ManagementBody::AssociationRequest(request));
}

/// What was said to the stranger last.
fn answer(world: &World) -> ManagementBody {
    let read = |frame: &[u8]| match keyway_wifi::frame::Frame::parse(frame) {
        Ok(keyway_wifi::frame::Frame::Management(frame)) if frame.destination == STRANGER => Some(frame.body),
        _ => None,
    };
    world.air.iter().rev().find_map(|(.., frame)| read(frame)).expect("an answer")
}

fn status(world: &World) -> StatusCode {
    match answer(world) {
        ManagementBody::AssociationResponse(answer) => answer.status,
        ManagementBody::Authentication(answer) => answer.status,
        other => panic!("{other:?}"),
    }
}

/// Name, rates and RSN, with a change to the last.
fn request(change: impl FnOnce(&mut Rsn)) -> Elements {
    let mut rsn = Rsn::ccmp(&[AkmSuite::PSK], RsnCapabilities::default());
    change(&mut rsn);
    let (rates, more) = Rates::for_2_4_ghz();
    with_rates(&rates.0, &more.0, &rsn)
}

fn with_rates(rates: &[u8], more: &[u8], rsn: &Rsn) -> Elements {
    let mut elements = Elements::new();
    elements.push(&ssid("Home")).push(&Rates(rates.to_vec()));
    if !more.is_empty() {
        elements.push(&ExtendedRates(more.to_vec()));
    }
    elements.push(rsn);
    elements
}

#[test]
fn the_elements_of_a_request_decide() {
    let plain = Rsn::ccmp(&[AkmSuite::PSK], RsnCapabilities::default());
    let (tkip, sae) = (CipherSuite::TKIP, AkmSuite::SAE);
    let cases = [
        ("as it should be", request(|_| {}), StatusCode::SUCCESS),
        ("group cipher", request(|rsn| rsn.group = tkip), StatusCode::INVALID_GROUP_CIPHER),
        ("pairwise cipher", request(|rsn| rsn.pairwise = vec![tkip]), StatusCode::INVALID_PAIRWISE_CIPHER),
        ("key management", request(|rsn| rsn.akms = vec![sae]), StatusCode::INVALID_AKM),
        ("two key managements", request(|rsn| rsn.akms.push(AkmSuite::PSK_SHA256)), StatusCode::INVALID_AKM),
        ("802.11b alone", with_rates(&[0x82, 0x84, 0x8b, 0x96], &[], &plain), StatusCode::SUCCESS),
        ("basic rates are not marked", with_rates(&[2, 4, 11, 22], &[], &plain), StatusCode::SUCCESS),
        ("in the other element", with_rates(&[2, 4, 11], &[22, 0x6c], &plain), StatusCode::SUCCESS),
        ("802.11a alone", with_rates(&Rates::for_5_ghz().0, &[], &plain), StatusCode::RATES),
        ("one is missing", with_rates(&[0x82, 0x84, 0x8b, 0x0c], &[0x18], &plain), StatusCode::RATES),
    ];
    for (name, elements, expected) in cases {
        let mut world = World::new(vec![home(0)], 0);
        authenticate(&mut world);
        assert_eq!(status(&world), StatusCode::SUCCESS);
        ask(&mut world, elements);
        assert_eq!(status(&world), expected, "{name}");
        let told = world.told_by(0);
        let refused = Told::Refused { station: STRANGER, status: expected };
        assert_eq!(told.contains(&&refused), expected != StatusCode::SUCCESS, "{name}");
        assert!(world.bases[0].access_point.joined().next().is_none(), "{name}");
    }
}

#[test]
fn a_request_before_its_time() {
    let mut world = World::new(vec![home(0)], 0);
    ask(&mut world, request(|_| {}));
    let ManagementBody::Deauthentication(farewell) = answer(&world) else { panic!() };
    assert_eq!(farewell.reason, ReasonCode::NOT_AUTHENTICATED);
    assert!(world.told_by(0).is_empty());
    for algorithm in [AuthAlgorithm::SHARED_KEY, AuthAlgorithm::SAE, AuthAlgorithm::FAST_TRANSITION] {
        let request = Authentication { algorithm, ..Authentication::open_request() };
        say(&mut world, ManagementBody::Authentication(request));
        assert_eq!(status(&world), StatusCode::UNSUPPORTED_ALGORITHM);
    }
}

/// Class 3 frames: IEEE 802.11-2020, section 11.3.3.
#[test]
fn data_of_one_who_is_not_associated() {
    let payload = Snap { ether_type: 0x0800, packet: b"hello" }.encode();
    let data = Data::from_station(STRANGER, bssid(0), address(0xee), payload);
    for is_authenticated in [false, true] {
        let mut world = World::new(vec![home(0)], 0);
        if is_authenticated {
            authenticate(&mut world);
        }
        world.forge(&data.encode());
        world.run(SECOND / 100);
        let ManagementBody::Deauthentication(farewell) = answer(&world) else { panic!() };
        assert_eq!(farewell.reason, ReasonCode::CLASS3_FROM_UNASSOCIATED);
        assert!(world.bases[0].received.is_empty());
    }
}

#[test]
fn there_is_room_for_two() {
    let mut world = World::new(vec![BssConfig { max_stations: 2, ..home(0) }], 3);
    world.bring(0);
    world.bring(1);
    world.join(2, "Home", KEY[0]);
    world.run(40 * SECOND);
    let full = JoinFailure::Refused(StatusCode::NO_MORE_STATIONS);
    let failures = world.failures(2);
    assert!(failures.len() > 3 && failures.iter().all(|failure| *failure == full), "{failures:?}");
    let refused = Told::Refused { station: world.address(2), status: StatusCode::NO_MORE_STATIONS };
    assert!(world.told_by(0).contains(&&refused));
    assert!(world.is_home(0) && world.is_home(1), "those who are there stay");
    world.passes_data(0, 0);

    world.units[0].station.stop(world.now);
    assert!(world.run_until(20 * SECOND, |world| world.is_home(2)), "it comes by itself");
    world.passes_data(0, 2);
}

/// Registering is refused as well, and the station looks elsewhere.
#[test]
fn there_is_no_room_to_register() {
    let other = BssConfig { channel: channel(11), ..home(1) };
    let mut world = World::new(vec![BssConfig { max_stations: 1, ..home(0) }, other], 2);
    world.bases[1].is_on = false;
    world.bring(1);
    world.bases[1].is_on = true;
    world.run(SECOND / 2);
    for base in [0, 1] {
        world.set_wps(base, waits_for(&[world.address(0)]));
        world.bases[base].echoes = None;
    }
    world.bases[1].signal = -60;
    world.register(0, Wanted::Pin);
    let elsewhere = Event::Associated(bssid(1));
    assert!(world.run_until(3 * SECOND, |world| world.told(0).contains(&&elsewhere)));
}

/// Another device with the same address is on the network, and says so each time the access point asks.
#[test]
fn somebody_else_is_here_by_that_address() {
    let mut world = World::of(vec![home(0)], vec![printer(address(1)), printer(address(1))], 5);
    world.bring(0);
    world.passes_data(0, 0);
    world.forget();
    world.join(1, "Home", KEY[0]);
    assert!(world.run_until(20 * SECOND, |world| !world.failures(1).is_empty()));
    assert_eq!(world.failures(1), [JoinFailure::Refused(StatusCode::TRY_LATER)]);
    let asked = world.told(1).iter().filter(|event| matches!(event, Event::Joining(_))).count();
    assert_eq!(asked, 4, "it came back three times before it said so");
    let at = |wanted: fn(&Event) -> bool| {
        let events = world.units[1].events.iter().filter(|(_, event)| wanted(event));
        events.map(|(at, _)| *at).collect::<Vec<_>>()
    };
    let tries = at(|event| matches!(event, Event::Joining(_)));
    let shortest = tries.windows(2).map(|pair| pair[1].saturating_since(pair[0])).min().unwrap();
    assert!(shortest >= Duration::from_millis(1024), "not before it was told to: {shortest:?}");
    assert!(world.is_joined(0) && world.told(0).is_empty(), "{:?}", world.told(0));
}

#[test]
fn elements_that_were_left_out() {
    let mut world = World::new(vec![home(0)], 0);
    let without = |id| {
        let mut elements = Elements::new();
        for element in &request(|_| {}) {
            if element.id != id {
                elements.push_raw(element.id, element.content);
            }
        }
        elements
    };
    for (id, expected) in [(ElementId::SSID, StatusCode::UNSPECIFIED), (ElementId::RSN, StatusCode::DENIED)] {
        authenticate(&mut world);
        ask(&mut world, without(id));
        assert_eq!(status(&world), expected);
    }
}
