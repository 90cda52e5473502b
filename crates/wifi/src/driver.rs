//! What lies between the state machines of this crate and a radio: commands to the radio, events from it.
//!
//! A station and an access point decide; a *driver* carries out. There are two kinds of driver: one is the soft
//! MAC of [`mac`](crate::mac), which makes 802.11 frames for any medium that can carry them; the other is a kernel, by way
//! of nl80211, whose commands and events these are in other words.
//!
//! The driver adds sequence numbers, acknowledgements and repetitions, encryption with the keys it was given, and the
//! channel. It passes EAPOL frames always, and other data once the port is open.

use crate::channel::Channel;
use crate::element::Elements;
use crate::frame::{Beacon, Management, ReasonCode, StatusCode};
use crate::rsn::{GroupKey, TemporalKey};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::time::Duration;
use keyway_eap::Timestamp;
use keyway_wsc::{MacAddr, Ssid};

/// A radio that carries out what a station decides.
///
/// After each call, poll [`poll_event`](Self::poll_event) and [`poll_ethernet`](Self::poll_ethernet) until they are empty.
pub trait StationRadio {
    /// Carries out a command. What comes of it is told by an event.
    fn handle_command(&mut self, command: StationCommand, now: Timestamp);

    /// The next thing that it tells.
    fn poll_event(&mut self) -> Option<StationEvent>;

    /// Sends an Ethernet frame, which the local IP stack wants to send, unless the port is closed.
    fn send_ethernet(&mut self, frame: &[u8], now: Timestamp);

    /// The next Ethernet frame for the local IP stack. A radio whose kernel has that stack gives none.
    fn poll_ethernet(&mut self) -> Option<Vec<u8>>;

    /// Does what is due at `now`.
    fn handle_timeout(&mut self, now: Timestamp);

    /// When [`handle_timeout`](Self::handle_timeout) is to be called, at the latest.
    fn poll_timeout(&self) -> Option<Timestamp>;
}

/// A radio that carries out what an access point decides.
///
/// After each call, poll [`poll_event`](Self::poll_event) and [`poll_ethernet`](Self::poll_ethernet) until they are empty.
pub trait AccessPointRadio {
    /// Carries out a command. What comes of it is told by an event.
    fn handle_command(&mut self, command: AccessPointCommand, now: Timestamp);

    /// The next thing that it tells.
    fn poll_event(&mut self) -> Option<AccessPointEvent>;

    /// Sends an Ethernet frame, which the local IP stack wants to send, to whomever it is for.
    fn send_ethernet(&mut self, frame: &[u8], now: Timestamp);

    /// The next Ethernet frame for the local IP stack. A radio whose kernel has that stack gives none.
    fn poll_ethernet(&mut self) -> Option<Vec<u8>>;

    /// Does what is due at `now`.
    fn handle_timeout(&mut self, now: Timestamp);

    /// When [`handle_timeout`](Self::handle_timeout) is to be called, at the latest.
    fn poll_timeout(&self) -> Option<Timestamp>;
}

/// What a station tells its radio.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StationCommand {
    /// Look for networks. Answered by [`StationEvent::Found`] for each beacon and probe response, and
    /// [`StationEvent::ScanDone`].
    Scan(Box<ScanRequest>),
    /// Stop looking. [`StationEvent::ScanDone`] follows.
    StopScan,
    /// Authenticate (open) and associate. Answered by [`StationEvent::Connected`] or [`StationEvent::ConnectFailed`].
    Connect(Box<ConnectRequest>),
    /// End the association, or the attempt. No event follows.
    Disconnect(ReasonCode),
    /// Send an EAPOL frame (what follows the Ethernet type) to the access point.
    SendEapol {
        /// The frame.
        frame: Vec<u8>,
        /// Whether to encrypt it with the pairwise key.
        protected: bool,
    },
    /// Install the pairwise key, with packet numbers from the beginning. This and the next three are answered only when the
    /// radio cannot, by [`StationEvent::KeyRefused`]; what follows them is not carried out then.
    InstallPairwise(TemporalKey),
    /// Install a group's key for reception.
    InstallGroup(GroupKey),
    /// Install a group's key for the reception of management frames.
    InstallManagementGroup(GroupKey),
    /// From now on data other than EAPOL may pass.
    OpenPort,
}

/// Where and how to look for networks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanRequest {
    /// The channels, in this order.
    pub channels: Vec<Channel>,
    /// How long to listen on each channel after the probe request.
    pub dwell: Duration,
    /// The network to ask for by name, as a hidden one needs; `None` asks all.
    pub ssid: Option<Ssid>,
    /// Elements of the probe request beyond name and rates: WPS.
    pub elements: Elements,
}

/// Whom to associate with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectRequest {
    /// The access point.
    pub bssid: MacAddr,
    /// Its channel.
    pub channel: Channel,
    /// Its network's name.
    pub ssid: Ssid,
    /// Whether the association is to have encryption (RSN); without, WPS or an open network.
    pub privacy: bool,
    /// Whether management frames will be protected.
    pub protects_management: bool,
    /// Elements of the association request beyond name and rates: RSN or WPS.
    pub elements: Elements,
}

