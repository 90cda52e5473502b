//! `keyway router`: be the registrar, on Wi-Fi with an access point and its pages, or on a cable.

mod cable;
mod config;
mod tell;
mod wifi;

use crate::args::RouterArgs;
use crate::exit::Error;
use crate::privileges::{self, Files};
use keyway_linux::wifi::Card;

pub(super) fn run(args: RouterArgs) -> Result<(), Error> {
    let args = config::complete(args)?;
    let interface =
        args.interface.clone().ok_or_else(|| Error::usage("--interface is missing, here and in the file"))?;
    let files = Files {
        read: vec![&args.pin_file, &args.passphrase_file, &args.router_pin_file, &args.wifi.password_file],
        written: vec![&args.credentials, &args.wifi.data],
    };
    if Card::is_wifi(&interface) {
        privileges::keep(privileges::ON_WIFI, &files);
        privileges::need(privileges::ON_WIFI)?;
        wifi::run(args, interface)
    } else {
        privileges::keep(privileges::ON_A_CABLE, &files);
        cable::run(args, interface)
    }
}
