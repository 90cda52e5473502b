//! The lights, with words for those who do not see them.

use super::link::Link;
use super::setup::Stage;
use super::unit::PrinterUnit;
use crate::session::Method;
use crate::view::{LightState, LightView};
use keyway_home::Side;

/// Power, Wireless and WPS.
pub(super) fn lights(unit: &PrinterUnit) -> Vec<LightView> {
    let light = |label: &str, (state, words): (LightState, String)| LightView {
        label: label.to_owned(),
        state,
        words,
    };
    vec![light("Power", power(unit)), light("Wireless", wireless(unit)), light("WPS", wps(unit))]
}

fn power(unit: &PrinterUnit) -> (LightState, String) {
    if unit.on {
        (LightState::On, "The printer is on.".to_owned())
    } else {
        (LightState::Off, "The printer is off.".to_owned())
    }
}

fn wireless(unit: &PrinterUnit) -> (LightState, String) {
    if !unit.on || !unit.radio {
        return (LightState::Off, "Wi-Fi is off.".to_owned());
    }
    match (&unit.link, unit.link.reason()) {
        (_, Some(cause)) => (LightState::BlinksFast, cause.words(Side::Printer).what.to_owned()),
        (Link::On(connection), None) if connection.lease.is_some() => (LightState::On, unit.success_words()),
        (Link::On(connection), None) => {
            (LightState::Blinks, format!("On {}; asks for an address.", connection.ssid))
        }
        (Link::Trying { .. }, None) => {
            let name = unit.target().map(super::saved::Known::name).unwrap_or_default();
            (LightState::Blinks, format!("Joins {name}."))
        }
        (Link::None, None) => (LightState::Blinks, "Wi-Fi is on; the printer is on no network.".to_owned()),
    }
}

fn wps(unit: &PrinterUnit) -> (LightState, String) {
    let off = (LightState::Off, "No WPS set-up runs.".to_owned());
    let by_wps = |method| !matches!(method, Method::Passphrase | Method::Usb);
    let setup = unit.setup.as_ref().filter(|setup| by_wps(setup.tracker.method()));
    let Some(setup) = setup.filter(|_| unit.on) else { return off };
    match &setup.stage {
        Stage::Registering(_) => {
            let words = match setup.tracker.method() {
                Method::Button => "Press the router's WPS button within two minutes.",
                Method::LabelPin => "Type the PIN on the label at the router.",
                _ => "A WPS set-up runs.",
            };
            (LightState::Blinks, words.to_owned())
        }
        Stage::Joining(_) | Stage::Addressing(_) => {
            (LightState::Blinks, "The settings came; the printer joins the network.".to_owned())
        }
        Stage::Ended(None) => (LightState::On, "The WPS set-up succeeded.".to_owned()),
        Stage::Ended(Some(cause)) => {
            let words = cause.words(Side::Printer);
            (LightState::BlinksFast, format!("{} {}", words.what, words.next))
        }
    }
}
