//! The smallest HTTP/1.1 client that sends exactly what it is told, so that wrong requests can be sent too.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

/// The longest that anything may take: a test that hangs fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// The header with this name, which is in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("UTF-8")
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), Some("application/json"), "{self:?}");
        serde_json::from_slice(&self.body).expect("JSON")
    }

    /// The body, after a check of the status.
    pub(crate) fn ok(self, status: u16) -> Reply {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self
    }
}

/// A request: a line, headers, a body.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn new(method: &str, target: &str) -> Request {
        Request {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// With this header besides.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Request {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With this body.
    pub(crate) fn body(mut self, kind: &str, body: impl Into<Vec<u8>>) -> Request {
        self.body = body.into();
        self.header("Content-Type", kind)
    }

    /// The octets on the wire. A `Host` that was given stands in place of the true one.
    fn octets(&self, address: SocketAddr, connection: &str) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        if !self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            head += &format!("Host: {address}\r\n");
        }
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        if !self.body.is_empty() || !matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS") {
            head += &format!("Content-Length: {}\r\n", self.body.len());
        }
        head += &format!("Connection: {connection}\r\n\r\n");
        [head.as_bytes(), &self.body].concat()
    }

    /// Sends it and takes the answer.
    pub(crate) fn send(&self, address: SocketAddr) -> Reply {
        let reply = exchange(address, &self.octets(address, "close"));
        reply.unwrap_or_else(|| panic!("no answer to {} {}", self.method, self.target))
    }
}

/// Sends octets; the answer, if there is one. A server may stop reading before it has read everything.
pub(crate) fn exchange(address: SocketAddr, octets: &[u8]) -> Option<Reply> {
    let mut stream = connect(address);
    let sent = stream.write_all(octets);
    answer(stream, sent)
}

/// The same for octets that need not be a whole request: says that no more will come.
pub(crate) fn exchange_and_end(address: SocketAddr, octets: &[u8]) -> Option<Reply> {
    let mut stream = connect(address);
    let sent = stream.write_all(octets).and_then(|()| stream.shutdown(Shutdown::Write));
    answer(stream, sent)
}

fn answer(mut stream: TcpStream, sent: std::io::Result<()>) -> Option<Reply> {
    let mut answer = Vec::new();
    let mut part = [0; 4096];
    let end = loop {
        match stream.read(&mut part) {
            Ok(0) => break Ok(()),
            Ok(count) => answer.extend(&part[..count]),
            Err(error) => break Err(error),
        }
    };
    let reply = parse(&answer);
    // A broken connection is one only when what came first was no answer.
    assert!(reply.is_some() || (sent.is_err() || end.is_err() || answer.is_empty()), "half an answer");
    if let Err(error) = end {
        assert_ne!(error.kind(), std::io::ErrorKind::WouldBlock, "the server hangs");
    }
    reply
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("the server listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    stream.set_write_timeout(Some(PATIENCE)).expect("a timeout");
    stream
}

fn parse(answer: &[u8]) -> Option<Reply> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let (status, headers) = parse_head(std::str::from_utf8(&answer[..end]).ok()?)?;
    let mut reply = Reply { status, headers, body: answer[end + 4..].to_vec() };
    if let Some(length) = reply.header("content-length").and_then(|length| length.parse::<usize>().ok()) {
        // The answer to HEAD says how long it would be.
        (reply.body.is_empty() || reply.body.len() == length).then_some(reply)
    } else if reply.header("transfer-encoding") == Some("chunked") {
        reply.body = unchunked(&reply.body)?;
        Some(reply)
    } else {
        Some(reply)
    }
}

fn parse_head(head: &str) -> Option<(u16, Vec<(String, String)>)> {
    let mut lines = head.split("\r\n");
    let status = lines.next()?.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines.map(|line| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim().to_owned()))
    });
    Some((status, headers.collect::<Option<_>>()?))
}

fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = rest.windows(2).position(|two| two == b"\r\n")?;
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..line]).ok()?, 16).ok()?;
        rest = &rest[line + 2..];
        if length == 0 {
            return Some(body);
        }
        body.extend(rest.get(..length)?);
        rest = rest.get(length + 2..)?;
    }
}

/// A stream of server-sent events that stays open.
pub(crate) struct Events {
    reader: BufReader<TcpStream>,
    pending: String,
}

impl Events {
    /// Opens it.
    pub(crate) fn open(address: SocketAddr, path: &str) -> Events {
        let mut stream = connect(address);
        let request = Request::new("GET", path).header("Accept", "text/event-stream");
        stream.write_all(&request.octets(address, "keep-alive")).expect("the request is sent");
        let mut reader = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert_ne!(reader.read_line(&mut head).expect("an answer"), 0, "{head}");
        }
        let (status, headers) = parse_head(head.trim_end()).expect("an answer");
        let find = |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, v)| v.as_str());
        assert_eq!((status, find("content-type")), (200, Some("text/event-stream")));
        assert_eq!(find("transfer-encoding"), Some("chunked"));
        Events { reader, pending: String::new() }
    }

    /// The next event: its name and its data. Comments, which keep the stream alive, are passed over; a few in a row
    /// mean that nothing comes any more.
    pub(crate) fn next(&mut self) -> (String, String) {
        let mut comments = 0;
        loop {
            if let Some((event, rest)) = self.pending.split_once("\n\n") {
                let event = event.to_owned();
                self.pending = rest.to_owned();
                let field = |name: &str| {
                    let values = event.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
                    values
                        .map(|value| value.strip_prefix(' ').unwrap_or(value))
                        .collect::<Vec<_>>()
                        .join("\n")
                };
                if event.lines().any(|line| !line.starts_with(':')) {
                    return (field("event"), field("data"));
                }
                comments += 1;
                assert!(comments < 4, "nothing comes but comments");
                continue;
            }
            let mut length = String::new();
            self.reader.read_line(&mut length).expect("a chunk");
            let length = usize::from_str_radix(length.trim_end(), 16).expect("the length of a chunk");
            assert_ne!(length, 0, "the stream has ended");
            let mut chunk = vec![0; length + 2];
            self.reader.read_exact(&mut chunk).expect("a chunk");
            self.pending += std::str::from_utf8(&chunk[..length]).expect("UTF-8");
        }
    }
}

/// Text as a form's field has it.
pub(crate) fn encoded(text: &str) -> String {
    let octet = |octet: u8| match octet {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(octet).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(octet).collect()
}

/// Fields as the body of a form.
pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    let fields = fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    fields.collect::<Vec<_>>().join("&")
}

/// The media type of a form.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
/// The media type of JSON.
pub(crate) const JSON: &str = "application/json";
