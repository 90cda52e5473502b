//! The computer: the set-up assistant.

mod boundary;

pub use boundary::{Around, ComputerNews, ComputerOrder};
