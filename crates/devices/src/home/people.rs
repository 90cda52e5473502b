//! What people do, and what one part of the home has to do for another.

use super::computer::verdict;
use super::config::address;
use super::printer::Step;
use super::{Home, Party, views};
use crate::action::{Action, ComputerAction, HomeAction, PrinterAction, Refusal};
use crate::computer::{ComputerNews, ComputerOrder};
use crate::router::{RouterChannels, RouterNews, RouterUnitConfig};
use crate::secret::SecretText;
use crate::terms;
use keyway_eap::Timestamp;
use keyway_wsc::{DeviceDescription, DeviceType, MacAddr, Ssid};

impl Home {
    /// Does what a person does.
    ///
    /// # Errors
    /// [`Refusal`]: it cannot be done, and nothing has changed.
    pub fn perform(&mut self, action: Action, now: Timestamp) -> Result<(), Refusal> {
        self.handle_timeout(now);
        let done = match action {
            Action::Printer { printer, action } => self.at_printer(&printer, action),
            Action::Router { action } => {
                let (now, date) = (self.now, self.date(self.now));
                let done = self.router.device.perform(action, now, date, &mut self.random);
                self.touch(Party::Router(0));
                done
            }
            Action::Computer { action } => self.at_computer(action),
            Action::Home { action } => self.in_the_home(action),
        };
        if done.is_ok() {
            self.revision += 1;
        }
        self.drain_air();
        self.settle();
        done
    }

    /// Sets the administrator's password of the router, when there is none.
    ///
    /// # Errors
    /// [`Refusal`]: there is one, or this one does not do.
    pub fn set_first_password(&mut self, password: &SecretText, now: Timestamp) -> Result<(), Refusal> {
        self.handle_timeout(now);
        let done = self.router.device.set_first_password(password, &mut self.random);
        self.touch(Party::Router(0));
        self.revision += 1;
        done
    }

    /// Checks the administrator's password of the router.
    ///
    /// # Errors
    /// [`Refusal`]: it is wrong, or there were too many attempts.
    pub fn check_password(&mut self, password: &SecretText, now: Timestamp) -> Result<(), Refusal> {
        self.handle_timeout(now);
        self.router.device.check_password(password, self.now)
    }

    fn at_printer(&mut self, id: &str, action: PrinterAction) -> Result<(), Refusal> {
        let number = self.find(id)?;
        let (now, date) = (self.now, self.date(self.now));
        let node = &mut self.printers[number];
        if let PrinterAction::TakePaper { paper } = action {
            let taken = node.tray.take(paper);
            return if taken { Ok(()) } else { Err(not_found("There is no such sheet.")) };
        }
        let done = node.device.perform(action, now, date, &mut self.random);
        self.touch(Party::Printer(number));
        done
    }

    fn at_computer(&mut self, action: ComputerAction) -> Result<(), Refusal> {
        let (printers, router, links) = views::around(self, self.now);
        let Some(computer) = &mut self.computer else {
            return Err(not_found("There is no computer in this home."));
        };
        computer.unit.perform(action, &super::computer::around(&printers, &router, &links))
    }

    fn in_the_home(&mut self, action: HomeAction) -> Result<(), Refusal> {
        match action {
            HomeAction::Move { printer, metres } => self.carry_printer(&printer, metres)?,
            HomeAction::PrinterPower { printer, on } => {
                let number = self.find(&printer)?;
                let date = self.date(self.now);
                self.printers[number].device.power(on, self.now, date, &mut self.random);
                self.touch(Party::Printer(number));
            }
            HomeAction::Usb { printer, on } => {
                let number = self.find(&printer)?;
                self.printers[number].device.unit_mut().usb(on);
            }
            HomeAction::RouterPower { on } => {
                let date = self.date(self.now);
                if self.router.device.has_power() != on {
                    self.router.device.power(on, self.now, date, &mut self.random);
                    self.touch(Party::Router(0));
                }
            }
            HomeAction::AddPrinter { model } => self.bring_printer(model)?,
            HomeAction::Wait { .. } => {
                let next = "Wait.";
                return Err(Refusal::new("not-now", "Time passes by itself in this home.", next));
            }
        }
        Ok(())
    }

    /// Does what the parts of the home want from each other, until nothing is left.
    pub(super) fn settle(&mut self) {
        let mut looked_at = None;
        loop {
            let mut moved = false;
            if std::mem::take(&mut self.router.network_changed) {
                self.computer_joins(false);
                moved = true;
            }
            if std::mem::take(&mut self.router.verify) {
                self.waits.router_verdict = true;
                self.listen();
                moved = true;
            }
            moved |= self.hand_out_what_was_heard();
            moved |= self.computer_turn(&mut looked_at);
            if !moved {
                return;
            }
            self.revision += 1;
            self.drain_air();
        }
    }

