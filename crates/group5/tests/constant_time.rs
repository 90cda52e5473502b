//! Runs operations under Valgrind with one key and with another, and compares what was done: every instruction, and the
//! address of every load and store, in order. A branch or an index that depends on a secret shows as a difference.
//!
//! This is a program of its own, without the test harness. Valgrind calls it back with the argument `traced`. The key
//! comes by standard input, so that nothing around it depends on the key.

use keyway_group5::{PrivateKey, PublicKey};
use std::hint::black_box;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread;

/// What is traced: its name, and the octets of a key. Windows of the exponent are all alike, so two octets show them.
const OPERATIONS: [(&str, usize); 3] = [("from_bytes", 192), ("public_key", 32), ("shared_secret", 2)];

/// A load from here begins and ends the part of the trace that counts.
static MARK: AtomicU8 = AtomicU8::new(0);

/// A number of lines, and a digest of them.
#[derive(Debug, PartialEq)]
struct Trace {
    lines: u64,
    digest: u64,
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().position(|argument| argument == "traced") {
        Some(traced) => perform(&arguments[traced + 1]),
        None if arguments.iter().any(|argument| argument == "--list") => (),
        None => OPERATIONS.iter().for_each(|(operation, length)| check(operation, *length)),
    }
}

/// What Valgrind watches.
fn perform(operation: &str) {
    println!("{:08x}", black_box(&MARK).as_ptr().addr());
    let mut octets = Vec::with_capacity(256);
    std::io::stdin().read_to_end(&mut octets).expect("a key");
    let peer = PublicKey::from_bytes(&[9]).expect("a valid key");

    black_box(MARK.load(Ordering::SeqCst));
    let key = PrivateKey::from_bytes(&octets).expect("a valid key");
    match operation {
        "from_bytes" => (),
        "public_key" => drop(black_box(key.public_key())),
        "shared_secret" => drop(black_box(key.shared_secret(&peer))),
        other => panic!("{other} is not traced"),
    }
    drop(key);
    black_box(MARK.load(Ordering::SeqCst));
}

fn check(operation: &str, length: usize) {
    let key: Vec<u8> = (0..length).map(|i| (i * 151 + 89) as u8).collect();
    let complement: Vec<u8> = key.iter().map(|octet| !octet).collect();
    let traces = [trace(operation, &key), trace(operation, &complement)];
    assert_eq!(traces[0], traces[1], "what {operation} does depends on the key");
    assert!(traces[0].lines > 1000, "the trace shows nothing of {operation}");
    println!("{operation}, {length} octets: the same {} instructions, loads and stores", traces[0].lines);
}

fn trace(operation: &str, key: &[u8]) -> Trace {
    let mut valgrind = Command::new("valgrind")
        .args(["--tool=lackey", "--trace-mem=yes", "--basic-counts=no", "--log-fd=2"])
        .arg(std::env::current_exe().expect("the path of this program"))
        .args(["traced", operation])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("Valgrind runs: `apt-get install valgrind`");
    let log = valgrind.stderr.take().expect("a pipe");
    let (sender, mark) = mpsc::channel();
    let reader = thread::spawn(move || between_marks(BufReader::new(log), &mark));

    // The program waits for its key, so the reader learns the mark before it is loaded.
    let mut line = String::new();
    BufReader::new(valgrind.stdout.take().expect("a pipe")).read_line(&mut line).expect("the mark's address");
    sender.send(format!(" L {},1\n", line.trim_end())).expect("the reader lives");
    valgrind.stdin.take().expect("a pipe").write_all(key).expect("Valgrind reads the key");

    let trace = reader.join().expect("a trace");
    assert!(valgrind.wait().expect("Valgrind ends").success(), "{operation} failed under Valgrind");
    trace
}

fn between_marks(mut log: impl BufRead, mark: &Receiver<String>) -> Trace {
    let mut trace = Trace { lines: 0, digest: 0xcbf2_9ce4_8422_2325 };
    let mut marks = 0;
    let mut known = None;
    let mut line = Vec::new();
    while log.read_until(b'\n', &mut line).expect("Valgrind's log") > 0 {
        known = known.or_else(|| mark.try_recv().ok());
        if known.as_ref().is_some_and(|mark| mark.as_bytes() == line) {
            marks += 1;
        } else if marks == 1 {
            trace.lines += 1;
            for octet in &line {
                trace.digest = (trace.digest ^ u64::from(*octet)).wrapping_mul(0x100_0000_01b3);
            }
        }
        line.clear();
    }
    assert_eq!(marks, 2, "marks in the trace");
    trace
}
