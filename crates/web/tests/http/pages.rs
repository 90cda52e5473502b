//! What every page has, and that nothing on it comes from elsewhere.

use crate::client::Request;
use crate::house::{Caller, House};
use crate::html::Element;
use std::collections::{BTreeSet, VecDeque};

/// The printers of the demo.
pub(crate) const PRINTERS: [&str; 4] = ["study", "hall", "kitchen", "attic"];

/// Every page, for somebody who has not logged in.
pub(crate) fn paths() -> Vec<String> {
    let mut paths: Vec<String> = ["/", "/router", "/computer", "/help"].map(str::to_owned).to_vec();
    paths.extend(PRINTERS.iter().flat_map(|id| [format!("/printer/{id}"), format!("/printer/{id}/web")]));
    paths
}

#[test]
fn every_page_is_whole_and_of_this_place_alone() {
    let house = House::open();
    let mut stranger = house.caller();
    for path in paths() {
        check(&mut stranger, &path, 200);
    }
    // The same once more where there is something to be seen: on each screen there is more.
    let mut owner = house.owner();
    owner.at_router(serde_json::json!({ "do": "wps", "on": true }));
    owner.at_router(serde_json::json!({ "do": "router-pin-on" }));
    owner.at_printer("study", serde_json::json!({ "do": "start", "method": "pin" }));
    owner.at_printer("kitchen", serde_json::json!({ "do": "print-configuration-page" }));
    owner.done(serde_json::json!({ "at": "computer", "action": { "do": "begin" } }));
    owner.wait(5);
    for path in paths() {
        check(&mut owner, &path, 200);
        check(&mut stranger, &path, 200);
    }
    for path in ["/nowhere", "/printer/nobody", "/printer/nobody/web"] {
        check(&mut stranger, path, 404);
    }
    assert!(owner.page("/router").by_id("ledger").is_some(), "that was the page behind the log-in");
}

#[test]
fn every_link_leads_somewhere() {
    let house = House::open();
    let mut owner = house.owner();
    owner.at_printer("study", serde_json::json!({ "do": "print-configuration-page" }));
    owner.wait(10);
    let mut seen = BTreeSet::from(["/".to_owned()]);
    let mut open = VecDeque::from(["/".to_owned()]);
    while let Some(path) = open.pop_front() {
        let reply = owner.get(&path).ok(200);
        if reply.header("content-type").is_some_and(|kind| kind.starts_with("text/html")) {
            for link in links(&Element::parse(reply.text())) {
                if link.starts_with('/') && seen.insert(link.clone()) {
                    open.push_back(link);
                }
            }
        }
    }
    let expected = ["/assets/style.css", "/assets/keyway.js", "/assets/icon.svg", "/api/openapi.json"];
    let expected = expected.iter().map(ToString::to_string).chain(paths());
    let others = ["/printer/study/paper/1", "/printer/attic/configuration"].map(str::to_owned);
    for path in expected.chain(others) {
        assert!(seen.contains(&path), "no link to {path} in {seen:?}");
    }
}

#[test]
fn files_are_what_they_say_and_load_nothing() {
    let house = House::open();
    let mut caller = house.caller();
    for (name, kind) in [
        ("style.css", "text/css; charset=utf-8"),
        ("keyway.js", "text/javascript; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
    ] {
        let reply = caller.get(&format!("/assets/{name}")).ok(200);
        assert_eq!(reply.header("content-type"), Some(kind));
        check_headers(&reply.headers);
        // The name of SVG's own language is no address to load from.
        let text = reply.text().replace("http://www.w3.org/2000/svg", "");
        for elsewhere in ["://", "@import", "url(//", "eval(", "innerHTML"] {
            assert!(!text.contains(elsewhere), "{name} has {elsewhere}");
        }
    }
    for path in ["/printer/study/configuration", "/printer/attic/configuration"] {
        let reply = caller.get(path).ok(200);
        assert_eq!(reply.header("content-type"), Some("application/pdf"));
        assert!(reply.body.starts_with(b"%PDF-"));
        check_headers(&reply.headers);
    }
}

#[test]
fn a_head_is_that_of_the_page_and_has_no_body() {
    let house = House::open();
    for path in paths() {
        let reply = Request::new("HEAD", &path).send(house.address).ok(200);
        assert!(reply.body.is_empty());
        check_headers(&reply.headers);
    }
}

fn check(caller: &mut Caller, path: &str, status: u16) {
    let reply = caller.get(path).ok(status);
    assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
    check_headers(&reply.headers);
    assert_eq!(reply.header("cache-control"), Some("no-store"), "{path}");
    let page = Element::parse(reply.text());
    check_outline(&page, path);
    check_sources(&page, path);
    check_inputs(&page, path);
    check_names(&page, path);
}

/// What a browser is told in every answer.
pub(crate) fn check_headers(headers: &[(String, String)]) {
    let header = |name: &str| {
        let values: Vec<&str> = headers.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str()).collect();
        assert_eq!(values.len(), 1, "{name} in {headers:?}");
        values[0]
    };
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        assert_eq!(header(name), value);
    }
    let policy: Vec<&str> = header("content-security-policy").split("; ").collect();
    for rule in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    ] {
        assert!(policy.contains(&rule), "{rule} in {policy:?}");
    }
    assert!(policy.iter().all(|rule| !rule.contains("unsafe") && !rule.contains('*')), "{policy:?}");
    if let Some((_, cookie)) = headers.iter().find(|(name, _)| name == "set-cookie") {
        let parts: Vec<&str> = cookie.split("; ").collect();
        assert!(parts.contains(&"HttpOnly") && parts.contains(&"SameSite=Strict"), "{cookie}");
    }
}

