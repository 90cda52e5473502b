//! A beacon as the kernel wants it: in two parts, and what follows from it.

use keyway_nl80211::request::Suites;
use keyway_wifi::element::{DsParameter, Element, Elements, Rates, Rsn, Tim};
use keyway_wifi::frame::{Beacon, Management, ManagementBody};
use keyway_wsc::{MacAddr, Ssid};

/// The beacon frame up to the place of the TIM element, and the elements after it.
pub(super) fn parts(own: MacAddr, beacon: &Beacon) -> (Vec<u8>, Vec<u8>) {
    let (mut head, mut tail) = (Elements::new(), Elements::new());
    for element in beacon.elements.iter() {
        // Elements stand in the order of the standard (IEEE 802.11-2020, table 9-32).
        let part = match element.id {
            Tim::ID => continue,
            Ssid::ID | Rates::ID | DsParameter::ID => &mut head,
            _ => &mut tail,
        };
        part.push_raw(element.id, element.content);
    }
    let body = ManagementBody::Beacon(Beacon { elements: head, ..beacon.clone() });
    let frame = Management::new(MacAddr::BROADCAST, own, own, body);
    (frame.encode(), tail.as_bytes().to_vec())
}

/// The suites of its RSN element; `None` without encryption.
pub(super) fn suites(beacon: &Beacon) -> Option<Suites> {
    let rsn = beacon.elements.find::<Rsn>().ok().flatten()?;
    Some(Suites {
        pairwise: u32::from_be_bytes(rsn.pairwise.first()?.0),
        group: u32::from_be_bytes(rsn.group.0),
        key_management: u32::from_be_bytes(rsn.akms.first()?.0),
        protects_management: false,
    })
}
