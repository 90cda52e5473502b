//! A station: it looks for the right access point, associates with it to register, and joins its network for good.
//!
//! The registration itself is not here: its EAPOL frames go through [`Event::Eapol`] and [`Station::send_eapol`] to
//! whoever owns the station. A device that gets onto a network does this:
//!
//! 1. [`Station::register`]: it scans until it finds the access point that waits for it, and associates with it
//!    ([`Event::Associated`]).
//! 2. EAPOL frames pass both ways, until the owner has a credential.
//! 3. [`Station::join`]: it leaves that association, associates anew with the network's key, and stays
//!    ([`Event::Joined`]). When it loses the network it says so and comes back by itself.
//!
//! Bring it the driver's events and the time; after each call poll [`Station::poll_command`] and
//! [`Station::poll_event`] until they are empty.

mod joining;
mod searching;
mod task;

pub use task::{JoinFailure, StationConfig};

use crate::driver::{ConnectFailure, ScanRequest, StationCommand, StationEvent};
use crate::frame::{ReasonCode, StatusCode};
use crate::network::{Chosen, Network, NoChoice, ScanResults, Wanted};
use crate::rsn::{Entropy, Supplicant};
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::time::Duration;
use keyway_eap::Timestamp;
use keyway_wsc::{MacAddr, NetworkKey, Ssid};
use task::{Join, Register, Spared, Task};

/// What happened at a station.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A scan that [`Station::scan`] asked for is over.
    Scanned {
        /// What was heard.
        results: ScanResults,
        /// Whether the radio looked everywhere; false when it could not.
        complete: bool,
    },
    /// Registering or joining: it looked everywhere and found nothing suitable, for this reason. It goes on looking.
    NotFound(NoChoice),
    /// Registering or joining: the radio could not look, and nothing suitable is known. It goes on trying.
    CannotScan,
    /// It has chosen a network to register with.
    Chose(Box<Chosen>),
    /// It is associated to register: EAPOL frames may pass.
    Associated(MacAddr),
    /// An EAPOL frame (what follows the Ethernet type) of a registration.
    Eapol {
        /// From whom.
        source: MacAddr,
        /// The frame.
        frame: Vec<u8>,
    },
    /// The association for registering ended. It goes on looking, unless it is told otherwise.
    Unassociated,
    /// It begins to join a network.
    Joining(MacAddr),
    /// It is on the network: data may pass.
    Joined(Box<Network>),
    /// It is not on the network, for this reason. It tries again; after [`JoinFailure::WrongPassphrase`] seldom, and
    /// whoever knows that there is no hope in that tells it to [`stop`](Station::stop).
    JoinFailed(JoinFailure),
    /// It lost the network. It comes back by itself.
    Lost(ReasonCode),
}

/// A station.
#[derive(Debug)]
pub struct Station {
    config: StationConfig,
    results: ScanResults,
    task: Task,
    state: State,
    /// Scans whose end the driver has not told yet. Only the last of them counts.
    scans: u32,
    /// Whom it does not ask for a while.
    spared: Option<Spared>,
    commands: VecDeque<StationCommand>,
    events: VecDeque<Event>,
}

/// What goes on.
#[derive(Debug)]
enum State {
    Idle,
    Scanning(Scanning),
    Pausing { until: Timestamp },
    Connecting(Box<Connecting>),
    Registering(Box<Registering>),
    Handshake(Box<Handshake>),
    Joined(Box<Handshake>),
}

#[derive(Debug)]
struct Scanning {
    /// What was heard before that says nothing.
    since: Timestamp,
    /// The right network was found, and the scan told to stop.
    found: Option<Box<Chosen>>,
}

#[derive(Debug)]
struct Connecting {
    network: Network,
    /// Whether it is certain that a registrar waits there.
    is_certain: bool,
    /// How long the driver may take to say what came of it.
    until: Timestamp,
    /// An EAPOL frame that overtook the word of the association (observed: Linux), and whether it came encrypted.
    early: Option<(Vec<u8>, bool)>,
}

