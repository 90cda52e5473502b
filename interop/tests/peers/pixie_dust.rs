//! pixiewps on transcripts of Keyway as the enrollee: as a printer, and as a router that hands its settings out.
//! The AuthKey, which an attacker who is the other side knows, is read from that side: a stock program's log.

use keyway_interop::capture::Capture;
use keyway_interop::hostapd::{Hostapd, HostapdConfig};
use keyway_interop::keyway::{Keyway, PrinterConfig, RouterConfig};
use keyway_interop::network::Network;
use keyway_interop::pixiewps;
use keyway_interop::supplicant::{Supplicant, SupplicantConfig, Task};
use keyway_interop::topology::Topology;

const PIN: &str = "12345670";

fn home() -> Network {
    Network::wpa2("HomeNet", "correct horse battery")
}

#[test]
fn a_printer_gives_nothing_away() {
    let cable = Topology::pair();
    let hostapd = Hostapd::start(cable.router(), &HostapdConfig::new(home()));
    let capture = Capture::start(cable.router());
    hostapd.pin("any", PIN);
    Keyway::printer(cable.station(0), &PrinterConfig::pin(PIN)).finish().assert_success();
    pixiewps::assert_safe(&capture.finish(1), &hostapd.auth_keys());
}

#[test]
fn a_router_gives_nothing_away() {
    let cable = Topology::pair();
    let capture = Capture::start(cable.router());
    let config = RouterConfig { router_pin: Some(PIN.into()), ..RouterConfig::new(home()) };
    let mut router = Keyway::router(cable.router(), &config);
    let task = Task::Learn { pin: PIN.into() };
    let station = Supplicant::start(cable.station(0), &SupplicantConfig::new(task));
    router.finish().assert_success();
    pixiewps::assert_safe(&capture.finish(1), &station.auth_keys());
}
