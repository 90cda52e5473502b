//! The program under test: `keyway`, as a user or a script runs it.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use rustix::process::{Pid, kill_process};
use serde_json::Value;

use crate::PATIENCE;
use crate::network::{Network, from_hex};
use crate::process::{Process, Signal, Stream, run};
use crate::scratch::Scratch;
use crate::topology::End;

/// What `keyway printer` is told.
#[derive(Clone, Debug)]
pub struct PrinterConfig {
    /// What it is to do.
    pub task: PrinterTask,
    /// `--fragment-size`.
    pub fragment_size: Option<u16>,
    /// More of the command line.
    pub extra: Vec<String>,
}

/// The task of a printer.
#[derive(Clone, Debug)]
pub enum PrinterTask {
    /// Enrol with this PIN.
    Pin(String),
    /// Enrol by push button.
    Button,
    /// Read the router's settings by the router's PIN.
    Learn(String),
    /// Change the router's settings by the router's PIN.
    Configure(String, Network),
}

/// The task of a printer on a radio.
#[derive(Clone, Debug)]
pub enum RadioTask {
    /// Return to the network that it knows.
    Known,
    /// Enrol with PINs of its own making.
    OwnPin,
    /// This method, `pin`, `label-pin` or `router-pin`, with this PIN.
    Pin(&'static str, &'static str),
    /// Enrol by push button.
    Button,
    /// Join with the Wi-Fi password.
    Passphrase(Network),
}

impl PrinterConfig {
    /// With default settings.
    pub fn new(task: PrinterTask) -> PrinterConfig {
        PrinterConfig { task, fragment_size: None, extra: Vec::new() }
    }

    /// Enrol with this PIN.
    pub fn pin(pin: &str) -> PrinterConfig {
        PrinterConfig::new(PrinterTask::Pin(pin.to_owned()))
    }
}

/// What `keyway router` is told.
#[derive(Clone, Debug)]
pub struct RouterConfig {
    /// The network it hands out.
    pub home: Network,
    /// The PINs it accepts, each with its owner's address or UUID after it if it is for that one only. They are
    /// given in a file.
    pub pins: Vec<String>,
    /// Whether PINs are typed while it runs, instead: see [`Process::say`].
    pub typed: bool,
    /// Whether it writes JSON; otherwise words.
    pub json: bool,
    /// Whether its button is pressed.
    pub button: bool,
    /// The PIN that lets a registrar read or change its settings.
    pub router_pin: Option<String>,
    /// `--fragment-size`.
    pub fragment_size: Option<u16>,
    /// Whether it ends after one registration.
    pub once: bool,
    /// More of the command line.
    pub extra: Vec<String>,
}

impl RouterConfig {
    /// A router that accepts nothing yet and ends after one registration.
    pub fn new(home: Network) -> RouterConfig {
        RouterConfig {
            home,
            pins: Vec::new(),
            typed: false,
            json: true,
            button: false,
            router_pin: None,
            fragment_size: None,
            once: true,
            extra: Vec::new(),
        }
    }

    /// A router that accepts one PIN and ends after one registration.
    pub fn pin(home: Network, pin: &str) -> RouterConfig {
        RouterConfig { pins: vec![pin.to_owned()], ..RouterConfig::new(home) }
    }
}

/// A running `keyway`.
#[derive(Debug)]
pub struct Keyway {
    process: Process,
    credentials: PathBuf,
    /// What must never be in its output.
    secrets: Vec<String>,
    scratch: Scratch,
}

/// How a run of `keyway` ended.
#[derive(Clone, Debug)]
pub struct Finish {
    /// The exit status.
    pub status: i32,
    /// Every event.
    pub events: Vec<Value>,
}

impl Finish {
    /// The last event's name: `succeeded` or `failed`.
    pub fn event(&self) -> &str {
        self.events.last().and_then(|event| event["event"].as_str()).unwrap_or_default()
    }

    /// The cause in the last event, if it failed.
    pub fn cause(&self) -> Option<&str> {
        self.events.last()?["cause"].as_str()
    }

    /// Asserts that it succeeded, by its status and by its last event.
    #[track_caller]
    pub fn assert_success(&self) {
        assert_eq!((self.status, self.event()), (0, "succeeded"), "{:#?}", self.events);
    }

