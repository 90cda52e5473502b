//! A printer of the home as this machine prints on it: IPP over HTTP.

use crate::client::{JSON, Reply, Request};
use crate::house::House;
use crate::setup::wait_until_found;
use serde_json::json;
use std::net::SocketAddr;

const IPP: &str = "application/ipp";
const PRINT_JOB: u16 = 0x0002;
const GET_PRINTER_ATTRIBUTES: u16 = 0x000b;

/// An IPP request (RFC 8010, section 3.1): operation, its attributes, a document.
fn request(operation: u16, uri: &str, format: Option<&str>, document: &[u8]) -> Vec<u8> {
    let mut octets = vec![2, 0];
    octets.extend(operation.to_be_bytes());
    octets.extend([0, 0, 0, 1, 1]);
    let mut add = |tag: u8, name: &str, value: &str| {
        octets.push(tag);
        for text in [name, value] {
            octets.extend(u16::try_from(text.len()).expect("short").to_be_bytes());
            octets.extend(text.as_bytes());
        }
    };
    add(0x47, "attributes-charset", "utf-8");
    add(0x48, "attributes-natural-language", "en");
    add(0x45, "printer-uri", uri);
    if let Some(format) = format {
        add(0x49, "document-format", format);
    }
    octets.push(3);
    octets.extend(document);
    octets
}

fn send(address: SocketAddr, body: Vec<u8>) -> Reply {
    Request::new("POST", "/ipp/print").body(IPP, body).send(address)
}

/// The status of an answer.
fn status(reply: &Reply) -> u16 {
    assert_eq!((reply.status, reply.header("content-type")), (200, Some(IPP)));
    u16::from_be_bytes([reply.body[2], reply.body[3]])
}

#[test]
fn what_is_printed_lies_in_the_tray() {
    let house = House::open();
    let mut owner = house.owner();
    let (address, uri) = house.serve_printer("study");
    let ask = || request(GET_PRINTER_ATTRIBUTES, &uri, None, b"");
    assert_eq!(send(address, ask()).status, 503, "it is not online yet");
    let passphrase = owner.router()["passphrase"].clone();
    let start = json!({ "do": "start", "method": "passphrase", "ssid": "Home", "secret": passphrase });
    owner.at_printer("study", start);
    wait_until_found(&mut owner, "study");

    let reply = send(address, ask());
    assert_eq!(status(&reply), 0);
    let text = String::from_utf8_lossy(&reply.body).into_owned();
    assert!(text.contains(&uri) && text.contains("application/pdf"), "{text}");
    let document = b"A letter.\n";
    let reply = send(address, request(PRINT_JOB, &uri, Some("text/plain"), document));
    assert_eq!(status(&reply), 0);
    owner.wait(10);
    let reply = owner.get("/printer/study/paper/1").ok(200);
    assert_eq!((reply.header("content-type"), reply.body.as_slice()), (Some("text/plain"), &document[..]));
    crate::pages::check_headers(&reply.headers);

    // What a browser would run is no format of the printer; what it cannot show is handed out as a file.
    let script = b"<script>alert(1)</script>";
    for format in ["text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript"] {
        assert_eq!(
            status(&send(address, request(PRINT_JOB, &uri, Some(format), script))),
            0x040a,
            "{format}"
        );
    }
    let before = owner.home().printers[0].papers.len();
    assert_eq!(status(&send(address, request(PRINT_JOB, &uri, Some("image/pwg-raster"), script))), 0);
    owner.wait(10);
    let papers = owner.home().printers[0].papers.clone();
    assert_eq!(papers.len(), before + 1);
    let reply = owner.get(&format!("/printer/study/paper/{}", papers[0].number)).ok(200);
    assert_eq!(reply.header("content-type"), Some("application/octet-stream"));
    assert_eq!(reply.header("content-disposition"), Some("attachment; filename=\"document\""));
}

#[test]
fn what_is_no_print_job_is_refused() {
    let house = House::open();
    let mut owner = house.owner();
    let (address, uri) = house.serve_printer("study");
    let passphrase = owner.router()["passphrase"].clone();
    let start = json!({ "do": "start", "method": "passphrase", "ssid": "Home", "secret": passphrase });
    owner.at_printer("study", start);
    wait_until_found(&mut owner, "study");
    for (method, path, status) in
        [("GET", "/ipp/print", 405), ("OPTIONS", "/ipp/print", 405), ("POST", "/", 404)]
    {
        Request::new(method, path).send(address).ok(status);
    }
    for kind in [JSON, "text/plain", "", "application/ipp2"] {
        let body = request(GET_PRINTER_ATTRIBUTES, &uri, None, b"");
        Request::new("POST", "/ipp/print").body(kind, body).send(address).ok(415);
    }
    // A page elsewhere may have pointed its own name here.
    for (host, expected) in [("evil.example", 421), ("localhost", 200), ("keyway-grey-92.local:631", 200)] {
        let body = request(GET_PRINTER_ATTRIBUTES, &uri, None, b"");
        Request::new("POST", "/ipp/print").header("host", host).body(IPP, body).send(address).ok(expected);
    }
    // A request that is cut off or damaged gets an answer of IPP that says so, and never ends the server.
    let whole = request(PRINT_JOB, &uri, Some("text/plain"), b"");
    for length in 0..whole.len() {
        let reply = send(address, whole[..length].to_vec());
        assert!(reply.status == 400 || status(&reply) >= 0x0400, "{length}: {}", reply.status);
    }
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 0xff;
        let reply = send(address, damaged);
        assert!(reply.status == 400 || reply.header("content-type") == Some(IPP), "{at}: {}", reply.status);
    }
    assert_eq!(status(&send(address, request(GET_PRINTER_ATTRIBUTES, &uri, None, b""))), 0);
}
