//! A printer in the home: the device, its place, its tray.

use super::papers::{PaperContent, Tray};
use super::radio::SimRadio;
use crate::printer::{PrinterConfig, PrinterDevice, PrinterDeviceConfig, PrinterOutput, PrinterUnit};
use crate::random::Random;
use crate::secret::SecretText;
use keyway_air::{Air, Position, RadioConfig};
use keyway_eap::Timestamp;
use keyway_lan::PrinterHost;
use keyway_wifi::mac::StationMac;
use std::sync::Arc;

/// A printer in the home.
pub(super) struct PrinterNode {
    pub(super) device: PrinterDevice<SimRadio<StationMac>, PrinterHost>,
    pub(super) tray: Tray,
    pub(super) metres: u32,
    /// The direction in which it stands from the router, so that printers do not stand on one another.
    angle: f64,
}

/// What surrounds a step of a node.
pub(super) struct Step<'a> {
    pub(super) air: &'a mut Air,
    pub(super) random: &'a mut Random,
    pub(super) now: Timestamp,
    pub(super) date: u64,
}

impl PrinterNode {
    pub(super) fn new(
        config: PrinterConfig,
        saved: &[(String, SecretText)],
        metres: u32,
        number: usize,
        seed: u64,
        now: Timestamp,
        air: &mut Air,
    ) -> PrinterNode {
        let mac = config.mac;
        let unit = PrinterUnit::new(config, saved, now);
        let (host_name, identity) = (unit.host_name(), unit.identity());
        let host =
            PrinterHost::new(keyway_lan::printer::PrinterConfig { mac, host_name, identity, seed }, now);
        // The golden angle spreads any number of them.
        let angle = number as f64 * 2.399_963;
        let radio = SimRadio::new(StationMac::new(mac), RadioConfig::station(place(metres, angle), mac), air);
        let device = PrinterDevice::new(unit, PrinterDeviceConfig::default(), radio, host);
        PrinterNode { device, tray: Tray::default(), metres, angle }
    }

    pub(super) fn move_to(&mut self, metres: u32, air: &mut Air) {
        self.metres = metres;
        air.move_to(self.device.radio().id, place(metres, self.angle));
    }

    /// Lets the device do what is to be done, and takes what comes out of it. True if a person could see a change.
    pub(super) fn run(&mut self, step: &mut Step<'_>) -> bool {
        let seen = self.device.run(step.now, step.date, step.random);
        while let Some(output) = self.device.poll_output() {
            let (title, content) = match output {
                // It joins by itself.
                PrinterOutput::Join(_) => continue,
                PrinterOutput::Configuration(page) => {
                    ("Network configuration page".to_owned(), PaperContent::Configuration(page))
                }
                PrinterOutput::Job { name, format, bytes } => {
                    (name, PaperContent::Job { format, bytes: Arc::from(bytes) })
                }
            };
            self.tray.put(title, step.date, content);
        }
        self.device.radio_mut().flush(step.air, step.now);
        seen
    }
}

fn place(metres: u32, angle: f64) -> Position {
    let metres = f64::from(metres);
    Position::new(metres * angle.cos(), metres * angle.sin())
}
