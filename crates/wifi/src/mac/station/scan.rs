//! Looking for networks, channel after channel.

use super::{State, StationMac, first_elements, put};
use crate::channel::{Band, Channel};
use crate::driver::{ScanRequest, StationEvent};
use crate::element::DsParameter;
use crate::frame::{Management, ManagementBody};
use crate::mac::outbox::Outgoing;
use keyway_eap::Timestamp;
use keyway_wsc::{MacAddr, Ssid};

/// A scan that is under way.
#[derive(Debug)]
pub(super) struct Scan {
    request: ScanRequest,
    phase: Phase,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    /// The access point is being told that the station will not listen to it for a while.
    Leaving,
    /// Listening on the channel at this place of the list, until then.
    On(usize, Timestamp),
}

impl Scan {
    /// The channel that it listens to.
    pub(super) fn channel(&self) -> Option<Channel> {
        match self.phase {
            Phase::Leaving => None,
            Phase::On(at, _) => self.request.channels.get(at).copied(),
        }
    }

    pub(super) fn poll_timeout(&self) -> Option<Timestamp> {
        match self.phase {
            Phase::Leaving => None,
            Phase::On(_, until) => Some(until),
        }
    }
}

impl StationMac {
    /// Begins a scan, in place of one that is under way.
    pub(super) fn begin_scan(&mut self, request: ScanRequest) {
        match (&self.state, &self.scan) {
            (State::Leaving(_) | State::Joining(_), _) => {
                put(&mut self.events, StationEvent::ScanDone(false))
            }
            (State::Joined(_), None) => {
                self.scan = Some(Scan { request, phase: Phase::Leaving });
                if !self.send_null(true) {
                    self.listen(0);
                }
            }
            (State::Joined(_), Some(Scan { phase: Phase::Leaving, .. })) => {
                self.scan = Some(Scan { request, phase: Phase::Leaving });
            }
            (State::Idle, _) | (State::Joined(_), Some(_)) => {
                self.scan = Some(Scan { request, phase: Phase::Leaving });
                self.listen(0);
            }
        }
    }

    /// The access point knows, or cannot be told, that the station will not listen to it.
    pub(super) fn left_for_scan(&mut self) {
        if let Some(Scan { phase: Phase::Leaving, .. }) = self.scan {
            self.listen(0);
        }
    }

    /// Goes to the next channel when it is time.
    pub(super) fn go_on_scanning(&mut self) {
        if let Some(Scan { phase: Phase::On(at, until), .. }) = self.scan
            && until <= self.now
        {
            self.listen(at + 1);
        }
    }

    /// Ends the scan that is under way, if one is; `complete` says whether it went as it should.
    pub(super) fn end_scan(&mut self, complete: bool) {
        if self.scan.take().is_none() {
            return;
        }
        put(&mut self.events, StationEvent::ScanDone(complete));
        self.send_null(false);
        let now = self.now;
        self.with_joined(|joined| joined.heard = now);
    }

    /// Whether frames are heard for the sake of a scan.
    pub(super) fn is_scanning(&self) -> bool {
        self.scan.as_ref().is_some_and(|scan| scan.channel().is_some())
    }

    /// Listens on the channel at this place of the list, after asking there; ends the scan behind the last one.
    fn listen(&mut self, at: usize) {
        let Some(scan) = &mut self.scan else { return };
        let Some(&channel) = scan.request.channels.get(at) else { return self.end_scan(true) };
        scan.phase = Phase::On(at, self.now + scan.request.dwell);
        let name = scan.request.ssid.as_ref().map_or(&[][..], Ssid::as_bytes);
        let mut elements = first_elements(name, channel.band(), |elements| {
            if channel.band() == Band::Ghz2 {
                elements.push(&DsParameter(channel.number()));
            }
        });
        elements.append(&scan.request.elements);
        let body = ManagementBody::ProbeRequest(elements);
        let frame = Management::new(MacAddr::BROADCAST, self.address, MacAddr::BROADCAST, body);
        self.outbox.push(Outgoing::slow(channel, frame.encode()));
    }
}
