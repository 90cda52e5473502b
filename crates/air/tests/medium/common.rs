//! What the tests have in common: addresses, frames, and a loop that runs an air until nothing more happens.

use keyway_air::{Air, AirEvent, RadioId, Received};
use keyway_eap::Timestamp;
use keyway_wifi::Channel;
use keyway_wifi::frame::{Data, Snap};
use keyway_wsc::MacAddr;

/// 6 Mbit/s.
pub(super) const SLOW: u8 = 12;
/// 54 Mbit/s.
pub(super) const FAST: u8 = 108;

pub(super) fn channel(number: u8) -> Channel {
    Channel::new(number).expect("a channel")
}

pub(super) fn address(number: u8) -> MacAddr {
    MacAddr([2, 0, 0, 0, 0, number])
}

/// A data frame of 31 octets and a mark to tell it from others.
pub(super) fn data(from: MacAddr, to: MacAddr, mark: u8) -> Vec<u8> {
    Data::from_access_point(from, to, from, Snap::eapol(&[mark]).encode()).encode().to_vec()
}

/// A frame to everybody, with a mark.
pub(super) fn shout(from: MacAddr, mark: u8) -> Vec<u8> {
    data(from, MacAddr::BROADCAST, mark)
}

/// A probe request to everybody, with a mark.
pub(super) fn probe_request(from: MacAddr, mark: u8) -> Vec<u8> {
    let mut frame = vec![0x40, 0, 0, 0];
    frame.extend([MacAddr::BROADCAST, from, MacAddr::BROADCAST].iter().flat_map(|address| address.0));
    frame.extend([0, 0, mark]);
    frame
}

/// Runs until nothing more happens; what happened, and when.
pub(super) fn run(air: &mut Air) -> Vec<(Timestamp, AirEvent)> {
    let mut events = Vec::new();
    let mut now = Timestamp::ZERO;
    loop {
        events.extend(std::iter::from_fn(|| air.poll_event()).map(|event| (now, event)));
        let Some(at) = air.poll_timeout() else { return events };
        assert!(at >= now, "time runs backwards: {at} after {now}");
        now = at;
        air.handle_timeout(now);
    }
}

/// Runs until nothing more happens; who received which mark, in order.
pub(super) fn receptions(air: &mut Air) -> Vec<(RadioId, u8)> {
    run(air).into_iter().filter_map(|(_, event)| received(event)).map(|r| (r.radio, mark(&r.frame))).collect()
}

/// Runs until nothing more happens; which tickets were acknowledged, in order.
pub(super) fn tickets(air: &mut Air) -> Vec<(u64, bool)> {
    let sent = |(_, event)| match event {
        AirEvent::Sent { ticket, acknowledged, .. } => Some((ticket, acknowledged)),
        AirEvent::Received(_) => None,
    };
    run(air).into_iter().filter_map(sent).collect()
}

pub(super) fn received(event: AirEvent) -> Option<Received> {
    match event {
        AirEvent::Received(received) => Some(received),
        AirEvent::Sent { .. } => None,
    }
}

pub(super) fn mark(frame: &[u8]) -> u8 {
    frame.last().copied().unwrap_or_default()
}
