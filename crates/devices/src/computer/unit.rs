//! The computer as a person sits before it.

use super::checks::{self, Own};
use super::stage::{Chosen, SetUp, Stage, TestPage, WpsOff};
use super::{Around, ComputerNews, ComputerOrder, asking, words};
use crate::action::{Action, ComputerAction, OnThePrinter, PrinterAction, Refusal};
use crate::network::NetworkSummary;
use crate::secret::SecretText;
use crate::session::{Method, Reason};
use crate::view::{AssistantView, CheckView, ChoiceView, ComputerView, FoundPrinter, PrintView, PrinterView};
use keyway_home::{Cause, Side};
use std::collections::VecDeque;

/// The computer: its network, the printers that it sees, and the set-up assistant.
#[derive(Debug)]
pub struct ComputerUnit {
    name: String,
    ssid: Option<String>,
    is_5_ghz: bool,
    address: Option<String>,
    vpn: bool,
    guest: bool,
    pub(super) found: Vec<FoundPrinter>,
    /// The last page that no assistant waited for.
    pub(super) print: Option<PrintView>,
    networks: Option<Vec<NetworkSummary>>,
    pub(super) stage: Stage,
    pub(super) orders: VecDeque<ComputerOrder>,
}

/// Networks and printers that are remembered.
const MOST: usize = 64;

impl ComputerUnit {
    /// A computer with this name, on no network yet.
    pub fn new(name: impl Into<String>) -> ComputerUnit {
        ComputerUnit {
            name: name.into(),
            ssid: None,
            is_5_ghz: false,
            address: None,
            vpn: false,
            guest: false,
            found: Vec::new(),
            print: None,
            networks: None,
            stage: Stage::Welcome,
            orders: VecDeque::new(),
        }
    }

    /// Does what a person does at it.
    ///
    /// # Errors
    /// [`Refusal`]: it cannot be done now, and nothing has changed.
    pub fn perform(&mut self, action: ComputerAction, around: &Around<'_>) -> Result<(), Refusal> {
        match action {
            ComputerAction::Begin => self.stage = Stage::WhichPrinter,
            ComputerAction::Finish => self.stage = Stage::Welcome,
            ComputerAction::ChoosePrinter { printer } => {
                find(around, &printer)?;
                self.stage = Stage::WhatIsOnIt { printer };
            }
            ComputerAction::PrinterHas { what } => {
                let printer = self.stage.printer().ok_or_else(no_printer)?.to_owned();
                self.stage = Stage::WhichMethod { printer, what };
            }
            ComputerAction::ChooseMethod { method } => self.choose_method(method, around)?,
            ComputerAction::Enter { text } => self.enter(&text, around)?,
            ComputerAction::GoOn => match &self.stage {
                Stage::PreFlight(chosen) => self.begin_set_up(chosen.clone(), around)?,
                _ => return Err(not_now()),
            },
            ComputerAction::Back => self.back(),
            ComputerAction::CheckAgain => self.check_again(around),
            ComputerAction::TestPage => self.test_page(around)?,
            ComputerAction::PrintAt { address } => self.print_at(&address)?,
            ComputerAction::Vpn { on } => {
                self.vpn = on;
                self.orders.push_back(ComputerOrder::Vpn(on));
                self.orders.push_back(ComputerOrder::Browse);
            }
            ComputerAction::Guest { on } => {
                self.guest = on;
                self.orders.push_back(ComputerOrder::Guest(on));
            }
        }
        self.look(around);
        Ok(())
    }

