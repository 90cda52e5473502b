//! Whole registrations of our own, byte for byte: `vectors/registrations`. With `KEYWAY_REGENERATE=1` the files are
//! written anew; otherwise both sides have to send what is written there, each alone.

mod common;

use common::vector::{Vector, check_file, draw_name, entry, message_name, place};
use common::*;
use keyway_wsc::attribute::{AttributeId, AttributeValue, Attributes};
use keyway_wsc::crypto::EncryptedSettings;
use keyway_wsc::message::messages::M1;
use keyway_wsc::message::{Open, deviations, message_type};
use keyway_wsc::session::*;
use keyway_wsc::*;

/// One registration.
struct Case {
    file: &'static str,
    title: &'static str,
    /// What the enrollee knows and what the registrar was told: digits, or the button.
    passwords: [&'static str; 2],
    enrollee: fn(DevicePassword) -> Session,
    decision: fn(DevicePassword) -> Decision,
}

const CASES: &[Case] = &[
    Case {
        file: "pin.txt",
        title: "A station by a PIN of eight digits.",
        passwords: ["12345670", "12345670"],
        enrollee: station,
        decision: |password| register(password, vec![home()]),
    },
    Case {
        file: "pin-of-four-digits.txt",
        title: "A station by a PIN of four digits, and a key of 64 hexadecimal digits.",
        passwords: ["0042", "0042"],
        enrollee: station,
        decision: |password| {
            let key = NetworkKey::new(&[b'5'; 64]).unwrap();
            register(password, vec![Credential::wpa2(home().ssid, key).for_station(printer().mac)])
        },
    },
    Case {
        file: "push-button.txt",
        title: "A station by push button.",
        passwords: [BUTTON, BUTTON],
        enrollee: station,
        decision: |password| Decision::Register { password, credentials: vec![home()] },
    },
    Case {
        file: "several-credentials.txt",
        title: "A station that gets three credentials: a passphrase, an open network, a name of 32 odd octets.",
        passwords: ["12345670", "12345670"],
        enrollee: station,
        decision: |password| {
            let guests = Credential::open(Ssid::new(b"Guests").unwrap());
            let odd: Vec<u8> = (0xe0..=0xff).collect();
            let longest = NetworkKey::new(&[b'x'; 63]).unwrap();
            let odd = Credential::wpa2(Ssid::new(&odd).unwrap(), longest);
            let mac = printer().mac;
            register(password, vec![home(), guests.for_station(mac), odd.for_station(mac)])
        },
    },
    Case {
        file: "access-point-learned.txt",
        title: "An access point whose settings a registrar learns.",
        passwords: ["12345670", "12345670"],
        enrollee: |password| access_point(ApAccess::Full(password)),
        decision: |password| Decision::Learn { password },
    },
    Case {
        file: "access-point-configured.txt",
        title: "An access point that a registrar gives new settings.",
        passwords: ["12345670", "12345670"],
        enrollee: |password| access_point(ApAccess::Full(password)),
        decision: |password| {
            let key = NetworkKey::new(b"new passphrase").unwrap();
            let settings = Credential::wpa2(Ssid::new(b"New").unwrap(), key);
            Decision::Configure { password, settings }
        },
    },
    Case {
        file: "access-point-locked.txt",
        title: "An access point whose set-up is locked.",
        passwords: ["", "12345670"],
        enrollee: |_| access_point(ApAccess::Locked),
        decision: |password| Decision::Learn { password },
    },
    Case {
        file: "wrong-first-half.txt",
        title: "A registrar that was given a PIN whose first half is wrong.",
        passwords: ["12345670", "12355670"],
        enrollee: station,
        decision: |password| register(password, vec![home()]),
    },
    Case {
        file: "wrong-second-half.txt",
        title: "A registrar that was given a PIN whose second half is wrong.",
        passwords: ["12345670", "12345687"],
        enrollee: station,
        decision: |password| register(password, vec![home()]),
    },
    Case {
        file: "no-registrar-ready.txt",
        title: "A registrar that has no device password for the station (M2D).",
        passwords: ["12345670", ""],
        enrollee: station,
        decision: |_| Decision::Decline(ConfigError::NoError),
    },
    Case {
        file: "two-buttons.txt",
        title: "A registrar that sees two devices in push-button mode (M2D).",
        passwords: [BUTTON, ""],
        enrollee: station,
        decision: |_| Decision::Decline(ConfigError::MultiplePbcDetected),
    },
];

impl Case {
    fn enrollee(&self) -> Session {
        (self.enrollee)(device_password(self.passwords[0]))
    }

    fn decision(&self) -> Decision {
        (self.decision)(device_password(self.passwords[1]))
    }

