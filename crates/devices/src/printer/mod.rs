//! The printer: models, panel, menus, PINs, the network configuration page.

mod boundary;

pub use boundary::{
    AttemptRow, ConfigurationData, ConfigurationRow, PrinterConfig, PrinterNews, PrinterOrder, RowResult,
    Surroundings,
};
