//! `keyway scan`: which networks are in range, and what each offers by WPS.

mod words;

use crate::args::ScanArgs;
use crate::exit::Error;
use crate::hold::state_folder;
use crate::privileges::{self, Files};
use crate::report::Report;
use crate::wifi::{Time, operating_system, wifi_error};
use keyway_eap::Timestamp;
use keyway_linux::wifi::{Borrowed, Card, KernelStation, RadioNews};
use keyway_linux::{Clock, Poller};
use keyway_wifi::driver::StationRadio;
use keyway_wifi::network::{Network, ScanResults};
use keyway_wifi::station::{Event, Station, StationConfig};
use serde_json::json;

pub(super) fn run(args: &ScanArgs) -> Result<(), Error> {
    let folder = Some(state_folder());
    privileges::keep(privileges::LOOKING, &Files { written: vec![&folder], ..Files::default() });
    // A wrong name is told first.
    Card::find(&args.interface).map_err(wifi_error)?;
    privileges::need(privileges::LOOKING)?;
    let mut poller = Poller::new(Clock::start()).map_err(Error::interface)?;
    let borrowed = Borrowed::take_if_off(&args.interface, &state_folder()).map_err(wifi_error)?;
    let mut report = Report::new(args.json);
    report.event("started", json!({ "role": "scan", "interface": args.interface }), "");
    report.status(&format!("Listening on {} …", args.interface));
    let (results, trouble) = look(&args.interface, &mut poller)?;
    drop(borrowed);
    let mut networks: Vec<&Network> = results.iter().collect();
    networks.sort_by_key(|network| std::cmp::Reverse(network.signal));
    report.clear();
    let width = words::width(&networks);
    for network in &networks {
        report.event("network", words::fields(network), &words::lines(network, width));
    }
    if let Some(trouble) = trouble {
        return Err(trouble);
    }
    let nothing = "Nothing is heard here: no network is in range, or the antenna is off.";
    let words = if networks.is_empty() { nothing } else { "" };
    report.event("scanned", json!({ "networks": networks.len() }), words);
    Ok(())
}

/// Looks on every channel once. Gives what was heard, and why it is not all.
fn look(interface: &str, poller: &mut Poller) -> Result<(ScanResults, Option<Error>), Error> {
    let mut radio = KernelStation::open(interface).map_err(wifi_error)?;
    let card = radio.card();
    // This is nobody's registration: the probe says nothing of WPS.
    let device = super::device(
        card.address(),
        keyway_wsc::DeviceType::COMPUTER,
        "Keyway",
        keyway_wsc::ConfigMethods::NONE,
    );
    let config = StationConfig {
        mac: card.address(),
        bands: card.bands(),
        probe: keyway_devices::probe_request(&device),
        protects_management: true,
    };
    let mut station = Station::new(config);
    let mut random = operating_system();
    let now = |poller: &Poller| Time::of(poller).now;
    station.scan(now(poller));
    loop {
        while let Some(command) = station.poll_command() {
            radio.handle_command(command, now(poller));
        }
        while let Some(event) = radio.poll_event() {
            station.handle_event(event, now(poller), &mut random);
        }
        if let Some(failure) = radio.take_failure() {
            return Err(wifi_error(failure));
        }
        if let Some(Event::Scanned { results, complete }) = station.poll_event() {
            let trouble = (!complete).then(|| match radio.poll_news() {
                Some(RadioNews::Trouble(error)) => wifi_error(error),
                _ => Error::interface("the card could not look for networks"),
            });
            return Ok((results, trouble));
        }
        let deadline = [station.poll_timeout(), radio.poll_timeout()].into_iter().flatten().min();
        let wake =
            poller.wait(&radio.sources(), deadline.map(Timestamp::since_epoch)).map_err(Error::interface)?;
        if let Some(stop) = wake.stop {
            return Err(Error::stopped(stop));
        }
        radio.receive(now(poller));
        radio.handle_timeout(now(poller));
        station.handle_timeout(now(poller), &mut random);
    }
}
