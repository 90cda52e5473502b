//! Whether a station whose management frames are protected still has its keys: SA Query, IEEE 802.11-2020, section 11.13.
//!
//! Anybody can send an association request in a station's name, because that frame is never protected. So the station is
//! asked, protected, whether it is still there; meanwhile the request is refused for a moment. A station that does not
//! answer has lost its keys, and its next request counts.

use super::AccessPoint;
use super::station::{Query, Station};
use crate::element::{ElementId, Elements};
use crate::frame::{Action, ManagementBody, SaQuery};
use core::time::Duration;
use keyway_eap::Timestamp;
use keyway_wsc::MacAddr;

/// The kind of timeout after which a refused station may come back: IEEE 802.11-2020, section 9.4.2.48.
const COMEBACK: u8 = 3;

impl AccessPoint {
    /// Whether the station is on the network and its management frames are protected.
    pub(super) fn is_protected(&self, mac: MacAddr) -> bool {
        self.stations.get(mac).is_some_and(Station::is_protected)
    }

    /// Asks the station, unless it was asked and has not answered in time; gives how long it has to answer. `None` when
    /// it has lost its keys.
    pub(super) fn doubt(&mut self, mac: MacAddr, now: Timestamp) -> Option<Duration> {
        let query = self.stations.get(mac)?.query;
        if query.is_some_and(|query| query.is_over(now)) {
            return None;
        }
        if query.is_none() {
            // Answers are protected: what the identifiers are is no secret.
            let first = self.queries;
            self.queries = self.queries.wrapping_add(16);
            self.stations.change(mac, |station| station.query = Some(Query::new(first, now)));
            self.ask(mac, now);
        }
        self.stations.get(mac)?.query.map(|query| query.remaining(now))
    }

    /// Sends the question that is due, if one is.
    pub(super) fn ask(&mut self, mac: MacAddr, now: Timestamp) {
        let due = self.stations.change(mac, |station| station.query.as_mut()?.ask(now)).flatten();
        if let Some(transaction) = due {
            let query = SaQuery { is_response: false, transaction };
            self.send(mac, ManagementBody::Action(query.to_action()));
        }
    }

    /// An action frame: the answer to a question, or a question.
    pub(super) fn action(&mut self, mac: MacAddr, action: &Action) {
        let Some(query) = SaQuery::from_action(action) else { return };
        if !self.is_protected(mac) {
            return;
        }
        if query.is_response {
            let answered = |asked: &Query| asked.is_answered_by(query.transaction);
            self.stations.change(mac, |station| {
                if station.query.as_ref().is_some_and(answered) {
                    station.query = None;
                }
            });
        } else {
            let answer = SaQuery { is_response: true, ..query };
            self.send(mac, ManagementBody::Action(answer.to_action()));
        }
    }
}

/// When a station that is refused for a moment may come back; in units of 1024 µs.
pub(super) fn comeback(elements: &mut Elements, wait: Duration) {
    let units = u32::try_from(wait.as_micros().div_ceil(1024)).unwrap_or(u32::MAX);
    let [a, b, c, d] = units.to_le_bytes();
    elements.push_raw(ElementId::TIMEOUT_INTERVAL, &[COMEBACK, a, b, c, d]);
}
