//! The pages of the home and its JSON API.
//!
//! One address serves everything: the front page with the home as a picture, the printers' panels, the router's page
//! behind its log-in, and the computer's assistant. Pages are made on the server and work without scripts; a
//! small script keeps them up to date by server-sent events. Nothing on them comes from anywhere else.
//!
//! | module | what it has |
//! |---|---|
//! | [`live`] | a home that runs in a thread of its own |
//! | [`kept`] | what must last, in the store |
//! | [`paper`] | data as PDF |
//! | `visitors` | who visits: cookies, forms' tokens, log-in |
//! | `guard` | what every request has to pass, and what every answer says |
//! | `forms` | from a form to an action |
//! | `pages` | the pages |
//! | `api` | the same for programs |
#![forbid(unsafe_code)]

mod api;
mod forms;
mod guard;
mod host;
pub mod kept;
pub mod live;
mod pages;
pub mod paper;
mod site;
mod visitors;

pub use host::{PrinterServer, serve_printer};
pub use live::LiveHome;
pub use site::{Options, serve};
