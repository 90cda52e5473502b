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
use crate::frame::ReasonCode;
use crate::network::{Chosen, Network, NoChoice, ScanResults, Wanted};
use crate::rsn::{Entropy, Supplicant};
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::time::Duration;
use keyway_eap::Timestamp;
use keyway_wsc::{MacAddr, NetworkKey, Ssid};
use task::{Join, Register, Task};

/// What happened at a station.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A scan that [`Station::scan`] asked for is over.
    Scanned(ScanResults),
    /// Registering or joining: it looked everywhere and found nothing suitable, for this reason. It goes on looking.
    NotFound(NoChoice),
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
    /// It is not on the network, for this reason. After [`JoinFailure::WrongPassphrase`] it stops; else it tries again.
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
    commands: VecDeque<StationCommand>,
    events: VecDeque<Event>,
}

/// What goes on.
#[derive(Debug)]
enum State {
    Idle,
    Scanning(Scanning),
    Pausing { until: Timestamp },
    Connecting(Connecting),
    Registering { bssid: MacAddr },
    Handshake(Handshake),
    Joined(Handshake),
}

#[derive(Debug)]
struct Scanning {
    /// The right network was found, and the scan told to stop.
    found: Option<Chosen>,
}

#[derive(Debug)]
struct Connecting {
    network: Network,
}

#[derive(Debug)]
struct Handshake {
    network: Network,
    supplicant: Supplicant,
}

impl Station {
    /// A station that does nothing yet.
    pub fn new(config: StationConfig) -> Station {
        Station {
            config,
            results: ScanResults::default(),
            task: Task::None,
            state: State::Idle,
            commands: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// Looks which networks there are; [`Event::Scanned`] follows. A station that registers or joins is left in peace and
    /// answers with what it knows.
    pub fn scan(&mut self, now: Timestamp) {
        if !matches!(self.task, Task::None | Task::Look) {
            self.events.push_back(Event::Scanned(self.results.clone()));
            return;
        }
        self.task = Task::Look;
        self.results.clear();
        self.start_scan(now);
    }

    /// Looks for the access point to register with, associates with it, and lets EAPOL frames pass. It goes on, with
    /// another access point if need be, until it is told otherwise.
    pub fn register(&mut self, wanted: Wanted, now: Timestamp) {
        self.stop(now);
        self.task = Task::Register(Register::new(wanted));
        self.results.clear();
        self.start_scan(now);
    }

    /// Sends an EAPOL frame of a registration.
    pub fn send_eapol(&mut self, frame: Vec<u8>) {
        if let State::Registering { .. } = self.state {
            self.commands.push_back(StationCommand::SendEapol { frame, protected: false });
        }
    }

    /// Joins this network, and comes back to it whenever it is lost. Replaces what went on before.
    ///
    /// With a passphrase this takes some 8000 rounds of HMAC-SHA1.
    pub fn join(&mut self, ssid: Ssid, key: &NetworkKey, now: Timestamp) {
        let last = match &self.state {
            State::Registering { bssid } => Some(*bssid),
            _ => None,
        };
        self.stop(now);
        let join = Join::new(ssid, key, last);
        // What was heard a moment ago need not be looked for.
        self.results.forget_older(Duration::from_secs(10), now);
        self.task = Task::Join(join);
        match self.choose(now) {
            Ok(chosen) if chosen.is_certain => self.connect(chosen.network),
            _ => self.start_scan(now),
        }
    }

    /// Ends whatever goes on: leaves the network, stops looking.
    pub fn stop(&mut self, _: Timestamp) {
        match core::mem::replace(&mut self.state, State::Idle) {
            State::Scanning(_) => self.commands.push_back(StationCommand::StopScan),
            State::Connecting(_) | State::Registering { .. } | State::Handshake(_) | State::Joined(_) => {
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
                self.look_early(now);
            }
            StationEvent::ScanDone(_) => self.scan_done(now),
            StationEvent::Connected(_) => self.connected(now),
            StationEvent::ConnectFailed(failure) => self.connect_failed(failure, now),
            StationEvent::Eapol { source, frame, protected } => match &mut self.state {
                State::Registering { bssid } if *bssid == source => {
                    self.events.push_back(Event::Eapol { source, frame });
                }
                State::Handshake(handshake) | State::Joined(handshake)
                    if handshake.network.bssid == source =>
                {
                    handshake.supplicant.handle_frame(&frame, protected, entropy);
                    self.carry_out(now);
                }
                _ => {}
            },
            StationEvent::Disconnected(reason) => self.disconnected(reason, now),
        }
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: Timestamp, _: &mut dyn Entropy) {
        match &mut self.state {
            State::Pausing { until } if *until <= now => self.start_scan(now),
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
            State::Handshake(handshake) | State::Joined(handshake) => handshake.supplicant.poll_timeout(),
            _ => None,
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

    fn connected(&mut self, now: Timestamp) {
        let State::Connecting(connecting) = core::mem::replace(&mut self.state, State::Idle) else { return };
        match &self.task {
            Task::Register(_) => {
                let bssid = connecting.network.bssid;
                self.state = State::Registering { bssid };
                self.events.push_back(Event::Associated(bssid));
            }
            Task::Join(_) => self.begin_handshake(connecting.network, now),
            Task::None | Task::Look => {
                self.commands.push_back(StationCommand::Disconnect(ReasonCode::LEAVING));
            }
        }
    }

    fn connect_failed(&mut self, failure: ConnectFailure, now: Timestamp) {
        let State::Connecting(connecting) = core::mem::replace(&mut self.state, State::Idle) else { return };
        match &mut self.task {
            Task::Register(register) => {
                register.tried.push(connecting.network.bssid);
                self.pause(Duration::from_millis(200), now);
            }
            Task::Join(join) => {
                let pause = join.next_pause();
                self.events.push_back(Event::JoinFailed(failure.into()));
                self.pause(pause, now);
            }
            Task::None | Task::Look => {}
        }
    }

    fn disconnected(&mut self, reason: ReasonCode, now: Timestamp) {
        match core::mem::replace(&mut self.state, State::Idle) {
            State::Registering { bssid } => {
                self.events.push_back(Event::Unassociated);
                if let Task::Register(register) = &mut self.task {
                    register.tried.push(bssid);
                    self.pause(Duration::from_millis(100), now);
                }
            }
            State::Handshake(mut handshake) => {
                handshake.supplicant.handle_disconnected(reason);
                self.state = State::Handshake(handshake);
                self.carry_out(now);
            }
            State::Joined(_) => {
                self.events.push_back(Event::Lost(reason));
                self.pause(Duration::from_millis(100), now);
            }
            other => self.state = other,
        }
    }

    fn start_scan(&mut self, _: Timestamp) {
        let request = ScanRequest {
            channels: self.channels(),
            dwell: task::DWELL,
            ssid: self.task.asks_for(),
            elements: self.probe_elements(),
        };
        self.state = State::Scanning(Scanning { found: None });
        self.commands.push_back(StationCommand::Scan(Box::new(request)));
    }
}
