//! Lines of text: directions, fonts, shapes, and where a line ends.

use std::ops::Range;

use krilla::text::{GlyphId, KrillaGlyph};
use rustybuzz::{Direction, UnicodeBuffer};
use unicode_bidi::{BidiInfo, Level};
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};
use unicode_script::{Script, UnicodeScript};

use crate::fonts::{Source, Weight, is_joiner, outline, source, unifont};
use crate::legible::{is_isolate, legible};
use crate::truetype;
use crate::unifont::Pixels;

/// The font of a [`Run`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    /// A font of [`outline`], by its place.
    Outline(usize),
    /// The font made of the pixels that the page needs.
    Pixels,
}

/// Glyphs of one font, from left to right.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) face: Face,
    pub(crate) text: String,
    /// Distances are parts of the font size.
    pub(crate) glyphs: Vec<KrillaGlyph>,
    /// How far the pen moves, as part of the font size.
    pub(crate) advance: f32,
}

/// One line, from left to right.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    pub(crate) runs: Vec<Run>,
}

impl Line {
    /// How far the pen moves at a font size, in the same unit.
    pub(crate) fn width(&self, size: f32) -> f32 {
        size * self.runs.iter().map(|run| run.advance).sum::<f32>()
    }
}

/// Makes lines, and remembers which pixel glyphs they need.
#[derive(Debug, Default)]
pub(crate) struct Typesetter {
    /// Glyph 1 is the first.
    pixels: Vec<(char, Pixels)>,
}

impl Typesetter {
    /// The pixel font with all glyphs of all lines made so far; `None` when no line needs it.
    pub(crate) fn pixel_font(&self) -> Option<Vec<u8>> {
        let glyphs: Vec<Pixels> = self.pixels.iter().map(|(_, pixels)| *pixels).collect();
        (!glyphs.is_empty()).then(|| truetype::font(&glyphs))
    }

    /// The text in one line, however long.
    pub(crate) fn line(&mut self, text: &str, weight: Weight) -> Line {
        self.paragraph(text, weight, 1.0, f32::INFINITY).pop().unwrap_or_default()
    }

    /// The text in lines of at most this width, in the unit of `size`; at least one line. A line ends between words;
    /// within a word only when the word alone is wider.
    pub(crate) fn paragraph(&mut self, text: &str, weight: Weight, size: f32, width: f32) -> Vec<Line> {
        let text = legible(text);
        // The words around the names are English; a name has its own direction within its isolate.
        let bidi = BidiInfo::new(&text, Some(Level::ltr()));
        let Some(paragraph) = bidi.paragraphs.first() else { return vec![Line::default()] };
        let ranges = self.break_lines(&text, weight, width / size);
        let line = |range: Range<usize>| {
            // Spaces at the end of a line take no room.
            let range = range.start..range.start + text[range].trim_end().len();
            let (levels, runs) = bidi.visual_runs(paragraph, range);
            let pieces = runs.into_iter().flat_map(|run| {
                let rtl = levels[run.start].is_rtl();
                let mut items = itemise(&text, run, weight);
                if rtl {
                    items.reverse();
                }
                items.into_iter().map(move |item| (item, rtl))
            });
            Line { runs: pieces.map(|(item, rtl)| self.shape(&text, item, rtl)).collect() }
        };
        ranges.into_iter().map(line).collect()
    }

    /// Where each line starts and ends. `width` is a part of the font size.
    fn break_lines(&mut self, text: &str, weight: Weight, width: f32) -> Vec<Range<usize>> {
        let mut lines = Vec::new();
        let (mut start, mut used) = (0, 0.0);
        for word in words(text) {
            let seen = word.start..word.start + text[word.clone()].trim_end().len();
            let mut taken = self.measure(text, seen.clone(), weight);
            if used + taken > width && word.start > start {
                lines.push(start..word.start);
                (start, used) = (word.start, 0.0);
            }
            if taken > width {
                // Wider than a line: as many characters on each as fit, and at least one.
                let mut last = start;
                for end in cluster_ends(text, seen.clone()) {
                    taken = self.measure(text, start..end, weight);
                    if taken > width && last > start {
                        lines.push(start..last);
                        start = last;
                        taken = self.measure(text, start..end, weight);
                    }
                    last = end;
                }
            }
            used += taken + self.measure(text, seen.end..word.end, weight);
        }
        lines.push(start..text.len());
        lines
    }

    fn measure(&mut self, text: &str, range: Range<usize>, weight: Weight) -> f32 {
        itemise(text, range, weight).into_iter().map(|item| self.shape(text, item, false).advance).sum()
    }

    fn shape(&mut self, text: &str, item: Item, rtl: bool) -> Run {
        let text = text[item.range].to_owned();
        match item.face {
            Face::Outline(font) => shape_outline(font, text, rtl),
            Face::Pixels => self.shape_pixels(text, rtl),
        }
    }

