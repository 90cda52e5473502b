//! A kernel for tests: it carries out every order but for those that it is told to refuse, and has nothing to tell but
//! what a test makes it tell.

use super::card::Card;
use keyway_nl80211::answer::{Frequency, Interface, Wiphy};
use keyway_nl80211::generic::Family;
use keyway_wsc::MacAddr;
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

/// No machine has so many interfaces.
pub(super) const INTERFACE: u32 = 0x7fff_fff0;
/// The address of that interface.
pub(super) const OWN: MacAddr = MacAddr([2, 0, 0, 0, 0, 1]);
const FAMILY: u16 = 32;

/// The kernel, for its socket and for the test.
#[derive(Clone, Debug, Default)]
pub(super) struct Script(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    refused: BTreeMap<u8, i32>,
    answers: BTreeMap<u8, Vec<u8>>,
    commands: Vec<u8>,
    waiting: VecDeque<Vec<u8>>,
    loses: bool,
}

/// A card at 2.4 GHz that can do what most can.
pub(super) fn card() -> Card {
    let frequency = |mhz| Frequency { mhz, ..Frequency::default() };
    let wiphy = Wiphy {
        frequencies: [2412, 2437, 2462].map(frequency).to_vec(),
        ciphers: vec![0x000f_ac04, 0x000f_ac06],
        max_scan_ssids: 4,
        max_scan_elements: 2000,
        // EAPOL through nl80211: bit 26.
        extended_features: vec![0, 0, 0, 4],
        ..Wiphy::default()
    };
    let name = "none0".to_owned();
    let interface = Interface { index: INTERFACE, name, address: Some(OWN), ..Interface::default() };
    Card::new(interface, wiphy, OWN)
}

/// The family as this kernel numbers it.
pub(super) fn family() -> Family {
    let groups = ["scan", "mlme", "config"].map(|name| (name.to_owned(), 1)).to_vec();
    Family { id: FAMILY, name: "nl80211".to_owned(), groups }
}

impl Script {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    /// From now on it refuses this command, with this error number; with zero it does not any more.
    pub(super) fn refuse(&self, command: u8, code: i32) {
        self.inner().refused.insert(command, code);
    }

    /// From now on it answers this command with that one and its attributes.
    pub(super) fn answer(&self, to: u8, command: u8, attributes: &[(u16, &[u8])]) {
        self.inner().answers.insert(to, payload(command, attributes));
    }

    /// Loses what it was to tell next.
    pub(super) fn lose(&self) {
        self.inner().loses = true;
    }

    /// The commands since the last call.
    pub(super) fn commands(&self) -> Vec<u8> {
        std::mem::take(&mut self.inner().commands)
    }

    /// Tells something about the interface.
    pub(super) fn tell(&self, command: u8, attributes: &[(u16, &[u8])]) {
        self.inner().waiting.push_back(message(FAMILY, 0, 0, &payload(command, attributes)));
    }

    /// Takes a request, and has its answer ready.
    pub(super) fn take(&self, request: &[u8]) {
        const ERROR: u16 = 2;
        const MULTI: u16 = 2;
        let mut inner = self.inner();
        let (command, sequence) = (request[16], u32::from_ne_bytes(*request[8..].first_chunk().unwrap()));
        inner.commands.push(command);
        if let Some(answer) = inner.answers.get(&command) {
            let answer = message(FAMILY, MULTI, sequence, answer);
            inner.waiting.push_back(answer);
        }
        let code = inner.refused.get(&command).copied().unwrap_or(0);
        // The header of the request follows.
        let payload = [&(-code).to_ne_bytes()[..], &request[..16]].concat();
        inner.waiting.push_back(message(ERROR, 0, sequence, &payload));
    }

    /// The next datagram.
    pub(super) fn give(&self) -> io::Result<Vec<u8>> {
        let mut inner = self.inner();
        if std::mem::take(&mut inner.loses) {
            return Err(io::Error::from_raw_os_error(libc::ENOBUFS));
        }
        inner.waiting.pop_front().ok_or_else(|| io::ErrorKind::WouldBlock.into())
    }
}

/// A command about the interface.
fn payload(command: u8, attributes: &[(u16, &[u8])]) -> Vec<u8> {
    let mut payload = vec![command, 1, 0, 0];
    let interface = INTERFACE.to_ne_bytes();
    for (kind, value) in [(3, &interface[..])].iter().chain(attributes) {
        payload.extend(((value.len() + 4) as u16).to_ne_bytes());
        payload.extend(kind.to_ne_bytes());
        payload.extend_from_slice(value);
        payload.resize(payload.len().next_multiple_of(4), 0);
    }
    payload
}

/// A netlink message.
fn message(kind: u16, flags: u16, sequence: u32, payload: &[u8]) -> Vec<u8> {
    let length = (16 + payload.len()) as u32;
    let mut message = length.to_ne_bytes().to_vec();
    message.extend([kind, flags].map(u16::to_ne_bytes).concat());
    message.extend([sequence, 0].map(u32::to_ne_bytes).concat());
    message.extend_from_slice(payload);
    message
}
