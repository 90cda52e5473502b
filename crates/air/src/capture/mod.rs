//! Captures: what was on the air, for programs like Wireshark.
//!
//! [`Capture`] makes a pcapng file, piece by piece, from what [`Air::poll_tap`](crate::Air::poll_tap) gives. Writing the
//! pieces somewhere is the caller's task.

mod pcapng;
mod radiotap;

use core::time::Duration;

use crate::event::Tapped;

pub use pcapng::{LinkType, enhanced_packet, interface_description, section_header};
pub use radiotap::radiotap;

/// A capture of an air as pcapng with radiotap headers: one section, one interface, times in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capture {
    epoch: Duration,
}

impl Capture {
    /// A capture whose timestamps count from `epoch`, the time since the beginning of 1970 (UTC) at which the simulation's
    /// own time is zero.
    pub const fn new(epoch: Duration) -> Capture {
        Capture { epoch }
    }

    /// What a file begins with.
    pub fn header(&self) -> Vec<u8> {
        let mut out = section_header("Keyway");
        out.extend(interface_description(LinkType::RADIOTAP, "air"));
        out
    }

    /// What a frame adds to the file.
    pub fn packet(&self, tapped: &Tapped) -> Vec<u8> {
        let mut data = radiotap(tapped);
        data.extend_from_slice(&tapped.frame);
        enhanced_packet(self.epoch.saturating_add(tapped.at.since_epoch()), &data)
    }
}