    /// The computer hears its news, looks around, and gives its orders.
    fn computer_turn(&mut self, looked_at: &mut Option<u64>) -> bool {
        let Some(computer) = &self.computer else { return false };
        let has_news = computer.has_news();
        if !has_news && (*looked_at == Some(self.revision) || !computer.unit.is_watching()) {
            return self.computer_orders();
        }
        let (printers, router, links) = views::around(self, self.now);
        let around = super::computer::around(&printers, &router, &links);
        if let Some(computer) = &mut self.computer {
            while let Some(news) = computer.poll_news() {
                computer.unit.hear(news, &around);
            }
            computer.unit.look(&around);
        }
        *looked_at = Some(self.revision);
        self.computer_orders() || has_news
    }

    fn computer_orders(&mut self) -> bool {
        let date = self.date(self.now);
        let Some(computer) = &mut self.computer else { return false };
        let mut step = Step { air: &mut self.air, random: &mut self.random, now: self.now, date };
        let mut moved = false;
        while let Some(order) = computer.unit.poll_order() {
            computer.obey(order, &mut step, self.config.test_page);
            moved = true;
        }
        let orders = std::mem::take(&mut computer.orders);
        for order in orders {
            match order {
                ComputerOrder::Scan => {
                    self.waits.networks = true;
                    self.listen();
                }
                ComputerOrder::VerifyOff => {
                    self.waits.computer_verdict = true;
                    self.listen();
                }
                ComputerOrder::Guest(on) => self.computer_joins(on),
                ComputerOrder::AtPrinter { printer, action } => {
                    if let Err(refusal) = self.at_printer(&printer, action) {
                        self.tell_computer(ComputerNews::AtPrinterRefused(refusal));
                    }
                }
                ComputerOrder::Vpn(_) | ComputerOrder::Browse | ComputerOrder::TestPage { .. } => {}
            }
        }
        if moved {
            self.touch(Party::Computer);
        }
        moved
    }

    fn tell_computer(&mut self, news: ComputerNews) {
        if let Some(computer) = &mut self.computer {
            computer.tell(news);
        }
    }

    fn listen(&mut self) {
        if let Some(computer) = &mut self.computer {
            computer.ear.listen(self.now);
            self.touch(Party::Computer);
        }
    }

    fn hand_out_what_was_heard(&mut self) -> bool {
        let waits = self.waits;
        if !(waits.networks || waits.computer_verdict || waits.router_verdict) {
            return false;
        }
        let Some(computer) = &mut self.computer else {
            self.waits = super::Waits::default();
            return false;
        };
        if computer.ear.is_listening() {
            return false;
        }
        let results = computer.ear.take_results().unwrap_or_default();
        self.waits = super::Waits::default();
        let own: Vec<MacAddr> = self.router.own_cells().map(|cell| cell.bssid()).collect();
        let date = self.date(self.now);
        let seen = verdict(&results, &own, date);
        if waits.networks {
            self.tell_computer(ComputerNews::Networks(terms::summaries(&results)));
        }
        if waits.computer_verdict {
            self.tell_computer(ComputerNews::AirSeen(seen.clone()));
        }
        if waits.router_verdict || waits.computer_verdict {
            self.router.device.hear(RouterNews::AirSeen(seen), self.now, date, &mut self.random);
            self.touch(Party::Router(0));
        }
        true
    }

    /// The computer joins the home's network or the guests': its owner knows both keys.
    fn computer_joins(&mut self, guest: bool) {
        let date = self.date(self.now);
        let Some(computer) = &mut self.computer else { return };
        let mut step = Step { air: &mut self.air, random: &mut self.random, now: self.now, date };
        let router = &self.router.device;
        let network = match guest {
            false => router.network().map(|network| (network.ssid, network.key.clone())),
            true => router.guests().map(|guests| (guests.ssid, guests.key.clone())),
        };
        if let Some((ssid, key)) = network {
            computer.join(ssid, &key, &mut step);
        }
        self.touch(Party::Computer);
    }

    pub(super) fn find(&self, id: &str) -> Result<usize, Refusal> {
        let number = self.printers.iter().position(|node| node.device.unit().id() == id);
        number.ok_or_else(|| not_found("There is no such printer in this home."))
    }
}

/// What the router is.
pub(super) fn router_config(seed: u64, ssid: Ssid) -> RouterUnitConfig {
    let mac = address(seed, 1, 0);
    let description = DeviceDescription {
        manufacturer: "Keyway".into(),
        model_name: "Router".into(),
        model_number: "R1".into(),
        serial_number: serial(mac).as_str().into(),
        device_type: DeviceType::ROUTER,
        device_name: "Router".into(),
    };
    RouterUnitConfig {
        name: "Router".to_owned(),
        mac,
        description,
        ssid,
        key: None,
        hidden: false,
        channels: RouterChannels::Both { ghz2: 6, ghz5: 36 },
    }
}

/// A serial number from an address.
pub(super) fn serial(mac: MacAddr) -> String {
    let [.., a, b, c, d] = mac.0;
    format!("KW{:08}", u32::from_be_bytes([a, b, c, d]) % 100_000_000)
}

fn not_found(what: &str) -> Refusal {
    Refusal::new("not-found", what, "Choose one of those shown.")
}
