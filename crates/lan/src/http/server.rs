//! A server's side of a connection.

use super::body::{BodyProblem, BodyReader};
use super::{LONGEST_HEAD, MOST_FIELDS, Response, field_text, reason};

/// What a client asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method: `GET`, `POST`.
    pub method: String,
    /// The path with the query, as it was sent: `/ipp/print`.
    pub target: String,
    /// The body's media type; possibly empty.
    pub media_type: String,
    /// The body.
    pub body: Vec<u8>,
}

/// One client's connection: requests come out one by one, each to be answered before the next.
#[derive(Debug)]
pub struct ServerConnection {
    limit: usize,
    received: Vec<u8>,
    to_send: Vec<u8>,
    state: State,
}

#[derive(Debug)]
enum State {
    Head,
    Body {
        head: Head,
        body: BodyReader,
    },
    /// A whole request that nobody has taken.
    Ready(Head, Request),
    /// Somebody has it and will answer.
    Taken(Head),
    /// Nothing more is read.
    Closed,
}

#[derive(Debug)]
struct Head {
    method: String,
    target: String,
    media_type: String,
    keeps_alive: bool,
    waits: bool,
}

impl ServerConnection {
    /// A connection that takes bodies up to `limit` octets.
    pub fn new(limit: usize) -> ServerConnection {
        ServerConnection { limit, received: Vec::new(), to_send: Vec::new(), state: State::Head }
    }

    /// The client sent these octets. What is wrong is answered, and ends the connection.
    pub fn handle_bytes(&mut self, octets: &[u8]) {
        if matches!(self.state, State::Closed) {
            return;
        }
        self.received.extend_from_slice(octets);
        self.read();
    }

    /// A request, when one is complete. [`respond`](ServerConnection::respond) has to follow.
    pub fn poll_request(&mut self) -> Option<Request> {
        match core::mem::replace(&mut self.state, State::Closed) {
            State::Ready(head, request) => {
                self.state = State::Taken(head);
                Some(request)
            }
            other => {
                self.state = other;
                None
            }
        }
    }

    /// Answers the request that was taken.
    pub fn respond(&mut self, response: &Response) {
        let State::Taken(head) = core::mem::replace(&mut self.state, State::Closed) else { return };
        self.write(response, head.keeps_alive, head.method == "HEAD");
        if head.keeps_alive {
            self.state = State::Head;
            self.read();
        }
    }

    /// How many octets wait to be sent.
    pub fn pending(&self) -> usize {
        self.to_send.len()
    }

    /// Takes up to `most` octets to send.
    pub fn take_output(&mut self, most: usize) -> Vec<u8> {
        let count = self.to_send.len().min(most);
        self.to_send.drain(..count).collect()
    }

    /// What waits to be sent; [`sent`](ServerConnection::sent) tells how much of it was.
    pub fn output(&self) -> &[u8] {
        &self.to_send
    }

    /// The first `count` octets of [`output`](ServerConnection::output) were sent.
    pub fn sent(&mut self, count: usize) {
        self.to_send.drain(..count.min(self.to_send.len()));
    }

    /// A request waits for its answer: until then nothing more is to be read from the client.
    pub fn is_busy(&self) -> bool {
        matches!(self.state, State::Ready(..) | State::Taken(_))
    }

    /// Everything was said and sent: the connection is to be closed.
    pub fn is_finished(&self) -> bool {
        matches!(self.state, State::Closed) && self.to_send.is_empty()
    }

    /// Ends the connection with an answer that nobody asked for: the client took too long.
    pub fn give_up(&mut self) {
        self.refuse(408);
    }

    fn read(&mut self) {
        if matches!(self.state, State::Head) {
            match self.read_head() {
                Ok(Some((head, body))) => self.state = State::Body { head, body },
                Ok(None) => return,
                Err(status) => return self.refuse(status),
            }
        }
        let State::Body { head, body } = &mut self.state else { return };
        match body.take(&mut self.received) {
            Ok(true) => {
                let State::Body { head, body } = core::mem::replace(&mut self.state, State::Closed) else {
                    return;
                };
                let request = Request {
                    method: head.method.clone(),
                    target: head.target.clone(),
                    media_type: head.media_type.clone(),
                    body: body.into_body(),
                };
                self.state = State::Ready(head, request);
            }
            Ok(false) => {
                if core::mem::take(&mut head.waits) {
                    self.to_send.extend_from_slice(b"HTTP/1.1 100 Continue\r\n\r\n");
                }
            }
            Err(problem) => self.refuse(status_of(problem)),
        }
    }

