//! Both sides, against published handshakes and against each other.

mod faults;
mod medium;
mod published;

use super::*;
use crate::element::{AkmSuite, CipherSuite, Rsn, RsnCapabilities};
use alloc::vec;
use keyway_eap::Timestamp;
use keyway_wsc::MacAddr;

pub(super) const BSSID: MacAddr = MacAddr([2, 0, 0, 0, 0, 1]);
pub(super) const STATION: MacAddr = MacAddr([2, 0, 0, 0, 0, 9]);

/// Numbers that look random and are the same in every run (xorshift64*).
#[derive(Clone, Debug)]
pub(super) struct Numbers(pub(super) u64);

impl Numbers {
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % bound.max(1)
    }
}

impl Entropy for Numbers {
    fn fill(&mut self, _: Draw, out: &mut [u8]) -> Result<(), EntropyError> {
        out.iter_mut().for_each(|octet| *octet = self.below(256) as u8);
        Ok(())
    }
}

/// A source that never delivers.
pub(super) struct Nothing;

impl Entropy for Nothing {
    fn fill(&mut self, _: Draw, _: &mut [u8]) -> Result<(), EntropyError> {
        Err(EntropyError)
    }
}

/// What a station and an access point agree on.
pub(super) fn association(akm: KeyManagement, pmk: u8, protects_management: bool) -> Association {
    let capabilities = if protects_management { RsnCapabilities::MFP_CAPABLE } else { RsnCapabilities(0) };
    let mut offer = Rsn::ccmp(&[AkmSuite::PSK, AkmSuite::PSK_SHA256], capabilities);
    offer.group_management = protects_management.then_some(CipherSuite::BIP_CMAC_128);
    Association {
        akm,
        pmk: Pmk::new([pmk; 32]),
        authenticator: BSSID,
        supplicant: STATION,
        authenticator_rsn: offer.to_element(),
        supplicant_rsn: Rsn::ccmp(&[akm.suite()], capabilities).to_element(),
        protects_management,
    }
}

/// Both sides, without a medium between them.
pub(super) struct Pair {
    pub(super) station: Supplicant,
    pub(super) access_point: Authenticator,
    pub(super) group: GroupKeys,
    pub(super) numbers: Numbers,
}

impl Pair {
    pub(super) fn new(station: Association, access_point: Association) -> Pair {
        let mut numbers = Numbers(7);
        let now = Timestamp::ZERO;
        let mut group = GroupKeys::generate(access_point.protects_management, &mut numbers).unwrap();
        group.data.packet_number = 0x0102_0304;
        Pair {
            station: Supplicant::new(station, now),
            access_point: Authenticator::new(access_point, HandshakeTimers::default(), now, &mut numbers)
                .unwrap(),
            group,
            numbers,
        }
    }

    pub(super) fn alike(akm: KeyManagement, protects_management: bool) -> Pair {
        let association = association(akm, 1, protects_management);
        Pair::new(association.clone(), association)
    }

    /// The next frame of the access point's.
    pub(super) fn access_point_sends(&mut self) -> Vec<u8> {
        next_frame(|| self.access_point.poll_output()).0
    }

    /// The next frame of the station's.
    pub(super) fn station_sends(&mut self) -> Vec<u8> {
        next_frame(|| self.station.poll_output()).0
    }

    pub(super) fn give_station(&mut self, frame: &[u8]) {
        self.station.handle_frame(frame, false, &mut self.numbers);
    }

    pub(super) fn give_access_point(&mut self, frame: &[u8]) {
        self.access_point.handle_frame(frame, &self.group, Timestamp::ZERO);
    }

    /// Carries frames until nobody has more to say, and gives all other outputs: the station's, the access point's.
    pub(super) fn run(&mut self) -> [Vec<Output>; 2] {
        let mut outputs = [vec![], vec![]];
        loop {
            let (down, up) = (self.access_point.poll_output(), self.station.poll_output());
            if let (None, None) = (&down, &up) {
                return outputs;
            }
            match down {
                Some(Output::Send { frame, protected }) => {
                    self.station.handle_frame(&frame, protected, &mut self.numbers);
                }
                other => outputs[1].extend(other),
            }
            match up {
                Some(Output::Send { frame, .. }) => self.give_access_point(&frame),
                other => outputs[0].extend(other),
            }
        }
    }
}

