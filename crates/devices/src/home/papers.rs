//! What lies in a printer's tray.

use crate::printer::ConfigurationData;
use crate::view::{PaperKind, PaperView};
use std::collections::VecDeque;
use std::sync::Arc;

/// A sheet, or a document of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// What a person sees of it from afar.
    pub view: PaperView,
    /// What is on it.
    pub content: PaperContent,
}

/// What is on a sheet.
#[derive(Clone, PartialEq, Eq)]
pub enum PaperContent {
    /// The network configuration page, as data.
    Configuration(Box<ConfigurationData>),
    /// A document that came over the network.
    Job {
        /// Its media type.
        format: String,
        /// Its octets.
        bytes: Arc<[u8]>,
    },
}

impl std::fmt::Debug for PaperContent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            PaperContent::Configuration(_) => f.write_str("Configuration"),
            PaperContent::Job { format, bytes } => write!(f, "Job({format}, {} octets)", bytes.len()),
        }
    }
}

/// A tray. When it is full, the oldest sheet falls out.
#[derive(Debug, Default)]
pub(super) struct Tray {
    papers: VecDeque<Paper>,
    last: u32,
}

/// Sheets that a tray holds.
const FULL: usize = 12;

impl Tray {
    pub(super) fn put(&mut self, title: String, at: u64, content: PaperContent) {
        let kind = match content {
            PaperContent::Configuration(_) => PaperKind::Configuration,
            PaperContent::Job { .. } => PaperKind::Job,
        };
        self.last += 1;
        let view = PaperView { number: self.last, kind, title, at };
        self.papers.push_front(Paper { view, content });
        self.papers.truncate(FULL);
    }

    /// Takes a sheet away. True if it was there.
    pub(super) fn take(&mut self, number: u32) -> bool {
        let before = self.papers.len();
        self.papers.retain(|paper| paper.view.number != number);
        self.papers.len() < before
    }

    pub(super) fn find(&self, number: u32) -> Option<&Paper> {
        self.papers.iter().find(|paper| paper.view.number == number)
    }

    /// What lies there, newest first.
    pub(super) fn views(&self) -> Vec<PaperView> {
        self.papers.iter().map(|paper| paper.view.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tray_keeps_the_newest_and_numbers_are_not_used_again() {
        let mut tray = Tray::default();
        for number in 1..=20 {
            let content = PaperContent::Job { format: "text/plain".into(), bytes: [1].into() };
            tray.put(format!("Job {number}"), 0, content);
        }
        assert_eq!(tray.views().len(), FULL);
        assert_eq!(tray.views()[0].number, 20);
        assert!(tray.find(1).is_none() && tray.take(20) && !tray.take(20));
        tray.put("again".into(), 0, PaperContent::Job { format: String::new(), bytes: [].into() });
        assert_eq!(tray.views()[0].number, 21);
    }
}
