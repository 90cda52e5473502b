//! N48: WPS switches itself off after a successful set-up, and that is seen on the air.

use super::{admin, scenario};
use keyway_devices::action::RouterAction;
use keyway_devices::play::Part;
use keyway_devices::view::Banner;

#[test]
fn wps_is_off_afterwards_and_seen_to_be() {
    scenario(|person| {
        Part::Pin.play(person)?;
        assert!(!admin(person).wps);
        Ok(())
    });
}

#[test]
fn it_stays_on_when_the_owner_says_so() {
    scenario(|person| {
        person.at_router(RouterAction::OffAfterSuccess { on: false })?;
        person.prepare_router(true)?;
        let pin = super::show_pin(person)?;
        let device = Some(person.waiting("study")?);
        person.at_router(RouterAction::AddPin { pin, device })?;
        person.wait_until_found("study")?;
        assert!(admin(person).wps);
        // And then off is off, and what was on is seen to have been on.
        person.at_router(RouterAction::OffAndVerify)?;
        person.wait_until_off()?;
        assert!(matches!(person.view().router.banner, Banner::Off { .. }));
        Ok(())
    });
}
