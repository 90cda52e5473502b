//! Configurations of access points and stations that the tests start from.

use core::time::Duration;
use keyway_wifi::access_point::{BssConfig, BssSecurity, Selected, WpsConfig};
use keyway_wifi::rsn::{HandshakeTimers, KeyManagement, Pmk};
use keyway_wifi::station::StationConfig;
use keyway_wifi::{Band, Channel};
use keyway_wsc::message::VendorExtensions;
use keyway_wsc::message::elements::{ProbeRequestElement, ProbeResponseElement};
use keyway_wsc::{
    AssociationState, ConfigError, ConfigMethods, DevicePasswordId, DeviceType, MacAddr, NetworkKey,
    RequestType, ResponseType, RfBands, Ssid, Text, Uuid, Version, WpsState,
};

pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// The key of every network that has the right one.
pub(crate) const KEY: [u8; 32] = [3; 32];

pub(crate) fn address(last: u8) -> MacAddr {
    MacAddr([2, 0, 0, 0, 0, last])
}

/// The address of an access point.
pub(crate) fn bssid(base: usize) -> MacAddr {
    address(0xa0 + base as u8)
}

pub(crate) fn ssid(name: &str) -> Ssid {
    Ssid::new(name.as_bytes()).unwrap()
}

pub(crate) fn channel(number: u8) -> Channel {
    Channel::new(number).unwrap()
}

/// What a station knows of a network's key.
pub(crate) fn key(octet: u8) -> NetworkKey {
    NetworkKey::PreSharedKey([octet; 32])
}

/// WPA2 with these key managements, and management frames that can be, and must be, protected.
pub(crate) fn wpa2(key_managements: &[KeyManagement], can: bool, must: bool) -> BssSecurity {
    BssSecurity::Wpa2 {
        pmk: Pmk::new(KEY),
        key_managements: key_managements.to_vec(),
        can_protect_management: can,
        must_protect_management: must,
    }
}

/// WPA2 with this key, and management frames that can be protected.
pub(crate) fn with_key(key: [u8; 32], key_management: KeyManagement) -> BssSecurity {
    BssSecurity::Wpa2 {
        pmk: Pmk::new(key),
        key_managements: vec![key_management],
        can_protect_management: true,
        must_protect_management: false,
    }
}

/// The network "Home" on channel 6.
pub(crate) fn home(base: usize) -> BssConfig {
    BssConfig {
        bssid: bssid(base),
        channel: channel(6),
        ssid: ssid("Home"),
        hidden: false,
        security: wpa2(&[KeyManagement::Psk, KeyManagement::PskSha256], true, false),
        max_stations: 2007,
        rekey: None,
        timers: HandshakeTimers::default(),
    }
}

/// WPS is on.
pub(crate) fn wps(selected: Option<Selected>) -> WpsConfig {
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
        model_name: Text::new("Router").into(),
        model_number: Text::new("1").into(),
        serial_number: Text::new("2").into(),
        device_type: DeviceType::ACCESS_POINT.into(),
        device_name: Text::new("Hall").into(),
        config_methods: ConfigMethods::Keypad.into(),
        rf_bands: None,
        extensions: VendorExtensions::version2(),
    };
    WpsConfig { description: Some(description), locked: false, selected, rf_bands: None }
}

/// A registrar waits for the PINs of these.
pub(crate) fn waits_for(authorized: &[MacAddr]) -> WpsConfig {
    wps(Some(Selected {
        password_id: DevicePasswordId::Default,
        methods: ConfigMethods::Keypad,
        authorized: authorized.to_vec(),
    }))
}

/// The button is pressed.
pub(crate) fn pressed() -> WpsConfig {
    wps(Some(Selected {
        password_id: DevicePasswordId::PushButton,
        methods: ConfigMethods::PushButton,
        authorized: vec![MacAddr::BROADCAST],
    }))
}

pub(crate) fn printer(mac: MacAddr) -> StationConfig {
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
        model_name: Some(Text::new("Printer")),
        model_number: Some(Text::new("3")),
        device_name: Some(Text::new("Hall")),
        extensions: VendorExtensions::version2(),
        requested_device_types: vec![],
        secondary_device_types: None,
    };
    StationConfig { mac, bands: vec![Band::Ghz2], probe, protects_management: true }
}
