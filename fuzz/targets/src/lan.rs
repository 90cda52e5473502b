//! The network behind the radio: the hosts, whatever frames come; DNS-SD, IPP and HTTP, whatever octets.

use core::net::Ipv4Addr;
use std::time::Duration;

use keyway_eap::Timestamp;
use keyway_lan::computer::{ComputerConfig, ComputerHost, Document};
use keyway_lan::dns_sd::{Announcement, Browser, Destination, Responder, Service};
use keyway_lan::gateway::{GatewayConfig, GatewayHost};
use keyway_lan::http::{Response, ServerConnection};
use keyway_lan::ipp::{Attribute, Group, Header, Message, Value, group, operation};
use keyway_lan::ipp_printer::{IppContext, IppPrinter, PrinterIdentity};
use keyway_lan::printer::{PrinterConfig, PrinterHost};
use keyway_wsc::{MacAddr, Uuid};

use crate::script::Script;

const ROUTER: MacAddr = MacAddr([2, 0, 0, 0, 0, 1]);
const COMPUTER: MacAddr = MacAddr([2, 0, 0, 0, 0, 2]);
const PRINTER: MacAddr = MacAddr([2, 0, 0, 0, 1, 1]);

/// How long a frame is on its way.
const FLIGHT: Duration = Duration::from_millis(1);

/// The longest that an address, an announcement and a look take, lost messages included.
const SETTLED: Duration = Duration::from_secs(90);

const URI: &str = "ipp://192.168.1.20:631/ipp/print";

fn identity() -> PrinterIdentity {
    PrinterIdentity {
        name: "Keyway P3 (BLUE-42)".into(),
        make: "Keyway".into(),
        model: "P3".into(),
        uuid: Uuid::from_mac(PRINTER),
        location: String::new(),
        color: true,
        duplex: true,
    }
}

/// A router, a printer and a computer on one cable.
struct Lan {
    now: Timestamp,
    gateway: GatewayHost,
    printer: PrinterHost,
    computer: ComputerHost,
    on_the_way: Vec<Vec<u8>>,
    dump: Vec<Vec<u8>>,
}

impl Lan {
    fn new() -> Lan {
        let now = Timestamp::from_secs(1);
        let printer =
            PrinterConfig { mac: PRINTER, host_name: "keyway-blue-42".into(), identity: identity(), seed: 8 };
        let computer =
            ComputerConfig { mac: COMPUTER, host_name: "desk".into(), user: "ada".into(), seed: 9 };
        let mut lan = Lan {
            now,
            gateway: GatewayHost::new(GatewayConfig::home(ROUTER, 7), now),
            printer: PrinterHost::new(printer, now),
            computer: ComputerHost::new(computer, now),
            on_the_way: Vec::new(),
            dump: Vec::new(),
        };
        lan.gateway.link_up(now);
        lan.printer.link_up(now);
        lan.computer.link_up(now);
        lan
    }

    fn collect(&mut self) {
        while self.gateway.poll_event().is_some() {}
        while self.printer.poll_event().is_some() {}
        while self.computer.poll_event().is_some() {}
        let before = self.on_the_way.len();
        self.on_the_way.extend(std::iter::from_fn(|| self.gateway.poll_transmit()));
        self.on_the_way.extend(std::iter::from_fn(|| self.printer.poll_transmit()));
        self.on_the_way.extend(std::iter::from_fn(|| self.computer.poll_transmit()));
        if self.dump.len() < 2000 {
            self.dump.extend_from_slice(&self.on_the_way[before..]);
        }
    }

    fn run_until(&mut self, duration: Duration, mut is_so: impl FnMut(&Lan) -> bool) -> bool {
        let end = self.now + duration;
        self.collect();
        let mut steps = 0_u32;
        while !is_so(self) {
            let timeouts =
                [self.gateway.poll_timeout(), self.printer.poll_timeout(), self.computer.poll_timeout()];
            let arrival = (!self.on_the_way.is_empty()).then(|| self.now + FLIGHT);
            let Some(next) = timeouts.into_iter().flatten().chain(arrival).min().filter(|next| *next <= end)
            else {
                self.now = end;
                return false;
            };
            steps += 1;
            assert!(steps < 100_000, "the clock stands still: {timeouts:?}");
            self.now = self.now.max(next);
            if arrival.is_some_and(|at| at <= self.now) {
                for frame in core::mem::take(&mut self.on_the_way) {
                    self.deliver(&frame);
                }
            }
            self.gateway.handle_timeout(self.now);
            self.printer.handle_timeout(self.now);
            self.computer.handle_timeout(self.now);
            self.collect();
        }
        true
    }

