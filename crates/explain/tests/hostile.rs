//! Files that are random, mutated, cut or endless: always a report or an error, never a panic, and bounded memory.

mod common;

use common::air::{Air, wps};
use common::file::{self, BEGIN, Classic, ETHERNET, RADIOTAP, pcapng};
use common::{Meeting, PIN, register};
use keyway_explain::{Explainer, ReadProblem, explain};
use keyway_wifi::element::AkmSuite;
use keyway_wifi::frame::StatusCode;
use keyway_wsc::DevicePasswordId;
use proptest::prelude::*;
use std::sync::OnceLock;
use std::time::Duration;

/// Good files of every kind.
fn files() -> &'static [Vec<u8>] {
    static FILES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    FILES.get_or_init(|| {
        let fragments = register(Meeting::Pin(PIN), 60, |_| false);
        let mut air = Air::default();
        air.beacon(b"Home", AkmSuite::PSK, Some(wps(Some(DevicePasswordId::Default), false)));
        air.probe(common::PRINTER, DevicePasswordId::PushButton);
        air.associate(true, StatusCode::SUCCESS);
        air.register(&register(Meeting::Pin("12340002"), 1400, |_| false), true);
        air.associate(false, StatusCode::SUCCESS);
        (1..=4).for_each(|number| air.key(number, 1));
        let packets = file::packets(&fragments);
        vec![
            file::pcap(&fragments),
            Classic { big_endian: true, nanoseconds: true }.write(ETHERNET, &packets),
            pcapng(ETHERNET, &packets, true),
            air.file(),
            Classic { big_endian: true, nanoseconds: false }.write(RADIOTAP, &air.packets),
        ]
    })
}

#[test]
fn the_same_story_in_every_kind_of_file() {
    let stories: Vec<_> = files()
        .iter()
        .map(|file| explain(file).unwrap())
        .map(|report| {
            (report.problem, report.attempts[0].outcome, report.attempts[0].cause, report.capture.frames)
        })
        .collect();
    assert_eq!(stories[0], stories[1]);
    assert_eq!(stories[0], stories[2]);
    assert_eq!(stories[3], stories[4]);
    assert_eq!(stories[3].2, Some("wrong-pin-second-half"));
}

#[test]
fn what_came_before_a_cut_is_told() {
    for file in files() {
        let whole = explain(file).unwrap();
        let cut = explain(&file[..file.len() - 3]).unwrap();
        let problem = cut.problem.unwrap();
        assert!(matches!(problem.problem, ReadProblem::Truncated { missing: 3, .. }), "{problem}");
        assert!(problem.offset < file.len() as u64 && problem.offset > 100, "{problem}");
        assert_eq!(cut.attempts[0].cause, whole.attempts[0].cause);
        assert!(cut.to_string().contains("up to where it is damaged"), "{cut}");
    }
}

#[test]
fn a_million_strangers_take_bounded_room() {
    // EAP-WSC from ever new stations, with ever new fragments that never become whole; and ever new networks.
    let one = register(Meeting::Pin(PIN), 60, |_| false);
    let mut packets = Vec::new();
    for number in 0..3000_u32 {
        for sent in &one[..12] {
            let mut frame = file::ethernet(sent);
            let from = if sent.by_printer { 6 } else { 0 };
            frame[from + 2..from + 6].copy_from_slice(&number.to_be_bytes());
            packets.push((BEGIN + Duration::from_millis(number.into()), frame));
        }
    }
    let report =
        explain(&Classic { big_endian: false, nanoseconds: false }.write(ETHERNET, &packets)).unwrap();
    assert_eq!(report.attempts.len(), 256);
    assert!(report.left_out > 2000, "{}", report.left_out);
    assert!(report.to_string().contains("There is more than is told here"));
    assert!(serde_json::to_string(&report).unwrap().len() < 4 << 20);

    let mut air = Air::default();
    air.beacon(b"Home", AkmSuite::PSK, None);
    let beacon = air.packets[0].clone();
    let beacons = (0..3000_u32).map(|number| {
        let mut packet = beacon.clone();
        packet.1[15 + 18..15 + 22].copy_from_slice(&number.to_be_bytes());
        packet
    });
    let report = explain(&pcapng(RADIOTAP, &beacons.collect::<Vec<_>>(), false)).unwrap();
    assert_eq!((report.networks.len(), report.left_out), (256, 3000 - 256));
}

