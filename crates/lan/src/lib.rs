//! What happens on the network after joining, without I/O: DHCP, DNS-SD, IPP.
//!
//! Three hosts, each on a TCP/IP [`Stack`] of its own: the router ([`GatewayHost`]), a printer ([`PrinterHost`]) and
//! a computer ([`ComputerHost`]). Ethernet II frames go in and out; the owner carries them, over a simulated radio
//! or a test's switch. The shape is the same for all of them:
//!
//! - in: `handle_ethernet`, `handle_timeout`, `link_up`, `link_down`, and what a person does;
//! - out, to be polled until there is nothing left, after each call: `poll_transmit`, `poll_event`;
//! - when to come again: `poll_timeout`.
//!
//! Nothing here reads a clock or draws a random number: the moment is an argument, and one seed makes one run.
//!
//! | module | what it has |
//! |---|---|
//! | [`stack`](Stack) | smoltcp between two queues of frames |
//! | [`gateway`] | the router's own host: its address, and the leases it gives |
//! | [`printer`] | a printer's host: address, announcement, web and IPP server |
//! | [`computer`] | a computer's host: finds printers, prints |
//! | [`dhcp`] | asking for an address, and lending them |
//! | [`dns_sd`] | announcing and finding services (RFC 6762, RFC 6763) |
//! | [`http`] | HTTP/1.1 as far as IPP needs it, both sides |
//! | [`ipp`] | the messages of the Internet Printing Protocol |
//! | [`ipp_printer`] | what a printer answers to them; for a server on a real socket as well |
#![forbid(unsafe_code)]

mod address;
pub mod computer;
pub mod dhcp;
pub mod dns_sd;
pub mod gateway;
pub mod http;
pub mod ipp;
pub mod ipp_printer;
pub mod printer;
mod seeded;
mod stack;
mod station;

pub use address::Address;
pub use computer::{ComputerEvent, ComputerHost};
pub use gateway::{GatewayEvent, GatewayHost};
pub use ipp_printer::IppPrinter;
pub use printer::{PrinterEvent, PrinterHost, PrinterServices};
pub use stack::Stack;
