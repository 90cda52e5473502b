//! Frames that came before: IEEE 802.11-2020, section 10.3.2.14.

use crate::frame::{Data, Flags, Management, QosControl, SequenceControl};
use alloc::collections::BTreeMap;
use keyway_wsc::MacAddr;

/// From how many senders and kinds of traffic the last sequence number is remembered. All are forgotten when there are
/// more: a repetition or two then pass, and upper layers and packet numbers see to them.
const ROOM: usize = 4096;

/// Frames without QoS, behind the traffic identifiers 0 to 15.
const WITHOUT_QOS: u8 = 16;

/// Management frames.
const MANAGEMENT: u8 = 17;

/// The last sequence control from each sender and kind of traffic.
#[derive(Debug, Default)]
pub(super) struct Duplicates(BTreeMap<(MacAddr, u8), SequenceControl>);

impl Duplicates {
    /// Whether a data frame came before; remembers it otherwise.
    pub(super) fn has_data(&mut self, frame: &Data) -> bool {
        self.has(frame.address2, frame.qos.map_or(WITHOUT_QOS, QosControl::tid), frame.flags, frame.sequence)
    }

    /// Whether a management frame came before; remembers it otherwise.
    pub(super) fn has_management(&mut self, frame: &Management) -> bool {
        self.has(frame.source, MANAGEMENT, frame.flags, frame.sequence)
    }

    fn has(&mut self, sender: MacAddr, traffic: u8, flags: Flags, sequence: SequenceControl) -> bool {
        if self.0.len() >= ROOM && !self.0.contains_key(&(sender, traffic)) {
            self.0.clear();
        }
        let before = self.0.insert((sender, traffic), sequence);
        flags.contains(Flags::RETRY) && before == Some(sequence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn frame(sender: u16, number: u16, flags: Flags) -> Data {
        let [high, low] = sender.to_be_bytes();
        let sender = MacAddr([2, 0, 0, 1, high, low]);
        let data = Data::from_station(sender, MacAddr([2; 6]), MacAddr([4; 6]), Vec::new());
        Data { flags: data.flags.with(flags), sequence: SequenceControl::new(number), ..data }
    }

    #[test]
    fn a_repetition_has_number_and_flag() {
        let mut seen = Duplicates::default();
        assert!(!seen.has_data(&frame(1, 7, Flags::NONE)));
        assert!(seen.has_data(&frame(1, 7, Flags::RETRY)));
        assert!(!seen.has_data(&frame(2, 7, Flags::RETRY)), "another sender");
        assert!(!seen.has_data(&frame(1, 7, Flags::RETRY).with_qos(0)), "other traffic");
        assert!(!seen.has_data(&frame(1, 8, Flags::RETRY)), "the first try was lost");
        assert!(!seen.has_data(&frame(1, 8, Flags::NONE)), "a station that begins anew");
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut seen = Duplicates::default();
        for sender in 0..3 * ROOM as u16 {
            assert!(!seen.has_data(&frame(sender, 1, Flags::RETRY)));
            assert!(seen.has_data(&frame(sender, 1, Flags::RETRY)));
        }
        assert!(seen.0.len() <= ROOM);
    }
}
