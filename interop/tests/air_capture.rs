//! tshark on a capture of the simulated radio: frames of every kind that a home sends, made by `keyway-wifi`, sent through
//! `keyway-air`, written by its `Capture`. Needs no root.

use std::collections::BTreeMap;
use std::time::Duration;

use keyway_air::{Air, AirConfig, Capture, Position, RadioConfig, RadioId, Tap, Tapped};
use keyway_eap::Timestamp;
use keyway_eap::eapol::{FrameType, Version as EapolVersion};
use keyway_interop::scratch::Scratch;
use keyway_interop::tshark::{Complaint, file_complaints, file_fields};
use keyway_wifi::element::{AkmSuite, DsParameter, Elements, Erp, Rates, Rsn, RsnCapabilities, Tim};
use keyway_wifi::frame::{
    AssociationRequest, AssociationResponse, AuthAlgorithm, Authentication, Beacon, Capabilities, Data,
    Farewell, Management, ManagementBody, ReasonCode, Snap, StatusCode,
};
use keyway_wifi::rsn::{KeyFrame, KeyInformation};
use keyway_wifi::{Band, Channel};
use keyway_wsc::message::VendorExtensions;
use keyway_wsc::message::elements::{
    AssociationRequestElement, AssociationResponseElement, BeaconElement, ProbeRequestElement,
    ProbeResponseElement,
};
use keyway_wsc::{
    AssociationState, ConfigError, ConfigMethods, DevicePasswordId, DeviceType, MacAddr, RequestType,
    ResponseType, RfBands, Ssid, Text, Uuid, Version, WpsState,
};

const ROUTER: MacAddr = MacAddr([2, 0, 0, 0, 0, 1]);
const PRINTER: MacAddr = MacAddr([2, 0, 0, 0, 0, 2]);
/// 14 November 2023, 22:13:20 UTC.
const EPOCH: Duration = Duration::from_secs(1_700_000_000);