    /// The file, which has been compared with what the code makes.
    fn vector(&self) -> Vector {
        check_file(place("registrations").join(self.file), &written(self));
        Vector::read(&format!("registrations/{}", self.file))
    }
}

const BUTTON: &str = "00000000";

fn device_password(text: &str) -> DevicePassword {
    match text {
        BUTTON => DevicePassword::push_button(),
        digits => {
            DevicePassword::other(DevicePasswordId::Default, SecretBytes::new(digits.as_bytes().to_vec()))
        }
    }
}

fn register(password: DevicePassword, credentials: Vec<Credential>) -> Decision {
    Decision::Register { password, credentials }
}

#[test]
fn the_files_are_what_the_code_makes() {
    for case in CASES {
        case.vector();
    }
}

#[test]
fn each_side_alone_sends_what_is_written() {
    for case in CASES {
        let vector = case.vector();
        let messages: Vec<_> = vector.messages().collect();

        let mut session = case.enrollee();
        let mut draws = vector.draws("enrollee");
        let mut step = session.begin(&mut draws);
        for (at, message) in messages.iter().enumerate() {
            if at % 2 == 0 {
                assert_eq!(sent(&step), Some(*message), "{}: message {at}", case.file);
            } else {
                step = session.handle(op_code_of(message_type(message).unwrap()), message, &mut draws);
            }
        }

        let mut session = registrar();
        let mut draws = vector.draws("registrar");
        let mut step = Step::Ignore;
        for (at, message) in messages.iter().enumerate() {
            if at % 2 == 1 {
                assert_eq!(sent(&step), Some(*message), "{}: message {at}", case.file);
            } else {
                step = session.handle(op_code_of(message_type(message).unwrap()), message, &mut draws);
                if let Step::Decide(_) = step {
                    step = session.decide(case.decision(), &mut draws);
                }
            }
        }
    }
}

#[test]
fn what_we_send_keeps_to_the_specification() {
    for case in CASES {
        for message in case.vector().messages() {
            assert_eq!(deviations(message), Ok(vec![]), "{}", case.file);
        }
    }
}

#[test]
fn no_file_is_without_a_case() {
    for file in std::fs::read_dir(place("registrations")).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(CASES.iter().any(|case| case.file == name), "{name}");
    }
}

fn sent(step: &Step) -> Option<&[u8]> {
    match step {
        Step::Send(out) | Step::End(Some(out)) => Some(&out.bytes),
        _ => None,
    }
}

/// The text of a file.
fn written(case: &Case) -> String {
    let mut pair = Pair::new(case.enrollee(), case.decision());
    pair.run(20);
    if pair.outcomes().0.is_none() {
        // After M2D the enrollee waits for another registrar.
        pair.enrollee.abandon(Failure::EndedEarly);
    }
    let (enrollee, registrar) = pair.outcomes();
    let mut text = format!(
        "# {}\n#\n# Enrollee: {:?}\n# Registrar: {:?}\n",
        case.title,
        enrollee.unwrap(),
        registrar.unwrap()
    );

    let messages: Vec<&[u8]> = pair.messages.iter().map(|(_, out)| out.bytes.as_slice()).collect();
    let m1 = M1::parse(messages[0]).unwrap();
    text += "\n# What the two sides know and draw.\n";
    text += &entry("enrollee.mac", &m1.mac.0);
    for (side, seed) in [("enrollee", 1), ("registrar", 2)] {
        let password = case.passwords[seed as usize - 1];
        if !password.is_empty() {
            text += &entry(&format!("{side}.password"), password.as_bytes());
        }
        for (draw, length) in draws(side, &pair.kinds()) {
            let mut octets = vec![0; length];
            Named(seed).fill(draw, &mut octets).unwrap();
            text += &entry(&draw_name(side, draw), &octets);
        }
    }

    let keys = pair.kinds().contains(&MessageType::M2).then(|| {
        let (secret, keys) = derive(messages[0], messages[1]);
        text += "\n# What both derive.\n";
        text += &entry("shared-secret", secret.as_bytes());
        text += &entry("auth-key", keys.auth.expose());
        text += &entry("key-wrap-key", keys.key_wrap.expose());
        text += &entry("emsk", &*keys.emsk);
        keys
    });

    text += "\n# The messages.\n";
    let mut sealed = String::new();
    let mut nack_sent = false;
    for message in messages {
        let kind = message_type(message).unwrap();
        let name = message_name(kind);
        let answer = if nack_sent { ".answer" } else { "" };
        nack_sent |= kind == MessageType::Nack;
        text += &entry(&format!("{name}{answer}"), message);
        if let Some(settings) = Attributes::new(message).find(AttributeId::EncryptedSettings) {
            let settings = EncryptedSettings::parse(settings).unwrap();
            let plain: Raw = settings.open(keys.as_ref().unwrap()).unwrap();
            sealed += &entry(&format!("{name}.settings"), &plain.0);
        }
    }
    if !sealed.is_empty() {
        text += "\n# What is encrypted in them.\n";
        text += &sealed;
    }
    text
}

/// What a side draws to send its part of the messages, with the lengths in octets.
fn draws(side: &str, sent: &[MessageType]) -> Vec<(Draw, usize)> {
    use MessageType as M;
    let (nonce, [hello, commits], ivs) = match side {
        "enrollee" => (Draw::EnrolleeNonce, [M::M1, M::M3], [M::M5, M::M7].as_slice()),
        _ => (Draw::RegistrarNonce, [M::M2, M::M2], [M::M4, M::M6, M::M8].as_slice()),
    };
    let mut draws = vec![(nonce, 16)];
    if sent.contains(&hello) {
        draws.push((Draw::DhPrivateKey, crypto::PRIVATE_OCTETS));
    }
    if sent.contains(&commits) {
        draws.extend([(Draw::SecretNonce1, 16), (Draw::SecretNonce2, 16)]);
    }
    draws.extend(ivs.iter().filter(|message| sent.contains(message)).map(|message| (Draw::Iv(*message), 16)));
    draws
}
