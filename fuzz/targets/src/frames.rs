//! What is on the air: 802.11 frames, their elements, and the EAPOL-Key frames in them.
//!
//! Beside "it does not panic", each target states the promise of a codec: what was parsed encodes to octets that parse
//! to the same value again.

use std::fmt::Debug;

use keyway_wifi::element::{
    AkmSuite, Country, DsParameter, Element, ElementId, Elements, Erp, ExtendedRates, HtCapabilities,
    HtOperation, Rates, Rsn, RsnCapabilities, Tim, VendorType, WpaVersion1,
};
use keyway_wifi::frame::{Data, Frame, Management, ManagementBody, SaQuery, Snap};
use keyway_wifi::rsn::{KeyFrame, KeyInformation};
use keyway_wsc::message::elements::{
    AssociationRequestElement, AssociationResponseElement, BeaconElement, ProbeRequestElement,
    ProbeResponseElement, WpsElement,
};
use keyway_wsc::{MacAddr, Ssid};

use crate::radio;

/// A frame, without its frame check sequence.
pub(crate) fn frames(input: &[u8]) {
    let Ok(frame) = Frame::parse(input) else { return };
    let encoded = frame.encode();
    assert_eq!(Frame::parse(&encoded).as_ref(), Ok(&frame));
    // Every octet is kept, but for the mark of association identifiers.
    assert_eq!(encoded.len(), input.len());
    let body = match &frame {
        Frame::Management(Management {
            body: ManagementBody::AssociationResponse(_) | ManagementBody::ReassociationResponse(_),
            ..
        }) => return elements_of(&frame),
        _ => encoded,
    };
    assert_eq!(body, input);
    elements_of(&frame);
}

fn elements_of(frame: &Frame) {
    match frame {
        Frame::Management(frame) => match &frame.body {
            ManagementBody::Beacon(beacon) | ManagementBody::ProbeResponse(beacon) => {
                elements(beacon.elements.as_bytes());
            }
            ManagementBody::ProbeRequest(list) => elements(list.as_bytes()),
            ManagementBody::AssociationRequest(request) | ManagementBody::ReassociationRequest(request) => {
                elements(request.elements.as_bytes());
            }
            ManagementBody::Action(action) => {
                if let Some(query) = SaQuery::from_action(action) {
                    assert_eq!(SaQuery::from_action(&query.to_action()), Some(query));
                }
            }
            _ => {}
        },
        Frame::Data(data) => {
            if let Ok(snap) = Snap::parse(&data.payload) {
                assert_eq!(snap.encode(), data.payload);
                key_frames(snap.packet);
            }
        }
        Frame::Other(_) => {}
    }
}

/// A list of elements: taken apart and put together, and each content that is read here.
pub(crate) fn elements(input: &[u8]) {
    let Ok(list) = Elements::parse(input) else { return };
    let mut again = Elements::new();
    for element in &list {
        again.push_raw(element.id, element.content);
        content(element.id, element.content);
    }
    assert_eq!(again.as_bytes(), input);
    let offset = |id| list.whole(id).map(<[u8]>::len);
    assert!(offset(ElementId::RSN).is_none_or(|length| length <= 257));
    let wpa = list.vendor(VendorType::WPA).next().map(WpaVersion1::parse);
    assert!(wpa.is_none() || list.raw(ElementId::VENDOR).is_some());
    if let Some(attributes) = list.wps_attributes() {
        wps::<BeaconElement>(&attributes);
        wps::<ProbeRequestElement>(&attributes);
        wps::<ProbeResponseElement>(&attributes);
        wps::<AssociationRequestElement>(&attributes);
        wps::<AssociationResponseElement>(&attributes);
    }
}

fn content(id: ElementId, content: &[u8]) {
    match id {
        ElementId::SSID => same_again::<Ssid>(content),
        ElementId::RATES => same_again::<Rates>(content),
        ElementId::EXTENDED_RATES => same_again::<ExtendedRates>(content),
        ElementId::DS_PARAMETER => same_again::<DsParameter>(content),
        ElementId::TIM => same_again::<Tim>(content),
        ElementId::COUNTRY => same_again::<Country>(content),
        ElementId::ERP => same_again::<Erp>(content),
        ElementId::HT_CAPABILITIES => same_again::<HtCapabilities>(content),
        ElementId::HT_OPERATION => same_again::<HtOperation>(content),
        ElementId::RSN => same_again::<Rsn>(content),
        _ => {}
    }
}

