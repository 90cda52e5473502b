//! The panel: where a person is in it, and what touching or pressing something does.

use super::judge;
use super::menu::{self, Deed, Entry, Leads};
use super::model;
use super::saved::Known;
use super::setup::Origin;
use super::typing::{Alphabet, Typing};
use super::unit::{Moment, PrinterUnit};
use super::{boundary::PrinterOrder, screens};
use crate::action::{Key, Refusal};
use crate::network::NetworkSummary;
use crate::random::Random;
use crate::secret::SecretText;
use crate::session::Method;
use crate::view::Model;
use keyway_home::Cause;
use keyway_wsc::{Credential, Ssid};

/// Where a person is.
#[derive(Debug, Default)]
pub(super) struct Panel {
    /// The menus that led here: the place of each in the one before.
    path: Vec<usize>,
    pub(super) place: Place,
    /// On the display of two lines: which of the place's cards is shown.
    pub(super) card: usize,
    /// On the display of two lines: what was wrong with what was typed, until the next key.
    pub(super) problem: Option<Refusal>,
}

/// What is shown.
#[derive(Debug, Default)]
pub(super) enum Place {
    /// The menu at the end of the path; without a path the first screen.
    #[default]
    Menu,
    /// The networks in range.
    Networks,
    /// The name of a network is being typed.
    Name(Typing),
    /// The password of this network is being typed.
    Password(Ssid, Typing),
    /// The router's PIN is being typed.
    RouterPin(Typing),
    /// How to set up by USB.
    Usb,
    /// The network's status.
    Status,
    /// How long a PIN is to be good.
    Lifetime,
    /// Really?
    Reset,
    /// A page is being printed.
    Printed,
    /// The set-up that runs, or the last one.
    Setup,
}

impl Panel {
    /// To the first screen.
    pub(super) fn home(&mut self) {
        *self = Panel::default();
    }

    /// To the set-up.
    pub(super) fn show_setup(&mut self) {
        self.go(Place::Setup);
    }

    /// A set-up has ended: what came of it is shown, unless a person is typing or choosing a network for the next.
    pub(super) fn set_up_ended(&mut self) {
        if !matches!(self.place, Place::Networks | Place::Name(_) | Place::Password(..) | Place::RouterPin(_))
        {
            self.show_setup();
        }
    }

    pub(super) fn go(&mut self, place: Place) {
        self.place = place;
        self.card = 0;
        self.problem = None;
    }

    /// Whether it is the first screen.
    pub(super) fn is_home(&self) -> bool {
        self.path.is_empty() && matches!(self.place, Place::Menu)
    }

    /// The menu at the end of the path, and the entries that led to it.
    pub(super) fn menu(&self) -> (&'static [Entry], Vec<&'static Entry>) {
        let (mut menu, mut led): (&'static [Entry], _) = (&menu::ROOT, Vec::new());
        for place in &self.path {
            let Some(entry) = menu.get(*place) else { break };
            let Leads::Menu(below) = entry.leads else { break };
            led.push(entry);
            menu = below;
        }
        (menu, led)
    }

    fn open(&mut self, ids: &[&str]) {
        self.home();
        for id in ids {
            self.path.extend(menu::position(self.menu().0, id));
        }
    }
}

impl PrinterUnit {
    /// Touches the item with this identifier.
    pub(super) fn choose(&mut self, id: &str, at: Moment, random: &mut Random) -> Result<(), Refusal> {
        if self.config.model != Model::Touch {
            let what = "This printer has no touch screen.";
            return Err(Refusal::new("not-on-this-model", what, "Use its keys."));
        }
        let item = screens::screen(self, at.now).items.into_iter().find(|item| item.id == id);
        let Some(item) = item else {
            let what = "What was touched is not on the screen any more.";
            return Err(Refusal::new("not-found", what, "Look at the screen and choose again."));
        };
        self.act(item.deed, at, random)
    }

