//! A PIN's time is over: two minutes at least. This comes first in the alphabet so that it starts first.

use std::time::{Duration, Instant};

use keyway_interop::hostapd::{Hostapd, HostapdConfig};
use keyway_interop::keyway::{Keyway, PrinterConfig, RouterConfig};
use keyway_interop::network::Network;
use keyway_interop::topology::Topology;

const PIN: &str = "12345670";

fn home() -> Network {
    Network::wpa2("HomeNet", "correct horse battery")
}

#[test]
fn a_pin_expires_on_both_sides() {
    // Two minutes is the shortest time that may be asked for.
    let started = Instant::now();
    let cable = Topology::pair();
    let extra = vec!["--pin-expires".to_owned(), "2m".to_owned()];
    let config = RouterConfig { extra: extra.clone(), ..RouterConfig::pin(home(), PIN) };
    let mut router = Keyway::router(cable.router(), &config);
    let other = Topology::pair();
    let _hostapd = Hostapd::start(other.router(), &HostapdConfig::new(home()));
    let config = PrinterConfig { extra, ..PrinterConfig::pin(PIN) };
    let mut printer = Keyway::printer(other.station(0), &config);
    let patience = Duration::from_secs(180);
    router.finish_within(patience).assert_failure("pin-expired");
    printer.finish_within(patience).assert_failure("pin-expired");
    assert!(started.elapsed() >= Duration::from_secs(120));
}
