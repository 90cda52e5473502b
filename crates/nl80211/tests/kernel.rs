//! What a real kernel said (`vectors/nl80211/kernel.txt`), whole, cut and damaged.

use keyway_nl80211::answer::{Interface, KeySequence, Regulations, ScanEnd, ScanResult, StationInfo, Wiphy};
use keyway_nl80211::event::{Connected, Event, Told};
use keyway_nl80211::generic::{Family, Generic};
use keyway_nl80211::netlink::Messages;
use keyway_nl80211::number::{attribute, command};
use keyway_wifi::network::{Network, Security};
use keyway_wsc::{MacAddr, Ssid};

/// The captured payloads by name, in order.
fn captured() -> Vec<(String, Vec<u8>)> {
    let text = include_str!("../../../vectors/nl80211/kernel.txt");
    let mut values: Vec<(String, String)> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        match line.split_once(" = ") {
            Some((name, digits)) => values.push((name.to_owned(), digits.to_owned())),
            None => values.last_mut().unwrap().1.push_str(line.trim()),
        }
    }
    let octets = |digits: &str| {
        (0..digits.len() / 2).map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap()).collect()
    };
    values.into_iter().map(|(name, digits)| (name, octets(&digits))).collect()
}

/// Those whose names begin so.
fn of_kind(kind: &str) -> Vec<Vec<u8>> {
    let found: Vec<_> = captured().into_iter().filter(|(name, _)| name.starts_with(kind)).collect();
    assert!(!found.is_empty(), "{kind}");
    found.into_iter().map(|(_, payload)| payload).collect()
}

#[test]
fn the_family_and_its_groups() {
    let payload = of_kind("family").remove(0);
    let family = Family::parse(&Generic::parse(&payload).unwrap()).unwrap();
    assert_eq!((family.id, family.name.as_str()), (32, "nl80211"));
    assert!(family.group("scan").is_some() && family.group("mlme").is_some());
    assert_eq!(family.group("nobody"), None);
}

#[test]
fn a_radio_told_in_many_messages() {
    let mut radio = Wiphy::default();
    for payload in of_kind("radio") {
        assert!(radio.absorb(&Generic::parse(&payload).unwrap()));
    }
    assert_eq!((radio.index, radio.name.as_str()), (0, "phy0"));
    // `iw phy phy0 info` lists as many.
    assert_eq!(radio.frequencies.len(), 164);
    let channel_6 = radio.frequencies.iter().find(|frequency| frequency.mhz == 2437).unwrap();
    assert!(!channel_6.is_disabled && !channel_6.no_initiation && !channel_6.radar);
    assert_eq!(channel_6.max_power, 2000);
    assert!(radio.interface_types.contains(&2) && radio.interface_types.contains(&3));
    // `NL80211_CMD_AUTHENTICATE`: what manages an association runs in programs.
    assert!(radio.commands.contains(&37) && !radio.commands.contains(&0));
    assert!(radio.ciphers.contains(&0x000f_ac04));
    assert_eq!(radio.max_scan_ssids, 4);
    assert!(radio.has_control_port() && radio.protects_management());
    let old = Wiphy { ciphers: vec![0x000f_ac02, 0x000f_ac04], ..radio.clone() };
    assert!(!old.protects_management());
    let other = of_kind("interface").remove(0);
    assert!(!radio.absorb(&Generic::parse(&other).unwrap()));
}

#[test]
fn interfaces() {
    let mut found: Vec<_> = of_kind("interface")
        .iter()
        .filter_map(|payload| Interface::parse(&Generic::parse(payload)?))
        .map(|found| (found.index, found.name, found.kind, found.address.is_some(), found.ssid, found.mhz))
        .collect();
    found.sort();
    assert_eq!(
        found,
        [
            (2, "wlan0".to_owned(), 3, true, Some(b"HomeNet".to_vec()), Some(2437)),
            (3, "wlan1".to_owned(), 2, true, None, None),
        ]
    );
}

