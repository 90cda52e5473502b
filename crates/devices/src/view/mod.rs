//! Everything that a person can see, as data: pages render it, the JSON API gives it as it is.

mod computer;
mod printer;
mod router;

pub use computer::{
    Ask, AssistantStage, AssistantView, CheckResult, CheckView, ChoiceView, ComputerView, FoundPrinter,
    PrintView,
};
pub use printer::{
    Display, InputView, ItemView, KeyView, LightState, LightView, Model, NetworkView, PanelView, PaperKind,
    PaperView, PrinterView, Sticker, TouchScreen,
};
pub use router::{
    AirVerdict, AlertView, Banner, JoinedView, LockView, PendingPin, RouterAdminView, RouterPinView,
    RouterView, WaitingView,
};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The whole home at one moment, as far as anybody may see it. The router's page has a view of its own,
/// [`RouterAdminView`], for those who are logged in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HomeView {
    /// What this is a view of.
    pub kind: HomeKind,
    /// Grows with each change; a countdown alone is no change.
    pub revision: u64,
    /// Milliseconds from the start of the home.
    pub now: u64,
    /// Milliseconds since 1970, UTC.
    pub date: u64,
    /// The router, as anybody sees it.
    pub router: RouterView,
    /// The printers; none around a router alone.
    pub printers: Vec<PrinterView>,
    /// The computer; one on no network where there is none.
    pub computer: ComputerView,
    /// What goes on between them.
    pub links: Vec<LinkView>,
}

/// What pages and programs look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HomeKind {
    /// A simulated home: a router, printers, a computer, and what a person can do with plugs, places and time.
    Demo,
    /// A router alone, on real radios.
    Router,
}

impl HomeKind {
    /// Whether it is simulated.
    pub const fn is_demo(self) -> bool {
        matches!(self, HomeKind::Demo)
    }
}

/// What goes on between a device and the router.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LinkView {
    /// The device: a printer's identifier, or `computer`.
    pub device: String,
    /// What goes on.
    pub state: LinkState,
    /// Step of the set-up, 0 to 7.
    pub step: u8,
    /// The signal at the device, in dBm; `None` when nothing is heard.
    pub signal: Option<i8>,
    /// Bars, 0 to 4.
    pub bars: u8,
}

/// What goes on on a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LinkState {
    /// Nothing.
    None,
    /// The device looks for the network.
    Searching,
    /// A set-up runs.
    Registering,
    /// It joins.
    Joining,
    /// It is on the network.
    Joined,
    /// It is on the network, with an address.
    Online,
    /// It prints.
    Printing,
}
