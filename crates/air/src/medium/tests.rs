//! What only the inside shows: nothing is left behind.

use super::*;
use crate::config::LossModel;

const CHANNEL: u8 = 6;

fn channel(number: u8) -> Channel {
    Channel::new(number).unwrap()
}

/// So many stations in a circle around an access point, tuned in, with addresses from 1.
fn crowd(count: u8) -> (Air, Vec<RadioId>) {
    let mut air = Air::new(AirConfig { loss: LossModel::NONE, collisions: true, ..AirConfig::default() });
    let radios: Vec<RadioId> = (0..count)
        .map(|n| air.add(RadioConfig::station(Position::new(f64::from(n), 3.0), MacAddr([2, 0, 0, 0, 0, n]))))
        .collect();
    for radio in &radios {
        air.tune(*radio, Some(channel(CHANNEL)));
    }
    (air, radios)
}

fn send(air: &mut Air, radio: RadioId) {
    let frame = [&[8, 0, 0, 0][..], &[2, 0, 0, 0, 0, 1], &[2; 20]].concat();
    air.transmit(radio, channel(CHANNEL), 12, frame, None, air.now);
}

fn ether(air: &Air) -> &Ether {
    &air.channels[&channel(CHANNEL)]
}

#[test]
fn what_is_over_is_forgotten() {
    let (mut air, radios) = crowd(50);
    for radio in &radios {
        for _ in 0..20 {
            send(&mut air, *radio);
        }
    }
    let mut most = 0;
    while let Some(at) = air.poll_timeout() {
        air.handle_timeout(at);
        most = most.max(ether(&air).on_air.len());
    }
    assert_eq!((air.counters().sent, ether(&air).contenders), (1000, 0));
    assert!(most < 10, "{most} on the air at once");
}

#[test]
fn who_tunes_away_does_not_wait_any_more() {
    let (mut air, radios) = crowd(3);
    for radio in &radios {
        send(&mut air, *radio);
    }
    assert_eq!((air.agenda.len(), ether(&air).contenders), (3, 3));
    air.tune(radios[0], None);
    air.tune(radios[1], Some(channel(1)));
    air.remove(radios[2]);
    assert_eq!((air.agenda.len(), ether(&air).contenders, air.poll_timeout()), (0, 0, None));
    assert_eq!(ether(&air).tuned.len(), 0);
}

#[test]
fn a_removed_radio_is_forgotten() {
    let (mut air, radios) = crowd(3);
    air.set_obstruction(radios[0], radios[1], 10);
    air.set_obstruction(radios[2], radios[1], 10);
    assert!(!air.radios.is_bare());
    for radio in radios {
        air.remove(radio);
    }
    assert!(air.radios.is_bare());
}
