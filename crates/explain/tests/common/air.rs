//! Frames on the air, with radiotap headers.

use super::file::{self, BEGIN, Packet, RADIOTAP};
use super::{PRINTER, ROUTER, Sent};
use keyway_wifi::element::{AkmSuite, DsParameter, ElementId, Elements, Rsn, RsnCapabilities};
use keyway_wifi::frame::{
    AssociationRequest, AssociationResponse, Authentication, Beacon, Capabilities, Data, Flags, Management,
    ManagementBody, ReasonCode, SequenceControl, Snap, StatusCode,
};
use keyway_wifi::rsn::{KeyFrame, KeyInformation};
use keyway_wsc::attribute::Expected;
use keyway_wsc::message::VendorExtensions;
use keyway_wsc::message::elements::{AssociationRequestElement, BeaconElement, ProbeRequestElement};
use keyway_wsc::{
    ConfigMethods, DevicePasswordId, DeviceType, MacAddr, RequestType, Ssid, Text, Uuid, Version, WpsState,
};
use std::time::Duration;

/// What was on the air.
#[derive(Default)]
pub struct Air {
    pub packets: Vec<Packet>,
    pub now: Duration,
    sequence: u16,
}

impl Air {
    /// The file.
    pub fn file(&self) -> Vec<u8> {
        file::pcapng(RADIOTAP, &self.packets, false)
    }

    /// Lets time pass.
    pub fn wait(&mut self, ms: u64) -> &mut Air {
        self.now += Duration::from_millis(ms);
        self
    }

    /// A frame, with a frame check sequence that nobody looks at.
    pub fn push(&mut self, frame: &[u8]) {
        self.now += Duration::from_millis(1);
        let header = [0, 0, 15, 0, 0x2a, 0, 0, 0, 0x10, 0, 0x85, 0x09, 0, 0, (-50i8) as u8];
        self.packets.push((BEGIN + self.now, [&header[..], frame, &[0xfc; 4]].concat()));
    }

    /// A management frame.
    pub fn manage(&mut self, by: MacAddr, body: ManagementBody) {
        let to = match (&body, by) {
            (ManagementBody::Beacon(_) | ManagementBody::ProbeRequest(_), _) => MacAddr::BROADCAST,
            (_, ROUTER) => PRINTER,
            _ => ROUTER,
        };
        let bssid = if let ManagementBody::ProbeRequest(_) = body { MacAddr::BROADCAST } else { ROUTER };
        let mut frame = Management::new(to, by, bssid, body);
        self.sequence += 1;
        frame.sequence = SequenceControl::new(self.sequence);
        self.push(&frame.encode());
    }

    /// An EAPOL frame; with `retry`, it is sent once more because no acknowledgement came.
    pub fn eapol(&mut self, by_printer: bool, eapol: &[u8], retry: bool) {
        let payload = Snap::eapol(eapol).encode();
        let mut data = match by_printer {
            true => Data::from_station(PRINTER, ROUTER, ROUTER, payload),
            false => Data::from_access_point(ROUTER, PRINTER, ROUTER, payload).with_qos(6),
        };
        self.sequence += 1;
        data.sequence = SequenceControl::new(self.sequence);
        self.push(&data.encode());
        if retry {
            data.flags = data.flags.with(Flags::RETRY);
            self.push(&data.encode());
        }
    }

    /// A beacon of the router.
    pub fn beacon(&mut self, network: &[u8], akm: AkmSuite, wps: Option<BeaconElement>) {
        let mut elements = Elements::new();
        elements.push(&Ssid::new(network).unwrap()).push(&DsParameter(6));
        elements.push(&Rsn::ccmp(&[akm], RsnCapabilities::default()));
        if let Some(wps) = wps {
            elements.push_wps(&wps);
        }
        let capabilities = Capabilities::ESS.with(Capabilities::PRIVACY);
        self.manage(
            ROUTER,
            ManagementBody::Beacon(Beacon { timestamp: 0, interval: 100, capabilities, elements }),
        );
    }

