//! What is typed goes nowhere but to where it was typed for.

use crate::client::Reply;
use crate::house::{Caller, House};
use crate::html::Element;
use crate::setup::{begin_by_pin, shown_pin, wait_until_found};
use serde_json::json;

/// Secrets that are typed, the right and the wrong ones.
const PASSWORD: &str = "Secret-of-the-page";
const NEW_PASSWORD: &str = "Secret-of-the-new-page";
const GUESS: &str = "Secret-guess";
const PASSPHRASE: &str = "Secret-of-the-air";
const MISTYPED: &str = "9876 5439";
const SHORT: &str = "Secr3t";

/// Checks every answer that somebody heard: no secret in a header, in an address on a page, or in a refusal.
fn check(heard: &[Reply], secrets: &[String]) {
    assert!(heard.len() > 10 && heard.iter().any(|reply| reply.status >= 400));
    for reply in heard {
        let headers: Vec<&str> = reply.headers.iter().map(|(_, value)| value.as_str()).collect();
        let mut clean = headers.join("\n");
        let mut text = reply.text().to_owned();
        let kind = reply.header("content-type").unwrap_or_default();
        if kind.starts_with("text/html") {
            let page = Element::parse(reply.text());
            if let Some(own) = page.by_id("passphrase") {
                // Its own place on the owner's page, which is shown again with the refusal.
                text = text.replacen(&format!("<code>{}</code>", own.text()), "", 1);
            }
            for (element, _) in page.all() {
                for name in ["href", "src", "action"] {
                    clean += element.attribute(name).unwrap_or_default();
                }
                if element.name == "input" {
                    // What was typed does not stand in the form that is shown again.
                    clean += element.attribute("value").unwrap_or_default();
                }
            }
        }
        if reply.status >= 400 {
            clean += &text;
        }
        for secret in secrets {
            assert!(!clean.contains(secret.as_str()), "{secret} in {}: {clean}", reply.status);
        }
    }
}

/// The ways in which a secret may be written.
fn written(secrets: &[&str]) -> Vec<String> {
    let mut all = Vec::new();
    for secret in secrets {
        all.push((*secret).to_owned());
        all.push(secret.replace(' ', ""));
        all.push(crate::client::encoded(secret));
        all.push(secret.replace(' ', "+"));
    }
    all
}

#[test]
fn with_forms() {
    let house = House::open();
    let mut browser = house.caller();
    let form = browser.page("/router").form("Set the password");
    browser.post(&form.clone().fill("password", PASSWORD).fill("again", GUESS)).ok(422);
    browser.post(&form.clone().fill("password", SHORT).fill("again", SHORT)).ok(422);
    let page = browser.submit(&form.fill("password", PASSWORD).fill("again", PASSWORD));
    let page = browser.submit(&page.form("Log out"));
    browser.post(&page.form("Log in").fill("password", GUESS)).ok(401);
    let page = browser.submit(&page.form("Log in").fill("password", PASSWORD));
    browser.post(&page.form("Change it").fill("+old", GUESS).fill("+new", NEW_PASSWORD)).ok(401);
    browser.post(&page.form("Change it").fill("+old", PASSWORD).fill("+new", SHORT)).ok(422);
    let page = browser.submit(&page.form("Change it").fill("+old", PASSWORD).fill("+new", NEW_PASSWORD));
    browser.post(&page.form("Change the network").fill("+passphrase", SHORT)).ok(422);
    let page = browser.submit(&page.form("Change the network").fill("+passphrase", PASSPHRASE));
    let page = browser.submit(&page.form("Switch WPS on"));
    for wrong in [MISTYPED, PASSPHRASE, PASSWORD] {
        browser.post(&page.form("Add device").fill("+pin", wrong)).ok(422);
    }
    let page = browser.page("/printer/hall/web");
    browser.post(&page.form("Start").fill("+secret", MISTYPED)).ok(422);
    browser.post(&page.form("Join").fill("+ssid", "Home").fill("+secret", SHORT)).ok(422);
    // A form whose page is too old, with everything in it.
    let mut old = browser.page("/router").form("Add device").fill("+pin", MISTYPED);
    old.fields.retain(|(name, _)| name != "token");
    old.fields.push(("back".to_owned(), format!("/printer/{MISTYPED}")));
    browser.post(&old).ok(422);
    check(&browser.heard, &written(&[PASSWORD, NEW_PASSWORD, GUESS, PASSPHRASE, MISTYPED, SHORT]));

    // The printer's PIN, from its screen to the router's page.
    let from = browser.heard.len();
    let page = browser.page("/printer/study/web");
    let page = browser.submit(&page.form("Show a new PIN"));
    let pin = page.by_id("pin-shown").expect("a PIN").text();
    let form = browser.page("/router").form("Add device").fill("+pin", &pin);
    let page = browser.submit(&form);
    assert!(page.text().contains("A PIN for any device waits"));
    assert!(!page.text().contains(&pin), "it is not shown again");
    browser.post(&form.fill("+device", "nobody")).ok(422);
    wait_until_found(&mut browser, "study");
    for path in ["/", "/printer/study", "/printer/study/web", "/computer"] {
        assert!(!browser.page(path).text().contains(&pin), "{path}: it is used up");
    }
    browser.get("/nowhere").ok(404);
    let new: Vec<Reply> = browser.heard.drain(from..).collect();
    check(&new, &written(&[&pin, PASSPHRASE]));
}

