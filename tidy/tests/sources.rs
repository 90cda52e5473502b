//! What may stand in a Rust file.

use keyway_tidy::Rule;
use keyway_tidy::source::{self, Source};

/// The folders of the pure crates.
const PURE: &[&str] =
    &["crates/group5", "crates/wsc", "crates/eap", "crates/wifi", "crates/nl80211", "crates/home"];

/// The folders of the crates that lean on the standard library and do no I/O.
const SANS_IO: &[&str] = &["crates/air", "crates/lan", "crates/explain", "crates/devices"];

/// Every folder with Rust in it.
const EVERYTHING: &[&str] = &["crates", "fuzz", "interop", "benches", "scripts", "tidy"];

/// The longest file that passes, in lines.
const LONGEST: usize = 550;

/// What a pure crate must not name in code that is part of the product.
const IMPURE: &[(&str, &str)] = &[
    ("std::", "the standard library brings the operating system with it; use core and alloc"),
    ("extern crate std", "the standard library brings the operating system with it; use core and alloc"),
    ("SystemTime", "time is only ever an argument"),
    ("Instant", "time is only ever an argument"),
    ("getrandom", "randomness is only ever an argument, drawn by name"),
    ("OsRng", "randomness is only ever an argument, drawn by name"),
];

/// What a crate without I/O must not name in code that is part of the product.
const WITH_IO: &[(&str, &str)] = &[
    ("std::fs", "files belong to the edge"),
    ("std::env", "the environment belongs to the edge"),
    ("std::thread", "threads belong to the edge"),
    ("std::process", "processes belong to the edge"),
    ("std::os", "the operating system belongs to the edge"),
    ("TcpStream", "sockets belong to the edge"),
    ("TcpListener", "sockets belong to the edge"),
    ("UdpSocket", "sockets belong to the edge"),
    ("SystemTime", "time is only ever an argument"),
    ("std::time::Instant", "time is only ever an argument"),
    ("Instant::now", "time is only ever an argument"),
    ("getrandom", "randomness is only ever an argument"),
    ("OsRng", "randomness is only ever an argument"),
    ("println!", "what is printed is decided at the edge"),
];

/// What no file of ours says in its code.
const MARKS_IN_CODE: &[&str] = &["todo!", "unimplemented!", "dbg!", "#[ignore"];

/// What no file of ours says in its comments.
const MARKS_IN_COMMENTS: &[&str] = &["TODO", "FIXME", "XXX", "HACK"];

#[test]
fn pure_crates_say_so() {
    let mut broken = Vec::new();
    for folder in PURE {
        let root = Source::read(format!("{folder}/src/lib.rs").as_ref());
        for attribute in ["#![no_std]", "#![forbid(unsafe_code)]"] {
            if !root.code.contains(attribute) {
                broken.push(format!("{} lacks {attribute}", root.path.display()));
            }
        }
    }
    Rule {
        what: "a pure crate says #![no_std] and #![forbid(unsafe_code)] at its root",
        why: "the protocol runs on devices without an operating system, and no input may corrupt memory: \
              the compiler proves both, but only when told to",
    }
    .check(&broken);
}

#[test]
fn pure_crates_name_nothing_impure() {
    let mut broken = Vec::new();
    for file in PURE.iter().flat_map(|folder| source::product_files(folder)) {
        for (word, why) in IMPURE {
            broken
                .extend(file.find(&file.product, word).into_iter().map(|place| format!("{place}  ({why})")));
        }
    }
    Rule {
        what: "outside their tests, pure crates name no std, clock or random source",
        why: "they take bytes, time and randomness as arguments; that is what makes every run repeatable",
    }
    .check(&broken);
}

#[test]
fn crates_without_io_do_none() {
    let mut broken = Vec::new();
    for file in SANS_IO.iter().flat_map(|folder| source::product_files(folder)) {
        for (word, why) in WITH_IO {
            broken
                .extend(file.find(&file.product, word).into_iter().map(|place| format!("{place}  ({why})")));
        }
    }
    Rule {
        what: "outside their tests, the crates of the simulated home name no file, socket, thread, clock or random source",
        why: "the same code runs in a test within a millisecond and in a demo in real time, and comes out the same",
    }
    .check(&broken);
}

#[test]
fn files_are_short() {
    let broken: Vec<String> = EVERYTHING
        .iter()
        .flat_map(|folder| source::product_files(folder))
        .map(|file| (file.text.lines().count(), file))
        .filter(|(lines, _)| *lines > LONGEST)
        .map(|(lines, file)| format!("{}: {lines} lines", file.path.display()))
        .collect();
    Rule {
        what: "a Rust file outside tests has at most 550 lines; aim for fewer than 500",
        why: "in every code base we learned from, the longest file is the worst-reading part; divide it along a seam",
    }
    .check(&broken);
}

#[test]
fn nothing_is_marked_unfinished() {
    let mut broken = Vec::new();
    for file in EVERYTHING.iter().flat_map(|folder| source::files(folder)) {
        for mark in MARKS_IN_CODE {
            broken.extend(file.find(&file.code, mark));
        }
        for mark in MARKS_IN_COMMENTS {
            broken.extend(file.find(&file.comments, mark));
        }
    }
    Rule {
        what: "no file carries a mark of unfinished work, and no test is switched off",
        why: "what is not done belongs into an issue, where somebody finds it; a test that is ignored proves nothing",
    }
    .check(&broken);
}
