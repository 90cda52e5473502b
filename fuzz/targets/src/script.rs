//! Fuzz input read as a script: what happens to each message on its way.

/// A script is read from its start; when it is over, everything passes unharmed.
#[derive(Debug)]
pub struct Script<'a>(&'a [u8]);

/// What happens to one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It arrives as it was sent.
    Pass,
    /// It does not arrive.
    Lose,
    /// It arrives twice.
    Repeat,
    /// It arrives changed.
    Change(Vec<u8>),
}

impl<'a> Script<'a> {
    /// Reads `input` as a script.
    pub fn new(input: &'a [u8]) -> Script<'a> {
        Script(input)
    }

    /// The next octet, or 0 at the end.
    pub fn byte(&mut self) -> u8 {
        self.0.split_off_first().copied().unwrap_or(0)
    }

    /// Up to `length` octets.
    pub fn bytes(&mut self, length: usize) -> &'a [u8] {
        let length = length.min(self.0.len());
        self.0.split_off(..length).unwrap_or_default()
    }

    /// A place in something `length` octets long, or 0.
    pub fn place(&mut self, length: usize) -> usize {
        let place = usize::from(u16::from_be_bytes([self.byte(), self.byte()]));
        place.checked_rem(length).unwrap_or(0)
    }

    /// What happens to `message`.
    pub fn fate(&mut self, message: &[u8]) -> Fate {
        let mut changed = message.to_vec();
        match self.byte() {
            1 => return Fate::Lose,
            2 => return Fate::Repeat,
            3 => {
                let at = self.place(changed.len());
                let bit = self.byte() % 8;
                changed.iter_mut().skip(at).take(1).for_each(|octet| *octet ^= 1 << bit);
            }
            4 => changed.truncate(self.place(message.len() + 1)),
            5 => {
                let at = self.place(message.len() + 1);
                let length = usize::from(self.byte());
                let end = (at + length).min(message.len());
                let count = usize::from(self.byte());
                changed.splice(at..end, self.bytes(count).iter().copied());
            }
            6 => {
                let count = self.place(2048);
                changed = self.bytes(count).to_vec();
            }
            _ => return Fate::Pass,
        }
        Fate::Change(changed)
    }
}
