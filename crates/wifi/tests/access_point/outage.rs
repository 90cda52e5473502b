//! A radio that takes the network off the air, and has it again.

use crate::cell::*;
use keyway_wifi::access_point::{BssConfig, Event};
use keyway_wifi::driver::{AccessPointCommand, AccessPointEvent};
use keyway_wifi::rsn::GroupKey;

fn groups(cell: &Cell) -> Vec<GroupKey> {
    let key = |command: &AccessPointCommand| match command {
        AccessPointCommand::InstallGroup(key) | AccessPointCommand::InstallManagementGroup(key) => {
            Some(key.clone())
        }
        _ => None,
    };
    cell.commands.iter().filter_map(key).collect()
}

fn has_started(cell: &Cell) -> bool {
    cell.commands.iter().any(|command| matches!(command, AccessPointCommand::Start { .. }))
}

#[test]
fn a_network_that_the_radio_took_off_the_air_is_begun_again() {
    let config = BssConfig { rekey: Some(SECOND * 3600), ..config(wpa2(Mfp::Optional)) };
    let mut cell = Cell::with_wps(config, wps());
    for number in [1, 2] {
        cell.associate(mac(number), &to_register());
    }
    cell.authenticate(mac(3));
    cell.clear();
    cell.tell(AccessPointEvent::Stopped);
    assert_eq!(cell.events, [Event::Left(mac(1)), Event::Left(mac(2)), Event::Stopped]);
    assert!(cell.commands.is_empty(), "the radio has forgotten everything: {:?}", cell.commands);
    assert!(!cell.access_point.is_running());
    // What still comes is about nothing.
    cell.clear();
    cell.authenticate(mac(1));
    cell.tell(AccessPointEvent::Stopped);
    cell.access_point.set_wps(wps());
    assert!(cell.commands.is_empty() && cell.events.is_empty());

    let mut keys = Vec::new();
    for _ in 0..3 {
        cell.clear();
        cell.pass(SECOND * 4);
        assert!(!has_started(&cell));
        cell.pass(SECOND);
        assert!(has_started(&cell) && cell.access_point.is_running());
        keys.extend(groups(&cell));
        cell.tell(AccessPointEvent::Stopped);
        assert!(cell.events.is_empty(), "it is told once: {:?}", cell.events);
    }
    cell.clear();
    cell.pass(SECOND * 5);
    keys.extend(groups(&cell));
    let different = |key: &GroupKey| keys.iter().filter(|other| other.key == key.key).count() == 1;
    assert!(keys.len() == 8 && keys.iter().all(different), "packet numbers begin anew: {keys:?}");
    assert!(cell.beacon().elements.has_wps());
    cell.tell(AccessPointEvent::Resumed);
    assert_eq!(cell.events, [Event::Resumed]);
    cell.clear();
    cell.associate(mac(1), &to_join());
    assert_eq!(cell.events, [Event::Associated { station: mac(1), for_wps: false }]);
    assert_eq!(cell.association().association_id, 1, "the identifiers are free again");
    // And once more.
    cell.clear();
    cell.tell(AccessPointEvent::Stopped);
    assert_eq!(cell.events, [Event::Left(mac(1)), Event::Stopped]);
}

#[test]
fn what_the_owner_wants_meanwhile_counts() {
    let mut cell = Cell::new(config(wpa2(Mfp::No)));
    cell.tell(AccessPointEvent::Stopped);
    cell.access_point.stop();
    cell.pass(SECOND * 60);
    assert!(!has_started(&cell) && cell.commands.is_empty(), "{:?}", cell.commands);

    cell.access_point.start(cell.now);
    cell.settle();
    cell.tell(AccessPointEvent::Resumed);
    cell.tell(AccessPointEvent::Stopped);
    cell.clear();
    let other = BssConfig { ssid: ssid("Other"), ..config(wpa2(Mfp::No)) };
    cell.access_point.restart(other, cell.now, &mut cell.numbers).unwrap();
    cell.settle();
    assert!(has_started(&cell));
    assert_eq!(cell.beacon().elements.find().unwrap(), Some(ssid("Other")));
    cell.clear();
    cell.pass(SECOND * 60);
    assert!(!has_started(&cell), "it is on the air");
    cell.probe(mac(1), Some("Other"));
    assert!(cell.probe_response().is_some());
}
