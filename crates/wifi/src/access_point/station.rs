//! A station as the access point knows it.

use crate::rsn::Authenticator;
use alloc::boxed::Box;
use core::time::Duration;
use keyway_eap::Timestamp;

/// From one SA Query to the next: dot11AssociationSAQueryRetryTimeout, 201 units of 1024 µs.
const QUERY_INTERVAL: Duration = Duration::from_micros(201 * 1024);

/// How long a station may take to say that it still has its keys: dot11AssociationSAQueryMaximumTimeout, 1000 units.
const QUERY_PATIENCE: Duration = Duration::from_micros(1000 * 1024);

/// A station.
#[derive(Debug)]
pub(super) struct Station {
    /// There once it is associated.
    pub(super) association_id: Option<u16>,
    /// Signal in dBm, when it authenticated.
    pub(super) signal: i8,
    pub(super) state: StationState,
    /// It is, or was, asked whether it still has its keys.
    pub(super) query: Option<Query>,
}

#[derive(Debug)]
pub(super) enum StationState {
    /// Authenticated (open): it may associate until then.
    Authenticated { until: Timestamp },
    /// Associated to register. It is sent away then.
    Registering { until: Timestamp },
    /// Associated for good: the handshake, and the time after it.
    Joining { authenticator: Box<Authenticator>, protects_management: bool },
    /// On a network without encryption.
    Open,
}

/// Whether a station still has its keys: SA Query, IEEE 802.11-2020, section 11.13.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Query {
    /// The transaction identifier of the first question; each further one has the next.
    first: u16,
    /// How many questions were sent.
    asked: u16,
    /// When the next one is due.
    next: Timestamp,
    /// Who has not answered by then has lost its keys.
    until: Timestamp,
}

impl Query {
    /// The first question is to be sent now.
    pub(super) fn new(first: u16, now: Timestamp) -> Query {
        Query { first, asked: 0, next: now, until: now.saturating_add(QUERY_PATIENCE) }
    }

    /// The transaction identifier of the question that is due, if one is.
    pub(super) fn ask(&mut self, now: Timestamp) -> Option<[u8; 2]> {
        if now < self.next || self.is_over(now) {
            return None;
        }
        let transaction = self.first.wrapping_add(self.asked);
        self.asked += 1;
        self.next = now.saturating_add(QUERY_INTERVAL);
        Some(transaction.to_be_bytes())
    }

    /// Whether this is the answer to one of the questions.
    pub(super) fn is_answered_by(&self, transaction: [u8; 2]) -> bool {
        u16::from_be_bytes(transaction).wrapping_sub(self.first) < self.asked
    }

    /// Whether the time to answer is over.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        self.until <= now
    }

    /// How long the station still has.
    pub(super) fn remaining(&self, now: Timestamp) -> Duration {
        self.until.saturating_since(now)
    }

    fn poll_timeout(&self) -> Option<Timestamp> {
        (self.next < self.until).then_some(self.next)
    }
}

impl Station {
    pub(super) const fn authenticated(signal: i8, until: Timestamp) -> Station {
        let state = StationState::Authenticated { until };
        Station { association_id: None, signal, state, query: None }
    }

    pub(super) const fn is_waiting_to_associate(&self) -> bool {
        matches!(self.state, StationState::Authenticated { .. })
    }

    /// Whether its data may pass.
    pub(super) fn is_on(&self) -> bool {
        match &self.state {
            StationState::Joining { authenticator, .. } => authenticator.is_open(),
            StationState::Open => true,
            StationState::Authenticated { .. } | StationState::Registering { .. } => false,
        }
    }

    /// Whether management frames between it and the access point are protected.
    pub(super) fn is_protected(&self) -> bool {
        self.is_on() && matches!(self.state, StationState::Joining { protects_management: true, .. })
    }

    pub(super) fn poll_timeout(&self) -> Option<Timestamp> {
        let state = match &self.state {
            StationState::Authenticated { until } | StationState::Registering { until } => Some(*until),
            StationState::Joining { authenticator, .. } => authenticator.poll_timeout(),
            StationState::Open => None,
        };
        let query = self.query.as_ref().and_then(Query::poll_timeout);
        state.into_iter().chain(query).min()
    }
}