    /// Asserts that it failed for this cause, by its status and by its last event.
    #[track_caller]
    pub fn assert_failure(&self, cause: &str) {
        assert_eq!((self.event(), self.cause()), ("failed", Some(cause)), "{:#?}", self.events);
        assert_ne!(self.status, 0);
    }
}

impl Keyway {
    /// Starts `keyway printer` and waits until it says that it is at work.
    pub fn printer(end: &End, config: &PrinterConfig) -> Keyway {
        let scratch = Scratch::new("printer");
        let mut command = end.command(binary());
        command.args(["printer", "--json", "--once", "--interface", end.interface()]);
        match &config.task {
            PrinterTask::Pin(pin) => {
                command.args(["--method", "pin", "--pin-file"]).arg(scratch.write("pin", pin));
            }
            PrinterTask::Button => {
                command.args(["--method", "button"]);
            }
            PrinterTask::Learn(pin) => {
                command.args(["--method", "router-pin", "--pin-file"]).arg(scratch.write("pin", pin));
            }
            PrinterTask::Configure(pin, network) => {
                command.args(["--method", "router-pin", "--pin-file"]).arg(scratch.write("pin", pin));
                command.args(["--new-ssid-hex", &network.ssid_hex(), "--new-passphrase-file"]);
                command.arg(scratch.write("new", network.key_text()));
            }
        }
        let secrets = match &config.task {
            PrinterTask::Button => Vec::new(),
            PrinterTask::Pin(pin) | PrinterTask::Learn(pin) => vec![pin.clone()],
            PrinterTask::Configure(pin, network) => vec![pin.clone(), network.key_text().to_owned()],
        };
        Keyway::start(command, config.fragment_size, &config.extra, secrets, scratch)
    }

    /// Starts `keyway printer` on a radio with these arguments, the PIN and Wi-Fi password read from files, and waits
    /// until it says that it is at work. It goes on until it is interrupted.
    pub fn printer_on_radio(end: &End, task: &RadioTask, extra: &[&str]) -> Keyway {
        let command = end.command(binary());
        Keyway::printer_of(command, end, task, extra)
    }

    /// The same after this one, on the same machine.
    pub fn next_printer_on_radio(&self, end: &End, task: &RadioTask) -> Keyway {
        let mut command = end.command(binary());
        self.beside(&mut command);
        Keyway::printer_of(command, end, task, &[])
    }

    fn printer_of(mut command: Command, end: &End, task: &RadioTask, extra: &[&str]) -> Keyway {
        let scratch = Scratch::new("printer");
        command.args(["printer", "--json", "--interface", end.interface()]);
        let mut secrets = Vec::new();
        match task {
            RadioTask::Known => {}
            RadioTask::OwnPin => {
                command.args(["--method", "pin"]);
            }
            RadioTask::Pin(method, pin) => {
                command.args(["--method", method, "--pin-file"]).arg(scratch.write("pin", pin));
                secrets.push((*pin).to_owned());
            }
            RadioTask::Button => {
                command.args(["--method", "button"]);
            }
            RadioTask::Passphrase(network) => {
                command.args(["--method", "passphrase", "--ssid-hex", &network.ssid_hex()]);
                command.arg("--passphrase-file").arg(scratch.write("passphrase", network.key_text()));
                secrets.push(network.key_text().to_owned());
            }
        }
        let extra: Vec<String> = extra.iter().map(|&argument| argument.to_owned()).collect();
        Keyway::start(command, None, &extra, secrets, scratch)
    }

