//! The ledger of every attempt, and the alert after three failures.

use crate::durable::LedgerEntry;
use crate::kept::json;
use crate::secret::SecretText;
use crate::session::{Method, Step};
use crate::view::AlertView;
use core::time::Duration;
use keyway_eap::Timestamp;
use keyway_home::{Cause, Nickname, Side};
use keyway_wsc::MacAddr;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Entries that are kept at hand: the newest.
const AT_HAND: usize = 200;
/// The result of an attempt that went well.
const SUCCESS: &str = "success";

/// The newest entries, oldest first.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    entries: VecDeque<LedgerEntry>,
}

impl Ledger {
    /// What was kept, oldest first.
    pub(super) fn kept(entries: Vec<LedgerEntry>) -> Ledger {
        let mut ledger = Ledger { entries: entries.into() };
        ledger.trim();
        ledger
    }

    /// Writes an entry.
    pub(super) fn add(&mut self, entry: LedgerEntry) {
        self.entries.push_back(entry);
        self.trim();
    }

    /// The newest entries, newest first.
    pub(super) fn newest(&self) -> impl Iterator<Item = &LedgerEntry> {
        self.entries.iter().rev()
    }

    fn trim(&mut self) {
        let extra = self.entries.len().saturating_sub(AT_HAND);
        self.entries.drain(..extra);
    }
}

/// Who made an attempt, and how far it came.
#[derive(Clone, Debug, Default)]
pub(super) struct Attempt {
    /// `None` when no device in particular is concerned.
    pub(super) mac: Option<MacAddr>,
    pub(super) name: Option<String>,
    pub(super) method: Option<Method>,
    pub(super) step: Option<Step>,
}

impl Attempt {
    /// An attempt that went well.
    pub(super) fn success(self, words: &str, date: u64) -> LedgerEntry {
        self.entry(SUCCESS, words, date)
    }

    /// One that did not.
    pub(super) fn failure(self, cause: &Cause, date: u64) -> LedgerEntry {
        self.entry(cause.code(), cause.words(Side::Router).what, date)
    }

    fn entry(self, result: &str, words: &str, date: u64) -> LedgerEntry {
        LedgerEntry {
            at: date,
            mac: self.mac.map(|mac| mac.to_string()).unwrap_or_default(),
            nickname: self.mac.map_or_else(|| "any device".to_owned(), |mac| Nickname::of(mac).to_string()),
            name: self.name,
            method: self.method,
            step: self.step,
            result: result.to_owned(),
            words: words.to_owned(),
        }
    }
}

/// Failures that warn the owner.
const ALARMING: u32 = 3;
/// Fewer failures than that are forgotten after a day.
const DAY: u64 = 24 * 60 * 60 * 1000;

/// Counts failures until the owner takes note of the alert.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Alarm {
    /// Since when: milliseconds since 1970, UTC.
    since: u64,
    failures: u32,
}

impl Alarm {
    /// What was kept.
    pub(super) fn kept(value: Option<&SecretText>) -> Alarm {
        value.and_then(|value| serde_json::from_str(value.expose()).ok()).unwrap_or_default()
    }

    /// Counts a failure. What is to be kept comes back.
    pub(super) fn failed(&mut self, date: u64) -> SecretText {
        let is_old = self.failures < ALARMING && date.saturating_sub(self.since) > DAY;
        if self.failures == 0 || is_old {
            *self = Alarm { since: date, failures: 0 };
        }
        self.failures = self.failures.saturating_add(1);
        json(self)
    }

    /// The owner took note. True if there was anything to take note of.
    pub(super) fn dismiss(&mut self) -> bool {
        std::mem::take(self).failures > 0
    }

    /// The alert, from the third failure on.
    pub(super) fn view(&self) -> Option<AlertView> {
        (self.failures >= ALARMING).then(|| AlertView {
            what: format!("{} attempts to get onto the network failed.", self.failures),
            next: "Look at the attempts below; if that was not you, switch WPS off and make a new Wi-Fi password."
                .to_owned(),
            since: self.since,
            failures: self.failures,
        })
    }
}

/// Keeps what anybody on the air can cause at will from flooding the ledger: once a minute for each device and kind,
/// and thirty in ten minutes in all.
#[derive(Debug, Default)]
pub(super) struct Meter {
    recent: VecDeque<(MacAddr, &'static str, Timestamp)>,
}

impl Meter {
    const EACH: Duration = Duration::from_secs(60);
    const ALL: Duration = Duration::from_secs(600);
    const MOST: usize = 30;

    /// Whether this may be written.
    pub(super) fn admits(&mut self, mac: MacAddr, code: &'static str, now: Timestamp) -> bool {
        self.recent.retain(|(_, _, when)| now.saturating_since(*when) < Meter::ALL);
        let same = |(who, what, when): &(MacAddr, &str, Timestamp)| {
            *who == mac && *what == code && now.saturating_since(*when) < Meter::EACH
        };
        let admitted = self.recent.len() < Meter::MOST && !self.recent.iter().any(same);
        if admitted {
            self.recent.push_back((mac, code, now));
        }
        admitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAC: MacAddr = MacAddr([2, 0, 0, 0, 0, 1]);

    #[test]
    fn the_newest_are_at_hand() {
        let entry =
            |at| Attempt { mac: Some(MAC), ..Attempt::default() }.failure(&Cause::WrongPassphrase, at);
        let mut ledger = Ledger::kept((0..500).map(entry).collect());
        assert_eq!(ledger.newest().count(), AT_HAND);
        ledger.add(entry(500));
        let at: Vec<u64> = ledger.newest().map(|entry| entry.at).collect();
        assert_eq!((at.len(), at[0], at[AT_HAND - 1]), (AT_HAND, 500, 301));
    }

    #[test]
    fn three_failures_alarm_until_somebody_takes_note() {
        let mut alarm = Alarm::default();
        assert!(!alarm.dismiss());
        alarm.failed(1000);
        alarm.failed(2000);
        assert_eq!(alarm.view(), None);
        let kept = alarm.failed(3000);
        let view = alarm.view().unwrap();
        assert_eq!((view.since, view.failures), (1000, 3));
        assert_eq!(Alarm::kept(Some(&kept)), alarm);
        alarm.failed(3000 + 2 * DAY);
        assert_eq!(alarm.view().unwrap().failures, 4, "an alert stays");
        assert!(alarm.dismiss());
        assert_eq!(alarm.view(), None);
        for day in 0..10 {
            alarm.failed(2 * day * DAY);
            assert_eq!(alarm.view(), None, "one failure now and then");
        }
        assert_eq!(Alarm::kept(Some(&SecretText::new("x"))), Alarm::default());
    }

    #[test]
    fn the_air_cannot_flood_the_ledger() {
        let mut meter = Meter::default();
        let at = Timestamp::from_secs;
        assert!(meter.admits(MAC, "a", at(0)));
        assert!(!meter.admits(MAC, "a", at(59)));
        assert!(meter.admits(MAC, "b", at(59)));
        assert!(meter.admits(MAC, "a", at(60)));
        let crowd = (0..1000u32).filter(|number| {
            let [_, b, c, d] = number.to_be_bytes();
            meter.admits(MacAddr([2, 9, 9, b, c, d]), "a", at(61))
        });
        assert_eq!(crowd.count(), Meter::MOST - 3);
        assert!(meter.admits(MAC, "c", at(700)));
    }
}
