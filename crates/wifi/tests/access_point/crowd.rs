//! Many stations.

use crate::cell::*;
use keyway_wifi::access_point::Event;
use keyway_wifi::driver::AccessPointCommand;
use keyway_wifi::frame::{ManagementBody, StatusCode};
use std::collections::BTreeSet;

fn ids(cell: &Cell) -> Vec<u16> {
    let id = |command: &AccessPointCommand| match command {
        AccessPointCommand::AddStation { association_id, .. } => Some(*association_id),
        _ => None,
    };
    cell.commands.iter().filter_map(id).collect()
}

#[test]
fn two_thousand_and_seven_find_room_and_no_more() {
    let mut cell = Cell::with_wps(config(wpa2(Mfp::No)), wps());
    for number in 1..=2007 {
        cell.associate(mac(number), &to_register());
    }
    let unique: BTreeSet<u16> = ids(&cell).into_iter().collect();
    assert_eq!((unique.len(), unique.first(), unique.last()), (2007, Some(&1), Some(&2007)));
    cell.clear();
    cell.authenticate(mac(2008));
    assert_eq!(cell.authentication(), StatusCode::NO_MORE_STATIONS);
    let refused = Event::Refused { station: mac(2008), status: StatusCode::NO_MORE_STATIONS };
    assert_eq!(cell.events, [refused]);
    cell.associate(mac(17), &to_register());
    assert_eq!(
        (cell.status(), ids(&cell)),
        (StatusCode::SUCCESS, vec![17]),
        "one who is known may come again"
    );
    cell.access_point.disconnect(mac(100));
    cell.settle();
    cell.clear();
    cell.associate(mac(2008), &to_register());
    assert_eq!(ids(&cell), [100]);
}

#[test]
fn the_limit_is_what_the_owner_says_within_what_there_is() {
    for (most, expected) in [(0, 1), (1, 1), (3, 3), (5000, 2007)] {
        let mut config = config(wpa2(Mfp::No));
        config.max_stations = most;
        let mut cell = Cell::with_wps(config, wps());
        for number in 1..=2010 {
            cell.associate(mac(number), &to_register());
        }
        assert_eq!(ids(&cell).len(), expected, "{most}");
    }
}

#[test]
fn authentications_in_made_up_names_do_not_keep_others_out() {
    let mut config = config(wpa2(Mfp::No));
    config.max_stations = 10;
    let mut cell = Cell::with_wps(config, wps());
    cell.associate(mac(1), &to_register());
    for number in 100..1000 {
        cell.authenticate(mac(number));
        assert_eq!(cell.authentication(), StatusCode::SUCCESS);
    }
    cell.clear();
    cell.associate(mac(2), &to_register());
    assert_eq!(cell.status(), StatusCode::SUCCESS);
    assert!(!cell.was_removed(mac(1)), "one who is associated stays");
    assert!(!cell.events.iter().any(|event| matches!(event, Event::Left(_))), "those never were here");
}

#[test]
fn a_limit_of_one_lets_the_same_one_come_again() {
    let mut config = config(wpa2(Mfp::No));
    config.max_stations = 1;
    let mut cell = Cell::with_wps(config, wps());
    for _ in 0..3 {
        cell.associate(mac(1), &to_register());
        assert_eq!(cell.status(), StatusCode::SUCCESS);
    }
    cell.hear(mac(1), ManagementBody::Deauthentication(keyway_wifi::frame::ReasonCode::LEAVING.into()));
    cell.associate(mac(2), &to_register());
    assert_eq!(cell.status(), StatusCode::SUCCESS);
}

#[test]
fn each_timer_of_a_crowd_is_its_own() {
    let mut cell = Cell::with_wps(config(wpa2(Mfp::No)), wps());
    for number in 1..=500 {
        cell.associate(mac(number), &to_register());
        cell.now = cell.now + SECOND / 10;
    }
    let end = cell.now;
    cell.clear();
    // The first came 50 s ago, and each has 120 s.
    cell.pass(SECOND * 70 + SECOND / 20);
    let left: Vec<&Event> = cell.events.iter().collect();
    assert_eq!(left, [&Event::Left(mac(1))]);
    cell.pass(SECOND * 50);
    assert_eq!(cell.events.len(), 500);
    assert_eq!((cell.access_point.poll_timeout(), cell.now), (None, end + SECOND * 120 + SECOND / 20));
}
