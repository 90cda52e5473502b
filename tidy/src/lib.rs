//! The rules of the house, checked by ordinary tests.
//!
//! A rule that only stands in a document is forgotten. Each file under `tests/` states rules of one
//! kind as data, says why each exists, and fails with the places that break it.
//!
//! This library is what those tests read the repository with: [`Workspace`] for the packages and
//! their dependencies as Cargo resolves them, [`source`] for the Rust files.
#![forbid(unsafe_code)]

pub mod source;
mod workspace;

use std::path::{Path, PathBuf};

pub use workspace::{DependencyKind, Package, Workspace};

/// A rule: what must hold, and why it is worth failing a build for.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// What must hold, in one sentence.
    pub what: &'static str,
    /// The reason, shown to whoever broke the rule.
    pub why: &'static str,
}

impl Rule {
    /// Passes when nothing broke the rule; otherwise panics with the rule, its reason and every place.
    ///
    /// # Panics
    ///
    /// When `broken` is not empty: that is how a test fails.
    pub fn check(&self, broken: &[String]) {
        assert!(
            broken.is_empty(),
            "\n\nrule: {}\nwhy:  {}\n\n  {}\n\n",
            self.what,
            self.why,
            broken.join("\n  ")
        );
    }
}

/// The root of the repository.
///
/// # Panics
///
/// Never in this repository: the crate stands one folder below its root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate has a parent folder").to_owned()
}
