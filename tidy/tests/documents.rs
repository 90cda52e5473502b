//! What documents promise about tests, and what pages must not have.

use std::fs;
use std::path::{Path, PathBuf};

use keyway_tidy::{Rule, root};

/// Every Rust file below a folder.
fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the repository").flatten() {
        let path = entry.path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_test_in_the_table_of_needs_exists() {
    let mut files = Vec::new();
    for folder in ["crates", "interop", "tidy"] {
        rust_files(&root().join(folder), &mut files);
    }
    let code: String = files.iter().map(|file| fs::read_to_string(file).expect("a Rust file")).collect();
    let page = fs::read_to_string(root().join("docs/needs.md")).expect("docs/needs.md");
    let mut broken = Vec::new();
    let mut numbers = Vec::new();
    for line in page.lines().filter(|line| line.starts_with("| N")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        numbers.push(cells[1].to_owned());
        for name in cells[3].split('`').skip(1).step_by(2) {
            let exists = if name.contains('/') {
                root().join(name).exists()
            } else {
                code.contains(&format!("fn {name}("))
            };
            if !exists {
                broken.push(format!("{}: {name}", cells[1]));
            }
        }
    }
    let expected: Vec<String> = (1..=53).map(|number| format!("N{number}")).collect();
    assert_eq!(numbers, expected, "one line for each need, in order");
    Rule {
        what: "every test and file that docs/needs.md names exists",
        why: "the page is what people go by when they ask whether a need is met",
    }
    .check(&broken);
}

#[test]
fn no_page_has_a_telephone_number() {
    let mut broken = Vec::new();
    for entry in fs::read_dir(root().join("crates/web/templates")).expect("templates").flatten() {
        let text = fs::read_to_string(entry.path()).expect("a template");
        let lower = text.to_lowercase();
        for sign in ["tel:", "phone number", "hotline", "call us", "+1 ", "toll-free"] {
            if lower.contains(sign) {
                broken.push(format!("{}: {sign}", entry.path().display()));
            }
        }
    }
    Rule {
        what: "no page has a telephone number",
        why: "nobody ever needs to telephone anyone; numbers on set-up pages are what swindlers imitate",
    }
    .check(&broken);
}
