//! The settings go to whoever joins networks on this machine.

use crate::args::PrinterArgs;
use crate::exit::Error;
use crate::hold::manager_error;
use crate::report::Report;
use keyway_manager::{Manager, Offer, Progress, hand_over};
use keyway_wsc::Credential;
use serde_json::json;
use std::time::Duration;

/// How long joining may take, an address included.
const PATIENCE: Duration = Duration::from_secs(90);

/// Hands a network over, and waits until it is joined.
pub(super) fn to(
    manager: Manager,
    args: &PrinterArgs,
    settings: &Credential,
    report: &mut Report,
) -> Result<(), Error> {
    let name = settings.ssid.to_text().into_owned();
    let words = format!("{manager} joins \u{201c}{name}\u{201d}");
    report.event("handed-over", json!({ "to": manager.name(), "ssid": name }), &words);
    report.flush();
    let offer = Offer { credential: settings, hidden: false, patience: PATIENCE };
    let mut tell = |progress: Progress| {
        let code = match progress {
            Progress::Looking => "looking",
            Progress::Joining => "joining",
            Progress::GettingAddress => "getting-address",
            Progress::Joined => "joined",
        };
        report.event("hand-over", json!({ "progress": code }), &format!("  {progress}"));
        report.flush();
    };
    let kept = hand_over(manager, &args.interface, &offer, &mut tell).map_err(manager_error)?;
    let address = kept.address.map(|address| address.to_string());
    let lasts = kept.across_restarts.is_ok();
    let why = kept.across_restarts.as_ref().err().cloned();
    let fields =
        json!({ "to": manager.name(), "ssid": kept.ssid, "ip": address, "kept": lasts, "words": why });
    report.event("joined-by", fields, &kept.to_string());
    Ok(())
}
