//! What a scan result means: a network's security, what it offers by WPS, and which one to choose.

mod choice;
mod results;

pub use choice::{Choice, Chosen, NoChoice, Wanted, choose};
pub use results::ScanResults;

use crate::channel::Channel;
use crate::driver::Sighting;
use crate::element::{
    AkmSuite, CipherSuite, DsParameter, ElementId, Elements, Rsn, RsnCapabilities, VendorType, WpaVersion1,
};
use crate::frame::Capabilities;
use crate::rsn::KeyManagement;
use alloc::vec::Vec;
use keyway_eap::Timestamp;
use keyway_wsc::message::elements::{BeaconElement, ProbeResponseElement};
use keyway_wsc::{ConfigMethods, DevicePasswordId, MacAddr, Ssid, Uuid};

/// A network (BSS) as it was heard last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// The access point's address.
    pub bssid: MacAddr,
    /// The network's name; `None` while only beacons with a hidden name were heard.
    pub ssid: Option<Ssid>,
    /// Whether its beacons hide the name.
    pub hidden: bool,
    /// The channel.
    pub channel: Channel,
    /// Signal in dBm.
    pub signal: i8,
    /// The security.
    pub security: Security,
    /// The whole RSN element, as the 4-way handshake compares it.
    pub rsn_element: Vec<u8>,
    /// What it offers by WPS; `None` when WPS is off.
    pub wps: Option<WpsOffer>,
    /// When it was heard last.
    pub seen: Timestamp,
}

/// The security of a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Security {
    /// None.
    Open,
    /// WEP.
    Wep,
    /// WPA, version 1, alone.
    Wpa1,
    /// WPA2 or WPA3, or both: the RSN element.
    Rsn(Rsn),
    /// An RSN element that cannot be read.
    Unreadable,
}

/// What an access point says about WPS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WpsOffer {
    /// Whether it speaks version 2.0.
    pub version2: bool,
    /// Whether it has its settings.
    pub configured: bool,
    /// Whether its own PIN is locked.
    pub locked: bool,
    /// The device password of the registrar that waits, if one does.
    pub selected: Option<DevicePasswordId>,
    /// The methods of that registrar.
    pub methods: ConfigMethods,
    /// The devices that it waits for (version 2.0); the broadcast address is any.
    pub authorized: Vec<MacAddr>,
    /// The access point's identity, if it said it.
    pub uuid: Option<Uuid>,
}

impl Network {
    /// Reads a sighting; `None` when its elements make no sense.
    pub fn new(sighting: &Sighting, now: Timestamp) -> Option<Network> {
        let elements = &sighting.beacon.elements;
        let ssid = elements.find::<Ssid>().ok()?;
        // A hidden name is empty, or as long as it is and all zeros (observed: hostapd, both forms).
        let shown = ssid.filter(|ssid| ssid.as_bytes().iter().any(|octet| *octet != 0));
        Some(Network {
            bssid: sighting.bssid,
            hidden: shown.is_none(),
            ssid: shown,
            channel: channel(sighting),
            signal: sighting.signal,
            security: Security::read(elements, sighting.beacon.capabilities),
            rsn_element: elements.whole(ElementId::RSN).unwrap_or_default().to_vec(),
            wps: WpsOffer::read(elements, sighting.is_probe_response),
            seen: now,
        })
    }

    /// Whether a registrar waits for the PIN of the device with this address. Version 2.0 says for whom; version 1.0 says
    /// only that one waits. (Observed: wpa_supplicant.)
    pub fn is_open_for_pin(&self, mac: MacAddr) -> bool {
        let Some(wps) = &self.wps else { return false };
        let any = MacAddr::BROADCAST;
        let listed = wps.authorized.iter().any(|authorized| *authorized == mac || *authorized == any);
        let waits = wps.selected.is_some_and(|id| id != DevicePasswordId::PushButton);
        waits && (listed || !wps.version2)
    }

    /// Whether the PIN of the device with this very address is waited for.
    pub fn names(&self, mac: MacAddr) -> bool {
        self.is_open_for_pin(mac) && self.wps.as_ref().is_some_and(|wps| wps.authorized.contains(&mac))
    }

    /// Whose network it is, as far as that was told: the same on each band of an access point.
    pub fn uuid(&self) -> Option<Uuid> {
        self.wps.as_ref()?.uuid
    }

    /// Whether a button is pressed.
    pub fn is_open_for_button(&self) -> bool {
        self.wps.as_ref().is_some_and(|wps| wps.selected == Some(DevicePasswordId::PushButton))
    }

