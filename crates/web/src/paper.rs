//! Data as pages on paper: PDF.

use crate::pages::acts::date;
use keyway_devices::home::TestPageWords;
use keyway_devices::printer::{ConfigurationData, RowResult};
use keyway_paper::{Attempt, ConfigurationPage, Outcome, PaperError, Row, TestPage};

/// The network configuration page as PDF.
///
/// # Errors
/// [`PaperError`] when it cannot be set.
pub fn configuration(data: &ConfigurationData) -> Result<Vec<u8>, PaperError> {
    let rows = data.rows.iter().map(|row| Row {
        name: row.name.clone(),
        result: match row.result {
            RowResult::Pass => Outcome::Pass,
            RowResult::Fail => Outcome::Fail,
            RowResult::NotRun => Outcome::NotRun,
            RowResult::Info => Outcome::Info,
        },
        evidence: row.evidence.clone(),
    });
    let attempts = data.attempts.iter().map(|attempt| Attempt {
        when: date(&attempt.at),
        method: attempt.method.words().to_owned(),
        result: attempt.words.clone(),
        next: String::new(),
    });
    keyway_paper::network_configuration_page(&ConfigurationPage {
        verdict: data.verdict.clone(),
        printer_name: data.name.clone(),
        nickname: data.nickname.clone(),
        model: data.model.clone(),
        printed_at: date(&data.at),
        rows: rows.collect(),
        pin_state: data.pin.expose().to_owned(),
        pin: None,
        attempts: attempts.collect(),
        next_steps: data.next.clone(),
    })
}

/// The test page that the computer prints: its media type and its octets. If it cannot be set as PDF, it is plain text.
pub fn test_page(words: &TestPageWords) -> (String, Vec<u8>) {
    let page = TestPage {
        printer_name: words.printer.clone(),
        nickname: String::new(),
        model: String::new(),
        ssid: keyway_paper::network_name(words.ssid.as_bytes()),
        address: words.address.clone(),
        from_computer: words.computer.clone(),
        printed_at: date(&words.at),
    };
    match keyway_paper::test_page(&page) {
        Ok(pdf) => ("application/pdf".to_owned(), pdf),
        Err(_) => {
            let text = format!("Test page\n\n{} is on {}.\n", words.printer, words.ssid);
            ("text/plain".to_owned(), text.into_bytes())
        }
    }
}
