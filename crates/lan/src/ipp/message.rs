//! Whole messages (RFC 8010, section 3.1).

use super::group;
use super::value::{BEGIN_COLLECTION, END_COLLECTION, MEMBER_NAME, Value};

/// What every message begins with: eight octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Major and minor version.
    pub version: (u8, u8),
    /// The operation of a request, the status of a response.
    pub code: u16,
    /// What tells responses to different requests apart; 1 or more.
    pub request: i32,
}

/// An attribute: a name and its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// The name: 255 octets at most, what is longer is cut.
    pub name: String,
    /// One value or more.
    pub values: Vec<Value>,
}

/// Attributes that belong together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// Which group: see [`group`].
    pub tag: u8,
    /// The attributes, in order.
    pub attributes: Vec<Attribute>,
}

/// A request or a response, without the document that follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The first eight octets.
    pub header: Header,
    /// The groups, in order.
    pub groups: Vec<Group>,
}

/// What is no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The offset of the octet where it went wrong.
    pub offset: usize,
}

/// The most values in one message, members of collections included.
const MOST_VALUES: usize = 4096;

/// The most collections within one another.
const DEEPEST: usize = 8;

impl Attribute {
    /// An attribute with one value.
    pub fn new(name: &str, value: Value) -> Attribute {
        Attribute { name: name.to_owned(), values: vec![value] }
    }

    /// An attribute with several.
    pub fn set(name: &str, values: impl IntoIterator<Item = Value>) -> Attribute {
        Attribute { name: name.to_owned(), values: values.into_iter().collect() }
    }
}

impl Group {
    /// An empty group.
    pub fn new(tag: u8) -> Group {
        Group { tag, attributes: Vec::new() }
    }

    /// The values of an attribute; none when it is not there.
    pub fn values(&self, name: &str) -> &[Value] {
        let found = self.attributes.iter().find(|attribute| attribute.name == name);
        found.map(|attribute| attribute.values.as_slice()).unwrap_or_default()
    }

    /// The text of an attribute's first value.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.values(name).first()?.text()
    }

    /// The number of an attribute's first value.
    pub fn number(&self, name: &str) -> Option<i32> {
        self.values(name).first()?.number()
    }
}

impl Header {
    /// The header in front of a message, if there are eight octets.
    pub fn read(octets: &[u8]) -> Option<Header> {
        let [major, minor, a, b, c, d, e, f] = *octets.first_chunk()?;
        let (code, request) = (u16::from_be_bytes([a, b]), i32::from_be_bytes([c, d, e, f]));
        Some(Header { version: (major, minor), code, request })
    }
}

impl Message {
    /// A request in UTF-8 and English, as version 2.0.
    pub fn request(operation: u16, request: i32, uri: &str) -> Message {
        let mut group = Group::new(group::OPERATION);
        group.attributes.push(Attribute::new("attributes-charset", Value::Charset("utf-8".into())));
        group.attributes.push(Attribute::new("attributes-natural-language", Value::Language("en".into())));
        group.attributes.push(Attribute::new("printer-uri", Value::Uri(uri.to_owned())));
        let header = Header { version: (2, 0), code: operation, request };
        Message { header, groups: vec![group] }
    }

    /// The first group of a kind.
    pub fn group(&self, tag: u8) -> Option<&Group> {
        self.groups.iter().find(|group| group.tag == tag)
    }

    /// Reads a message; the rest of the octets is its document.
    ///
    /// # Errors
    /// [`Malformed`] when it is none: too short, a wrong length, a group in a group's place, too much of anything.
    pub fn read(octets: &[u8]) -> Result<(Message, &[u8]), Malformed> {
        let header = Header::read(octets).ok_or(Malformed { offset: octets.len() })?;
        let mut reader = Reader { octets, at: 8, values: 0 };
        let mut groups = Vec::new();
        let mut tag = reader.octet()?;
        while tag != group::END {
            // What stands here has to be a delimiter.
            if tag == 0 || tag > 0x0f {
                return Err(reader.malformed());
            }
            let mut current = Group::new(tag);
            tag = reader.attributes(&mut current)?;
            groups.push(current);
        }
        let document = octets.get(reader.at..).unwrap_or_default();
        Ok((Message { header, groups }, document))
    }

    /// The message's octets; a document may be put behind them.
    pub fn write(&self) -> Vec<u8> {
        let Header { version: (major, minor), code, request } = self.header;
        let mut out = vec![major, minor];
        out.extend(code.to_be_bytes());
        out.extend(request.to_be_bytes());
        for group in &self.groups {
            out.push(group.tag);
            for attribute in &group.attributes {
                write_attribute(&mut out, attribute);
            }
        }
        out.push(group::END);
        out
    }
}

