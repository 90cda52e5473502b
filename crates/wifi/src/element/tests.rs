use super::*;
use crate::testing::Vector;
use alloc::string::ToString;
use alloc::vec;
use keyway_wsc::message::elements::{
    AssociationRequestElement, AssociationResponseElement, BeaconElement, DeviceTypeList,
    ProbeRequestElement, ProbeResponseElement, WpsElement,
};
use keyway_wsc::message::{VendorExtension, VendorExtensions};
use keyway_wsc::{
    ConfigMethods, DevicePasswordId, DeviceType, MacAddr, RequestType, ResponseType, Uuid, WpsState,
};
use proptest::prelude::*;
use std::string::String;

/// The content of an element in this form, through its octets and back.
fn same_again<T: Element + PartialEq + fmt::Debug>(element: &T, content: &[u8]) {
    let mut elements = Elements::new();
    elements.push(element);
    assert_eq!(elements.as_bytes()[2..], *content);
    assert_eq!(elements.find::<T>().unwrap().as_ref(), Some(element));
}

#[test]
fn basic_elements() {
    same_again(&Ssid::new(b"home").unwrap(), b"home");
    same_again(&Ssid::new(b"").unwrap(), b"");
    let (rates, extended) = Rates::for_2_4_ghz();
    same_again(&rates, &[0x82, 0x84, 0x8b, 0x96, 0x0c, 0x12, 0x18, 0x24]);
    same_again(&extended, &[0x30, 0x48, 0x60, 0x6c]);
    same_again(&DsParameter(11), &[11]);
    same_again(&Tim::idle(), &[0, 1, 0, 0]);
    same_again(&Erp::USE_PROTECTION, &[2]);
    let band = CountryBand { first_channel: 1, channels: 13, max_power: 20 };
    same_again(&Country { code: *b"DE ", bands: vec![band] }, &[b'D', b'E', b' ', 1, 13, 20]);
    same_again(
        &Country { code: *b"DE ", bands: vec![band; 2] },
        &[b'D', b'E', b' ', 1, 13, 20, 1, 13, 20, 0],
    );
    same_again(&HtCapabilities([7; 26]), &[7; 26]);
    same_again(&HtOperation([6; 22]), &[6; 22]);
}

#[test]
fn a_tim_names_stations() {
    let tim = Tim { dtim_count: 0, dtim_period: 2, bitmap_control: 3, bitmap: vec![0x20] };
    assert!(tim.has_frames_for(21), "octet 2, bit 5");
    for id in [0, 5, 20, 22, 29, 2007] {
        assert!(!tim.has_frames_for(id), "{id}");
    }
}

#[test]
fn security_elements() {
    // WPA2-PSK as hostapd announces it.
    let plain = Rsn::ccmp(&[AkmSuite::PSK], RsnCapabilities::default());
    let bytes = [1, 0, 0, 15, 172, 4, 1, 0, 0, 15, 172, 4, 1, 0, 0, 15, 172, 2, 0, 0];
    same_again(&plain, &bytes);
    // With management frame protection and a PMKID.
    let mut full = Rsn::ccmp(&[AkmSuite::PSK, AkmSuite::PSK_SHA256, AkmSuite::SAE], RsnCapabilities(0xc0));
    full.pmkids.push([9; 16]);
    full.group_management = Some(CipherSuite::BIP_CMAC_128);
    let mut content = Vec::new();
    full.write(&mut content);
    same_again(&full, &content);
    assert_eq!(full.to_element()[..2], [48, content.len() as u8]);

    // It may end after each field.
    for (length, akm) in [
        (2, AkmSuite::IEEE_8021X),
        (6, AkmSuite::IEEE_8021X),
        (12, AkmSuite::IEEE_8021X),
        (18, AkmSuite::PSK),
    ] {
        assert_eq!(
            Rsn::parse(&bytes[..length]),
            Ok(Rsn::ccmp(&[akm], RsnCapabilities::default())),
            "{length}"
        );
    }
    // And nowhere else.
    for length in [0, 1, 3, 5, 7, 9, 13, 15, 19] {
        assert!(Rsn::parse(&bytes[..length]).is_err(), "{length}");
    }
    assert_eq!(Rsn::parse(&[2, 0]).unwrap_err().to_string(), "the RSN version at octet 0 is not 1");
    // A count that lies.
    let error = Rsn::parse(&[1, 0, 0, 15, 172, 4, 0xff, 0xff]).unwrap_err();
    assert_eq!(error.to_string(), "the pairwise cipher at octet 8 takes 262140 octets, but only 0 are there");

    let wpa = WpaVersion1::parse(&[1, 0, 0, 0x50, 0xf2, 2, 1, 0, 0, 0x50, 0xf2, 4, 1, 0, 0, 0x50, 0xf2, 2])
        .unwrap();
    assert!(wpa.is_psk());
    assert_eq!(wpa.pairwise[0].to_string(), "CCMP");
}

