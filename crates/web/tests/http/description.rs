//! The description of the API: whole, and true.

use crate::client::{JSON, Request};
use crate::house::House;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const METHODS: [&str; 5] = ["get", "post", "put", "delete", "patch"];

fn described() -> (House, Value) {
    let house = House::open();
    let description = house.caller().get("/api/openapi.json").ok(200).json();
    (house, description)
}

/// Every operation: its method, its path, and what is said of it.
fn operations(description: &Value) -> Vec<(String, String, &Value)> {
    let paths = description["paths"].as_object().expect("paths");
    let mut operations = Vec::new();
    for (path, item) in paths {
        for (method, operation) in item.as_object().expect("an object") {
            if METHODS.contains(&method.as_str()) {
                operations.push((method.to_uppercase(), path.clone(), operation));
            }
        }
    }
    operations
}

fn walk<'a>(value: &'a Value, visit: &mut impl FnMut(&'a serde_json::Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            visit(object);
            object.values().for_each(|value| walk(value, visit));
        }
        Value::Array(array) => array.iter().for_each(|value| walk(value, visit)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_to_something() {
    let (_house, description) = described();
    assert!(description["openapi"].as_str().expect("a version").starts_with("3."));
    let mut references = BTreeSet::new();
    walk(&description, &mut |object| {
        references.extend(object.get("$ref").map(|reference| reference.as_str().expect("a reference")));
    });
    assert!(references.len() > 20, "{references:?}");
    for reference in &references {
        let pointer = reference.strip_prefix('#').expect("a reference within the description");
        assert!(description.pointer(pointer).is_some(), "{reference}");
    }
    // Nothing is described that nothing uses.
    for name in description["components"]["schemas"].as_object().expect("schemas").keys() {
        assert!(references.contains(format!("#/components/schemas/{name}").as_str()), "{name}");
    }
}

#[test]
fn every_operation_is_there_and_says_what_it_answers() {
    let (house, description) = described();
    let mut caller = house.owner();
    let operations = operations(&description);
    assert!(operations.len() >= 9, "{operations:?}");
    for (method, path, operation) in operations {
        let what = format!("{method} {path}");
        let said = operation["summary"].as_str().or(operation["description"].as_str());
        assert!(said.is_some_and(|words| !words.is_empty()), "{what} has no words");
        assert!(operation["operationId"].is_string(), "{what}");
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        for name in path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
            assert!(
                parameters.iter().any(|parameter| parameter["name"] == name && parameter["in"] == "path")
            );
        }
        let token = parameters.iter().any(|parameter| parameter["name"] == "X-Keyway-Token");
        assert_eq!(token, method != "GET", "{what}: the token of what changes something");
        let responses = operation["responses"].as_object().expect("responses");
        assert!(responses.keys().any(|status| status.starts_with('2')), "{what}: {responses:?}");
        for (status, response) in responses {
            assert!(response["description"].is_string(), "{what} {status}");
        }
        // A stream does not end; only its head is asked for.
        let sent = if path.ends_with("/events") { "HEAD" } else { method.as_str() };
        let target = path.replace("{id}", "study");
        let token = caller.token.clone();
        let mut request = Request::new(sent, &target).header("X-Keyway-Token", &token);
        if operation["requestBody"].is_object() {
            request = request.body(JSON, "{}");
        }
        let mut probes = vec![caller.send(request.clone())];
        // And the same from somebody without a token.
        probes.push(request.header("X-Keyway-Token", "").send(house.address));
        let mut stranger = Request::new(sent, &target);
        stranger.body = probes_body(operation);
        probes.push(stranger.header("Content-Type", JSON).send(house.address));
        for reply in probes {
            assert!(![404, 405].contains(&reply.status), "{what}: {}", reply.status);
            let status = reply.status.to_string();
            let group = format!("{}XX", &status[..1]);
            let known = responses.get(&status).or_else(|| responses.get(&group));
            let known = known.unwrap_or_else(|| panic!("{what} answered {status}, which is not described"));
            let kind = reply.header("content-type").map(|kind| kind.split(';').next().unwrap_or_default());
            let kinds =
                known["content"].as_object().map(|content| content.keys().cloned().collect::<Vec<_>>());
            match (kind, kinds) {
                (Some(kind), Some(kinds)) => {
                    assert!(kinds.iter().any(|known| known == kind), "{what}: {kind}")
                }
                (None, None) => assert!(reply.body.is_empty(), "{what}"),
                (kind, kinds) => panic!("{what} {status}: {kind:?} is not {kinds:?}"),
            }
        }
        if caller.token.is_empty() || !caller.session()["logged_in"].as_bool().expect("yes or no") {
            let login = caller.api("POST", "/api/session", &json!({ "password": crate::house::PASSWORD }));
            login.ok(200);
        }
    }
}

