//! `keyway`: Wi-Fi set-up by WPS, at the command line.

mod args;
mod commands;
mod credentials;
mod exit;
mod hold;
mod keeper;
mod link;
mod pages;
mod privileges;
mod report;
mod screen;
mod secrets;
mod story;
mod watch;
mod wifi;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args = args::Args::parse();
    let command = args.command.unwrap_or_else(|| args::Command::Demo(args::DemoArgs::default()));
    let json = command.is_json();
    match commands::run(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            error.print(json);
            ExitCode::from(error.status())
        }
    }
}
