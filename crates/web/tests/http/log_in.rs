//! The router's log-in, and what nobody sees without it.

use crate::client::{Events, Request};
use crate::house::{Caller, House, PASSWORD};
use crate::html::Element;
use crate::pages::paths;
use crate::setup::{begin_by_pin, wait_until_found};
use serde_json::{Value, json};

fn password(caller: &mut Caller, path: &str, password: &str) -> (u16, Value) {
    let reply = caller.api("POST", path, &json!({ "password": password }));
    (reply.status, reply.json())
}

fn is_inside(caller: &mut Caller) -> bool {
    let session = caller.get("/api/session").ok(200).json()["logged_in"] == true;
    let page = caller.page("/router").by_id("ledger").is_some();
    let api = caller.get("/api/router").status == 200;
    assert!(session == page && page == api, "{session} {page} {api}");
    api
}

#[test]
fn a_first_password_then_in_and_out_again() {
    let house = House::open();
    let mut owner = house.caller();
    assert_eq!(owner.session()["has_password"], false);
    assert_eq!(password(&mut owner, "/api/session", PASSWORD).0, 401, "there is none yet");
    for (short, code) in [("", "bad-value"), ("seven77", "bad-value"), (&*"x".repeat(257), "too-long")] {
        let (status, reason) = password(&mut owner, "/api/password", short);
        assert_eq!((status, &reason["code"]), (422, &json!(code)), "{reason}");
        assert!(!is_inside(&mut owner));
    }
    let strange = owner.cookie.clone();
    assert_eq!(password(&mut owner, "/api/password", "éèéè äöü!").0, 200);
    assert!(is_inside(&mut owner));
    assert_ne!(owner.cookie, strange, "a log-in changes the cookie");
    assert_eq!(owner.session()["has_password"], true);
    // Nobody sets another first password, not even the owner.
    for caller in [&mut owner, &mut house.caller()] {
        assert_eq!(password(caller, "/api/password", "another-password").0, 401);
    }
    let inside = owner.cookie.clone();
    owner.api("DELETE", "/api/session", &json!({})).ok(204);
    assert!(!is_inside(&mut owner));
    for (guess, status) in [("another-password", 401), ("éèéè äöü", 401), ("éèéè äöü!", 200)] {
        assert_eq!(password(&mut owner, "/api/session", guess).0, status);
        assert_eq!(is_inside(&mut owner), status == 200);
    }
    for old in [strange, inside] {
        let mut thief = house.caller();
        thief.cookie = old.clone();
        assert!(!is_inside(&mut thief), "{old:?}");
    }
    for planted in ["keyway=", "keyway=0", "keyway=00000000000000000000000000000000", "keyway", "=", ";;;"] {
        let mut thief = house.caller();
        thief.cookie = Some(planted.to_owned());
        assert!(!is_inside(&mut thief), "{planted}");
        assert_ne!(thief.cookie.as_deref(), Some(planted), "it gets one of ours");
    }
}

#[test]
fn guessing_has_to_wait() {
    let house = House::open();
    let owner = house.owner();
    let mut thief = house.caller();
    for wait in [0, 0, 1, 2, 4, 8, 16, 32, 60, 60] {
        assert_eq!(password(&mut thief, "/api/session", "a guess").0, 401);
        if wait > 8 {
            // Not even the right one is heard, whoever sends it.
            for caller in [&mut thief, &mut house.caller()] {
                let (status, reason) = password(caller, "/api/session", PASSWORD);
                assert_eq!((status, &reason["code"]), (429, &json!("throttled")), "{reason}");
                let next = reason["next"].as_str().expect("what to do");
                let seconds = next.split(' ').find_map(|word| word.parse::<u64>().ok());
                assert!(seconds.is_some_and(|seconds| (1..=wait).contains(&seconds)), "{next}");
            }
        }
        if wait > 0 {
            thief.wait(wait);
        }
    }
    assert_eq!(password(&mut thief, "/api/session", PASSWORD).0, 200);
    drop(owner);
}

#[test]
fn the_same_with_forms() {
    let house = House::open();
    let mut browser = house.caller();
    let form = browser.page("/router").form("Set the password");
    let page = Element::parse(
        browser.post(&form.clone().fill("password", "short").fill("again", "short")).ok(422).text(),
    );
    assert!(page.by_id("flash").expect("a notice").text().contains("too short"));
    let page = browser.submit(&form.fill("password", PASSWORD).fill("again", PASSWORD));
    let page = browser.submit(&page.form("Log out"));
    assert!(page.by_id("ledger").is_none());
    let form = page.form("Log in");
    for _ in 0..3 {
        let reply = browser.post(&form.clone().fill("password", "a wrong password")).ok(401);
        let page = Element::parse(reply.text());
        assert!(page.by_id("flash").expect("a notice").text().contains("The password is wrong."));
        assert!(page.forms().iter().any(|form| form.label == "Log in"), "the form is there again");
    }
    browser.wait(2);
    let page = browser.page("/router");
    assert!(browser.submit(&page.form("Log in").fill("password", PASSWORD)).by_id("ledger").is_some());
}

