//! Typing with three keys: Left and Right choose a character, OK takes it.

use crate::action::Key;
use crate::secret::SecretText;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// What can be typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alphabet {
    /// Digits: a PIN, at most 8.
    Digits,
    /// A network's name, at most 32 characters.
    Name,
    /// A password, at most 64 characters.
    Password,
}

const DIGITS: &[&str] = &["0123456789"];
const TEXT: &[&str] = &[
    "abcdefghijklmnopqrstuvwxyz",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "0123456789",
    " -_.,:;!?@#$%&*+=/\\|()[]{}<>^~'\"`",
];

impl Alphabet {
    fn groups(self) -> &'static [&'static str] {
        match self {
            Alphabet::Digits => DIGITS,
            Alphabet::Name | Alphabet::Password => TEXT,
        }
    }

    fn longest(self) -> usize {
        match self {
            Alphabet::Digits => 8,
            Alphabet::Name => 32,
            Alphabet::Password => 64,
        }
    }
}

/// A text that is being typed.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(super) struct Typing {
    #[zeroize(skip)]
    alphabet: Alphabet,
    text: String,
    group: usize,
    /// The character under the cursor; one past the group's last is "done".
    index: usize,
}

/// What a key did.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// It goes on.
    On,
    /// The text is complete.
    Done(SecretText),
    /// Back from an empty text: one does not want to type it.
    Left,
}

impl Typing {
    /// Nothing is typed yet.
    pub(super) fn new(alphabet: Alphabet) -> Typing {
        // With this capacity it never grows, so that no copy stays behind.
        Typing { alphabet, text: String::with_capacity(alphabet.longest()), group: 0, index: 0 }
    }

    /// Takes a key.
    pub(super) fn key(&mut self, key: Key) -> Typed {
        let choices = self.group().len() + 1;
        match key {
            Key::Right => self.index = (self.index + 1) % choices,
            Key::Left => self.index = (self.index + choices - 1) % choices,
            Key::Setup => {
                self.group = (self.group + 1) % self.alphabet.groups().len();
                self.index = 0;
            }
            Key::Back if self.text.pop().is_none() => return Typed::Left,
            Key::Ok => match self.group().as_bytes().get(self.index) {
                None => return self.done(),
                Some(character) if self.text.len() < self.alphabet.longest() => {
                    self.text.push(char::from(*character));
                    if self.alphabet == Alphabet::Digits && self.text.len() == self.alphabet.longest() {
                        return self.done();
                    }
                }
                Some(_) => {}
            },
            _ => {}
        }
        Typed::On
    }

    /// The end of what is typed, with the character under the cursor: at most 20 characters.
    pub(super) fn line(&self) -> SecretText {
        let cursor = match self.group().as_bytes().get(self.index) {
            Some(b' ') => "[space]".to_owned(),
            Some(character) => format!("[{}]", char::from(*character)),
            None => "[done]".to_owned(),
        };
        let room = 20 - cursor.len();
        let tail = self.text.len().saturating_sub(room);
        SecretText::new(format!("{}{cursor}", &self.text[tail..]))
    }

    fn done(&self) -> Typed {
        Typed::Done(SecretText::new(self.text.as_str()))
    }

    fn group(&self) -> &'static str {
        self.alphabet.groups()[self.group]
    }
}

impl std::fmt::Debug for Typing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Typing({:?}, hidden)", self.alphabet)
    }
}

/// The keys that type this text and confirm it; `None` when it cannot be typed with keys.
#[cfg(test)]
pub(super) fn keys(alphabet: Alphabet, text: &str) -> Option<Vec<Key>> {
    let groups = alphabet.groups();
    let (mut keys, mut group, mut index) = (Vec::new(), 0, 0);
    for character in text.chars() {
        let wanted = groups.iter().position(|group| group.contains(character))?;
        while group != wanted {
            keys.push(Key::Setup);
            group = (group + 1) % groups.len();
            index = 0;
        }
        let place = groups[group].find(character)?;
        let way = if place >= index { Key::Right } else { Key::Left };
        keys.extend(std::iter::repeat_n(way, place.abs_diff(index)));
        keys.push(Key::Ok);
        index = place;
    }
    if alphabet != Alphabet::Digits || text.len() != 8 {
        keys.extend(std::iter::repeat_n(Key::Right, groups[group].len() - index));
        keys.push(Key::Ok);
    }
    Some(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn type_in(alphabet: Alphabet, text: &str) -> Typed {
        let mut typing = Typing::new(alphabet);
        let mut last = Typed::On;
        for key in keys(alphabet, text).unwrap() {
            assert_eq!(last, Typed::On);
            last = typing.key(key);
            assert!(typing.line().expose().chars().count() <= 20);
        }
        last
    }

    #[test]
    fn every_character_of_a_password_can_be_typed() {
        let printable: String = (' '..='~').collect();
        assert_eq!(printable.len(), 95);
        for part in printable.as_bytes().chunks(60) {
            let part = std::str::from_utf8(part).unwrap();
            assert_eq!(type_in(Alphabet::Password, part), Typed::Done(SecretText::new(part)));
        }
        for pin in ["1234", "12345670"] {
            assert_eq!(type_in(Alphabet::Digits, pin), Typed::Done(SecretText::new(pin)));
        }
    }

    #[test]
    fn back_takes_away_and_leaves() {
        let mut typing = Typing::new(Alphabet::Name);
        assert_eq!(typing.key(Key::Ok), Typed::On);
        assert_eq!(typing.line().expose(), "a[a]");
        assert_eq!(typing.key(Key::Left), Typed::On);
        assert_eq!(typing.line().expose(), "a[done]");
        assert_eq!(typing.key(Key::Back), Typed::On);
        assert_eq!(typing.key(Key::Back), Typed::Left);
    }

    #[test]
    fn a_text_has_an_end() {
        let mut typing = Typing::new(Alphabet::Name);
        for _ in 0..100 {
            typing.key(Key::Ok);
        }
        assert_eq!(typing.text.len(), 32);
        assert_eq!(format!("{typing:?}"), "Typing(Name, hidden)");
    }
}
