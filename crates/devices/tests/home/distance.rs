//! N32: too far from the router; the signal is shown, and moving closer helps.

use super::{failure, in_home, scenario, show_pin};
use keyway_devices::action::{HomeAction, RouterAction};

fn walk(
    person: &mut keyway_devices::play::Person<'_>,
    metres: u32,
) -> Result<(), keyway_devices::play::Stuck> {
    in_home(person, HomeAction::Move { printer: "study".to_owned(), metres })
}

#[test]
fn too_far_is_told_and_moving_closer_helps() {
    scenario(|person| {
        person.prepare_router(true)?;
        let near = person.view().links[0].signal.unwrap();
        walk(person, 500)?;
        let far = person.view().links[0].signal;
        assert!(far.is_none_or(|far| far < near - 30), "{far:?} {near}");
        show_pin(person)?;
        let reason = failure(person, "study", 400)?;
        assert!(["too-far", "nothing-heard"].contains(&reason.code.as_str()), "{reason:?}");
        walk(person, 3)?;
        person.touch("study", &["New PIN"])?;
        let pin = person.read_pin("study")?;
        let device = Some(person.waiting("study")?);
        person.at_router(RouterAction::AddPin { pin, device })?;
        person.wait_until_found("study")?;
        Ok(())
    });
}
