//! What the station and the access point of a fuzzed network are.

use keyway_wifi::access_point::{Selected, WpsConfig};
use keyway_wifi::station::StationConfig;
use keyway_wifi::{Band, Channel};
use keyway_wsc::message::VendorExtensions;
use keyway_wsc::message::elements::{ProbeRequestElement, ProbeResponseElement};
use keyway_wsc::{
    AssociationState, ConfigError, ConfigMethods, DevicePasswordId, DeviceType, MacAddr, RequestType,
    ResponseType, RfBands, Ssid, Text, Uuid, Version, WpsState,
};

/// The station.
pub(crate) const STATION: MacAddr = MacAddr([2, 0, 0, 0, 0, 1]);

/// The access point.
pub(crate) const ROUTER: MacAddr = MacAddr([2, 0, 0, 0, 0, 2]);

pub(crate) fn channel() -> Channel {
    Channel::new(6).expect("a channel")
}

pub(crate) fn name() -> Ssid {
    Ssid::new(b"Home").expect("a short name")
}

/// WPS is on, and a registrar waits for the station.
pub(crate) fn wps() -> WpsConfig {
    let description = ProbeResponseElement {
        version: Version::V1_0.into(),
        state: WpsState::Configured.into(),
        setup_locked: None,
        selected_registrar: None,
        password_id: None,
        selected_methods: None,
        response_type: ResponseType::AccessPoint.into(),
        uuid_e: Uuid([7; 16]).into(),
        manufacturer: Text::new("Keyway").into(),
        model_name: Text::new("Fuzz").into(),
        model_number: Text::new("1").into(),
        serial_number: Text::new("2").into(),
        device_type: DeviceType::ACCESS_POINT.into(),
        device_name: Text::new("Hall").into(),
        config_methods: ConfigMethods::Keypad.into(),
        rf_bands: None,
        extensions: VendorExtensions::version2(),
    };
    let selected = Selected {
        password_id: DevicePasswordId::Default,
        methods: ConfigMethods::Keypad,
        authorized: vec![STATION],
    };
    WpsConfig { description: Some(description), locked: false, selected: Some(selected), rf_bands: None }
}

pub(crate) fn printer() -> StationConfig {
    let probe = ProbeRequestElement {
        version: Version::V1_0.into(),
        request_type: RequestType::Enrollee.into(),
        config_methods: ConfigMethods::Display.into(),
        uuid_e: Uuid([9; 16]).into(),
        device_type: DeviceType::PRINTER.into(),
        rf_bands: RfBands::Band24GHz.into(),
        association_state: AssociationState::NotAssociated.into(),
        config_error: ConfigError::NoError.into(),
        password_id: DevicePasswordId::Default.into(),
        manufacturer: Some(Text::new("Keyway")),
        model_name: Some(Text::new("Fuzz")),
        model_number: Some(Text::new("1")),
        device_name: Some(Text::new("BLUE-42")),
        extensions: VendorExtensions::version2(),
        requested_device_types: vec![],
        secondary_device_types: None,
    };
    StationConfig { mac: STATION, bands: vec![Band::Ghz2], probe, protects_management: true }
}
