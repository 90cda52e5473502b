//! Settings of a router from a file: TOML, with the names of the long options.

use crate::args::{Protection, RouterArgs};
use crate::exit::Error;
use keyway_wsc::Ssid;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::PathBuf;

/// What can stand in the file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
struct File {
    interface: Option<String>,
    ssid: Option<String>,
    passphrase_file: Option<PathBuf>,
    channel: Option<u8>,
    country: Option<String>,
    hidden: Option<bool>,
    protection: Option<String>,
    address: Option<String>,
    listen: Option<SocketAddr>,
    data: Option<PathBuf>,
    password_file: Option<PathBuf>,
    keep_wps: Option<bool>,
}

/// The arguments, with what the file says where they say nothing.
pub(super) fn complete(mut args: RouterArgs) -> Result<RouterArgs, Error> {
    let Some(path) = args.config.take() else { return Ok(args) };
    let wrong = |why: &dyn std::fmt::Display| Error::file(format_args!("{}: {why}", path.display()));
    let text = std::fs::read_to_string(&path).map_err(|error| wrong(&error))?;
    let file: File = toml::from_str(&text).map_err(|error| wrong(&error))?;
    let bad = |error: String, name: &str| wrong(&format_args!("{name}: {error}"));
    if let (None, None, Some(ssid)) = (&args.ssid, &args.ssid_hex, file.ssid) {
        let ssid = Ssid::new(ssid.as_bytes()).ok().filter(|ssid| !ssid.as_bytes().is_empty());
        args.ssid = Some(ssid.ok_or_else(|| bad("a name has 1 to 32 octets".to_owned(), "ssid"))?);
    }
    args.interface = args.interface.or(file.interface);
    args.passphrase_file = args.passphrase_file.or(file.passphrase_file);
    let wifi = &mut args.wifi;
    wifi.channel = wifi.channel.or(file.channel);
    wifi.hidden |= file.hidden.unwrap_or(false);
    wifi.keep_wps |= file.keep_wps.unwrap_or(false);
    wifi.listen = wifi.listen.or(file.listen);
    wifi.data = wifi.data.take().or(file.data);
    wifi.password_file = wifi.password_file.take().or(file.password_file);
    if let (None, Some(country)) = (wifi.country, file.country) {
        wifi.country = Some(crate::args::country(&country).map_err(|error| bad(error, "country"))?);
    }
    if let (None, Some(address)) = (wifi.address, file.address) {
        wifi.address = Some(crate::args::network(&address).map_err(|error| bad(error, "address"))?);
    }
    if let (None, Some(protection)) = (wifi.protection, file.protection) {
        let parsed = <Protection as clap::ValueEnum>::from_str(&protection, false);
        wifi.protection =
            Some(parsed.map_err(|_| bad("off, optional or required".to_owned(), "protection"))?);
    }
    Ok(args)
}
