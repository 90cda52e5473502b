//! What a display shows: one description of each place, for the touch screen and for two lines.

use super::link::{WEAK, signal_words};
use super::menu::{Deed, Leads};
use super::panel::{Place, unfit};
use super::saved::readable;
use super::short::{self, WIDTH, fit};
use super::unit::PrinterUnit;
use super::{menu, screens_setup};
use crate::secret::SecretText;
use crate::session::{Countdown, Reason};
use crate::view::{InputView, ItemView, TouchScreen};
use keyway_eap::Timestamp;
use keyway_home::{Cause, Side};

/// What a display shows.
#[derive(Debug, Default)]
pub(super) struct Screen {
    /// The menus that led here.
    pub(super) path: Vec<String>,
    /// The title.
    pub(super) title: String,
    /// On two lines, what comes first: what, and its value. Without it the items come first.
    pub(super) headline: Option<(SecretText, SecretText)>,
    /// Sentences.
    pub(super) body: Vec<String>,
    /// A PIN, big.
    pub(super) pin: Option<SecretText>,
    /// The time that is left.
    pub(super) countdown: Option<Countdown>,
    /// Whether the steps of the set-up belong here.
    pub(super) shows_session: bool,
    /// What can be chosen.
    pub(super) items: Vec<Item>,
    /// What can be typed, and what that is called on a line.
    pub(super) input: Option<(InputView, &'static str)>,
    /// What went wrong.
    pub(super) reason: Option<Reason>,
}

/// Something to choose.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) id: String,
    pub(super) label: String,
    /// The same in at most 18 characters.
    pub(super) short: String,
    pub(super) hint: Option<String>,
    pub(super) deed: Deed,
}

