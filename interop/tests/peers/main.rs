//! Keyway and stock programs with each other, and the proofs that the means of these tests work.
//!
//! One program holds them all, because most of them wait for somebody's timer most of the time: side by side they
//! take two minutes, one after the other six.

mod a_long_wait;
mod bad_cables;
mod explained;
mod judges;
mod keyway_with_keyway;
mod pixie_dust;
mod printer_with_hostapd;
mod router_with_wpa_supplicant;
mod rules;
mod stock_peers;
mod stock_peers_on_a_bad_cable;
