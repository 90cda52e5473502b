//! The printer: models, panel, menus, PINs, the network configuration page.

mod boundary;
mod configuration;
mod course;
mod device;
mod judge;
mod lights;
mod lines;
mod link;
mod menu;
mod model;
mod network;
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
pub use device::{Joining, PrinterDevice, PrinterDeviceConfig, PrinterOutput};
pub use network::PrinterNetwork;
pub use unit::PrinterUnit;
