//! Requests octet by octet, and the kernel's short answers. The numbers are those of `linux/netlink.h` and
//! `linux/nl80211.h`; the machine's byte order is that of the test.

use keyway_nl80211::generic::Family;
use keyway_nl80211::netlink::{Body, Messages, Refusal, TooLong};
use keyway_nl80211::request::{
    self, Beacon, Connect, ControlPortFrame, DefaultKey, InterfaceKind, Key, NewStation, Scan, Start, Suites,
};
use keyway_wsc::MacAddr;

/// A message: header, generic header, attributes.
fn message(family: u16, flags: u16, command: u8, version: u8, attributes: &[Vec<u8>]) -> Vec<u8> {
    let attributes = attributes.concat();
    let mut octets = (20 + attributes.len() as u32).to_ne_bytes().to_vec();
    octets.extend([family.to_ne_bytes(), flags.to_ne_bytes()].concat());
    octets.extend(7u32.to_ne_bytes());
    octets.extend([0, 0, 0, 0, command, version, 0, 0]);
    octets.extend(attributes);
    octets
}

/// An attribute, filled up to four octets.
fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
    let mut octets = (4 + value.len() as u16).to_ne_bytes().to_vec();
    octets.extend(kind.to_ne_bytes());
    octets.extend(value);
    octets.resize(octets.len().next_multiple_of(4), 0);
    octets
}

fn number(kind: u16, value: u32) -> Vec<u8> {
    attribute(kind, &value.to_ne_bytes())
}

#[test]
fn each_is_what_the_headers_say() {
    let (request, acknowledged, dump) = (1, 5, 0x301);
    assert_eq!(
        Family::request("nl80211", 7).unwrap(),
        message(16, request, 3, 1, &[attribute(2, b"nl80211\0")])
    );
    assert_eq!(request::radios(28, 7).unwrap(), message(28, dump, 1, 0, &[attribute(174, b"")]));
    assert_eq!(request::interfaces(28, 7).unwrap(), message(28, dump, 5, 0, &[]));
    assert_eq!(request::scan_results(28, 7, 3).unwrap(), message(28, dump, 32, 0, &[number(3, 3)]));
    assert_eq!(request::abort_scan(28, 7, 3).unwrap(), message(28, acknowledged, 114, 0, &[number(3, 3)]));
    let all =
        Scan { interface: 3, frequencies: &[2412, 2437], names: &[b"", b"Home"], elements: &[221, 1, 9] };
    let frequencies = [number(1, 2412), number(2, 2437)].concat();
    let names = [attribute(1, b""), attribute(2, b"Home")].concat();
    let expected = [
        number(3, 3),
        attribute(44 | 0x8000, &frequencies),
        attribute(45 | 0x8000, &names),
        attribute(42, &[221, 1, 9]),
    ];
    assert_eq!(request::trigger_scan(28, 7, &all).unwrap(), message(28, acknowledged, 33, 0, &expected));
    let listening = Scan { interface: 3, ..Scan::default() };
    assert_eq!(
        request::trigger_scan(28, 7, &listening).unwrap(),
        message(28, acknowledged, 33, 0, &[number(3, 3)])
    );
}

const STATION: MacAddr = MacAddr([2, 0, 0, 0, 1, 0]);

#[test]
fn a_station_s_are_what_the_headers_say() {
    let suites =
        Suites { pairwise: 0xfac04, group: 0xfac04, key_management: 0xfac02, protects_management: true };
    let connect = Connect {
        interface: 3,
        bssid: STATION,
        mhz: 2437,
        ssid: b"Home",
        elements: &[48, 1, 9],
        privacy: true,
        suites: Some(suites),
        control_port: true,
    };
    let begin = [
        number(3, 3),
        attribute(6, &STATION.0),
        number(38, 2437),
        attribute(52, b"Home"),
        number(53, 0),
        attribute(42, &[48, 1, 9]),
    ];
    let agreed =
        [number(75, 2), number(73, 0xfac04), number(74, 0xfac04), number(76, 0xfac02), number(66, 1)];
    let bound = [attribute(68, b""), attribute(204, b"")];
    let all = [&begin[..], &[attribute(70, b"")], &agreed, &bound, &[attribute(264, b"")]].concat();
    assert_eq!(request::connect(28, 7, &connect).unwrap(), message(28, 5, 46, 0, &all));
    let open = Connect { privacy: false, suites: None, control_port: false, ..connect };
    assert_eq!(
        request::connect(28, 7, &open).unwrap(),
        message(28, 5, 46, 0, &[&begin[..], &bound].concat())
    );
    assert_eq!(
        request::disconnect(28, 7, 3, 3).unwrap(),
        message(28, 5, 48, 0, &[number(3, 3), attribute(54, &3u16.to_ne_bytes())])
    );
}

