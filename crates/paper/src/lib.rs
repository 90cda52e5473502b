//! Pages on paper: the network configuration page and the test page, as PDF.
//!
//! Each function takes what is to be said and gives the octets of a PDF. It reads no clock and no file, and the same
//! input gives the same octets: the fonts are part of the program.
//!
//! Any script may stand in any text. Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew, Arabic, nine scripts of India
//! and Thailand come in outline fonts, everything else of the Basic Multilingual Plane and pictographs as pixels. A character
//! that cannot be seen, that would move its neighbours about, or that no font has is printed as `\u{1f}`. Text can be
//! searched and copied.
//!
//! ```
//! use keyway_paper::{ConfigurationPage, Outcome, Row, network_configuration_page, network_name};
//!
//! let page = ConfigurationPage {
//!     verdict: "The printer is on the network".into(),
//!     printer_name: "Study".into(),
//!     printed_at: "1 May 2026, 10:20".into(),
//!     rows: vec![Row {
//!         name: "Network found".into(),
//!         result: Outcome::Pass,
//!         evidence: format!("{} on channel 6", network_name("Дом".as_bytes())),
//!     }],
//!     ..ConfigurationPage::default()
//! };
//! let pdf = network_configuration_page(&page)?;
//! assert!(pdf.starts_with(b"%PDF-"));
//! # Ok::<(), keyway_paper::PaperError>(())
//! ```
#![forbid(unsafe_code)]

mod configuration;
mod fonts;
mod legible;
mod sheet;
mod test_page;
mod truetype;
mod typeset;
mod unifont;

pub use configuration::{Attempt, ConfigurationPage, Outcome, Row, network_configuration_page};
pub use legible::network_name;
pub use test_page::{TestPage, test_page};

/// Why there is no page.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaperError {
    /// The PDF could not be written; a defect of this program, with its technical words.
    #[error("the page could not be made: {0}. Please report this; printing it again is worth a try")]
    Pdf(String),
}
