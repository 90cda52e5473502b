//! The schema of the JSON events, as docs/json-events.md documents it.

use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

const PAGE: &str = include_str!("../../../../docs/json-events.md");
const EVERY: &str = "(every event)";

#[derive(Debug)]
struct Field {
    types: Vec<&'static str>,
    optional: bool,
}

type Fields = HashMap<&'static str, Field>;

/// Checks that each line is an event that stands in the documentation, with the fields that stand there.
pub fn check(lines: &str) {
    let documented = documented();
    for line in lines.lines() {
        let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let object = value.as_object().unwrap_or_else(|| panic!("no object: {line}"));
        let name = object.get("event").and_then(Value::as_str).unwrap_or_else(|| panic!("no event: {line}"));
        let own = documented.get(name).unwrap_or_else(|| panic!("{name:?} is not documented: {line}"));
        let every = &documented[EVERY];
        check_fields(object, own, every, line);
        check_inner(object, name, line);
    }
}

/// Whether an event of this name is documented.
pub fn knows(event: &str) -> bool {
    documented().contains_key(event)
}

/// Checks the objects in an object whose headings are documented, such as `explained.capture`.
fn check_inner(object: &Map<String, Value>, name: &str, line: &str) {
    for (field, value) in object {
        let name = format!("{name}.{field}");
        let Some(own) = documented().get(name.as_str()) else { continue };
        let list = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        for inner in list.iter().filter_map(Value::as_object) {
            check_fields(inner, own, &Fields::new(), line);
            check_inner(inner, &name, line);
        }
    }
}

fn check_fields(object: &Map<String, Value>, own: &Fields, every: &Fields, line: &str) {
    for (name, value) in object {
        let field = own.get(name.as_str()).or_else(|| every.get(name.as_str()));
        let field = field.unwrap_or_else(|| panic!("field {name:?} is not documented: {line}"));
        assert!(field.types.contains(&type_of(value)), "{name:?} is a {}: {line}", type_of(value));
    }
    let present: HashSet<&str> = object.keys().map(String::as_str).collect();
    for (name, field) in own.iter().chain(every) {
        assert!(field.optional || present.contains(name), "field {name:?} is missing: {line}");
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The events and their fields: headings of the third level, and the list items under them.
fn documented() -> &'static HashMap<&'static str, Fields> {
    static EVENTS: OnceLock<HashMap<&'static str, Fields>> = OnceLock::new();
    EVENTS.get_or_init(|| {
        let mut events: HashMap<&str, Fields> = HashMap::new();
        let mut current = None;
        for line in PAGE.lines() {
            if let Some(name) = line.strip_prefix("### ") {
                events.insert(name, Fields::new());
                current = Some(name);
            } else if let (Some(event), Some(item)) = (current, line.strip_prefix("- `")) {
                let (name, rest) = item.split_once("` (").expect("a field and its type");
                let (types, _) = rest.split_once("):").expect("a type and a meaning");
                let (types, optional) = match types.strip_suffix(", optional") {
                    Some(types) => (types, true),
                    None => (types, false),
                };
                let field = Field { types: types.split(" or ").collect(), optional };
                events.get_mut(event).expect("just added").insert(name, field);
            }
        }
        events
    })
}
