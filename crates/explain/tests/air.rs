//! Captures off the air: networks, searches, associations, the 4-way handshake.

mod common;

use common::air::{Air, wps};
use common::{Meeting, PIN, PRINTER, ROUTER, register};
use keyway_explain::report::{Achieved, Method, Outcome, Step};
use keyway_explain::{Report, explain};
use keyway_wifi::element::AkmSuite;
use keyway_wifi::frame::{ReasonCode, StatusCode};
use keyway_wsc::{DevicePasswordId, MacAddr};

const OTHER: MacAddr = MacAddr([2, 0, 0, 0, 0, 9]);

/// A printer is registered by PIN over the air; every frame of that is repeated by the radio.
fn registered() -> Air {
    let mut air = Air::default();
    air.beacon(b"Home", AkmSuite::PSK, Some(wps(None, false)));
    air.wait(100).beacon(b"Home", AkmSuite::PSK, Some(wps(Some(DevicePasswordId::Default), false)));
    air.wait(100).associate(true, StatusCode::SUCCESS);
    air.register(&register(Meeting::Pin(PIN), 200, |_| false), true);
    air.send_away(ReasonCode::IEEE_8021X_FAILED);
    air.wait(100).beacon(b"Home", AkmSuite::PSK, Some(wps(None, false)));
    air
}

fn told(air: &Air) -> Report {
    let report = explain(&air.file()).unwrap();
    assert_eq!((report.problem, report.capture.damaged), (None, 0));
    report
}

#[test]
fn from_the_beacon_to_the_network() {
    let mut air = registered();
    let report = told(&air);
    let attempt = &report.attempts[0];
    assert_eq!((attempt.outcome, attempt.steps_done), (Outcome::Succeeded, 5), "{report:#?}");
    assert!(attempt.notes.iter().any(|note| note.contains("not in the capture")), "{report}");
    let frames = register(Meeting::Pin(PIN), 200, |_| false).len() as u64;
    assert_eq!(report.capture.duplicates, frames, "{report:#?}");
    assert_eq!((attempt.repeated, attempt.missing.len()), (0, 0), "{report:#?}");

    air.associate(false, StatusCode::SUCCESS);
    (1..=4).for_each(|number| air.key(number, u64::from(number.div_ceil(2))));
    air.encrypted();
    let report = told(&air);
    assert_eq!(report.attempts.len(), 1, "{report:#?}");
    let attempt = &report.attempts[0];
    assert_eq!(
        (attempt.outcome, attempt.achieved),
        (Outcome::Succeeded, Some(Achieved::Received)),
        "{report:#?}"
    );
    assert_eq!((attempt.steps_done, attempt.method), (6, Some(Method::Pin)), "{report:#?}");
    assert_eq!(attempt.handshake.unwrap().messages, [1; 4]);
    assert_eq!((attempt.ssid.as_deref(), attempt.device.signal_dbm), (Some("Home"), Some(-50)));
    let [network] = report.networks.as_slice() else { panic!("{report:#?}") };
    assert_eq!((network.channel, network.security, network.obstacle), (Some(6), "wpa2", None));
    let open = &network.wps.as_ref().unwrap().open;
    assert_eq!((open.len(), open[0].method), (1, Method::Pin), "{report:#?}");
    let words = report.to_string();
    for part in [
        "Home (02:00:00:00:00:02, channel 6, 2.4 GHz, WPA2",
        "offers WPS 2.0; open by PIN from",
        "6 of 7 steps",
    ] {
        assert!(words.contains(part), "no {part:?} in\n{words}");
    }
}

#[test]
fn the_settings_came_and_the_password_is_wrong() {
    for sends_away in [false, true] {
        let mut air = registered();
        air.associate(false, StatusCode::SUCCESS);
        for counter in 1..=if sends_away { 1 } else { 3 } {
            air.wait(1000).key(1, counter);
            air.key(2, counter);
        }
        if sends_away {
            air.send_away(ReasonCode::HANDSHAKE_TIMEOUT);
        }
        let report = told(&air);
        let attempt = &report.attempts[0];
        let seen = (attempt.outcome, attempt.cause, attempt.step, attempt.achieved);
        let expected =
            (Outcome::Failed, Some("wrong-passphrase"), Some(Step::Joined), Some(Achieved::Received));
        assert_eq!(seen, expected, "{report:#?}");
    }
}

#[test]
fn joining_without_wps() {
    for (status, messages, encrypted, outcome, cause) in [
        (StatusCode::SUCCESS, &[1, 2, 3, 4][..], 0, Outcome::Succeeded, None),
        (StatusCode::SUCCESS, &[1, 2], 3, Outcome::Succeeded, None),
        (StatusCode::SUCCESS, &[1, 2, 1, 2, 1], 0, Outcome::Failed, Some("wrong-passphrase")),
        (StatusCode::SUCCESS, &[1, 2], 0, Outcome::Unfinished, None),
        (StatusCode::DENIED, &[], 0, Outcome::Failed, Some("join-refused")),
    ] {
        let mut air = Air::default();
        air.associate(false, status);
        messages.iter().zip(1..).for_each(|(number, counter)| air.key(*number, counter));
        (0..encrypted).for_each(|_| air.encrypted());
        let report = told(&air);
        let attempt = &report.attempts[0];
        assert_eq!((attempt.outcome, attempt.cause), (outcome, cause), "{report:#?}");
        assert_eq!(attempt.method, Some(Method::Passphrase), "{report:#?}");
    }
    // A station that is let in, and whose handshake is not in the capture, is no story.
    let mut air = Air::default();
    air.associate(false, StatusCode::SUCCESS);
    air.encrypted();
    assert!(!told(&air).has_story());
}

