//! `keyway router`: be the registrar, on Wi-Fi with an access point and its pages, or on a cable.

mod cable;
mod config;
mod tell;
mod wifi;

use crate::args::RouterArgs;
use crate::exit::Error;
use keyway_linux::wifi::Card;

pub(super) fn run(args: RouterArgs) -> Result<(), Error> {
    let args = config::complete(args)?;
    let interface =
        args.interface.clone().ok_or_else(|| Error::usage("--interface is missing, here and in the file"))?;
    if Card::is_wifi(&interface) { wifi::run(args, interface) } else { cable::run(args, interface) }
}
