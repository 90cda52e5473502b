//! `keyway printer` is registered by stock hostapd.

use keyway_interop::capture::{Capture, Recording};
use keyway_interop::hostapd::{Hostapd, HostapdConfig};
use keyway_interop::keyway::{Finish, Keyway, PrinterConfig, PrinterTask};
use keyway_interop::network::Network;
use keyway_interop::topology::Topology;
use keyway_interop::tshark;
use keyway_interop::wps::{DEVICE_PASSWORD_WRONG, Ending};

const PIN: &str = "12345670";
const WHOLE: [&str; 9] = ["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "WSC_Done"];

fn home() -> Network {
    Network::wpa2("HomeNet", "correct horse battery")
}

/// What was seen of one registration.
struct Seen {
    printer: Finish,
    credentials: Vec<Network>,
    router: Ending,
    recording: Recording,
}

/// One registration on a veth pair; tshark has nothing to complain about in what Keyway sent.
fn register(hostapd: &HostapdConfig, allow: impl Fn(&Hostapd), printer: &PrinterConfig) -> Seen {
    let cable = Topology::pair();
    let hostapd = Hostapd::start(cable.router(), hostapd);
    let capture = Capture::start(cable.router());
    allow(&hostapd);
    let mut printer = Keyway::printer(cable.station(0), printer);
    let finish = printer.finish();
    let router = hostapd.outcome();
    let recording = capture.finish(1);
    tshark::assert_clean(&recording, cable.station(0).mac());
    assert_eq!(tshark::complaints_about_settings(&hostapd.decrypted_settings()), []);
    if finish.status == 0 {
        assert_eq!(printer.credentials_mode(), 0o600);
    }
    Seen { printer: finish, credentials: printer.credentials(), router, recording }
}

#[test]
fn every_kind_of_network_is_taken() {
    for (name, home) in Network::examples() {
        let allow = |hostapd: &Hostapd| hostapd.pin("any", PIN);
        let seen = register(&HostapdConfig::new(home.clone()), allow, &PrinterConfig::pin(PIN));
        seen.printer.assert_success();
        assert_eq!((seen.router, seen.credentials), (Ending::Success, vec![home]), "{name}");
        assert_eq!(seen.recording.wsc(), WHOLE, "{name}");
    }
}

#[test]
fn a_pin_may_have_four_digits() {
    let allow = |hostapd: &Hostapd| hostapd.pin("any", "1234");
    let seen = register(&HostapdConfig::new(home()), allow, &PrinterConfig::pin("1234"));
    seen.printer.assert_success();
    assert_eq!((seen.router, seen.credentials), (Ending::Success, vec![home()]));
}

#[test]
fn a_wrong_first_half_is_told_apart() {
    let allow = |hostapd: &Hostapd| hostapd.pin("any", PIN);
    let seen = register(&HostapdConfig::new(home()), allow, &PrinterConfig::pin("00005678"));
    seen.printer.assert_failure("wrong-pin-first-half");
    assert_eq!(seen.router, Ending::Failure { message: 8, configuration_error: DEVICE_PASSWORD_WRONG });
    assert_eq!(seen.credentials, []);
}

#[test]
fn a_wrong_second_half_is_told_apart() {
    let allow = |hostapd: &Hostapd| hostapd.pin("any", PIN);
    let seen = register(&HostapdConfig::new(home()), allow, &PrinterConfig::pin("12340002"));
    seen.printer.assert_failure("wrong-pin-second-half");
    assert_eq!(seen.router, Ending::Failure { message: 10, configuration_error: DEVICE_PASSWORD_WRONG });
    assert_eq!(seen.credentials, []);
}

#[test]
fn the_button_hands_the_network_over() {
    let printer = PrinterConfig::new(PrinterTask::Button);
    let seen = register(&HostapdConfig::new(home()), Hostapd::push_button, &printer);
    seen.printer.assert_success();
    assert_eq!((seen.router, seen.credentials), (Ending::Success, vec![home()]));
}

#[test]
fn small_fragments_go_both_ways() {
    let hostapd = HostapdConfig { fragment_size: Some(60), ..HostapdConfig::new(home()) };
    let printer = PrinterConfig { fragment_size: Some(50), ..PrinterConfig::pin(PIN) };
    let seen = register(&hostapd, |hostapd| hostapd.pin("any", PIN), &printer);
    seen.printer.assert_success();
    assert_eq!((seen.router, seen.credentials), (Ending::Success, vec![home()]));
    assert_eq!(seen.recording.wsc(), WHOLE);
}

#[test]
fn the_routers_pin_reads_its_settings() {
    let hostapd = HostapdConfig { ap_pin: Some(PIN.into()), ..HostapdConfig::new(home()) };
    let printer = PrinterConfig::new(PrinterTask::Learn(PIN.into()));
    let seen = register(&hostapd, |_| {}, &printer);
    seen.printer.assert_success();
    assert_eq!(seen.router, Ending::Failure { message: 11, configuration_error: 0 });
    assert_eq!(seen.credentials, [home()]);
}

#[test]
fn the_routers_pin_changes_its_settings() {
    let new = Network::wpa2([0x00, 0xff, 0x22, 0x0a], "another passphrase");
    let hostapd = HostapdConfig { ap_pin: Some(PIN.into()), ..HostapdConfig::new(home()) };
    let cable = Topology::pair();
    let hostapd = Hostapd::start(cable.router(), &hostapd);
    let task = PrinterTask::Configure(PIN.into(), new.clone());
    let mut printer = Keyway::printer(cable.station(0), &PrinterConfig::new(task));
    printer.finish().assert_success();
    assert_eq!(hostapd.new_settings(), new);
    assert_eq!(printer.credentials(), [new]);
}

#[test]
fn two_printers_are_served_at_once() {
    let star = Topology::star(2);
    let config = HostapdConfig { group_address: false, ..HostapdConfig::new(home()) };
    let hostapd = Hostapd::start(star.router(), &config);
    let pins = [PIN, "87654325"];
    let mut printers =
        [0, 1].map(|index| Keyway::printer(star.station(index), &PrinterConfig::pin(pins[index])));
    // hostapd is told the PINs only when it asks for them; until then the printers ask again.
    for (index, pin) in pins.iter().enumerate() {
        let mac = star.station(index).mac().to_string();
        let needed = hostapd.process().wait_until(0, "WPS-PIN-NEEDED", |line| {
            let (uuid, rest) = line.split_once("WPS-PIN-NEEDED ")?.1.split_once(' ')?;
            rest.starts_with(&mac).then(|| uuid.to_owned())
        });
        hostapd.pin(&needed, pin);
    }
    for printer in &mut printers {
        printer.finish().assert_success();
        assert_eq!(printer.credentials(), [home()]);
    }
}
