//! What the program may do beyond an ordinary user: what its command needs, and nothing else.

use crate::exit::Error;
use keyway_linux::{Capability, can_do_without_override, keep_capabilities};
use std::path::{Path, PathBuf};

/// For scanning, and for putting an interface back.
pub(crate) const LOOKING: &[Capability] = &[Capability::NetAdmin];
/// For registering over a cable.
pub(crate) const ON_A_CABLE: &[Capability] = &[Capability::NetRaw];
/// For a printer or a router on Wi-Fi.
pub(crate) const ON_WIFI: &[Capability] = &[Capability::NetAdmin, Capability::NetRaw];
/// The usual ports of print jobs, pages and DHCP; others are taken without it.
const PORTS: Capability = Capability::NetBindService;

/// The files that a command line names. A `-` is none.
#[derive(Default)]
pub(crate) struct Files<'a> {
    /// Those that are read.
    pub(crate) read: Vec<&'a Option<PathBuf>>,
    /// Those that are written, and folders in which files are.
    pub(crate) written: Vec<&'a Option<PathBuf>>,
}

/// Gives up for good what is not needed. Root's power over files is kept if one of these needs it.
///
/// Call it before the first thread is started, and before anything is read that somebody else may have written.
pub(crate) fn keep(needed: &[Capability], files: &Files<'_>) {
    let mut kept = needed.to_vec();
    if needed == ON_WIFI {
        kept.push(PORTS);
    }
    if Capability::DacOverride.is_held() && !files.are_ours() {
        kept.push(Capability::DacOverride);
    }
    if let Err(error) = keep_capabilities(&kept) {
        eprintln!("warning: privileges that are not needed cannot be given up: {error}");
    }
}

/// Says which of these is missing.
///
/// # Errors
/// When one is.
pub(crate) fn need(needed: &[Capability]) -> Result<(), Error> {
    let missing: Vec<Capability> =
        needed.iter().copied().filter(|capability| !capability.is_held()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let program =
        std::env::current_exe().map_or_else(|_| "keyway".to_owned(), |path| path.display().to_string());
    Err(Error::permission(format_args!(
        "not permitted: this needs {}, and {} {} missing; run it with sudo or as a systemd unit, or grant it once with: \
         sudo setcap {}+ep {program}",
        words(needed),
        words(&missing),
        if missing.len() == 1 { "is" } else { "are" },
        needed.iter().map(|capability| capability.name().to_ascii_lowercase()).collect::<Vec<_>>().join(","),
    )))
}

impl Files<'_> {
    /// Whether their permissions let this user use them.
    fn are_ours(&self) -> bool {
        let named = |files: &[&Option<PathBuf>]| -> Vec<PathBuf> {
            files.iter().filter_map(|file| (*file).clone()).filter(|file| file != Path::new("-")).collect()
        };
        let written = named(&self.written);
        let mut read = named(&self.read);
        // What is in a folder is changed as well as added to.
        for folder in &written {
            let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
            read.extend(entries.map(|entry| entry.path()).filter(|path| path.is_file()));
        }
        can_do_without_override(&read, &written)
    }
}

fn words(capabilities: &[Capability]) -> String {
    let names: Vec<&str> = capabilities.iter().map(|capability| capability.name()).collect();
    names.join(" and ")
}
