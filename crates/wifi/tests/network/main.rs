//! What scan results mean: security, WPS, and which network is chosen.

mod cell;
mod choice;
mod meaning;
mod results;
