//! Requests octet by octet, and the kernel's short answers. The numbers are those of `linux/netlink.h` and
//! `linux/nl80211.h`; the machine's byte order is that of the test.

use keyway_nl80211::generic::Family;
use keyway_nl80211::netlink::{Body, Messages, Refusal, TooLong};
use keyway_nl80211::request::{self, Scan};

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

#[test]
fn each_is_what_the_headers_say() {
    let number = |kind: u16, value: u32| attribute(kind, &value.to_ne_bytes());
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
