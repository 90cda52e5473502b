//! An access point of the kernel, whose decisions are a program's.

use super::card::Card;
use super::eapol::Eapol;
use super::error::WifiError;
use super::socket::Socket;
use keyway_eap::Timestamp;
use keyway_nl80211::answer::{KeySequence, StationInfo};
use keyway_nl80211::event::{Event, Told};
use keyway_nl80211::netlink::TooLong;
use keyway_nl80211::request::{self, DefaultKey, Key, NewStation, Start, Suites};
use keyway_wifi::Channel;
use keyway_wifi::driver::{AccessPointCommand, AccessPointEvent, AccessPointRadio};
use keyway_wifi::element::{CipherSuite, DsParameter, Element, Elements, Rates, Rsn, Tim};
use keyway_wifi::frame::{Beacon, Flags, Frame, Management, ManagementBody, Subtype};
use keyway_wifi::rsn::GroupKey;
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
    /// Stations with a key, and those that were asked whether they are still there.
    keyed: BTreeSet<MacAddr>,
    events: VecDeque<AccessPointEvent>,
    failure: Option<WifiError>,
}

#[derive(Debug)]
struct Running {
    channel: Channel,
    /// The identifier of the group's key.
    group: Option<u8>,
    /// When to look for stations that have gone silent.
    next_look: Timestamp,
}

