//! The printer: models, panel, menus, PINs, the network configuration page.

mod boundary;
mod configuration;
mod course;
mod judge;
mod lights;
mod lines;
mod link;
mod menu;
mod model;
mod panel;
mod saved;
mod screens;
mod screens_setup;
mod setup;
mod short;
mod typing;
mod unit;

pub use boundary::{
    AttemptRow, ConfigurationData, ConfigurationRow, PrinterConfig, PrinterNews, PrinterOrder, RowResult,
    Surroundings,
};
pub use unit::PrinterUnit;
