//! A station's soft MAC.

mod joined;
mod joining;
mod receive;
mod scan;

use super::duplicates::Duplicates;
use super::ethernet::Ethernet;
use super::outbox::{Errand, Fate, Outbox, Outgoing};
use super::rate::Speed;
use super::{Reception, Ticket, Transmission, Tune, put};
use crate::channel::{Band, Channel};
use crate::driver::{ConnectFailure, ConnectRequest, StationCommand, StationEvent};
use crate::element::{ElementId, Elements, Rates};
use crate::frame::{Data, Flags, Frame, Management, ManagementBody, ReasonCode, Snap, Subtype};
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::time::Duration;
use joined::Joined;
use joining::Joining;
use keyway_eap::{Timestamp, eapol};
use keyway_wsc::MacAddr;
use scan::Scan;

/// Without a frame from the access point for so long, it counts as lost: 3 s, thirty beacons.
const SILENCE: Duration = Duration::from_secs(3);

/// A station's soft MAC: it scans, associates, encrypts, and carries data between the access point and the local IP stack.
///
/// - An attempt to associate takes three tries of authentication and three of association, 200 ms each.
/// - [`StationCommand::Scan`] during an association makes the station leave its channel; it tells the access point before
///   and after, which keeps frames for it meanwhile. During an attempt to associate it is answered by
///   [`StationEvent::ScanDone`] with false. [`StationCommand::Connect`] ends a scan, with false as well, and waits until
///   a farewell on another channel is out.
/// - Once management frames are protected, a deauthentication without protection only makes the station ask (SA Query)
///   whether the association still holds, as a restarted access point cannot answer.
#[derive(Debug)]
pub struct StationMac {
    address: MacAddr,
    scan: Option<Scan>,
    state: State,
    outbox: Outbox,
    duplicates: Duplicates,
    events: VecDeque<StationEvent>,
    ethernet: VecDeque<Vec<u8>>,
    /// What the owner was told to listen to.
    tuned: Tune,
    /// The newest moment that the owner named.
    now: Timestamp,
}

#[derive(Debug)]
enum State {
    Idle,
    /// A farewell is to go out on another channel before this is begun.
    Leaving(Box<ConnectRequest>),
    Joining(Joining),
    Joined(Box<Joined>),
}

impl StationMac {
    /// A radio with this address, which is off.
    pub fn new(address: MacAddr) -> StationMac {
        StationMac {
            address,
            scan: None,
            state: State::Idle,
            outbox: Outbox::default(),
            duplicates: Duplicates::default(),
            events: VecDeque::new(),
            ethernet: VecDeque::new(),
            tuned: Tune::Off,
            now: Timestamp::ZERO,
        }
    }

    /// The station's address.
    pub const fn address(&self) -> MacAddr {
        self.address
    }

    /// Begins to carry out a command.
    pub fn handle_command(&mut self, command: StationCommand, now: Timestamp) {
        self.now = now;
        match command {
            StationCommand::Scan(request) => self.begin_scan(*request),
            StationCommand::StopScan => self.end_scan(true),
            StationCommand::Connect(request) => self.connect(*request),
            StationCommand::Disconnect(reason) => self.disconnect(reason),
            StationCommand::SendEapol { frame, protected } => self.send_eapol(&frame, protected),
            StationCommand::InstallPairwise(key) => self.with_joined(|joined| joined.link.install(key)),
            StationCommand::InstallGroup(key) => self.with_joined(|joined| joined.groups.install(&key)),
            StationCommand::InstallManagementGroup(key) => {
                self.with_joined(|joined| joined.groups.install_management(&key));
            }
            StationCommand::OpenPort => self.with_joined(|joined| joined.link.open_port()),
        }
    }

    /// Takes a frame that was heard on the tuned channel.
    pub fn handle_frame(&mut self, reception: Reception<'_>, now: Timestamp) {
        self.now = now;
        match Frame::parse(reception.frame) {
            Ok(Frame::Management(frame)) => self.receive_management(frame, &reception),
            Ok(Frame::Data(data)) => self.receive_data(&data, &reception),
            Ok(Frame::Other(_)) | Err(_) => {}
        }
    }

    /// Takes the fate of a transmission: whether its receiver got it.
    pub fn handle_sent(&mut self, ticket: Ticket, acknowledged: bool, now: Timestamp) {
        self.now = now;
        let fate = self.outbox.handle_sent(ticket, acknowledged, self.listens_to().channel());
        self.take_fate(fate);
        self.leave();
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.now = now;
        let fate = self.outbox.handle_timeout(self.listens_to().channel(), now);
        self.take_fate(fate);
        self.leave();
        self.go_on_scanning();
        self.go_on_joining();
        self.look_after_association();
    }

    /// Takes an Ethernet II frame from the local IP stack, from its destination address to the end of its packet. It is
    /// dropped when no data may pass, when its source is not this station, or when too many wait.
    pub fn send_ethernet(&mut self, frame: &[u8], now: Timestamp) {
        self.now = now;
        let Some(ethernet) = Ethernet::parse(frame) else { return };
        let State::Joined(joined) = &mut self.state else { return };
        if ethernet.source != self.address
            || ethernet.ether_type == eapol::ETHER_TYPE
            || !self.outbox.has_room_for_data()
        {
            return;
        }
        let payload = Snap { ether_type: ethernet.ether_type, packet: ethernet.packet }.encode();
        let data = Data::from_station(self.address, joined.bssid, ethernet.destination, payload);
        if let Some(frame) = joined.link.send_data(&data) {
            let (channel, speed) = (joined.channel, Speed::Signal(joined.signal));
            self.outbox.push(Outgoing { channel, frame, speed, errand: Errand::None });
        }
    }

