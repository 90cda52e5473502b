//! An access point of the kernel, whose decisions are a program's.

mod beacon;
mod stations;

use super::card::Card;
use super::eapol::Eapol;
use super::error::WifiError;
use super::news::{RadioNews, Troubles};
use super::socket::Socket;
use crate::interface::Interface as Link;
use beacon::{parts, suites};
use keyway_eap::Timestamp;
use keyway_nl80211::event::{Event, Told};
use keyway_nl80211::netlink::TooLong;
use keyway_nl80211::request::{self, DefaultKey, NewStation, Start};
use keyway_wifi::Channel;
use keyway_wifi::driver::{AccessPointCommand, AccessPointEvent, AccessPointRadio};
use keyway_wifi::element::CipherSuite;
use keyway_wifi::frame::{Beacon, Flags, Frame, Management, Subtype};
use keyway_wsc::{MacAddr, Ssid};
use rustix::fd::{AsFd, BorrowedFd};
use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

/// A Wi-Fi interface of the kernel as an access point's radio.
///
/// The interface has to be up and to be an access point ([`set_kind`](super::set_kind)), and no other program may use
/// it at the same time. Data are the affair of the kernel's IP stack, and what one station sends to another the
/// kernel passes on.
#[derive(Debug)]
pub struct KernelAccessPoint {
    card: Card,
    socket: Socket,
    eapol: Eapol,
    /// On the air.
    running: Option<Running>,
    /// Stations with a key.
    keyed: BTreeSet<MacAddr>,
    events: VecDeque<AccessPointEvent>,
    /// Keys that the kernel refuses.
    troubles: Troubles,
    /// It was on the air: from then on it goes back there by itself.
    has_begun: bool,
    /// It was taken off the air, and is not there again.
    is_interrupted: bool,
    /// Being off the air.
    outages: Troubles,
    failure: Option<WifiError>,
}

#[derive(Debug)]
struct Running {
    channel: Channel,
    /// Data are encrypted.
    has_privacy: bool,
    /// The identifier of the group's key.
    group: Option<u8>,
    /// When to look for stations that have gone silent.
    next_look: Timestamp,
}

/// How often to look for stations that have gone silent.
const LOOK: Duration = Duration::from_secs(30);

/// What an access point has to see itself.
const WANTED: [Subtype; 8] = [
    Subtype::ASSOCIATION_REQUEST,
    Subtype::REASSOCIATION_REQUEST,
    Subtype::PROBE_REQUEST,
    Subtype::DISASSOCIATION,
    Subtype::AUTHENTICATION,
    Subtype::DEAUTHENTICATION,
    Subtype::ACTION,
    Subtype::ACTION_NO_ACK,
];

impl KernelAccessPoint {
    /// Takes the interface of this name.
    ///
    /// # Errors
    /// When there is no such interface, it has no Wi-Fi, it is no access point, or its card lets no program decide who
    /// associates.
    pub fn open(name: &str) -> Result<KernelAccessPoint, WifiError> {
        let mut socket = Socket::open()?;
        let card = Card::find_by(&mut socket, name)?;
        KernelAccessPoint::on(card, socket)
    }

