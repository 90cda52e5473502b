//! How far a set-up is, the same on every screen that shows it.

use keyway_home::{Cause, Side};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a printer gets onto the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// The printer's PIN, made for the occasion and typed at the router.
    Pin,
    /// The PIN on the printer's label, typed at the router.
    LabelPin,
    /// A button on each.
    Button,
    /// The router's PIN, typed at the printer.
    RouterPin,
    /// Network name and passphrase.
    Passphrase,
    /// Over a USB cable.
    Usb,
}

impl Method {
    /// The steps that it has, in order.
    pub const fn steps(self) -> &'static [Step] {
        match self {
            Method::Passphrase | Method::Usb => &[Step::Found, Step::Joined, Step::Address],
            Method::Pin | Method::LabelPin | Method::Button | Method::RouterPin => &Step::ALL,
        }
    }

    /// Its name on screens.
    pub const fn words(self) -> &'static str {
        match self {
            Method::Pin => "Printer's PIN",
            Method::LabelPin => "PIN on the label",
            Method::Button => "Push button",
            Method::RouterPin => "Router's PIN",
            Method::Passphrase => "Wi-Fi password",
            Method::Usb => "USB cable",
        }
    }
}

/// The seven steps from nothing to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// The network was found.
    Found,
    /// Both introduced themselves: M1, M2.
    Introduced,
    /// The first half of the PIN was proved: M3, M4.
    FirstHalf,
    /// The second half was proved: M5, M6.
    SecondHalf,
    /// The network's key is handed over: M7, M8.
    Key,
    /// Joined with that key.
    Joined,
    /// An address.
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

    /// What it is called on screens.
    pub const fn words(self) -> &'static str {
        match self {
            Step::Found => "Find the network",
            Step::Introduced => "Introduce each other (M1–M2)",
            Step::FirstHalf => "Prove the first half (M3–M4)",
            Step::SecondHalf => "Prove the second half (M5–M6)",
            Step::Key => "Hand over the key (M7–M8)",
            Step::Joined => "Join the network",
            Step::Address => "Get an address",
        }
    }
}

/// How far a set-up is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionView {
    /// The method.
    pub method: Method,
    /// The printer's nickname.
    pub nickname: String,
    /// The last step that is done; `None` before the first.
    pub done: Option<Step>,
    /// Whether it goes on.
    pub running: bool,
    /// The messages that went by, oldest first: for those who want to see them.
    pub messages: Vec<MessageView>,
    /// The time that is left for a person to act.
    pub countdown: Option<Countdown>,
    /// Why it failed, in the words for this screen.
    pub reason: Option<Reason>,
}

/// A message that went by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MessageView {
    /// Its name: `M1` … `M8`, `M2D`, `WSC_ACK`, `WSC_NACK`, `WSC_Done`.
    pub name: String,
    /// Whether this side sent it.
    pub sent: bool,
    /// What it says, in words.
    pub words: String,
    /// When, in milliseconds from the start of the home.
    pub at: u64,
}

/// Time that is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Countdown {
    /// Until then, in milliseconds from the start of the home; for pages that count by themselves.
    pub until: u64,
    /// Seconds left, rounded up.
    pub seconds: u64,
    /// Of how many.
    pub of: u64,
}

impl Countdown {
    /// As `3:41`.
    pub fn clock(&self) -> String {
        format!("{}:{:02}", self.seconds / 60, self.seconds % 60)
    }
}

/// Why something did not work: one code, and the words for one screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reason {
    /// The code, the same on every screen and in every log.
    pub code: String,
    /// What happened, one sentence.
    pub what: String,
    /// What to do next, one sentence.
    pub next: String,
}

impl Reason {
    /// The words of a cause for the screen of this side.
    pub fn new(cause: &Cause, side: Side) -> Reason {
        let words = cause.words(side);
        Reason { code: cause.code().to_owned(), what: words.what.to_owned(), next: words.next.to_owned() }
    }
}
