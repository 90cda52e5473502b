//! What is wrong with a file, and where.

use core::fmt;

/// A file cannot be read, or not to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadError {
    /// Where the header, block or record begins that is wrong, in octets from the start of the file.
    pub offset: u64,
    /// What is wrong with it.
    pub problem: ReadProblem,
}

/// What is wrong with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadProblem {
    /// There is nothing in it.
    Empty,
    /// It does not begin like a pcapng or a pcap file.
    NotACapture,
    /// It ends within this.
    Truncated {
        /// What it ends in.
        what: &'static str,
        /// How many octets are missing, at least.
        missing: u64,
    },
    /// This is longer than any that is read.
    TooLong {
        /// What it is.
        what: &'static str,
        /// How long it says it is, in octets.
        length: u64,
    },
    /// This does not add up.
    Malformed {
        /// What it is.
        what: &'static str,
    },
    /// A packet names an interface that was not described before it.
    UnknownInterface {
        /// The number it gives.
        number: u32,
    },
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ReadError { offset, problem } = self;
        match problem {
            ReadProblem::Empty => write!(f, "at octet {offset}: the file is empty"),
            ReadProblem::NotACapture => {
                write!(f, "at octet {offset}: this is not the beginning of a pcapng or pcap file")
            }
            ReadProblem::Truncated { what, missing: 1 } => {
                write!(f, "at octet {offset}: the file ends within a {what}; 1 octet is missing")
            }
            ReadProblem::Truncated { what, missing } => {
                write!(f, "at octet {offset}: the file ends within a {what}; {missing} octets are missing")
            }
            ReadProblem::TooLong { what, length } => {
                write!(f, "at octet {offset}: a {what} of {length} octets, which is longer than any there is")
            }
            ReadProblem::Malformed { what } => write!(f, "at octet {offset}: a {what} that does not add up"),
            ReadProblem::UnknownInterface { number } => {
                write!(f, "at octet {offset}: a packet of interface {number}, which was not described before")
            }
        }
    }
}

impl core::error::Error for ReadError {}
