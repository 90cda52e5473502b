//! `keyway completions` and `keyway man`: made from the one definition of the flags.

use crate::args::Args;
use crate::exit::{self, Error};
use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};
use std::io::{self, Write};

pub(super) fn completions(shell: Shell) -> Result<(), Error> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "keyway", &mut script);
    print(&script)
}

pub(super) fn man() -> Result<(), Error> {
    let mut page = Vec::new();
    // Writing to memory does not fail.
    write_page(&mut page).map_err(Error::file)?;
    print(&page)
}

/// One page for the program: its own flags, then a section for each command, then the exit statuses.
fn write_page(page: &mut Vec<u8>) -> io::Result<()> {
    let mut command = Args::command().disable_help_subcommand(true);
    command.build();
    let man = Man::new(command.clone()).manual("Keyway");
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    man.render_options_section(page)?;
    section("SH", "COMMANDS", page)?;
    for command in command.get_subcommands() {
        let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        let mut item = Roff::new();
        item.control("TP", []).text([bold(name)]).text([roman(about)]);
        item.to_writer(page)?;
    }
    for command in command.get_subcommands() {
        write_command(command, page)?;
    }
    section("SH", "EXIT STATUS", page)?;
    for (status, meaning) in exit::statuses() {
        let mut item = Roff::new();
        item.control("TP", []).text([bold(status.to_string())]).text([roman(meaning)]);
        item.to_writer(page)?;
    }
    Ok(())
}

/// A section for a command, and one for each of its own commands.
fn write_command(command: &Command, page: &mut Vec<u8>) -> io::Result<()> {
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    section("SH", &name.to_uppercase(), page)?;
    let man = Man::new(command.clone());
    let mut text = Vec::new();
    man.render_description_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_options_section(&mut text)?;
    // What are sections of a page of its own are subsections here.
    for line in String::from_utf8_lossy(&text).lines() {
        match line.strip_prefix(".SH ") {
            Some(heading) => writeln!(page, ".SS {heading}")?,
            None => writeln!(page, "{line}")?,
        }
    }
    if let Some(after) = command.get_after_help() {
        section("SS", "NOTES", page)?;
        let mut notes = Roff::new();
        notes.control("nf", []);
        // As it stands, line by line.
        for line in after.to_string().lines() {
            notes.text([roman(line)]);
        }
        notes.control("fi", []);
        notes.to_writer(page)?;
    }
    command.get_subcommands().try_for_each(|command| write_command(command, page))
}

fn section(kind: &str, name: &str, page: &mut Vec<u8>) -> io::Result<()> {
    let mut heading = Roff::new();
    heading.control(kind, [name]);
    heading.to_writer(page)
}

/// Writes to standard output. That nobody reads any more is no error.
fn print(bytes: &[u8]) -> Result<(), Error> {
    match io::stdout().lock().write_all(bytes) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Error::file(error)),
        _ => Ok(()),
    }
}
