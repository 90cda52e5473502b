//! A station of the kernel.

mod keys;

use super::card::Card;
use super::doubt::{Doubt, Due};
use super::eapol::Eapol;
use super::error::WifiError;
use super::news::{RadioNews, Troubles};
use super::scanning::Scanning;
use super::socket::Socket;
use keys::suites;
use keyway_eap::Timestamp;
use keyway_nl80211::answer::StationInfo;
use keyway_nl80211::event::{Connected, Event, Told};
use keyway_nl80211::request::{self, Connect};
use keyway_wifi::Channel;
use keyway_wifi::driver::{ConnectFailure, ConnectRequest, StationCommand, StationEvent, StationRadio};
use keyway_wifi::element::{CipherSuite, Elements};
use keyway_wifi::frame::{
    Flags, Frame, Management, ManagementBody, ReasonCode, SaQuery, StatusCode, Subtype,
};
use keyway_wsc::MacAddr;
use rustix::fd::{AsFd, BorrowedFd};
use std::collections::VecDeque;
use std::time::Duration;

/// A Wi-Fi interface of the kernel as a station's radio.
///
/// The interface has to be up and to be a station (`managed`), and no other program may use it at the same time.
/// Data are the affair of the kernel's IP stack: they pass once the port is open.
#[derive(Debug)]
pub struct KernelStation {
    card: Card,
    socket: Socket,
    eapol: Eapol,
    scanning: Scanning,
    state: State,
    events: VecDeque<StationEvent>,
    troubles: Troubles,
    failure: Option<WifiError>,
}

#[derive(Debug)]
enum State {
    Idle,
    /// The end of the last association has not been told yet; the kernel takes no other before.
    Leaving {
        until: Timestamp,
        then: Option<Box<ConnectRequest>>,
    },
    Connecting(Box<ConnectRequest>),
    Connected(Box<Association>),
}

#[derive(Debug)]
struct Association {
    bssid: MacAddr,
    channel: Channel,
    protects_management: bool,
    has_key: bool,
    /// The kernel has refused a key: no data may pass.
    is_refused: bool,
    doubt: Doubt,
}

/// How the body of an SA Query Response begins: category and action (IEEE 802.11-2020, section 9.6.9).
const SA_QUERY_RESPONSE: [u8; 2] = [8, 1];

/// How long the kernel may take to tell that an association is over. (Seen: a few milliseconds.)
const FAREWELL: Duration = Duration::from_secs(1);

impl KernelStation {
    /// Takes the interface of this name.
    ///
    /// # Errors
    /// When there is no such interface, or it has no Wi-Fi.
    pub fn open(name: &str) -> Result<KernelStation, WifiError> {
        let mut socket = Socket::open()?;
        let card = Card::find_by(&mut socket, name)?;
        KernelStation::on(card, socket)
    }

    /// Takes the interface of this card.
    pub(super) fn on(card: Card, mut socket: Socket) -> Result<KernelStation, WifiError> {
        for group in ["scan", "mlme", "config"] {
            socket.subscribe(group)?;
        }
        let answers = u16::from(Subtype::ACTION.0) << 4;
        let asked = socket.order("see the answers to SA Queries", |family, sequence| {
            request::register_frame(family, sequence, card.index(), answers, &SA_QUERY_RESPONSE)
        });
        match asked {
            // A card that has no such frames does not protect them either.
            Ok(()) | Err(WifiError::Refused { .. }) => {}
            Err(error) => return Err(error),
        }
        let eapol = Eapol::choose(&card);
        let scanning = Scanning::new(&card);
        Ok(KernelStation {
            card,
            socket,
            eapol,
            scanning,
            state: State::Idle,
            events: VecDeque::new(),
            troubles: Troubles::default(),
            failure: None,
        })
    }

    /// The interface and its card.
    #[must_use]
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// What to wait for; when one of them is readable, call [`receive`](Self::receive).
    #[must_use]
    pub fn sources(&self) -> [Option<BorrowedFd<'_>>; 2] {
        [Some(self.socket.as_fd()), self.eapol.source()]
    }

    /// Takes in what the kernel has to tell.
    pub fn receive(&mut self, now: Timestamp) {
        if let Err(error) = self.socket.receive() {
            self.fail(error);
        }
        self.drain(now);
        if self.socket.take_lost() {
            self.check_association(now);
        }
        let has_key = matches!(&self.state, State::Connected(association) if association.has_key);
        while let Some((source, frame)) = self.eapol.receive() {
            self.events.push_back(StationEvent::Eapol { source, frame, protected: has_key });
        }
    }

    /// What does not work and is tried again, and what works again. Poll it until it is empty.
    pub fn poll_news(&mut self) -> Option<RadioNews> {
        self.troubles.poll().or_else(|| self.scanning.poll_news())
    }

    /// Why it cannot go on, once.
    pub fn take_failure(&mut self) -> Option<WifiError> {
        self.failure.take()
    }

    fn fail(&mut self, error: WifiError) {
        self.failure.get_or_insert(error);
    }

