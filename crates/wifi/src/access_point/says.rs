//! What beacons and probe responses say.

use super::AccessPoint;
use crate::channel::Band;
use crate::element::{DsParameter, Elements, Erp, Rates, Tim};
use crate::frame::{Beacon, Capabilities, Management, ManagementBody};
use keyway_wsc::message::VendorExtensions;
use keyway_wsc::message::elements::{AssociationResponseElement, BeaconElement, ProbeResponseElement};
use keyway_wsc::{DevicePasswordId, MacAddr, ResponseType, Ssid, Version};

/// From one beacon to the next, in units of 1024 microseconds.
const INTERVAL: u16 = 100;

impl AccessPoint {
    pub(super) fn beacon(&self) -> Beacon {
        let mut elements = self.elements(self.config.hidden);
        if let Some(wps) = self.wps_in_beacon() {
            elements.push_wps(&wps);
        }
        Beacon { timestamp: 0, interval: INTERVAL, capabilities: self.capabilities(), elements }
    }

    pub(super) fn probe_response(&self, to: MacAddr) -> Management {
        let mut elements = self.elements(false);
        if let Some(wps) = self.wps_in_probe_response() {
            elements.push_wps(&wps);
        }
        let beacon = Beacon { timestamp: 0, interval: INTERVAL, capabilities: self.capabilities(), elements };
        Management::new(to, self.config.bssid, self.config.bssid, ManagementBody::ProbeResponse(beacon))
    }

    /// The WPS element of association responses.
    pub(super) fn wps_in_association_response() -> AssociationResponseElement {
        AssociationResponseElement {
            version: Version::V1_0.into(),
            response_type: ResponseType::AccessPoint.into(),
            extensions: VendorExtensions::version2(),
        }
    }

    pub(super) fn capabilities(&self) -> Capabilities {
        Capabilities::ESS.with(Capabilities::PRIVACY).with(Capabilities::SHORT_SLOT)
    }

    /// The elements of all frames that describe the network, in the order of the standard, without WPS.
    fn elements(&self, hides_name: bool) -> Elements {
        let mut elements = Elements::new();
        if hides_name {
            elements.push_raw(<Ssid as crate::element::Element>::ID, &[]);
        } else {
            elements.push(&self.config.ssid);
        }
        match self.config.channel.band() {
            Band::Ghz2 => {
                let (rates, more) = Rates::for_2_4_ghz();
                elements.push(&rates).push(&DsParameter(self.config.channel.number()));
                elements.push(&Tim::idle()).push(&Erp::default()).push(&more);
            }
            Band::Ghz5 => {
                elements.push(&Rates::for_5_ghz()).push(&Tim::idle());
            }
        }
        elements.push(&self.config.rsn());
        elements
    }

    fn extensions(&self) -> VendorExtensions {
        let mut extensions = VendorExtensions::version2();
        if let Some(selected) = &self.wps.selected {
            extensions.wfa.authorized_macs = selected.authorized.clone();
        }
        extensions
    }

    /// Observed: hostapd. Identity and bands stand in beacons only while a button is pressed on two bands.
    fn wps_in_beacon(&self) -> Option<BeaconElement> {
        let description = self.wps.description.as_ref()?;
        let selected = self.wps.selected.as_ref();
        let by_button = selected.is_some_and(|selected| selected.password_id == DevicePasswordId::PushButton);
        let two_bands = self.wps.rf_bands.filter(|_| by_button);
        Some(BeaconElement {
            version: description.version.clone(),
            state: description.state.clone(),
            setup_locked: self.wps.locked.then_some(true),
            selected_registrar: selected.map(|_| true),
            password_id: selected.map(|selected| selected.password_id),
            selected_methods: selected.map(|selected| selected.methods),
            uuid_e: two_bands.and(description.uuid_e.0),
            rf_bands: two_bands,
            extensions: self.extensions(),
        })
    }

    fn wps_in_probe_response(&self) -> Option<ProbeResponseElement> {
        let selected = self.wps.selected.as_ref();
        Some(ProbeResponseElement {
            setup_locked: self.wps.locked.then_some(true),
            selected_registrar: selected.map(|_| true),
            password_id: selected.map(|selected| selected.password_id),
            selected_methods: selected.map(|selected| selected.methods),
            rf_bands: self.wps.rf_bands,
            extensions: self.extensions(),
            ..self.wps.description.clone()?
        })
    }
}
