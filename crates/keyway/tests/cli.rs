//! The command line without a network: cases as data.

mod support;

use std::os::unix::fs::MetadataExt;
use std::process::Command;
use support::{Folder, run, text};

/// A command line, what is typed, and what must come of it.
struct Case {
    arguments: &'static [&'static str],
    input: &'static str,
    status: i32,
    /// Must stand in standard output.
    out: &'static [&'static str],
    /// Must stand in standard error.
    errors: &'static [&'static str],
}

const fn case(arguments: &'static [&'static str], status: i32) -> Case {
    Case { arguments, input: "", status, out: &[], errors: &[] }
}

const CASES: &[Case] = &[
    Case { out: &["Exit status", "  130  cancelled", "printer"], ..case(&["--help"], 0) },
    Case {
        out: &["Exit status", "wrong-pin-first-half", "Examples", "CAP_NET_ADMIN"],
        ..case(&["printer", "--help"], 0)
    },
    Case { out: &["Exit status", "stops by itself", "access point"], ..case(&["router", "--help"], 0) },
    Case { out: &["CAP_NET_ADMIN", "jq 'select(.wps"], ..case(&["scan", "--help"], 0) },
    Case { errors: &["unrecognized subcommand"], ..case(&["prnter"], 2) },
    Case { out: &["keyway 0."], ..case(&["--version"], 0) },
    // pin
    Case { out: &["eight digits; the check digit is right"], ..case(&["pin", "check", "1234 5670"], 0) },
    Case { out: &["eight digits"], ..case(&["pin", "check", "1234-5670"], 0) },
    Case { out: &["four digits"], ..case(&["pin", "check", "0042"], 0) },
    Case { out: &["misread or mistyped"], ..case(&["pin", "check", "12345678"], 1) },
    Case { out: &["Wi-Fi password"], ..case(&["pin", "check", "correct horse"], 1) },
    Case { out: &["7 digits"], ..case(&["pin", "check", "1234567"], 1) },
    Case { input: "12345670\n", out: &["eight digits"], ..case(&["pin", "check", "-"], 0) },
    Case { input: "nonsense\n", out: &["Not a PIN"], ..case(&["pin", "check", "-"], 1) },
    // printer
    Case { errors: &["--interface"], ..case(&["printer"], 2) },
    Case { errors: &["no interface \"nope0\""], ..case(&["printer", "--interface", "nope0"], 3) },
    Case { errors: &["loopback"], ..case(&["printer", "--interface", "lo"], 3) },
    Case {
        errors: &["misread or mistyped"],
        ..case(&["printer", "--interface", "lo", "--pin", "12345671"], 2)
    },
    Case {
        errors: &["2 to 10 minutes"],
        ..case(&["printer", "--interface", "lo", "--pin-expires", "1m"], 2)
    },
    Case {
        errors: &["2 to 10 minutes"],
        ..case(&["printer", "--interface", "lo", "--pin-expires", "11m"], 2)
    },
    Case { errors: &["such as 5m"], ..case(&["printer", "--interface", "lo", "--pin-expires", "soon"], 2) },
    Case {
        errors: &["router's PIN"],
        ..case(&["printer", "--interface", "lo", "--method", "router-pin"], 2)
    },
    Case {
        errors: &["without a PIN"],
        ..case(&["printer", "--interface", "lo", "--method", "button", "--pin", "12345670"], 2)
    },
    Case {
        errors: &["go together"],
        ..case(&["printer", "-i", "lo", "-m", "router-pin", "--pin", "12345670", "--new-ssid", "New"], 2)
    },
    Case { errors: &["--method router-pin"], ..case(&["printer", "-i", "lo", "--new-ssid", "New"], 2) },
    Case {
        errors: &["at most 32 octets"],
        ..case(&["printer", "-i", "lo", "--new-ssid", "123456789012345678901234567890123"], 2)
    },
    Case { errors: &["hexadecimal"], ..case(&["printer", "-i", "lo", "--new-ssid-hex", "4e6"], 2) },
    Case { errors: &["32 to 1400"], ..case(&["printer", "-i", "lo", "--fragment-size", "31"], 2) },
    Case { errors: &["cannot read"], ..case(&["printer", "-i", "lo", "--pin-file", "/nope"], 5) },
    Case { input: "1234\n", errors: &["loopback"], ..case(&["printer", "-i", "lo", "--pin-file", "-"], 3) },
    Case { input: "12\n", errors: &["not a PIN"], ..case(&["printer", "-i", "lo", "--pin-file", "-"], 5) },
    Case { errors: &["/nope"], ..case(&["printer", "-i", "lo", "--credentials", "/nope/wifi.json"], 5) },
    Case { errors: &["/tmp"], ..case(&["printer", "-i", "lo", "--credentials", "/tmp"], 5) },
    Case {
        out: &["\"event\":\"error\"", "\"exit_status\":3"],
        ..case(&["printer", "-i", "lo", "--json"], 3)
    },
    // scan
    Case { errors: &["--interface"], ..case(&["scan"], 2) },
    Case { errors: &["no Wi-Fi"], ..case(&["scan", "--interface", "lo"], 3) },
    // router
    Case { errors: &["--passphrase-file"], ..case(&["router", "-i", "lo", "--ssid", "Home"], 2) },
    Case { errors: &["--ssid"], ..case(&["router", "-i", "lo", "--passphrase-file", "-"], 2) },
    Case {
        errors: &["nothing to wait for"],
        ..case(&["router", "-i", "lo", "--ssid", "Home", "--passphrase-file", "-"], 2)
    },
    Case {
        errors: &["only one of the files"],
        ..case(&["router", "-i", "lo", "--ssid", "Home", "--passphrase-file", "-", "--pin-file", "-"], 2)
    },
    Case {
        errors: &["at least one octet"],
        ..case(&["router", "-i", "lo", "--ssid", "", "--passphrase-file", "-", "--button"], 2)
    },
    Case {
        input: "short\n",
        errors: &["8 to 63 characters"],
        ..case(&["router", "-i", "lo", "--ssid", "Home", "--passphrase-file", "-", "--button"], 5)
    },
    Case {
        input: "1234567\n",
        errors: &["8 to 63 characters"],
        ..case(&["router", "-i", "lo", "--ssid", "Home", "--passphrase-file", "-", "--button"], 5)
    },
    Case {
        input: "0042\n",
        errors: &["looks like a PIN"],
        ..case(&["router", "-i", "lo", "--ssid", "Home", "--passphrase-file", "-", "--button"], 5)
    },
    Case {
        input: "correct horse battery\n",
        errors: &["loopback"],
        ..case(&["router", "-i", "lo", "--ssid", "Home", "--passphrase-file", "-", "--button"], 3)
    },
    // explain
    Case { out: &["Exit status", "tcpdump", "no key, nonce or PIN"], ..case(&["explain", "--help"], 0) },
    Case { errors: &["<FILE>"], ..case(&["explain"], 2) },
    Case { errors: &["cannot read /nope"], ..case(&["explain", "/nope"], 5) },
    Case { errors: &["cannot read /tmp: Is a directory"], ..case(&["explain", "/tmp"], 5) },
    Case { errors: &["standard input: at octet 0: the file is empty"], ..case(&["explain", "-"], 5) },
    Case {
        input: "no capture",
        errors: &["standard input: at octet 0: this is not the beginning of a pcapng or pcap file"],
        ..case(&["explain", "-"], 5)
    },
    Case {
        input: "no capture",
        out: &["\"event\":\"error\"", "\"exit_status\":5"],
        ..case(&["explain", "-", "--json"], 5)
    },
    // completions and man
    Case { out: &["complete -F _keyway", "--router-pin-file"], ..case(&["completions", "bash"], 0) },
    Case { out: &["complete -c keyway", "-l router-pin-file"], ..case(&["completions", "fish"], 0) },
    Case { out: &["#compdef keyway"], ..case(&["completions", "zsh"], 0) },
    Case { errors: &["bash"], ..case(&["completions", "csh"], 2) },
    Case { out: &[".TH keyway 1", ".SH \"EXIT STATUS\"", "KEYWAY ROUTER"], ..case(&["man"], 0) },
    // demo
    Case {
        out: &["By the printer's PIN", "Prove the second half", "online and found"],
        ..case(&["demo", "--play", "pin"], 0)
    },
    Case { errors: &["--play needs neither"], ..case(&["demo", "--play", "pin", "--data", "x"], 2) },
    Case { errors: &["possible values", "router-pin"], ..case(&["demo", "--play", "nothing"], 2) },
    Case {
        errors: &["/nonexistent/air.pcapng"],
        ..case(&["demo", "--play", "pin", "--pcap", "/nonexistent/air.pcapng"], 5)
    },
    Case { errors: &["--listen"], ..case(&["demo", "--listen", "192.0.2.1:80"], 3) },
    Case { out: &["--play", "--pcap", "--seed", "Examples"], ..case(&["demo", "--help"], 0) },
];

