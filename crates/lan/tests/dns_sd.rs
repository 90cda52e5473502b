//! The shape of what is announced, asked and answered: RFC 6762 and RFC 6763, rule by rule.

mod support;

use std::net::Ipv4Addr;
use std::time::Duration;

use keyway_eap::Timestamp;
use keyway_lan::dns_sd::{Announcement, Browser, BrowserEvent, Destination, Responder, Service};
use simple_dns::rdata::RData;
use simple_dns::{CLASS, Name, Packet, PacketFlag, QCLASS, QTYPE, Question, TYPE};

const OWN: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 20);
const ASKER: (Ipv4Addr, u16) = (Ipv4Addr::new(192, 168, 1, 30), 5353);

fn announcement() -> Announcement {
    let txt = vec![("txtvers".into(), "1".into()), ("rp".into(), "ipp/print".into())];
    let ipp = Service { kind: "_ipp._tcp", subtypes: vec!["_print"], port: 631, txt };
    let lpr = Service { kind: "_printer._tcp", subtypes: Vec::new(), port: 0, txt: Vec::new() };
    Announcement { instance: "Dr. Blue".into(), host: "blue".into(), services: vec![ipp, lpr] }
}

/// Every message until this moment, with when it was sent.
fn run(
    responder: &mut Responder,
    now: &mut Timestamp,
    until: Timestamp,
) -> Vec<(Timestamp, Destination, Vec<u8>)> {
    let mut sent = Vec::new();
    loop {
        sent.extend(
            std::iter::from_fn(|| responder.poll_transmit()).map(|(to, message)| (*now, to, message)),
        );
        match responder.poll_timeout() {
            Some(next) if next <= until => {
                *now = (*now).max(next);
                responder.handle_timeout(*now);
            }
            _ => {
                *now = until;
                return sent;
            }
        }
    }
}

/// A responder that has announced everything and is quiet.
fn announced() -> (Responder, Timestamp) {
    let mut responder = Responder::new(announcement(), 3);
    let mut now = Timestamp::from_secs(10);
    responder.start(OWN, now);
    run(&mut responder, &mut now, Timestamp::from_secs(100));
    assert!(responder.announced().is_some());
    (responder, now)
}

