//! The router: an authenticator for many stations, with the registrar and the access point's own enrollee behind it.

mod station;

pub use station::Method;

use crate::button::{ButtonAnswer, PushButton};
use crate::lockout::{Lock, Lockout};
use crate::pins::{PinBook, PinId, PinLifetime, PinMatch, Whose};
use crate::timetable::Timetable;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec;
use keyway_eap::{Config, Event, Identity, Port, Timestamp, Transmit, eapol};
use keyway_wsc::session::{
    self, ApAccess, Decision, Device, Enrollee, EnrolleeRole, Enrolment, Failure, Outcome, PeerDescription,
    Registrar, Session, Success,
};
use keyway_wsc::{
    ConfigError, Credential, DevicePassword, DevicePasswordId, Entropy, MacAddr, MessageType, Pin,
    SecretBytes, Uuid,
};
use station::Station;

/// What a router is.
#[derive(Clone, Debug)]
pub struct RouterConfig {
    /// How it introduces itself.
    pub device: Device,
    /// The network that it hands out, and shows to whoever proves its own PIN.
    pub network: Credential,
    /// How it carries messages.
    pub eap: Config,
    /// How many stations it talks to at a time; more wait. Each takes some kilobytes while it registers.
    pub max_stations: usize,
}

/// What happened at the router.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RouterEvent {
    /// Something happened in the conversation with a station.
    Station(MacAddr, Event),
    /// A registration ended.
    Ended(Box<Ended>),
    /// A PIN was used up.
    PinSpent(PinId),
    /// A PIN expired.
    PinExpired(PinId),
    /// The walk time ended and no device had registered.
    WalkTimeOver,
    /// The router's own PIN is no longer good: its time is over.
    RouterPinExpired,
    /// The router's own PIN is locked.
    Locked(Lock),
    /// The lock ended by itself.
    Unlocked,
    /// A registrar gave the router these settings. From now on it hands them out.
    NetworkChanged(Box<Credential>),
    /// A station asked and was left to wait, because too many are being served. Told once for each crowd.
    TooMany(MacAddr),
}

/// A registration that ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The station.
    pub station: MacAddr,
    /// How it described itself, if it got so far.
    pub peer: Option<PeerDescription>,
    /// The method, once that was clear.
    pub method: Option<Method>,
    /// The PIN that it used up, if it did.
    pub spent: Option<PinId>,
    /// How it ended.
    pub outcome: Outcome,
}

/// A router on one link.
///
/// Bring it every EAPOL frame ([`handle_frame`](Self::handle_frame)) and the time
/// ([`handle_timeout`](Self::handle_timeout)); after each call send what [`poll_transmit`](Self::poll_transmit) gives
/// and read what [`poll_event`](Self::poll_event) tells.
pub struct Router {
    config: RouterConfig,
    stations: BTreeMap<MacAddr, Box<Station>>,
    /// When each station's port is due.
    ports: Timetable<MacAddr>,
    pins: PinBook,
    button: PushButton,
    router_pin: Option<(Pin, Timestamp)>,
    lockout: Lockout,
    /// The present crowd was told of.
    crowded: bool,
    transmits: VecDeque<Transmit>,
    events: VecDeque<RouterEvent>,
}

