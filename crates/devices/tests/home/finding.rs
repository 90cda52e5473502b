//! N19, N36, N38, N43: the computer does not see the printer because of a VPN or another network, and says so.

use super::{admin, scenario};
use keyway_devices::action::{ComputerAction, OnThePrinter, PrinterAction, RouterAction};
use keyway_devices::play::{Person, Stuck};
use keyway_devices::session::Method;
use keyway_devices::view::AssistantStage;

/// The assistant leads up to the question whether the printer is seen, by passphrase.
fn lead(person: &mut Person<'_>) -> Result<(), Stuck> {
    person.at_computer(ComputerAction::Begin)?;
    person.at_computer(ComputerAction::ChoosePrinter { printer: "study".to_owned() })?;
    person.at_computer(ComputerAction::PrinterHas { what: OnThePrinter::Screen })?;
    person.at_computer(ComputerAction::ChooseMethod { method: Method::Passphrase })?;
    person.wait("the checks", 60, |view| (view.computer.assistant.checks.len() > 1).then_some(()))?;
    person.at_computer(ComputerAction::GoOn)?;
    let text = admin(person).passphrase;
    person.at_computer(ComputerAction::Enter { text })
}

fn reason(person: &mut Person<'_>) -> Result<String, Stuck> {
    person.stage(AssistantStage::CanSee)?;
    person.wait("the reason", 30, |view| view.computer.assistant.reason.clone().map(|reason| reason.code))
}

#[test]
fn a_vpn_hides_the_printer() {
    scenario(|person| {
        person.prepare_router(false)?;
        person.wait("the computer", 60, |view| view.computer.address.clone())?;
        person.at_computer(ComputerAction::Vpn { on: true })?;
        lead(person)?;
        assert_eq!(reason(person)?, "vpn");
        assert!(person.view().computer.found.is_empty());
        person.at_computer(ComputerAction::Vpn { on: false })?;
        person.stage(AssistantStage::TestPage)?;
        person.at_computer(ComputerAction::TestPage)?;
        person.stage(AssistantStage::Done)?;
        assert_eq!(person.printer("study")?.papers.len(), 1);
        Ok(())
    });
}

#[test]
fn the_guest_network_is_another_network() {
    scenario(|person| {
        person.prepare_router(false)?;
        person.wait("the computer", 60, |view| view.computer.address.clone())?;
        person.at_computer(ComputerAction::Guest { on: true })?;
        person.wait("the guest network", 60, |view| {
            (view.computer.ssid.as_deref() == Some("Guest")).then_some(())
        })?;
        lead(person)?;
        assert_eq!(reason(person)?, "different-networks");
        person.at_computer(ComputerAction::Guest { on: false })?;
        person.stage(AssistantStage::TestPage)
    });
}

#[test]
fn a_password_typed_as_a_pin_is_recognised_and_the_reverse() {
    scenario(|person| {
        person.prepare_router(true)?;
        let passphrase = admin(person).passphrase;
        let Err(Stuck::Refused(refusal)) =
            person.at_router(RouterAction::AddPin { pin: passphrase, device: None })
        else {
            panic!()
        };
        assert_eq!(refusal.code, "looks-like-password");
        let start = PrinterAction::Start {
            method: Method::Passphrase,
            ssid: Some("Home".to_owned()),
            secret: Some(keyway_devices::SecretText::new("12345670")),
        };
        let Err(Stuck::Refused(refusal)) = person.at_printer("study", start) else { panic!() };
        assert_eq!(refusal.code, "looks-like-pin");
        Ok(())
    });
}
