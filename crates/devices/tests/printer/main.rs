//! The printer as a person meets it: what is done by hand at its panel, and its radio's news told by hand.

mod bench;
mod configuration_page;
mod failures;
mod menus;
mod methods;
mod models;
mod power;
mod random_walk;
mod two_lines;
