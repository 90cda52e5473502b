//! From the terms of the radio to those of a person, and back.

use crate::network::NetworkSummary;
use crate::router::WpsOnAir;
use keyway_home::Cause;
use keyway_wifi::Band;
use keyway_wifi::access_point::{Selected, WpsConfig};
use keyway_wifi::network::{Network, NoChoice, ScanResults};
use keyway_wifi::station::JoinFailure;
use keyway_wsc::message::VendorExtensions;
use keyway_wsc::message::elements::{ProbeRequestElement, ProbeResponseElement};
use keyway_wsc::session::{Device, Failure};
use keyway_wsc::{
    AssociationState, ConfigError, ConfigMethods, DevicePasswordId, RequestType, ResponseType, RfBands,
    Version, WpsState,
};

/// Why no network was chosen.
pub(crate) const fn no_choice(why: NoChoice) -> Cause {
    match why {
        NoChoice::NothingHeard => Cause::NothingHeard,
        NoChoice::TooWeak => Cause::TooFar,
        NoChoice::OtherBand => Cause::OtherBand,
        NoChoice::Overlap => Cause::Failure(Failure::SessionOverlap),
        NoChoice::NobodyReady => Cause::Failure(Failure::NoRegistrarReady(ConfigError::NoError)),
        NoChoice::Locked => Cause::Failure(Failure::SetupLocked),
        NoChoice::WpsOff => Cause::WpsOff,
        NoChoice::Hidden => Cause::Hidden,
        NoChoice::Wpa3Only => Cause::Wpa3Only,
        NoChoice::SecurityUnsupported => Cause::SecurityUnsupported,
        NoChoice::NotFound => Cause::NetworkGone,
    }
}

/// Why a network was not joined.
pub(crate) const fn join_failure(failure: JoinFailure) -> Cause {
    match failure {
        JoinFailure::WrongPassphrase => Cause::WrongPassphrase,
        JoinFailure::KeyRefused => Cause::SecurityUnsupported,
        JoinFailure::NoAnswer | JoinFailure::Refused(_) | JoinFailure::Handshake(_) => Cause::JoinRefused,
    }
}

/// The networks that a scan found, the strongest first.
pub(crate) fn summaries(results: &ScanResults) -> Vec<NetworkSummary> {
    let mut networks: Vec<NetworkSummary> = results.iter().map(summary).collect();
    networks.sort_by_key(|network| std::cmp::Reverse(network.signal));
    networks
}

fn summary(network: &Network) -> NetworkSummary {
    let wps = network.wps.as_ref();
    let selected = wps.and_then(|wps| wps.selected);
    NetworkSummary {
        ssid: network.ssid.as_ref().map(|ssid| ssid.to_text().into_owned()).unwrap_or_default(),
        bssid: network.bssid.to_string(),
        channel: network.channel.number(),
        is_5_ghz: network.channel.band() == Band::Ghz5,
        signal: network.signal,
        security: network.security_words().to_owned(),
        wpa3_only: network.is_wpa3_only(),
        wps: wps.is_some(),
        locked: wps.is_some_and(|wps| wps.locked),
        open_for_pin: selected.is_some_and(|id| id != DevicePasswordId::PushButton),
        open_for_button: selected == Some(DevicePasswordId::PushButton),
    }
}

/// What a station's probe requests say of it.
pub fn probe_request(device: &Device) -> ProbeRequestElement {
    let description = &device.description;
    ProbeRequestElement {
        version: Version::V1_0.into(),
        request_type: RequestType::Enrollee.into(),
        config_methods: device.config_methods.into(),
        uuid_e: device.uuid.into(),
        device_type: description.device_type.into(),
        rf_bands: device.rf_bands.into(),
        association_state: AssociationState::NotAssociated.into(),
        config_error: ConfigError::NoError.into(),
        password_id: DevicePasswordId::Default.into(),
        manufacturer: Some(description.manufacturer.clone()),
        model_name: Some(description.model_name.clone()),
        model_number: Some(description.model_number.clone()),
        device_name: Some(description.device_name.clone()),
        extensions: VendorExtensions::version2(),
        requested_device_types: Vec::new(),
        secondary_device_types: None,
    }
}

/// What an access point says about WPS.
pub(crate) fn wps(on_air: &WpsOnAir, device: &Device, has_two_bands: bool) -> WpsConfig {
    let buttons =
        ConfigMethods::PushButton | ConfigMethods::VirtualPushButton | ConfigMethods::PhysicalPushButton;
    let description = &device.description;
    let response = ProbeResponseElement {
        version: Version::V1_0.into(),
        state: WpsState::Configured.into(),
        setup_locked: None,
        selected_registrar: None,
        password_id: None,
        selected_methods: None,
        response_type: ResponseType::AccessPoint.into(),
        uuid_e: device.uuid.into(),
        manufacturer: description.manufacturer.clone().into(),
        model_name: description.model_name.clone().into(),
        model_number: description.model_number.clone().into(),
        serial_number: description.serial_number.clone().into(),
        device_type: description.device_type.into(),
        device_name: description.device_name.clone().into(),
        config_methods: device.config_methods.without(buttons).into(),
        rf_bands: None,
        extensions: VendorExtensions::version2(),
    };
    WpsConfig {
        description: on_air.enabled.then_some(response),
        locked: on_air.locked,
        selected: on_air.selected.as_ref().filter(|_| on_air.enabled).map(|selected| Selected {
            password_id: if selected.by_button {
                DevicePasswordId::PushButton
            } else {
                DevicePasswordId::Default
            },
            methods: if selected.by_button {
                ConfigMethods::PushButton | ConfigMethods::VirtualPushButton
            } else {
                ConfigMethods::Keypad | ConfigMethods::Display | ConfigMethods::Label
            },
            authorized: selected.authorized.iter().take(5).copied().collect(),
        }),
        rf_bands: has_two_bands.then_some(RfBands::Band24GHz | RfBands::Band5GHz),
    }
}

/// How many bars a signal is, 0 to 4.
pub(crate) const fn bars(signal: Option<i8>) -> u8 {
    match signal {
        Some(-55..) => 4,
        Some(-67..) => 3,
        Some(-77..) => 2,
        Some(-88..) => 1,
        _ => 0,
    }
}
