//! A test page at a printer that the computer sees, outside the assistant.

use super::stage::{Stage, TestPage};
use super::unit::ComputerUnit;
use super::{ComputerNews, ComputerOrder};
use crate::action::Refusal;
use crate::session::Reason;
use crate::view::PrintView;
use keyway_home::Side;

impl ComputerUnit {
    /// Prints a test page at the printer with this address, one page at a time.
    pub(super) fn print_at(&mut self, address: &str) -> Result<(), Refusal> {
        self.printer_is_free()?;
        let Some(printer) = self.found.iter().find(|known| known.address == address) else {
            let next = "Look at the list again.";
            return Err(Refusal::new("not-found", "The computer sees no printer with that address.", next));
        };
        self.print = Some(PrintView { printer: printer.name.clone(), done: false, reason: None });
        self.orders.push_back(ComputerOrder::TestPage { address: address.to_owned() });
        Ok(())
    }

    /// One page at a time: the assistant's or this one.
    pub(super) fn printer_is_free(&self) -> Result<(), Refusal> {
        let own = self.print.as_ref().is_some_and(|print| !print.done && print.reason.is_none());
        let assistants = matches!(&self.stage, Stage::TestPage(TestPage { printing: true, .. }));
        if own || assistants {
            return Err(Refusal::new("not-now", "A page is on its way.", "Wait until it is there."));
        }
        Ok(())
    }

    /// Takes what became of that page. True if it was that one.
    pub(super) fn printed(&mut self, news: &ComputerNews) -> bool {
        let Some(print) = self.print.as_mut().filter(|print| !print.done && print.reason.is_none()) else {
            return false;
        };
        match news {
            ComputerNews::Printed => print.done = true,
            ComputerNews::PrintFailed(cause) => print.reason = Some(Reason::new(cause, Side::Computer)),
            _ => return false,
        }
        true
    }
}
