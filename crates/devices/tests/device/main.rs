//! Printer and router as devices, each on a radio that does what it is told, without a home around them.

mod bench;
mod command_order;
mod one_radio;
mod outage;
