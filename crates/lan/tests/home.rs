//! A router, printers and a computer on one switch: address, discovery, a page, and what goes wrong.

mod support;

use std::time::Duration;

use keyway_lan::computer::{ComputerEvent, PrintFailure, PrintStep};
use keyway_lan::gateway::GatewayEvent;
use keyway_lan::ipp_printer::{IppEvent, Trouble};
use keyway_lan::printer::PrinterEvent;

use support::{COMPUTER, GUEST, Home, ROUTER, document, printer_mac};

/// A document that no compression, text or repetition hides a mistake in.
fn page(length: usize) -> Vec<u8> {
    let noise = (0..length).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8);
    b"%PDF-1.7\n".iter().copied().chain(noise).collect()
}

fn steps(home: &Home) -> Vec<PrintStep> {
    let step = |event: &ComputerEvent| match event {
        ComputerEvent::PrintProgress { step, .. } => Some(*step),
        _ => None,
    };
    home.computer_events.iter().filter_map(step).collect()
}

#[test]
fn a_page_is_printed_as_it_was_sent() {
    let mut home = Home::new(1);
    let found = home.find(1);
    let printer = &found[0];
    assert_eq!(printer.instance, "Keyway P3 (BLUE-42)");
    assert_eq!(printer.host, "keyway-blue-42.local");
    assert_eq!((printer.port, printer.rp.as_str()), (631, "ipp/print"));
    assert_eq!(Some(printer.address), home.printer(1).address().map(|own| own.address));
    assert_eq!(printer.uuid.as_deref(), Some(support::identity("").uuid.to_string().as_str()));
    let sent = page(300_000);
    let job = home.print(printer, document(sent.clone()));
    assert_eq!(
        (job.name.as_str(), job.user.as_str(), job.format.as_str()),
        ("Test page", "ada", "application/pdf")
    );
    assert!(job.bytes == sent, "{} octets came of {}", job.bytes.len(), sent.len());
    let expected = [
        PrintStep::Connecting,
        PrintStep::Asking,
        PrintStep::Validating,
        PrintStep::Sending,
        PrintStep::Waiting,
    ];
    assert_eq!(steps(&home), expected);
}

#[test]
fn a_bad_radio_only_makes_it_slower() {
    for seed in 0..8 {
        let mut home = Home::empty(seed);
        home.loss = 150;
        home.add_gateway();
        home.add_printer(1, "Blue", "blue");
        home.add_computer();
        let found = home.find(1);
        let sent = page(20_000);
        let job = home.print(&found[0], document(sent.clone()));
        assert!(job.bytes == sent, "seed {seed}");
    }
}

#[test]
fn the_same_seed_makes_the_same_run() {
    let run = |seed| {
        let mut home = Home::new(seed);
        home.loss = 50;
        let found = home.find(1);
        home.print(&found[0], document(page(5000)));
        home.dump
    };
    assert!(run(7) == run(7));
    assert!(run(7) != run(8));
}

#[test]
fn without_dhcp_there_is_no_address_until_there_is_dhcp() {
    let mut home = Home::empty(2);
    home.add_gateway();
    home.gateway().set_serving(false);
    let begin = home.now;
    home.add_printer(1, "Blue", "blue");
    let told = home
        .run_until(60, |home| home.printer_events.iter().any(|(_, event)| *event == PrinterEvent::NoAddress));
    assert!(told, "{:?}", home.printer_events);
    assert_eq!(home.now.saturating_since(begin), Duration::from_secs(15));
    assert_eq!(home.printer_events[0].1, PrinterEvent::AskingForAddress);
    home.run_for(100);
    assert!(home.printer(1).address().is_none());
    let told = home.printer_events.iter().filter(|(_, event)| *event == PrinterEvent::NoAddress).count();
    assert_eq!(told, 1, "it says so once");
    home.gateway().set_serving(true);
    assert!(home.run_until(20, |home| home.printer(1).address().is_some()), "it keeps asking");
}

