//! What a station has while it is associated.

use super::{SILENCE, State, StationMac};
use crate::channel::Channel;
use crate::driver::ConnectRequest;
use crate::frame::{Management, ManagementBody, ReasonCode, SaQuery};
use crate::mac::group::GroupReception;
use crate::mac::link::{Link, Rules};
use crate::mac::outbox::Outgoing;
use core::time::Duration;
use keyway_eap::Timestamp;
use keyway_wsc::MacAddr;

/// From one SA Query to the next: dot11AssociationSAQueryRetryTimeout, 201 units of 1024 µs.
const QUERY_INTERVAL: Duration = Duration::from_millis(206);

/// How many are sent before the association counts as lost: dot11AssociationSAQueryMaximumTimeout is 1000 units.
const QUERIES: u16 = 5;

/// An association.
#[derive(Debug)]
pub(super) struct Joined {
    pub(super) bssid: MacAddr,
    pub(super) channel: Channel,
    pub(super) link: Link,
    pub(super) groups: GroupReception,
    /// When the access point was heard last.
    pub(super) heard: Timestamp,
    /// How strong, in dBm.
    pub(super) signal: i8,
    query: Option<Query>,
    /// How many SA Queries were sent, for their transaction identifiers.
    queries: u16,
}

/// Asks whether the association still holds.
#[derive(Debug)]
struct Query {
    /// What made the station ask.
    reason: ReasonCode,
    /// The transaction identifiers begin behind this one.
    before: u16,
    next: Timestamp,
}

impl Joined {
    pub(super) fn new(request: &ConnectRequest, signal: i8, now: Timestamp) -> Joined {
        let rules = Rules { privacy: request.privacy, protects_management: request.protects_management };
        Joined {
            bssid: request.bssid,
            channel: request.channel,
            link: Link::new(rules),
            groups: GroupReception::default(),
            heard: now,
            signal,
            query: None,
            queries: 0,
        }
    }

    pub(super) fn poll_timeout(&self) -> Option<Timestamp> {
        let query = self.query.as_ref().map(|query| query.next);
        Some(query.map_or(self.heard + SILENCE, |next| next.min(self.heard + SILENCE)))
    }

    /// Whether an answer is one to the queries of this time.
    fn answers(&self, answer: SaQuery) -> bool {
        let number = u16::from_be_bytes(answer.transaction);
        self.query.as_ref().is_some_and(|query| {
            let sent = self.queries.wrapping_sub(query.before);
            (1..=sent).contains(&number.wrapping_sub(query.before))
        })
    }
}

impl StationMac {
    /// An access point that is associated sent the station away without protection: it asks whether that is true.
    pub(super) fn doubt(&mut self, reason: ReasonCode) {
        let now = self.now;
        self.with_joined(|joined| {
            let before = joined.queries;
            joined.query.get_or_insert(Query { reason, before, next: now });
        });
        self.look_after_association();
    }

    /// Answers an SA Query, or takes the answer to one. Only one that was protected is brought here.
    pub(super) fn receive_query(&mut self, query: SaQuery) {
        let State::Joined(joined) = &mut self.state else { return };
        if !query.is_response {
            self.send_query(SaQuery { is_response: true, ..query });
        } else if joined.answers(query) {
            joined.query = None;
        }
    }

    /// Asks once more, or gives the association up, when it is time.
    pub(super) fn look_after_association(&mut self) {
        let State::Joined(joined) = &mut self.state else { return };
        if let Some(query) = &mut joined.query
            && query.next <= self.now
        {
            if joined.queries.wrapping_sub(query.before) >= QUERIES {
                let reason = query.reason;
                return self.lose(reason);
            }
            query.next = self.now + QUERY_INTERVAL;
            joined.queries = joined.queries.wrapping_add(1);
            let transaction = joined.queries.to_be_bytes();
            self.send_query(SaQuery { is_response: false, transaction });
        }
        let is_away = self.scan.is_some();
        let State::Joined(joined) = &mut self.state else { return };
        if is_away {
            joined.heard = self.now;
        } else if joined.heard + SILENCE <= self.now {
            self.lose(ReasonCode::INACTIVITY);
        }
    }

    fn send_query(&mut self, query: SaQuery) {
        let State::Joined(joined) = &mut self.state else { return };
        let body = ManagementBody::Action(query.to_action());
        let frame = Management::new(joined.bssid, self.address, joined.bssid, body);
        if let Some(frame) = joined.link.send_management(&frame) {
            self.outbox.push(Outgoing::slow(joined.channel, frame));
        }
    }
}
