//! Whole registrations in which somebody tampers with what one side receives.
//!
//! The first octet of an input chooses the [`Scenario`], the second whether the one who tampers is an outsider
//! or an [insider](crate::insider), and the rest is a [`Script`].

use std::collections::VecDeque;

use keyway_wsc::attribute::Attributes;
use keyway_wsc::message::message_type;
use keyway_wsc::session::{Failure, OpCode, Outcome, Outgoing, Session, Step};
use keyway_wsc::{Entropy, MessageType};

use crate::entropy::Seeded;
use crate::insider::{self, Opened};
use crate::scenario::{OLD_PASSPHRASE, PASSPHRASE, PIN, Scenario};
use crate::script::{Fate, Script};
use crate::vectors;

/// More messages than this, beside one for each octet of the script, and the two would talk for ever.
const PATIENCE: usize = 40;

/// The enrollee receives what the script makes of the registrar's messages.
pub(crate) fn enrollee(input: &[u8]) {
    Medium::new(input, Side::Enrollee).play();
}

/// The registrar receives what the script makes of the enrollee's messages.
pub(crate) fn registrar(input: &[u8]) {
    Medium::new(input, Side::Registrar).play();
}

/// Every scenario, by an outsider and by an insider, left alone and with one message changed.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for scenario in 0..Scenario::COUNT {
        for insider in [0, 1] {
            seeds.push(vec![scenario, insider]);
            for untouched in 0..5 {
                let script = [&vec![0; untouched][..], &[12 - insider, 0, 6, 2, 0xff, 0xff]].concat();
                seeds.push([&[scenario, insider], &script[..]].concat());
            }
        }
    }
    seeds
}

/// Every message of every scenario, left alone, and the recorded ones.
pub(crate) fn transcripts() -> Vec<Vec<u8>> {
    let mut messages: Vec<Vec<u8>> = (0..Scenario::COUNT)
        .flat_map(|scenario| Medium::new(&[scenario, 0], Side::Enrollee).play())
        .map(|outgoing| outgoing.bytes)
        .collect();
    messages.extend(vectors::values());
    messages.sort();
    messages.dedup();
    messages
}

/// What both sides say in every scenario, in order.
pub(crate) fn registrations() -> Vec<Vec<Outgoing>> {
    (0..Scenario::COUNT).map(|scenario| Medium::new(&[scenario, 0], Side::Enrollee).play()).collect()
}

/// What is encrypted in them, and the encrypted form of nothing.
pub(crate) fn settings() -> Vec<Vec<u8>> {
    let opened = transcripts().into_iter().filter_map(|message| Opened::new(&message));
    let mut seeds: Vec<Vec<u8>> = opened.filter_map(Opened::into_settings).collect();
    seeds.push(vec![0; 48]);
    seeds
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Enrollee,
    Registrar,
}

impl Side {
    fn other(self) -> Side {
        match self {
            Side::Enrollee => Side::Registrar,
            Side::Registrar => Side::Enrollee,
        }
    }
}

/// The two sides, and everything between them.
struct Medium<'a> {
    scenario: Scenario,
    insider: bool,
    script: Script<'a>,
    /// Whose messages are tampered with.
    victim: Side,
    enrollee: Party,
    registrar: Party,
    under_way: VecDeque<(Side, Outgoing)>,
    patience: usize,
    sent: Vec<Outgoing>,
}

struct Party {
    session: Session,
    entropy: Seeded,
    /// The last of M1 to M8 that it sent: what the Authenticator of the answer has to cover.
    previous: Vec<u8>,
    outcome: Option<Outcome>,
}

impl Party {
    fn new(session: Session, entropy: Seeded) -> Party {
        Party { session, entropy, previous: Vec::new(), outcome: None }
    }

    /// Lets the session act, and checks what must hold behind every step.
    fn act(&mut self, act: impl FnOnce(&mut Session, &mut dyn Entropy) -> Step) -> Step {
        let step = act(&mut self.session, &mut self.entropy);
        if let Step::End(_) = step {
            assert!(self.session.outcome().is_some(), "over without an outcome");
        }
        if self.outcome.is_some() {
            assert_eq!(self.session.outcome(), self.outcome.as_ref(), "an outcome changed");
        }
        self.outcome = self.session.outcome().cloned();
        while let Some(event) = self.session.poll_event() {
            let shown = format!("{event:?}");
            for secret in [PIN.as_bytes(), PASSPHRASE, OLD_PASSPHRASE] {
                assert!(!shown.contains(&*String::from_utf8_lossy(secret)), "a secret in {shown}");
            }
        }
        step
    }
}

