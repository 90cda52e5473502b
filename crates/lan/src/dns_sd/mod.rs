//! Announcing and finding services on one network: Multicast DNS (RFC 6762) with DNS-SD (RFC 6763).
//!
//! [`Responder`] announces and answers, [`Browser`] asks and remembers. Both take and give whole messages; the hosts
//! carry them between UDP port 5353 and the group 224.0.0.251. Only IPv4 is spoken.

mod browser;
mod records;
mod responder;

use core::net::Ipv4Addr;

use simple_dns::{Label, Name, Packet};

pub use browser::{Browser, BrowserEvent};
pub use records::{Announcement, Service};
pub use responder::{Responder, ResponderEvent};

/// The group that everybody who speaks it has joined.
pub const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 251);

/// The port of everybody who speaks it.
pub const PORT: u16 = 5353;

/// To whom a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// The group.
    Everybody,
    /// One host.
    One(Ipv4Addr, u16),
}

/// The longest message sent, in octets: it fits into an Ethernet frame.
const LONGEST_MESSAGE: usize = 1400;

type Record = simple_dns::ResourceRecord<'static>;

/// A message, unless it promises more records than can be in it or is no DNS at all.
fn read(payload: &[u8]) -> Option<Packet<'_>> {
    let header: &[u8; 12] = payload.first_chunk()?;
    let count = |at: usize| usize::from(u16::from_be_bytes([header[at], header[at + 1]]));
    // A question has 5 octets at least, a record 11: the parser makes room for what is promised.
    let promised = 5 * count(4) + 11 * (count(6) + count(8) + count(10));
    if promised > payload.len() {
        return None;
    }
    Packet::parse(payload).ok()
}

/// A name of these labels; each is cut to 63 octets.
fn name<'a>(labels: impl IntoIterator<Item = &'a str>) -> Name<'static> {
    let labels: Vec<Label<'static>> =
        labels.into_iter().map(|label| Label::new_unchecked(cut_label(label).as_bytes().to_vec())).collect();
    Name::new_with_labels(&labels)
}

/// `_ipp._tcp.local` and the like: dots divide labels.
fn dotted(text: &str) -> Name<'static> {
    name(text.split('.'))
}

/// As much of it as fits into a label.
fn cut_label(text: &str) -> &str {
    &text[..text.floor_char_boundary(63)]
}

/// The first label as text, and the rest as a name.
fn split_first(full: &Name<'_>) -> Option<(String, Name<'static>)> {
    let (first, rest) = full.get_labels().split_first()?;
    let rest = Name::new_with_labels(rest).into_owned();
    Some((String::from_utf8_lossy(first.as_ref()).into_owned(), rest))
}

/// A host name as a person reads it: `keyway-blue-42.local`.
fn host_text(full: &Name<'_>) -> String {
    let labels: Vec<_> = full.as_bytes().map(String::from_utf8_lossy).collect();
    labels.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_message_that_promises_too_much_is_refused() {
        let mut message = vec![0; 12];
        message[6..8].copy_from_slice(&[0xff, 0xff]);
        assert!(read(&message).is_none());
        message[6..8].copy_from_slice(&[0, 0]);
        assert!(read(&message).is_some());
        assert!(read(&message[..11]).is_none());
    }

    #[test]
    fn a_name_that_points_to_itself_ends() {
        let mut message = vec![0; 12];
        message[5] = 1;
        message.extend([0xc0, 12, 0, 1, 0, 1]);
        assert!(read(&message).is_none());
    }

    #[test]
    fn a_long_label_is_cut_between_characters() {
        assert_eq!(cut_label(&"ä".repeat(40)).len(), 62);
        assert_eq!(host_text(&dotted("a.b.local")), "a.b.local");
        let (instance, rest) = split_first(&name(["Dr. Blue", "_ipp", "_tcp", "local"])).expect("labels");
        assert_eq!((instance.as_str(), rest), ("Dr. Blue", dotted("_ipp._tcp.local")));
    }

    proptest! {
        #[test]
        fn nothing_panics(octets in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&octets);
        }
    }
}
