//! Captures of WPS in plain words: who wanted to be set up, by which method, how far it came, why it failed, and what
//! to do next.
//!
//! ```
//! # let bytes: &[u8] = &[0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0];
//! match keyway_explain::explain(bytes) {
//!     Ok(report) => {
//!         println!("{report}");
//!         if let Some(problem) = report.problem {
//!             println!("the rest cannot be read: {problem}");
//!         }
//!     }
//!     Err(problem) => println!("{problem}"),
//! }
//! ```
//!
//! A file that comes in pieces, or is larger than memory, goes through an [`Explainer`].
//!
//! What is read: pcapng and classic pcap (both byte orders, times in every resolution) of Ethernet, 802.11, 802.11 with
//! radiotap or PPI headers, and Linux' "cooked" packets. In them: beacons, probes, associations and their WPS elements;
//! EAPOL with EAP-WSC, put together from its fragments; the 4-way handshake; DHCP where it is not encrypted.
//!
//! A capture is what one listener heard: frames may be missing, doubled, out of order, damaged or cut. Messages that
//! are missing are inferred from those that follow, and the report says so. Everything else in a report was seen.
//!
//! No report has a key, a nonce or a PIN in it. Memory is bounded, whatever the file says: so many attempts, networks
//! and devices are told, and the report says how much was left out.
#![forbid(unsafe_code)]

mod file;
mod link;
pub mod report;
mod story;

pub use file::{MAX_RECORD, ReadError, ReadProblem};
pub use report::Report;

use file::Reader;
use story::Story;

/// Explains a whole capture file.
///
/// # Errors
/// [`ReadError`] when it is not a capture file. When its beginning can be read and the rest cannot, the report tells
/// the beginning, and [`Report::problem`] is the error.
pub fn explain(bytes: &[u8]) -> Result<Report, ReadError> {
    let mut explainer = Explainer::new();
    explainer.push(bytes);
    explainer.finish()
}

/// Explains a capture file that comes in pieces.
#[derive(Debug, Default)]
pub struct Explainer {
    reader: Reader,
    story: Story,
    problem: Option<ReadError>,
}

impl Explainer {
    /// Nothing was read yet.
    pub fn new() -> Explainer {
        Explainer::default()
    }

    /// Takes the next piece of the file, of any length. Gives `false` when the file is broken, so that nothing that
    /// follows would be read.
    pub fn push(&mut self, bytes: &[u8]) -> bool {
        // In small pieces, so that what is held of a large one is small.
        for piece in bytes.chunks(MAX_RECORD) {
            self.reader.push(piece);
            while let Some(next) = self.reader.next() {
                match next {
                    Ok(packet) => self.story.hear(&packet),
                    Err(problem) => self.problem = Some(problem),
                }
            }
        }
        self.problem.is_none()
    }

    /// The report, at the end of the file.
    ///
    /// # Errors
    /// As [`explain`].
    pub fn finish(mut self) -> Result<Report, ReadError> {
        let problem = self.problem.or_else(|| self.reader.finish().err());
        match (problem, self.reader.format()) {
            (Some(problem), None) => Err(problem),
            (problem, format) => Ok(self.story.finish(format, problem)),
        }
    }
}
