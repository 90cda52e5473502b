//! An attempt to register, or to join.

use serde::Serialize;

/// One attempt of a station with an access point.
#[derive(Clone, Debug, Serialize)]
pub struct Attempt {
    /// Which one it is, from 1.
    pub number: usize,
    /// The station: the device that wants to be set up or, with the router's PIN, that sets up the router.
    pub device: Party,
    /// The access point.
    pub router: Party,
    /// The network's name, where the capture has it.
    pub ssid: Option<String>,
    /// By which method; absent when the capture does not show it.
    pub method: Option<Method>,
    /// How it ended.
    pub outcome: Outcome,
    /// What it achieved, when it succeeded.
    pub achieved: Option<Achieved>,
    /// How many of the seven steps are done, 0 to 7.
    pub steps_done: u8,
    /// The step in which it ended; absent after success.
    pub step: Option<Step>,
    /// The code of the cause, when it failed or waits.
    pub cause: Option<&'static str>,
    /// The Configuration Error that one side told the other, 0 to 20.
    pub config_error: Option<u16>,
    /// How that is known, one sentence; it can be empty.
    pub evidence: String,
    /// The words for the device's screen.
    pub at_device: Option<Advice>,
    /// The words for the router's screen.
    pub at_router: Option<Advice>,
    /// When it began, in milliseconds since the first packet.
    pub from_ms: u64,
    /// When it ended, in milliseconds since the first packet.
    pub to_ms: u64,
    /// The longest time in which nothing was sent.
    pub longest_silence: Option<Silence>,
    /// How many tries in a row ended like this one and are told as one.
    pub tries: u32,
    /// Messages that were sent again because no answer came.
    pub repeated: u32,
    /// Messages that are not in the capture, though later ones show that they were sent.
    pub missing: Vec<&'static str>,
    /// What was sent, in order.
    pub exchange: Vec<Message>,
    /// The 4-way handshake that opens the network, if it was seen.
    pub handshake: Option<Handshake>,
    /// The address that the device got.
    pub address: Option<String>,
    /// What else is worth knowing, a sentence each.
    pub notes: Vec<String>,
}

/// Who takes part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Party {
    /// The MAC address; absent when the capture does not have it.
    pub mac: Option<String>,
    /// For a device: the name that stands on both screens, such as `BLUE-42`.
    pub nickname: Option<String>,
    /// The name that it gives itself.
    pub name: Option<String>,
    /// Who made it.
    pub manufacturer: Option<String>,
    /// The model.
    pub model: Option<String>,
    /// What kind of device it is, such as `printer or scanner`.
    pub kind: Option<&'static str>,
    /// Its UUID.
    pub uuid: Option<String>,
    /// `1.0` or `2.0`.
    pub wps_version: Option<&'static str>,
    /// How weakly it was heard at worst where it was captured, in dBm.
    pub signal_dbm: Option<i8>,
}

/// How a device is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// The device's PIN, typed at the router.
    Pin,
    /// A button on each.
    Button,
    /// The router's PIN, typed at the device.
    RouterPin,
    /// A password of NFC.
    Nfc,
    /// Network name and Wi-Fi password, without WPS.
    Passphrase,
}

impl Method {
    /// What it is called.
    pub const fn words(self) -> &'static str {
        match self {
            Method::Pin => "the device's PIN, typed at the router",
            Method::Button => "push button",
            Method::RouterPin => "the router's PIN, typed at the device",
            Method::Nfc => "NFC",
            Method::Passphrase => "none of WPS: with the Wi-Fi password",
        }
    }
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Well, as far as the capture shows.
    Succeeded,
    /// Not well.
    Failed,
    /// The router has no PIN for the device yet, or no button was pressed; the device asks again.
    Waiting,
    /// The capture ends before the attempt does.
    Unfinished,
}

/// What an attempt achieved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Achieved {
    /// The device received the network's settings.
    Received,
    /// With the router's PIN, the device read the network's settings.
    Learned,
    /// With the router's PIN, the device gave the router new settings.
    Configured,
    /// The device joined the network.
    Joined,
}

/// The seven steps from nothing to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Find the network.
    Found,
    /// Introduce each other: M1, M2.
    Introduced,
    /// Prove the first half of the PIN: M3, M4.
    FirstHalf,
    /// Prove the second half: M5, M6.
    SecondHalf,
    /// Hand over the network's key: M7, M8.
    Key,
    /// Join with that key.
    Joined,
    /// Get an address.
    Address,
}

impl Step {
    /// All of them, in order.
    pub const ALL: [Step; 7] = [
        Step::Found,
        Step::Introduced,
        Step::FirstHalf,
        Step::SecondHalf,
        Step::Key,
        Step::Joined,
        Step::Address,
    ];

    /// Its number, from 1.
    pub const fn number(self) -> u8 {
        self as u8 + 1
    }

    /// What it is called.
    pub const fn words(self) -> &'static str {
        match self {
            Step::Found => "find the network",
            Step::Introduced => "introduce each other (M1–M2)",
            Step::FirstHalf => "prove the first half of the PIN (M3–M4)",
            Step::SecondHalf => "prove the second half of the PIN (M5–M6)",
            Step::Key => "hand over the key (M7–M8)",
            Step::Joined => "join the network",
            Step::Address => "get an address",
        }
    }
}

/// What happened and what to do, for the screen of one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Advice {
    /// What happened, one sentence.
    pub what: &'static str,
    /// What to do next, one sentence.
    pub next: &'static str,
}

/// A time in which nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Silence {
    /// How long, in milliseconds.
    pub ms: u64,
    /// What was sent before it.
    pub after: String,
    /// Whose answer was awaited.
    pub awaited: Sender,
}

/// Who sent something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sender {
    /// The station.
    Device,
    /// The access point.
    Router,
}

impl Sender {
    /// The other side.
    pub const fn other(self) -> Sender {
        match self {
            Sender::Device => Sender::Router,
            Sender::Router => Sender::Device,
        }
    }

    /// With its article.
    pub const fn words(self) -> &'static str {
        match self {
            Sender::Device => "the device",
            Sender::Router => "the router",
        }
    }
}

/// Something that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    /// When, in milliseconds since the first packet.
    pub at_ms: u64,
    /// In which packet of the file, from 1.
    pub frame: u64,
    /// By whom.
    pub from: Sender,
    /// What, such as `M4`.
    pub what: &'static str,
    /// More about it; it can be empty.
    pub note: String,
}

/// A 4-way handshake.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Handshake {
    /// How often each of its messages was seen.
    pub messages: [u32; 4],
    /// Encrypted frames that were seen after it.
    pub encrypted_frames: u32,
}
