//! What the programs in `src/bin` have in common.
//!
//! `scripts/no-std` builds them for `thumbv7em-none-eabihf` (a Cortex-M4 with an FPU) and prints what they take
//! in flash. They are linked, never run: what a radio, a clock and a random number generator would give are
//! values that the compiler cannot see through, so that it has to keep every path of the protocol.
#![cfg_attr(target_os = "none", no_std)]

extern crate alloc;

use alloc::vec::Vec;
use core::hint::black_box;

use keyway_eap::Timestamp;
use keyway_wsc::session::{Device, Enrollee, EnrolleeRole, Session, Success};
use keyway_wsc::{
    ConfigMethods, DeviceDescription, DevicePassword, DeviceType, Draw, Entropy, EntropyError, MacAddr, Pin,
};

mod air;
#[cfg(target_os = "none")]
pub mod metal;

pub use air::{Air, network, wifi};

/// Makes a program of a function: its start on bare metal, its `main` elsewhere.
#[macro_export]
macro_rules! program {
    ($run:path) => {
        #[cfg(target_os = "none")]
        #[unsafe(no_mangle)]
        extern "C" fn _start() -> ! {
            $run();
            $crate::metal::halt()
        }

        #[cfg(not(target_os = "none"))]
        fn main() {
            $run();
        }
    };
}

/// The random number generator.
#[derive(Debug)]
pub struct Noise;

impl Entropy for Noise {
    fn fill(&mut self, _: Draw, out: &mut [u8]) -> Result<(), EntropyError> {
        out.fill(black_box(0x5a));
        if black_box(false) { Err(EntropyError) } else { Ok(()) }
    }
}

impl keyway_wifi::rsn::Entropy for Noise {
    fn fill(&mut self, _: keyway_wifi::rsn::Draw, out: &mut [u8]) -> Result<(), EntropyError> {
        out.fill(black_box(0x5a));
        if black_box(false) { Err(EntropyError) } else { Ok(()) }
    }
}

/// The time.
pub fn now() -> Timestamp {
    Timestamp::from_secs(black_box(7))
}

/// What the radio received last, if anything.
pub fn received() -> Option<Vec<u8>> {
    black_box(None)
}

/// Sends, or shows, or stores something.
pub fn put(bytes: &[u8]) {
    black_box(bytes);
}

/// Stores what a registration brought.
pub fn put_success(success: &Success) {
    if let Success::Received(credentials) = success {
        for credential in credentials {
            put(credential.ssid.as_bytes());
            if let Some(key) = &credential.key {
                put(key.to_characters().expose());
            }
        }
    }
}

/// A printer of some address.
pub fn device() -> Device {
    let description = DeviceDescription {
        manufacturer: "Keyway".into(),
        model_name: "Firmware".into(),
        model_number: "1".into(),
        serial_number: "0001".into(),
        device_type: DeviceType::PRINTER,
        device_name: "BLUE-42".into(),
    };
    Device::new(MacAddr(black_box([2, 0, 0, 0, 0, 1])), description, ConfigMethods::Display)
}

/// An enrollee that shows a fresh PIN.
///
/// # Errors
/// [`EntropyError`] when the generator fails.
pub fn enrollee() -> Result<Session, EntropyError> {
    let pin = Pin::generate(&mut Noise)?;
    put(pin.digits());
    let password = DevicePassword::pin(&pin);
    Ok(Enrollee::new(device(), EnrolleeRole::Station { password }).into())
}
