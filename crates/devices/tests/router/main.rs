//! The router as its owner meets it, with real printers over EAPOL and without a radio.

mod adding;
mod air;
mod alert;
mod bench;
mod log_in;
mod network;
mod random_walk;
mod restart;
mod router_pin;
