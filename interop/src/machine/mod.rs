//! A small virtual machine with Wi-Fi: the kernel's own wireless stack on simulated radios.
//!
//! QEMU boots the Debian kernel that is installed on the host, with the host's files below a throw-away layer, so
//! that the guest has the same programs. In it `mac80211_hwsim` makes radios that hear each other; all above
//! them, nl80211, scanning, EAPOL and CCMP, is what runs on real cards. No Wi-Fi, no network device, and no
//! processor with virtualisation is needed.
//!
//! A scenario is a closure in an ordinary test. [`scenario`] runs it in a guest by starting the same test program
//! there, with the name of that one test: so filters, names and output are those of any other test. Guests are
//! kept for the next scenario. Several run side by side when several tests do.
//!
//! ```no_run
//! use keyway_interop::hostapd::{Hostapd, HostapdConfig};
//! use keyway_interop::machine;
//! use keyway_interop::network::Network;
//! use keyway_interop::radio::Radios;
//!
//! // #[test]
//! fn a_stock_access_point_starts() {
//!     machine::scenario(|| {
//!         let radios = Radios::take(1);
//!         let home = Network::wpa2("HomeNet", "correct horse battery");
//!         Hostapd::start(radios.end(0), &HostapdConfig::on_channel(6, home));
//!     });
//! }
//! ```
//!
//! # Between host and guest
//!
//! The first serial port is the kernel's console and goes to a file. On the second, `init` says `machine: ready`, and
//! `machine: alive` every five seconds; the host answers with the name of a scenario; the guest sends what the scenario
//! prints, and at last `machine: NAME ended with STATUS`. Files that are to be looked at on the host go to [`out`].
//!
//! A guest that says nothing any more is a machine that hangs, and says nothing about the scenario (seen: two in some
//! hundreds, with five guests on two processors). The scenario begins anew in another, once.

mod archive;
mod kernel;
mod pool;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::process::Process;
use crate::requirements;
use crate::scratch::Scratch;
use archive::Archive;
use kernel::Kernel;

pub use pool::{scenario, scenario_and_judge, waiting_scenario};

/// How many radios a guest has: `wlan0` and so on.
pub const RADIOS: usize = 4;

/// Memory of a guest in MiB. What scenarios write to its files takes room there as well.
const MEMORY: u32 = 512;

/// The longest that a boot may take: ten seconds are usual on two processors without virtualisation.
const BOOT: Duration = Duration::from_secs(90);

/// The longest that a scenario may take: most take less than thirty seconds, and those in which something expires more
/// than two minutes.
const LIMIT: Duration = Duration::from_secs(600);

/// What a guest says every five seconds.
const ALIVE: &str = "machine: alive";

/// How long a guest may be silent until it is taken for one that hangs.
const SILENCE: Duration = Duration::from_secs(90);

/// In the guest, the folder for files that the host is to see; not set on the host.
const OUT: &str = "KEYWAY_MACHINE_OUT";

/// Set to `kvm` to have the guest run by the host's processor. It is not tried unasked: a `/dev/kvm` that opens
/// and makes a machine may still never run it, which was seen inside other virtual machines.
const ACCELERATOR: &str = "KEYWAY_MACHINE_ACCELERATOR";

/// Lines with this in them are shown by the host even if the test passes.
const MEASURED: &str = "measured: ";

/// Prints a figure that is to be seen even when the test passes.
pub fn measured(what: &str) {
    println!("{MEASURED}{what}");
}

/// In a guest, the folder of the running scenario for files that the host is to see.
///
/// # Panics
///
/// On the host.
pub fn out() -> PathBuf {
    guest_out().expect("only a scenario has a folder for files: call this in the guest")
}

/// Whether this is the guest, by the folder that it was given.
fn guest_out() -> Option<PathBuf> {
    std::env::var_os(OUT).map(PathBuf::from)
}

