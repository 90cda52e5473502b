//! In the guest of [`machine`]: its radios, each in a namespace of its own, and what is on the air.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::PATIENCE;
use crate::capture::last_time;
use crate::machine;
use crate::process::{Process, Signal, run};
use crate::requirements;
use crate::topology::{End, Mac, ip};

/// Some of the guest's radios, each alone in a network namespace, so that what two of them exchange can only have
/// gone over the air. Dropping it gives them back.
#[derive(Debug)]
pub struct Radios {
    radios: Vec<Radio>,
}

#[derive(Debug)]
struct Radio {
    /// `phy0` and so on.
    phy: String,
    end: End,
    /// Its switch was used.
    is_switched: AtomicBool,
}

impl Radios {
    /// Takes that many of the [`RADIOS`](machine::RADIOS) that there are; addresses are 10.0.0.1 and so on.
    pub fn take(count: usize) -> Radios {
        assert!(count <= machine::RADIOS, "a guest has only {} radios", machine::RADIOS);
        let mut radios = Radios { radios: Vec::new() };
        let mut all: Vec<String> = names(Path::new("/sys/class/ieee80211"));
        all.sort();
        for (index, phy) in all.into_iter().take(count).enumerate() {
            radios.radios.push(Radio::take(index, phy));
        }
        assert_eq!(radios.radios.len(), count, "the guest lost radios");
        radios
    }

    /// One of them, counted from 0.
    pub fn end(&self, index: usize) -> &End {
        &self.radios[index].end
    }

    /// Takes the address off a radio: whoever uses it asks for one.
    pub fn without_address(&self, index: usize) -> &End {
        let end = self.end(index);
        ip(&format!("-n {} address flush dev {INTERFACE}", end.namespace()));
        end
    }

    /// Turns a radio on or off as the switch of its machine does, which is stronger than whoever has the interface: `rfkill`.
    /// All are on again when these radios are given back.
    ///
    /// # Panics
    ///
    /// If it has no such switch.
    pub fn switch(&self, index: usize, on: bool) {
        let radio = &self.radios[index];
        radio.is_switched.store(true, Ordering::Relaxed);
        run(radio.switch(on));
    }

    /// Asserts that two radios that have joined reach each other, asking in both directions.
    pub fn assert_reach(&self, one: usize, other: usize) {
        self.assert_reach_at((one, &address(one)), (other, &address(other)));
    }

    /// The same, of radios that have these addresses.
    pub fn assert_reach_at(&self, one: (usize, &str), other: (usize, &str)) {
        for ((from, _), (_, to)) in [(one, other), (other, one)] {
            let mut ping = self.end(from).command(requirements::program("busybox"));
            ping.args(["ping", "-c", "1", "-w", "60", to]);
            run(ping);
        }
    }
}

impl Drop for Radios {
    fn drop(&mut self) {
        for radio in &self.radios {
            if radio.is_switched.load(Ordering::Relaxed) {
                let _ = radio.switch(true).output();
            }
            let Radio { phy, end, .. } = radio;
            let mut back = end.command(requirements::program("iw"));
            // Process 1 is in the namespace where they were found.
            let _ = back.args(["phy", phy, "set", "netns", "1"]).output();
            let _ =
                Command::new(requirements::program("ip")).args(["netns", "delete", end.namespace()]).output();
        }
    }
}

impl Radio {
    fn take(index: usize, phy: String) -> Radio {
        let folder = Path::new("/sys/class/ieee80211").join(&phy);
        let found = names(&folder.join("device/net")).pop().expect("a radio has an interface");
        let mac = fs::read_to_string(folder.join("macaddress")).expect("a radio has an address");
        let namespace = format!("radio{index}");
        ip(&format!("netns add {namespace}"));
        let mut command = Command::new(requirements::program("iw"));
        command.args(["phy", &phy, "set", "netns", "name", &namespace]);
        run(command);
        if found != INTERFACE {
            ip(&format!("-n {namespace} link set {found} name {INTERFACE}"));
        }
        let end = End::new(namespace, INTERFACE, read_mac(&mac));
        let namespace = end.namespace();
        ip(&format!("-n {namespace} link set lo up"));
        // An access point that was killed leaves its radio as one. And the kernel knows for 30 s on which channel a network
        // was: iwd would look for the next of that name and address there, unless a scan has flushed that.
        for (state, arguments) in [("down", "set type managed"), ("up", "scan flush freq 2412")] {
            ip(&format!("-n {namespace} link set {INTERFACE} {state}"));
            let mut command = end.command(requirements::program("iw"));
            command.args(["dev", INTERFACE]).args(arguments.split(' '));
            run(command);
        }
        ip(&format!("-n {namespace} link set {INTERFACE} down"));
        ip(&format!("-n {namespace} address add {}/24 dev {INTERFACE}", address(index)));
        Radio { phy, end, is_switched: AtomicBool::new(false) }
    }

    /// Of all switches, writes to the one that has the radio's name. Where the radio is, it is to be seen.
    fn switch(&self, on: bool) -> Command {
        let script = format!(
            "for s in /sys/class/rfkill/*; do \
             if [ \"$(cat $s/name)\" = {} ]; then echo {} > $s/soft; exit; fi; done; exit 1",
            self.phy,
            u8::from(!on)
        );
        let mut command = self.end.command(requirements::program("busybox"));
        command.args(["sh", "-c", &script]);
        command
    }
}

/// A recording of all that is on the air, with what each radio tells about a frame, as `air.pcap` among the files
/// that the host sees.
#[derive(Debug)]
pub struct AirCapture {
    tcpdump: Process,
}

impl AirCapture {
    /// Starts to record.
    pub fn start() -> AirCapture {
        ip("link set hwsim0 up");
        let mut command = Command::new(requirements::program("tcpdump"));
        command.args(["--immediate-mode", "-s", "4096", "-U", "-Z", "root", "-i", "hwsim0", "-w"]);
        command.arg(AirCapture::file(&machine::out()));
        let tcpdump = Process::spawn("tcpdump", command);
        tcpdump.wait_for("listening on");
        AirCapture { tcpdump }
    }

    /// Ends the recording when it has all that was sent up to now. It knows by a frame that was sent later: there has
    /// to be an access point that sends beacons.
    pub fn finish(mut self) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
        let deadline = Instant::now() + PATIENCE;
        let file = AirCapture::file(&machine::out());
        while last_time(&fs::read(&file).unwrap_or_default()).is_none_or(|last| last <= now) {
            assert!(Instant::now() < deadline, "nothing more was on the air");
            std::thread::sleep(POLL);
        }
        self.tcpdump.stop(Signal::INT);
        self.tcpdump.wait_for("0 packets dropped by kernel");
    }

    /// The file, in the folder that the judge is given.
    pub fn file(folder: &Path) -> PathBuf {
        folder.join("air.pcap")
    }
}

/// Every radio calls its interface so; they are in different namespaces.
const INTERFACE: &str = "wlan0";

/// A beacon comes ten times a second.
const POLL: Duration = Duration::from_millis(50);

fn address(index: usize) -> String {
    format!("10.0.0.{}", index + 1)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

fn read_mac(text: &str) -> Mac {
    let bytes = crate::network::from_hex(text.trim());
    Mac(bytes.try_into().expect("six bytes"))
}
