//! For tests: the files of `vectors/`.

use std::string::{String, ToString};
use std::vec::Vec;

/// The values of a file with their names; see `vectors/README.md` for the format.
pub(crate) struct Vector(Vec<(String, String)>);

impl Vector {
    pub(crate) fn read(text: &str) -> Vector {
        let mut values: Vec<(String, String)> = Vec::new();
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            match line.split_once('=') {
                Some((name, digits)) => values.push((name.trim().to_string(), digits.trim().to_string())),
                None => values.last_mut().unwrap().1.push_str(line.trim()),
            }
        }
        Vector(values)
    }

    pub(crate) fn get(&self, name: &str) -> Vec<u8> {
        let (_, digits) = self.0.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("{name}"));
        let octet = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
        (0..digits.len()).step_by(2).map(octet).collect()
    }

    pub(crate) fn array<const N: usize>(&self, name: &str) -> [u8; N] {
        self.get(name).try_into().unwrap()
    }
}
