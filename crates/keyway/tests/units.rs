//! The units and samples in `systemd/`: they name what the program has, and systemd understands them.

mod support;

use std::path::Path;
use std::process::Command;
use support::{Folder, run, shown, text};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../systemd");
const ROLES: [&str; 2] = ["printer", "router"];

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(FOLDER).join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn unit(role: &str) -> String {
    read(&format!("keyway-{role}@.service"))
}

/// The values of a key.
fn values<'u>(unit: &'u str, key: &str) -> Vec<&'u str> {
    unit.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix('=')).collect()
}

/// A sample with its settings that are commented out switched on.
fn all_settings(sample: &str, is_setting: fn(&str) -> bool) -> Vec<String> {
    let lines = sample.lines().map(|line| line.trim_start_matches(['#', ' ']));
    lines.filter(|line| is_setting(line)).map(str::to_owned).collect()
}

#[test]
fn systemd_understands_the_units() {
    let folder = Folder::new("units");
    for role in ROLES {
        let path = folder.path(&format!("keyway-{role}@wlan0.service"));
        std::fs::write(&path, unit(role).replace("/usr/bin/keyway", env!("CARGO_BIN_EXE_keyway"))).unwrap();
        let output = Command::new("systemd-analyze")
            .args(["verify", "--man=no", "--recursive-errors=no"])
            .arg(&path)
            .output()
            .expect("systemd-analyze runs (systemd)");
        let told = text(&output.stdout) + &text(&output.stderr);
        assert!(output.status.success() && told.is_empty(), "{role}: {told}");
    }
}

#[test]
fn the_program_has_what_the_units_call() {
    for role in ROLES {
        let unit = unit(role);
        let calls: Vec<&str> =
            ["ExecStart", "ExecStopPost"].iter().flat_map(|key| values(&unit, key)).collect();
        assert_eq!(calls.len(), 2, "{role}");
        for (call, command) in calls.into_iter().zip([role, "restore"]) {
            let mut words = call.trim_start_matches('-').split_whitespace();
            assert_eq!((words.next(), words.next()), (Some("/usr/bin/keyway"), Some(command)));
            let help = text(&run(&[command, "--help"], "").stdout);
            for flag in words.filter(|word| word.starts_with("--")) {
                assert!(help.contains(&format!("{flag} <")), "keyway {command} has no {flag}");
            }
        }
        assert_eq!(values(&unit, "AmbientCapabilities"), values(&unit, "CapabilityBoundingSet"));
        assert_eq!(
            values(&unit, "AmbientCapabilities"),
            ["CAP_NET_ADMIN CAP_NET_RAW CAP_NET_BIND_SERVICE"],
            "what src/privileges.rs keeps"
        );
    }
}

#[test]
fn the_program_takes_the_samples() {
    let folder = Folder::new("samples");
    let options = all_settings(&read("printer.env"), |line| line.starts_with("KEYWAY_OPTIONS="));
    assert!(options.len() > 3, "{options:?}");
    for line in &options {
        let given = line.trim_start_matches("KEYWAY_OPTIONS=").split_whitespace();
        let arguments: Vec<&str> = ["printer", "--interface", "lo"].into_iter().chain(given).collect();
        let output = run(&arguments, "");
        let errors = text(&output.stderr);
        // The loopback has no Wi-Fi; that is said once the rest is right.
        assert!(output.status.code() != Some(2) || errors.contains("Wi-Fi interface"), "{line}: {errors}");
    }

    let sample = read("router.toml");
    let is_setting = |line: &str| line.split_once(" = ").is_some_and(|(key, _)| !key.contains(' '));
    let all = all_settings(&sample, is_setting).join("\n");
    for key in ["interface", "country", "keep_wps", "protection"] {
        assert!(all.contains(&format!("{key} = ")), "{all}");
    }
    for (text_of_file, is_taken) in [(&sample, true), (&all, true), (&format!("{all}\nnonsense = 1"), false)]
    {
        let file = folder.path("router.toml");
        std::fs::write(&file, text_of_file).unwrap();
        let output = run(&["router", "--interface", "lo", "--config", &shown(&file)], "");
        // What comes of it on the loopback does not matter here.
        let refused = text(&output.stderr).contains(&shown(&file));
        assert_eq!(refused, !is_taken, "{}", text(&output.stderr));
    }
}
