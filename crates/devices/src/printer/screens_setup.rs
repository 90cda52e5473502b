//! What a display shows of a set-up: while it runs, when it is done, when it failed.

use super::menu::{self, Deed};
use super::screens::{Item, Screen, entry_item, headline, reset_applies, reset_item, weak_signal};
use super::setup::{Origin, Setup, Stage};
use super::short::{self, WIDTH};
use super::unit::PrinterUnit;
use crate::secret::SecretText;
use crate::session::{Countdown, Method, Step};
use keyway_eap::Timestamp;
use keyway_home::Cause;

/// The methods that the model has, as items: the safer first (N51).
pub(super) fn ways(unit: &PrinterUnit) -> impl Iterator<Item = Item> {
    menu::SETUP.iter().enumerate().filter_map(|(place, entry)| entry_item(unit, place, entry))
}

/// The set-up that runs, or the last one.
pub(super) fn setup(unit: &PrinterUnit, now: Timestamp) -> Screen {
    let Some(setup) = &unit.setup else {
        return Screen { title: "Set up Wi-Fi".to_owned(), items: ways(unit).collect(), ..Screen::default() };
    };
    let mut screen = Screen {
        shows_session: true,
        reason: setup.tracker.reason().cloned(),
        countdown: setup.countdown(now),
        ..Screen::default()
    };
    match &setup.stage {
        Stage::Registering(_) => registering(&mut screen, unit, setup, now),
        Stage::Joining(_) => joining(&mut screen, unit, "Joins"),
        Stage::Addressing(_) => joining(&mut screen, unit, "Address for"),
        Stage::Ended(None) => {
            screen.title = "The printer is online".to_owned();
            screen.body.push(unit.success_words());
            screen.body.push("The computer can find it now.".to_owned());
            let network = unit.link.connection();
            let address = unit.link.lease().map(|lease| lease.address.to_string());
            let on = network.map_or("Online".to_owned(), |network| format!("On {}", network.ssid));
            screen.headline = headline(&on, &address.unwrap_or_else(|| "Set up".to_owned()));
            screen.body.extend(weak_signal(network.map(|network| network.signal)));
            screen.items.push(Item::new("home", "Done", "Done", Deed::Home));
            screen.items.push(page_item());
        }
        Stage::Ended(Some(cause)) => failed(&mut screen, unit, setup, cause),
    }
    screen
}

fn registering(screen: &mut Screen, unit: &PrinterUnit, setup: &Setup, now: Timestamp) {
    let method = setup.tracker.method();
    let nickname = unit.nickname;
    screen.title = match method {
        Method::Pin => "WPS PIN",
        other => other.words(),
    }
    .to_owned();
    screen.pin = setup.pin(now).map(|pin| SecretText::new(pin.grouped().to_string()));
    if setup.origin == Origin::Outside {
        let asked = "The printer's page, its software, its app or a computer asked for this.";
        screen.body.push(asked.to_owned());
    }
    let sentences: &[&str] = match method {
        Method::Pin if screen.pin.is_some() => &[
            "Type this number at the router: router page › Add device by PIN.",
            "It is this printer's own number, made just now for this one set-up. The router asks for it to be sure \
             that it adds the printer in front of you and no other.",
            "It is not the Wi-Fi password.",
        ],
        Method::Pin => &["The PIN has expired; what has begun may finish."],
        Method::LabelPin => &["Type the number on the label at the router: router page › Add device by PIN."],
        Method::Button => {
            &["Press the WPS button on the router, or on the router's page, before the time is over."]
        }
        _ => &["The router's number is being tried. Its PIN must be switched on at the router's page."],
    };
    screen.body.push(format!("Printer {nickname}: the router's page calls it the same."));
    screen.body.extend(sentences.iter().map(|sentence| (*sentence).to_owned()));
    if let Some((ssid, signal)) = &setup.chose {
        screen.body.push(format!("Found {ssid}."));
        screen.body.extend(weak_signal(Some(*signal)));
    }
    let hurry = screen.countdown.is_some_and(|left| (1..=60).contains(&left.seconds));
    if method == Method::Pin && hurry && screen.pin.is_some() {
        screen.body.push("Less than a minute is left: enter it now, or ask for a new PIN.".to_owned());
    }
    screen.headline = registering_lines(screen, unit, setup);
    let no_wps = matches!(setup.met, Some(Cause::WpsOff | Cause::Hidden | Cause::Wpa3Only));
    if no_wps && unit.traits().methods.contains(&Method::Passphrase) {
        screen.items.extend(ways(unit).filter(|item| item.deed == Deed::Method(Method::Passphrase)));
    }
    if method == Method::Pin {
        screen.items.push(Item::new("again", "New PIN", "New PIN", Deed::Again));
    }
    screen.items.push(Item::new("cancel", "Cancel", "Cancel", Deed::Cancel));
}

