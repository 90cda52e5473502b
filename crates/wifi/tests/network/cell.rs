//! Access points as a scan hears them, described in a line each.

use keyway_wifi::Channel;
use keyway_wifi::driver::Sighting;
use keyway_wifi::element::{AkmSuite, CipherSuite, ElementId, Elements, Rsn, RsnCapabilities, VendorType};
use keyway_wifi::frame::{Beacon, Capabilities};
use keyway_wsc::message::VendorExtensions;
use keyway_wsc::message::elements::{BeaconElement, ProbeResponseElement};
use keyway_wsc::{
    ConfigMethods, DevicePasswordId, DeviceType, MacAddr, ResponseType, Text, Uuid, Version, WpsState,
};

/// The station that looks.
pub(crate) const OWN: MacAddr = MacAddr([2, 0, 0, 0, 0, 9]);

/// Another one.
pub(crate) const OTHER: MacAddr = MacAddr([2, 0, 0, 0, 0, 8]);

/// How a network protects itself.
#[derive(Clone, Debug)]
pub(crate) enum Protection {
    Open,
    Wep,
    /// WPA, version 1, with this content behind the vendor type.
    Wpa1(Vec<u8>),
    Rsn(Rsn),
    /// An RSN element with this content.
    Raw(Vec<u8>),
}

/// What an access point says about WPS.
#[derive(Clone, Debug)]
pub(crate) struct Offer {
    pub(crate) version2: bool,
    pub(crate) state: WpsState,
    pub(crate) locked: Option<bool>,
    pub(crate) selected: Option<bool>,
    pub(crate) id: Option<DevicePasswordId>,
    pub(crate) authorized: Vec<MacAddr>,
    pub(crate) uuid: Option<Uuid>,
}

/// An access point.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    pub(crate) bssid: MacAddr,
    /// `None` leaves the element out.
    pub(crate) name: Option<Vec<u8>>,
    pub(crate) channel: u8,
    pub(crate) signal: i8,
    pub(crate) protection: Protection,
    pub(crate) wps: Option<Offer>,
    /// An element that WPS cannot be read from.
    pub(crate) broken_wps: bool,
    pub(crate) is_probe_response: bool,
}

pub(crate) fn mac(last: u8) -> MacAddr {
    MacAddr([2, 0, 0, 0, 1, last])
}

/// WPA2 as it is usual.
pub(crate) fn wpa2() -> Protection {
    Protection::Rsn(Rsn::ccmp(&[AkmSuite::PSK], RsnCapabilities::default()))
}

pub(crate) fn rsn(akms: &[AkmSuite], capabilities: RsnCapabilities) -> Protection {
    Protection::Rsn(Rsn::ccmp(akms, capabilities))
}

/// WPA2 with TKIP for these.
pub(crate) fn tkip(pairwise: &[CipherSuite]) -> Protection {
    let mut rsn = Rsn::ccmp(&[AkmSuite::PSK], RsnCapabilities::default());
    (rsn.group, rsn.pairwise) = (CipherSuite::TKIP, pairwise.to_vec());
    Protection::Rsn(rsn)
}

/// WPA3 personal alone, which needs protected management frames.
pub(crate) fn wpa3() -> Protection {
    rsn(&[AkmSuite::SAE], RsnCapabilities::MFP_CAPABLE.with(RsnCapabilities::MFP_REQUIRED))
}

impl Offer {
    /// WPS is on, and nobody waits.
    pub(crate) fn idle() -> Offer {
        Offer {
            version2: true,
            state: WpsState::Configured,
            locked: None,
            selected: None,
            id: None,
            authorized: vec![],
            uuid: None,
        }
    }

    /// A registrar waits for the PINs of these.
    pub(crate) fn pin(authorized: &[MacAddr]) -> Offer {
        let id = Some(DevicePasswordId::Default);
        Offer { selected: Some(true), id, authorized: authorized.to_vec(), ..Offer::idle() }
    }

    /// A registrar of version 1.0 waits for a PIN.
    pub(crate) fn pin1() -> Offer {
        Offer { version2: false, ..Offer::pin(&[]) }
    }

    /// The button is pressed.
    pub(crate) fn button() -> Offer {
        Offer { id: Some(DevicePasswordId::PushButton), ..Offer::pin(&[MacAddr::BROADCAST]) }
    }

