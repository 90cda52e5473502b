//! `keyway printer` and `keyway router` with each other.

use keyway_interop::capture::Capture;
use keyway_interop::keyway::{Finish, Keyway, PrinterConfig, PrinterTask, RouterConfig};
use keyway_interop::network::Network;
use keyway_interop::topology::Topology;
use keyway_interop::tshark;

const PIN: &str = "12345670";

fn home() -> Network {
    Network::wpa2("HomeNet", "correct horse battery")
}

/// One registration; tshark has nothing to complain about.
fn register(router: &RouterConfig, printer: &PrinterConfig) -> (Finish, Finish, Vec<Network>) {
    let cable = Topology::pair();
    let capture = Capture::start(cable.router());
    let mut router = Keyway::router(cable.router(), router);
    let mut printer = Keyway::printer(cable.station(0), printer);
    let finishes = (router.finish(), printer.finish());
    let recording = capture.finish(1);
    tshark::assert_clean(&recording, cable.router().mac());
    tshark::assert_clean(&recording, cable.station(0).mac());
    (finishes.0, finishes.1, printer.credentials())
}

#[test]
fn they_agree() {
    let new = Network::wpa2("Renamed", "another passphrase");
    let router_pin = || RouterConfig { router_pin: Some(PIN.into()), ..RouterConfig::new(home()) };
    let button = RouterConfig { button: true, ..RouterConfig::new(home()) };
    let cases = [
        ("PIN", RouterConfig::pin(home(), PIN), PrinterConfig::pin(PIN), home()),
        ("button", button, PrinterConfig::new(PrinterTask::Button), home()),
        ("learn", router_pin(), PrinterConfig::new(PrinterTask::Learn(PIN.into())), home()),
        ("set", router_pin(), PrinterConfig::new(PrinterTask::Configure(PIN.into(), new.clone())), new),
        (
            "fragments",
            RouterConfig { fragment_size: Some(40), ..RouterConfig::pin(home(), PIN) },
            PrinterConfig { fragment_size: Some(32), ..PrinterConfig::pin(PIN) },
            home(),
        ),
    ];
    for (name, router, printer, expected) in cases {
        let (router, printer, credentials) = register(&router, &printer);
        router.assert_success();
        printer.assert_success();
        assert_eq!(credentials, [expected], "{name}");
    }
}

#[test]
fn they_name_the_same_wrong_half() {
    let cases = [("00005678", "wrong-pin-first-half"), ("12340002", "wrong-pin-second-half")];
    for (pin, cause) in cases {
        let (router, printer, credentials) =
            register(&RouterConfig::pin(home(), PIN), &PrinterConfig::pin(pin));
        router.assert_failure(cause);
        printer.assert_failure(cause);
        assert_eq!(credentials, [], "{pin}");
    }
}

#[test]
fn a_pin_may_be_typed_while_the_printer_waits() {
    let cable = Topology::pair();
    let config = RouterConfig { typed: true, ..RouterConfig::new(home()) };
    let mut router = Keyway::router(cable.router(), &config);
    let mut printer = Keyway::printer(cable.station(0), &PrinterConfig::pin(PIN));
    // The printer has asked, and was told to wait.
    assert_eq!(router.wait_for("device-waiting")["station"], cable.station(0).mac().to_string());
    printer.wait_for("trying-again");
    router.process().say("1234-5670");
    router.finish().assert_success();
    printer.finish().assert_success();
    assert_eq!(printer.credentials(), [home()]);
}
