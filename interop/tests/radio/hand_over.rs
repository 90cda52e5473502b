//! The machine's own manager of networks: it lets go of the radio, gets it back, and is handed what was learnt.

mod by_program;

use std::cell::Cell;
use std::fs::{self, File};
use std::net::IpAddr;
use std::os::fd::AsFd;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use keyway_interop::address_server::AddressServer;
use keyway_interop::hostapd::{Hostapd, HostapdConfig};
use keyway_interop::iwd::Iwd;
use keyway_interop::machine;
use keyway_interop::manager_bus::SystemBus;
use keyway_interop::manager_supplicant::MachineSupplicant;
use keyway_interop::network::to_hex;
use keyway_interop::network_manager::NetworkManager;
use keyway_interop::process::{Process, Signal, run};
use keyway_interop::radio::Radios;
use keyway_interop::requirements;
use keyway_interop::scratch::Scratch;
use keyway_interop::supplicant::Supplicant;
use keyway_interop::topology::End;
use keyway_manager::{
    Choice, Error, Join, Kept, Manager, NEVER, Offer, Progress, Restored, check, detect, hand_over, restore,
    take,
};
use keyway_wsc::{Credential, NetworkKey, Ssid};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use crate::support::{PASSPHRASE, SSID, home};

#[test]
fn wpa_supplicant_is_handed_a_network_and_keeps_it() {
    machine::scenario(|| {
        let home = Home::new();
        let mut supplicant = MachineSupplicant::start(home.station(), true);
        home.assert_kept(Manager::WpaSupplicant, &passphrase(), || supplicant.restart());
        let text = supplicant.configuration();
        assert_eq!(text.matches("network={").count(), 1, "{text}");
    });
}

#[test]
fn wpa_supplicant_replaces_what_it_knew_of_the_network() {
    machine::scenario(|| {
        let home = Home::new();
        let mut supplicant = MachineSupplicant::start(home.station(), true);
        home.assert_kept(Manager::WpaSupplicant, &passphrase(), || supplicant.restart());
        home.assert_kept(Manager::WpaSupplicant, &key(), || supplicant.restart());
        let text = supplicant.configuration();
        assert_eq!(text.matches("network={").count(), 1, "{text}");
        assert!(!text.contains(PASSPHRASE), "the older one");
    });
}

#[test]
fn wpa_supplicant_that_may_not_write_is_told_of() {
    machine::scenario(|| {
        let home = Home::new();
        let supplicant = MachineSupplicant::start(home.station(), false);
        let (kept, _) = home.hand_over(Manager::WpaSupplicant, &passphrase(), PATIENCE);
        let why = kept.expect("it joins").across_restarts.expect_err("it cannot keep it");
        assert!(why.contains("update_config=1"), "{why}");
        assert!(!supplicant.configuration().contains("network="));
        home.assert_reach(None);
    });
}

#[test]
fn wpa_supplicant_lets_go_and_gets_it_back() {
    machine::scenario(|| {
        let home = Home::new();
        let _supplicant = MachineSupplicant::start(home.station(), true);
        home.assert_borrowed(Manager::WpaSupplicant);
    });
}

#[test]
fn iwd_is_handed_a_network_and_keeps_it() {
    machine::scenario(|| {
        let home = Home::new();
        let bus = SystemBus::start();
        let mut iwd = Iwd::start(home.station(), &bus);
        home.assert_kept(Manager::Iwd, &passphrase(), || iwd.restart());
        assert!(iwd.profile(SSID).expect("it knows the network").contains(PASSPHRASE));
    });
}

#[test]
fn iwd_is_handed_a_key_and_keeps_it() {
    machine::scenario(|| {
        let home = Home::new();
        let bus = SystemBus::start();
        let mut iwd = Iwd::start(home.station(), &bus);
        home.assert_kept(Manager::Iwd, &key(), || iwd.restart());
        let profile = iwd.profile(SSID).expect("it knows the network");
        assert!(profile.contains(&format!("PreSharedKey={PSK}")) && !profile.contains("Passphrase"));
    });
}

#[test]
fn iwd_lets_go_and_gets_it_back() {
    machine::scenario(|| {
        let home = Home::new();
        let bus = SystemBus::start();
        let _iwd = Iwd::start(home.station(), &bus);
        home.assert_borrowed(Manager::Iwd);
    });
}

