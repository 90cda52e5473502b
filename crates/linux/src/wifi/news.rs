//! What a radio tells its owner of itself.

use super::error::WifiError;
use std::collections::VecDeque;

/// What a radio tells its owner of itself, besides what it tells the station or the access point that uses it.
#[derive(Debug)]
pub enum RadioNews {
    /// Something does not work, for this reason. It is tried again by and by, and told again only for another reason.
    Trouble(WifiError),
    /// It works again.
    Recovered,
}

/// Troubles of one kind.
#[derive(Debug, Default)]
pub(super) struct Troubles {
    /// What was told and is not over.
    told: Option<String>,
    news: VecDeque<RadioNews>,
}

impl Troubles {
    /// It does not work.
    pub(super) fn tell(&mut self, error: WifiError) {
        let words = error.to_string();
        if self.told.as_ref() != Some(&words) {
            self.told = Some(words);
            self.news.push_back(RadioNews::Trouble(error));
        }
    }

    /// It works.
    pub(super) fn over(&mut self) {
        if self.told.take().is_some() {
            self.news.push_back(RadioNews::Recovered);
        }
    }

    pub(super) fn poll(&mut self) -> Option<RadioNews> {
        self.news.pop_front()
    }
}
