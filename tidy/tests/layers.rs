//! Which package may depend on which, and what the pure ones may lean on.

use std::collections::BTreeSet;

use keyway_tidy::DependencyKind::{Build, Normal};
use keyway_tidy::{Rule, Workspace};

/// The house, lowest room first. An arrow may only point to an earlier line.
///
/// The list of a pure crate names the foreign crates it may depend on directly.
const HOUSE: &[(&str, Room)] = &[
    ("keyway-group5", Room::Pure(&["subtle", "zeroize"])),
    ("keyway-wsc", Room::Pure(&["aes", "cbc", "hmac", "sha1", "sha2", "subtle", "zeroize"])),
    ("keyway-eap", Room::Pure(&[])),
    // For the keys of WPA2: the standard's own ciphers, message authentication codes and key derivations.
    (
        "keyway-wifi",
        Room::Pure(&["aes", "aes-kw", "ccm", "cmac", "hmac", "pbkdf2", "sha1", "sha2", "subtle", "zeroize"]),
    ),
    ("keyway-nl80211", Room::Pure(&["zeroize"])),
    ("keyway-home", Room::Pure(&["subtle", "zeroize"])),
    ("keyway-air", Room::SansIo),
    ("keyway-lan", Room::SansIo),
    ("keyway-explain", Room::SansIo),
    ("keyway-devices", Room::SansIo),
    ("keyway-paper", Room::Edge),
    ("keyway-store", Room::Edge),
    ("keyway-web", Room::Edge),
    ("keyway-linux", Room::Edge),
    ("keyway-manager", Room::Edge),
    ("keyway", Room::Edge),
    ("keyway-fuzz-targets", Room::Proof),
    ("keyway-firmware", Room::Proof),
    ("keyway-interop", Room::Proof),
    ("keyway-benches", Room::Proof),
    ("keyway-tidy", Room::Proof),
];

/// Everything foreign that may end up inside a pure crate, by way of the ones named above. Each of these
/// was looked at: `no_std`, and no sockets, clock, threads, files or randomness of its own.
const PURE_CLOSURE: &[&str] = &[
    "aead",
    "aes",
    "aes-kw",
    "block-buffer",
    "block-padding",
    "cbc",
    "ccm",
    "cfg-if",
    "cipher",
    "cmac",
    "cmov",
    "const-oid",
    "cpubits",
    "cpufeatures",
    "crypto-common",
    "ctr",
    "ctutils",
    "dbl",
    "digest",
    "hmac",
    "hybrid-array",
    "inout",
    "pbkdf2",
    "sha1",
    "sha2",
    "subtle",
    "typenum",
    "zeroize",
];

enum Room {
    /// Takes bytes, time and randomness as arguments.
    Pure(&'static [&'static str]),
    /// Leans on the standard library and touches no machine: bytes, time and randomness are arguments here too.
    SansIo,
    /// Touches the machine it runs on.
    Edge,
    /// Only proves something about the others.
    Proof,
}

#[test]
fn every_member_has_a_place() {
    let workspace = Workspace::load();
    let broken: Vec<String> = workspace
        .members()
        .filter(|package| place(&package.name).is_none())
        .map(|package| format!("{} stands nowhere in HOUSE (tidy/tests/layers.rs)", package.name))
        .collect();
    Rule {
        what: "every package of the workspace has its place in the house",
        why: "a package without a place has no rules; choose its layer before its dependencies choose it",
    }
    .check(&broken);
}

#[test]
fn arrows_point_down() {
    let workspace = Workspace::load();
    let mut broken = Vec::new();
    for package in workspace.members() {
        for below in workspace.direct(package, &[Normal, Build]).filter(|below| below.ours) {
            if place(&below.name) >= place(&package.name) {
                broken.push(format!("{} depends on {}", package.name, below.name));
            }
        }
    }
    Rule {
        what: "a package depends only on packages that stand above it in HOUSE (tests excepted)",
        why: "a lower layer that knows an upper one cannot be used, tested or understood without it",
    }
    .check(&broken);
}

#[test]
fn pure_crates_depend_only_on_what_was_looked_at() {
    let workspace = Workspace::load();
    let mut broken = Vec::new();
    for (name, allowed) in pure() {
        let Some(package) = workspace.member(name) else { continue };
        for dependency in workspace.direct(package, &[Normal, Build]).filter(|dependency| !dependency.ours) {
            if !allowed.contains(&dependency.name.as_str()) {
                broken.push(format!("{name} depends on {}", dependency.name));
            }
        }
    }
    Rule {
        what: "a pure crate depends directly only on the crates that HOUSE allows it",
        why: "each dependency of the protocol is code that handles secrets on a device; it is chosen, not picked up. \
              If the new one is right, add it to HOUSE in the same commit and say why there",
    }
    .check(&broken);
}

#[test]
fn pure_crates_reach_nothing_impure() {
    let workspace = Workspace::load();
    let mut broken = BTreeSet::new();
    for (name, _) in pure() {
        let Some(package) = workspace.member(name) else { continue };
        for reached in workspace.closure(package).into_iter().filter(|reached| !reached.ours) {
            if !PURE_CLOSURE.contains(&reached.name.as_str()) {
                broken.insert(format!("{name} reaches {}", reached.name));
            }
        }
    }
    Rule {
        what: "what a pure crate reaches through its dependencies stands in PURE_CLOSURE",
        why: "purity is lost through a dependency's dependency as well: a socket, a clock or a random source \
              three levels down still is one",
    }
    .check(&Vec::from_iter(broken));
}

/// Where a package stands in the house.
fn place(name: &str) -> Option<usize> {
    HOUSE.iter().position(|(room, _)| *room == name)
}

fn pure() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    HOUSE.iter().filter_map(|(name, room)| match room {
        Room::Pure(allowed) => Some((*name, *allowed)),
        Room::SansIo | Room::Edge | Room::Proof => None,
    })
}
