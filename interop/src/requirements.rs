//! What the machine must have, checked once and said plainly.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The directories searched for programs: administrators' programs first, since they are often missing from
/// `PATH`.
const DIRECTORIES: [&str; 6] =
    ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"];

/// The programs used, and the Debian package each comes from.
const PROGRAMS: [(&str, &str); 23] = [
    ("ip", "iproute2"),
    ("setpriv", "util-linux"),
    ("hostapd", "hostapd"),
    ("wpa_supplicant", "wpasupplicant"),
    ("tcpdump", "tcpdump"),
    ("tshark", "tshark"),
    ("pixiewps", "pixiewps"),
    ("ipptool", "cups-ipp-utils"),
    ("ippfind", "cups-ipp-utils"),
    ("avahi-daemon", "avahi-daemon"),
    ("avahi-browse", "avahi-utils"),
    ("dbus-daemon", "dbus-daemon"),
    ("mount", "mount"),
    ("qemu-system-x86_64", "qemu-system-x86"),
    ("busybox", "busybox-static"),
    ("iw", "iw"),
    ("iwctl", "iwd"),
    ("NetworkManager", "network-manager"),
    ("nmcli", "network-manager"),
    ("chromium", "chromium"),
    ("chromedriver", "chromium-driver"),
    ("pdftotext", "poppler-utils"),
    ("pdftoppm", "poppler-utils"),
];

/// Checks that this process is root and that every program is installed.
///
/// # Panics
///
/// If something is missing, with the command that installs it.
pub fn check() {
    static VERDICT: OnceLock<Result<(), String>> = OnceLock::new();
    if let Err(missing) = VERDICT.get_or_init(examine) {
        panic!("{missing}");
    }
}

/// The full path of a program.
///
/// # Panics
///
/// If it is not installed.
pub fn program(name: &str) -> PathBuf {
    locate(name).unwrap_or_else(|| panic!("{name} is not installed: `apt-get install {}`", package_of(name)))
}

fn examine() -> Result<(), String> {
    if !rustix::process::geteuid().is_root() {
        return Err("these tests make network namespaces and raw sockets: run them as root".into());
    }
    let mut packages: Vec<&str> =
        PROGRAMS.iter().filter(|(name, _)| locate(name).is_none()).map(|(_, package)| *package).collect();
    packages.dedup();
    if packages.is_empty() {
        return Ok(());
    }
    Err(format!("these tests need programs that are not here: `apt-get install {}`", packages.join(" ")))
}

fn locate(name: &str) -> Option<PathBuf> {
    DIRECTORIES.iter().map(|directory| Path::new(directory).join(name)).find(|path| path.is_file())
}

fn package_of(name: &str) -> &str {
    PROGRAMS.iter().find(|(program, _)| *program == name).map_or(name, |(_, package)| package)
}
