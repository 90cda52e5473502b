//! The router as a whole: what is done at it, and what it wants.

use super::boundary::{RouterNews, RouterOrder, RouterUnitConfig};
use crate::action::{Refusal, RouterAction};
use crate::durable::{Change, DeviceEntry, LedgerEntry};
use crate::random::Random;
use crate::secret::SecretText;
use crate::view::{Banner, RouterAdminView, RouterPinView, RouterView};
use keyway_eap::Timestamp;
use keyway_wsc::MacAddr;
use keyway_wsc::session::Device;
use std::collections::VecDeque;

/// A router as its owner meets it: settings, log-in, registrar, waiting devices, ledger, alerts.
#[derive(Debug)]
pub struct RouterUnit {
    config: RouterUnitConfig,
    device: Device,
    on: bool,
    orders: VecDeque<RouterOrder>,
    changes: VecDeque<Change>,
}

impl RouterUnit {
    /// A router that is plugged in at `now`, with what it kept: its saved values by key, the ledger, oldest entry
    /// first, and the devices.
    pub fn new(
        config: RouterUnitConfig,
        _saved: &[(String, SecretText)],
        _ledger: Vec<LedgerEntry>,
        _devices: Vec<DeviceEntry>,
        _now: Timestamp,
        _random: &mut Random,
    ) -> RouterUnit {
        let device = Device::new(config.mac, config.description.clone(), Default::default());
        RouterUnit { config, device, on: true, orders: VecDeque::new(), changes: VecDeque::new() }
    }

    /// Takes what the owner does, logged in. `date` is in milliseconds since 1970, UTC.
    ///
    /// # Errors
    /// [`Refusal`] when it cannot be done; nothing has changed then.
    pub fn perform(
        &mut self,
        _action: RouterAction,
        _now: Timestamp,
        _date: u64,
        _random: &mut Random,
    ) -> Result<(), Refusal> {
        Err(Refusal::new("not-now", "The router is starting.", "Try again in a minute."))
    }

    /// Sets the administrator's password, while there is none.
    ///
    /// # Errors
    /// [`Refusal`]: there is one, or this one is too short.
    pub fn set_first_password(
        &mut self,
        _password: &SecretText,
        _random: &mut Random,
    ) -> Result<(), Refusal> {
        Err(Refusal::new("not-now", "The router is starting.", "Try again in a minute."))
    }

    /// Checks the administrator's password.
    ///
    /// # Errors
    /// [`Refusal`]: it is wrong, or there were too many attempts.
    pub fn check_password(&mut self, _password: &SecretText, _now: Timestamp) -> Result<(), Refusal> {
        Err(Refusal::new("not-now", "The router is starting.", "Try again in a minute."))
    }

    /// Takes what the router's radios and network tell.
    pub fn hear(&mut self, _news: RouterNews, _now: Timestamp, _date: u64, _random: &mut Random) {}

    /// Plugs it in, or pulls the plug.
    pub fn power(&mut self, on: bool, _now: Timestamp, _date: u64, _random: &mut Random) {
        self.on = on;
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, _now: Timestamp, _date: u64, _random: &mut Random) {}

    /// When [`handle_timeout`](Self::handle_timeout) is to be called, at the latest.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        None
    }

    /// What it wants next from its radios and its network.
    pub fn poll_order(&mut self) -> Option<RouterOrder> {
        self.orders.pop_front()
    }

    /// What it wants next to be kept, under the owner `router`.
    pub fn poll_change(&mut self) -> Option<Change> {
        self.changes.pop_front()
    }

    /// What anybody sees of it.
    pub fn view(&self, _now: Timestamp, _date: u64) -> RouterView {
        RouterView {
            name: self.config.name.clone(),
            power: self.on,
            ssid: self.config.ssid.to_text().into_owned(),
            banner: Banner::Off { verified: None },
            has_password: false,
            joined: 0,
        }
    }

    /// What the owner sees of it.
    pub fn admin_view(&self, now: Timestamp, date: u64) -> RouterAdminView {
        RouterAdminView {
            public: self.view(now, date),
            passphrase: SecretText::default(),
            hidden: false,
            security: crate::action::Security::Wpa2,
            bands: self.config.bands,
            channels: Vec::new(),
            wps: false,
            wps_impossible: None,
            off_after_success: true,
            dhcp: true,
            waiting: Vec::new(),
            pins: Vec::new(),
            sessions: Vec::new(),
            router_pin: RouterPinView { pin: None, countdown: None, lock: None },
            ledger: Vec::new(),
            alert: None,
            joined: Vec::new(),
        }
    }

    /// How it introduces itself in registrations and probe responses.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Its address.
    pub fn mac(&self) -> MacAddr {
        self.config.mac
    }

    /// Whether it is on.
    pub fn is_on(&self) -> bool {
        self.on
    }
}