impl Router {
    /// A router with neither PIN nor button: it tells every device that it is not ready.
    pub fn new(config: RouterConfig) -> Router {
        Router {
            config,
            stations: BTreeMap::new(),
            ports: Timetable::default(),
            pins: PinBook::default(),
            button: PushButton::default(),
            router_pin: None,
            lockout: Lockout::default(),
            crowded: false,
            transmits: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// Takes a device's PIN.
    pub fn add_pin(&mut self, pin: Pin, whose: Whose, now: Timestamp, lifetime: PinLifetime) -> PinId {
        self.pins.add(pin, whose, now, lifetime)
    }

    /// Presses the button. False when two devices asked by button within the last two minutes.
    #[must_use]
    pub fn press_button(&mut self, now: Timestamp) -> bool {
        self.button.press(now)
    }

    /// A PIN is taken back. True if it was there.
    pub fn remove_pin(&mut self, id: PinId) -> bool {
        self.pins.spend(id)
    }

    /// All PINs are taken back, and the button is let go. Conversations that run go on.
    pub fn close(&mut self) {
        self.pins.clear();
        self.button.release();
    }

    /// Until when the button is pressed, if it is at `now`.
    pub fn button_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.button.poll_timeout().filter(|until| now < *until)
    }

    /// Lets the button go. True if it was pressed.
    pub fn release_button(&mut self) -> bool {
        self.button.release()
    }

    /// A device asks by button in a probe request, before it comes to register: it counts as one that asked.
    /// True when that makes two within the last two minutes; a button that was pressed is let go then, and a
    /// registration by button that runs does not get through. Observed: hostapd.
    pub fn hear_button(&mut self, enrollee: Uuid, now: Timestamp) -> bool {
        let overlap = self.button.ask(enrollee, now) == ButtonAnswer::Overlap;
        if overlap {
            self.forbid_buttons();
        }
        overlap
    }

    /// Switches the router's own PIN off. A lock stays. True if it was on.
    pub fn clear_router_pin(&mut self) -> bool {
        self.router_pin.take().is_some()
    }

    /// The owner unlocks the router's own PIN; counting begins anew.
    pub fn unlock(&mut self) {
        self.lockout.unlock();
    }

    /// From now on it hands out these settings. Registrations that run get what they were promised.
    pub fn set_network(&mut self, network: Credential) {
        self.config.network = network;
    }

    /// Switches the router's own PIN on for a time, unlocks it, and begins to count anew.
    pub fn set_router_pin(&mut self, pin: Pin, now: Timestamp, lifetime: PinLifetime) {
        self.renew_router_pin(pin, now, lifetime);
        self.unlock();
    }

    /// Switches the router's own PIN on for a time. A lock and the count of failures stay as they are, so that they
    /// add up however often the owner switches it on.
    pub fn renew_router_pin(&mut self, pin: Pin, now: Timestamp, lifetime: PinLifetime) {
        self.router_pin = Some((pin, now.saturating_add(lifetime.duration())));
    }

    /// The lock on the router's own PIN, if it is locked.
    pub fn lock(&self, now: Timestamp) -> Option<Lock> {
        self.lockout.lock(now)
    }

    /// Whether a device could be added at `now`: a PIN waits, or the button is pressed, or the router's own PIN is on.
    pub fn is_open(&self, now: Timestamp) -> bool {
        !self.pins.is_empty() || self.button.is_pressed(now) || self.router_pin.is_some()
    }

    /// Whether it talks to nobody at present.
    pub fn is_idle(&self) -> bool {
        self.stations.is_empty()
    }

    /// The network that it hands out.
    pub fn network(&self) -> &Credential {
        &self.config.network
    }

    /// Takes an EAPOL frame (what follows the Ethernet type) from a station.
    pub fn handle_frame(&mut self, source: MacAddr, frame: &[u8], now: Timestamp, entropy: &mut dyn Entropy) {
        if !self.stations.contains_key(&source) {
            let starts = eapol::Frame::parse(frame).is_ok_and(|frame| frame.kind == eapol::FrameType::START);
            if !starts {
                return;
            }
            if self.stations.len() >= self.config.max_stations {
                if !core::mem::replace(&mut self.crowded, true) {
                    self.events.push_back(RouterEvent::TooMany(source));
                }
                return;
            }
            self.stations.insert(source, Box::new(Station::new(Port::new(source, self.config.eap))));
        }
        self.with_station(source, now, entropy, |port, entropy| port.handle_frame(frame, now, entropy));
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: Timestamp, entropy: &mut dyn Entropy) {
        let due: vec::Vec<MacAddr> = self.ports.due(now).collect();
        for mac in due {
            self.with_station(mac, now, entropy, |port, _| port.handle_timeout(now));
        }
        self.events.extend(self.pins.expire(now).into_iter().map(RouterEvent::PinExpired));
        if self.button.expire(now) {
            self.events.push_back(RouterEvent::WalkTimeOver);
        }
        if self.lockout.expire(now) {
            self.events.push_back(RouterEvent::Unlocked);
        }
        if self.router_pin.as_ref().is_some_and(|(_, until)| *until <= now) {
            self.router_pin = None;
            self.events.push_back(RouterEvent::RouterPinExpired);
        }
    }

    /// Ends every conversation, with `failure` for its outcome.
    pub fn abandon(&mut self, failure: Failure, now: Timestamp, entropy: &mut dyn Entropy) {
        let all: vec::Vec<MacAddr> = self.stations.keys().copied().collect();
        for mac in all {
            self.with_station(mac, now, entropy, |port, _| port.abandon(failure));
        }
    }

    /// Ends the conversation with one station, with `failure` for its outcome: its link went, for example.
    pub fn abandon_station(
        &mut self,
        station: MacAddr,
        failure: Failure,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) {
        self.with_station(station, now, entropy, |port, _| port.abandon(failure));
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called, at the latest.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let router_pin = self.router_pin.as_ref().map(|(_, until)| *until);
        let own = [self.pins.poll_timeout(), self.button.poll_timeout(), self.lockout.poll_timeout()];
        own.into_iter().chain([router_pin, self.ports.first()]).flatten().min()
    }

    /// The next frame to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    /// The next event, oldest first.
    pub fn poll_event(&mut self) -> Option<RouterEvent> {
        self.events.pop_front()
    }

    /// Lets a station's port do something, then answers its questions until it has none, and drops it when idle.
    fn with_station(
        &mut self,
        mac: MacAddr,
        now: Timestamp,
        entropy: &mut dyn Entropy,
        act: impl FnOnce(&mut Port, &mut dyn Entropy),
    ) {
        // Taken out while it asks, so that the answers can use the whole router.
        let Some(mut station) = self.stations.remove(&mac) else { return };
        act(&mut station.port, entropy);
        while let Some(event) = station.port.poll_event() {
            self.answer(&mut station, &event, now, entropy);
            self.events.push_back(RouterEvent::Station(mac, event));
        }
        if let Some(ended) = station.port.take_ended() {
            self.conclude(&mut station, &ended);
        }
        while let Some(transmit) = station.port.poll_transmit() {
            self.transmits.push_back(transmit);
        }
        if station.port.is_busy() {
            self.ports.set(mac, station.port.poll_timeout());
            self.stations.insert(mac, station);
        } else {
            self.ports.set(mac, None);
            self.crowded = false;
        }
    }

    fn answer(&mut self, station: &mut Station, event: &Event, now: Timestamp, entropy: &mut dyn Entropy) {
        // Each answer belongs to the question just asked; were it withdrawn meanwhile, there is nothing to answer.
        match event {
            Event::IdentityReceived(Identity::Enrollee) => {
                let registrar = Registrar::new(self.config.device.clone());
                let _ = station.port.serve(registrar.into(), now, entropy);
            }
            Event::IdentityReceived(Identity::Registrar) => match self.access(now) {
                Some(access) => {
                    station.method = Some(Method::RouterPin);
                    let settings = self.config.network.for_station(self.config.device.mac);
                    let role = EnrolleeRole::AccessPoint { settings, access };
                    let session: Session = Enrollee::new(self.config.device.clone(), role).into();
                    let _ = station.port.serve(session, now, entropy);
                }
                None => {
                    let _ = station.port.refuse();
                }
            },
            Event::IdentityReceived(Identity::Other(_)) => {
                let _ = station.port.refuse();
            }
            Event::Decide(enrolment) => {
                let decision = self.decide(station, enrolment, now);
                let _ = station.port.decide(decision, now, entropy);
            }
            Event::Registration(session::Event::PeerDescribed(peer)) => station.peer = Some((**peer).clone()),
            // Counted when it happens: a guesser must not gain time by not saying good-bye.
            Event::Registration(session::Event::Failed(
                Failure::WrongPassword(_) | Failure::PasswordRefused,
            )) if station.method == Some(Method::RouterPin) => {
                if let Some(lock) = self.lockout.failed(now) {
                    self.events.push_back(RouterEvent::Locked(lock));
                }
            }
            Event::Registration(session::Event::Succeeded) if station.method == Some(Method::RouterPin) => {
                self.lockout.succeeded();
            }
            Event::Registration(session::Event::Sent(MessageType::M4)) => {
                if let Some(id) = station.held.take()
                    && self.pins.spend(id)
                {
                    station.spent = Some(id);
                    self.events.push_back(RouterEvent::PinSpent(id));
                }
            }
            _ => {}
        }
    }

    /// What a registrar may do with the router's own PIN; `None` while another registrar is at it, so that guesses
    /// cannot run side by side.
    fn access(&self, now: Timestamp) -> Option<ApAccess> {
        let undecided = |station: &Station| {
            station.port.conversation().is_some_and(|session| session.outcome().is_none())
        };
        let at_it = |station: &Station| station.method == Some(Method::RouterPin) && undecided(station);
        match &self.router_pin {
            Some((pin, until)) if now < *until && self.lockout.lock(now).is_none() => {
                let busy = self.stations.values().any(|station| at_it(station));
                (!busy).then(|| ApAccess::Full(DevicePassword::pin(pin)))
            }
            _ => Some(ApAccess::Locked),
        }
    }

    /// What to do with an enrollee that introduced itself.
    fn decide(&mut self, station: &mut Station, enrolment: &Enrolment, now: Timestamp) -> Decision {
        let id = enrolment.password_id;
        let credentials = vec![self.config.network.for_station(enrolment.mac)];
        if id == DevicePasswordId::PushButton {
            station.method = Some(Method::Button);
            return match self.button.ask(enrolment.uuid, now) {
                ButtonAnswer::Register => {
                    Decision::Register { password: DevicePassword::push_button(), credentials }
                }
                ButtonAnswer::NotPressed => Decision::Decline(ConfigError::NoError),
                ButtonAnswer::Overlap => {
                    self.forbid_buttons();
                    Decision::Decline(ConfigError::MultiplePbcDetected)
                }
            };
        }
        let by_pin = [
            DevicePasswordId::Default,
            DevicePasswordId::UserSpecified,
            DevicePasswordId::MachineSpecified,
            DevicePasswordId::RegistrarSpecified,
        ];
        if !by_pin.contains(&id) {
            return Decision::Decline(ConfigError::NoError);
        }
        station.method = Some(Method::Pin);
        match self.pins.hold(station.port.supplicant(), enrolment.uuid, now) {
            PinMatch::Held(held, pin) => {
                station.held = Some(held);
                let secret = SecretBytes::new(pin.digits().to_vec());
                Decision::Register { password: DevicePassword::other(id, secret), credentials }
            }
            PinMatch::InUse => Decision::Decline(ConfigError::DeviceBusy),
            PinMatch::NoPin => Decision::Decline(ConfigError::NoError),
        }
    }

    /// A second enrollee asked by button: the first, which is being registered, must not get through either.
    fn forbid_buttons(&mut self) {
        let by_button = |(_, station): &(_, &mut Box<Station>)| station.method == Some(Method::Button);
        for (mac, station) in self.stations.iter_mut().filter(by_button) {
            if let Some(session) = station.port.conversation_mut() {
                session.forbid(Failure::SessionOverlap);
            }
            self.ports.set(*mac, station.port.poll_timeout());
        }
    }

    /// A registration ended: the PIN, the button and the lock follow from how.
    fn conclude(&mut self, station: &mut Station, session: &Session) {
        let Some(outcome) = session.outcome().cloned() else { return };
        let mac = station.port.supplicant();
        if let Some(id) = station.held.take() {
            self.pins.release(id);
        }
        let peer = station.peer.take();
        let method = station.method.take();
        match (&outcome, method) {
            (Outcome::Success(Success::Granted), Some(Method::Button)) => {
                if let Some(peer) = &peer {
                    self.button.done(peer.uuid);
                }
            }
            (Outcome::Success(Success::Reconfigured(settings)), _) => {
                self.config.network = settings.clone();
                self.events.push_back(RouterEvent::NetworkChanged(Box::new(settings.clone())));
            }
            _ => {}
        }
        let ended = Ended { station: mac, peer, method, spent: station.spent.take(), outcome };
        self.events.push_back(RouterEvent::Ended(Box::new(ended)));
    }
}
