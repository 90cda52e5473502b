//! A simulated radio: channels, distance, loss, collisions; captures as pcapng.
//!
//! [`Air`] is the medium that all radios of a simulated home share. It has no clock and no thread: its owner tells it
//! what happens, and polls for what comes of it. Here the owner is the loop that lets an access point's radio send
//! one frame to a printer's radio, as fast as the loop runs:
//!
//! ```
//! use keyway_air::{Air, AirConfig, AirEvent, Position, RadioConfig};
//! use keyway_eap::Timestamp;
//! use keyway_wifi::Channel;
//! use keyway_wifi::frame::{Data, Snap};
//! use keyway_wsc::MacAddr;
//!
//! let (router, printer) = (MacAddr([2, 0, 0, 0, 0, 1]), MacAddr([2, 0, 0, 0, 0, 2]));
//! let mut air = Air::new(AirConfig::default());
//! let sender = air.add(RadioConfig::access_point(Position::new(0.0, 0.0), router));
//! let receiver = air.add(RadioConfig::station(Position::new(3.0, 4.0), printer));
//! let channel = Channel::new(6).unwrap();
//! air.tune(sender, Some(channel));
//! air.tune(receiver, Some(channel));
//!
//! let mut now = Timestamp::ZERO;
//! let frame = Data::from_access_point(router, printer, router, Snap::eapol(&[1, 1, 0, 0]).encode()).encode();
//! air.transmit(sender, channel, 12, frame.clone(), Some(7), now); // 12 is 6 Mbit/s
//!
//! let mut seen = Vec::new();
//! loop {
//!     while let Some(event) = air.poll_event() {
//!         seen.push(event); // a real owner hands it to the soft MAC of that radio, and transmits what that answers
//!     }
//!     let Some(at) = air.poll_timeout() else { break };
//!     now = at; // or wait until then
//!     air.handle_timeout(now);
//! }
//!
//! let [AirEvent::Received(received), AirEvent::Sent { radio, ticket, acknowledged }] = &seen[..] else { panic!() };
//! assert_eq!((received.radio, &received.frame[..]), (receiver, &frame[..]));
//! assert!((-60..-40).contains(&received.signal));
//! assert_eq!((*radio, *ticket, *acknowledged), (sender, 7, true));
//! ```
//!
//! # What is simulated
//!
//! - **Distance.** Signals weaken with the logarithm of the distance, at 5 GHz more than at 2.4 GHz, and by a small
//!   amount that is constant for each pair of radios (shadowing). [`Air::set_obstruction`] puts a wall between two radios.
//! - **Loss.** Each rate needs a signal of its own. A weak signal loses frames with a probability; a weaker one is not
//!   heard at all.
//! - **Air time**, from length and rate: preamble, payload, and the acknowledgement of frames to one radio.
//! - **Access.** A radio waits while it hears another on its channel, then for a random number of slots. Each radio
//!   sends its frames in their order.
//! - **Collisions**, when [`AirConfig::collisions`] says so: of two frames that overlap at a receiver, the one that is
//!   10 dB stronger survives; otherwise both are lost. A radio that sends does not receive.
//!
//! # What is not
//!
//! - Channels do not overlap: a radio hears its own channel only, also at 2.4 GHz where neighbours really do overlap.
//! - A frame is tried once. Repetitions are the driver's task: it learns by [`AirEvent::Sent`] whether a frame was
//!   acknowledged.
//! - There is no protection by RTS and CTS, no aggregation, and no channel wider than 20 MHz.
//!
//! # Repeatable
//!
//! Every random choice is a function of [`AirConfig::seed`] and of what it is for: which transmission, which receiver.
//! The same calls give the same events on every machine. A choice for one radio does not shift those for another.
#![forbid(unsafe_code)]

pub mod capture;
mod config;
mod draw;
mod event;
mod medium;
mod propagation;
mod timing;

pub use capture::Capture;
pub use config::{AirConfig, LossModel, Position, RadioConfig, RadioId};
pub use event::{AirEvent, Counters, Received, Tap, Tapped};
pub use medium::{Air, MAX_WAITING};
pub use propagation::distance_for_signal;
