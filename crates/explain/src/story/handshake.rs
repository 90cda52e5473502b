//! The 4-way handshake, as somebody sees it who only listens.

use keyway_wifi::rsn::{KeyFrame, KeyInformation};

/// What was seen of a handshake.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Steps {
    /// How often each message was seen.
    pub(super) messages: [u32; 4],
    /// How often the access point asked anew (message 1) after it had an answer (message 2).
    pub(super) asked_again: u32,
    /// Encrypted frames after it began.
    pub(super) encrypted: u32,
}

impl Steps {
    /// Takes message `number`, 1 to 4.
    pub(super) fn take(&mut self, number: u8) {
        let [_, second, third, _] = self.messages;
        if number == 1 && second > 0 && third == 0 {
            self.asked_again += 1;
        }
        if let Some(count) = self.messages.get_mut(usize::from(number).wrapping_sub(1)) {
            *count = count.saturating_add(1);
        }
    }

    /// Whether it was seen at all.
    pub(super) fn has_begun(&self) -> bool {
        self.messages.iter().any(|count| *count > 0)
    }

    /// Whether the network is open to the station.
    pub(super) fn is_complete(&self) -> bool {
        self.messages[3] > 0 || (self.has_begun() && self.encrypted > 0)
    }
}

/// Which message of the 4-way handshake a frame is, 1 to 4; `None` for those of the group handshake and others.
pub(super) fn number(frame: &KeyFrame) -> Option<u8> {
    let has = |flag| frame.information.contains(flag);
    if !has(KeyInformation::PAIRWISE) || has(KeyInformation::REQUEST) || has(KeyInformation::ERROR) {
        return None;
    }
    Some(match (has(KeyInformation::ACK), has(KeyInformation::MIC)) {
        (true, false) => 1,
        (true, true) => 3,
        // Of the station's two messages, the second has no nonce with WPA2, and never key data.
        (false, true) if frame.key_data.is_empty() => 4,
        (false, true) => 2,
        (false, false) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_messages() {
        const PAIRWISE: u16 = 0x0008;
        for (flags, key_data, expected) in [
            (PAIRWISE | 0x0080, &[][..], Some(1)),
            (PAIRWISE | 0x0100, &[48, 20], Some(2)),
            (PAIRWISE | 0x13c0, &[1; 8], Some(3)),
            (PAIRWISE | 0x0300, &[], Some(4)),
            (0x1380, &[1; 8], None),
            (PAIRWISE | 0x0900, &[], None),
        ] {
            let frame = KeyFrame { key_data: key_data.to_vec(), ..KeyFrame::new(KeyInformation(flags), 1) };
            assert_eq!(number(&frame), expected, "{flags:#x}");
        }
    }

    #[test]
    fn what_counts_as_complete() {
        for (numbers, encrypted, complete, asked_again) in [
            (&[1, 2, 3, 4][..], 0, true, 0),
            (&[1, 2], 1, true, 0),
            (&[1, 2, 1, 2, 1], 0, false, 2),
            (&[], 5, false, 0),
        ] {
            let mut steps = Steps { encrypted, ..Steps::default() };
            numbers.iter().for_each(|number| steps.take(*number));
            assert_eq!((steps.is_complete(), steps.asked_again), (complete, asked_again), "{numbers:?}");
        }
    }
}
