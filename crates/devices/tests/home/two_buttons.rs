//! N20: push button; two printers at once are an overlap, and neither gets on.

use super::{admin, scenario};
use keyway_devices::action::{Key, RouterAction};
use keyway_devices::play::Stuck;

#[test]
fn the_router_refuses_its_button_while_two_printers_ask() {
    scenario(|person| {
        person.prepare_router(true)?;
        for printer in ["kitchen", "attic"] {
            person.press(printer, Key::Wps)?;
            person.waiting(printer)?;
        }
        let Err(Stuck::Refused(refusal)) = person.at_router(RouterAction::Button) else { panic!() };
        assert_eq!(refusal.code, "overlap");
        Ok(())
    });
}

#[test]
fn a_pressed_button_lets_nobody_in_when_two_printers_ask() {
    scenario(|person| {
        person.prepare_router(true)?;
        person.at_router(RouterAction::Button)?;
        person.press("kitchen", Key::Wps)?;
        person.press("attic", Key::Wps)?;
        person.until("the overlap", 30, |person| {
            admin(person).ledger.iter().any(|entry| entry.result == "session-overlap").then_some(())
        })?;
        for printer in ["kitchen", "attic"] {
            let reason = super::failure(person, printer, 150)?;
            assert!(["session-overlap", "walk-time-over"].contains(&reason.code.as_str()), "{reason:?}");
            assert!(person.printer(printer)?.network.is_none());
        }
        Ok(())
    });
}