#[derive(Debug)]
struct Registering {
    network: Network,
    /// How long it is worth to wait for an access point that only might do.
    limit: Option<Limit>,
}

/// How long to stay: as long as it says something, and not for ever.
#[derive(Clone, Copy, Debug)]
struct Limit {
    silence: Timestamp,
    end: Timestamp,
}

#[derive(Debug)]
struct Handshake {
    network: Network,
    supplicant: Supplicant,
}

/// How long associating may take. A driver says itself that nobody answers, and sooner; but its word may be lost on the way
/// (netlink(7): `ENOBUFS`).
const PATIENCE: Duration = Duration::from_secs(10);

/// How long what was heard is taken for what is.
const FRESH: Duration = Duration::from_secs(10);

/// How long what was heard may explain what is heard: a hidden name that was told.
const STALE: Duration = Duration::from_secs(30);

impl Limit {
    /// (Observed: wpa_supplicant waits 10 s.)
    const SILENCE: Duration = Duration::from_secs(10);
    const END: Duration = Duration::from_secs(30);

    fn new(now: Timestamp) -> Limit {
        Limit { silence: now + Limit::SILENCE, end: now + Limit::END }
    }

    fn heard(&mut self, now: Timestamp) {
        self.silence = now + Limit::SILENCE;
    }

    fn at(self) -> Timestamp {
        self.silence.min(self.end)
    }
}

