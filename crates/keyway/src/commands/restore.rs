//! `keyway restore`: put back what a killed run left.

use crate::args::RestoreArgs;
use crate::exit::Error;
use crate::hold;
use crate::privileges::{self, Files};
use crate::report::Report;
use serde_json::json;

pub(super) fn run(args: &RestoreArgs) -> Result<(), Error> {
    let folder = Some(hold::state_folder());
    privileges::keep(privileges::LOOKING, &Files { written: vec![&folder], ..Files::default() });
    let done = hold::restore(&args.interface)?;
    let words = if done.is_empty() {
        format!("Nothing was left on {}.", args.interface)
    } else {
        format!("{}.", done.join("; "))
    };
    let mut report = Report::new(args.json);
    report.event("restored", json!({ "interface": args.interface, "done": done }), &words);
    Ok(())
}
