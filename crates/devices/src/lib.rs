//! Printer, router and computer as a person meets them, and the simulated home that has them all.
//!
//! | module | what it has |
//! |---|---|
//! | [`action`] | everything that a person can do, as data |
//! | [`view`] | everything that a person can see, as data |
//! | [`session`] | how far a set-up is: seven steps, the messages, the countdown, the reason |
//! | [`session_tracker`] | follows a set-up from its events: the same on printer and router |
//! | [`durable`] | what must last, as data |
//! | [`printer`] | the printer: models, panel, menus, PINs, the network configuration page |
//! | [`router`] | the router: settings, log-in, registrar, waiting devices, ledger, alerts |
//! | [`computer`] | the computer: the set-up assistant |
//! | [`network`] | a network as a scan shows it |
//! | [`play`] | a person who acts in a home |
//! | [`home`] | all of them on one simulated radio |
//! | [`World`] | what pages and programs look at: a home, or a router alone |
//!
//! Pages, a JSON API, a play without a browser and tests all drive a home by actions and look at it by views.
//! Nothing here opens a file or a socket or reads a clock.
#![forbid(unsafe_code)]

pub mod action;
mod client;
pub mod computer;
pub mod durable;
pub mod home;
mod kept;
pub mod network;
pub mod play;
pub mod printer;
mod random;
pub mod router;
mod secret;
pub mod session;
pub mod session_tracker;
mod tap;
mod terms;
pub mod view;
mod wifi_password;
mod world;

pub use action::{Action, Refusal};
pub use random::Random;
pub use secret::SecretText;
pub use terms::probe_request;
pub use view::HomeView;
pub use world::World;