    /// Starts `keyway router` and waits until it says that it is at work.
    pub fn router(end: &End, config: &RouterConfig) -> Keyway {
        let scratch = Scratch::new("router");
        let mut command = end.command(binary());
        command.args(["router", "--interface", end.interface()]);
        command.args(["--ssid-hex", &config.home.ssid_hex(), "--passphrase-file"]);
        command.arg(scratch.write("passphrase", config.home.key_text()));
        if config.json {
            command.arg("--json");
        }
        if config.typed {
            command.args(["--pin-file", "-"]);
        } else if !config.pins.is_empty() {
            command.arg("--pin-file").arg(scratch.write("pins", config.pins.join("\n")));
        }
        if config.button {
            command.arg("--button");
        }
        if let Some(pin) = &config.router_pin {
            command.arg("--router-pin-file").arg(scratch.write("router-pin", pin));
        }
        if config.once {
            command.arg("--once");
        }
        let pins = config.pins.iter().map(|line| line.split(' ').next().unwrap_or(line).to_owned());
        let mut secrets = vec![config.home.key_text().to_owned()];
        secrets.extend(pins.chain(config.router_pin.clone()));
        Keyway::start(command, config.fragment_size, &config.extra, secrets, scratch)
    }

    /// Starts `keyway router` on a radio, channel 6, as 10.0.0.1, with more arguments, and waits until it says that it is
    /// at work. It goes on until it is interrupted.
    pub fn router_on_radio(end: &End, home: &Network, extra: &[&str]) -> Keyway {
        let scratch = Scratch::new("router");
        let mut command = end.command(binary());
        command.args(["router", "--json", "--interface", end.interface(), "--address", "10.0.0.1/24"]);
        command.args(["--ssid-hex", &home.ssid_hex(), "--passphrase-file"]);
        command.arg(scratch.write("passphrase", home.key_text()));
        let extra: Vec<String> = extra.iter().map(|&argument| argument.to_owned()).collect();
        Keyway::start(command, None, &extra, vec![home.key_text().to_owned()], scratch)
    }

    /// The events so far.
    pub fn events(&self) -> Vec<Value> {
        let output = self.process.stream(Stream::Out);
        let event = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        output.lines().map(event).collect()
    }

    /// Waits for an event of this name.
    pub fn wait_for(&self, event: &str) -> Value {
        self.wait_for_after(0, event)
    }

    /// As [`Keyway::wait_for`], looking only at events after a [`Process::mark`].
    pub fn wait_for_after(&self, mark: usize, event: &str) -> Value {
        self.wait_until(mark, event, |value| value["event"] == event)
    }

    /// As [`Keyway::wait_for`], for what is expected to take longer.
    #[track_caller]
    pub fn wait_within(&self, patience: Duration, event: &str) -> Value {
        let found = self.process.find_within(patience, 0, |line| {
            let value: Value = serde_json::from_str(line).ok()?;
            (value["event"] == event).then_some(value)
        });
        found.unwrap_or_else(|| panic!("no {event} in {patience:?}: {:#?}", self.events()))
    }

    /// Waits for an event of this name that has this cause.
    pub fn wait_for_cause(&self, event: &str, cause: &str) -> Value {
        self.wait_until(0, cause, |value| value["event"] == event && value["cause"] == cause)
    }

    /// Waits for an event that fits, after a [`Process::mark`]. `wanted` names it in the failure.
    pub fn wait_until(&self, mark: usize, wanted: &str, fits: impl Fn(&Value) -> bool) -> Value {
        self.process.wait_until(mark, wanted, |line| {
            let value: Value = serde_json::from_str(line).ok()?;
            fits(&value).then_some(value)
        })
    }

    /// Waits until it ends by itself.
    pub fn finish(&mut self) -> Finish {
        self.finish_within(PATIENCE)
    }

    /// As [`Keyway::finish`], for runs that are expected to take longer.
    pub fn finish_within(&mut self, patience: Duration) -> Finish {
        let status = self.process.wait_for_end(patience);
        self.assert_discreet();
        Finish { status: status.code().unwrap_or(-1), events: self.events() }
    }

    /// Interrupts it as Ctrl-C does, and waits until it has ended.
    pub fn interrupt(&mut self) -> Finish {
        let status = self.process.stop(Signal::INT);
        self.assert_discreet();
        Finish { status: status.code().unwrap_or(-1), events: self.events() }
    }

    /// Kills it: it has no time to say good-bye or to put anything back.
    pub fn kill(&mut self) {
        self.process.stop(Signal::KILL);
        self.assert_discreet();
    }

