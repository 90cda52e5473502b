//! Whatever comes in: nothing panics, nothing grows without bound, the clock goes on.

mod support;

use std::net::Ipv4Addr;
use std::time::Duration;

use keyway_eap::Timestamp;
use keyway_lan::dns_sd::{Announcement, Browser, Responder, Service};
use keyway_lan::ipp::{Header, Message, operation};
use keyway_lan::ipp_printer::{IppContext, IppPrinter};
use proptest::prelude::*;
use proptest::sample::Index;

use support::{COMPUTER, Home, ROUTER, document, identity, printer_mac};

/// What is done to a frame: where, and what stands there then; and how long it is in the end.
type Damage = (Index, Vec<(Index, u8)>, Option<Index>);

fn damage() -> impl Strategy<Value = Vec<Damage>> {
    let changes = prop::collection::vec((any::<Index>(), any::<u8>()), 0..6);
    prop::collection::vec((any::<Index>(), changes, prop::option::of(any::<Index>())), 1..60)
}

fn damaged(dump: &[Vec<u8>], (which, changes, length): &Damage) -> Vec<u8> {
    let mut frame = which.get(dump).clone();
    for (at, value) in changes {
        // The addresses stay, so that somebody takes it.
        let at = 12 + at.index(frame.len() - 12);
        frame[at] = *value;
    }
    if let Some(length) = length {
        frame.truncate(length.index(frame.len() + 1));
    }
    mend_checksums(&mut frame);
    frame
}

/// Makes the checksums right again: otherwise nothing damaged comes further than them.
fn mend_checksums(frame: &mut [u8]) {
    if frame.get(12..14) != Some(&[8, 0]) || frame.len() < 34 {
        return;
    }
    let header = usize::from(frame[14] & 0x0f) * 4;
    let total = usize::from(u16::from_be_bytes([frame[16], frame[17]]));
    if header < 20 || total < header || 14 + total > frame.len() {
        return;
    }
    let put = |frame: &mut [u8], at: usize, sum: u16| {
        if let Some(place) = frame.get_mut(at..at + 2) {
            place.copy_from_slice(&sum.to_be_bytes());
        }
    };
    put(frame, 24, 0);
    let sum = checksum(0, &frame[14..14 + header]);
    put(frame, 24, sum);
    let (from, to) = (14 + header, 14 + total);
    let pseudo = || {
        let length = u32::try_from(total - header).expect("short");
        let words = frame[26..34].chunks(2).map(|word| u32::from(u16::from_be_bytes([word[0], word[1]])));
        words.sum::<u32>() + u32::from(frame[23]) + length
    };
    match (frame[23], to - from) {
        (1, 4..) => {
            put(frame, from + 2, 0);
            let sum = checksum(0, &frame[from..to]);
            put(frame, from + 2, sum);
        }
        (6, 18..) => {
            let pseudo = pseudo();
            put(frame, from + 16, 0);
            let sum = checksum(pseudo, &frame[from..to]);
            put(frame, from + 16, sum);
        }
        // None.
        (17, 8..) => put(frame, from + 6, 0),
        _ => {}
    }
}

fn checksum(start: u32, octets: &[u8]) -> u16 {
    let word =
        |pair: &[u8]| u32::from(u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or_default()]));
    let mut sum = start + octets.chunks(2).map(word).sum::<u32>();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !u16::try_from(sum).expect("folded")
}

/// A home that has everything, and every frame it took.
fn home() -> Home {
    let mut home = Home::new(77);
    let printer = home.find(1).remove(0);
    home.print(&printer, document(vec![b'x'; 3000]));
    let now = home.now;
    home.computer().can_reach(printer.address, now);
    home.run_for(2);
    home
}

#[test]
fn mended_checksums_are_right() {
    let home = home();
    for frame in &home.dump {
        let mut mended = frame.clone();
        mend_checksums(&mut mended);
        // Those of UDP are left out.
        let udp = frame.get(12..14) == Some(&[8, 0]) && frame[23] == 17;
        assert!(udp || mended == *frame, "{frame:02x?}");
    }
}

