//! `keyway explain` on captures that the tests make, and the pages that are made from the flags.

mod support;

use serde_json::Value;
use std::io::Write;
use std::process::{Command, Stdio};
use support::{Folder, keyway, run, shown, text};

/// The octets of a value in a file of `vectors/`; see its README for the format.
fn vector(file: &str, name: &str) -> Vec<u8> {
    let path = format!("{}/../../vectors/registrations/{file}.txt", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines().skip_while(|line| !line.starts_with(&format!("{name} =")));
    let first = lines.next().unwrap_or_else(|| panic!("{file} has no {name}"));
    let mut digits = first.split_once('=').unwrap().1.trim().to_owned();
    lines.take_while(|line| line.starts_with(' ')).for_each(|line| digits.push_str(line.trim()));
    let octet = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(octet).collect()
}

/// A registration of `vectors/` as a capture of Ethernet. The names say which messages, and in which order; those of
/// the printer have an odd number or are `done`, or stand behind a `+`.
fn capture(file: &str, names: &[&str]) -> Vec<u8> {
    let word = |value: u32| value.to_le_bytes();
    let mut capture = [word(0xa1b2_c3d4), [2, 0, 4, 0], word(0), word(0), word(65_535), word(1)].concat();
    for (index, name) in names.iter().enumerate() {
        let (by_printer, name) = match name.strip_prefix('+') {
            Some(name) => (true, name),
            None => (matches!(*name, "m1" | "m3" | "m5" | "m7" | "done"), *name),
        };
        let op_code = match name {
            "ack" => 2,
            "nack" => 3,
            "done" => 5,
            _ => 4,
        };
        let message = vector(file, name);
        let length = ((message.len() + 14) as u16).to_be_bytes();
        let (printer, router) = ([2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2]);
        let (to, from) = if by_printer { (router, printer) } else { (printer, router) };
        let code = if by_printer { 2 } else { 1 };
        let frame = [
            &to[..],
            &from,
            &[0x88, 0x8e, 1, 0],
            &length,
            &[code, index as u8],
            &length,
            &[254, 0, 0x37, 0x2a, 0, 0, 0, 1, op_code, 0],
            &message,
        ]
        .concat();
        let size = word(frame.len() as u32);
        capture.extend([word(1_750_000_000 + index as u32), word(0), size, size].concat());
        capture.extend(frame);
    }
    capture
}

const WHOLE: &[&str] = &["m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "done"];

/// Explains a capture from standard input: exit status, standard output, standard error.
fn explain(capture: &[u8], arguments: &[&str]) -> (i32, String, String) {
    let mut child = keyway()
        .arg("explain")
        .args(arguments)
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(capture).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

fn json(capture: &[u8]) -> (i32, Value) {
    let (status, out, _) = explain(capture, &["--json"]);
    support::schema::check(&out);
    (status, serde_json::from_str(out.lines().next().unwrap()).unwrap())
}

#[test]
fn the_registrations_of_the_vectors() {
    for (file, names, outcome, cause) in [
        ("pin", WHOLE, "succeeded", Value::Null),
        ("push-button", WHOLE, "succeeded", Value::Null),
        ("wrong-first-half", &["m1", "m2", "m3", "m4", "+nack"], "failed", "wrong-pin-first-half".into()),
        (
            "wrong-second-half",
            &["m1", "m2", "m3", "m4", "m5", "m6", "+nack"],
            "failed",
            "wrong-pin-second-half".into(),
        ),
    ] {
        let (status, told) = json(&capture(file, names));
        let attempt = &told["attempts"][0];
        assert_eq!((status, attempt["outcome"].as_str()), (0, Some(outcome)), "{file}: {told:#}");
        assert_eq!(attempt["cause"], cause, "{file}: {told:#}");
        assert_eq!(attempt["exchange"].as_array().unwrap().len(), names.len(), "{file}: {told:#}");
    }
}

#[test]
fn in_words() {
    let capture = capture("wrong-first-half", &["m1", "m2", "m3", "m4", "+nack"]);
    let (status, out, errors) = explain(&capture, &[]);
    assert_eq!((status, errors.as_str()), (0, ""));
    for part in ["wrong-pin-first-half", "step 3 of 7", "At the device", "At the router"] {
        assert!(out.contains(part), "no {part:?} in\n{out}");
    }
    assert!(!out.contains("packet 3 "), "{out}");
    let (_, out, _) = explain(&capture, &["--exchange"]);
    assert!(out.contains("packet 3      device → router  M3"), "{out}");

    let folder = Folder::new("explain");
    let path = folder.path("capture.pcap");
    std::fs::write(&path, &capture).unwrap();
    assert_eq!(run(&["explain", &shown(&path)], "").status.code(), Some(0));
}

#[test]
fn what_comes_before_the_damage_is_told() {
    let whole = capture("pin", WHOLE);
    let cut = &whole[..whole.len() - 10];
    let (status, out, errors) = explain(cut, &[]);
    assert_eq!(status, 5);
    assert!(out.contains("M7 · M8"), "{out}");
    assert!(errors.contains("error: standard input: at octet"), "{errors}");
    assert!(errors.contains("the file ends within a packet record; 10 octets are missing"), "{errors}");
    let (status, out, _) = explain(cut, &["--json"]);
    support::schema::check(&out);
    let events: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((status, events.len()), (5, 2));
    assert!(events[0]["problem"].as_str().unwrap().starts_with("at octet"), "{out}");
    assert_eq!((&events[1]["event"], &events[1]["exit_status"]), (&"error".into(), &5.into()));
}

#[test]
fn a_capture_without_wps_says_so() {
    let (status, out, errors) = explain(&capture("pin", &[]), &[]);
    assert_eq!((status, errors.as_str()), (6, ""));
    assert!(out.contains("nothing of WPS in this capture"), "{out}");
    assert_eq!(json(&capture("pin", &[])).0, 6);
}

#[test]
fn the_manual_has_every_command_and_flag() {
    let page = text(&run(&["man"], "").stdout);
    let help = text(&run(&["--help"], "").stdout);
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next().filter(|name| !name.is_empty()))
        .collect();
    assert!(commands.len() >= 7, "{help}");
    for command in commands {
        if command == "help" {
            continue;
        }
        assert!(page.contains(&format!("KEYWAY {}", command.to_uppercase())), "{command}");
        let help = text(&run(&[command, "--help"], "").stdout);
        let flags = help.split_whitespace().filter(|word| word.starts_with("--"));
        for flag in flags {
            let flag = flag.trim_matches(|c: char| !c.is_ascii_alphabetic() && c != '-');
            let roff = flag.replace('-', "\\-");
            assert!(page.contains(&roff) || page.contains(flag), "{command} {flag}");
        }
    }
    assert!(page.contains("wrong\\-pin\\-first\\-half") && page.contains(".SH \"EXIT STATUS\""), "{page}");
}

#[test]
fn completions_are_scripts_that_bash_takes() {
    let script = run(&["completions", "bash"], "").stdout;
    let mut bash =
        Command::new("bash").arg("-n").stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    bash.stdin.take().unwrap().write_all(&script).unwrap();
    let output = bash.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
}
