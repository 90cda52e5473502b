//! The Linux edge: where the pure crates of Keyway meet the kernel.
//!
//! Frames in and out ([`EapolSocket`]), news of the link ([`LinkMonitor`]), lines that somebody types ([`Lines`]),
//! one wait for all of them ([`Poller`]), time ([`Clock`]), randomness ([`OsEntropy`]), and secrets in files and
//! at the keyboard ([`write_secret_file`], [`read_secret`]). Printer and router on the kernel's own IP stack are in
//! [`ip`].
//!
//! A program is one loop in one thread. It holds one buffer, and a frame costs it two system calls: the wait and
//! the receipt.
//!
//! ```no_run
//! use std::time::Duration;
//! use keyway_linux::{Clock, EapolSocket, LinkError, Line, Lines, PAE_GROUP_ADDRESS, Poller, Received};
//! use rustix::fd::AsFd;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! keyway_linux::protect_memory()?;
//! let mut poller = Poller::new(Clock::start())?;
//! let mut socket = EapolSocket::open("eth0")?;
//! let mut buffer = vec![0; socket.buffer_length()];
//! let mut lines = Lines::stdin();
//!
//! socket.send(PAE_GROUP_ADDRESS, &[1, 1, 0, 0])?; // EAPOL-Start
//! let deadline = poller.clock().now() + Duration::from_secs(120);
//! loop {
//!     let wake = poller.wait(&[Some(socket.as_fd()), lines.source()], Some(deadline))?;
//!     if wake.stop.is_some() || wake.deadline_reached {
//!         break Ok(());
//!     }
//!     if wake.is_ready(0) {
//!         match socket.receive(&mut buffer) {
//!             Ok(Received::Frame(frame)) => println!("{} octets from {}", frame.payload.len(), frame.source),
//!             Ok(Received::Skipped(_) | Received::Nothing) => {}
//!             Err(error @ LinkError::Down { .. }) => eprintln!("{error}"),
//!             Err(error) => break Err(error.into()),
//!         }
//!     }
//!     if wake.is_ready(1) {
//!         lines.read(|line| match line {
//!             Line::Text(text) => println!("{} octets typed", text.len()),
//!             Line::TooLong | Line::NotText => eprintln!("that is no PIN"),
//!         })?;
//!     }
//! }
//! # }
//! ```
#![deny(unsafe_code)]

mod capabilities;
mod clock;
mod eapol_socket;
mod interface;
pub mod ip;
mod lines;
mod link_error;
mod netlink;
mod packet;
mod process;
mod program;
mod random;
mod secret_file;
mod secret_input;
mod wait;
pub mod wifi;

pub use capabilities::{Capability, can_do_without_override, keep_capabilities};
pub use clock::{Clock, rfc3339, wall_clock};
pub use eapol_socket::{
    EAPOL_ETHERTYPE, ETHERNET_HEADER_LENGTH, EapolSocket, Frame, PAE_GROUP_ADDRESS, Received, Skip,
};
pub use interface::{Interface, LinkChange, LinkMonitor};
pub use lines::{Line, Lines, MAX_LINE};
pub use link_error::{LinkError, OpenError, SendError};
pub use process::protect_memory;
pub use program::forget_starting;
pub use random::OsEntropy;
pub use secret_file::{WriteError, check_secret_file, write_secret_file};
pub use secret_input::{
    Exposure, ReadError, Secret, prompt_secret, read_secret, read_secret_file, read_secret_line,
};
pub use wait::{MAX_SOURCES, Poller, Stop, Wake};