    pub(crate) fn uuid(mut self, octet: u8) -> Offer {
        self.uuid = Some(Uuid([octet; 16]));
        self
    }

    pub(crate) fn locked(mut self) -> Offer {
        self.locked = Some(true);
        self
    }

    fn extensions(&self) -> VendorExtensions {
        let mut extensions =
            if self.version2 { VendorExtensions::version2() } else { VendorExtensions::default() };
        extensions.wfa.authorized_macs = self.authorized.clone();
        extensions
    }

    fn in_beacon(&self) -> BeaconElement {
        BeaconElement {
            version: Version::V1_0.into(),
            state: self.state.into(),
            setup_locked: self.locked,
            selected_registrar: self.selected,
            password_id: self.id,
            selected_methods: self.selected.map(|_| ConfigMethods::Keypad),
            uuid_e: self.uuid,
            rf_bands: None,
            extensions: self.extensions(),
        }
    }

    fn in_probe_response(&self) -> ProbeResponseElement {
        ProbeResponseElement {
            version: Version::V1_0.into(),
            state: self.state.into(),
            setup_locked: self.locked,
            selected_registrar: self.selected,
            password_id: self.id,
            selected_methods: self.selected.map(|_| ConfigMethods::Keypad),
            response_type: ResponseType::AccessPoint.into(),
            uuid_e: self.uuid.unwrap_or(Uuid([7; 16])).into(),
            manufacturer: Text::new("Keyway").into(),
            model_name: Text::new("Router").into(),
            model_number: Text::new("1").into(),
            serial_number: Text::new("1").into(),
            device_type: DeviceType::ACCESS_POINT.into(),
            device_name: Text::new("Router").into(),
            config_methods: ConfigMethods::Keypad.into(),
            rf_bands: None,
            extensions: self.extensions(),
        }
    }
}

impl Cell {
    /// A usual home network: WPA2 on channel 6, not far away, WPS off.
    pub(crate) fn new(last: u8, name: &str) -> Cell {
        Cell {
            bssid: mac(last),
            name: Some(name.as_bytes().to_vec()),
            channel: 6,
            signal: -50,
            protection: wpa2(),
            wps: None,
            broken_wps: false,
            is_probe_response: false,
        }
    }

    pub(crate) fn wps(mut self, offer: Offer) -> Cell {
        self.wps = Some(offer);
        self
    }

    pub(crate) fn at(mut self, signal: i8) -> Cell {
        self.signal = signal;
        self
    }

    pub(crate) fn on(mut self, channel: u8) -> Cell {
        self.channel = channel;
        self
    }

    pub(crate) fn with(mut self, protection: Protection) -> Cell {
        self.protection = protection;
        self
    }

    pub(crate) fn named(mut self, name: &[u8]) -> Cell {
        self.name = Some(name.to_vec());
        self
    }

    pub(crate) fn answers(mut self) -> Cell {
        self.is_probe_response = true;
        self
    }

    /// What a station hears of it.
    pub(crate) fn sighting(&self) -> Sighting {
        let mut elements = Elements::new();
        if let Some(name) = &self.name {
            elements.push_raw(ElementId::SSID, name);
        }
        let mut capabilities = Capabilities::ESS;
        match &self.protection {
            Protection::Open => {}
            protected => {
                capabilities = capabilities.with(Capabilities::PRIVACY);
                match protected {
                    Protection::Rsn(rsn) => drop(elements.push(rsn)),
                    Protection::Raw(content) => drop(elements.push_raw(ElementId::RSN, content)),
                    Protection::Wpa1(content) => drop(elements.push_vendor(VendorType::WPA, content)),
                    Protection::Open | Protection::Wep => {}
                }
            }
        }
        match &self.wps {
            Some(_) if self.broken_wps => drop(elements.push_vendor(VendorType::WPS, &[0x10, 0x44, 0, 9, 1])),
            Some(offer) if self.is_probe_response => drop(elements.push_wps(&offer.in_probe_response())),
            Some(offer) => drop(elements.push_wps(&offer.in_beacon())),
            None => {}
        }
        Sighting {
            bssid: self.bssid,
            channel: Channel::new(self.channel).unwrap(),
            signal: self.signal,
            is_probe_response: self.is_probe_response,
            beacon: Beacon { timestamp: 0, interval: 100, capabilities, elements },
        }
    }
}
