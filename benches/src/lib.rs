//! What the benchmarks share.

pub mod pairs;