    /// Takes what it hears.
    pub fn hear(&mut self, news: ComputerNews, around: &Around<'_>) {
        if self.printed(&news) {
            return;
        }
        match news {
            ComputerNews::Networks(mut networks) => {
                networks.truncate(MOST);
                self.networks = Some(networks);
            }
            ComputerNews::Joined { ssid, is_5_ghz } => {
                self.ssid = Some(ssid);
                self.is_5_ghz = is_5_ghz;
            }
            ComputerNews::Lost => {
                self.ssid = None;
                self.address = None;
                self.found.clear();
            }
            ComputerNews::Address(address) => self.address = Some(address),
            ComputerNews::Found(printer) => {
                self.found.retain(|known| known.address != printer.address && known.name != printer.name);
                if self.found.len() < MOST {
                    self.found.push(printer);
                }
            }
            ComputerNews::Gone(printer) => self.found.retain(|known| known.name != printer.name),
            ComputerNews::Printed => {
                if let Stage::TestPage(TestPage { chosen, .. }) = &self.stage {
                    self.stage = Stage::WpsOff(WpsOff { chosen: chosen.clone(), verdict: None });
                    self.orders.push_back(ComputerOrder::VerifyOff);
                }
            }
            ComputerNews::PrintFailed(cause) => {
                if let Stage::TestPage(stage) = &mut self.stage {
                    stage.printing = false;
                    stage.problem = Some(Reason::new(&cause, Side::Computer));
                }
            }
            ComputerNews::AtPrinterRefused(refusal) => {
                if let Stage::SetUp(stage) = &mut self.stage {
                    stage.problem =
                        Some(Reason { code: refusal.code, what: refusal.what, next: refusal.next });
                }
            }
            ComputerNews::AirSeen(verdict) => {
                if let Stage::WpsOff(stage) = &mut self.stage {
                    if verdict.off {
                        self.stage = Stage::Done { chosen: stage.chosen.clone(), wps_off: true };
                    } else {
                        stage.verdict = Some(verdict);
                    }
                }
            }
        }
        self.look(around);
    }

    /// Looks at the other screens: to be called whenever something on them may have changed.
    pub fn look(&mut self, around: &Around<'_>) {
        match &mut self.stage {
            Stage::SetUp(stage) => {
                let Some(printer) = printer(around, &stage.chosen.printer) else { return };
                let running = printer.session.as_ref().is_some_and(|session| session.running);
                stage.seen_running |= running;
                if stage.seen_running && !running {
                    self.set_up_ended(printer);
                }
            }
            Stage::CanSee(chosen) => {
                let chosen = chosen.clone();
                let Some(printer) = printer(around, &chosen.printer) else { return };
                let checks = checks::can_see(printer, &self.own());
                let seen = checks::seen(printer, &self.found).is_some();
                if seen && checks::first_failure(&checks).is_none() {
                    self.stage = Stage::TestPage(TestPage { chosen, printing: false, problem: None });
                }
            }
            _ => {}
        }
    }

    /// Whether the assistant watches the other screens at present.
    pub fn is_watching(&self) -> bool {
        matches!(self.stage, Stage::SetUp(_) | Stage::CanSee(_))
    }

    /// The next order.
    pub fn poll_order(&mut self) -> Option<ComputerOrder> {
        self.orders.pop_front()
    }

    /// What a person sees.
    pub fn view(&self, around: &Around<'_>) -> ComputerView {
        ComputerView {
            name: self.name.clone(),
            ssid: self.ssid.clone(),
            band: self.ssid.as_ref().map(|_| if self.is_5_ghz { "5 GHz" } else { "2.4 GHz" }.to_owned()),
            address: self.address.clone(),
            vpn: self.vpn,
            guest: self.guest,
            found: self.found.clone(),
            print: self.print.clone(),
            assistant: self.assistant(around),
        }
    }

