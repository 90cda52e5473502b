//! Timers: which there are, how long they run, and when the next one ends.

use core::time::Duration;

use crate::time::Timestamp;

/// A timer. An event names the one that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Timer {
    /// The whole conversation takes too long. It ends as timed out.
    Overall,
    /// Supplicant: no authenticator has spoken yet. EAPOL-Start is sent (again), or the conversation ends.
    Start,
    /// Peer: the authenticator's next request does not come. The conversation ends as timed out.
    Answer,
    /// Peer: the last message is sent and EAP-Failure does not come. The conversation ends as it stands.
    Final,
    /// Authenticator: the peer's response does not come. The request is sent again, or the conversation ends.
    Retransmit,
    /// The owner was asked (whom to serve, what to do with an enrollee) and does not say. The conversation
    /// ends as timed out.
    Decision,
}

impl Timer {
    const ALL: [Timer; 6] =
        [Timer::Overall, Timer::Start, Timer::Answer, Timer::Final, Timer::Retransmit, Timer::Decision];
}

/// How long each timer runs. The defaults are given with each field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timers {
    /// [`Timer::Overall`], from the start of the conversation: 120 s, the walk time of the WSC specification.
    pub overall: Duration,
    /// [`Timer::Start`] before the first EAPOL-Start: 0 s. (Observed: wpa_supplicant waits 1 s or 2 s on a radio, where
    /// the access point begins by itself.)
    pub start_delay: Duration,
    /// [`Timer::Start`] between one EAPOL-Start and the next: 3 s. (IEEE 802.1X and wpa_supplicant: 30 s, longer
    /// than a person should wait for a frame that was lost.)
    pub start_period: Duration,
    /// How many EAPOL-Starts are sent before the supplicant gives up: 40, which fills the walk time, because the
    /// person may be on the way to the router. (IEEE 802.1X and wpa_supplicant: 3.)
    pub start_tries: u32,
    /// [`Timer::Answer`]: 30 s (observed: hostap).
    pub answer: Duration,
    /// [`Timer::Final`]: 6 s. (Observed: hostap waits 2 s only, though its authenticator repeats a request after 5 s: a
    /// lost WSC_Done stays lost.) If the last message is lost and the owner still brings frames, the
    /// authenticator's repeated request is answered after that time, too.
    pub last_word: Duration,
    /// [`Timer::Retransmit`]: 5 s (WSC specification, "Timeouts"; observed: hostap).
    pub retransmit: Duration,
    /// How many times a request is sent in all: 3, which makes 15 s for each message (observed: hostap).
    pub tries: u32,
    /// [`Timer::Decision`]: 20 s; the other side's patience is 30 s.
    pub decision: Duration,
}

impl Default for Timers {
    fn default() -> Timers {
        Timers {
            overall: Duration::from_secs(120),
            start_delay: Duration::ZERO,
            start_period: Duration::from_secs(3),
            start_tries: 40,
            answer: Duration::from_secs(30),
            last_word: Duration::from_secs(6),
            retransmit: Duration::from_secs(5),
            tries: 3,
            decision: Duration::from_secs(20),
        }
    }
}

/// When each running timer ends.
#[derive(Debug, Default)]
pub(crate) struct Deadlines([Option<Timestamp>; Timer::ALL.len()]);

impl Deadlines {
    /// Starts `timer`, or starts it anew.
    pub(crate) fn set(&mut self, timer: Timer, end: Timestamp) {
        self.0[timer as usize] = Some(end);
    }

    pub(crate) fn stop(&mut self, timer: Timer) {
        self.0[timer as usize] = None;
    }

    pub(crate) fn stop_all(&mut self) {
        *self = Deadlines::default();
    }

    pub(crate) fn is_running(&self, timer: Timer) -> bool {
        self.0[timer as usize].is_some()
    }

    /// When the first of them ends.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.0.iter().flatten().min().copied()
    }

    /// Stops a timer that ended at `now` or before, the earliest first, and gives it.
    pub(crate) fn take_expired(&mut self, now: Timestamp) -> Option<Timer> {
        let ended = |timer: &Timer| self.0[*timer as usize].filter(|end| *end <= now);
        let timer = Timer::ALL.into_iter().filter(|timer| ended(timer).is_some()).min_by_key(ended)?;
        self.stop(timer);
        Some(timer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_end_in_order() {
        let at = Timestamp::from_secs;
        let mut deadlines = Deadlines::default();
        assert_eq!(deadlines.next(), None);
        deadlines.set(Timer::Overall, at(9));
        deadlines.set(Timer::Answer, at(5));
        deadlines.set(Timer::Final, at(3));
        deadlines.set(Timer::Answer, at(2));
        assert_eq!(deadlines.next(), Some(at(2)));
        assert_eq!(deadlines.take_expired(at(1)), None);
        assert_eq!(deadlines.take_expired(at(3)), Some(Timer::Answer));
        assert_eq!(deadlines.take_expired(at(3)), Some(Timer::Final));
        assert_eq!(deadlines.take_expired(at(3)), None);
        deadlines.stop_all();
        assert_eq!(deadlines.next(), None);
    }

    #[test]
    fn every_timer_has_its_place() {
        for (at, timer) in Timer::ALL.into_iter().enumerate() {
            assert_eq!(timer as usize, at);
        }
    }
}
