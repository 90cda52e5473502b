//! The network: its settings, the devices on it, and the stations around it.

use super::boundary::{NetworkSettings, RouterOrder};
use super::judge;
use super::ledger::Attempt;
use super::settings;
use super::unit::{Moment, RouterUnit};
use crate::action::{Bands, Refusal, Security};
use crate::durable::Change;
use crate::random::Random;
use crate::secret::SecretText;
use crate::session::{Method, Step};
use core::time::Duration;
use keyway_home::{Cause, Whose};
use keyway_wsc::message::elements::ProbeRequestElement;
use keyway_wsc::session::Failure;
use keyway_wsc::{AuthTypes, Credential, MacAddr, NetworkKey};

/// Settings that came from a registrar take effect so much later, so that it hears the end of its conversation.
/// Observed: hostapd.
const DELAY: Duration = Duration::from_millis(100);

/// What the owner wants to change of the network.
#[derive(Debug)]
pub(super) struct Wish {
    pub(super) ssid: Option<String>,
    pub(super) passphrase: Option<SecretText>,
    pub(super) hidden: Option<bool>,
    pub(super) security: Option<Security>,
    pub(super) bands: Option<Bands>,
}

impl RouterUnit {
    pub(super) fn change_network(
        &mut self,
        wish: Wish,
        at: Moment,
        random: &mut Random,
    ) -> Result<(), Refusal> {
        let Some(mut network) = self.settings.network.clone() else { return Ok(()) };
        if let Some(ssid) = wish.ssid {
            network.ssid = judge::network_name(&ssid)?;
        }
        if let Some(passphrase) = wish.passphrase {
            // The one that it has needs no second thought.
            if passphrase.expose().as_bytes() != network.key.to_characters().expose() {
                network.key = judge::passphrase(passphrase.expose(), &mut self.question)?;
            }
        }
        network.hidden = wish.hidden.unwrap_or(network.hidden);
        network.security = wish.security.unwrap_or(network.security);
        if let Some(bands) = wish.bands {
            network.bands = judge::bands(bands, self.config.channels)?;
        }
        if network.security == Security::Wpa3Only && matches!(network.key, NetworkKey::PreSharedKey(_)) {
            return Err(Refusal::new(
                "bad-value",
                "WPA3 needs a Wi-Fi password, not a key of 64 digits.",
                "Choose a Wi-Fi password of 8 to 63 characters together with WPA3.",
            ));
        }
        self.take_network(network, at, random);
        Ok(())
    }

    pub(super) fn new_passphrase(&mut self, at: Moment, random: &mut Random) -> Result<(), Refusal> {
        let Some(network) = self.settings.network.clone() else { return Ok(()) };
        let key = settings::new_passphrase(random).map_err(|_| {
            Refusal::new("not-now", "The router could not make a password.", "Restart it, then try again.")
        })?;
        self.take_network(NetworkSettings { key, ..network }, at, random);
        Ok(())
    }

    /// The owner changes the network: everybody has to join anew, and set-ups that run would hand out what is old.
    fn take_network(&mut self, network: NetworkSettings, at: Moment, random: &mut Random) {
        self.question.forget();
        if self.settings.network.as_ref() == Some(&network) {
            return;
        }
        self.registrar.abandon(Failure::Cancelled, at.now, random);
        self.sessions.give_up(&Cause::Failure(Failure::Cancelled));
        self.registrar.set_network(network.credential());
        self.save(settings::NETWORK, network.to_json());
        self.settings.network = Some(network);
        if self.settings.wps_impossible().is_some() {
            self.switch_wps_off(at, random);
        }
        self.drain(at);
        if self.answer_time.is_zero() {
            self.run_network();
        } else {
            self.network_due = Some(at.now.saturating_add(self.answer_time));
        }
    }