#[test]
fn suites_print() {
    assert_eq!(AkmSuite::PSK_SHA256.to_string(), "PSK-SHA256");
    assert_eq!(AkmSuite([0, 0x40, 0x96, 9]).to_string(), "00-40-96:9");
    assert_eq!(CipherSuite::CCMP.to_string(), "CCMP");
}

#[test]
fn lists_keep_everything_and_say_where_they_are_cut() {
    let bytes = [0, 2, b'h', b'i', 99, 1, 5, 221, 5, 1, 2, 3, 4, 9, 221, 3, 0, 0x50, 0xf2];
    let elements = Elements::parse(&bytes).unwrap();
    assert_eq!(elements.as_bytes(), bytes);
    assert_eq!(elements.iter().count(), 4);
    assert_eq!(elements.raw(ElementId(99)).unwrap().content, [5]);
    assert_eq!(elements.whole(ElementId(99)), Some(&[99, 1, 5][..]));
    assert_eq!(elements.vendor(VendorType([1, 2, 3, 4])).collect::<Vec<_>>(), [&[9][..]]);
    let error = Elements::parse(&bytes[..6]).unwrap_err();
    assert_eq!(error.to_string(), "the element content at octet 6 takes 1 octets, but only 0 are there");
    let wrong = Elements::parse(&[0, 0, 3, 0]).unwrap();
    assert_eq!(wrong.find::<DsParameter>().unwrap_err().offset, 4, "where the content should be");
}

/// A value of `vectors/iwd-push-button/elements.txt`.
fn published(name: &str) -> Vec<u8> {
    Vector::read(include_str!("../../../../vectors/iwd-push-button/elements.txt")).get(name)
}

#[test]
fn published_wps_elements_are_read_and_written_alike() {
    let beacon = BeaconElement::parse(&published("beacon")).unwrap();
    assert_eq!(beacon.state.0, Some(WpsState::Configured));
    assert_eq!(beacon.selected_registrar, None);
    assert_eq!(beacon.encode(), published("beacon"));

    let request = ProbeRequestElement::parse(&published("probe-request")).unwrap();
    assert_eq!(request.request_type.0, Some(RequestType::Enrollee));
    assert_eq!(request.extensions.wfa.request_to_enroll, Some(true));
    assert_eq!(request.encode(), published("probe-request"));

    let response = ProbeResponseElement::parse(&published("probe-response")).unwrap();
    assert_eq!(response.response_type.0, Some(ResponseType::AccessPoint));
    assert_eq!(response.password_id, Some(DevicePasswordId::PushButton));
    assert_eq!(response.extensions.wfa.authorized_macs, [MacAddr::BROADCAST]);
    assert_eq!(response.encode(), published("probe-response"));
}

#[test]
fn long_wps_elements_are_divided_and_joined() {
    let text = |length| core::iter::repeat_n('x', length).collect::<String>();
    let element = ProbeRequestElement {
        version: keyway_wsc::Version::V1_0.into(),
        request_type: RequestType::Enrollee.into(),
        config_methods: ConfigMethods::Label.into(),
        uuid_e: Uuid([1; 16]).into(),
        device_type: DeviceType::PRINTER.into(),
        rf_bands: keyway_wsc::RfBands::Band24GHz.into(),
        association_state: keyway_wsc::AssociationState::NotAssociated.into(),
        config_error: keyway_wsc::ConfigError::NoError.into(),
        password_id: DevicePasswordId::Default.into(),
        manufacturer: Some(text(64).as_str().into()),
        model_name: Some(text(32).as_str().into()),
        model_number: Some(text(32).as_str().into()),
        device_name: Some(text(32).as_str().into()),
        extensions: VendorExtensions {
            others: vec![VendorExtension { vendor: [1, 2, 3], data: vec![7; 300] }],
            ..VendorExtensions::version2()
        },
        requested_device_types: vec![DeviceType::ROUTER],
        secondary_device_types: Some(DeviceTypeList(vec![DeviceType::COMPUTER])),
    };
    let mut elements = Elements::new();
    elements.push_wps(&element).push(&DsParameter(1));
    let lengths: Vec<usize> = elements.iter().map(|element| element.content.len()).collect();
    assert_eq!(lengths[..2], [255, 255], "full elements first");
    assert_eq!(lengths.len(), 4);
    assert!(elements.has_wps());
    assert_eq!(elements.wps::<ProbeRequestElement>().unwrap(), Some(element));
    assert_eq!(Elements::new().wps::<BeaconElement>().unwrap(), None);
    // One that says nothing is there all the same.
    let nothing = BeaconElement::parse(&[]).unwrap();
    let mut elements = Elements::new();
    assert_eq!(elements.push_wps(&nothing).wps::<BeaconElement>().unwrap(), Some(nothing));
}

