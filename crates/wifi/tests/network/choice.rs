//! Which network is chosen, in situations that happen.

use crate::cell::Protection::{self, Open, Wep, Wpa1};
use crate::cell::{Cell, OTHER, OWN, Offer, mac, rsn, tkip, wpa2, wpa3};
use keyway_eap::Timestamp;
use keyway_wifi::Band;
use keyway_wifi::element::{AkmSuite, CipherSuite, Rsn, RsnCapabilities};
use keyway_wifi::network::{Chosen, NoChoice, ScanResults, Wanted, choose};
use keyway_wifi::rsn::KeyManagement;
use keyway_wsc::{DevicePasswordId, MacAddr, Ssid};

const ANY: MacAddr = MacAddr::BROADCAST;
const ONE_BAND: &[Band] = &[Band::Ghz2];
const TWO_BANDS: &[Band] = &[Band::Ghz2, Band::Ghz5];

/// What comes of it: the access point, by the last octet of its address, and whether it is certain.
type Expected = Result<(u8, bool), NoChoice>;

fn hear(cells: &[Cell]) -> ScanResults {
    let mut results = ScanResults::default();
    cells.iter().for_each(|cell| results.take(&cell.sighting(), Timestamp::from_secs(1)));
    results
}

fn result(chosen: Result<Chosen, NoChoice>) -> Expected {
    chosen.map(|chosen| (chosen.network.bssid.0[5], chosen.is_certain))
}

/// A station on 2.4 GHz that has just begun.
fn check(what: &str, wanted: &Wanted, cells: &[Cell], expected: Expected) {
    // What is heard has no order.
    let mut turned = cells.to_vec();
    for _ in 0..cells.len().max(1) {
        let found = choose(hear(&turned).iter(), wanted, OWN, ONE_BAND, false, &[]);
        assert_eq!(result(found), expected, "{what}");
        turned.rotate_left(cells.len().min(1));
    }
}

fn home(last: u8) -> Cell {
    Cell::new(last, "Home")
}

fn network(name: &str) -> Wanted {
    Wanted::Network(Ssid::new(name.as_bytes()).unwrap())
}

fn selected(id: u16) -> Offer {
    Offer { id: Some(DevicePasswordId(id)), version2: false, ..Offer::pin(&[]) }
}

