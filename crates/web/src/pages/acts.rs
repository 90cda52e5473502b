//! What templates need beyond the views: actions as JSON for forms, and words.

use keyway_devices::Action;
use keyway_devices::action::{Bands, ComputerAction, HomeAction, Key, PrinterAction, RouterAction, Security};
use keyway_devices::session::{Countdown, Method, SessionView};
use keyway_devices::view::{
    AirVerdict, Banner, CheckResult, CheckView, Display, LightState, LightView, Model, PrinterView,
};
use serde_json::json;

/// An action as JSON, for a form.
pub(crate) fn json(action: &Action) -> String {
    // Actions are plain data; nothing in them can fail to be written.
    serde_json::to_string(action).unwrap_or_default()
}

fn printer(id: &str, action: PrinterAction) -> String {
    json(&Action::Printer { printer: id.to_owned(), action })
}

/// An action whose other fields the form has.
fn open(at: &str, action: &str) -> String {
    json!({ "at": at, "action": { "do": action } }).to_string()
}

fn open_printer(id: &str, action: &str) -> String {
    json!({ "at": "printer", "printer": id, "action": { "do": action } }).to_string()
}

fn home(action: HomeAction) -> String {
    json(&Action::Home { action })
}

pub(crate) fn typing(id: &str) -> String {
    open_printer(id, "type")
}

pub(crate) fn choose(id: &str, item: &str) -> String {
    printer(id, PrinterAction::Choose { item: item.to_owned() })
}

pub(crate) fn back(id: &str) -> String {
    printer(id, PrinterAction::Back)
}

pub(crate) fn press(id: &str, key: &Key) -> String {
    printer(id, PrinterAction::Press { key: *key })
}

pub(crate) fn hold(id: &str, keys: &[Key]) -> String {
    printer(id, PrinterAction::Hold { keys: keys.to_vec() })
}

pub(crate) fn start(id: &str, method: &Method) -> String {
    printer(id, PrinterAction::Start { method: *method, ssid: None, secret: None })
}

pub(crate) fn cancel(id: &str) -> String {
    printer(id, PrinterAction::Cancel)
}

pub(crate) fn reset(id: &str) -> String {
    printer(id, PrinterAction::NetworkReset)
}

pub(crate) fn print_page(id: &str) -> String {
    printer(id, PrinterAction::PrintConfigurationPage)
}

pub(crate) fn take(id: &str, paper: &u32) -> String {
    printer(id, PrinterAction::TakePaper { paper: *paper })
}

pub(crate) fn lifetime(id: &str) -> String {
    open_printer(id, "pin-lifetime")
}

pub(crate) fn move_to(id: &str) -> String {
    json!({ "at": "home", "action": { "do": "move", "printer": id } }).to_string()
}

pub(crate) fn power(id: &str, on: bool) -> String {
    home(HomeAction::PrinterPower { printer: id.to_owned(), on })
}

pub(crate) fn usb(id: &str, on: bool) -> String {
    home(HomeAction::Usb { printer: id.to_owned(), on })
}

pub(crate) fn router_power(on: bool) -> String {
    home(HomeAction::RouterPower { on })
}

pub(crate) fn add_printer() -> String {
    open("home", "add-printer")
}

pub(crate) fn wait() -> String {
    open("home", "wait")
}

pub(crate) fn router(action: &str) -> String {
    open("router", action)
}

fn at_router(action: RouterAction) -> String {
    json(&Action::Router { action })
}

pub(crate) fn wps(on: bool) -> String {
    at_router(RouterAction::Wps { on })
}

pub(crate) fn off_after_success(on: bool) -> String {
    at_router(RouterAction::OffAfterSuccess { on })
}

pub(crate) fn dhcp(on: bool) -> String {
    at_router(RouterAction::Dhcp { on })
}

pub(crate) fn remove(device: &str) -> String {
    at_router(RouterAction::RemoveDevice { device: device.to_owned() })
}

pub(crate) fn computer(action: &str) -> String {
    open("computer", action)
}

pub(crate) fn vpn(on: bool) -> String {
    json(&Action::Computer { action: ComputerAction::Vpn { on } })
}

pub(crate) fn print_at(address: &str) -> String {
    json(&Action::Computer { action: ComputerAction::PrintAt { address: address.to_owned() } })
}

pub(crate) fn guest(on: bool) -> String {
    json(&Action::Computer { action: ComputerAction::Guest { on } })
}

