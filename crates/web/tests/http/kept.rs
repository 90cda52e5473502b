//! A home whose settings last: ended and started again with the same folder.

use crate::house::{Caller, House, PASSWORD};
use crate::setup::{begin_by_pin, wait_until_found};
use keyway_devices::Refusal;
use keyway_devices::durable::{Change, Saved};
use keyway_store::Store;
use keyway_web::kept;
use keyway_web::live::Keeper;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};

/// Keeps what must last in the store, as the program does.
struct Kept {
    store: Store,
    /// Dropped after the store: whoever waits for it knows that the file is closed.
    _ended: mpsc::Sender<()>,
}

impl Keeper for Kept {
    fn keep(&mut self, changes: &[Change]) -> Result<(), Refusal> {
        kept::write(&mut self.store, changes)
            .map_err(|error| Refusal::new("store", error.to_string(), "Make room."))
    }
}

/// Runs a home with this folder; it has ended when this returns.
fn with_folder<T>(folder: &Path, visit: impl FnOnce(&House) -> T) -> T {
    let store = Store::open(folder).expect("the store");
    let saved = kept::read(&store).expect("what was kept");
    let (ended, end) = mpsc::channel();
    let house = House::with(saved, Box::new(Kept { store, _ended: ended }));
    let result = visit(&house);
    house.close();
    // Nothing is ever sent: it ends when the sender is gone.
    assert!(end.recv().is_err());
    result
}

/// The router's settings, which have to be the same again.
fn settings_of(owner: &mut Caller) -> Value {
    let router = owner.router();
    json!({
        "ssid": router["public"]["ssid"],
        "passphrase": router["passphrase"],
        "bands": router["bands"],
        "security": router["security"],
        "wps": router["wps"],
        "off_after_success": router["off_after_success"],
        "dhcp": router["dhcp"],
    })
}

fn log_in(house: &House, password: &str) -> Caller {
    let mut caller = house.caller();
    caller.api("POST", "/api/session", &json!({ "password": password })).ok(200);
    caller
}

/// Whether this stands in a file of the folder.
fn is_in_files(folder: &Path, text: &str) -> bool {
    let entries = std::fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("a file").path());
    let files: Vec<Vec<u8>> = entries.map(|path| std::fs::read(path).expect("a file")).collect();
    assert!(files.iter().any(|octets| octets.starts_with(b"SQLite format 3")), "the store is there");
    files.iter().any(|octets| octets.windows(text.len()).any(|window| window == text.as_bytes()))
}

/// Fails when one of these stands in a file of the folder.
fn check_files(folder: &Path, secrets: &[String]) {
    for secret in secrets {
        assert!(!is_in_files(folder, secret), "{secret}");
    }
}

#[test]
fn settings_password_and_ledger_are_there_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().join("data");
    let mut secrets = vec![PASSWORD.to_owned(), "a-new-password".to_owned()];
    let mut add = |pin: &str| secrets.extend([pin.to_owned(), pin.replace(' ', "")]);
    let (settings, ledger, joined) = with_folder(&folder, |house| {
        let mut owner = house.owner();
        let network = json!({ "do": "network", "ssid": "Maple Street", "passphrase": "correct horse battery", "bands": "ghz2" });
        owner.at_router(network);
        owner.at_router(json!({ "do": "off-after-success", "on": false }));
        owner.at_printer("study", json!({ "do": "pin-lifetime", "seconds": 300 }));
        add(&begin_by_pin(&mut owner));
        wait_until_found(&mut owner, "study");
        owner.at_router(json!({ "do": "router-pin-on" }));
        add(owner.router()["router_pin"]["pin"].as_str().expect("a PIN"));
        // PINs that are still open when the home ends.
        owner.at_router(json!({ "do": "add-pin", "pin": "1234 5670" }));
        owner.at_printer("hall", json!({ "do": "start", "method": "pin" }));
        owner.at_router(json!({ "do": "change-password", "old": PASSWORD, "new": "a-new-password" }));
        let router = owner.router();
        (settings_of(&mut owner), router["ledger"].clone(), router["joined"].clone())
    });
    add("1234 5670");
    check_files(&folder, &secrets);
    assert_eq!(settings["ssid"], "Maple Street");
    // The network's key has to last: it stands there as hexadecimal digits, and would be found.
    let key: String = "correct horse battery".bytes().map(|octet| format!("{octet:02x}")).collect();
    assert!(is_in_files(&folder, &key));

    with_folder(&folder, |house| {
        assert_eq!(house.caller().session()["has_password"], true);
        let mut thief = house.caller();
        thief.api("POST", "/api/password", &json!({ "password": "another-password" })).ok(401);
        thief.api("POST", "/api/session", &json!({ "password": PASSWORD })).ok(401);
        let mut owner = log_in(house, "a-new-password");
        assert_eq!(settings_of(&mut owner), settings);
        let router = owner.router();
        assert!(
            router["router_pin"]["pin"].is_null() && router["pins"].as_array().is_some_and(Vec::is_empty)
        );
        let kept = ledger.as_array().expect("a ledger");
        assert!(
            kept.iter().any(|entry| entry["result"] == "success" && entry["method"] == "pin"),
            "{ledger}"
        );
        let now = router["ledger"].as_array().expect("a ledger");
        for entry in kept {
            assert!(now.contains(entry), "{entry} is gone");
        }
        for device in joined.as_array().expect("a list") {
            let again = router["joined"]
                .as_array()
                .expect("a list")
                .iter()
                .find(|known| known["mac"] == device["mac"]);
            assert_eq!(again.expect("the device")["first"], device["first"]);
        }
        // The printer comes back by itself, with what it had been given.
        wait_until_found(&mut owner, "study");
        assert_eq!(owner.home().printers[0].pin_lifetime, 300);
        // What is taken away is gone from the file too.
        owner.at_router(json!({ "do": "network", "passphrase": "another passphrase" }));
        owner.at_printer("study", json!({ "do": "network-reset" }));
    });
    secrets.extend(["correct horse battery".to_owned(), key]);
    check_files(&folder, &secrets);

    with_folder(&folder, |house| {
        let mut owner = log_in(house, "a-new-password");
        assert_eq!(owner.router()["passphrase"], "another passphrase");
        assert!(owner.home().printers[0].network.is_none());
    });
}

/// Keeps nothing while the disk is full.
struct Full(Arc<AtomicBool>);

impl Keeper for Full {
    fn keep(&mut self, _: &[Change]) -> Result<(), Refusal> {
        match self.0.load(Ordering::SeqCst) {
            true => Err(Refusal::new("store", "There is no room.", "Make room.")),
            false => Ok(()),
        }
    }
}

#[test]
fn nobody_is_told_that_something_is_kept_that_is_not() {
    let full = Arc::new(AtomicBool::new(true));
    let house = House::with(Saved::default(), Box::new(Full(full.clone())));
    let mut owner = house.caller();
    let reply = owner.api("POST", "/api/password", &json!({ "password": PASSWORD })).ok(507);
    assert_eq!(reply.json()["code"], "store");
    // It holds until the program ends: the owner gets in. What has nothing to keep is done as ever.
    owner.api("POST", "/api/session", &json!({ "password": PASSWORD })).ok(200);
    owner.done(json!({ "at": "home", "action": { "do": "usb", "printer": "study", "on": true } }));
    let form = owner.page("/router").form("Switch WPS on");
    let reply = owner.post(&form).ok(507);
    assert!(reply.text().contains("There is no room."));
    assert_eq!(owner.router()["wps"], true);
    full.store(false, Ordering::SeqCst);
    owner.at_router(json!({ "do": "wps", "on": false }));
}
