//! Reading octets in order, with errors that say what is wrong and where.

use core::fmt;
use keyway_wsc::MacAddr;

/// Octets are not what they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// What was being read, as a noun: `"sequence control"`.
    pub what: &'static str,
    /// Where it begins, in octets from the start of what was given to the parser.
    pub offset: usize,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// They end too early.
    Truncated {
        /// How many octets it takes.
        needed: usize,
        /// How many were there.
        available: usize,
    },
    /// Their number is right and their value is not.
    Value(&'static str),
}

impl ParseError {
    pub(crate) const fn value(what: &'static str, offset: usize, problem: &'static str) -> ParseError {
        ParseError { what, offset, problem: Problem::Value(problem) }
    }

    /// The same error, seen from a place `by` octets further ahead.
    pub(crate) const fn moved(self, by: usize) -> ParseError {
        ParseError { offset: self.offset + by, ..self }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ParseError { what, offset, problem } = self;
        match problem {
            Problem::Truncated { needed, available } => write!(
                f,
                "the {what} at octet {offset} takes {needed} octets, but only {available} are there"
            ),
            Problem::Value(problem) => write!(f, "the {what} at octet {offset} {problem}"),
        }
    }
}

impl core::error::Error for ParseError {}

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
    pub(crate) fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], ParseError> {
        match self.rest.split_first_chunk::<N>() {
            Some((array, rest)) => {
                (self.rest, self.offset) = (rest, self.offset + N);
                Ok(*array)
            }
            None => Err(self.truncated(what, N)),
        }
    }

    /// The next `length` octets, which are a `what`.
    pub(crate) fn take(&mut self, length: usize, what: &'static str) -> Result<&'a [u8], ParseError> {
        match self.rest.split_at_checked(length) {
            Some((taken, rest)) => {
                (self.rest, self.offset) = (rest, self.offset + length);
                Ok(taken)
            }
            None => Err(self.truncated(what, length)),
        }
    }

    pub(crate) fn u8(&mut self, what: &'static str) -> Result<u8, ParseError> {
        self.array(what).map(|[octet]| octet)
    }

    /// A little-endian number.
    pub(crate) fn u16(&mut self, what: &'static str) -> Result<u16, ParseError> {
        self.array(what).map(u16::from_le_bytes)
    }

    /// A little-endian number.
    pub(crate) fn u64(&mut self, what: &'static str) -> Result<u64, ParseError> {
        self.array(what).map(u64::from_le_bytes)
    }

    pub(crate) fn address(&mut self, what: &'static str) -> Result<MacAddr, ParseError> {
        self.array(what).map(MacAddr)
    }

    /// Everything that has not been read.
    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    fn truncated(&self, what: &'static str, needed: usize) -> ParseError {
        let available = self.rest.len();
        ParseError { what, offset: self.offset, problem: Problem::Truncated { needed, available } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn errors_say_what_and_where() {
        let mut reader = Reader::new(&[1, 2, 3]);
        assert_eq!(reader.u16("pair"), Ok(0x0201));
        let error = reader.take(4, "answer").unwrap_err();
        assert_eq!(error.to_string(), "the answer at octet 2 takes 4 octets, but only 1 are there");
        assert_eq!(error.moved(10).offset, 12);
        assert_eq!(reader.rest(), [3]);
        let error = ParseError::value("count", 7, "is zero");
        assert_eq!(error.to_string(), "the count at octet 7 is zero");
    }
}
