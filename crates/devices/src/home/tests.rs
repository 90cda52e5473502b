//! The radio under the home, without the router's own rules: a network on the air, and who joins it.

use super::*;
use crate::action::{Bands, Security};
use crate::router::NetworkSettings;

fn run(home: &mut Home, seconds: u64) {
    let until = home.now + Duration::from_secs(seconds);
    while let Some(at) = home.poll_timeout().filter(|at| *at <= until) {
        home.handle_timeout(at);
    }
}

fn with_network(security: Security, bands: Bands) -> Home {
    let mut home = Home::new(HomeConfig::demo(1, 0), Saved::default(), Random::seeded(1), Timestamp::ZERO);
    let key = NetworkKey::new(b"correct horse battery").unwrap();
    let settings = NetworkSettings { ssid: home.config.ssid, key, hidden: false, security, bands };
    home.router.device.run_network(settings, home.now, &mut home.random);
    home.touch(Party::Router(0));
    home.settle();
    home
}

#[test]
fn the_computer_joins_and_gets_an_address() {
    let mut home = with_network(Security::Wpa2, Bands::Both);
    run(&mut home, 20);
    let view = home.view(home.now);
    assert_eq!(view.computer.ssid.as_deref(), Some("Home"), "{:?}", home.air.counters());
    assert!(view.computer.address.is_some());
}

#[test]
fn a_printer_joins_by_passphrase_and_is_found() {
    use crate::action::{Action, PrinterAction};
    use crate::session::Method;
    let mut home = with_network(Security::Wpa2, Bands::Both);
    run(&mut home, 10);
    let action = PrinterAction::Start {
        method: Method::Passphrase,
        ssid: Some("Home".to_owned()),
        secret: Some(SecretText::new("correct horse battery")),
    };
    home.perform(Action::Printer { printer: "study".to_owned(), action }, home.now).unwrap();
    run(&mut home, 30);
    let view = home.view(home.now);
    assert!(
        view.printers[0].network.as_ref().is_some_and(|network| network.address.is_some()),
        "{:?}",
        view.printers[0]
    );
    assert_eq!(view.computer.found.len(), 1, "{:?}", view.computer);
}