/// Why a scenario did not go well.
enum Problem {
    /// The guest says nothing any more; the end of its console.
    Hangs(String),
    /// The scenario failed, or did not end.
    Failed(String),
}

/// A running guest. Dropping it ends it at once, and so does the end of the tests, whatever ends them.
#[derive(Debug)]
struct Machine {
    process: Process,
    scratch: Scratch,
}

impl Machine {
    /// Boots a guest and waits until it takes scenarios. One that hangs is left for another, once.
    fn boot() -> Machine {
        // One after the other: a boot keeps a processor busy, and others are at work.
        static BOOTING: Mutex<()> = Mutex::new(());
        let _turn = BOOTING.lock().unwrap_or_else(PoisonError::into_inner);
        Machine::boot_one().or_else(|_| Machine::boot_one()).unwrap_or_else(|console| {
            panic!("the virtual machine does not boot; its console:\n{console}");
        })
    }

    /// Gives its console if it does not get there.
    fn boot_one() -> Result<Machine, String> {
        let kernel = Kernel::newest();
        let scratch = Scratch::new("machine");
        let initramfs = scratch.write("initramfs", initramfs(&kernel));
        let out = scratch.file("out");
        fs::create_dir(&out).expect("the folder is new");
        scratch.write("out/folders", folders());
        scratch.write("out/run", run_script());

        let mut command = Command::new(requirements::program("sh"));
        command.args(["-c", KEEPER, "keeper"]).arg(scratch.path());
        command.arg(requirements::program("qemu-system-x86_64"));
        command.args(accelerator()).args(["-smp", "1", "-m", &MEMORY.to_string()]);
        command.args(["-nodefaults", "-no-user-config", "-no-reboot", "-display", "none"]);
        command.arg("-kernel").arg(&kernel.image).arg("-initrd").arg(initramfs);
        command.args(["-append", &format!("{KERNEL_ARGUMENTS} keyway.radios={RADIOS}")]);
        command.arg("-serial").arg(format!("file:{}", scratch.file("console").display()));
        command.args(["-serial", "stdio", "-device", "virtio-rng-pci"]);
        command
            .args(["-virtfs", "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap"]);
        command.arg("-virtfs").arg(format!("local,path={},mount_tag=out,security_model=none", out.display()));

        let machine = Machine { process: Process::spawn_listening("the virtual machine", command), scratch };
        let ready = |line: &str| {
            println!("{line}");
            (line == "machine: ready").then_some(())
        };
        match machine.process.find_within(BOOT, 0, ready) {
            Some(()) => Ok(machine),
            None => Err(machine.console()),
        }
    }

    /// Runs one scenario and prints what it prints. Returns its files, and what went wrong if something did.
    fn run(&self, name: &str) -> (Scratch, Result<(), Problem>) {
        let out = self.scratch.file("out").join(name);
        fs::create_dir(&out).unwrap_or_else(|error| panic!("cannot make {}: {error}", out.display()));
        let last = format!("machine: {name} ended with ");
        let mut ran = false;
        let mut next = self.process.mark();
        self.process.say(name);
        let started = Instant::now();
        let ending = loop {
            let turn = self.process.find_within(SILENCE, next, |line| {
                next += 1;
                if line.ends_with(ALIVE) {
                    return Some(None);
                }
                if let Some((_, figure)) = line.split_once(MEASURED) {
                    // Past the test harness, which keeps what a passing test prints to itself.
                    let _ = writeln!(std::io::stderr(), "{name}: {figure}");
                } else {
                    println!("{line}");
                }
                ran |= line.contains("1 passed");
                line.strip_prefix(&last).map(|status| Some(status.to_owned()))
            });
            match turn {
                Some(None) if started.elapsed() < LIMIT => {}
                Some(ending) => break Ok(ending),
                None => break Err(Problem::Hangs(self.console())),
            }
        };
        let files = Scratch::new("scenario");
        fs::rename(&out, files.file("out")).unwrap_or_else(|error| panic!("no {}: {error}", out.display()));
        let result = ending.and_then(|ending| match ending.as_deref() {
            Some("0") if ran => Ok(()),
            Some("0") => Err(Problem::Failed(format!("the guest's copy of the tests has no test {name}"))),
            Some(status) => {
                Err(Problem::Failed(format!("{name} failed in the guest, status {status}; see above")))
            }
            None => Err(Problem::Failed(format!(
                "{name} did not end in the guest; its console:\n{}",
                self.console()
            ))),
        });
        (files, result)
    }

