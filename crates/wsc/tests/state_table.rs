//! Every message in every state: the whole table is a snapshot, and the drawings in `docs/state-machines.md` are made
//! from the same run.

mod common;

use common::machine::*;
use common::vector::{check_file, root};
use common::*;
use keyway_wsc::attribute::{AttributeId, AttributeValue, Attributes};
use keyway_wsc::crypto::EncryptedSettings;
use keyway_wsc::message::messages::*;
use keyway_wsc::message::{Open, VendorExtensions, message_type};
use keyway_wsc::session::*;
use keyway_wsc::*;
use std::fmt::Write;

/// The machines whose tables are printed whole, each with its variants, of which only the differences are.
const MACHINES: &[(Machine, &[Machine])] = &[
    (STATION, &[]),
    (ACCESS_POINT, &[READ_ONLY_ACCESS_POINT, LOCKED_ACCESS_POINT]),
    (REGISTRAR, &[CONFIGURER, LEARNER]),
];

/// What happens to a session.
#[derive(Clone)]
enum Input {
    Begin,
    Decide(Decision),
    Abandon,
    /// The owner has forbidden the registration before the message comes.
    Forbidden(OpCode, Vec<u8>),
    Message(OpCode, Vec<u8>),
}

/// What a session does with it.
#[derive(Clone, PartialEq, Eq)]
struct Cell {
    /// What it sends, and whether that is its last word.
    answer: String,
    next: String,
    /// The outcome, when this input brought it.
    outcome: Option<Outcome>,
}

/// The inputs of a state by their names, in the order of the table.
fn inputs(machine: &Machine, state: &str, transcript: &[Outgoing]) -> Vec<(String, Option<Input>)> {
    let message = |op_code, bytes: &[u8]| Some(Input::Message(op_code, bytes.to_vec()));
    let mut inputs = vec![
        ("begin".to_owned(), Some(Input::Begin)),
        ("decide: go on".to_owned(), Some(Input::Decide((machine.decision)()))),
        ("decide: decline".to_owned(), Some(Input::Decide(Decision::Decline(ConfigError::NoError)))),
        ("abandon: timed out".to_owned(), Some(Input::Abandon)),
        ("Start".to_owned(), message(OpCode::Start, &[])),
        ("FragmentAck".to_owned(), message(OpCode::FragmentAck, &[])),
    ];
    for kind in (MessageType::M1.0..=MessageType::Done.0).map(MessageType) {
        if kind != MessageType::Nack {
            inputs.push((short(kind), genuine(kind, machine, transcript).map(|out| input(&out))));
        }
    }
    let (enrollee_nonce, registrar_nonce) = nonces(machine, state, transcript);
    for config_error in [ConfigError::NoError, ConfigError::DevicePasswordAuthFailure] {
        let extensions = VendorExtensions::version2();
        let nack = Nack { enrollee_nonce, registrar_nonce, config_error, extensions }.encode();
        inputs.push((format!("Nack {}", config_error.0), message(OpCode::Nack, &nack)));
    }
    let foreign = Nack {
        enrollee_nonce: Nonce([9; 16]),
        registrar_nonce,
        config_error: ConfigError::NoError,
        extensions: VendorExtensions::version2(),
    };
    inputs.push(("Nack of another session".to_owned(), message(OpCode::Nack, &foreign.encode())));
    inputs.push(("an unknown type".to_owned(), message(OpCode::Message, &[0x10, 0x22, 0, 1, 0x10])));
    inputs.push(("no type".to_owned(), message(OpCode::Message, &[0x10, 0x4a, 0, 1, 0x10])));
    inputs.push(("nothing at all".to_owned(), message(OpCode::Message, &[])));
    inputs.push(("no attributes".to_owned(), message(OpCode::Message, b"GET / HTTP/1.1")));

    let awaited = machine.awaited(state, transcript);
    for (name, spoil) in SPOILERS {
        let spoiled = awaited.as_ref().and_then(|out| spoil(out, transcript)).map(|out| input(&out));
        inputs.push((format!("awaited, {name}"), spoiled));
    }
    let forbidden = awaited.filter(|_| machine.is_registrar);
    let forbidden = forbidden.map(|out| Input::Forbidden(out.op_code, out.bytes));
    inputs.push(("awaited, once forbidden".to_owned(), forbidden));
    inputs
}

type Spoil = fn(&Outgoing, &[Outgoing]) -> Option<Outgoing>;

