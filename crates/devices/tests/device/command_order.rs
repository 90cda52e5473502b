//! In which order a printer tells its radio and its host what to do.

use crate::bench::Bench;
use keyway_devices::action::PrinterAction;
use keyway_devices::printer::PrinterNetwork;
use keyway_devices::router::ManagementProtection;
use keyway_eap::Timestamp;
use keyway_lan::PrinterEvent;
use keyway_lan::printer::Page;
use keyway_wifi::driver::StationCommand;

/// A host on a stack of somebody else's: it neither takes nor gives Ethernet frames.
#[derive(Default)]
struct Elsewhere {
    done: Vec<&'static str>,
}

impl PrinterNetwork for Elsewhere {
    fn link_up(&mut self, _: Timestamp) {
        self.done.push("up");
    }
    fn link_down(&mut self, _: Timestamp) {
        self.done.push("down");
    }
    fn leave(&mut self, _: Timestamp) {
        self.done.push("leave");
    }
    fn handle_ethernet(&mut self, _: &[u8], _: Timestamp) {}
    fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        None
    }
    fn poll_event(&mut self) -> Option<PrinterEvent> {
        None
    }
    fn handle_timeout(&mut self, _: Timestamp) {}
    fn poll_timeout(&self) -> Option<Timestamp> {
        None
    }
    fn set_page(&mut self, _: Page) {}
}

fn bench() -> Bench<Elsewhere> {
    Bench::new(6, ManagementProtection::Optional, |_| Elsewhere::default())
}

#[test]
fn the_last_word_of_a_registration_goes_out_before_the_association_ends() {
    let mut bench = bench();
    bench.register_by_pin();
    let speaks = |command: &StationCommand| matches!(command, StationCommand::SendEapol { .. });
    bench.until("a conversation", |bench| bench.printer.radio().told.iter().any(speaks));
    let before = bench.printer.radio().told.len();
    bench.printer.perform(PrinterAction::Cancel, bench.now, 0, &mut bench.random).unwrap();
    bench.printer.run(bench.now, 0, &mut bench.random);
    let told = &bench.printer.radio().told[before..];
    let [StationCommand::SendEapol { .. }, StationCommand::Disconnect(_)] = told else { panic!("{told:?}") };
}

#[test]
fn a_printer_that_is_switched_off_leaves_its_network() {
    let mut bench = bench();
    bench.register_by_pin();
    bench.until("the network", |bench| bench.printer.station().network().is_some());
    assert_eq!(bench.printer.host().done, ["up"]);
    bench.printer.power(false, bench.now, 0, &mut bench.random);
    assert_eq!(bench.printer.host().done, ["up", "leave", "down"]);
    let last = bench.printer.radio().told.last();
    assert!(matches!(last, Some(StationCommand::Disconnect(_))), "{last:?}");

    // With power it goes back to the network that it knows.
    bench.carry();
    bench.printer.power(true, bench.now, 0, &mut bench.random);
    bench.until("the network again", |bench| bench.printer.station().network().is_some());
    assert_eq!(bench.printer.host().done, ["up", "leave", "down", "up"]);
}
