//! Requests that nobody sends by accident. Whatever comes, the server answers and works afterwards.

use crate::client::{JSON, Reply, Request, exchange, exchange_and_end};
use crate::house::{Caller, House};
use crate::random::Chance;
use serde_json::json;

/// Looks at a page, changes something, and sees that it has changed: the server and the home are alive.
pub(crate) fn check_alive(owner: &mut Caller) {
    owner.page("/");
    owner.page("/router");
    for on in [true, false] {
        owner.done(json!({ "at": "home", "action": { "do": "usb", "printer": "study", "on": on } }));
        assert_eq!(owner.home().printers[0].usb, on);
    }
}

pub(crate) fn check_reply(reply: &Reply, what: &str) {
    assert!(
        [200, 204, 303].contains(&reply.status) || (400..500).contains(&reply.status),
        "{what}: {}",
        reply.status
    );
}

/// Paths that lead nowhere, or to what they spell.
fn paths() -> Vec<String> {
    let mut paths: Vec<String> = [
        "//",
        "///",
        "//evil.example",
        "/%2f%2fevil.example",
        "/.",
        "/..",
        "/../..",
        "/../../etc/passwd",
        "/assets/../api/home",
        "/assets/..%2f..%2fCargo.toml",
        "/assets/%2e%2e/%2e%2e/Cargo.toml",
        "/assets/....//style.css",
        "/assets/style.css%00",
        "/assets/style.css/",
        "/assets/",
        "/assets",
        "/assets/%00",
        "/assets/%ff",
        "/assets/style.css?x",
        "/ASSETS/STYLE.CSS",
        "/assets/.%252e/x",
        "/printer/%00",
        "/printer/study%00",
        "/printer/%ff%fe",
        "/printer/%",
        "/printer/%zz",
        "/printer/%2",
        "/printer/st%75dy",
        "/printer/study%2fweb",
        "/printer/../router",
        "/printer/%2e%2e/router",
        "/printer/study/paper/0",
        "/printer/study/paper/-1",
        "/printer/study/paper/1e3",
        "/printer/study/paper/4294967296",
        "/printer/study/paper/99999999999999999999",
        "/printer/study/paper/%00",
        "/printer/study/paper/x",
        "/printer/nobody/paper/1",
        "/printer/%ff/configuration",
        "/printer/nobody/configuration",
        "/printer/study/web/",
        "/printer/<script>",
        "/printer/%3Cscript%3Ealert(1)%3C/script%3E",
        "/printer/\"onload=\"x",
        "/printer/\u{e9}",
        "/printer/%C3%A9",
        "/printer/\u{1f5a8}",
        "/printer/{id}",
        "/printer/$(id)",
        "/printer/study;v=1",
        "/printer/study?web",
        "/router?password=x",
        "/router/login?x=1",
        "/api/printers/%00/configuration",
        "/api/printers/%ff/configuration",
        "/api/printers//configuration",
        "/api/printers/..%2f..%2f/configuration",
        "/api/../router",
        "/api/%68ome",
        "/api/home%00",
        "/api//home",
        "/api/home?x=%ff",
        "/api/events/x",
        "/api/session?token=x",
        "/?",
        "/?=&=&",
        "/?%",
        "/?a=%00&%ff=%zz",
        "*",
        "/*",
        "/%20",
        "/ ",
        "/%0d%0aSet-Cookie:%20keyway=x",
        "/act?token=x&action=%7B%7D",
    ]
    .map(str::to_owned)
    .to_vec();
    paths.push(format!("/{}", "a".repeat(4000)));
    paths.push(format!("/printer/{}", "a".repeat(30_000)));
    paths.push(format!("/printer/{}", "%41".repeat(10_000)));
    paths.push(format!("/{}", "a/".repeat(5000)));
    paths.push(format!("/{}", "../".repeat(5000)));
    paths.push(format!("/?{}", "x=1&".repeat(15_000)));
    paths.push(format!("/help?{}", "q".repeat(60_000)));
    paths.push(format!("/help?{}", "q".repeat(70_000)));
    paths
}

#[test]
fn paths_and_queries() {
    let house = House::open();
    let mut owner = house.owner();
    let mut count = 0;
    for path in paths() {
        let shown = &path[..path.char_indices().nth(60).map_or(path.len(), |(end, _)| end)];
        for method in ["GET", "POST", "HEAD", "DELETE"] {
            let reply = Request::new(method, &path).send(house.address);
            check_reply(&reply, &format!("{method} {shown}"));
            // Neither what is asked for nor a file of the system comes back.
            let text = String::from_utf8_lossy(&reply.body);
            for word in ["<script>alert", "root:", "[package]", "evil.example", "panicked"] {
                assert!(!text.contains(word), "{method} {shown}: {word}");
            }
            assert!(reply.header("location").is_none_or(|to| ["/", "/router"].contains(&to)), "{shown}");
            assert!(reply.headers.iter().filter(|(name, _)| name == "set-cookie").count() <= 1, "{shown}");
            count += 1;
        }
    }
    assert!(count > 300, "{count}");
    check_alive(&mut owner);
}

