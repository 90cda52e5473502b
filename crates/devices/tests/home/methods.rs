//! Every way onto the network, to the end.

use super::{admin, home};
use keyway_devices::play::{Nobody, Part, Person};

#[test]
fn every_part_ends_with_a_printer_that_is_found() {
    for part in Part::ALL {
        let mut nobody = Nobody;
        let mut person = Person::new(home(3), &mut nobody);
        let address = part.play(&mut person).unwrap_or_else(|stuck| panic!("{part:?}: {stuck:?}"));
        let admin = admin(&person);
        assert!(
            admin.joined.iter().any(|device| device.address.as_ref() == Some(&address)),
            "{part:?}: {admin:#?}"
        );
    }
}
