//! The router: settings, log-in, registrar, waiting devices, ledger, alerts.

mod boundary;

pub use boundary::{NetworkSettings, RouterNews, RouterOrder, SelectedRegistrar, WpsOnAir};