    fn deliver(&mut self, frame: &[u8]) {
        let to_all = frame.first().is_some_and(|octet| octet & 1 == 1);
        let is_for = |mac: MacAddr| to_all || frame.get(..6) == Some(&mac.0[..]);
        if is_for(ROUTER) {
            self.gateway.handle_ethernet(frame, self.now);
        }
        if is_for(PRINTER) {
            self.printer.handle_ethernet(frame, self.now);
        }
        if is_for(COMPUTER) {
            self.computer.handle_ethernet(frame, self.now);
        }
    }
}

/// Frames, each behind its length, to whoever they are addressed to. Afterwards, with links made anew, the computer
/// finds the printer.
pub(crate) fn hosts(input: &[u8]) {
    let mut script = Script::new(input);
    let mut lan = Lan::new();
    lan.run_until(Duration::from_millis(u64::from(script.byte()) * 100), |_| false);
    while !script.is_over() {
        let mut frame = script.many_bytes().to_vec();
        mend_checksums(&mut frame);
        lan.deliver(&frame);
        lan.collect();
        lan.run_until(Duration::from_millis(u64::from(script.byte())), |_| false);
    }
    let sent = lan.dump.len();
    lan.run_until(Duration::from_secs(2), |_| false);
    assert!(lan.dump.len() < sent + 500, "{} frames were sent", lan.dump.len() - sent);
    let now = lan.now;
    lan.gateway.link_down(now);
    lan.printer.link_down(now);
    lan.computer.link_down(now);
    lan.on_the_way.clear();
    // What a stranger made it believe is forgotten by then.
    lan.run_until(Duration::from_secs(150), |_| false);
    let now = lan.now;
    lan.gateway.link_up(now);
    lan.printer.link_up(now);
    lan.computer.link_up(now);
    let found = lan.run_until(SETTLED, |lan| !lan.computer.printers().is_empty());
    assert!(found, "it does not recover");
}

/// Makes the checksums of IPv4, ICMP and TCP right, and leaves that of UDP out: nothing changed would come further than
/// them otherwise.
fn mend_checksums(frame: &mut [u8]) {
    let Some(&[.., 8, 0, first]) = frame.first_chunk::<15>() else { return };
    let header = usize::from(first & 0x0f) * 4;
    let Some(length) =
        frame.get(16..18).map(|octets| usize::from(u16::from_be_bytes([octets[0], octets[1]])))
    else {
        return;
    };
    if header < 20 || length < header || frame.len() < 14 + length {
        return;
    }
    let (packet, protocol) = (&mut frame[14..14 + length], 9);
    packet[10..12].fill(0);
    let sum = checksum(0, &packet[..header]);
    packet[10..12].copy_from_slice(&sum.to_be_bytes());
    let pseudo = packet[12..20].chunks(2).map(word).sum::<u32>()
        + u32::from(packet[protocol])
        + u32::try_from(length - header).unwrap_or(0);
    let (at, start) = match (packet[protocol], length - header) {
        (1, 4..) => (Some(header + 2), 0),
        (6, 18..) => (Some(header + 16), pseudo),
        (17, 8..) => {
            packet[header + 6..header + 8].fill(0);
            (None, 0)
        }
        _ => (None, 0),
    };
    if let Some(at) = at {
        packet[at..at + 2].fill(0);
        let sum = checksum(start, &packet[header..]);
        packet[at..at + 2].copy_from_slice(&sum.to_be_bytes());
    }
}

fn word(octets: &[u8]) -> u32 {
    let [high, low] = [octets[0], octets.get(1).copied().unwrap_or(0)];
    u32::from(u16::from_be_bytes([high, low]))
}

