//! The options of `keyway printer`.

use super::Common;
use super::values::{device_name, lifetime, ssid, ssid_hex};
use clap::{Args as ClapArgs, ValueEnum};
use keyway_home::PinLifetime;
use keyway_wsc::Ssid;
use std::path::PathBuf;

/// How a printer is set up.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PrinterMethod {
    /// By the printer's PIN, entered at the router
    Pin,
    /// By button, on both
    Button,
    /// By the PIN on the printer's label, entered at the router
    LabelPin,
    /// By the router's PIN, entered here
    RouterPin,
    /// By the network's name and Wi-Fi password (on Wi-Fi)
    Passphrase,
}

impl PrinterMethod {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            PrinterMethod::Pin => "pin",
            PrinterMethod::Button => "button",
            PrinterMethod::LabelPin => "label-pin",
            PrinterMethod::RouterPin => "router-pin",
            PrinterMethod::Passphrase => "passphrase",
        }
    }
}

/// Who joins the network once its settings are there.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum JoinChoice {
    /// Whoever has the interface on this machine; Keyway itself if nobody has
    Detect,
    /// Keyway itself: it joins, asks for an address, announces itself and stays
    Builtin,
    /// NetworkManager
    Networkmanager,
    /// iwd
    Iwd,
    /// wpa_supplicant
    #[value(name = "wpa_supplicant")]
    WpaSupplicant,
    /// Nobody: the settings are written with --credentials, and that is all
    None,
}

#[derive(ClapArgs)]
#[command(after_help = PRINTER_HELP, after_long_help = crate::exit::help(PRINTER_HELP))]
pub(crate) struct PrinterArgs {
    /// The network interface: Wi-Fi, or a cable towards the router
    #[arg(long, short, value_name = "IF")]
    pub(crate) interface: String,
    /// How to be set up [default: join the network that is known, or else by PIN]
    #[arg(long, short, value_enum)]
    pub(crate) method: Option<PrinterMethod>,
    /// The PIN: with `--method pin` the printer's own (without it, one is made and shown), with `--method label-pin` the
    /// one on its label, with `--method router-pin` the router's. Anybody on this machine can see it in the process list; see --pin-file
    #[arg(long, value_name = "PIN", conflicts_with = "pin_file")]
    pub(crate) pin: Option<String>,
    /// Read the PIN from this file, or from standard input if it is `-` (unseen at a terminal)
    #[arg(long, value_name = "FILE")]
    pub(crate) pin_file: Option<PathBuf>,
    /// How long a PIN is good: 2m to 10m
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = lifetime)]
    pub(crate) pin_expires: PinLifetime,
    /// Stop when the first PIN comes to nothing, instead of showing a new one
    #[arg(long)]
    pub(crate) once: bool,
    /// Write the settings received to this file (JSON, readable by its owner only)
    #[arg(long, value_name = "FILE")]
    pub(crate) credentials: Option<PathBuf>,
    /// With `--method router-pin`: give the router this network name
    #[arg(long, value_name = "NAME", conflicts_with = "new_ssid_hex", value_parser = ssid)]
    pub(crate) new_ssid: Option<Ssid>,
    /// The same, in hexadecimal
    #[arg(long, value_name = "HEX", value_parser = ssid_hex)]
    pub(crate) new_ssid_hex: Option<Ssid>,
    /// With --new-ssid: give the router the Wi-Fi password in this file (`-`: standard input)
    #[arg(long, value_name = "FILE")]
    pub(crate) new_passphrase_file: Option<PathBuf>,
    /// With `--method passphrase`: the network's name
    #[arg(long, value_name = "NAME", conflicts_with = "ssid_hex", value_parser = ssid)]
    pub(crate) ssid: Option<Ssid>,
    /// The same, in hexadecimal
    #[arg(long, value_name = "HEX", value_parser = ssid_hex)]
    pub(crate) ssid_hex: Option<Ssid>,
    /// With `--method passphrase`: a file with the Wi-Fi password (`-`: standard input)
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Who joins the network, on Wi-Fi
    #[arg(long, value_enum, default_value = "detect")]
    pub(crate) join: JoinChoice,
    /// On Wi-Fi: what the printer calls itself
    #[arg(long, value_name = "NAME", default_value = "Keyway printer", value_parser = device_name)]
    pub(crate) name: String,
    /// On Wi-Fi: keep the network in this folder and return to it after a restart [default: $STATE_DIRECTORY, which
    /// systemd sets; without it, the network is forgotten when the program ends]
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// On Wi-Fi: put documents that are printed into this folder; without it, they are only counted
    #[arg(long, value_name = "DIR")]
    pub(crate) jobs: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) common: Common,
}

const PRINTER_HELP: &str = "\
On Wi-Fi the printer looks for the router, registers, joins, gets an address, can be found and
printed to, and returns after a loss or a restart (--data), until it is stopped. This needs root, or
the capabilities CAP_NET_ADMIN and CAP_NET_RAW. On a cable it registers and ends, and needs
CAP_NET_RAW alone.

Examples:
  keyway printer --interface wlan0 --data /var/lib/keyway
  keyway printer --interface wlan0 --method button --join networkmanager
  keyway printer --interface eth0 --credentials wifi.json
  keyway printer --interface eth0 --method router-pin --pin-file - --once";
