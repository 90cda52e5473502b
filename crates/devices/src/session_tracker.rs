//! Follows a set-up from its events and says how far it is: the printer and the router use the same follower, so that
//! both screens tell the same.

use crate::session::{Countdown, MessageView, Method, Reason, SessionView, Step};
use core::time::Duration;
use keyway_eap::{Event, Timestamp};
use keyway_home::{Cause, Side};
use keyway_wsc::MessageType;
use keyway_wsc::session::{self, Half};

/// Messages that are kept of one try: more than any registration has that follows the protocol.
const KEPT: usize = 32;

/// How far one set-up is.
///
/// Feed it everything that happens, in order. A new try (M1, or [`trying`](Self::trying)) begins the messages and the
/// steps anew; what counts is how far the last try came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tracker {
    method: Method,
    nickname: String,
    side: Side,
    done: Option<Step>,
    messages: Vec<MessageView>,
    reason: Option<Reason>,
    running: bool,
}

impl Tracker {
    /// Begins to follow a set-up by this method, of the printer with this nickname, on the screen of this side.
    pub fn new(method: Method, nickname: impl Into<String>, side: Side) -> Tracker {
        Tracker {
            method,
            nickname: nickname.into(),
            side,
            done: None,
            messages: Vec::new(),
            reason: None,
            running: true,
        }
    }

    /// Takes an event of the conversation. An event that has nothing to do with the steps changes nothing; nor does
    /// one that comes after the end.
    pub fn event(&mut self, event: &Event, now: Timestamp) {
        let (Event::Registration(event), true) = (event, self.running) else { return };
        match event {
            session::Event::Sent(message) => self.message(*message, true, now),
            session::Event::Received(message) => self.message(*message, false, now),
            session::Event::HalfProved(Half::First) => self.reach(Step::FirstHalf),
            session::Event::HalfProved(Half::Second) => self.reach(Step::SecondHalf),
            session::Event::Succeeded => self.reach(Step::Key),
            _ => {}
        }
    }

    /// A new try begins: no message went by yet. A network that was chosen stays chosen.
    pub fn trying(&mut self) {
        if self.running {
            self.messages.clear();
            self.done = self.done.map(|_| Step::Found);
        }
    }

    /// The network was found and chosen.
    pub fn chose(&mut self) {
        if self.running {
            self.reason = None;
            self.reach(Step::Found);
        }
    }

    /// It does not get on for this reason, and goes on trying.
    pub fn trouble(&mut self, cause: &Cause) {
        if self.running {
            self.reason = Some(Reason::new(cause, self.side));
        }
    }

    /// The device is on the network. After a failure too: it had gone on trying.
    pub fn joined(&mut self) {
        self.reason = None;
        self.running = true;
        self.reach(Step::Joined);
    }

    /// The device has an address: that is the end, and a good one. After a failure too: it had gone on asking.
    pub fn address(&mut self) {
        self.reason = None;
        self.running = false;
        self.reach(Step::Address);
    }

    /// It is over, for this reason. The first reason stays.
    pub fn failed(&mut self, cause: &Cause) {
        if self.running {
            self.reason = Some(Reason::new(cause, self.side));
            self.running = false;
        }
    }

    /// The last step that is done; `None` before the first.
    pub fn step(&self) -> Option<Step> {
        self.done
    }

    /// Whether it goes on.
    pub fn is_running(&self) -> bool {
        self.running
    }

    /// Why it failed, or what keeps it from getting on.
    pub fn reason(&self) -> Option<&Reason> {
        self.reason.as_ref()
    }

    /// The method.
    pub fn method(&self) -> Method {
        self.method
    }

    /// What a screen shows. The countdown is shown while it runs.
    pub fn view(&self, countdown: Option<Countdown>) -> SessionView {
        SessionView {
            method: self.method,
            nickname: self.nickname.clone(),
            done: self.done,
            running: self.running,
            messages: self.messages.clone(),
            countdown: countdown.filter(|_| self.running),
            reason: self.reason.clone(),
        }
    }

    fn reach(&mut self, step: Step) {
        self.done = self.done.max(Some(step));
    }

    fn message(&mut self, message: MessageType, sent: bool, now: Timestamp) {
        if message == MessageType::M1 {
            self.messages.clear();
            self.done = Some(Step::Found);
        }
        if message == MessageType::M2 {
            self.reach(Step::Introduced);
        }
        if self.messages.len() < KEPT {
            let words = self.words(message);
            self.messages.push(MessageView { name: message.to_string(), sent, words, at: milliseconds(now) });
        }
    }

    /// What a message says. By the router's PIN the roles are swapped: there the router is the enrollee.
    fn words(&self, message: MessageType) -> String {
        let (enrollee, registrar) = match self.method {
            Method::RouterPin => ("router", "printer"),
            _ => ("printer", "router"),
        };
        let words =
            WORDS.iter().find(|(of, _)| *of == message).map_or("A message of no known type.", |(_, w)| w);
        words.replace("{e}", enrollee).replace("{r}", registrar)
    }
}

/// What each message says; `{e}` is the enrollee and `{r}` the registrar. WSC specification, section 7.3.
const WORDS: [(MessageType, &str); 12] = [
    (MessageType::M1, "The {e} introduces itself and sends its public key."),
    (MessageType::M2, "The {r} introduces itself and sends its public key."),
    (MessageType::M2D, "The {r} introduces itself and says that it has no PIN for the {e} yet."),
    (MessageType::M3, "The {e} seals both halves of the PIN, to be opened later."),
    (MessageType::M4, "The {r} seals both halves too, and proves that it knows the first."),
    (MessageType::M5, "The {e} proves that it knows the first half."),
    (MessageType::M6, "The {r} proves that it knows the second half."),
    (MessageType::M7, "The {e} proves that it knows the second half."),
    (MessageType::M8, "The {r} hands over the network's name and key, encrypted."),
    (MessageType::Ack, "Received."),
    (MessageType::Nack, "The set-up ends here, with a reason."),
    (MessageType::Done, "The {e} has its settings and is content."),
];

