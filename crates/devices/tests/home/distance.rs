//! N32: too far from the router; the signal is shown, and moving closer helps.

use super::{failure, in_home, scenario, show_pin};
use keyway_devices::action::{HomeAction, RouterAction};
use keyway_devices::play::{Person, Stuck};

fn walk(person: &mut Person<'_>, metres: u32) -> Result<(), Stuck> {
    in_home(person, HomeAction::Move { printer: "study".to_owned(), metres })
}

#[test]
fn too_far_is_told_and_moving_closer_helps() {
    scenario(|person| {
        person.prepare_router(true)?;
        let near = person.view().links[0].signal.unwrap();
        // At the edge, where frames still get through now and then, and beyond it.
        let edge = (10..50).map(|tens| tens * 10).find(|metres| {
            walk(person, *metres).is_ok() && person.view().links[0].signal.is_some_and(|far| far < -88)
        });
        for (metres, code) in [(edge.unwrap(), "too-far"), (500, "nothing-heard")] {
            walk(person, metres)?;
            let far = person.view().links[0].signal;
            assert!(far.is_none_or(|far| far < near - 30), "{far:?} {near}");
            show_pin(person)?;
            assert_eq!(failure(person, "study", 400)?.code, code);
            person.touch("study", &["Done"])?;
        }
        show_pin(person)?;
        walk(person, 3)?;
        let pin = person.read_pin("study")?;
        let device = Some(person.waiting("study")?);
        person.at_router(RouterAction::AddPin { pin, device })?;
        person.wait_until_found("study")?;
        Ok(())
    });
}
