//! The router as a whole: what is done at it, and what it wants.

use super::adding::Adding;
use super::boundary::{
    NetworkSettings, RouterChannels, RouterNews, RouterOrder, RouterUnitConfig, SelectedRegistrar, WpsOnAir,
};
use super::devices::Devices;
use super::ledger::{Alarm, Attempt, Ledger, Meter};
use super::password::Password;
use super::sessions::Sessions;
use super::settings::{self, Settings};
use super::waiting::Waiting;
use crate::action::{Refusal, RouterAction};
use crate::durable::{Change, DeviceEntry, LedgerEntry};
use crate::random::Random;
use crate::secret::SecretText;
use crate::session::{Method, Step};
use crate::view::AirVerdict;
use crate::wifi_password::Question;
use keyway_eap::{Config, Timestamp};
use keyway_home::{Cause, PinLifetime, Router, RouterConfig};
use keyway_wsc::session::{Device, Failure};
use keyway_wsc::{ConfigMethods, Credential, MacAddr, RfBands, WpsState};
use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

/// Stations that the registrar talks to at a time.
const MAX_STATIONS: usize = 16;
/// The owner of what the router keeps.
const OWNER: &str = "router";

/// A router as its owner meets it: settings, log-in, registrar, waiting devices, ledger, alerts.
///
/// It does no I/O. Bring it what the owner does ([`perform`](Self::perform)), what its radios and its network tell
/// ([`hear`](Self::hear)) and the time; after each call poll [`poll_order`](Self::poll_order) and
/// [`poll_change`](Self::poll_change) until they are empty, and look at it with [`view`](Self::view) and, logged in,
/// [`admin_view`](Self::admin_view).
pub struct RouterUnit {
    pub(super) config: RouterUnitConfig,
    pub(super) device: Device,
    pub(super) on: bool,
    pub(super) settings: Settings,
    pub(super) password: Password,
    pub(super) registrar: Router,
    pub(super) adding: Adding,
    pub(super) sessions: Sessions,
    pub(super) waiting: Waiting,
    pub(super) ledger: Ledger,
    pub(super) alarm: Alarm,
    pub(super) meter: Meter,
    pub(super) devices: Devices,
    pub(super) question: Question,
    /// What was seen on the air since WPS went off.
    pub(super) verified: Option<AirVerdict>,
    /// A set-up went well: WPS goes off as soon as nobody else is waited for.
    pub(super) done: bool,
    /// The network changes then: the registrar that changed it is still to hear the end of its conversation.
    pub(super) network_due: Option<Timestamp>,
    /// How long the network that its owner changes goes on.
    pub(super) answer_time: Duration,
    /// What beacons were last told to say.
    on_air: Option<WpsOnAir>,
    pub(super) orders: VecDeque<RouterOrder>,
    changes: VecDeque<Change>,
}

/// When something happens: for timers, and for what is written down.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// For timers.
    pub(super) now: Timestamp,
    /// Milliseconds since 1970, UTC.
    pub(super) date: u64,
}

/// Version 2, type 1, nothing in it (IEEE 802.1X-2010, section 11.3).
const EAPOL_START: [u8; 4] = [2, 1, 0, 0];

impl RouterUnit {
    /// A router that is plugged in at `now`, with what it kept: its saved values by key, the ledger, oldest entry
    /// first, and the devices. One that was never started makes itself a Wi-Fi password; its WPS is off (N47).
    /// Without randomness for that password it stays off.
    pub fn new(
        config: RouterUnitConfig,
        saved: &[(String, SecretText)],
        ledger: Vec<LedgerEntry>,
        devices: Vec<DeviceEntry>,
        now: Timestamp,
        random: &mut Random,
    ) -> RouterUnit {
        let value = |key: &str| saved.iter().rev().find(|(k, _)| k == key).map(|(_, value)| value);
        let device = describe(&config);
        let mut unit = RouterUnit {
            on: false,
            settings: Settings::kept(value, config.channels),
            password: Password::kept(value(settings::PASSWORD)),
            registrar: registrar(&device, Credential::open(config.ssid)),
            adding: Adding::default(),
            sessions: Sessions::default(),
            waiting: Waiting::default(),
            ledger: Ledger::kept(ledger),
            alarm: Alarm::kept(value(settings::ALERT)),
            meter: Meter::default(),
            devices: Devices::kept(devices),
            question: Question::default(),
            verified: None,
            done: false,
            network_due: None,
            answer_time: Duration::ZERO,
            on_air: None,
            orders: VecDeque::new(),
            changes: VecDeque::new(),
            device,
            config,
        };
        unit.power(true, now, 0, random);
        unit
    }

