//! Files in every form, whole and broken.

use super::*;

fn packet(data: &[u8]) -> Packet {
    Packet {
        time: Some(Duration::from_millis(1500)),
        link: 1,
        frame_check: None,
        data: data.to_vec(),
        is_cut: false,
    }
}

/// Reads a file in pieces of this length.
fn read(file: &[u8], piece: usize) -> (Vec<Packet>, Option<ReadError>) {
    let mut reader = Reader::default();
    let mut packets = Vec::new();
    let mut problem = None;
    for bytes in file.chunks(piece) {
        reader.push(bytes);
        while let Some(next) = reader.next() {
            match next {
                Ok(packet) => packets.push(packet),
                Err(error) => assert_eq!(problem.replace(error), None, "it is told once"),
            }
        }
    }
    (packets, problem.or(reader.finish().err()))
}

const CLASSIC: &[u8] = &[
    0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0, //
    1, 0, 0, 0, 0x20, 0xa1, 7, 0, 3, 0, 0, 0, 3, 0, 0, 0, 7, 8, 9, //
    1, 0, 0, 0, 0x20, 0xa1, 7, 0, 1, 0, 0, 0, 1, 0, 0, 0, 5,
];

const CLASSIC_BIG: &[u8] = &[
    0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 1, //
    0, 0, 0, 1, 0, 7, 0xa1, 0x20, 0, 0, 0, 3, 0, 0, 0, 3, 7, 8, 9, //
    0, 0, 0, 1, 0, 7, 0xa1, 0x20, 0, 0, 0, 1, 0, 0, 0, 1, 5,
];

const CLASSIC_NANOSECONDS: &[u8] = &[
    0x4d, 0x3c, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0, //
    1, 0, 0, 0, 0, 0x65, 0xcd, 0x1d, 3, 0, 0, 0, 3, 0, 0, 0, 7, 8, 9, //
    1, 0, 0, 0, 0, 0x65, 0xcd, 0x1d, 1, 0, 0, 0, 1, 0, 0, 0, 5,
];

const NEW: &[u8] = &[
    0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, // a section
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 28, 0, 0, 0, //
    1, 0, 0, 0, 20, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0, // an interface
    99, 0, 0, 0, 16, 0, 0, 0, 1, 2, 3, 4, 16, 0, 0, 0, // something else
    6, 0, 0, 0, 36, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x60, 0xe3, 0x16, 0, 3, 0, 0, 0, 3, 0, 0, 0, //
    7, 8, 9, 0, 36, 0, 0, 0, //
    6, 0, 0, 0, 36, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x60, 0xe3, 0x16, 0, 1, 0, 0, 0, 1, 0, 0, 0, //
    5, 0, 0, 0, 36, 0, 0, 0,
];

const NEW_BIG: &[u8] = &[
    0x0a, 0x0d, 0x0d, 0x0a, 0, 0, 0, 28, 0x1a, 0x2b, 0x3c, 0x4d, 0, 1, 0, 0, //
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 28, //
    0, 0, 0, 1, 0, 0, 0, 20, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20, //
    0, 0, 0, 99, 0, 0, 0, 16, 1, 2, 3, 4, 0, 0, 0, 16, //
    0, 0, 0, 6, 0, 0, 0, 36, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x16, 0xe3, 0x60, 0, 0, 0, 3, 0, 0, 0, 3, //
    7, 8, 9, 0, 0, 0, 0, 36, //
    0, 0, 0, 6, 0, 0, 0, 36, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x16, 0xe3, 0x60, 0, 0, 0, 1, 0, 0, 0, 1, //
    5, 0, 0, 0, 0, 0, 0, 36,
];

#[test]
fn every_form_of_file_in_pieces_of_every_length() {
    let expected = [packet(&[7, 8, 9]), packet(&[5])];
    for file in [CLASSIC, CLASSIC_BIG, CLASSIC_NANOSECONDS, NEW, NEW_BIG] {
        for piece in 1..=file.len() {
            let (packets, problem) = read(file, piece);
            assert_eq!((packets.as_slice(), problem), (&expected[..], None), "{piece} {file:02x?}");
        }
        // A section may follow another one, written in the other order.
        if file == NEW {
            let (packets, problem) = read(&[NEW, NEW_BIG].concat(), 1000);
            assert_eq!((packets.len(), problem), (4, None));
        }
    }
}

#[test]
fn a_cut_names_where_the_last_record_begins() {
    let begins: [(&[u8], &[u64]); 2] = [(CLASSIC, &[0, 24, 43, 60]), (NEW, &[0, 28, 48, 64, 100, 136])];
    for (file, records) in begins {
        for length in 0..file.len() {
            let (_, problem) = read(&file[..length], 7);
            let begin = records.iter().rev().find(|begin| **begin <= length as u64).unwrap();
            if length > 0 && *begin == length as u64 {
                assert_eq!(problem, None, "{length}");
                continue;
            }
            let problem = problem.unwrap_or_else(|| panic!("{length}"));
            assert_eq!(problem.offset, *begin, "{length} {problem}");
            assert!(
                matches!(problem.problem, ReadProblem::Truncated { .. } | ReadProblem::Empty),
                "{problem}"
            );
        }
    }
}

#[test]
fn faults_are_named_with_their_offset() {
    let change = |file: &[u8], at: usize, octets: &[u8]| {
        let mut file = file.to_vec();
        file[at..at + octets.len()].copy_from_slice(octets);
        file
    };
    for (file, told, offset, expected) in [
        (b"Not a capture at all".to_vec(), 0, 0, "not the beginning of a pcapng or pcap file"),
        (change(CLASSIC, 32, &[0, 0, 0, 0x7f]), 0, 24, "a packet record of 2130706432 octets"),
        (
            change(CLASSIC, 51, &[0xff, 0xff, 0, 0]),
            1,
            43,
            "ends within a packet record; 65534 octets are missing",
        ),
        (change(NEW, 8, &[0, 0, 0, 0]), 0, 0, "a section header that does not add up"),
        (change(NEW, 4, &[27]), 0, 0, "a section header that does not add up"),
        (change(NEW, 32, &[8]), 0, 28, "an interface description that does not add up"),
        (change(NEW, 44, &[24]), 0, 28, "an interface description that does not add up"),
        (change(NEW, 52, &[0]), 0, 48, "a block that does not add up"),
        (change(NEW, 55, &[0x7f]), 0, 48, "the file ends within a block"),
        (change(NEW, 84, &[0xff, 0xff, 0xff, 0xff]), 0, 64, "a packet block that does not add up"),
        (change(NEW, 84, &[99]), 0, 64, "a packet block that does not add up"),
        (change(NEW, 108, &[3]), 1, 100, "a packet of interface 3, which was not described before"),
        (change(NEW, 107, &[0x7f]), 1, 100, "a packet block of 2130706468 octets"),
    ] {
        for piece in [1, 5, file.len()] {
            let (packets, problem) = read(&file, piece);
            let problem = problem.unwrap_or_else(|| panic!("{expected}"));
            let text = problem.to_string().replace("a interface", "an interface");
            assert!(text.contains(expected), "{text} instead of {expected}");
            assert!(text.starts_with(&format!("at octet {offset}: ")), "{text}");
            assert_eq!((packets.len(), problem.offset), (told, offset), "{text}");
        }
    }
}