#[test]
fn a_registrar_that_has_the_pin() {
    for (what, cells, expected) in [
        ("nothing", vec![], Err(NoChoice::NothingHeard)),
        ("this station", vec![home(1).wps(Offer::pin(&[OWN]))], Ok((1, true))),
        ("anybody", vec![home(1).wps(Offer::pin(&[ANY]))], Ok((1, true))),
        ("somebody else", vec![home(1).wps(Offer::pin(&[OTHER]))], Err(NoChoice::NobodyReady)),
        (
            "five, this one last",
            vec![home(1).wps(Offer::pin(&[OTHER, mac(1), mac(2), mac(3), OWN]))],
            Ok((1, true)),
        ),
        ("2.0, and nobody named", vec![home(1).wps(Offer::pin(&[]))], Err(NoChoice::NobodyReady)),
        ("1.0, which names nobody", vec![home(1).wps(Offer::pin1())], Ok((1, true))),
        ("1.0, without an identifier", vec![home(1).wps(Offer { id: None, ..Offer::pin1() })], Ok((1, true))),
        ("1.0, by the registrar's choice", vec![home(1).wps(selected(5))], Ok((1, true))),
        ("1.0, by button", vec![home(1).wps(selected(4))], Err(NoChoice::NobodyReady)),
        (
            "1.0, not selected",
            vec![home(1).wps(Offer { selected: Some(false), ..Offer::pin1() })],
            Err(NoChoice::NobodyReady),
        ),
        ("the button is not the PIN", vec![home(1).wps(Offer::button())], Err(NoChoice::NobodyReady)),
        (
            "locked for registrars, not for printers",
            vec![home(1).wps(Offer::pin(&[OWN]).locked())],
            Ok((1, true)),
        ),
        (
            "the named one before the stronger of the same name",
            vec![home(1).wps(Offer::idle()).at(-30), home(2).wps(Offer::pin(&[OWN])).at(-80)],
            Ok((2, true)),
        ),
        (
            "the named one before the stronger that takes anybody",
            vec![home(1).wps(Offer::pin(&[ANY])).at(-30), home(2).wps(Offer::pin(&[OWN])).at(-80)],
            Ok((2, true)),
        ),
        (
            "the stronger of two that take anybody",
            vec![home(1).wps(Offer::pin(&[ANY])).at(-60), home(2).wps(Offer::pin1()).at(-59)],
            Ok((2, true)),
        ),
        ("too weak", vec![home(1).wps(Offer::pin(&[OWN])).at(-89)], Err(NoChoice::TooWeak)),
        ("just strong enough", vec![home(1).wps(Offer::pin(&[OWN])).at(-88)], Ok((1, true))),
        ("another band", vec![home(1).wps(Offer::pin(&[OWN])).on(36)], Err(NoChoice::OtherBand)),
        (
            "both bands, the stronger one not here",
            vec![home(1).wps(Offer::pin(&[OWN])).on(36).at(-40), home(2).wps(Offer::pin(&[OWN])).at(-60)],
            Ok((2, true)),
        ),
        ("its name is hidden", vec![home(1).wps(Offer::pin(&[OWN])).named(b"")], Err(NoChoice::Hidden)),
        ("its name is zeros", vec![home(1).wps(Offer::pin(&[OWN])).named(&[0; 4])], Err(NoChoice::Hidden)),
        ("nobody waits", vec![home(1).wps(Offer::idle())], Err(NoChoice::NobodyReady)),
        ("nobody waits, far away", vec![home(1).wps(Offer::idle()).at(-90)], Err(NoChoice::TooWeak)),
        ("WPS is off", vec![home(1)], Err(NoChoice::WpsOff)),
        (
            "WPS is off here, on at 5 GHz",
            vec![home(1), home(2).wps(Offer::idle()).on(36)],
            Err(NoChoice::OtherBand),
        ),
        (
            "WPS is off here, on far away at 2.4 GHz, near at 5 GHz",
            vec![home(1), home(2).wps(Offer::idle()).on(36).at(-40), home(3).wps(Offer::idle()).at(-90)],
            Err(NoChoice::TooWeak),
        ),
        ("WPS is off, hidden", vec![home(1).named(b"")], Err(NoChoice::Hidden)),
        ("WPS is off, WPA3", vec![home(1).with(wpa3())], Err(NoChoice::Wpa3Only)),
        ("WPS is off, far away", vec![home(1).at(-90)], Err(NoChoice::TooWeak)),
        ("WPS is off, another band", vec![home(1).on(149)], Err(NoChoice::OtherBand)),
        (
            "the nearest says why",
            vec![home(1).with(wpa3()).at(-80), home(2).named(b"").at(-40)],
            Err(NoChoice::Hidden),
        ),
        (
            "a WPS element that cannot be read",
            {
                let broken = Cell { broken_wps: true, ..home(1).wps(Offer::idle()) };
                vec![broken]
            },
            Err(NoChoice::NobodyReady),
        ),
    ] {
        check(what, &Wanted::Pin, &cells, expected);
    }
}

#[test]
fn a_pressed_button() {
    let button = || home(1).wps(Offer::button().uuid(1));
    for (what, cells, expected) in [
        ("one", vec![button()], Ok((1, true))),
        ("one, with a neighbour", vec![button().at(-80), home(2).wps(Offer::idle()).at(-30)], Ok((1, true))),
        ("a PIN is not the button", vec![home(1).wps(Offer::pin(&[OWN, ANY]))], Err(NoChoice::NobodyReady)),
        ("two", vec![button(), home(2).wps(Offer::button().uuid(2))], Err(NoChoice::Overlap)),
        (
            "two, one of them far away",
            vec![button(), home(2).wps(Offer::button().uuid(2)).at(-92)],
            Err(NoChoice::Overlap),
        ),
        (
            "two without identity",
            vec![home(1).wps(Offer::button()), home(2).wps(Offer::button())],
            Err(NoChoice::Overlap),
        ),
        ("two, one without identity", vec![button(), home(2).wps(Offer::button())], Err(NoChoice::Overlap)),
        (
            "three, two of them one",
            vec![button(), button().on(36), home(2).wps(Offer::button().uuid(2))],
            Err(NoChoice::Overlap),
        ),
        (
            "one on two bands",
            vec![button().at(-60), Cell { bssid: mac(2), ..button() }.on(36).at(-40)],
            Ok((1, true)),
        ),
        ("one on another band", vec![button().on(36)], Err(NoChoice::OtherBand)),
        ("too weak", vec![button().at(-90)], Err(NoChoice::TooWeak)),
        ("nobody", vec![home(1).wps(Offer::idle())], Err(NoChoice::NobodyReady)),
        ("WPS is off", vec![home(1)], Err(NoChoice::WpsOff)),
    ] {
        check(what, &Wanted::Button, &cells, expected);
    }
}