#[test]
fn those_with_keys_are_what_the_headers_say() {
    let key = Key {
        interface: 3,
        station: Some(STATION),
        index: 0,
        cipher: 0xfac04,
        key: &[238; 16],
        packet_number: None,
    };
    let inner = [attribute(1, &[238; 16]), number(3, 0xfac04), attribute(2, &[0]), number(7, 1)].concat();
    assert_eq!(
        *request::new_key(28, 7, &key).unwrap(),
        message(28, 5, 11, 0, &[number(3, 3), attribute(6, &STATION.0), attribute(80 | 0x8000, &inner)])
    );
    assert!(!format!("{key:?}").contains("238"), "{key:?}");
    let group = Key { station: None, index: 2, packet_number: Some(0x0102), ..key };
    let number_of_six = attribute(4, &[2, 1, 0, 0, 0, 0]);
    let inner =
        [attribute(1, &[238; 16]), number(3, 0xfac04), attribute(2, &[2]), number_of_six, number(7, 0)]
            .concat();
    assert_eq!(
        *request::new_key(28, 7, &group).unwrap(),
        message(28, 5, 11, 0, &[number(3, 3), attribute(80 | 0x8000, &inner)])
    );
    let multicast = attribute(8 | 0x8000, &attribute(2, b""));
    for (kind, flag) in [(DefaultKey::Data, 5), (DefaultKey::Management, 6)] {
        let inner = [attribute(2, &[2]), attribute(flag, b""), multicast.clone()].concat();
        assert_eq!(
            request::default_key(28, 7, 3, 2, kind).unwrap(),
            message(28, 5, 10, 0, &[number(3, 3), attribute(80 | 0x8000, &inner)])
        );
    }
    assert_eq!(
        request::group_sequence(28, 7, 3, 2).unwrap(),
        message(28, 1, 9, 0, &[number(3, 3), attribute(8, &[2])])
    );
}

#[test]
fn an_access_point_s_are_what_the_headers_say() {
    let beacon = Beacon { head: &[0x80, 0], tail: &[48, 1, 9] };
    let start = Start {
        interface: 3,
        mhz: 5180,
        beacon,
        interval: 100,
        ssid: b"Home",
        hides_ssid: false,
        suites: None,
        control_port: true,
    };
    let parts = [number(3, 3), attribute(14, &[0x80, 0]), attribute(15, &[48, 1, 9])];
    let rest = |hidden| {
        [
            attribute(52, b"Home"),
            number(12, 100),
            number(13, 2),
            number(126, hidden),
            number(53, 0),
            number(38, 5180),
            number(159, 0),
            number(160, 5180),
            attribute(68, b""),
            attribute(204, b""),
            attribute(264, b""),
        ]
    };
    for hidden in [0, 1] {
        let start = Start { hides_ssid: hidden == 1, ..start };
        let expected = message(28, 5, 15, 0, &[&parts[..], &rest(hidden)].concat());
        assert_eq!(request::start(28, 7, &start).unwrap(), expected);
    }
    assert_eq!(request::set_beacon(28, 7, 3, beacon).unwrap(), message(28, 5, 14, 0, &parts));
    assert_eq!(request::stop(28, 7, 3).unwrap(), message(28, 5, 16, 0, &[number(3, 3)]));
    let flags = |mask: u32, set: u32| attribute(67, &[mask.to_ne_bytes(), set.to_ne_bytes()].concat());
    let of_station = [number(3, 3), attribute(6, &STATION.0)];
    let new = NewStation {
        interface: 3,
        station: STATION,
        association_id: 1,
        listen_interval: 5,
        rates: &[2, 4],
        protects_management: true,
    };
    let said = [
        attribute(16, &1u16.to_ne_bytes()),
        attribute(18, &5u16.to_ne_bytes()),
        attribute(19, &[2, 4]),
        flags(0x10, 0x10),
    ];
    assert_eq!(
        request::new_station(28, 7, &new).unwrap(),
        message(28, 5, 19, 0, &[&of_station[..], &said].concat())
    );
    let open = [&of_station[..], &[flags(2, 2)]].concat();
    assert_eq!(request::open_port(28, 7, 3, STATION).unwrap(), message(28, 5, 18, 0, &open));
    assert_eq!(request::del_station(28, 7, 3, STATION).unwrap(), message(28, 5, 20, 0, &of_station));
    assert_eq!(request::probe_client(28, 7, 3, STATION).unwrap(), message(28, 5, 84, 0, &of_station));
    assert_eq!(request::stations(28, 7, 3).unwrap(), message(28, 0x301, 17, 0, &[number(3, 3)]));
}

