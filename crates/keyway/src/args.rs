//! The command line's definition: flags and help.

mod printer;
mod router;
mod values;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use keyway_devices::play::Part;
use keyway_eap::FragmentSize;
pub(crate) use printer::{JoinChoice, PrinterArgs, PrinterMethod};
pub(crate) use router::{Country, Protection, RouterArgs};
use std::net::SocketAddr;
use std::path::PathBuf;
use values::fragment_size;
pub(crate) use values::{country, network};

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
