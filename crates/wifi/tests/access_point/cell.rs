//! An access point whose radio is the test.

use keyway_eap::Timestamp;
use keyway_wifi::Channel;
use keyway_wifi::access_point::{AccessPoint, BssConfig, BssSecurity, Event, Selected, WpsConfig};
use keyway_wifi::driver::{AccessPointCommand, AccessPointEvent};
use keyway_wifi::element::{AkmSuite, Elements, Rsn, RsnCapabilities};
use keyway_wifi::frame::{
    AssociationRequest, AssociationResponse, Authentication, Beacon, Capabilities, Management,
    ManagementBody, StatusCode,
};
use keyway_wifi::rsn::{Draw, Entropy, HandshakeTimers, KeyManagement, Pmk};
use keyway_wsc::message::VendorExtensions;
use keyway_wsc::message::elements::{AssociationRequestElement, ProbeResponseElement};
use keyway_wsc::{
    ConfigMethods, DevicePasswordId, DeviceType, EntropyError, MacAddr, RequestType, ResponseType, Ssid,
    Text, Uuid, Version, WpsState,
};
use std::time::Duration;

pub(crate) const BSSID: MacAddr = MacAddr([2, 0, 0, 0, 1, 0]);
pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// Numbers that look random and are the same in every run (xorshift64*).
#[derive(Clone)]
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % bound
    }
}

impl Entropy for Numbers {
    fn fill(&mut self, _: Draw, out: &mut [u8]) -> Result<(), EntropyError> {
        out.iter_mut().for_each(|octet| *octet = self.below(256) as u8);
        Ok(())
    }
}

pub(crate) fn mac(number: u16) -> MacAddr {
    let [a, b] = number.to_be_bytes();
    MacAddr([2, 0, 0, 1, a, b])
}

pub(crate) fn ssid(name: &str) -> Ssid {
    Ssid::new(name.as_bytes()).unwrap()
}

pub(crate) fn channel(number: u8) -> Channel {
    Channel::new(number).unwrap()
}

pub(crate) fn pmk() -> Pmk {
    Pmk::new([7; 32])
}

/// Management frame protection on a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mfp {
    No,
    Optional,
    Required,
}

pub(crate) fn wpa2(mfp: Mfp) -> BssSecurity {
    BssSecurity::Wpa2 {
        pmk: pmk(),
        key_managements: vec![KeyManagement::Psk, KeyManagement::PskSha256],
        can_protect_management: mfp != Mfp::No,
        must_protect_management: mfp == Mfp::Required,
    }
}

pub(crate) fn config(security: BssSecurity) -> BssConfig {
    BssConfig {
        bssid: BSSID,
        channel: channel(6),
        ssid: ssid("Home"),
        hidden: false,
        security,
        max_stations: 2007,
        rekey: None,
        timers: HandshakeTimers::default(),
    }
}

pub(crate) fn description() -> ProbeResponseElement {
    fn text<const N: usize>(text: &str) -> Text<N> {
        Text::new(text)
    }
    ProbeResponseElement {
        version: Version::V1_0.into(),
        state: WpsState::Configured.into(),
        setup_locked: None,
        selected_registrar: None,
        password_id: None,
        selected_methods: None,
        response_type: ResponseType::AccessPoint.into(),
        uuid_e: Uuid([0xee; 16]).into(),
        manufacturer: text("Maker").into(),
        model_name: text("Model").into(),
        model_number: text("1").into(),
        serial_number: text("2").into(),
        device_type: DeviceType { category: 6, oui: [0x00, 0x50, 0xf2, 0x04], subcategory: 1 }.into(),
        device_name: text("Router").into(),
        config_methods: (ConfigMethods::Label | ConfigMethods::PhysicalPushButton).into(),
        rf_bands: None,
        extensions: VendorExtensions::version2(),
    }
}

/// WPS is on, and nobody waits.
pub(crate) fn wps() -> WpsConfig {
    WpsConfig { description: Some(description()), ..WpsConfig::default() }
}

pub(crate) fn selected(
    password_id: DevicePasswordId,
    methods: ConfigMethods,
    authorized: &[MacAddr],
) -> Selected {
    Selected { password_id, methods, authorized: authorized.to_vec() }
}

/// An access point, and what came out of it.
pub(crate) struct Cell {
    pub(crate) access_point: AccessPoint,
    pub(crate) now: Timestamp,
    pub(crate) numbers: Numbers,
    pub(crate) commands: Vec<AccessPointCommand>,
    pub(crate) events: Vec<Event>,
}

impl Cell {
    /// One that is on the air; what it commanded for that is forgotten.
    pub(crate) fn new(config: BssConfig) -> Cell {
        let mut numbers = Numbers(5);
        let access_point = AccessPoint::new(config, &mut numbers).unwrap();
        let now = Timestamp::from_secs(1000);
        let mut cell = Cell { access_point, now, numbers, commands: vec![], events: vec![] };
        cell.access_point.start(now);
        cell.settle();
        cell.clear();
        cell
    }

    pub(crate) fn with_wps(config: BssConfig, wps: WpsConfig) -> Cell {
        let mut cell = Cell::new(config);
        cell.access_point.set_wps(wps);
        cell.settle();
        cell.clear();
        cell
    }

