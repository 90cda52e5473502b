//! `keyway pin`: make a PIN, check one.

use crate::args::{PinArgs, PinCommand};
use crate::exit::Error;
use keyway_linux::{Clock, OsEntropy, Poller, ReadError, read_secret};
use keyway_wsc::Pin;
use std::path::Path;
use zeroize::Zeroizing;

pub(super) fn run(args: &PinArgs) -> Result<(), Error> {
    if let Some(PinCommand::Check { pin }) = &args.check {
        return check(pin);
    }
    let pin = if args.four { Pin::generate_four(&mut OsEntropy) } else { Pin::generate(&mut OsEntropy) };
    let pin =
        pin.map_err(|error| Error::interface(format!("{error}; restart this machine and try again")))?;
    println!("{}", pin.grouped());
    Ok(())
}

fn check(text: &str) -> Result<(), Error> {
    let text = match text {
        "-" => {
            let mut poller = Poller::new(Clock::start()).map_err(Error::interface)?;
            let secret =
                read_secret(Path::new("-"), 64, "PIN: ", &mut poller).map_err(|error| match error {
                    ReadError::Stopped(stop) => Error::stopped(stop),
                    error => Error::file(error),
                })?;
            Zeroizing::new(String::from_utf8_lossy(secret.as_bytes()).into_owned())
        }
        text => Zeroizing::new(text.to_owned()),
    };
    match text.parse::<Pin>() {
        Ok(pin) if pin.digits().len() == 4 => println!("A PIN of four digits. It has no check digit."),
        Ok(_) => println!("A PIN of eight digits; the check digit is right."),
        Err(error) => {
            println!("Not a PIN: {error}.");
            return Err(Error::no());
        }
    }
    Ok(())
}
