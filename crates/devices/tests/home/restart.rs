//! A home that starts again with what was kept of it.

use super::{home, in_home};
use keyway_devices::Random;
use keyway_devices::action::HomeAction;
use keyway_devices::durable::{Change, Saved};
use keyway_devices::home::{Home, HomeConfig};
use keyway_devices::play::{Nobody, Part, Person};
use keyway_devices::view::Model;
use keyway_eap::Timestamp;

/// Keeps changes as a store does.
fn keep(saved: &mut Saved, changes: Vec<Change>) {
    for change in changes {
        match change {
            Change::Set { owner, key, value } => {
                saved.values.retain(|(o, k, _)| (o, k) != (&owner, &key));
                saved.values.push((owner, key, value));
            }
            Change::Remove { owner, key } => saved.values.retain(|(o, k, _)| (o, k) != (&owner, &key)),
            Change::Ledger(entry) => saved.ledger.push(entry),
            Change::Device(device) => {
                saved.devices.retain(|known| known.mac != device.mac);
                saved.devices.push(device);
            }
            Change::RemoveDevice(mac) => saved.devices.retain(|known| known.mac != mac),
        }
    }
}

#[test]
fn settings_ledger_and_devices_last_and_the_printer_comes_back() {
    let mut nobody = Nobody;
    let mut person = Person::new(home(3), &mut nobody);
    Part::Pin.play(&mut person).unwrap();
    in_home(&mut person, HomeAction::AddPrinter { model: Model::Label }).unwrap();
    in_home(&mut person, HomeAction::Move { printer: "printer-5".to_owned(), metres: 9 }).unwrap();
    let label = person.printer("printer-5").unwrap().panel.sticker;
    let before = person.home.admin_view(person.now);
    let mut saved = Saved::default();
    let changes = std::mem::take(&mut person.changes);
    let shown = format!("{changes:?}");
    assert!(!shown.contains(before.passphrase.expose()), "a change says its secret");
    keep(&mut saved, changes);

    let config = HomeConfig::demo(3, 1_700_000_600_000);
    let again = Home::new(config, saved, Random::seeded(9), Timestamp::ZERO);
    let mut person = Person::new(again, &mut nobody);
    let after = person.home.admin_view(person.now);
    assert_eq!(after.passphrase, before.passphrase);
    assert_eq!(after.ledger, before.ledger);
    assert!(after.public.has_password && !after.wps);
    let brought = person.printer("printer-5").unwrap();
    assert!(label.is_some());
    assert_eq!((brought.model, brought.panel.sticker, brought.metres), (Model::Label, label, 9));
    let online =
        person.until("the printer online", 60, |person| person.printer("study").ok()?.network?.address);
    assert!(online.is_ok(), "{:#?}", person.printer("study"));
}