/// A step as a list shows it.
pub(crate) struct StepRow {
    pub(crate) words: &'static str,
    pub(crate) state: &'static str,
    pub(crate) state_words: &'static str,
}

/// The steps that the method has, each with how it stands.
pub(crate) fn steps(session: &SessionView) -> Vec<StepRow> {
    let mut next = true;
    let rows = session.method.steps().iter().copied().map(|step| {
        let done = session.done.is_some_and(|done| step <= done);
        let first_open = !done && std::mem::replace(&mut next, done);
        let (state, state_words) = match (done, first_open, session.running, session.reason.is_some()) {
            (true, ..) => ("done", "done"),
            (false, true, true, _) => ("now", "going on"),
            (false, true, false, true) => ("failed", "failed"),
            _ => ("open", "not yet"),
        };
        StepRow { words: step.words(), state, state_words }
    });
    rows.collect()
}

/// Milliseconds from the start as seconds.
pub(crate) fn seconds(at: &u64) -> String {
    format!("{}.{:03} s", at / 1000, at % 1000)
}

/// Milliseconds since 1970 as a date, UTC.
pub(crate) fn date(at: &u64) -> String {
    let (days, seconds) = (at / 86_400_000, at / 1000 % 86_400);
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian calendar.
fn civil(days: u64) -> (u64, u64, u64) {
    // Counted in eras of 400 years that begin on a first of March.
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (year_of_era + era * 400 + carry, month, day)
}

pub(crate) const fn model_class(printer: &PrinterView) -> &'static str {
    match printer.model {
        Model::Touch => "model-touch",
        Model::TwoLine => "model-lines",
        Model::Label => "model-label",
        Model::Entry => "model-entry",
    }
}

pub(crate) const fn light_class(light: &LightView) -> &'static str {
    match light.state {
        LightState::Off => "off",
        LightState::On => "on",
        LightState::Blinks => "blinks",
        LightState::BlinksFast => "blinks-fast",
    }
}

pub(crate) const fn key_name(key: &Key) -> &'static str {
    match key {
        Key::Power => "Power",
        Key::Wireless => "Wireless",
        Key::Information => "Information",
        Key::Wps => "WPS",
        Key::Cancel => "Cancel",
        Key::Left => "Left",
        Key::Right => "Right",
        Key::Ok => "OK",
        Key::Back => "Back",
        Key::Setup => "Setup",
    }
}

pub(crate) fn chord_words(keys: &[Key]) -> String {
    let names: Vec<&str> = keys.iter().map(key_name).collect();
    format!("Hold {} for 3 s", names.join(" + "))
}

/// The PIN that the panel shows, for the printer's own page.
pub(crate) fn shown_pin(printer: &PrinterView) -> Option<&str> {
    match &printer.panel.display {
        Display::Touch(screen) => screen.pin.as_ref().map(|pin| pin.expose()),
        _ => None,
    }
}

pub(crate) const fn check_class(check: &CheckView) -> &'static str {
    match check.result {
        CheckResult::Pass => "pass",
        CheckResult::Warn => "warn",
        CheckResult::Fail => "fail",
        CheckResult::NotRun => "not-run",
    }
}

pub(crate) const fn check_words(check: &CheckView) -> &'static str {
    match check.result {
        CheckResult::Pass => "Good",
        CheckResult::Warn => "Mind",
        CheckResult::Fail => "Stop",
        CheckResult::NotRun => "Not yet",
    }
}

pub(crate) const fn check_mark(check: &CheckView) -> &'static str {
    match check.result {
        CheckResult::Pass => "✓",
        CheckResult::Warn => "!",
        CheckResult::Fail => "✕",
        CheckResult::NotRun => "–",
    }
}

/// A number in decibels with a true minus sign.
pub(crate) fn minus(number: &i8) -> String {
    number.to_string().replace('-', "−")
}

/// A PIN digit by digit, for those who hear it: `1 2 3 4, 5 6 7 0`.
pub(crate) fn spelt(pin: &str) -> String {
    let groups = pin.split(' ').map(|group| group.chars().map(String::from).collect::<Vec<_>>().join(" "));
    groups.collect::<Vec<_>>().join(", ")
}

/// A line of a display of two lines.
pub(crate) struct Line<'a> {
    pub(crate) text: &'a str,
    /// The time that is left, when the line ends with it: so that it can tick.
    pub(crate) clock: Option<&'a Countdown>,
}

