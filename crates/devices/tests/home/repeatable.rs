//! The same seed gives the same home, to the last octet on the air.

use keyway_devices::Random;
use keyway_devices::durable::Saved;
use keyway_devices::home::{Home, HomeConfig};
use keyway_devices::play::{Part, Person, Teller};
use keyway_devices::session::Step;
use keyway_eap::Timestamp;

#[derive(Default)]
struct Recorder(Vec<u8>);

impl Teller for Recorder {
    fn person(&mut self, _: &str, _: u64) {}
    fn progress(&mut self, _: Step, _: u64) {}
    fn captured(&mut self, octets: &[u8]) {
        self.0.extend_from_slice(octets);
    }
}

fn air(seed: u64) -> Vec<u8> {
    let mut config = HomeConfig::demo(seed, 1_700_000_000_000);
    config.capture = true;
    let home = Home::new(config, Saved::default(), Random::seeded(seed), Timestamp::ZERO);
    let mut recorder = Recorder::default();
    let mut person = Person::new(home, &mut recorder);
    Part::Pin.play(&mut person).unwrap();
    recorder.0
}

#[test]
fn the_same_seed_gives_the_same_air() {
    let first = air(5);
    assert!(first.len() > 10_000);
    assert!(first == air(5));
    assert!(first != air(6));
}
