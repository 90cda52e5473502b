//! The router: settings, log-in, registrar, waiting devices, ledger, alerts.

mod boundary;
mod unit;

pub use boundary::{NetworkSettings, RouterNews, RouterOrder, RouterUnitConfig, SelectedRegistrar, WpsOnAir};
pub use unit::RouterUnit;
