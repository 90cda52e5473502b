//! Who may associate, and what the others are told.

use crate::cell::*;
use keyway_wifi::access_point::{BssConfig, BssSecurity, Event, WpsConfig};
use keyway_wifi::driver::AccessPointCommand;
use keyway_wifi::element::{
    AkmSuite, CipherSuite, ElementId, Elements, ExtendedRates, Rates, Rsn, RsnCapabilities, VendorType,
};
use keyway_wifi::frame::{AuthAlgorithm, Authentication, ManagementBody, ReasonCode, StatusCode};

const CAN: RsnCapabilities = RsnCapabilities::MFP_CAPABLE;
const MUST: RsnCapabilities = RsnCapabilities(CAN.0 | RsnCapabilities::MFP_REQUIRED.0);
const NEITHER: RsnCapabilities = RsnCapabilities(0);

fn psk(capabilities: RsnCapabilities) -> Rsn {
    rsn(AkmSuite::PSK, capabilities)
}

fn check(name: &str, security: &BssSecurity, wps: WpsConfig, elements: &Elements, expected: StatusCode) {
    let mut cell = Cell::with_wps(config(security.clone()), wps);
    cell.associate(mac(1), elements);
    assert_eq!(cell.status(), expected, "{name}");
    let let_in = |command: &AccessPointCommand| matches!(command, AccessPointCommand::AddStation { .. });
    let refused = Event::Refused { station: mac(1), status: expected };
    let success = expected == StatusCode::SUCCESS;
    assert_eq!(cell.commands.iter().any(let_in), success, "{name}");
    assert_eq!(cell.events.contains(&refused), !success, "{name}");
    assert_eq!(cell.association().association_id, u16::from(success), "{name}");
}

#[test]
fn stations_with_keys() {
    let change = |change: fn(&mut Rsn)| {
        let mut rsn = psk(NEITHER);
        change(&mut rsn);
        with_rsn(&rsn)
    };
    let protected = |cipher| {
        let mut rsn = psk(CAN);
        rsn.group_management = cipher;
        with_rsn(&rsn)
    };
    let raw = |content: &[u8]| {
        let mut elements = Elements::new();
        elements.push_raw(ElementId::RSN, content);
        elements
    };
    let (no, optional, required) = (wpa2(Mfp::No), wpa2(Mfp::Optional), wpa2(Mfp::Required));
    let (bip, other) = (CipherSuite::BIP_CMAC_128, CipherSuite::CCMP_256);
    let sae = |capabilities| with_rsn(&rsn(AkmSuite::SAE, capabilities));
    let success = StatusCode::SUCCESS;
    let cases = [
        ("PSK", &no, with_rsn(&psk(NEITHER)), success),
        ("PSK-SHA256", &no, with_rsn(&rsn(AkmSuite::PSK_SHA256, NEITHER)), success),
        ("can protect, nobody asks", &no, with_rsn(&psk(CAN)), success),
        ("must protect, cannot", &no, with_rsn(&psk(MUST)), StatusCode::MFP_POLICY),
        ("optional, without", &optional, with_rsn(&psk(NEITHER)), success),
        ("optional, with", &optional, with_rsn(&psk(CAN)), success),
        ("optional, insists", &optional, with_rsn(&psk(MUST)), success),
        ("required, without", &required, with_rsn(&psk(NEITHER)), StatusCode::MFP_POLICY),
        ("required, with", &required, with_rsn(&psk(CAN)), success),
        ("the usual cipher", &required, protected(Some(bip)), success),
        ("another cipher", &required, protected(Some(other)), StatusCode::CIPHER_REJECTED),
        ("another cipher, not protected", &no, protected(Some(other)), success),
        ("group cipher", &no, change(|rsn| rsn.group = CipherSuite::TKIP), StatusCode::INVALID_GROUP_CIPHER),
        (
            "pairwise cipher",
            &no,
            change(|rsn| rsn.pairwise = vec![CipherSuite::TKIP]),
            StatusCode::INVALID_PAIRWISE_CIPHER,
        ),
        (
            "two pairwise ciphers",
            &no,
            change(|rsn| rsn.pairwise.push(CipherSuite::CCMP)),
            StatusCode::INVALID_PAIRWISE_CIPHER,
        ),
        ("802.1X", &no, change(|rsn| rsn.akms = vec![AkmSuite::IEEE_8021X]), StatusCode::INVALID_AKM),
        ("two key managements", &no, change(|rsn| rsn.akms.push(AkmSuite::PSK)), StatusCode::INVALID_AKM),
        ("no key management", &no, change(|rsn| rsn.akms.clear()), StatusCode::INVALID_AKM),
        ("SAE at WPA2", &optional, sae(CAN), StatusCode::INVALID_AKM),
        ("PSK at WPA3", &BssSecurity::Wpa3Only, with_rsn(&psk(CAN)), StatusCode::INVALID_AKM),
        ("SAE at WPA3", &BssSecurity::Wpa3Only, sae(MUST), StatusCode::INVALID_AKM),
        ("PSK at an open network", &BssSecurity::Open, with_rsn(&psk(NEITHER)), StatusCode::INVALID_AKM),
        ("version 2 of the element", &no, raw(&[2, 0]), StatusCode::INVALID_ELEMENT),
        ("cut short", &no, raw(&[1, 0, 0, 0x0f]), StatusCode::INVALID_ELEMENT),
        ("no element", &no, Elements::new(), StatusCode::DENIED),
        ("no element at WPA3", &BssSecurity::Wpa3Only, Elements::new(), StatusCode::DENIED),
        ("open network", &BssSecurity::Open, Elements::new(), success),
    ];
    for (name, security, elements, expected) in cases {
        check(name, security, WpsConfig::default(), &elements, expected);
        check(name, security, wps(), &elements, expected);
    }
}

