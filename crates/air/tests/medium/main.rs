//! The medium, as its owner sees it.

mod access;
mod common;
mod delivery;
mod distance;
mod properties;
mod scale;
