//! The kernel's own IP stack, for a printer and a router on an interface that has joined or started its network.
//!
//! | what | is |
//! |---|---|
//! | [`KernelPrinterNetwork`] | a printer's host: DHCP client, address and route on the interface, Multicast DNS, IPP |
//! | [`KernelGateway`] | a router's host: its address on the interface, DHCP server |
//! | [`Links`] | links, addresses and routes, asked for and changed |
//! | [`clean_up`] | removes what a killed run left |
//!
//! Both hosts are called as those of `keyway_lan` are, with the time as an argument, and never block. They have one
//! descriptor to be waited for each. DHCP and ARP go over packet sockets with a filter, because an address is probed
//! before the kernel has it; everything else is the kernel's work.
//!
//! What is put on the interface is known by [`PROTOCOL`], lasts no longer than the lease (a router's address: an hour,
//! renewed while the program runs), and is removed when the host is dropped.
//!
//! ```no_run
//! use keyway_eap::Timestamp;
//! use keyway_linux::ip::{KernelPrinterConfig, KernelPrinterNetwork};
//! use keyway_linux::{Clock, Poller};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let config: KernelPrinterConfig = unimplemented!();
//! let mut poller = Poller::new(Clock::start())?;
//! let clock = poller.clock();
//! let now = move || Timestamp::from_epoch(clock.now());
//! let mut network = KernelPrinterNetwork::open(config, now())?;
//! network.link_up(now());
//! loop {
//!     while let Some(event) = network.poll_event() {
//!         println!("{event:?}");
//!     }
//!     while let Some(problem) = network.poll_problem() {
//!         eprintln!("{problem}");
//!     }
//!     let deadline = network.poll_timeout().map(Timestamp::since_epoch);
//!     let sources: Vec<_> = network.sources().map(Some).collect();
//!     if poller.wait(&sources, deadline)?.stop.is_some() {
//!         break;
//!     }
//!     network.handle_timeout(now());
//! }
//! network.leave(now());
//! # Ok(())
//! # }
//! ```

mod claim;
mod error;
mod gateway;
mod links;
mod message;
mod multicast;
mod printer;
mod ready;
mod roles;
mod server;
mod wire;

pub use claim::{Removed, clean_up};
pub use error::IpError;
pub use gateway::{KernelGateway, KernelGatewayConfig};
pub use links::{LinkMode, LinkState, Links, NewAddress, OperState, PROTOCOL, Route, SetAddress};
pub use printer::{KernelPrinterConfig, KernelPrinterNetwork};
pub use server::{CONNECTIONS, OTHER_PORT};