#[test]
fn every_case_ends_as_it_should() {
    for case in CASES {
        let output = run(case.arguments, case.input);
        let (out, errors) = (text(&output.stdout), text(&output.stderr));
        let told = format!("keyway {}\n--- out\n{out}--- errors\n{errors}", case.arguments.join(" "));
        assert_eq!(output.status.code(), Some(case.status), "{told}");
        for part in case.out {
            assert!(out.contains(part), "no {part:?}: {told}");
        }
        for part in case.errors {
            assert!(errors.contains(part), "no {part:?}: {told}");
        }
        assert!(!errors.contains("panicked"), "{told}");
    }
}

#[test]
fn a_wrong_secret_is_not_repeated() {
    let cases: &[(&[&str], &str, &str)] = &[
        (&["printer", "-i", "lo", "--pin", "12345671"], "", "12345671"),
        (&["pin", "check", "98765432"], "", "98765432"),
        (&["printer", "-i", "lo", "--pin-file", "-"], "98765432\n", "98765432"),
        (
            &["router", "-i", "lo", "--ssid", "H", "--button", "--passphrase-file", "-"],
            "tooshrt\n",
            "tooshrt",
        ),
    ];
    for (arguments, input, secret) in cases {
        let output = run(arguments, input);
        let told = text(&output.stdout) + &text(&output.stderr);
        assert!(!told.contains(secret), "{arguments:?}: {told}");
    }
}

