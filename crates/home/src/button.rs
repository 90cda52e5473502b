//! The push button of a registrar.

use alloc::vec::Vec;
use core::time::Duration;
use keyway_eap::Timestamp;
use keyway_wsc::Uuid;

/// How long a button stays pressed, and how far back a registrar looks for a second enrollee: 120 s.
/// WSC specification, section 11.3.
pub const WALK_TIME: Duration = Duration::from_secs(120);

/// Enrollees that are remembered. More at once is an overlap in any case.
const REMEMBERED: usize = 8;

/// The button: whether it is pressed, and which enrollees have asked within the walk time.
#[derive(Clone, Debug, Default)]
pub struct PushButton {
    until: Option<Timestamp>,
    asked: Vec<(Uuid, Timestamp)>,
}

/// What an enrollee that asks by button is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ButtonAnswer {
    /// It may register.
    Register,
    /// The button is not pressed.
    NotPressed,
    /// More than one enrollee asked within the walk time: session overlap.
    Overlap,
}

impl PushButton {
    /// Presses the button, again if need be. False, and the button is not pressed, when more than one enrollee asked
    /// within the walk time.
    #[must_use]
    pub fn press(&mut self, now: Timestamp) -> bool {
        self.forget(now);
        let alone = self.asked.len() < 2;
        self.until = alone.then(|| now.saturating_add(WALK_TIME));
        alone
    }

    /// Lets the button go. True if it was pressed.
    pub fn release(&mut self) -> bool {
        self.until.take().is_some()
    }

    /// Whether it is pressed at `now`.
    pub fn is_pressed(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| now < until)
    }

    /// An enrollee asks by button. An overlap lets the button go.
    pub fn ask(&mut self, enrollee: Uuid, now: Timestamp) -> ButtonAnswer {
        self.forget(now);
        self.asked.retain(|(uuid, _)| *uuid != enrollee);
        if self.asked.len() < REMEMBERED {
            self.asked.push((enrollee, now));
        }
        if self.asked.len() > 1 {
            self.release();
            ButtonAnswer::Overlap
        } else if self.is_pressed(now) {
            ButtonAnswer::Register
        } else {
            ButtonAnswer::NotPressed
        }
    }

    /// This enrollee has registered: the button is done, and the enrollee is no rival of the next.
    pub fn done(&mut self, enrollee: Uuid) {
        self.release();
        self.asked.retain(|(uuid, _)| *uuid != enrollee);
    }

    /// Takes note of the time. True when the walk time ended, once.
    pub fn expire(&mut self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= now) && self.release()
    }

    /// When [`expire`](Self::expire) is to be called.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.until
    }

    fn forget(&mut self, now: Timestamp) {
        self.asked.retain(|(_, when)| now.saturating_since(*when) < WALK_TIME);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Uuid = Uuid([1; 16]);
    const B: Uuid = Uuid([2; 16]);
    const fn at(seconds: u64) -> Timestamp {
        Timestamp::from_secs(seconds)
    }

    #[test]
    fn one_enrollee_within_the_walk_time() {
        let mut button = PushButton::default();
        assert_eq!(button.ask(A, at(0)), ButtonAnswer::NotPressed);
        assert!(button.press(at(1)));
        assert_eq!(button.ask(A, at(2)), ButtonAnswer::Register);
        button.done(A);
        assert_eq!(button.ask(A, at(3)), ButtonAnswer::NotPressed);
    }

    #[test]
    fn two_enrollees_are_an_overlap_for_the_walk_time() {
        let mut button = PushButton::default();
        assert!(button.press(at(0)));
        assert_eq!(button.ask(A, at(1)), ButtonAnswer::Register);
        assert_eq!(button.ask(B, at(2)), ButtonAnswer::Overlap);
        assert!(!button.is_pressed(at(2)));
        assert!(!button.press(at(3)));
        assert!(!button.press(at(120)));
        assert!(button.press(at(121)), "A asked 120 s ago");
        assert_eq!(button.ask(B, at(122)), ButtonAnswer::Register);
    }

    #[test]
    fn the_walk_time_ends() {
        let mut button = PushButton::default();
        assert!(button.press(at(0)));
        assert_eq!(button.poll_timeout(), Some(at(120)));
        assert!(!button.expire(at(119)));
        assert!(button.expire(at(120)));
        assert!(!button.expire(at(121)));
        assert_eq!(button.ask(A, at(121)), ButtonAnswer::NotPressed);
    }
}
