//! An access point's soft MAC.

mod bss;
mod receive;
mod stations;

use super::duplicates::Duplicates;
use super::ethernet::Ethernet;
use super::group::GroupSending;
use super::outbox::{Fate, Outbox, Outgoing};
use super::{Reception, Ticket, Transmission, Tune, is_group, put};
use crate::driver::{AccessPointCommand, AccessPointEvent};
use crate::frame::{Data, Frame, Management, ManagementBody, Snap};
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use bss::Bss;
use keyway_eap::{Timestamp, eapol};
use keyway_wsc::MacAddr;

/// An access point's soft MAC: it sends beacons, encrypts, and carries data between stations and the local IP stack.
///
/// - Frames for a station that says it sleeps are kept, and given out when it says that it is awake; frames to groups
///   wait for a beacon that announces them (every second one) while any station sleeps. Stations that ask frame by
///   frame (PS-Poll) are not served.
/// - A station that does not acknowledge is asked every second, a silent one after a minute; five failures make
///   [`AccessPointEvent::StationLost`], once.
/// - Data from a station that is not associated are answered with a deauthentication.
/// - Management frames to this access point become [`AccessPointEvent::Management`], SA Queries included: the owner asks
///   and answers them.
#[derive(Debug)]
pub struct AccessPointMac {
    bss: Option<Bss>,
    isolated: bool,
    outbox: Outbox,
    duplicates: Duplicates,
    /// Commands that wait for the last frames on another channel.
    later: VecDeque<AccessPointCommand>,
    events: VecDeque<AccessPointEvent>,
    ethernet: VecDeque<Vec<u8>>,
    /// What the owner was told to listen to.
    tuned: Tune,
    /// The newest moment that the owner named.
    now: Timestamp,
}

impl AccessPointMac {
    /// A radio that is off. Its address comes with [`AccessPointCommand::Start`].
    pub fn new() -> AccessPointMac {
        AccessPointMac {
            bss: None,
            isolated: false,
            outbox: Outbox::default(),
            duplicates: Duplicates::default(),
            later: VecDeque::new(),
            events: VecDeque::new(),
            ethernet: VecDeque::new(),
            tuned: Tune::Off,
            now: Timestamp::ZERO,
        }
    }

    /// Whether stations are kept from each other, as in a guest network. They are not in the beginning.
    pub fn set_isolated(&mut self, isolated: bool) {
        self.isolated = isolated;
    }

    /// Carries out a command. Before [`AccessPointCommand::Start`] others do nothing.
    ///
    /// A start on another channel, and what comes after it, waits until the farewells on this one are out.
    pub fn handle_command(&mut self, command: AccessPointCommand, now: Timestamp) {
        self.now = now;
        self.later.push_back(command);
        self.catch_up();
    }

    /// Carries out the commands that wait, as far as they need not wait any longer.
    fn catch_up(&mut self) {
        while let Some(command) = self.later.pop_front() {
            if let AccessPointCommand::Start { channel, .. } = &command
                && self.bss.is_none()
                && !self.outbox.leave_for(*channel)
            {
                return self.later.push_front(command);
            }
            self.carry_out(command);
        }
    }

