//! A station as the access point knows it.

use crate::rsn::Authenticator;
use alloc::boxed::Box;
use keyway_eap::Timestamp;

/// A station.
#[derive(Debug)]
pub(super) struct Station {
    /// There once it is associated.
    pub(super) association_id: Option<u16>,
    /// Signal in dBm, when it associated.
    pub(super) signal: i8,
    pub(super) state: StationState,
    /// It was asked whether it still has its keys: the question's number, and until when it may answer.
    pub(super) query: Option<([u8; 2], Timestamp)>,
}

#[derive(Debug)]
pub(super) enum StationState {
    /// Authenticated (open): it may associate until then.
    Authenticated { until: Timestamp },
    /// Associated to register. It is sent away then.
    Registering { until: Timestamp },
    /// Associated for good: the handshake, and the time after it.
    Joining(Box<Authenticator>),
}

impl Station {
    pub(super) fn is_open(&self) -> bool {
        matches!(&self.state, StationState::Joining(authenticator) if authenticator.is_open())
    }

    pub(super) fn poll_timeout(&self) -> Option<Timestamp> {
        match &self.state {
            StationState::Authenticated { until } | StationState::Registering { until } => Some(*until),
            StationState::Joining(authenticator) => authenticator.poll_timeout(),
        }
    }
}
