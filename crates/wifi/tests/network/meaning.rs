//! What an access point's beacon or probe response says of it.

use crate::cell::{Cell, OWN, Offer, Protection, mac, rsn, tkip, wpa2, wpa3};
use keyway_eap::Timestamp;
use keyway_wifi::Channel;
use keyway_wifi::element::{AkmSuite, CipherSuite, DsParameter, ElementId, RsnCapabilities};
use keyway_wifi::network::{Network, Security};
use keyway_wsc::{DevicePasswordId, MacAddr, Uuid, WpsState};

fn hear(cell: &Cell) -> Network {
    Network::new(&cell.sighting(), Timestamp::from_secs(5)).unwrap()
}

#[test]
fn security_in_a_word() {
    let psk_and_sae = rsn(&[AkmSuite::PSK, AkmSuite::SAE], RsnCapabilities::MFP_CAPABLE);
    for (protection, words, wpa3_only) in [
        (Protection::Open, "open", false),
        (Protection::Wep, "WEP", false),
        (Protection::Wpa1(vec![]), "WPA", false),
        (wpa2(), "WPA2", false),
        (tkip(&[CipherSuite::TKIP]), "WPA2", false),
        (psk_and_sae, "WPA2/WPA3", false),
        (wpa3(), "WPA3", true),
        (rsn(&[AkmSuite::IEEE_8021X], RsnCapabilities::default()), "WPA2 enterprise", false),
        (rsn(&[AkmSuite([0, 0x0f, 0xac, 200])], RsnCapabilities::default()), "unknown", false),
        (Protection::Raw(vec![]), "unknown", false),
    ] {
        let network = hear(&Cell::new(1, "Home").with(protection.clone()));
        assert_eq!((network.security_words(), network.is_wpa3_only()), (words, wpa3_only), "{protection:?}");
        let whole = matches!(protection, Protection::Rsn(_) | Protection::Raw(_));
        assert_eq!(network.rsn_element.is_empty(), !whole, "{protection:?}");
    }
    assert_eq!(hear(&Cell::new(1, "Home").with(Protection::Raw(vec![1]))).security, Security::Unreadable);
}

#[test]
fn names() {
    for (name, shown) in [
        (&b"Home"[..], Some(&b"Home"[..])),
        (b"\0Home", Some(b"\0Home")),
        (b"", None),
        (&[0], None),
        (&[0; 32], None),
    ] {
        let network = hear(&Cell::new(1, "").named(name));
        assert_eq!(network.ssid.as_ref().map(|ssid| ssid.as_bytes()), shown);
        assert_eq!(network.hidden, shown.is_none());
    }
    assert!(hear(&Cell { name: None, ..Cell::new(1, "") }).hidden, "no element at all");
    assert_eq!(Network::new(&Cell::new(1, "").named(&[b'a'; 33]).sighting(), Timestamp::ZERO), None);
}

#[test]
fn the_channel_is_the_one_that_it_names() {
    for (heard, said, expected) in
        [(6, None, 6), (6, Some(6), 6), (5, Some(6), 6), (6, Some(0), 6), (6, Some(36), 6), (36, Some(6), 36)]
    {
        let mut sighting = Cell::new(1, "Home").on(heard).sighting();
        if let Some(said) = said {
            sighting.beacon.elements.push(&DsParameter(said));
        }
        let network = Network::new(&sighting, Timestamp::ZERO).unwrap();
        assert_eq!(network.channel, Channel::new(expected).unwrap(), "{heard}, {said:?}");
    }
    let mut sighting = Cell::new(1, "Home").sighting();
    sighting.beacon.elements.push_raw(ElementId::DS_PARAMETER, &[]);
    assert!(Network::new(&sighting, Timestamp::ZERO).is_some());
}

#[test]
fn what_it_offers() {
    for answers in [false, true] {
        let offered = |offer: &Offer| {
            let cell = Cell { is_probe_response: answers, ..Cell::new(1, "Home").wps(offer.clone()) };
            hear(&cell).wps.unwrap()
        };
        let idle = offered(&Offer::idle());
        assert_eq!((idle.version2, idle.configured, idle.locked, idle.selected), (true, true, false, None));
        assert_eq!(idle.uuid, answers.then_some(Uuid([7; 16])), "only probe responses always have it");
        assert!(offered(&Offer::idle().locked()).locked);
        assert!(!offered(&Offer { state: WpsState::NotConfigured, ..Offer::idle() }).configured);
        assert!(!offered(&Offer::pin1()).version2);
        let pin = offered(&Offer::pin(&[OWN, mac(1)]));
        assert_eq!((pin.selected, pin.authorized), (Some(DevicePasswordId::Default), vec![OWN, mac(1)]));
        let button = offered(&Offer::button().uuid(3));
        assert_eq!((button.selected, button.uuid), (Some(DevicePasswordId::PushButton), Some(Uuid([3; 16]))));
        let unsaid = offered(&Offer { id: None, ..Offer::pin1() });
        assert_eq!(unsaid.selected, Some(DevicePasswordId::Default), "1.0 may leave it out");
        let unselected = offered(&Offer { selected: Some(false), ..Offer::button() });
        assert_eq!(unselected.selected, None);
    }
    assert_eq!(hear(&Cell::new(1, "Home")).wps, None);
}

#[test]
fn for_whom_it_waits() {
    let names = |authorized: &[MacAddr]| {
        let network = hear(&Cell::new(1, "Home").wps(Offer::pin(authorized)));
        (network.is_open_for_pin(OWN), network.names(OWN))
    };
    assert_eq!(names(&[OWN]), (true, true));
    assert_eq!(names(&[MacAddr::BROADCAST]), (true, false));
    assert_eq!(names(&[MacAddr::BROADCAST, OWN]), (true, true));
    assert_eq!(names(&[mac(3)]), (false, false));
    let button = hear(&Cell::new(1, "Home").wps(Offer::button()));
    assert!(button.is_open_for_button() && !button.is_open_for_pin(OWN) && !button.names(OWN));
}