/// systemd's journal keeps what a unit says.
#[test]
fn no_pin_is_made_for_the_journal() {
    let folder = Folder::new("journal");
    let without_method = ["printer", "--interface", "lo"];
    let cases: [(&[&str], bool); 4] = [
        (&[], true),
        (&["--method", "pin", "--json"], true),
        (&["--method", "button"], false),
        (&["--pin", "12345670"], false),
    ];
    for (more, makes_pin) in cases {
        let arguments = [&without_method[..], more].concat();
        for is_journal in [true, false] {
            let out = std::fs::File::create(folder.path("out")).unwrap();
            let metadata = out.metadata().unwrap();
            let stream = format!("{}:{}", metadata.dev(), metadata.ino() + u64::from(!is_journal));
            let output = Command::new(env!("CARGO_BIN_EXE_keyway"))
                .args(&arguments)
                .env("JOURNAL_STREAM", stream)
                .stdout(out)
                .output()
                .unwrap();
            let errors = text(&output.stderr);
            let refused = errors.contains("is the journal") && output.status.code() == Some(2);
            assert_eq!(refused, is_journal && makes_pin, "{arguments:?}: {errors}");
        }
    }
}

#[test]
fn new_pins_are_pins_and_differ() {
    let pins: Vec<String> = (0..8).map(|_| text(&run(&["pin"], "").stdout)).collect();
    for pin in &pins {
        assert_eq!(run(&["pin", "check", pin.trim()], "").status.code(), Some(0), "{pin}");
        assert_eq!(pin.trim().len(), "1234 5670".len());
    }
    assert!(pins.iter().any(|pin| *pin != pins[0]), "{pins:?}");
    assert_eq!(text(&run(&["pin", "--four"], "").stdout).trim().len(), 4);
}

#[test]
fn the_demo_follows_the_schema() {
    let output = run(&["demo", "--play", "all", "--json"], "");
    let told = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{told}");
    support::schema::check(&told);
    let ended = told.lines().filter(|line| line.contains("\"play-ended\"")).count();
    assert_eq!(ended, 7, "every way onto the network: {told}");
}

#[test]
fn the_same_seed_plays_the_same() {
    let play = || {
        let output = run(&["demo", "--play", "button", "--seed", "5"], "");
        text(&output.stdout)
    };
    assert_eq!(play(), play());
}

#[test]
fn a_secret_file_that_everybody_can_read_is_warned_of() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("warned");
    let path = folder.secret("pin", "12345670\n");
    let arguments = ["printer", "-i", "lo", "--pin-file", &path];
    assert!(!text(&run(&arguments, "").stderr).contains("chmod"), "it is private");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(text(&run(&arguments, "").stderr).contains("chmod 600"));
}

/// Events on Wi-Fi cannot be had without a radio, but their names stand in the sources.
#[test]
fn every_event_that_can_be_told_is_documented() {
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    let mut found = std::collections::BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = std::fs::read_to_string(&path).expect("a source file");
            for way in ["event(", "in_vain(", "say(report, "] {
                let told = source.split(way).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
                found.extend(told.filter_map(|rest| rest.split_once('"')).map(|(name, _)| name.to_owned()));
            }
        }
    }
    let unknown: Vec<_> = found.iter().filter(|name| !support::schema::knows(name)).collect();
    assert!(unknown.is_empty(), "not in docs/json-events.md: {unknown:?}");
    for name in ["network", "not-found", "half-proved", "joined"] {
        assert!(found.contains(name), "{name}: {found:?}");
    }
}