    /// The key management by which a station with a pre-shared key joins; `None` when it cannot.
    ///
    /// PSK before PSK-SHA256, but where management frames have to be protected.
    pub fn key_management(&self) -> Option<KeyManagement> {
        let Security::Rsn(rsn) = &self.security else { return None };
        let required = rsn.capabilities.contains(RsnCapabilities::MFP_REQUIRED);
        if !rsn.pairwise.contains(&CipherSuite::CCMP)
            || rsn.group != CipherSuite::CCMP
            || required && !self.protects_management()
        {
            return None;
        }
        let has = |akm: AkmSuite| rsn.akms.contains(&akm);
        match (has(AkmSuite::PSK), has(AkmSuite::PSK_SHA256)) {
            (true, _) if !required => Some(KeyManagement::Psk),
            (_, true) => Some(KeyManagement::PskSha256),
            (true, false) => Some(KeyManagement::Psk),
            (false, false) => None,
        }
    }

    /// Whether management frames can be protected: the access point can, with a cipher that this crate has.
    pub fn protects_management(&self) -> bool {
        match &self.security {
            Security::Rsn(rsn) => {
                let cipher = rsn.group_management.unwrap_or(CipherSuite::BIP_CMAC_128);
                rsn.capabilities.contains(RsnCapabilities::MFP_CAPABLE) && cipher == CipherSuite::BIP_CMAC_128
            }
            _ => false,
        }
    }

    /// Whether only WPA3 personal is offered.
    pub fn is_wpa3_only(&self) -> bool {
        match &self.security {
            Security::Rsn(rsn) => {
                rsn.akms.iter().any(|akm| akm.is_sae()) && !rsn.akms.iter().any(|akm| akm.is_psk())
            }
            _ => false,
        }
    }

    /// The security in a word.
    pub fn security_words(&self) -> &'static str {
        match &self.security {
            Security::Open => "open",
            Security::Wep => "WEP",
            Security::Wpa1 => "WPA",
            Security::Unreadable => "unknown",
            Security::Rsn(rsn) => {
                let has = |wanted: fn(AkmSuite) -> bool| rsn.akms.iter().any(|akm| wanted(*akm));
                match (has(AkmSuite::is_psk), has(AkmSuite::is_sae), has(AkmSuite::is_enterprise)) {
                    (true, true, _) => "WPA2/WPA3",
                    (true, false, _) => "WPA2",
                    (false, true, _) => "WPA3",
                    (false, false, true) => "WPA2 enterprise",
                    (false, false, false) => "unknown",
                }
            }
        }
    }
}

/// The channel that it says it is on; at 2.4 GHz it is also heard beside it. Without a word of it, where it was heard.
fn channel(sighting: &Sighting) -> Channel {
    let said = sighting.beacon.elements.find::<DsParameter>().ok().flatten();
    let said = said.and_then(|DsParameter(number)| Channel::new(number));
    said.filter(|said| said.band() == sighting.channel.band()).unwrap_or(sighting.channel)
}

impl Security {
    fn read(elements: &Elements, capabilities: Capabilities) -> Security {
        match elements.find::<Rsn>() {
            Ok(Some(rsn)) => Security::Rsn(rsn),
            Err(_) => Security::Unreadable,
            Ok(None) => match elements.vendor(VendorType::WPA).next().map(WpaVersion1::parse) {
                Some(_) => Security::Wpa1,
                None if capabilities.contains(Capabilities::PRIVACY) => Security::Wep,
                None => Security::Open,
            },
        }
    }
}

impl WpsOffer {
    /// An element that cannot be read counts as WPS that offers nothing.
    fn read(elements: &Elements, is_probe_response: bool) -> Option<WpsOffer> {
        if !elements.has_wps() {
            return None;
        }
        let mut offer = WpsOffer {
            version2: false,
            configured: true,
            locked: false,
            selected: None,
            methods: ConfigMethods::NONE,
            authorized: Vec::new(),
            uuid: None,
        };
        let selected = |selected: Option<bool>, id: Option<DevicePasswordId>| {
            // Version 1.0 may leave the identifier out: a PIN.
            (selected == Some(true)).then(|| id.unwrap_or(DevicePasswordId::Default))
        };
        if is_probe_response {
            if let Ok(Some(element)) = elements.wps::<ProbeResponseElement>() {
                offer.selected = selected(element.selected_registrar, element.password_id);
                offer.methods = element.selected_methods.unwrap_or(ConfigMethods::NONE);
                offer.locked = element.setup_locked == Some(true);
                offer.configured = element.state.0 != Some(keyway_wsc::WpsState::NotConfigured);
                offer.uuid = element.uuid_e.0;
                offer.version2 = element.extensions.wfa.version2.is_some();
                offer.authorized = element.extensions.wfa.authorized_macs;
            }
        } else if let Ok(Some(element)) = elements.wps::<BeaconElement>() {
            offer.selected = selected(element.selected_registrar, element.password_id);
            offer.methods = element.selected_methods.unwrap_or(ConfigMethods::NONE);
            offer.locked = element.setup_locked == Some(true);
            offer.configured = element.state.0 != Some(keyway_wsc::WpsState::NotConfigured);
            offer.uuid = element.uuid_e;
            offer.version2 = element.extensions.wfa.version2.is_some();
            offer.authorized = element.extensions.wfa.authorized_macs;
        }
        Some(offer)
    }
}
