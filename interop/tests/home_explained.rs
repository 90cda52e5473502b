//! Captures of a whole home explained: what is told of each way onto the network, and of a wrong PIN, is what the
//! printer's own screen told. Needs no root.

use keyway_devices::action::RouterAction;
use keyway_devices::durable::Saved;
use keyway_devices::home::{Home, HomeConfig};
use keyway_devices::play::{Part, Person, Stuck, Teller};
use keyway_devices::session::Step;
use keyway_devices::{Random, SecretText};
use keyway_eap::Timestamp;
use keyway_explain::explain;
use keyway_explain::report::{Achieved, Attempt, Method, Outcome};

#[derive(Default)]
struct Recorder(Vec<u8>);

impl Teller for Recorder {
    fn person(&mut self, _: &str, _: u64) {}
    fn progress(&mut self, _: Step, _: u64) {}
    fn captured(&mut self, octets: &[u8]) {
        self.0.extend_from_slice(octets);
    }
}

/// What is told of a printer in a capture of what this person does; no secret of the home is in it.
fn told(act: impl FnOnce(&mut Person<'_>) -> Result<(), Stuck>) -> Vec<Attempt> {
    let mut config = HomeConfig::demo(7, 1_700_000_000_000);
    config.capture = true;
    let home = Home::new(config, Saved::default(), Random::seeded(7), Timestamp::ZERO);
    let mut recorder = Recorder::default();
    let mut person = Person::new(home, &mut recorder);
    act(&mut person).unwrap_or_else(|stuck| panic!("{stuck:?}"));
    let passphrase = person.home.admin_view(person.now).passphrase.expose().to_owned();
    let printers = person.view().printers;
    let report = explain(&recorder.0).expect("a capture");
    assert_eq!((report.problem, report.capture.damaged, report.left_out), (None, 0, 0), "{report}");
    let words = report.words(true).to_string();
    assert!(!words.contains(&passphrase), "{words}");
    let is_printer = |attempt: &Attempt| {
        printers.iter().any(|printer| attempt.device.nickname.as_ref() == Some(&printer.nickname))
    };
    report.attempts.into_iter().filter(is_printer).collect()
}

#[test]
fn each_way_onto_the_network() {
    for (part, method, achieved) in [
        (Part::Pin, Method::Pin, Achieved::Received),
        (Part::Button, Method::Button, Achieved::Received),
        (Part::Label, Method::Pin, Achieved::Received),
        (Part::RouterPin, Method::RouterPin, Achieved::Learned),
        (Part::Passphrase, Method::Passphrase, Achieved::Joined),
        // The cable is not on the air.
        (Part::Usb, Method::Passphrase, Achieved::Joined),
        (Part::Assistant, Method::Pin, Achieved::Received),
    ] {
        let attempts = told(|person| part.play(person).map(drop));
        let attempt = attempts.last().unwrap_or_else(|| panic!("{part:?}"));
        let seen = (attempt.method, attempt.outcome, attempt.achieved, attempt.steps_done);
        // The address is given out under encryption.
        assert_eq!(seen, (Some(method), Outcome::Succeeded, Some(achieved), 6), "{part:?} {attempt:#?}");
        assert_eq!(
            (attempt.ssid.as_deref(), attempt.missing.len()),
            (Some("Home"), 0),
            "{part:?} {attempt:#?}"
        );
    }
}

#[test]
fn a_wrong_pin_as_the_printer_tells_it() {
    for digit in [1, 5] {
        let mut reason = None;
        let attempts = told(|person| {
            person.prepare_router(true)?;
            person.touch("study", &["Wireless", "Wi-Fi Setup", "WPS PIN"])?;
            let pin = spoilt(&person.read_pin("study")?, digit);
            let device = Some(person.waiting("study")?);
            person.at_router(RouterAction::AddPin { pin, device })?;
            reason = Some(person.until("the set-up to fail", 60, |person| {
                let session = person.printer("study").ok()?.session?;
                if session.running { None } else { session.reason }
            })?);
            Ok(())
        });
        let reason = reason.expect("it failed");
        let attempt = attempts.last().expect("it was on the air");
        assert_eq!(
            (attempt.outcome, attempt.cause),
            (Outcome::Failed, Some(reason.code.as_str())),
            "{attempt:#?}"
        );
        let advice = attempt.at_device.expect("words");
        assert_eq!((advice.what, advice.next), (reason.what.as_str(), reason.next.as_str()), "{attempt:#?}");
    }
}

/// The PIN with one digit changed, and its checksum right again.
fn spoilt(pin: &SecretText, at: usize) -> SecretText {
    let mut digits: Vec<u8> = pin.expose().bytes().filter(u8::is_ascii_digit).collect();
    digits[at] = b'0' + (digits[at] - b'0' + 1) % 10;
    let start = String::from_utf8(digits[..7].to_vec()).expect("digits");
    let all = (0..10).map(|last| format!("{start}{last}"));
    let spoilt = all.into_iter().find(|text| text.parse::<keyway_wsc::Pin>().is_ok());
    SecretText::new(spoilt.expect("one last digit fits"))
}
