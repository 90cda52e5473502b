//! Without the PIN there is nothing to be had, whatever a peer says: not by nonsense, not by repeating what others said,
//! and not by somebody who follows the protocol, has the keys of the registration, and lacks the PIN alone.

mod common;

use common::machine::*;
use common::source::{Make, Source, attributes, changed};
use common::*;
use keyway_wsc::attribute::{AttributeId, AttributeValue, Attributes};
use keyway_wsc::crypto::{CommitmentHash, Commitments, EncryptedSettings, SessionKeys};
use keyway_wsc::message::messages::*;
use keyway_wsc::message::settings::*;
use keyway_wsc::message::{AttributeList, Authenticated, message_type};
use keyway_wsc::session::*;
use keyway_wsc::*;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Mutex;

const PIN: &str = "12345670";

/// What the peer takes for the PIN, and whether the first half of that is right.
const GUESSES: &[(&str, bool)] = &[("99999999", false), ("99995670", false), ("12349999", true)];

const MACHINES: &[Machine] =
    &[STATION, ACCESS_POINT, READ_ONLY_ACCESS_POINT, LOCKED_ACCESS_POINT, REGISTRAR, CONFIGURER, LEARNER];

fn guess(text: &str) -> DevicePassword {
    DevicePassword::other(DevicePasswordId::Default, SecretBytes::new(text.as_bytes().to_vec()))
}

/// A peer that has everything but the PIN.
struct Rogue {
    commitments: Commitments,
    keys: SessionKeys,
    nonces: (Nonce, Nonce),
    /// What the victim said, the latest last.
    heard: Vec<Vec<u8>>,
    /// What others said in registrations of their own.
    recorded: Vec<Outgoing>,
}

impl Rogue {
    fn new(m1: &[u8], m2: &[u8], password: &DevicePassword, recorded: Vec<Outgoing>) -> Rogue {
        let (_, keys) = derive(m1, m2);
        let find = |message, id| Attributes::new(message).find(id).unwrap();
        let key = |message| AttributeValue::parse(find(message, AttributeId::PublicKey)).unwrap();
        let nonce = |id| Nonce::parse(find(m2, id)).unwrap();
        Rogue {
            commitments: Commitments::new(keys.auth.clone(), password, key(m1), key(m2)),
            nonces: (nonce(AttributeId::EnrolleeNonce), nonce(AttributeId::RegistrarNonce)),
            keys,
            heard: Vec::new(),
            recorded,
        }
    }

    /// A commitment: an honest one, an invented one, or one of the victim's own.
    fn hash(&self, half: Half, source: &mut Source) -> CommitmentHash {
        let own = match half {
            Half::First => [AttributeId::EHash1, AttributeId::RHash1],
            Half::Second => [AttributeId::EHash2, AttributeId::RHash2],
        };
        let theirs = self
            .heard
            .iter()
            .find_map(|message| own.iter().find_map(|id| Attributes::new(message).find(*id)));
        match (source.octet() % 4, theirs) {
            (0, _) => Make::make(source),
            (1, Some(theirs)) => CommitmentHash::parse(theirs).unwrap(),
            _ => self.commitments.hash(half, &SecretNonce::new([0x55; 16])),
        }
    }

    /// A proof: the honest one, an invented one, or one that the victim gave.
    fn proof(&self, source: &mut Source) -> SecretNonce {
        let ids =
            [AttributeId::ESNonce1, AttributeId::ESNonce2, AttributeId::RSNonce1, AttributeId::RSNonce2];
        let theirs: Vec<SecretNonce> = self
            .heard
            .iter()
            .filter_map(|message| {
                let sealed = Attributes::new(message).find(AttributeId::EncryptedSettings)?;
                let plain: Raw = EncryptedSettings::parse(sealed).ok()?.open(&self.keys).ok()?;
                ids.iter().find_map(|id| SecretNonce::parse(Attributes::new(&plain.0).find(*id)?).ok())
            })
            .collect();
        match source.octet() % 4 {
            0 => Make::make(source),
            1 if !theirs.is_empty() => theirs[source.below(theirs.len())].clone(),
            _ => SecretNonce::new([0x55; 16]),
        }
    }

