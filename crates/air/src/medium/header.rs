//! What the medium has to know of a frame.

use keyway_wifi::frame::{FrameControl, FrameKind, Subtype};
use keyway_wsc::MacAddr;

/// To whom a frame goes, and what it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Header {
    /// To one radio.
    Individual {
        /// Its address.
        receiver: MacAddr,
        /// To whom the acknowledgement goes; `None` when the frame asks for none.
        acknowledge: Option<MacAddr>,
    },
    /// To a group.
    Group {
        /// Whether it is a probe request.
        is_probe_request: bool,
    },
    /// Too short to have an address. Only monitors receive it.
    Headless,
}

impl Header {
    /// Reads the first octets of a frame: IEEE 802.11-2020, section 9.2.3. Any octets will do.
    pub(super) fn read(frame: &[u8]) -> Header {
        let Some((&[c0, c1, _, _, r0, r1, r2, r3, r4, r5], rest)) = frame.split_first_chunk() else {
            return Header::Headless;
        };
        let control = FrameControl(u16::from_le_bytes([c0, c1]));
        let (kind, subtype) = (control.kind(), control.subtype());
        if r0 & 1 == 1 {
            let is_probe_request = kind == FrameKind::MANAGEMENT && subtype == Subtype::PROBE_REQUEST;
            return Header::Group { is_probe_request };
        }
        let asks = match kind {
            FrameKind::MANAGEMENT => subtype != Subtype::ACTION_NO_ACK,
            kind => kind == FrameKind::DATA,
        };
        let transmitter = rest.first_chunk().map(|octets| MacAddr(*octets));
        let receiver = MacAddr([r0, r1, r2, r3, r4, r5]);
        Header::Individual { receiver, acknowledge: transmitter.filter(|_| asks) }
    }
}

/// An acknowledgement: IEEE 802.11-2020, section 9.3.1.4.
pub(super) fn acknowledgement(receiver: MacAddr) -> Vec<u8> {
    let mut frame = vec![0xd4, 0, 0, 0];
    frame.extend(receiver.0);
    frame
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timing::ACKNOWLEDGEMENT;

    const A: MacAddr = MacAddr([2, 0, 0, 0, 0, 0xa]);
    const B: MacAddr = MacAddr([2, 0, 0, 0, 0, 0xb]);

    fn header(control: u8, receiver: MacAddr) -> Header {
        let mut frame = vec![control, 0, 0, 0];
        frame.extend(receiver.0);
        frame.extend(B.0);
        Header::read(&frame)
    }

    #[test]
    fn who_receives_and_who_acknowledges() {
        let individual = |acknowledge| Header::Individual { receiver: A, acknowledge };
        let group = |is_probe_request| Header::Group { is_probe_request };
        for (what, control, receiver, expected) in [
            ("a beacon", 0x80, MacAddr::BROADCAST, group(false)),
            ("a probe request", 0x40, MacAddr::BROADCAST, group(true)),
            ("a probe request to one", 0x40, A, individual(Some(B))),
            ("data", 0x08, A, individual(Some(B))),
            ("data of the subtype of a probe request", 0x48, MacAddr::BROADCAST, group(false)),
            ("an authentication", 0xb0, A, individual(Some(B))),
            ("an action without acknowledgement", 0xe0, A, individual(None)),
            ("a request to send", 0xb4, A, individual(None)),
        ] {
            assert_eq!(header(control, receiver), expected, "{what}");
        }
    }

    #[test]
    fn short_frames_have_no_receiver() {
        let ack = acknowledgement(A);
        assert_eq!(ack.len(), ACKNOWLEDGEMENT);
        assert_eq!(Header::read(&ack), Header::Individual { receiver: A, acknowledge: None });
        assert!((0..10).all(|length| Header::read(&ack[..length]) == Header::Headless));
        // Nobody can acknowledge a frame that does not say from whom it is.
        let data = [&[8, 0, 0, 0][..], &A.0, &[1, 2, 3]].concat();
        assert_eq!(Header::read(&data), Header::Individual { receiver: A, acknowledge: None });
    }
}