/// What a frame is to be for tshark: subtype with kind, and a field that only a dissection to the end finds.
type Dissected = (&'static str, &'static str, &'static str);

/// A frame with its sender, its channel and its rate.
struct Sent {
    from: MacAddr,
    channel: u8,
    rate: u8,
    frame: Vec<u8>,
    dissected: Dissected,
}

fn basics(band: Band, channel: u8) -> Elements {
    let mut elements = Elements::new();
    elements.push(&Ssid::new("Büro 🖨".as_bytes()).expect("a name"));
    match band {
        Band::Ghz2 => {
            let (rates, more) = Rates::for_2_4_ghz();
            elements.push(&rates).push(&DsParameter(channel)).push(&more);
        }
        Band::Ghz5 => {
            elements.push(&Rates::for_5_ghz());
        }
    }
    elements
}

fn beacon(band: Band, channel: u8) -> Beacon {
    let mut elements = basics(band, channel);
    elements.push(&Tim::idle());
    if band == Band::Ghz2 {
        elements.push(&Erp(0));
    }
    elements.push(&Rsn::ccmp(&[AkmSuite::PSK], RsnCapabilities::default()));
    Beacon {
        timestamp: 1_000_000,
        interval: 100,
        capabilities: Capabilities::ESS.with(Capabilities::PRIVACY).with(Capabilities::SHORT_SLOT),
        elements,
    }
}

fn router(destination: MacAddr, body: ManagementBody) -> Vec<u8> {
    Management::new(destination, ROUTER, ROUTER, body).encode()
}

fn printer(destination: MacAddr, body: ManagementBody) -> Vec<u8> {
    Management::new(destination, PRINTER, destination, body).encode()
}

/// A beacon or a probe response with the WPS element of either.
fn announcement(is_response: bool) -> ManagementBody {
    let mut beacon = beacon(Band::Ghz2, 6);
    if is_response {
        beacon.elements.push_wps(&ProbeResponseElement {
            version: Version::V1_0.into(),
            state: WpsState::Configured.into(),
            setup_locked: Some(true),
            selected_registrar: Some(true),
            password_id: Some(DevicePasswordId::Default),
            selected_methods: Some(ConfigMethods::Label),
            response_type: ResponseType::AccessPoint.into(),
            uuid_e: Uuid([7; 16]).into(),
            manufacturer: Text::from("Keyway").into(),
            model_name: Text::from("Router").into(),
            model_number: Text::from("1").into(),
            serial_number: Text::from("0001").into(),
            device_type: DeviceType::ROUTER.into(),
            device_name: Text::from("The router").into(),
            config_methods: ConfigMethods::Label.into(),
            rf_bands: Some(RfBands::Band24GHz),
            extensions: VendorExtensions::version2(),
        });
        return ManagementBody::ProbeResponse(beacon);
    }
    beacon.elements.push_wps(&BeaconElement {
        version: Version::V1_0.into(),
        state: WpsState::Configured.into(),
        setup_locked: None,
        selected_registrar: Some(true),
        password_id: Some(DevicePasswordId::Default),
        selected_methods: Some(ConfigMethods::Label),
        uuid_e: Some(Uuid([7; 16])),
        rf_bands: Some(RfBands::Band24GHz),
        extensions: VendorExtensions::version2(),
    });
    ManagementBody::Beacon(beacon)
}

fn probe_request() -> ManagementBody {
    let mut elements = basics(Band::Ghz2, 6);
    elements.push_wps(&ProbeRequestElement {
        version: Version::V1_0.into(),
        request_type: RequestType::Enrollee.into(),
        config_methods: ConfigMethods::Label.into(),
        uuid_e: Uuid([1; 16]).into(),
        device_type: DeviceType::PRINTER.into(),
        rf_bands: RfBands::Band24GHz.into(),
        association_state: AssociationState::NotAssociated.into(),
        config_error: ConfigError::NoError.into(),
        password_id: DevicePasswordId::Default.into(),
        manufacturer: Some("Keyway".into()),
        model_name: Some("Printer".into()),
        model_number: Some("1".into()),
        device_name: Some("BLUE-42".into()),
        extensions: VendorExtensions::version2(),
        requested_device_types: vec![],
        secondary_device_types: None,
    });
    ManagementBody::ProbeRequest(elements)
}

fn authentication(transaction: u16) -> ManagementBody {
    ManagementBody::Authentication(Authentication {
        algorithm: AuthAlgorithm::OPEN,
        transaction,
        status: StatusCode::SUCCESS,
        rest: vec![],
    })
}

fn association_request() -> ManagementBody {
    let mut elements = basics(Band::Ghz2, 6);
    elements.push_wps(&AssociationRequestElement {
        version: Version::V1_0.into(),
        request_type: RequestType::Enrollee.into(),
        extensions: VendorExtensions::version2(),
    });
    ManagementBody::AssociationRequest(AssociationRequest {
        capabilities: Capabilities::ESS.with(Capabilities::SHORT_SLOT),
        listen_interval: 10,
        current: None,
        elements,
    })
}

fn association_response() -> ManagementBody {
    let (rates, more) = Rates::for_2_4_ghz();
    let mut elements = Elements::new();
    elements.push(&rates).push(&more).push_wps(&AssociationResponseElement {
        version: Version::V1_0.into(),
        response_type: ResponseType::AccessPoint.into(),
        extensions: VendorExtensions::version2(),
    });
    ManagementBody::AssociationResponse(AssociationResponse {
        capabilities: Capabilities::ESS.with(Capabilities::SHORT_SLOT),
        status: StatusCode::SUCCESS,
        association_id: 1,
        elements,
    })
}

fn eapol(kind: FrameType, body: &[u8]) -> Vec<u8> {
    let frame = keyway_eap::eapol::Frame { version: EapolVersion::V1, kind, body };
    Snap::eapol(&frame.encode().expect("short")).encode()
}

/// The first message of the 4-way handshake.
fn first_of_four() -> Vec<u8> {
    let information = KeyInformation(2).with(KeyInformation::PAIRWISE).with(KeyInformation::ACK);
    let key = KeyFrame { key_length: 16, nonce: [0xa5; 32], ..KeyFrame::new(information, 1) };
    Snap::eapol(&key.encode()).encode()
}

/// Who has 192.168.7.1?
fn arp() -> Vec<u8> {
    let mut packet = vec![0, 1, 8, 0, 6, 4, 0, 1];
    packet.extend(PRINTER.0);
    packet.extend([192, 168, 7, 2, 0, 0, 0, 0, 0, 0, 192, 168, 7, 1]);
    Snap { ether_type: 0x0806, packet: &packet }.encode()
}

/// A registration's frames, in short: one of each kind, at many rates.
fn frames() -> Vec<Sent> {
    let router_data = |payload| Data::from_access_point(ROUTER, PRINTER, ROUTER, payload).encode();
    let printer_data = |to, payload| Data::from_station(PRINTER, ROUTER, to, payload).encode();
    let farewell = ManagementBody::Deauthentication(Farewell::from(ReasonCode::LEAVING));
    let five = ManagementBody::Beacon(beacon(Band::Ghz5, 36));
    let everybody = MacAddr::BROADCAST;
    let sent = |from, channel, rate, frame, dissected| Sent { from, channel, rate, frame, dissected };
    vec![
        sent(
            ROUTER,
            6,
            2,
            router(everybody, announcement(false)),
            ("0x0008", "wps.selected_registrar", "0x01"),
        ),
        sent(PRINTER, 6, 2, printer(everybody, probe_request()), ("0x0004", "wps.device_name", "BLUE-42")),
        sent(ROUTER, 6, 4, router(PRINTER, announcement(true)), ("0x0005", "wps.device_name", "The router")),
        sent(PRINTER, 6, 11, printer(ROUTER, authentication(1)), ("0x000b", "wlan.fixed.auth_seq", "0x0001")),
        sent(ROUTER, 6, 12, router(PRINTER, authentication(2)), ("0x000b", "wlan.fixed.auth_seq", "0x0002")),
        sent(PRINTER, 6, 22, printer(ROUTER, association_request()), ("0x0000", "wps.request_type", "0x01")),
        sent(ROUTER, 6, 24, router(PRINTER, association_response()), ("0x0001", "wlan.fixed.aid", "0x0001")),
        sent(
            PRINTER,
            6,
            36,
            printer_data(ROUTER, eapol(FrameType::START, &[])),
            ("0x0020", "eapol.type", "1"),
        ),
        sent(ROUTER, 6, 48, router_data(eapol(FrameType::EAP, &[1, 5, 0, 5, 1])), ("0x0020", "eap.id", "5")),
        sent(ROUTER, 6, 72, router_data(first_of_four()), ("0x0020", "wlan_rsna_eapol.keydes.msgnr", "1")),
        sent(
            PRINTER,
            6,
            108,
            printer_data(everybody, arp()),
            ("0x0020", "arp.dst.proto_ipv4", "192.168.7.1"),
        ),
        sent(PRINTER, 6, 12, printer(ROUTER, farewell), ("0x000c", "wlan.fixed.reason_code", "0x0003")),
        sent(ROUTER, 36, 12, router(everybody, five), ("0x0008", "wlan.rsn.akms.type", "2")),
    ]
}

/// Sends each frame, the next one 50 ms later. What was on the air, without acknowledgements or with them.
fn send(frames: &[Sent], acknowledgements: bool) -> Vec<Tapped> {
    let mut air = Air::new(AirConfig::with_seed(1));
    let radios: BTreeMap<MacAddr, RadioId> = [
        (ROUTER, RadioConfig::access_point(Position::new(0.0, 0.0), ROUTER)),
        (PRINTER, RadioConfig::station(Position::new(8.0, 0.0), PRINTER)),
    ]
    .map(|(address, config)| (address, air.add(config)))
    .into();
    air.set_tap(Some(Tap { position: Position::new(1.0, 0.0), acknowledgements }));
    let mut now = Timestamp::ZERO;
    let mut tapped = Vec::new();
    for sent in frames {
        let channel = Channel::new(sent.channel).expect("a channel");
        for radio in radios.values() {
            air.tune(*radio, Some(channel));
        }
        air.transmit(radios[&sent.from], channel, sent.rate, sent.frame.clone(), None, now);
        now = now + Duration::from_millis(50);
        air.handle_timeout(now);
        tapped.extend(std::iter::from_fn(|| air.poll_tap()));
    }
    tapped
}

fn write(scratch: &Scratch, tapped: &[Tapped]) -> std::path::PathBuf {
    let capture = Capture::new(EPOCH);
    let mut file = capture.header();
    file.extend(tapped.iter().flat_map(|tapped| capture.packet(tapped)));
    scratch.write("air.pcapng", file)
}

#[test]
fn tshark_has_nothing_to_complain_about() {
    let scratch = Scratch::new("air");
    let frames = frames();
    let tapped = send(&frames, true);
    // Ten of the frames are for one receiver.
    assert_eq!(tapped.len(), frames.len() + 10);
    let file = write(&scratch, &tapped);
    assert_eq!(file_complaints(&file), []);
    let answers = file_fields(&file, "wlan.fc.type_subtype == 0x001d", &["wlan.ra"]);
    assert_eq!(answers.len(), 10);
    // Had it not looked, it would not have complained about a beacon cut short either.
    let mut cut = tapped;
    cut[0].frame = cut[0].frame[..cut[0].frame.len() - 3].into();
    let complaints = file_complaints(&write(&scratch, &cut));
    assert!(matches!(&complaints[..], [Complaint { message, .. }, ..] if message == "1"), "{complaints:?}");
}

#[test]
fn tshark_reads_what_was_sent() {
    let scratch = Scratch::new("air");
    let frames = frames();
    let tapped = send(&frames, false);
    assert_eq!(tapped.len(), frames.len());
    let file = write(&scratch, &tapped);
    for (number, (sent, tapped)) in (1..).zip(frames.iter().zip(&tapped)) {
        let (subtype, field, value) = sent.dissected;
        let filter = format!("frame.number == {number}");
        let read = file_fields(&file, &filter, &["wlan.fc.type_subtype", "wlan.ta", field]);
        let expected =
            [("wlan.fc.type_subtype", subtype), ("wlan.ta", &sent.from.to_string()), (field, value)];
        assert_eq!(read, [expected.map(|(name, value)| (name, value.to_owned())).into()], "frame {number}");
        assert_eq!(tapped.frame[..], sent.frame[..]);
    }
}

#[test]
fn tshark_reads_time_channel_signal_and_rate() {
    let scratch = Scratch::new("air");
    let frames = frames();
    let tapped = send(&frames, false);
    let names = [
        "frame.time_epoch",
        "radiotap.mactime",
        "radiotap.datarate",
        "radiotap.channel.freq",
        "radiotap.channel.flags.cck",
        "radiotap.channel.flags.2ghz",
        "radiotap.dbm_antsignal",
        "wlan_radio.channel",
        "wlan_radio.signal_dbm",
        "wlan_radio.data_rate",
        "wlan.fcs.status",
    ];
    let read = file_fields(&write(&scratch, &tapped), "", &names);
    assert_eq!(read.len(), frames.len());
    for (index, sent) in frames.iter().enumerate() {
        let at = tapped[index].at.since_epoch();
        let due = Duration::from_millis(50) * index as u32;
        assert!(at > due && at < due + Duration::from_millis(1), "{at:?}");
        let time = EPOCH + at;
        let rate = f64::from(sent.rate) / 2.0;
        // The tap is one metre from the router, seven from the printer.
        let signal = match (sent.from, sent.channel) {
            (ROUTER, 6) => "-20",
            (ROUTER, _) => "-27",
            _ => "-51",
        };
        let is_2_ghz = if sent.channel == 6 { "1" } else { "0" };
        let is_cck = if matches!(sent.rate, 2 | 4 | 11 | 22) { "1" } else { "0" };
        let frequency = if sent.channel == 6 { "2437" } else { "5180" };
        let expected = [
            format!("{}.{:09}", time.as_secs(), time.subsec_nanos()),
            at.as_micros().to_string(),
            rate.to_string(),
            frequency.to_owned(),
            is_cck.to_owned(),
            is_2_ghz.to_owned(),
            signal.to_owned(),
            sent.channel.to_string(),
            signal.to_owned(),
            rate.to_string(),
            String::new(),
        ];
        let expected = names.into_iter().zip(expected).collect::<BTreeMap<_, _>>();
        assert_eq!(read[index], expected, "frame {}", index + 1);
    }
}
