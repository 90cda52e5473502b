//! What the tests share: reproducible randomness, devices, and a wire between a supplicant and a port.
#![allow(dead_code, unreachable_pub)]

use std::time::Duration;

use keyway_eap::{Config, Destination, Event, Identity, Port, Supplicant, Timestamp};
use keyway_wsc::session::{ApAccess, Decision, Device, Enrollee, EnrolleeRole, Outcome, Registrar, Session};
use keyway_wsc::{
    ConfigMethods, Credential, DeviceDescription, DevicePassword, DeviceType, Draw, Entropy, EntropyError,
    MacAddr, NetworkKey, Ssid,
};

pub const PRINTER: MacAddr = MacAddr([2, 0, 0, 0, 0, 1]);
pub const ROUTER: MacAddr = MacAddr([2, 0, 0, 0, 0, 2]);

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

pub fn pin(text: &str) -> DevicePassword {
    DevicePassword::pin(&text.parse().unwrap())
}

fn device(mac: MacAddr, device_type: DeviceType) -> Device {
    let description = DeviceDescription {
        manufacturer: "Keyway".into(),
        model_name: "Test".into(),
        model_number: "1".into(),
        serial_number: "0001".into(),
        device_type,
        device_name: "BLUE-42".into(),
    };
    Device::new(mac, description, ConfigMethods::PhysicalDisplay | ConfigMethods::Keypad)
}

pub fn home() -> Credential {
    let key = NetworkKey::new(b"correct horse battery").unwrap();
    Credential::wpa2(Ssid::new(b"Home").unwrap(), key)
}

pub fn station(password: DevicePassword) -> Session {
    Enrollee::new(device(PRINTER, DeviceType::PRINTER), EnrolleeRole::Station { password }).into()
}

pub fn access_point(access: ApAccess) -> Session {
    let settings = home();
    Enrollee::new(device(ROUTER, DeviceType::ROUTER), EnrolleeRole::AccessPoint { settings, access }).into()
}

pub fn registrar(mac: MacAddr) -> Session {
    Registrar::new(device(mac, DeviceType::ROUTER)).into()
}

/// A supplicant and a port on one wire.
pub struct Wire {
    pub now: Timestamp,
    pub supplicant: Supplicant,
    pub port: Port,
    /// What the port's owner serves the supplicant with, once.
    pub serves: Option<Session>,
    /// What the owner of whichever registrar there is decides.
    pub decision: Decision,
    /// Every frame, with its sender, in order.
    pub frames: Vec<(MacAddr, Vec<u8>)>,
    pub supplicant_events: Vec<Event>,
    pub port_events: Vec<Event>,
    entropy: [Named; 2],
}

impl Wire {
    pub fn new(config: Config, peer: Session, serves: Session, decision: Decision) -> Wire {
        let now = Timestamp::from_secs(7);
        Wire {
            now,
            supplicant: Supplicant::new(peer, Destination::Group, config, now),
            port: Port::new(PRINTER, config),
            serves: Some(serves),
            decision,
            frames: Vec::new(),
            supplicant_events: Vec::new(),
            port_events: Vec::new(),
            entropy: [Named(1), Named(2)],
        }
    }

    /// Carries frames, and lets time pass when there are none, until both sides are done; `lost` says which
    /// frames do not arrive.
    pub fn run(&mut self, mut lost: impl FnMut(usize) -> bool) {
        loop {
            self.hear();
            if let Some(transmit) = self.supplicant.poll_transmit() {
                self.frames.push((PRINTER, transmit.frame.clone()));
                if !lost(self.frames.len() - 1) {
                    self.port.handle_frame(&transmit.frame, self.now, &mut self.entropy[1]);
                }
            } else if let Some(transmit) = self.port.poll_transmit() {
                self.frames.push((ROUTER, transmit.frame.clone()));
                if !lost(self.frames.len() - 1) {
                    self.supplicant.handle_frame(ROUTER, &transmit.frame, self.now, &mut self.entropy[0]);
                }
            } else {
                let timers = [self.supplicant.poll_timeout(), self.port.poll_timeout()];
                let Some(next) = timers.into_iter().flatten().min() else { return };
                self.now = self.now.max(next);
                self.supplicant.handle_timeout(self.now);
                self.port.handle_timeout(self.now);
            }
        }
    }

    /// Does what the owners of both sides do about events.
    fn hear(&mut self) {
        while let Some(event) = self.supplicant.poll_event() {
            if let Event::Decide(_) = event {
                self.supplicant.decide(self.decision.clone(), self.now, &mut self.entropy[0]).unwrap();
            }
            self.supplicant_events.push(event);
        }
        while let Some(event) = self.port.poll_event() {
            match &event {
                Event::IdentityReceived(Identity::Other(_)) => self.port.refuse().unwrap(),
                Event::IdentityReceived(_) => match self.serves.take() {
                    Some(session) => {
                        self.port.serve(session, self.now, &mut self.entropy[1]).expect("it was asked for");
                    }
                    None => self.port.refuse().unwrap(),
                },
                Event::Decide(_) => {
                    self.port.decide(self.decision.clone(), self.now, &mut self.entropy[1]).unwrap();
                }
                _ => {}
            }
            self.port_events.push(event);
        }
    }

    /// How it ended: for the supplicant's side, and for the port's.
    pub fn outcomes(mut self) -> (Outcome, Outcome) {
        let peer = self.supplicant.into_conversation();
        let served = self.port.take_ended().expect("it has ended");
        (peer.outcome().unwrap().clone(), served.outcome().unwrap().clone())
    }

    /// The time that has passed.
    pub fn elapsed(&self) -> Duration {
        self.now.saturating_since(Timestamp::from_secs(7))
    }
}
