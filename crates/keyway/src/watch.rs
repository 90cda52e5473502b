//! SIGINT and SIGTERM while somebody else does the waiting.

use crate::exit::Error;
use crate::hold::manager_error;
use keyway_linux::{Poller, Stop};
use std::cell::{Cell, RefCell};
use std::time::Duration;

/// Looks whether the program is to stop, and remembers it.
pub(crate) struct Watch<'p> {
    poller: RefCell<&'p mut Poller>,
    stop: Cell<Option<Stop>>,
}

impl<'p> Watch<'p> {
    pub(crate) fn new(poller: &'p mut Poller) -> Watch<'p> {
        Watch { poller: RefCell::new(poller), stop: Cell::new(None) }
    }

    /// Whether a signal has come.
    pub(crate) fn is_stopped(&self) -> bool {
        if self.stop.get().is_none() {
            // A poller that fails says so at the next wait of its own.
            let wake = self.poller.borrow_mut().wait(&[], Some(Duration::ZERO));
            self.stop.set(wake.ok().and_then(|wake| wake.stop));
        }
        self.stop.get().is_some()
    }

    /// The error for what a manager did not do, or was stopped in.
    pub(crate) fn error(&self, error: keyway_manager::Error) -> Error {
        match (&error, self.stop.get()) {
            (keyway_manager::Error::Stopped, Some(stop)) => Error::stopped(stop),
            _ => manager_error(error),
        }
    }
}
