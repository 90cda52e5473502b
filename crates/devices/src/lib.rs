//! Printer, router and computer as a person meets them, and the simulated home that has them all.
#![forbid(unsafe_code)]
