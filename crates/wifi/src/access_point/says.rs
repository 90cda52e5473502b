//! What beacons and probe responses say.

use super::AccessPoint;
use crate::channel::Band;
use crate::element::{DsParameter, Elements, Erp, Rates, Tim};
use crate::frame::{Beacon, Capabilities, Management, ManagementBody};
use keyway_wsc::attribute::Expected;
use keyway_wsc::message::VendorExtensions;
use keyway_wsc::message::elements::{AssociationResponseElement, BeaconElement, ProbeResponseElement};
use keyway_wsc::{ConfigMethods, DevicePasswordId, MacAddr, ResponseType, Ssid, Version};

/// From one beacon to the next, in units of 1024 microseconds.
const INTERVAL: u16 = 100;

/// How many devices the list of those that are waited for has room for (observed: hostapd).
const MOST_AUTHORIZED: usize = 5;

impl AccessPoint {
    pub(super) fn beacon(&self) -> Beacon {
        let mut tim = Elements::new();
        tim.push(&Tim::idle());
        let mut elements = self.elements(self.config.hidden, &tim);
        if let Some(wps) = self.wps_in_beacon() {
            elements.push_wps(&wps);
        }
        Beacon { timestamp: 0, interval: INTERVAL, capabilities: self.capabilities(), elements }
    }

    pub(super) fn probe_response(&self, to: MacAddr) -> Management {
        let mut elements = self.elements(false, &Elements::new());
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
        let mut capabilities = Capabilities::ESS;
        if self.config.has_keys() {
            capabilities = capabilities.with(Capabilities::PRIVACY);
        }
        if self.config.channel.band() == Band::Ghz2 {
            capabilities = capabilities.with(Capabilities::SHORT_SLOT);
        }
        capabilities
    }

    /// The elements of all frames that describe the network, in the order of the standard, without WPS. `tim` stands in
    /// beacons only.
    fn elements(&self, hides_name: bool, tim: &Elements) -> Elements {
        let mut elements = Elements::new();
        if hides_name {
            elements.push_raw(<Ssid as crate::element::Element>::ID, &[]);
        } else {
            elements.push(&self.config.ssid);
        }
        let rsn = self.config.rsn();
        match self.config.channel.band() {
            Band::Ghz2 => {
                let (rates, more) = Rates::for_2_4_ghz();
                elements.push(&rates).push(&DsParameter(self.config.channel.number()));
                elements.append(tim).push(&Erp::default());
                elements.push(&more);
            }
            Band::Ghz5 => {
                elements.push(&Rates::for_5_ghz()).append(tim);
            }
        }
        if let Some(rsn) = &rsn {
            elements.push(rsn);
        }
        elements
    }

    fn extensions(&self) -> VendorExtensions {
        let mut extensions = VendorExtensions::version2();
        if let Some(selected) = &self.wps.selected {
            let authorized = selected.authorized.iter().take(MOST_AUTHORIZED);
            extensions.wfa.authorized_macs = authorized.copied().collect();
        }
        extensions
    }

    /// Observed: hostapd. On two bands beacons name the bands, and the access point while a button is pressed.
    fn wps_in_beacon(&self) -> Option<BeaconElement> {
        let description = self.wps.description.as_ref()?;
        let selected = self.wps.selected.as_ref();
        let by_button = selected.is_some_and(|selected| selected.password_id == DevicePasswordId::PushButton);
        let names_itself = by_button && self.wps.rf_bands.is_some();
        Some(BeaconElement {
            version: description.version.clone(),
            state: description.state.clone(),
            setup_locked: self.wps.locked.then_some(true),
            selected_registrar: selected.map(|_| true),
            password_id: selected.map(|selected| selected.password_id),
            selected_methods: selected.map(|selected| selected.methods),
            uuid_e: description.uuid_e.0.filter(|_| names_itself),
            rf_bands: self.wps.rf_bands,
            extensions: self.extensions(),
        })
    }

    fn wps_in_probe_response(&self) -> Option<ProbeResponseElement> {
        let description = self.wps.description.clone()?;
        let selected = self.wps.selected.as_ref();
        // These are the methods for external registrars, and a button is not one of them.
        let buttons =
            ConfigMethods::PushButton | ConfigMethods::VirtualPushButton | ConfigMethods::PhysicalPushButton;
        let methods = description.config_methods.0.map(|methods| methods.without(buttons));
        Some(ProbeResponseElement {
            setup_locked: self.wps.locked.then_some(true),
            selected_registrar: selected.map(|_| true),
            password_id: selected.map(|selected| selected.password_id),
            selected_methods: selected.map(|selected| selected.methods),
            config_methods: Expected(methods),
            rf_bands: self.wps.rf_bands,
            extensions: self.extensions(),
            ..description
        })
    }
}