fn query(name: &Name<'static>, kind: QTYPE) -> Packet<'static> {
    let mut packet = Packet::new_query(0);
    packet.questions.push(Question::new(name.clone(), kind, QCLASS::CLASS(CLASS::IN), false));
    packet
}

fn ask(packet: &Packet<'_>, from: (Ipv4Addr, u16)) -> Vec<(Destination, Vec<u8>)> {
    let (mut responder, mut now) = announced();
    responder.handle(&packet.build_bytes_vec_compressed().expect("a message"), from, now);
    let until = now + Duration::from_secs(2);
    run(&mut responder, &mut now, until).into_iter().map(|(_, to, message)| (to, message)).collect()
}

fn named(text: &'static str) -> Name<'static> {
    Name::new(text).expect("a name")
}

fn instance() -> Name<'static> {
    named(r"Dr\. Blue._ipp._tcp.local")
}

#[test]
fn names_are_probed_for_and_then_announced() {
    let mut responder = Responder::new(announcement(), 3);
    let mut now = Timestamp::from_secs(10);
    responder.start(OWN, now);
    let sent = run(&mut responder, &mut now, Timestamp::from_secs(60));
    assert_eq!(sent.len(), 6, "three probes, three announcements");
    assert!(sent.iter().all(|(_, to, message)| *to == Destination::Everybody && message.len() <= 1472));
    let pauses: Vec<_> = sent.windows(2).map(|two| two[1].0.saturating_since(two[0].0).as_millis()).collect();
    assert_eq!(pauses, [250, 250, 250, 1000, 2000]);
    for (_, _, message) in &sent[..3] {
        let probe = Packet::parse(message).expect("a probe");
        assert!(!probe.has_flags(PacketFlag::RESPONSE) && probe.answers.is_empty());
        assert!(
            probe.questions.iter().all(|question| question.qtype == QTYPE::ANY && question.unicast_response)
        );
        for question in &probe.questions {
            let proposed =
                probe.name_servers.iter().any(|record| record.name == question.qname && !record.cache_flush);
            assert!(proposed, "nothing is proposed for {}", question.qname);
        }
    }
    for (_, _, message) in &sent[3..] {
        let packet = Packet::parse(message).expect("an announcement");
        assert!(packet.has_flags(PacketFlag::RESPONSE | PacketFlag::AUTHORITATIVE_ANSWER));
        assert!(packet.id() == 0 && packet.questions.is_empty());
        for record in &packet.answers {
            let kind = record.rdata.type_code();
            let in_service = kind == TYPE::PTR && record.name.is_link_local();
            // What others may have too is not flushed from their memory.
            assert_eq!(record.cache_flush, !in_service, "{record:?}");
            let short = matches!(kind, TYPE::A | TYPE::SRV) || (kind == TYPE::PTR && !in_service);
            assert_eq!(record.ttl, if short { 120 } else { 4500 }, "{record:?}");
        }
        let has = |name: &Name<'_>, kind| {
            packet.answers.iter().any(|r| r.name == *name && r.rdata.type_code() == kind)
        };
        for name in ["_ipp._tcp.local", "_print._sub._ipp._tcp.local", "_services._dns-sd._udp.local"] {
            assert!(has(&named(name), TYPE::PTR), "{name}");
        }
        assert!(
            has(&instance(), TYPE::SRV) && has(&instance(), TYPE::TXT) && has(&named("blue.local"), TYPE::A)
        );
    }
}

#[test]
fn questions_are_answered() {
    for (name, kind, answer, further) in [
        ("_ipp._tcp.local", TYPE::PTR, TYPE::PTR, &[TYPE::SRV, TYPE::TXT, TYPE::A][..]),
        ("_IPP._TCP.LOCAL", TYPE::PTR, TYPE::PTR, &[TYPE::SRV, TYPE::TXT, TYPE::A]),
        ("_print._sub._ipp._tcp.local", TYPE::PTR, TYPE::PTR, &[TYPE::SRV, TYPE::TXT, TYPE::A]),
        ("_services._dns-sd._udp.local", TYPE::PTR, TYPE::PTR, &[]),
        (r"Dr\. Blue._ipp._tcp.local", TYPE::SRV, TYPE::SRV, &[TYPE::A]),
        (r"Dr\. Blue._ipp._tcp.local", TYPE::TXT, TYPE::TXT, &[]),
        ("blue.local", TYPE::A, TYPE::A, &[]),
        ("20.1.168.192.in-addr.arpa", TYPE::PTR, TYPE::PTR, &[TYPE::A]),
        // There is none: it says so.
        ("blue.local", TYPE::AAAA, TYPE::NSEC, &[]),
    ] {
        let sent = ask(&query(&named(name), kind.into()), ASKER);
        let [(Destination::Everybody, message)] = &sent[..] else { panic!("{name} {kind:?}: {sent:?}") };
        let packet = Packet::parse(message).expect("a response");
        assert!(packet.answers.iter().all(|record| record.rdata.type_code() == answer), "{name}: {packet:?}");
        assert!(!packet.answers.is_empty(), "{name}");
        let kinds: Vec<_> = packet.additional_records.iter().map(|record| record.rdata.type_code()).collect();
        assert_eq!(kinds, further, "{name}");
    }
    for (name, kind) in
        [("_ftp._tcp.local", TYPE::PTR), ("green.local", TYPE::A), ("_ipp._tcp.local", TYPE::A)]
    {
        assert_eq!(ask(&query(&named(name), kind.into()), ASKER), [], "{name} {kind:?}");
    }
}

