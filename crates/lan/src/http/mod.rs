//! HTTP/1.1 (RFC 9112) as far as IPP needs it: octets in and out, no socket.
//!
//! A [`ServerConnection`] turns what a client sent into [`Request`]s and [`Response`]s into octets; a [`ClientExchange`]
//! does the reverse for one request. Heads have 8192 octets at most, bodies as many as the owner allows.

mod body;
mod client;
mod server;

pub use client::{ClientExchange, ClientProblem};
pub use server::{Request, ServerConnection};

/// The longest head of a message, in octets.
const LONGEST_HEAD: usize = 8192;

/// The most header fields in a head.
const MOST_FIELDS: usize = 64;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status, 200 for instance.
    pub status: u16,
    /// The body's media type; possibly empty.
    pub media_type: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// An answer with a body.
    pub fn new(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Response {
        Response { status, media_type: media_type.to_owned(), body: body.into() }
    }

    /// An answer that says in a line of text what its status means.
    pub fn status(status: u16) -> Response {
        Response::new(status, "text/plain; charset=utf-8", format!("{status} {}\n", reason(status)))
    }
}

/// What is said of a status.
fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        411 => "Length Required",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        417 => "Expectation Failed",
        431 => "Request Header Fields Too Large",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        505 => "HTTP Version Not Supported",
        _ => "Other",
    }
}

/// A text that may stand in a header field: control characters would begin another.
fn field_text(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}
