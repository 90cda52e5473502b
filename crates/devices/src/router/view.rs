//! What is seen of the router.

use super::adding::lock_words;
use super::unit::RouterUnit;
use crate::action::{Bands, Security};
use crate::kept::readable;
use crate::secret::SecretText;
use crate::session::{Countdown, Reason};
use crate::view::{Banner, LockView, RouterAdminView, RouterPinView, RouterView};
use keyway_eap::Timestamp;
use keyway_home::{Lock, Side, WALK_TIME};

/// Entries of the ledger that the page has.
const LEDGER: usize = 50;

impl RouterUnit {
    /// What anybody sees of it. `date` is in milliseconds since 1970, UTC.
    pub fn view(&self, now: Timestamp, _date: u64) -> RouterView {
        let network = self.settings.network.as_ref();
        let ssid = network.map_or(self.config.ssid, |network| network.ssid);
        RouterView {
            name: self.config.name.clone(),
            power: self.on,
            ssid: readable(&ssid.to_text()),
            banner: self.banner(now),
            has_password: self.password.is_set(),
            joined: self.devices.online(),
        }
    }

    /// What its owner sees of it, logged in. `date` is in milliseconds since 1970, UTC.
    pub fn admin_view(&self, now: Timestamp, date: u64) -> RouterAdminView {
        let network = self.settings.network.as_ref();
        let key = network.map(|network| network.key.to_characters()).unwrap_or_default();
        let bands = self.config.channels.fit(network.map_or(Bands::Both, |network| network.bands));
        let is_running = |mac| self.sessions.running().any(|(running, _)| running == mac);
        RouterAdminView {
            public: self.view(now, date),
            passphrase: SecretText::new(String::from_utf8_lossy(key.expose())),
            hidden: network.is_some_and(|network| network.hidden),
            security: network.map_or(Security::Wpa2, |network| network.security),
            bands,
            bands_on_offer: self.config.channels.choices().to_vec(),
            channels: self.config.channels.used(bands),
            wps: self.settings.wps,
            wps_impossible: self.settings.wps_impossible().map(|cause| Reason::new(&cause, Side::Router)),
            off_after_success: self.settings.off_after_success,
            dhcp: self.settings.dhcp,
            waiting: self.waiting.view(now, is_running),
            pins: self.adding.view(now),
            sessions: self.sessions.view(now),
            router_pin: self.router_pin_view(now, date),
            ledger: self.ledger.newest().take(LEDGER).cloned().collect(),
            alert: self.alarm.view(),
            joined: self.devices.view(),
        }
    }

    fn banner(&self, now: Timestamp) -> Banner {
        if !self.settings.wps || !self.on {
            return Banner::Off { verified: self.verified.clone() };
        }
        if let Some(session) = self.sessions.talking() {
            let step = session.done.map_or(0, |step| step.number());
            return Banner::Talking { nickname: session.nickname, step };
        }
        if let Some(until) = self.registrar.button_until(now) {
            return Banner::OpenForButton { countdown: Countdown::new(now, until, WALK_TIME) };
        }
        match self.adding.view(now).into_iter().next() {
            Some(pin) => Banner::OpenForPin { nickname: pin.nickname, countdown: pin.countdown },
            None => Banner::Ready,
        }
    }

    fn router_pin_view(&self, now: Timestamp, date: u64) -> RouterPinView {
        let own = self.adding.own.as_ref();
        RouterPinView {
            pin: own.map(|own| SecretText::new(own.pin.grouped().to_string())),
            countdown: own.map(|own| Countdown::new(now, own.until, own.lifetime.duration())),
            lock: self.registrar.lock(now).map(|lock| lock_view(&lock, now, date)),
        }
    }
}

fn lock_view(lock: &Lock, now: Timestamp, date: u64) -> LockView {
    let millis = |duration: core::time::Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let left = lock.until.map(|until| until.saturating_since(now));
    LockView {
        why: lock_words(lock),
        since: date.saturating_sub(millis(now.saturating_since(lock.since))),
        until: left.map(|left| date.saturating_add(millis(left))),
        countdown: lock.until.map(|until| Countdown::new(now, until, until.saturating_since(lock.since))),
        failures: lock.failures,
    }
}
