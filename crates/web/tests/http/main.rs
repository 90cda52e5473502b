//! The pages and the API as a browser and a program meet them: a whole home, served over HTTP on loopback.
//!
//! Time in the home is skipped by the action `wait`; nothing here waits for a clock.

mod client;
mod description;
mod events;
mod hostile;
mod house;
mod html;
mod kept;
mod log_in;
mod pages;
mod printing;
mod random;
mod refusals;
mod router_alone;
mod secrets;
mod setup;
