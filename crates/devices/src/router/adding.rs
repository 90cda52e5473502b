//! Adding devices: by PIN, by button, with the router's own PIN; and the lock on that.

use super::judge;
use super::unit::{Moment, RouterUnit};
use super::{network, settings};
use crate::action::Refusal;
use crate::random::Random;
use crate::session::Countdown;
use crate::view::PendingPin;
use core::time::Duration;
use keyway_eap::Timestamp;
use keyway_home::{Cause, Lock, Nickname, PinId, PinLifetime, Side, WALK_TIME, Whose};
use keyway_wsc::session::Failure;
use keyway_wsc::{MacAddr, Pin};

/// PINs that can wait at a time: as many as AuthorizedMACs has room for.
const MOST: usize = 5;
/// Minutes that the router's own PIN is on when nobody says otherwise.
const MINUTES: u64 = 5;

/// What waits for devices. The button is the registrar's.
#[derive(Debug, Default)]
pub(super) struct Adding {
    pins: Vec<Pending>,
    /// The button was pressed, until then. After an overlap the registrar has let it go, and it is still said on the
    /// air: the devices that come learn why it cannot be. Observed: hostapd.
    pub(super) button: Option<Timestamp>,
    pub(super) own: Option<OwnPin>,
    /// How long devices' PINs are good.
    pub(super) lifetime: PinLifetime,
}

/// A device's PIN that was entered. Its digits are the registrar's alone.
#[derive(Debug)]
struct Pending {
    id: PinId,
    whose: Whose,
    until: Timestamp,
}

impl Pending {
    /// The address of the device that it is for; `None` for any, or for one whose UUID alone is known.
    fn device(&self) -> Option<MacAddr> {
        match self.whose {
            Whose::Mac(mac) => Some(mac),
            Whose::Anyone | Whose::Uuid(_) => None,
        }
    }
}

/// The router's own PIN, while it is on.
#[derive(Debug)]
pub(super) struct OwnPin {
    pub(super) pin: Pin,
    pub(super) until: Timestamp,
    pub(super) lifetime: PinLifetime,
    /// Somebody tried it.
    pub(super) tried: bool,
}

impl Adding {
    /// Forgets all that waits.
    pub(super) fn forget(&mut self) {
        *self = Adding { lifetime: self.lifetime, ..Adding::default() };
    }

    /// AuthorizedMACs: the devices whose PINs wait; the broadcast address when one is for any, or for one
    /// whose address is not known.
    pub(super) fn authorized(&self) -> Vec<MacAddr> {
        self.pins.iter().map(|pin| pin.device().unwrap_or(MacAddr::BROADCAST)).collect()
    }

    /// A PIN is used up or its time is over: whose it was.
    pub(super) fn remove(&mut self, id: PinId) -> Option<Option<MacAddr>> {
        let index = self.pins.iter().position(|pin| pin.id == id)?;
        Some(self.pins.remove(index).device())
    }

    /// Until when the PIN for this device waits.
    pub(super) fn until(&self, device: MacAddr) -> Option<Timestamp> {
        let own = self.pins.iter().find(|pin| pin.device() == Some(device));
        own.or_else(|| self.pins.iter().find(|pin| pin.device().is_none())).map(|pin| pin.until)
    }

    /// What the owner sees, newest first.
    pub(super) fn view(&self, now: Timestamp) -> Vec<PendingPin> {
        let of = self.lifetime.duration();
        let view = |pin: &Pending| PendingPin {
            nickname: pin.device().map(|mac| Nickname::of(mac).to_string()),
            countdown: Countdown::new(now, pin.until, of),
        };
        self.pins.iter().rev().map(view).collect()
    }
}

impl RouterUnit {
    pub(super) fn switch_wps_on(&mut self) -> Result<(), Refusal> {
        let was_on = self.settings.wps;
        self.open_wps()?;
        if !was_on {
            self.save_flag(settings::WPS, true);
        }
        Ok(())
    }

    /// The same, and not kept: after a restart it is as it was.
    pub(super) fn open_wps(&mut self) -> Result<(), Refusal> {
        if let Some(cause) = self.settings.wps_impossible() {
            return Err(refusal(&cause));
        }
        if !self.settings.wps {
            self.settings.wps = true;
            (self.verified, self.done) = (None, false);
        }
        Ok(())
    }

    /// Switches WPS off, with all that waits and runs.
    pub(super) fn switch_wps_off(&mut self, at: Moment, random: &mut Random) {
        self.done = false;
        if !self.settings.wps {
            return;
        }
        self.settings.wps = false;
        self.verified = None;
        self.save_flag(settings::WPS, false);
        self.router_pin_off();
        self.cancel_adding(at, random);
    }