    /// Takes the interface of this card.
    pub(super) fn on(card: Card, mut socket: Socket) -> Result<KernelAccessPoint, WifiError> {
        if card.wiphy.decides_itself {
            let what = "let a program decide who associates, as WPS needs it";
            return Err(WifiError::Unable { name: card.name().to_owned(), what });
        }
        for group in ["mlme", "config"] {
            socket.subscribe(group)?;
        }
        for subtype in WANTED {
            // No radio has to offer all of them: without the last one, that is.
            let asked = socket.order("see the frames of stations", |family, sequence| {
                request::register_frame(family, sequence, card.index(), u16::from(subtype.0) << 4, &[])
            });
            match asked {
                Err(WifiError::Refused { .. }) if subtype == Subtype::ACTION_NO_ACK => {}
                asked => asked?,
            }
        }
        let eapol = Eapol::choose(&card);
        Ok(KernelAccessPoint {
            card,
            socket,
            eapol,
            running: None,
            keyed: BTreeSet::new(),
            events: VecDeque::new(),
            troubles: Troubles::default(),
            has_begun: false,
            is_interrupted: false,
            outages: Troubles::default(),
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
    pub fn receive(&mut self) {
        if let Err(error) = self.socket.receive() {
            self.fail(error);
        }
        self.drain();
        while let Some((station, frame)) = self.eapol.receive() {
            let protected = self.keyed.contains(&station);
            self.events.push_back(AccessPointEvent::Eapol { station, frame, protected });
        }
    }

    /// What does not work and is tried again, and what works again. Poll it until it is empty.
    pub fn poll_news(&mut self) -> Option<RadioNews> {
        self.outages.poll().or_else(|| self.troubles.poll())
    }

    /// Why it cannot go on, once.
    pub fn take_failure(&mut self) -> Option<WifiError> {
        self.failure.take()
    }

    fn fail(&mut self, error: WifiError) {
        self.failure.get_or_insert(error);
    }

    fn drain(&mut self) {
        while let Some(Told { interface, event }) = self.socket.poll() {
            if interface == Some(self.card.index()) {
                self.hear(event);
            }
        }
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::Frame { signal, frame, .. } => self.heard(&frame, signal),
            Event::ControlPort { source, frame, protected } => {
                self.events.push_back(AccessPointEvent::Eapol { station: source, frame, protected });
            }
            Event::Probed { station, acknowledged: false } => {
                self.events.push_back(AccessPointEvent::StationLost(station));
            }
            Event::NetworkStopped => self.interrupted(),
            Event::InterfaceGone => self.fail(WifiError::Vanished { name: self.card.name().to_owned() }),
            Event::Probed { acknowledged: true, .. }
            | Event::Sent { .. }
            | Event::ScanEnd(_)
            | Event::Connected(_)
            | Event::Disconnected { .. }
            | Event::DoubtfulFarewell
            | Event::Regulations => {}
        }
    }

    fn heard(&mut self, frame: &[u8], signal: Option<i8>) {
        let mut octets = frame.to_vec();
        if let Some(flags) = octets.get_mut(1) {
            // The kernel has decrypted it, and leaves the mark (seen on Linux 6.1).
            *flags &= !Flags::PROTECTED.0;
        }
        let Ok(Frame::Management(frame)) = Frame::parse(&octets) else { return };
        let signal = signal.unwrap_or(UNKNOWN_SIGNAL);
        self.events.push_back(AccessPointEvent::Management { frame: Box::new(frame), signal });
    }

    fn start(&mut self, channel: Channel, ssid: Ssid, beacon: &Beacon, now: Timestamp) {
        match self.begin(channel, ssid, beacon) {
            Ok(has_privacy) => {
                self.running = Some(Running { channel, has_privacy, group: None, next_look: now + LOOK });
                if !has_privacy {
                    self.is_on_air();
                }
            }
            Err(error) => self.fall(error),
        }
    }

    /// Gives whether data are encrypted.
    fn begin(&mut self, channel: Channel, ssid: Ssid, beacon: &Beacon) -> Result<bool, WifiError> {
        self.card.check_channel(channel)?;
        self.eapol.open(&self.card)?;
        let (head, tail) = parts(self.card.address(), beacon);
        let said = beacon.elements.find::<Ssid>().ok().flatten();
        let start = Start {
            interface: self.card.index(),
            mhz: channel.frequency().into(),
            beacon: request::Beacon { head: &head, tail: &tail },
            interval: beacon.interval,
            ssid: ssid.as_bytes(),
            hides_ssid: said != Some(ssid),
            suites: suites(beacon),
            control_port: self.eapol.is_control_port(),
        };
        let socket = &mut self.socket;
        let mut order =
            || socket.order("begin a network", |family, sequence| request::start(family, sequence, &start));
        match order() {
            // Somebody has switched the interface off, or a switch on the machine has.
            Err(error) if error.code() == Some(libc::ENETDOWN) => {
                self.card.switch_on().and_then(|()| order())
            }
            started => started,
        }?;
        Ok(start.suites.is_some())
    }

    /// The network is there, its keys included.
    fn is_on_air(&mut self) {
        self.has_begun = true;
        self.outages.over();
        if std::mem::take(&mut self.is_interrupted) {
            self.events.push_back(AccessPointEvent::Resumed);
        }
    }

    fn interrupted(&mut self) {
        if self.running.is_some() {
            self.fall(WifiError::OffAir { name: self.card.name().to_owned() });
        }
    }

    /// There is no network, for this reason. One that was there before is tried again.
    fn fall(&mut self, error: WifiError) {
        self.stop();
        if !self.has_begun || matches!(error, WifiError::System { .. } | WifiError::Vanished { .. }) {
            return self.fail(error);
        }
        self.outages.tell(error);
        self.is_interrupted = true;
        self.events.push_back(AccessPointEvent::Stopped);
    }

    fn update(&mut self, beacon: &Beacon) {
        if self.running.is_none() {
            return;
        }
        let (head, tail) = parts(self.card.address(), beacon);
        let beacon = request::Beacon { head: &head, tail: &tail };
        let index = self.card.index();
        self.order("change the beacons", |family, sequence| {
            request::set_beacon(family, sequence, index, beacon)
        });
    }

    fn stop(&mut self) {
        if self.running.take().is_some() {
            let index = self.card.index();
            self.order("take the network off the air", |family, sequence| {
                request::stop(family, sequence, index)
            });
        }
        self.keyed.clear();
    }

    fn send(&mut self, frame: &Management) {
        let Some(running) = &self.running else { return };
        let (mhz, index) = (running.channel.frequency().into(), self.card.index());
        let octets = frame.encode();
        self.order("send a management frame", |family, sequence| {
            request::send_frame(family, sequence, index, mhz, &octets)
        });
    }

    fn send_eapol(&mut self, station: MacAddr, frame: &[u8], protected: bool) {
        if let Err(error) = self.eapol.send(&mut self.socket, self.card.index(), station, frame, protected) {
            self.fail(error);
        }
    }

    /// Has an order carried out. The kernel refuses what concerns a station that it has lost; that is told otherwise.
    fn order<B: AsRef<[u8]>>(
        &mut self,
        doing: &'static str,
        order: impl FnOnce(u16, u32) -> Result<B, TooLong>,
    ) {
        match self.socket.order(doing, order) {
            Err(error) if error.code() == Some(libc::ENETDOWN) => self.interrupted(),
            Ok(()) | Err(WifiError::Refused { .. }) => {}
            Err(error) => self.fail(error),
        }
    }
}

impl AccessPointRadio for KernelAccessPoint {
    fn handle_command(&mut self, command: AccessPointCommand, now: Timestamp) {
        match command {
            AccessPointCommand::Start { channel, ssid, beacon, .. } => {
                self.start(channel, ssid, &beacon, now)
            }
            AccessPointCommand::Update(beacon) => self.update(&beacon),
            AccessPointCommand::Stop => self.stop(),
            AccessPointCommand::Send(frame) => self.send(&frame),
            AccessPointCommand::AddStation {
                station,
                association_id,
                rates,
                listen_interval,
                protects_management,
            } => self.add(&NewStation {
                interface: self.card.index(),
                station,
                association_id,
                listen_interval,
                rates: rates.get(..MOST_RATES).unwrap_or(&rates),
                protects_management,
            }),
            AccessPointCommand::RemoveStation(station) => self.remove(station),
            AccessPointCommand::SendEapol { station, frame, protected } => {
                self.send_eapol(station, &frame, protected);
            }
            AccessPointCommand::InstallPairwise(station, key) => {
                self.install_pairwise(station, &key);
            }
            AccessPointCommand::InstallGroup(key) => {
                self.install_group(&key, CipherSuite::CCMP, DefaultKey::Data);
            }
            AccessPointCommand::InstallManagementGroup(key) => {
                self.install_group(&key, CipherSuite::BIP_CMAC_128, DefaultKey::Management);
            }
            AccessPointCommand::OpenPort(station) => self.open_port(station),
        }
        self.drain();
    }

    fn poll_event(&mut self) -> Option<AccessPointEvent> {
        self.events.pop_front()
    }

    fn send_ethernet(&mut self, _: &[u8], _: Timestamp) {}

    fn poll_ethernet(&mut self) -> Option<Vec<u8>> {
        None
    }

    fn handle_timeout(&mut self, now: Timestamp) {
        if let Some(running) = &mut self.running
            && running.next_look <= now
        {
            running.next_look = now + LOOK;
            self.look_for_silent();
            // The kernel's word of it may have been lost.
            if Link::by_name(self.card.name()).is_ok_and(|link| link.is_some_and(|link| !link.is_up())) {
                self.interrupted();
            }
        }
        self.drain();
    }

    fn poll_timeout(&self) -> Option<Timestamp> {
        self.running.as_ref().map(|running| running.next_look)
    }
}

/// Takes the network off the air. (If the process is killed, the kernel does it.)
impl Drop for KernelAccessPoint {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What is told of a station's strength when the radio does not say, in dBm.
const UNKNOWN_SIGNAL: i8 = -50;

/// How many rates the kernel takes (`NL80211_MAX_SUPP_RATES`).
const MOST_RATES: usize = 32;