fn check_outline(page: &Element, path: &str) {
    let html = page.named("html");
    assert_eq!(html.len(), 1, "{path}");
    assert_eq!(html[0].attribute("lang"), Some("en"), "{path}");
    for (name, count) in [("title", 1), ("h1", 1), ("main", 1), ("nav", 1)] {
        let found = page.named(name);
        assert_eq!(found.len(), count, "{path}: {name}");
        assert!(!found[0].text().is_empty(), "{path}: {name}");
    }
    let mut level = 0;
    for (element, _) in page.all() {
        let heading = element.name.strip_prefix('h').and_then(|level| level.parse::<u8>().ok());
        if let Some(heading) = heading {
            assert!(heading <= level + 1, "{path}: h{heading} after h{level}: {}", element.text());
            level = heading;
        }
    }
}

/// Where a page loads from and leads to.
fn links(page: &Element) -> Vec<String> {
    let mut links = Vec::new();
    for (element, _) in page.all() {
        for name in ["href", "src"] {
            let link = element.attribute(name).map(|link| link.split('#').next().unwrap_or_default());
            links.extend(link.filter(|link| !link.is_empty()).map(str::to_owned));
        }
    }
    links
}

/// Nothing is loaded from elsewhere, and nothing stands in the page that its own policy forbids.
fn check_sources(page: &Element, path: &str) {
    for link in links(page) {
        assert!(link.starts_with('/') && !link.starts_with("//"), "{path}: {link}");
    }
    for (element, _) in page.all() {
        let name = &element.name;
        assert!(
            !["style", "iframe", "object", "embed", "base", "img"].contains(&name.as_str()),
            "{path}: {name}"
        );
        if name == "script" {
            assert!(element.attribute("src").is_some() && element.children.is_empty(), "{path}");
        }
        for (attribute, value) in &element.attributes {
            assert!(attribute != "style" && !attribute.starts_with("on"), "{path}: {attribute} of {name}");
            assert!(!value.contains("://") && !value.contains("javascript:"), "{path}: {value}");
        }
        if name == "form" {
            let target = element.attribute("action").unwrap_or_default();
            assert!(target.starts_with('/') && !target.starts_with("//"), "{path}: {target}");
        }
    }
}

/// Every input has a label, every form its token.
fn check_inputs(page: &Element, path: &str) {
    let labels = page.named("label");
    for (input, above) in page.all() {
        if !["input", "select", "textarea"].contains(&input.name.as_str())
            || input.attribute("type") == Some("hidden")
        {
            continue;
        }
        let id = input.attribute("id");
        let is_named =
            |label: &Element| !label.text().is_empty() && (id.is_some() && label.attribute("for") == id);
        let stands_in_one = above.iter().any(|above| above.name == "label" && !above.text().is_empty());
        assert!(
            stands_in_one || labels.iter().any(|label| is_named(label)),
            "{path}: {input:?} has no label"
        );
    }
    for button in page.named("button") {
        assert!(!button.text().is_empty(), "{path}: a button without words");
    }
    for form in page.forms() {
        let token = form.fields.iter().find(|(name, _)| name == "token");
        assert!(token.is_some_and(|(_, token)| token.len() == 32), "{path}: {} has no token", form.label);
    }
}

/// Identifiers stand once, and what is referred to is there.
fn check_names(page: &Element, path: &str) {
    let all = page.all();
    let ids: Vec<&str> = all.iter().filter_map(|(element, _)| element.attribute("id")).collect();
    let set: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), set.len(), "{path}: an identifier stands twice in {ids:?}");
    for (element, _) in &all {
        for name in ["for", "aria-describedby", "aria-labelledby"] {
            for id in element.attribute(name).into_iter().flat_map(str::split_whitespace) {
                assert!(set.contains(id), "{path}: {name} {id}");
            }
        }
        if let Some(id) = element.attribute("href").and_then(|href| href.strip_prefix('#')) {
            assert!(set.contains(id), "{path}: #{id}");
        }
    }
}