#[test]
fn network_manager_is_handed_a_network_and_keeps_it() {
    machine::scenario(|| {
        let home = Home::new();
        let _addresses = AddressServer::start(home.radios.end(0));
        let bus = SystemBus::start();
        let mut manager = NetworkManager::start(home.station(), &bus);
        let kept = home.assert_kept(Manager::NetworkManager, &passphrase(), || manager.restart());
        assert!(kept.address.is_some());
        // Again, as a key: it takes the place of the first.
        home.assert_kept(Manager::NetworkManager, &key(), || manager.restart());
        let profiles = manager.profiles();
        assert_eq!(profiles.len(), 1, "{profiles:?}");
        assert!(fs::read_to_string(&profiles[0]).expect("a profile").contains(PSK));
    });
}

#[test]
fn network_manager_lets_go_and_gets_it_back() {
    machine::scenario(|| {
        let home = Home::new();
        let _addresses = AddressServer::start(home.radios.end(0));
        let bus = SystemBus::start();
        let _manager = NetworkManager::start(home.station(), &bus);
        home.assert_borrowed(Manager::NetworkManager);
    });
}

#[test]
fn a_wrong_key_is_named_and_nothing_is_left_of_it() {
    machine::scenario(|| {
        let home = Home::new();
        let wrong = credential(b"not the passphrase");
        let assert_wrong = |manager| {
            let (result, told) = home.hand_over(manager, &wrong, PATIENCE);
            let error = result.expect_err("the key is wrong");
            assert!(matches!(error, Error::WrongKey { .. }), "{manager}: {error}");
            assert!(!error.to_string().contains("not the passphrase"));
            assert_eq!(told, [Progress::Looking, Progress::Joining], "{manager}");
        };
        {
            let supplicant = MachineSupplicant::start(home.station(), true);
            assert_wrong(Manager::WpaSupplicant);
            assert!(!supplicant.configuration().contains("network="));
        }
        let bus = SystemBus::start();
        {
            let iwd = Iwd::start(home.station(), &bus);
            assert_wrong(Manager::Iwd);
            assert_eq!(iwd.profile(SSID), None);
        }
        let manager = NetworkManager::start(home.station(), &bus);
        assert_wrong(Manager::NetworkManager);
        assert!(manager.profiles().is_empty(), "{:?}", manager.profiles());
    });
}

#[test]
fn iwd_keeps_what_it_was_told_of_a_network_whether_it_is_joined_or_not() {
    machine::scenario(|| {
        let home = Home::new();
        let bus = SystemBus::start();
        let mut iwd = Iwd::start(home.station(), &bus);
        // Somebody has set an address, and the password was another one then.
        let settings = "[IPv4]\nAddress=192.168.7.7\nNetmask=255.255.255.0\n\n[Settings]\nAlwaysRandomizeAddress=false\n";
        let old = format!("[Security]\nPassphrase=another password\n\n{settings}");
        iwd.set_profile(SSID, &old);
        for credential in [credential(b"not the passphrase"), credential(&[b'0'; 64])] {
            let (result, _) = home.hand_over(Manager::Iwd, &credential, PATIENCE);
            assert!(matches!(result, Err(Error::WrongKey { .. })), "{result:?}");
            assert_eq!(iwd.profile(SSID).as_deref(), Some(&*old));
        }
        for (credential, secret) in [(passphrase(), PASSPHRASE), (key(), PSK)] {
            home.assert_kept(Manager::Iwd, &credential, || iwd.restart());
            let profile = iwd.profile(SSID).expect("it knows the network");
            assert!(profile.contains(secret) && !profile.contains("another password"), "{profile}");
            for line in settings.lines() {
                assert!(profile.contains(line), "{line} is missing in {profile}");
            }
        }
    });
}