impl<'a> Medium<'a> {
    fn new(input: &'a [u8], victim: Side) -> Medium<'a> {
        let mut script = Script::new(input);
        let scenario = Scenario::numbered(script.byte());
        Medium {
            scenario,
            insider: script.byte() % 2 == 1,
            script,
            victim,
            enrollee: Party::new(scenario.enrollee(), insider::ENROLLEE),
            registrar: Party::new(scenario.registrar(), insider::REGISTRAR),
            under_way: VecDeque::new(),
            patience: PATIENCE + input.len(),
            sent: Vec::new(),
        }
    }

    /// Plays the registration to its end and judges it. Gives what was sent.
    fn play(mut self) -> Vec<Outgoing> {
        let step = self.enrollee.act(|session, entropy| session.begin(entropy));
        self.follow(Side::Enrollee, step);
        while let Some((to, message)) = self.under_way.pop_front() {
            assert!(self.patience > 0, "the two talk for ever");
            self.patience -= 1;
            self.carry(to, message);
        }
        for side in [Side::Enrollee, Side::Registrar] {
            self.party(side).session.abandon(Failure::TimedOut);
            self.judge(side);
        }
        self.sent
    }

    fn party(&mut self, side: Side) -> &mut Party {
        match side {
            Side::Enrollee => &mut self.enrollee,
            Side::Registrar => &mut self.registrar,
        }
    }

    /// Does what `side` asks for.
    fn follow(&mut self, side: Side, step: Step) {
        let outgoing = match step {
            Step::Send(outgoing) | Step::End(Some(outgoing)) => outgoing,
            Step::Decide(_) => {
                let decision = self.scenario.decision();
                let step = self.party(side).act(|session, entropy| session.decide(decision, entropy));
                return self.follow(side, step);
            }
            Step::End(None) | Step::Ignore => return,
        };
        let kind = message_type(&outgoing.bytes).expect("what we send has a type");
        assert!(Attributes::new(&outgoing.bytes).all(|attribute| attribute.is_ok()), "malformed {kind:?}");
        if (MessageType::M1..=MessageType::M8).contains(&kind) && kind != MessageType::M2D {
            self.party(side).previous.clone_from(&outgoing.bytes);
        }
        self.sent.push(outgoing.clone());
        self.under_way.push_back((side.other(), outgoing));
    }

    /// Carries a message to its receiver, past the one who tampers.
    fn carry(&mut self, to: Side, message: Outgoing) {
        let tampered = to == self.victim;
        let Outgoing { op_code, mut bytes } = message;
        let mut fate = Fate::Pass;
        let previous = self.party(to).previous.clone();
        match self.insider.then(|| Opened::new(&bytes)).flatten() {
            Some(mut opened) => {
                let inside = tampered && self.script.byte() % 2 == 1;
                if tampered {
                    fate = self.script.fate(opened.text(inside));
                }
                if let Fate::Change(changed) = fate {
                    *opened.text(inside) = changed;
                    fate = Fate::Pass;
                }
                bytes = opened.close(inside, &previous);
            }
            None if tampered => fate = self.script.fate(&bytes),
            None => {}
        }
        match fate {
            Fate::Pass => self.deliver(to, op_code, &bytes),
            Fate::Lose => {}
            Fate::Repeat => {
                self.deliver(to, op_code, &bytes);
                self.deliver(to, op_code, &bytes);
            }
            Fate::Change(changed) => self.deliver(to, op_code, &changed),
            Fate::Relabel(number) => {
                if let Some(op_code) = OpCode::from_u8(number % 7) {
                    self.deliver(to, op_code, &bytes);
                }
            }
        }
    }

    fn deliver(&mut self, to: Side, op_code: OpCode, bytes: &[u8]) {
        let step = self.party(to).act(|session, entropy| session.handle(op_code, bytes, entropy));
        let gives_up = match &step {
            Step::Send(answer) | Step::End(Some(answer)) => answer.op_code == OpCode::Nack,
            Step::End(None) => true,
            Step::Decide(_) | Step::Ignore => false,
        };
        if self.insider && gives_up && to != self.victim {
            // Once for each message of the victim, which gives up some time.
            self.under_way.extend(insider::forge(bytes).map(|forged| (self.victim, forged)));
        } else {
            self.follow(to, step);
        }
    }

    /// What must hold of an outcome, whatever happened on the way.
    fn judge(&mut self, side: Side) {
        let (scenario, insider) = (self.scenario, self.insider);
        let outcome = self.party(side).session.outcome().expect("every registration ends in an outcome");
        if let Outcome::Success(success) = outcome {
            assert!(scenario.may_succeed(), "{side:?}: {success:?} without the password, in {scenario:?}");
            // An insider that relays between two who know the password is believed; an outsider never is.
            assert!(insider || scenario.is_genuine(success), "{side:?}: forged {success:?} in {scenario:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_undisturbed_registration_succeeds_when_it_may() {
        for number in 0..Scenario::COUNT {
            for insider in [0, 1] {
                let input = [number, insider];
                let mut medium = Medium::new(&input, Side::Enrollee);
                let step = medium.enrollee.act(|session, entropy| session.begin(entropy));
                medium.follow(Side::Enrollee, step);
                while let Some((to, message)) = medium.under_way.pop_front() {
                    medium.carry(to, message);
                }
                let outcome = medium.registrar.session.outcome();
                let succeeded = matches!(outcome, Some(Outcome::Success(_)));
                let expected = medium.scenario.succeeds();
                assert_eq!(succeeded, expected, "{:?}, insider: {insider}: {outcome:?}", medium.scenario);
            }
        }
    }
}
