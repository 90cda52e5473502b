//! What the assistant says: titles, sentences, advice. Ready to be translated.

use super::Around;
use super::checks::is_wps;
use super::stage::{Chosen, Stage};
use crate::action::OnThePrinter;
use crate::session::{Countdown, Method, Reason};
use crate::view::{Ask, Banner, PrinterView};

impl OnThePrinter {
    /// All of them, as they are offered.
    pub(super) const ALL: [OnThePrinter; 4] =
        [OnThePrinter::Screen, OnThePrinter::Sticker, OnThePrinter::Buttons, OnThePrinter::UsbOnly];

    pub(super) const fn words(self) -> (&'static str, &'static str) {
        match self {
            OnThePrinter::Screen => ("A screen", "Large or two lines: it can show a PIN."),
            OnThePrinter::Sticker => {
                ("A sticker with a PIN", "On the back, below, or under the cover: eight digits.")
            }
            OnThePrinter::Buttons => ("Buttons and lights", "One of them with the sign of Wi-Fi, or WPS."),
            OnThePrinter::UsbOnly => {
                ("None of these, or a USB cable", "A cable from the printer to this computer.")
            }
        }
    }

    /// The methods that go with it.
    pub(super) const fn methods(self) -> &'static [Method] {
        match self {
            OnThePrinter::Screen => {
                &[Method::Passphrase, Method::Button, Method::Pin, Method::RouterPin, Method::Usb]
            }
            OnThePrinter::Sticker => &[Method::Button, Method::LabelPin, Method::Passphrase, Method::Usb],
            OnThePrinter::Buttons => &[Method::Button, Method::Passphrase, Method::Usb],
            OnThePrinter::UsbOnly => &[Method::Usb, Method::Passphrase],
        }
    }
}

/// What a method asks of a person.
pub(super) const fn method_hint(method: Method) -> &'static str {
    match method {
        Method::Passphrase => "The safest way: type the Wi-Fi password that your phone uses.",
        Method::Button => "Nothing to type: press a button on the printer and one on the router.",
        Method::Pin => "The printer shows a number; you type it at the router.",
        Method::LabelPin => "The number on the sticker; you type it at the router.",
        Method::RouterPin => "The router shows a number; you type it at the printer.",
        Method::Usb => "Over the cable; the Wi-Fi password is needed.",
    }
}

pub(super) fn title(stage: &Stage) -> String {
    match stage {
        Stage::Welcome => "Add a printer",
        Stage::WhichPrinter => "Which printer?",
        Stage::WhatIsOnIt { .. } => "What is on your printer?",
        Stage::WhichMethod { .. } => "How do you want to set it up?",
        Stage::PreFlight(_) => "Before you begin",
        Stage::SetUp(stage) => match stage.chosen.method {
            Method::Pin | Method::LabelPin => "Type the printer's PIN at the router",
            Method::Button => "Press both buttons",
            Method::RouterPin => "Type the router's PIN",
            Method::Passphrase => "Type the Wi-Fi password",
            Method::Usb => "Set it up over the USB cable",
        },
        Stage::CanSee(_) => "Does this computer see the printer?",
        Stage::TestPage(_) => "Print a test page",
        Stage::WpsOff(_) => "Is WPS off again?",
        Stage::Done { .. } => "The printer is ready",
        Stage::Failed { .. } => "That did not work",
    }
    .to_owned()
}

pub(super) fn body(stage: &Stage, printer: Option<&PrinterView>, around: &Around<'_>) -> Vec<String> {
    let nickname = printer.map_or("the printer", |printer| printer.nickname.as_str());
    let ssid = &around.router.ssid;
    match stage {
        Stage::Welcome => vec![
            "This brings a printer onto your Wi-Fi, checks that this computer sees it, and prints a test page.".into(),
            "Each number that you are asked for comes with whose number it is and why.".into(),
        ],
        Stage::WhichPrinter => {
            vec!["Choose it by its nickname: it stands on the printer's own screen or label, so that nobody adds a stranger's printer.".into()]
        }
        Stage::WhatIsOnIt { .. } => vec![format!("Look at {nickname}.")],
        Stage::WhichMethod { .. } => vec!["The safer ways come first.".into()],
        Stage::PreFlight(_) => vec!["So that nothing stands in the way later.".into()],
        Stage::SetUp(stage) => set_up_body(&stage.chosen, nickname, ssid),
        Stage::CanSee(_) => vec![format!("{nickname} is on {ssid}.")],
        Stage::TestPage(_) => vec!["A page on paper is the proof.".into()],
        Stage::WpsOff(_) => {
            vec!["WPS is needed only while a device is added. Off is safer, and can be seen on the air.".into()]
        }
        Stage::Done { wps_off: true, .. } => {
            vec![format!("{nickname} is on {ssid} and prints. WPS is off.")]
        }
        Stage::Done { .. } => vec![
            format!("{nickname} is on {ssid}."),
            "WPS is still on: switch it off at the router's page when no more devices are to be added.".into(),
        ],
        Stage::Failed { .. } => Vec::new(),
    }
}

