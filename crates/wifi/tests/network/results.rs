//! What is remembered of a scan.

use crate::cell::{Cell, OWN, Offer, mac};
use core::time::Duration;
use keyway_eap::Timestamp;
use keyway_wifi::network::{Network, ScanResults};
use keyway_wsc::{MacAddr, Uuid};

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_secs(seconds)
}

fn take(results: &mut ScanResults, cell: &Cell, seconds: u64) {
    results.take(&cell.sighting(), at(seconds));
}

fn only(results: &ScanResults) -> &Network {
    let mut networks = results.iter();
    let network = networks.next().unwrap();
    assert!(networks.next().is_none());
    network
}

#[test]
fn each_network_is_as_it_was_heard_last() {
    let mut results = ScanResults::default();
    assert!(results.is_empty());
    take(&mut results, &Cell::new(1, "Home").wps(Offer::pin(&[OWN])).at(-70), 1);
    take(&mut results, &Cell::new(1, "House").on(11).at(-60), 2);
    let network = only(&results);
    let name = network.ssid.as_ref().map(|ssid| ssid.as_bytes());
    assert_eq!((name, network.channel.number(), network.signal), (Some(&b"House"[..]), 11, -60));
    assert_eq!((&network.wps, network.seen), (&None, at(2)));
    assert_eq!(results.find(mac(1)), Some(only(&results)));
    assert_eq!(results.find(mac(2)), None);
    results.clear();
    assert!(results.is_empty());
}

/// A hidden network says its name to those who ask for it, in whatever order the frames come.
#[test]
fn a_hidden_name_that_was_told_is_kept() {
    let beacon = Cell::new(1, "").wps(Offer::idle());
    let answer = Cell::new(1, "Home").answers();
    for order in [[&beacon, &answer, &beacon], [&answer, &beacon, &answer], [&beacon, &beacon, &answer]] {
        let mut results = ScanResults::default();
        (1..).zip(order).for_each(|(time, cell)| take(&mut results, cell, time));
        let network = only(&results);
        let name = network.ssid.as_ref().map(|ssid| ssid.as_bytes());
        assert_eq!((name, network.hidden), (Some(&b"Home"[..]), true));
    }
    let mut results = ScanResults::default();
    take(&mut results, &Cell::new(1, ""), 1);
    take(&mut results, &Cell::new(1, "Home"), 2);
    assert!(!only(&results).hidden, "it is hidden no more");
    take(&mut results, &Cell::new(1, "Other").answers(), 3);
    let name = only(&results).ssid.as_ref().map(|ssid| ssid.as_bytes());
    assert_eq!((name, only(&results).hidden), (Some(&b"Other"[..]), false), "another name");
}

/// Beacons leave the identity out (observed: hostapd, but on two bands with the button pressed).
#[test]
fn an_identity_that_was_told_is_kept() {
    let mut results = ScanResults::default();
    let uuid = |results: &ScanResults| only(results).wps.as_ref().and_then(|wps| wps.uuid);
    take(&mut results, &Cell::new(1, "Home").wps(Offer::button()), 1);
    assert_eq!(uuid(&results), None);
    take(&mut results, &Cell::new(1, "Home").wps(Offer::idle()).answers(), 2);
    take(&mut results, &Cell::new(1, "Home").wps(Offer::button()), 3);
    assert_eq!(uuid(&results), Some(Uuid([7; 16])));
    assert!(only(&results).is_open_for_button());
    take(&mut results, &Cell::new(1, "Home"), 4);
    assert_eq!(only(&results).wps, None, "WPS was switched off");
}

#[test]
fn what_was_not_heard_for_long_is_forgotten() {
    let mut results = ScanResults::default();
    for (last, seconds) in [(1, 10), (2, 15), (3, 20)] {
        take(&mut results, &Cell::new(last, "Home"), seconds);
    }
    let since = |results: &ScanResults, seconds| {
        let mut octets: Vec<u8> = results.since(at(seconds)).map(|network| network.bssid.0[5]).collect();
        octets.sort_unstable();
        octets
    };
    assert_eq!(since(&results, 15), [2, 3]);
    assert_eq!(since(&results, 21), []);
    results.forget_older(Duration::from_secs(5), at(20));
    assert_eq!(since(&results, 0), [2, 3]);
    results.forget_older(Duration::from_secs(5), at(1000));
    assert!(results.is_empty());
}

#[test]
fn what_is_remembered_is_bounded_and_the_strongest() {
    let mut results = ScanResults::default();
    let cell = |number: u16| {
        let [high, low] = number.to_be_bytes();
        let bssid = MacAddr([2, 0, 0, 9, high, low]);
        // Strong ones and weak ones, in turns.
        let signal = if number.is_multiple_of(2) { -40 } else { -80 };
        Cell { bssid, signal, ..Cell::new(1, "Noise") }
    };
    (0..1000).for_each(|number| take(&mut results, &cell(number), 1));
    let kept: Vec<&Network> = results.iter().collect();
    assert_eq!(kept.len(), 128);
    assert!(kept.iter().all(|network| network.signal == -40));

    take(&mut results, &Cell::new(1, "Weak").at(-90), 2);
    assert_eq!(results.find(mac(1)), None, "it is weaker than all others");
    take(&mut results, &Cell::new(1, "Strong").at(-30), 2);
    assert!(results.find(mac(1)).is_some());
    assert_eq!(results.iter().count(), 128);
}

#[test]
fn frames_that_make_no_sense_are_not_remembered() {
    let mut results = ScanResults::default();
    take(&mut results, &Cell::new(1, "").named(&[1; 40]), 1);
    assert!(results.is_empty());
}
