//! The access point, by what it commands its radio and tells its owner.

mod admission;
mod cell;
mod crowd;
mod hostile;
mod keys;
mod outage;
mod queries;
mod registering;
mod says;
