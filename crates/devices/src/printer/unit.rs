//! The printer as a whole: what is done at it, and what it wants.

use super::boundary::{AttemptRow, PrinterConfig, PrinterOrder, Surroundings};
use super::judge;
use super::link::Link;
use super::model::{self, Traits};
use super::panel::Panel;
use super::saved::{self, Known};
use super::setup::{Origin, Setup};
use super::{lights, screens};
use crate::action::{Key, PrinterAction, Refusal};
use crate::durable::Change;
use crate::network::NetworkSummary;
use crate::random::Random;
use crate::secret::SecretText;
use crate::session::{Countdown, Method};
use crate::view::{Display, KeyView, Model, PanelView, PrinterView, Sticker};
use crate::wifi_password::Question;
use core::time::Duration;
use keyway_eap::Timestamp;
use keyway_home::{Cause, Nickname, PinLifetime};
use keyway_lan::ipp_printer::PrinterIdentity;
use keyway_wsc::session::Device;
use keyway_wsc::{DeviceDescription, DeviceType, MacAddr, Pin, WpsState};
use std::collections::VecDeque;

/// A printer as a person meets it: panel, menus, set-ups, network configuration page.
///
/// It does no I/O. Bring it what a person does ([`perform`](Self::perform)), what its radio and its network tell
/// ([`hear`](Self::hear)) and the time; after each call poll [`poll_order`](Self::poll_order) and
/// [`poll_change`](Self::poll_change) until they are empty, and look at it with [`view`](Self::view).
#[derive(Debug)]
pub struct PrinterUnit {
    pub(super) config: PrinterConfig,
    pub(super) nickname: Nickname,
    pub(super) plugged: bool,
    pub(super) on: bool,
    pub(super) radio: bool,
    pub(super) usb: bool,
    pub(super) lifetime: PinLifetime,
    /// The network that it was on, and returns to.
    pub(super) known: Option<Known>,
    /// A network that it was set up for and has not been on yet.
    pub(super) candidate: Option<Known>,
    pub(super) link: Link,
    pub(super) setup: Option<Setup>,
    /// Set-ups in a row that failed.
    pub(super) failures: u32,
    /// The last five attempts, oldest first.
    pub(super) attempts: VecDeque<AttemptRow>,
    /// What the last scan found.
    pub(super) networks: Option<Vec<NetworkSummary>>,
    pub(super) question: Question,
    pub(super) panel: Panel,
    pub(super) last_document: Option<String>,
    orders: VecDeque<PrinterOrder>,
    changes: VecDeque<Change>,
}

impl PrinterUnit {
    /// A printer that is plugged in and switched on at `now`, with what it kept: its saved values by key. It returns
    /// to the network that it knows. A kept value that cannot be read is as if it were not there.
    pub fn new(config: PrinterConfig, saved: &[(String, SecretText)], now: Timestamp) -> PrinterUnit {
        let value = |key: &str| saved.iter().rev().find(|(k, _)| k == key).map(|(_, value)| value);
        let mut unit = PrinterUnit {
            nickname: Nickname::of(config.mac),
            plugged: false,
            on: false,
            radio: value(saved::RADIO).is_none_or(|value| value.expose() != "false"),
            usb: false,
            lifetime: value(saved::LIFETIME).and_then(saved::lifetime).unwrap_or_default(),
            known: value(saved::NETWORK).and_then(Known::from_json),
            candidate: None,
            link: Link::None,
            setup: None,
            failures: 0,
            attempts: value(saved::ATTEMPTS).and_then(saved::attempts).unwrap_or_default().into(),
            networks: None,
            question: Question::default(),
            panel: Panel::default(),
            last_document: None,
            orders: VecDeque::new(),
            changes: VecDeque::new(),
            config,
        };
        unit.keep_five_attempts();
        unit.power(true, now);
        unit
    }

