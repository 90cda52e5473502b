//! Whole set-ups, over HTTP alone: by a program, and by a browser that runs no script.

use crate::client::Reply;
use crate::house::{Caller, House, PASSWORD};
use crate::html::{Element, Form};
use keyway_devices::view::{Display, PrinterView};
use serde_json::json;

fn printer(caller: &mut Caller, id: &str) -> PrinterView {
    let found = caller.home().printers.into_iter().find(|printer| printer.id == id);
    found.expect("the printer")
}

/// Touches the items with these labels, one after the other.
fn touch(caller: &mut Caller, id: &str, path: &[&str]) {
    for label in path {
        let Display::Touch(screen) = printer(caller, id).panel.display else { panic!("no touch screen") };
        let item = screen.items.iter().find(|item| item.label == *label).expect("the item").id.clone();
        caller.at_printer(id, json!({ "do": "choose", "item": item }));
    }
}

/// The PIN on a printer's screen.
pub(crate) fn shown_pin(caller: &mut Caller, id: &str) -> String {
    let Display::Touch(screen) = printer(caller, id).panel.display else { panic!("no touch screen") };
    screen.pin.as_ref().expect("a PIN on the screen").expose().to_owned()
}

/// Asks the study's printer for a PIN and types it at the router: the PIN.
pub(crate) fn begin_by_pin(owner: &mut Caller) -> String {
    owner.at_router(json!({ "do": "wps", "on": true }));
    touch(owner, "study", &["Wireless", "Wi-Fi Setup", "WPS PIN"]);
    let pin = shown_pin(owner, "study");
    let nickname = printer(owner, "study").nickname;
    let device = owner.until("the printer in the router's list", |owner| {
        let waiting = owner.router()["waiting"].as_array().expect("a list").clone();
        waiting.into_iter().find(|device| device["nickname"] == nickname.as_str())
    });
    assert_eq!(device["by_button"], false);
    owner.at_router(json!({ "do": "add-pin", "pin": pin, "device": device["mac"] }));
    pin
}

/// Lets time pass until the printer is online, and the computer has found it.
pub(crate) fn wait_until_found(caller: &mut Caller, id: &str) -> String {
    caller.until("the printer to be found", |caller| {
        let home = caller.home();
        let printer = home.printers.iter().find(|printer| printer.id == id).expect("the printer");
        // While it goes on, a reason is why it still waits.
        let ended = printer.session.as_ref().filter(|session| !session.running);
        if let Some(reason) = ended.and_then(|session| session.reason.as_ref()) {
            panic!("{}: {}", reason.code, reason.what);
        }
        let network = printer.network.as_ref().filter(|network| network.connected)?;
        let address = network.address.clone()?;
        home.computer.found.iter().any(|found| found.address == address).then_some(address)
    })
}

