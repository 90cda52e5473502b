//! What is refused, and that nothing has changed afterwards.

use crate::client::{FORM, JSON, Reply, Request, form};
use crate::house::{Caller, House, PASSWORD};
use crate::html::Element;
use crate::pages::{check_headers, paths};
use serde_json::{Value, json};

/// A home in which nothing happens by itself any more, with somebody who looks at it.
fn quiet() -> (House, Caller) {
    let house = House::open();
    let mut watcher = house.caller();
    watcher.until("the computer on its network", |watcher| {
        watcher.wait(30);
        watcher.home().computer.address
    });
    (house, watcher)
}

/// Checks that a refusal of the API says why.
fn check_reason(reply: &Reply, what: &str) -> Value {
    assert!((400..500).contains(&reply.status), "{what}: {}", reply.status);
    check_headers(&reply.headers);
    let reason = reply.json();
    for field in ["code", "what", "next"] {
        let text = reason[field].as_str().unwrap_or_else(|| panic!("{what}: no {field} in {reason}"));
        assert!(!text.is_empty(), "{what}: {field}");
    }
    let code = reason["code"].as_str().unwrap_or_default();
    assert!(code.bytes().all(|c| c.is_ascii_lowercase() || c == b'-'), "{what}: {code}");
    reason
}

#[test]
fn addresses_and_methods_that_are_none() {
    let (house, mut watcher) = quiet();
    let before = watcher.still();
    for path in
        ["/nowhere", "/printer/", "/printer/study/", "/printer/study/web/x", "/assets/no.css", "/Router"]
    {
        let reply = watcher.get(path).ok(404);
        check_headers(&reply.headers);
    }
    for path in [
        "/api",
        "/api/",
        "/api/nowhere",
        "/api/home/",
        "/api/printers/nobody/configuration",
        "/api/printers/%ff/configuration",
    ] {
        let reply = watcher.get(path).ok(404);
        // The folder itself belongs to the pages.
        if path.len() > "/api/".len() {
            assert_eq!(check_reason(&reply, path)["code"], "not-found");
        }
    }
    let methods = ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"];
    let mut pages = paths();
    pages.extend(["/events", "/assets/style.css", "/printer/study/configuration"].map(str::to_owned));
    for path in &pages {
        for method in methods {
            let reply = watcher.send(Request::new(method, path)).ok(405);
            let allowed = reply.header("allow").expect("what is allowed");
            assert_eq!(allowed, "GET,HEAD", "{method} {path}");
            check_headers(&reply.headers);
        }
    }
    for (path, allowed) in [
        ("/api/session", "GET,HEAD,POST,DELETE"),
        ("/api/password", "POST"),
        ("/api/home", "GET,HEAD"),
        ("/api/router", "GET,HEAD"),
        ("/api/actions", "POST"),
        ("/api/events", "GET,HEAD"),
        ("/api/openapi.json", "GET,HEAD"),
        ("/api/printers/study/configuration", "GET,HEAD"),
    ] {
        for method in ["PUT", "PATCH", "OPTIONS", "PROPFIND"] {
            let reply = watcher.send(Request::new(method, path)).ok(405);
            check_reason(&reply, path);
            assert_eq!(reply.header("allow"), Some(allowed), "{method} {path}");
        }
    }
    // The addresses of forms lead a person who types them to a page.
    for path in ["/act", "/router/login", "/router/logout", "/router/password"] {
        let reply = watcher.get(path).ok(303);
        let page = reply.header("location").expect("where to").to_owned();
        watcher.page(&page);
        watcher.send(Request::new("PUT", path)).ok(405);
    }
    assert_eq!(watcher.still(), before);
    house.close();
}

