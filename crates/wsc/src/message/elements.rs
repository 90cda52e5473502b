//! The attributes in the WPS elements of 802.11 frames: WSC specification, section 8.2.
//!
//! They have no Message Type; the frame says what they are. The order of the fields is the order that hostapd and
//! wpa_supplicant send. The element around them, and its division into several, belongs to 802.11.

use super::declare::attribute_list;
use super::{AttributeList, VendorExtensions};
use crate::attribute::{AttributeValue, Expected, ParseError, ValueError};
use crate::{
    AssociationState, ConfigError, ConfigMethods, DevicePasswordId, DeviceType, RequestType, ResponseType,
    RfBands, Text, Uuid, Version, WpsState,
};
use alloc::vec::Vec;

attribute_list! {
    /// In a beacon: whether the access point is ready to register somebody.
    pub struct BeaconElement {
        /// Always 1.0.
        Version => version: Expected<Version>,
        /// Whether the access point has its settings.
        WpsState => state: Expected<WpsState>,
        /// Whether external registrars are locked out.
        ApSetupLocked => setup_locked: Option<bool>,
        /// Whether a registrar waits for an enrollee at this moment.
        SelectedRegistrar => selected_registrar: Option<bool>,
        /// Which device password that registrar uses.
        DevicePasswordId => password_id: Option<DevicePasswordId>,
        /// The methods that are active at that registrar.
        SelectedRegistrarConfigMethods => selected_methods: Option<ConfigMethods>,
        /// The access point, told apart from others by an enrollee with push button; on devices with two bands.
        UuidE => uuid_e: Option<Uuid>,
        /// The bands, on devices with two.
        RfBands => rf_bands: Option<RfBands>,
        /// Vendor extensions: Version2, AuthorizedMACs.
        VendorExtension => extensions: VendorExtensions,
    }
}

attribute_list! {
    /// In a probe request: who asks, and what for.
    pub struct ProbeRequestElement {
        /// Always 1.0.
        Version => version: Expected<Version>,
        /// Why the station asks.
        RequestType => request_type: Expected<RequestType>,
        /// Its configuration methods.
        ConfigMethods => config_methods: Expected<ConfigMethods>,
        /// Who it is.
        UuidE => uuid_e: Expected<Uuid>,
        /// What kind of device it is.
        PrimaryDeviceType => device_type: Expected<DeviceType>,
        /// Its bands.
        RfBands => rf_bands: Expected<RfBands>,
        /// Whether it is associated.
        AssociationState => association_state: Expected<AssociationState>,
        /// The error of its last attempt.
        ConfigurationError => config_error: Expected<ConfigError>,
        /// Which device password it means.
        DevicePasswordId => password_id: Expected<DevicePasswordId>,
        /// Who made it; new with version 2.0.
        Manufacturer => manufacturer: Option<Text<64>>,
        /// The model's name; new with version 2.0.
        ModelName => model_name: Option<Text<32>>,
        /// The model's number; new with version 2.0.
        ModelNumber => model_number: Option<Text<32>>,
        /// Its name; new with version 2.0.
        DeviceName => device_name: Option<Text<32>>,
        /// Vendor extensions: Version2, Request to Enroll.
        VendorExtension => extensions: VendorExtensions,
        /// The kinds of device that are to answer.
        RequestedDeviceType => requested_device_types: Vec<DeviceType>,
        /// What else the device is.
        SecondaryDeviceTypeList => secondary_device_types: Option<DeviceTypeList>,
    }
}

attribute_list! {
    /// In a probe response: what the beacon says, and who the access point is.
    pub struct ProbeResponseElement {
        /// Always 1.0.
        Version => version: Expected<Version>,
        /// Whether the access point has its settings.
        WpsState => state: Expected<WpsState>,
        /// Whether external registrars are locked out.
        ApSetupLocked => setup_locked: Option<bool>,
        /// Whether a registrar waits for an enrollee at this moment.
        SelectedRegistrar => selected_registrar: Option<bool>,
        /// Which device password that registrar uses.
        DevicePasswordId => password_id: Option<DevicePasswordId>,
        /// The methods that are active at that registrar.
        SelectedRegistrarConfigMethods => selected_methods: Option<ConfigMethods>,
        /// What answers.
        ResponseType => response_type: Expected<ResponseType>,
        /// Who the access point is.
        UuidE => uuid_e: Expected<Uuid>,
        /// Who made it.
        Manufacturer => manufacturer: Expected<Text<64>>,
        /// The model's name.
        ModelName => model_name: Expected<Text<32>>,
        /// The model's number.
        ModelNumber => model_number: Expected<Text<32>>,
        /// The serial number.
        SerialNumber => serial_number: Expected<Text<32>>,
        /// What kind of device it is.
        PrimaryDeviceType => device_type: Expected<DeviceType>,
        /// Its name.
        DeviceName => device_name: Expected<Text<32>>,
        /// The methods by which an external registrar can set it up; push button is not one of them.
        ConfigMethods => config_methods: Expected<ConfigMethods>,
        /// Its bands, on devices with two.
        RfBands => rf_bands: Option<RfBands>,
        /// Vendor extensions: Version2, AuthorizedMACs.
        VendorExtension => extensions: VendorExtensions,
    }
}

attribute_list! {
    /// In an association or reassociation request: the station comes to register.
    pub struct AssociationRequestElement {
        /// Always 1.0.
        Version => version: Expected<Version>,
        /// Why the station associates.
        RequestType => request_type: Expected<RequestType>,
        /// Vendor extensions: Version2.
        VendorExtension => extensions: VendorExtensions,
    }
}

attribute_list! {
    /// In an association or reassociation response: the access point lets the station register.
    pub struct AssociationResponseElement {
        /// Always 1.0.
        Version => version: Expected<Version>,
        /// What answers.
        ResponseType => response_type: Expected<ResponseType>,
        /// Vendor extensions: Version2.
        VendorExtension => extensions: VendorExtensions,
    }
}

/// Secondary Device Type List (attribute 0x1055): device types of eight octets each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceTypeList(pub Vec<DeviceType>);

impl AttributeValue for DeviceTypeList {
    fn parse(value: &[u8]) -> Result<Self, ValueError> {
        value.chunks(8).map(DeviceType::parse).collect::<Result<Vec<_>, _>>().map(DeviceTypeList)
    }
    fn write(&self, out: &mut Vec<u8>) {
        self.0.iter().for_each(|device_type| device_type.write(out));
    }
}

/// What the five elements have in common: each is a whole list without an Authenticator.
pub trait WpsElement: AttributeList {
    /// Reads the attributes of an element, put together if the frame had it in parts.
    ///
    /// # Errors
    /// [`ParseError`], which names what is wrong and where.
    fn parse(attributes: &[u8]) -> Result<Self, ParseError> {
        Self::parse_list(attributes, None)
    }

    /// The attributes as octets, without the 802.11 element around them.
    fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(256);
        self.write_list(&mut out);
        out
    }
}

impl WpsElement for BeaconElement {}
impl WpsElement for ProbeRequestElement {}
impl WpsElement for ProbeResponseElement {}
impl WpsElement for AssociationRequestElement {}
impl WpsElement for AssociationResponseElement {}
