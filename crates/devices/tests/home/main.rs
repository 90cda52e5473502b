//! A whole home on the simulated radio: each way onto the network, and each thing that goes wrong, brought about for real.

mod address;
mod distance;
mod expiry;
mod finding;
mod lockout;
mod methods;
mod network_settings;
mod off_after_success;
mod old_settings;
mod power;
mod printing;
mod repeatable;
mod restart;
mod two_buttons;
mod wps_off;
mod wrong_pin;

use keyway_devices::action::{HomeAction, RouterAction};
use keyway_devices::durable::Saved;
use keyway_devices::home::{Home, HomeConfig};
use keyway_devices::play::{Nobody, Person, Stuck};
use keyway_devices::session::Reason;
use keyway_devices::view::RouterAdminView;
use keyway_devices::{Action, Random, SecretText};
use keyway_eap::Timestamp;

/// A home with nothing done in it yet.
fn home(seed: u64) -> Home {
    Home::new(
        HomeConfig::demo(seed, 1_700_000_000_000),
        Saved::default(),
        Random::seeded(seed),
        Timestamp::ZERO,
    )
}

/// Runs a scenario with a person in a new home.
fn scenario(act: impl FnOnce(&mut Person<'_>) -> Result<(), Stuck>) {
    let mut nobody = Nobody;
    let mut person = Person::new(home(3), &mut nobody);
    if let Err(stuck) = act(&mut person) {
        panic!("{stuck:?}");
    }
}

/// The touch screen's printer makes a PIN; the PIN.
fn show_pin(person: &mut Person<'_>) -> Result<SecretText, Stuck> {
    person.touch("study", &["Wireless", "Wi-Fi Setup", "WPS PIN"])?;
    person.read_pin("study")
}

/// Waits until the printer's set-up is over, and says why it failed.
fn failure(person: &mut Person<'_>, id: &str, seconds: u64) -> Result<Reason, Stuck> {
    person.until("the set-up to fail", seconds, |person| {
        let session = person.printer(id).ok()?.session?;
        if session.running { None } else { session.reason }
    })
}

fn in_home(person: &mut Person<'_>, action: HomeAction) -> Result<(), Stuck> {
    person.act(Action::Home { action })
}

fn admin(person: &Person<'_>) -> RouterAdminView {
    person.home.admin_view(person.now)
}

/// Changes only what is named.
fn network() -> RouterAction {
    RouterAction::Network { ssid: None, passphrase: None, hidden: None, security: None, bands: None }
}
