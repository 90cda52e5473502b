//! N49, N50: the router's PIN locks after failures, says so, unlocks by time or by its owner; three failures raise an alert.

use super::{admin, failure, scenario};
use keyway_devices::SecretText;
use keyway_devices::action::{PrinterAction, RouterAction};
use keyway_devices::session::Method;

#[test]
fn three_wrong_router_pins_lock() {
    scenario(|person| {
        person.prepare_router(true)?;
        person.at_router(RouterAction::RouterPinOn { minutes: Some(10) })?;
        let right = admin(person).router_pin.pin.unwrap();
        let wrong = if right.expose().starts_with("1234") { "0000 0000" } else { "1234 5670" };
        for round in 1..=3 {
            assert!(admin(person).router_pin.lock.is_none(), "round {round}");
            let secret = Some(SecretText::new(wrong));
            person
                .at_printer("hall", PrinterAction::Start { method: Method::RouterPin, ssid: None, secret })?;
            let reason = failure(person, "hall", 90)?;
            assert!(reason.code.starts_with("wrong-pin"), "round {round}: {reason:?}");
        }
        let lock = person.until("the lock", 10, |person| admin(person).router_pin.lock)?;
        assert_eq!((lock.failures, lock.countdown.map(|left| left.seconds <= 60)), (3, Some(true)));
        assert!(admin(person).alert.is_some(), "three failures");
        // While it is locked the right one does not help, and the printer says why.
        let secret = Some(right);
        person.at_printer("hall", PrinterAction::Start { method: Method::RouterPin, ssid: None, secret })?;
        person.until("the printer to say so", 30, |person| {
            let session = person.printer("hall").ok()?.session?;
            (session.reason?.code == "setup-locked").then_some(())
        })?;
        person.at_router(RouterAction::Unlock)?;
        assert!(admin(person).router_pin.lock.is_none());
        person.wait_until_found("hall")?;
        Ok(())
    });
}