#[test]
fn the_pin_of_the_router() {
    let wps = |last| home(last).wps(Offer::idle());
    let any = Wanted::RouterPin(None);
    let this = Wanted::RouterPin(Some(mac(2)));
    for (what, wanted, cells, expected) in [
        ("any", &any, vec![wps(1), wps(2).at(-40)], Ok((2, false))),
        (
            "any that is not locked",
            &any,
            vec![wps(1), home(2).wps(Offer::idle().locked()).at(-40)],
            Ok((1, false)),
        ),
        ("all locked", &any, vec![home(1).wps(Offer::idle().locked())], Err(NoChoice::Locked)),
        ("WPS is off", &any, vec![home(1)], Err(NoChoice::WpsOff)),
        ("this one", &this, vec![wps(1).at(-30), wps(2).at(-80)], Ok((2, true))),
        (
            "this one is locked",
            &this,
            vec![wps(1), home(2).wps(Offer::idle().locked())],
            Err(NoChoice::Locked),
        ),
        ("this one has WPS off", &this, vec![wps(1), home(2)], Err(NoChoice::WpsOff)),
        ("this one is not here", &this, vec![wps(1)], Err(NoChoice::NotFound)),
        ("this one is far away", &this, vec![wps(1), wps(2).at(-95)], Err(NoChoice::TooWeak)),
    ] {
        check(what, wanted, &cells, expected);
    }
}

#[test]
fn a_network_to_join() {
    let both = [AkmSuite::PSK, AkmSuite::SAE];
    let must = RsnCapabilities::MFP_CAPABLE.with(RsnCapabilities::MFP_REQUIRED);
    let other_cipher = Protection::Rsn(Rsn {
        group_management: Some(CipherSuite([0, 0x0f, 0xac, 12])),
        ..Rsn::ccmp(&[AkmSuite::PSK], must)
    });
    for (what, cells, expected) in [
        ("WPA2", vec![home(1)], Ok((1, true))),
        ("another name", vec![Cell::new(1, "Hame")], Err(NoChoice::NotFound)),
        ("hidden", vec![home(1).named(b"")], Err(NoChoice::NotFound)),
        ("the strongest", vec![home(1).at(-70), home(2).at(-50), home(3).at(-60)], Ok((2, true))),
        ("WPA2 and WPA3", vec![home(1).with(rsn(&both, RsnCapabilities::MFP_CAPABLE))], Ok((1, true))),
        ("WPA2 before a stronger WPA3", vec![home(1).with(wpa3()).at(-30), home(2).at(-80)], Ok((2, true))),
        ("WPA3", vec![home(1).with(wpa3())], Err(NoChoice::Wpa3Only)),
        (
            "WPA3 and enterprise",
            vec![home(1).with(wpa3()), home(2).with(rsn(&[AkmSuite::IEEE_8021X], must))],
            Err(NoChoice::SecurityUnsupported),
        ),
        ("open", vec![home(1).with(Open)], Err(NoChoice::SecurityUnsupported)),
        ("WEP", vec![home(1).with(Wep)], Err(NoChoice::SecurityUnsupported)),
        ("WPA", vec![home(1).with(Wpa1(vec![1, 0]))], Err(NoChoice::SecurityUnsupported)),
        ("TKIP", vec![home(1).with(tkip(&[CipherSuite::TKIP]))], Err(NoChoice::SecurityUnsupported)),
        (
            "TKIP for groups",
            vec![home(1).with(tkip(&[CipherSuite::CCMP]))],
            Err(NoChoice::SecurityUnsupported),
        ),
        (
            "enterprise",
            vec![home(1).with(rsn(&[AkmSuite::IEEE_8021X], must))],
            Err(NoChoice::SecurityUnsupported),
        ),
        (
            "a cipher for groups' management frames that is not here",
            vec![home(1).with(other_cipher)],
            Err(NoChoice::SecurityUnsupported),
        ),
        (
            "an element that cannot be read",
            vec![home(1).with(Protection::Raw(vec![2, 0]))],
            Err(NoChoice::SecurityUnsupported),
        ),
        ("another band", vec![home(1).on(36)], Err(NoChoice::OtherBand)),
        ("two bands", vec![home(1).on(36).at(-30), home(2).at(-70)], Ok((2, true))),
        ("too weak", vec![home(1).at(-89)], Err(NoChoice::TooWeak)),
    ] {
        check(what, &network("Home"), &cells, expected);
    }
}

