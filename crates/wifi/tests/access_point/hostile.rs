//! Whatever comes, the access point neither panics nor opens.

use crate::cell::*;
use keyway_wifi::access_point::{BssSecurity, Event};
use keyway_wifi::driver::{AccessPointCommand, AccessPointEvent};
use keyway_wifi::frame::{Frame, Management, ManagementBody, SaQuery};
use std::time::Duration;

/// Frames that make sense, to be spoilt.
fn sensible(numbers: &mut Numbers) -> ManagementBody {
    let mut both = to_join();
    both.append(&to_register());
    match numbers.below(8) {
        0 => ManagementBody::Authentication(keyway_wifi::frame::Authentication::open_request()),
        1 => ManagementBody::AssociationRequest(request("Home", &to_join())),
        2 => ManagementBody::AssociationRequest(request("Home", &to_register())),
        3 => ManagementBody::ReassociationRequest(request("Home", &both)),
        4 => ManagementBody::ProbeRequest(both),
        5 => ManagementBody::Deauthentication(keyway_wifi::frame::ReasonCode::LEAVING.into()),
        6 => ManagementBody::Action(SaQuery { is_response: true, transaction: [0, 0] }.to_action()),
        _ => ManagementBody::Action(SaQuery { is_response: false, transaction: [0, 0] }.to_action()),
    }
}

fn spoil(octets: &mut Vec<u8>, numbers: &mut Numbers) {
    for _ in 0..numbers.below(4) {
        let length = octets.len() as u64;
        match numbers.below(3) {
            // The header stays: a frame to somebody else is none.
            0 if length > 25 => octets.truncate((24 + numbers.below(length - 24)) as usize),
            1 if length > 24 => {
                let at = (24 + numbers.below(length - 24)) as usize;
                octets[at] = numbers.below(256) as u8;
            }
            _ => octets.push(numbers.below(256) as u8),
        }
    }
}

#[test]
fn anything_may_come_in_any_order() {
    let securities = [wpa2(Mfp::No), wpa2(Mfp::Optional), wpa2(Mfp::Required), BssSecurity::Wpa3Only];
    for (seed, security) in securities.into_iter().enumerate() {
        let mut numbers = Numbers(seed as u64 + 1);
        let mut config = config(security);
        (config.max_stations, config.rekey) = (5, Some(SECOND * 10));
        let mut cell = Cell::with_wps(config, wps());
        let (mut associated, mut messages) = (0, 0);
        for _ in 0..20_000 {
            let station = mac(numbers.below(9) as u16);
            match numbers.below(10) {
                0..6 => {
                    let body = sensible(&mut numbers);
                    let mut octets = Management::new(BSSID, station, BSSID, body).encode();
                    spoil(&mut octets, &mut numbers);
                    if let Ok(Frame::Management(frame)) = Frame::parse(&octets) {
                        let signal = numbers.below(256) as u8 as i8;
                        cell.tell(AccessPointEvent::Management { frame: Box::new(frame), signal });
                    }
                }
                6 => {
                    // A message of the handshake that the access point sent itself, spoilt and sent back.
                    let echo = cell.commands.iter().rev().find_map(|command| match command {
                        AccessPointCommand::SendEapol { frame, .. } => Some(frame.clone()),
                        _ => None,
                    });
                    let mut frame = echo.unwrap_or_default();
                    for _ in 0..numbers.below(4) {
                        if let Some(octet) = frame.get_mut(numbers.below(100) as usize) {
                            *octet = numbers.below(256) as u8;
                        }
                    }
                    cell.eapol(station, &frame);
                }
                7 => {
                    let frame: Vec<u8> = (0..numbers.below(120)).map(|_| numbers.below(256) as u8).collect();
                    cell.eapol(station, &frame);
                }
                8 => match numbers.below(5) {
                    0 => cell.tell(AccessPointEvent::StationLost(station)),
                    1 => cell.tell(AccessPointEvent::GroupPacketNumber(numbers.below(u64::MAX))),
                    2 => cell.access_point.registration_over(station, cell.now),
                    3 => cell.access_point.disconnect(station),
                    _ => cell.access_point.send_eapol(station, vec![]),
                },
                _ => cell.pass(Duration::from_millis(numbers.below(3000))),
            }
            cell.settle();
            assert!(!cell.events.iter().any(|event| matches!(event, Event::Joined { .. })));
            associated +=
                cell.events.iter().filter(|event| matches!(event, Event::Associated { .. })).count();
            messages += cell.events.iter().filter(|event| matches!(event, Event::Eapol { .. })).count();
            let keep = cell.commands.len().saturating_sub(20);
            cell.commands.drain(..keep);
            cell.events.clear();
        }
        assert!(associated > 100 && messages > 10, "the test reaches them: {associated} {messages}");
        cell.pass(SECOND * 200);
        cell.access_point.stop();
        assert_eq!(cell.access_point.poll_timeout(), None, "nothing is left over");
    }
}
