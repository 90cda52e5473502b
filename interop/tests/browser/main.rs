//! The pages in a real browser: each way onto the network, and each thing that goes wrong, by clicking and typing as a
//! person does. Needs no root.

mod failures;
mod looks;
mod methods;
mod support;