/// A client that opens a connection and takes it back at once once made the printer's clock stand still.
#[test]
fn a_connection_taken_back_leaves_nothing_behind() {
    const FLAGS: usize = 14 + 20 + 13;
    let mut home = home();
    let is_first = |frame: &&Vec<u8>| {
        frame.len() > FLAGS && frame[12..14] == [8, 0] && frame[23] == 6 && frame[FLAGS] == 2
    };
    let mut first = home.dump.iter().find(is_first).expect("a connection").clone();
    assert_eq!(first[..6], printer_mac(1).0);
    // From another port, and then a reset with the next number.
    first[34] ^= 1;
    let mut reset = first.clone();
    let number = u32::from_be_bytes(first[38..42].try_into().expect("four octets")).wrapping_add(1);
    reset[38..42].copy_from_slice(&number.to_be_bytes());
    reset[FLAGS] = 4;
    for frame in [&mut first, &mut reset] {
        mend_checksums(frame);
        home.inject(frame.clone());
        home.run_until(1, |_| false);
    }
    home.run_for(100);
    let printer = home.find(1).remove(0);
    home.print(&printer, document(vec![b'y'; 100]));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn damaged_frames_break_nothing(damages in damage()) {
        let mut home = home();
        let dump = core::mem::take(&mut home.dump);
        for damage in &damages {
            home.inject(damaged(&dump, damage));
            home.run_for(0);
            home.run_until(1, |_| true);
        }
        home.run_for(60);
        // A stranger's frame makes a few answers at most.
        prop_assert!(home.dump.len() < 2000, "{} frames were sent", home.dump.len());
        // Whatever happened, with new links all is well again.
        for mac in [ROUTER, printer_mac(1), COMPUTER] {
            home.set_link(mac, false);
        }
        home.run_for(200);
        for mac in [ROUTER, printer_mac(1), COMPUTER] {
            home.set_link(mac, true);
        }
        let found = home.run_until(60, |home| !home.computer().printers().is_empty());
        prop_assert!(found);
    }

    #[test]
    fn nor_do_frames_of_noise(frames in prop::collection::vec((0..4_usize, prop::collection::vec(any::<u8>(), 0..200)), 0..50)) {
        let mut home = home();
        for (to, octets) in frames {
            let to = [ROUTER.0, printer_mac(1).0, COMPUTER.0, [0xff; 6]][to];
            home.inject([&to[..], &octets].concat());
        }
        home.run_for(10);
    }

    #[test]
    fn dns_messages_break_nothing(
        messages in prop::collection::vec((any::<Index>(), prop::collection::vec((any::<Index>(), any::<u8>()), 0..8)), 0..20),
        noise in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let own = Ipv4Addr::new(10, 0, 0, 2);
        let mut now = Timestamp::ZERO;
        let mut responder = Responder::new(announcement(), 1);
        let mut browser = Browser::new("_ipp._tcp");
        responder.start(own, now);
        browser.start(now);
        let mut seen = vec![noise];
        for _ in 0..20 {
            now = now + Duration::from_millis(300);
            responder.handle_timeout(now);
            browser.handle_timeout(now);
            seen.extend(std::iter::from_fn(|| responder.poll_transmit()).map(|(_, message)| message));
            seen.extend(std::iter::from_fn(|| browser.poll_transmit()).map(|(_, message)| message));
        }
        let mut sent = 0;
        for (which, changes) in messages {
            let mut message = which.get(&seen).clone();
            for (at, value) in changes {
                if !message.is_empty() {
                    let at = at.index(message.len());
                    message[at] = value;
                }
            }
            for port in [5353, 1024] {
                let from = (Ipv4Addr::new(10, 0, 0, 3), port);
                responder.handle(&message, from, now);
                browser.handle(&message, from, now);
            }
            now = now + Duration::from_millis(100);
            responder.handle_timeout(now);
            browser.handle_timeout(now);
            sent += std::iter::from_fn(|| responder.poll_transmit()).count();
            sent += std::iter::from_fn(|| browser.poll_transmit()).count();
        }
        prop_assert!(sent < 200, "{} messages", sent);
    }

    #[test]
    fn ipp_requests_always_get_an_answer(
        code in prop::sample::select(vec![
            operation::PRINT_JOB,
            operation::CREATE_JOB,
            operation::SEND_DOCUMENT,
            operation::GET_JOBS,
            operation::GET_PRINTER_ATTRIBUTES,
            operation::CANCEL_JOB,
        ]),
        changes in prop::collection::vec((any::<Index>(), any::<u8>()), 0..10),
        length in any::<Index>(),
        noise in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        let mut printer = IppPrinter::new(identity("Blue"), Timestamp::ZERO);
        let context = IppContext { printer_uri: "ipp://10.0.0.2:631/ipp/print", now: Timestamp::from_secs(1) };
        let mut request = Message::request(code, 1, context.printer_uri).write();
        request.extend_from_slice(&noise);
        for (at, value) in changes {
            let at = at.index(request.len());
            request[at] = value;
        }
        let cut = &request[..length.index(request.len() + 1)];
        for request in [&request[..], cut, &noise[..]] {
            let response = printer.respond(request, context);
            let (response, rest) = Message::read(&response).expect("a response");
            prop_assert!(rest.is_empty());
            if let Some(header) = Header::read(request) {
                prop_assert_eq!(response.header.request, header.request);
            }
        }
    }
}

fn announcement() -> Announcement {
    let service = Service {
        kind: "_ipp._tcp",
        subtypes: vec!["_print"],
        port: 631,
        txt: vec![("rp".into(), "ipp/print".into())],
    };
    Announcement { instance: "Blue".into(), host: "blue".into(), services: vec![service] }
}
