//! The pages and the address server, as a station on the network meets them.

use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::fd::AsFd;

use keyway_interop::PATIENCE;
use keyway_interop::keyway::Keyway;
use keyway_interop::machine;
use keyway_interop::process::Process;
use keyway_interop::radio::Radios;
use keyway_interop::requirements;
use keyway_interop::scratch::Scratch;
use keyway_interop::supplicant::Supplicant;
use keyway_interop::topology::End;
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use serde_json::{Value, json};

use crate::support::{PASSPHRASE, PIN, Router, SSID, home};

const PASSWORD: &str = "the owner's password";

/// A program that uses the interface for programs, with the cookie and the token that it was given.
struct Visitor<'e> {
    end: &'e End,
    cookie: String,
    token: String,
}

impl Visitor<'_> {
    /// Logs in.
    fn log_in(end: &End) -> Visitor<'_> {
        let mut visitor = Visitor { end, cookie: String::new(), token: String::new() };
        visitor.take(&get(end, "/api/session", ""));
        let answer = visitor.post("/api/session", &json!({ "password": PASSWORD }));
        visitor.take(&answer);
        visitor
    }

    fn take(&mut self, answer: &Answer) {
        let cookie = answer.head.lines().find_map(|line| line.trim().strip_prefix("set-cookie: "));
        if let Some(cookie) = cookie {
            self.cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        }
        let session: Value = serde_json::from_str(&answer.body).expect("JSON");
        self.token = session["token"].as_str().expect("a token").to_owned();
    }

    fn act(&self, action: Value) {
        self.post("/api/actions", &json!({ "at": "router", "action": action }));
    }

    /// The router as its owner sees it.
    fn router(&self) -> Value {
        serde_json::from_str(&get(self.end, "/api/router", &self.cookie).body).expect("JSON")
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        let headers = [
            format!("Cookie: {}", self.cookie),
            format!("X-Keyway-Token: {}", self.token),
            "Content-Type: application/json".to_owned(),
        ];
        fetch(self.end, path, &headers, Some(&body.to_string()))
    }
}

struct Answer {
    head: String,
    body: String,
}

fn get(end: &End, path: &str, cookie: &str) -> Answer {
    fetch(end, path, &[format!("Cookie: {cookie}")], None)
}

/// Asks the router's server from a station. Fails if the answer is a refusal.
fn fetch(end: &End, path: &str, headers: &[String], body: Option<&str>) -> Answer {
    let method = if body.is_some() { "POST" } else { "GET" };
    let body = body.unwrap_or_default();
    let mut request =
        format!("{method} {path} HTTP/1.0\r\nHost: 10.0.0.1\r\nContent-Length: {}\r\n", body.len());
    for header in headers {
        request += &format!("{header}\r\n");
    }
    request += &format!("\r\n{body}");
    let namespace = File::open(format!("/run/netns/{}", end.namespace())).expect("the namespace is there");
    let exchange = move || {
        move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))?;
        let mut connection = TcpStream::connect(("10.0.0.1", 80))?;
        connection.set_read_timeout(Some(PATIENCE))?;
        connection.write_all(request.as_bytes())?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer)?;
        Ok::<_, std::io::Error>(answer)
    };
    // A thread is in the namespace that it moved to for as long as it lives.
    let answer = std::thread::spawn(exchange).join().expect("it does not panic");
    let answer = answer.unwrap_or_else(|error| panic!("{path}: {error}"));
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    assert!(head.split(' ').nth(1).is_some_and(|status| status.starts_with('2')), "{path}: {answer}");
    Answer { head: head.to_owned(), body: body.to_owned() }
}

/// Has a station ask for an address, and gives it.
fn ask_for_address(end: &End) -> String {
    let mut command = end.command(requirements::program("busybox"));
    command.args(["udhcpc", "-f", "-q", "-n", "-t", "20", "-T", "1", "-s", "/bin/true"]);
    command.args(["-x", "hostname:station", "-i", end.interface()]);
    let mut client = Process::spawn("udhcpc", command);
    let line = client.wait_for("obtained");
    assert!(client.wait().success());
    let (_, rest) = line.split_once("lease of ").expect("an address");
    rest.split(' ').next().expect("an address").trim_end_matches(',').to_owned()
}

#[test]
fn its_owner_adds_a_device_on_the_pages_and_the_settings_last() {
    machine::scenario(|| {
        let radios = Radios::take(3);
        let files = Scratch::new("owner");
        let password = files.write("password", PASSWORD);
        let (data, password) = (files.file("data"), password.display().to_string());
        let more = ["--data", data.to_str().expect("a path"), "--password-file", &password];
        let router = Router::start(&radios, &more);
        assert_eq!(router.keyway.wait_for("started")["url"], "http://10.0.0.1/");
        let owner = Supplicant::on_radio(radios.end(1));
        owner.join(&home(), &[]);
        owner.wait_until_joined();

        let leased = ask_for_address(radios.end(1));
        let told = router.keyway.wait_for("leased");
        assert_eq!((&told["ip"], &told["name"]), (&json!(leased), &json!("station")));
        assert_eq!(told["station"], radios.end(1).mac().to_string());

        let front = get(radios.end(1), "/", "").body;
        assert!(front.contains(SSID), "{front}");
        for of_the_demo in ["simulated", "Pull the router", "Let time pass", "Bring it"] {
            assert!(!front.contains(of_the_demo), "{of_the_demo}: {front}");
        }
        let visitor = Visitor::log_in(radios.end(1));
        visitor.act(json!({ "do": "wps", "on": true }));
        let device = radios.end(2).mac().to_string();
        let station = Supplicant::on_radio(radios.end(2));
        visitor.act(json!({ "do": "add-pin", "pin": PIN, "device": device }));
        station.enrol(PIN);
        station.wait_until_joined();
        assert_eq!(station.learnt(), [home()]);
        let seen = visitor.router();
        assert_eq!(
            (&seen["ledger"][0]["result"], &seen["ledger"][0]["mac"]),
            (&json!("success"), &json!(device))
        );
        assert_eq!(seen["passphrase"], PASSPHRASE);

        // Another password for the network; it holds after a restart, and so does the ledger.
        let said = owner.process().mark();
        visitor.act(json!({ "do": "network", "passphrase": "another passphrase" }));
        owner.process().wait_for_after(said, "CTRL-EVENT-DISCONNECTED");
        let mut all = router.end();
        let router = Router { keyway: Keyway::router_on_radio(radios.end(0), &home(), &more) };
        router.keyway.wait_for("kept");
        let said = owner.process().mark();
        owner.join(&keyway_interop::network::Network::wpa2(SSID, "another passphrase"), &[]);
        owner.wait_until_joined_after(said);
        let visitor = Visitor::log_in(radios.end(1));
        assert_eq!(visitor.router()["ledger"][0]["mac"], device);
        all.extend(router.end());
        let told: String = all.iter().map(Value::to_string).collect();
        for secret in [PASSPHRASE, PASSWORD, PIN, "another passphrase"] {
            assert!(!told.contains(secret), "{told}");
        }
    });
}