    /// Takes what the kernel told, also while it answered something else.
    fn drain(&mut self, now: Timestamp) {
        while let Some(Told { interface, event }) = self.socket.poll() {
            if interface == Some(self.card.index()) {
                self.hear(event, now);
            }
        }
        if let Some(error) = self.scanning.take_failure() {
            self.fail(error);
        }
    }

    fn hear(&mut self, event: Event, now: Timestamp) {
        match event {
            Event::ScanEnd(complete) => {
                self.scanning.ended(complete, &mut self.socket, &mut self.events, now);
            }
            Event::Connected(connected) => self.connected(connected),
            Event::Disconnected { reason, .. } => self.disconnected(reason, now),
            Event::ControlPort { source, frame, protected } => {
                self.events.push_back(StationEvent::Eapol { source, frame, protected });
            }
            Event::InterfaceGone => self.fail(WifiError::Vanished { name: self.card.name().to_owned() }),
            Event::DoubtfulFarewell => self.doubt(now),
            Event::Frame { frame, .. } => self.heard(&frame),
            Event::Sent { .. } | Event::Probed { .. } | Event::NetworkStopped | Event::Regulations => {}
        }
    }

    fn connected(&mut self, told: Connected) {
        let State::Connecting(request) = &self.state else { return };
        if told.status == 0 {
            let association = Association {
                bssid: told.bssid.unwrap_or(request.bssid),
                channel: request.channel,
                protects_management: request.protects_management,
                has_key: false,
                is_refused: false,
                doubt: Doubt::default(),
            };
            self.state = State::Connected(Box::new(association));
            let elements = Elements::parse(&told.elements).unwrap_or_default();
            self.events.push_back(StationEvent::Connected(elements));
            return;
        }
        self.state = State::Idle;
        let why = match told.status {
            _ if told.timed_out => ConnectFailure::NoAnswer,
            status => ConnectFailure::AssociationRefused(StatusCode(status)),
        };
        self.events.push_back(StationEvent::ConnectFailed(why));
    }

    fn disconnected(&mut self, reason: u16, now: Timestamp) {
        match std::mem::replace(&mut self.state, State::Idle) {
            State::Leaving { then: Some(request), .. } => self.connect(*request, now),
            State::Connected(_) => {
                self.events.push_back(StationEvent::Disconnected(ReasonCode(reason)));
            }
            // The end of the attempt is told as such.
            connecting @ State::Connecting(_) => self.state = connecting,
            State::Idle | State::Leaving { then: None, .. } => {}
        }
    }

    /// Looks whether the association holds: that it ended may be what was lost.
    fn check_association(&mut self, now: Timestamp) {
        let State::Connected(association) = &self.state else { return };
        let (index, bssid, mut holds) = (self.card.index(), association.bssid, false);
        let asked = self.socket.ask(
            "ask for the access point",
            |family, sequence| request::stations(family, sequence, index),
            |message| holds |= StationInfo::parse(message).is_some_and(|found| found.station == bssid),
        );
        if asked.is_ok() && !holds {
            self.disconnected(ReasonCode::UNSPECIFIED.0, now);
        }
    }

    /// A farewell came that was not protected. If it should have been, the station asks whether it is meant.
    fn doubt(&mut self, now: Timestamp) {
        if let State::Connected(association) = &mut self.state
            && association.protects_management
            && association.has_key
        {
            association.doubt.arise(now);
            self.resolve_doubt(now);
        }
    }

    /// Asks once more, or gives the association up, when it is time.
    fn resolve_doubt(&mut self, now: Timestamp) {
        let State::Connected(association) = &mut self.state else { return };
        match association.doubt.handle_timeout(now) {
            Some(Due::Ask(query)) => {
                let body = ManagementBody::Action(query.to_action());
                let own = self.card.address();
                let frame = Management::new(association.bssid, own, association.bssid, body).encode();
                let (index, mhz) = (self.card.index(), association.channel.frequency().into());
                self.with_access_point("send an SA Query", |family, sequence| {
                    request::send_frame(family, sequence, index, mhz, &frame)
                });
            }
            Some(Due::Lost) => {
                let reason = ReasonCode::INVALID_AUTHENTICATION;
                self.disconnect(reason, now);
                self.events.push_back(StationEvent::Disconnected(reason));
            }
            None => {}
        }
    }

    /// A frame that was asked for: an answer to an SA Query. The kernel passes on only what was protected, and leaves the
    /// mark of that (seen on Linux 6.1).
    fn heard(&mut self, frame: &[u8]) {
        let State::Connected(association) = &mut self.state else { return };
        let mut octets = frame.to_vec();
        if let Some(flags) = octets.get_mut(1) {
            *flags &= !Flags::PROTECTED.0;
        }
        if let Ok(Frame::Management(frame)) = Frame::parse(&octets)
            && frame.source == association.bssid
            && let ManagementBody::Action(action) = &frame.body
            && let Some(query) = SaQuery::from_action(action)
        {
            association.doubt.hear(query);
        }
    }

