//! Values of attributes (RFC 8010, section 3.5.2 and table 7).

use super::message::Attribute;

/// A value with its syntax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// "unsupported": what a request asked for.
    Unsupported,
    /// "unknown": there is a value, and nobody knows it.
    Unknown,
    /// "no-value": there is none.
    NoValue,
    /// A number.
    Integer(i32),
    /// Yes or no.
    Boolean(bool),
    /// One of a list of numbers.
    Enum(i32),
    /// Octets without further meaning.
    Octets(Vec<u8>),
    /// A date and a time (RFC 2579): eleven octets.
    DateTime([u8; 11]),
    /// Dots: across the feed direction, along it, unit (3 is inch, 4 is centimetre).
    Resolution(i32, i32, u8),
    /// From, to.
    Range(i32, i32),
    /// Attributes within an attribute.
    Collection(Vec<Attribute>),
    /// Text in a language: the language, then the text.
    TextWithLanguage(String, String),
    /// A name in a language: the language, then the name.
    NameWithLanguage(String, String),
    /// Text in the language of the message.
    Text(String),
    /// A name in the language of the message.
    Name(String),
    /// One of a list of words.
    Keyword(String),
    /// An address.
    Uri(String),
    /// What an address begins with.
    UriScheme(String),
    /// A character set.
    Charset(String),
    /// A language.
    Language(String),
    /// A media type.
    MediaType(String),
    /// Anything else: its tag and its octets.
    Other(u8, Vec<u8>),
}

/// Tags of collections.
pub(super) const BEGIN_COLLECTION: u8 = 0x34;
pub(super) const END_COLLECTION: u8 = 0x37;
pub(super) const MEMBER_NAME: u8 = 0x4a;

impl Value {
    /// A keyword.
    pub fn keyword(word: &str) -> Value {
        Value::Keyword(word.to_owned())
    }

    /// The number of an integer or an enum.
    pub fn number(&self) -> Option<i32> {
        match self {
            Value::Integer(number) | Value::Enum(number) => Some(*number),
            _ => None,
        }
    }

    /// The text of anything that has one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Value::TextWithLanguage(_, text)
            | Value::NameWithLanguage(_, text)
            | Value::Text(text)
            | Value::Name(text)
            | Value::Keyword(text)
            | Value::Uri(text)
            | Value::UriScheme(text)
            | Value::Charset(text)
            | Value::Language(text)
            | Value::MediaType(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn tag(&self) -> u8 {
        match self {
            Value::Unsupported => 0x10,
            Value::Unknown => 0x12,
            Value::NoValue => 0x13,
            Value::Integer(_) => 0x21,
            Value::Boolean(_) => 0x22,
            Value::Enum(_) => 0x23,
            Value::Octets(_) => 0x30,
            Value::DateTime(_) => 0x31,
            Value::Resolution(..) => 0x32,
            Value::Range(..) => 0x33,
            Value::Collection(_) => BEGIN_COLLECTION,
            Value::TextWithLanguage(..) => 0x35,
            Value::NameWithLanguage(..) => 0x36,
            Value::Text(_) => 0x41,
            Value::Name(_) => 0x42,
            Value::Keyword(_) => 0x44,
            Value::Uri(_) => 0x45,
            Value::UriScheme(_) => 0x46,
            Value::Charset(_) => 0x47,
            Value::Language(_) => 0x48,
            Value::MediaType(_) => 0x49,
            Value::Other(tag, _) => *tag,
        }
    }

    /// The octets of a value that is no collection.
    pub(super) fn octets(&self) -> Vec<u8> {
        match self {
            Value::Unsupported | Value::Unknown | Value::NoValue | Value::Collection(_) => Vec::new(),
            Value::Integer(number) | Value::Enum(number) => number.to_be_bytes().to_vec(),
            Value::Boolean(yes) => vec![u8::from(*yes)],
            Value::Octets(octets) | Value::Other(_, octets) => octets.clone(),
            Value::DateTime(octets) => octets.to_vec(),
            Value::Resolution(across, along, unit) => {
                [&across.to_be_bytes()[..], &along.to_be_bytes(), &[*unit]].concat()
            }
            Value::Range(from, to) => [from.to_be_bytes(), to.to_be_bytes()].concat(),
            Value::TextWithLanguage(language, text) | Value::NameWithLanguage(language, text) => {
                let mut octets = Vec::new();
                for part in [language, text] {
                    let length = u16::try_from(part.len()).unwrap_or(u16::MAX);
                    octets.extend(length.to_be_bytes());
                    octets.extend(part.as_bytes().iter().take(length.into()));
                }
                octets
            }
            Value::Text(text)
            | Value::Name(text)
            | Value::Keyword(text)
            | Value::Uri(text)
            | Value::UriScheme(text)
            | Value::Charset(text)
            | Value::Language(text)
            | Value::MediaType(text) => text.clone().into_bytes(),
        }
    }

    /// The value with this tag and these octets; `None` when they do not fit together. Not for collections.
    pub(super) fn read(tag: u8, octets: &[u8]) -> Option<Value> {
        let number = |octets: &[u8]| octets.try_into().ok().map(i32::from_be_bytes);
        let text = || String::from_utf8(octets.to_vec()).ok();
        Some(match tag {
            0x10 => Value::Unsupported,
            0x12 => Value::Unknown,
            0x13 => Value::NoValue,
            0x21 => Value::Integer(number(octets)?),
            0x22 => match octets {
                [0] => Value::Boolean(false),
                [1] => Value::Boolean(true),
                _ => return None,
            },
            0x23 => Value::Enum(number(octets)?),
            0x30 => Value::Octets(octets.to_vec()),
            0x31 => Value::DateTime(octets.try_into().ok()?),
            0x32 => {
                let (across, rest) = octets.split_at_checked(4)?;
                let (along, unit) = rest.split_at_checked(4)?;
                let [unit] = unit else { return None };
                Value::Resolution(number(across)?, number(along)?, *unit)
            }
            0x33 => {
                let (from, to) = octets.split_at_checked(4)?;
                Value::Range(number(from)?, number(to)?)
            }
            0x35 | 0x36 => {
                let (language, rest) = counted(octets)?;
                let (text, []) = counted(rest)? else { return None };
                if tag == 0x35 {
                    Value::TextWithLanguage(language, text)
                } else {
                    Value::NameWithLanguage(language, text)
                }
            }
            0x41 => Value::Text(text()?),
            0x42 => Value::Name(text()?),
            0x44 => Value::Keyword(text()?),
            0x45 => Value::Uri(text()?),
            0x46 => Value::UriScheme(text()?),
            0x47 => Value::Charset(text()?),
            0x48 => Value::Language(text()?),
            0x49 => Value::MediaType(text()?),
            BEGIN_COLLECTION | END_COLLECTION | MEMBER_NAME => return None,
            _ => Value::Other(tag, octets.to_vec()),
        })
    }
}

/// A text behind its length.
fn counted(octets: &[u8]) -> Option<(String, &[u8])> {
    let (length, rest) = octets.split_first_chunk()?;
    let (text, rest) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
    Some((String::from_utf8(text.to_vec()).ok()?, rest))
}