    /// Takes what a person does, at the panel or from the printer's page, its software or its app. `date` is in
    /// milliseconds since 1970, UTC. [`PrinterAction::TakePaper`] is the home's, and does nothing here.
    ///
    /// # Errors
    /// [`Refusal`] when it cannot be done: what was typed is wrong, the model lacks it, the printer is off. Nothing
    /// has changed then, but that the printer remembers a password it asked about.
    pub fn perform(
        &mut self,
        action: PrinterAction,
        now: Timestamp,
        date: u64,
        random: &mut Random,
    ) -> Result<(), Refusal> {
        let at = Moment { now, date };
        if let PrinterAction::Press { key: Key::Power } = action {
            return self.switch(at);
        }
        if matches!(action, PrinterAction::TakePaper { .. }) {
            return Ok(());
        }
        if !self.on {
            return Err(Refusal::new("not-now", "The printer is off.", "Plug it in and switch it on first."));
        }
        match action {
            PrinterAction::Choose { item } => self.choose(&item, at, random),
            PrinterAction::Type { text } => self.type_text(&text, at),
            PrinterAction::Back => self.back(),
            PrinterAction::Press { key } => self.press(key, at, random),
            PrinterAction::Hold { keys } => self.hold(keys, at),
            PrinterAction::Start { method, ssid, secret } => {
                let secret = secret.as_ref().map(SecretText::expose);
                self.start(method, ssid.as_deref(), secret, at, random)
            }
            PrinterAction::Cancel => self.cancel(at),
            PrinterAction::NetworkReset => {
                self.network_reset(at);
                Ok(())
            }
            PrinterAction::PrintConfigurationPage => {
                self.print_page(at);
                Ok(())
            }
            PrinterAction::PinLifetime { seconds } => self.set_lifetime(seconds),
            PrinterAction::TakePaper { .. } => Ok(()),
        }
    }

    /// Plugs it in, or pulls the plug. Without power a PIN, a set-up and the orders that nobody has taken are
    /// forgotten; with power it returns to the network that it knows.
    pub fn power(&mut self, on: bool, now: Timestamp) {
        self.plugged = on;
        self.set_on(on, now);
    }

    /// Connects the cable to the computer, or disconnects it.
    pub fn usb(&mut self, on: bool) {
        self.usb = on;
    }

    /// What it wants next from its radio and its paper path.
    pub fn poll_order(&mut self) -> Option<PrinterOrder> {
        self.orders.pop_front()
    }

    /// What it wants next to be kept, under the owner `printer-` and its identifier.
    pub fn poll_change(&mut self) -> Option<Change> {
        self.changes.pop_front()
    }

    /// What a person sees of it. What lies in its tray is left empty: the home adds it.
    pub fn view(&self, now: Timestamp, surroundings: &Surroundings) -> PrinterView {
        PrinterView {
            id: self.config.id.clone(),
            name: self.config.name.clone(),
            nickname: self.nickname.to_string(),
            mac: self.config.mac.to_string(),
            model: self.config.model,
            model_name: self.traits().name.to_owned(),
            methods: self.traits().methods.to_vec(),
            power: self.on,
            metres: surroundings.metres,
            usb: self.usb,
            panel: self.panel_view(now),
            network: self.link.view(self.target()),
            session: self.setup.as_ref().map(|setup| setup.view(now)),
            pin_lifetime: self.lifetime.duration().as_secs(),
            papers: Vec::new(),
        }
    }

    /// Its address.
    pub fn mac(&self) -> MacAddr {
        self.config.mac
    }

    /// Its identifier.
    pub fn id(&self) -> &str {
        &self.config.id
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.config.name
    }

    /// Its nickname.
    pub fn nickname(&self) -> Nickname {
        self.nickname
    }

    /// Its model.
    pub fn model(&self) -> Model {
        self.config.model
    }