/// What can be wrong with the message that a state waits for.
const SPOILERS: &[(&str, Spoil)] = &[
    ("another operation code", |out, _| {
        let op_code = if out.op_code == OpCode::Done { OpCode::Message } else { OpCode::Done };
        Some(Outgoing { op_code, ..out.clone() })
    }),
    ("cut inside an attribute", |out, _| changed(out, Some(out.bytes[..out.bytes.len() - 3].to_vec()))),
    ("without Authenticator", |out, _| {
        Attributes::new(&out.bytes).find(AttributeId::Authenticator)?;
        changed(out, Some(out.bytes[..out.bytes.len() - 12].to_vec()))
    }),
    ("an attribute twice", |out, _| changed(out, Some([&out.bytes[..], &out.bytes[10..]].concat()))),
    ("another nonce", |out, _| {
        let first = [AttributeId::EnrolleeNonce, AttributeId::RegistrarNonce]
            .into_iter()
            .find(|id| message_type(&out.bytes) != Ok(MessageType::M1) && has(out, *id))?;
        changed(out, with_changed(&out.bytes, first))
    }),
    ("another password identifier", |out, _| {
        Attributes::new(&out.bytes).find(AttributeId::Authenticator)?;
        changed(out, with_value(&out.bytes, AttributeId::DevicePasswordId, &[0, 4]))
    }),
    ("a public key of one", |out, _| {
        let one = [&[0; 191][..], &[1]].concat();
        changed(out, with_value(&out.bytes, AttributeId::PublicKey, &one))
    }),
    ("another Authenticator", |out, _| changed(out, with_changed(&out.bytes, AttributeId::Authenticator))),
    ("damaged settings", |out, transcript| {
        changed(out, authentic(out, transcript, with_changed(&out.bytes, AttributeId::EncryptedSettings)))
    }),
    ("no settings inside", |out, transcript| reseal(out, transcript, |_| Some(Vec::new()))),
    ("a wrong proof", |out, transcript| {
        reseal(out, transcript, |plain| {
            [AttributeId::ESNonce1, AttributeId::ESNonce2, AttributeId::RSNonce1, AttributeId::RSNonce2]
                .into_iter()
                .find_map(|id| with_changed(plain, id))
        })
    }),
];

fn has(out: &Outgoing, id: AttributeId) -> bool {
    Attributes::new(&out.bytes).find(id).is_some()
}

fn changed(out: &Outgoing, bytes: Option<Vec<u8>>) -> Option<Outgoing> {
    Some(Outgoing { op_code: out.op_code, bytes: bytes? })
}

/// The changed message with an Authenticator that fits it.
fn authentic(out: &Outgoing, transcript: &[Outgoing], bytes: Option<Vec<u8>>) -> Option<Vec<u8>> {
    let (_, keys) = derive(&transcript[0].bytes, &transcript[1].bytes);
    Some(signed_again(&bytes?, &keys, before(out, transcript)))
}

/// The message with other settings inside, everything about it being right.
fn reseal(out: &Outgoing, transcript: &[Outgoing], change: fn(&[u8]) -> Option<Vec<u8>>) -> Option<Outgoing> {
    let sealed = Attributes::new(&out.bytes).find(AttributeId::EncryptedSettings)?;
    let (_, keys) = derive(&transcript[0].bytes, &transcript[1].bytes);
    let plain = EncryptedSettings::parse(sealed).unwrap().open::<Raw>(&keys).unwrap().0;
    let plain = change(&plain[..plain.len() - 12])?;
    changed(out, resealed(&out.bytes, &plain, &keys, before(out, transcript)))
}

fn before<'a>(out: &Outgoing, transcript: &'a [Outgoing]) -> &'a [u8] {
    let at = transcript.iter().position(|known| known == out).unwrap();
    &transcript[at - 1].bytes
}

/// A message of that type which belongs to the registration, if one can be.
fn genuine(kind: MessageType, machine: &Machine, transcript: &[Outgoing]) -> Option<Outgoing> {
    let of_kind = |out: &&Outgoing| message_type(&out.bytes) == Ok(kind);
    transcript.iter().chain(&machine.declined()).find(of_kind).cloned()
}

fn input(out: &Outgoing) -> Input {
    Input::Message(out.op_code, out.bytes.clone())
}

/// The nonces that the peer of a session in that state would write.
fn nonces(machine: &Machine, state: &str, transcript: &[Outgoing]) -> (Nonce, Nonce) {
    if machine.is_registrar && state == "ExpectM1" || state == "Idle" {
        return (Nonce::default(), Nonce::default());
    }
    let m2 = Attributes::new(&transcript[1].bytes);
    let nonce = |id| m2.find(id).map(|value| Nonce::parse(value).unwrap()).unwrap_or_default();
    (nonce(AttributeId::EnrolleeNonce), nonce(AttributeId::RegistrarNonce))
}