#[test]
fn an_address_comes_with_everything_and_stays_the_same() {
    let mut home = Home::new(3);
    home.find(1);
    let own = home.printer(1).address().cloned().expect("an address");
    let gateway = home.gateway().address();
    assert_eq!((own.prefix, own.gateway, own.server), (24, Some(gateway), gateway));
    assert_eq!(own.dns, [gateway]);
    assert_eq!(own.lease, Duration::from_secs(86_400));
    let lease =
        home.gateway().leases().into_iter().find(|lease| lease.mac == printer_mac(1)).expect("a lease");
    assert_eq!((lease.address, lease.host_name.as_str()), (own.address, "keyway-blue-42"));
    // The link goes and comes: the same address. So it is after it left in an orderly way.
    home.set_link(printer_mac(1), false);
    assert!(home.printer(1).address().is_none());
    assert!(home.printer_events.iter().any(|(_, event)| *event == PrinterEvent::LinkLost));
    home.run_for(5);
    home.set_link(printer_mac(1), true);
    assert!(home.run_until(5, |home| home.printer(1).address() == Some(&own)));
    let now = home.now;
    home.printer(1).leave(now);
    home.run_for(1);
    let released = GatewayEvent::Released { mac: printer_mac(1), address: own.address };
    assert!(home.gateway_events.contains(&released), "{:?}", home.gateway_events);
    home.set_link(printer_mac(1), false);
    home.set_link(printer_mac(1), true);
    assert!(home.run_until(5, |home| home.printer(1).address() == Some(&own)));
}

#[test]
fn a_lease_is_renewed_and_one_that_is_not_ends() {
    let mut home = Home::new(4);
    home.find(1);
    home.run_for(3 * 86_400);
    assert!(home.printer(1).address().is_some());
    let lost = home.gateway_events.iter().any(|event| matches!(event, GatewayEvent::Released { .. }));
    assert!(!lost, "renewed in time: {:?}", home.gateway_events);
    home.gateway().set_serving(false);
    home.run_for(86_400 + 60);
    assert!(home.printer(1).address().is_none());
    assert!(home.gateway().leases().is_empty());
}

#[test]
fn a_vpn_hides_the_printer() {
    let mut home = Home::new(5);
    let printer = home.find(1).remove(0);
    let now = home.now;
    home.computer().set_tunnelled(true, now);
    home.computer_events.clear();
    home.run_for(1);
    let gone = |event: &ComputerEvent| matches!(event, ComputerEvent::Gone(service) if *service == printer);
    assert!(home.computer_events.iter().any(gone), "{:?}", home.computer_events);
    home.dump.clear();
    let now = home.now;
    home.computer().browse(now);
    home.computer().can_reach(printer.address, now);
    home.computer().print(&printer, document(page(10)), now);
    home.run_for(30);
    assert!(home.computer().printers().is_empty());
    let own = |frame: &&Vec<u8>| frame[6..12] == COMPUTER.0;
    assert_eq!(home.dump.iter().filter(own).count(), 0, "nothing goes to the local network");
    let unreached = ComputerEvent::Reached { address: printer.address, reached: false };
    assert!(home.computer_events.contains(&unreached), "{:?}", home.computer_events);
    let unreachable = |event: &ComputerEvent| {
        matches!(event, ComputerEvent::PrintFailed { reason: PrintFailure::Unreachable, .. })
    };
    assert!(home.computer_events.iter().any(unreachable), "{:?}", home.computer_events);
    let now = home.now;
    home.computer().set_tunnelled(false, now);
    assert_eq!(home.find(1), [printer]);
}

#[test]
fn who_answers_can_be_reached() {
    let mut home = Home::new(6);
    let printer = home.find(1).remove(0);
    let (now, gateway) = (home.now, home.gateway().address());
    let nobody = "192.168.1.250".parse().expect("an address");
    for address in [printer.address, gateway, nobody] {
        home.computer().can_reach(address, now);
    }
    home.run_for(5);
    for (address, reached) in [(printer.address, true), (gateway, true), (nobody, false)] {
        let expected = ComputerEvent::Reached { address, reached };
        assert!(home.computer_events.contains(&expected), "{expected:?} in {:?}", home.computer_events);
    }
}

#[test]
fn a_printer_that_says_goodbye_is_gone_at_once_and_one_that_dies_after_its_time() {
    for (leaves, at_least, at_most) in [(true, 0, 2), (false, 60, 121)] {
        let mut home = Home::new(9);
        home.find(1);
        home.run_for(20);
        let begin = home.now;
        if leaves {
            home.printer(1).leave(begin);
            home.run_for(1);
        }
        home.set_link(printer_mac(1), false);
        assert!(home.run_until(200, |home| home.computer().printers().is_empty()), "leaves: {leaves}");
        let after = home.now.saturating_since(begin).as_secs();
        assert!((at_least..=at_most).contains(&after), "leaves: {leaves}, after {after} s");
    }
}