fn probes_body(operation: &Value) -> Vec<u8> {
    if operation["requestBody"].is_object() { b"{}".to_vec() } else { Vec::new() }
}

#[test]
fn every_schema_says_what_it_means() {
    let (_house, description) = described();
    let is_said = |schema: &Value| schema["description"].as_str().is_some_and(|words| !words.is_empty());
    for (name, schema) in description["components"]["schemas"].as_object().expect("schemas") {
        let variants = schema["oneOf"].as_array();
        let fields = schema["properties"].as_object();
        let parts_are_said = variants.is_some_and(|variants| variants.iter().all(is_said))
            || fields.is_some_and(|fields| fields.values().all(is_said));
        assert!(is_said(schema) || parts_are_said, "{name}: {schema}");
        for (field, schema) in fields.into_iter().flatten() {
            // One that refers to a schema has that one's words.
            let refers = schema.get("$ref").is_some() || schema.get("oneOf").is_some();
            assert!(is_said(schema) || refers, "{name}.{field}: {schema}");
        }
    }
}

/// What the API answers fits what is said of it: each field that comes is described, and each that is required comes.
#[test]
fn answers_are_as_described() {
    let (house, description) = described();
    let mut owner = house.owner();
    owner.at_router(json!({ "do": "wps", "on": true }));
    crate::setup::begin_by_pin(&mut owner);
    for _ in 0..4 {
        for (path, schema) in [
            ("/api/session", "SessionState"),
            ("/api/home", "HomeView"),
            ("/api/router", "RouterAdminView"),
            ("/api/printers/study/configuration", "ConfigurationData"),
        ] {
            let answer = owner.get(path).ok(200).json();
            let reference = json!({ "$ref": format!("#/components/schemas/{schema}") });
            if let Err(why) = fits(&answer, &reference, &description) {
                panic!("{path}: {why}");
            }
        }
        owner.wait(5);
    }
    let refusal = owner.get("/api/nowhere").ok(404).json();
    fits(&refusal, &json!({ "$ref": "#/components/schemas/Refusal" }), &description).expect("a refusal");
    // The check can fail.
    let wrong = json!({ "code": 7, "what": "", "next": "" });
    assert!(fits(&wrong, &json!({ "$ref": "#/components/schemas/Refusal" }), &description).is_err());
}

fn fits(value: &Value, schema: &Value, description: &Value) -> Result<(), String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = description.pointer(&reference[1..]).ok_or(reference)?;
        return fits(value, target, description);
    }
    if let Some(choices) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
        let reasons: Vec<_> = choices.iter().map(|choice| fits(value, choice, description)).collect();
        let good = reasons.iter().any(Result::is_ok);
        return if good { Ok(()) } else { Err(format!("none of the choices: {reasons:?}")) };
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        fits(value, part, description)?;
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => vec![kind],
    };
    if !kinds.contains(&kind) {
        return Err(format!("{value} is no {kinds:?}"));
    }
    if schema["enum"].as_array().is_some_and(|values| !values.contains(value)) {
        return Err(format!("{value} is none of {}", schema["enum"]));
    }
    for item in value.as_array().into_iter().flatten().filter(|_| schema["items"].is_object()) {
        fits(item, &schema["items"], description)?;
    }
    if let Some(object) = value.as_object() {
        for required in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            object.get(required).ok_or_else(|| format!("{required} is missing"))?;
        }
        if let Some(properties) = schema["properties"].as_object() {
            for (name, value) in object {
                // The parts of `allOf` each describe some of the fields.
                let Some(property) = properties.get(name) else { continue };
                fits(value, property, description).map_err(|why| format!("{name}: {why}"))?;
            }
        }
    }
    Ok(())
}