#[test]
fn stations_that_come_to_register() {
    let mut unreadable = Elements::new();
    unreadable.push_vendor(VendorType::WPS, &[0x10]);
    let mut empty = Elements::new();
    empty.push_vendor(VendorType::WPS, &[]);
    let mut both = to_join();
    both.append(&to_register());
    let (on, off) = (wps(), WpsConfig::default());
    let locked = WpsConfig { locked: true, ..wps() };
    let (success, denied) = (StatusCode::SUCCESS, StatusCode::DENIED);
    let wpa2 = wpa2(Mfp::Optional);
    let cases = [
        ("WPS on", &wpa2, &on, to_register(), success),
        ("WPS off", &wpa2, &off, to_register(), denied),
        ("locked: enrollees may register all the same", &wpa2, &locked, to_register(), success),
        ("version 1.0 without attributes", &wpa2, &on, empty, success),
        ("unreadable", &wpa2, &on, unreadable, denied),
        ("both: it joins", &wpa2, &off, both, success),
        ("WPA3 alone", &BssSecurity::Wpa3Only, &on, to_register(), success),
        ("open network, WPS on", &BssSecurity::Open, &on, to_register(), success),
        ("open network, WPS off: it joins", &BssSecurity::Open, &off, to_register(), success),
    ];
    for (name, security, wps, elements, expected) in cases {
        check(name, security, wps.clone(), &elements, expected);
    }
}

#[test]
fn another_name_is_refused() {
    let mut cell = Cell::new(config(wpa2(Mfp::No)));
    for name in ["Other", "", "Home "] {
        cell.authenticate(mac(1));
        cell.hear(mac(1), ManagementBody::AssociationRequest(request(name, &to_join())));
        assert_eq!(cell.status(), StatusCode::UNSPECIFIED, "{name:?}");
    }
    let mut nameless = request("Home", &to_join());
    nameless.elements = to_join();
    cell.hear(mac(1), ManagementBody::AssociationRequest(nameless));
    assert_eq!(cell.status(), StatusCode::UNSPECIFIED);
}

#[test]
fn authentication() {
    let cases = [
        (AuthAlgorithm::OPEN, 1, Some(StatusCode::SUCCESS)),
        (AuthAlgorithm::SHARED_KEY, 1, Some(StatusCode::UNSUPPORTED_ALGORITHM)),
        (AuthAlgorithm::SAE, 1, Some(StatusCode::UNSUPPORTED_ALGORITHM)),
        (AuthAlgorithm::OPEN, 2, None),
        (AuthAlgorithm::OPEN, 0, None),
    ];
    for (algorithm, transaction, expected) in cases {
        let mut cell = Cell::new(config(wpa2(Mfp::No)));
        let request = Authentication { algorithm, transaction, ..Authentication::open_request() };
        cell.hear(mac(1), ManagementBody::Authentication(request));
        let answered = cell.sent().into_iter().find_map(|frame| match &frame.body {
            ManagementBody::Authentication(answer) => {
                Some((answer.algorithm, answer.transaction, answer.status))
            }
            _ => None,
        });
        assert_eq!(answered, expected.map(|status| (algorithm, 2, status)), "{algorithm} {transaction}");
    }
}

