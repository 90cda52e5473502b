//! From a form to an action.
//!
//! A form has the action as JSON in its field `action`, made when the page was made. What a person adds stands in fields
//! whose names begin with a plus sign: `+pin` is put into the action as text, `+metres:n` as a number, `+on:b` as yes or no.
//! An empty one is left out.

use keyway_devices::{Action, Refusal};
use serde_json::Value;

/// A form that was sent.
#[derive(Debug, Default)]
pub(crate) struct Form {
    fields: Vec<(String, String)>,
}

impl Form {
    pub(crate) fn new(fields: Vec<(String, String)>) -> Form {
        Form { fields }
    }

    /// A field's value.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// The action.
    ///
    /// # Errors
    /// [`Refusal`] when the form is not one of ours, or a number is none.
    pub(crate) fn action(&self) -> Result<Action, Refusal> {
        let text = self.field("action").ok_or_else(incomplete)?;
        let mut action: Value = serde_json::from_str(text).map_err(|_| incomplete())?;
        let inner = action.get_mut("action").and_then(Value::as_object_mut).ok_or_else(incomplete)?;
        for (name, value) in &self.fields {
            let Some(name) = name.strip_prefix('+') else { continue };
            let (name, kind) = name.split_once(':').unwrap_or((name, ""));
            if value.is_empty() && kind != "b" {
                continue;
            }
            let value = match kind {
                "n" => Value::from(value.trim().parse::<u64>().map_err(|_| no_number(name))?),
                "b" => Value::from(matches!(value.as_str(), "on" | "true" | "yes")),
                _ => Value::from(value.as_str()),
            };
            inner.insert(name.to_owned(), value);
        }
        serde_json::from_value(action).map_err(|_| incomplete())
    }
}

fn incomplete() -> Refusal {
    Refusal::new(
        "bad-value",
        "Something is missing in this form.",
        "Fill in every field, then send it again.",
    )
}

fn no_number(name: &str) -> Refusal {
    Refusal::new("bad-value", format!("The {name} is not a number."), "Type digits only.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyway_devices::action::{HomeAction, RouterAction};

    fn form(fields: &[(&str, &str)]) -> Form {
        Form::new(fields.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect())
    }

    #[test]
    fn what_is_typed_is_put_into_the_action() {
        let move_it = r#"{"at":"home","action":{"do":"move","printer":"study"}}"#;
        let action = form(&[("action", move_it), ("+metres:n", " 12 ")]).action();
        let expected = HomeAction::Move { printer: "study".into(), metres: 12 };
        assert_eq!(action, Ok(Action::Home { action: expected }));

        let add = r#"{"at":"router","action":{"do":"add-pin"}}"#;
        let Ok(Action::Router { action: RouterAction::AddPin { pin, device } }) =
            form(&[("action", add), ("+pin", "1234 5670"), ("+device", "")]).action()
        else {
            panic!()
        };
        assert_eq!((pin.expose(), device), ("1234 5670", None));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let move_it = r#"{"at":"home","action":{"do":"move","printer":"study"}}"#;
        for fields in [
            &[][..],
            &[("action", "")],
            &[("action", "[]")],
            &[("action", r#"{"at":"home"}"#)],
            &[("action", move_it)],
            &[("action", move_it), ("+metres:n", "far")],
            &[("action", move_it), ("+metres:n", "-1")],
            &[("action", r#"{"at":"moon","action":{"do":"move"}}"#)],
        ] {
            assert_eq!(form(fields).action().unwrap_err().code, "bad-value", "{fields:?}");
        }
    }
}