fn checksum(start: u32, octets: &[u8]) -> u16 {
    let mut sum = start + octets.chunks(2).map(word).sum::<u32>();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !u16::try_from(sum).unwrap_or(0)
}

/// Everything that was sent until a document was printed: DHCP, ARP, DNS-SD, TCP with HTTP and IPP.
pub(crate) fn host_seeds() -> Vec<Vec<u8>> {
    let mut lan = Lan::new();
    lan.run_until(SETTLED, |lan| !lan.computer.printers().is_empty());
    let printer = lan.computer.printers().remove(0);
    let document =
        Document { name: "Letter".into(), format: "application/pdf".into(), bytes: vec![b'x'; 600] };
    lan.computer.print(&printer, document, lan.now);
    lan.run_until(Duration::from_secs(5), |_| false);
    let frames: Vec<_> = lan.dump.iter().filter(|frame| frame.len() <= 1500).collect();
    // A few frames each, which together have them all.
    let seed = |frames: &[&Vec<u8>]| {
        let mut seed = vec![50];
        for frame in frames {
            seed.extend(u16::try_from(frame.len()).expect("frames are short").to_be_bytes());
            seed.extend(frame.iter());
            seed.push(20);
        }
        seed
    };
    frames.chunks(3).map(seed).collect()
}

/// DNS messages to one who announces and one who looks.
pub(crate) fn dns_sd(input: &[u8]) {
    let mut script = Script::new(input);
    let mut now = Timestamp::from_secs(1);
    let (mut responder, mut browser) = announcing(now);
    let mut sent = 0_usize;
    let mut received = 0_usize;
    while !script.is_over() {
        let choice = script.byte();
        let from = (Ipv4Addr::new(192, 168, 1, 3 + choice % 3), if choice & 64 == 0 { 5353 } else { 1024 });
        let message = script.many_bytes();
        responder.handle(message, from, now);
        browser.handle(message, from, now);
        received += 1;
        now = now + Duration::from_millis(u64::from(choice) * 20);
        responder.handle_timeout(now);
        browser.handle_timeout(now);
        let timeouts = [responder.poll_timeout(), browser.poll_timeout()];
        assert!(timeouts.into_iter().flatten().all(|at| at > now), "the clock stands still: {timeouts:?}");
        while responder.poll_event().is_some() {}
        while browser.poll_event().is_some() {}
        let out = std::iter::from_fn(|| responder.poll_transmit().or_else(|| browser.poll_transmit()));
        for (_, message) in out {
            assert!(message.len() <= 1472, "{} octets", message.len());
            sent += 1;
        }
        assert!(browser.found().count() <= 256);
    }
    assert!(sent <= 20 + 20 * received, "{sent} messages after {received}");
}

fn announcing(now: Timestamp) -> (Responder, Browser) {
    let service = Service {
        kind: "_ipp._tcp",
        subtypes: vec!["_print"],
        port: 631,
        txt: vec![("rp".into(), "ipp/print".into()), ("note".into(), "Hall".into())],
    };
    let announcement = Announcement { instance: "Blue".into(), host: "blue".into(), services: vec![service] };
    let mut responder = Responder::new(announcement, 1);
    let mut browser = Browser::new("_ipp._tcp");
    responder.start(Ipv4Addr::new(192, 168, 1, 20), now);
    browser.start(now);
    (responder, browser)
}

pub(crate) fn dns_sd_seeds() -> Vec<Vec<u8>> {
    let mut now = Timestamp::from_secs(1);
    let (mut responder, mut browser) = announcing(now);
    let mut messages: Vec<(Destination, Vec<u8>)> = Vec::new();
    for _ in 0..20 {
        now = now + Duration::from_millis(300);
        responder.handle_timeout(now);
        browser.handle_timeout(now);
        let out = std::iter::from_fn(|| responder.poll_transmit().or_else(|| browser.poll_transmit()));
        messages.extend(out);
        if messages.len() == 8 {
            responder.say_goodbye();
        }
    }
    messages
        .chunks(2)
        .map(|messages| {
            let mut seed = Vec::new();
            for (_, message) in messages {
                seed.push(15);
                seed.extend(u16::try_from(message.len()).expect("messages are short").to_be_bytes());
                seed.extend(message);
            }
            seed
        })
        .collect()
}