#[test]
fn two_printers_of_one_name_get_two() {
    let mut home = Home::new(10);
    home.find(1);
    home.add_printer(2, "Keyway P3 (BLUE-42)", "keyway-blue-42");
    let found = home.find(2);
    let names: Vec<_> = found.iter().map(|found| (found.instance.as_str(), found.host.as_str())).collect();
    let expected = [
        ("Keyway P3 (BLUE-42)", "keyway-blue-42.local"),
        ("Keyway P3 (BLUE-42) (2)", "keyway-blue-42-2.local"),
    ];
    assert_eq!(names, expected);
    assert_ne!(found[0].address, found[1].address);
}

#[test]
fn two_printers_that_come_at_once_get_two_names_as_well() {
    for seed in 0..10 {
        let mut home = Home::empty(seed);
        home.add_gateway();
        home.add_computer();
        home.add_printer(1, "Blue", "blue");
        home.add_printer(2, "Blue", "blue");
        let found = home.find(2);
        let hosts: Vec<_> = found.iter().map(|found| found.host.as_str()).collect();
        assert_ne!(hosts[0], hosts[1], "seed {seed}");
    }
}

#[test]
fn an_address_that_somebody_uses_is_given_back() {
    // Somebody has taken an address without asking: a gateway of another home that is plugged in by mistake gives the
    // same answer as a computer with a fixed address would.
    let mut home = Home::new(11);
    home.find(1);
    let own = home.printer(1).address().cloned().expect("an address");
    let stranger = [2, 0, 0, 0, 9, 9];
    let mut frame = [&[0xff; 6][..], &stranger, &[8, 6, 0, 1, 8, 0, 6, 4, 0, 2], &stranger].concat();
    frame.extend(own.address.octets());
    frame.extend([0xff; 6]);
    frame.extend(own.address.octets());
    home.inject(frame);
    home.run_for(1);
    let conflict =
        PrinterEvent::AddressConflict { address: own.address, other: keyway_wsc::MacAddr(stranger) };
    assert!(home.printer_events.contains(&(printer_mac(1), conflict)), "{:?}", home.printer_events);
    let told = GatewayEvent::Conflict { mac: printer_mac(1), address: own.address };
    assert!(home.gateway_events.contains(&told), "{:?}", home.gateway_events);
    assert!(home.run_until(20, |home| home.printer(1).address().is_some()));
    assert_ne!(home.printer(1).address().map(|new| new.address), Some(own.address));
}

#[test]
fn a_printer_without_paper_keeps_the_job_until_there_is_some() {
    let mut home = Home::new(12);
    let printer = home.find(1).remove(0);
    let now = home.now;
    home.printer(1).ipp().set_troubles(&[Trouble::MediaEmpty], now);
    home.computer().print(&printer, document(page(100)), now);
    home.run_for(30);
    let printed = |home: &Home| {
        home.printer_events.iter().any(|(_, event)| matches!(event, PrinterEvent::Ipp(IppEvent::Job(_))))
    };
    assert!(!printed(&home));
    let now = home.now;
    home.printer(1).ipp().set_troubles(&[], now);
    assert!(home.run_until(10, |home| printed(home)));
    let done = |event: &ComputerEvent| matches!(event, ComputerEvent::Printed { job: 1, .. });
    assert!(home.run_until(10, |home| home.computer_events.iter().any(done)), "{:?}", home.computer_events);
}

