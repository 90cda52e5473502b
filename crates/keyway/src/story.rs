//! Events of the protocol in words and in JSON, the same for both sides.

use crate::exit::status_of;
use crate::report::Report;
use keyway_eap::{Discarded, Event, Timer};
use keyway_home::{Cause, Nickname, Side};
use keyway_wsc::session::{self, Half, PeerDescription};
use keyway_wsc::{MacAddr, MessageType};
use serde_json::{Map, Value, json};
use std::fmt;

/// Whose conversation an event is of, where there is more than one.
#[derive(Clone, Copy)]
pub(crate) enum Who {
    /// There is one only.
    Alone,
    /// The router's with this station, which has this nickname.
    Station(MacAddr, Nickname),
}

/// The beginning of the words.
impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Who::Alone => Ok(()),
            Who::Station(_, nickname) => write!(f, "{nickname}: "),
        }
    }
}

impl Who {
    /// The router's conversation with this station.
    pub(crate) fn station(mac: MacAddr) -> Who {
        Who::Station(mac, Nickname::of(mac))
    }

    /// The fields with this one's in front.
    pub(crate) fn with(self, value: Value) -> Value {
        let mut object = Map::new();
        match self {
            Who::Alone => {}
            Who::Station(mac, nickname) => {
                object.insert("station".to_owned(), mac.to_string().into());
                object.insert("nickname".to_owned(), nickname.to_string().into());
            }
        }
        if let Value::Object(fields) = value {
            object.extend(fields);
        }
        Value::Object(object)
    }
}

/// Tells the story of one conversation.
pub(crate) struct Story {
    who: Who,
    /// The last message received, to which a proof belongs.
    received: Option<MessageType>,
}

/// Of five, the step that a message belongs to.
fn step_of(message: MessageType) -> u8 {
    match message {
        MessageType::M1 | MessageType::M2 | MessageType::M2D => 2,
        MessageType::M3 | MessageType::M4 => 3,
        MessageType::M5 | MessageType::M6 => 4,
        _ => 5,
    }
}

impl Story {
    pub(crate) fn new(who: Who) -> Story {
        Story { who, received: None }
    }

    /// Tells one event.
    pub(crate) fn tell(&mut self, event: &Event, report: &mut Report) {
        match event {
            Event::Registration(event) => self.tell_registration(event, report),
            Event::Retransmitted(count) => {
                let words = format_args!("No answer yet; sent again ({count})");
                self.say(report, "retransmitted", || json!({ "times": count }), Some(words));
            }
            Event::Notification(text) => {
                let words = format_args!("The router says: {text}");
                self.say(report, "notification", || json!({ "text": text }), Some(words));
            }
            Event::FragmentSent(_) => self.say(report, "fragment", || json!({ "direction": "sent" }), None),
            Event::FragmentReceived(_) => {
                self.say(report, "fragment", || json!({ "direction": "received" }), None);
            }
            Event::TimerEnded(timer) if *timer != Timer::Start => {
                self.say(report, "timer", || json!({ "timer": format!("{timer:?}") }), None);
            }
            Event::Discarded(why) if !matches!(why, Discarded::FrameType(_)) => {
                self.say(report, "discarded", || json!({ "reason": why.to_string() }), None);
            }
            Event::LoggedOff => {
                self.say(report, "left", || json!({}), Some(format_args!("The device broke off")))
            }
            _ => {}
        }
    }

    fn tell_registration(&mut self, event: &session::Event, report: &mut Report) {
        match event {
            session::Event::Sent(kind) | session::Event::Received(kind) => {
                let sent = matches!(event, session::Event::Sent(_));
                if !sent {
                    self.received = Some(*kind);
                }
                let direction = if sent { "sent" } else { "received" };
                let fields =
                    || json!({ "direction": direction, "message": kind.to_string(), "step": step_of(*kind) });
                match message_words(*kind, sent) {
                    Some(words) => self.say(report, "message", fields, Some(format_args!("{words}"))),
                    None => self.say(report, "message", fields, None),
                }
            }
            session::Event::PeerDescribed(peer) => self.say(report, "peer", || peer_fields(peer), None),
            session::Event::HalfProved(half) => {
                let (name, words) = match half {
                    Half::First => ("first", "First half proved"),
                    Half::Second => ("second", "Second half proved"),
                };
                let message = self.received.and_then(MessageType::name).unwrap_or_default();
                let words = format_args!("{words} ({message})");
                self.say(report, "half-proved", || json!({ "half": name, "message": message }), Some(words));
            }
            session::Event::NotReady(error) => {
                self.say(report, "not-ready", || json!({ "config_error": error.0 }), None);
            }
            session::Event::CredentialSkipped(problem) => {
                let words = format_args!("A network that came with the others cannot be used: {problem}");
                let fields = || json!({ "problem": problem.to_string() });
                self.say(report, "credential-skipped", fields, Some(words));
            }
            _ => {}
        }
    }

    fn say(
        &self,
        report: &mut Report,
        name: &str,
        fields: impl FnOnce() -> Value,
        words: Option<fmt::Arguments<'_>>,
    ) {
        let who = self.who;
        let fields = || who.with(fields());
        match words {
            Some(words) => report.lazy_event(name, fields, Some(format_args!("{who}{words}"))),
            None => report.lazy_event(name, fields, None),
        }
    }
}

/// The words for a message that says something new to a person.
fn message_words(kind: MessageType, sent: bool) -> Option<&'static str> {
    match (kind, sent) {
        (MessageType::M2, _) => Some("Introduced (M1, M2)"),
        (MessageType::M3, _) => Some("Committed to both halves of the PIN (M3)"),
        (MessageType::M8, true) => Some("Network settings sent (M8)"),
        (MessageType::M8, false) => Some("Network settings received (M8)"),
        _ => None,
    }
}

/// The fields of a peer's own description.
pub(crate) fn peer_fields(peer: &PeerDescription) -> Value {
    json!({
        "uuid": peer.uuid.to_string(),
        "name": peer.device.device_name.to_text(),
        "manufacturer": peer.device.manufacturer.to_text(),
        "model": peer.device.model_name.to_text(),
        "device_type": peer.device.device_type.to_string(),
        "wps_version": if peer.version2 { "2.0" } else { "1.0" },
    })
}

/// Tells why it failed and what to do next.
pub(crate) fn failed(cause: &Cause, side: Side, who: Who, report: &mut Report) {
    let words = cause.words(side);
    let detail = match cause {
        Cause::Failure(failure) => failure.to_string(),
        Cause::PinExpired(last) | Cause::WalkTimeOver(last) | Cause::NoRouter(last) => {
            last.map_or(String::new(), |failure| failure.to_string())
        }
        _ => String::new(),
    };
    failed_in_words(cause, &detail, words.what, words.next, who, report);
}

/// The same, by words that say more than those of the cause.
pub(crate) fn failed_in_words(
    cause: &Cause,
    detail: &str,
    what: &str,
    next: &str,
    who: Who,
    report: &mut Report,
) {
    let value = json!({
        "cause": cause.code(),
        "config_error": cause.config_error().0,
        "detail": detail,
        "words": what,
        "next": next,
        "exit_status": status_of(cause),
    });
    report.event("failed", who.with(value), &format!("{who}{what}\n  {next}"));
}