#[test]
fn frames_and_the_rest_are_what_the_headers_say() {
    let registered = [number(3, 3), attribute(101, &0xb0u16.to_ne_bytes()), attribute(91, &[8, 1])];
    assert_eq!(request::register_frame(28, 7, 3, 0xb0, &[8, 1]).unwrap(), message(28, 5, 58, 0, &registered));
    let sent = [number(3, 3), number(38, 2437), attribute(51, &[0xb0, 0])];
    assert_eq!(request::send_frame(28, 7, 3, 2437, &[0xb0, 0]).unwrap(), message(28, 5, 59, 0, &sent));
    let eapol =
        ControlPortFrame { interface: 3, destination: STATION, frame: &[1, 1, 0, 0], protected: true };
    let begin = [
        number(3, 3),
        attribute(6, &STATION.0),
        attribute(102, &0x888eu16.to_ne_bytes()),
        attribute(51, &[1, 1, 0, 0]),
    ];
    assert_eq!(request::control_port_frame(28, 7, &eapol).unwrap(), message(28, 5, 129, 0, &begin));
    let clear = ControlPortFrame { protected: false, ..eapol };
    let all = [&begin[..], &[attribute(103, b"")]].concat();
    assert_eq!(request::control_port_frame(28, 7, &clear).unwrap(), message(28, 5, 129, 0, &all));
    assert_eq!(
        request::set_kind(28, 7, 3, InterfaceKind::AccessPoint as u32).unwrap(),
        message(28, 5, 6, 0, &[number(3, 3), number(5, 3)])
    );
    assert_eq!(
        request::set_country(28, 7, *b"FI").unwrap(),
        message(28, 5, 27, 0, &[attribute(33, b"FI\0")])
    );
    assert_eq!(request::regulations(28, 7).unwrap(), message(28, 1, 31, 0, &[]));
}

#[test]
fn what_does_not_fit_is_refused() {
    let elements = vec![0; 65_532];
    for (length, fits) in [(65_531, true), (65_532, false)] {
        let scan = Scan { interface: 3, elements: &elements[..length], ..Scan::default() };
        let made = request::trigger_scan(28, 7, &scan);
        assert_eq!(made.is_ok(), fits, "{length}");
        assert!(fits || made == Err(TooLong));
    }
    let names = vec![&elements[..30_000]; 3];
    let scan = Scan { interface: 3, names: &names, ..Scan::default() };
    assert_eq!(request::trigger_scan(28, 7, &scan), Err(TooLong));
}

#[test]
fn acknowledgements_errors_and_ends() {
    let header = |length: usize, kind: u16, flags: u16| {
        let mut octets = (16 + length as u32).to_ne_bytes().to_vec();
        octets.extend([kind.to_ne_bytes(), flags.to_ne_bytes()].concat());
        octets.extend([9u32.to_ne_bytes(), 0u32.to_ne_bytes()].concat());
        octets
    };
    let error = |code: i32, flags: u16, rest: &[u8]| {
        let body = [&(-code).to_ne_bytes()[..], &request::interfaces(28, 9).unwrap()[..16], rest].concat();
        [header(body.len(), 2, flags), body].concat()
    };
    let words = [attribute(1, b"Device or resource busy\0"), attribute(2, &36u32.to_ne_bytes())].concat();
    let refusal = Refusal { code: 16, message: Some("Device or resource busy".to_owned()), offset: Some(36) };
    let done = [header(4, 3, 2), 0i32.to_ne_bytes().to_vec()].concat();
    let broken_off = [header(4, 3, 2), (-4i32).to_ne_bytes().to_vec()].concat();
    let data = [header(4, 28, 2), vec![7, 1, 0, 0]].concat();
    for (octets, expected) in [
        (error(0, 0x100, &[]), Body::Error(Refusal::default())),
        (error(16, 0x100, &[]), Body::Error(Refusal { code: 16, ..Refusal::default() })),
        (error(16, 0x300, &words), Body::Error(refusal)),
        (header(0, 2, 0), Body::Other),
        (header(0, 1, 0), Body::Other),
        (done.clone(), Body::Done(0)),
        (broken_off, Body::Done(4)),
        (data.clone(), Body::Data { family: 28, payload: &[7, 1, 0, 0] }),
    ] {
        let mut messages = Messages::new(&octets);
        let message = messages.next().unwrap();
        assert_eq!((message.sequence, message.body), (9, expected));
        assert_eq!(messages.next(), None);
        for cut in 0..octets.len() {
            assert_eq!(Messages::new(&octets[..cut]).next(), None, "{cut}");
        }
    }
    let both = [data, done].concat();
    assert_eq!(Messages::new(&both).count(), 2);
}