    fn connect(&mut self, request: ConnectRequest, now: Timestamp) {
        if let State::Leaving { then, .. } = &mut self.state {
            *then = Some(Box::new(request));
            return;
        }
        self.scanning.stop(&mut self.socket, &mut self.events);
        let suites = match suites(&request) {
            Ok(suites) => suites,
            Err(why) => return self.events.push_back(StationEvent::ConnectFailed(why)),
        };
        let connect = Connect {
            interface: self.card.index(),
            bssid: request.bssid,
            mhz: request.channel.frequency().into(),
            ssid: request.ssid.as_bytes(),
            elements: request.elements.as_bytes(),
            privacy: request.privacy || self.scanning.is_private(request.bssid),
            suites,
            control_port: self.eapol.is_control_port(),
        };
        if let Err(error) = self.eapol.open(&self.card) {
            return self.fail(error);
        }
        let asked = self.socket.order("associate with an access point", |family, sequence| {
            request::connect(family, sequence, &connect)
        });
        match asked {
            Ok(()) => self.state = State::Connecting(Box::new(request)),
            Err(error) if matches!(error.code(), Some(libc::EALREADY | libc::EISCONN | libc::EBUSY)) => {
                // An association of before, which nobody ended.
                self.disconnect(ReasonCode::LEAVING, now);
                self.state = State::Leaving { until: now + FAREWELL, then: Some(Box::new(request)) };
            }
            Err(WifiError::Refused { .. }) => {
                self.events.push_back(StationEvent::ConnectFailed(ConnectFailure::NoAnswer));
            }
            Err(error) => self.fail(error),
        }
    }

    fn disconnect(&mut self, reason: ReasonCode, now: Timestamp) {
        let left = self.socket.order("leave the access point", |family, sequence| {
            request::disconnect(family, sequence, self.card.index(), reason.0)
        });
        self.state = match (&self.state, left) {
            // Without an association there is nothing to wait for.
            (State::Idle, _) | (_, Err(WifiError::Refused { .. })) => State::Idle,
            (_, Ok(())) => State::Leaving { until: now + FAREWELL, then: None },
            (_, Err(error)) => {
                self.fail(error);
                State::Idle
            }
        };
    }

    fn send_eapol(&mut self, frame: &[u8], protected: bool) {
        let State::Connected(association) = &self.state else { return };
        let bssid = association.bssid;
        if let Err(error) = self.eapol.send(&mut self.socket, self.card.index(), bssid, frame, protected) {
            self.fail(error);
        }
    }

    /// Has an order carried out that makes sense in an association only. One that has just ended is told by an event.
    fn with_access_point<B: AsRef<[u8]>>(
        &mut self,
        doing: &'static str,
        order: impl FnOnce(u16, u32) -> Result<B, keyway_nl80211::netlink::TooLong>,
    ) {
        match self.socket.order(doing, order) {
            Ok(()) | Err(WifiError::Refused { .. }) => {}
            Err(error) => self.fail(error),
        }
    }
}

impl StationRadio for KernelStation {
    fn handle_command(&mut self, command: StationCommand, now: Timestamp) {
        match command {
            StationCommand::Scan(scan) => {
                self.scanning.start(*scan, &mut self.socket, &mut self.events, now);
            }
            StationCommand::StopScan => self.scanning.stop(&mut self.socket, &mut self.events),
            StationCommand::Connect(request) => self.connect(*request, now),
            StationCommand::Disconnect(reason) => self.disconnect(reason, now),
            StationCommand::SendEapol { frame, protected } => self.send_eapol(&frame, protected),
            StationCommand::InstallPairwise(key) => self.install_pairwise(&key, now),
            StationCommand::InstallGroup(key) => self.install_group(&key, CipherSuite::CCMP, now),
            StationCommand::InstallManagementGroup(key) => {
                self.install_group(&key, CipherSuite::BIP_CMAC_128, now);
            }
            StationCommand::OpenPort => self.open_port(now),
        }
        self.drain(now);
    }

    fn poll_event(&mut self) -> Option<StationEvent> {
        self.events.pop_front()
    }

    fn send_ethernet(&mut self, _: &[u8], _: Timestamp) {}

    fn poll_ethernet(&mut self) -> Option<Vec<u8>> {
        None
    }

    fn handle_timeout(&mut self, now: Timestamp) {
        if let State::Leaving { until, .. } = &self.state
            && *until <= now
        {
            self.disconnected(0, now);
        }
        self.resolve_doubt(now);
        self.scanning.handle_timeout(&mut self.socket, &mut self.events, now);
        self.drain(now);
    }

    fn poll_timeout(&self) -> Option<Timestamp> {
        let own = match &self.state {
            State::Leaving { until, .. } => Some(*until),
            State::Connected(association) => association.doubt.poll_timeout(),
            State::Idle | State::Connecting(_) => None,
        };
        [own, self.scanning.poll_timeout()].into_iter().flatten().min()
    }
}

/// Leaves the access point. (If the process is killed, the kernel does it.)
impl Drop for KernelStation {
    fn drop(&mut self) {
        if !matches!(self.state, State::Idle) {
            let index = self.card.index();
            // Nobody is left to be told.
            let _ = self.socket.order("leave the access point", |family, sequence| {
                request::disconnect(family, sequence, index, ReasonCode::LEAVING.0)
            });
        }
    }
}