    /// A device that asks who is there.
    pub fn probe(&mut self, by: MacAddr, password_id: DevicePasswordId) {
        let mut extensions = VendorExtensions::version2();
        extensions.wfa.request_to_enroll = Some(true);
        let mut elements = Elements::new();
        elements.push(&Ssid::new(b"").unwrap());
        elements.push_wps(&ProbeRequestElement {
            version: Version::V1_0.into(),
            request_type: RequestType::Enrollee.into(),
            config_methods: ConfigMethods::PhysicalPushButton.into(),
            uuid_e: Uuid::from_mac(by).into(),
            device_type: DeviceType::PRINTER.into(),
            rf_bands: Expected(None),
            association_state: Expected(None),
            config_error: Expected(None),
            password_id: password_id.into(),
            manufacturer: None,
            model_name: Some(Text::new("Seeker")),
            model_number: None,
            device_name: None,
            extensions,
            requested_device_types: Vec::new(),
            secondary_device_types: None,
        });
        self.manage(by, ManagementBody::ProbeRequest(elements));
    }

    /// The printer comes in, for WPS or for good.
    pub fn associate(&mut self, for_wps: bool, status: StatusCode) {
        self.manage(PRINTER, ManagementBody::Authentication(Authentication::open_request()));
        self.manage(
            ROUTER,
            ManagementBody::Authentication(Authentication::open_response(StatusCode::SUCCESS)),
        );
        let mut elements = Elements::new();
        elements.push(&Ssid::new(b"Home").unwrap());
        if for_wps {
            elements.push_wps(&AssociationRequestElement {
                version: Version::V1_0.into(),
                request_type: RequestType::Enrollee.into(),
                extensions: VendorExtensions::version2(),
            });
        } else {
            elements.push(&Rsn::ccmp(&[AkmSuite::PSK], RsnCapabilities::default()));
        }
        let capabilities = Capabilities::ESS;
        let request = AssociationRequest { capabilities, listen_interval: 1, current: None, elements };
        self.manage(PRINTER, ManagementBody::AssociationRequest(request));
        let response =
            AssociationResponse { capabilities, status, association_id: 1, elements: Elements::new() };
        self.manage(ROUTER, ManagementBody::AssociationResponse(response));
    }

    /// The router ends the association.
    pub fn send_away(&mut self, reason: ReasonCode) {
        self.manage(ROUTER, ManagementBody::Deauthentication(reason.into()));
    }

    /// A registration; every frame is repeated on the radio.
    pub fn register(&mut self, sent: &[Sent], retry: bool) {
        let begin = self.now;
        for Sent { at, by_printer, eapol } in sent {
            self.now = self.now.max(begin + *at);
            self.eapol(*by_printer, eapol, retry);
        }
    }

    /// A message of the 4-way handshake, 1 to 4.
    pub fn key(&mut self, number: u8, counter: u64) {
        const PAIRWISE: u16 = 0x000a;
        let flags = [0x0080, 0x0100, 0x13c0, 0x0300][usize::from(number) - 1];
        let mut frame = KeyFrame::new(KeyInformation(PAIRWISE | flags), counter);
        frame.nonce = [0x77; 32];
        if number == 2 || number == 3 {
            frame.key_data = vec![ElementId::RSN.0, 2, 1, 0];
        }
        self.eapol(number.is_multiple_of(2), &frame.encode(), false);
    }

    /// An encrypted frame of the printer's.
    pub fn encrypted(&mut self) {
        let mut data = Data::from_station(PRINTER, ROUTER, ROUTER, vec![0x55; 60]);
        data.flags = data.flags.with(Flags::PROTECTED);
        self.push(&data.encode());
    }
}

/// What a router says whose WPS is on; open for a device with this password.
pub fn wps(open: Option<DevicePasswordId>, locked: bool) -> BeaconElement {
    BeaconElement {
        version: Version::V1_0.into(),
        state: WpsState::Configured.into(),
        setup_locked: locked.then_some(true),
        selected_registrar: open.map(|_| true),
        password_id: open,
        selected_methods: None,
        uuid_e: None,
        rf_bands: None,
        extensions: VendorExtensions::version2(),
    }
}