#[test]
fn names_that_are_not_ours() {
    let (house, mut watcher) = quiet();
    let before = watcher.still();
    let port = house.address.port();
    for host in [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.example:80",
        "",
        "::",
        "a b",
    ] {
        for path in ["/", "/api/home", "/events", "/api/events", "/assets/style.css", "/nowhere"] {
            let reply = Request::new("GET", path).header("Host", host).send(house.address).ok(421);
            check_headers(&reply.headers);
            assert!(!reply.text().contains("printer"), "{host}{path}");
        }
        let wait = json!({ "at": "home", "action": { "do": "wait", "seconds": 1 } }).to_string();
        Request::new("POST", "/api/actions")
            .header("Host", host)
            .body(JSON, wait)
            .send(house.address)
            .ok(421);
    }
    for host in
        ["localhost", "LocalHost", "127.0.0.1", "[::1]", "192.168.1.2", "printer.test", "Printer.Test"]
    {
        Request::new("GET", "/").header("Host", host).send(house.address).ok(200);
        Request::new("GET", "/").header("Host", &format!("{host}:{port}")).send(house.address).ok(200);
    }
    assert_eq!(watcher.still(), before);
}

#[test]
fn forms_of_other_pages_and_without_a_token() {
    let (house, mut watcher) = quiet();
    let mut victim = house.owner();
    let before = watcher.still();
    let page = victim.page("/router");
    let form = page.form("Switch WPS on");
    let fields: Vec<(&str, &str)> = form.fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let good = crate::client::form(&fields);
    let own = format!("http://{}", house.address);
    let other_port = format!("http://127.0.0.1:{}", house.address.port() ^ 1);
    // A page elsewhere, even one that has got hold of the token.
    for headers in [
        [("Origin", "https://evil.example")].as_slice(),
        &[("Origin", "null")],
        &[("Origin", &other_port)],
        &[("Origin", &own.replace("http:", "https:"))],
        &[("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")],
        &[("Sec-Fetch-Site", "cross-site")],
        &[("Sec-Fetch-Site", "same-site")],
        &[("Sec-Fetch-Site", "nonsense")],
        &[("Origin", &own), ("Sec-Fetch-Site", "same-site")],
    ] {
        for path in ["/act", "/router/logout", "/router/login", "/router/password"] {
            let mut request = Request::new("POST", path).body(FORM, good.clone());
            for (name, value) in headers {
                request = request.header(name, value);
            }
            check_headers(&victim.send(request).ok(403).headers);
        }
        let mut request = Request::new("POST", "/api/actions")
            .header("X-Keyway-Token", &victim.token)
            .body(JSON, json!({ "at": "router", "action": { "do": "wps", "on": true } }).to_string());
        for (name, value) in headers {
            request = request.header(name, value);
        }
        victim.send(request).ok(403);
    }
    // A form without the token of its visitor.
    let stranger = house.caller().session()["token"].as_str().expect("a token").to_owned();
    let cut = &victim.token[..31].to_owned();
    for token in [None, Some(""), Some("0"), Some(cut.as_str()), Some(stranger.as_str())] {
        let mut sent = form.clone();
        sent.fields.retain(|(name, _)| name != "token");
        sent.fields.extend(token.map(|token| ("token".to_owned(), token.to_owned())));
        let page = Element::parse(victim.post(&sent).ok(422).text());
        assert!(page.by_id("flash").expect("a notice").text().contains("This page was too old"));
        // Nor does it log anybody out.
        sent.target = "/router/logout".to_owned();
        victim.post(&sent).ok(303);
        assert!(victim.page("/router").by_id("ledger").is_some(), "still logged in");
    }
    for token in [None, Some(""), Some(cut.as_str()), Some(stranger.as_str()), Some("\u{e9}")] {
        for (method, path) in [
            ("POST", "/api/actions"),
            ("POST", "/api/session"),
            ("POST", "/api/password"),
            ("DELETE", "/api/session"),
        ] {
            let mut request = Request::new(method, path)
                .body(JSON, json!({ "at": "router", "action": { "do": "wps", "on": true } }).to_string());
            if let Some(token) = token {
                request = request.header("X-Keyway-Token", token);
            }
            let reply = victim.send(request).ok(403);
            assert_eq!(check_reason(&reply, path)["code"], "unauthorised");
        }
    }
    let after = watcher.still();
    assert_eq!(after["router"]["banner"], json!({ "state": "off", "verified": null }));
    assert_eq!(after, before);
    // The same form is good when nothing is wrong with it.
    assert!(victim.submit(&form).text().contains("WPS is on"));
    assert_ne!(watcher.still()["revision"], before["revision"]);
}