#[test]
fn with_the_api() {
    let house = House::open();
    let mut owner = house.caller();
    for (path, password, status) in [
        ("/api/session", GUESS, 401),
        ("/api/password", SHORT, 422),
        ("/api/password", PASSWORD, 200),
        ("/api/password", NEW_PASSWORD, 401),
        ("/api/session", GUESS, 401),
        ("/api/session", PASSWORD, 200),
    ] {
        owner.api("POST", path, &json!({ "password": password })).ok(status);
    }
    let refused = |owner: &mut Caller, action: serde_json::Value| {
        let reply = owner.act(action.clone());
        assert!((400..500).contains(&reply.status), "{action}: {}", reply.status);
    };
    owner.at_router(json!({ "do": "network", "passphrase": PASSPHRASE }));
    owner.at_router(json!({ "do": "wps", "on": true }));
    for pin in [MISTYPED, PASSPHRASE, SHORT] {
        refused(&mut owner, json!({ "at": "router", "action": { "do": "add-pin", "pin": pin } }));
        refused(&mut owner, json!({ "at": "router", "action": { "do": pin } }));
        refused(&mut owner, json!({ "at": pin }));
        refused(&mut owner, json!({ "at": "printer", "printer": pin, "action": { "do": "cancel" } }));
        let choose = json!({ "do": "choose", "item": pin });
        refused(&mut owner, json!({ "at": "printer", "printer": "study", "action": choose }));
        let start = json!({ "do": "start", "method": "router-pin", "secret": pin });
        refused(&mut owner, json!({ "at": "printer", "printer": "hall", "action": start }));
        refused(&mut owner, json!({ "at": "computer", "action": { "do": "enter", "text": pin } }));
    }
    check(&owner.heard, &written(&[PASSWORD, NEW_PASSWORD, GUESS, PASSPHRASE, MISTYPED, SHORT]));

    let from = owner.heard.len();
    let pin = begin_by_pin(&mut owner);
    assert_eq!(shown_pin(&mut owner, "study"), pin, "it stands on the printer's screen");
    let router = owner.router().to_string();
    assert!(!router.contains(&pin) && !router.contains(&pin.replace(' ', "")), "{router}");
    refused(
        &mut owner,
        json!({ "at": "router", "action": { "do": "add-pin", "pin": pin, "device": "nobody" } }),
    );
    wait_until_found(&mut owner, "study");
    for path in ["/api/home", "/api/router", "/api/printers/study/configuration"] {
        let text = owner.get(path).json().to_string();
        assert!(!text.contains(&pin) && !text.contains(&pin.replace(' ', "")), "{path}");
    }
    let new: Vec<Reply> = owner.heard.drain(from..).collect();
    check(&new, &written(&[&pin, PASSPHRASE]));
}