    /// A registrar gave the router these settings (N15). False when they are none that it runs: it keeps its own.
    pub(super) fn take_from_registrar(&mut self, settings: &Credential, at: Moment) -> bool {
        let Some(network) = self.settings.network.clone() else { return false };
        let personal = AuthTypes::WpaPersonal | AuthTypes::Wpa2Personal;
        let key = settings.key.clone().filter(|_| settings.auth_types.intersects(personal));
        let Some(key) = key else {
            self.registrar.set_network(network.credential());
            return false;
        };
        // WPA is run as WPA2. Observed: hostapd.
        let network = NetworkSettings { ssid: settings.ssid, key, security: Security::Wpa2, ..network };
        self.registrar.set_network(network.credential());
        if self.settings.network.as_ref() != Some(&network) {
            self.save(settings::NETWORK, network.to_json());
            self.settings.network = Some(network);
            self.network_due = Some(at.now.saturating_add(DELAY));
        }
        true
    }

    /// Runs the network that is set now. What beacons say about WPS is said again, for a network that begins anew.
    pub(super) fn run_network(&mut self) {
        self.network_due = None;
        self.devices.all_left();
        self.forget_announcement();
        if let Some(network) = self.settings.network.clone() {
            // One that is not on the air yet never gets there: its name may be one to hide.
            self.orders.retain(|order| !matches!(order, RouterOrder::Network(_)));
            self.order(RouterOrder::Network(Box::new(network)));
        }
    }

    pub(super) fn remove_device(&mut self, device: &str) -> Result<(), Refusal> {
        let mac = device_address(device)?;
        let Some(online) = self.devices.remove(mac) else {
            return Err(Refusal::new(
                "not-found",
                "There is no such device in the list.",
                "Choose one of those that are.",
            ));
        };
        self.change(Change::RemoveDevice(mac.to_string()));
        if online {
            self.order(RouterOrder::Disconnect(mac));
        }
        Ok(())
    }

    pub(super) fn probe(
        &mut self,
        station: MacAddr,
        signal: i8,
        request: Option<&ProbeRequestElement>,
        at: Moment,
    ) {
        self.devices.heard(station, signal);
        let Some(request) = request else { return };
        let Some(uuid) = self.waiting.hear(station, signal, request, at.now) else { return };
        let was_pressed = self.registrar.button_until(at.now).is_some();
        let cause = Cause::Failure(Failure::SessionOverlap);
        let overlaps = self.registrar.hear_button(uuid, at.now) && was_pressed;
        if overlaps && self.meter.admits(station, cause.code(), at.now) {
            let (mac, name) = (Some(station), self.waiting.name(station));
            let attempt = Attempt { mac, name, method: Some(Method::Button), step: None };
            self.write(attempt.failure(&cause, at.date));
            self.alarm(at.date);
        }
    }

    pub(super) fn joined(&mut self, station: MacAddr, signal: i8, at: Moment) {
        let (entry, is_new) = self.devices.joined(station, signal, at.date);
        let name = entry.name.clone();
        self.change(Change::Device(entry));
        if is_new {
            let (mac, method) = (Some(station), Some(Method::Passphrase));
            let attempt = Attempt { mac, name, method, step: Some(Step::Joined) };
            self.write(attempt.success("Joined with the Wi-Fi password.", at.date));
        }
        self.sessions.joined(station, at.now);
        self.trim_devices();
    }

    pub(super) fn trim_devices(&mut self) {
        while let Some(gone) = self.devices.trim() {
            self.change(Change::RemoveDevice(gone));
        }
    }
}

/// One device by its address or its UUID, as pages and programs give it.
pub(super) fn one_device(text: &str) -> Result<Whose, Refusal> {
    text.parse().map_or_else(|_| device_address(text).map(Whose::Mac), |uuid| Ok(Whose::Uuid(uuid)))
}

/// The address of one device, as pages and programs give it.
pub(super) fn device_address(text: &str) -> Result<MacAddr, Refusal> {
    let bad = || Refusal::new("bad-value", "This is no device's address.", "Choose a device from the list.");
    let mac: MacAddr = text.parse().map_err(|_| bad())?;
    let is_group = mac.0[0] & 1 != 0;
    if is_group || mac == MacAddr::default() { Err(bad()) } else { Ok(mac) }
}
