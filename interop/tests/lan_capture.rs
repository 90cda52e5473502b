//! tshark on what a home's network carries after joining: DHCP, ARP, Multicast DNS, TCP with HTTP and IPP, made by
//! `keyway-lan`. Needs no root.

#[path = "../../crates/lan/tests/support/mod.rs"]
mod support;

use std::path::PathBuf;

use keyway_interop::capture::write_pcap;
use keyway_interop::scratch::Scratch;
use keyway_interop::tshark::{file_complaints, file_fields};

use support::{Home, document, printer_mac};

/// What tshark warns of in every such network: Multicast DNS asks and announces several times, always with the number 0,
/// and the printer's window may be full for a moment.
const EXPECTED: [&str; 3] = [
    "DNS query retransmission",
    "DNS response retransmission",
    "TCP window specified by the receiver is now completely full",
];

/// A whole life: address, announcement, discovery, two names for two printers, a page, good-bye.
fn life() -> Home {
    let mut home = Home::new(42);
    let printer = home.find(1).remove(0);
    home.add_printer(2, "Keyway P3 (BLUE-42)", "keyway-blue-42");
    home.find(2);
    home.print(&printer, document(vec![b'x'; 20_000]));
    let now = home.now;
    home.computer().can_reach(printer.address, now);
    home.run_for(5);
    let now = home.now;
    home.printer(1).leave(now);
    home.run_for(5);
    home.set_link(printer_mac(1), false);
    home.set_link(printer_mac(1), true);
    home.run_for(10);
    home
}

fn capture(home: &Home, scratch: &Scratch) -> PathBuf {
    let file = scratch.file("lan.pcap");
    write_pcap(&file, home.dump.iter().map(Vec::as_slice));
    file
}

#[test]
fn tshark_has_nothing_to_complain_about() {
    let home = life();
    let scratch = Scratch::new("lan");
    let mut complaints = file_complaints(&capture(&home, &scratch));
    complaints.retain(|complaint| !EXPECTED.iter().any(|expected| complaint.line.contains(expected)));
    assert!(complaints.is_empty(), "{complaints:#?}");
}

#[test]
fn tshark_sees_each_protocol_and_what_it_says() {
    let home = life();
    let scratch = Scratch::new("lan");
    let file = capture(&home, &scratch);
    let column = |filter: &str, field: &'static str| -> Vec<String> {
        file_fields(&file, filter, &[field]).into_iter().filter_map(|mut row| row.remove(field)).collect()
    };
    // Discover, Offer, Request, Ack, Release.
    let kinds = column("dhcp", "dhcp.option.dhcp");
    for kind in ["1", "2", "3", "5", "7"] {
        assert!(kinds.iter().any(|found| found == kind), "DHCP message type {kind} is missing: {kinds:?}");
    }
    assert!(column("dhcp", "dhcp.option.hostname").contains(&"keyway-blue-42".to_owned()));
    assert!(!column("arp.isprobe == 1", "frame.number").is_empty(), "an address is probed for");
    assert!(!column("igmp", "frame.number").is_empty(), "the group is joined");
    assert!(!column("icmp.type == 0", "frame.number").is_empty(), "an echo is answered");
    for service in ["_ipp._tcp.local", "_ipps._tcp.local", "_printer._tcp.local", "_http._tcp.local"] {
        let filter = format!("mdns && dns.flags.response == 1 && dns.resp.name == \"{service}\"");
        assert!(!column(&filter, "frame.number").is_empty(), "{service} is not announced");
    }
    let goodbye = column("mdns && dns.flags.response == 1 && dns.resp.ttl == 0", "frame.number");
    assert!(!goodbye.is_empty(), "nobody says good-bye");
    for (number, name) in [
        ("0x000b", "Get-Printer-Attributes"),
        ("0x0004", "Validate-Job"),
        ("0x0002", "Print-Job"),
        ("0x0009", "Get-Job-Attributes"),
    ] {
        let found = column(&format!("ipp.operation_id == {number}"), "frame.number");
        assert!(!found.is_empty(), "{name} is not seen");
    }
    let refused: Vec<String> = column("ipp.status_code != 0", "ipp.status_code");
    assert!(refused.is_empty(), "{refused:?}");
    // Nothing of Multicast DNS comes from further away than one hop, and no frame is fragmented.
    assert!(column("mdns && ip.ttl != 255", "frame.number").is_empty());
    assert!(column("ip.flags.mf == 1", "frame.number").is_empty());
}
