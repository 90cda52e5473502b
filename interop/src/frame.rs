//! A reading of EAPOL frames that is the harness's own, so that it does not repeat a mistake of Keyway's: just
//! enough to name the messages of a registration and to put fragments together.

use std::collections::HashMap;

use crate::topology::Mac;

/// One EAP-WSC message, or one other EAPOL frame, with its fragments put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who sent it.
    pub source: Mac,
    /// To whom.
    pub destination: Mac,
    /// What it is: `M1` to `M8`, `M2D`, `WSC_ACK`, `WSC_NACK`, `WSC_Done`, `WSC_Start`, `WSC_FRAG_ACK`,
    /// `EAPOL-Start`, `EAPOL-Logoff`, `Request/Identity`, `Response/Identity`, `EAP-Success`, `EAP-Failure` or
    /// `other`.
    pub name: &'static str,
    /// How many frames it took.
    pub fragments: usize,
    /// An Ethernet frame that carries the whole message at once, however long.
    pub frame: Vec<u8>,
}

impl Message {
    /// The WSC attributes, for messages that have them.
    pub fn attributes(&self) -> &[u8] {
        self.frame.get(ATTRIBUTES..).unwrap_or_default()
    }

    /// The value of the first WSC attribute of this type that is not inside another.
    pub fn attribute(&self, wanted: u16) -> Option<&[u8]> {
        let mut rest = self.attributes();
        while let [t1, t2, l1, l2, after @ ..] = rest {
            let length = usize::from(u16::from_be_bytes([*l1, *l2]));
            let (value, next) = after.split_at_checked(length)?;
            if u16::from_be_bytes([*t1, *t2]) == wanted {
                return Some(value);
            }
            rest = next;
        }
        None
    }

    /// The Configuration Error attribute.
    pub fn configuration_error(&self) -> Option<u16> {
        let value = self.attribute(0x1009)?.try_into().ok()?;
        Some(u16::from_be_bytes(value))
    }
}

/// Puts fragments together, per sender. Frames go in one at a time; messages come out.
#[derive(Debug, Default)]
pub struct Reassembly {
    partial: HashMap<Mac, Partial>,
}

/// The fragments of a message so far.
#[derive(Debug)]
struct Partial {
    fragments: usize,
    /// The last fragment, to tell a retransmission from the next one.
    last: Vec<u8>,
    message: Vec<u8>,
}

impl Reassembly {
    /// Takes an Ethernet frame, and returns a message if the frame completes one. A frame that is not EAPOL, and
    /// one that was sent again in the middle of a fragmented message, gives none.
    pub fn push(&mut self, frame: &[u8]) -> Option<Message> {
        if !is_eapol(frame) {
            return None;
        }
        let destination = Mac(frame[..6].try_into().expect("six bytes"));
        let source = Mac(frame[6..12].try_into().expect("six bytes"));
        let message = |fragments: usize, frame: Vec<u8>| {
            Some(Message { source, destination, name: name(&frame), fragments, frame })
        };
        let Some(flags) = wsc(frame).map(|(_, flags)| flags) else {
            return message(1, trim(frame));
        };
        let payload = &trim(frame)[ATTRIBUTES + if flags & LENGTH_FIELD == 0 { 0 } else { 2 }..];
        match self.partial.get_mut(&source) {
            Some(partial) if partial.last == frame => return None,
            Some(partial) => {
                partial.fragments += 1;
                partial.last = frame.to_vec();
                partial.message.extend_from_slice(payload);
            }
            None => {
                let mut start = frame[..ATTRIBUTES].to_vec();
                start[FLAGS] = 0;
                start.extend_from_slice(payload);
                self.partial.insert(source, Partial { fragments: 1, last: frame.to_vec(), message: start });
            }
        }
        if flags & MORE_FRAGMENTS != 0 {
            return None;
        }
        let mut whole = self.partial.remove(&source)?;
        set_lengths(&mut whole.message);
        message(whole.fragments, whole.message)
    }
}

/// All messages in some frames.
pub fn messages<'a>(frames: impl IntoIterator<Item = &'a Vec<u8>>) -> Vec<Message> {
    let mut reassembly = Reassembly::default();
    frames.into_iter().filter_map(|frame| reassembly.push(frame)).collect()
}

/// Whether an Ethernet frame is EAPOL.
pub(crate) fn is_eapol(frame: &[u8]) -> bool {
    frame.len() >= 18 && frame[12..14] == ETHERTYPE
}

/// EAPOL.
const ETHERTYPE: [u8; 2] = [0x88, 0x8e];

