//! N31, N37: a hidden name, WPA3 alone, 5 GHz alone. WPS says why it cannot be, and the printer says what it sees.

use super::{admin, failure, network, scenario, show_pin};
use keyway_devices::action::{Bands, RouterAction, Security};

#[test]
fn the_printer_says_what_stands_in_the_way() {
    let RouterAction::Network { ssid, passphrase, .. } = network() else { panic!() };
    let change = |hidden, security, bands| RouterAction::Network {
        ssid: ssid.clone(),
        passphrase: passphrase.clone(),
        hidden,
        security,
        bands,
    };
    for (action, code) in [
        (change(Some(true), None, None), "hidden"),
        (change(None, Some(Security::Wpa3Only), None), "wpa3-only"),
        // A printer without 5 GHz hears nothing of a network that is there alone.
        (change(None, None, Some(Bands::Ghz5)), "nothing-heard"),
    ] {
        scenario(|person| {
            person.prepare_router(true)?;
            person.at_router(action.clone())?;
            if code != "nothing-heard" {
                assert_eq!(admin(person).wps_impossible.map(|reason| reason.code).as_deref(), Some(code));
            }
            show_pin(person)?;
            let reason = failure(person, "study", 400)?;
            assert_eq!(reason.code, code);
            Ok(())
        });
    }
}