    /// The next frame to be sent.
    pub fn poll_transmit(&mut self) -> Option<Transmission> {
        let channel = self.listens_to().channel()?;
        self.outbox.poll(channel, self.now)
    }

    /// What the radio is to listen to from now on, when that has changed.
    pub fn poll_tune(&mut self) -> Option<Tune> {
        let tune = self.listens_to();
        (core::mem::replace(&mut self.tuned, tune) != tune).then_some(tune)
    }

    /// The next event.
    pub fn poll_event(&mut self) -> Option<StationEvent> {
        self.events.pop_front()
    }

    /// The next Ethernet II frame for the local IP stack.
    pub fn poll_ethernet(&mut self) -> Option<Vec<u8>> {
        self.ethernet.pop_front()
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called, at the latest.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let scan = self.scan.as_ref().and_then(Scan::poll_timeout);
        let state = match &self.state {
            State::Idle => None,
            // Behind a frame to all nobody says that it is out.
            State::Leaving(_) => self.outbox.channel().is_none().then_some(self.now),
            State::Joining(joining) => Some(joining.deadline),
            State::Joined(joined) => joined.poll_timeout(),
        };
        [scan, state, self.outbox.poll_timeout()].into_iter().flatten().min()
    }

    /// What the radio has to listen to for what is going on.
    fn listens_to(&self) -> Tune {
        let scanned = self.scan.as_ref().and_then(Scan::channel);
        let channel = scanned.or_else(|| self.home()).or_else(|| self.outbox.channel());
        channel.map_or(Tune::Off, Tune::To)
    }

    /// The channel of the access point, when there is one.
    fn home(&self) -> Option<Channel> {
        match &self.state {
            State::Idle | State::Leaving(_) => None,
            State::Joining(joining) => Some(joining.request.channel),
            State::Joined(joined) => Some(joined.channel),
        }
    }

    fn with_joined(&mut self, act: impl FnOnce(&mut Joined)) {
        if let State::Joined(joined) = &mut self.state {
            act(joined);
        }
    }

    fn send_eapol(&mut self, frame: &[u8], protected: bool) {
        let State::Joined(joined) = &mut self.state else { return };
        let payload = Snap::eapol(frame).encode();
        let data = Data::from_station(self.address, joined.bssid, joined.bssid, payload);
        if let Some(frame) = joined.link.send_eapol(&data, protected) {
            self.outbox.push(Outgoing::slow(joined.channel, frame));
        }
    }

    /// Tells the access point whether the station will listen to it. False when there is no room for the frame.
    fn send_null(&mut self, leaving: bool) -> bool {
        let State::Joined(joined) = &self.state else { return false };
        let mut data = Data::from_station(self.address, joined.bssid, joined.bssid, Vec::new());
        data.subtype = Subtype::NULL;
        let errand = if leaving { Errand::Leaving } else { Errand::None };
        if leaving {
            data.flags = data.flags.with(Flags::POWER_MANAGEMENT);
        }
        self.outbox.push(Outgoing { errand, ..Outgoing::slow(joined.channel, data.encode()) })
    }

    fn take_fate(&mut self, fate: Option<Fate>) {
        match fate.map(|fate| fate.errand) {
            Some(Errand::Leaving) => self.left_for_scan(),
            Some(Errand::Request) => self.request_sent(),
            Some(Errand::None) | None => {}
        }
    }

    fn disconnect(&mut self, reason: ReasonCode) {
        match core::mem::replace(&mut self.state, State::Idle) {
            State::Idle | State::Leaving(_) => {}
            State::Joining(joining) => {
                if joining.is_authenticated() {
                    let frame = self.farewell(joining.request.bssid, reason).encode();
                    self.outbox.push(Outgoing::slow(joining.request.channel, frame));
                }
            }
            State::Joined(mut joined) => {
                let farewell = self.farewell(joined.bssid, reason);
                if let Some(frame) = joined.link.send_management(&farewell) {
                    self.outbox.push(Outgoing::slow(joined.channel, frame));
                }
            }
        }
    }

    fn farewell(&self, bssid: MacAddr, reason: ReasonCode) -> Management {
        Management::new(bssid, self.address, bssid, ManagementBody::Deauthentication(reason.into()))
    }

    /// The association is over, not by this side's doing.
    fn lose(&mut self, reason: ReasonCode) {
        self.state = State::Idle;
        put(&mut self.events, StationEvent::Disconnected(reason));
    }

    fn fail(&mut self, failure: ConnectFailure) {
        self.state = State::Idle;
        put(&mut self.events, StationEvent::ConnectFailed(failure));
    }

    fn connect(&mut self, request: ConnectRequest) {
        self.end_scan(false);
        self.state = State::Leaving(Box::new(request));
        self.leave();
    }

    /// Begins to join when nothing is left to be done on another channel.
    fn leave(&mut self) {
        if let State::Leaving(request) = &self.state
            && self.outbox.leave_for(request.channel)
        {
            self.state = State::Joining(Joining::new((**request).clone(), self.now));
            self.send_request();
        }
    }
}

/// Name and rates, with which requests begin, and between them what only one band has.
fn first_elements(name: &[u8], band: Band, between: impl FnOnce(&mut Elements)) -> Elements {
    let mut elements = Elements::new();
    elements.push_raw(ElementId::SSID, name);
    match band {
        Band::Ghz2 => {
            let (rates, more) = Rates::for_2_4_ghz();
            between(elements.push(&rates));
            elements.push(&more);
        }
        Band::Ghz5 => {
            elements.push(&Rates::for_5_ghz());
        }
    }
    elements
}