fn set_up_body(chosen: &Chosen, nickname: &str, ssid: &str) -> Vec<String> {
    match chosen.method {
        Method::Pin => vec![
            format!("{nickname} shows its PIN now. It is the printer's number: by it the router knows that it gives the key of {ssid} to your printer and to no other."),
            "At the router's page: log in, WPS, Add device by PIN. Choose the same nickname there.".into(),
        ],
        Method::LabelPin => vec![
            format!("The PIN stands on the sticker of {nickname}. It is the printer's number: by it the router knows that it gives the key of {ssid} to your printer and to no other."),
            "At the router's page: log in, WPS, Add device by PIN. Choose the same nickname there.".into(),
        ],
        Method::Button => vec![
            format!("Press the WPS button on {nickname}, or let this computer press it."),
            "Then press the router's WPS button, or the one on its page, within two minutes.".into(),
        ],
        Method::RouterPin => vec![
            "At the router's page: log in, WPS, switch the router's PIN on. It is the router's number: with it the printer may read the network's key.".into(),
            "Type it here, or on the printer's screen.".into(),
        ],
        Method::Passphrase => vec![format!("It is the password of {ssid}, the same that your phone uses. {nickname} keeps it and shows it to nobody.")],
        Method::Usb => vec![
            format!("The cable goes from {nickname} to this computer. The password goes through it and not through the air."),
        ],
    }
}

/// What the assistant asks to be typed.
pub(super) fn ask(chosen: &Chosen, problem: Option<Reason>) -> Option<Ask> {
    let (label, why, secret) = match chosen.method {
        Method::Pin | Method::LabelPin => (
            "The printer's PIN, to be checked here first",
            "The number of the printer, not your Wi-Fi password. It is checked for typing errors here and goes no further: type it at the router's page.",
            false,
        ),
        Method::RouterPin => (
            "The router's PIN",
            "The number that the router's page shows, not your Wi-Fi password. The printer proves with it that you are the router's owner.",
            false,
        ),
        Method::Passphrase | Method::Usb => (
            "The Wi-Fi password",
            "The password of your network, not a PIN. The printer needs it to join.",
            true,
        ),
        Method::Button => return None,
    };
    Some(Ask { label: label.to_owned(), why: why.to_owned(), secret, problem })
}

/// Advice that applies now.
pub(super) fn advice(
    stage: &Stage,
    countdown: Option<Countdown>,
    around: &Around<'_>,
    vpn: bool,
) -> Vec<String> {
    let mut advice = Vec::new();
    let mut say = |sentence: &str| advice.push(sentence.to_owned());
    if let (Stage::SetUp(_), Some(left)) = (stage, countdown) {
        say(&format!("Do it now: {} left.", left.clock()));
    }
    let method = stage.chosen().map(|chosen| chosen.method);
    let is_off = matches!(around.router.banner, Banner::Off { .. });
    if method.is_some_and(is_wps) && is_off && matches!(stage, Stage::SetUp(_) | Stage::Failed { .. }) {
        say("WPS is off at the router: switch it on at its page first.");
    }
    if let Stage::Failed { chosen, reason } = stage {
        match reason.code.as_str() {
            "too-far" | "timed-out" | "link-lost" | "ended-early" | "nothing-heard" => {
                say("Move the printer closer to the router.");
            }
            "pin-expired" | "wrong-pin" | "wrong-pin-first-half" | "wrong-pin-second-half" => {
                say("Ask the printer for a new PIN: the old one is used up.");
            }
            "other-band" => say("The same router can do 2.4 GHz: switch it on, under the same name."),
            "protocol-error" => say("Update the firmware of the printer and of the router."),
            _ => {}
        }
        if chosen.failures >= 2 {
            say("Reset the printer's network settings, so that no old ones stand in the way.");
            say("Try another method, and look for new firmware.");
        }
    }
    if vpn && matches!(stage, Stage::CanSee(_) | Stage::TestPage(_)) {
        say("Pause the VPN: it hides printers on your own network.");
    }
    advice
}
