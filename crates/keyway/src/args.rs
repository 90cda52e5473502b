//! The command line's definition: flags and help.

mod values;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use keyway_devices::play::Part;
use keyway_eap::FragmentSize;
use keyway_home::PinLifetime;
use keyway_wsc::Ssid;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
pub(crate) use values::{country, network};
use values::{device_name, fragment_size, lifetime, ssid, ssid_hex};

/// Wi-Fi set-up that says what it does: WPS by PIN, by button and by the router's PIN.
#[derive(Parser)]
#[command(name = "keyway", version, after_help = AFTER_HELP, after_long_help = crate::exit::help(AFTER_HELP))]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

const AFTER_HELP: &str =
    "Without a command it is `keyway demo`: a whole home to try, without a network or root.";

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make a new PIN, or check one
    Pin(PinArgs),
    /// Be a printer: get the network's settings from a router and, on Wi-Fi, join and print
    Printer(PrinterArgs),
    /// Be a router: give the network's settings to printers and, on Wi-Fi, be their access point
    Router(RouterArgs),
    /// Look which networks are in range, and what each offers by WPS at this moment
    Scan(ScanArgs),
    /// Give a Wi-Fi interface back that a killed run has left
    Restore(RestoreArgs),
    /// Wait for the end of another process, and give its interface back
    #[command(hide = true)]
    Guardian(RestoreArgs),
    /// Try it all without hardware: a home with router, printers and computer, in this process (the default)
    Demo(DemoArgs),
    /// Tell what happened in a capture of a set-up: who, how far, why it failed, what to do next
    Explain(ExplainArgs),
    /// Print the completions of a shell
    Completions(CompletionsArgs),
    /// Print the manual page: `keyway man | man -l -` shows it
    Man,
}

impl Command {
    /// Whether events and errors are to be told as JSON.
    pub(crate) fn is_json(&self) -> bool {
        match self {
            Command::Pin(_) | Command::Completions(_) | Command::Man => false,
            Command::Explain(args) => args.json,
            Command::Printer(args) => args.common.json,
            Command::Router(args) => args.common.json,
            Command::Scan(args) => args.json,
            Command::Restore(args) | Command::Guardian(args) => args.json,
            Command::Demo(args) => args.json,
        }
    }
}

#[derive(ClapArgs)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct PinArgs {
    /// Make a PIN of four digits; eight are safer
    #[arg(long)]
    pub(crate) four: bool,
    #[command(subcommand)]
    pub(crate) check: Option<PinCommand>,
}

#[derive(Subcommand)]
pub(crate) enum PinCommand {
    /// Say whether this is a PIN: exit status 0 if it is, 1 if it is not
    Check {
        /// The PIN, such as `1234 5670`; `-` reads it from standard input, unseen at a terminal
        pin: String,
    },
}

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
    /// Switch on the router's own PIN, with which a registrar can read or replace the network's settings
    #[arg(long, value_name = "PIN", conflicts_with = "router_pin_file")]
    pub(crate) router_pin: Option<String>,
    /// Read the router's own PIN from this file (`-`: standard input)
    #[arg(long, value_name = "FILE")]
    pub(crate) router_pin_file: Option<PathBuf>,
    /// How long a PIN is good: 2m to 10m
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = lifetime)]
    pub(crate) pin_expires: PinLifetime,
    /// Stop after the first attempt, whatever comes of it
    #[arg(long)]
    pub(crate) once: bool,
    /// Write settings that a registrar gives to the router to this file (JSON, readable by its owner only)
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
    /// The country whose rules hold, two letters such as FI [default: as the kernel has it]
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
    /// Leave WPS on after a device was added; otherwise it goes off
    #[arg(long)]
    pub(crate) keep_wps: bool,
    /// Switch on the router's own PIN, a new one, and show it
    #[arg(long, conflicts_with_all = ["router_pin", "router_pin_file"])]
    pub(crate) new_router_pin: bool,
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

