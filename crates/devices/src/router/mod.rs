//! The router: settings, log-in, registrar, waiting devices, ledger, alerts.

mod adding;
mod boundary;
mod devices;
mod judge;
mod ledger;
mod network;
mod password;
mod registrar;
mod sessions;
mod settings;
mod unit;
mod view;
mod waiting;

pub use boundary::{NetworkSettings, RouterNews, RouterOrder, RouterUnitConfig, SelectedRegistrar, WpsOnAir};
pub use unit::RouterUnit;