#[test]
fn a_scan_result_and_what_a_station_makes_of_it() {
    let payload = of_kind("scan-result").remove(0);
    let found = ScanResult::parse(&Generic::parse(&payload).unwrap()).unwrap();
    assert_eq!((found.mhz, found.signal, found.capability), (2437, Some(-3000), 0x0411));
    assert_eq!((found.bssid, found.beacon_interval), (MacAddr([2, 0, 0, 0, 0, 0]), 100));
    let sightings = found.sightings(None);
    // A probe response and a beacon, each with its own WPS element.
    let kinds: Vec<bool> = sightings.iter().map(|sighting| sighting.is_probe_response).collect();
    assert_eq!((kinds.len(), kinds.contains(&true), kinds.contains(&false)), (2, true, true));
    assert!(sightings[0].beacon.timestamp <= sightings[1].beacon.timestamp);
    let network = Network::new(&sightings[1], keyway_eap::Timestamp::ZERO).unwrap();
    assert_eq!(network.ssid, Ssid::new(b"HomeNet").ok());
    assert_eq!((network.channel.number(), network.signal), (6, -30));
    assert!(matches!(network.security, Security::Rsn(_)) && network.wps.is_some());
    // What was there before is no news, whatever the clocks of the access points say.
    let before = found.stamps();
    assert!(found.sightings(Some(before)).is_empty());
    let beacon = found.beacon_tsf.unwrap();
    for (tsf, beacon_tsf, expected) in [
        (1, beacon, vec![true]),
        (found.tsf, 1, vec![false]),
        (1, 2, vec![true, false]),
        (2, 1, vec![false, true]),
        // A driver that does not know.
        (0, beacon, vec![true]),
        (0, 0, vec![false, true]),
    ] {
        let later = ScanResult { tsf, beacon_tsf: Some(beacon_tsf), ..found.clone() };
        let sightings = later.sightings(Some(before));
        let kinds: Vec<bool> = sightings.iter().map(|sighting| sighting.is_probe_response).collect();
        assert_eq!(kinds, expected, "{tsf} {beacon_tsf}");
    }
    let unheard = ScanResult { mhz: 1, ..found };
    assert!(unheard.sightings(None).is_empty());
}

#[test]
fn the_end_of_a_scan_is_told_from_its_results() {
    let end = |payload: &[u8]| ScanEnd::parse(&Generic::parse(payload).unwrap());
    assert_eq!(end(&of_kind("event.34")[0]), Some(ScanEnd { interface: 3, is_complete: true }));
    for other in ["event.33", "scan-result", "interface"] {
        assert_eq!(end(&of_kind(other)[0]), None, "{other}");
    }
}

#[test]
fn what_the_kernel_tells_by_itself() {
    let told = |name: &str| Told::parse(&Generic::parse(&of_kind(name)[0]).unwrap());
    let access_point = MacAddr([2, 0, 0, 0, 0, 0]);
    assert_eq!(told("event.34"), Some(Told { interface: Some(3), event: Event::ScanEnd(true) }));
    let Some(Told { interface: Some(3), event: Event::Connected(connected) }) = told("event.46") else {
        panic!()
    };
    let Connected { bssid, status, timed_out, elements } = connected;
    assert_eq!((bssid, status, timed_out), (Some(access_point), 0, false));
    // The supported rates come first.
    assert_eq!(elements[..6], [1, 8, 0x82, 0x84, 0x8b, 0x96]);
    let over = Event::Disconnected { reason: 3, by_access_point: false };
    assert_eq!(told("event.48"), Some(Told { interface: Some(3), event: over }));
    let Some(Told { interface: Some(2), event: Event::Sent { acknowledged, frame } }) = told("event.60")
    else {
        panic!()
    };
    // An authentication, from the access point.
    assert_eq!((acknowledged, &frame[..2], &frame[10..16]), (true, &[0xb0, 0][..], &access_point.0[..]));
    // What is not for programs that decide: a scan begins, stations come and go, frames that the kernel itself sent.
    for other in ["event.33", "event.19", "event.20", "event.37", "event.38", "event.39", "scan-result"] {
        assert_eq!(told(other), None, "{other}");
    }
}

/// As `nl80211_send_ap_stopped` of the kernel begins it.
#[test]
fn a_network_that_was_taken_off_the_air() {
    let attributes = [(attribute::WIPHY, 0u32), (attribute::IFINDEX, 2)];
    let mut payload = vec![command::STOP_AP, 1, 0, 0];
    for (kind, value) in attributes {
        payload.extend([8u16, kind].map(u16::to_ne_bytes).concat());
        payload.extend(value.to_ne_bytes());
    }
    let told = Told::parse(&Generic::parse(&payload).unwrap());
    assert_eq!(told, Some(Told { interface: Some(2), event: Event::NetworkStopped }));
}

#[test]
fn what_the_kernel_knows_of_a_station() {
    let parse = |name: &str| StationInfo::parse(&Generic::parse(&of_kind(name)[0]).unwrap());
    assert_eq!(parse("event.20"), None, "a farewell");
    let info = parse("event.19").unwrap();
    assert_eq!((info.station, info.silent_for, info.signal), (MacAddr([2, 0, 0, 0, 0, 0]), 0, None));
}

#[test]
fn nothing_cut_or_damaged_panics() {
    for (_, payload) in captured() {
        for at in 0..payload.len() {
            let mut damaged = payload.clone();
            damaged[at] ^= 0xff;
            for octets in [&payload[..at], &damaged] {
                let _ = Messages::new(octets).count();
                let Some(message) = Generic::parse(octets) else { continue };
                let _ = Family::parse(&message);
                let _ = Wiphy::default().absorb(&message);
                let _ = Interface::parse(&message);
                let _ = ScanEnd::parse(&message);
                let _ = ScanResult::parse(&message).map(|found| found.sightings(None));
                let _ = (Told::parse(&message), KeySequence::parse(&message), Regulations::parse(&message));
                let _ = StationInfo::parse(&message);
            }
        }
    }
}
