//! EAP, EAP-WSC and EAPOL without I/O: what carries a registration between two stations.
//!
//! A [`Session`](keyway_wsc::session::Session) makes and reads the messages of a registration. This crate cuts them to
//! size, wraps them in EAP and EAPOL, repeats what was lost, ignores what was repeated, and keeps the time. It opens no
//! socket and reads no clock: frames, time and randomness are arguments.
//!
//! | type | side | takes and gives |
//! |---|---|---|
//! | [`Supplicant`] | a device on an EAPOL link that wants to be registered, or to register its access point | EAPOL frames |
//! | [`Port`] | the other end of that link, one for each device | EAPOL frames |
//! | [`Peer`] | the EAP part of a supplicant, for other links | EAP packets |
//! | [`Authenticator`] | the EAP part of a port, for other links (RADIUS) | EAP packets |
//!
//! All four are driven alike: bring a frame or the time with `handle_*`, then poll until nothing is left. This
//! is a whole device:
//!
//! ```
//! use keyway_eap::{Config, Destination, Event, Supplicant, Timestamp};
//! use keyway_wsc::session::{Outcome, Session};
//! use keyway_wsc::{Entropy, MacAddr};
//!
//! /// The edge: a socket for the Ethernet type 0x888e, and a clock.
//! trait Link {
//!     fn now(&self) -> Timestamp;
//!     fn send(&mut self, to: MacAddr, frame: &[u8]);
//!     /// The next frame and its sender; `None` when `until` comes first.
//!     fn receive(&mut self, until: Timestamp) -> Option<(MacAddr, Vec<u8>)>;
//! }
//!
//! fn register(session: Session, link: &mut dyn Link, entropy: &mut dyn Entropy) -> Option<Outcome> {
//!     let now = link.now();
//!     let mut supplicant = Supplicant::new(session, Destination::Group, Config::default(), now);
//!     loop {
//!         while let Some(transmit) = supplicant.poll_transmit() {
//!             link.send(transmit.destination.address(), &transmit.frame);
//!         }
//!         while let Some(event) = supplicant.poll_event() {
//!             match event {
//!                 Event::Finished(_) => return supplicant.conversation().outcome().cloned(),
//!                 other => println!("{other:?}"),
//!             }
//!         }
//!         // A conversation that runs has a deadline.
//!         let until = supplicant.poll_timeout()?;
//!         match link.receive(until) {
//!             Some((from, frame)) => supplicant.handle_frame(from, &frame, link.now(), entropy),
//!             None => supplicant.handle_timeout(link.now()),
//!         }
//!     }
//! }
//! #
//! # struct DeadLink(Timestamp);
//! # impl Link for DeadLink {
//! #     fn now(&self) -> Timestamp {
//! #         self.0
//! #     }
//! #     fn send(&mut self, _: MacAddr, _: &[u8]) {}
//! #     fn receive(&mut self, until: Timestamp) -> Option<(MacAddr, Vec<u8>)> {
//! #         self.0 = until;
//! #         None
//! #     }
//! # }
//! # struct NoEntropy;
//! # impl Entropy for NoEntropy {
//! #     fn fill(&mut self, _: keyway_wsc::Draw, _: &mut [u8]) -> Result<(), keyway_wsc::EntropyError> {
//! #         Err(keyway_wsc::EntropyError)
//! #     }
//! # }
//! # use keyway_wsc::session::{Device, Failure, Registrar};
//! # use keyway_wsc::{ConfigMethods, DeviceDescription, DeviceType};
//! # let description = DeviceDescription {
//! #     manufacturer: "".into(),
//! #     model_name: "".into(),
//! #     model_number: "".into(),
//! #     serial_number: "".into(),
//! #     device_type: DeviceType::PRINTER,
//! #     device_name: "".into(),
//! # };
//! # let device = Device::new(MacAddr::default(), description, ConfigMethods::NONE);
//! # let session = Session::from(Registrar::new(device));
//! # let outcome = register(session, &mut DeadLink(Timestamp::ZERO), &mut NoEntropy);
//! # assert_eq!(outcome, Some(Outcome::Failure(Failure::TimedOut)));
//! ```
//!
//! The owner of a [`Port`] does the same, and answers two questions on the way:
//! [`Event::IdentityReceived`] with [`serve`](Port::serve) or [`refuse`](Port::refuse), and, for a registrar,
//! [`Event::Decide`] with [`decide`](Port::decide).
//!
//! EAP-WSC always ends with EAP-Failure, because nobody is let in anywhere by it. Whether the
//! registration succeeded is the [outcome](Conversation::outcome) of its session; a conversation that ends for
//! a reason outside the registration (time, the link, a peer that leaves) gives it that reason for its outcome.
//! Every conversation ends: the [overall timer](Timers::overall) sees to that.
//!
//! Conditions that hold for all four:
//! * The owner polls after every call. Of packets to send only the newest is kept: in lock-step an older one has lost its meaning.
//! * No event carries a secret.
//! * Memory is bounded: a message of at most [`fragment::MAX_MESSAGE`] octets in each direction, held only as far as it has come.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod authenticator;
mod config;
mod conversation;
pub mod eapol;
mod event;
pub mod fragment;
mod identity;
#[cfg(test)]
mod medium;
mod method;
pub mod packet;
mod peer;
mod port;
#[cfg(test)]
mod scripted;
mod supplicant;
mod time;
mod timer;
mod wire;
pub mod wsc_frame;

pub use authenticator::{Authenticator, Unserved};
pub use config::{Config, Limits};
pub use conversation::{Conversation, Role};
pub use event::{Discarded, Ending, Event, NotAsked};
pub use fragment::FragmentSize;
pub use identity::Identity;
pub use method::{MethodId, VENDOR_WFA};
pub use peer::Peer;
pub use port::Port;
pub use supplicant::{Destination, Supplicant, Transmit};
pub use time::Timestamp;
pub use timer::{Timer, Timers};
pub use wire::{TooLong, Truncated};