#[test]
fn requests_of_the_api_that_are_none() {
    let (house, mut watcher) = quiet();
    let mut owner = house.owner();
    let before = watcher.still();
    let action = |body: &str, kind: &str, owner: &mut Caller| {
        let request = Request::new("POST", "/api/actions").header("X-Keyway-Token", &owner.token.clone());
        owner.send(request.body(kind, body))
    };
    let good = r#"{"at":"router","action":{"do":"wps","on":true}}"#;
    for kind in ["text/plain", FORM, "multipart/form-data", "application/xml", "", "application/json-seq"] {
        check_reason(&action(good, kind, &mut owner).ok(415), kind);
    }
    for broken in
        ["", "{", "[", "nul", "{\"at\":\"router\",}", "\u{feff}{}", "{'at':'router'}", "{\"at\":\"\u{7}\"}"]
    {
        check_reason(&action(broken, JSON, &mut owner).ok(400), broken);
    }
    let deep = "[".repeat(10_000);
    for deep in [deep.clone(), format!(r#"{{"at":"router","action":{{"do":"wps","on":{deep}"#)] {
        check_reason(&action(&deep, JSON, &mut owner), "deeply nested");
    }
    for (body, status) in [
        ("null", 422),
        ("[]", 422),
        ("\"wps\"", 422),
        ("{}", 422),
        (r#"{"at":"moon","action":{"do":"wps","on":true}}"#, 422),
        (r#"{"at":"router"}"#, 422),
        (r#"{"at":"router","action":{}}"#, 422),
        (r#"{"at":"router","action":{"do":"fly"}}"#, 422),
        (r#"{"at":"router","action":{"do":"wps"}}"#, 422),
        (r#"{"at":"router","action":{"do":"wps","on":"yes"}}"#, 422),
        (r#"{"at":"router","action":{"do":"wps","on":1}}"#, 422),
        (r#"{"at":"router","action":{"do":"add-pin"}}"#, 422),
        (r#"{"at":"router","action":{"do":"add-pin","pin":12345670}}"#, 422),
        (r#"{"at":"router","action":{"do":"network","bands":"ghz6"}}"#, 422),
        (r#"{"at":"printer","action":{"do":"cancel"}}"#, 422),
        (r#"{"at":"printer","printer":"study","action":{"do":"press","key":"any"}}"#, 422),
        (r#"{"at":"printer","printer":"study","action":{"do":"pin-lifetime","seconds":-1}}"#, 422),
        (r#"{"at":"printer","printer":"study","action":{"do":"pin-lifetime","seconds":1.5}}"#, 422),
        (r#"{"at":"printer","printer":"study","action":{"do":"pin-lifetime","seconds":1e99}}"#, 422),
        (r#"{"at":"home","action":{"do":"move","printer":"study","metres":4294967296}}"#, 422),
        (r#"{"at":"home","action":{"do":"wait","seconds":18446744073709551616}}"#, 422),
    ] {
        assert_eq!(check_reason(&action(body, JSON, &mut owner).ok(status), body)["code"], "bad-value");
    }
    let huge = format!("{good}{}", " ".repeat(65_536));
    check_reason(&action(&huge, JSON, &mut owner).ok(413), "too large");
    for path in ["/api/session", "/api/password"] {
        for body in ["", "{}", "[]", "{\"password\":1}", "{\"password\":null}", "{\"password\":[\"a\"]}"] {
            let request = Request::new("POST", path).header("X-Keyway-Token", &owner.token.clone());
            check_reason(&owner.send(request.body(JSON, body)), body);
        }
    }
    assert_eq!(watcher.still(), before);
    action(good, "application/json; charset=utf-8", &mut owner).ok(204);
    assert_ne!(watcher.still()["revision"], before["revision"]);
}

/// What is to be seen by anybody and by the owner. The revision is left out: it may grow with a refusal, which is the time
/// to look anew, but there is nothing new then.
fn everything(watcher: &mut Caller, owner: &mut Caller) -> (Value, Value) {
    let mut still = watcher.still();
    still.as_object_mut().expect("an object").remove("revision");
    (still, owner.router())
}

fn at_router(action: Value) -> Value {
    json!({ "at": "router", "action": action })
}

fn at_printer(id: &str, action: Value) -> Value {
    json!({ "at": "printer", "printer": id, "action": action })
}

fn in_home(action: Value) -> Value {
    json!({ "at": "home", "action": action })
}

#[test]
fn what_the_home_refuses() {
    let (house, mut watcher) = quiet();
    let mut owner = house.owner();
    let long = "x".repeat(60_000);
    let none_such = [
        (at_router(json!({ "do": "remove-device", "device": long })), 422),
        (at_router(json!({ "do": "remove-device", "device": "02:00:00:00:00:99" })), 404),
        (at_printer("nobody", json!({ "do": "cancel" })), 404),
        (at_printer(&long, json!({ "do": "cancel" })), 404),
        (at_printer("study", json!({ "do": "choose", "item": "nothing" })), 404),
        (at_printer("study", json!({ "do": "take-paper", "paper": u32::MAX })), 404),
        (in_home(json!({ "do": "move", "printer": "nobody", "metres": 5 })), 404),
        (in_home(json!({ "do": "usb", "printer": "nobody", "on": true })), 404),
    ];
    let with_wps_off = [
        (at_router(json!({ "do": "add-pin", "pin": "1234 5670" })), 409),
        (at_router(json!({ "do": "button" })), 409),
        (at_router(json!({ "do": "router-pin-on" })), 409),
    ];
    let wrong_values = [
        (at_router(json!({ "do": "add-pin", "pin": "1234 5678" })), 422),
        (at_router(json!({ "do": "add-pin", "pin": "" })), 422),
        (at_router(json!({ "do": "add-pin", "pin": long })), 422),
        (at_router(json!({ "do": "add-pin", "pin": "1234 5670", "device": "no address" })), 422),
        (at_router(json!({ "do": "network", "ssid": "x".repeat(33) })), 422),
        (at_router(json!({ "do": "network", "ssid": long })), 422),
        (at_router(json!({ "do": "network", "ssid": "" })), 422),
        (at_router(json!({ "do": "network", "passphrase": "seven77" })), 422),
        (at_router(json!({ "do": "network", "passphrase": long })), 422),
        (at_router(json!({ "do": "router-pin-on", "minutes": 11 })), 422),
        (at_router(json!({ "do": "router-pin-on", "minutes": u64::MAX })), 422),
        (at_router(json!({ "do": "change-password", "old": PASSWORD, "new": "short" })), 422),
        (at_router(json!({ "do": "change-password", "old": PASSWORD, "new": long })), 422),
        (at_router(json!({ "do": "change-password", "old": "not-the-old-one", "new": "long-enough" })), 401),
        (at_printer("study", json!({ "do": "pin-lifetime", "seconds": 119 })), 422),
        (at_printer("study", json!({ "do": "pin-lifetime", "seconds": u64::MAX })), 422),
        (at_printer("attic", json!({ "do": "start", "method": "pin" })), 422),
        (at_printer("study", json!({ "do": "type", "text": long })), 409),
        (in_home(json!({ "do": "move", "printer": "study", "metres": 0 })), 422),
        (in_home(json!({ "do": "wait", "seconds": 0 })), 422),
        (in_home(json!({ "do": "wait", "seconds": 3601 })), 422),
        (in_home(json!({ "do": "wait", "seconds": u64::MAX })), 422),
    ];
    for (is_on, cases) in
        [(false, &none_such[..]), (false, &with_wps_off), (true, &none_such), (true, &wrong_values)]
    {
        owner.at_router(json!({ "do": "wps", "on": is_on }));
        let before = everything(&mut watcher, &mut owner);
        for (action, status) in cases {
            let reply = owner.act(action.clone());
            let what = &action.to_string()[..action.to_string().len().min(120)];
            assert_eq!(reply.status, *status, "{what}: {}", reply.text());
            check_reason(&reply, what);
            assert!(reply.body.len() < 1000, "{what}: what was sent does not come back");
            assert_eq!(everything(&mut watcher, &mut owner), before, "{what}");
        }
    }
}

#[test]
fn what_only_the_owner_may_do() {
    let (house, mut watcher) = quiet();
    let mut owner = house.owner();
    let before = everything(&mut watcher, &mut owner);
    let mut stranger = house.caller();
    for action in [
        json!({ "do": "wps", "on": true }),
        json!({ "do": "add-pin", "pin": "1234 5670" }),
        json!({ "do": "button" }),
        json!({ "do": "router-pin-on" }),
        json!({ "do": "network", "ssid": "Mine" }),
        json!({ "do": "new-passphrase" }),
        json!({ "do": "dhcp", "on": false }),
        json!({ "do": "change-password", "old": PASSWORD, "new": "another-password" }),
    ] {
        let reply = stranger.act(at_router(action.clone())).ok(401);
        assert_eq!(check_reason(&reply, "a stranger")["code"], "unauthorised");
        let fields = [("token", stranger.token.clone()), ("action", at_router(action).to_string())];
        let body = form(&[(fields[0].0, &fields[0].1), (fields[1].0, &fields[1].1), ("back", "/router")]);
        let page =
            Element::parse(stranger.send(Request::new("POST", "/act").body(FORM, body)).ok(401).text());
        assert!(page.by_id("ledger").is_none() && page.by_id("flash").is_some());
    }
    check_reason(&stranger.get("/api/router").ok(401), "a stranger");
    assert_eq!(everything(&mut watcher, &mut owner), before);
}

/// A PIN or a password that stands where it does not belong does not come back in the answer.
#[test]
fn what_was_sent_does_not_come_back() {
    let house = House::open();
    let mut owner = house.owner();
    for secret in [
        json!(12_345_670),
        json!("12345670"),
        json!({ "12345670": 12_345_670 }),
        json!([12_345_670, "12345670"]),
    ] {
        for body in [
            secret.clone(),
            json!({ "at": secret }),
            json!({ "at": "router", "action": secret }),
            json!({ "at": "router", "action": { "do": secret } }),
            json!({ "at": "router", "action": { "do": "wps", "on": secret } }),
            json!({ "at": "router", "action": { "do": "network", "security": secret } }),
            json!({ "at": "printer", "printer": "study", "action": { "do": "hold", "keys": secret } }),
            json!({ "at": "printer", "printer": "study", "action": { "do": "press", "key": secret } }),
            json!({ "at": "home", "action": { "do": "wait", "seconds": secret } }),
        ] {
            let reply = owner.act(body.clone()).ok(422);
            assert!(!reply.text().contains("12345670"), "{body}: {}", reply.text());
        }
        if !secret.is_string() {
            for (path, body) in [
                ("/api/actions", json!({ "at": "router", "action": { "do": "add-pin", "pin": secret } })),
                ("/api/actions", json!({ "at": "computer", "action": { "do": "enter", "text": secret } })),
                ("/api/session", json!({ "password": secret })),
                ("/api/password", json!({ "password": secret })),
            ] {
                let reply = owner.api("POST", path, &body).ok(422);
                assert!(!reply.text().contains("12345670"), "{body}: {}", reply.text());
            }
        }
    }
    // What is missing, or what is expected, is said all the same.
    for (body, words) in [
        (json!({ "at": "router", "action": { "do": "add-pin" } }), "missing field `pin`"),
        (json!({ "at": "router", "action": { "do": "wps", "on": 1 } }), "expected a boolean"),
        (json!({ "at": "router", "action": { "do": "fly, expected 12345670" } }), "`add-pin`"),
    ] {
        let reply = owner.act(body).ok(422);
        let what = reply.json()["what"].as_str().expect("words").to_owned();
        assert!(what.contains(words) && !what.contains("12345670"), "{what}");
    }
}