/// An IPP request: it is answered, whatever it is, with its own number.
pub(crate) fn ipp(input: &[u8]) {
    let mut printer = IppPrinter::new(identity(), Timestamp::ZERO);
    let context = IppContext { printer_uri: URI, now: Timestamp::from_secs(1) };
    let answer = printer.respond(input, context);
    let (answer, rest) = Message::read(&answer).expect("what is answered can be read");
    assert!(rest.is_empty());
    if let Some(header) = Header::read(input) {
        assert_eq!(answer.header.request, header.request);
    }
    if let Ok((message, document)) = Message::read(input) {
        let written = [&message.write()[..], document].concat();
        assert_eq!(Message::read(&written), Ok((message, document)));
    }
    while printer.poll_event().is_some() {}
    let mut now = Timestamp::from_secs(1);
    for _ in 0..50 {
        let Some(next) = printer.poll_timeout() else { break };
        now = now.max(next);
        printer.handle_timeout(now);
        while printer.poll_event().is_some() {}
        assert!(printer.poll_timeout().is_none_or(|next| next > now), "the clock stands still");
    }
}

pub(crate) fn ipp_seeds() -> Vec<Vec<u8>> {
    let operations = [
        operation::PRINT_JOB,
        operation::VALIDATE_JOB,
        operation::CREATE_JOB,
        operation::SEND_DOCUMENT,
        operation::CANCEL_JOB,
        operation::GET_JOB_ATTRIBUTES,
        operation::GET_JOBS,
        operation::GET_PRINTER_ATTRIBUTES,
        operation::IDENTIFY_PRINTER,
        operation::CLOSE_JOB,
    ];
    let mut seeds: Vec<Vec<u8>> = operations
        .into_iter()
        .map(|operation| {
            let mut message = Message::request(operation, 7, URI);
            let mut job = Group::new(group::JOB);
            job.attributes.push(Attribute::new("sides", Value::keyword("two-sided-long-edge")));
            message.groups.push(job);
            [&message.write()[..], b"%PDF-1.7 document"].concat()
        })
        .collect();
    // An answer has collections and every kind of value.
    let mut printer = IppPrinter::new(identity(), Timestamp::ZERO);
    let context = IppContext { printer_uri: URI, now: Timestamp::from_secs(1) };
    let request = Message::request(operation::GET_PRINTER_ATTRIBUTES, 1, URI).write();
    seeds.push(printer.respond(&request, context));
    seeds
}

/// What a client sends to the printer's web server, in two pieces and at once: the same requests come of it.
pub(crate) fn http(input: &[u8]) {
    let whole = requests(&[input]);
    let (first, second) = input.split_at(input.len() / 2);
    assert_eq!(whole, requests(&[first, second]));
}

fn requests(pieces: &[&[u8]]) -> Vec<(String, Vec<u8>)> {
    const LIMIT: usize = 1000;
    let mut connection = ServerConnection::new(LIMIT);
    let mut seen = Vec::new();
    for piece in pieces {
        connection.handle_bytes(piece);
        while let Some(request) = connection.poll_request() {
            assert!(request.body.len() <= LIMIT);
            seen.push((format!("{} {}", request.method, request.target), request.body));
            connection.respond(&Response::new(200, "text/plain", "well"));
        }
        while connection.pending() > 0 {
            assert!((1..=100).contains(&connection.take_output(100).len()));
        }
    }
    seen
}

pub(crate) fn http_seeds() -> Vec<Vec<u8>> {
    [
        &b"GET / HTTP/1.1\r\nHost: blue.local\r\n\r\n"[..],
        b"POST /ipp/print HTTP/1.1\r\nHost: b\r\nContent-Type: application/ipp\r\nContent-Length: 5\r\n\r\nhelloGET /icon.png HTTP/1.0\r\n\r\n",
        b"POST /ipp/print HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: 1\r\n\r\n",
        b"HEAD / HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n",
    ]
    .map(<[u8]>::to_vec)
    .to_vec()
}
