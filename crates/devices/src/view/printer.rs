//! What a person sees of a printer.

use crate::action::Key;
use crate::secret::SecretText;
use crate::session::{Countdown, Method, Reason, SessionView};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A printer's model: what it has decides what it offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Model {
    /// A touch screen.
    Touch,
    /// A display of two lines and keys.
    TwoLine,
    /// Buttons and lights, and a label with a PIN.
    Label,
    /// Buttons and lights, and no PIN at all.
    Entry,
}

/// A printer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PrinterView {
    /// Its identifier in addresses of pages.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its nickname, made from its address: the same on the router's page.
    pub nickname: String,
    /// Its address, as `aa:bb:cc:dd:ee:ff`.
    pub mac: String,
    /// Its model.
    pub model: Model,
    /// The model's name.
    pub model_name: String,
    /// The methods that the model has, the safer first.
    pub methods: Vec<Method>,
    /// Whether it is on.
    pub power: bool,
    /// Metres to the router.
    pub metres: u32,
    /// Whether a USB cable goes from it to the computer.
    pub usb: bool,
    /// Its panel.
    pub panel: PanelView,
    /// The network it is on, or joins.
    pub network: Option<NetworkView>,
    /// The set-up that runs, or the last one.
    pub session: Option<SessionView>,
    /// How long a PIN is good, in seconds.
    pub pin_lifetime: u64,
    /// What lies in its tray, newest first.
    pub papers: Vec<PaperView>,
}

/// A network as the printer has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NetworkView {
    /// Its name.
    pub ssid: String,
    /// Whether the printer is on it at this moment.
    pub connected: bool,
    /// The security, such as `WPA2`.
    pub security: String,
    /// The channel.
    pub channel: Option<u8>,
    /// The band, such as `2.4 GHz`.
    pub band: Option<String>,
    /// The signal in dBm.
    pub signal: Option<i8>,
    /// The IPv4 address.
    pub address: Option<String>,
    /// Mask, as `255.255.255.0`.
    pub mask: Option<String>,
    /// The router's address.
    pub gateway: Option<String>,
    /// The name server's address.
    pub dns: Option<String>,
    /// Why it is not connected, or has no address.
    pub reason: Option<Reason>,
}

/// A panel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PanelView {
    /// The display, if the model has one.
    pub display: Display,
    /// The keys and buttons.
    pub keys: Vec<KeyView>,
    /// Keys that do something when held together, with what they do.
    pub chords: Vec<(Vec<Key>, String)>,
    /// The lights.
    pub lights: Vec<LightView>,
    /// The label, if the model has one.
    pub sticker: Option<Sticker>,
}

/// What a panel shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Display {
    /// Nothing: no display.
    None,
    /// Off.
    Dark,
    /// A touch screen.
    Touch(Box<TouchScreen>),
    /// Two lines of at most 20 characters.
    Lines {
        /// The first.
        first: SecretText,
        /// The second.
        second: SecretText,
    },
}

/// What a touch screen shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TouchScreen {
    /// The menus that led here.
    pub path: Vec<String>,
    /// The title.
    pub title: String,
    /// Lines of text.
    pub body: Vec<String>,
    /// A PIN, big, as `1234 5670`.
    pub pin: Option<SecretText>,
    /// The time that is left.
    pub countdown: Option<Countdown>,
    /// Whether the steps of the session are shown here.
    pub shows_session: bool,
    /// What can be touched.
    pub items: Vec<ItemView>,
    /// What can be typed.
    pub input: Option<InputView>,
    /// What went wrong.
    pub reason: Option<Reason>,
}

/// Something to touch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ItemView {
    /// Its identifier.
    pub id: String,
    /// What stands on it.
    pub label: String,
    /// What stands below, smaller.
    pub hint: Option<String>,
}

/// Something to type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InputView {
    /// What is asked for.
    pub label: String,
    /// Whether it is to be hidden while it is typed.
    pub secret: bool,
    /// Whether digits are enough.
    pub digits: bool,
    /// Help below.
    pub hint: Option<String>,
}

/// A key or button.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeyView {
    /// Which.
    pub key: Key,
    /// What stands on it.
    pub label: String,
}

/// A light.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LightView {
    /// What stands beside it.
    pub label: String,
    /// What it does.
    pub state: LightState,
    /// What that means, for those who do not see it.
    pub words: String,
}

/// What a light does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LightState {
    /// Off.
    Off,
    /// On.
    On,
    /// Blinks: something goes on.
    Blinks,
    /// Blinks fast: something went wrong.
    BlinksFast,
}

/// The label of a printer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Sticker {
    /// The label PIN, as `1234 5670`.
    pub pin: SecretText,
    /// The serial number.
    pub serial: String,
    /// The address.
    pub mac: String,
}

/// A sheet in the tray.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaperView {
    /// Its number.
    pub number: u32,
    /// What it is.
    pub kind: PaperKind,
    /// Its title.
    pub title: String,
    /// When it was printed, in milliseconds since 1970, UTC.
    pub at: u64,
}

/// What was printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PaperKind {
    /// The network configuration page.
    Configuration,
    /// A job that came over the network.
    Job,
}