#[test]
fn a_hand_over_that_is_stopped_leaves_nothing_behind() {
    machine::scenario(|| {
        let home = Home::new();
        let absent = Credential { ssid: Ssid::new(b"Elsewhere").expect("a short name"), ..passphrase() };
        let assert_stopped = |manager| {
            let started = Instant::now();
            let result = inside(home.station(), || {
                let offer = Offer { credential: &absent, hidden: false, patience: PATIENCE };
                let is_looking = Cell::new(false);
                let mut tell = |_| is_looking.set(true);
                hand_over(manager, home.interface(), &offer, &|| is_looking.get(), &mut tell)
            });
            assert!(matches!(result, Err(Error::Stopped)), "{manager}: {result:?}");
            assert!(started.elapsed() < PATIENCE / 2, "{manager} was waited for");
        };
        {
            let supplicant = MachineSupplicant::start(home.station(), true);
            home.hand_over(Manager::WpaSupplicant, &passphrase(), PATIENCE).0.expect("it joins");
            let mark = home.hostapd.process().mark();
            assert_stopped(Manager::WpaSupplicant);
            // What it was not to join meanwhile.
            home.assert_back(mark, None);
            assert_eq!(supplicant.configuration().matches("network={").count(), 1);
        }
        let bus = SystemBus::start();
        {
            let iwd = Iwd::start(home.station(), &bus);
            home.hand_over(Manager::Iwd, &passphrase(), PATIENCE).0.expect("it joins");
            assert_stopped(Manager::Iwd);
            assert_eq!(iwd.profile("Elsewhere"), None);
            home.assert_reach(None);
        }
        let manager = NetworkManager::start(home.station(), &bus);
        assert_stopped(Manager::NetworkManager);
        assert!(manager.profiles().is_empty(), "{:?}", manager.profiles());
    });
}

#[test]
fn who_cannot_take_a_network_says_so_beforehand() {
    machine::scenario(|| {
        let home = Home::new();
        let asked = |manager, interface| inside(home.station(), || check(manager, interface, NEVER));
        let assert_none_runs = || {
            for manager in [Manager::NetworkManager, Manager::Iwd, Manager::WpaSupplicant] {
                let error = asked(manager, home.interface()).expect_err("it does not run");
                assert!(matches!(error, Error::NotRunning { .. }), "{manager}: {error}");
            }
        };
        assert_none_runs();
        let bus = SystemBus::start();
        assert_none_runs();
        {
            let _iwd = Iwd::start(home.station(), &bus);
            asked(Manager::Iwd, home.interface()).expect("it has it");
            let error = asked(Manager::Iwd, "lo").expect_err("that is no Wi-Fi");
            assert!(matches!(error, Error::NotItsInterface { .. }), "{error}");
        }
        let _manager = NetworkManager::start(home.station(), &bus);
        asked(Manager::NetworkManager, home.interface()).expect("it has it");
        let error = asked(Manager::NetworkManager, "lo").expect_err("that is no Wi-Fi");
        assert!(matches!(error, Error::NotItsInterface { .. }), "{error}");
        // Its helper has a socket, and obeys another.
        let error = asked(Manager::WpaSupplicant, home.interface()).expect_err("it is a helper");
        assert!(matches!(error, Error::Helper { .. }), "{error}");
    });
}

#[test]
fn a_network_that_is_not_there_and_one_without_addresses_are_told_apart() {
    machine::scenario(|| {
        let home = Home::new();
        let bus = SystemBus::start();
        let manager = NetworkManager::start(home.station(), &bus);
        let absent = Credential { ssid: Ssid::new(b"Elsewhere").expect("a short name"), ..passphrase() };
        let (result, told) = home.hand_over(Manager::NetworkManager, &absent, Duration::from_secs(10));
        assert!(matches!(result, Err(Error::NotHeard { .. })), "{result:?}");
        assert_eq!(told, [Progress::Looking]);
        let (result, told) = home.hand_over(Manager::NetworkManager, &passphrase(), Duration::from_secs(60));
        assert!(matches!(result, Err(Error::NoAddress { .. })), "{result:?}");
        assert_eq!(told, [Progress::Looking, Progress::Joining, Progress::GettingAddress]);
        assert!(manager.profiles().is_empty(), "{:?}", manager.profiles());
    });
}

#[test]
fn a_hidden_network_is_joined_when_it_is_said_to_be_hidden() {
    machine::scenario(|| {
        let mut config = HostapdConfig::on_channel(1, home());
        config.extra.push("ignore_broadcast_ssid=1".to_owned());
        let home = Home::with(&config);
        let join = |manager, credential: &Credential| {
            let mark = home.hostapd.process().mark();
            let kept = home.offer(manager, &Offer { credential, hidden: true, patience: PATIENCE }).0;
            let kept = kept.unwrap_or_else(|error| panic!("{manager}: {error}"));
            assert_eq!(kept.across_restarts, Ok(()));
            home.assert_back(mark, kept.address);
        };
        {
            let _supplicant = MachineSupplicant::start(home.station(), true);
            join(Manager::WpaSupplicant, &passphrase());
        }
        let bus = SystemBus::start();
        for credential in [passphrase(), key()] {
            let mut iwd = Iwd::start(home.station(), &bus);
            join(Manager::Iwd, &credential);
            let mark = home.hostapd.process().mark();
            iwd.restart();
            home.hostapd.process().wait_for_after(mark, "AP-STA-CONNECTED");
        }
        let _addresses = AddressServer::start(home.radios.end(0));
        let _manager = NetworkManager::start(home.station(), &bus);
        join(Manager::NetworkManager, &passphrase());
    });
}

