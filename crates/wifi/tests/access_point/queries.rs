//! Somebody else uses the name of a station whose management frames are protected.

use crate::cell::*;
use crate::keys::{join, own_rsn};
use keyway_wifi::access_point::Event;
use keyway_wifi::element::{ElementId, Elements};
use keyway_wifi::frame::{ManagementBody, SaQuery, StatusCode};
use std::time::Duration;

fn questions(cell: &Cell) -> Vec<SaQuery> {
    let query = |body: &ManagementBody| match body {
        ManagementBody::Action(action) => SaQuery::from_action(action),
        _ => None,
    };
    cell.sent().iter().filter_map(|frame| query(&frame.body)).collect()
}

fn request_again(cell: &mut Cell, protects: bool) {
    let mut elements = Elements::new();
    elements.push(&own_rsn(protects));
    cell.clear();
    cell.associate(mac(1), &elements);
}

/// A station on a network where it protects its management frames.
fn protected() -> Cell {
    let mut cell = Cell::new(config(wpa2(Mfp::Optional)));
    join(&mut cell, 1, true);
    cell
}

#[test]
fn one_who_is_still_there_stays() {
    let mut cell = protected();
    request_again(&mut cell, true);
    assert_eq!(cell.authentication(), StatusCode::SUCCESS);
    assert_eq!(cell.status(), StatusCode::TRY_LATER);
    let wait = cell.association().elements.raw(ElementId::TIMEOUT_INTERVAL).unwrap();
    assert_eq!(wait.content, [3, 0xe8, 3, 0, 0], "1000 units of 1024 µs");
    let [question] = questions(&cell)[..] else { panic!("{:?}", cell.commands) };
    let answer = SaQuery { is_response: true, ..question };
    cell.hear(mac(1), ManagementBody::Action(answer.to_action()));
    cell.clear();
    cell.pass(SECOND * 5);
    assert!(questions(&cell).is_empty(), "it has answered");
    assert!(!cell.was_removed(mac(1)));
    assert_eq!(cell.access_point.joined().count(), 1);
    request_again(&mut cell, true);
    assert_eq!(cell.status(), StatusCode::TRY_LATER, "and the next time it is asked anew");
}

#[test]
fn one_who_has_lost_its_keys_comes_back() {
    let mut cell = protected();
    request_again(&mut cell, true);
    let mut asked = questions(&cell);
    cell.clear();
    cell.pass(Duration::from_millis(500));
    asked.extend(questions(&cell));
    assert_eq!(asked.len(), 3, "one is not enough on a lossy medium");
    assert!(asked.windows(2).all(|pair| pair[0].transaction != pair[1].transaction));
    request_again(&mut cell, true);
    assert_eq!(cell.status(), StatusCode::TRY_LATER, "its time is not over");
    let wait = cell.association().elements.raw(ElementId::TIMEOUT_INTERVAL).unwrap();
    assert!(wait.content[1..] < [0x00, 0x03, 0, 0][..] || wait.content[2] < 3, "{wait:?}");
    cell.pass(Duration::from_millis(600));
    request_again(&mut cell, true);
    assert_eq!(cell.status(), StatusCode::SUCCESS);
    assert!(cell.events.contains(&Event::Associated { station: mac(1), for_wps: false }));
}

#[test]
fn a_wrong_answer_is_none() {
    let mut cell = protected();
    request_again(&mut cell, true);
    let [SaQuery { transaction: [a, b], .. }] = questions(&cell)[..] else { panic!() };
    for transaction in [[a, b.wrapping_add(1)], [a, b.wrapping_sub(1)], [!a, b]] {
        let answer = SaQuery { is_response: true, transaction };
        cell.hear(mac(1), ManagementBody::Action(answer.to_action()));
    }
    cell.pass(SECOND * 2);
    request_again(&mut cell, true);
    assert_eq!(cell.status(), StatusCode::SUCCESS);
}

#[test]
fn without_protection_nobody_is_asked() {
    // The network can protect, and this station does not: it could never answer.
    let mut cell = Cell::new(config(wpa2(Mfp::Optional)));
    join(&mut cell, 1, false);
    request_again(&mut cell, false);
    assert_eq!(cell.status(), StatusCode::SUCCESS);
    assert!(questions(&cell).is_empty());
}

#[test]
fn questions_of_stations_are_answered() {
    let question = SaQuery { is_response: false, transaction: [9, 8] };
    let mut cell = protected();
    cell.clear();
    cell.hear(mac(1), ManagementBody::Action(question.to_action()));
    assert_eq!(questions(&cell), [SaQuery { is_response: true, ..question }]);
    cell.clear();
    cell.hear(mac(2), ManagementBody::Action(question.to_action()));
    assert!(cell.commands.is_empty(), "not those of strangers");
}