    /// The same, and first whatever it has started to put things back when it is killed.
    pub fn kill_with_all_helpers(&mut self) {
        let id = self.process.id();
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).expect("it runs");
        for child in children.split_whitespace() {
            let child = child.parse().ok().and_then(Pid::from_raw).expect("a process id");
            kill_process(child, Signal::KILL).expect("it is there");
        }
        self.kill();
    }

    /// The networks in the file that `--credentials` named; none if there is no such file.
    pub fn credentials(&self) -> Vec<Network> {
        let Ok(text) = std::fs::read_to_string(&self.credentials) else { return Vec::new() };
        match serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")) {
            Value::Array(list) => list.iter().map(network).collect(),
            one => vec![network(&one)],
        }
    }

    /// Who may read that file: the permission bits of its mode.
    pub fn credentials_mode(&self) -> u32 {
        let metadata = std::fs::metadata(&self.credentials);
        metadata.unwrap_or_else(|error| panic!("no credentials: {error}")).permissions().mode() & 0o777
    }

    /// Its process.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// Has a command be run as if on the same machine: what this one notes of interfaces, that one sees.
    pub fn beside<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.env(RUN_FOLDER, run_folder(&self.scratch))
    }

    /// Asserts that it has not written a secret that it was given: it may show a PIN of its own making, nothing else.
    fn assert_discreet(&self) {
        let output = self.process.output();
        let told = self.secrets.iter().find(|secret| output.contains(secret.as_str()));
        assert_eq!(told, None, "a secret is in the output:\n{output}");
    }

    fn start(
        mut command: Command,
        fragment_size: Option<u16>,
        extra: &[String],
        secrets: Vec<String>,
        scratch: Scratch,
    ) -> Keyway {
        let credentials = scratch.file("credentials.json");
        let receives = !extra.iter().any(|argument| argument == "passphrase")
            && !command.get_args().any(|argument| argument == "passphrase");
        if receives && command.get_args().any(|argument| argument == "printer") {
            command.arg("--credentials").arg(&credentials);
        }
        if let Some(size) = fragment_size {
            command.args(["--fragment-size", &size.to_string()]);
        }
        command.args(extra);
        // Interfaces in different namespaces have the same name here, and are different interfaces.
        if !command.get_envs().any(|(name, _)| name == RUN_FOLDER) {
            command.env(RUN_FOLDER, run_folder(&scratch));
        }
        let process = Process::spawn_listening("keyway", command);
        process.wait_until(0, "that it has started", |line| {
            let is_event = line.contains("\"event\":\"started\"");
            (is_event || line.starts_with("Router for") || line.starts_with("Printer ")).then_some(())
        });
        // Four digits may stand in a time or an address by chance.
        let secrets = secrets.into_iter().filter(|secret| secret.len() >= 8).collect();
        Keyway { process, credentials, secrets, scratch }
    }
}

/// It goes with all that it has started: the files that say what is to be put back are here no longer than this value.
impl Drop for Keyway {
    fn drop(&mut self) {
        self.process.end();
    }
}

/// Where it looks for the folder of what it notes of interfaces.
const RUN_FOLDER: &str = "RUNTIME_DIRECTORY";

/// What it notes of interfaces.
fn run_folder(scratch: &Scratch) -> PathBuf {
    scratch.file("run")
}

/// The program: `KEYWAY_BIN`, or what `cargo build --release -p keyway` makes, built now if it is not there.
pub fn binary() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        if let Some(path) = std::env::var_os("KEYWAY_BIN") {
            return PathBuf::from(path);
        }
        let target = std::env::current_exe().expect("this program has a path");
        let target =
            target.ancestors().find(|path| path.join("CACHEDIR.TAG").exists()).expect("a target directory");
        let path = target.join("release/keyway");
        if !path.exists() {
            let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
            let mut command = Command::new(cargo);
            command.current_dir(env!("CARGO_MANIFEST_DIR"));
            command.args(["build", "--quiet", "--release", "-p", "keyway"]);
            run(command);
        }
        path
    })
}

fn network(value: &Value) -> Network {
    let text = |name: &str| value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"));
    assert_eq!((text("authentication"), text("encryption")), ("WPA2-Personal", "AES"));
    let key = text("network_key");
    let ssid = from_hex(text("ssid_hex"));
    if key.len() == 64 { Network::wpa2_psk(ssid, key) } else { Network::wpa2(ssid, key) }
}
