use super::*;
use crate::element::{DsParameter, ElementId, Elements};
use alloc::string::ToString;
use alloc::vec;
use keyway_wsc::{MacAddr, Ssid};
use proptest::prelude::*;

const STATION: MacAddr = MacAddr([2, 0, 0, 0, 0, 9]);
const BSSID: MacAddr = MacAddr([2, 0, 0, 0, 0, 1]);
const SERVER: MacAddr = MacAddr([2, 0, 0, 0, 0, 5]);

fn elements() -> Elements {
    let mut elements = Elements::new();
    elements.push(&Ssid::new(b"home").unwrap()).push(&DsParameter(6)).push_raw(ElementId(200), &[1, 2]);
    elements
}

fn bodies() -> Vec<ManagementBody> {
    let beacon = Beacon {
        timestamp: 0x0102_0304_0506_0708,
        interval: 100,
        capabilities: Capabilities::ESS.with(Capabilities::PRIVACY),
        elements: elements(),
    };
    let request = AssociationRequest {
        capabilities: Capabilities::ESS,
        listen_interval: 10,
        current: None,
        elements: elements(),
    };
    let response = AssociationResponse {
        capabilities: Capabilities::ESS,
        status: StatusCode::SUCCESS,
        association_id: 3,
        elements: elements(),
    };
    vec![
        ManagementBody::Beacon(beacon.clone()),
        ManagementBody::ProbeRequest(elements()),
        ManagementBody::ProbeResponse(beacon),
        ManagementBody::Authentication(Authentication::open_request()),
        ManagementBody::Authentication(Authentication::open_response(StatusCode::NO_MORE_STATIONS)),
        ManagementBody::AssociationRequest(request.clone()),
        ManagementBody::AssociationResponse(response.clone()),
        ManagementBody::ReassociationRequest(AssociationRequest { current: Some(SERVER), ..request }),
        ManagementBody::ReassociationResponse(response),
        ManagementBody::Disassociation(ReasonCode::INACTIVITY.into()),
        ManagementBody::Deauthentication(ReasonCode::HANDSHAKE_TIMEOUT.into()),
        ManagementBody::Action(SaQuery { is_response: false, transaction: [7, 8] }.to_action()),
        ManagementBody::Action(Action { category: ActionCategory(99), rest: vec![1], no_ack: true }),
        ManagementBody::Sealed(Subtype::DEAUTHENTICATION, vec![1, 2, 3]),
        ManagementBody::Other(Subtype(9), vec![4]),
    ]
}

#[test]
fn management_frames_come_back() {
    for body in bodies() {
        for ht_control in [None, Some([1, 2, 3, 4])] {
            let mut frame = Management::new(BSSID, STATION, BSSID, body.clone());
            frame.sequence = SequenceControl::new(4095);
            frame.ht_control = ht_control;
            let bytes = frame.encode();
            let parsed = Frame::parse(&bytes).unwrap();
            assert_eq!(parsed.encode(), bytes);
            let Frame::Management(parsed) = parsed else { panic!("{parsed:?}") };
            assert_eq!((&parsed.body, parsed.sequence), (&frame.body, frame.sequence));
            assert_eq!(parsed.ht_control, ht_control);
        }
    }
}

#[test]
fn a_cut_frame_says_where() {
    for body in bodies() {
        let open_ended = matches!(
            body,
            ManagementBody::Sealed(..) | ManagementBody::Other(..) | ManagementBody::Action(_)
        );
        let bytes = Management::new(BSSID, STATION, BSSID, body).encode();
        for length in 0..24 {
            let error = Frame::parse(&bytes[..length]).unwrap_err();
            assert!(error.offset <= length, "{error}");
        }
        if !open_ended && bytes.len() > 26 {
            assert!(Frame::parse(&bytes[..25]).is_err());
        }
    }
    let beacon = Management::new(MacAddr::BROADCAST, BSSID, BSSID, bodies()[0].clone()).encode();
    let error = Frame::parse(&beacon[..beacon.len() - 1]).unwrap_err();
    assert_eq!(error.to_string(), "the element content at octet 47 takes 2 octets, but only 1 are there");
}

#[test]
fn known_octets() {
    // A probe request for any network, as a station sends it.
    let octets = [
        0x40, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0, 0, 0, 0, 9, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0x10, 0x00, 0x00, 0x00, 0x01, 0x04, 0x02, 0x04, 0x0b, 0x16,
    ];
    let Frame::Management(frame) = Frame::parse(&octets).unwrap() else { panic!() };
    assert_eq!((frame.source, frame.sequence.number()), (STATION, 1));
    let ManagementBody::ProbeRequest(elements) = &frame.body else { panic!() };
    assert_eq!(elements.find::<Ssid>().unwrap().unwrap().as_bytes(), b"");
    assert_eq!(frame.encode(), octets);

    // Deauthentication with reason 15.
    let frame = Management::new(STATION, BSSID, BSSID, bodies()[10].clone());
    assert_eq!(frame.encode()[..2], [0xc0, 0]);
    assert_eq!(frame.encode()[24..], [15, 0]);
    // An association identifier has its two uppermost bits set.
    let frame = Management::new(STATION, BSSID, BSSID, bodies()[6].clone());
    assert_eq!(frame.encode()[28..30], [3, 0xc0]);
}

