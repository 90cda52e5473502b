//! What a capture tells, as data. Field by field it is what `keyway explain --json` writes.

mod attempt;
mod calendar;
mod words;

pub use attempt::{
    Achieved, Advice, Attempt, Handshake, Message, Method, Outcome, Party, Sender, Silence, Step,
};
pub(crate) use calendar::date_and_time;
pub use words::Words;

use crate::file::ReadError;
use serde::{Serialize, Serializer};

/// What a capture tells. [`Display`](core::fmt::Display) puts it into words.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The file.
    pub capture: Capture,
    /// The networks that were heard, those that offer WPS first.
    pub networks: Vec<Network>,
    /// Devices that looked for a router with WPS and did not register with any.
    pub searches: Vec<Search>,
    /// The attempts to register, or to join, in the order in which they began.
    pub attempts: Vec<Attempt>,
    /// Stations that sent EAPOL-Start and got no answer; that can be WPS, or another use of 802.1X.
    pub unanswered: Vec<Unanswered>,
    /// How many attempts, networks and devices there were beyond those that are told.
    pub left_out: u64,
    /// Why the file was not read to its end; what came before that is told.
    #[serde(serialize_with = "in_words")]
    pub problem: Option<ReadError>,
}

impl Report {
    /// Whether the capture has something of WPS in it, or of joining a network.
    pub fn has_story(&self) -> bool {
        !self.attempts.is_empty()
            || !self.searches.is_empty()
            || self.networks.iter().any(|network| network.wps.is_some())
    }
}

/// The file.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Capture {
    /// `pcapng` or `pcap`.
    pub format: &'static str,
    /// What its packets are, such as `802.11 with radiotap`.
    pub links: Vec<String>,
    /// How many packets there are.
    pub frames: u64,
    /// When the first packet was captured: RFC 3339, UTC; absent where the file does not say.
    pub started: Option<String>,
    /// From the first packet to the last, in milliseconds.
    pub duration_ms: u64,
    /// Packets that are damaged.
    pub damaged: u64,
    /// Packets of which less was captured than was there.
    pub cut: u64,
    /// Frames that were captured more than once, or repeated on the radio because no acknowledgement came.
    pub duplicates: u64,
}

/// A network that was heard.
#[derive(Clone, Debug, Serialize)]
pub struct Network {
    /// Its BSSID.
    pub bssid: String,
    /// Its name; absent while it is hidden.
    pub ssid: Option<String>,
    /// Its name in hexadecimal; it can be any octets.
    pub ssid_hex: Option<String>,
    /// Its channel.
    pub channel: Option<u8>,
    /// `2.4 GHz` or `5 GHz`.
    pub band: Option<String>,
    /// `open`, `wep`, `wpa`, `wpa2`, `wpa2-wpa3`, `wpa3`, `enterprise` or `owe`.
    pub security: &'static str,
    /// How strongly it was heard at most where it was captured, in dBm.
    pub signal_dbm: Option<i8>,
    /// What it says about WPS; absent when it says nothing, which means that WPS is off.
    pub wps: Option<Wps>,
    /// Why no device can be set up with it: the code of a cause (`wps-off`, `hidden`, `wpa3-only`).
    pub obstacle: Option<&'static str>,
}

/// What a network says about WPS.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Wps {
    /// `1.0` or `2.0`.
    pub version: &'static str,
    /// Whether it takes no registrar with the router's PIN at present, as it said last.
    pub locked: bool,
    /// Its name.
    pub name: Option<String>,
    /// Who made it.
    pub manufacturer: Option<String>,
    /// Its model.
    pub model: Option<String>,
    /// When a registrar waited for a device.
    pub open: Vec<Opening>,
}

/// A time in which a registrar waited for a device.
#[derive(Clone, Debug, Serialize)]
pub struct Opening {
    /// By which method.
    pub method: Method,
    /// From when, in milliseconds since the first packet.
    pub from_ms: u64,
    /// Until when it was heard, in milliseconds since the first packet.
    pub to_ms: u64,
    /// The devices it waited for; none means anybody.
    pub devices: Vec<String>,
}

/// A device that looked for a router with WPS.
#[derive(Clone, Debug, Serialize)]
pub struct Search {
    /// Who it is.
    pub device: Party,
    /// By which method it wants to register.
    pub method: Method,
    /// When it asked first, in milliseconds since the first packet.
    pub from_ms: u64,
    /// When it asked last, in milliseconds since the first packet.
    pub to_ms: u64,
    /// How many probe requests it sent.
    pub requests: u32,
    /// Why it found nothing, where the capture shows it: the code of a cause.
    pub cause: Option<&'static str>,
    /// The words for that on the device's screen.
    pub advice: Option<Advice>,
}

/// A station that sent EAPOL-Start and got no answer.
#[derive(Clone, Debug, Serialize)]
pub struct Unanswered {
    /// Its MAC address.
    pub mac: String,
    /// How many times it asked.
    pub times: u32,
}

fn in_words<S: Serializer>(problem: &Option<ReadError>, serializer: S) -> Result<S::Ok, S::Error> {
    problem.map(|problem| problem.to_string()).serialize(serializer)
}
