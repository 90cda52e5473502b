//! What the router knows of a station while it talks to it.

use crate::pins::PinId;
use keyway_eap::Port;
use keyway_wsc::session::PeerDescription;

/// How a registration is proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// By the device's PIN.
    Pin,
    /// By button.
    Button,
    /// By the router's PIN; the station is the registrar.
    RouterPin,
}

/// A station.
pub(super) struct Station {
    pub(super) port: Port,
    pub(super) peer: Option<PeerDescription>,
    pub(super) method: Option<Method>,
    /// The PIN that it tries.
    pub(super) held: Option<PinId>,
    /// The PIN that it used up.
    pub(super) spent: Option<PinId>,
}

impl Station {
    pub(super) fn new(port: Port) -> Station {
        Station { port, peer: None, method: None, held: None, spent: None }
    }
}