struct Reader<'a> {
    octets: &'a [u8],
    at: usize,
    values: usize,
}

impl<'a> Reader<'a> {
    fn malformed(&self) -> Malformed {
        Malformed { offset: self.at }
    }

    fn octet(&mut self) -> Result<u8, Malformed> {
        let octet = *self.octets.get(self.at).ok_or(self.malformed())?;
        self.at += 1;
        Ok(octet)
    }

    /// Octets behind their length.
    fn counted(&mut self) -> Result<&'a [u8], Malformed> {
        let length = usize::from(u16::from_be_bytes([self.octet()?, self.octet()?]));
        let found = self.octets.get(self.at..self.at + length).ok_or(self.malformed())?;
        self.at += length;
        Ok(found)
    }

    fn text(&mut self) -> Result<String, Malformed> {
        let at = self.at;
        String::from_utf8(self.counted()?.to_vec()).map_err(|_| Malformed { offset: at })
    }

    /// Attributes up to the next delimiter, which is returned.
    fn attributes(&mut self, group: &mut Group) -> Result<u8, Malformed> {
        loop {
            let tag = self.octet()?;
            if tag <= 0x0f {
                return Ok(tag);
            }
            let name = self.text()?;
            let value = self.value(tag, 0)?;
            match (name.is_empty(), group.attributes.last_mut()) {
                // Without a name it is one more value of the attribute before (section 3.1.5).
                (true, Some(last)) => last.values.push(value),
                (true, None) => return Err(self.malformed()),
                (false, _) => group.attributes.push(Attribute { name, values: vec![value] }),
            }
        }
    }

    fn value(&mut self, tag: u8, depth: usize) -> Result<Value, Malformed> {
        self.values += 1;
        if self.values > MOST_VALUES || depth > DEEPEST {
            return Err(self.malformed());
        }
        let at = self.at;
        let octets = self.counted()?;
        if tag == BEGIN_COLLECTION {
            return self.collection(depth + 1);
        }
        Value::read(tag, octets).ok_or(Malformed { offset: at })
    }

    /// Members up to the end of the collection (section 3.1.6).
    fn collection(&mut self, depth: usize) -> Result<Value, Malformed> {
        let mut members: Vec<Attribute> = Vec::new();
        loop {
            let tag = self.octet()?;
            // Whatever stands in a collection has no name of its own.
            if !self.counted()?.is_empty() {
                return Err(self.malformed());
            }
            match tag {
                END_COLLECTION => {
                    self.counted()?;
                    if members.iter().any(|member| member.values.is_empty()) {
                        return Err(self.malformed());
                    }
                    return Ok(Value::Collection(members));
                }
                MEMBER_NAME => {
                    self.values += 1;
                    if self.values > MOST_VALUES {
                        return Err(self.malformed());
                    }
                    members.push(Attribute { name: self.text()?, values: Vec::new() });
                }
                0..=0x0f => return Err(self.malformed()),
                _ => {
                    let value = self.value(tag, depth)?;
                    members.last_mut().ok_or(self.malformed())?.values.push(value);
                }
            }
        }
    }
}

fn write_attribute(out: &mut Vec<u8>, attribute: &Attribute) {
    let name = &attribute.name[..attribute.name.floor_char_boundary(255)];
    for (index, value) in attribute.values.iter().enumerate() {
        write_value(out, if index == 0 { name } else { "" }, value);
    }
}

fn write_value(out: &mut Vec<u8>, name: &str, value: &Value) {
    write_plain(out, value.tag(), name, &value.octets());
    if let Value::Collection(members) = value {
        for member in members {
            write_plain(out, MEMBER_NAME, "", member.name.as_bytes());
            for value in &member.values {
                write_value(out, "", value);
            }
        }
        write_plain(out, END_COLLECTION, "", &[]);
    }
}

