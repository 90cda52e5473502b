//! What the tests share: real registrations in simulated time, and capture files of them.
#![allow(dead_code, unreachable_pub)]

pub mod air;
pub mod file;

use keyway_eap::{Config, Destination, Event, FragmentSize, Port, Supplicant, Timestamp};
use keyway_explain::{Report, explain};
use keyway_wsc::session::{ApAccess, Decision, Device, Enrollee, EnrolleeRole, Registrar, Session};
use keyway_wsc::{
    ConfigError, ConfigMethods, Credential, DeviceDescription, DevicePassword, DeviceType, Draw, Entropy,
    EntropyError, MacAddr, NetworkKey, Ssid,
};
use std::time::Duration;

pub const PRINTER: MacAddr = MacAddr([2, 0, 0, 0, 0, 1]);
pub const ROUTER: MacAddr = MacAddr([2, 0, 0, 0, 0, 2]);
pub const PASSPHRASE: &str = "correct horse battery";
pub const PIN: &str = "12345670";

/// An EAPOL frame that one side sent.
#[derive(Clone, Debug)]
pub struct Sent {
    pub at: Duration,
    pub by_printer: bool,
    pub eapol: Vec<u8>,
}

/// Who meets whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meeting {
    /// The router was given this PIN; the printer's is [`PIN`].
    Pin(&'static str),
    /// Both buttons were pressed.
    Button,
    /// The router has no PIN for the printer, for this reason.
    Decline(ConfigError),
    /// The printer reads the router's settings by this PIN; the router's is [`PIN`].
    Learn(&'static str),
    /// The printer gives the router new settings.
    Configure,
    /// The router's own PIN is locked.
    Locked,
}

/// A registration, frame by frame. A frame takes a millisecond; `lost` says by its index which frames do not arrive.
pub fn register(meeting: Meeting, fragment_size: u16, lost: impl FnMut(usize) -> bool) -> Vec<Sent> {
    let config = Config { fragment_size: FragmentSize::new(fragment_size).unwrap(), ..Config::default() };
    let pin = |text: &str| DevicePassword::pin(&text.parse().unwrap());
    let station = |password| Enrollee::new(printer(), EnrolleeRole::Station { password }).into();
    let registrar = |device| Session::from(Registrar::new(device));
    let access_point = |access| {
        let settings = home();
        Enrollee::new(router(), EnrolleeRole::AccessPoint { settings, access }).into()
    };
    let give = |password| Decision::Register { password, credentials: vec![home()] };
    let (peer, serves, decision): (Session, Session, Decision) = match meeting {
        Meeting::Pin(typed) => (station(pin(PIN)), registrar(router()), give(pin(typed))),
        Meeting::Button => {
            let button = DevicePassword::push_button;
            (station(button()), registrar(router()), give(button()))
        }
        Meeting::Decline(error) => (station(pin(PIN)), registrar(router()), Decision::Decline(error)),
        Meeting::Learn(typed) => {
            let access = ApAccess::Full(pin(PIN));
            (registrar(printer()), access_point(access), Decision::Learn { password: pin(typed) })
        }
        Meeting::Configure => {
            let settings = home();
            let decision = Decision::Configure { password: pin(PIN), settings };
            (registrar(printer()), access_point(ApAccess::Full(pin(PIN))), decision)
        }
        Meeting::Locked => {
            (registrar(printer()), access_point(ApAccess::Locked), Decision::Learn { password: pin(PIN) })
        }
    };
    run(config, peer, serves, &decision, lost)
}

fn run(
    config: Config,
    peer: Session,
    serves: Session,
    decision: &Decision,
    mut lost: impl FnMut(usize) -> bool,
) -> Vec<Sent> {
    let start = Timestamp::from_secs(7);
    let mut now = start;
    let mut supplicant = Supplicant::new(peer, Destination::Group, config, now);
    let mut port = Port::new(PRINTER, config);
    let mut serves = Some(serves);
    let (mut one, mut two) = (Named(1), Named(2));
    let mut sent: Vec<Sent> = Vec::new();
    loop {
        while let Some(event) = supplicant.poll_event() {
            if let Event::Decide(_) = event {
                supplicant.decide(decision.clone(), now, &mut one).unwrap();
            }
        }
        while let Some(event) = port.poll_event() {
            match event {
                Event::IdentityReceived(_) => port.serve(serves.take().unwrap(), now, &mut two).unwrap(),
                Event::Decide(_) => port.decide(decision.clone(), now, &mut two).unwrap(),
                _ => {}
            }
        }
        let (by_printer, eapol) = match (supplicant.poll_transmit(), port.poll_transmit()) {
            (Some(transmit), _) => (true, transmit.frame),
            (None, Some(transmit)) => (false, transmit.frame),
            (None, None) => {
                let timers = [supplicant.poll_timeout(), port.poll_timeout()];
                let Some(next) = timers.into_iter().flatten().min() else { return sent };
                now = now.max(next);
                supplicant.handle_timeout(now);
                port.handle_timeout(now);
                continue;
            }
        };
        now = now + Duration::from_millis(1);
        sent.push(Sent { at: now.saturating_since(start), by_printer, eapol: eapol.clone() });
        match by_printer {
            _ if lost(sent.len() - 1) => {}
            true => port.handle_frame(&eapol, now, &mut two),
            false => supplicant.handle_frame(ROUTER, &eapol, now, &mut one),
        }
    }
}

/// The report of a registration on a cable.
pub fn told(sent: &[Sent]) -> Report {
    explain(&file::pcap(sent)).unwrap()
}

/// Answers each name with octets made from the seed and the name.
pub struct Named(pub u64);

impl Entropy for Named {
    fn fill(&mut self, draw: Draw, out: &mut [u8]) -> Result<(), EntropyError> {
        let name = format!("{draw:?}");
        let mix =
            |state: u64, octet: u8| (state ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3) ^ state >> 29;
        let mut state = name.bytes().fold(self.0 ^ 0xcbf2_9ce4_8422_2325, mix);
        for octet in out {
            state = mix(state, 0x5d);
            *octet = (state >> 32) as u8;
        }
        Ok(())
    }
}

pub fn printer() -> Device {
    let description = DeviceDescription {
        manufacturer: "Keyway".into(),
        model_name: "Test printer".into(),
        model_number: "1".into(),
        serial_number: "0001".into(),
        device_type: DeviceType::PRINTER,
        device_name: "Printer in the hall".into(),
    };
    Device::new(PRINTER, description, ConfigMethods::PhysicalDisplay | ConfigMethods::Keypad)
}

pub fn router() -> Device {
    let description = DeviceDescription {
        model_name: "Test router".into(),
        device_type: DeviceType::ROUTER,
        device_name: "Router in the attic".into(),
        ..printer().description
    };
    Device::new(ROUTER, description, ConfigMethods::PhysicalDisplay | ConfigMethods::Keypad)
}

fn home() -> Credential {
    Credential::wpa2(Ssid::new(b"Home").unwrap(), NetworkKey::new(PASSPHRASE.as_bytes()).unwrap())
}