    /// Types a text where one is asked for, and confirms it.
    pub(super) fn type_text(&mut self, text: &SecretText, at: Moment) -> Result<(), Refusal> {
        if self.config.model != Model::Touch {
            let what = "This printer has no keyboard.";
            return Err(Refusal::new("not-on-this-model", what, "Use its keys, its page or its software."));
        }
        self.submit(text, at)
    }

    /// What was typed is complete.
    pub(super) fn submit(&mut self, text: &SecretText, at: Moment) -> Result<(), Refusal> {
        match &self.panel.place {
            Place::Name(_) => {
                let ssid = judge::network_name(text.expose())?;
                self.panel.go(Place::Password(ssid, Typing::new(Alphabet::Password)));
            }
            Place::Password(ssid, _) => {
                let ssid = *ssid;
                let key = judge::password(text.expose(), &mut self.question)?;
                let credential = Credential::wpa2(ssid, key);
                self.begin_join(Known { credential, method: Method::Passphrase }, Origin::Panel, at);
            }
            Place::RouterPin(_) => {
                let pin = judge::router_pin(text.expose())?;
                self.begin_router_pin(pin, Origin::Panel, at);
            }
            _ => {
                let what = "Nothing is to be typed at this place.";
                return Err(Refusal::new("not-now", what, "Choose what to do first."));
            }
        }
        Ok(())
    }

    /// One up. On the first screen there is nothing above.
    pub(super) fn back(&mut self) -> Result<(), Refusal> {
        if !self.traits().display {
            let what = "This printer has no display.";
            return Err(Refusal::new("not-on-this-model", what, "Use its buttons or its page."));
        }
        self.up();
        Ok(())
    }

    pub(super) fn up(&mut self) {
        match self.panel.place {
            Place::Menu => {
                self.panel.path.pop();
                self.panel.go(Place::Menu);
            }
            Place::Name(_) | Place::Password(..) => {
                self.question.forget();
                self.panel.go(Place::Networks);
            }
            _ => self.panel.go(Place::Menu),
        }
    }

    /// Presses a key.
    pub(super) fn press(&mut self, key: Key, at: Moment, random: &mut Random) -> Result<(), Refusal> {
        self.check_keys(&[key])?;
        match key {
            Key::Wireless if self.traits().display => self.panel.open(&["wireless"]),
            Key::Wireless => self.toggle_radio(at),
            Key::Information => self.print_page(at),
            Key::Wps => self.begin_button(Origin::Panel, at),
            Key::Cancel if self.running().is_some() => return self.cancel(at),
            Key::Cancel => {
                // Takes note of a failure: the light stops.
                if !self.traits().display {
                    self.setup = None;
                }
                self.panel.home();
            }
            Key::Left | Key::Right | Key::Ok | Key::Back | Key::Setup => {
                return self.line_key(key, at, random);
            }
            // Handled before everything else: it works when the printer is off, too.
            Key::Power => {}
        }
        Ok(())
    }

    /// Holds keys for three seconds.
    pub(super) fn hold(&mut self, mut keys: Vec<Key>, at: Moment) -> Result<(), Refusal> {
        keys.sort_unstable();
        keys.dedup();
        self.check_keys(&keys)?;
        match keys.as_slice() {
            [Key::Wireless, Key::Information] => self.print_page(at),
            [Key::Wireless] => self.toggle_radio(at),
            [Key::Wireless, Key::Cancel] => self.network_reset(at),
            [Key::Wps] => {
                model::check_method(self.config.model, Method::LabelPin)?;
                return self.begin_label_pin(Origin::Panel, at);
            }
            _ => {
                let what = "Nothing happens when these keys are held together.";
                return Err(Refusal::new("bad-value", what, "The panel's own list says which do something."));
            }
        }
        Ok(())
    }

