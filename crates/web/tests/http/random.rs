//! Forms and actions made at random, the same in each run. Whatever comes, the server answers and works afterwards.

use crate::client::{FORM, JSON, Request, encoded};
use crate::hostile::{check_alive, check_reply};
use crate::house::House;
use serde_json::{Value, json};

/// Numbers that are the same in each run: SplitMix64.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).expect("small")
    }

    pub(crate) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    pub(crate) fn octets(&mut self, most: usize) -> Vec<u8> {
        (0..self.below(most + 1)).map(|_| self.next().to_le_bytes()[3]).collect()
    }
}

/// Forms and JSON made at random out of what is right and what is not.
#[test]
fn bodies() {
    let house = House::open();
    let mut owner = house.owner();
    let mut chance = Chance(7);
    let token = owner.token.clone();
    let names = [
        "token",
        "back",
        "action",
        "+pin",
        "+text",
        "+metres:n",
        "+on:b",
        "+",
        "+:",
        "+:n",
        "x",
        "password",
        "again",
    ];
    let long = "9".repeat(5000);
    let deep = format!("{}{}", "{\"action\":".repeat(200), "[".repeat(200));
    let values = [
        "",
        "%",
        "\u{0}",
        "\u{fffd}",
        "null",
        "{}",
        "{\"at\":\"home\",\"action\":{}}",
        "[[[]]]",
        "-1",
        "1e400",
        &long,
        &deep,
        "/printer/study",
        "//evil.example",
        "https://evil.example/",
        "/router\r\nX: y",
        &token,
        "{\"at\":\"router\",\"action\":{\"do\":\"add-pin\",\"pin\":\"\"}}",
        "{\"at\":\"home\",\"action\":{\"do\":\"move\",\"printer\":\"study\"}}",
        "{\"at\":\"printer\",\"printer\":\"study\",\"action\":{\"do\":\"type\"}}",
        "{\"at\":\"printer\",\"printer\":\"hall\",\"action\":{\"do\":\"hold\",\"keys\":[\"wps\",\"wps\",\"ok\"]}}",
    ];
    for _ in 0..150 {
        let mut body = Vec::new();
        if chance.below(3) > 0 {
            body.extend(format!("token={token}").into_bytes());
        }
        for _ in 0..chance.below(6) {
            body.push(chance.pick(b"&&&;=%+"));
            match chance.below(4) {
                0 => body.extend(chance.octets(40)),
                _ => body.extend(
                    format!("{}={}", encoded(chance.pick(&names)), encoded(chance.pick(&values)))
                        .into_bytes(),
                ),
            }
        }
        let target = chance.pick(&["/act", "/act", "/router/login", "/router/logout", "/router/password"]);
        let kind = chance.pick(&[
            FORM,
            FORM,
            FORM,
            JSON,
            "text/plain",
            "application/x-www-form-urlencoded; charset=x",
        ]);
        let reply = house.caller().send(Request::new("POST", target).body(kind, body.clone()));
        check_reply(&reply, &format!("{target} {}", String::from_utf8_lossy(&body)));
        let mut request = Request::new("POST", target).body(kind, body.clone());
        request = request.header("Cookie", owner.cookie.as_deref().unwrap_or_default());
        let reply = request.send(house.address);
        check_reply(&reply, &format!("{target} {}", String::from_utf8_lossy(&body)));
        let to = reply.header("location").unwrap_or("/");
        assert!(to.starts_with('/') && !to.starts_with("//"), "{to}");
    }
    // What was random has logged the owner out, perhaps.
    owner.token.clear();
    owner.wait(60);
    owner.api("POST", "/api/session", &json!({ "password": crate::house::PASSWORD })).ok(200);
    check_alive(&mut owner);
}

/// Actions that are right in form and random in what they say.
#[test]
fn actions_at_random() {
    let house = House::open();
    let mut owner = house.owner();
    let mut chance = Chance(5);
    let description = owner.get("/api/openapi.json").ok(200).json();
    let schemas = &description["components"]["schemas"];
    let groups = [
        ("printer", "PrinterAction"),
        ("router", "RouterAction"),
        ("computer", "ComputerAction"),
        ("home", "HomeAction"),
    ];
    let (mut done, mut refused) = (0, 0);
    for _ in 0..400 {
        let (at, group) = chance.pick(&groups);
        let variants = schemas[group]["oneOf"].as_array().expect("variants");
        let mut action = random_value(&chance.pick(variants), &description, &mut chance);
        if action["do"] == "wait" {
            action["seconds"] = json!(chance.below(5));
        }
        if action["do"] == "change-password" {
            continue;
        }
        let mut sent = json!({ "at": at, "action": action });
        if at == "printer" {
            sent["printer"] =
                json!(chance.pick(&["study", "hall", "kitchen", "attic", "printer-5", "nobody"]));
        }
        let reply = owner.act(sent.clone());
        assert!(reply.status == 204 || (400..500).contains(&reply.status), "{sent}: {}", reply.status);
        if reply.status == 204 { done += 1 } else { refused += 1 }
    }
    assert!(done > 50 && refused > 50, "{done} {refused}");
    owner.act(json!({ "at": "home", "action": { "do": "router-power", "on": true } })).ok(204);
    for path in crate::pages::paths() {
        owner.page(&path);
    }
    check_alive(&mut owner);
}

/// A value that fits a schema, or nearly.
fn random_value(schema: &Value, description: &Value, chance: &mut Chance) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        return random_value(
            &description.pointer(&reference[1..]).expect("a schema").clone(),
            description,
            chance,
        );
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        return random_value(&chance.pick(choices), description, chance);
    }
    if let Some(values) = schema["enum"].as_array() {
        return chance.pick(values);
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        kind => kind.as_str().into_iter().collect(),
    };
    match chance.pick(&kinds) {
        "object" => {
            let properties = schema["properties"].as_object().expect("fields");
            properties
                .iter()
                .map(|(name, value)| (name.clone(), random_value(value, description, chance)))
                .collect()
        }
        "array" => {
            (0..chance.below(4)).map(|_| random_value(&schema["items"], description, chance)).collect()
        }
        "boolean" => json!(chance.below(2) == 0),
        "integer" => json!(chance.pick(&[0, 1, 2, 5, 120, 500, 600, 601, u64::from(u32::MAX), u64::MAX])),
        "string" => {
            let long = "é".repeat(chance.below(100));
            json!(chance.pick(&[
                "",
                " ",
                "1234 5670",
                "12345670",
                "1234-5678",
                "0000",
                "Home",
                "hunter22hunter22",
                "study",
                "attic",
                "wireless",
                "wifi-setup",
                "wps-pin",
                "02:00:00:00:00:01",
                "ff:ff:ff:ff:ff:ff",
                "\u{0}",
                "\u{202e}",
                "<b>",
                long.as_str(),
            ]))
        }
        _ => Value::Null,
    }
}
