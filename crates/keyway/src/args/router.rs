//! The options of `keyway router`.

use super::Common;
use super::values::{country, lifetime, network, ssid, ssid_hex};
use clap::{Args as ClapArgs, ValueEnum};
use keyway_home::PinLifetime;
use keyway_wsc::Ssid;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

#[derive(ClapArgs)]
#[command(after_help = ROUTER_HELP, after_long_help = crate::exit::help(ROUTER_HELP))]
pub(crate) struct RouterArgs {
    /// The network interface: Wi-Fi, or a cable towards the printers
    #[arg(long, short, value_name = "IF", required_unless_present = "config")]
    pub(crate) interface: Option<String>,
    /// On Wi-Fi: read the settings that are not given here from this file (TOML; see below)
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The network's name
    #[arg(long, value_name = "NAME", conflicts_with = "ssid_hex", value_parser = ssid)]
    pub(crate) ssid: Option<Ssid>,
    /// The network's name in hexadecimal
    #[arg(long, value_name = "HEX", value_parser = ssid_hex)]
    pub(crate) ssid_hex: Option<Ssid>,
    /// A file with the Wi-Fi password: 8 to 63 characters, or 64 hexadecimal digits (`-`: standard input). On Wi-Fi, one
    /// is made if there is none
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// A printer's PIN. Anybody on this machine can see it in the process list; see --pin-file
    #[arg(long, value_name = "PIN", conflicts_with = "pin_file")]
    pub(crate) pin: Option<String>,
    /// Read printers' PINs from this file, one a line, each with the printer's MAC address or UUID after it if it is
    /// for that one only; `-` takes them from standard input while the router runs
    #[arg(long, value_name = "FILE")]
    pub(crate) pin_file: Option<PathBuf>,
    /// Press the button: the first printer that asks by button within two minutes is added
    #[arg(long)]
    pub(crate) button: bool,
    /// On a cable: switch on the router's own PIN, with which a registrar can read or replace the network's settings
    #[arg(long, value_name = "PIN", conflicts_with = "router_pin_file")]
    pub(crate) router_pin: Option<String>,
    /// On a cable: read the router's own PIN from this file (`-`: standard input)
    #[arg(long, value_name = "FILE")]
    pub(crate) router_pin_file: Option<PathBuf>,
    /// How long a PIN is good: 2m to 10m
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = lifetime)]
    pub(crate) pin_expires: PinLifetime,
    /// Stop after the first attempt, whatever comes of it
    #[arg(long)]
    pub(crate) once: bool,
    /// On a cable: write settings that a registrar gives to the router to this file (JSON, readable by its owner only)
    #[arg(long, value_name = "FILE")]
    pub(crate) credentials: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) wifi: RouterWifi,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// What a router on Wi-Fi can be told.
#[derive(ClapArgs)]
#[command(next_help_heading = "On Wi-Fi")]
pub(crate) struct RouterWifi {
    /// The channel: 1 to 13, or 36 and up [default: 6]
    #[arg(long, value_name = "N")]
    pub(crate) channel: Option<u8>,
    /// The country whose rules hold from now on, two letters such as FI [default: as the kernel has it]
    #[arg(long, value_name = "CC", value_parser = country)]
    pub(crate) country: Option<Country>,
    /// Hide the network's name; WPS is then off
    #[arg(long)]
    pub(crate) hidden: bool,
    /// Whether management frames are protected [default: optional]
    #[arg(long, value_enum, value_name = "HOW")]
    pub(crate) protection: Option<Protection>,
    /// The router's own address and the length of its network's prefix [default: 192.168.1.1/24, or the next free one]
    #[arg(long, value_name = "ADDR/LEN", value_parser = network)]
    pub(crate) address: Option<(Ipv4Addr, u8)>,
    /// Serve the pages at this address [default: the router's own, port 80 or, where that is taken or forbidden, 8080]
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) listen: Option<SocketAddr>,
    /// Keep settings, devices and the ledger in this folder [default: $STATE_DIRECTORY, which systemd sets; without it, all
    /// is gone when the program ends]
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// The administrator's first password is in this file (`-`: standard input); without it, whoever opens the pages first
    /// chooses one
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// Leave WPS on after a device was added; otherwise it goes off, unless its owner said so on the pages
    #[arg(long)]
    pub(crate) keep_wps: bool,
    /// Switch on the router's own PIN, a new one, and show it
    #[arg(long, conflicts_with_all = ["router_pin", "router_pin_file"])]
    pub(crate) new_router_pin: bool,
}

impl RouterWifi {
    /// The first of these options that was given, for a router that can do none of them.
    pub(crate) fn first_given(&self) -> Option<&'static str> {
        let RouterWifi {
            channel,
            country,
            hidden,
            protection,
            address,
            listen,
            data,
            password_file,
            keep_wps,
            new_router_pin,
        } = self;
        [
            ("--channel", channel.is_some()),
            ("--country", country.is_some()),
            ("--hidden", *hidden),
            ("--protection", protection.is_some()),
            ("--address", address.is_some()),
            ("--listen", listen.is_some()),
            ("--data", data.is_some()),
            ("--password-file", password_file.is_some()),
            ("--keep-wps", *keep_wps),
            ("--new-router-pin", *new_router_pin),
        ]
        .into_iter()
        .find_map(|(name, given)| given.then_some(name))
    }
}

/// Two letters.
pub(crate) type Country = [u8; 2];

/// Whether management frames are protected.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Protection {
    /// Never
    Off,
    /// With stations that can
    Optional,
    /// Stations that cannot may not join
    Required,
}

const ROUTER_HELP: &str = "\
On Wi-Fi it is an access point with pages for its owner, WPS and addresses, and runs until it is
stopped; WPS is off until it is switched on there or by a PIN or button given here. What was changed
on the pages is kept (--data) and stands above the name and password given here. A file for --config
has long options as keys, with _ for -, such as:
  interface = \"wlan0\"
  ssid = \"Home\"
  passphrase_file = \"/etc/keyway/passphrase\"
  channel = 36
  country = \"FI\"

On a cable it stops by itself when nothing is left to wait for: every PIN used or expired, the
button's two minutes over, standard input at its end.

Examples:
  keyway router --interface wlan0 --ssid Home --data /var/lib/keyway
  keyway router --config /etc/keyway/router.toml
  keyway router --interface eth0 --ssid Home --passphrase-file pass.txt --pin-file -
  keyway router --interface eth0 --ssid Home --passphrase-file pass.txt --button --once";
