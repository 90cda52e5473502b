//! The network configuration page (N10).

use crate::bench::Bench;
use keyway_devices::action::{Key, PrinterAction};
use keyway_devices::printer::{ConfigurationData, PrinterNews, PrinterOrder, RowResult};
use keyway_devices::session::Method;
use keyway_devices::view::Model;
use keyway_home::Cause;

const ROWS: [&str; 13] = [
    "Wireless on",
    "SSID found",
    "Security",
    "Signal",
    "Channel",
    "Settings match",
    "Connected",
    "IP address",
    "Subnet mask",
    "Gateway",
    "DNS server",
    "Configuration source",
    "MAC address",
];

fn results(page: &ConfigurationData) -> String {
    assert!(page.rows.iter().map(|row| row.name.as_str()).eq(ROWS));
    assert!(page.rows.iter().all(|row| !row.evidence.is_empty()), "{page:?}");
    page.rows
        .iter()
        .map(|row| match row.result {
            RowResult::Pass => 'P',
            RowResult::Fail => 'F',
            RowResult::NotRun => '-',
            RowResult::Info => 'i',
        })
        .collect()
}

#[test]
fn each_way_prints_the_same_page() {
    for way in 0..3 {
        let mut bench = Bench::on_home(Model::TwoLine);
        match way {
            0 => bench.hold(&[Key::Information, Key::Wireless]).unwrap(),
            1 => bench.act(PrinterAction::PrintConfigurationPage).unwrap(),
            _ => bench.press(Key::Information),
        }
        let orders = bench.take_orders();
        let [PrinterOrder::Print(page)] = &orders[..] else { panic!("{orders:?}") };
        assert_eq!(**page, bench.page());
    }
}

#[test]
fn what_is_wrong_fails_and_what_could_not_be_tried_is_not_run() {
    let failed = |news: PrinterNews| {
        let mut bench = Bench::on_home(Model::Touch).restart();
        bench.hear(news);
        bench.page()
    };
    let join = |cause| failed(PrinterNews::JoinFailed(cause));
    for (page, expected) in [
        (Bench::new(Model::Touch).page(), "P----------ii"),
        (Bench::on_home(Model::Touch).page(), "PPPPPPPPPPPii"),
        (Bench::on_home(Model::Touch).restart().page(), "P----------ii"),
        (join(Cause::NetworkGone), "PF----F----ii"),
        (join(Cause::WrongPassphrase), "PP---FF----ii"),
        (join(Cause::TooFar), "PF-F--F----ii"),
        (join(Cause::OtherBand), "PF--F-F----ii"),
        (join(Cause::Wpa3Only), "P-F---F----ii"),
    ] {
        assert_eq!(results(&page), expected, "{}", page.verdict);
    }
}

#[test]
fn without_an_address_all_of_it_fails() {
    let mut bench = Bench::on_home(Model::Touch).restart();
    bench.joined("Home");
    assert_eq!(results(&bench.page()), "PPPPPPP----ii");
    bench.hear(PrinterNews::NoAddress(Cause::NoAddress));
    assert_eq!(results(&bench.page()), "PPPPPPPFFFFii");
    assert!(bench.page().next.iter().any(|advice| advice.contains("DHCP")));
}

#[test]
fn with_wifi_off_the_page_says_how_to_switch_it_on() {
    let mut bench = Bench::on_home(Model::Label);
    bench.press(Key::Wireless);
    let page = bench.page();
    assert_eq!(results(&page), "F----------ii");
    assert!(page.next[0].contains("hold Wireless"), "{:?}", page.next);
}

#[test]
fn the_verdict_comes_first_and_says_what_to_do() {
    let page = Bench::on_home(Model::Touch).page();
    assert_eq!(
        page.verdict,
        "The printer is on the network Home with the address 192.168.1.23. Computers on this network can find it."
    );
    assert_eq!(page.next, ["Nothing: add the printer on your computer."]);
    let page = Bench::new(Model::Entry).page();
    assert_eq!(page.verdict, "The printer is not set up for a network yet.");
    assert_eq!(page.next, ["Set it up; the safer ways first: Wi-Fi password, Push button, USB cable."]);
    let mut bench = Bench::new(Model::Label);
    bench.start(Method::Button).unwrap();
    assert_eq!(bench.page().verdict, "A set-up runs: Push button.");
    bench.failed(Cause::WpsOff);
    assert!(bench.page().verdict.starts_with("The router has WPS switched off."));
}

#[test]
fn it_names_the_pin_or_how_to_get_one() {
    let mut bench = Bench::new(Model::Touch);
    assert!(bench.page().pin.expose().contains("Settings › Network › Wi-Fi Protected Setup › WPS PIN"));
    bench.start(Method::Pin).unwrap();
    let pin = bench.touch().pin.unwrap();
    let wanted = format!("WPS PIN {}, good for 5:00 more minutes.", pin.expose());
    assert_eq!(bench.page().pin.expose(), wanted);
    bench.failed(Cause::PinExpired(None));
    assert!(!bench.page().pin.expose().contains(pin.expose()));
    assert!(Bench::new(Model::Label).page().pin.expose().contains("on the label"));
    assert!(Bench::new(Model::Entry).page().pin.expose().contains("no PIN"));
}

#[test]
fn the_source_of_the_settings_is_named() {
    let source = |bench: &Bench| bench.page().rows[11].evidence.clone();
    assert_eq!(source(&Bench::new(Model::Touch)), "None");
    assert_eq!(source(&Bench::on_home(Model::Touch).restart()), "Push button; address by DHCP");
}
