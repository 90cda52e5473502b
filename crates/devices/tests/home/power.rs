//! Plugs that are pulled: printers and the router come back by themselves.

use super::{in_home, scenario};
use keyway_devices::action::HomeAction;
use keyway_devices::play::Part;

#[test]
fn a_printer_comes_back_after_its_plug_was_pulled() {
    scenario(|person| {
        let address = Part::Passphrase.play(person)?;
        let printer = "study".to_owned();
        in_home(person, HomeAction::PrinterPower { printer: printer.clone(), on: false })?;
        person.wait("the printer to be gone", 30, |view| view.computer.found.is_empty().then_some(()))?;
        in_home(person, HomeAction::PrinterPower { printer, on: true })?;
        let again = person
            .until("the printer online", 60, |person| person.printer("study").ok()?.network?.address)?;
        assert_eq!(again, address, "the same lease");
        Ok(())
    });
}

#[test]
fn everybody_comes_back_after_the_router_was_off() {
    scenario(|person| {
        Part::Passphrase.play(person)?;
        in_home(person, HomeAction::RouterPower { on: false })?;
        person.until("the printer off the network", 60, |person| {
            (!person.printer("study").ok()?.network?.connected).then_some(())
        })?;
        in_home(person, HomeAction::RouterPower { on: true })?;
        person.until("the printer online", 120, |person| person.printer("study").ok()?.network?.address)?;
        person.wait("the computer online", 120, |view| view.computer.address.clone())?;
        Ok(())
    });
}