    fn own(&self) -> Own<'_> {
        Own { ssid: self.ssid.as_deref(), vpn: self.vpn, guest: self.guest, found: &self.found }
    }

    fn choose_method(&mut self, method: Method, around: &Around<'_>) -> Result<(), Refusal> {
        let (printer, what, failures) = match &self.stage {
            Stage::WhichMethod { printer, what } => (printer.clone(), *what, 0),
            stage => {
                let chosen = stage.chosen().ok_or_else(no_printer)?;
                (chosen.printer.clone(), chosen.what, chosen.failures)
            }
        };
        if !find(around, &printer)?.methods.contains(&method) {
            let words = Cause::NoPinOnModel.words(Side::Computer);
            return Err(Refusal::new(
                "not-on-this-model",
                "The printer has not got this method.",
                words.next,
            ));
        }
        self.networks = None;
        self.orders.push_back(ComputerOrder::Scan);
        self.stage = Stage::PreFlight(Chosen { printer, what, method, failures });
        Ok(())
    }

    fn check_again(&mut self, around: &Around<'_>) {
        match &self.stage {
            Stage::PreFlight(_) => {
                self.networks = None;
                self.orders.push_back(ComputerOrder::Scan);
            }
            Stage::CanSee(_) => self.orders.push_back(ComputerOrder::Browse),
            Stage::WpsOff(_) => self.orders.push_back(ComputerOrder::VerifyOff),
            Stage::Failed { chosen, .. } => {
                let chosen = chosen.clone();
                self.networks = None;
                self.orders.push_back(ComputerOrder::Scan);
                self.stage = Stage::PreFlight(chosen);
            }
            _ => {}
        }
        self.look(around);
    }

    /// Takes what was typed; the same for every method, because people type into the wrong box.
    fn enter(&mut self, text: &SecretText, around: &Around<'_>) -> Result<(), Refusal> {
        let Stage::SetUp(stage) = &mut self.stage else { return Err(not_now()) };
        let printer = stage.chosen.printer.clone();
        let method = stage.chosen.method;
        let judged = match method {
            Method::Button => return Err(not_now()),
            Method::Passphrase | Method::Usb => asking::passphrase(text.expose(), stage.insisted),
            Method::Pin | Method::LabelPin | Method::RouterPin => asking::pin(text.expose()).map(drop),
        };
        if let Err(reason) = judged {
            stage.insisted = reason.code == "looks-like-pin";
            let refusal = Refusal::new(&reason.code, reason.what.clone(), reason.next.clone());
            stage.problem = Some(reason);
            return Err(refusal);
        }
        stage.problem = None;
        let ssid = match method {
            Method::Passphrase | Method::Usb => Some(around.router.ssid.clone()),
            Method::RouterPin => None,
            _ => {
                stage.pin_is_good = true;
                return Ok(());
            }
        };
        let action = PrinterAction::Start { method, ssid, secret: Some(text.clone()) };
        self.orders.push_back(ComputerOrder::AtPrinter { printer, action });
        Ok(())
    }

    fn begin_set_up(&mut self, chosen: Chosen, around: &Around<'_>) -> Result<(), Refusal> {
        let printer = find(around, &chosen.printer)?;
        if chosen.method == Method::Usb && !printer.usb {
            return Err(Refusal::new(
                "not-now",
                "No cable goes from the printer to this computer.",
                "Plug the USB cable in, then go on.",
            ));
        }
        // What needs nothing typed begins by itself: the printer shows its PIN because the computer asks for one.
        if let Method::Pin | Method::LabelPin = chosen.method {
            let action = PrinterAction::Start { method: chosen.method, ssid: None, secret: None };
            self.orders.push_back(ComputerOrder::AtPrinter { printer: chosen.printer.clone(), action });
        }
        self.stage = chosen.set_up();
        Ok(())
    }

    fn set_up_ended(&mut self, printer: &PrinterView) {
        let Stage::SetUp(SetUp { chosen, .. }) = &self.stage else { return };
        let mut chosen = chosen.clone();
        let reason = printer.session.as_ref().and_then(|session| session.reason.as_ref());
        let reason = reason.or(printer.network.as_ref().and_then(|network| network.reason.as_ref()));
        match reason {
            Some(reason) => {
                chosen.failures += 1;
                let reason = match Cause::from_code(&reason.code) {
                    Some(cause) => Reason::new(&cause, Side::Computer),
                    None => reason.clone(),
                };
                self.stage = Stage::Failed { chosen, reason };
            }
            None => {
                self.stage = Stage::CanSee(chosen);
                self.orders.push_back(ComputerOrder::Browse);
            }
        }
    }

    fn test_page(&mut self, around: &Around<'_>) -> Result<(), Refusal> {
        let free = self.printer_is_free();
        let Stage::TestPage(stage) = &mut self.stage else { return Err(not_now()) };
        free?;
        let printer = find(around, &stage.chosen.printer)?;
        let Some(found) = checks::seen(printer, &self.found) else {
            let words = Cause::Unreachable.words(Side::Computer);
            return Err(Refusal::new("not-now", words.what, words.next));
        };
        stage.printing = true;
        stage.problem = None;
        self.orders.push_back(ComputerOrder::TestPage { address: found.address.clone() });
        Ok(())
    }

    fn back(&mut self) {
        let which =
            |chosen: &Chosen| Stage::WhichMethod { printer: chosen.printer.clone(), what: chosen.what };
        self.stage = match &self.stage {
            Stage::Welcome | Stage::WhichPrinter => Stage::Welcome,
            Stage::WhatIsOnIt { .. } => Stage::WhichPrinter,
            Stage::WhichMethod { printer, .. } => Stage::WhatIsOnIt { printer: printer.clone() },
            Stage::SetUp(stage) => {
                let (printer, action) = (stage.chosen.printer.clone(), PrinterAction::Cancel);
                self.orders.push_back(ComputerOrder::AtPrinter { printer, action });
                which(&stage.chosen)
            }
            Stage::PreFlight(chosen) | Stage::Failed { chosen, .. } => which(chosen),
            Stage::CanSee(chosen) => which(chosen),
            Stage::TestPage(stage) => Stage::CanSee(stage.chosen.clone()),
            Stage::WpsOff(stage) => Stage::Done { chosen: stage.chosen.clone(), wps_off: false },
            Stage::Done { .. } => Stage::Welcome,
        };
    }

    fn assistant(&self, around: &Around<'_>) -> AssistantView {
        let printer = self.stage.printer().and_then(|id| printer(around, id));
        let chosen = self.stage.chosen();
        let session = match &self.stage {
            Stage::SetUp(stage) if !stage.seen_running => None,
            Stage::SetUp(_) | Stage::Failed { .. } | Stage::CanSee(_) => {
                printer.and_then(|printer| printer.session.clone())
            }
            _ => None,
        };
        let countdown = session.as_ref().and_then(|session| session.countdown);
        let checks = self.checks(printer, around);
        let mut body = words::body(&self.stage, printer, around);
        let (mut ask, mut reason) = (None, None);
        match &self.stage {
            Stage::SetUp(stage) => {
                let waits =
                    !stage.seen_running || matches!(stage.chosen.method, Method::Pin | Method::LabelPin);
                ask = if waits { words::ask(&stage.chosen, stage.problem.clone()) } else { None };
                reason = if ask.is_none() { stage.problem.clone() } else { None };
                if stage.pin_is_good {
                    body.push("That is a PIN. Now type it at the router's page.".to_owned());
                }
            }
            Stage::Failed { reason: why, .. } => reason = Some(why.clone()),
            Stage::TestPage(stage) => {
                reason = stage.problem.clone();
                if stage.printing {
                    body.push("The page is on its way …".to_owned());
                }
            }
            Stage::WpsOff(WpsOff { verdict: Some(verdict), .. }) => body.push(verdict.words.clone()),
            Stage::PreFlight(_) | Stage::CanSee(_) => reason = checks::first_failure(&checks),
            _ => {}
        }
        AssistantView {
            stage: self.stage.name(),
            title: words::title(&self.stage),
            body,
            printer: self.stage.printer().map(str::to_owned),
            method: chosen.map(|chosen| chosen.method),
            choices: self.choices(printer, around),
            ask,
            checks,
            session,
            countdown,
            reason,
            advice: words::advice(&self.stage, countdown, around, self.vpn),
            back: !matches!(self.stage, Stage::Welcome),
        }
    }

    fn checks(&self, printer: Option<&PrinterView>, around: &Around<'_>) -> Vec<CheckView> {
        match (&self.stage, printer) {
            (Stage::PreFlight(chosen), _) => checks::before(chosen, self.networks.as_deref(), around),
            (Stage::CanSee(_) | Stage::TestPage(_), Some(printer)) => checks::can_see(printer, &self.own()),
            _ => Vec::new(),
        }
    }

    fn choices(&self, printer: Option<&PrinterView>, around: &Around<'_>) -> Vec<ChoiceView> {
        let method = |method: Method| {
            choice(method.words(), words::method_hint(method), ComputerAction::ChooseMethod { method })
        };
        let again = || choice("Check again", "", ComputerAction::CheckAgain);
        match &self.stage {
            Stage::Welcome => vec![choice("Begin", "", ComputerAction::Begin)],
            Stage::WhichPrinter => around.printers.iter().map(choose_printer).collect(),
            Stage::WhatIsOnIt { .. } => OnThePrinter::ALL
                .into_iter()
                .map(|what| choice(what.words().0, what.words().1, ComputerAction::PrinterHas { what }))
                .collect(),
            Stage::WhichMethod { what, .. } => {
                let has = |wanted: &Method| printer.is_some_and(|printer| printer.methods.contains(wanted));
                what.methods().iter().copied().filter(|wanted| has(wanted)).map(method).collect()
            }
            Stage::PreFlight(chosen) => {
                let failed = checks::first_failure(&self.checks(printer, around)).is_some();
                let label = if failed { "Go on all the same" } else { "Go on" };
                let go_on = choice(label, "", ComputerAction::GoOn);
                let mut choices = if failed { vec![again(), go_on] } else { vec![go_on, again()] };
                if failed && chosen.method != Method::Passphrase {
                    choices.push(method(Method::Passphrase));
                }
                choices
            }
            Stage::SetUp(stage) if stage.chosen.method == Method::Button && !stage.seen_running => {
                let action = PrinterAction::Start { method: Method::Button, ssid: None, secret: None };
                let action = Action::Printer { printer: stage.chosen.printer.clone(), action };
                let label = "Press the printer's button from here".to_owned();
                vec![ChoiceView { label, hint: None, action }]
            }
            Stage::CanSee(_) => {
                let mut choices = vec![again()];
                if self.vpn {
                    choices.push(choice("Pause the VPN", "", ComputerAction::Vpn { on: false }));
                }
                if self.guest {
                    choices.push(choice("Leave the guest network", "", ComputerAction::Guest { on: false }));
                }
                choices
            }
            Stage::TestPage(stage) if !stage.printing => {
                vec![choice("Print a test page", "", ComputerAction::TestPage)]
            }
            Stage::WpsOff(_) => vec![again()],
            Stage::Failed { chosen, .. } => {
                let has = |wanted: &Method| printer.is_some_and(|printer| printer.methods.contains(wanted));
                let others = chosen.what.methods().iter().copied();
                let mut choices = vec![choice("Try again", "", ComputerAction::CheckAgain)];
                choices.extend(others.filter(|other| *other != chosen.method && has(other)).map(method));
                choices
            }
            Stage::Done { .. } => vec![
                choice("Add another printer", "", ComputerAction::Begin),
                choice("Finish", "", ComputerAction::Finish),
            ],
            Stage::SetUp(_) | Stage::TestPage(_) => Vec::new(),
        }
    }
}

