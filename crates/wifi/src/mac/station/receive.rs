//! What a station does with frames.

use super::{State, StationMac, put};
use crate::driver::{Sighting, StationEvent};
use crate::frame::{Beacon, Data, Flags, Management, ManagementBody, ReasonCode, SaQuery};
use crate::mac::ethernet::Ethernet;
use crate::mac::link::Packet;
use crate::mac::{Reception, is_group};
use alloc::boxed::Box;
use keyway_wsc::MacAddr;

impl StationMac {
    pub(super) fn receive_management(&mut self, frame: Management, reception: &Reception<'_>) {
        let is_mine = frame.destination == self.address;
        if frame.source == self.address
            || is_group(frame.source)
            || !is_mine && !is_group(frame.destination)
            || is_mine && self.duplicates.has_management(&frame)
        {
            return;
        }
        match (frame.body, &self.state) {
            (ManagementBody::Beacon(beacon), _) => self.sight(frame.bssid, beacon, false, reception),
            (ManagementBody::ProbeResponse(beacon), _) if is_mine => {
                self.sight(frame.bssid, beacon, true, reception);
            }
            (ManagementBody::Authentication(answer), State::Joining(joining))
                if is_mine && frame.source == joining.request.bssid =>
            {
                self.authentication_answered(&answer);
            }
            (
                ManagementBody::AssociationResponse(answer) | ManagementBody::ReassociationResponse(answer),
                State::Joining(joining),
            ) if is_mine && frame.source == joining.request.bssid => {
                self.association_answered(answer, reception.signal);
            }
            (body, State::Joined(joined)) if frame.source == joined.bssid => {
                self.receive_from_access_point(Management { body, ..frame }, is_mine, reception);
            }
            _ => {}
        }
    }

    /// A frame of the access point that the station is associated with, to this station or to a group.
    fn receive_from_access_point(&mut self, frame: Management, is_mine: bool, reception: &Reception<'_>) {
        let State::Joined(joined) = &mut self.state else { return };
        let protects = joined.link.protects_management();
        let frame = if is_mine {
            let unprotected_reason = match &frame.body {
                ManagementBody::Deauthentication(farewell) | ManagementBody::Disassociation(farewell) => {
                    Some(farewell.reason)
                }
                _ => None,
            };
            match (joined.link.receive_management(frame, reception.frame), unprotected_reason) {
                (Some(frame), _) => frame,
                (
                    None,
                    Some(
                        reason @ (ReasonCode::CLASS2_FROM_UNAUTHENTICATED
                        | ReasonCode::CLASS3_FROM_UNASSOCIATED),
                    ),
                ) => return self.doubt(reason),
                (None, _) => return,
            }
        } else if protects && frame.is_robust() && !joined.groups.verify(reception.frame) {
            return;
        } else {
            frame
        };
        (joined.heard, joined.signal) = (self.now, reception.signal);
        match frame.body {
            ManagementBody::Deauthentication(farewell) | ManagementBody::Disassociation(farewell) => {
                self.lose(farewell.reason);
            }
            ManagementBody::Action(action) if protects && is_mine => {
                if let Some(query) = SaQuery::from_action(&action) {
                    self.receive_query(query);
                }
            }
            _ => {}
        }
    }

    /// A beacon or a probe response.
    fn sight(&mut self, bssid: MacAddr, beacon: Beacon, is_probe_response: bool, reception: &Reception<'_>) {
        if let State::Joined(joined) = &mut self.state
            && joined.bssid == bssid
        {
            (joined.heard, joined.signal) = (self.now, reception.signal);
        }
        if self.is_scanning() {
            let Reception { channel, signal, .. } = *reception;
            let sighting = Sighting { bssid, channel, signal, is_probe_response, beacon };
            put(&mut self.events, StationEvent::Found(Box::new(sighting)));
        }
    }

    pub(super) fn receive_data(&mut self, data: &Data, reception: &Reception<'_>) {
        let State::Joined(joined) = &mut self.state else { return };
        let down = data.flags.contains(Flags::FROM_DS) && !data.flags.contains(Flags::TO_DS);
        if !down || data.address2 != joined.bssid || data.address3 == self.address {
            return;
        }
        let is_mine = data.address1 == self.address;
        let packet = if is_mine {
            if self.duplicates.has_data(data) {
                return;
            }
            joined.link.receive_data(data, reception.frame)
        } else if !is_group(data.address1) || !joined.link.is_open() {
            None
        } else if joined.link.rules().privacy {
            joined.groups.receive(data, reception.frame)
        } else {
            Packet::read_open(data)
        };
        let Some(packet) = packet else { return };
        (joined.heard, joined.signal) = (self.now, reception.signal);
        if packet.is_eapol() {
            let Packet { source, octets: frame, protected, .. } = packet;
            put(&mut self.events, StationEvent::Eapol { source, frame, protected });
        } else {
            let Packet { destination, source, ether_type, ref octets, .. } = packet;
            put(&mut self.ethernet, Ethernet { destination, source, ether_type, packet: octets }.encode());
        }
    }
}
