//! The printers that stand in a home, where, and what of that must last: those that somebody brought, and how far from
//! the router each was carried.

use super::{Home, HomeConfig, PrinterPlace};
use crate::action::Refusal;
use crate::durable::Change;
use crate::kept;
use crate::secret::SecretText;
use crate::view::Model;
use serde::Serialize;

/// Whose values those of the home itself are.
const OWNER: &str = "home";
/// The models of the printers that were brought, in order.
const BROUGHT: &str = "brought";
/// Metres to the router; the printer's identifier follows.
const METRES: &str = "metres-";
/// No more printers fit into a home of a person; benchmarks are told so by their own configuration.
const MOST_PRINTERS: usize = 12;
/// How far a person can carry a printer, in metres.
const METRES_BOUNDS: core::ops::RangeInclusive<u32> = 1..=500;

/// The printers of a home that starts, with what was kept of it. What does not read as it should is left out.
pub(super) fn of(config: &HomeConfig, saved: &[(String, String, SecretText)]) -> Vec<PrinterPlace> {
    let kept = |wanted: &str| {
        let found = saved.iter().find(|(owner, key, _)| owner == OWNER && key == wanted);
        found.map(|(_, _, value)| value.expose())
    };
    let models: Vec<Model> =
        kept(BROUGHT).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let mut places = config.printers.clone();
    for model in models.into_iter().take(MOST_PRINTERS.saturating_sub(places.len())) {
        places.push(brought(places.len(), model));
    }
    for place in &mut places {
        let metres = kept(&format!("{METRES}{}", place.id)).and_then(|text| serde_json::from_str(text).ok());
        place.metres = metres.filter(|metres| METRES_BOUNDS.contains(metres)).unwrap_or(place.metres);
    }
    places
}

/// A printer that somebody brings into a home with so many printers.
fn brought(others: usize, model: Model) -> PrinterPlace {
    let number = others + 1;
    PrinterPlace { id: format!("printer-{number}"), name: format!("Printer {number}"), model, metres: 6 }
}

impl Home {
    pub(super) fn bring_printer(&mut self, model: Model) -> Result<(), Refusal> {
        if self.printers.len() >= MOST_PRINTERS {
            let next = "Use one of those that are there.";
            return Err(Refusal::new("not-now", "No more printers fit into this home.", next));
        }
        self.add_printer(&brought(self.printers.len(), model), &[]);
        let own = self.config.printers.len();
        let models: Vec<Model> =
            self.printers.iter().skip(own).map(|printer| printer.device.unit().model()).collect();
        self.keep(BROUGHT, &models);
        Ok(())
    }

    pub(super) fn carry_printer(&mut self, id: &str, metres: u32) -> Result<(), Refusal> {
        let number = self.find(id)?;
        if !METRES_BOUNDS.contains(&metres) {
            return Err(Refusal::new("bad-value", "The home is not that large.", "Choose 1 to 500 metres."));
        }
        self.printers[number].move_to(metres, &mut self.air);
        self.keep(&format!("{METRES}{id}"), &metres);
        Ok(())
    }

    fn keep(&mut self, key: &str, value: &impl Serialize) {
        let (owner, key) = (OWNER.to_owned(), key.to_owned());
        self.changes.push_back(Change::Set { owner, key, value: kept::json(value) });
    }
}
