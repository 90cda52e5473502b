//! What a process may do beyond an ordinary user: parts of root's power, called capabilities (capabilities(7)).

use std::fmt;
use std::io;
use std::path::Path;

use rustix::fs::{Access, access};
use rustix::thread::{CapabilitySet, CapabilitySets};

/// A capability that Keyway has a use for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Capability {
    /// `CAP_NET_ADMIN`: to scan, join, be an access point; to set addresses and routes, and switch interfaces.
    NetAdmin,
    /// `CAP_NET_RAW`: to send and receive Ethernet frames.
    NetRaw,
    /// `CAP_NET_BIND_SERVICE`: to listen on ports below 1024.
    NetBindService,
    /// `CAP_DAC_OVERRIDE`: to use files whatever their permissions say.
    DacOverride,
}

impl Capability {
    /// Its name, as the manual and systemd write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NetAdmin => "CAP_NET_ADMIN",
            Self::NetRaw => "CAP_NET_RAW",
            Self::NetBindService => "CAP_NET_BIND_SERVICE",
            Self::DacOverride => "CAP_DAC_OVERRIDE",
        }
    }

    /// Whether the calling thread has it. False as well when the system does not tell.
    #[must_use]
    pub fn is_held(self) -> bool {
        rustix::thread::capabilities(None).is_ok_and(|sets| sets.effective.contains(self.set()))
    }

    const fn set(self) -> CapabilitySet {
        match self {
            Self::NetAdmin => CapabilitySet::NET_ADMIN,
            Self::NetRaw => CapabilitySet::NET_RAW,
            Self::NetBindService => CapabilitySet::NET_BIND_SERVICE,
            Self::DacOverride => CapabilitySet::DAC_OVERRIDE,
        }
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Gives up every capability but these, for good: for this thread, and for the threads and programs that it starts.
///
/// What is named and not held is not gained. Programs that are started get no more by `setuid` bits or capabilities of
/// their files (`PR_SET_NO_NEW_PRIVS`, prctl(2)), and, started by root, not what root has by custom (the bounding set).
/// What is kept they inherit as before: root by being root, another user by the ambient set.
///
/// Call it while there is one thread: others that run keep what they have.
///
/// # Errors
/// When a sandbox forbids one of the calls. The others have then been made as far as possible; going on is safe.
pub fn keep_capabilities(kept: &[Capability]) -> io::Result<()> {
    let kept = kept.iter().fold(CapabilitySet::empty(), |set, capability| set | capability.set());
    let no_more = rustix::thread::set_no_new_privs(true);
    let held = rustix::thread::capabilities(None)?;
    // Only who may change capabilities may take them out of the bounding set; others have none to gain from it.
    let bounding = if held.effective.contains(CapabilitySet::SETPCAP) { bound(kept) } else { Ok(()) };
    // The kernel takes out of the ambient set what is not both permitted and inheritable.
    let limited = CapabilitySets {
        effective: held.effective & kept,
        permitted: held.permitted & kept,
        inheritable: held.inheritable & kept,
    };
    rustix::thread::set_capabilities(None, limited)?;
    Ok(no_more.and(bounding)?)
}

/// Whether [`Capability::DacOverride`] is needed for none of these: files to be read, and files and folders to be written.
///
/// A file to be written is made anew in its folder; where the folder is missing too, the nearest one above counts. It tries
/// in a thread that has given the capability up. False as well when the system has no thread.
#[must_use]
pub fn can_do_without_override<P: AsRef<Path> + Sync>(read: &[P], written: &[P]) -> bool {
    std::thread::scope(|scope| {
        let tried = std::thread::Builder::new().spawn_scoped(scope, || {
            let readable = |path: &P| access(path.as_ref(), Access::READ_OK).is_ok();
            keep_capabilities(&[]).is_ok()
                && read.iter().all(readable)
                && written.iter().all(|path| is_writable(path.as_ref()))
        });
        tried.ok().and_then(|thread| thread.join().ok()).unwrap_or(false)
    })
}

/// The highest number that a set has room for.
const LAST: u32 = 63;

/// Takes everything but this out of the bounding set.
fn bound(kept: CapabilitySet) -> rustix::io::Result<()> {
    for number in 0..=LAST {
        let capability = CapabilitySet::from_bits_retain(1 << number);
        if kept.contains(capability) {
            continue;
        }
        match rustix::thread::capability_is_in_bounding_set(capability) {
            Ok(true) => rustix::thread::remove_capability_from_bounding_set(capability)?,
            Ok(false) => {}
            // This kernel has fewer.
            Err(rustix::io::Errno::INVAL) => break,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// By the permissions of files alone: for root, access(2) goes by what is permitted, and that was given up.
fn is_writable(path: &Path) -> bool {
    let into = Access::WRITE_OK | Access::EXEC_OK;
    if path.is_dir() {
        return access(path, into).is_ok();
    }
    let mut above = path.ancestors().skip(1);
    let folder = above.find_map(|folder| match folder.as_os_str().is_empty() {
        true => Some(Path::new(".")),
        false => folder.exists().then_some(folder),
    });
    folder.is_some_and(|folder| access(folder, into).is_ok())
}
