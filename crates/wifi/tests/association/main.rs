//! Stations and access points, each with its soft MAC, over a medium that may lose frames, in simulated time.

mod air;
mod given;
mod world;

mod coming_back;
mod driver;
mod joining;
mod many;
mod protection;
mod refusals;
mod registering;
