//! A station and its soft MAC, on a radio that carries frames.

use alloc::vec;
use core::hint::black_box;

use keyway_wifi::mac::{Reception, StationMac, Ticket};
use keyway_wifi::station::{Station, StationConfig};
use keyway_wifi::{Band, Channel};
use keyway_wsc::message::VendorExtensions;
use keyway_wsc::message::elements::ProbeRequestElement;
use keyway_wsc::{
    AssociationState, ConfigError, ConfigMethods, DevicePasswordId, DeviceType, MacAddr, NetworkKey,
    RequestType, RfBands, Ssid, Text, Uuid, Version,
};

use crate::{Noise, now, put, received};

/// The station, and what lies between it and the air.
#[derive(Debug)]
pub struct Air {
    /// The station.
    pub station: Station,
    mac: StationMac,
}

impl Default for Air {
    fn default() -> Air {
        Air::new()
    }
}

impl Air {
    /// A station that does nothing yet.
    pub fn new() -> Air {
        let config = wifi();
        Air { mac: StationMac::new(config.mac), station: Station::new(config) }
    }

    /// Takes what was received and does what is due.
    pub fn go_on(&mut self) {
        match (received(), Channel::new(black_box(6))) {
            (Some(frame), Some(channel)) => {
                let reception = Reception { channel, signal: black_box(-50), frame: &frame };
                self.mac.handle_frame(reception, now());
            }
            _ => {
                self.mac.handle_timeout(now());
                self.station.handle_timeout(now(), &mut Noise);
            }
        }
        self.mac.handle_sent(Ticket(black_box(1)), black_box(true), now());
        if let Some(packet) = received() {
            self.mac.send_ethernet(&packet, now());
        }
        while let Some(event) = self.mac.poll_event() {
            self.station.handle_event(event, now(), &mut Noise);
        }
        while let Some(command) = self.station.poll_command() {
            self.mac.handle_command(command, now());
        }
        while let Some(transmission) = self.mac.poll_transmit() {
            put(&transmission.frame);
            black_box((transmission.channel, transmission.rate, transmission.ticket));
        }
        while let Some(packet) = self.mac.poll_ethernet() {
            put(&packet);
        }
        black_box(self.mac.poll_tune());
        black_box(self.mac.poll_timeout().into_iter().chain(self.station.poll_timeout()).min());
    }
}

/// A station of some address.
pub fn wifi() -> StationConfig {
    let probe = ProbeRequestElement {
        version: Version::V1_0.into(),
        request_type: RequestType::Enrollee.into(),
        config_methods: ConfigMethods::Display.into(),
        uuid_e: Uuid([9; 16]).into(),
        device_type: DeviceType::PRINTER.into(),
        rf_bands: RfBands::Band24GHz.into(),
        association_state: AssociationState::NotAssociated.into(),
        config_error: ConfigError::NoError.into(),
        password_id: DevicePasswordId::Default.into(),
        manufacturer: Some(Text::new("Keyway")),
        model_name: Some(Text::new("Firmware")),
        model_number: Some(Text::new("1")),
        device_name: Some(Text::new("BLUE-42")),
        extensions: VendorExtensions::version2(),
        requested_device_types: vec![],
        secondary_device_types: None,
    };
    let mac = MacAddr(black_box([2, 0, 0, 0, 0, 1]));
    StationConfig { mac, bands: vec![Band::Ghz2], probe, protects_management: black_box(true) }
}

/// The network that was stored.
pub fn network() -> Option<(Ssid, NetworkKey)> {
    let name = received()?;
    let key = received()?;
    Some((Ssid::new(&name).ok()?, NetworkKey::new(&key).ok()?))
}