#[test]
fn by_pin_with_the_api() {
    let house = House::open();
    let mut owner = house.owner();
    begin_by_pin(&mut owner);
    let mac = printer(&mut owner, "study").mac;
    let address = wait_until_found(&mut owner, "study");
    owner.until("WPS off again", |owner| {
        let banner = owner.get("/api/home").json()["router"]["banner"].clone();
        (banner["state"] == "off" && banner["verified"]["off"] == true).then_some(())
    });
    let router = owner.router();
    let entry = &router["ledger"][0];
    assert_eq!(
        (&entry["mac"], &entry["result"], &entry["method"]),
        (&json!(mac), &json!("success"), &json!("pin"))
    );
    let joined =
        router["joined"].as_array().expect("a list").iter().find(|device| device["mac"] == mac.as_str());
    assert_eq!(joined.expect("the printer has joined")["address"], json!(address));
    assert!(router["pins"].as_array().expect("a list").is_empty());
    let session = printer(&mut owner, "study").session.expect("a session");
    let names: Vec<&str> = session.messages.iter().map(|message| message.name.as_str()).collect();
    for name in ["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "WSC_Done"] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
    let page = owner.get("/api/printers/study/configuration").ok(200).json();
    assert!(page.to_string().contains(&address), "{page}");
}

#[test]
fn every_other_method_with_the_api() {
    for (id, method) in [
        ("attic", "button"),
        ("kitchen", "label-pin"),
        ("hall", "router-pin"),
        ("study", "passphrase"),
        ("attic", "usb"),
    ] {
        let house = House::open();
        let mut owner = house.owner();
        owner.at_router(json!({ "do": "wps", "on": true }));
        let mut start = json!({ "do": "start", "method": method });
        match method {
            "button" => owner.at_router(json!({ "do": "button" })),
            "label-pin" => {
                let sticker = printer(&mut owner, id).panel.sticker.expect("a label");
                owner.at_router(json!({ "do": "add-pin", "pin": sticker.pin.expose() }));
            }
            "router-pin" => {
                owner.at_router(json!({ "do": "router-pin-on", "minutes": 5 }));
                start["secret"] = owner.router()["router_pin"]["pin"].clone();
            }
            _ => {
                start["ssid"] = json!("Home");
                start["secret"] = owner.router()["passphrase"].clone();
                owner.done(json!({ "at": "home", "action": { "do": "usb", "printer": id, "on": true } }));
            }
        }
        owner.at_printer(id, start);
        wait_until_found(&mut owner, id);
        let session = printer(&mut owner, id).session.expect("a session");
        assert_eq!(serde_json::to_value(session.method).expect("a method"), json!(method));
    }
}

/// Lets time pass by the form of the front page.
fn let_time_pass(browser: &mut Caller, seconds: &str) {
    let form = browser.page("/").form("Let time pass").fill("+seconds:n", seconds);
    browser.submit(&form);
}

/// Clicks the button with this label on a page.
fn click(browser: &mut Caller, page: &Element, label: &str) -> Element {
    browser.submit(&page.form(label))
}

#[test]
fn by_pin_with_forms_alone() {
    let house = House::open();
    let mut browser = house.caller();
    let page = browser.page("/router");
    let form = page.form("Set the password").fill("password", PASSWORD).fill("again", PASSWORD);
    let page = browser.submit(&form);
    assert!(page.text().contains("WPS is off"), "{}", page.text());
    let page = click(&mut browser, &page, "Switch WPS on");
    assert!(page.text().contains("WPS is on"), "{}", page.text());

    let mut page = browser.page("/printer/study");
    for label in ["Wireless", "Wi-Fi Setup", "WPS PIN"] {
        page = click(&mut browser, &page, label);
    }
    let pin = page.by_id("pin-shown").expect("a PIN on the screen").text();
    let nickname = printer(&mut browser, "study").nickname;
    assert!(page.text().contains(&nickname));

    let (form, device) = waiting(&mut browser, &nickname);
    let page = browser.submit(&form.fill("+pin", &pin).fill("+device", &device));
    assert!(page.text().contains(&format!("A PIN for {nickname} waits")), "{}", page.text());

    let mut page = page;
    for _ in 0..60 {
        let_time_pass(&mut browser, "3");
        page = browser.page("/computer");
        if page.by_id("printers").expect("the printers").text().contains("Printer in the study") {
            break;
        }
    }
    assert!(page.text().contains("Printer in the study"), "{}", page.text());
    let page = browser.page("/printer/study");
    let address = page.by_id("address").expect("an address").text();
    let steps = page.by_id("session").expect("the set-up").named("li");
    assert_eq!(steps.len(), 7);
    assert!(steps.iter().all(|step| step.attribute("class") == Some("done")), "{}", page.text());
    let page = browser.page("/router");
    assert!(page.by_id("devices").expect("the devices").text().contains(&address));
    let ledger = page.by_id("ledger").expect("the ledger").text();
    assert!(ledger.contains(&nickname) && ledger.contains("success"), "{ledger}");

    let page = browser.page("/printer/study");
    let page = click(&mut browser, &page, "Print the network configuration page");
    let sheet = page.by_id("tray").expect("the tray").named("a")[0].attribute("href").expect("a sheet");
    assert!(browser.get(sheet).ok(200).body.starts_with(b"%PDF-"));
    let page = click(&mut browser, &page, "Take away");
    assert!(page.text().contains("Nothing printed yet"));
    browser.get("/printer/study/paper/1").ok(404);
}

/// The form at the router, and the device with this nickname in it.
fn waiting(browser: &mut Caller, nickname: &str) -> (Form, String) {
    for _ in 0..20 {
        let page = browser.page("/router");
        let list = page.by_id("waiting").expect("the devices that wait");
        for label in list.named("label") {
            if label.text().contains(nickname) {
                let device = label.named("input")[0].attribute("value").expect("an address").to_owned();
                return (page.form("Add device"), device);
            }
        }
        let_time_pass(browser, "3");
    }
    panic!("{nickname} does not appear at the router");
}

#[test]
fn a_form_that_is_refused_shows_the_page_again_and_says_why() {
    let house = House::open();
    let mut browser = house.caller();
    let refused = |reply: Reply, code: &str| {
        let page = Element::parse(reply.text());
        let flash = page.by_id("flash").expect("a place for it");
        let notice = flash.named("div")[0];
        assert_eq!(notice.attribute("data-refusal"), Some(code));
        assert_eq!(notice.attribute("role"), Some("alert"));
        (reply.status, page)
    };
    let page = browser.page("/router");
    let form = page.form("Set the password");
    let different = form.clone().fill("password", PASSWORD).fill("again", "something-else");
    assert_eq!(refused(browser.post(&different), "bad-value").0, 422);
    let form = form.fill("password", PASSWORD).fill("again", PASSWORD);
    browser.submit(&form);
    let page = browser.page("/router");
    browser.submit(&page.form("Switch WPS on"));
    for (pin, code) in [
        ("12345678", "bad-pin"),
        ("123", "bad-pin"),
        ("", "bad-value"),
        ("my wifi passphrase", "looks-like-password"),
    ] {
        let form = browser.page("/router").form("Add device").fill("+pin", pin);
        let (status, page) = refused(browser.post(&form), code);
        assert_eq!(status, 422, "{pin}");
        assert!(page.by_id("add").is_some(), "the form is there again");
    }
    let page = browser.page("/printer/study");
    let far = page.form("Move").fill("+metres:n", "501");
    assert_eq!(refused(browser.post(&far), "bad-value").0, 422);
    let far = page.form("Move").fill("+metres:n", "far away");
    let (_, page) = refused(browser.post(&far), "bad-value");
    assert_eq!(page.named("body")[0].attribute("data-path"), Some("/printer/study"));
}