/// What on the first line, how long on the second: `PIN 1234 5670 4:32`.
fn registering_lines(screen: &Screen, unit: &PrinterUnit, setup: &Setup) -> Option<(SecretText, SecretText)> {
    let left = screen.countdown.as_ref().map(Countdown::clock).unwrap_or_default();
    let nickname = unit.nickname;
    let first = match (setup.tracker.step(), &screen.reason) {
        (Some(step), _) if step >= Step::Introduced => short::step(step),
        (_, Some(reason)) => short::reason(&reason.code).0.to_owned(),
        _ => match setup.tracker.method() {
            Method::Pin | Method::LabelPin => format!("{nickname} add by PIN"),
            Method::Button => "Press router's WPS".to_owned(),
            _ => "Asks the router".to_owned(),
        },
    };
    let second = match &screen.pin {
        Some(pin) => SecretText::new(format!("PIN {} {left}", pin.expose())),
        None => SecretText::new(short::fit(&format!("{nickname} {left}"), WIDTH)),
    };
    Some((SecretText::new(short::fit(&first, WIDTH)), second))
}

fn joining(screen: &mut Screen, unit: &PrinterUnit, what: &str) {
    let connection = unit.link.connection().map(|connection| connection.ssid.clone());
    let name = connection.or_else(|| unit.target().map(super::saved::Known::name)).unwrap_or_default();
    if unit.link.connection().is_some() {
        screen.title = "Gets an address".to_owned();
        screen.body.push(format!("On {name}. The router is asked for an address."));
    } else {
        screen.title = format!("Joins {name}");
        screen.body.push(format!("The printer has the settings of {name} and joins it."));
    }
    screen.headline = headline(what, &name);
    screen.items.push(Item::new("cancel", "Cancel", "Cancel", Deed::Cancel));
}

fn failed(screen: &mut Screen, unit: &PrinterUnit, setup: &Setup, cause: &Cause) {
    let method = setup.tracker.method();
    screen.title = "That did not work".to_owned();
    let (what, next) = short::reason(cause.code());
    screen.headline = headline(what, next);
    screen.body.extend(weak_signal(setup.chose.as_ref().map(|(_, signal)| *signal)));
    if unit.failures >= 3 {
        screen.body.push(format!(
            "{} set-ups in a row have failed. Restore the network settings, then begin anew.",
            unit.failures
        ));
        screen.body.push(
            "If that does not help, choose another method, or update the firmware of printer and router."
                .to_owned(),
        );
    }
    let again = match method {
        Method::Pin => Item::new("again", "New PIN", "New PIN", Deed::Again),
        _ => Item::new("again", "Start again", "Start again", Deed::Again),
    };
    // What cannot work with this network is not offered first (N24, N33).
    let no_wps = matches!(cause, Cause::WpsOff | Cause::Hidden | Cause::Wpa3Only);
    let other = Item::new("other", "Another method", "Another method", Deed::OtherWay)
        .hint("Wi-Fi password, push button, USB cable or PIN.");
    screen.items.extend(if no_wps { [other, again] } else { [again, other] });
    if reset_applies(unit) {
        screen.items.push(reset_item());
    }
    screen.items.push(page_item());
    screen.items.push(Item::new("home", "Done", "Done", Deed::Home));
}

fn page_item() -> Item {
    Item::new("page", "Print the network configuration page", "Print page", Deed::Page)
}