    fn seal(&self, settings: &impl AttributeList, source: &mut Source) -> EncryptedSettings {
        let mut plain = Vec::new();
        settings.write_list(&mut plain);
        if source.octet() == 1 {
            plain = changed(plain, source);
        }
        EncryptedSettings::seal(&Raw(plain), &self.keys, &source.array())
    }

    /// A message made for this moment.
    fn forge(&self, kind: MessageType, source: &mut Source) -> Vec<u8> {
        let previous = self.heard.last().map_or(&[][..], Vec::as_slice);
        let (enrollee_nonce, registrar_nonce) = self.nonces;
        let extensions = message::VendorExtensions::version2();
        let (hash1, hash2) = (self.hash(Half::First, source), self.hash(Half::Second, source));
        let proof = self.proof(source);
        let auth = &self.keys.auth;
        let (e_hash1, e_hash2, r_hash1, r_hash2) = (hash1, hash2, hash1, hash2);
        match kind {
            MessageType::M3 => M3 { registrar_nonce, e_hash1, e_hash2, extensions }.sign(auth, previous),
            MessageType::M4 => {
                let settings = self.seal(&M4Settings { r_s1: proof }, source);
                M4 { enrollee_nonce, r_hash1, r_hash2, settings, extensions }.sign(auth, previous)
            }
            MessageType::M5 => {
                let settings = self.seal(&M5Settings { e_s1: proof }, source);
                M5 { registrar_nonce, settings, extensions }.sign(auth, previous)
            }
            MessageType::M6 => {
                let settings = self.seal(&M6Settings { r_s2: proof }, source);
                M6 { enrollee_nonce, settings, extensions }.sign(auth, previous)
            }
            MessageType::M7 => {
                let settings = self.seal(&M7Settings { e_s2: proof, ..Make::make(source) }, source);
                M7 { registrar_nonce, settings, extensions }.sign(auth, previous)
            }
            _ => {
                let mut settings = M8Settings::credentials(&[home()]);
                settings.ssid = Some(home().ssid);
                settings.auth_type = Some(home().auth_types);
                settings.encr_type = Some(home().encr_types);
                settings.network_key = Some(SecretBytes::new(b"12345678".to_vec()));
                let settings = self.seal(&settings, source);
                M8 { enrollee_nonce, settings, extensions }.sign(auth, previous)
            }
        }
    }

    /// The next message: mostly the one that belongs here, as well as it can be made without the PIN.
    fn next(&self, source: &mut Source) -> Outgoing {
        let last = self.heard.last().and_then(|message| message_type(message).ok());
        let fitting = MessageType(last.map_or(MessageType::M8.0, |last| last.0 + 1));
        let fitting = if fitting == MessageType::M2D { MessageType::M3 } else { fitting };
        let any = MessageType(MessageType::M3.0 + source.octet() % 6);
        let bytes = match source.octet() % 16 {
            0 => self.recorded[source.below(self.recorded.len())].bytes.clone(),
            1 => {
                let recorded = &self.recorded[source.below(self.recorded.len())].bytes;
                signed_again(recorded, &self.keys, self.heard.last().map_or(&[], Vec::as_slice))
            }
            2 => self.heard.get(source.below(self.heard.len().max(1))).cloned().unwrap_or_default(),
            3 => self.forge(any, source),
            4 => changed(self.forge(fitting, source), source),
            5 => {
                let changed = changed(self.forge(fitting, source), source);
                let previous = self.heard.last().map_or(&[][..], Vec::as_slice);
                if changed.len() < 12 { changed } else { signed_again(&changed, &self.keys, previous) }
            }
            _ => self.forge(fitting, source),
        };
        let op_code = match source.octet() {
            1 => OpCode::from_u8(1 + source.octet() % 6).unwrap(),
            _ => message_type(&bytes).map_or(OpCode::Message, op_code_of),
        };
        Outgoing { op_code, bytes }
    }
}

