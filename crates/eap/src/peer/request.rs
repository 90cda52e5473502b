//! Which requests were answered, and how.

use alloc::vec::Vec;

use crate::packet::{Body, HEADER_LEN};

/// How many requests before the last one are remembered, so that a late copy of one is not
/// taken for a new request.
const REMEMBERED: usize = 8;

/// A request, as far as it has to be remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// Its identifier.
    pub(super) identifier: u8,
    /// The length of the packet in octets.
    pub(super) length: usize,
    /// Tells this request from others. It need not withstand malice: who finds a second request with the same
    /// digest has it taken for a repeated one, and no more.
    digest: u64,
}

impl Request {
    pub(super) fn new(identifier: u8, body: &Body<'_>) -> Request {
        let kind = body.method().to_expanded();
        let octets = [identifier, u8::from(body.is_expanded())].into_iter().chain(kind);
        let digest = octets.chain(body.data().iter().copied()).fold(FNV_OFFSET, fnv);
        Request { identifier, length: HEADER_LEN + body.encoded_len(), digest }
    }
}

/// FNV-1a, 64 bits: its start.
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a, 64 bits: one octet more.
const fn fnv(digest: u64, octet: u8) -> u64 {
    (digest ^ octet as u64).wrapping_mul(0x0100_0000_01b3)
}

/// What is known of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Recall<'a> {
    /// It has not been seen.
    New,
    /// It is the last one that was answered, with this packet.
    Last(&'a [u8]),
    /// It was answered, or put aside, before the last one.
    Older,
}

/// The requests of a conversation.
#[derive(Debug, Default)]
pub(super) struct History {
    last: Option<(Request, Vec<u8>)>,
    older: [Option<Request>; REMEMBERED],
    next: usize,
}

impl History {
    pub(super) fn recall(&self, request: Request) -> Recall<'_> {
        match &self.last {
            Some((last, response)) if *last == request => Recall::Last(response),
            _ if self.older.contains(&Some(request)) => Recall::Older,
            _ => Recall::New,
        }
    }

    /// The identifier of the last request that was answered.
    pub(super) fn identifier(&self) -> Option<u8> {
        self.last.as_ref().map(|(request, _)| request.identifier)
    }

    /// `request` is now the last one; `response` was its answer.
    pub(super) fn answered(&mut self, request: Request, response: Vec<u8>) {
        if let Some((before, _)) = self.last.replace((request, response)) {
            self.put_aside(before);
        }
    }

    /// `request` will never be answered.
    pub(super) fn put_aside(&mut self, request: Request) {
        self.older[self.next % REMEMBERED] = Some(request);
        self.next = (self.next + 1) % REMEMBERED;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method::MethodId;
    use alloc::vec;

    fn request(identifier: u8, data: &[u8]) -> Request {
        Request::new(identifier, &Body::new(MethodId::WSC, data))
    }

    #[test]
    fn the_last_request_has_its_answer_and_older_ones_are_known() {
        let mut history = History::default();
        assert_eq!(history.identifier(), None);
        for identifier in 0..10 {
            assert_eq!(history.recall(request(identifier, b"")), Recall::New);
            history.answered(request(identifier, b""), vec![identifier]);
        }
        assert_eq!(history.identifier(), Some(9));
        assert_eq!(history.recall(request(9, b"")), Recall::Last(&[9]));
        assert_eq!(history.recall(request(9, b"other")), Recall::New, "same identifier, other content");
        for identifier in 1..9 {
            assert_eq!(history.recall(request(identifier, b"")), Recall::Older);
        }
        assert_eq!(history.recall(request(0, b"")), Recall::New, "forgotten by now");
    }

    #[test]
    fn lengths_count_the_whole_packet() {
        assert_eq!(request(1, b"ab").length, 14);
        assert_eq!(Request::new(1, &Body::new(MethodId::IDENTITY, b"")).length, 5);
    }
}
