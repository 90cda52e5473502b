//! What another process has used: processor time to the nanosecond, and memory.

use std::fs;
use std::time::Duration;

/// The processor time that a process has used so far, in user and kernel mode, all its threads together. The
/// kernel counts it in nanoseconds (`/proc/PID/task/TID/schedstat`); it is exact while the process waits.
///
/// # Panics
///
/// If there is no such process.
pub fn processor_time(process: u32) -> Duration {
    let tasks =
        fs::read_dir(format!("/proc/{process}/task")).unwrap_or_else(|error| panic!("{process}: {error}"));
    let nanoseconds = |task: fs::DirEntry| -> u64 {
        let text = fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
        text.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or_default()
    };
    Duration::from_nanos(tasks.flatten().map(nanoseconds).sum())
}

/// Waits until a process waits: until it has dealt with everything that has happened.
///
/// # Panics
///
/// If there is no such process.
pub fn wait_until_asleep(process: u32) {
    let path = format!("/proc/{process}/stat");
    loop {
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        // The state follows the name of the program, which stands in brackets.
        if text.rsplit(") ").next().is_some_and(|rest| rest.starts_with('S')) {
            return;
        }
        std::thread::yield_now();
    }
}

/// The resident memory of a process in KiB: `Rss` of `/proc/PID/smaps_rollup`. The kernel's quick counter, `VmRSS`, leaves
/// out some megabytes that each thread has not reported yet.
///
/// # Panics
///
/// If there is no such process.
pub fn resident_kib(process: u32) -> u64 {
    let path = format!("/proc/{process}/smaps_rollup");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let value = text.lines().find_map(|line| line.strip_prefix("Rss:")?.split_whitespace().next());
    value.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{path} has no Rss"))
}
