//! Pages as trees: as strict as it can be, for pages that are all ours.

/// An element. The page itself is one without a name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Node>,
}

/// What stands in an element.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Element(Element),
    Text(String),
}

/// Elements that have no end tag.
const VOID: [&str; 5] = ["br", "hr", "input", "link", "meta"];

impl Element {
    /// Reads a page. Fails the test when tags do not fit together.
    pub(crate) fn parse(html: &str) -> Element {
        let mut rest = html.strip_prefix("<!doctype html>").expect("a doctype");
        let mut open = vec![Element::default()];
        while !rest.is_empty() {
            let (text, after) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
            if !text.is_empty() {
                open.last_mut().unwrap().children.push(Node::Text(decoded(text)));
            }
            let Some(tag) = after.strip_prefix('<') else { break };
            if let Some(tag) = tag.strip_prefix('/') {
                let (name, after) = tag.split_once('>').expect("an end tag");
                let closed = open.pop().unwrap();
                assert_eq!(closed.name, name, "the tags do not fit together");
                open.last_mut().expect("an end tag too many").children.push(Node::Element(closed));
                rest = after;
                continue;
            }
            let (element, is_closed, after) = start_tag(tag);
            if is_closed || VOID.contains(&element.name.as_str()) {
                open.last_mut().unwrap().children.push(Node::Element(element));
            } else {
                open.push(element);
            }
            rest = after;
        }
        assert_eq!(open.len(), 1, "{} has no end tag", open.last().unwrap().name);
        open.pop().unwrap()
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All elements in it, each with those that it stands in, outermost first.
    pub(crate) fn all(&self) -> Vec<(&Element, Vec<&Element>)> {
        let mut found = Vec::new();
        self.collect(&mut Vec::new(), &mut found);
        found
    }

    fn collect<'a>(&'a self, above: &mut Vec<&'a Element>, found: &mut Vec<(&'a Element, Vec<&'a Element>)>) {
        above.push(self);
        for child in &self.children {
            if let Node::Element(element) = child {
                found.push((element, above.clone()));
                element.collect(above, found);
            }
        }
        above.pop();
    }

    /// All elements with this name.
    pub(crate) fn named(&self, name: &str) -> Vec<&Element> {
        self.all().into_iter().map(|(element, _)| element).filter(|element| element.name == name).collect()
    }

    /// The element with this identifier.
    pub(crate) fn by_id(&self, id: &str) -> Option<&Element> {
        self.all().into_iter().map(|(element, _)| element).find(|element| element.attribute("id") == Some(id))
    }

    /// The text in it, with single spaces.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        self.add_text(&mut text);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn add_text(&self, to: &mut String) {
        for child in &self.children {
            match child {
                Node::Text(text) => to.push_str(text),
                Node::Element(element) => element.add_text(to),
            }
        }
    }

    /// Its forms.
    pub(crate) fn forms(&self) -> Vec<Form> {
        self.named("form").into_iter().map(Form::read).collect()
    }

    /// The form whose button has this label.
    pub(crate) fn form(&self, label: &str) -> Form {
        let forms = self.forms();
        let labels: Vec<String> = forms.iter().map(|form| form.label.clone()).collect();
        let found = forms.into_iter().find(|form| form.label == label);
        found.unwrap_or_else(|| panic!("no button “{label}” among {labels:?}"))
    }
}

/// A form as a browser would send it.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    /// Where it goes.
    pub(crate) target: String,
    /// What stands on its button.
    pub(crate) label: String,
    pub(crate) fields: Vec<(String, String)>,
}

impl Form {
    fn read(form: &Element) -> Form {
        assert_eq!(form.attribute("method"), Some("post"));
        let mut fields = Vec::new();
        for input in form.named("input") {
            let is_choice = matches!(input.attribute("type"), Some("radio" | "checkbox"));
            if let Some(name) = input.attribute("name")
                && (!is_choice || input.attribute("checked").is_some())
            {
                fields.push((name.to_owned(), input.attribute("value").unwrap_or_default().to_owned()));
            }
        }
        let buttons = form.named("button");
        assert_eq!(buttons.len(), 1, "a form has one button");
        let label = buttons[0].named("span").first().map_or_else(|| buttons[0].text(), |span| span.text());
        Form { target: form.attribute("action").expect("where it goes").to_owned(), label, fields }
    }

    /// With this in a field that it has.
    pub(crate) fn fill(mut self, name: &str, value: &str) -> Form {
        let field = self.fields.iter_mut().find(|(known, _)| known == name);
        field.unwrap_or_else(|| panic!("no field {name}")).1 = value.to_owned();
        self
    }
}

/// Reads what follows `<`: the element, whether it is closed at once, and what comes after it.
fn start_tag(tag: &str) -> (Element, bool, &str) {
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric()).expect("a name");
    let (name, mut rest) = tag.split_at(end);
    assert!(!name.is_empty(), "a bare < before {:?}", &tag[..tag.len().min(40)]);
    let mut element = Element { name: name.to_owned(), ..Element::default() };
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix('>') {
            return (element, false, after);
        }
        if let Some(after) = rest.strip_prefix("/>") {
            return (element, true, after);
        }
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).expect("an attribute");
        assert_ne!(end, 0, "no attribute in <{name}: {:?}", &rest[..rest.len().min(40)]);
        let (attribute, after) = rest.split_at(end);
        assert!(element.attribute(attribute).is_none(), "<{name} has {attribute} twice");
        let (value, after) = match after.strip_prefix("=\"") {
            Some(quoted) => quoted.split_once('"').expect("a closing quote"),
            None => ("", after),
        };
        element.attributes.push((attribute.to_owned(), decoded(value)));
        rest = after;
    }
}

/// Text without character references.
fn decoded(text: &str) -> String {
    let mut parts = text.split('&');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, after) = part.split_once(';').unwrap_or_else(|| panic!("a bare & in {text:?}"));
        let code = name.strip_prefix('#').and_then(|digits| digits.parse().ok());
        let decoded = code.and_then(char::from_u32).or(match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            _ => None,
        });
        out.push(decoded.unwrap_or_else(|| panic!("&{name}; is not known")));
        out += after;
    }
    out
}
