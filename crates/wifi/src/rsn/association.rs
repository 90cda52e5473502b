//! What both sides agreed on, and the frames that follow from it.

use super::key_data::KeyData;
use super::key_frame::{KeyFrame, KeyInformation, MIC, without_mic};
use super::keys::{KeyManagement, Pmk, Ptk};
use super::{Discarded, Entropy};
use alloc::vec::Vec;
use keyway_eap::eapol::Version;
use keyway_wsc::{EntropyError, MacAddr};
use subtle::ConstantTimeEq;

/// What a station and an access point agreed on when they associated.
#[derive(Clone, Debug)]
pub struct Association {
    /// The key management that the station chose.
    pub akm: KeyManagement,
    /// The key of the network, as this side has it.
    pub pmk: Pmk,
    /// The access point's address.
    pub authenticator: MacAddr,
    /// The station's address.
    pub supplicant: MacAddr,
    /// The access point's whole RSN element, as it stands in its beacons and probe responses.
    pub authenticator_rsn: Vec<u8>,
    /// The station's whole RSN element, as it stands in its association request.
    pub supplicant_rsn: Vec<u8>,
    /// Whether management frames are protected: both RSN elements say that they can be.
    pub protects_management: bool,
}

/// A frame to be built.
pub(super) struct Draft<'a> {
    pub(super) version: Version,
    pub(super) information: KeyInformation,
    pub(super) replay_counter: u64,
    pub(super) key_length: u16,
    pub(super) nonce: [u8; 32],
    pub(super) packet_number: u64,
    pub(super) key_data: Option<&'a KeyData>,
}

impl Association {
    pub(super) fn ptk(&self, anonce: &[u8; 32], snonce: &[u8; 32]) -> Ptk {
        Ptk::derive(self.akm, &self.pmk, [self.authenticator, self.supplicant], [anonce, snonce])
    }

    /// Reads a frame, as far as no key is needed.
    pub(super) fn read(&self, bytes: &[u8]) -> Result<KeyFrame, Discarded> {
        let frame = KeyFrame::parse(bytes).map_err(Discarded::Malformed)?;
        if !frame.is_rsn() || frame.information.version() != self.akm.descriptor_version() {
            return Err(Discarded::WrongVersion);
        }
        if frame.information.contains(KeyInformation::ERROR)
            || frame.information.contains(KeyInformation::REQUEST)
        {
            return Err(Discarded::Unexpected);
        }
        Ok(frame)
    }

    /// Builds a frame without message integrity code.
    pub(super) fn build(&self, draft: &Draft<'_>) -> KeyFrame {
        let version = KeyInformation(u16::from(self.akm.descriptor_version()));
        let mut frame = KeyFrame::new(version.with(draft.information), draft.replay_counter);
        frame.version = draft.version;
        frame.key_length = draft.key_length;
        frame.nonce = draft.nonce;
        frame.rsc[..6].copy_from_slice(&draft.packet_number.to_le_bytes()[..6]);
        frame
    }

    /// Builds a frame with message integrity code, and with its key data encrypted if it says so.
    pub(super) fn build_authenticated(&self, ptk: &Ptk, draft: &Draft<'_>) -> Vec<u8> {
        let mut frame = self.build(draft);
        frame.information = frame.information.with(KeyInformation::MIC);
        if let Some(data) = draft.key_data {
            frame.key_data = if draft.information.contains(KeyInformation::ENCRYPTED) {
                ptk.wrap(&data.encode())
            } else {
                data.rsn.clone().unwrap_or_default()
            };
        }
        sign(ptk, frame.encode())
    }
}

/// Puts the message integrity code where it belongs.
pub(super) fn sign(ptk: &Ptk, mut frame: Vec<u8>) -> Vec<u8> {
    if let Some(mic) = without_mic(&frame).map(|parts| ptk.mic(parts)) {
        frame[MIC].copy_from_slice(&mic);
    }
    frame
}

/// Checks the message integrity code of a frame as it came.
pub(super) fn check(ptk: &Ptk, frame: &KeyFrame, bytes: &[u8]) -> Result<(), Discarded> {
    let parts = without_mic(bytes).ok_or(Discarded::WrongMic)?;
    if bool::from(ptk.mic(parts).ct_eq(&frame.mic)) { Ok(()) } else { Err(Discarded::WrongMic) }
}

/// Decrypts and reads the key data of a frame whose message integrity code is right.
pub(super) fn open(ptk: &Ptk, frame: &KeyFrame) -> Result<KeyData, Discarded> {
    if !frame.information.contains(KeyInformation::ENCRYPTED) {
        return Err(Discarded::WrongKeyData);
    }
    let plain = ptk.unwrap(&frame.key_data).ok_or(Discarded::WrongKeyData)?;
    KeyData::parse(&plain).map_err(|_| Discarded::WrongKeyData)
}

/// Draws a nonce.
pub(super) fn nonce(entropy: &mut dyn Entropy, draw: super::Draw) -> Result<[u8; 32], EntropyError> {
    let mut nonce = [0; 32];
    entropy.fill(draw, &mut nonce)?;
    Ok(nonce)
}
