//! A process that keeps its memory to itself.

use std::io;

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

/// Keeps this process's memory, where PINs and keys are, from other processes of the same user and off the disk.
///
/// No core dump is written when the process crashes (`PR_SET_DUMPABLE` and `RLIMIT_CORE`, prctl(2)), and only
/// a process with `CAP_SYS_PTRACE` can attach to it or read its memory; so a debugger of the user's own does
/// not work either, and its files under `/proc` belong to root. Children inherit the core limit.
///
/// Call it first thing, before the first secret is read. It is the program's choice: nothing here does it unasked.
///
/// # Errors
/// When a sandbox forbids one of the calls. The other has then still been made; going on is safe.
pub fn protect_memory() -> io::Result<()> {
    let dumpable = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    let core = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    Ok(dumpable.and(core)?)
}