/// Longer than any manager takes, in a guest too.
const PATIENCE: Duration = Duration::from_secs(180);

/// What a radio has unless it asks for another.
const OWN_ADDRESS: &str = "10.0.0.2";

/// The key of the home: hashlib.pbkdf2_hmac("sha1", b"correct horse battery", b"HomeNet", 4096, 32).hex()
const PSK: &str = "515dc461c61fa8ec73540f7d03defa68f0d78f23e3695e96166896540debc194";

fn credential(key: &[u8]) -> Credential {
    let ssid = Ssid::new(SSID.as_bytes()).expect("a short name");
    Credential::wpa2(ssid, NetworkKey::new(key).expect("a key"))
}

fn passphrase() -> Credential {
    credential(PASSPHRASE.as_bytes())
}

fn key() -> Credential {
    credential(PSK.as_bytes())
}

/// A stock access point on the first radio; the second is the machine's.
struct Home {
    hostapd: Hostapd,
    folder: Scratch,
    radios: Radios,
}

impl Home {
    fn new() -> Home {
        Home::with(&HostapdConfig::on_channel(1, home()))
    }

    fn with(config: &HostapdConfig) -> Home {
        let radios = Radios::take(2);
        let hostapd = Hostapd::start(radios.end(0), config);
        Home { hostapd, folder: Scratch::new("taken"), radios }
    }

    /// The machine and the access point reach each other: at the address that the machine was given, or its own.
    fn assert_reach(&self, address: Option<IpAddr>) {
        let address = address.map_or_else(|| OWN_ADDRESS.to_owned(), |address| address.to_string());
        self.radios.assert_reach_at((0, "10.0.0.1"), (1, &address));
    }

    fn station(&self) -> &End {
        self.radios.end(1)
    }