    pub(crate) fn settle(&mut self) {
        self.commands.extend(std::iter::from_fn(|| self.access_point.poll_command()));
        self.events.extend(std::iter::from_fn(|| self.access_point.poll_event()));
    }

    pub(crate) fn clear(&mut self) {
        self.commands.clear();
        self.events.clear();
    }

    pub(crate) fn tell(&mut self, event: AccessPointEvent) {
        self.access_point.handle_event(event, self.now, &mut self.numbers);
        self.settle();
    }

    /// A management frame of a station comes.
    pub(crate) fn hear(&mut self, station: MacAddr, body: ManagementBody) {
        let frame = Box::new(Management::new(BSSID, station, BSSID, body));
        self.tell(AccessPointEvent::Management { frame, signal: -50 });
    }

    pub(crate) fn eapol(&mut self, station: MacAddr, frame: &[u8]) {
        self.tell(AccessPointEvent::Eapol { station, frame: frame.to_vec(), protected: false });
    }

    pub(crate) fn probe(&mut self, station: MacAddr, name: Option<&str>) {
        let mut elements = Elements::new();
        if let Some(name) = name {
            elements.push(&ssid(name));
        }
        self.hear(station, ManagementBody::ProbeRequest(elements));
    }

    pub(crate) fn authenticate(&mut self, station: MacAddr) {
        self.hear(station, ManagementBody::Authentication(Authentication::open_request()));
    }

    /// Authentication, and association with these elements behind the name.
    pub(crate) fn associate(&mut self, station: MacAddr, elements: &Elements) {
        self.authenticate(station);
        self.hear(station, ManagementBody::AssociationRequest(request("Home", elements)));
    }

    /// Lets time pass, timer after timer.
    pub(crate) fn pass(&mut self, duration: Duration) {
        let end = self.now + duration;
        while let Some(next) = self.access_point.poll_timeout().filter(|next| *next <= end) {
            self.now = self.now.max(next);
            self.access_point.handle_timeout(self.now, &mut self.numbers);
            self.settle();
        }
        self.now = end;
    }

    /// The management frames that were sent.
    pub(crate) fn sent(&self) -> Vec<&Management> {
        let mut frames: Vec<&Management> = vec![];
        for command in &self.commands {
            if let AccessPointCommand::Send(frame) = command {
                frames.push(frame);
            }
        }
        frames
    }

    /// The last association response.
    pub(crate) fn association(&self) -> &AssociationResponse {
        let response = |frame: &&Management| {
            let body = &frame.body;
            matches!(body, ManagementBody::AssociationResponse(_) | ManagementBody::ReassociationResponse(_))
        };
        match &self.sent().into_iter().rfind(response).expect("an association response").body {
            ManagementBody::AssociationResponse(response)
            | ManagementBody::ReassociationResponse(response) => response,
            _ => unreachable!(),
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.association().status
    }

    /// The status in the last answer to an authentication.
    pub(crate) fn authentication(&self) -> StatusCode {
        let status = |frame: &Management| match &frame.body {
            ManagementBody::Authentication(answer) => Some(answer.status),
            _ => None,
        };
        self.sent().into_iter().rev().find_map(status).expect("an authentication response")
    }

    /// What the last `Start` or `Update` lets beacons say.
    pub(crate) fn beacon(&self) -> &Beacon {
        let mut found = None;
        for command in &self.commands {
            if let AccessPointCommand::Start { beacon, .. } | AccessPointCommand::Update(beacon) = command {
                found = Some(&**beacon);
            }
        }
        found.expect("a beacon")
    }

    /// The last probe response.
    pub(crate) fn probe_response(&self) -> Option<&Beacon> {
        let response = |frame: &Management| matches!(frame.body, ManagementBody::ProbeResponse(_));
        match &self.sent().into_iter().rfind(|frame| response(frame))?.body {
            ManagementBody::ProbeResponse(beacon) => Some(beacon),
            _ => None,
        }
    }

    pub(crate) fn was_removed(&self, station: MacAddr) -> bool {
        self.commands.contains(&AccessPointCommand::RemoveStation(station))
    }
}

/// A request with these elements behind the name.
pub(crate) fn request(name: &str, more: &Elements) -> AssociationRequest {
    let mut elements = Elements::new();
    elements.push(&ssid(name)).append(more);
    AssociationRequest { capabilities: Capabilities::ESS, listen_interval: 10, current: None, elements }
}

/// What a station that comes to register says.
pub(crate) fn to_register() -> Elements {
    let mut elements = Elements::new();
    elements.push_wps(&AssociationRequestElement {
        version: Version::V1_0.into(),
        request_type: RequestType::Enrollee.into(),
        extensions: VendorExtensions::version2(),
    });
    elements
}

pub(crate) fn rsn(akm: AkmSuite, capabilities: RsnCapabilities) -> Rsn {
    Rsn::ccmp(&[akm], capabilities)
}

pub(crate) fn with_rsn(rsn: &Rsn) -> Elements {
    let mut elements = Elements::new();
    elements.push(rsn);
    elements
}

/// What a station that joins with a pre-shared key says.
pub(crate) fn to_join() -> Elements {
    with_rsn(&rsn(AkmSuite::PSK, RsnCapabilities::default()))
}
