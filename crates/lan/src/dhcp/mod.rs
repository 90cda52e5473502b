//! DHCP (RFC 2131), both sides. The packets are smoltcp's; what is done with them is here.
//!
//! Both take and give whole Ethernet frames, because they speak where no address exists yet. The hosts of this crate have
//! them built in; a host on a kernel's own stack has them on a packet socket.

mod client;
mod leases;
mod message;
mod server;

pub use client::{Client, ClientEvent};
pub(crate) use message::{Kind, Message};
pub use server::Server;

/// The port of servers.
pub const SERVER_PORT: u16 = 67;

/// The port of clients.
pub const CLIENT_PORT: u16 = 68;