/// Where the flags of EAP-WSC are: after the Ethernet header (14 bytes), the EAPOL header (4), the EAP header
/// (4), the expanded type (8) and the op-code (1).
const FLAGS: usize = 31;
/// Where the attributes are, or the length field in front of them.
const ATTRIBUTES: usize = 32;
const MORE_FRAGMENTS: u8 = 0x01;
const LENGTH_FIELD: u8 = 0x02;
/// EAP type 254, vendor 14122, vendor type 1.
const WSC: [u8; 8] = [0xfe, 0x00, 0x37, 0x2a, 0x00, 0x00, 0x00, 0x01];

/// Op-code and flags, if the frame is EAP-WSC.
fn wsc(frame: &[u8]) -> Option<(u8, u8)> {
    let is_wsc = frame.get(15) == Some(&0) && frame.get(22..30) == Some(&WSC);
    if is_wsc { Some((*frame.get(30)?, *frame.get(FLAGS)?)) } else { None }
}

/// The frame without padding after the EAPOL body: short frames may be padded to 60 bytes.
fn trim(frame: &[u8]) -> Vec<u8> {
    let body = frame.get(16..18).map_or(0, |length| usize::from(u16::from_be_bytes([length[0], length[1]])));
    frame[..frame.len().min(18 + body)].to_vec()
}

/// Makes the lengths in the EAPOL and EAP headers fit the frame.
fn set_lengths(frame: &mut [u8]) {
    let length = u16::try_from(frame.len() - 18).expect("WSC messages are short").to_be_bytes();
    frame[16..18].copy_from_slice(&length);
    frame[20..22].copy_from_slice(&length);
}

fn name(frame: &[u8]) -> &'static str {
    match (frame.get(15), frame.get(18), frame.get(22)) {
        (Some(1), ..) => "EAPOL-Start",
        (Some(2), ..) => "EAPOL-Logoff",
        (Some(0), Some(1), Some(1)) => "Request/Identity",
        (Some(0), Some(2), Some(1)) => "Response/Identity",
        (Some(0), Some(3), _) => "EAP-Success",
        (Some(0), Some(4), _) => "EAP-Failure",
        _ => match wsc(frame) {
            Some((1, _)) => "WSC_Start",
            Some((6, _)) => "WSC_FRAG_ACK",
            Some(_) => message_type(frame),
            None => "other",
        },
    }
}

/// The name of a message by its Message Type attribute, which comes second, after Version.
fn message_type(frame: &[u8]) -> &'static str {
    match frame.get(ATTRIBUTES + 5..) {
        Some([0x10, 0x22, 0, 1, kind, ..]) => match kind {
            0x04 => "M1",
            0x05 => "M2",
            0x06 => "M2D",
            0x07 => "M3",
            0x08 => "M4",
            0x09 => "M5",
            0x0a => "M6",
            0x0b => "M7",
            0x0c => "M8",
            0x0d => "WSC_ACK",
            0x0e => "WSC_NACK",
            0x0f => "WSC_Done",
            _ => "other",
        },
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An EAP-WSC request with these flags and this payload.
    fn frame(flags: u8, payload: &[u8]) -> Vec<u8> {
        let mut frame = vec![1; 6];
        frame.extend([2; 6]);
        frame.extend(ETHERTYPE);
        frame.extend([2, 0, 0, 0, 1, 7, 0, 0]);
        frame.extend(WSC);
        frame.extend([4, flags]);
        frame.extend(payload);
        set_lengths(&mut frame);
        frame
    }

    #[test]
    fn fragments_become_one_message() {
        let whole = [0x10, 0x4a, 0, 1, 0x10, 0x10, 0x22, 0, 1, 0x04, 0x10, 0x09, 0, 2, 0, 18];
        let mut first = vec![0, 16];
        first.extend(&whole[..7]);
        let first = frame(MORE_FRAGMENTS | LENGTH_FIELD, &first);
        let frames = [first.clone(), first, frame(MORE_FRAGMENTS, &whole[7..9]), frame(0, &whole[9..])];
        let [message] = messages(&frames).try_into().expect("one message");
        assert_eq!((message.name, message.fragments), ("M1", 3));
        assert_eq!(message.frame, frame(0, &whole));
        assert_eq!(message.configuration_error(), Some(18));
    }

    #[test]
    fn padding_is_not_part_of_a_message() {
        let mut padded = frame(0, &[0x10, 0x4a, 0, 1, 0x10, 0x10, 0x22, 0, 1, 0x0e]);
        let plain = padded.clone();
        padded.resize(60, 0);
        let [message] = messages([&padded]).try_into().expect("one message");
        assert_eq!((message.name, message.frame), ("WSC_NACK", plain));
    }
}
