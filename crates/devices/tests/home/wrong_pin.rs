//! N28: a wrong PIN, and which half of it, on both sides. N17: it never yields a credential.

use super::{admin, failure, scenario, show_pin};
use keyway_devices::SecretText;
use keyway_devices::action::RouterAction;
use keyway_wsc::Pin;

/// The PIN with one digit of this half changed, and its checksum right again.
fn spoilt(pin: &SecretText, second_half: bool) -> SecretText {
    let mut digits: Vec<u8> = pin.expose().bytes().filter(u8::is_ascii_digit).collect();
    let at = if second_half { 5 } else { 1 };
    digits[at] = b'0' + (digits[at] - b'0' + 1) % 10;
    let start = String::from_utf8(digits[..7].to_vec()).unwrap();
    let spoilt = (0..10).map(|last| format!("{start}{last}")).find(|text| text.parse::<Pin>().is_ok());
    SecretText::new(spoilt.unwrap())
}

#[test]
fn the_half_is_named_on_both_sides() {
    for (second_half, code) in [(false, "wrong-pin-first-half"), (true, "wrong-pin-second-half")] {
        scenario(|person| {
            person.prepare_router(true)?;
            let pin = show_pin(person)?;
            let device = Some(person.waiting("study")?);
            person.at_router(RouterAction::AddPin { pin: spoilt(&pin, second_half), device })?;
            let reason = failure(person, "study", 60)?;
            assert_eq!(reason.code, code);
            let printer = person.printer("study")?;
            assert_eq!(printer.network, None, "no credential");
            let entry = person.until("the ledger", 30, |person| admin(person).ledger.first().cloned())?;
            assert_eq!((entry.result.as_str(), &entry.nickname), (code, &printer.nickname));
            assert!(admin(person).wps, "WPS stays on after a failure");
            Ok(())
        });
    }
}

#[test]
fn the_same_pin_is_refused_a_second_time() {
    scenario(|person| {
        person.prepare_router(true)?;
        let pin = show_pin(person)?;
        let device = Some(person.waiting("study")?);
        person.at_router(RouterAction::AddPin { pin: spoilt(&pin, false), device: device.clone() })?;
        failure(person, "study", 60)?;
        person.touch("study", &["New PIN"])?;
        let new = person.read_pin("study")?;
        assert_ne!(new, pin, "a new one every time");
        person.at_router(RouterAction::AddPin { pin, device })?;
        assert_eq!(failure(person, "study", 60)?.code, "wrong-pin-first-half");
        Ok(())
    });
}
