//! CUPS' `ipptool` against our printer on loopback: its own conformance tests. Needs no root.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use keyway_eap::Timestamp;
use keyway_interop::requirements;
use keyway_interop::scratch::Scratch;
use keyway_lan::http::{Request, Response, ServerConnection};
use keyway_lan::ipp_printer::{IppContext, IppEvent, IppPrinter, PrinterIdentity, REQUEST_LIMIT};
use keyway_wsc::{MacAddr, Uuid};

/// The smallest PDF that is one: a page without anything on it.
const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
    3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

/// A printer behind a socket, until the test ends.
struct Server {
    uri: String,
    printer: Arc<Mutex<IppPrinter>>,
}

impl Server {
    fn start() -> Server {
        let identity = PrinterIdentity {
            name: "Keyway P3 (BLUE-42)".into(),
            make: "Keyway".into(),
            model: "P3".into(),
            uuid: Uuid::from_mac(MacAddr([2, 0, 0, 0, 0, 3])),
            location: "Study".into(),
            color: true,
            duplex: true,
        };
        let mut printer = IppPrinter::new(identity, Timestamp::ZERO);
        printer.set_clock(1_700_000_000);
        let printer = Arc::new(Mutex::new(printer));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let uri = format!("ipp://{}/ipp/print", listener.local_addr().expect("an address"));
        let (shared, own_uri, begin) = (Arc::clone(&printer), uri.clone(), Instant::now());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (printer, uri) = (Arc::clone(&shared), own_uri.clone());
                std::thread::spawn(move || serve(stream.expect("a connection"), &printer, &uri, begin));
            }
        });
        Server { uri, printer }
    }

    /// Runs one of CUPS' test files, and returns what it reports about each test in it.
    fn ipptool(&self, test: &str, arguments: &[&str]) -> String {
        let mut command = Command::new(requirements::program("ipptool"));
        command.args(["-tv", "-T", "30"]).args(arguments).arg(&self.uri).arg(test);
        let output = command.output().expect("ipptool runs");
        let report = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{test}:\n{}", failures(&report));
        report
    }

    fn printed(&self) -> Vec<Vec<u8>> {
        let mut printer = self.printer.lock().expect("no thread panicked");
        let events = std::iter::from_fn(|| printer.poll_event());
        let bytes = |event| match event {
            IppEvent::Job(job) => Some(job.bytes),
            _ => None,
        };
        events.filter_map(bytes).collect()
    }
}

fn serve(mut stream: TcpStream, printer: &Mutex<IppPrinter>, uri: &str, begin: Instant) {
    let mut connection = ServerConnection::new(REQUEST_LIMIT);
    let mut buffer = [0; 4096];
    while !connection.is_finished() {
        let Ok(count @ 1..) = stream.read(&mut buffer) else { return };
        connection.handle_bytes(&buffer[..count]);
        while let Some(request) = connection.poll_request() {
            let now = Timestamp::from_epoch(begin.elapsed());
            connection.respond(&answer(&request, printer, IppContext { printer_uri: uri, now }));
        }
        if stream.write_all(&connection.take_output(usize::MAX)).is_err() {
            return;
        }
    }
}

fn answer(request: &Request, printer: &Mutex<IppPrinter>, context: IppContext<'_>) -> Response {
    if (request.method.as_str(), request.target.as_str()) != ("POST", "/ipp/print") {
        return Response::status(404);
    }
    let body = printer.lock().expect("no thread panicked").respond(&request.body, context);
    Response::new(200, keyway_lan::ipp::MEDIA_TYPE, body)
}

/// The tests of a report that failed, with what ipptool says about them.
fn failures(report: &str) -> String {
    let mut failed = String::new();
    let mut in_failed = false;
    for line in report.lines() {
        if let Some(start) = line.rfind("[PASS]").or(line.rfind("[SKIP]")).or(line.rfind("[FAIL]")) {
            in_failed = line[start..].starts_with("[FAIL]");
        }
        if in_failed {
            failed += line;
            failed.push('\n');
        }
    }
    failed
}

fn passes(report: &str) -> usize {
    report.matches("[PASS]").count()
}

fn file(scratch: &Scratch, name: &str, content: &[u8]) -> String {
    let path: &Path = &scratch.file(name);
    std::fs::write(path, content).expect("a file");
    path.to_str().expect("UTF-8").to_owned()
}

#[test]
fn its_attributes_are_complete() {
    let server = Server::start();
    let report = server.ipptool("get-printer-attributes.test", &[]);
    assert_eq!(passes(&report), 1, "{report}");
    for attribute in [
        "media-col-database (1setOf collection)",
        "printer-uuid (uri) = urn:uuid:",
        "printer-state (enum) = idle",
    ] {
        assert!(report.contains(attribute), "{attribute} is missing:\n{report}");
    }
}

#[test]
fn a_job_is_validated_and_printed() {
    let server = Server::start();
    let scratch = Scratch::new("cups");
    let pdf = file(&scratch, "page.pdf", PDF);
    let text = file(&scratch, "page.txt", b"One line.\n");
    for test in ["validate-job.test", "print-job.test", "print-job-and-wait.test"] {
        server.ipptool(test, &["-f", &pdf]);
    }
    server.ipptool("print-job-and-wait.test", &["-f", &text]);
    assert_eq!(server.printed(), [PDF, PDF, b"One line.\n"]);
    server.ipptool("get-completed-jobs.test", &[]);
    server.ipptool("identify-printer.test", &[]);
}

#[test]
fn it_conforms_to_version_1_1_and_2_0() {
    let server = Server::start();
    let scratch = Scratch::new("cups");
    let pdf = file(&scratch, "page.pdf", PDF);
    let report = server.ipptool("ipp-1.1.test", &["-f", &pdf]);
    assert!(passes(&report) >= 25, "{report}");
    let report = server.ipptool("ipp-2.0.test", &["-V", "2.0", "-f", &pdf]);
    assert!(passes(&report) >= 26, "{report}");
}

#[test]
fn it_has_what_ipp_everywhere_requires() {
    let report = Server::start().ipptool("ipp-everywhere.test", &[]);
    assert!(passes(&report) >= 1, "{report}");
}
