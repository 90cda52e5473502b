//! All of it: a printer that looks for the router that waits for it, registers, joins, and comes back; on a radio that
//! carries frames and nothing else.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;
use core::time::Duration;

use keyway_eap::Config;
use keyway_firmware::{Air, Noise, device, now, put, put_success};
use keyway_home::{Printer, PrinterOutcome, Side, Task};
use keyway_wifi::network::Wanted;
use keyway_wifi::station::Event;
use keyway_wsc::Pin;
use keyway_wsc::session::Success;

keyway_firmware::program!(set_up);

fn set_up() {
    let Ok(pin) = Pin::generate(&mut Noise) else { return };
    put(pin.digits());
    let end = now() + Duration::from_secs(300);
    let mut printer = None;
    let mut air = Air::new();
    air.station.register(Wanted::Pin, now());
    while black_box(true) {
        air.go_on();
        while let Some(event) = air.station.poll_event() {
            match (event, &mut printer) {
                (Event::Associated(_), printer) => {
                    let task = Task::Pin(pin.clone());
                    *printer = Some(Printer::new(device(), task, Config::default(), now(), end));
                }
                (Event::Eapol { source, frame }, Some(printer)) => {
                    printer.handle_frame(source, &frame, now(), &mut Noise);
                }
                (event, _) => {
                    black_box(event);
                }
            }
        }
        let Some(registering) = &mut printer else { continue };
        registering.handle_timeout(now(), &mut Noise);
        while let Some(transmit) = registering.poll_transmit() {
            air.station.send_eapol(transmit.frame);
        }
        while registering.poll_event().is_some() {}
        match registering.outcome() {
            Some(PrinterOutcome::Success(success)) => {
                put_success(success);
                if let Success::Received(credentials) = success
                    && let [credential, ..] = &credentials[..]
                    && let Some(key) = &credential.key
                {
                    air.station.join(credential.ssid, key, now());
                }
                printer = None;
            }
            Some(PrinterOutcome::Failure(cause)) => {
                let words = cause.words(Side::Printer);
                put(words.what.as_bytes());
                put(words.next.as_bytes());
                printer = None;
            }
            None => {}
        }
    }
}
