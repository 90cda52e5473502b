//! The files of `vectors/`: see the README there for their format.

use keyway_wsc::{Draw, Entropy, EntropyError, MessageType};
use std::fmt::Write;
use std::path::PathBuf;
use std::{env, fs};

/// Octets on a line, when a value takes several.
const LINE: usize = 48;

/// The values of a file with their names, in their order.
pub struct Vector {
    path: PathBuf,
    values: Vec<(String, Vec<u8>)>,
}

impl Vector {
    /// Reads `vectors/{path}`.
    pub fn read(path: &str) -> Vector {
        let path = place(path);
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut values: Vec<(String, Vec<u8>)> = Vec::new();
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let digits = match line.split_once('=') {
                Some((name, digits)) => {
                    let name = name.trim();
                    let known = values.iter().any(|(known, _)| known == name);
                    assert!(!known, "{name} stands twice in {}", path.display());
                    values.push((name.to_owned(), Vec::new()));
                    digits.trim()
                }
                None => line.trim(),
            };
            let (_, value) = values.last_mut().unwrap_or_else(|| panic!("{} lacks a name", path.display()));
            value.extend(from_hex(digits));
        }
        Vector { path, values }
    }

    /// The value of that name.
    pub fn get(&self, name: &str) -> &[u8] {
        self.find(name).unwrap_or_else(|| panic!("{} lacks {name}", self.path.display()))
    }

    /// The value of that name, if there is one.
    pub fn find(&self, name: &str) -> Option<&[u8]> {
        self.values.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_slice())
    }

    /// The messages, in the order in which they were sent; the enrollee and the registrar take turns.
    pub fn messages(&self) -> impl Iterator<Item = &[u8]> {
        let is_message = |name: &str| {
            let name = name.trim_end_matches(".answer");
            MessageType::NAMED.iter().any(|message| message_name(*message) == name)
        };
        self.values.iter().filter(move |(name, _)| is_message(name)).map(|(_, value)| value.as_slice())
    }

    /// The value of that name, whose length is known.
    pub fn array<const N: usize>(&self, name: &str) -> [u8; N] {
        self.get(name).try_into().unwrap_or_else(|_| panic!("{name} has not {N} octets"))
    }

    /// What one side drew.
    pub fn draws(&self, side: &'static str) -> Draws<'_> {
        Draws { vector: self, side }
    }
}

/// Answers each name with the value in the file.
pub struct Draws<'a> {
    vector: &'a Vector,
    side: &'static str,
}

impl Entropy for Draws<'_> {
    fn fill(&mut self, draw: Draw, out: &mut [u8]) -> Result<(), EntropyError> {
        out.copy_from_slice(self.vector.find(&draw_name(self.side, draw)).ok_or(EntropyError)?);
        Ok(())
    }
}

/// The name of what a side drew.
pub fn draw_name(side: &str, draw: Draw) -> String {
    match draw {
        Draw::EnrolleeNonce | Draw::RegistrarNonce => format!("{side}.nonce"),
        Draw::DhPrivateKey => format!("{side}.private-key"),
        Draw::SecretNonce1 => format!("{side}.secret-nonce-1"),
        Draw::SecretNonce2 => format!("{side}.secret-nonce-2"),
        Draw::Iv(message) => format!("{side}.iv.{}", message_name(message)),
        Draw::DevicePassword => format!("{side}.password"),
    }
}

/// The name of a message.
pub fn message_name(message: MessageType) -> String {
    message.to_string().trim_start_matches("WSC_").to_lowercase()
}

/// A value with its name, as it stands in a file.
pub fn entry(name: &str, value: &[u8]) -> String {
    let line = |octets: &[u8]| {
        octets.iter().fold(String::new(), |mut line, octet| {
            write!(line, "{octet:02x}").unwrap();
            line
        })
    };
    if value.len() <= LINE {
        return format!("{name} = {}\n", line(value));
    }
    let lines = value.chunks(LINE).map(|octets| format!("  {}\n", line(octets)));
    format!("{name} =\n{}", lines.collect::<String>())
}

/// Compares a file of `vectors/` or `docs/` with what it should say; with `KEYWAY_REGENERATE` set, writes it.
pub fn check_file(path: PathBuf, expected: &str) {
    if env::var_os("KEYWAY_REGENERATE").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, expected).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
    let found = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let different = found.lines().zip(expected.lines()).enumerate().find(|(_, (a, b))| a != b);
    assert!(
        found == expected,
        "{} is not what the code makes; first difference (line, there, now): {different:?}.\n\
         If the change is meant, run the test with KEYWAY_REGENERATE=1 and look at the difference.",
        path.display()
    );
}

/// Where `vectors/{path}` is.
pub fn place(path: &str) -> PathBuf {
    root().join("vectors").join(path)
}

/// The root of the repository.
pub fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn from_hex(digits: &str) -> Vec<u8> {
    assert!(digits.len().is_multiple_of(2), "an odd number of digits: {digits}");
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}