fn choose_printer(printer: &PrinterView) -> ChoiceView {
    let hint = match printer.network.as_ref().filter(|network| network.connected) {
        Some(network) => format!("{}; on {} already", printer.model_name, network.ssid),
        None => printer.model_name.clone(),
    };
    let action = ComputerAction::ChoosePrinter { printer: printer.id.clone() };
    choice(&format!("{} · {}", printer.nickname, printer.name), &hint, action)
}

fn choice(label: &str, hint: &str, action: ComputerAction) -> ChoiceView {
    let hint = (!hint.is_empty()).then(|| hint.to_owned());
    ChoiceView { label: label.to_owned(), hint, action: Action::Computer { action } }
}

fn printer<'a>(around: &Around<'a>, id: &str) -> Option<&'a PrinterView> {
    around.printers.iter().find(|printer| printer.id == id)
}

fn find<'a>(around: &Around<'a>, id: &str) -> Result<&'a PrinterView, Refusal> {
    printer(around, id)
        .ok_or_else(|| Refusal::new("not-found", "There is no such printer.", "Choose one of those shown."))
}

fn no_printer() -> Refusal {
    Refusal::new("not-now", "No printer is chosen yet.", "Choose a printer first.")
}

fn not_now() -> Refusal {
    Refusal::new(
        "not-now",
        "This does not belong to the present step.",
        "Do what the assistant asks, or go back.",
    )
}