#[test]
fn a_printing_that_cannot_be_says_why() {
    let mut home = Home::new(13);
    let printer = home.find(1).remove(0);
    let gateway = home.gateway().address();
    let nobody = "192.168.1.250".parse().expect("an address");
    let mut wrong_path = printer.clone();
    wrong_path.rp = "nothing".into();
    let mut format = document(page(10));
    format.format = "application/x-tea".into();
    let elsewhere = |address| keyway_lan::computer::PrinterService { address, ..printer.clone() };
    for (name, printer, document, reason) in [
        ("nobody there", elsewhere(nobody), document(page(10)), PrintFailure::Unreachable),
        ("no such service", elsewhere(gateway), document(page(10)), PrintFailure::Refused),
        ("no such path", wrong_path, document(page(10)), PrintFailure::Http(404)),
        ("no such format", printer.clone(), format, PrintFailure::Status(0x040a)),
    ] {
        home.computer_events.clear();
        let now = home.now;
        let task = home.computer().print(&printer, document, now);
        let expected = ComputerEvent::PrintFailed { task, reason };
        let failed = home.run_until(60, |home| home.computer_events.contains(&expected));
        assert!(failed, "{name}: {:?}", home.computer_events);
    }
    // The printer vanishes in the middle.
    let now = home.now;
    let task = home.computer().print(&printer, document(page(3_000_000)), now);
    let sending = ComputerEvent::PrintProgress { task, step: PrintStep::Sending };
    assert!(home.run_until(10, |home| home.computer_events.contains(&sending)));
    home.set_link(printer_mac(1), false);
    let expected = ComputerEvent::PrintFailed { task, reason: PrintFailure::TimedOut };
    assert!(
        home.run_until(60, |home| home.computer_events.contains(&expected)),
        "{:?}",
        home.computer_events
    );
    // And then the computer.
    let now = home.now;
    let task = home.computer().print(&printer, document(page(10)), now);
    home.set_link(COMPUTER, false);
    let expected = ComputerEvent::PrintFailed { task, reason: PrintFailure::NoAddress };
    home.run_for(1);
    assert!(home.computer_events.contains(&expected), "{:?}", home.computer_events);
}

#[test]
fn documents_are_printed_one_after_the_other() {
    let mut home = Home::new(14);
    let printer = home.find(1).remove(0);
    let now = home.now;
    for number in 0..12_u8 {
        home.computer().print(&printer, document(vec![b'a' + number; 10_000]), now);
    }
    let jobs = |home: &Home| -> Vec<u8> {
        let job = |(_, event): &(_, PrinterEvent)| match event {
            PrinterEvent::Ipp(IppEvent::Job(job)) => job.bytes.first().copied(),
            _ => None,
        };
        home.printer_events.iter().filter_map(job).collect()
    };
    assert!(home.run_until(120, |home| jobs(home).len() == 12));
    assert_eq!(jobs(&home), (b'a'..b'a' + 12).collect::<Vec<_>>());
}

#[test]
fn a_router_that_goes_and_comes_lends_the_same_again() {
    let mut home = Home::new(15);
    home.find(1);
    let own = home.printer(1).address().cloned();
    home.set_link(ROUTER, false);
    home.run_for(10);
    home.set_link(ROUTER, true);
    home.set_link(printer_mac(1), false);
    home.set_link(printer_mac(1), true);
    assert!(home.run_until(10, |home| home.printer(1).address().is_some()));
    assert_eq!(home.printer(1).address().cloned(), own);
}

#[test]
fn whoever_comes_to_another_network_gets_an_address_of_that() {
    let mut home = Home::new(16);
    home.find(1);
    let own = home.printer(1).address().map(|own| own.address).expect("an address");
    // The printer moves to the guest network: what it had is refused there, and it asks for another.
    home.set_link(ROUTER, false);
    home.set_link(COMPUTER, false);
    home.set_link(printer_mac(1), false);
    home.add_guest_gateway();
    home.set_link(printer_mac(1), true);
    assert!(home.run_until(10, |home| home.printer(1).address().is_some()));
    let guest = home.printer(1).address().cloned().expect("an address");
    assert_eq!(guest.address.octets()[..3], [192, 168, 2]);
    assert!(!guest.is_neighbour(own));
    // And home again.
    home.set_link(GUEST, false);
    home.set_link(ROUTER, true);
    home.set_link(printer_mac(1), false);
    home.set_link(printer_mac(1), true);
    assert!(home.run_until(10, |home| home.printer(1).address().is_some()));
    assert_eq!(home.printer(1).address().map(|own| own.address), Some(own));
}

#[test]
fn hosts_may_move_between_threads() {
    fn may_move<T: Send + 'static>() {}
    may_move::<keyway_lan::GatewayHost>();
    may_move::<keyway_lan::PrinterHost>();
    may_move::<keyway_lan::ComputerHost>();
    may_move::<keyway_lan::IppPrinter>();
}
