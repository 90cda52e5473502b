//! A whole printer: it tries until its PIN is used up or expired, and knows the words for every cause.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;
use core::time::Duration;

use keyway_eap::Config;
use keyway_firmware::{Noise, device, now, put, put_success, received};
use keyway_home::{Printer, PrinterOutcome, Task};
use keyway_wsc::{MacAddr, Pin};

keyway_firmware::program!(register);

fn register() {
    let Ok(pin) = Pin::generate(&mut Noise) else { return };
    put(pin.digits());
    let task = if black_box(true) { Task::Pin(pin) } else { Task::Button };
    let end = now() + Duration::from_secs(300);
    let mut printer = Printer::new(device(), task, Config::default(), now(), end);
    while printer.outcome().is_none() {
        match received().as_deref().and_then(<[u8]>::split_first_chunk) {
            Some((from, frame)) => printer.handle_frame(MacAddr(*from), frame, now(), &mut Noise),
            None => printer.handle_timeout(now(), &mut Noise),
        }
        while let Some(transmit) = printer.poll_transmit() {
            put(&transmit.destination.address().0);
            put(&transmit.frame);
        }
        while printer.poll_event().is_some() {}
    }
    match printer.outcome() {
        Some(PrinterOutcome::Success(success)) => put_success(success),
        Some(PrinterOutcome::Failure(cause)) => show(cause),
        None => {}
    }
}

fn show(cause: &keyway_home::Cause) {
    let words = cause.words(keyway_home::Side::Printer);
    put(words.what.as_bytes());
    put(words.next.as_bytes());
}