#[test]
fn data_frames_and_their_addresses() {
    let payload = Snap::eapol(&[1, 1, 0, 0]).encode();
    assert_eq!(payload, [0xaa, 0xaa, 3, 0, 0, 0, 0x88, 0x8e, 1, 1, 0, 0]);
    let up = Data::from_station(STATION, BSSID, SERVER, payload.clone());
    let down = Data::from_access_point(BSSID, STATION, SERVER, payload.clone());
    for (frame, source, destination) in [(&up, STATION, SERVER), (&down, SERVER, STATION)] {
        for frame in [frame.clone(), frame.clone().with_qos(6)] {
            assert_eq!(Frame::parse(&frame.encode()), Ok(frame.clone().into()));
            assert_eq!((frame.source(), frame.destination()), (source, destination));
            assert_eq!(frame.bssid(), Some(BSSID));
            assert_eq!(Snap::parse(&frame.payload), Ok(Snap { ether_type: 0x888e, packet: &[1, 1, 0, 0] }));
        }
    }
    assert_eq!(up.encode()[..2], [0x08, 0x01]);
    assert_eq!(down.clone().with_qos(6).encode()[..2], [0x88, 0x02]);
    assert_eq!(down.with_qos(6).encode()[24..26], [6, 0]);

    let between = Data { address4: Some(SERVER), flags: Flags::TO_DS.with(Flags::FROM_DS), ..up };
    assert_eq!((between.source(), between.destination(), between.bssid()), (SERVER, SERVER, None));
    assert_eq!(Frame::parse(&between.encode()), Ok(between.into()));
    assert!(Snap::parse(&[0xaa, 0xaa, 3, 0, 0, 1, 8, 0]).is_err());
    assert!(Snap::parse(&[0xaa; 5]).is_err());
}

#[test]
fn other_frames_stay_as_they_are() {
    let acknowledgement = [0xd4, 0, 0, 0, 2, 0, 0, 0, 0, 1];
    let frame = Frame::parse(&acknowledgement).unwrap();
    assert_eq!(frame, Frame::Other(acknowledgement.to_vec()));
    assert_eq!(frame.encode(), acknowledgement);
    assert!(Frame::parse(&[0x81, 0, 0, 0]).is_err(), "another protocol version");
}

#[test]
fn which_frames_are_to_be_protected() {
    let robust = [9, 10, 11, 12, 13];
    for (at, body) in bodies().into_iter().enumerate() {
        assert_eq!(Management::new(BSSID, STATION, BSSID, body).is_robust(), robust.contains(&at), "{at}");
    }
    let public = Action { category: ActionCategory::PUBLIC, rest: vec![], no_ack: false };
    assert!(!Management::new(BSSID, STATION, BSSID, ManagementBody::Action(public)).is_robust());
}

#[test]
fn sa_queries() {
    for is_response in [false, true] {
        let query = SaQuery { is_response, transaction: [1, 2] };
        assert_eq!(SaQuery::from_action(&query.to_action()), Some(query));
    }
    let other = Action { category: ActionCategory::SA_QUERY, rest: vec![2, 0, 0], no_ack: false };
    assert_eq!(SaQuery::from_action(&other), None);
}

#[test]
fn codes_print() {
    assert_eq!(ReasonCode(15).to_string(), "4-way handshake took too long");
    assert_eq!(ReasonCode(999).to_string(), "999");
    assert_eq!(std::format!("{:?}", StatusCode(0)), "StatusCode(success)");
}

proptest! {
    #[test]
    fn what_parses_is_encoded_alike(mut bytes in prop::collection::vec(any::<u8>(), 0..120), kind in 0u8..3, subtype in 0u8..16) {
        if let Some(first) = bytes.first_mut() {
            *first = kind << 2 | subtype << 4;
        }
        if let Ok(frame) = Frame::parse(&bytes) {
            let again = frame.encode();
            if matches!(frame, Frame::Management(Management {
                body: ManagementBody::AssociationResponse(_) | ManagementBody::ReassociationResponse(_), ..
            })) {
                prop_assert_eq!(again.len(), bytes.len());
            } else {
                prop_assert_eq!(&again, &bytes);
            }
            prop_assert_eq!(Frame::parse(&again), Ok(frame));
        }
    }

    #[test]
    fn what_is_built_parses(
        body in prop::sample::select(bodies()),
        flags in any::<u8>(),
        sequence in any::<u16>(),
        ht_control in any::<Option<[u8; 4]>>(),
    ) {
        let sealed = matches!(body, ManagementBody::Sealed(..));
        let mut flags = Flags(flags).without(Flags::PROTECTED).without(Flags::ORDER);
        if sealed {
            flags = flags.with(Flags::PROTECTED);
        }
        if ht_control.is_some() {
            flags = flags.with(Flags::ORDER);
        }
        let frame = Management {
            flags, ht_control, sequence: SequenceControl(sequence), duration: 44, ..Management::new(BSSID, STATION, SERVER, body)
        };
        prop_assert_eq!(Frame::parse(&frame.encode()), Ok(frame.into()));
    }
}