impl Station {
    /// A station that does nothing yet.
    pub fn new(config: StationConfig) -> Station {
        Station {
            config,
            results: ScanResults::default(),
            task: Task::None,
            state: State::Idle,
            scans: 0,
            spared: None,
            commands: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// Looks which networks there are; [`Event::Scanned`] follows. A station that registers or joins is left in peace and
    /// answers with what it knows.
    pub fn scan(&mut self, now: Timestamp) {
        match self.task {
            Task::None => {
                self.task = Task::Look;
                self.results.clear();
                self.start_scan(now);
            }
            Task::Look => {}
            Task::Register(_) | Task::Join(_) => {
                self.events.push_back(Event::Scanned { results: self.results.clone(), complete: true });
            }
        }
    }

    /// Looks for the access point to register with, associates with it, and lets EAPOL frames pass. It goes on, with
    /// another access point if need be, until it is told otherwise.
    pub fn register(&mut self, wanted: Wanted, now: Timestamp) {
        self.stop(now);
        self.task = Task::Register(Register::new(wanted, now));
        self.results.clear();
        self.start_scan(now);
    }

    /// The access point that it has registered with is not to be asked for this long by a later [`Wanted::Pin`]: it still
    /// has a PIN that is used up, and the person needs time to enter the next one. As soon as the access point is heard
    /// without waiting for a PIN it has forgotten that one, and is asked again when it waits. Nothing happens when no
    /// registration by PIN has come as far as an association.
    ///
    /// (Observed: hostapd uses the PIN that was entered for any device twice, and a station that comes back with the next
    /// one is refused by the last one.)
    pub fn spare(&mut self, time: Duration, now: Timestamp) {
        if let Task::Register(Register { wanted: Wanted::Pin, asked: Some(asked), .. }) = self.task {
            // Not all that it sends tells who it is: all that was heard of it does.
            let uuid = self.results.find(asked).and_then(Network::uuid);
            let until = now.saturating_add(time);
            self.spared = Some(Spared { bssid: asked, uuid, until, forgot: false });
        }
    }

    /// Sends an EAPOL frame of a registration.
    pub fn send_eapol(&mut self, frame: Vec<u8>) {
        if let State::Registering(_) = self.state {
            self.commands.push_back(StationCommand::SendEapol { frame, protected: false });
        }
    }

    /// Joins this network, and comes back to it whenever it is lost. Replaces what went on before.
    ///
    /// The access point where it has just registered, or one that it heard in the last ten seconds, is asked at once; if
    /// nothing comes of that it is not told, and the station looks for the network.
    ///
    /// With a passphrase this takes some 8000 rounds of HMAC-SHA1.
    pub fn join(&mut self, ssid: Ssid, key: &NetworkKey, now: Timestamp) {
        let here = match &self.state {
            State::Registering(registering) => Some(registering.network.clone()),
            State::Handshake(handshake) | State::Joined(handshake) => Some(handshake.network.clone()),
            _ => None,
        };
        let here = here.filter(|network| network.ssid == Some(ssid));
        self.stop(now);
        let last = here.as_ref().map(|network| (network.bssid, network.channel));
        self.task = Task::Join(Join::new(ssid, key, last));
        self.results.forget_older(FRESH, now);
        let here = here.filter(|network| network.key_management().is_some());
        let known = self.choose(Timestamp::ZERO, now).ok().map(|chosen| chosen.network);
        match known.or(here) {
            Some(network) => self.connect(network, true, now),
            None => self.start_scan(now),
        }
    }

    /// Ends whatever goes on: leaves the network, stops looking.
    pub fn stop(&mut self, _: Timestamp) {
        match core::mem::replace(&mut self.state, State::Idle) {
            State::Scanning(_) => self.commands.push_back(StationCommand::StopScan),
            State::Connecting(_) | State::Registering(_) | State::Handshake(_) | State::Joined(_) => {
                self.commands.push_back(StationCommand::Disconnect(ReasonCode::LEAVING));
            }
            State::Idle | State::Pausing { .. } => {}
        }
        self.task = Task::None;
    }

    /// Takes what the driver tells.
    pub fn handle_event(&mut self, event: StationEvent, now: Timestamp, entropy: &mut dyn Entropy) {
        match event {
            StationEvent::Found(sighting) => {
                self.results.take(&sighting, now);
                self.look_whether_it_forgot(sighting.bssid);
                self.look_early(now);
            }
            StationEvent::ScanDone(complete) => self.scan_done(complete, now),
            StationEvent::Connected(_) => self.connected(now, entropy),
            StationEvent::ConnectFailed(failure) => self.connect_failed(failure, now),
            StationEvent::Eapol { source, frame, protected } => {
                self.eapol(source, frame, protected, now, entropy);
            }
            StationEvent::KeyRefused => self.key_refused(now),
            StationEvent::Disconnected(reason) => self.disconnected(reason, now),
        }
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: Timestamp, _: &mut dyn Entropy) {
        match &mut self.state {
            State::Pausing { until } if *until <= now => self.start_scan(now),
            State::Connecting(connecting) if connecting.until <= now => {
                self.commands.push_back(StationCommand::Disconnect(ReasonCode::LEAVING));
                self.connect_failed(ConnectFailure::NoAnswer, now);
            }
            State::Registering(registering) if registering.limit.is_some_and(|limit| limit.at() <= now) => {
                self.commands.push_back(StationCommand::Disconnect(ReasonCode::LEAVING));
                self.registration_ended(now);
            }
            State::Handshake(handshake) | State::Joined(handshake) => {
                handshake.supplicant.handle_timeout(now);
                self.carry_out(now);
            }
            _ => {}
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called, at the latest.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        match &self.state {
            State::Pausing { until } => Some(*until),
            State::Connecting(connecting) => Some(connecting.until),
            State::Registering(registering) => registering.limit.map(Limit::at),
            State::Handshake(handshake) | State::Joined(handshake) => handshake.supplicant.poll_timeout(),
            State::Idle | State::Scanning(_) => None,
        }
    }

    /// The next command to the driver.
    pub fn poll_command(&mut self) -> Option<StationCommand> {
        self.commands.pop_front()
    }

    /// The next event.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// The network that it is on.
    pub fn network(&self) -> Option<&Network> {
        match &self.state {
            State::Joined(handshake) => Some(&handshake.network),
            _ => None,
        }
    }

    /// What it has heard.
    pub fn results(&self) -> &ScanResults {
        &self.results
    }

    /// Waits, then looks again.
    fn pause(&mut self, pause: Duration, now: Timestamp) {
        self.state = State::Pausing { until: now.saturating_add(pause) };
    }

    fn eapol(
        &mut self,
        source: MacAddr,
        frame: Vec<u8>,
        protected: bool,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) {
        match &mut self.state {
            State::Registering(registering) if registering.network.bssid == source => {
                if let Some(limit) = &mut registering.limit {
                    limit.heard(now);
                }
                self.events.push_back(Event::Eapol { source, frame });
            }
            State::Handshake(handshake) | State::Joined(handshake) if handshake.network.bssid == source => {
                handshake.supplicant.handle_frame(&frame, protected, entropy);
                self.carry_out(now);
            }
            State::Connecting(connecting) if connecting.network.bssid == source => {
                connecting.early = Some((frame, protected));
            }
            _ => {}
        }
    }

    fn connected(&mut self, now: Timestamp, entropy: &mut dyn Entropy) {
        let Connecting { network, is_certain, early, .. } =
            match core::mem::replace(&mut self.state, State::Idle) {
                State::Connecting(connecting) => *connecting,
                other => return self.state = other,
            };
        let bssid = network.bssid;
        match &mut self.task {
            Task::Register(register) => {
                register.asked = Some(bssid);
                let may_do = register.wanted == Wanted::Pin && !is_certain;
                let limit = may_do.then(|| Limit::new(now));
                self.state = State::Registering(Box::new(Registering { network, limit }));
                self.events.push_back(Event::Associated(bssid));
            }
            Task::Join(_) => self.begin_handshake(network, now),
            Task::None | Task::Look => {}
        }
        if let Some((frame, protected)) = early {
            self.eapol(bssid, frame, protected, now, entropy);
        }
    }

    fn connect_failed(&mut self, failure: ConnectFailure, now: Timestamp) {
        let connecting = match core::mem::replace(&mut self.state, State::Idle) {
            State::Connecting(connecting) => connecting,
            other => return self.state = other,
        };
        match &mut self.task {
            Task::Register(register) => {
                let is_later = failure == ConnectFailure::AssociationRefused(StatusCode::TRY_LATER);
                if !is_later {
                    register.has_tried(connecting.network.bssid);
                }
                self.pause(if is_later { joining::LATER } else { joining::MOMENT }, now);
            }
            Task::Join(_) => self.join_failed(failure.into(), now),
            Task::None | Task::Look => {}
        }
    }

    fn disconnected(&mut self, reason: ReasonCode, now: Timestamp) {
        match &mut self.state {
            State::Registering(_) => self.registration_ended(now),
            State::Handshake(handshake) => {
                handshake.supplicant.handle_disconnected(reason);
                self.carry_out(now);
            }
            State::Joined(_) => {
                self.events.push_back(Event::Lost(reason));
                self.pause(joining::MOMENT, now);
            }
            State::Idle | State::Scanning(_) | State::Pausing { .. } | State::Connecting(_) => {}
        }
    }

    /// The association for registering is over; there may be a better one.
    fn registration_ended(&mut self, now: Timestamp) {
        let State::Registering(registering) = core::mem::replace(&mut self.state, State::Idle) else {
            return;
        };
        self.events.push_back(Event::Unassociated);
        if let Task::Register(register) = &mut self.task {
            register.has_tried(registering.network.bssid);
            self.pause(joining::MOMENT, now);
        }
    }

    fn start_scan(&mut self, now: Timestamp) {
        self.results.forget_older(STALE, now);
        if let Task::Join(join) = &mut self.task {
            join.from_memory = false;
        }
        let request = ScanRequest {
            channels: self.channels(),
            dwell: task::DWELL,
            ssid: self.task.asks_for(),
            elements: self.probe_elements(),
        };
        self.scans = self.scans.saturating_add(1);
        self.state = State::Scanning(Scanning { since: now, found: None });
        self.commands.push_back(StationCommand::Scan(Box::new(request)));
    }
}
