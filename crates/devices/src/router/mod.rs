//! The router: settings, log-in, registrar, waiting devices, ledger, alerts.

mod adding;
mod boundary;
mod cell;
mod device;
mod devices;
mod gateway;
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
mod world;

pub use boundary::{
    NetworkSettings, RouterChannels, RouterNews, RouterOrder, RouterUnitConfig, SelectedRegistrar, WpsOnAir,
};
pub use cell::{Cell, CellConfig, CellNetwork, ManagementProtection};
pub use device::{GuestNetwork, RouterDevice, RouterOutput};
pub use gateway::Gateway;
pub use unit::RouterUnit;
pub use world::RouterWorld;