#[test]
fn what_is_known_is_not_answered() {
    let name = named("_ipp._tcp.local");
    let sent = ask(&query(&name, TYPE::PTR.into()), ASKER);
    let answer = Packet::parse(&sent[0].1).expect("a response").answers[0].clone().into_owned();
    for (ttl, answers) in [(4500, 0), (2250, 0), (2249, 1)] {
        let mut packet = query(&name, TYPE::PTR.into());
        let mut known = answer.clone();
        known.ttl = ttl;
        packet.answers.push(known);
        assert_eq!(ask(&packet, ASKER).len(), answers, "known for {ttl} s more");
    }
}

#[test]
fn one_who_asks_for_himself_is_answered_alone() {
    let name = named("blue.local");
    let mut packet = query(&name, TYPE::A.into());
    packet.questions[0].unicast_response = true;
    let sent = ask(&packet, ASKER);
    assert_eq!(sent.iter().map(|(to, _)| *to).collect::<Vec<_>>(), [Destination::One(ASKER.0, 5353)]);
    // From another port it is an ordinary resolver, and gets what such a one understands.
    let mut packet = query(&name, TYPE::A.into());
    packet.set_id(77);
    let sent = ask(&packet, (ASKER.0, 40_000));
    assert_eq!(sent.iter().map(|(to, _)| *to).collect::<Vec<_>>(), [Destination::One(ASKER.0, 40_000)]);
    let answer = Packet::parse(&sent[0].1).expect("a response");
    assert_eq!((answer.id(), answer.questions.len()), (77, 1));
    assert!(answer.answers.iter().all(|record| record.ttl <= 10 && !record.cache_flush));
}

#[test]
fn nothing_is_sent_to_everybody_twice_in_a_second() {
    let (mut responder, mut now) = announced();
    let question = query(&named("_ipp._tcp.local"), TYPE::PTR.into()).build_bytes_vec().expect("a message");
    let mut sent = Vec::new();
    for _ in 0..40 {
        responder.handle(&question, ASKER, now);
        let until = now + Duration::from_millis(100);
        sent.extend(run(&mut responder, &mut now, until));
    }
    assert!((3..=4).contains(&sent.len()), "{} answers in four seconds", sent.len());
    assert!(sent.windows(2).all(|two| two[1].0.saturating_since(two[0].0) >= Duration::from_secs(1)));
}

#[test]
fn good_bye_ends_every_record() {
    let (mut responder, mut now) = announced();
    responder.say_goodbye();
    let until = now;
    let sent = run(&mut responder, &mut now, until);
    let packet = Packet::parse(&sent[0].2).expect("a response");
    assert!(packet.answers.len() >= 9 && packet.answers.iter().all(|record| record.ttl == 0));
    assert!(responder.announced().is_none());
    assert_eq!(responder.poll_timeout(), None);
}

#[test]
fn a_stranger_with_our_name_makes_it_ask_again_and_then_take_another() {
    let (mut responder, mut now) = announced();
    let mut packet = Packet::new_reply(0);
    let address = RData::A(simple_dns::rdata::A { address: 0x0a00_0001 });
    packet.answers.push(simple_dns::ResourceRecord::new(named("blue.local"), CLASS::IN, 120, address));
    let message = packet.build_bytes_vec().expect("a message");
    responder.handle(&message, ASKER, now);
    assert!(responder.announced().is_none(), "it probes again");
    responder.handle(&message, ASKER, now);
    let until = now + Duration::from_secs(30);
    run(&mut responder, &mut now, until);
    let names = responder.announced().map(|announced| (announced.host, announced.instance));
    assert_eq!(names, Some(("blue-2".to_owned(), "Dr. Blue".to_owned())));
}