/// What a radio tells its station.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StationEvent {
    /// A beacon or probe response was heard.
    Found(Box<Sighting>),
    /// The scan is over; false when it could not be carried out.
    ScanDone(bool),
    /// Associated. The elements are those of the association response.
    Connected(Elements),
    /// No association came about.
    ConnectFailed(ConnectFailure),
    /// An EAPOL frame (what follows the Ethernet type) came.
    Eapol {
        /// From whom.
        source: MacAddr,
        /// The frame.
        frame: Vec<u8>,
        /// Whether it came encrypted.
        protected: bool,
    },
    /// The radio does not take a key of this association, or does not open its port: data do not pass, and will not. Told
    /// once, for any number of commands. (The soft MAC takes every key.)
    KeyRefused,
    /// The association ended by the access point's doing, or because it is not heard any more.
    Disconnected(ReasonCode),
}

/// Why no association came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectFailure {
    /// The access point did not answer.
    NoAnswer,
    /// It refused authentication.
    AuthenticationRefused(StatusCode),
    /// It refused association.
    AssociationRefused(StatusCode),
}

/// A beacon or probe response, with how it was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The access point.
    pub bssid: MacAddr,
    /// The channel on which it was heard.
    pub channel: Channel,
    /// How strong, in dBm; -30 is next to it, -90 hardly there.
    pub signal: i8,
    /// Whether it was a probe response.
    pub is_probe_response: bool,
    /// The content.
    pub beacon: Beacon,
}

/// What an access point tells its radio.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccessPointCommand {
    /// Begin to send beacons on this channel. A network that does not come about is told by
    /// [`AccessPointEvent::Stopped`].
    Start {
        /// The access point's address.
        bssid: MacAddr,
        /// The channel.
        channel: Channel,
        /// The network's name, which its beacons may hide.
        ssid: Ssid,
        /// What beacons say; the driver keeps the timestamp and the TIM up to date.
        beacon: Box<Beacon>,
    },
    /// From now on beacons say this.
    Update(Box<Beacon>),
    /// Send no more beacons, and forget all stations and keys.
    Stop,
    /// Send a management frame. The driver gives it its sequence number, and protects it if it is robust and the
    /// station's management frames are protected.
    Send(Box<Management>),
    /// The station is associated: pass its EAPOL frames.
    AddStation {
        /// The station.
        station: MacAddr,
        /// Its association identifier, 1 to 2007.
        association_id: u16,
        /// Its rates, in units of 500 kbit/s: those that it named when it asked to associate, or else the basic ones of the
        /// band.
        rates: Vec<u8>,
        /// At most how many beacon intervals it sleeps.
        listen_interval: u16,
        /// Whether management frames between it and the access point are protected once it has its key.
        protects_management: bool,
    },
    /// The station is not associated any more: forget its key.
    RemoveStation(MacAddr),
    /// Send an EAPOL frame (what follows the Ethernet type) to a station.
    SendEapol {
        /// The station.
        station: MacAddr,
        /// The frame.
        frame: Vec<u8>,
        /// Whether to encrypt it with the station's pairwise key.
        protected: bool,
    },
    /// Install a station's pairwise key, with packet numbers from the beginning. This and [`OpenPort`](Self::OpenPort) are
    /// answered only when the radio cannot, by [`AccessPointEvent::KeyRefused`]; the port stays closed then.
    InstallPairwise(MacAddr, TemporalKey),
    /// Install the group's key and send with it from now on.
    InstallGroup(GroupKey),
    /// Install the group's key for management frames and send with it from now on.
    InstallManagementGroup(GroupKey),
    /// From now on the station's data other than EAPOL may pass.
    OpenPort(MacAddr),
}

/// What a radio tells its access point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccessPointEvent {
    /// A management frame came: a probe request, or one to this access point. A protected one comes decrypted.
    Management {
        /// The frame.
        frame: Box<Management>,
        /// How strong, in dBm.
        signal: i8,
    },
    /// An EAPOL frame (what follows the Ethernet type) came from an associated station.
    Eapol {
        /// From whom.
        station: MacAddr,
        /// The frame.
        frame: Vec<u8>,
        /// Whether it came encrypted.
        protected: bool,
    },
    /// The station does not acknowledge anything any more.
    StationLost(MacAddr),
    /// The radio does not take this station's key, or does not open its port: its data do not pass, and will not. (The
    /// soft MAC takes every key.)
    KeyRefused(MacAddr),
    /// The network is off the air, by no command: its interface was switched off, for instance. Stations and keys are
    /// forgotten. [`Start`](AccessPointCommand::Start) may be tried again by and by. (The soft MAC stays on the air.)
    Stopped,
    /// After [`Stopped`](Self::Stopped), a network is on the air again.
    Resumed,
    /// The last packet number that was used with the group's key; told before it matters to a handshake.
    GroupPacketNumber(u64),
}
