//! Reading octets in order, with errors that say what was cut short and where.

use core::fmt;

/// Something ended too early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Truncated {
    /// What was being read, as a noun: `"EAP header"`.
    pub what: &'static str,
    /// Where it starts, in octets from the start of the packet or frame that was being parsed.
    pub offset: usize,
    /// How many octets it takes.
    pub needed: usize,
    /// How many were there.
    pub available: usize,
}

impl fmt::Display for Truncated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Truncated { what, offset, needed, available } = self;
        write!(f, "the {what} at octet {offset} takes {needed} octets, but only {available} are there")
    }
}

impl core::error::Error for Truncated {}

/// A packet was to be built whose length does not fit its 16-bit length field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong {
    /// The length it would have, in octets.
    pub length: usize,
    /// The largest that fits.
    pub limit: usize,
}

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} octets do not fit: the limit is {}", self.length, self.limit)
    }
}

impl core::error::Error for TooLong {}

/// The length of a packet as its 16-bit field, if it fits.
pub(crate) fn length_field(length: usize) -> Result<u16, TooLong> {
    u16::try_from(length).map_err(|_| TooLong { length, limit: usize::from(u16::MAX) })
}

/// Reads a slice from its start to its end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    offset: usize,
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { rest: bytes, offset: 0 }
    }

    /// The next `N` octets, which are a `what`.
    pub(crate) fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], Truncated> {
        match self.rest.split_first_chunk::<N>() {
            Some((array, rest)) => {
                (self.rest, self.offset) = (rest, self.offset + N);
                Ok(*array)
            }
            None => Err(self.truncated(what, N)),
        }
    }

    /// The next `length` octets, which are a `what`.
    pub(crate) fn take(&mut self, length: usize, what: &'static str) -> Result<&'a [u8], Truncated> {
        match self.rest.split_at_checked(length) {
            Some((taken, rest)) => {
                (self.rest, self.offset) = (rest, self.offset + length);
                Ok(taken)
            }
            None => Err(self.truncated(what, length)),
        }
    }

    /// Everything that has not been read.
    pub(crate) const fn rest(self) -> &'a [u8] {
        self.rest
    }

    fn truncated(&self, what: &'static str, needed: usize) -> Truncated {
        Truncated { what, offset: self.offset, needed, available: self.rest.len() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn errors_say_what_and_where() {
        let mut reader = Reader::new(&[1, 2, 3]);
        assert_eq!(reader.array("pair"), Ok([1, 2]));
        let error = reader.take(4, "answer").unwrap_err();
        assert_eq!(error, Truncated { what: "answer", offset: 2, needed: 4, available: 1 });
        assert_eq!(error.to_string(), "the answer at octet 2 takes 4 octets, but only 1 are there");
        assert_eq!(reader.rest(), [3]);
    }

    #[test]
    fn lengths_have_sixteen_bits() {
        assert_eq!(length_field(0xffff), Ok(0xffff));
        assert_eq!(length_field(0x1_0000), Err(TooLong { length: 0x1_0000, limit: 0xffff }));
    }
}