#[test]
fn long_names_stay_within_a_label_when_they_get_a_number() {
    let mut long = announcement();
    long.instance = "ä".repeat(60);
    let (mut one, mut two) = (Responder::new(long.clone(), 1), Responder::new(long, 2));
    let (mut now, mut later) = (Timestamp::ZERO, Timestamp::ZERO);
    one.start(OWN, now);
    let announcements = run(&mut one, &mut now, Timestamp::from_secs(10));
    two.start(ASKER.0, later);
    // First the host's name is taken; with another the service is elsewhere, so its name is taken as well.
    for _ in 0..2 {
        two.handle(&announcements[3].2, (OWN, 5353), later);
    }
    run(&mut two, &mut later, Timestamp::from_secs(10));
    let instance = two.announced().expect("announced").instance;
    assert!(instance.ends_with("ä (2)") && instance.len() <= 63, "{instance}");
}

#[test]
fn a_browser_asks_at_growing_intervals_and_says_what_it_knows() {
    let mut browser = Browser::new("_ipp._tcp");
    let mut now = Timestamp::ZERO;
    browser.start(now);
    let mut asked = Vec::new();
    while now < Timestamp::from_secs(20) {
        while let Some((to, message)) = browser.poll_transmit() {
            assert_eq!(to, Destination::Everybody);
            let packet = Packet::parse(&message).expect("a question");
            assert!(packet.id() == 0 && !packet.has_flags(PacketFlag::RESPONSE));
            asked.push((now.since_epoch().as_secs(), packet.questions[0].unicast_response));
        }
        now = browser.poll_timeout().expect("it goes on");
        browser.handle_timeout(now);
    }
    assert_eq!(asked, [(0, true), (1, false), (3, false), (7, false), (15, false)]);
    // Once it has heard of a printer it says so when it asks.
    let mut responder = Responder::new(announcement(), 3);
    let mut other = Timestamp::ZERO;
    responder.start(OWN, other);
    let sent = run(&mut responder, &mut other, Timestamp::from_secs(5));
    for (_, _, message) in sent {
        browser.handle(&message, (OWN, 5353), now);
    }
    let found = browser.poll_event();
    assert!(matches!(&found, Some(BrowserEvent::Found(found)) if found.instance == "Dr. Blue"), "{found:?}");
    browser.start(now);
    let (_, message) = std::iter::from_fn(|| browser.poll_transmit()).last().expect("a question");
    let packet = Packet::parse(&message).expect("a question");
    let known: Vec<_> = packet.answers.iter().map(|record| record.rdata.type_code()).collect();
    assert_eq!(known, [TYPE::PTR]);
}

#[test]
fn a_service_that_is_not_served_is_not_found() {
    let mut responder = Responder::new(announcement(), 3);
    let mut browser = Browser::new("_printer._tcp");
    let mut now = Timestamp::ZERO;
    responder.start(OWN, now);
    browser.start(now);
    for (at, _, message) in run(&mut responder, &mut now, Timestamp::from_secs(5)) {
        browser.handle(&message, (OWN, 5353), at);
    }
    assert_eq!(browser.found().count(), 0, "port 0 means: not here");
}

#[test]
fn a_printer_says_what_is_usual() {
    let mut home = support::Home::new(21);
    let found = home.find(1).remove(0);
    let value = |key: &str| found.txt.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
    assert_eq!(found.txt.first().map(|(key, _)| key.as_str()), Some("txtvers"), "it comes first");
    for (key, expected) in [
        ("txtvers", "1"),
        ("qtotal", "1"),
        ("rp", "ipp/print"),
        ("ty", "Keyway P3"),
        ("product", "(P3)"),
        ("note", "Study"),
        ("adminurl", "http://keyway-blue-42.local:631/"),
        ("pdl", "application/pdf,image/pwg-raster,image/urf,image/jpeg,text/plain"),
        ("Color", "T"),
        ("Duplex", "T"),
    ] {
        assert_eq!(value(key), Some(expected), "{key}");
    }
    assert!(value("URF").is_some_and(|urf| urf.starts_with("V1.4,")));
    assert!(value("UUID").is_some_and(|uuid| uuid.len() == 36));
}
