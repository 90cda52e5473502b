//! A home that is served, and those who call there.

use crate::client::{FORM, JSON, Reply, Request, form};
use crate::html::{Element, Form};
use keyway_devices::Random;
use keyway_devices::durable::Saved;
use keyway_devices::home::HomeConfig;
use keyway_devices::view::HomeView;
use keyway_web::live::{Forgetful, Keeper, LiveHome};
use keyway_web::{Options, PrinterServer, serve, serve_printer};
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The router's password in these tests.
pub(crate) const PASSWORD: &str = "a-password-for-tests";
/// 2026-01-01, in milliseconds since 1970.
const DATE: u64 = 1_767_225_600_000;

/// A home that is served on loopback.
pub(crate) struct House {
    pub(crate) address: SocketAddr,
    live: LiveHome,
    runtime: Runtime,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<std::io::Result<()>>,
}

impl House {
    /// The home of the demo; nothing of it lasts.
    pub(crate) fn open() -> House {
        House::with(Saved::default(), Box::new(Forgetful))
    }

    /// The home of the demo with what was kept of it.
    pub(crate) fn with(saved: Saved, keeper: Box<dyn Keeper>) -> House {
        let mut config = HomeConfig::demo(11, DATE);
        config.test_page = keyway_web::paper::test_page;
        let live = LiveHome::start(config, saved, Random::seeded(11), keeper, None).expect("a thread");
        House::serve(live)
    }

    /// Serves what runs elsewhere.
    pub(crate) fn serve(live: LiveHome) -> House {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel();
        let options = Options { names: vec!["printer.test".to_owned()] };
        let serving = runtime.spawn(serve(listener, live.clone(), options, async {
            // Whether it was sent or dropped: it is over.
            let _ = stopped.await;
        }));
        House { address, live, runtime, stop, serving }
    }

    /// Somebody who has not called before.
    pub(crate) fn caller(&self) -> Caller {
        Caller { address: self.address, cookie: None, token: String::new(), heard: Vec::new() }
    }

    /// Somebody who has set the router's first password and is logged in.
    pub(crate) fn owner(&self) -> Caller {
        let mut owner = self.caller();
        owner.api("POST", "/api/password", &json!({ "password": PASSWORD })).ok(200);
        owner
    }

    /// Serves a printer for this machine's own print system: where, and its address for others.
    pub(crate) fn serve_printer(&self, id: &str) -> (SocketAddr, String) {
        let listener = self.runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
        let address = listener.local_addr().expect("an address");
        let uri = format!("ipp://{address}/ipp/print");
        let server = PrinterServer { live: self.live.clone(), printer: id.to_owned(), uri: uri.clone() };
        self.runtime.spawn(serve_printer(listener, server));
        (address, uri)
    }

    /// Ends the server and waits until all its connections have ended.
    pub(crate) fn close(self) {
        drop(self.stop);
        let limit = std::time::Duration::from_secs(60);
        let ended = self.runtime.block_on(async { tokio::time::timeout(limit, self.serving).await });
        ended.expect("a connection is still open").expect("no panic").expect("the server ended well");
    }
}

/// A browser or a program: it keeps its cookie, and the token of its forms.
pub(crate) struct Caller {
    pub(crate) address: SocketAddr,
    pub(crate) cookie: Option<String>,
    pub(crate) token: String,
    /// Every answer, oldest first.
    pub(crate) heard: Vec<Reply>,
}

impl Caller {
    /// Sends a request with the cookie and takes the one that comes.
    pub(crate) fn send(&mut self, mut request: Request) -> Reply {
        if let Some(cookie) = &self.cookie {
            request = request.header("Cookie", cookie);
        }
        let reply = request.send(self.address);
        if let Some(cookie) = reply.header("set-cookie") {
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        self.heard.push(reply.clone());
        reply
    }

    pub(crate) fn get(&mut self, path: &str) -> Reply {
        self.send(Request::new("GET", path))
    }

    /// A page, as a tree.
    pub(crate) fn page(&mut self, path: &str) -> Element {
        Element::parse(self.get(path).ok(200).text())
    }

    /// Sends a form and follows where it leads to.
    pub(crate) fn submit(&mut self, form: &Form) -> Element {
        let reply = self.post(form).ok(303);
        let location = reply.header("location").expect("where to go on").to_owned();
        assert!(location.starts_with('/') && !location.starts_with("//"), "{location}");
        self.page(&location)
    }

    /// Sends a form.
    pub(crate) fn post(&mut self, sent: &Form) -> Reply {
        let fields: Vec<(&str, &str)> =
            sent.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let origin = format!("http://{}", self.address);
        let request = Request::new("POST", &sent.target).body(FORM, form(&fields));
        self.send(request.header("Origin", &origin).header("Sec-Fetch-Site", "same-origin"))
    }

    /// Asks who it is, and takes the token.
    pub(crate) fn session(&mut self) -> Value {
        let session = self.get("/api/session").ok(200).json();
        self.token = session["token"].as_str().expect("a token").to_owned();
        session
    }

    /// Sends JSON to the API, with the token.
    pub(crate) fn api(&mut self, method: &str, path: &str, body: &Value) -> Reply {
        if self.token.is_empty() {
            self.session();
        }
        let request = Request::new(method, path).header("X-Keyway-Token", &self.token);
        let reply = self.send(request.body(JSON, body.to_string()));
        // Logging in changes the token.
        if reply.status == 200
            && let Some(token) = reply.json()["token"].as_str()
        {
            self.token = token.to_owned();
        }
        reply
    }

    /// Does something, whatever comes of it.
    pub(crate) fn act(&mut self, action: Value) -> Reply {
        self.api("POST", "/api/actions", &action)
    }

    /// Does something that goes well.
    pub(crate) fn done(&mut self, action: Value) {
        self.act(action.clone()).ok(204);
    }

    pub(crate) fn at_router(&mut self, action: Value) {
        self.done(json!({ "at": "router", "action": action }));
    }

    pub(crate) fn at_printer(&mut self, id: &str, action: Value) {
        self.done(json!({ "at": "printer", "printer": id, "action": action }));
    }

    /// Lets time pass in the home.
    pub(crate) fn wait(&mut self, seconds: u64) {
        self.done(json!({ "at": "home", "action": { "do": "wait", "seconds": seconds } }));
    }

    /// What anybody sees.
    pub(crate) fn home(&mut self) -> HomeView {
        serde_json::from_value(self.get("/api/home").ok(200).json()).expect("a home")
    }

    /// What the router's owner sees.
    pub(crate) fn router(&mut self) -> Value {
        self.get("/api/router").ok(200).json()
    }

    /// Everything that can be seen but the time, which passes by itself.
    pub(crate) fn still(&mut self) -> Value {
        let mut home = self.get("/api/home").ok(200).json();
        for passing in ["now", "date"] {
            home.as_object_mut().expect("an object").remove(passing).expect("a time");
        }
        home
    }

    /// Lets time pass until something is to be seen.
    pub(crate) fn until<T>(&mut self, what: &str, mut look: impl FnMut(&mut Caller) -> Option<T>) -> T {
        for _ in 0..60 {
            if let Some(found) = look(self) {
                return found;
            }
            self.wait(3);
        }
        panic!("waited in vain for {what}");
    }
}
