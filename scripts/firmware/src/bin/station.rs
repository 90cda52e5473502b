//! A station for a radio that sends and receives by itself: it looks, joins with a passphrase, and comes back.
#![cfg_attr(target_os = "none", no_std, no_main)]

extern crate alloc;

use alloc::boxed::Box;
use core::hint::black_box;

use keyway_firmware::{Noise, network, now, put, received, wifi};
use keyway_wifi::Channel;
use keyway_wifi::driver::{ConnectFailure, Sighting, StationEvent};
use keyway_wifi::element::Elements;
use keyway_wifi::frame::{Frame, ManagementBody, ReasonCode, StatusCode};
use keyway_wifi::station::Station;
use keyway_wsc::MacAddr;

keyway_firmware::program!(join);

fn join() {
    let mut station = Station::new(wifi());
    let Some((ssid, key)) = network() else { return };
    station.join(ssid, &key, now());
    while black_box(true) {
        match event() {
            Some(event) => station.handle_event(event, now(), &mut Noise),
            None => station.handle_timeout(now(), &mut Noise),
        }
        while let Some(command) = station.poll_command() {
            black_box(command);
        }
        while let Some(event) = station.poll_event() {
            black_box(event);
        }
        black_box(station.poll_timeout());
    }
    put(&[u8::from(station.network().is_some())]);
}

/// What the radio says.
fn event() -> Option<StationEvent> {
    let octets = received()?;
    Some(match black_box(0_u8) {
        0 => {
            let Ok(Frame::Management(frame)) = Frame::parse(&octets) else { return None };
            let ManagementBody::Beacon(beacon) = frame.body else { return None };
            StationEvent::Found(Box::new(Sighting {
                bssid: frame.bssid,
                channel: Channel::new(black_box(6))?,
                signal: black_box(-50),
                is_probe_response: black_box(false),
                beacon,
            }))
        }
        1 => StationEvent::ScanDone(true),
        2 => StationEvent::Connected(Elements::parse(&octets).ok()?),
        3 => StationEvent::ConnectFailed(ConnectFailure::AssociationRefused(StatusCode(black_box(1)))),
        4 => StationEvent::Disconnected(ReasonCode(black_box(3))),
        _ => {
            let (source, frame) = octets.split_first_chunk()?;
            StationEvent::Eapol {
                source: MacAddr(*source),
                frame: frame.to_vec(),
                protected: black_box(false),
            }
        }
    })
}
