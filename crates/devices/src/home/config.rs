//! What a home consists of.

use crate::view::Model;
use keyway_wsc::{MacAddr, Pin, Ssid};

/// What a home consists of, before anybody touches anything.
#[derive(Clone, Debug)]
pub struct HomeConfig {
    /// Decides what is by chance on the air and on the network: the same seed, the same home.
    pub seed: u64,
    /// The date at the start: milliseconds since 1970, UTC.
    pub date: u64,
    /// The printers.
    pub printers: Vec<PrinterPlace>,
    /// Whether transmissions that overlap collide.
    pub collisions: bool,
    /// Whether everything on the air is to be captured; see [`Home::poll_capture`](super::Home::poll_capture).
    pub capture: bool,
    /// The network's name at the first start.
    pub ssid: Ssid,
    /// Whether a guest network stands beside the home's.
    pub guest_network: bool,
    /// Whether there is a computer.
    pub computer: bool,
    /// Makes the page that the computer prints for a test: its media type and its octets.
    pub test_page: fn(&TestPageWords) -> (String, Vec<u8>),
}

/// What stands on a test page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestPageWords {
    /// The printer's name.
    pub printer: String,
    /// The network's name.
    pub ssid: String,
    /// The printer's address.
    pub address: String,
    /// The computer's name.
    pub computer: String,
    /// When, in milliseconds since 1970, UTC.
    pub at: u64,
}

/// A test page of plain text.
fn plain_page(words: &TestPageWords) -> (String, Vec<u8>) {
    let TestPageWords { printer, ssid, address, computer, .. } = words;
    let page = format!(
        "Test page\n\n{printer} is on {ssid} with the address {address}.\nPrinted from {computer}.\n"
    );
    ("text/plain".to_owned(), page.into_bytes())
}

/// A printer and where it stands.
#[derive(Clone, Debug)]
pub struct PrinterPlace {
    /// Its identifier in addresses of pages: letters, digits and dashes.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its model.
    pub model: Model,
    /// Metres to the router.
    pub metres: u32,
}

/// The network's name in the demo.
const HOME: Ssid = match Ssid::new(b"Home") {
    Ok(ssid) => ssid,
    Err(_) => panic!("four octets are a name"),
};

impl HomeConfig {
    /// The home of `keyway demo`: a printer of each model, a router and a computer.
    pub fn demo(seed: u64, date: u64) -> HomeConfig {
        let place = |id: &str, name: &str, model, metres| PrinterPlace {
            id: id.to_owned(),
            name: name.to_owned(),
            model,
            metres,
        };
        HomeConfig {
            seed,
            date,
            printers: vec![
                place("study", "Printer in the study", Model::Touch, 4),
                place("hall", "Printer in the hall", Model::TwoLine, 7),
                place("kitchen", "Printer in the kitchen", Model::Label, 9),
                place("attic", "Printer in the attic", Model::Entry, 12),
            ],
            collisions: false,
            capture: false,
            ssid: HOME,
            guest_network: true,
            computer: true,
            test_page: plain_page,
        }
    }
}

/// The address of the device with this number in a home: locally administered, the same for the same seed.
pub(super) fn address(seed: u64, kind: u8, number: u16) -> MacAddr {
    let [high, low] = number.to_be_bytes();
    let [a, b, ..] = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
    MacAddr([0x02, a, b, kind, high, low])
}

/// The PIN on the label of the printer with this address: fixed for the printer, whatever happens to it.
pub(super) fn label_pin(mac: MacAddr, seed: u64) -> Option<Pin> {
    let octets = mac.0.iter().fold(seed ^ 0x6c61_6265_6c00, |sum, octet| {
        (sum ^ u64::from(*octet)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let digits = format!("{:07}", octets % 10_000_000);
    (0..10).find_map(|check| format!("{digits}{check}").parse::<Pin>().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_differ_and_stay_what_they_are() {
        let a = address(1, 2, 0);
        assert_eq!(a, address(1, 2, 0));
        for other in [address(2, 2, 0), address(1, 3, 0), address(1, 2, 1)] {
            assert_ne!(a, other);
        }
        let pins: Vec<_> = (0..100).map(|number| label_pin(address(1, 2, number), 1)).collect();
        assert!(pins.iter().all(Option::is_some));
        assert_eq!(label_pin(a, 1), pins[0]);
        assert_ne!(pins[0], pins[1]);
    }
}
