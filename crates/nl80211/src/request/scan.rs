//! Looking for networks.

use super::Request;
use crate::netlink::{ACK, DUMP, REQUEST, Writer};
use crate::number::{attribute, command};

/// What is to be looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scan<'a> {
    /// The interface's number.
    pub interface: u32,
    /// The frequencies in MHz; none is all that are allowed.
    pub frequencies: &'a [u32],
    /// The names to ask for, each of at most 32 octets, as many as the radio takes; an empty name asks all, no name at all
    /// only listens.
    pub names: &'a [&'a [u8]],
    /// Elements of the probe request beyond name and rates.
    pub elements: &'a [u8],
}

/// Begin to look for networks: acknowledged at once, and [`ScanEnd`](crate::answer::ScanEnd) follows.
///
/// # Errors
/// [`TooLong`](crate::netlink::TooLong).
pub fn trigger_scan(family: u16, sequence: u32, scan: &Scan<'_>) -> Request {
    let mut writer = Writer::new(family, REQUEST | ACK, sequence, command::TRIGGER_SCAN, 0);
    writer.u32(attribute::IFINDEX, scan.interface);
    // The entries of these lists are numbered in the place of a type (`linux/nl80211.h`).
    if !scan.frequencies.is_empty() {
        writer.nest(attribute::SCAN_FREQUENCIES, |list| {
            for (number, frequency) in (1..).zip(scan.frequencies) {
                list.u32(number, *frequency);
            }
        });
    }
    if !scan.names.is_empty() {
        writer.nest(attribute::SCAN_SSIDS, |list| {
            for (number, name) in (1..).zip(scan.names) {
                list.put(number, name);
            }
        });
    }
    if !scan.elements.is_empty() {
        writer.put(attribute::IE, scan.elements);
    }
    writer.finish()
}

/// Break the scan off (since Linux 4.5): its end is told as that of any other.
///
/// # Errors
/// [`TooLong`](crate::netlink::TooLong).
pub fn abort_scan(family: u16, sequence: u32, interface: u32) -> Request {
    let mut writer = Writer::new(family, REQUEST | ACK, sequence, command::ABORT_SCAN, 0);
    writer.u32(attribute::IFINDEX, interface);
    writer.finish()
}

/// What was heard; [`ScanResult`](crate::answer::ScanResult) reads the answers.
///
/// # Errors
/// [`TooLong`](crate::netlink::TooLong).
pub fn scan_results(family: u16, sequence: u32, interface: u32) -> Request {
    let mut writer = Writer::new(family, REQUEST | DUMP, sequence, command::GET_SCAN, 0);
    writer.u32(attribute::IFINDEX, interface);
    writer.finish()
}