#[test]
fn association_before_authentication_is_turned_away() {
    let mut cell = Cell::new(config(wpa2(Mfp::No)));
    cell.hear(mac(1), ManagementBody::AssociationRequest(request("Home", &to_join())));
    let [frame] = cell.sent()[..] else { panic!("{:?}", cell.commands) };
    let ManagementBody::Deauthentication(farewell) = &frame.body else { panic!("{frame:?}") };
    assert_eq!((frame.destination, farewell.reason), (mac(1), ReasonCode::NOT_AUTHENTICATED));
    assert!(cell.events.is_empty());
}

#[test]
fn authentication_alone_lasts_thirty_seconds() {
    for (wait, expected) in [(29, true), (30, false)] {
        let mut cell = Cell::new(config(wpa2(Mfp::No)));
        cell.authenticate(mac(1));
        cell.pass(SECOND * wait);
        cell.hear(mac(1), ManagementBody::AssociationRequest(request("Home", &to_join())));
        let associated = Event::Associated { station: mac(1), for_wps: false };
        assert_eq!(cell.events.contains(&associated), expected, "after {wait} s");
    }
}

#[test]
fn an_open_network_lets_data_pass_at_once() {
    let mut cell = Cell::new(config(BssSecurity::Open));
    cell.associate(mac(1), &Elements::new());
    assert_eq!(cell.commands.last(), Some(&AccessPointCommand::OpenPort(mac(1))));
    assert_eq!(
        cell.events,
        [
            Event::Associated { station: mac(1), for_wps: false },
            Event::Joined { station: mac(1), signal: -50 }
        ]
    );
    assert_eq!(cell.access_point.joined().collect::<Vec<_>>(), [mac(1)]);
    cell.eapol(mac(1), &[1, 1, 0, 0]);
    cell.pass(SECOND * 1000);
    assert!(!cell.was_removed(mac(1)), "there is nothing that it would have to prove");
}

#[test]
fn reassociation_is_answered_as_such() {
    let mut cell = Cell::new(config(wpa2(Mfp::No)));
    cell.authenticate(mac(1));
    let mut request = request("Home", &to_join());
    request.current = Some(mac(9));
    cell.hear(mac(1), ManagementBody::ReassociationRequest(request));
    let again = |body: &ManagementBody| matches!(body, ManagementBody::ReassociationResponse(_));
    assert!(cell.sent().iter().any(|frame| again(&frame.body)));
    assert_eq!(cell.status(), StatusCode::SUCCESS);
}

/// What the radio has to know of a station comes from the request that is granted: others, made up in any number by
/// anybody, change nothing about that.
#[test]
fn the_radio_is_told_the_rates_of_a_station() {
    let no_more = &[][..];
    let (ghz2, ghz5) = (&[2, 4, 11, 22][..], &[12, 24, 48][..]);
    for (number, named, more, expected) in [
        (6, None, no_more, ghz2),
        (6, Some(&[0x82, 0x84, 0x8b, 0x96][..]), no_more, ghz2),
        (6, Some(&[0x82, 0x84, 0x8b, 0x96]), &[0x0c, 0x98], &[2, 4, 11, 22, 12, 24]),
        (36, None, no_more, ghz5),
        (36, Some(&[0x8c, 0x12, 0x98, 0x24, 0xb0]), no_more, &[12, 18, 24, 36, 48]),
    ] {
        let mut elements = Elements::new();
        if let Some(named) = named {
            elements.push(&Rates(named.to_vec()));
        }
        if !more.is_empty() {
            elements.push(&ExtendedRates(more.to_vec()));
        }
        elements.append(&to_join());
        let mut cell = Cell::new(BssConfig { channel: channel(number), ..config(wpa2(Mfp::No)) });
        for stranger in 2..600 {
            cell.hear(mac(stranger), ManagementBody::AssociationRequest(request("Home", &to_join())));
        }
        cell.associate(mac(1), &elements);
        let added = cell.commands.iter().filter_map(|command| match command {
            AccessPointCommand::AddStation { station, rates, listen_interval, .. } => {
                Some((*station, &rates[..], *listen_interval))
            }
            _ => None,
        });
        assert_eq!(added.collect::<Vec<_>>(), [(mac(1), expected, 10)], "channel {number}, {named:?}");
    }
}
