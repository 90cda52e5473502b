//! A thousand radios on one channel: what a frame costs, in signals that have to be computed. That is the work of the
//! air that could grow with the number of radios.

use core::time::Duration;

use crate::common::{SLOW, address, channel, data, probe_request, run, shout};
use keyway_air::{Air, AirConfig, AirEvent, Counters, Position, RadioConfig, RadioId};
use keyway_eap::Timestamp;
use keyway_wsc::MacAddr;

fn printer(n: u32) -> MacAddr {
    let [a, b, c, d] = n.to_be_bytes();
    MacAddr([2, 1, a, b, c, d])
}

/// A router, and so many printers around it within 30 m.
fn crowd(printers: u32) -> (Air, RadioId, Vec<RadioId>) {
    let mut air = Air::new(AirConfig::with_seed(printers.into()));
    let router = air.add(RadioConfig::access_point(Position::default(), address(1)));
    let printers: Vec<RadioId> = (0..printers)
        .map(|n| {
            let place = Position::new(f64::from(n % 32) - 16.0, f64::from(n / 32) - 16.0);
            air.add(RadioConfig::station(place, printer(n)))
        })
        .collect();
    for radio in printers.iter().chain([&router]) {
        air.tune(*radio, Some(channel(6)));
    }
    (air, router, printers)
}

/// What one frame costs when nobody else sends.
fn cost_of(frame: &[u8], from_router: bool, printers: u32) -> Counters {
    let (mut air, router, all) = crowd(printers);
    let sender = if from_router { router } else { all[0] };
    air.transmit(sender, channel(6), SLOW, frame.to_vec(), None, Timestamp::ZERO);
    run(&mut air);
    air.counters()
}

#[test]
fn a_frame_costs_as_many_signals_as_it_has_receivers() {
    for printers in [10, 100, 1000] {
        for (what, frame, from_router, receivers) in [
            ("to one", data(address(1), printer(3), 0), true, 1),
            ("from one", data(printer(0), address(1), 0), false, 1),
            ("a probe request", probe_request(printer(0), 0), false, 1),
            ("to all", shout(address(1), 0), true, printers.into()),
        ] {
            let counters = cost_of(&frame, from_router, printers);
            assert_eq!((counters.received, counters.signals), (receivers, receivers), "{what} of {printers}");
        }
    }
}

/// All printers want to send to the router at once, `rounds` times.
fn rush(printers: u32, rounds: u8) -> (Counters, Duration) {
    let (mut air, _, all) = crowd(printers);
    for round in 0..rounds {
        for (n, radio) in (0..).zip(&all) {
            air.transmit(
                *radio,
                channel(6),
                SLOW,
                data(printer(n), address(1), round),
                Some(1),
                Timestamp::ZERO,
            );
        }
    }
    let events = run(&mut air);
    let delivered = |event: &AirEvent| matches!(event, AirEvent::Sent { acknowledged: true, .. });
    let acknowledged = events.iter().filter(|(_, event)| delivered(event)).count();
    assert_eq!(acknowledged, all.len() * usize::from(rounds));
    let took = events.last().map(|(at, _)| at.since_epoch()).unwrap_or_default();
    (air.counters(), took)
}

#[test]
fn the_cost_of_a_frame_does_not_grow_with_those_who_wait() {
    for printers in [10, 100, 1000, 2000] {
        let (counters, took) = rush(printers, 5);
        let frames = u64::from(printers) * 5;
        assert_eq!(counters.sent, frames);
        let (signals, deferred) = (counters.signals / frames, counters.deferred / frames);
        assert!(
            signals <= 24 && deferred <= 24,
            "{printers}: {signals} signals, {deferred} deferred a frame"
        );
        // 82 µs for the frame, 60 µs for the acknowledgement, at least 28 µs before the next, and not much more.
        let each = took / frames as u32;
        assert!((170..250).contains(&each.as_micros()), "{printers}: {each:?} a frame");
    }
}

#[test]
fn a_thousand_beacons_a_second_reach_all() {
    let (mut air, router, all) = crowd(1000);
    let mut now = Timestamp::ZERO;
    let mut heard = 0;
    for beacon in 0..10 {
        now = now + Duration::from_micros(102_400);
        air.handle_timeout(now);
        air.transmit(router, channel(6), SLOW, shout(address(1), beacon), None, now);
        heard += run(&mut air).len();
    }
    assert_eq!(heard, 10 * all.len());
    assert_eq!(air.counters().signals, 10 * all.len() as u64);
}
