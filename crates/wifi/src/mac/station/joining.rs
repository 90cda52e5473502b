//! Authentication and association.

use super::{Joined, State, StationMac, first_elements, put};
use crate::driver::{ConnectFailure, ConnectRequest, StationEvent};
use crate::frame::{
    AssociationRequest, AssociationResponse, AuthAlgorithm, Authentication, Capabilities, Management,
    ManagementBody, StatusCode,
};
use crate::mac::outbox::{Errand, Outgoing};
use alloc::boxed::Box;
use core::time::Duration;
use keyway_eap::Timestamp;

/// How many times each request is made. (Observed: the Linux kernel.)
const TRIES: u8 = 3;

/// How long an answer is waited for. (Observed: the Linux kernel.)
const PATIENCE: Duration = Duration::from_millis(200);

/// How long a request waits at most until its fate is known, when the medium is busy.
const SENDING: Duration = Duration::from_millis(500);

/// At most how many beacon intervals the station sleeps.
const LISTEN_INTERVAL: u16 = 10;

/// An attempt to associate.
#[derive(Debug)]
pub(super) struct Joining {
    pub(super) request: ConnectRequest,
    step: Step,
    /// How many times the request of this step was made.
    tries: u8,
    pub(super) deadline: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Authentication,
    Association,
}

impl Joining {
    pub(super) fn new(request: ConnectRequest, now: Timestamp) -> Joining {
        Joining { request, step: Step::Authentication, tries: 0, deadline: now }
    }

    pub(super) fn is_authenticated(&self) -> bool {
        self.step == Step::Association
    }

    fn body(&self) -> ManagementBody {
        let request = &self.request;
        if self.step == Step::Authentication {
            return ManagementBody::Authentication(Authentication::open_request());
        }
        let mut capabilities = Capabilities::ESS.with(Capabilities::SHORT_SLOT);
        if request.privacy {
            capabilities = capabilities.with(Capabilities::PRIVACY);
        }
        let mut elements = first_elements(request.ssid.as_bytes(), request.channel.band(), |_| {});
        elements.append(&request.elements);
        ManagementBody::AssociationRequest(AssociationRequest {
            capabilities,
            listen_interval: LISTEN_INTERVAL,
            current: None,
            elements,
        })
    }
}

impl StationMac {
    /// Makes the request of the present step, once more if it was made.
    pub(super) fn send_request(&mut self) {
        let State::Joining(joining) = &mut self.state else { return };
        joining.tries += 1;
        joining.deadline = self.now + SENDING;
        let bssid = joining.request.bssid;
        let frame = Management::new(bssid, self.address, bssid, joining.body()).encode();
        self.outbox
            .push(Outgoing { errand: Errand::Request, ..Outgoing::slow(joining.request.channel, frame) });
    }

    /// The request arrived, or it did not: the answer is waited for, or the next try.
    pub(super) fn request_sent(&mut self) {
        if let State::Joining(joining) = &mut self.state {
            joining.deadline = self.now + PATIENCE;
        }
    }

    pub(super) fn go_on_joining(&mut self) {
        match &self.state {
            State::Joining(joining) if joining.deadline <= self.now => {
                if joining.tries < TRIES {
                    self.send_request();
                } else {
                    self.fail(ConnectFailure::NoAnswer);
                }
            }
            _ => {}
        }
    }

    /// Takes an answer of the access point that the station asks.
    pub(super) fn authentication_answered(&mut self, answer: &Authentication) {
        let State::Joining(joining) = &mut self.state else { return };
        if joining.step != Step::Authentication
            || answer.algorithm != AuthAlgorithm::OPEN
            || answer.transaction != 2
        {
            return;
        }
        if answer.status != StatusCode::SUCCESS {
            return self.fail(ConnectFailure::AuthenticationRefused(answer.status));
        }
        (joining.step, joining.tries) = (Step::Association, 0);
        self.send_request();
    }

    /// Takes an answer of the access point that the station asks.
    pub(super) fn association_answered(&mut self, answer: AssociationResponse, signal: i8) {
        let State::Joining(joining) = &self.state else { return };
        if !joining.is_authenticated() {
            return;
        }
        if answer.status != StatusCode::SUCCESS {
            return self.fail(ConnectFailure::AssociationRefused(answer.status));
        }
        self.state = State::Joined(Box::new(Joined::new(&joining.request, signal, self.now)));
        put(&mut self.events, StationEvent::Connected(answer.elements));
    }
}
