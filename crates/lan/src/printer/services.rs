//! What a printer's host offers, whatever stack carries it: IPP, the page, the announcement.

use core::net::Ipv4Addr;

use keyway_eap::Timestamp;

use super::announcement::{RESOURCE, announcement, host_label};
use super::{PORT, Page, PrinterEvent};
use crate::dns_sd::{Destination, Responder, ResponderEvent};
use crate::http::{Request, Response};
use crate::ipp;
use crate::ipp_printer::{IppContext, IppPrinter, PrinterIdentity};

/// Everything that a printer answers and announces, without sockets.
///
/// [`PrinterHost`](super::PrinterHost) carries it on a stack in memory; another host carries it on its own sockets: HTTP
/// requests go to [`answer`](PrinterServices::answer), messages of Multicast DNS to
/// [`handle_multicast`](PrinterServices::handle_multicast).
#[derive(Debug)]
pub struct PrinterServices {
    /// As configured; the IPP side's has the name that was announced.
    identity: PrinterIdentity,
    host: String,
    ipp: IppPrinter,
    responder: Responder,
    page: Page,
    /// Where it is served, while it is.
    place: Option<(Ipv4Addr, u16)>,
}

impl PrinterServices {
    /// A printer that is not on a network. What of `host_name` is no letter, digit or hyphen becomes a hyphen.
    pub fn new(host_name: &str, identity: PrinterIdentity, seed: u64, now: Timestamp) -> PrinterServices {
        let host = host_label(host_name);
        let page = format!("{}\n", identity.name);
        PrinterServices {
            responder: Responder::new(announcement(&identity, &host, PORT), seed),
            ipp: IppPrinter::new(identity.clone(), now),
            page: Page { media_type: "text/plain; charset=utf-8".into(), body: page.into_bytes() },
            identity,
            host,
            place: None,
        }
    }

    /// Its host name without `.local`, as configured.
    pub fn host_label(&self) -> &str {
        &self.host
    }

    /// The IPP side, to set troubles and the clock.
    pub fn ipp(&mut self) -> &mut IppPrinter {
        &mut self.ipp
    }

    /// What `GET /` shows; until it is set, a line of text.
    pub fn set_page(&mut self, page: Page) {
        self.page = page;
    }

    /// The web server is at this address and port from now on: begins to announce that.
    pub fn start(&mut self, address: Ipv4Addr, port: u16, now: Timestamp) {
        self.place = Some((address, port));
        self.responder.set_announcement(announcement(&self.identity, &self.host, port));
        self.responder.start(address, now);
    }

    /// The address is gone: silent without a word. What waits to be printed is printed.
    pub fn stop(&mut self) {
        self.place = None;
        self.responder.stop();
    }

    /// As [`stop`](PrinterServices::stop), with a good-bye to be sent first.
    pub fn leave(&mut self) {
        self.place = None;
        self.responder.say_goodbye();
    }

    /// The address of the IPP service, while it is served: `ipp://192.168.1.23:631/ipp/print`.
    pub fn uri(&self) -> Option<String> {
        self.place.map(|(address, port)| format!("ipp://{address}:{port}/{RESOURCE}"))
    }

    /// Answers an IPP request that came another way than by HTTP. `uri` is the printer's address there.
    pub fn respond(&mut self, request: &[u8], uri: &str, now: Timestamp) -> Vec<u8> {
        self.ipp.respond(request, IppContext { printer_uri: uri, now })
    }

    /// What the web server answers: `POST /ipp/print` is IPP, `GET /` is for people.
    pub fn answer(&mut self, request: &Request, now: Timestamp) -> Response {
        let path = request.target.split('?').next().unwrap_or_default();
        match (request.method.as_str(), path.trim_start_matches('/')) {
            ("POST", RESOURCE) => {
                let media_type = request.media_type.split(';').next().unwrap_or_default().trim();
                if !media_type.eq_ignore_ascii_case(ipp::MEDIA_TYPE) {
                    return Response::status(415);
                }
                let Some(uri) = self.uri() else { return Response::status(503) };
                Response::new(200, ipp::MEDIA_TYPE, self.respond(&request.body, &uri, now))
            }
            ("GET" | "HEAD", "") => Response::new(200, &self.page.media_type, self.page.body.clone()),
            ("GET" | "HEAD", "icon.png") => Response::new(200, "image/png", super::ICON),
            ("GET" | "HEAD" | "POST", _) => Response::status(404),
            _ => Response::status(405),
        }
    }

    /// A message of Multicast DNS came in from this address and port of the same network.
    pub fn handle_multicast(&mut self, message: &[u8], from: (Ipv4Addr, u16), now: Timestamp) {
        self.responder.handle(message, from, now);
    }

    /// The next message of Multicast DNS to send.
    pub fn poll_multicast(&mut self) -> Option<(Destination, Vec<u8>)> {
        self.responder.poll_transmit()
    }

    /// What happened, oldest first: [`PrinterEvent::Announced`] and [`PrinterEvent::Ipp`].
    pub fn poll_event(&mut self) -> Option<PrinterEvent> {
        if let Some(ResponderEvent::Announced { instance, host }) = self.responder.poll_event() {
            self.ipp.set_announced_name(&instance);
            return Some(PrinterEvent::Announced { instance, host });
        }
        self.ipp.poll_event().map(PrinterEvent::Ipp)
    }

    /// When [`handle_timeout`](PrinterServices::handle_timeout) wants to be called next.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        [self.responder.poll_timeout(), self.ipp.poll_timeout()].into_iter().flatten().min()
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.responder.handle_timeout(now);
        self.ipp.handle_timeout(now);
    }
}