#[test]
fn a_block_that_never_ends_is_not_held() {
    let mut explainer = Explainer::new();
    explainer.push(&pcapng(ETHERNET, &[], false));
    // A block of 2 GiB that is passed over.
    explainer.push(&[[99, 0, 0, 0], [0, 0, 0, 0x80]].concat());
    let zeros = vec![0; 1 << 20];
    for _ in 0..64 {
        assert!(explainer.push(&zeros));
    }
    assert!(size_of_debug(&explainer) < 1 << 20, "what it was given is not kept");
    let problem = explainer.finish().unwrap().problem.unwrap();
    assert!(problem.to_string().contains("the file ends within a block"), "{problem}");
}

/// How much room the whole state takes when it is written down: buffers stand in it octet by octet.
fn size_of_debug(explainer: &Explainer) -> usize {
    format!("{explainer:?}").len()
}

fn check(file: &[u8], piece: usize) {
    let mut explainer = Explainer::new();
    for bytes in file.chunks(piece) {
        explainer.push(bytes);
    }
    let whole = explain(file);
    match (explainer.finish(), whole) {
        (Ok(report), Ok(whole)) => {
            let words = report.words(true).to_string();
            assert_eq!(words, whole.words(true).to_string(), "pieces make no difference");
            assert!(words.chars().all(|c| c == '\n' || !c.is_control()), "{words:?}");
            let json = serde_json::to_string(&report).unwrap();
            assert!(json.len() < 1 << 20);
        }
        (one, other) => {
            let offset = one.unwrap_err().offset;
            assert!(offset <= file.len() as u64);
            assert_eq!(Some(offset), other.err().map(|error| error.offset));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn random_octets(file in prop::collection::vec(any::<u8>(), 0..600), piece in 1usize..600) {
        check(&file, piece);
    }

    #[test]
    fn random_octets_behind_a_good_beginning(
        which in 0usize..5,
        kept in 24usize..3000,
        rest in prop::collection::vec(any::<u8>(), 0..600),
        piece in 1usize..600,
    ) {
        let file = &files()[which];
        check(&[&file[..kept.min(file.len())], &rest].concat(), piece);
    }

    #[test]
    fn changed_octets(
        which in 0usize..5,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
        piece in 64usize..4000,
    ) {
        let mut file = files()[which].clone();
        for (at, octet) in changes {
            let at = at.index(file.len());
            file[at] = octet;
        }
        check(&file, piece);
    }

    #[test]
    fn packets_left_out_doubled_and_changed(
        fates in prop::collection::vec((0u8..10, any::<prop::sample::Index>(), any::<u8>()), 120),
        radio in any::<bool>(),
    ) {
        let mut air = Air::default();
        air.register(&register(Meeting::Pin(PIN), 60, |_| false), false);
        let wired = file::packets(&register(Meeting::Pin(PIN), 60, |_| false));
        let (link, source) = if radio { (RADIOTAP, air.packets) } else { (ETHERNET, wired) };
        let mut packets = Vec::new();
        for ((time, mut packet), (fate, at, octet)) in source.into_iter().zip(fates) {
            match fate {
                0 => continue,
                1 => packets.push((time, packet.clone())),
                2 => {
                    let at = at.index(packet.len());
                    packet[at] = octet;
                }
                3 => packet.truncate(at.index(packet.len())),
                _ => {}
            }
            packets.push((time, packet));
        }
        check(&pcapng(link, &packets, false), 4096);
    }
}