#[derive(ClapArgs)]
#[command(after_help = RESTORE_HELP)]
pub(crate) struct RestoreArgs {
    /// The Wi-Fi interface
    #[arg(long, short, value_name = "IF")]
    pub(crate) interface: String,
    /// One event a line, as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

const RESTORE_HELP: &str = "\
A run that ends by itself or by a signal gives its interface back; after one that was killed, a second
process does, or the next run. This is for what is left all the same, and for ExecStopPost= of systemd.

Examples:
  keyway restore --interface wlan0";

#[derive(ClapArgs)]
#[command(after_help = SCAN_HELP)]
pub(crate) struct ScanArgs {
    /// The Wi-Fi interface
    #[arg(long, short, value_name = "IF")]
    pub(crate) interface: String,
    /// One event a line, as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

const SCAN_HELP: &str = "\
It asks on every channel that is allowed, and joins nothing. It needs root, or the capability
CAP_NET_ADMIN.

Examples:
  keyway scan --interface wlan0
  keyway scan --interface wlan0 --json | jq 'select(.wps == \"pin\")'";

#[derive(ClapArgs, Default)]
#[command(after_help = DEMO_HELP)]
pub(crate) struct DemoArgs {
    /// Act the person's part without a browser, tell each step, and end
    #[arg(long, value_enum, value_name = "METHOD")]
    pub(crate) play: Option<PlayMethod>,
    /// Serve the pages at this address [default: 127.0.0.1:8080, or a free port if that is taken]
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
    /// Write what is on the air to this file (pcapng with radiotap)
    #[arg(long, value_name = "FILE")]
    pub(crate) pcap: Option<PathBuf>,
    /// Keep what must last in this folder, and go on from there; without it, it is gone when the program ends
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Make every random choice from this number, keys too, so that a run can be repeated; not for real use
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// One event a line, as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

const DEMO_HELP: &str = "\
Examples:
  keyway demo
  keyway demo --data ~/.local/share/keyway-demo
  keyway demo --play pin
  keyway demo --play all --json --pcap air.pcapng";

/// Which part is acted.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlayMethod {
    /// The printer's PIN, typed at the router's page
    Pin,
    /// A button on each
    Button,
    /// The PIN on the printer's label
    Label,
    /// The router's PIN, typed at the printer
    RouterPin,
    /// Network name and Wi-Fi password
    Passphrase,
    /// Over a USB cable
    Usb,
    /// Led by the computer's assistant, up to the test page
    Assistant,
    /// All of them, one after the other
    All,
}

impl PlayMethod {
    /// Each of them, in its order.
    pub(crate) const EACH: [PlayMethod; 7] = [
        PlayMethod::Pin,
        PlayMethod::Button,
        PlayMethod::Label,
        PlayMethod::RouterPin,
        PlayMethod::Passphrase,
        PlayMethod::Usb,
        PlayMethod::Assistant,
    ];

    /// The part; none for all of them.
    pub(crate) const fn part(self) -> Option<Part> {
        Some(match self {
            PlayMethod::Pin => Part::Pin,
            PlayMethod::Button => Part::Button,
            PlayMethod::Label => Part::Label,
            PlayMethod::RouterPin => Part::RouterPin,
            PlayMethod::Passphrase => Part::Passphrase,
            PlayMethod::Usb => Part::Usb,
            PlayMethod::Assistant => Part::Assistant,
            PlayMethod::All => return None,
        })
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            PlayMethod::Pin => "pin",
            PlayMethod::Button => "button",
            PlayMethod::Label => "label",
            PlayMethod::RouterPin => "router-pin",
            PlayMethod::Passphrase => "passphrase",
            PlayMethod::Usb => "usb",
            PlayMethod::Assistant => "assistant",
            PlayMethod::All => "all",
        }
    }

    pub(crate) const fn words(self) -> &'static str {
        match self {
            PlayMethod::Pin => "By the printer's PIN",
            PlayMethod::Button => "By push button",
            PlayMethod::Label => "By the PIN on the printer's label",
            PlayMethod::RouterPin => "By the router's PIN",
            PlayMethod::Passphrase => "By the Wi-Fi password",
            PlayMethod::Usb => "Over a USB cable",
            PlayMethod::Assistant => "Led by the assistant",
            PlayMethod::All => "All methods",
        }
    }
}

#[derive(ClapArgs)]
#[command(after_help = EXPLAIN_HELP)]
pub(crate) struct ExplainArgs {
    /// The capture, pcapng or pcap, of Ethernet or 802.11 (radiotap); `-` reads standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Tell every message, with its time and its packet
    #[arg(long)]
    pub(crate) exchange: bool,
    /// The whole report as one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

const EXPLAIN_HELP: &str = "\
Captures can be made where the exchange passes: on the router, on the device, or by a radio in monitor
mode on the router's channel. The whole attempt has to be in it, from before its start to its end.
Nothing is decrypted, and no key, nonce or PIN is told.

Examples:
  sudo tcpdump -i eth0 -s 0 -w setup.pcap ether proto 0x888e
  keyway explain setup.pcap
  keyway explain --exchange setup.pcap
  keyway explain --json setup.pcap | jq '.attempts[].cause'

Exit status:
    0  the story was told, of whatever end
    5  the file cannot be read, or not to its end; what comes before its damage is told
    6  there is nothing of WPS in the capture";

#[derive(ClapArgs)]
#[command(after_help = COMPLETIONS_HELP)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

const COMPLETIONS_HELP: &str = "\
Examples:
  keyway completions bash > ~/.local/share/bash-completion/completions/keyway
  keyway completions fish > ~/.config/fish/completions/keyway.fish
  keyway completions zsh > ~/.zfunc/_keyway";

#[derive(ClapArgs)]
pub(crate) struct Common {
    /// Send messages in fragments of at most this many octets
    #[arg(long, value_name = "OCTETS", default_value = "1400", value_parser = fragment_size)]
    pub(crate) fragment_size: FragmentSize,
    /// One event a line, as JSON
    #[arg(long)]
    pub(crate) json: bool,
}
