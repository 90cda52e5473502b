//! A client's side of one request.

use super::body::BodyReader;
use super::{LONGEST_HEAD, MOST_FIELDS, Response, field_text};

/// Why an answer cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientProblem {
    /// What came is no answer.
    Malformed,
    /// The connection ended in the middle of the answer, or before it.
    Ended,
}

/// One request and its answer.
#[derive(Debug)]
pub struct ClientExchange {
    limit: usize,
    to_send: Vec<u8>,
    sent: usize,
    received: Vec<u8>,
    answer: Option<(u16, String, BodyReader)>,
    keeps_alive: bool,
}

impl ClientExchange {
    /// A POST of `body` to `target` on `host`; answers have bodies up to `limit` octets.
    pub fn post(host: &str, target: &str, media_type: &str, body: &[u8], limit: usize) -> ClientExchange {
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nUser-Agent: Keyway\r\n\r\n",
            field_text(target).replace(' ', "%20"),
            field_text(host),
            field_text(media_type),
            body.len()
        );
        let to_send = [head.as_bytes(), body].concat();
        ClientExchange { limit, to_send, sent: 0, received: Vec::new(), answer: None, keeps_alive: false }
    }

    /// What is left to send. [`was_sent`](ClientExchange::was_sent) says how much of it went.
    pub fn output(&self) -> &[u8] {
        &self.to_send[self.sent..]
    }

    /// So many octets were sent.
    pub fn was_sent(&mut self, count: usize) {
        self.sent = self.sent.saturating_add(count).min(self.to_send.len());
    }

    /// The server sent these octets; the answer, when it is complete.
    ///
    /// # Errors
    /// [`ClientProblem::Malformed`] when they are none.
    pub fn handle_bytes(&mut self, octets: &[u8]) -> Result<Option<Response>, ClientProblem> {
        self.received.extend_from_slice(octets);
        loop {
            if self.answer.is_none() && !self.read_head()? {
                return Ok(None);
            }
            let Some((status, _, body)) = &mut self.answer else { return Ok(None) };
            // "Go on", which needs no answer.
            if (100..200).contains(status) {
                self.answer = None;
                continue;
            }
            let complete = body.take(&mut self.received).map_err(|_| ClientProblem::Malformed)?;
            return Ok(if complete { self.finish() } else { None });
        }
    }

    /// The server ended the connection; the answer, if this is how it ends.
    ///
    /// # Errors
    /// [`ClientProblem::Ended`] when there is none, or not all of it.
    pub fn handle_end(&mut self) -> Result<Response, ClientProblem> {
        let complete = self.answer.as_ref().is_some_and(|(_, _, body)| body.ends_here());
        if complete { self.finish().ok_or(ClientProblem::Ended) } else { Err(ClientProblem::Ended) }
    }

    /// Whether another request may follow on the same connection.
    pub fn keeps_alive(&self) -> bool {
        self.keeps_alive
    }

    fn finish(&mut self) -> Option<Response> {
        let (status, media_type, body) = self.answer.take()?;
        Some(Response { status, media_type, body: body.into_body() })
    }

    fn read_head(&mut self) -> Result<bool, ClientProblem> {
        let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
        let mut parsed = httparse::Response::new(&mut fields);
        let window = self.received.get(..LONGEST_HEAD).unwrap_or(&self.received);
        let length = match parsed.parse(window) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) if self.received.len() < LONGEST_HEAD => return Ok(false),
            _ => return Err(ClientProblem::Malformed),
        };
        let status = parsed.code.unwrap_or_default();
        let value = |name: &str| {
            let field = parsed.headers.iter().find(|field| field.name.eq_ignore_ascii_case(name));
            field.map(|field| String::from_utf8_lossy(field.value).trim().to_owned()).unwrap_or_default()
        };
        let bodyless = (100..200).contains(&status) || matches!(status, 204 | 304);
        let fields: &[httparse::Header<'_>] = if bodyless { &[] } else { parsed.headers };
        let body = BodyReader::new(fields, !bodyless, self.limit).map_err(|_| ClientProblem::Malformed)?;
        let connection = value("connection").to_ascii_lowercase();
        self.keeps_alive = parsed.version == Some(1) && !connection.contains("close");
        self.answer = Some((status, value("content-type"), body));
        self.received.drain(..length);
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn exchange() -> ClientExchange {
        ClientExchange::post("a", "/", "text/plain", b"x", 100)
    }

    #[test]
    fn answers_end_where_they_say() {
        for (name, sent, ends) in [
            ("length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", false),
            ("chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", false),
            ("the connection's end", "HTTP/1.0 200 OK\r\n\r\nab", true),
            (
                "after going on",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab",
                false,
            ),
        ] {
            for step in [1, 5, sent.len()] {
                let mut exchange = exchange();
                let mut answer = None;
                for part in sent.as_bytes().chunks(step) {
                    assert!(answer.is_none(), "{name}: too early");
                    answer = exchange.handle_bytes(part).expect("well formed");
                }
                if ends {
                    answer = exchange.handle_end().ok();
                }
                assert_eq!(answer, Some(Response::new(200, "", "ab")), "{name}, by {step}");
            }
        }
    }

    #[test]
    fn an_answer_that_breaks_off_is_noticed() {
        let mut broken = exchange();
        assert_eq!(broken.handle_bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"), Ok(None));
        assert_eq!(broken.handle_end(), Err(ClientProblem::Ended));
        assert_eq!(exchange().handle_end(), Err(ClientProblem::Ended));
    }

    #[test]
    fn a_request_says_what_it_needs_to() {
        let mut exchange =
            ClientExchange::post("a:631\r\nX: y", "/ipp/print me", "application/ipp", b"body", 9);
        let text = String::from_utf8(exchange.output().to_vec()).expect("ASCII");
        assert!(text.starts_with("POST /ipp/print%20me HTTP/1.1\r\nHost: a:631X: y\r\n"), "{text}");
        assert!(text.ends_with("Content-Length: 4\r\nUser-Agent: Keyway\r\n\r\nbody"), "{text}");
        exchange.was_sent(usize::MAX);
        assert!(exchange.output().is_empty());
    }

    proptest! {
        #[test]
        fn nothing_panics(octets in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = exchange().handle_bytes(&octets);
        }

        #[test]
        fn nor_after_a_good_head(octets in prop::collection::vec(any::<u8>(), 0..300)) {
            let mut exchange = exchange();
            let _ = exchange.handle_bytes(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            let _ = exchange.handle_bytes(&octets);
        }
    }
}
