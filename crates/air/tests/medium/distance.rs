//! What distance, walls, power and band do to a signal.

use crate::common::{FAST, SLOW, address, channel, receptions, shout};
use keyway_air::{Air, AirConfig, LossModel, Position, RadioConfig, RadioId, distance_for_signal};
use keyway_eap::Timestamp;
use keyway_wifi::Band;

/// Two radios on a channel, so many metres from each other. Without shadowing.
fn pair(metres: f64, number: u8, loss: LossModel) -> (Air, RadioId, RadioId) {
    let mut air = Air::new(AirConfig { shadowing: 0, loss, ..AirConfig::default() });
    let near = air.add(RadioConfig::access_point(Position::default(), address(1)));
    let far = air.add(RadioConfig::station(Position::new(metres, 0.0), address(2)));
    air.tune(near, Some(channel(number)));
    air.tune(far, Some(channel(number)));
    (air, near, far)
}

/// Of 200 frames at this distance, how many arrive.
fn arrive(metres: f64, number: u8, rate: u8, loss: LossModel) -> usize {
    let (mut air, near, _) = pair(metres, number, loss);
    for mark in 0..200 {
        air.transmit(near, channel(number), rate, shout(address(1), mark), None, Timestamp::ZERO);
    }
    receptions(&mut air).len()
}

#[test]
fn first_weak_then_lossy_then_nothing() {
    let weak = LossModel::default();
    for (metres, number, rate, expected) in [
        (1.0, 6, FAST, 200..=200),
        (10.0, 6, FAST, 200..=200),
        (25.0, 6, FAST, 200..=200),
        (62.0, 6, FAST, 60..=140),
        (90.0, 6, FAST, 0..=0),
        (90.0, 6, SLOW, 200..=200),
        (230.0, 6, SLOW, 60..=140),
        (330.0, 6, SLOW, 0..=0),
        (90.0, 36, SLOW, 100..=180),
        (140.0, 36, SLOW, 0..=0),
    ] {
        let arrived = arrive(metres, number, rate, weak);
        assert!(expected.contains(&arrived), "{metres} m, channel {number}, rate {rate}: {arrived}");
    }
}

#[test]
fn without_the_loss_of_weak_signals_there_is_an_edge() {
    let edge = distance_for_signal(20, -91, Band::Ghz2);
    assert_eq!(arrive(edge - 0.1, 6, SLOW, LossModel::NONE), 200);
    assert_eq!(arrive(edge + 0.1, 6, SLOW, LossModel::NONE), 0);
}

#[test]
fn losses_at_a_distance_are_counted() {
    let (mut air, near, _) = pair(230.0, 6, LossModel::default());
    for mark in 0..100 {
        air.transmit(near, channel(6), SLOW, shout(address(1), mark), None, Timestamp::ZERO);
    }
    let heard = receptions(&mut air).len() as u64;
    assert_eq!((heard + air.counters().lost, air.counters().collided), (100, 0));
}

#[test]
fn signals_by_place_power_wall_and_band() {
    let (mut air, near, far) = pair(10.0, 6, LossModel::default());
    let signals = |air: &Air, band| {
        let of = |from, to| air.signal_between(from, to, band).expect("both are there");
        (of(near, far), of(far, near))
    };
    assert_eq!(signals(&air, Band::Ghz2), (-50, -55), "20 dBm and 15 dBm, 70.2 dB less");
    assert_eq!(signals(&air, Band::Ghz5), (-59, -64), "20 dBm and 15 dBm, 79.3 dB less");
    air.set_power(near, 10);
    assert_eq!(signals(&air, Band::Ghz2), (-60, -55));
    air.set_obstruction(far, near, 12);
    assert_eq!(signals(&air, Band::Ghz2), (-72, -67));
    air.set_obstruction(near, far, 0);
    air.move_to(far, Position::new(0.0, -100.0));
    assert_eq!(air.position(far), Some(Position::new(0.0, -100.0)));
    assert_eq!(signals(&air, Band::Ghz2), (-90, -85));
    air.move_to(far, Position::new(f64::NAN, 0.0));
    assert_eq!(signals(&air, Band::Ghz2), (-128, -128));
    air.transmit(near, channel(6), SLOW, shout(address(1), 1), None, Timestamp::ZERO);
    assert_eq!(receptions(&mut air), []);
}

#[test]
fn a_wall_is_between_two_radios_only() {
    let (mut air, near, far) = pair(10.0, 6, LossModel::default());
    let other = air.add(RadioConfig::station(Position::new(10.0, 0.0), address(3)));
    air.set_obstruction(near, far, 40);
    assert_eq!(air.signal_between(near, far, Band::Ghz2), Some(-90));
    assert_eq!(air.signal_between(near, other, Band::Ghz2), Some(-50));
    air.remove(far);
    let next = air.add(RadioConfig::station(Position::new(10.0, 0.0), address(2)));
    assert_eq!(air.signal_between(near, next, Band::Ghz2), Some(-50));
}

#[test]
fn distances() {
    assert_eq!(Position::new(1.0, 2.0).distance(Position::new(4.0, -2.0)), 5.0);
    assert!(distance_for_signal(20, -50, Band::Ghz2) > distance_for_signal(20, -50, Band::Ghz5));
}