    /// The end of what the kernel said.
    fn console(&self) -> String {
        let text = fs::read(self.scratch.file("console")).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // The keeper hears that, kills QEMU and removes the files.
        self.process.hang_up();
        self.process.wait();
    }
}

/// Starts QEMU, passes on what it is told, and when nobody is left to tell it anything, kills QEMU and removes
/// its files: a guest lives in a static variable, which nobody drops.
const KEEPER: &str = r#"
folder=$1; shift
mkfifo "$folder/told"
"$@" <"$folder/told" &
exec >/dev/null 2>&1
trap '' PIPE
cat >"$folder/told"
kill -KILL $!
wait
rm -rf "$folder"
"#;

/// No messages of a healthy boot, but those of a kernel in trouble; end on a panic; nothing that costs time and is of no use here.
const KERNEL_ARGUMENTS: &str =
    "console=ttyS0 quiet loglevel=4 panic=-1 mitigations=off nokaslr no_timer_check random.trust_cpu=on";

fn accelerator() -> [&'static str; 4] {
    match std::env::var(ACCELERATOR).as_deref() {
        Ok("kvm") => ["-accel", "kvm", "-cpu", "host"],
        _ => ["-accel", "tcg,thread=multi", "-cpu", "max"],
    }
}

/// Folders that the guest must see where they are on the host: this repository and the test program's.
fn folders() -> String {
    let program = test_program();
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    let folders = [repository, program.parent()].into_iter().flatten();
    folders.map(|folder| format!("{}\n", folder.display())).collect()
}

/// What the guest runs for each scenario, with its name as the argument.
fn run_script() -> String {
    format!(
        "export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root\n\
         export {OUT}=/out/\"$1\"\n\
         export KEYWAY_BIN='{}'\n\
         cd '{}' && exec '{}' --exact \"$1\" --nocapture --test-threads=1\n",
        crate::keyway::binary().display(),
        env!("CARGO_MANIFEST_DIR"),
        test_program().display()
    )
}

fn test_program() -> PathBuf {
    std::env::current_exe().expect("a running program has a file")
}

/// The first file system of a guest: `init`, the programs that it calls, the modules in their order, and the rules of
/// each country, which the kernel looks for there and nowhere else.
fn initramfs(kernel: &Kernel) -> Vec<u8> {
    let mut archive = Archive::default();
    for folder in ["bin", "dev", "host", "lib", "lib/firmware", "modules", "proc", "root", "sys", "top"] {
        archive.folder(folder);
    }
    for name in ["regulatory.db", "regulatory.db.p7s"] {
        let rules = Path::new("/lib/firmware").join(name);
        let rules = fs::read(&rules).unwrap_or_else(|error| {
            panic!("cannot read {}: {error}; `apt-get install wireless-regdb`", rules.display())
        });
        archive.file(&format!("lib/firmware/{name}"), &rules);
    }
    archive.file("init", include_bytes!("init"));
    let busybox = fs::read(requirements::program("busybox")).expect("a program can be read");
    archive.file("bin/busybox", &busybox);
    for program in ["chmod", "chroot", "insmod", "ip", "mkdir", "mount", "sed", "sh", "sleep", "stty"] {
        archive.link(&format!("bin/{program}"), "busybox");
    }
    for (number, (name, content)) in kernel.modules().iter().enumerate() {
        archive.file(&format!("modules/{number:02}-{name}"), content);
    }
    archive.finish()
}