#[test]
fn headers_and_cookies() {
    let house = House::open();
    let mut owner = house.owner();
    let long = "x".repeat(20_000);
    let cookie = owner.cookie.clone().expect("a cookie");
    let id = cookie.strip_prefix("keyway=").expect("ours");
    let many = vec!["a=b"; 3000].join("; ");
    let cookies = [
        "",
        ";",
        "=",
        "keyway",
        "keyway=",
        "keyway=;keyway=",
        "keyway=%00",
        "keyway=\u{e9}",
        "a=b=c=d",
        &long,
        &many,
        &format!("keyway={long}"),
        &format!("keyway={}", &id[..31]),
        &format!("keyway={id}0"),
        &format!("keyway={}", id.to_uppercase()),
        &format!("KEYWAY={id}"),
        &format!("keyway=\"{id}\""),
        &format!("xkeyway={id}"),
    ];
    for cookie in cookies {
        let reply = Request::new("GET", "/api/router").header("Cookie", cookie).send(house.address);
        assert!([401, 431].contains(&reply.status), "{cookie:.60}: {}", reply.status);
    }
    for (name, value) in [
        ("Accept", long.as_str()),
        ("Accept-Encoding", "gzip, br, \u{0}"),
        ("Range", "bytes=0-18446744073709551615,-1"),
        ("If-None-Match", "*"),
        ("If-Modified-Since", "never"),
        ("Content-Type", "\u{fffd}"),
        ("Expect", "200-maybe"),
        ("Upgrade", "h2c, websocket"),
        ("Transfer-Encoding", "gzip"),
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-For", "127.0.0.1"),
        ("X-Original-URL", "/api/router"),
        ("X-HTTP-Method-Override", "DELETE"),
        ("X-Keyway-Token", &long),
        ("X-Keyway-Refresh", &long),
        ("Origin", &long),
        ("Sec-Fetch-Site", &long),
        ("Referer", "\u{1}"),
        ("", "nameless"),
        ("Bad Name", "x"),
        ("Last-Event-ID", "99999999999999999999"),
    ] {
        for (method, path) in
            [("GET", "/"), ("POST", "/act"), ("POST", "/api/actions"), ("GET", "/api/router")]
        {
            let reply = Request::new(method, path).header(name, value).send(house.address);
            check_reply(&reply, &format!("{method} {path} {name}: {value:.40}"));
            assert!(path != "/api/router" || (400..500).contains(&reply.status), "{name}");
        }
    }
    let mut crowded = Request::new("GET", "/");
    for number in 0..500 {
        crowded = crowded.header(&format!("X-{number}"), "x");
    }
    check_reply(&crowded.send(house.address), "500 headers");
    let huge = Request::new("GET", "/").header("X-Huge", &"x".repeat(1_000_000));
    // A server may close while such a request is still being sent.
    if let Some(reply) = exchange(house.address, &request_octets(&huge, &house)) {
        assert_eq!(reply.status, 431);
    }
    check_alive(&mut owner);
}

fn request_octets(request: &Request, house: &House) -> Vec<u8> {
    let mut text = format!("{} {} HTTP/1.1\r\nHost: {}\r\n", request.method, request.target, house.address);
    for (name, value) in &request.headers {
        text += &format!("{name}: {value}\r\n");
    }
    (text + "Connection: close\r\n\r\n").into_bytes()
}

#[test]
fn what_is_hardly_http() {
    let house = House::open();
    let mut owner = house.owner();
    let host = format!("Host: {}\r\nConnection: close\r\n", house.address);
    let chunked = |body: &str| {
        format!(
            "POST /api/actions HTTP/1.1\r\n{host}Content-Type: {JSON}\r\nTransfer-Encoding: chunked\r\n\r\n{body}"
        )
    };
    let cases = [
        "GET\r\n\r\n".to_owned(),
        "GET / HTTP/9.9\r\n\r\n".to_owned(),
        "GET / HTTP/1.0\r\n\r\n".to_owned(),
        "GET / HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned(),
        format!("GET / HTTP/1.1\r\n{host}Host: evil.example\r\n\r\n"),
        format!("GET http://evil.example/ HTTP/1.1\r\n{host}\r\n"),
        format!("CONNECT evil.example:443 HTTP/1.1\r\n{host}\r\n"),
        format!("get / HTTP/1.1\r\n{host}\r\n"),
        format!("G\u{0}T / HTTP/1.1\r\n{host}\r\n"),
        format!("GET /\t HTTP/1.1\r\n{host}\r\n"),
        format!("GET / HTTP/1.1\n{}\n", host.replace('\r', "")),
        format!("GET / HTTP/1.1\r\n{host}X: a\r\n b\r\n\r\n"),
        format!("GET / HTTP/1.1\r\n{host}X: \u{0}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\n{host} X : y\r\n\r\n"),
        format!("POST /act HTTP/1.1\r\n{host}Content-Length: -1\r\n\r\n"),
        format!("POST /act HTTP/1.1\r\n{host}Content-Length: 99999999999999999999\r\n\r\n"),
        format!("POST /act HTTP/1.1\r\n{host}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
        format!(
            "POST /act HTTP/1.1\r\n{host}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        ),
        chunked("zz\r\n"),
        chunked("ffffffffffffffffff\r\n"),
        chunked("1\r\n{\r\n0\r\n\r\n"),
        chunked("0\r\n\r\n"),
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}".repeat(20),
        "SSH-2.0-x\r\n".to_owned(),
    ];
    for case in cases {
        let reply = exchange(house.address, case.as_bytes());
        check_reply(&reply.unwrap_or_else(|| panic!("no answer to {case:?}")), &case);
    }
    assert_eq!(exchange_and_end(house.address, b"\r\n\r\n"), None);
    let mut chance = Chance(3);
    for _ in 0..50 {
        let octets = chance.octets(300);
        if let Some(reply) = exchange_and_end(house.address, &octets) {
            assert!((400..500).contains(&reply.status));
        }
    }
    // Those who begin and do not go on hold nobody up.
    let idle: Vec<std::net::TcpStream> = (0..50)
        .map(|_| {
            let mut stream = std::net::TcpStream::connect(house.address).expect("a connection");
            std::io::Write::write_all(&mut stream, b"POST /act HTTP/1.1\r\nHost: loc").expect("sent");
            stream
        })
        .collect();
    check_alive(&mut owner);
    drop(idle);
}
