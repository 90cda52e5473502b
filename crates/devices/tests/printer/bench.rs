//! A printer on a bench: its orders and changes are collected, its news are told by the test.

use keyway_devices::action::{Key, PrinterAction, Refusal};
use keyway_devices::durable::Change;
use keyway_devices::printer::{
    ConfigurationData, PrinterConfig, PrinterNews, PrinterOrder, PrinterUnit, Surroundings,
};
use keyway_devices::session::{Method, SessionView};
use keyway_devices::view::{Display, Model, PrinterView, TouchScreen};
use keyway_devices::{Random, SecretText};
use keyway_eap::{Event, Timestamp};
use keyway_home::{Cause, PrinterEvent, PrinterOutcome};
use keyway_wsc::session::{self, Half, Success};
use keyway_wsc::{Credential, MacAddr, MessageType, NetworkKey, Ssid};
use std::time::Duration;

pub(crate) const PASSPHRASE: &str = "correct horse battery";
pub(crate) const LABEL_PIN: &str = "12345670";
const DATE: u64 = 1_700_000_000_000;

pub(crate) struct Bench {
    pub(crate) unit: PrinterUnit,
    pub(crate) now: Timestamp,
    pub(crate) random: Random,
    /// Orders that no test has taken yet.
    pub(crate) orders: Vec<PrinterOrder>,
    /// Everything that was ever to be kept.
    pub(crate) changes: Vec<Change>,
    /// What is kept, by key.
    pub(crate) saved: Vec<(String, SecretText)>,
}

pub(crate) fn config(model: Model) -> PrinterConfig {
    PrinterConfig {
        id: "study".to_owned(),
        name: "Printer in the study".to_owned(),
        model,
        mac: MacAddr([2, 0, 0, 0, 0, 7]),
        serial: "S-7".to_owned(),
        label_pin: (model == Model::Label).then(|| LABEL_PIN.parse().unwrap()),
    }
}

pub(crate) fn home() -> Credential {
    network("Home", PASSPHRASE)
}

pub(crate) fn network(name: &str, passphrase: &str) -> Credential {
    let ssid = Ssid::new(name.as_bytes()).unwrap();
    Credential::wpa2(ssid, NetworkKey::new(passphrase.as_bytes()).unwrap())
}

impl Bench {
    pub(crate) fn new(model: Model) -> Bench {
        Bench::with(model, Vec::new(), Timestamp::ZERO)
    }

    fn with(model: Model, saved: Vec<(String, SecretText)>, now: Timestamp) -> Bench {
        let unit = PrinterUnit::new(config(model), &saved, now);
        let mut bench =
            Bench { unit, now, random: Random::seeded(7), orders: Vec::new(), changes: Vec::new(), saved };
        bench.collect();
        bench
    }

    /// The same printer made anew from what was kept, as after a restart of the program.
    pub(crate) fn restart(self) -> Bench {
        Bench::with(self.unit.model(), self.saved, self.now)
    }

    /// A printer that is on the network Home.
    pub(crate) fn on_home(model: Model) -> Bench {
        let mut bench = Bench::new(model);
        bench.start(Method::Button).unwrap();
        bench.succeed();
        bench.take_orders();
        bench
    }

    pub(crate) fn act(&mut self, action: PrinterAction) -> Result<(), Refusal> {
        let done = self.unit.perform(action, self.now, self.date(), &mut self.random);
        self.collect();
        done
    }

    pub(crate) fn start(&mut self, method: Method) -> Result<(), Refusal> {
        self.act(PrinterAction::Start { method, ssid: None, secret: None })
    }

    pub(crate) fn start_with(
        &mut self,
        method: Method,
        ssid: Option<&str>,
        secret: &str,
    ) -> Result<(), Refusal> {
        let secret = Some(SecretText::new(secret));
        self.act(PrinterAction::Start { method, ssid: ssid.map(str::to_owned), secret })
    }

    pub(crate) fn choose(&mut self, item: &str) {
        let items = self.item_ids();
        let done = self.act(PrinterAction::Choose { item: item.to_owned() });
        assert_eq!(done, Ok(()), "{item} among {items:?}");
    }

    pub(crate) fn type_text(&mut self, text: &str) -> Result<(), Refusal> {
        self.act(PrinterAction::Type { text: SecretText::new(text) })
    }

    pub(crate) fn press(&mut self, key: Key) {
        assert_eq!(self.act(PrinterAction::Press { key }), Ok(()), "{key:?}");
    }

    pub(crate) fn hold(&mut self, keys: &[Key]) -> Result<(), Refusal> {
        self.act(PrinterAction::Hold { keys: keys.to_vec() })
    }

    pub(crate) fn hear(&mut self, news: PrinterNews) {
        self.unit.hear(news, self.now, self.date(), &mut self.random);
        self.collect();
    }

    pub(crate) fn power(&mut self, on: bool) {
        self.unit.power(on, self.now);
        self.collect();
    }

    pub(crate) fn date(&self) -> u64 {
        DATE + u64::try_from(self.now.since_epoch().as_millis()).unwrap()
    }