    /// The same with devices' PINs good for so long; otherwise the default of [`PinLifetime`].
    #[must_use]
    pub fn with_pin_lifetime(mut self, lifetime: PinLifetime) -> Self {
        self.adding.lifetime = lifetime;
        self
    }

    /// From now on the network goes on for so long when its owner changes it, and with it the answer to that reaches an
    /// owner who is on it. Otherwise it ends at once.
    pub fn set_answer_time(&mut self, time: Duration) {
        self.answer_time = time;
    }

    /// Leaves WPS on after a device was added, this time: what was kept of that is not changed.
    #[must_use]
    pub fn keeping_wps(mut self) -> Self {
        self.settings.off_after_success = false;
        self
    }

    /// Switches WPS on, this time: after a restart it is as it was. `date` is in milliseconds since 1970, UTC.
    ///
    /// # Errors
    /// [`Refusal`] when the router is off, or its network's settings leave no WPS.
    pub fn open_wps_once(&mut self, now: Timestamp, date: u64, random: &mut Random) -> Result<(), Refusal> {
        self.is_reachable()?;
        self.open_wps()?;
        self.settle(Moment { now, date }, random);
        Ok(())
    }

    /// Takes what the owner does, logged in. `date` is in milliseconds since 1970, UTC.
    ///
    /// # Errors
    /// [`Refusal`] when it cannot be done. Nothing has changed then, but that the router remembers a Wi-Fi password it
    /// asked about, and counts wrong passwords of the administrator.
    pub fn perform(
        &mut self,
        action: RouterAction,
        now: Timestamp,
        date: u64,
        random: &mut Random,
    ) -> Result<(), Refusal> {
        self.is_reachable()?;
        let at = Moment { now, date };
        let done = match action {
            RouterAction::Wps { on: true } => self.switch_wps_on(),
            RouterAction::Wps { on: false } => {
                self.switch_wps_off(at, random);
                Ok(())
            }
            RouterAction::AddPin { pin, device } => self.add_pin(pin.expose(), device.as_deref(), at),
            RouterAction::Button => self.press_button(at),
            RouterAction::CancelAdding => {
                self.cancel_adding(at, random);
                Ok(())
            }
            RouterAction::RouterPinOn { minutes } => self.router_pin_on(minutes, at, random),
            RouterAction::RouterPinOff => {
                self.router_pin_off();
                Ok(())
            }
            RouterAction::Unlock => {
                self.registrar.unlock();
                Ok(())
            }
            RouterAction::OffAndVerify => {
                self.switch_wps_off(at, random);
                self.announce(now);
                self.order(RouterOrder::VerifyOff);
                Ok(())
            }
            RouterAction::OffAfterSuccess { on } => {
                self.settings.off_after_success = on;
                self.done &= on;
                self.save_flag(settings::OFF_AFTER_SUCCESS, on);
                Ok(())
            }
            RouterAction::Network { ssid, passphrase, hidden, security, bands } => {
                let wish = super::network::Wish { ssid, passphrase, hidden, security, bands };
                self.change_network(wish, at, random)
            }
            RouterAction::NewPassphrase => self.new_passphrase(at, random),
            RouterAction::Dhcp { on } => {
                self.settings.dhcp = on;
                self.save_flag(settings::DHCP, on);
                self.order(RouterOrder::Dhcp(on));
                Ok(())
            }
            RouterAction::DismissAlert => {
                if self.alarm.dismiss() {
                    self.change(Change::Remove { owner: OWNER.to_owned(), key: settings::ALERT.to_owned() });
                }
                Ok(())
            }
            RouterAction::RemoveDevice { device } => self.remove_device(&device),
            RouterAction::ChangePassword { old, new } => self.password.check(&old, now).and_then(|()| {
                let value = self.password.set(&new, random)?;
                self.save(settings::PASSWORD, value);
                Ok(())
            }),
        };
        self.settle(at, random);
        done
    }

    /// Sets the administrator's password, while there is none: at least 8 characters.
    ///
    /// # Errors
    /// [`Refusal`]: there is one, or this one is too short or too long.
    pub fn set_first_password(&mut self, password: &SecretText, random: &mut Random) -> Result<(), Refusal> {
        self.is_reachable()?;
        if self.password.is_set() {
            return Err(Refusal::new("unauthorised", "The password is set already.", "Log in with it."));
        }
        let value = self.password.set(password, random)?;
        self.save(settings::PASSWORD, value);
        Ok(())
    }

