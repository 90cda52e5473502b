//! N19: a test page outside the assistant, at a printer that the computer sees.

use super::scenario;
use keyway_devices::action::ComputerAction;
use keyway_devices::play::{Part, Stuck};

#[test]
fn a_test_page_comes_out_of_the_printer_that_was_found() {
    scenario(|person| {
        Part::Passphrase.play(person)?;
        let nowhere = ComputerAction::PrintAt { address: "192.168.1.254".to_owned() };
        let Err(Stuck::Refused(refusal)) = person.at_computer(nowhere) else { panic!() };
        assert_eq!(refusal.code, "not-found");
        let address = person.view().computer.found[0].address.clone();
        for pages in 1..=2 {
            person.at_computer(ComputerAction::PrintAt { address: address.clone() })?;
            let twice = person.at_computer(ComputerAction::PrintAt { address: address.clone() });
            let Err(Stuck::Refused(refusal)) = twice else { panic!() };
            assert_eq!(refusal.code, "not-now");
            person.wait("the page", 60, |view| {
                view.computer.print.as_ref().and_then(|print| print.done.then_some(()))
            })?;
            assert_eq!(person.printer("study")?.papers.len(), pages);
        }
        // A printer that is gone: told, and it may be tried again.
        person.at_computer(ComputerAction::PrintAt { address: address.clone() })?;
        super::in_home(
            person,
            keyway_devices::action::HomeAction::PrinterPower { printer: "study".to_owned(), on: false },
        )?;
        person.wait("the reason", 200, |view| view.computer.print.as_ref()?.reason.clone())?;
        Ok(())
    });
}
