//! What the program says while it runs: words for a person, or one JSON object a line.

use serde_json::{Map, Value};
use std::io::{self, IsTerminal, Write};
use std::time::Instant;

/// Where events go.
pub(crate) struct Report {
    json: bool,
    /// Standard error is a terminal and takes a line that is written over.
    live: bool,
    /// A live line stands there.
    pending: bool,
    started: Instant,
}

impl Report {
    pub(crate) fn new(json: bool) -> Report {
        Report { json, live: !json && io::stderr().is_terminal(), pending: false, started: Instant::now() }
    }

    /// Whether a live line is shown, so that a countdown is worth waking up for.
    pub(crate) fn is_live(&self) -> bool {
        self.live
    }

    /// Tells of an event: its fields to a program, its words (if it has any) to a person.
    ///
    /// That nobody reads any more is no reason to break off a registration, so errors of writing are passed over.
    pub(crate) fn event(&mut self, name: &str, fields: Value, words: &str) {
        if self.json {
            let mut object = Map::new();
            object.insert("event".to_owned(), name.into());
            object.insert("time".to_owned(), keyway_linux::wall_clock().into());
            object.insert("elapsed_ms".to_owned(), (self.started.elapsed().as_millis() as u64).into());
            if let Value::Object(fields) = fields {
                object.extend(fields);
            }
            let _ = writeln!(io::stdout().lock(), "{}", Value::Object(object));
        } else if !words.is_empty() {
            self.clear();
            let _ = writeln!(io::stdout().lock(), "{words}");
        }
        let _ = io::stdout().flush();
    }

    /// Shows a line that the next one replaces, cut to the terminal's width. Not on a terminal, nothing is shown.
    pub(crate) fn status(&mut self, words: &str) {
        if self.live {
            let width =
                rustix::termios::tcgetwinsize(io::stderr()).map_or(80, |size| usize::from(size.ws_col));
            let shown: String = words.chars().take(width.saturating_sub(1)).collect();
            let _ = write!(io::stderr().lock(), "\r\x1b[K{shown}");
            let _ = io::stderr().flush();
            self.pending = true;
        }
    }

    /// Takes the live line away.
    pub(crate) fn clear(&mut self) {
        if self.pending {
            let _ = write!(io::stderr().lock(), "\r\x1b[K");
            let _ = io::stderr().flush();
            self.pending = false;
        }
    }
}

impl Drop for Report {
    fn drop(&mut self) {
        self.clear();
    }
}
