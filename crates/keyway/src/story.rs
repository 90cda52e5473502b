//! Events of the protocol in words and in JSON, the same for both sides.

use crate::exit::status_of;
use crate::report::Report;
use keyway_eap::{Discarded, Event, Timer};
use keyway_home::{Cause, Nickname, Side};
use keyway_wsc::session::{self, Half, PeerDescription};
use keyway_wsc::{MacAddr, MessageType};
use serde_json::{Map, Value, json};

/// Whose conversation an event is of, where there is more than one.
#[derive(Clone, Copy)]
pub(crate) enum Who {
    /// There is one only.
    Alone,
    /// The router's with this station.
    Station(MacAddr),
    /// In the demo, as this actor sees it.
    Actor(&'static str),
}

impl Who {
    /// The beginning of the words.
    fn prefix(self) -> String {
        match self {
            Who::Alone => String::new(),
            Who::Station(mac) => format!("{}: ", Nickname::of(mac)),
            Who::Actor(name) => format!("{name:>7}: "),
        }
    }

    /// The fields with this one's in front.
    pub(crate) fn with(self, value: Value) -> Value {
        let mut object = Map::new();
        match self {
            Who::Alone => {}
            Who::Station(mac) => {
                object.insert("station".to_owned(), mac.to_string().into());
                object.insert("nickname".to_owned(), Nickname::of(mac).to_string().into());
            }
            Who::Actor(name) => drop(object.insert("actor".to_owned(), name.into())),
        }
        if let Value::Object(fields) = value {
            object.extend(fields);
        }
        Value::Object(object)
    }
}

/// Tells the story of one conversation.
#[derive(Default)]
pub(crate) struct Story {
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
    /// Tells one event.
    pub(crate) fn tell(&mut self, event: &Event, side: Side, who: Who, report: &mut Report) {
        let prefix = who.prefix();
        let mut say = |name: &str, value: Value, words: String| {
            let words = if words.is_empty() { words } else { format!("{prefix}{words}") };
            report.event(name, who.with(value), &words);
        };
        match event {
            Event::Registration(event) => match event {
                session::Event::Sent(kind) | session::Event::Received(kind) => {
                    let sent = matches!(event, session::Event::Sent(_));
                    if !sent {
                        self.received = Some(*kind);
                    }
                    let direction = if sent { "sent" } else { "received" };
                    let value = json!({ "direction": direction, "message": kind.to_string(), "step": step_of(*kind) });
                    say("message", value, message_words(*kind, sent, side));
                }
                session::Event::PeerDescribed(peer) => say("peer", peer_fields(peer), String::new()),
                session::Event::HalfProved(half) => {
                    let (name, words) = match half {
                        Half::First => ("first", "First half proved"),
                        Half::Second => ("second", "Second half proved"),
                    };
                    let message = self.received.map(|kind| kind.to_string()).unwrap_or_default();
                    say(
                        "half-proved",
                        json!({ "half": name, "message": message }),
                        format!("{words} ({message})"),
                    );
                }
                session::Event::NotReady(error) => {
                    say("not-ready", json!({ "config_error": error.0 }), String::new());
                }
                session::Event::CredentialSkipped(problem) => {
                    let words = format!("A network that came with the others cannot be used: {problem}");
                    say("credential-skipped", json!({ "problem": problem.to_string() }), words);
                }
                _ => {}
            },
            Event::Retransmitted(count) => {
                let words = format!("No answer yet; sent again ({count})");
                say("retransmitted", json!({ "times": count }), words);
            }
            Event::Notification(text) => {
                say("notification", json!({ "text": text }), format!("The router says: {text}"));
            }
            Event::FragmentSent(_) => say("fragment", json!({ "direction": "sent" }), String::new()),
            Event::FragmentReceived(_) => say("fragment", json!({ "direction": "received" }), String::new()),
            Event::TimerEnded(timer) if *timer != Timer::Start => {
                say("timer", json!({ "timer": format!("{timer:?}") }), String::new());
            }
            Event::Discarded(why) if !matches!(why, Discarded::FrameType(_)) => {
                say("discarded", json!({ "reason": why.to_string() }), String::new());
            }
            Event::LoggedOff => say("left", json!({}), "The device broke off".to_owned()),
            _ => {}
        }
    }
}

/// The words for a message; empty for those that say nothing new to a person.
fn message_words(kind: MessageType, sent: bool, side: Side) -> String {
    let words = match (kind, sent, side) {
        (MessageType::M2, _, _) => "Introduced (M1, M2)",
        (MessageType::M3, _, _) => "Committed to both halves of the PIN (M3)",
        (MessageType::M8, true, _) => "Network settings sent (M8)",
        (MessageType::M8, false, _) => "Network settings received (M8)",
        _ => "",
    };
    words.to_owned()
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
    };
    let value = json!({
        "cause": cause.code(),
        "config_error": cause.config_error().0,
        "detail": detail,
        "words": words.what,
        "next": words.next,
        "exit_status": status_of(cause),
    });
    let prefix = who.prefix();
    report.event("failed", who.with(value), &format!("{prefix}{}\n  {}", words.what, words.next));
}