    fn read_head(&mut self) -> Result<Option<(Head, BodyReader)>, u16> {
        let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
        let mut parsed = httparse::Request::new(&mut fields);
        let window = self.received.get(..LONGEST_HEAD).unwrap_or(&self.received);
        let length = match parsed.parse(window) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) if self.received.len() >= LONGEST_HEAD => return Err(431),
            Ok(httparse::Status::Partial) => return Ok(None),
            Err(httparse::Error::TooManyHeaders) => return Err(431),
            Err(httparse::Error::Version) => return Err(505),
            Err(_) => return Err(400),
        };
        let modern = parsed.version == Some(1);
        let value = |name: &str| {
            let field = parsed.headers.iter().find(|field| field.name.eq_ignore_ascii_case(name));
            field.map(|field| String::from_utf8_lossy(field.value).trim().to_owned())
        };
        let connection = value("connection").unwrap_or_default().to_ascii_lowercase();
        let expects = value("expect");
        if expects.as_ref().is_some_and(|expects| !expects.eq_ignore_ascii_case("100-continue")) {
            return Err(417);
        }
        if modern && value("host").is_none() {
            return Err(400);
        }
        let head = Head {
            method: parsed.method.unwrap_or_default().to_owned(),
            target: parsed.path.unwrap_or_default().to_owned(),
            media_type: value("content-type").unwrap_or_default(),
            keeps_alive: if modern {
                !connection.contains("close")
            } else {
                connection.contains("keep-alive")
            },
            waits: modern && expects.is_some(),
        };
        let body = BodyReader::new(parsed.headers, false, self.limit).map_err(status_of)?;
        self.received.drain(..length);
        Ok(Some((head, body)))
    }

    fn refuse(&mut self, status: u16) {
        self.received.clear();
        self.write(&Response::status(status), false, false);
        self.state = State::Closed;
    }

    fn write(&mut self, response: &Response, keeps_alive: bool, without_body: bool) {
        let Response { status, media_type, body } = response;
        let connection = if keeps_alive { "keep-alive" } else { "close" };
        let mut head = format!("HTTP/1.1 {status} {}\r\nContent-Length: {}\r\n", reason(*status), body.len());
        if !media_type.is_empty() {
            head += &format!("Content-Type: {}\r\n", field_text(media_type));
        }
        head += &format!("Connection: {connection}\r\n\r\n");
        self.to_send.extend_from_slice(head.as_bytes());
        if !without_body {
            self.to_send.extend_from_slice(body);
        }
    }
}

fn status_of(problem: BodyProblem) -> u16 {
    match problem {
        BodyProblem::TooLong => 413,
        BodyProblem::Malformed => 400,
        BodyProblem::UnknownCoding => 501,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(connection: &mut ServerConnection) -> Vec<Request> {
        let mut requests = Vec::new();
        while let Some(request) = connection.poll_request() {
            connection.respond(&Response::new(200, "text/plain", request.body.clone()));
            requests.push(request);
        }
        requests
    }

    fn output(connection: &mut ServerConnection) -> String {
        String::from_utf8(connection.take_output(usize::MAX)).expect("ASCII")
    }

    #[test]
    fn bodies_end_where_they_say() {
        for (name, sent, bodies) in [
            ("none", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", &[""][..]),
            ("length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", &["abc"]),
            (
                "chunks",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\nA: b\r\n\r\n",
                &["abc"],
            ),
            (
                "two in a row",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\naPOST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nb",
                &["a", "b"],
            ),
        ] {
            // However the octets are divided among packets.
            for step in [1, 7, sent.len()] {
                let mut connection = ServerConnection::new(100);
                let mut requests = Vec::new();
                for part in sent.as_bytes().chunks(step) {
                    connection.handle_bytes(part);
                    requests.extend(all(&mut connection));
                }
                let found: Vec<_> = requests.iter().map(|request| request.body.as_slice()).collect();
                assert_eq!(
                    found,
                    bodies.iter().map(|body| body.as_bytes()).collect::<Vec<_>>(),
                    "{name}, by {step}"
                );
                assert!(!connection.is_finished(), "{name} ends the connection");
            }
        }
    }

    #[test]
    fn what_is_wrong_is_refused_and_ends_the_connection() {
        let long = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}", "y".repeat(LONGEST_HEAD));
        let post = |fields: &str| format!("POST / HTTP/1.1\r\nHost: a\r\n{fields}\r\n\r\n");
        for (status, sent) in [
            (400, "nonsense\r\n\r\n".to_owned()),
            (400, "GET / HTTP/1.1\r\n\r\n".to_owned()),
            (400, post("Content-Length: -1")),
            (400, post("Content-Length: 1\r\nContent-Length: 2")),
            (400, post("Content-Length: 1\r\nTransfer-Encoding: chunked")),
            (400, post("Transfer-Encoding: chunked") + "zz\r\n"),
            (413, post("Content-Length: 101")),
            (413, post("Content-Length: 18446744073709551615")),
            (413, post("Transfer-Encoding: chunked") + "65\r\n"),
            (417, post("Expect: tea")),
            (431, long),
            (501, post("Transfer-Encoding: gzip")),
            (505, "GET / HTTP/2.0\r\n\r\n".to_owned()),
        ] {
            let mut connection = ServerConnection::new(100);
            connection.handle_bytes(sent.as_bytes());
            assert!(connection.poll_request().is_none(), "{sent:?}");
            let answer = output(&mut connection);
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{sent:?}: {answer}");
            assert!(connection.is_finished(), "{sent:?}");
        }
    }

    #[test]
    fn a_client_that_waits_is_told_to_go_on() {
        let mut connection = ServerConnection::new(100);
        connection
            .handle_bytes(b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n");
        assert_eq!(output(&mut connection), "HTTP/1.1 100 Continue\r\n\r\n");
        connection.handle_bytes(b"x");
        assert_eq!(all(&mut connection).len(), 1);
    }

    #[test]
    fn the_connection_ends_when_the_client_wants_it() {
        let mut connection = ServerConnection::new(100);
        connection.handle_bytes(b"HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        let request = connection.poll_request().expect("a request");
        connection.respond(&Response::new(200, "text/plain\r\nX: y", b"body".to_vec()));
        let answer = output(&mut connection);
        assert_eq!(request.method, "HEAD");
        assert!(
            answer
                .ends_with("Content-Length: 4\r\nContent-Type: text/plainX: y\r\nConnection: close\r\n\r\n"),
            "{answer}"
        );
        assert!(connection.is_finished());
    }

    proptest! {
        #[test]
        fn nothing_panics_nor_grows(parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..20)) {
            let mut connection = ServerConnection::new(100);
            for part in parts {
                connection.handle_bytes(&part);
                all(&mut connection);
                prop_assert!(connection.received.len() <= LONGEST_HEAD + 300);
            }
        }
    }
}