    fn interface(&self) -> &'static str {
        self.station().interface()
    }

    fn hand_over(
        &self,
        manager: Manager,
        credential: &Credential,
        patience: Duration,
    ) -> (Result<Kept, Error>, Vec<Progress>) {
        self.offer(manager, &Offer { credential, hidden: false, patience })
    }

    fn offer(&self, manager: Manager, offer: &Offer<'_>) -> (Result<Kept, Error>, Vec<Progress>) {
        inside(self.station(), || {
            let mut told = Vec::new();
            let mut tell = |progress| told.push(progress);
            let kept = hand_over(manager, self.interface(), offer, NEVER, &mut tell);
            (kept, told)
        })
    }

    /// Detected, handed over, joined; and joined again after its restart.
    fn assert_kept(&self, manager: Manager, credential: &Credential, restart: impl FnOnce()) -> Kept {
        let owner = inside(self.station(), || detect(self.interface()));
        assert_eq!(Choice::Detect.resolve(&owner), Join::With(manager), "{owner}");
        inside(self.station(), || check(manager, self.interface(), NEVER))
            .unwrap_or_else(|error| panic!("{manager}: {error}"));
        let mark = self.hostapd.process().mark();
        let started = Instant::now();
        let (kept, told) = self.hand_over(manager, credential, PATIENCE);
        let kept = kept.unwrap_or_else(|error| panic!("{manager} after {told:?}: {error}"));
        let seconds = started.elapsed().as_secs_f64();
        machine::measured(&format!("handed over to {manager}, until joined: {seconds:.2} s"));
        assert_eq!(kept.across_restarts, Ok(()));
        assert_eq!((told.first(), told.last()), (Some(&Progress::Looking), Some(&Progress::Joined)));
        assert!(told.contains(&Progress::Joining), "{told:?}");
        self.assert_back(mark, kept.address);
        let mark = self.hostapd.process().mark();
        restart();
        self.assert_back(mark, kept.address);
        kept
    }

    /// Joined, it lets go: another program joins on its interface. It gets the interface back in order, from a
    /// guardian, and at the next start.
    fn assert_borrowed(&self, manager: Manager) {
        let joined = self.hand_over(manager, &passphrase(), PATIENCE).0;
        let address = joined.unwrap_or_else(|error| panic!("{manager}: {error}")).address;
        let file = self.folder.file("wlan0.json");

        let mark = self.hostapd.process().mark();
        let started = Instant::now();
        let taken = inside(self.station(), || take(self.interface(), self.folder.path(), NEVER));
        let taken = taken.unwrap_or_else(|error| panic!("{manager}: {error}"));
        machine::measured(&format!("taken from {manager}: {:.2} s", started.elapsed().as_secs_f64()));
        let mut show = self.station().command(requirements::program("ip"));
        show.args(["address", "show", "dev", self.interface()]);
        let show = run(show);
        assert!(show.contains(",UP"), "{show}");
        // What it was given in the network goes with the network.
        assert!(address.is_none_or(|address| !show.contains(&address.to_string())), "{show}");
        assert_eq!(taken.owners().next(), Some(manager));
        assert_eq!(fs::metadata(&file).expect("a state file").permissions().mode() & 0o777, 0o600);
        self.hostapd.process().wait_for_after(mark, "AP-STA-DISCONNECTED");
        let second = inside(self.station(), || take(self.interface(), self.folder.path(), NEVER));
        assert!(matches!(second, Err(Error::InUse { .. })), "{second:?}");
        self.assert_free();
        let mark = self.hostapd.process().mark();
        inside(self.station(), || taken.give_back()).unwrap_or_else(|error| panic!("{manager}: {error}"));
        assert!(!file.exists());
        self.assert_back(mark, address);

        let mark = self.hostapd.process().mark();
        self.kill_taker("guarded");
        self.hostapd.process().wait_for_after(mark, "AP-STA-DISCONNECTED");
        self.assert_back(mark, address);
        wait_until(|| !file.exists());

        self.kill_taker("take");
        assert!(file.exists());
        let mark = self.hostapd.process().mark();
        let restored = inside(self.station(), || restore(self.interface(), self.folder.path()));
        assert_eq!(
            restored.unwrap_or_else(|error| panic!("{manager}: {error}")),
            Restored::Given(vec![manager])
        );
        self.assert_back(mark, address);
        let again = inside(self.station(), || restore(self.interface(), self.folder.path()));
        assert!(matches!(again, Ok(Restored::Nothing)), "{again:?}");
    }

    /// Another program can join on the interface, and stays joined for some time.
    fn assert_free(&self) {
        let mark = self.hostapd.process().mark();
        let other = Supplicant::on_radio(self.station());
        let control = other.control();
        let id = control.request("ADD_NETWORK");
        control.expect(&format!("SET_NETWORK {id} ssid {}", to_hex(SSID.as_bytes())));
        control.expect(&format!("SET_NETWORK {id} psk {PSK}"));
        control.expect(&format!("SELECT_NETWORK {id}"));
        other.wait_until_joined();
        // NetworkManager takes the address along.
        let mut address = self.station().command(requirements::program("ip"));
        address.args(["address", "replace", &format!("{OWN_ADDRESS}/24"), "dev", self.interface()]);
        run(address);
        for _ in 0..5 {
            self.assert_reach(None);
        }
        let connects = self.hostapd.process().output();
        let after = connects.lines().skip(mark).filter(|line| line.contains("AP-STA-DISCONNECTED")).count();
        assert_eq!(after, 0, "{connects}");
    }

    /// Its owner has joined again by itself.
    fn assert_back(&self, mark: usize, address: Option<IpAddr>) {
        self.hostapd.process().wait_for_after(mark, "AP-STA-CONNECTED");
        self.assert_reach(address);
    }

    /// Starts a program that takes the interface, and kills it when it has.
    fn kill_taker(&self, role: &str) {
        let mut command = self.station().command(Path::new(env!("CARGO_BIN_EXE_taker")));
        command.args([role, self.interface()]).arg(self.folder.path());
        let mut taker = Process::spawn("taker", command);
        taker.wait_for("taken");
        taker.signal(Signal::KILL);
        if role == "take" {
            taker.wait();
        }
    }
}

/// Does something in a radio's namespace, on a thread of its own.
fn inside<T: Send>(end: &End, task: impl FnOnce() -> T + Send) -> T {
    let namespace = File::open(format!("/run/netns/{}", end.namespace())).expect("the namespace");
    thread::scope(|scope| {
        let thread = scope.spawn(|| {
            move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))
                .expect("into the namespace");
            task()
        });
        thread.join().expect("no panic inside")
    })
}

fn wait_until(done: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < deadline, "that does not happen");
        thread::yield_now();
    }
}