fn same_again<T: Element + PartialEq + Debug>(content: &[u8]) {
    let Ok(value) = T::parse(content) else { return };
    let mut written = Vec::new();
    value.write(&mut written);
    assert_eq!(T::parse(&written).as_ref(), Ok(&value));
}

/// What a WPS element says is written as more elements than it came in at most, and reads the same.
fn wps<T: WpsElement + PartialEq + Debug>(attributes: &[u8]) {
    let Ok(value) = T::parse(attributes) else { return };
    let mut list = Elements::new();
    list.push_wps(&value);
    match list.wps::<T>() {
        Ok(again) => assert_eq!(again.as_ref(), Some(&value)),
        Err(error) => panic!("{value:?} does not come back: {error}"),
    }
}

/// An EAPOL-Key frame.
pub(crate) fn key_frames(input: &[u8]) {
    let Ok(frame) = KeyFrame::parse(input) else { return };
    let encoded = frame.encode();
    assert_eq!(KeyFrame::parse(&encoded), Ok(frame));
    assert!(encoded.len() <= input.len());
}

/// Every frame of a registration, of joining and of leaving.
pub(crate) fn frame_seeds() -> Vec<Vec<u8>> {
    let mut seeds = radio::conversation();
    let (station, bssid) = (MacAddr([2, 0, 0, 0, 0, 1]), MacAddr([2, 0, 0, 0, 0, 2]));
    let mut data = Data::from_station(station, bssid, MacAddr::BROADCAST, vec![0xaa; 20]).with_qos(5);
    seeds.push(data.encode());
    (data.address4, data.ht_control) = (Some(station), Some([1, 2, 3, 4]));
    seeds.push(data.encode());
    let query = SaQuery { is_response: true, transaction: [1, 2] };
    let mut query = Management::new(station, bssid, bssid, ManagementBody::Action(query.to_action()));
    query.ht_control = Some([1, 2, 3, 4]);
    seeds.push(query.encode());
    seeds.push(vec![0xd4, 0, 0, 0, 2, 0, 0, 0, 0, 1]);
    seeds
}

pub(crate) fn element_seeds() -> Vec<Vec<u8>> {
    let mut list = Elements::new();
    let (rates, more) = Rates::for_2_4_ghz();
    let mut rsn = Rsn::ccmp(&[AkmSuite::PSK, AkmSuite::SAE], RsnCapabilities::MFP_CAPABLE);
    rsn.pmkids.push([9; 16]);
    list.push(&Ssid::new(b"Home").expect("a short name")).push(&rates).push(&DsParameter(6));
    list.push(&Tim::idle()).push(&Country { code: *b"DE ", bands: vec![] }).push(&Erp(0)).push(&rsn);
    list.push(&more).push(&HtCapabilities([7; 26])).push(&HtOperation([6; 22]));
    let mut seeds = vec![list.as_bytes().to_vec()];
    let lists = radio::conversation().into_iter().filter_map(|frame| match Frame::parse(&frame) {
        Ok(Frame::Management(frame)) => match frame.body {
            ManagementBody::Beacon(beacon) | ManagementBody::ProbeResponse(beacon) => Some(beacon.elements),
            ManagementBody::ProbeRequest(list) => Some(list),
            ManagementBody::AssociationRequest(request) => Some(request.elements),
            ManagementBody::AssociationResponse(response) => Some(response.elements),
            _ => None,
        },
        _ => None,
    });
    seeds.extend(lists.map(|list| list.as_bytes().to_vec()));
    seeds
}

pub(crate) fn key_frame_seeds() -> Vec<Vec<u8>> {
    let mut made = KeyFrame::new(KeyInformation::PAIRWISE.with(KeyInformation::ACK), 1);
    made.key_data = vec![0xdd; 22];
    let mut seeds = vec![made.encode()];
    seeds.extend(radio::conversation().into_iter().filter_map(|frame| {
        let Ok(Frame::Data(data)) = Frame::parse(&frame) else { return None };
        let snap = Snap::parse(&data.payload).ok()?;
        KeyFrame::parse(snap.packet).is_ok().then(|| snap.packet.to_vec())
    }));
    seeds
}