fn cell(machine: &Machine, state: &str, transcript: &[Outgoing], input: Input) -> Cell {
    let mut session = machine.reach(state, transcript);
    let before = session.outcome().cloned();
    let mut entropy = machine.entropy();
    let step = match input {
        Input::Begin => session.begin(&mut entropy),
        Input::Decide(decision) => session.decide(decision, &mut entropy),
        Input::Message(op_code, bytes) => session.handle(op_code, &bytes, &mut entropy),
        Input::Forbidden(op_code, bytes) => {
            session.forbid(Failure::SessionOverlap);
            session.handle(op_code, &bytes, &mut entropy)
        }
        Input::Abandon => {
            session.abandon(Failure::TimedOut);
            Step::End(None)
        }
    };
    let sent = |out: &Outgoing| match Nack::parse(&out.bytes) {
        Ok(nack) => format!("Nack {}", nack.config_error.0),
        Err(_) => short(message_type(&out.bytes).unwrap()),
    };
    let answer = match &step {
        Step::Send(out) => sent(out),
        Step::Decide(_) => "decide".to_owned(),
        Step::End(Some(out)) => format!("end {}", sent(out)),
        Step::End(None) => "end".to_owned(),
        Step::Ignore => String::new(),
    };
    let after = session.outcome().cloned();
    if before.is_some() {
        assert_eq!(before, after, "an outcome stays");
    }
    if matches!(after, Some(Outcome::Failure(Failure::Misbehaved(_)))) && before.is_none() {
        assert!(answer.starts_with("Nack"), "a peer that misbehaves is told: {answer}");
    }
    let outcome = if before.is_none() { after } else { None };
    Cell { answer, next: state_of(&session), outcome }
}

/// The cells of a machine, by input and state.
fn run(machine: &Machine) -> Vec<(String, Vec<Option<Cell>>)> {
    let transcript = &machine.transcript();
    let mut rows: Vec<(String, Vec<Option<Cell>>)> = Vec::new();
    for (column, state) in machine.states.iter().enumerate() {
        for (row, (name, input)) in inputs(machine, state, transcript).into_iter().enumerate() {
            if column == 0 {
                rows.push((name, Vec::new()));
            }
            rows[row].1.push(input.map(|input| cell(machine, state, transcript, input)));
        }
    }
    rows
}