    /// The model's name, as it announces itself on the network.
    pub fn model_name(&self) -> &'static str {
        self.traits().name
    }

    /// Whether it is switched on.
    pub fn is_on(&self) -> bool {
        self.on
    }

    /// The PIN that it shows at this moment: one that it made, and that has not expired.
    pub fn shown_pin(&self, now: Timestamp) -> Option<&Pin> {
        self.setup.as_ref()?.pin(now)
    }

    /// The time that is left for a person to act in the set-up that runs.
    pub fn countdown(&self, now: Timestamp) -> Option<Countdown> {
        self.setup.as_ref()?.countdown(now)
    }

    /// Why the last set-up failed; `None` while one runs, and after one that succeeded.
    pub fn failure(&self) -> Option<&Cause> {
        self.setup.as_ref()?.cause()
    }

    /// Whether it has a network to which it returns.
    pub fn knows_a_network(&self) -> bool {
        self.known.is_some()
    }

    /// Whether a set-up runs, and by which method.
    pub fn running(&self) -> Option<Method> {
        self.setup.as_ref().filter(|setup| setup.is_running()).map(|setup| setup.tracker.method())
    }

    /// How it introduces itself in a registration.
    pub fn device(&self) -> Device {
        let description = DeviceDescription {
            manufacturer: "Keyway".into(),
            model_name: self.traits().name.into(),
            model_number: self.traits().number.into(),
            serial_number: self.config.serial.as_str().into(),
            device_type: DeviceType::PRINTER,
            device_name: self.config.name.as_str().into(),
        };
        let mut device = Device::new(self.config.mac, description, self.traits().config_methods);
        if self.known.is_some() {
            device.state = WpsState::Configured;
        }
        device
    }

    /// How it introduces itself on the network that it is on.
    pub fn identity(&self) -> PrinterIdentity {
        PrinterIdentity {
            name: format!("{} ({})", self.name(), self.nickname),
            make: "Keyway".to_owned(),
            model: self.model_name().to_owned(),
            uuid: self.device().uuid,
            location: self.name().to_owned(),
            color: true,
            duplex: false,
        }
    }

    /// Its host's name: `keyway-blue-42`.
    pub fn host_name(&self) -> String {
        format!("keyway-{}", self.nickname).to_lowercase()
    }

    pub(super) fn traits(&self) -> &'static Traits {
        model::traits(self.config.model)
    }

    /// The network that it tries, or is on.
    pub(super) fn target(&self) -> Option<&Known> {
        self.candidate.as_ref().or(self.known.as_ref())
    }

    pub(super) fn order(&mut self, order: PrinterOrder) {
        self.orders.push_back(order);
    }

    pub(super) fn save(&mut self, key: &str, value: SecretText) {
        let owner = self.owner();
        self.changes.push_back(Change::Set { owner, key: key.to_owned(), value });
    }

    pub(super) fn forget(&mut self, key: &str) {
        let owner = self.owner();
        self.changes.push_back(Change::Remove { owner, key: key.to_owned() });
    }

    /// Switches the radio, unless it is in that state.
    pub(super) fn set_radio(&mut self, on: bool) {
        if self.radio != on {
            self.radio = on;
            self.order(PrinterOrder::Radio(on));
            self.save(saved::RADIO, SecretText::new(on.to_string()));
        }
    }

    /// Goes back to the network that it knows, or makes sure that it is on none.
    pub(super) fn rejoin(&mut self) {
        self.candidate = None;
        match &self.known {
            Some(known) if self.radio => {
                let credential = Box::new(known.credential.clone());
                self.link = Link::Trying { reason: None };
                self.order(PrinterOrder::Join(credential));
            }
            _ => self.link = Link::None,
        }
    }

    pub(super) fn print_page(&mut self, at: Moment) {
        let page = self.page(at.now, at.date, None);
        self.order(PrinterOrder::Print(Box::new(page)));
    }

    pub(super) fn set_lifetime(&mut self, seconds: u64) -> Result<(), Refusal> {
        model::check_method(self.config.model, Method::Pin)?;
        self.lifetime = PinLifetime::new(Duration::from_secs(seconds)).map_err(|error| {
            Refusal::new("bad-value", format!("This does not go: {error}."), "Choose 120 to 600 seconds.")
        })?;
        self.save(saved::LIFETIME, SecretText::new(seconds.to_string()));
        Ok(())
    }

    /// Forgets the network and everything about it. The PIN on a label stays: it is the device's own (N7).
    pub(super) fn network_reset(&mut self, at: Moment) {
        self.stop(at);
        self.setup = None;
        self.candidate = None;
        self.known = None;
        self.link = Link::None;
        self.failures = 0;
        self.networks = None;
        self.question.forget();
        self.lifetime = PinLifetime::default();
        self.order(PrinterOrder::Leave);
        self.forget(saved::NETWORK);
        self.forget(saved::LIFETIME);
        self.set_radio(true);
        self.panel.home();
    }

    pub(super) fn toggle_radio(&mut self, at: Moment) {
        if self.radio {
            self.stop(at);
            self.candidate = None;
            self.link = Link::None;
            self.set_radio(false);
        } else {
            self.set_radio(true);
            self.rejoin();
        }
    }

    fn switch(&mut self, at: Moment) -> Result<(), Refusal> {
        if !self.plugged {
            return Err(Refusal::new("not-now", "The printer is not plugged in.", "Plug it in first."));
        }
        self.set_on(!self.on, at.now);
        Ok(())
    }

    fn set_on(&mut self, on: bool, _now: Timestamp) {
        if on == self.on {
            return;
        }
        self.on = on;
        let registering = self.setup.as_ref().is_some_and(|setup| setup.registering().is_some());
        self.setup = None;
        self.candidate = None;
        self.link = Link::None;
        self.networks = None;
        self.last_document = None;
        self.question.forget();
        self.panel = Panel::default();
        self.orders.clear();
        if on {
            self.order(PrinterOrder::Radio(self.radio));
            self.rejoin();
        } else {
            if registering {
                self.order(PrinterOrder::CancelRegistration);
            }
            self.order(PrinterOrder::Radio(false));
        }
    }

    /// A set-up from the printer's page, its software, its app or a computer's prompt (N11–N13).
    fn start(
        &mut self,
        method: Method,
        ssid: Option<&str>,
        secret: Option<&str>,
        at: Moment,
        random: &mut Random,
    ) -> Result<(), Refusal> {
        model::check_method(self.config.model, method)?;
        let origin = Origin::Outside;
        match method {
            Method::Pin => match secret {
                Some(pin) => {
                    self.begin_this_pin(judge::pin(pin)?, origin, at);
                    Ok(())
                }
                None => self.begin_pin(origin, at, random),
            },
            Method::LabelPin => self.begin_label_pin(origin, at),
            Method::Button => {
                self.begin_button(origin, at);
                Ok(())
            }
            Method::RouterPin => {
                let pin = judge::router_pin(secret.unwrap_or_default())?;
                self.begin_router_pin(pin, origin, at);
                Ok(())
            }
            Method::Usb if !self.usb => Err(Refusal::new(
                "not-now",
                "No USB cable goes from the printer to the computer.",
                "Connect the cable, then start again.",
            )),
            Method::Passphrase | Method::Usb => {
                let known = judge::network(method, ssid, secret, &mut self.question)?;
                self.begin_join(known, origin, at);
                Ok(())
            }
        }
    }

    fn panel_view(&self, now: Timestamp) -> PanelView {
        let traits = self.traits();
        let display = match self.config.model {
            Model::Label | Model::Entry => Display::None,
            _ if !self.on => Display::Dark,
            Model::Touch => Display::Touch(Box::new(screens::touch(self, now))),
            Model::TwoLine => self.lines(now),
        };
        let chords = traits.chords.iter().map(|(keys, does)| (keys.to_vec(), (*does).to_owned()));
        let key = |&(key, label): &(Key, &str)| KeyView { key, label: label.to_owned() };
        let sticker = self.config.label_pin.as_ref().filter(|_| traits.methods.contains(&Method::LabelPin));
        PanelView {
            display,
            keys: traits.keys.iter().map(key).collect(),
            chords: chords.collect(),
            lights: lights::lights(self),
            sticker: sticker.map(|pin| Sticker {
                pin: SecretText::new(pin.grouped().to_string()),
                serial: self.config.serial.clone(),
                mac: self.config.mac.to_string(),
            }),
        }
    }

    fn owner(&self) -> String {
        format!("printer-{}", self.config.id)
    }
}

/// When something happens: for timers, and for what is written down.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// For timers.
    pub(super) now: Timestamp,
    /// Milliseconds since 1970, UTC.
    pub(super) date: u64,
}