    /// Checks the administrator's password. After three wrong ones each further attempt has to wait: one second, two,
    /// four, up to a minute.
    ///
    /// # Errors
    /// [`Refusal`]: it is wrong, or there were too many attempts.
    pub fn check_password(&mut self, password: &SecretText, now: Timestamp) -> Result<(), Refusal> {
        self.is_reachable()?;
        self.password.check(password, now)
    }

    /// Takes what the router's radios and its network tell. `date` is in milliseconds since 1970, UTC.
    pub fn hear(&mut self, news: RouterNews, now: Timestamp, date: u64, random: &mut Random) {
        if !self.on {
            return;
        }
        let at = Moment { now, date };
        match news {
            RouterNews::Probe { station, signal, request } => {
                self.probe(station, signal, request.as_deref(), at)
            }
            // It is asked who it is, in place of waiting until it asks for that (observed: hostapd; wpa_supplicant waits
            // two seconds before it asks).
            RouterNews::Associated { station, for_wps: true } => {
                if self.settings.wps {
                    self.registrar.handle_frame(station, &EAPOL_START, now, random);
                }
            }
            RouterNews::Associated { for_wps: false, .. } => {}
            RouterNews::Eapol { station, frame } => {
                if self.settings.wps {
                    self.registrar.handle_frame(station, &frame, now, random);
                }
            }
            RouterNews::Joined { station, signal } => self.joined(station, signal, at),
            RouterNews::WrongPassphrase(station) => {
                let cause = Cause::WrongPassphrase;
                if self.meter.admits(station, cause.code(), now) {
                    let name = self.waiting.name(station);
                    let method = Some(Method::Passphrase);
                    let attempt = Attempt { mac: Some(station), name, method, step: Some(Step::Found) };
                    self.write(attempt.failure(&cause, date));
                    self.alarm(date);
                }
            }
            RouterNews::Left(station) => {
                self.devices.left(station);
                self.registrar.abandon_station(station, Failure::LinkLost, now, random);
            }
            RouterNews::Leased { station, address, name } => {
                let name = name.map(|name| crate::kept::readable(&name)).filter(|name| !name.is_empty());
                if let Some(entry) = self.devices.leased(station, address, name) {
                    self.change(Change::Device(entry));
                }
                self.sessions.address(station);
            }
            RouterNews::AirSeen(verdict) => {
                if !self.settings.wps {
                    self.verified = Some(verdict);
                }
            }
        }
        self.settle(at, random);
    }

    /// Plugs it in, or pulls the plug. Without power PINs, set-ups, locks and the orders that nobody has taken are
    /// forgotten; with power it runs the network that it knows.
    pub fn power(&mut self, on: bool, now: Timestamp, date: u64, random: &mut Random) {
        if on == self.on {
            return;
        }
        self.adding.forget();
        self.sessions = Sessions::default();
        self.waiting = Waiting::default();
        self.devices.all_left();
        self.question.forget();
        (self.verified, self.done, self.network_due, self.on_air) = (None, false, None, None);
        self.orders.clear();
        self.on = false;
        if !on {
            self.registrar = registrar(&self.device, Credential::open(self.config.ssid));
            return;
        }
        if self.settings.network.is_none()
            && let Ok(network) = NetworkSettings::first(&self.config, random)
        {
            self.save(settings::NETWORK, network.to_json());
            self.settings.network = Some(network);
        }
        let Some(network) = self.settings.network.clone() else { return };
        self.on = true;
        self.registrar = registrar(&self.device, network.credential());
        self.order(RouterOrder::Network(Box::new(network)));
        self.order(RouterOrder::Dhcp(self.settings.dhcp));
        self.settle(Moment { now, date }, random);
    }

    /// Does what is due at `now`. `date` is in milliseconds since 1970, UTC.
    pub fn handle_timeout(&mut self, now: Timestamp, date: u64, random: &mut Random) {
        if !self.on {
            return;
        }
        let at = Moment { now, date };
        self.registrar.handle_timeout(now, random);
        self.waiting.forget_gone(now);
        self.adding.button = self.adding.button.filter(|until| now < *until);
        for (attempt, cause) in self.sessions.expire(now) {
            self.write(attempt.failure(&cause, date));
        }
        if self.network_due.is_some_and(|due| due <= now) {
            self.run_network();
        }
        self.settle(at, random);
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called, at the latest.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let own = [
            self.registrar.poll_timeout(),
            self.waiting.poll_timeout(),
            self.sessions.poll_timeout(),
            self.adding.button,
            self.network_due,
        ];
        own.into_iter().flatten().min().filter(|_| self.on)
    }