/// A station that is silent for so long is asked whether it is still there (observed: hostapd, `ap_max_inactivity`).
const SILENCE: Duration = Duration::from_secs(300);
/// How often to look for such stations.
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
        if card.wiphy.decides_itself {
            let what = "let a program decide who associates, as WPS needs it";
            return Err(WifiError::Unable { name: name.to_owned(), what });
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

    fn start(&mut self, channel: Channel, beacon: &Beacon, now: Timestamp) {
        if let Err(error) = self.card.check_channel(channel) {
            return self.fail(error);
        }
        if let Err(error) = self.eapol.open(&self.card) {
            return self.fail(error);
        }
        let (head, tail) = self.parts(beacon);
        let ssid = beacon.elements.find::<Ssid>().ok().flatten();
        let start = Start {
            interface: self.card.index(),
            mhz: channel.frequency().into(),
            beacon: request::Beacon { head: &head, tail: &tail },
            interval: beacon.interval,
            ssid: ssid.as_ref().map(Ssid::as_bytes).filter(|name| !name.is_empty()),
            suites: beacon.elements.find::<Rsn>().ok().flatten().as_ref().and_then(suites),
            control_port: self.eapol.is_control_port(),
        };
        let started =
            self.socket.order("begin a network", |family, sequence| request::start(family, sequence, &start));
        match started {
            Ok(()) => self.running = Some(Running { channel, group: None, next_look: now + LOOK }),
            Err(error) => self.fail(error),
        }
    }

    fn update(&mut self, beacon: &Beacon) {
        if self.running.is_none() {
            return;
        }
        let (head, tail) = self.parts(beacon);
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

    fn add(&mut self, new: &NewStation<'_>) {
        let Some(running) = &self.running else { return };
        let group = running.group;
        self.keyed.remove(&new.station);
        self.order("take in a station", |family, sequence| request::new_station(family, sequence, new));
        if let Some(id) = group {
            self.tell_packet_number(id);
        }
    }

    fn remove(&mut self, station: MacAddr) {
        self.keyed.remove(&station);
        let index = self.card.index();
        self.order("forget a station", |family, sequence| {
            request::del_station(family, sequence, index, station)
        });
    }

    fn send_eapol(&mut self, station: MacAddr, frame: &[u8], protected: bool) {
        if let Err(error) = self.eapol.send(&mut self.socket, self.card.index(), station, frame, protected) {
            self.fail(error);
        }
    }

    fn install(&mut self, station: Option<MacAddr>, index: u8, cipher: CipherSuite, key: &[u8]) {
        let interface = self.card.index();
        let cipher = u32::from_be_bytes(cipher.0);
        let key = Key { interface, station, index, cipher, key, packet_number: None };
        self.order("install a key", |family, sequence| request::new_key(family, sequence, &key));
    }

    fn install_group(&mut self, key: &GroupKey, cipher: CipherSuite, kind: DefaultKey) {
        if self.running.is_none() {
            return;
        }
        self.install(None, key.id, cipher, key.key.expose());
        let (index, id) = (self.card.index(), key.id);
        self.order("use a group's key", |family, sequence| {
            request::default_key(family, sequence, index, id, kind)
        });
        if let (DefaultKey::Data, Some(running)) = (kind, &mut self.running) {
            running.group = Some(id);
            self.tell_packet_number(id);
        }
    }

    /// Tells how far the group's packet numbers have come: the next handshake says so to its station.
    fn tell_packet_number(&mut self, id: u8) {
        let (index, mut found) = (self.card.index(), None);
        let asked = self.socket.ask(
            "ask for the group's packet number",
            |family, sequence| request::group_sequence(family, sequence, index, id),
            |message| found = KeySequence::parse(message).or(found),
        );
        // A radio that encrypts by itself may not tell.
        if let (Ok(()), Some(KeySequence(number))) = (asked, found) {
            self.events.push_back(AccessPointEvent::GroupPacketNumber(number));
        }
    }

    /// Asks stations that have been silent for long whether they are still there.
    fn look_for_silent(&mut self) {
        let (index, mut silent) = (self.card.index(), Vec::new());
        let asked = self.socket.ask(
            "list the stations",
            |family, sequence| request::stations(family, sequence, index),
            |message| {
                let info = StationInfo::parse(message);
                let long = |info: &StationInfo| Duration::from_millis(info.silent_for.into()) >= SILENCE;
                silent.extend(info.filter(long).map(|info| info.station));
            },
        );
        if asked.is_ok() {
            for station in silent {
                self.order("ask a station whether it is there", |family, sequence| {
                    request::probe_client(family, sequence, index, station)
                });
            }
        }
    }

    /// Has an order carried out. The kernel refuses what concerns a station that it has lost; that is told otherwise.
    fn order<B: AsRef<[u8]>>(
        &mut self,
        doing: &'static str,
        order: impl FnOnce(u16, u32) -> Result<B, TooLong>,
    ) {
        match self.socket.order(doing, order) {
            Ok(()) | Err(WifiError::Refused { .. }) => {}
            Err(error) => self.fail(error),
        }
    }

    /// The beacon frame up to the place of the TIM element, and the elements after it.
    fn parts(&self, beacon: &Beacon) -> (Vec<u8>, Vec<u8>) {
        let own = self.card.address();
        let (mut head, mut tail) = (Elements::new(), Elements::new());
        for element in beacon.elements.iter() {
            // Elements stand in the order of the standard (IEEE 802.11-2020, table 9-32).
            let part = match element.id {
                Tim::ID => continue,
                Ssid::ID | Rates::ID | DsParameter::ID => &mut head,
                _ => &mut tail,
            };
            part.push_raw(element.id, element.content);
        }
        let body = ManagementBody::Beacon(Beacon { elements: head, ..beacon.clone() });
        let frame = Management::new(MacAddr::BROADCAST, own, own, body);
        (frame.encode(), tail.as_bytes().to_vec())
    }
}

impl AccessPointRadio for KernelAccessPoint {
    fn handle_command(&mut self, command: AccessPointCommand, now: Timestamp) {
        match command {
            AccessPointCommand::Start { channel, beacon, .. } => self.start(channel, &beacon, now),
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
                self.keyed.insert(station);
                self.install(Some(station), 0, CipherSuite::CCMP, key.expose());
            }
            AccessPointCommand::InstallGroup(key) => {
                self.install_group(&key, CipherSuite::CCMP, DefaultKey::Data);
            }
            AccessPointCommand::InstallManagementGroup(key) => {
                self.install_group(&key, CipherSuite::BIP_CMAC_128, DefaultKey::Management);
            }
            AccessPointCommand::OpenPort(station) => {
                let index = self.card.index();
                self.order("let a station's data pass", |family, sequence| {
                    request::open_port(family, sequence, index, station)
                });
            }
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

fn suites(rsn: &Rsn) -> Option<Suites> {
    Some(Suites {
        pairwise: u32::from_be_bytes(rsn.pairwise.first()?.0),
        group: u32::from_be_bytes(rsn.group.0),
        key_management: u32::from_be_bytes(rsn.akms.first()?.0),
        protects_management: false,
    })
}