    /// Lets time pass and does what falls due meanwhile.
    pub(crate) fn wait(&mut self, seconds: u64) {
        let end = self.now + Duration::from_secs(seconds);
        while let Some(due) = self.unit.poll_timeout().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.unit.handle_timeout(self.now, self.date(), &mut self.random);
            self.collect();
            assert!(self.unit.poll_timeout().is_none_or(|next| next > self.now), "it is due for ever");
        }
        self.now = end;
    }

    pub(crate) fn view(&self) -> PrinterView {
        self.unit.view(self.now, &Surroundings { metres: 4, date: self.date() })
    }

    pub(crate) fn session(&self) -> SessionView {
        self.view().session.expect("a set-up")
    }

    /// The code of the session's reason.
    pub(crate) fn reason(&self) -> Option<String> {
        self.session().reason.map(|reason| reason.code)
    }

    pub(crate) fn page(&self) -> ConfigurationData {
        self.unit.configuration(self.now, self.date(), 4)
    }

    pub(crate) fn touch(&self) -> TouchScreen {
        match self.view().panel.display {
            Display::Touch(screen) => *screen,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn item_ids(&self) -> Vec<String> {
        match self.view().panel.display {
            Display::Touch(screen) => screen.items.into_iter().map(|item| item.id).collect(),
            _ => Vec::new(),
        }
    }

    pub(crate) fn lines(&self) -> (String, String) {
        match self.view().panel.display {
            Display::Lines { first, second } => (first.expose().to_owned(), second.expose().to_owned()),
            other => panic!("{other:?}"),
        }
    }

    /// The PIN on the touch screen, without its space.
    pub(crate) fn pin(&self) -> Option<String> {
        Some(self.touch().pin?.expose().replace(' ', ""))
    }

    pub(crate) fn take_orders(&mut self) -> Vec<PrinterOrder> {
        std::mem::take(&mut self.orders)
    }

    // News of the radio.

    pub(crate) fn event(&mut self, event: session::Event) {
        let event = PrinterEvent::Router(Event::Registration(event));
        self.hear(PrinterNews::Registration(Box::new(event)));
    }

    pub(crate) fn chose(&mut self) {
        self.hear(PrinterNews::Chose { ssid: "Home".to_owned(), signal: -50 });
        self.hear(PrinterNews::Registration(Box::new(PrinterEvent::Trying(1))));
    }

    /// The messages of an enrollee up to `last`, among them M1.
    pub(crate) fn messages(&mut self, last: MessageType) {
        let messages = [
            (true, MessageType::M1, None),
            (false, MessageType::M2, None),
            (true, MessageType::M3, None),
            (false, MessageType::M4, Some(Half::First)),
            (true, MessageType::M5, None),
            (false, MessageType::M6, Some(Half::Second)),
            (true, MessageType::M7, None),
            (false, MessageType::M8, None),
            (true, MessageType::Done, None),
        ];
        for (sent, message, half) in messages {
            self.event(if sent { session::Event::Sent(message) } else { session::Event::Received(message) });
            if let Some(half) = half {
                self.event(session::Event::HalfProved(half));
            }
            if message == last {
                break;
            }
        }
    }

    pub(crate) fn ended(&mut self, outcome: PrinterOutcome) {
        self.hear(PrinterNews::Registration(Box::new(PrinterEvent::Ended(outcome))));
    }

    pub(crate) fn failed(&mut self, cause: impl Into<Cause>) {
        self.ended(PrinterOutcome::Failure(cause.into()));
    }

    pub(crate) fn received(&mut self, success: Success) {
        self.event(session::Event::Succeeded);
        self.ended(PrinterOutcome::Success(success));
    }

    pub(crate) fn joined(&mut self, name: &str) {
        self.hear(PrinterNews::Joining);
        self.hear(PrinterNews::Joined {
            ssid: Ssid::new(name.as_bytes()).unwrap(),
            bssid: MacAddr([2, 0, 0, 0, 0, 1]),
            channel: 6,
            signal: -52,
            security: "WPA2".to_owned(),
        });
    }

    pub(crate) fn address(&mut self) {
        self.hear(PrinterNews::Address {
            address: [192, 168, 1, 23].into(),
            prefix: 24,
            gateway: Some([192, 168, 1, 1].into()),
            dns: Some([192, 168, 1, 1].into()),
        });
        self.hear(PrinterNews::Announced);
    }

    /// A registration by WPS that goes well, to the end.
    pub(crate) fn succeed(&mut self) {
        self.chose();
        self.messages(MessageType::Done);
        self.received(Success::Received(vec![home()]));
        self.joined("Home");
        self.address();
    }

    fn collect(&mut self) {
        while let Some(order) = self.unit.poll_order() {
            self.orders.push(order);
        }
        while let Some(change) = self.unit.poll_change() {
            match &change {
                Change::Set { owner, key, value } => {
                    assert_eq!(owner, "printer-study");
                    self.saved.retain(|(k, _)| k != key);
                    self.saved.push((key.clone(), value.clone()));
                }
                Change::Remove { owner, key } => {
                    assert_eq!(owner, "printer-study");
                    self.saved.retain(|(k, _)| k != key);
                }
                other => panic!("{other:?}"),
            }
            self.changes.push(change);
        }
    }
}
