//! Runs operations under Valgrind with one key after the other and compares what was done: every instruction, and the
//! address of every load and store, in order. A branch or an index that depends on a secret shows as a difference.
//!
//! This is a program of its own, without the test harness. Valgrind calls it back with the argument `traced`. The key
//! comes by standard input, so that nothing around it depends on the key.

use keyway_group5::{PrivateKey, PublicKey};
use std::hint::black_box;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};

/// What is traced: its name, and the octets of a key. Windows of the exponent are all alike, so a few show them all.
const OPERATIONS: [(&str, usize); 4] =
    [("from_bytes", 192), ("public_key", 32), ("public_key", 33), ("shared_secret", 4)];

/// A load from here begins and ends the part of the trace that counts.
static MARK: AtomicU8 = AtomicU8::new(0);

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
    let mut octets = Vec::with_capacity(256);
    std::io::stdin().read_to_end(&mut octets).expect("a key");
    let peer = PublicKey::from_bytes(&[9]).expect("a valid key");
    println!("{:08x}", black_box(&MARK).as_ptr().addr());

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
    let mut one = vec![0; length];
    one[length - 1] = 1;
    let mut high = vec![0; length];
    high[0] = 0x80;
    let mixed: Vec<u8> = (0..length).map(|i| (i * 151 + 89) as u8).collect();
    let reference = trace(operation, &mixed);
    for key in [one, high, vec![0xff; length]] {
        assert!(trace(operation, &key) == reference, "{operation} depends on the key: {key:x?}");
    }
    assert!(trace(operation, &mixed[1..]) != reference, "the trace shows nothing of {operation}");
    println!("{operation}, {length} octets: the same {} instructions, loads and stores", reference.0);
}

/// How many instructions, loads and stores there were, and a digest of them.
fn trace(operation: &str, key: &[u8]) -> (u64, u64) {
    let mut valgrind = Command::new("valgrind")
        .args(["--tool=lackey", "--trace-mem=yes", "--basic-counts=no", "--log-fd=2"])
        .arg(std::env::current_exe().expect("the path of this program"))
        .args(["traced", operation])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("Valgrind runs: `apt-get install valgrind`");
    valgrind.stdin.take().expect("a pipe").write_all(key).expect("Valgrind reads the key");
    let mut mark = String::new();
    let mut output = BufReader::new(valgrind.stdout.take().expect("a pipe"));
    let mut log = BufReader::new(valgrind.stderr.take().expect("a pipe"));
    let lines = std::iter::from_fn(|| {
        let mut line = String::new();
        (log.read_line(&mut line).expect("text") > 0).then_some(line)
    });
    // The program writes the address of the mark before it loads it, but Valgrind may be far ahead in the log.
    let lines: Vec<String> = lines.collect();
    output.read_line(&mut mark).expect("the address of the mark");
    assert!(valgrind.wait().expect("Valgrind ends").success(), "{operation} failed under Valgrind");

    let load = format!(" L {},1\n", mark.trim_end());
    let marked = lines.iter().skip_while(|line| **line != load).skip(1).take_while(|line| **line != load);
    marked.fold((0, 0xcbf2_9ce4_8422_2325), |(count, digest), line| {
        let digest = line
            .bytes()
            .fold(digest, |digest, octet| (digest ^ u64::from(octet)).wrapping_mul(0x100_0000_01b3));
        (count + 1, digest)
    })
}