    /// What it wants next from its radios and its network.
    pub fn poll_order(&mut self) -> Option<RouterOrder> {
        self.orders.pop_front()
    }

    /// What it wants next to be kept, under the owner `router`.
    pub fn poll_change(&mut self) -> Option<Change> {
        self.changes.pop_front()
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

    /// Carries everything to where it belongs after something happened.
    fn settle(&mut self, at: Moment, random: &mut Random) {
        self.drain(at);
        let is_over = self.done && self.is_nobody_waited_for(at.now);
        if is_over {
            self.switch_wps_off(at, random);
            self.drain(at);
        }
        self.announce(at.now);
        if is_over {
            self.order(RouterOrder::VerifyOff);
        }
    }

    /// Lets beacons say what there is to say, if that has changed.
    pub(super) fn announce(&mut self, now: Timestamp) {
        let on_air = self.wps_on_air(now);
        if self.on && self.on_air.as_ref() != Some(&on_air) {
            self.on_air = Some(on_air.clone());
            self.order(RouterOrder::Wps(on_air));
        }
    }

    /// What beacons say is to be said anew.
    pub(super) fn forget_announcement(&mut self) {
        self.on_air = None;
    }

    fn wps_on_air(&self, now: Timestamp) -> WpsOnAir {
        if !self.settings.wps {
            return WpsOnAir::default();
        }
        let selected = if self.adding.button.is_some() {
            Some(SelectedRegistrar { by_button: true, authorized: vec![MacAddr::BROADCAST] })
        } else {
            let authorized = self.adding.authorized();
            (!authorized.is_empty()).then_some(SelectedRegistrar { by_button: false, authorized })
        };
        WpsOnAir { enabled: true, locked: self.registrar.lock(now).is_some(), selected }
    }

    fn is_reachable(&self) -> Result<(), Refusal> {
        if self.on {
            return Ok(());
        }
        Err(Refusal::new("not-now", "The router is off.", "Plug it in, and wait until its network is there."))
    }

    pub(super) fn order(&mut self, order: RouterOrder) {
        self.orders.push_back(order);
    }

    pub(super) fn change(&mut self, change: Change) {
        self.changes.push_back(change);
    }

    pub(super) fn save(&mut self, key: &str, value: SecretText) {
        self.change(Change::Set { owner: OWNER.to_owned(), key: key.to_owned(), value });
    }

    pub(super) fn save_flag(&mut self, key: &str, on: bool) {
        self.save(key, SecretText::new(on.to_string()));
    }

    /// Writes an entry into the ledger.
    pub(super) fn write(&mut self, entry: LedgerEntry) {
        self.ledger.add(entry.clone());
        self.change(Change::Ledger(entry));
    }

    /// Counts a failure towards the alert.
    pub(super) fn alarm(&mut self, date: u64) {
        let value = self.alarm.failed(date);
        self.save(settings::ALERT, value);
    }
}

impl fmt::Debug for RouterUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RouterUnit")
            .field("config", &self.config)
            .field("on", &self.on)
            .field("settings", &self.settings)
            .field("adding", &self.adding)
            .field("sessions", &self.sessions)
            .field("orders", &self.orders)
            .field("changes", &self.changes)
            .finish_non_exhaustive()
    }
}

/// How the router introduces itself.
fn describe(config: &RouterUnitConfig) -> Device {
    let methods = ConfigMethods::VirtualDisplay | ConfigMethods::VirtualPushButton | ConfigMethods::Keypad;
    let rf_bands = match config.channels {
        RouterChannels::Ghz2(_) => RfBands::Band24GHz,
        RouterChannels::Ghz5(_) => RfBands::Band5GHz,
        RouterChannels::Both { .. } => RfBands::Band24GHz | RfBands::Band5GHz,
    };
    Device {
        rf_bands,
        state: WpsState::Configured,
        ..Device::new(config.mac, config.description.clone(), methods)
    }
}

fn registrar(device: &Device, network: Credential) -> Router {
    let eap = Config::default();
    Router::new(RouterConfig { device: device.clone(), network, eap, max_stations: MAX_STATIONS })
}
