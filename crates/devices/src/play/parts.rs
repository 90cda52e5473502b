//! The parts that a person can play, one for each way onto the network.

use super::{Person, Stuck};
use crate::action::{Action, ComputerAction, HomeAction, Key, OnThePrinter, PrinterAction, RouterAction};
use crate::secret::SecretText;
use crate::session::Method;
use crate::view::AssistantStage;

/// A part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// The printer's PIN, typed at the router's page.
    Pin,
    /// A button on each.
    Button,
    /// The PIN on the printer's label.
    Label,
    /// The router's PIN, typed at the printer.
    RouterPin,
    /// Network name and passphrase.
    Passphrase,
    /// Over a USB cable.
    Usb,
    /// Led by the computer's assistant, up to the test page.
    Assistant,
}

impl Part {
    /// All of them.
    pub const ALL: [Part; 7] =
        [Part::Pin, Part::Button, Part::Label, Part::RouterPin, Part::Passphrase, Part::Usb, Part::Assistant];

    /// Plays it in the home of [`HomeConfig::demo`](crate::home::HomeConfig::demo), to the end: the printer is online,
    /// and the computer has found it. The printer's address.
    ///
    /// # Errors
    /// [`Stuck`].
    pub fn play(self, person: &mut Person<'_>) -> Result<String, Stuck> {
        match self {
            Part::Pin => pin(person),
            Part::Button => button(person),
            Part::Label => label(person),
            Part::RouterPin => router_pin(person),
            Part::Passphrase => passphrase(person),
            Part::Usb => usb(person),
            Part::Assistant => assistant(person),
        }
    }
}

fn pin(person: &mut Person<'_>) -> Result<String, Stuck> {
    person.prepare_router(true)?;
    person.say("At the printer: Wireless › Wi-Fi Setup › WPS PIN");
    person.touch("study", &["Wireless", "Wi-Fi Setup", "WPS PIN"])?;
    let pin = person.read_pin("study")?;
    let device = Some(person.waiting("study")?);
    let nickname = person.printer("study")?.nickname;
    person.say(&format!(
        "At the router's page: Add device by PIN, for {nickname}: the PIN from the printer's screen"
    ));
    person.at_router(RouterAction::AddPin { pin, device })?;
    let address = person.wait_until_found("study")?;
    person.wait_until_off()?;
    Ok(address)
}

fn button(person: &mut Person<'_>) -> Result<String, Stuck> {
    person.prepare_router(true)?;
    person.say("At the printer: press the WPS button");
    person.press("attic", Key::Wps)?;
    person.say("At the router's page: press the WPS button");
    person.at_router(RouterAction::Button)?;
    let address = person.wait_until_found("attic")?;
    person.wait_until_off()?;
    Ok(address)
}

fn label(person: &mut Person<'_>) -> Result<String, Stuck> {
    person.prepare_router(true)?;
    let sticker = person.printer("kitchen")?.panel.sticker;
    let pin = sticker.ok_or_else(|| Stuck::NotShown("a label".to_owned()))?.pin.clone();
    person.say("At the router's page: Add device by PIN: the PIN from the printer's label");
    person.at_router(RouterAction::AddPin { pin, device: None })?;
    person.say("At the printer: hold the WPS button");
    person.at_printer("kitchen", PrinterAction::Hold { keys: vec![Key::Wps] })?;
    person.wait_until_found("kitchen")
}

fn router_pin(person: &mut Person<'_>) -> Result<String, Stuck> {
    person.prepare_router(true)?;
    person.say("At the router's page: switch the router's PIN on");
    person.at_router(RouterAction::RouterPinOn { minutes: None })?;
    let shown = person.home.admin_view(person.now).router_pin.pin;
    let pin = shown.ok_or_else(|| Stuck::NotShown("the router's PIN".to_owned()))?;
    person.say("At the printer: type the router's PIN");
    let start = PrinterAction::Start { method: Method::RouterPin, ssid: None, secret: Some(pin) };
    person.at_printer("hall", start)?;
    person.wait_until_found("hall")
}

fn passphrase(person: &mut Person<'_>) -> Result<String, Stuck> {
    person.prepare_router(false)?;
    let (ssid, secret) = network(person);
    person.say("At the printer's own page: the network's name and its password");
    let start = PrinterAction::Start { method: Method::Passphrase, ssid, secret };
    person.at_printer("study", start)?;
    person.wait_until_found("study")
}

fn usb(person: &mut Person<'_>) -> Result<String, Stuck> {
    person.prepare_router(false)?;
    let (ssid, secret) = network(person);
    person.say("Plug the USB cable in, from the printer to the computer");
    person.act(Action::Home { action: HomeAction::Usb { printer: "attic".to_owned(), on: true } })?;
    person.say("At the computer: the network's name and its password, over the cable");
    let start = PrinterAction::Start { method: Method::Usb, ssid, secret };
    person.at_printer("attic", start)?;
    person.wait_until_found("attic")
}

fn assistant(person: &mut Person<'_>) -> Result<String, Stuck> {
    person.prepare_router(true)?;
    person.wait("the computer on the network", 60, |view| view.computer.address.clone())?;
    person.say("At the computer: begin the assistant, choose the printer by its nickname");
    person.at_computer(ComputerAction::Begin)?;
    person.at_computer(ComputerAction::ChoosePrinter { printer: "study".to_owned() })?;
    person.say("At the computer: the printer has a screen; by the printer's PIN");
    person.at_computer(ComputerAction::PrinterHas { what: OnThePrinter::Screen })?;
    person.at_computer(ComputerAction::ChooseMethod { method: Method::Pin })?;
    person.wait("the checks", 60, |view| {
        let checks = &view.computer.assistant.checks;
        (checks.len() > 1).then_some(())
    })?;
    if let Some(reason) = person.view().computer.assistant.reason {
        return Err(Stuck::Failed { code: reason.code, what: reason.what, next: reason.next });
    }
    person.say("At the computer: all checks are good; go on");
    person.at_computer(ComputerAction::GoOn)?;
    let pin = person.read_pin("study")?;
    let device = Some(person.waiting("study")?);
    person.say("At the router's page: Add device by PIN: the PIN from the printer's screen");
    person.at_router(RouterAction::AddPin { pin, device })?;
    let address = person.wait_until_found("study")?;
    person.stage(AssistantStage::TestPage)?;
    person.say("At the computer: print a test page");
    person.at_computer(ComputerAction::TestPage)?;
    person.stage(AssistantStage::Done)?;
    person.say("The test page is printed, and WPS is off: the assistant is done");
    Ok(address)
}

/// The network's name and its password, as the owner knows them.
fn network(person: &Person<'_>) -> (Option<String>, Option<SecretText>) {
    let admin = person.home.admin_view(person.now);
    (Some(admin.public.ssid), Some(admin.passphrase))
}
