//! What the station and the access point of a fuzzed network are, and what somebody can say in their names.

use keyway_wifi::access_point::{Selected, WpsConfig};
use keyway_wifi::element::{AkmSuite, Elements, Rsn, RsnCapabilities};
use keyway_wifi::frame::{
    AssociationRequest, Authentication, Capabilities, Data, Flags, Management, ManagementBody, ReasonCode,
    SaQuery, Snap, StatusCode, Subtype,
};
use keyway_wifi::rsn::{KeyFrame, KeyInformation};
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

/// Beyond the access point.
pub(crate) const BEYOND: MacAddr = MacAddr([2, 0, 0, 0, 0, 0xee]);

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

/// What somebody without the key can say in the name of one side.
pub(crate) fn forgery(kind: u8) -> Vec<u8> {
    let farewell = |source, destination| {
        let body = ManagementBody::Deauthentication(ReasonCode(u16::from(kind / 12)).into());
        Management::new(destination, source, ROUTER, body).encode()
    };
    let ip = |content: &[u8]| Snap { ether_type: 0x0800, packet: content }.encode();
    let up = |payload| Data::from_station(STATION, ROUTER, BEYOND, payload).encode();
    let down = |destination, payload| Data::from_access_point(ROUTER, destination, BEYOND, payload).encode();
    match kind % 12 {
        0 => farewell(ROUTER, STATION),
        1 => farewell(ROUTER, MacAddr::BROADCAST),
        2 => farewell(STATION, ROUTER),
        3 => up(ip(b"forged")),
        4 => down(STATION, ip(b"forged")),
        5 => down(MacAddr::BROADCAST, ip(b"forged")),
        // Message 1 of a handshake.
        6 => {
            let version = KeyInformation(2 + u16::from(kind / 12) % 2);
            let asks = version.with(KeyInformation::PAIRWISE).with(KeyInformation::ACK);
            let key = KeyFrame { nonce: [6; 32], ..KeyFrame::new(asks, u64::from(kind)) };
            let payload = Snap::eapol(&key.encode()).encode();
            Data::from_access_point(ROUTER, STATION, ROUTER, payload).encode()
        }
        7 => {
            let body = ManagementBody::Authentication(Authentication::open_request());
            Management::new(ROUTER, STATION, ROUTER, body).encode()
        }
        8 => {
            let mut elements = Elements::new();
            let rsn = Rsn::ccmp(&[AkmSuite::PSK], RsnCapabilities::MFP_CAPABLE);
            elements.push(&name()).push(&rsn);
            let capabilities = Capabilities::ESS;
            let request = AssociationRequest { capabilities, listen_interval: 5, current: None, elements };
            let body = ManagementBody::AssociationRequest(request);
            Management::new(ROUTER, STATION, ROUTER, body).encode()
        }
        9 => {
            let query = SaQuery { is_response: true, transaction: [0, kind / 12] };
            let body = ManagementBody::Action(query.to_action());
            Management::new(ROUTER, STATION, ROUTER, body).encode()
        }
        // The station is said to sleep.
        10 => {
            let mut data = Data::from_station(STATION, ROUTER, ROUTER, Vec::new());
            (data.subtype, data.flags) = (Subtype::NULL, data.flags.with(Flags::POWER_MANAGEMENT));
            data.encode()
        }
        _ => {
            let body = ManagementBody::Authentication(Authentication::open_response(StatusCode::DENIED));
            Management::new(STATION, ROUTER, ROUTER, body).encode()
        }
    }
}
