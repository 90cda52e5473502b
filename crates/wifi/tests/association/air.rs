//! What can be told of a frame by looking at it.

use keyway_wifi::frame::{Data, Flags, Frame, Snap};
use keyway_wifi::rsn::{KeyFrame, KeyInformation};
use keyway_wsc::MacAddr;

/// What a data frame carries, as far as handshakes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Message {
    /// A message of the 4-way handshake, 1 to 4.
    Key(u8),
    /// Something encrypted.
    Encrypted,
}

fn data(frame: &[u8]) -> Option<Data> {
    match Frame::parse(frame) {
        Ok(Frame::Data(data)) => Some(data),
        _ => None,
    }
}

pub(crate) fn message(frame: &[u8]) -> Option<Message> {
    let data = data(frame)?;
    if data.flags.contains(Flags::PROTECTED) {
        return Some(Message::Encrypted);
    }
    let key = KeyFrame::parse(Snap::parse(&data.payload).ok()?.packet).ok()?;
    let has = |flag| key.information.contains(flag);
    Some(Message::Key(match (has(KeyInformation::ACK), has(KeyInformation::MIC)) {
        (true, false) => 1,
        (true, true) => 3,
        (false, _) if !key.key_data.is_empty() => 2,
        (false, _) => 4,
    }))
}

/// The packet numbers of the encrypted data that one side sent to one address, first tries only. IEEE 802.11-2020,
/// section 12.5.3.2.
pub(crate) fn packet_numbers<'a>(
    frames: impl Iterator<Item = &'a [u8]>,
    from: MacAddr,
    to: MacAddr,
) -> Vec<u64> {
    let number = |frame: &[u8]| {
        let data = data(frame)?;
        let counts = data.flags.contains(Flags::PROTECTED) && !data.flags.contains(Flags::RETRY);
        let header: [u8; 8] = data.payload.get(..8)?.try_into().ok()?;
        let [n0, n1, _, _, n2, n3, n4, n5] = header;
        let number = u64::from_le_bytes([n0, n1, n2, n3, n4, n5, 0, 0]);
        (counts && data.address2 == from && data.address1 == to).then_some(number)
    };
    frames.filter_map(number).collect()
}

/// An EAPOL frame of an access point, not encrypted.
pub(crate) fn eapol_down(bssid: MacAddr, station: MacAddr, key: &KeyFrame) -> Vec<u8> {
    Data::from_access_point(bssid, station, bssid, Snap::eapol(&key.encode()).encode()).encode()
}
