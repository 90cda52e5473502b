//! Keyway against programs that other people wrote.
//!
//! Stock `hostapd` and `wpa_supplicant` speak EAP-WSC over plain Ethernet when they are given their `wired`
//! driver. So a registration between one of them and Keyway needs two network namespaces, a veth pair and no
//! Wi-Fi card: everything is real but the radio. `tcpdump` records what crossed the cable, and two judges
//! look at it afterwards: `tshark`, which must be able to dissect every frame, and `pixiewps`, which must find
//! no PIN in it.
//!
//! ```no_run
//! use keyway_interop::hostapd::{Hostapd, HostapdConfig};
//! use keyway_interop::network::Network;
//! use keyway_interop::supplicant::{Supplicant, SupplicantConfig, Task};
//! use keyway_interop::topology::Topology;
//!
//! let cable = Topology::pair();
//! let home = Network::wpa2("HomeNet", "correct horse battery");
//! let hostapd = Hostapd::start(cable.router(), &HostapdConfig::new(home.clone()));
//! hostapd.pin("any", "12345670");
//! let station = Supplicant::start(cable.station(0), &SupplicantConfig::new(Task::enrol("12345670")));
//! assert!(station.outcome().is_success());
//! assert_eq!(station.learnt(), [home]);
//! ```
//!
//! Where the radio itself matters, [`machine`] boots a virtual machine whose kernel has simulated ones, and
//! [`radio`] hands them out.
//!
//! # How it fails
//!
//! Everything here belongs to tests, so everything here fails by panicking: with what was waited for, and with
//! the end of the output of the programs involved. A missing program or a missing privilege is such a failure too;
//! nothing is ever skipped. Nobody waits for a guessed time either: a wait ends when the awaited line, frame
//! or state is there, and [`PATIENCE`] only bounds a wait that would never end.
//!
//! # What it leaves behind
//!
//! Nothing: processes, namespaces and files go when their values are dropped, after a panic too. The files of
//! a failed test are kept, and their place is printed.

pub mod address_server;
pub mod avahi;
pub mod cable;
pub mod capture;
pub mod control;
pub mod cpu;
pub mod frame;
pub mod hostapd;
pub mod iwd;
pub mod keyway;
pub mod machine;
pub mod manager_bus;
pub mod manager_supplicant;
pub mod network;
pub mod network_manager;
pub mod pixiewps;
pub mod poppler;
pub mod process;
pub mod radio;
pub mod requirements;
pub mod scratch;
pub mod supplicant;
mod tap;
pub mod topology;
pub mod tshark;
pub mod wps;

use std::time::Duration;

/// How long a wait may last before it is a failure. Far above what any step takes, so that a busy machine
/// does not fail a test; stock peers themselves wait up to 30 s before they retry, and Keyway goes on for 90 s with
/// settings that it has just received.
pub const PATIENCE: Duration = Duration::from_secs(180);
