//! What the program says while it runs: words for a person, or one JSON object a line.

use serde_json::{Map, Value};
use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::time::Instant;
use zeroize::Zeroize;

/// Where events go.
pub(crate) struct Report {
    json: bool,
    /// Standard error is a terminal and takes a line that is written over.
    live: bool,
    /// A live line stands there.
    pending: bool,
    started: Instant,
    /// What was told and not written yet. It can hold the printer's own PIN.
    unwritten: Vec<u8>,
}

impl Report {
    pub(crate) fn new(json: bool) -> Report {
        Report {
            json,
            live: !json && io::stderr().is_terminal(),
            pending: false,
            started: Instant::now(),
            unwritten: Vec::new(),
        }
    }

    /// Whether a live line is shown, so that a countdown is worth waking up for.
    pub(crate) fn is_live(&self) -> bool {
        self.live
    }

    /// Tells of an event: its fields to a program, its words (if it has any) to a person. It is written with the others
    /// of this moment, by [`flush`](Self::flush).
    pub(crate) fn event(&mut self, name: &str, fields: Value, words: &str) {
        match words {
            "" => self.lazy_event(name, || fields, None),
            words => self.lazy_event(name, || fields, Some(format_args!("{words}"))),
        }
    }

    /// The same, of which only what is shown is made.
    pub(crate) fn lazy_event(
        &mut self,
        name: &str,
        fields: impl FnOnce() -> Value,
        words: Option<fmt::Arguments<'_>>,
    ) {
        // Writing to memory does not fail.
        if self.json {
            let mut object = Map::new();
            object.insert("event".to_owned(), name.into());
            object.insert("time".to_owned(), keyway_linux::wall_clock().into());
            object.insert("elapsed_ms".to_owned(), (self.started.elapsed().as_millis() as u64).into());
            if let Value::Object(fields) = fields() {
                object.extend(fields);
            }
            let _ = writeln!(self.unwritten, "{}", Value::Object(object));
        } else if let Some(words) = words {
            let _ = writeln!(self.unwritten, "{words}");
        }
    }

    /// Writes what was told since the last time. Call it before each wait.
    ///
    /// That nobody reads any more is no reason to break off a registration, so errors of writing are passed over.
    pub(crate) fn flush(&mut self) {
        if self.unwritten.is_empty() {
            return;
        }
        self.clear();
        let mut out = io::stdout().lock();
        let _ = out.write_all(&self.unwritten);
        let _ = out.flush();
        self.unwritten.zeroize();
    }

    /// Shows a line that the next one replaces, cut to the terminal's width. Not on a terminal, nothing is shown.
    pub(crate) fn status(&mut self, words: &str) {
        if self.live {
            self.flush();
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
        self.flush();
        self.clear();
    }
}