#[test]
fn association_elements() {
    let request = AssociationRequestElement {
        version: keyway_wsc::Version::V1_0.into(),
        request_type: RequestType::Enrollee.into(),
        extensions: VendorExtensions::version2(),
    };
    let response = AssociationResponseElement {
        version: keyway_wsc::Version::V1_0.into(),
        response_type: ResponseType::AccessPoint.into(),
        extensions: VendorExtensions::version2(),
    };
    let mut elements = Elements::new();
    elements.push_wps(&request);
    // As wpa_supplicant sends it.
    let octets = [
        0xdd, 0x18, 0x00, 0x50, 0xf2, 4, 0x10, 0x4a, 0, 1, 0x10, 0x10, 0x3a, 0, 1, 1, 0x10, 0x49, 0, 6, 0,
        0x37, 0x2a, 0, 1, 0x20,
    ];
    assert_eq!(elements.as_bytes(), octets);
    assert_eq!(elements.wps().unwrap(), Some(request));
    assert_eq!(AssociationResponseElement::parse(&response.encode()).unwrap(), response);
}

proptest! {
    #[test]
    fn a_list_is_its_octets(parts in prop::collection::vec((any::<u8>(), prop::collection::vec(any::<u8>(), 0..300)), 0..8)) {
        let mut elements = Elements::new();
        for (id, content) in &parts {
            elements.push_raw(ElementId(*id), content);
        }
        prop_assert_eq!(Elements::parse(elements.as_bytes()).unwrap(), elements.clone());
        let read: Vec<_> = elements.iter().map(|element| (element.id.0, element.content.len())).collect();
        let pushed: Vec<_> = parts.iter().map(|(id, content)| (*id, content.len().min(255))).collect();
        prop_assert_eq!(read, pushed);
    }

    #[test]
    fn no_content_is_too_much(id in any::<u8>(), content in prop::collection::vec(any::<u8>(), 0..80)) {
        let mut elements = Elements::new();
        elements.push_raw(ElementId(id), &content).push_raw(ElementId::RSN, &content);
        elements.push_vendor(VendorType::WPS, &content).push_raw(ElementId::TIM, &content);
        let _ = (elements.find::<Rsn>(), elements.find::<Ssid>(), elements.find::<Country>());
        let _ = (elements.find::<Tim>().map(|tim| tim.map(|tim| tim.has_frames_for(300))), WpaVersion1::parse(&content));
        let _ = (elements.wps::<BeaconElement>(), elements.wps::<ProbeRequestElement>());
    }

    #[test]
    fn rsn_elements_come_back(
        pairwise in prop::collection::vec(any::<[u8; 4]>(), 0..5),
        akms in prop::collection::vec(any::<[u8; 4]>(), 0..5),
        capabilities in any::<u16>(),
        pmkids in prop::collection::vec(any::<[u8; 16]>(), 0..3),
        group_management in any::<Option<[u8; 4]>>(),
    ) {
        let rsn = Rsn {
            group: CipherSuite::TKIP,
            pairwise: pairwise.into_iter().map(CipherSuite).collect(),
            akms: akms.into_iter().map(AkmSuite).collect(),
            capabilities: RsnCapabilities(capabilities),
            pmkids,
            group_management: group_management.map(CipherSuite),
        };
        let mut content = Vec::new();
        rsn.write(&mut content);
        prop_assert_eq!(Rsn::parse(&content), Ok(rsn));
    }
}
