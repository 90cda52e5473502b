//! Text that a person can trust: everything in it is seen, and nothing in it moves its neighbours.

use std::fmt::Write;

use crate::fonts::{Weight, is_joiner, source};

/// A network name (SSID, 0 to 32 octets) as text for a page.
///
/// Octets that are not UTF-8, and control characters, become `\xff`; a backslash becomes `\\`, so that two names never look the same by that.
/// The name is put between Unicode's isolates (U+2068, U+2069; they are not seen): whichever way its script runs, the
/// sentence around it keeps its order. Isolates within the name are escaped.
///
/// ```
/// let plain = |name: &[u8]| keyway_paper::network_name(name).replace(['\u{2068}', '\u{2069}'], "");
/// assert_eq!(plain("Casa Müller".as_bytes()), "Casa Müller");
/// assert_eq!(plain(b"Caf\xe9 \\o/"), r"Caf\xe9 \\o/");
/// assert_eq!(plain(b""), "");
/// ```
pub fn network_name(ssid: &[u8]) -> String {
    let mut text = String::from(FIRST_STRONG_ISOLATE);
    for chunk in ssid.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\\' => text.push_str(r"\\"),
                _ if c.is_ascii_control() => push_octet(&mut text, c as u8),
                FIRST_STRONG_ISOLATE | POP_ISOLATE => escape(&mut text, c),
                _ => text.push(c),
            }
        }
        for octet in chunk.invalid() {
            push_octet(&mut text, *octet);
        }
    }
    text.push(POP_ISOLATE);
    text
}

/// U+2068: what follows, up to [`POP_ISOLATE`], takes its direction from its own first letter.
const FIRST_STRONG_ISOLATE: char = '\u{2068}';
/// U+2069: the end of an isolate.
const POP_ISOLATE: char = '\u{2069}';

/// Whether `c` only says where an isolate starts or ends.
pub(crate) fn is_isolate(c: char) -> bool {
    matches!(c, FIRST_STRONG_ISOLATE | POP_ISOLATE)
}

/// The text with every character that cannot be seen, or that no font has, as `\u{1f}`. White space becomes a space.
pub(crate) fn legible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // A joiner has an effect only behind something; on its own it would hide.
    let mut joins = false;
    for c in text.chars() {
        if c.is_ascii_whitespace() {
            out.push(' ');
            joins = false;
        } else if is_isolate(c) || (is_joiner(c) && joins) {
            out.push(c);
        } else if is_joiner(c) || is_hidden(c) || source(c, Weight::Regular).is_none() {
            escape(&mut out, c);
            joins = false;
        } else {
            out.push(c);
            joins = true;
        }
    }
    out
}

/// Whether a character is not seen, looks like a space, moves others about, or means nothing in common.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{e000}'..='\u{f8ff}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffc}' | '\u{e0000}'..='\u{10ffff}'
        )
}

fn push_octet(out: &mut String, octet: u8) {
    let _ = write!(out, "\\x{octet:02x}");
}

fn escape(out: &mut String, c: char) {
    let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_networks() {
        let cases: [(&[u8], &str); 7] = [
            (b"", ""),
            (b"Home", "Home"),
            ("Дом 中文".as_bytes(), "Дом 中文"),
            (b"\xff\x00ok\xc3", r"\xff\x00ok\xc3"),
            // Half of a character of four octets.
            (b"\xf0\x9f\x92", "\\xf0\\x9f\\x92"),
            (br"C:\x41", r"C:\\x41"),
            ("\u{2069}evil".as_bytes(), r"\u{2069}evil"),
        ];
        for (ssid, expected) in cases {
            assert_eq!(network_name(ssid), format!("\u{2068}{expected}\u{2069}"), "{ssid:?}");
        }
    }

    #[test]
    fn what_is_seen() {
        let cases = [
            ("plain text", "plain text"),
            ("tab\tand\nline", "tab and line"),
            ("bell\u{7}", r"bell\u{7}"),
            ("no\u{a0}break", r"no\u{a0}break"),
            // The name of another network, written backwards.
            ("\u{202e}emoH", r"\u{202e}emoH"),
            ("Home\u{200b}", r"Home\u{200b}"),
            ("Home\u{feff}", r"Home\u{feff}"),
            ("\u{3164}", r"\u{3164}"),
            ("\u{20000}\u{378}\u{e000}", r"\u{20000}\u{378}\u{e000}"),
            ("\u{2068}שלום\u{2069}", "\u{2068}שלום\u{2069}"),
            // A joiner between letters, and joiners on their own.
            ("क्\u{200d}ष", "क्\u{200d}ष"),
            ("\u{200d}a", r"\u{200d}a"),
            ("a \u{200c}", r"a \u{200c}"),
            ("❤\u{fe0f}", "❤\u{fe0f}"),
        ];
        for (text, expected) in cases {
            assert_eq!(legible(text), expected, "{text:?}");
        }
    }

    #[test]
    fn every_character_is_drawn_or_escaped() {
        for c in ('\0'..'\u{20000}').chain(['\u{20000}', '\u{e0041}', '\u{f0000}', char::MAX]) {
            let text = legible(&format!("a{c}"));
            let drawn = text.chars().all(|c| is_isolate(c) || source(c, Weight::Bold).is_some());
            assert!(drawn, "{c:?}: {text:?}");
        }
    }
}