    fn shape_pixels(&mut self, text: String, rtl: bool) -> Run {
        let mut glyphs = Vec::new();
        let mut start = 0;
        for end in cluster_ends(&text, 0..text.len()).collect::<Vec<_>>() {
            let mut cluster = Vec::new();
            for (at, c) in text[start..end].char_indices() {
                let Some((glyph, pixels)) = self.pixel_glyph(c) else { continue };
                let range = start + at..start + at + c.len_utf8();
                let advance = f32::from(pixels.advance) / 16.0;
                cluster.push(KrillaGlyph::new(GlyphId::new(glyph), advance, 0.0, 0.0, 0.0, range, None));
            }
            glyphs.push(cluster);
            start = end;
        }
        if rtl {
            glyphs.reverse();
        }
        let glyphs: Vec<KrillaGlyph> = glyphs.into_iter().flatten().collect();
        let advance = glyphs.iter().map(|glyph| glyph.x_advance).sum();
        Run { face: Face::Pixels, text, glyphs, advance }
    }

    fn pixel_glyph(&mut self, c: char) -> Option<(u32, Pixels)> {
        let known = self.pixels.iter().position(|(known, _)| *known == c);
        let index = match known {
            Some(index) => index,
            None => {
                let nothing = || is_joiner(c).then_some(Pixels { rows: [0; 16], offset: 0, advance: 0 });
                self.pixels.push((c, unifont().glyph(c).or_else(nothing)?));
                self.pixels.len() - 1
            }
        };
        Some((index as u32 + 1, self.pixels[index].1))
    }
}

fn shape_outline(font: usize, text: String, rtl: bool) -> Run {
    let face = &outline(font).face;
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(&text);
    buffer.guess_segment_properties();
    buffer.set_direction(if rtl { Direction::RightToLeft } else { Direction::LeftToRight });
    let shaped = rustybuzz::shape(face, &[], buffer);

    // A glyph stands for the text from its cluster to the next one.
    let mut starts: Vec<usize> = shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
    starts.push(text.len());
    starts.sort_unstable();
    let em = face.units_per_em() as f32;
    let part = |units: i32| units as f32 / em;
    let glyphs: Vec<KrillaGlyph> = shaped
        .glyph_infos()
        .iter()
        .zip(shaped.glyph_positions())
        .map(|(info, place)| {
            let start = info.cluster as usize;
            let end = starts[starts.partition_point(|other| *other <= start)..].first().copied();
            let range = start..end.unwrap_or(text.len());
            let glyph = GlyphId::new(info.glyph_id);
            let (right, up) = (part(place.x_offset), part(place.y_offset));
            KrillaGlyph::new(glyph, part(place.x_advance), right, up, part(place.y_advance), range, None)
        })
        .collect();
    let advance = glyphs.iter().map(|glyph| glyph.x_advance).sum();
    Run { face: Face::Outline(font), text, glyphs, advance }
}

/// A stretch of text in one font and one script.
struct Item {
    face: Face,
    range: Range<usize>,
}

fn itemise(text: &str, range: Range<usize>, weight: Weight) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    let mut script = Script::Common;
    for (at, c) in text[range.clone()].char_indices() {
        if is_isolate(c) {
            continue;
        }
        let (start, end) = (range.start + at, range.start + at + c.len_utf8());
        let own = c.script();
        let neutral = matches!(own, Script::Common | Script::Inherited);
        let same_script = neutral || script == Script::Common || own == script;
        // What comes behind an isolate is apart from what stands before it.
        let last = items.last_mut().filter(|item| item.range.end == start);
        let face = face_of(c, weight, last.as_ref().map(|item| item.face));
        match last {
            Some(item) if item.face == face && same_script => item.range.end = end,
            _ => {
                items.push(Item { face, range: start..end });
                script = Script::Common;
            }
        }
        if !neutral {
            script = own;
        }
    }
    items
}

/// The font of a character behind one in the font `before`. Marks and joiners stay with what they belong to.
fn face_of(c: char, weight: Weight, before: Option<Face>) -> Face {
    if let (Some(face), true) = (before, is_mark(c) || is_joiner(c)) {
        let stays = match face {
            Face::Outline(font) => outline(font).face.glyph_index(c).is_some(),
            Face::Pixels => is_joiner(c) || unifont().glyph(c).is_some(),
        };
        if stays {
            return face;
        }
    }
    match source(c, weight) {
        Some(Source::Outline(font)) => Face::Outline(font),
        _ => Face::Pixels,
    }
}

fn is_mark(c: char) -> bool {
    c.general_category_group() == GeneralCategoryGroup::Mark
}

/// Each word with the spaces behind it.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    text.split_inclusive(' ').map(move |word| {
        let range = start..start + word.len();
        start = range.end;
        range
    })
}

/// The end of each character together with its marks and joiners.
fn cluster_ends(text: &str, range: Range<usize>) -> impl Iterator<Item = usize> {
    let mut rest = text[range.clone()].char_indices().peekable();
    std::iter::from_fn(move || {
        let (at, c) = rest.next()?;
        let mut end = at + c.len_utf8();
        let mut last = c;
        while let Some((at, c)) =
            rest.next_if(|&(_, c)| is_mark(c) || is_joiner(c) || is_isolate(c) || last == '\u{200d}')
        {
            (end, last) = (at + c.len_utf8(), c);
        }
        Some(range.start + end)
    })
}

#[cfg(test)]
mod tests;
