//! Doubt whether an access point has really sent this station away.
//!
//! Where management frames are protected, a farewell without protection is either forged or comes from an access point
//! that has lost its keys, as after a restart. The station asks with SA Queries, which are protected: who still has the
//! keys answers (IEEE 802.11-2020, section 11.13).

use keyway_eap::Timestamp;
use keyway_wifi::frame::SaQuery;
use std::time::Duration;

/// From one SA Query to the next: dot11AssociationSAQueryRetryTimeout, 201 units of 1024 µs.
const INTERVAL: Duration = Duration::from_millis(206);

/// How many are sent before the association counts as lost: dot11AssociationSAQueryMaximumTimeout is 1000 units.
const QUERIES: u16 = 5;

/// What a station asks while it is in doubt.
#[derive(Debug, Default)]
pub(super) struct Doubt {
    asking: Option<Asking>,
    /// How many were asked in all, for their transaction identifiers.
    asked: u16,
}

#[derive(Debug)]
struct Asking {
    /// The transaction identifiers of this time begin behind this one.
    before: u16,
    next: Timestamp,
}

/// What is due.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// To send this.
    Ask(SaQuery),
    /// Nobody answers: the association is lost.
    Lost,
}

impl Doubt {
    /// A farewell came that was not protected.
    pub(super) fn arise(&mut self, now: Timestamp) {
        self.asking.get_or_insert(Asking { before: self.asked, next: now });
    }

    /// A protected SA Query came. An answer to a question of this time ends the doubt.
    pub(super) fn hear(&mut self, query: SaQuery) {
        let Some(asking) = &self.asking else { return };
        let sent = self.asked.wrapping_sub(asking.before);
        let number = u16::from_be_bytes(query.transaction).wrapping_sub(asking.before);
        if query.is_response && (1..=sent).contains(&number) {
            self.asking = None;
        }
    }

    /// What is due at `now`.
    pub(super) fn handle_timeout(&mut self, now: Timestamp) -> Option<Due> {
        let asking = self.asking.as_mut().filter(|asking| asking.next <= now)?;
        if self.asked.wrapping_sub(asking.before) >= QUERIES {
            self.asking = None;
            return Some(Due::Lost);
        }
        asking.next = now + INTERVAL;
        self.asked = self.asked.wrapping_add(1);
        Some(Due::Ask(SaQuery { is_response: false, transaction: self.asked.to_be_bytes() }))
    }

    pub(super) fn poll_timeout(&self) -> Option<Timestamp> {
        self.asking.as_ref().map(|asking| asking.next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_epoch(Duration::from_secs(7));

    fn asked(doubt: &mut Doubt, now: Timestamp) -> SaQuery {
        match doubt.handle_timeout(now) {
            Some(Due::Ask(query)) => query,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn who_does_not_answer_five_times_is_gone() {
        let mut doubt = Doubt::default();
        assert_eq!((doubt.poll_timeout(), doubt.handle_timeout(START)), (None, None));
        doubt.arise(START);
        for number in 0..5u16 {
            let at = START + u32::from(number) * INTERVAL;
            assert_eq!(doubt.poll_timeout(), Some(at));
            // More of them change nothing.
            doubt.arise(at);
            assert_eq!(asked(&mut doubt, at).transaction, (number + 1).to_be_bytes());
            assert_eq!(doubt.handle_timeout(at), None);
        }
        assert_eq!(doubt.handle_timeout(START + 5 * INTERVAL), Some(Due::Lost));
        assert_eq!(doubt.poll_timeout(), None);
    }

    #[test]
    fn only_an_answer_to_a_question_of_this_time_ends_it() {
        let mut doubt = Doubt { asking: None, asked: u16::MAX - 1 };
        doubt.arise(START);
        let (first, second) = (asked(&mut doubt, START), asked(&mut doubt, START + INTERVAL));
        assert_eq!((first.transaction, second.transaction), ([0xff, 0xff], [0, 0]));
        for (transaction, is_response) in [([0xff, 0xfe], true), ([0, 1], true), ([0, 0], false)] {
            doubt.hear(SaQuery { is_response, transaction });
            assert!(doubt.poll_timeout().is_some(), "{transaction:?}");
        }
        doubt.hear(SaQuery { is_response: true, ..first });
        assert_eq!(doubt.poll_timeout(), None);
        // Another time, other numbers.
        doubt.arise(START);
        asked(&mut doubt, START);
        doubt.hear(SaQuery { is_response: true, ..second });
        assert!(doubt.poll_timeout().is_some());
    }
}
