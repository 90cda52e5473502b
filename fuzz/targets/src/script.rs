//! Fuzz input read as a script: what happens to each message on its way.

use keyway_wsc::attribute::Attributes;

/// A script is read from its start. When it is over, every message arrives as it was sent.
#[derive(Debug)]
pub(crate) struct Script<'a>(&'a [u8]);

/// What happens to one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It arrives as it was sent.
    Pass,
    /// It does not arrive.
    Lose,
    /// It arrives twice.
    Repeat,
    /// It arrives changed.
    Change(Vec<u8>),
    /// It arrives with this number as its operation code.
    Relabel(u8),
}

impl<'a> Script<'a> {
    pub(crate) fn new(input: &'a [u8]) -> Script<'a> {
        Script(input)
    }

    /// The next octet, or 0 at the end.
    pub(crate) fn byte(&mut self) -> u8 {
        self.0.split_off_first().copied().unwrap_or(0)
    }

    /// Whether it is read to its end.
    pub(crate) fn is_over(&self) -> bool {
        self.0.is_empty()
    }

    /// What happens to `message`.
    pub(crate) fn fate(&mut self, message: &[u8]) -> Fate {
        let choice = self.byte();
        let mut changed = message.to_vec();
        match choice % 16 {
            1 => return Fate::Lose,
            2 => return Fate::Repeat,
            3 => return Fate::Relabel(self.byte()),
            4 => {
                let at = self.place(changed.len());
                let bit = self.byte() % 8;
                changed.iter_mut().skip(at).take(1).for_each(|octet| *octet ^= 1 << bit);
            }
            5 => changed.truncate(self.place(message.len() + 1)),
            6 => {
                let at = self.place(message.len() + 1);
                let end = (at + usize::from(self.byte())).min(message.len());
                changed.splice(at..end, self.some_bytes().iter().copied());
            }
            7 => {
                let high = self.byte();
                changed = vec![high; usize::from(self.byte()) * 256];
            }
            8..=12 => changed = self.rearranged(message, choice % 16),
            _ => return Fate::Pass,
        }
        Fate::Change(changed)
    }

    /// The attributes of `message`, one of them changed: each stays well-formed, and the list does not.
    fn rearranged(&mut self, message: &[u8], choice: u8) -> Vec<u8> {
        let mut list: Vec<(u16, Vec<u8>)> = Attributes::new(message)
            .map_while(Result::ok)
            .map(|attribute| (attribute.id.0, attribute.value.to_vec()))
            .collect();
        let (at, other) = (self.place(list.len()), self.place(list.len()));
        if at < list.len() {
            match choice {
                8 => drop(list.remove(at)),
                9 => list.insert(other, list[at].clone()),
                10 => list.swap(at, other),
                11 => list[at].1 = self.some_bytes().to_vec(),
                _ => list[at].0 = u16::from_be_bytes([0x10, self.byte()]),
            }
        }
        list.iter()
            .flat_map(|(id, value)| {
                let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
                [&id.to_be_bytes()[..], &length.to_be_bytes(), value].concat()
            })
            .collect()
    }

    /// A place in something `length` octets long, or 0.
    pub(crate) fn place(&mut self, length: usize) -> usize {
        let place = usize::from(u16::from_be_bytes([self.byte(), self.byte()]));
        place.checked_rem(length).unwrap_or(0)
    }

    /// Octets of the script, behind their number in two octets.
    pub(crate) fn many_bytes(&mut self) -> &'a [u8] {
        let length = usize::from(u16::from_be_bytes([self.byte(), self.byte()])).min(self.0.len());
        self.0.split_off(..length).unwrap_or_default()
    }

    /// Octets of the script, behind their number in one octet.
    pub(crate) fn some_bytes(&mut self) -> &'a [u8] {
        let length = usize::from(self.byte()).min(self.0.len());
        self.0.split_off(..length).unwrap_or_default()
    }
}
