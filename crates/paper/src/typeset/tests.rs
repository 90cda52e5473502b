use super::*;

/// The text of each run, from left to right.
fn runs(text: &str) -> Vec<String> {
    Typesetter::default().line(text, Weight::Regular).runs.into_iter().map(|run| run.text).collect()
}

#[test]
fn runs_stand_in_the_order_in_which_they_are_seen() {
    let cases: [(&str, &[&str]); 9] = [
        ("", &[]),
        ("Home", &["Home"]),
        ("Дом и Home", &["Дом и ", "Home"]),
        ("found שלום here", &["found ", "שלום", " here"]),
        // Hebrew, then a number: the number is to the left of it.
        ("שלום 5 on", &["5", "שלום ", " on"]),
        // In an isolate of its own, the number behind it stays behind it.
        ("\u{2068}שלום\u{2069} 5 on", &["שלום", " 5 on"]),
        ("\u{2068}שלום 5\u{2069} on", &["5", "שלום ", " on"]),
        ("Wi-Fi 中文 A", &["Wi-Fi ", "中文", " A"]),
        ("हिन्दी ไทย", &["हिन्दी", " ", "ไทย"]),
    ];
    for (text, expected) in cases {
        assert_eq!(runs(text), expected, "{text:?}");
    }
}

#[test]
fn letters_from_right_to_left_stand_in_that_order() {
    let line = Typesetter::default().line("אבג", Weight::Regular);
    let starts: Vec<_> = line.runs[0].glyphs.iter().map(|glyph| glyph.text_range.start).collect();
    assert_eq!(starts, [4, 2, 0]);
    // Thaana is drawn in pixels; a mark stays behind the letter that it belongs to.
    let line = Typesetter::default().line("ދިވެ", Weight::Regular);
    let starts: Vec<_> = line.runs[0].glyphs.iter().map(|glyph| glyph.text_range.start).collect();
    assert_eq!((line.runs[0].face, starts), (Face::Pixels, vec![4, 6, 0, 2]));
}

#[test]
fn arabic_letters_join() {
    let mut typesetter = Typesetter::default();
    let mut glyphs = |text: &str| {
        let line = typesetter.line(text, Weight::Regular);
        line.runs.iter().flat_map(|run| run.glyphs.iter().map(|g| g.glyph_id.to_u32())).collect::<Vec<_>>()
    };
    let alone = glyphs("ع");
    let joined = glyphs("ععع");
    assert_eq!(joined.len(), 3);
    assert!(joined.iter().all(|glyph| !alone.contains(glyph)), "{alone:?} {joined:?}");
}

#[test]
fn lines_end_between_words() {
    let mut typesetter = Typesetter::default();
    let mut lines = |text: &str, width: f32| -> Vec<String> {
        let lines = typesetter.paragraph(text, Weight::Regular, 10.0, width);
        assert!(lines.iter().all(|line| line.width(10.0) <= width), "{text:?}");
        lines.iter().map(|line| line.runs.iter().map(|run| run.text.as_str()).collect()).collect()
    };
    assert_eq!(lines("", 50.0), [""]);
    assert_eq!(lines("one two three", 50.0), ["one two", "three"]);
    assert_eq!(lines("one two three", 1000.0), ["one two three"]);
    assert_eq!(lines("one   two", 30.0), ["one", "two"]);
    // A word wider than the line is divided, in any script, and never before a mark.
    assert_eq!(lines("mmmmmmm", 31.0), ["mmm", "mmm", "m"]);
    assert_eq!(lines("ab mmmmmmm cd", 31.0), ["ab", "mmm", "mmm", "m cd"]);
    assert_eq!(lines("中文中文中文", 41.0), ["中文中文", "中文"]);
    assert_eq!(lines("e\u{301}e\u{301}e\u{301}", 13.0), ["e\u{301}e\u{301}", "e\u{301}"]);
}

#[test]
fn nothing_is_lost_at_the_end_of_a_line() {
    let text = "Дом “\u{2068}שלום-עולם-שלום\u{2069}” 中文字字字字字字 \u{7}emoji🦊🦊🦊🦊🦊 हिन्दीहिन्दीहिन्दी x";
    for width in 1..200 {
        let mut typesetter = Typesetter::default();
        let lines = typesetter.paragraph(text, Weight::Bold, 10.0, width as f32);
        let mut found: Vec<char> =
            lines.iter().flat_map(|line| line.runs.iter().flat_map(|run| run.text.chars())).collect();
        let mut expected: Vec<char> = legible(text).chars().filter(|c| !is_isolate(*c)).collect();
        for text in [&mut found, &mut expected] {
            text.retain(|c| *c != ' ');
            text.sort_unstable();
        }
        assert_eq!(found, expected, "{width}");
    }
}

#[test]
fn each_pixel_glyph_is_kept_once() {
    let mut typesetter = Typesetter::default();
    assert_eq!(typesetter.pixel_font(), None);
    typesetter.line("plain", Weight::Regular);
    assert_eq!(typesetter.pixel_font(), None);
    typesetter.line("中文中", Weight::Regular);
    typesetter.line("文", Weight::Bold);
    assert_eq!(typesetter.pixels.len(), 2);
}
