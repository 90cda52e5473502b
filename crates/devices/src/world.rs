//! What pages and programs look at and act in.

use crate::action::{Action, Refusal};
use crate::durable::Change;
use crate::home::{Home, Paper};
use crate::printer::ConfigurationData;
use crate::secret::SecretText;
use crate::view::{HomeView, RouterAdminView};
use keyway_eap::Timestamp;

/// A simulated home, or a router alone: what people do in it and see of it, whoever gives it the time.
pub trait World {
    /// Does what a person does.
    ///
    /// # Errors
    /// [`Refusal`]: it cannot be done, and nothing has changed.
    fn perform(&mut self, action: Action, now: Timestamp) -> Result<(), Refusal>;

    /// Sets the administrator's password of the router, when there is none.
    ///
    /// # Errors
    /// [`Refusal`]: there is one, or this one does not do.
    fn set_first_password(&mut self, password: &SecretText, now: Timestamp) -> Result<(), Refusal>;

    /// Checks the administrator's password of the router.
    ///
    /// # Errors
    /// [`Refusal`]: it is wrong, or there were too many attempts.
    fn check_password(&mut self, password: &SecretText, now: Timestamp) -> Result<(), Refusal>;

    /// The next change of what must last. Take them all after each action, and keep them before it is acknowledged.
    fn poll_change(&mut self) -> Option<Change>;

    /// Grows whenever a person could see a change; a countdown alone is none.
    fn revision(&self) -> u64;

    /// What anybody sees.
    fn view(&self, now: Timestamp) -> HomeView;

    /// What the router's owner sees.
    fn admin_view(&self, now: Timestamp) -> RouterAdminView;

    /// A sheet in a printer's tray.
    fn paper(&self, printer: &str, number: u32) -> Option<Paper> {
        let _ = (printer, number);
        None
    }

    /// A printer's network configuration page, as it would be printed now.
    fn configuration(&self, printer: &str, now: Timestamp) -> Option<ConfigurationData> {
        let _ = (printer, now);
        None
    }

    /// The answer of a printer to an IPP request that came to `uri`; `None` when there is no such printer, or it has no
    /// address.
    fn ipp(&mut self, printer: &str, request: &[u8], uri: &str, now: Timestamp) -> Option<Vec<u8>> {
        let _ = (printer, request, uri, now);
        None
    }
}

impl World for Home {
    fn perform(&mut self, action: Action, now: Timestamp) -> Result<(), Refusal> {
        Home::perform(self, action, now)
    }

    fn set_first_password(&mut self, password: &SecretText, now: Timestamp) -> Result<(), Refusal> {
        Home::set_first_password(self, password, now)
    }

    fn check_password(&mut self, password: &SecretText, now: Timestamp) -> Result<(), Refusal> {
        Home::check_password(self, password, now)
    }

    fn poll_change(&mut self) -> Option<Change> {
        Home::poll_change(self)
    }

    fn revision(&self) -> u64 {
        Home::revision(self)
    }

    fn view(&self, now: Timestamp) -> HomeView {
        Home::view(self, now)
    }

    fn admin_view(&self, now: Timestamp) -> RouterAdminView {
        Home::admin_view(self, now)
    }

    fn paper(&self, printer: &str, number: u32) -> Option<Paper> {
        Home::paper(self, printer, number).cloned()
    }

    fn configuration(&self, printer: &str, now: Timestamp) -> Option<ConfigurationData> {
        Home::configuration(self, printer, now)
    }

    fn ipp(&mut self, printer: &str, request: &[u8], uri: &str, now: Timestamp) -> Option<Vec<u8>> {
        Home::ipp(self, printer, request, uri, now)
    }
}
