//! What an access point does with frames.

use super::{AccessPointMac, put};
use crate::driver::AccessPointEvent;
use crate::frame::{Data, Flags, Management, ManagementBody, ReasonCode};
use crate::mac::ethernet::Ethernet;
use crate::mac::link::Packet;
use crate::mac::{Reception, is_group};
use alloc::boxed::Box;
use keyway_eap::eapol;
use keyway_wsc::MacAddr;

impl AccessPointMac {
    pub(super) fn receive_management(&mut self, frame: Management, reception: &Reception<'_>) {
        let Some(bss) = &mut self.bss else { return };
        let (bssid, source) = (bss.bssid, frame.source);
        let of_this = frame.bssid == bssid || is_group(frame.bssid);
        let is_mine = of_this && frame.destination == bssid;
        let asks_all =
            of_this && is_group(frame.destination) && matches!(frame.body, ManagementBody::ProbeRequest(_));
        if source == bssid
            || is_group(source)
            || !asks_all && (!is_mine || self.duplicates.has_management(&frame))
        {
            return;
        }
        let signal = reception.signal;
        let Some(station) = bss.stations.get_mut(&source) else {
            if !matches!(frame.body, ManagementBody::Sealed(..)) {
                put(&mut self.events, AccessPointEvent::Management { frame: Box::new(frame), signal });
            }
            return;
        };
        let Some(frame) = station.link.receive_management(frame, reception.frame) else { return };
        station.hear(signal, self.now);
        put(&mut self.events, AccessPointEvent::Management { frame: Box::new(frame), signal });
    }

    pub(super) fn receive_data(&mut self, data: &Data, reception: &Reception<'_>) {
        let Some(bss) = &mut self.bss else { return };
        let up = data.flags.contains(Flags::TO_DS) && !data.flags.contains(Flags::FROM_DS);
        let source = data.address2;
        if !up || data.address1 != bss.bssid || source == bss.bssid || is_group(source) {
            return;
        }
        if self.duplicates.has_data(data) {
            return;
        }
        let Some(station) = bss.stations.get_mut(&source) else { return self.turn_away(source) };
        station.hear(reception.signal, self.now);
        if station.is_asleep != data.flags.contains(Flags::POWER_MANAGEMENT) {
            let fetched = station.set_asleep(!station.is_asleep);
            for outgoing in fetched {
                self.outbox.push(outgoing);
            }
        }
        let Some(packet) = station.link.receive_data(data, reception.frame) else { return };
        if packet.is_eapol() {
            self.receive_eapol(packet);
        } else {
            self.pass_on(&packet);
        }
    }

    /// EAPOL is for the access point itself, by its address or by that of all authenticators.
    fn receive_eapol(&mut self, packet: Packet) {
        let Some(bss) = &self.bss else { return };
        if [bss.bssid, eapol::GROUP_ADDRESS].contains(&packet.destination) {
            let Packet { source: station, octets: frame, protected, .. } = packet;
            put(&mut self.events, AccessPointEvent::Eapol { station, frame, protected });
        }
    }

    /// Data of a station go to another, to the local IP stack, or to both.
    fn pass_on(&mut self, packet: &Packet) {
        let Some(bss) = &self.bss else { return };
        let &Packet { destination, source, ether_type, ref octets, .. } = packet;
        let ethernet = Ethernet { destination, source, ether_type, packet: octets };
        let for_station = bss.stations.contains_key(&destination);
        if !for_station {
            put(&mut self.ethernet, ethernet.encode());
        }
        if (for_station || is_group(destination)) && !self.isolated {
            self.send_data(&ethernet);
        }
    }

    /// Tells a station that it is not associated. IEEE 802.11-2020, section 11.3.3.
    fn turn_away(&mut self, station: MacAddr) {
        if !self.outbox.has_room_for_data() {
            return;
        }
        let Some(bssid) = self.bss.as_ref().map(|bss| bss.bssid) else { return };
        let body = ManagementBody::Deauthentication(ReasonCode::CLASS3_FROM_UNASSOCIATED.into());
        self.send(Management::new(station, bssid, bssid, body));
    }
}
