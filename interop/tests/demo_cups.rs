//! CUPS' `ippfind` and `ipptool` find and query a printer of the demo on this machine's loopback, as a print system
//! would: over DNS-SD by Avahi, in a namespace that has nothing but loopback. Needs root.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::thread;

use keyway_interop::avahi::Avahi;
use keyway_interop::process::{Process, run};
use keyway_interop::scratch::Scratch;
use keyway_interop::{keyway, requirements};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use serde_json::{Value, json};

/// The smallest PDF that is one: a page without anything on it.
const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
    3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

/// A network namespace with loopback as any machine has it, and nothing else.
struct Island(String);

impl Island {
    fn new() -> Island {
        requirements::check();
        let island = Island(format!("keyway-island-{}", std::process::id()));
        let ip = |arguments: &str| {
            let mut command = Command::new(requirements::program("ip"));
            command.args(arguments.split(' '));
            run(command);
        };
        ip(&format!("netns add {}", island.0));
        ip(&format!("-n {} link set lo up", island.0));
        island
    }

    /// A program in it.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(requirements::program("ip"));
        command.args(["netns", "exec", &self.0]).arg(program);
        command
    }

    /// Does something in it, on a thread of its own.
    fn inside<T: Send>(&self, task: impl FnOnce() -> T + Send) -> T {
        let file = std::fs::File::open(format!("/run/netns/{}", self.0)).expect("the namespace");
        thread::scope(|scope| {
            let thread = scope.spawn(|| {
                move_into_link_name_space(std::os::fd::AsFd::as_fd(&file), Some(LinkNameSpaceType::Network))
                    .expect("into the namespace");
                task()
            });
            thread.join().expect("no panic inside")
        })
    }
}

impl Drop for Island {
    fn drop(&mut self) {
        // What is left of it is told by `ip netns`.
        let _ = Command::new(requirements::program("ip")).args(["netns", "delete", &self.0]).status();
    }
}

/// What a program does through the demo's API.
struct Api {
    host: String,
    cookie: String,
    token: String,
}

impl Api {
    fn ask(&mut self, method: &str, path: &str, body: &Value) -> Value {
        let body = body.to_string();
        let mut stream = TcpStream::connect(&self.host).expect("the demo answers");
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nCookie: {}\r\nX-Keyway-Token: {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.host,
            self.cookie,
            self.token,
            body.len()
        )
        .expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        assert!(head.starts_with("HTTP/1.1 20"), "{method} {path}: {answer}");
        if let Some(cookie) = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")) {
            self.cookie = cookie.split(';').next().expect("a cookie").to_owned();
        }
        let value: Value = serde_json::from_str(body).unwrap_or_default();
        if let Some(token) = value["token"].as_str() {
            self.token = token.to_owned();
        }
        value
    }
}

#[test]
fn ippfind_and_ipptool_find_and_query_the_demos_printer() {
    let island = Island::new();
    let avahi = Avahi::start(|program| island.command(program), "lo");
    let mut command = island.command(keyway::binary());
    command.args(["demo", "--listen", "127.0.0.1:0", "--json", "--seed", "3"]);
    let demo = Process::spawn("keyway demo", command);
    let event: Value = serde_json::from_str(&demo.wait_for("home-open")).expect("an event");
    let url = event["url"].as_str().expect("an address");
    let host = url.trim_start_matches("http://").trim_end_matches('/').to_owned();

    island.inside(|| {
        let mut api = Api { host, cookie: String::new(), token: String::new() };
        api.ask("GET", "/api/session", &Value::Null);
        api.ask("POST", "/api/password", &json!({ "password": "a password for tests" }));
        let router = api.ask("GET", "/api/router", &Value::Null);
        let start =
            json!({ "do": "start", "method": "passphrase", "ssid": "Home", "secret": router["passphrase"] });
        let action = json!({ "at": "printer", "printer": "study", "action": start });
        api.ask("POST", "/api/actions", &action);
    });
    let event: Value = serde_json::from_str(&demo.wait_for("printer-online")).expect("an event");
    let uri = event["uri"].as_str().expect("its address");
    let port = uri.rsplit(':').next().and_then(|rest| rest.split('/').next()).expect("a port");

    let find = |kind: &str| {
        let mut command = island.command(&requirements::program("ippfind"));
        avahi.serve(&mut command);
        command.args(["-T", "3", kind, "-P", port, "--txt-rp", "^ipp/print$", "--txt-ty", "Keyway"]);
        command.args(["--exec", "echo", "{service_name}", "{service_uri}", ";"]);
        command.output().expect("ippfind runs")
    };
    // It looks for three seconds; the announcement may take longer on a busy machine.
    let found = (0..10).map(|_| find("_ipp._tcp")).find(|output| output.status.success());
    let found = String::from_utf8_lossy(&found.expect("ippfind finds the printer").stdout).into_owned();
    assert!(found.contains(event["nickname"].as_str().expect("its name")) && found.contains(port), "{found}");
    assert!(!find("_http._tcp").status.success(), "it finds what is not there");

    let scratch = Scratch::new("page");
    let page = scratch.file("page.pdf");
    std::fs::write(&page, PDF).expect("a file");
    for test in ["get-printer-attributes.test", "validate-job.test", "print-job.test"] {
        let mut command = island.command(&requirements::program("ipptool"));
        command.args(["-tv", "-T", "30", "-f"]).arg(&page).args([uri, test]);
        let report = run(command);
        assert!(report.contains("[PASS]") && !report.contains("[FAIL]"), "{test}:\n{report}");
    }
}