    fn carry_out(&mut self, command: AccessPointCommand) {
        let now = self.now;
        if let AccessPointCommand::Start { bssid, channel, beacon, .. } = command {
            self.outbox.leave_for(channel);
            self.bss = Some(Bss::new(bssid, channel, *beacon, now));
            return self.go_on();
        }
        let Some(bss) = &mut self.bss else { return };
        match command {
            AccessPointCommand::Start { .. } => {}
            AccessPointCommand::Update(beacon) => bss.beacon = *beacon,
            AccessPointCommand::Stop => self.bss = None,
            AccessPointCommand::Send(frame) => self.send(*frame),
            AccessPointCommand::AddStation { station, association_id, protects_management, .. } => {
                bss.add(station, association_id, protects_management, now);
            }
            AccessPointCommand::RemoveStation(station) => {
                bss.stations.remove(&station);
            }
            AccessPointCommand::SendEapol { station, frame, protected } => {
                self.send_eapol(station, &frame, protected);
            }
            AccessPointCommand::InstallPairwise(station, key) => {
                bss.with(station, |station| station.link.install(key));
            }
            AccessPointCommand::InstallGroup(key) => {
                bss.group.install(&key);
                self.tell_packet_number();
            }
            AccessPointCommand::InstallManagementGroup(key) => bss.group.install_management(&key),
            AccessPointCommand::OpenPort(station) => bss.with(station, |station| station.link.open_port()),
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
        self.catch_up();
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.now = now;
        let fate = self.outbox.handle_timeout(self.listens_to().channel(), now);
        self.take_fate(fate);
        self.catch_up();
        self.go_on();
    }

    /// Takes an Ethernet II frame from the local IP stack or the wire, from its destination address to the end of its
    /// packet. It goes to a station or to all; it is dropped when it is for neither, or when too many wait.
    pub fn send_ethernet(&mut self, frame: &[u8], now: Timestamp) {
        self.now = now;
        if let Some(ethernet) = Ethernet::parse(frame)
            && ethernet.ether_type != eapol::ETHER_TYPE
        {
            self.send_data(&ethernet);
        }
    }

    /// The next frame to be sent.
    pub fn poll_transmit(&mut self) -> Option<Transmission> {
        let channel = self.listens_to().channel()?;
        self.outbox.poll(channel, self.now)
    }

    /// What the radio is to listen to from now on, when that has changed. Polled after
    /// [`poll_transmit`](Self::poll_transmit), because the radio goes off behind the last frame.
    pub fn poll_tune(&mut self) -> Option<Tune> {
        let tune = self.listens_to();
        (core::mem::replace(&mut self.tuned, tune) != tune).then_some(tune)
    }

    /// The next event.
    pub fn poll_event(&mut self) -> Option<AccessPointEvent> {
        self.events.pop_front()
    }

    /// The next Ethernet II frame for the local IP stack or the wire: from a station to a group, or to an address that is
    /// not a station's.
    pub fn poll_ethernet(&mut self) -> Option<Vec<u8>> {
        self.ethernet.pop_front()
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called, at the latest.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let bss = self.bss.as_ref().map(Bss::poll_timeout);
        // Behind a frame to all nobody says that it is out.
        let late = (!self.later.is_empty() && self.outbox.channel().is_none()).then_some(self.now);
        [bss, late, self.outbox.poll_timeout()].into_iter().flatten().min()
    }

    fn listens_to(&self) -> Tune {
        let channel = self.bss.as_ref().map(|bss| bss.channel).or_else(|| self.outbox.channel());
        channel.map_or(Tune::Off, Tune::To)
    }

    /// Does what is due: a beacon, a look after the stations.
    fn go_on(&mut self) {
        let Some(bss) = &mut self.bss else { return };
        if let Some((beacon, behind)) = bss.next_beacon(self.now) {
            self.outbox.push_first(beacon);
            for outgoing in behind {
                self.outbox.push(outgoing);
            }
        }
        let (lost, asked) = bss.look_after_stations(self.now);
        for station in lost {
            put(&mut self.events, AccessPointEvent::StationLost(station));
        }
        for outgoing in asked {
            self.outbox.push(outgoing);
        }
    }

    fn take_fate(&mut self, fate: Option<Fate>) {
        if let (Some(fate), Some(bss)) = (fate, &mut self.bss) {
            bss.take_fate(fate, self.now);
        }
    }

    /// Sends a management frame, protected if it is to be.
    fn send(&mut self, mut frame: Management) {
        let Some(bss) = &mut self.bss else { return };
        if let ManagementBody::ProbeResponse(beacon) = &mut frame.body {
            beacon.timestamp = bss.clock(self.now);
        }
        let encoded = match bss.stations.get_mut(&frame.destination) {
            Some(station) => station.link.send_management(&frame),
            None if is_group(frame.destination) => bss.group.send_management(&frame),
            None => Some(frame.encode()),
        };
        let Some(encoded) = encoded else { return };
        let outgoing = Outgoing::slow(bss.channel, encoded);
        let for_later =
            if frame.is_robust() { bss.keep(frame.destination, outgoing) } else { Some(outgoing) };
        if let Some(outgoing) = for_later {
            self.outbox.push(outgoing);
        }
    }

    fn send_eapol(&mut self, receiver: MacAddr, frame: &[u8], protected: bool) {
        let Some(bss) = &mut self.bss else { return };
        let payload = Snap::eapol(frame).encode();
        let data = Data::from_access_point(bss.bssid, receiver, bss.bssid, payload);
        let Some(station) = bss.stations.get_mut(&receiver) else { return };
        let Some(frame) = station.link.send_eapol(&data, protected) else { return };
        if let Some(outgoing) = bss.keep(receiver, Outgoing::slow(bss.channel, frame)) {
            self.outbox.push(outgoing);
        }
    }

    /// Sends data to a station, or to all.
    fn send_data(&mut self, ethernet: &Ethernet<'_>) {
        let Some(bss) = &mut self.bss else { return };
        if !self.outbox.has_room_for_data() {
            return;
        }
        let payload = Snap { ether_type: ethernet.ether_type, packet: ethernet.packet }.encode();
        let data = Data::from_access_point(bss.bssid, ethernet.destination, ethernet.source, payload);
        let outgoing = if is_group(ethernet.destination) {
            bss.group_data(&data)
        } else {
            bss.station_data(ethernet.destination, &data)
        };
        if let Some(outgoing) = outgoing {
            self.outbox.push(outgoing);
        }
        if is_group(ethernet.destination) {
            self.tell_packet_number();
        }
    }

    /// Tells the packet number that the group has come to. Only the newest matters.
    fn tell_packet_number(&mut self) {
        let Some(number) = self.bss.as_ref().and_then(|bss| bss.group.packet_number()) else { return };
        if let Some(AccessPointEvent::GroupPacketNumber(told)) = self.events.back_mut() {
            *told = number;
        } else {
            put(&mut self.events, AccessPointEvent::GroupPacketNumber(number));
        }
    }
}

impl Default for AccessPointMac {
    fn default() -> AccessPointMac {
        AccessPointMac::new()
    }
}
