//! What a package says about itself, and what the repository's documents say about the packages.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use keyway_tidy::{Rule, Workspace};

/// Documents at the root of the repository.
const DOCUMENTS: &[&str] =
    &["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"];

#[test]
fn packages_describe_themselves() {
    let workspace = Workspace::load();
    let mut broken = Vec::new();
    for package in workspace.members() {
        for field in ["description", "license", "rust_version"] {
            if package.field(field).is_none() {
                broken.push(format!("{} has no {field}", package.name));
            }
        }
        if package.field("license").is_some_and(|license| license != "MIT OR Apache-2.0") {
            broken.push(format!("{} has another license than the rest", package.name));
        }
        if !package.folder.starts_with(keyway_tidy::root().join("crates")) && !package.is_private() {
            broken.push(format!("{} lacks publish = false", package.name));
        }
    }
    Rule {
        what: "every package has a description, the project's license and rust-version; only crates/ is published",
        why: "that is what a person who finds one crate alone has to go by",
    }
    .check(&broken);
}

#[test]
fn the_map_names_every_package() {
    let map = read("ARCHITECTURE.md");
    let workspace = Workspace::load();
    let broken: Vec<String> = workspace
        .members()
        .filter_map(|package| {
            let folder = package.folder.strip_prefix(keyway_tidy::root()).ok()?.display().to_string();
            (!map.contains(&format!("`{folder}`"))).then(|| format!("`{folder}` is missing"))
        })
        .collect();
    Rule {
        what: "ARCHITECTURE.md names the folder of every package",
        why: "a map with a room missing sends people the wrong way",
    }
    .check(&broken);
}

#[test]
fn links_lead_somewhere() {
    let mut broken = Vec::new();
    for document in DOCUMENTS {
        let text = read(document);
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| !target.contains("://") && !target.starts_with('#')) {
            let path = target.split('#').next().unwrap_or(target);
            if !keyway_tidy::root().join(path).exists() {
                broken.push(format!("{document} points to {target}"));
            }
        }
    }
    Rule { what: "links inside the repository lead to a file", why: "a dead link is a promise broken" }
        .check(&broken);
}

#[test]
fn every_fuzz_target_also_runs_as_a_test() {
    let root = keyway_tidy::root();
    let listed = read("fuzz/targets/src/lib.rs");
    let manifest = read("fuzz/Cargo.toml");
    let mut broken = Vec::new();
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(root.join("fuzz/fuzz_targets")).expect("fuzz/fuzz_targets is a folder") {
        let path = entry.expect("a folder entry").path();
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if !listed.contains(&format!("name: \"{name}\"")) {
            broken.push(format!("{name} is not in TARGETS (fuzz/targets/src/lib.rs)"));
        }
        if !manifest.contains(&format!("name = \"{name}\"")) {
            broken.push(format!("{name} has no [[bin]] in fuzz/Cargo.toml"));
        }
        names.insert(name);
    }
    for name in listed.split("name: \"").skip(1).filter_map(|rest| rest.split('"').next()) {
        if !names.contains(name) {
            broken.push(format!("{name} has no file in fuzz/fuzz_targets"));
        }
    }
    Rule {
        what: "every fuzz target is in TARGETS, which the tests of fuzz/targets run with a fixed budget",
        why: "a fuzz target that only runs where a nightly compiler happens to be is not run",
    }
    .check(&broken);
}

fn read(path: &str) -> String {
    fs::read_to_string(keyway_tidy::root().join(Path::new(path)))
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}
