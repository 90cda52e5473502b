//! A small, seeded mutator: what a fuzzer does, without one, and the same on every machine.

/// Values that parsers get wrong more often than others.
const EDGES: [u8; 8] = [0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff, 0x10, 0x4a];

/// The longest input that is made, in octets.
const LONGEST: usize = 4096;

/// Numbers that follow from a seed (SplitMix64).
#[derive(Debug, Clone)]
pub struct Numbers(u64);

impl Numbers {
    /// The sequence that belongs to `seed`.
    pub fn new(seed: u64) -> Numbers {
        Numbers(seed)
    }

    /// The sequence that belongs to `name`.
    pub fn of(name: &str) -> Numbers {
        Numbers(name.bytes().fold(0, |sum: u64, octet| sum.wrapping_mul(0x0100_0000_01b3) ^ u64::from(octet)))
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`, or 0 when `limit` is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        match u64::try_from(limit) {
            Ok(limit) if limit > 0 => usize::try_from(self.number() % limit).unwrap_or(0),
            _ => 0,
        }
    }

    /// One of `choices`, unless there is none.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        choices.get(self.below(choices.len()))
    }

    fn byte(&mut self) -> u8 {
        self.number().to_le_bytes()[0]
    }

    /// Part of something `length` octets long, seldom a large one.
    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.below(length + 1);
        let longest = if self.below(4) == 0 { length - start } else { (length - start).min(32) };
        start..start + self.below(longest + 1)
    }
}

/// Changes `input` in one to four places; `others` are inputs to take pieces from.
pub fn mutate(numbers: &mut Numbers, input: &mut Vec<u8>, others: &[Vec<u8>]) {
    for _ in 0..=numbers.below(4) {
        mutate_once(numbers, input, others);
    }
    input.truncate(LONGEST);
}

fn mutate_once(numbers: &mut Numbers, input: &mut Vec<u8>, others: &[Vec<u8>]) {
    let length = input.len();
    let at = numbers.below(length);
    match numbers.below(10) {
        // A length that lies: two octets, most significant first, as the protocol writes them; a kernel writes them in
        // the machine's order.
        0 | 1 if length >= 2 => {
            let at = numbers.below(length - 1);
            let is_kernels = numbers.below(2) == 0;
            let pair = [input[at], input[at + 1]];
            let old = if is_kernels { u16::from_ne_bytes(pair) } else { u16::from_be_bytes(pair) };
            let near = u16::from(numbers.byte() % 9);
            let new = match numbers.below(5) {
                0 => 0,
                1 => u16::MAX,
                2 => old.wrapping_add(near),
                3 => old.wrapping_sub(near),
                _ => u16::try_from(length - at - 2).unwrap_or(u16::MAX),
            };
            let new = if is_kernels { new.to_ne_bytes() } else { new.to_be_bytes() };
            input[at..at + 2].copy_from_slice(&new);
        }
        2 if length > 0 => input[at] ^= 1 << numbers.below(8),
        3 if length > 0 => input[at] = numbers.pick(&EDGES).copied().unwrap_or_default(),
        4 if length > 0 => input[at] = numbers.byte(),
        5 => input.truncate(numbers.below(length + 1)),
        6 => drop(input.drain(numbers.range(length))),
        // The same attribute twice, or one in another's place.
        7 => {
            let piece = input[numbers.range(length)].to_vec();
            let at = numbers.below(length + 1);
            input.splice(at..at, piece);
        }
        8 => {
            let other = numbers.pick(others).map_or(&[][..], Vec::as_slice);
            let piece = other[numbers.range(other.len())].to_vec();
            input.splice(numbers.range(length), piece);
        }
        _ => {
            let more = (0..numbers.below(16)).map(|_| numbers.byte()).collect::<Vec<u8>>();
            let at = numbers.below(length + 1);
            input.splice(at..at, more);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_inputs() {
        let make = || {
            let mut numbers = Numbers::new(7);
            let mut input = vec![1, 2, 3, 4];
            for _ in 0..200 {
                mutate(&mut numbers, &mut input, &[vec![9; 40]]);
            }
            input
        };
        assert_eq!(make(), make());
    }

    #[test]
    fn an_empty_input_is_no_obstacle() {
        for seed in 0..200 {
            mutate(&mut Numbers::new(seed), &mut Vec::new(), &[]);
        }
    }
}
