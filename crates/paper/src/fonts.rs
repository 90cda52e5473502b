//! The fonts that are part of the program, and which of them has a character.

use std::io::Read;
use std::ops::RangeInclusive;
use std::sync::OnceLock;

use flate2::read::GzDecoder;
use krilla::text::Font;
use rustybuzz::Face;

use crate::unifont::Unifont;

/// How heavy the letters are. Scripts without a bold face come in their regular one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

/// Where the drawing of a character comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// An outline font, by its place: see [`outline`].
    Outline(usize),
    /// The pixels of Unifont.
    Pixels,
    /// Nothing is drawn, and it takes no room: it only tells its neighbours how to join.
    Nothing,
}

/// One outline font.
pub(crate) struct Outline {
    /// For shaping.
    pub(crate) face: Face<'static>,
    data: &'static [u8],
}

impl Outline {
    /// The same font, for drawing.
    pub(crate) fn for_drawing(&self) -> Option<Font> {
        Font::new(self.data.into(), 0)
    }
}

const REGULAR: usize = 0;
const BOLD: usize = 1;

/// How many outline fonts there are.
pub(crate) const OUTLINES: usize = FILES.len();

/// The files, and which characters each is asked for: besides the first two, the fonts of scripts that are hard to read
/// unshaped.
const FILES: [(&[u8], RangeInclusive<char>); 11] = [
    (include_bytes!("../fonts/DejaVuSans.ttf.gz"), '\0'..=char::MAX),
    (include_bytes!("../fonts/DejaVuSans-Bold.ttf.gz"), '\0'..=char::MAX),
    (include_bytes!("../fonts/NotoSansDevanagari-Regular.ttf.gz"), '\u{900}'..='\u{97f}'),
    (include_bytes!("../fonts/NotoSansBengali-Regular.ttf.gz"), '\u{980}'..='\u{9ff}'),
    (include_bytes!("../fonts/NotoSansGurmukhi-Regular.ttf.gz"), '\u{a00}'..='\u{a7f}'),
    (include_bytes!("../fonts/NotoSansGujarati-Regular.ttf.gz"), '\u{a80}'..='\u{aff}'),
    (include_bytes!("../fonts/NotoSansTamil-Regular.ttf.gz"), '\u{b80}'..='\u{bff}'),
    (include_bytes!("../fonts/NotoSansTelugu-Regular.ttf.gz"), '\u{c00}'..='\u{c7f}'),
    (include_bytes!("../fonts/NotoSansKannada-Regular.ttf.gz"), '\u{c80}'..='\u{cff}'),
    (include_bytes!("../fonts/NotoSansMalayalam-Regular.ttf.gz"), '\u{d00}'..='\u{d7f}'),
    (include_bytes!("../fonts/NotoSansThai-Regular.ttf.gz"), '\u{e00}'..='\u{e7f}'),
];

/// An outline font, by its place; unpacked when it is first asked for.
pub(crate) fn outline(font: usize) -> &'static Outline {
    static FONTS: [OnceLock<Outline>; OUTLINES] = [const { OnceLock::new() }; OUTLINES];
    FONTS[font].get_or_init(|| {
        let data: &'static [u8] = unpack(FILES[font].0).leak();
        let face = Face::from_slice(data, 0).expect("a font that is part of the program is one");
        Outline { face, data }
    })
}

/// The pixel font.
pub(crate) fn unifont() -> &'static Unifont {
    static FONT: OnceLock<Unifont> = OnceLock::new();
    FONT.get_or_init(|| {
        let pack = unpack(include_bytes!("../fonts/unifont.pack.gz"));
        Unifont::parse(pack).expect("the pixels that are part of the program are in order")
    })
}

/// Where the drawing of `c` comes from; `None` when no font has it.
pub(crate) fn source(c: char, weight: Weight) -> Option<Source> {
    if is_joiner(c) {
        return Some(Source::Nothing);
    }
    let bold = (weight == Weight::Bold).then_some(BOLD);
    let special = (BOLD + 1..OUTLINES).filter(|&font| FILES[font].1.contains(&c));
    let mut order = bold.into_iter().chain([REGULAR]).chain(special);
    let font = order.find(|&font| outline(font).face.glyph_index(c).is_some());
    let outline = font.map(Source::Outline);
    outline.or_else(|| unifont().glyph(c).map(|_| Source::Pixels))
}

/// Characters without a look of their own: joiners, and the selectors of a variant. An outline font that has the
/// character before them gets them too.
pub(crate) fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}

fn unpack(packed: &[u8]) -> Vec<u8> {
    let mut data = Vec::new();
    GzDecoder::new(packed).read_to_end(&mut data).expect("what is part of the program can be unpacked");
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_script_has_its_font() {
        use Source::{Nothing, Outline, Pixels};
        let cases = [
            ('A', Weight::Regular, Some(Outline(REGULAR))),
            ('A', Weight::Bold, Some(Outline(BOLD))),
            ('Ж', Weight::Bold, Some(Outline(BOLD))),
            // A mathematical letter that is only in the regular face.
            ('𝖠', Weight::Bold, Some(Outline(REGULAR))),
            ('ש', Weight::Bold, Some(Outline(BOLD))),
            ('ع', Weight::Regular, Some(Outline(REGULAR))),
            ('ह', Weight::Bold, Some(Outline(2))),
            ('ไ', Weight::Regular, Some(Outline(10))),
            ('中', Weight::Regular, Some(Pixels)),
            ('한', Weight::Bold, Some(Pixels)),
            ('🦊', Weight::Regular, Some(Pixels)),
            ('\u{200d}', Weight::Regular, Some(Nothing)),
            ('\u{20000}', Weight::Regular, None),
            ('\u{378}', Weight::Regular, None),
        ];
        for (c, weight, expected) in cases {
            assert_eq!(source(c, weight), expected, "{c:?} {weight:?}");
        }
    }
}