/// Registrations of others with the guessed PIN, some with the very same nonces and keys as the victim's.
fn recorded(text: &'static str) -> Vec<Outgoing> {
    static KNOWN: Mutex<BTreeMap<&str, Vec<Outgoing>>> = Mutex::new(BTreeMap::new());
    let record = || {
        let decision = Decision::Register { password: guess(text), credentials: vec![home()] };
        [(1, 2), (1, 3), (4, 2), (4, 5)].into_iter().flat_map(move |(enrollee, registrar)| {
            let mut pair = Pair::new(station(guess(text)), decision.clone());
            (pair.enrollee_entropy, pair.registrar_entropy) = (Named(enrollee), Named(registrar));
            pair.run(20);
            assert_eq!(pair.messages.len(), 10);
            pair.messages.into_iter().map(|(_, out)| out)
        })
    };
    KNOWN.lock().unwrap().entry(text).or_insert_with(|| record().collect()).clone()
}

/// What a session sent, unless it was nothing.
fn sent(step: &Step) -> Option<&Outgoing> {
    match step {
        Step::Send(out) | Step::End(Some(out)) => Some(out),
        _ => None,
    }
}

/// Lets a rogue with some PIN try what the octets say against an enrollee or a registrar. It gives the messages that the
/// victim sent, and its outcome.
fn attack(machine: &Machine, text: &'static str, octets: Vec<u8>) -> (Vec<MessageType>, Option<Outcome>) {
    let mut source = Source(octets);
    let transcript = machine.transcript();
    let (m1, m2) = (&transcript[0].bytes, &transcript[1].bytes);
    let mut rogue = Rogue::new(m1, m2, &guess(text), recorded(text));

    let mut entropy = machine.entropy();
    let state = if machine.is_registrar { "ExpectM3" } else { "ExpectM4" };
    let mut session = machine.reach(state, &transcript);
    // The victim's first authenticated message: M2, or M3.
    rogue.heard.push(if machine.is_registrar { m2.clone() } else { transcript[2].bytes.clone() });

    for _ in 0..12 {
        let Outgoing { op_code, bytes } = rogue.next(&mut source);
        let step = session.handle(op_code, &bytes, &mut entropy);
        rogue.heard.extend(sent(&step).map(|out| out.bytes.clone()));
        if state_of(&session) == "Over" {
            break;
        }
    }
    let sent = rogue.heard.iter().map(|message| message_type(message).unwrap());
    (sent.collect(), session.outcome().cloned())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_rogue_registrar_gets_nothing_out_of_an_enrollee(
        octets in Source::any(),
        guess in proptest::sample::select(GUESSES),
        machine in proptest::sample::select(&[STATION, ACCESS_POINT, READ_ONLY_ACCESS_POINT][..]),
    ) {
        let (sent, outcome) = attack(&machine, guess.0, octets);
        // Of an access point's settings, M7 is the first message that says anything.
        let furthest = if guess.1 { MessageType::M5 } else { MessageType::M3 };
        prop_assert!(sent.iter().all(|kind| *kind <= furthest || *kind >= MessageType::Ack), "{:?}", sent);
        prop_assert!(!matches!(outcome, Some(Outcome::Success(_))), "{:?}", outcome);
    }

    #[test]
    fn a_rogue_enrollee_gets_nothing_out_of_a_registrar(
        octets in Source::any(),
        guess in proptest::sample::select(GUESSES),
        machine in proptest::sample::select(&[REGISTRAR, CONFIGURER, LEARNER][..]),
    ) {
        let (sent, outcome) = attack(&machine, guess.0, octets);
        let furthest = if guess.1 { MessageType::M6 } else { MessageType::M4 };
        prop_assert!(sent.iter().all(|kind| *kind <= furthest || *kind >= MessageType::Ack), "{:?}", sent);
        prop_assert!(!matches!(outcome, Some(Outcome::Success(_))), "{:?}", outcome);
    }

    #[test]
    fn recordings_in_any_order_make_no_credential(
        octets in Source::any(),
        text in proptest::sample::select(GUESSES).prop_map(|(text, _)| text),
        machine in proptest::sample::select(MACHINES),
        state in any::<proptest::sample::Index>(),
    ) {
        let mut source = Source(octets);
        let recorded = recorded(text);
        let transcript = machine.transcript();
        // Not where the right PIN has been proved already.
        let early = machine.states.iter().filter(|state| !["ExpectM7", "ExpectM8", "ExpectDone", "Over"].contains(state));
        let early: Vec<_> = early.collect();
        let mut session = machine.reach(early[state.index(early.len())], &transcript);
        for _ in 0..20 {
            let Outgoing { op_code, bytes } = recorded[source.below(recorded.len())].clone();
            let bytes = if source.octet() % 2 == 1 { changed(bytes, &mut source) } else { bytes };
            if let Step::Decide(_) = session.handle(op_code, &bytes, &mut machine.entropy()) {
                session.decide((machine.decision)(), &mut machine.entropy());
            }
            prop_assert!(!matches!(session.outcome(), Some(Outcome::Success(_))), "{:?}", session.outcome());
        }
    }

    #[test]
    fn nothing_panics_in_any_state(
        octets in Source::any(),
        machine in proptest::sample::select(MACHINES),
        state in any::<proptest::sample::Index>(),
    ) {
        let mut source = Source(octets);
        let transcript = machine.transcript();
        let state = machine.states[state.index(machine.states.len())];
        let mut session = machine.reach(state, &transcript);
        let mut before = session.outcome().cloned();
        for _ in 0..8 {
            let bytes = match source.octet() % 4 {
                0 => source.some(600),
                1 => attributes(&mut Source(source.some(100))),
                _ => {
                    let at = source.below(transcript.len());
                    changed(transcript[at].bytes.clone(), &mut source)
                }
            };
            let op_code = OpCode::from_u8(1 + source.octet() % 6).unwrap();
            let op_code = if source.octet() % 2 == 1 { op_code } else { OpCode::Message };
            let over = state_of(&session) == "Over";
            let step = session.handle(op_code, &bytes, &mut machine.entropy());
            prop_assert!(!over || matches!(step, Step::End(None) | Step::Ignore), "the last word was said: {:?}", step);
            if let Some(before) = before {
                prop_assert_eq!(Some(&before), session.outcome(), "an outcome stays");
            }
            before = session.outcome().cloned();
            // A session that is over has an outcome: it never just stops.
            prop_assert!(state_of(&session) != "Over" || before.is_some());
        }
    }
}

/// The rogue is as good as it says: with the right PIN it gets what it wants.
#[test]
fn a_rogue_with_the_right_pin_succeeds() {
    for (machine, last) in [
        (STATION, MessageType::Done),
        (ACCESS_POINT, MessageType::Done),
        (REGISTRAR, MessageType::M8),
        (CONFIGURER, MessageType::M8),
    ] {
        // Octets that choose the honest way everywhere.
        let (sent, _) = attack(&machine, PIN, vec![10; 3000]);
        assert!(sent.contains(&last), "{}: {sent:?}", machine.name);
    }
}

/// With the right first half alone, the attacks do come as far as they can: they are worth the name.
#[test]
fn attacks_come_far() {
    for (machine, furthest) in [(STATION, MessageType::M5), (REGISTRAR, MessageType::M6)] {
        let far = (0..200u32).filter(|seed| {
            let octets = (0..99).flat_map(|part| seed.wrapping_mul(2_654_435_761 + part).to_be_bytes());
            attack(&machine, "12349999", octets.collect()).0.contains(&furthest)
        });
        assert!(far.count() > 20, "{}", machine.name);
    }
}
