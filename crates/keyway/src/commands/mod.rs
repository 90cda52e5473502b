//! The commands.

mod demo;
mod explain;
mod manual;
mod pin;
mod printer;
mod restore;
mod router;
mod scan;

use crate::args::Command;
use crate::exit::Error;
use keyway_wsc::session::Device;
use keyway_wsc::{ConfigMethods, DeviceDescription, DeviceType, MacAddr};

/// Does what the command line asks for.
pub(crate) fn run(command: Command) -> Result<(), Error> {
    // That other programs may look into this one's memory is no reason to stop.
    let _ = keyway_linux::protect_memory();
    match command {
        Command::Pin(args) => pin::run(&args),
        Command::Printer(args) => printer::run(args),
        Command::Router(args) => router::run(args),
        Command::Scan(args) => scan::run(&args),
        Command::Restore(args) => restore::run(&args),
        Command::Guardian(args) => crate::hold::guardian(&args.interface),
        Command::Demo(args) => demo::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Completions(args) => manual::completions(args.shell),
        Command::Man => manual::man(),
    }
}

/// How this program introduces itself.
fn device(mac: MacAddr, device_type: DeviceType, name: &str, methods: ConfigMethods) -> Device {
    let description = DeviceDescription {
        manufacturer: "Keyway".into(),
        model_name: "Keyway".into(),
        model_number: env!("CARGO_PKG_VERSION").into(),
        serial_number: "0".into(),
        device_type,
        device_name: name.into(),
    };
    Device::new(mac, description, methods)
}