#[test]
fn a_new_password_sends_the_others_out() {
    let house = House::open();
    let mut owner = house.owner();
    let mut other = house.caller();
    assert_eq!(password(&mut other, "/api/session", PASSWORD).0, 200);
    let change = |old: &str| json!({ "at": "router", "action": { "do": "change-password", "old": old, "new": "a-new-password" } });
    owner.act(change("not-the-old-one")).ok(401);
    assert!(is_inside(&mut other));
    owner.act(change(PASSWORD)).ok(204);
    assert!(is_inside(&mut owner) && !is_inside(&mut other));
    assert_eq!(password(&mut other, "/api/session", PASSWORD).0, 401);
    assert_eq!(password(&mut other, "/api/session", "a-new-password").0, 200);
}

#[test]
fn a_router_without_power_answers_nobody() {
    let house = House::open();
    let mut owner = house.owner();
    let power = |on: bool| json!({ "at": "home", "action": { "do": "router-power", "on": on } });
    owner.done(power(false));
    assert!(!owner.page("/router").text().contains("Wi-Fi password"));
    assert_eq!(owner.get("/api/router").status, 409);
    owner.act(json!({ "at": "router", "action": { "do": "wps", "on": true } })).ok(409);
    assert_eq!(password(&mut house.caller(), "/api/session", PASSWORD).0, 409);
    owner.done(power(true));
    assert!(is_inside(&mut owner));

    let house = House::open();
    let mut first = house.caller();
    first.done(power(false));
    assert_eq!(password(&mut first, "/api/password", PASSWORD).0, 409);
    first.done(power(true));
    assert_eq!(first.session()["has_password"], false);
}

#[test]
fn what_is_the_owners_is_in_no_answer_to_anybody_else() {
    let house = House::open();
    let mut owner = house.owner();
    owner.at_router(json!({ "do": "network", "passphrase": "correct horse battery" }));
    begin_by_pin(&mut owner);
    wait_until_found(&mut owner, "study");
    owner.at_router(json!({ "do": "wps", "on": true }));
    owner.at_router(json!({ "do": "router-pin-on", "minutes": 10 }));
    for id in ["study", "attic"] {
        owner.at_printer(id, json!({ "do": "print-configuration-page" }));
    }
    let router = owner.router();
    assert_eq!(router["passphrase"], "correct horse battery");
    let pin = router["router_pin"]["pin"].as_str().expect("the router's PIN").to_owned();
    assert!(!router["ledger"].as_array().expect("a ledger").is_empty());

    let digits: String = pin.split(' ').collect();
    let hexadecimal: String = "correct horse battery".bytes().map(|octet| format!("{octet:02x}")).collect();
    let secrets = ["correct horse battery", &pin, &digits, &hexadecimal, PASSWORD, "argon2"];
    let owners =
        ["\"ledger\"", "id=\"ledger\"", "\"passphrase\":", "\"router_pin\"", "\"waiting\"", "\"sessions\""];
    let mut paths = paths();
    paths.extend(crate::pages::PRINTERS.map(|id| format!("/api/printers/{id}/configuration")));
    paths.extend(
        ["/api/home", "/api/session", "/api/router", "/act", "/nowhere", "/api/nowhere"].map(str::to_owned),
    );
    let mut stranger = house.caller();
    let mut late = house.caller();
    late.api("POST", "/api/session", &json!({ "password": PASSWORD })).ok(200);
    late.api("DELETE", "/api/session", &json!({})).ok(204);
    let mut guesser = house.caller();
    password(&mut guesser, "/api/session", "a wrong password");
    for caller in [&mut stranger, &mut late, &mut guesser] {
        for path in &paths {
            let reply = caller.get(path);
            for word in secrets.iter().chain(&owners) {
                assert!(!reply.text().contains(word), "{path} has {word}");
            }
        }
    }
    let (event, data) = Events::open(house.address, "/api/events").next();
    assert_eq!(event, "home");
    for word in secrets.iter().chain(&owners) {
        assert!(!data.contains(word), "the stream has {word}");
    }
    // The owner sees them where they belong, and only there.
    let page = owner.page("/router");
    assert_eq!(page.by_id("passphrase").expect("the Wi-Fi password").text(), "correct horse battery");
    assert_eq!(page.by_id("router-pin-shown").expect("the router's PIN").text(), pin);
    for path in crate::pages::paths().iter().filter(|path| *path != "/router") {
        let reply = owner.get(path);
        assert!(!reply.text().contains("correct horse battery") && !reply.text().contains(&pin), "{path}");
    }
    let head = Request::new("HEAD", "/router").send(house.address).ok(200);
    assert!(head.body.is_empty());
}
