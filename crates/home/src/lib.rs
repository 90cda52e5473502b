//! The actors of a home, without I/O: a [`Printer`] that registers and a [`Router`] that registers others, with the
//! rules that surround a PIN.
//!
//! Frames, time and randomness come in as arguments; frames, events and the next deadline go out. The same actors
//! serve a cable, a simulated radio and a real one.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod button;
mod cause;
mod lockout;
mod nickname;
mod pins;
mod printer;
mod router;
mod timetable;
mod words;

pub use button::{ButtonAnswer, PushButton, WALK_TIME};
pub use cause::{Cause, Side};
pub use lockout::{Lock, Lockout};
pub use nickname::Nickname;
pub use pins::{LifetimeError, PinBook, PinId, PinLifetime, PinMatch, Whose};
pub use printer::{Printer, PrinterEvent, PrinterOutcome, Task};
pub use router::{Ended, Method, Router, RouterConfig, RouterEvent};
pub use words::Words;
