//! The home on the simulated radio.

use keyway_devices::action::{HomeAction, PrinterAction, RouterAction};
use keyway_devices::durable::Saved;
use keyway_devices::home::HomeConfig;
use keyway_devices::session::Method;
use keyway_devices::view::PrinterView;
use keyway_devices::{Action, Random, SecretText};
use keyway_eap::Timestamp;

use super::{Home, How};
use crate::support::PASSPHRASE;

/// The home of the demo, of which two printers are used.
pub(super) struct Simulated {
    home: keyway_devices::home::Home,
    now: Timestamp,
    /// The printer that is set up.
    printer: &'static str,
}

/// A printer with a screen, and one with a label.
const TOUCH: &str = "study";
const LABELLED: &str = "kitchen";

/// The longest that anything here may take, in the home.
const PATIENCE: u64 = 600;

impl Simulated {
    pub(super) fn new() -> Simulated {
        let (config, random) = (HomeConfig::demo(7, 0), Random::seeded(7));
        let home = keyway_devices::home::Home::new(config, Saved::default(), random, Timestamp::ZERO);
        let mut simulated = Simulated { home, now: Timestamp::ZERO, printer: TOUCH };
        simulated.router(RouterAction::Network {
            ssid: None,
            passphrase: Some(SecretText::new(PASSPHRASE.to_owned())),
            hidden: None,
            security: None,
            bands: None,
        });
        simulated.router(RouterAction::Wps { on: true });
        simulated
    }

    fn perform(&mut self, action: Action) {
        self.home.perform(action, self.now).expect("it can be done");
    }

    fn router(&mut self, action: RouterAction) {
        self.perform(Action::Router { action });
    }

    fn view(&self, printer: &str) -> PrinterView {
        let view = self.home.view(self.now);
        view.printers.into_iter().find(|view| view.id == printer).expect("it is there")
    }

    /// Pulls a plug until the printer is not on the network any more, and puts it in again.
    fn power(&mut self, plug: impl Fn(bool) -> HomeAction) {
        self.perform(Action::Home { action: plug(false) });
        self.until("the printer to be gone", |home| (!home.is_on_the_network()).then_some(()));
        self.perform(Action::Home { action: plug(true) });
        self.until("the printer to be back", |home| home.is_on_the_network().then_some(()));
    }

    fn is_on_the_network(&self) -> bool {
        let network = self.view(self.printer).network;
        network.is_some_and(|network| network.address.is_some())
    }

    /// Lets time pass until something is so.
    fn until<T>(&mut self, what: &str, so: impl Fn(&Simulated) -> Option<T>) -> T {
        while self.now < Timestamp::from_secs(PATIENCE) {
            if let Some(found) = so(self) {
                return found;
            }
            self.now = self.home.poll_timeout().expect("something is always due");
            self.home.handle_timeout(self.now);
        }
        panic!("waited in vain for {what}");
    }
}

impl Home for Simulated {
    fn add_pin(&mut self, pin: &str) {
        self.router(RouterAction::AddPin { pin: SecretText::new(pin.to_owned()), device: None });
    }

    fn press_button(&mut self) {
        self.router(RouterAction::Button);
    }

    fn router_pin(&mut self) -> String {
        self.router(RouterAction::RouterPinOn { minutes: None });
        let pin = self.home.admin_view(self.now).router_pin.pin.expect("it is on");
        pin.expose().chars().filter(char::is_ascii_digit).collect()
    }

    fn label_pin(&mut self) -> String {
        let sticker = self.view(LABELLED).panel.sticker.expect("a label");
        sticker.pin.expose().chars().filter(char::is_ascii_digit).collect()
    }

    fn set_up(&mut self, how: How) {
        let (method, secret) = match how {
            How::Pin(pin) => (Method::Pin, Some(pin.to_owned())),
            How::LabelPin => (Method::LabelPin, None),
            How::Button => (Method::Button, None),
            How::RouterPin(pin) => (Method::RouterPin, Some(pin)),
            How::Passphrase(passphrase) => (Method::Passphrase, Some(passphrase.to_owned())),
        };
        self.printer = if method == Method::LabelPin { LABELLED } else { TOUCH };
        let ssid = (method == Method::Passphrase).then(|| "Home".to_owned());
        let action = PrinterAction::Start { method, ssid, secret: secret.map(SecretText::new) };
        self.perform(Action::Printer { printer: self.printer.to_owned(), action });
    }

    fn end(&mut self) -> Result<(), String> {
        self.until("the end of the set-up", |home| {
            let view = home.view(home.printer);
            let session = view.session.filter(|session| !session.running)?;
            match session.reason {
                Some(reason) => Some(Err(reason.code)),
                None => home.is_on_the_network().then_some(Ok(())),
            }
        })
    }

    fn ledger(&mut self) -> String {
        self.until("a line in the ledger", |home| {
            Some(home.home.admin_view(home.now).ledger.first()?.result.clone())
        })
    }

    fn wps_goes_off(&mut self) {
        self.until("WPS off", |home| (!home.home.admin_view(home.now).wps).then_some(()));
    }

    fn router_pin_locks(&mut self) {
        self.until("a lock", |home| home.home.admin_view(home.now).router_pin.lock.map(|_| ()));
    }

    fn restart_printer(&mut self) {
        let printer = self.printer.to_owned();
        self.power(|on| HomeAction::PrinterPower { printer: printer.clone(), on });
    }

    fn restart_router(&mut self) {
        self.power(|on| HomeAction::RouterPower { on });
    }
}