impl Countdown {
    /// The time that is left at `now` until `until`, of `of` in all. Nothing is left of a time that is over.
    pub fn new(now: Timestamp, until: Timestamp, of: Duration) -> Countdown {
        let left = until.saturating_since(now);
        let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
        Countdown { until: milliseconds(until), seconds, of: of.as_secs() }
    }
}

/// A moment as views have it: milliseconds from the start of the home.
pub(crate) fn milliseconds(at: Timestamp) -> u64 {
    u64::try_from(at.since_epoch().as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyway_wsc::session::Failure;

    fn registration(event: session::Event) -> Event {
        Event::Registration(event)
    }

    /// One registration as the enrollee sees it.
    fn play(tracker: &mut Tracker) -> Vec<Option<Step>> {
        use session::Event as E;
        let events = [
            E::Sent(MessageType::M1),
            E::Received(MessageType::M2),
            E::Sent(MessageType::M3),
            E::Received(MessageType::M4),
            E::HalfProved(Half::First),
            E::Sent(MessageType::M5),
            E::Received(MessageType::M6),
            E::HalfProved(Half::Second),
            E::Sent(MessageType::M7),
            E::Received(MessageType::M8),
            E::Sent(MessageType::Done),
            E::Succeeded,
        ];
        let mut steps = Vec::new();
        for (number, event) in events.into_iter().enumerate() {
            tracker.event(&registration(event), Timestamp::from_millis(number as u64));
            if steps.last() != Some(&tracker.step()) {
                steps.push(tracker.step());
            }
        }
        steps
    }

    #[test]
    fn the_seven_steps_follow_the_messages() {
        let mut tracker = Tracker::new(Method::Pin, "BLUE-42", Side::Printer);
        assert_eq!(tracker.step(), None);
        tracker.chose();
        let steps = play(&mut tracker);
        assert_eq!(steps, Step::ALL[..5].iter().map(|step| Some(*step)).collect::<Vec<_>>());
        tracker.joined();
        assert_eq!(tracker.step(), Some(Step::Joined));
        assert!(tracker.is_running());
        tracker.address();
        let view = tracker.view(None);
        assert_eq!((view.done, view.running, view.reason), (Some(Step::Address), false, None));
        let names: Vec<_> = view.messages.iter().map(|message| message.name.as_str()).collect();
        assert_eq!(names, ["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "WSC_Done"]);
        assert_eq!(view.messages[8].at, 10);
        assert!(view.messages[0].sent && !view.messages[1].sent);
    }

    #[test]
    fn roles_are_swapped_by_the_routers_pin() {
        let first = |method| {
            let mut tracker = Tracker::new(method, "BLUE-42", Side::Printer);
            play(&mut tracker);
            tracker.view(None).messages[0].words.clone()
        };
        assert_eq!(first(Method::Pin), "The printer introduces itself and sends its public key.");
        assert_eq!(first(Method::RouterPin), "The router introduces itself and sends its public key.");
        for message in MessageType::NAMED.iter().skip(3) {
            assert!(WORDS.iter().any(|(of, _)| of == message), "{message}");
        }
    }

    #[test]
    fn a_new_try_begins_anew_and_the_first_reason_stays() {
        let mut tracker = Tracker::new(Method::Pin, "BLUE-42", Side::Printer);
        play(&mut tracker);
        tracker.event(&registration(session::Event::Sent(MessageType::M1)), Timestamp::ZERO);
        assert_eq!((tracker.step(), tracker.view(None).messages.len()), (Some(Step::Found), 1));
        tracker.trouble(&Cause::WpsOff);
        assert!(tracker.is_running());
        assert_eq!(tracker.reason().map(|reason| reason.code.as_str()), Some("wps-off"));
        tracker.chose();
        assert_eq!(tracker.reason(), None);
        tracker.failed(&Cause::Failure(Failure::WrongPassword(Half::First)));
        tracker.failed(&Cause::NoAddress);
        tracker.trying();
        tracker.event(&registration(session::Event::HalfProved(Half::First)), Timestamp::ZERO);
        let view = tracker.view(Some(Countdown::new(Timestamp::ZERO, Timestamp::ZERO, Duration::ZERO)));
        assert_eq!(view.reason.map(|reason| reason.code), Some("wrong-pin-first-half".to_owned()));
        assert_eq!((view.done, view.countdown), (Some(Step::Found), None));
    }

    #[test]
    fn messages_are_bounded() {
        let mut tracker = Tracker::new(Method::Pin, "BLUE-42", Side::Router);
        for _ in 0..1000 {
            tracker.event(&registration(session::Event::Received(MessageType::Ack)), Timestamp::ZERO);
        }
        assert_eq!(tracker.view(None).messages.len(), KEPT);
    }

    #[test]
    fn seconds_are_rounded_up_so_that_zero_is_over() {
        let at = Timestamp::from_millis;
        for (now, seconds, clock) in
            [(0, 300, "5:00"), (1, 300, "5:00"), (1000, 299, "4:59"), (299_999, 1, "0:01")]
        {
            let countdown = Countdown::new(at(now), at(300_000), Duration::from_secs(300));
            assert_eq!((countdown.seconds, countdown.clock().as_str()), (seconds, clock));
            assert_eq!((countdown.until, countdown.of), (300_000, 300));
        }
        assert_eq!(Countdown::new(at(400_000), at(300_000), Duration::from_secs(300)).seconds, 0);
    }
}