/// A failure in a word or two.
fn word(failure: &Failure) -> String {
    match failure {
        Failure::WrongPassword(Half::First) => "first half".into(),
        Failure::WrongPassword(Half::Second) => "second half".into(),
        Failure::PasswordRefused => "password refused".into(),
        Failure::SetupLocked => "locked".into(),
        Failure::SessionOverlap => "overlap".into(),
        Failure::Declined(_) => "declined".into(),
        Failure::NoRegistrarReady(_) => "not ready".into(),
        Failure::RefusedByPeer(_) => "refused".into(),
        Failure::TimedOut => "timed out".into(),
        Failure::Unconfirmed => "unconfirmed".into(),
        Failure::NoUsableCredential(_) => "no credential".into(),
        Failure::Misbehaved(what) => match what {
            Misbehaviour::Unreadable(_) => "unreadable".into(),
            Misbehaviour::Unexpected { .. } => "out of turn".into(),
            Misbehaviour::WrongNonce => "nonce".into(),
            Misbehaviour::BadPublicKey => "public key".into(),
            Misbehaviour::WrongPasswordId => "password id".into(),
            Misbehaviour::BadAuthenticator => "authenticator".into(),
            Misbehaviour::BadEncryptedSettings => "settings".into(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

fn success(success: &Success) -> &'static str {
    match success {
        Success::Received(_) => "received",
        Success::Granted => "granted",
        Success::Learned(_) => "learned",
        Success::Configured(_) => "configured",
        Success::Shown => "shown",
        Success::Reconfigured(_) => "reconfigured",
    }
}

/// A cell as it stands in the table.
fn show(cell: &Option<Cell>, state: &str) -> String {
    let Some(cell) = cell else { return String::new() };
    let answer = if cell.answer.is_empty() { "-" } else { &cell.answer };
    match &cell.outcome {
        Some(Outcome::Success(how)) => format!("{answer}: {}!", success(how).to_uppercase()),
        Some(Outcome::Failure(why)) => format!("{answer}: {}", word(why)),
        None if cell.next != state => format!("{answer} > {}", cell.next),
        None => answer.to_owned(),
    }
}

fn table(states: &[&str], rows: &[(String, Vec<String>)]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|(_, cells)| cells[column].len());
        cells.chain([states[column].len()]).max().unwrap_or(0)
    };
    let first = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut text = String::new();
    let mut line = |name: &str, cells: Vec<&str>| {
        let mut line = format!("{name:first$}");
        for (column, cell) in cells.iter().enumerate() {
            write!(line, " | {cell:0$}", width(column)).unwrap();
        }
        writeln!(text, "{}", line.trim_end()).unwrap();
    };
    line("", states.to_vec());
    for (name, cells) in rows {
        line(name, cells.iter().map(String::as_str).collect());
    }
    text
}

/// The drawing of a machine: every input that is not a fault has its arrow.
fn drawing(machine: &Machine) -> String {
    let rows = run(machine);
    let mut text = format!("stateDiagram-v2\n    [*] --> {}\n", machine.states[0]);
    for (column, state) in machine.states.iter().enumerate() {
        let mut arrows: Vec<(String, String)> = Vec::new();
        for (name, cells) in &rows {
            let Some(cell) = &cells[column] else { continue };
            let ignored = cell.next == *state && cell.answer.is_empty();
            if ignored || *state == "Over" || name.starts_with("abandon") || name.starts_with("awaited") {
                continue;
            }
            let spoiled =
                matches!(cell.outcome, Some(Outcome::Failure(_))) && cell.answer.starts_with("Nack");
            let input = if spoiled { "anything else" } else { name.as_str() };
            let input = if input.starts_with("Nack ") { "Nack" } else { input };
            let answer = if cell.answer.contains("Nack") { "Nack" } else { &cell.answer };
            let outcome = match &cell.outcome {
                Some(Outcome::Success(how)) => format!(" ({})", success(how)),
                _ => String::new(),
            };
            let arrow = (cell.next.clone(), format!("{input} / {answer}{outcome}"));
            if !arrows.contains(&arrow) {
                arrows.push(arrow);
            }
        }
        arrows.sort_by_key(|(_, label)| label.starts_with("anything"));
        for (next, label) in arrows {
            writeln!(text, "    {state} --> {next}: {label}").unwrap();
        }
    }
    text + "    Over --> [*]\n"
}

const PREFACE: &str = "\
# The state machines

Drawn by `crates/wsc/tests/state_table.rs` from the machines themselves; with `KEYWAY_REGENERATE=1` that test writes this
file, otherwise it compares. An arrow says what comes in / what goes out. What is ignored has no arrow, and neither has
`abandon`, which leads from every state to `Over`.

The whole table, faults included, is in
[`crates/wsc/tests/snapshots`](../crates/wsc/tests/snapshots/state_table__the_whole_table.snap).
";

#[test]
fn the_drawings_are_current() {
    let mut text = String::from(PREFACE);
    for machine in [STATION, ACCESS_POINT, REGISTRAR, LEARNER] {
        write!(text, "\n## {}\n\n```mermaid\n{}```\n", machine.name, drawing(&machine)).unwrap();
    }
    check_file(root().join("docs/state-machines.md"), &text);
}

/// How to read the table.
const LEGEND: &str = "\
How to read it: a column is a state of the session, a row is what happens to it there.

  M3 > ExpectM4       it sends M3, and is in another state then
  Ack                 it sends WSC_ACK, and stays in its state
  Done: RECEIVED!     it sends WSC_Done; the registration has succeeded
  Nack 13: nonce      it sends WSC_NACK with Configuration Error 13; the registration has failed, with the reason
  end Nack 0: refused it is over; an EAP peer still sends this, an EAP server EAP-Failure
  end                 it is over, and there is nothing to send
  decide > …          it asks its owner for a decision
  -                   nothing: it was not for this session
  (blank)             cannot be: the state waits for no message, or that message has no such part

`awaited` is the message that the state waits for. It is right but for what the row says: where settings are damaged or
a proof is wrong, the Authenticator still fits.
";

#[test]
fn the_whole_table() {
    let mut text = String::from(LEGEND);
    for (machine, variants) in MACHINES {
        let rows = run(machine);
        let shown: Vec<(String, Vec<String>)> = rows
            .iter()
            .filter(|(_, cells)| cells.iter().any(Option::is_some))
            .map(|(name, cells)| {
                let cells = cells.iter().zip(machine.states).map(|(cell, state)| show(cell, state));
                (name.clone(), cells.collect())
            })
            .collect();
        write!(text, "\n{}\n\n{}", machine.name, table(machine.states, &shown)).unwrap();

        for variant in *variants {
            writeln!(text, "\n{}: as above, but for", variant.name).unwrap();
            for (name, cells) in run(variant) {
                let above = shown.iter().find(|(known, _)| *known == name).map(|(_, above)| above);
                for (cell, state) in cells.iter().zip(variant.states) {
                    let column = machine.states.iter().position(|known| known == state).unwrap();
                    let cell = show(cell, state);
                    if cell != above.map_or("", |above| &above[column]) {
                        writeln!(text, "  {state}, {name}: {cell}").unwrap();
                    }
                }
            }
        }
    }
    insta::assert_snapshot!(text);
}