impl Item {
    /// An item whose words never change.
    pub(super) fn new(id: &str, label: &str, short: &str, deed: Deed) -> Item {
        Item { id: id.to_owned(), label: label.to_owned(), short: fit(short, WIDTH - 2), hint: None, deed }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Item {
        self.hint = Some(hint.into());
        self
    }
}

/// The touch screen.
pub(super) fn touch(unit: &PrinterUnit, now: Timestamp) -> TouchScreen {
    let screen = screen(unit, now);
    let item = |item: Item| ItemView { id: item.id, label: item.label, hint: item.hint };
    TouchScreen {
        path: screen.path,
        title: screen.title,
        body: screen.body,
        pin: screen.pin,
        countdown: screen.countdown,
        shows_session: screen.shows_session,
        items: screen.items.into_iter().map(item).collect(),
        input: screen.input.map(|(input, _)| input),
        reason: screen.reason,
    }
}

/// What the display shows at `now`.
pub(super) fn screen(unit: &PrinterUnit, now: Timestamp) -> Screen {
    let (_, led) = unit.panel.menu();
    let path = led.iter().map(|entry| entry.label.to_owned()).collect();
    let screen = match &unit.panel.place {
        Place::Menu if unit.panel.is_home() => home(unit, now),
        Place::Menu => Screen {
            title: led.last().map(|entry| entry.label.to_owned()).unwrap_or_default(),
            items: menu_items(unit),
            ..Screen::default()
        },
        Place::Networks => networks(unit),
        Place::Name(_) => name(),
        Place::Password(ssid, _) => password(&readable(&ssid.to_text())),
        Place::RouterPin(_) => router_pin(),
        Place::Usb => usb(unit),
        Place::Status => status(unit),
        Place::Lifetime => lifetime(unit),
        Place::Reset => reset(unit),
        Place::Printed => printed(),
        Place::Setup => screens_setup::setup(unit, now),
    };
    Screen { path, ..screen }
}

/// Two lines as they come first.
pub(super) fn headline(first: &str, second: &str) -> Option<(SecretText, SecretText)> {
    Some((SecretText::new(fit(first, WIDTH)), SecretText::new(fit(second, WIDTH))))
}

fn home(unit: &PrinterUnit, now: Timestamp) -> Screen {
    let mut screen = Screen { title: "Home".to_owned(), ..Screen::default() };
    let name = unit.target().map(super::saved::Known::name);
    let reason = unit.link.reason();
    screen.reason = reason.map(|cause| Reason::new(cause, Side::Printer));
    let connected = unit.link.lease().is_some();
    screen.headline = match (unit.link.connection(), reason, &name) {
        (_, Some(cause), _) => {
            let (what, next) = short::reason(cause.code());
            headline(what, next)
        }
        (Some(connection), None, _) => match &connection.lease {
            Some(lease) => headline(&format!("On {}", connection.ssid), &lease.address.to_string()),
            None => headline(&format!("On {}", connection.ssid), "Asks for an address"),
        },
        (None, None, _) if !unit.radio => headline("Ready", "Wi-Fi is off"),
        (None, None, Some(name)) => headline("Ready", &format!("Joins {name}")),
        (None, None, None) => headline("No network yet", "Setup: choose how"),
    };
    screen.body.push(match (&name, connected) {
        (_, true) => unit.success_words(),
        (_, false) if !unit.radio => "Wi-Fi is off.".to_owned(),
        (Some(name), false) => format!("Set up for {name}."),
        (None, false) => "This printer is on no network yet. Choose how to set it up.".to_owned(),
    });
    screen.body.push(format!("This printer is {}.", unit.nickname));
    screen.body.extend(unit.last_document.as_ref().map(|name| format!("Printed last: {name}.")));
    if let Some(setup) = unit.setup.as_ref().filter(|setup| setup.is_running()) {
        let left = setup.countdown(now).map(|left| format!("{} left", left.clock()));
        let item = Item::new("set-up", "Set-up that runs", "Set-up that runs", Deed::ShowSetup);
        screen.items.push(item.hint(left.unwrap_or_else(|| "It goes on.".to_owned())));
    }
    if !connected {
        screen.items.extend(screens_setup::ways(unit));
    }
    if reset_applies(unit) {
        screen.items.push(reset_item());
    }
    screen.items.extend(menu_items(unit));
    screen
}

/// The entries of the menu that is open, as far as the model has them.
fn menu_items(unit: &PrinterUnit) -> Vec<Item> {
    let (menu, _) = unit.panel.menu();
    menu.iter().enumerate().filter_map(|(place, entry)| entry_item(unit, place, entry)).collect()
}

/// An entry of a menu, at this place of it, as an item; `None` when the model lacks what it needs.
pub(super) fn entry_item(unit: &PrinterUnit, place: usize, entry: &menu::Entry) -> Option<Item> {
    let deed = match entry.leads {
        Leads::Menu(_) => Deed::Open(place),
        Leads::To(deed) => deed,
    };
    let offered = deed.needs().is_none_or(|method| unit.traits().methods.contains(&method));
    offered.then(|| Item::new(entry.id, entry.label, entry.short, deed).hint(entry.hint))
}

/// The networks in range, one item for each name, those that the printer can join first.
fn networks(unit: &PrinterUnit) -> Screen {
    let mut screen = Screen { title: "Choose the network".to_owned(), ..Screen::default() };
    let Some(found) = &unit.networks else {
        screen.body.push("Looking for networks …".to_owned());
        screen.headline = headline("Looking for", "networks ...");
        return screen;
    };
    let mut order: Vec<usize> = (0..found.len()).filter(|&place| !found[place].ssid.is_empty()).collect();
    order.sort_by_key(|&place| (unfit(&found[place]).is_some(), -i16::from(found[place].signal)));
    let mut names = Vec::new();
    for place in order {
        let network = &found[place];
        if names.contains(&network.ssid.as_str()) {
            continue;
        }
        names.push(network.ssid.as_str());
        let shown = readable(&network.ssid);
        let hint = match unfit(network) {
            Some(cause) => cause.words(Side::Printer).what.to_owned(),
            None => {
                format!("{}, {} ({} dBm)", network.security, signal_words(network.signal), network.signal)
            }
        };
        let item = Item::new(&format!("network-{place}"), &shown, &shown, Deed::Network(place));
        screen.items.push(item.hint(hint));
    }
    if screen.items.is_empty() {
        screen.reason = Some(Reason::new(&Cause::NothingHeard, Side::Printer));
        let (what, next) = short::reason(Cause::NothingHeard.code());
        screen.headline = headline(what, next);
    }
    let other = Item::new("other", "Other (hidden) network", "Other (hidden)", Deed::OtherNetwork);
    screen.items.push(other.hint("Type the name of a network that is not in the list."));
    screen.items.push(Item::new("again", "Look again", "Look again", Deed::ScanAgain));
    screen
}

fn name() -> Screen {
    let input = InputView {
        label: "Name of the network".to_owned(),
        secret: false,
        digits: false,
        hint: Some("As the router's page or its label has it; upper and lower case count.".to_owned()),
    };
    Screen { title: "Other network".to_owned(), input: Some((input, "Network's name:")), ..Screen::default() }
}

fn password(ssid: &str) -> Screen {
    let input = InputView {
        label: format!("Wi-Fi password of {ssid}"),
        secret: true,
        digits: false,
        hint: Some("8 to 63 characters. It is not a PIN; it often stands on the router's label.".to_owned()),
    };
    Screen { title: ssid.to_owned(), input: Some((input, "Wi-Fi password:")), ..Screen::default() }
}

fn router_pin() -> Screen {
    let input = InputView {
        label: "Router's PIN".to_owned(),
        secret: false,
        digits: true,
        hint: Some("Eight digits; spaces and dashes are fine. It is not the Wi-Fi password.".to_owned()),
    };
    Screen {
        title: "Router's PIN".to_owned(),
        body: vec![
            "This number is the router's: switch it on at the router's page under WPS, and type it here."
                .to_owned(),
            "It proves to the router that you own it; the router then hands over its network.".to_owned(),
        ],
        input: Some((input, "Router's PIN:")),
        ..Screen::default()
    }
}

fn usb(unit: &PrinterUnit) -> Screen {
    let (now, next) = if unit.usb {
        ("The cable is connected.", "Cable is connected")
    } else {
        ("No cable is connected yet.", "No cable yet")
    };
    Screen {
        title: "USB cable".to_owned(),
        headline: headline("USB cable", next),
        body: vec![
            now.to_owned(),
            "Connect the printer to the computer, and start its set-up there: it hands over the network's name and password."
                .to_owned(),
            "This works with Wi-Fi off, too.".to_owned(),
        ],
        items: vec![Item::new("up", "Back", "Back", Deed::Up)],
        ..Screen::default()
    }
}

fn status(unit: &PrinterUnit) -> Screen {
    let mut screen = Screen { title: "Network status".to_owned(), ..Screen::default() };
    let network = unit.link.view(unit.target());
    screen.reason = unit.link.reason().map(|cause| Reason::new(cause, Side::Printer));
    let mut lines: Vec<(&str, String)> = vec![("Wi-Fi", if unit.radio { "on" } else { "off" }.to_owned())];
    if let Some(network) = network {
        lines.push(("Network", network.ssid));
        lines.push(("Connected", if network.connected { "yes" } else { "no" }.to_owned()));
        lines.push(("Security", network.security));
        let band = network.band.unwrap_or_default();
        lines.extend(network.channel.map(|channel| ("Channel", format!("{channel} ({band})"))));
        let signal = |signal: i8| ("Signal", format!("{signal} dBm, {}", signal_words(signal)));
        lines.extend(network.signal.map(signal));
        lines.extend(network.address.map(|address| ("Address", address)));
        lines.extend(network.mask.map(|mask| ("Mask", mask)));
        lines.extend(network.gateway.map(|gateway| ("Router", gateway)));
        lines.extend(network.dns.map(|dns| ("Name server", dns)));
    } else {
        lines.push(("Network", "none".to_owned()));
    }
    if unit.link.connection().is_some_and(|connection| connection.announced) {
        lines.push(("Can be found", "yes".to_owned()));
    }
    lines.push(("MAC address", unit.config.mac.to_string()));
    lines.push(("Nickname", unit.nickname.to_string()));
    screen.body = lines.into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
    screen.body.extend(weak_signal(unit.link.connection().map(|connection| connection.signal)));
    screen.headline = headline("Network status", "OK: more");
    screen.items.push(Item::new("page", "Print the network configuration page", "Print page", Deed::Page));
    screen.items.push(Item::new("up", "Back", "Back", Deed::Up));
    screen
}

fn lifetime(unit: &PrinterUnit) -> Screen {
    let present = unit.lifetime.duration().as_secs();
    let item = |minutes: u64| {
        let words = format!("{minutes} minutes");
        let item = Item::new(&format!("minutes-{minutes}"), &words, &words, Deed::Minutes(minutes));
        if 60 * minutes == present { item.hint("As it is now.") } else { item }
    };
    let now = Countdown { until: 0, seconds: present, of: present }.clock();
    Screen {
        title: "PIN lifetime".to_owned(),
        headline: headline("PIN lifetime", &format!("{now} minutes")),
        body: vec![format!("A PIN is good for {now} minutes from when it is shown.")],
        items: (2..=10).map(item).collect(),
        ..Screen::default()
    }
}

fn reset(unit: &PrinterUnit) -> Screen {
    let what = match unit.target() {
        Some(known) => format!("The printer forgets the network {} and its password.", known.name()),
        None => "The printer forgets its network settings.".to_owned(),
    };
    Screen {
        title: "Restore network settings?".to_owned(),
        headline: headline("Restore settings?", "Network is forgotten"),
        body: vec![what, "It then has to be set up anew. Really?".to_owned()],
        items: vec![
            Item::new("no", "No, keep them", "No, keep them", Deed::Up),
            Item::new("yes", "Yes, restore", "Yes, restore", Deed::ResetYes),
        ],
        ..Screen::default()
    }
}

fn printed() -> Screen {
    Screen {
        title: "Network Configuration Page".to_owned(),
        headline: headline("Network page", "is printed"),
        body: vec!["The network configuration page is printed. Take it from the tray.".to_owned()],
        items: vec![Item::new("up", "Back", "Back", Deed::Up)],
        ..Screen::default()
    }
}

/// The item that leads to the reset.
pub(super) fn reset_item() -> Item {
    Item::new("restore", "Restore network settings", "Restore settings", Deed::Reset)
        .hint("Forgets the network, so that the printer can be set up anew.")
}

/// Whether a reset of the network settings is likely to help (N33, N44).
pub(super) fn reset_applies(unit: &PrinterUnit) -> bool {
    let stale = matches!(unit.link.reason(), Some(Cause::NetworkGone | Cause::WrongPassphrase));
    unit.failures >= 3 || stale && unit.known.is_some()
}

/// Advice about a weak signal (N40).
pub(super) fn weak_signal(signal: Option<i8>) -> Option<String> {
    let signal = signal.filter(|signal| *signal < WEAK)?;
    Some(format!(
        "The signal is {} ({signal} dBm): move the printer closer to the router.",
        signal_words(signal)
    ))
}
