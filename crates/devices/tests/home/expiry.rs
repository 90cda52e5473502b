//! N3, N29, N30: a PIN that nobody types expires, with the same countdown on each screen.

use super::{failure, scenario, show_pin};
use keyway_devices::play::Stuck;

#[test]
fn a_pin_expires_and_says_so() {
    scenario(|person| {
        person.prepare_router(true)?;
        show_pin(person)?;
        let begun = person.passed();
        let left = person.printer("study")?.session.and_then(|session| session.countdown);
        assert_eq!(left.map(|left| left.seconds), Some(300));
        let reason = failure(person, "study", 400)?;
        assert_eq!(reason.code, "pin-expired");
        let took = person.passed() - begun;
        assert!((299_000..306_000).contains(&took), "{took}");
        assert!(matches!(person.read_pin("study"), Err(Stuck::NotShown(_))), "an expired PIN is not shown");
        Ok(())
    });
}
