//! A hundred stations at one access point.

use crate::world::*;
use keyway_wifi::access_point::{BssConfig, Event as Told};
use keyway_wifi::rsn::KeyManagement::{Psk, PskSha256};

const CROWD: usize = 100;

/// A hundred stations that have begun to join at once, over a medium that loses one frame in twenty, and are there.
fn crowd() -> World {
    let security = wpa2(&[Psk, PskSha256], true, false);
    let mut world = World::new(vec![BssConfig { security, ..home(0) }], CROWD);
    world.loss = 50;
    for unit in 0..CROWD {
        world.join(unit, "Home", KEY[0]);
    }
    let all = |world: &World| (0..CROWD).all(|unit| world.is_home(unit));
    assert!(world.run_until(60 * SECOND, all), "{:?}", missing(&world));
    world
}

fn missing(world: &World) -> Vec<usize> {
    (0..CROWD).filter(|unit| !world.is_home(*unit)).collect()
}

/// What a station sends and is sent.
fn number(unit: usize) -> Vec<u8> {
    vec![unit as u8; 5]
}

#[test]
fn all_come_in_and_the_data_of_each_pass() {
    let mut world = crowd();
    for unit in 0..CROWD {
        assert!(world.failures(unit).is_empty(), "{unit}: {:?}", world.told(unit));
    }
    world.loss = 0;
    world.forget();
    for unit in 0..CROWD {
        world.send(unit, &number(unit));
        world.send_down(0, world.address(unit), &number(unit));
    }
    world.run(2 * SECOND);
    let mut received = packets(&world.bases[0].received);
    received.sort();
    assert_eq!(received, (0..CROWD).map(number).collect::<Vec<_>>());
    for unit in 0..CROWD {
        assert_eq!(packets(&world.units[unit].received), [number(unit)], "each what is its own");
    }
}

#[test]
fn those_that_are_gone_are_forgotten() {
    let mut world = crowd();
    world.loss = 0;
    // The last half loses power; the access point asks after those that are silent for a minute.
    for unit in CROWD / 2..CROWD {
        world.units[unit].is_on = false;
    }
    world.run(100 * SECOND);
    for unit in 0..CROWD {
        let stays = unit < CROWD / 2;
        assert_eq!(world.has_joined(0, unit), stays, "{unit}");
        let left = Told::Left(world.address(unit));
        assert_eq!(world.told_by(0).contains(&&left), !stays, "{unit}");
    }
    // And there is room for them when they are back.
    for unit in CROWD / 2..CROWD {
        world.units[unit].is_on = true;
    }
    assert!(world.run_until(60 * SECOND, |world| missing(world).is_empty()), "{:?}", missing(&world));
}
