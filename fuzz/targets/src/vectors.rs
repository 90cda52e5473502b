//! The recorded registrations of `vectors/`, as inputs to start from.

use std::fs;
use std::path::{Path, PathBuf};

/// Every value in `vectors/` that is longer than a key: messages, frames, what is encrypted in them.
///
/// # Panics
///
/// When the folder cannot be read, and when a file is not written in the form that its README describes.
pub(crate) fn values() -> Vec<Vec<u8>> {
    let mut values = below("");
    values.retain(|value| value.len() > 32);
    values.sort();
    values.dedup();
    values
}

/// What a kernel said.
///
/// # Panics
///
/// As [`values`].
pub(crate) fn kernel() -> Vec<Vec<u8>> {
    below("nl80211")
}

/// Every value below this folder of `vectors/`.
fn below(folder: &str) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors").join(folder);
    files(&root).iter().flat_map(|path| read(path)).collect()
}

/// The text files below `folder`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries
        .map(|entry| entry.expect("a folder entry").path())
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|ending| ending == "txt"))
        .collect()
}

fn read(path: &Path) -> Vec<Vec<u8>> {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut values: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        match (line.split_once('='), values.last_mut()) {
            (Some((_, value)), _) => values.push(value.trim().to_owned()),
            (None, Some(value)) => value.push_str(line.trim()),
            (None, None) => {}
        }
    }
    values
        .iter()
        .map(|value| octets(value).unwrap_or_else(|| panic!("{}: {value}", path.display())))
        .collect()
}

fn octets(hex: &str) -> Option<Vec<u8>> {
    let digits: Vec<char> = hex.chars().collect();
    let pairs = digits.chunks(2).map(|pair| {
        let [high, low] = pair else { return None };
        u8::try_from(high.to_digit(16)? * 16 + low.to_digit(16)?).ok()
    });
    pairs.collect()
}