fn write_plain(out: &mut Vec<u8>, tag: u8, name: &str, octets: &[u8]) {
    out.push(tag);
    for part in [name.as_bytes(), octets] {
        let length = u16::try_from(part.len()).unwrap_or(u16::MAX);
        out.extend(length.to_be_bytes());
        out.extend(&part[..length.into()]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_value() -> impl Strategy<Value = Value> {
        let text = "[a-zäöü0-9-]{0,40}";
        let plain = prop_oneof![
            Just(Value::NoValue),
            any::<i32>().prop_map(Value::Integer),
            any::<i32>().prop_map(Value::Enum),
            any::<bool>().prop_map(Value::Boolean),
            (any::<i32>(), any::<i32>()).prop_map(|(from, to)| Value::Range(from, to)),
            (any::<i32>(), any::<i32>(), 3..=4_u8).prop_map(|(x, y, unit)| Value::Resolution(x, y, unit)),
            text.prop_map(Value::Keyword),
            text.prop_map(Value::Text),
            text.prop_map(Value::Uri),
            ("[a-z]{2}(-[a-z]{2})?", text)
                .prop_map(|(language, text)| Value::NameWithLanguage(language, text)),
            any::<[u8; 11]>().prop_map(Value::DateTime),
            prop::collection::vec(any::<u8>(), 0..40).prop_map(Value::Octets),
        ];
        plain.prop_recursive(3, 12, 4, |inner| {
            let member = ("[a-z]{1,10}", prop::collection::vec(inner, 1..3));
            let members =
                prop::collection::vec(member.prop_map(|(name, values)| Attribute { name, values }), 0..4);
            members.prop_map(Value::Collection)
        })
    }

    fn any_message() -> impl Strategy<Value = Message> {
        let attribute = ("[a-z]{1,20}", prop::collection::vec(any_value(), 1..4))
            .prop_map(|(name, values)| Attribute { name, values });
        let group =
            (prop_oneof![Just(1_u8), Just(2), Just(4), Just(5)], prop::collection::vec(attribute, 0..5))
                .prop_map(|(tag, attributes)| Group { tag, attributes });
        (any::<(u8, u8)>(), any::<u16>(), any::<i32>(), prop::collection::vec(group, 0..4)).prop_map(
            |(version, code, request, groups)| Message { header: Header { version, code, request }, groups },
        )
    }

    #[test]
    fn what_is_malformed_is_refused_where_it_is() {
        for (name, octets, offset) in [
            ("nothing", &b""[..], 0),
            ("no end", b"\x02\x00\x00\x0b\x00\x00\x00\x01", 8),
            ("a value outside a group", b"\x02\x00\x00\x0b\x00\x00\x00\x01\x44", 9),
            ("a value without a name before any", b"\x02\x00\x00\x0b\0\0\0\x01\x01\x44\0\0\0\x01a\x03", 15),
            ("a name too long", b"\x02\x00\x00\x0b\0\0\0\x01\x01\x44\0\x09a", 12),
            ("an integer of three octets", b"\x02\0\0\x0b\0\0\0\x01\x01\x21\0\x01a\0\x03\0\0\0\x03", 13),
            (
                "a text longer than its value",
                b"\x02\0\0\x0b\0\0\0\x01\x01\x35\0\x01a\0\x04\0\0\0\x09\x03",
                13,
            ),
            ("a collection without end", b"\x02\0\0\x0b\0\0\0\x01\x01\x34\0\x01a\0\0\x03", 16),
        ] {
            assert_eq!(Message::read(octets).map(|_| ()), Err(Malformed { offset }), "{name}");
        }
    }

    #[test]
    fn collections_are_bounded() {
        let nested = |depth: usize| {
            let mut octets = b"\x02\0\0\x0b\0\0\0\x01\x01\x34\0\x01a\0\0".to_vec();
            for _ in 1..depth {
                octets.extend(b"\x4a\0\0\0\x01m\x34\0\0\0\0");
            }
            for _ in 0..depth {
                octets.extend(b"\x37\0\0\0\0");
            }
            octets.push(3);
            octets
        };
        assert!(Message::read(&nested(DEEPEST)).is_ok());
        assert!(Message::read(&nested(DEEPEST + 2)).is_err());
        assert!(Message::read(&nested(100_000)).is_err());
    }

    proptest! {
        #[test]
        fn messages_survive(message in any_message(), document in prop::collection::vec(any::<u8>(), 0..20)) {
            let octets = [message.write(), document.clone()].concat();
            prop_assert_eq!(Message::read(&octets), Ok((message, &document[..])));
        }

        #[test]
        fn the_oracle_understands_them(message in any_message()) {
            let octets = std::io::Cursor::new(message.write());
            let (_, attributes, _) = ipp::parser::IppParser::new(ipp::reader::IppReader::new(octets))
                .parse_parts()
                .map_err(|error| TestCaseError::fail(error.to_string()))?;
            let names = |group: &Group| group.attributes.iter().map(|a| a.name.clone()).collect::<Vec<_>>();
            let ours: Vec<_> = message.groups.iter().map(|group| (group.tag, names(group))).collect();
            let theirs: Vec<_> = attributes
                .groups()
                .iter()
                .map(|group| (group.tag() as u8, group.attributes().iter().map(|a| a.name().to_string()).collect()))
                .collect();
            prop_assert_eq!(ours, theirs);
        }

        #[test]
        fn nothing_panics(octets in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = Message::read(&octets);
        }

        #[test]
        fn nor_does_a_message_with_octets_changed(
            message in any_message(),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..10),
        ) {
            let mut octets = message.write();
            for (at, value) in changes {
                let at = at.index(octets.len());
                octets[at] = value;
            }
            let _ = Message::read(&octets);
        }
    }
}
