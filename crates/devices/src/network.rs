//! A network as a scan shows it to a person.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A network in range.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NetworkSummary {
    /// Its name; empty when it is hidden.
    pub ssid: String,
    /// Its access point, as `aa:bb:cc:dd:ee:ff`.
    pub bssid: String,
    /// The channel.
    pub channel: u8,
    /// Whether that is at 5 GHz; else 2.4 GHz.
    pub is_5_ghz: bool,
    /// Signal in dBm.
    pub signal: i8,
    /// The security, such as `WPA2` or `WPA3`.
    pub security: String,
    /// Whether it is WPA3 alone.
    pub wpa3_only: bool,
    /// Whether WPS is on.
    pub wps: bool,
    /// Whether WPS is locked for the router's own PIN.
    pub locked: bool,
    /// Whether a device can be added by PIN at this moment.
    pub open_for_pin: bool,
    /// Whether a device can be added by button at this moment.
    pub open_for_button: bool,
}