    /// Adds a device by its PIN (N14): for the device with this address or UUID, or for any.
    pub(super) fn add_pin(&mut self, text: &str, device: Option<&str>, at: Moment) -> Result<(), Refusal> {
        self.needs_wps()?;
        let pin = judge::pin(text)?;
        if self.adding.own.as_ref().is_some_and(|own| own.pin == pin) {
            return Err(Refusal::new(
                "bad-pin",
                "This is the router's own PIN, which is typed at the device.",
                "Type the PIN that the device shows.",
            ));
        }
        let whose = device.map_or(Ok(Whose::Anyone), network::one_device)?;
        let concerned = |mac: MacAddr| !matches!(whose, Whose::Mac(device) if device != mac);
        if let Some((mac, _)) = self.sessions.running().find(|(mac, _)| concerned(*mac)) {
            let nickname = Nickname::of(mac);
            return Err(Refusal::new(
                "not-now",
                format!("{nickname} is being added at this moment."),
                "Wait until that is over, or cancel it.",
            ));
        }
        let replaced = self.adding.pins.iter().position(|pin| pin.whose == whose);
        if replaced.is_none() && self.adding.pins.len() >= MOST {
            return Err(Refusal::new(
                "not-now",
                format!("{MOST} PINs wait for their devices already."),
                "Wait until one of them is used or expires, or cancel them.",
            ));
        }
        if let Some(index) = replaced {
            self.registrar.remove_pin(self.adding.pins.remove(index).id);
        }
        // Beacons name one method at a time: the newer wish counts.
        self.registrar.release_button();
        self.adding.button = None;
        let lifetime = self.adding.lifetime;
        let id = self.registrar.add_pin(pin, whose, at.now, lifetime);
        let until = at.now.saturating_add(lifetime.duration());
        self.adding.pins.push(Pending { id, whose, until });
        Ok(())
    }

    /// Presses the button (N20).
    pub(super) fn press_button(&mut self, at: Moment) -> Result<(), Refusal> {
        self.needs_wps()?;
        if !self.adding.pins.is_empty() {
            return Err(Refusal::new(
                "not-now",
                "A PIN waits for its device; a router waits by PIN or by button, not both.",
                "Wait until it is used or expires, or cancel it; then press the button.",
            ));
        }
        if self.registrar.press_button(at.now) {
            self.adding.button = Some(at.now.saturating_add(WALK_TIME));
            return Ok(());
        }
        let words = Cause::Failure(Failure::SessionOverlap).words(Side::Router);
        Err(Refusal::new("overlap", words.what, words.next))
    }

    /// Takes back what waits, and ends what runs.
    pub(super) fn cancel_adding(&mut self, at: Moment, random: &mut Random) {
        self.adding.pins.clear();
        self.adding.button = None;
        self.registrar.close();
        self.registrar.abandon(Failure::Cancelled, at.now, random);
    }

    /// Switches the router's own PIN on (N15, N49): a new random one, for some minutes.
    pub(super) fn router_pin_on(
        &mut self,
        minutes: Option<u64>,
        at: Moment,
        random: &mut Random,
    ) -> Result<(), Refusal> {
        self.needs_wps()?;
        let minutes = minutes.unwrap_or(MINUTES);
        let lifetime = PinLifetime::new(Duration::from_secs(minutes.saturating_mul(60))).map_err(|_| {
            Refusal::new("bad-value", "The router's PIN is on for 2 to 10 minutes.", "Choose 2 to 10.")
        })?;
        if let Some(lock) = self.registrar.lock(at.now) {
            return Err(Refusal::new("locked", lock_words(&lock), "Unlock it first, if that was you."));
        }
        let pin = Pin::generate(random).map_err(|_| {
            Refusal::new("not-now", "The router could not make a PIN.", "Restart it, then try again.")
        })?;
        self.registrar.renew_router_pin(pin.clone(), at.now, lifetime);
        let until = at.now.saturating_add(lifetime.duration());
        self.adding.own = Some(OwnPin { pin, until, lifetime, tried: false });
        Ok(())
    }

    /// Switches it off. A lock stays.
    pub(super) fn router_pin_off(&mut self) {
        self.registrar.clear_router_pin();
        self.adding.own = None;
    }

    /// Whether neither PIN nor button nor the router's own PIN waits, and no set-up runs.
    pub(super) fn is_nobody_waited_for(&self, now: Timestamp) -> bool {
        self.adding.pins.is_empty()
            && self.adding.own.is_none()
            && self.registrar.button_until(now).is_none()
            && self.sessions.running().next().is_none()
    }

    /// Refuses while WPS is off, and says the way (N24, N31).
    fn needs_wps(&self) -> Result<(), Refusal> {
        if self.settings.wps {
            return Ok(());
        }
        Err(refusal(&self.settings.wps_impossible().unwrap_or(Cause::WpsOff)))
    }
}

/// Why the router's own PIN is locked.
pub(super) fn lock_words(lock: &Lock) -> String {
    match lock.until {
        Some(_) => format!("The router's PIN was proved wrong {} times.", lock.failures),
        None => format!("The router's PIN was proved wrong {} times, ten of them in a row.", lock.failures),
    }
}

/// The refusal for a cause: its code and its words for this screen.
fn refusal(cause: &Cause) -> Refusal {
    let words = cause.words(Side::Router);
    Refusal::new(cause.code(), words.what, words.next)
}