pub(crate) fn lcd<'a>(line: &'a str, printer: &'a PrinterView) -> Line<'a> {
    let left = printer.session.as_ref().and_then(|session| session.countdown.as_ref());
    match left.and_then(|left| Some((line.strip_suffix(left.clock().as_str())?, left))) {
        Some((text, left)) => Line { text, clock: Some(left) },
        None => Line { text: line, clock: None },
    }
}

/// The state of WPS in one line.
pub(crate) fn banner_words(banner: &Banner) -> String {
    match banner {
        Banner::Off { verified: Some(verdict) } if verdict.off => {
            "WPS is off, verified on the air".to_owned()
        }
        Banner::Off { .. } => "WPS is off".to_owned(),
        Banner::Ready => "WPS is on; no device can be added at this moment".to_owned(),
        Banner::OpenForPin { nickname: Some(nickname), .. } => format!("Open for {nickname}:"),
        Banner::OpenForPin { nickname: None, .. } => "Open for the device with the PIN:".to_owned(),
        Banner::OpenForButton { .. } => "The button is pressed:".to_owned(),
        Banner::Talking { nickname, step } => format!("Talking with {nickname}: step {step} of 7"),
    }
}

pub(crate) const fn banner_class(banner: &Banner) -> &'static str {
    match banner {
        Banner::Off { .. } => "off",
        Banner::Ready => "ready",
        Banner::OpenForPin { .. } | Banner::OpenForButton { .. } => "open",
        Banner::Talking { .. } => "talking",
    }
}

pub(crate) const fn banner_countdown(banner: &Banner) -> Option<&Countdown> {
    match banner {
        Banner::OpenForPin { countdown, .. } | Banner::OpenForButton { countdown } => Some(countdown),
        _ => None,
    }
}

pub(crate) const fn is_open(banner: &Banner) -> bool {
    banner_countdown(banner).is_some()
}

pub(crate) const fn verdict(banner: &Banner) -> Option<&AirVerdict> {
    match banner {
        Banner::Off { verified } => verified.as_ref(),
        _ => None,
    }
}

pub(crate) fn is_wpa2(security: &Security) -> bool {
    *security == Security::Wpa2
}

/// A choice of bands.
pub(crate) struct BandRow {
    pub(crate) value: &'static str,
    pub(crate) words: &'static str,
    pub(crate) checked: bool,
}

pub(crate) fn bands(chosen: &Bands, on_offer: &[Bands]) -> Vec<BandRow> {
    let rows = [
        (Bands::Both, "both", "2.4 and 5 GHz under one name"),
        (Bands::Ghz2, "ghz2", "2.4 GHz alone"),
        (Bands::Ghz5, "ghz5", "5 GHz alone: most printers cannot join"),
    ];
    rows.into_iter()
        .filter(|(bands, _, _)| on_offer.contains(bands))
        .map(|(bands, value, words)| BandRow { value, words, checked: bands == *chosen })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        for (at, expected) in [
            (0, "1970-01-01 00:00:00 UTC"),
            (951_782_400_000, "2000-02-29 00:00:00 UTC"),
            (1_795_244_714_000, "2026-11-21 07:05:14 UTC"),
            (4_102_444_799_000, "2099-12-31 23:59:59 UTC"),
        ] {
            assert_eq!(date(&at), expected);
        }
    }

    #[test]
    fn pins_are_spelt() {
        for (pin, expected) in [("1234 5670", "1 2 3 4, 5 6 7 0"), ("0129", "0 1 2 9"), ("", "")] {
            assert_eq!(spelt(pin), expected);
        }
    }

    #[test]
    fn what_forms_leave_open_is_an_action_once_it_is_filled_in() {
        for action in [bands(&Bands::Both, &[]).len().to_string(), String::new()] {
            assert!(serde_json::from_str::<Action>(&action).is_err());
        }
        for bands in [Bands::Both, Bands::Ghz2, Bands::Ghz5] {
            let row = super::bands(&bands, &[bands]).into_iter().find(|row| row.checked).unwrap();
            assert_eq!(serde_json::from_value::<Bands>(row.value.into()).unwrap(), bands);
        }
        for action in [
            "dismiss-alert",
            "off-and-verify",
            "button",
            "cancel-adding",
            "unlock",
            "router-pin-on",
            "router-pin-off",
            "new-passphrase",
            "network",
        ] {
            assert!(serde_json::from_str::<Action>(&router(action)).is_ok(), "{action}");
        }
        for action in ["back", "finish"] {
            assert!(serde_json::from_str::<Action>(&computer(action)).is_ok(), "{action}");
        }
    }
}
