//! Checks before anybody types anything, and whether this computer sees the printer.

use super::Around;
use super::stage::Chosen;
use crate::network::NetworkSummary;
use crate::session::{Method, Reason};
use crate::view::{CheckResult, CheckView, FoundPrinter, PrinterView};
use keyway_home::{Cause, Side};

/// Below this signal the printer's frames get lost.
const WEAK: i8 = -72;
/// Below this one nothing gets through.
const TOO_WEAK: i8 = -84;

/// What this computer knows of itself.
pub(super) struct Own<'a> {
    pub(super) ssid: Option<&'a str>,
    pub(super) vpn: bool,
    pub(super) guest: bool,
    pub(super) found: &'a [FoundPrinter],
}

/// The checks before a set-up; `networks` is `None` while they are being looked for.
pub(super) fn before(
    chosen: &Chosen,
    networks: Option<&[NetworkSummary]>,
    around: &Around<'_>,
) -> Vec<CheckView> {
    let by_wps = is_wps(chosen.method);
    let ssid = around.router.ssid.as_str();
    let Some(networks) = networks else {
        return vec![not_run("Network", "Looking which networks are in range …")];
    };
    let own: Vec<&NetworkSummary> = networks.iter().filter(|network| network.ssid == ssid).collect();
    let mut checks = Vec::new();
    if own.is_empty() {
        let hidden = networks.iter().any(|network| network.ssid.is_empty());
        checks.push(match (hidden, by_wps) {
            (true, true) => fail("Name", "The network's name is hidden.", Cause::Hidden),
            (true, false) => warn("Name", "The network's name is hidden.", "It has to be typed as well."),
            (false, _) if networks.is_empty() => fail("Network", "No network in range.", Cause::NothingHeard),
            (false, _) => fail("Network", format!("{ssid} is not in range."), Cause::NothingHeard),
        });
        checks.push(signal(chosen, around));
        return checks;
    }
    checks.push(pass("Network", format!("{ssid} is in range.")));
    checks.push(if own.iter().any(|network| !network.is_5_ghz) {
        pass("Band", "It is at 2.4 GHz, which every printer has.")
    } else {
        fail("Band", "It is at 5 GHz alone.", Cause::OtherBand)
    });
    checks.push(match own.iter().find(|network| !network.wpa3_only) {
        Some(network) => pass("Security", format!("{}, which the printer can join.", network.security)),
        None => fail("Security", "WPA3 alone.", Cause::Wpa3Only),
    });
    if by_wps {
        checks.push(if own.iter().any(|network| network.wps) {
            pass("WPS", "Switched on at the router.")
        } else {
            fail("WPS", "Switched off at the router.", Cause::WpsOff)
        });
    }
    if chosen.method == Method::RouterPin {
        checks.push(if own.iter().any(|network| network.locked) {
            fail("Lock", "The router is locked.", setup_locked())
        } else {
            pass("Lock", "The router is not locked.")
        });
    }
    checks.push(signal(chosen, around));
    checks
}

fn signal(chosen: &Chosen, around: &Around<'_>) -> CheckView {
    const NAME: &str = "Signal";
    match around.links.iter().find(|link| link.device == chosen.printer).map(|link| link.signal) {
        Some(Some(dbm)) if dbm <= TOO_WEAK => fail(NAME, format!("{dbm} dBm at the printer."), Cause::TooFar),
        Some(Some(dbm)) if dbm <= WEAK => warn(
            NAME,
            format!("{dbm} dBm at the printer: weak."),
            "Move the printer closer to the router if it can be.",
        ),
        Some(Some(dbm)) => pass(NAME, format!("{dbm} dBm at the printer.")),
        Some(None) => fail(NAME, "The printer does not hear the router.", Cause::TooFar),
        None => not_run(NAME, "Not known."),
    }
}

/// Whether this computer sees the printer.
pub(super) fn can_see(printer: &PrinterView, own: &Own<'_>) -> Vec<CheckView> {
    let network = printer.network.as_ref();
    let address = network.and_then(|network| network.address.as_deref());
    let at = network.map_or("", |network| network.ssid.as_str());
    let mut checks = vec![match address {
        Some(address) => pass("Address", format!("The printer has the address {address}.")),
        None => fail("Address", "The printer has no address.", Cause::NoAddress),
    }];
    checks.push(match own.ssid {
        Some(ssid) if ssid == at && !own.guest => pass("Network", format!("Both are on {ssid}.")),
        Some(ssid) => fail(
            "Network",
            format!("This computer is on {ssid}, the printer on {at}."),
            Cause::DifferentNetworks,
        ),
        None => fail("Network", "This computer is on no network.", Cause::DifferentNetworks),
    });
    checks.push(if own.vpn { fail("VPN", "A VPN is on.", Cause::Vpn) } else { pass("VPN", "No VPN is on.") });
    checks.push(match seen(printer, own.found) {
        Some(found) => pass("Found", format!("{} answers at {}.", found.name, found.address)),
        None if checks.iter().any(|check| check.result == CheckResult::Fail) => {
            not_run("Found", "Not found yet.")
        }
        None => not_run("Found", "Looking for the printer …"),
    });
    checks
}

/// The printer among those that this computer has found.
pub(super) fn seen<'a>(printer: &PrinterView, found: &'a [FoundPrinter]) -> Option<&'a FoundPrinter> {
    let address = printer.network.as_ref()?.address.as_deref()?;
    found.iter().find(|found| found.address == address)
}

/// Whether a method is WPS.
pub(super) const fn is_wps(method: Method) -> bool {
    matches!(method, Method::Pin | Method::LabelPin | Method::Button | Method::RouterPin)
}

/// The reason of the first check that failed.
pub(super) fn first_failure(checks: &[CheckView]) -> Option<Reason> {
    checks.iter().find(|check| check.result == CheckResult::Fail).and_then(|check| check.reason.clone())
}

fn setup_locked() -> Cause {
    Cause::Failure(keyway_wsc::session::Failure::SetupLocked)
}

fn check(name: &str, result: CheckResult, evidence: impl Into<String>, reason: Option<Reason>) -> CheckView {
    CheckView { name: name.to_owned(), result, evidence: evidence.into(), reason }
}

fn pass(name: &str, evidence: impl Into<String>) -> CheckView {
    check(name, CheckResult::Pass, evidence, None)
}

fn not_run(name: &str, evidence: &str) -> CheckView {
    check(name, CheckResult::NotRun, evidence, None)
}

fn warn(name: &str, evidence: impl Into<String>, next: &str) -> CheckView {
    let evidence = evidence.into();
    let reason = Reason { code: "warning".to_owned(), what: evidence.clone(), next: next.to_owned() };
    check(name, CheckResult::Warn, evidence, Some(reason))
}

fn fail(name: &str, evidence: impl Into<String>, cause: Cause) -> CheckView {
    check(name, CheckResult::Fail, evidence, Some(Reason::new(&cause, Side::Computer)))
}
