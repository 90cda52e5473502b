//! What the commands on Wi-Fi interfaces share.

use crate::exit::Error;
use crate::report::Report;
use keyway_devices::Random;
use keyway_eap::Timestamp;
use keyway_linux::Poller;
use keyway_linux::ip::IpError;
use keyway_linux::wifi::{RadioNews, WifiError};
use keyway_wsc::MacAddr;
use serde_json::json;
use std::time::{Duration, SystemTime};

/// The time, for timers and for what is written down.
#[derive(Clone, Copy)]
pub(crate) struct Time {
    /// For timers.
    pub(crate) now: Timestamp,
    /// Milliseconds since 1970, UTC.
    pub(crate) date: u64,
}

impl Time {
    /// The time at this moment.
    pub(crate) fn of(poller: &Poller) -> Time {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
        let date = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
        Time { now: Timestamp::from_epoch(poller.clock().now()), date }
    }
}

/// The operating system's randomness.
pub(crate) fn operating_system() -> Random {
    Random::new(|out| getrandom::fill(out).is_ok())
}

/// The error for an IP stack that cannot be used.
pub(crate) fn ip_error(error: IpError) -> Error {
    match &error {
        IpError::NotPermitted { .. } => Error::permission(error),
        _ => Error::interface(error),
    }
}

/// The error for a Wi-Fi interface that cannot be used.
pub(crate) fn wifi_error(error: WifiError) -> Error {
    match &error {
        WifiError::NotPermitted { .. } => Error::permission(error),
        WifiError::Link(IpError::NotPermitted { .. }) => Error::permission(error),
        _ => Error::interface(error),
    }
}

/// Tells what a radio tells of itself.
pub(crate) fn tell_radio(news: &RadioNews, interface: &str, report: &mut Report) {
    match news {
        RadioNews::Trouble(error) => {
            report.event("problem", json!({ "words": error.to_string() }), &format!("{error}."));
        }
        RadioNews::Recovered => {
            let words = format!("{interface} works again.");
            report.event("recovered", json!({ "interface": interface }), &words);
        }
    }
}

/// A serial number from an address.
pub(crate) fn serial(mac: MacAddr) -> String {
    mac.0.iter().map(|octet| format!("{octet:02X}")).collect()
}

/// A number for what needs no secrecy.
pub(crate) fn seed(random: &mut Random) -> Result<u64, Error> {
    let mut octets = [0; 8];
    random.fill(&mut octets).map_err(|_| Error::interface("the system gives no random numbers"))?;
    Ok(u64::from_le_bytes(octets))
}
