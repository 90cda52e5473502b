//! Messages in fragments, as somebody sees them who only listens: frames can be missing, doubled or out of order.

use keyway_eap::fragment::MAX_MESSAGE;
use keyway_eap::wsc_frame::WscFrame;
use keyway_wsc::MessageType;
use keyway_wsc::message::message_type;
use keyway_wsc::session::OpCode;

use super::wsc;

/// The most fragments that are held. The smallest fragment size makes fewer of any message that follows the protocol.
const MOST: usize = 128;

/// What one side sends, put together.
#[derive(Debug, Default)]
pub(super) struct Fragments {
    held: Vec<Fragment>,
}

#[derive(Debug)]
struct Fragment {
    identifier: u8,
    op_code: OpCode,
    more: bool,
    announced: Option<u16>,
    data: Vec<u8>,
}

/// A message that is whole.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Whole {
    pub(super) bytes: Vec<u8>,
    /// In how many fragments it came.
    pub(super) fragments: usize,
}

/// What a frame brought.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Brought {
    /// A whole message. It need not be readable.
    pub(super) message: Option<Whole>,
    /// What was held of another message was given up: what kind it was, if its beginning was there.
    pub(super) given_up: Option<Option<MessageType>>,
}

impl Fragments {
    /// Takes a frame, which the EAP packet with this identifier carried. Frames that repeat one are not to come here.
    pub(super) fn push(&mut self, identifier: u8, frame: &WscFrame<'_>) -> Brought {
        let is_whole = !frame.more
            && frame.message_length.is_none_or(|length| usize::from(length) == frame.data.len())
            && (wsc::read(frame.data).is_ok() || (self.held.is_empty() && starts_like_a_message(frame.data)));
        if is_whole {
            let given_up = self.give_up();
            return Brought { message: Some(Whole { bytes: frame.data.to_vec(), fragments: 1 }), given_up };
        }
        let given_up = if self.belongs(identifier, frame) { None } else { self.give_up() };
        self.held.push(Fragment {
            identifier,
            op_code: frame.op_code,
            more: frame.more,
            announced: frame.message_length,
            data: frame.data.to_vec(),
        });
        let message = self.assemble();
        if message.is_some() {
            self.held.clear();
        }
        Brought { message, given_up }
    }

    /// Gives up what is held of a message that never became whole. The inner `None` says that its beginning is missing.
    pub(super) fn give_up(&mut self) -> Option<Option<MessageType>> {
        let held = core::mem::take(&mut self.held);
        (!held.is_empty()).then(|| {
            held.iter().find_map(|fragment| message_type(&fragment.data).ok().filter(|t| t.name().is_some()))
        })
    }

    /// Whether a fragment can be of the message that is held. Behind its end nothing of it comes any more.
    fn belongs(&self, identifier: u8, frame: &WscFrame<'_>) -> bool {
        let octets: usize = self.held.iter().map(|fragment| fragment.data.len()).sum();
        let announced = self.held.iter().find_map(|fragment| fragment.announced);
        let total = announced.or(frame.message_length).map_or(MAX_MESSAGE, usize::from);
        let end = self.held.iter().find(|fragment| !fragment.more);
        let is_behind = |end: &Fragment| !frame.more || identifier.wrapping_sub(end.identifier) < 128;
        self.held.len() < MOST
            && self.held.iter().all(|fragment| fragment.op_code == frame.op_code)
            && (announced.is_none() || frame.message_length.is_none() || announced == frame.message_length)
            && octets + frame.data.len() <= total.min(MAX_MESSAGE)
            && !end.is_some_and(is_behind)
    }

    /// The message, if as many octets are there as were announced. Fragments stand in the order of their identifiers,
    /// which rise by one with most authenticators, or else in the order in which they came.
    fn assemble(&self) -> Option<Whole> {
        let total = usize::from(self.held.iter().find_map(|fragment| fragment.announced)?);
        let octets: usize = self.held.iter().map(|fragment| fragment.data.len()).sum();
        let last = self.held.iter().find(|fragment| !fragment.more)?;
        if octets != total {
            return None;
        }
        let mut by_identifier: Vec<&Fragment> = self.held.iter().collect();
        by_identifier.sort_by_key(|f| core::cmp::Reverse(last.identifier.wrapping_sub(f.identifier)));
        let mut as_they_came: Vec<&Fragment> = self.held.iter().collect();
        as_they_came.sort_by_key(|fragment| (fragment.announced.is_none(), !fragment.more));
        let join = |order: &[&Fragment]| order.iter().flat_map(|f| &f.data).copied().collect::<Vec<u8>>();
        let orders = [join(&by_identifier), join(&as_they_came)];
        let [first, second] = orders;
        let bytes = if wsc::read(&first).is_err() && wsc::read(&second).is_ok() { second } else { first };
        Some(Whole { bytes, fragments: self.held.len() })
    }
}

