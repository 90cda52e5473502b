//! A printer that registers again and again, to be measured beside a wpa_supplicant that stays up.
//!
//! `long-lived-printer INTERFACE`: each line on standard input is a PIN to register with; each registration is
//! answered with a line, `registered` or the cause of the failure.

use std::time::Duration;

use keyway_eap::{Config, Timestamp};
use keyway_home::{Printer, PrinterOutcome, Task};
use keyway_linux::{Clock, EapolSocket, Line, Lines, OsEntropy, Poller, Received};
use keyway_wsc::session::Device;
use keyway_wsc::{ConfigMethods, DeviceDescription, DeviceType};
use rustix::fd::AsFd;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let interface = std::env::args().nth(1).ok_or("usage: long-lived-printer INTERFACE")?;
    let mut poller = Poller::new(Clock::start())?;
    let mut socket = EapolSocket::open(&interface)?;
    let mut buffer = vec![0; socket.buffer_length()];
    let mut lines = Lines::stdin();
    let description = DeviceDescription {
        manufacturer: "Keyway".into(),
        model_name: "Keyway".into(),
        model_number: "1".into(),
        serial_number: "0".into(),
        device_type: DeviceType::PRINTER,
        device_name: "Printer".into(),
    };
    let device = Device::new(socket.address(), description, ConfigMethods::VirtualDisplay);
    println!("ready");

    while lines.source().is_some() {
        poller.wait(&[lines.source()], None)?;
        let mut pins = Vec::new();
        lines.read(|line| {
            if let Line::Text(text) = line {
                pins.push(text.parse());
            }
        })?;
        for pin in pins {
            let now = Timestamp::from_epoch(poller.clock().now());
            let until = now.saturating_add(Duration::from_secs(60));
            let mut printer = Printer::new(device.clone(), Task::Pin(pin?), Config::default(), now, until);
            println!("{}", register(&mut printer, &mut poller, &mut socket, &mut buffer)?);
        }
    }
    Ok(())
}

fn register(
    printer: &mut Printer,
    poller: &mut Poller,
    socket: &mut EapolSocket,
    buffer: &mut [u8],
) -> Result<String, Box<dyn std::error::Error>> {
    loop {
        while let Some(transmit) = printer.poll_transmit() {
            socket.send(transmit.destination.address(), &transmit.frame)?;
        }
        while printer.poll_event().is_some() {}
        match printer.outcome() {
            Some(PrinterOutcome::Success(_)) => return Ok("registered".into()),
            Some(PrinterOutcome::Failure(cause)) => return Ok(cause.code().into()),
            None => {}
        }
        let deadline = printer.poll_timeout().map(Timestamp::since_epoch);
        let wake = poller.wait(&[Some(socket.as_fd())], deadline)?;
        let now = Timestamp::from_epoch(poller.clock().now());
        if wake.is_ready(0)
            && let Received::Frame(frame) = socket.receive(buffer)?
        {
            printer.handle_frame(frame.source, frame.payload, now, &mut OsEntropy);
        }
        if wake.deadline_reached {
            printer.handle_timeout(now, &mut OsEntropy);
        }
    }
}