#[test]
fn with_two_bands() {
    let cells = [home(1).wps(Offer::pin(&[OWN])).at(-70), home(2).wps(Offer::pin(&[OWN])).on(36).at(-60)];
    let found = choose(hear(&cells).iter(), &Wanted::Pin, OWN, TWO_BANDS, false, &[]);
    assert_eq!(result(found), Ok((2, true)));
}

#[test]
fn access_points_that_only_might_do_are_tried_in_turn() {
    let cells = [home(1).wps(Offer::idle()).at(-40), home(2).wps(Offer::idle()).at(-60), home(3).at(-30)];
    let results = hear(&cells);
    let look = |patient, tried: &[MacAddr]| {
        result(choose(results.iter(), &Wanted::Pin, OWN, ONE_BAND, patient, tried))
    };
    assert_eq!(look(false, &[]), Err(NoChoice::NobodyReady));
    assert_eq!(look(true, &[]), Ok((1, false)));
    assert_eq!(look(true, &[mac(1)]), Ok((2, false)));
    assert_eq!(look(true, &[mac(2), mac(1)]), Err(NoChoice::NobodyReady), "then from the beginning");
    let button = choose(results.iter(), &Wanted::Button, OWN, ONE_BAND, true, &[]);
    assert_eq!(result(button), Err(NoChoice::NobodyReady), "a button is pressed or it is not");

    let useless = [
        home(1).wps(Offer::idle()).on(36),
        home(2).wps(Offer::idle()).named(b""),
        home(3).wps(Offer::idle()).at(-90),
    ];
    let found = choose(hear(&useless).iter(), &Wanted::Pin, OWN, ONE_BAND, true, &[]);
    assert_eq!(result(found), Err(NoChoice::NobodyReady));

    let certain = [cells[0].clone(), home(4).wps(Offer::pin(&[OWN])).at(-85)];
    let found = choose(hear(&certain).iter(), &Wanted::Pin, OWN, ONE_BAND, true, &[]);
    assert_eq!(result(found), Ok((4, true)), "one that waits comes first");
}

#[test]
fn those_that_were_tried_in_vain_come_last() {
    let cells = [home(1).wps(Offer::pin(&[OWN])), home(2).wps(Offer::pin(&[ANY])).at(-80)];
    for (tried, expected) in [(vec![], 1), (vec![mac(1)], 2), (vec![mac(2)], 1), (vec![mac(1), mac(2)], 1)] {
        let found = choose(hear(&cells).iter(), &Wanted::Pin, OWN, ONE_BAND, false, &tried);
        assert_eq!(result(found), Ok((expected, true)), "{tried:?}");
    }
}

#[test]
fn the_key_management_of_the_choice() {
    let (none, can) = (RsnCapabilities::default(), RsnCapabilities::MFP_CAPABLE);
    let must = can.with(RsnCapabilities::MFP_REQUIRED);
    let (psk, sha256) = (AkmSuite::PSK, AkmSuite::PSK_SHA256);
    for (akms, capabilities, expected) in [
        (vec![psk], none, KeyManagement::Psk),
        (vec![psk], can, KeyManagement::Psk),
        (vec![psk], must, KeyManagement::Psk),
        (vec![psk, sha256], can, KeyManagement::Psk),
        (vec![sha256, psk], none, KeyManagement::Psk),
        (vec![psk, sha256], must, KeyManagement::PskSha256),
        (vec![sha256], none, KeyManagement::PskSha256),
        (vec![AkmSuite::SAE, sha256], must, KeyManagement::PskSha256),
    ] {
        let cell = home(1).with(rsn(&akms, capabilities));
        let found = choose(hear(&[cell]).iter(), &network("Home"), OWN, ONE_BAND, false, &[]).unwrap();
        assert_eq!(found.key_management(), Some(expected), "{akms:?} {capabilities:?}");
        assert_eq!(found.network.protects_management(), capabilities != none);
    }
    let wps = choose(
        hear(&[home(1).with(wpa2()).wps(Offer::pin1())]).iter(),
        &Wanted::Pin,
        OWN,
        ONE_BAND,
        false,
        &[],
    );
    assert_eq!(wps.unwrap().key_management(), Some(KeyManagement::Psk));
}
