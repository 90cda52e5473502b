//! N25, N33, N44: the router changed, and the printer's old settings are in the way.

use super::{admin, network, scenario};
use keyway_devices::SecretText;
use keyway_devices::action::{PrinterAction, RouterAction};
use keyway_devices::play::Part;

#[test]
fn a_new_network_name_is_noticed_and_a_reset_helps() {
    scenario(|person| {
        Part::Passphrase.play(person)?;
        let RouterAction::Network { passphrase, hidden, security, bands, .. } = network() else { panic!() };
        let ssid = Some("Another home".to_owned());
        person.at_router(RouterAction::Network { ssid, passphrase, hidden, security, bands })?;
        let reason =
            person.until("the reason", 200, |person| person.printer("study").ok()?.network?.reason)?;
        assert!(["network-gone", "link-lost"].contains(&reason.code.as_str()), "{reason:?}");
        person.until("old settings noticed", 200, |person| {
            let reason = person.printer("study").ok()?.network?.reason?;
            (reason.code == "network-gone").then_some(())
        })?;
        person.at_printer("study", PrinterAction::NetworkReset)?;
        assert_eq!(person.printer("study")?.network, None);
        Ok(())
    });
}

#[test]
fn a_new_passphrase_is_noticed() {
    scenario(|person| {
        Part::Passphrase.play(person)?;
        let RouterAction::Network { ssid, hidden, security, bands, .. } = network() else { panic!() };
        let passphrase = Some(SecretText::new("another passphrase"));
        person.at_router(RouterAction::Network { ssid, passphrase, hidden, security, bands })?;
        person.until("the wrong password noticed", 200, |person| {
            let reason = person.printer("study").ok()?.network?.reason?;
            (reason.code == "wrong-passphrase").then_some(())
        })?;
        assert_eq!(admin(person).passphrase.expose(), "another passphrase");
        Ok(())
    });
}
