//! DHCP (RFC 2131), both sides. The packets are smoltcp's; what is done with them is here.

pub(crate) mod client;
pub(crate) mod leases;
mod message;
pub(crate) mod server;

pub(crate) use message::{Kind, Message};

/// The port of servers.
pub(crate) const SERVER_PORT: u16 = 67;

/// The port of clients.
pub(crate) const CLIENT_PORT: u16 = 68;