#[test]
fn a_link_that_is_lost() {
    let sent = register(Meeting::Pin(PIN), 1400, |_| false);
    let mut air = Air::default();
    air.associate(true, StatusCode::SUCCESS);
    air.register(&sent[..8], false);
    air.send_away(ReasonCode::INACTIVITY);
    let report = told(&air);
    let attempt = &report.attempts[0];
    assert_eq!((attempt.cause, attempt.step), (Some("link-lost"), Some(Step::FirstHalf)), "{report:#?}");
    assert!(attempt.evidence.contains("The router ended the association: silent for too long"), "{report}");

    let mut air = Air::default();
    air.associate(true, StatusCode::NO_MORE_STATIONS);
    let report = told(&air);
    let attempt = &report.attempts[0];
    assert_eq!((attempt.cause, attempt.steps_done), (Some("join-refused"), 0), "{report:#?}");
}

#[test]
fn devices_that_find_nothing_are_told_why() {
    let wps_on = || Some(wps(None, false));
    for (networks, expected) in [
        (vec![], Some("nothing-heard")),
        (vec![(&b"Home"[..], AkmSuite::PSK, None)], Some("wps-off")),
        (vec![(&b""[..], AkmSuite::PSK, None)], Some("hidden")),
        (vec![(&b"\0\0\0\0"[..], AkmSuite::PSK, wps_on())], Some("hidden")),
        (vec![(&b"Home"[..], AkmSuite::SAE, None)], Some("wpa3-only")),
        (vec![(&b"Home"[..], AkmSuite::PSK, wps_on())], None),
    ] {
        let mut air = Air::default();
        for (name, akm, wps) in networks {
            air.beacon(name, akm, wps);
        }
        air.probe(OTHER, DevicePasswordId::PushButton);
        air.wait(500).probe(OTHER, DevicePasswordId::PushButton);
        let report = told(&air);
        let [search] = report.searches.as_slice() else { panic!("{report:#?}") };
        assert_eq!(
            (search.cause, search.requests, search.method),
            (expected, 2, Method::Button),
            "{report:#?}"
        );
        assert!(report.has_story() && report.to_string().contains("looked for a router with WPS 2 times"));
    }
}

#[test]
fn devices_that_nobody_waits_for_are_told_what_to_do() {
    const PIN_ID: DevicePasswordId = DevicePasswordId::Default;
    const BUTTON: DevicePasswordId = DevicePasswordId::PushButton;
    for (open, asks, seconds, expected) in [
        (None, PIN_ID, 10, Some("not-ready")),
        (None, BUTTON, 10, None),
        (None, BUTTON, 118, Some("walk-time-over")),
        (Some(BUTTON), BUTTON, 118, None),
        (Some(BUTTON), PIN_ID, 118, None),
    ] {
        let mut air = Air::default();
        air.beacon(b"Home", AkmSuite::PSK, Some(wps(open, false)));
        air.probe(OTHER, asks);
        air.wait(seconds * 1000).probe(OTHER, asks);
        let report = told(&air);
        assert_eq!(report.searches[0].cause, expected, "{report:#?}");
        assert_eq!(report.searches[0].advice.is_some(), expected.is_some(), "{report:#?}");
    }
}

#[test]
fn who_else_pressed_a_button() {
    let mut air = Air::default();
    air.beacon(b"Home", AkmSuite::PSK, Some(wps(Some(DevicePasswordId::PushButton), false)));
    air.probe(PRINTER, DevicePasswordId::PushButton);
    air.probe(OTHER, DevicePasswordId::PushButton);
    air.associate(true, StatusCode::SUCCESS);
    let sent = register(Meeting::Button, 1400, |_| false);
    air.register(&sent[..6], false);
    let report = told(&air);
    let notes = report.attempts[0].notes.join(" ");
    assert!(notes.contains("(02:00:00:00:00:09) asked by button at that time too."), "{report:#?}");
    // The one that registers is not told as one that searches.
    assert_eq!(report.searches.len(), 1, "{report:#?}");
}

#[test]
fn a_locked_router_says_so() {
    let mut air = Air::default();
    air.beacon(b"Home", AkmSuite::PSK, Some(wps(None, true)));
    let report = told(&air);
    assert!(report.networks[0].wps.as_ref().unwrap().locked);
    assert!(report.to_string().contains("its own PIN is locked or off"), "{report}");
    assert!(report.to_string().contains("No device tried to register"), "{report}");
}

#[test]
fn names_cannot_steer_a_terminal() {
    let mut air = Air::default();
    air.beacon(b"\x1b[2J\x07Home\r\n", AkmSuite::PSK, Some(wps(None, false)));
    let words = told(&air).to_string();
    assert!(words.chars().all(|c| c == '\n' || !c.is_control()), "{words:?}");
}

#[test]
fn joining_at_the_other_access_point_of_the_network_goes_on() {
    let mut air = registered();
    let other = Air::default();
    assert!(other.packets.is_empty());
    air.associate(false, StatusCode::SUCCESS);
    (1..=4).for_each(|number| air.key(number, u64::from(number.div_ceil(2))));
    // The same frames, at another BSSID from the second association on.
    let end_of_wps = air.packets.len() - 8;
    let swap = |packet: &mut Vec<u8>| {
        for at in 0..packet.len() - 6 {
            if packet[at..at + 6] == ROUTER.0 {
                packet[at + 5] = 0x22;
            }
        }
    };
    air.packets[end_of_wps..].iter_mut().for_each(|(_, packet)| swap(packet));
    let report = told(&air);
    assert_eq!(report.attempts.len(), 1, "{report:#?}");
    assert_eq!(report.attempts[0].steps_done, 6, "{report:#?}");
}
