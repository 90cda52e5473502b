//! Network namespaces and the cables between them.

use std::fmt;
use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use crate::process::run;
use crate::{PATIENCE, requirements, tap};

/// An Ethernet address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mac(pub [u8; 6]);

impl fmt::Display for Mac {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, f] = self.0;
        write!(formatter, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{f:02x}")
    }
}

/// One router and some stations, each alone in a network namespace with one interface.
///
/// Dropping it removes the namespaces; the kernel removes what is in them.
#[derive(Debug)]
pub struct Topology {
    router: End,
    stations: Vec<End>,
    /// Namespaces that hold no end: the switch.
    others: Vec<String>,
}

/// One end of a cable, or a radio: a namespace and the interface in it.
#[derive(Clone, Debug)]
pub struct End {
    namespace: String,
    interface: &'static str,
    mac: Mac,
}

impl Topology {
    /// A router and one station on a veth pair.
    pub fn pair() -> Topology {
        let topology = Topology::namespaces(1, &[]);
        let (router, station) = (&topology.router, &topology.stations[0]);
        ip(&format!(
            "link add {INTERFACE} netns {} address {} type veth peer name {INTERFACE} netns {} address {}",
            router.namespace, router.mac, station.namespace, station.mac
        ));
        topology.settle();
        topology
    }

    /// A router and several stations on an Ethernet switch: a Linux bridge in a namespace of its own.
    ///
    /// A bridge keeps frames to 01:80:c2:00:00:03, the EAPOL group address, to itself unless the bit for that
    /// address is set in its `group_fwd_mask`: bit 3. The stations' ports are isolated from each other, as
    /// stations on Wi-Fi are: a wpa_supplicant that hears another station's EAPOL frames takes them for an
    /// authentication of its own, and asks again only 30 s later.
    pub fn star(stations: usize) -> Topology {
        let topology = Topology::namespaces(stations, &["switch"]);
        let switch = &topology.others[0];
        ip(&format!("-n {switch} link add switch type bridge stp_state 0 group_fwd_mask 0x8"));
        ip(&format!("-n {switch} link set switch up"));
        for (port, end) in topology.ends().enumerate() {
            ip(&format!(
                "link add {INTERFACE} netns {} address {} type veth peer name port{port} netns {switch}",
                end.namespace, end.mac
            ));
            ip(&format!("-n {switch} link set port{port} master switch up"));
            let isolated = if port == 0 { "off" } else { "on" };
            ip(&format!("-n {switch} link set port{port} type bridge_slave isolated {isolated}"));
        }
        topology.settle();
        for port in 0..=stations {
            wait_for_link(switch, &format!("port{port}"));
        }
        topology
    }

    /// A router and one station, each with a TAP device: what they send comes out of the files returned, the
    /// router's first, and what is written there they receive.
    pub(crate) fn taps() -> (Topology, [File; 2]) {
        let topology = Topology::namespaces(1, &[]);
        let plug = |end: &End, role: &str| {
            let name = format!("kw{}{role}", unique());
            let file = tap::open(&name);
            ip(&format!("link set {name} netns {} name {INTERFACE} address {}", end.namespace, end.mac));
            file
        };
        let files = [plug(&topology.router, "r"), plug(&topology.stations[0], "s")];
        topology.settle();
        (topology, files)
    }

    /// The router's end.
    pub fn router(&self) -> &End {
        &self.router
    }

    /// A station's end, counted from 0.
    pub fn station(&self, index: usize) -> &End {
        &self.stations[index]
    }

    fn ends(&self) -> impl Iterator<Item = &End> {
        std::iter::once(&self.router).chain(&self.stations)
    }

    /// Namespaces without cables. They are owned by the value from the first moment, so that a failure on
    /// the way removes them.
    fn namespaces(stations: usize, others: &[&str]) -> Topology {
        requirements::check();
        sweep();
        let number = unique();
        let name = |role: &str| format!("{PREFIX}{number}-{role}");
        let station = |index: usize| End {
            namespace: name(&format!("station{index}")),
            interface: INTERFACE,
            mac: Mac([0x02, 0, 0, 0, 0x5a, u8::try_from(index).expect("few stations")]),
        };
        let topology = Topology {
            router: End {
                namespace: name("router"),
                interface: INTERFACE,
                mac: Mac([0x02, 0, 0, 0, 0xa9, 0]),
            },
            stations: (0..stations).map(station).collect(),
            others: others.iter().map(|role| name(role)).collect(),
        };
        for namespace in topology.all_namespaces() {
            ip(&format!("netns add {namespace}"));
        }
        topology
    }

    fn settle(&self) {
        for end in self.ends() {
            ip(&format!("-n {} link set {INTERFACE} up", end.namespace));
        }
        for end in self.ends() {
            wait_for_link(&end.namespace, INTERFACE);
        }
    }

    fn all_namespaces(&self) -> impl Iterator<Item = &str> {
        self.ends().map(|end| end.namespace.as_str()).chain(self.others.iter().map(String::as_str))
    }
}

impl Drop for Topology {
    fn drop(&mut self) {
        for namespace in self.all_namespaces() {
            delete_namespace(namespace);
        }
    }
}

impl End {
    /// An interface in a namespace, both there already.
    pub(crate) fn new(namespace: String, interface: &'static str, mac: Mac) -> End {
        End { namespace, interface, mac }
    }

    /// The name of the namespace.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The name of the interface.
    pub fn interface(&self) -> &'static str {
        self.interface
    }

    /// The address of the interface.
    pub fn mac(&self) -> Mac {
        self.mac
    }

    /// A command that runs a program inside this namespace. `ip` replaces itself by the program, so the child's
    /// process id is the program's; and the kernel kills it should the tests die without a chance to clean up.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(requirements::program("ip"));
        command.args(["netns", "exec", &self.namespace]);
        command.arg(requirements::program("setpriv")).args(["--pdeathsig", "KILL"]);
        command.arg(program.as_ref());
        command
    }
}

/// Every end of a cable calls its interface so; they are in different namespaces.
const INTERFACE: &str = "eth0";

/// What the names of our namespaces begin with; the id of the process that made them follows.
const PREFIX: &str = "keyway-interop-";

/// `PROCESS-COUNT`: no two are alike on this machine.
fn unique() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

pub(crate) fn ip(arguments: &str) -> String {
    let mut command = Command::new(requirements::program("ip"));
    command.args(arguments.split(' '));
    run(command)
}

/// Waits until the kernel reports an interface as operational: before that it drops what is sent.
fn wait_for_link(namespace: &str, interface: &str) {
    let deadline = Instant::now() + PATIENCE;
    // A TAP device's state stays unknown while it is up.
    let is_up = |text: &str| {
        text.contains("LOWER_UP") && (text.contains(" state UP ") || text.contains(" state UNKNOWN "))
    };
    while !is_up(&ip(&format!("-n {namespace} -o link show {interface}"))) {
        assert!(Instant::now() < deadline, "{interface} in {namespace} does not come up");
        std::thread::yield_now();
    }
}

fn delete_namespace(namespace: &str) {
    let _ = Command::new(requirements::program("ip")).args(["netns", "delete", namespace]).output();
}

/// Removes namespaces whose process was killed before it could.
fn sweep() {
    let Ok(entries) = std::fs::read_dir("/run/netns") else { return };
    for name in entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()) {
        let owner = name.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next());
        if owner.is_some_and(|id| !Path::new("/proc").join(id).exists()) {
            delete_namespace(&name);
        }
    }
}
