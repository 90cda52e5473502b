//! Values that cannot be wrong, and the numbers of the protocol.

mod codes;
mod device;
mod flags;
mod identity;
mod network_key;
mod pin;
mod secret;
mod ssid;
mod text;

pub use codes::{
    AssociationState, ConfigError, DevicePasswordId, MessageType, RequestType, ResponseType, WpsState,
};
pub use device::{DeviceDescription, DeviceType, OsVersion};
pub use flags::{AuthTypes, ConfigMethods, ConnectionTypes, EncrTypes, RfBands};
pub use identity::{MacAddr, Nonce, ParseAddressError, Uuid, Version};
pub use network_key::{NetworkKey, NetworkKeyError, Passphrase};
pub use pin::{GroupedPin, Pin, PinError};
pub use secret::{DevicePassword, SecretBytes, SecretNonce};
pub use ssid::{Ssid, SsidError};
pub use text::Text;