pub(super) fn next_frame(mut poll: impl FnMut() -> Option<Output>) -> (Vec<u8>, bool) {
    loop {
        match poll().expect("a frame") {
            Output::Send { frame, protected } => return (frame, protected),
            other => drop(other),
        }
    }
}

/// All outputs of one side.
pub(super) fn drain(poll: impl FnMut() -> Option<Output>) -> Vec<Output> {
    core::iter::from_fn(poll).collect()
}

#[test]
fn both_sides_install_the_same_keys() {
    for akm in [KeyManagement::Psk, KeyManagement::PskSha256] {
        for protects_management in [false, true] {
            let mut pair = Pair::alike(akm, protects_management);
            let [station, access_point] = pair.run();
            let mut expected = vec![access_point[0].clone(), Output::InstallGroup(pair.group.data.clone())];
            expected.extend(pair.group.management.clone().map(Output::InstallManagementGroup));
            expected.push(Output::Opened);
            assert!(matches!(access_point[..], [Output::InstallPairwise(_), Output::Opened]));
            assert_eq!(station, expected, "{akm:?} {protects_management}");
            assert!(pair.station.is_open() && pair.access_point.is_open());
            assert_eq!((pair.station.poll_timeout(), pair.access_point.poll_timeout()), (None, None));
        }
    }
}

#[test]
fn message_4_leaves_before_the_key_is_installed() {
    let mut pair = Pair::alike(KeyManagement::Psk, false);
    for _ in 0..2 {
        let down = pair.access_point_sends();
        pair.give_station(&down);
        if !pair.station.is_open() {
            let up = pair.station_sends();
            pair.give_access_point(&up);
        }
    }
    let outputs = drain(|| pair.station.poll_output());
    assert!(matches!(outputs[0], Output::Send { protected: false, .. }));
    assert!(matches!(outputs[1], Output::InstallPairwise(_)));
}

#[test]
fn a_group_key_is_renewed() {
    let mut pair = Pair::alike(KeyManagement::PskSha256, true);
    pair.run();
    for id in [2, 1, 2] {
        pair.group = pair.group.renewed(&mut pair.numbers).unwrap();
        pair.access_point.start_group_handshake(&pair.group, Timestamp::ZERO);
        let [station, access_point] = pair.run();
        assert_eq!(pair.group.data.id, id);
        let expected = [
            Output::InstallGroup(pair.group.data.clone()),
            Output::InstallManagementGroup(pair.group.management.clone().unwrap()),
        ];
        assert_eq!(station, expected);
        assert_eq!(access_point, [Output::GroupKeyConfirmed]);
    }
    // The same keys again: confirmed, not installed.
    pair.access_point.start_group_handshake(&pair.group, Timestamp::ZERO);
    assert_eq!(pair.run(), [vec![], vec![Output::GroupKeyConfirmed]]);
}

#[test]
fn a_group_key_that_changes_meanwhile_arrives() {
    let mut pair = Pair::alike(KeyManagement::Psk, false);
    let message1 = pair.access_point_sends();
    pair.give_station(&message1);
    let message2 = pair.station_sends();
    pair.give_access_point(&message2);
    pair.group = pair.group.renewed(&mut pair.numbers).unwrap();
    pair.access_point.start_group_handshake(&pair.group, Timestamp::ZERO);
    let [station, access_point] = pair.run();
    assert_eq!(station.last(), Some(&Output::InstallGroup(pair.group.data.clone())));
    assert_eq!(access_point.last(), Some(&Output::GroupKeyConfirmed));
}

#[test]
fn secrets_do_not_show() {
    let mut pair = Pair::alike(KeyManagement::Psk, true);
    pair.run();
    let shown = std::format!("{:?} {:?} {:?}", pair.station, pair.access_point, pair.group);
    let key = std::format!("{:?}", pair.group.data.key.expose());
    assert!(!shown.contains("1, 1, 1, 1, 1, 1") && !shown.contains(&key));
}
