//! `keyway explain` on captures of stock hostapd and wpa_supplicant, as tcpdump writes them.

use std::io::Write;
use std::process::{Command, Stdio};

use keyway_interop::cable::Cable;
use keyway_interop::capture::Capture;
use keyway_interop::hostapd::{Hostapd, HostapdConfig};
use keyway_interop::keyway::binary;
use keyway_interop::network::Network;
use keyway_interop::supplicant::{Supplicant, SupplicantConfig, Task};
use keyway_interop::topology::{End, Topology};
use serde_json::{Value, json};

const PIN: &str = "12345670";
const WRONG_SECOND_HALF: &str = "12340002";
const WRONG_FIRST_HALF: &str = "00005678";
const PASSPHRASE: &str = "correct horse battery";

fn home() -> Network {
    Network::wpa2("HomeNet", PASSPHRASE)
}

/// What is told of a capture: exit status, the report, standard error.
fn explain(capture: &[u8]) -> (i32, Value, String) {
    let mut child = Command::new(binary())
        .args(["explain", "--json", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    child.stdin.take().expect("piped").write_all(capture).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    let out = String::from_utf8(output.stdout).expect("text");
    assert!(!out.contains(PIN) && !out.contains(PASSPHRASE), "{out}");
    let report = serde_json::from_str(out.lines().next().expect("a line")).expect("JSON");
    (output.status.code().expect("no signal"), report, String::from_utf8_lossy(&output.stderr).into_owned())
}

/// A capture of one whole registration between these ends.
fn capture(ends: [&End; 2], hostapd: &HostapdConfig, allow: impl Fn(&Hostapd), task: Task) -> Vec<u8> {
    let hostapd = Hostapd::start(ends[0], hostapd);
    let capture = Capture::start(ends[0]);
    allow(&hostapd);
    let station = Supplicant::start(ends[1], &SupplicantConfig::new(task));
    capture.wait_until("the end of the registration", |recording| {
        recording.messages().iter().any(|message| message.name == "EAP-Failure")
    });
    drop(station);
    capture.file()
}

/// The story of one registration on a veth pair.
fn story(hostapd: &HostapdConfig, allow: impl Fn(&Hostapd), task: Task) -> Value {
    let cable = Topology::pair();
    let (status, report, errors) =
        explain(&capture([cable.router(), cable.station(0)], hostapd, allow, task));
    assert_eq!((status, errors.as_str()), (0, ""), "{report:#}");
    assert_eq!(report["attempts"].as_array().map(Vec::len), Some(1), "{report:#}");
    let attempt = report["attempts"][0].clone();
    // Who they are, in their own words and as the frames have it.
    assert_eq!(attempt["device"]["mac"], cable.station(0).mac().to_string(), "{report:#}");
    assert_eq!(attempt["router"]["mac"], cable.router().mac().to_string(), "{report:#}");
    for (who, name, model) in
        [("device", "Stock station", "wpa_supplicant"), ("router", "Stock router", "hostapd")]
    {
        assert_eq!(
            (&attempt[who]["name"], &attempt[who]["model"]),
            (&json!(name), &json!(model)),
            "{report:#}"
        );
        assert_eq!(attempt[who]["wps_version"], "2.0", "{report:#}");
    }
    assert_eq!((&attempt["missing"], &attempt["repeated"]), (&json!([]), &json!(0)), "{report:#}");
    attempt
}

/// Asserts how an attempt ended: method, outcome, cause, Configuration Error, and step or achievement.
fn assert_told(
    attempt: &Value,
    method: &str,
    outcome: &str,
    cause: Option<&str>,
    error: Option<u16>,
    how: &str,
) {
    assert_eq!((&attempt["method"], &attempt["outcome"]), (&json!(method), &json!(outcome)), "{attempt:#}");
    assert_eq!((&attempt["cause"], &attempt["config_error"]), (&json!(cause), &json!(error)), "{attempt:#}");
    let told = if outcome == "succeeded" { &attempt["achieved"] } else { &attempt["step"] };
    assert_eq!(told, how, "{attempt:#}");
}

fn by_pin(hostapd: &Hostapd) {
    hostapd.pin("any", PIN);
}

#[test]
fn a_success_by_pin() {
    for fragment_size in [None, Some(60)] {
        let hostapd = HostapdConfig { fragment_size, ..HostapdConfig::new(home()) };
        let attempt = story(&hostapd, by_pin, Task::enrol(PIN));
        assert_told(&attempt, "pin", "succeeded", None, None, "received");
        assert_eq!(attempt["steps_done"], 5);
    }
}

#[test]
fn a_wrong_first_half() {
    let attempt = story(&HostapdConfig::new(home()), by_pin, Task::enrol(WRONG_FIRST_HALF));
    assert_told(&attempt, "pin", "failed", Some("wrong-pin-first-half"), Some(18), "first-half");
}

#[test]
fn a_wrong_second_half() {
    let attempt = story(&HostapdConfig::new(home()), by_pin, Task::enrol(WRONG_SECOND_HALF));
    assert_told(&attempt, "pin", "failed", Some("wrong-pin-second-half"), Some(18), "second-half");
}

#[test]
fn a_success_by_button() {
    let attempt = story(&HostapdConfig::new(home()), Hostapd::push_button, Task::EnrolButton);
    assert_told(&attempt, "button", "succeeded", None, None, "received");
}

#[test]
fn the_routers_pin() {
    let hostapd = || HostapdConfig { ap_pin: Some(PIN.into()), ..HostapdConfig::new(home()) };
    let learn = |pin: &str| Task::Learn { pin: pin.to_owned() };
    let attempt = story(&hostapd(), |_| {}, learn(PIN));
    assert_told(&attempt, "router-pin", "succeeded", None, None, "learned");
    let task = Task::Configure { pin: PIN.into(), network: Network::wpa2("NewNet", "another passphrase") };
    let attempt = story(&hostapd(), |_| {}, task);
    assert_told(&attempt, "router-pin", "succeeded", None, None, "configured");
    let attempt = story(&hostapd(), |_| {}, learn(WRONG_FIRST_HALF));
    assert_told(&attempt, "router-pin", "failed", Some("wrong-pin-first-half"), Some(18), "first-half");
    let locked = HostapdConfig { extra: vec!["ap_setup_locked=1".into()], ..hostapd() };
    let attempt = story(&locked, |_| {}, learn(PIN));
    assert_told(&attempt, "router-pin", "failed", Some("setup-locked"), Some(15), "first-half");
}

#[test]
fn a_router_without_the_pin() {
    let attempt = story(&HostapdConfig::new(home()), |_| {}, Task::enrol(PIN));
    assert_told(&attempt, "pin", "waiting", Some("not-ready"), Some(0), "introduced");
}

#[test]
fn a_capture_that_ends_in_the_middle() {
    let cable = Topology::pair();
    let hostapd = HostapdConfig::new(home());
    let whole = capture([cable.router(), cable.station(0)], &hostapd, by_pin, Task::enrol(PIN));
    let (mut records, mut at) = (Vec::new(), 24);
    while at < whole.len() {
        records.push(at);
        at += 16 + u32::from_ne_bytes(whole[at + 8..at + 12].try_into().expect("four octets")) as usize;
    }
    let frames = records.len();
    // Without the last five frames, M6 to EAP-Failure.
    let (status, report, _) = explain(&whole[..records[frames - 5]]);
    let attempt = &report["attempts"][0];
    assert_eq!((status, attempt["outcome"].as_str()), (0, Some("unfinished")), "{report:#}");
    assert_eq!((&attempt["cause"], &attempt["step"]), (&Value::Null, &json!("second-half")), "{report:#}");

    // Within a frame: what comes before is told, and where the file is broken.
    let (status, report, errors) = explain(&whole[..records[frames - 5] + 40]);
    assert_eq!((status, report["attempts"][0]["outcome"].as_str()), (5, Some("unfinished")), "{report:#}");
    let offset = format!("at octet {}: ", records[frames - 5]);
    assert!(errors.contains(&offset), "{offset}: {errors}");
    assert!(report["problem"].as_str().is_some_and(|problem| problem.starts_with(&offset)), "{report:#}");

    // From M5 on, and without M5: what is missing is inferred.
    let late = [&whole[..24], &whole[records[frames - 6]..]].concat();
    let (status, report, _) = explain(&late);
    let attempt = &report["attempts"][0];
    assert_eq!((status, attempt["outcome"].as_str()), (0, Some("succeeded")), "{report:#}");
    assert!(attempt["notes"].to_string().contains("begins in the middle"), "{report:#}");
    let gap = [&whole[..records[frames - 6]], &whole[records[frames - 5]..]].concat();
    let (_, report, _) = explain(&gap);
    let attempt = &report["attempts"][0];
    assert_eq!(
        (&attempt["outcome"], &attempt["missing"]),
        (&json!("succeeded"), &json!(["M5"])),
        "{report:#}"
    );
}

#[test]
fn a_message_that_was_lost_and_sent_again() {
    let cable = Cable::losing("M5");
    let ends = [cable.router(), cable.station()];
    let (status, report, _) = explain(&capture(ends, &HostapdConfig::new(home()), by_pin, Task::enrol(PIN)));
    let attempt = &report["attempts"][0];
    assert_eq!((status, attempt["outcome"].as_str()), (0, Some("succeeded")), "{report:#}");
    assert_eq!((&attempt["repeated"], &attempt["missing"]), (&json!(1), &json!([])), "{report:#}");
    // hostapd sends M4 again after five seconds.
    let silence = &attempt["longest_silence"];
    assert!(silence["ms"].as_u64().is_some_and(|ms| ms >= 4000), "{report:#}");
    assert_eq!((&silence["after"], &silence["awaited"]), (&json!("M4"), &json!("device")), "{report:#}");
}

#[test]
fn a_device_that_falls_silent() {
    let cable = Cable::breaking_at("M5");
    let hostapd = Hostapd::start(cable.router(), &HostapdConfig::new(home()));
    let capture = Capture::start(cable.router());
    by_pin(&hostapd);
    let station = Supplicant::start(cable.station(), &SupplicantConfig::new(Task::enrol(PIN)));
    // hostapd sends M4 three times and gives up.
    capture.wait_until("M4 for the third time", |recording| {
        recording.messages().iter().filter(|message| message.name == "M4").count() == 3
    });
    let (status, report, _) = explain(&capture.file());
    let attempt = &report["attempts"][0];
    assert_eq!((status, attempt["outcome"].as_str()), (0, Some("failed")), "{report:#}");
    assert_eq!(
        (&attempt["cause"], &attempt["step"]),
        (&json!("timed-out"), &json!("first-half")),
        "{report:#}"
    );
    assert!(attempt["evidence"].to_string().contains("sent again 2 times"), "{report:#}");
    drop(station);
}
