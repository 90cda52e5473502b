//! The computer: the set-up assistant.
//!
//! The assistant is a conversation: which printer, what is on it, which method, checks before anybody types anything,
//! the set-up with the printer's own steps, whether this computer sees the printer, a test page, and whether WPS is off
//! again. It looks at the printer's and the router's screens as a person does by turning the head ([`Around`]); what it can
//! do by itself it orders.

mod asking;
mod boundary;
mod checks;
mod printing;
mod stage;
mod unit;
mod words;

pub use boundary::{Around, ComputerNews, ComputerOrder};
pub use unit::ComputerUnit;
