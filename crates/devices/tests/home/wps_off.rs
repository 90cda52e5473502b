//! N24, N31, N41, N47: WPS is off until the owner switches it on; the printer says so and leads to the passphrase.

use super::{failure, scenario, show_pin};
use keyway_devices::SecretText;
use keyway_devices::action::RouterAction;
use keyway_devices::play::Stuck;
use keyway_devices::view::{Display, ItemView};

#[test]
fn the_printer_says_that_wps_is_off() {
    scenario(|person| {
        person.prepare_router(false)?;
        show_pin(person)?;
        assert_eq!(failure(person, "study", 400)?.code, "wps-off");
        let Display::Touch(screen) = person.printer("study")?.panel.display else { panic!() };
        let offers = |item: &ItemView| item.hint.as_deref().is_some_and(|hint| hint.contains("password"));
        assert!(screen.items.iter().any(offers), "{screen:?}");
        Ok(())
    });
}

#[test]
fn the_router_takes_neither_pin_nor_button() {
    scenario(|person| {
        person.prepare_router(false)?;
        let pin = SecretText::new("1234 5670");
        for action in [RouterAction::AddPin { pin, device: None }, RouterAction::Button] {
            let Err(Stuck::Refused(refusal)) = person.at_router(action) else { panic!() };
            assert_eq!(refusal.code, "wps-off");
        }
        Ok(())
    });
}