/// Whether octets begin like a message, with its type in front, as those in the middle of one hardly ever do.
fn starts_like_a_message(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x10, 0x4a, 0, 1]) || bytes.starts_with(&[0x10, 0x22, 0, 1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyway_wsc::message::messages::Nack;
    use keyway_wsc::message::{Open, VendorExtensions};
    use keyway_wsc::{ConfigError, Nonce};

    fn message() -> Vec<u8> {
        let nack = Nack {
            enrollee_nonce: Nonce([1; 16]),
            registrar_nonce: Nonce([2; 16]),
            config_error: ConfigError::DeviceBusy,
            extensions: VendorExtensions::version2(),
        };
        nack.encode()
    }

    /// The fragments of a message, 20 octets each, with their identifiers.
    fn fragments(message: &[u8], first_identifier: u8) -> Vec<(u8, WscFrame<'_>)> {
        let count = message.chunks(20).count();
        let frame = |(index, data)| {
            let more = index + 1 < count;
            let message_length = (index == 0).then_some(message.len() as u16);
            let frame = WscFrame { op_code: OpCode::Nack, more, message_length, data };
            (first_identifier.wrapping_add(index as u8), frame)
        };
        message.chunks(20).enumerate().map(frame).collect()
    }

    #[test]
    fn in_every_order() {
        let message = message();
        for first in [7, 254] {
            for order in [[0, 1, 2, 3], [1, 0, 2, 3], [0, 2, 1, 3], [3, 2, 1, 0], [0, 1, 3, 2]] {
                let frames = fragments(&message, first);
                let mut held = Fragments::default();
                let brought: Vec<Brought> =
                    order.into_iter().map(|at| held.push(frames[at].0, &frames[at].1)).collect();
                let whole = Whole { bytes: message.clone(), fragments: 4 };
                assert_eq!(brought[3], Brought { message: Some(whole), given_up: None }, "{order:?}");
                assert!(brought[..3].iter().all(|brought| *brought == Brought::default()), "{order:?}");
            }
        }
    }

    #[test]
    fn identifiers_at_random_leave_the_order_in_which_they_came() {
        let message = message();
        let frames = fragments(&message, 0);
        let mut held = Fragments::default();
        let mut last = Brought::default();
        for ((_, frame), identifier) in frames.iter().zip([90, 3, 200, 17]) {
            last = held.push(identifier, frame);
        }
        assert_eq!(last.message.unwrap().bytes, message);
    }

    #[test]
    fn a_missing_fragment_is_noticed_with_the_next_message() {
        let message = message();
        let frames = fragments(&message, 0);
        for (lost, kind) in [(0, None), (1, Some(MessageType::Nack)), (3, Some(MessageType::Nack))] {
            let mut held = Fragments::default();
            for (at, (identifier, frame)) in frames.iter().enumerate() {
                if at != lost {
                    assert_eq!(held.push(*identifier, frame), Brought::default());
                }
            }
            let brought = held.push(9, &WscFrame::whole(OpCode::Nack, &message));
            assert_eq!(brought.given_up, Some(kind), "{lost}");
            assert_eq!(brought.message.unwrap().bytes, message);
        }
    }

    #[test]
    fn what_is_held_is_bounded() {
        let mut held = Fragments::default();
        let frame = WscFrame { op_code: OpCode::Message, more: true, message_length: None, data: &[0; 1000] };
        for identifier in 0..=255 {
            held.push(identifier, &frame);
            let octets: usize = held.held.iter().map(|fragment| fragment.data.len()).sum();
            assert!(octets <= MAX_MESSAGE && held.held.len() <= MOST);
        }
        let empty = WscFrame { data: &[], ..frame };
        for identifier in 0..=255 {
            held.push(identifier, &empty);
            assert!(held.held.len() <= MOST);
        }
    }
}