    /// Does what an item stands for.
    pub(super) fn act(&mut self, deed: Deed, at: Moment, random: &mut Random) -> Result<(), Refusal> {
        match deed {
            Deed::Method(method) => return self.ask_method(method, at, random),
            Deed::Status => self.panel.go(Place::Status),
            Deed::Lifetime => self.panel.go(Place::Lifetime),
            Deed::Page => {
                self.print_page(at);
                self.panel.go(Place::Printed);
            }
            Deed::Reset => self.panel.go(Place::Reset),
            Deed::Radio => self.toggle_radio(at),
            Deed::Open(place) => {
                self.panel.path.push(place);
                self.panel.go(Place::Menu);
            }
            Deed::Network(place) => self.pick_network(place, at),
            Deed::OtherNetwork => self.panel.go(Place::Name(Typing::new(Alphabet::Name))),
            Deed::ScanAgain => self.scan(at),
            Deed::Minutes(minutes) => {
                self.set_lifetime(60 * minutes)?;
                self.up();
            }
            Deed::ResetYes => self.network_reset(at),
            Deed::Up => self.up(),
            Deed::Again => {
                if let Some(method) = self.setup.as_ref().map(|setup| setup.tracker.method()) {
                    return self.ask_method(method, at, random);
                }
            }
            Deed::OtherWay => self.panel.open(&["wireless", "wifi-setup"]),
            Deed::Cancel => return self.cancel(at),
            Deed::ShowSetup => self.panel.show_setup(),
            Deed::Home => self.panel.home(),
        }
        Ok(())
    }

    /// Starts a method, or asks for what it needs.
    fn ask_method(&mut self, method: Method, at: Moment, random: &mut Random) -> Result<(), Refusal> {
        model::check_method(self.config.model, method)?;
        match method {
            Method::Pin => return self.begin_pin(Origin::Panel, at, random),
            Method::LabelPin => return self.begin_label_pin(Origin::Panel, at),
            Method::Button => self.begin_button(Origin::Panel, at),
            Method::RouterPin => self.panel.go(Place::RouterPin(Typing::new(Alphabet::Digits))),
            Method::Passphrase => self.scan(at),
            Method::Usb => self.panel.go(Place::Usb),
        }
        Ok(())
    }

    /// Looks for networks. Who chooses one has done with a registration that runs, and the radio cannot do both.
    fn scan(&mut self, at: Moment) {
        self.networks = None;
        if self.setup.as_ref().is_some_and(|setup| setup.registering().is_some()) {
            self.stop(at);
            self.rejoin();
        }
        if !self.radio {
            self.set_radio(true);
            self.rejoin();
        }
        self.order(PrinterOrder::Scan);
        self.panel.go(Place::Networks);
    }

    fn pick_network(&mut self, place: usize, at: Moment) {
        let Some(network) = self.networks.as_ref().and_then(|networks| networks.get(place)) else { return };
        match unfit(network) {
            Some(cause) => self.begin_in_vain(cause, at),
            None => match Ssid::new(network.ssid.as_bytes()) {
                Ok(ssid) => self.panel.go(Place::Password(ssid, Typing::new(Alphabet::Password))),
                // No network has such a name; but one can still be typed.
                Err(_) => self.panel.go(Place::Name(Typing::new(Alphabet::Name))),
            },
        }
    }

    fn check_keys(&self, keys: &[Key]) -> Result<(), Refusal> {
        let has = |key: &Key| self.traits().keys.iter().any(|(has, _)| has == key);
        if keys.iter().all(has) {
            return Ok(());
        }
        let what = "This printer does not have this key.";
        Err(Refusal::new("not-on-this-model", what, "Use those that its panel shows."))
    }
}

/// Why the printer cannot join a network, as far as a scan shows it.
pub(super) fn unfit(network: &NetworkSummary) -> Option<Cause> {
    if network.wpa3_only {
        Some(Cause::Wpa3Only)
    } else if network.is_5_ghz {
        Some(Cause::OtherBand)
    } else if !network.security.contains("WPA2") {
        Some(Cause::SecurityUnsupported)
    } else {
        None
    }
}
