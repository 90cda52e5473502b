//! Makes `fonts/unifont.pack.gz` from the two OpenType files of GNU Unifont (Debian: fonts-unifont):
//!
//! ```text
//! cargo run -p keyway-paper --example pack_unifont -- \
//!     /usr/share/fonts/opentype/unifont/unifont.otf /usr/share/fonts/opentype/unifont/unifont_upper.otf \
//!     crates/paper/fonts/DejaVuSans.ttf.gz crates/paper/fonts/unifont.pack.gz
//! ```
//!
//! Taken are the characters of the Basic Multilingual Plane that the other font lacks and that exist, and pictographs (U+1F000 to
//! U+1FAFF). The same input makes the same file. `src/unifont.rs` describes the format.

use std::error::Error;
use std::fs;
use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use rustybuzz::ttf_parser::{Face, GlyphId, OutlineBuilder};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// The rows of a glyph, top first; the leftmost pixel is the highest bit.
type Rows = [u16; 16];

struct Glyph {
    code: u32,
    wide: bool,
    /// Pixels from the pen to the left edge of the cell, negative for a mark over the character before it.
    offset: i8,
    /// Pixels that the pen moves on.
    advance: u8,
    rows: Rows,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [plane_0, plane_1, other, output] = arguments.as_slice() else {
        return Err("give unifont.otf, unifont_upper.otf, the other font (.ttf.gz) and the output".into());
    };
    let mut known = Vec::new();
    GzDecoder::new(fs::read(other)?.as_slice()).read_to_end(&mut known)?;
    let known = Face::parse(&known, 0)?;

    let mut glyphs = Vec::new();
    for (path, range) in [(plane_0, 0x80..=0xffff), (plane_1, 0x1f000..=0x1faff)] {
        let data = fs::read(path)?;
        let face = Face::parse(&data, 0)?;
        for code in range.filter(|code| !(0xe000..=0xf8ff).contains(code)) {
            let Some(c) = char::from_u32(code) else { continue };
            // Unifont draws the number of a character that does not exist.
            if c.general_category() == GeneralCategory::Unassigned {
                continue;
            }
            if let (None, Some(id)) = (known.glyph_index(c), face.glyph_index(c)) {
                glyphs.push(rasterise(&face, id, code)?);
            }
        }
    }
    let mut pack = GzEncoder::new(Vec::new(), Compression::new(10));
    pack.write_all(&packed(&glyphs))?;
    let pack = pack.finish()?;
    println!("{} characters, {} bytes", glyphs.len(), pack.len());
    fs::write(output, pack)?;
    Ok(())
}

fn packed(glyphs: &[Glyph]) -> Vec<u8> {
    let mut ranges: Vec<(u32, u16)> = Vec::new();
    for glyph in glyphs {
        match ranges.last_mut() {
            Some((first, count)) if *first + u32::from(*count) == glyph.code => *count += 1,
            _ => ranges.push((glyph.code, 1)),
        }
    }
    let mut out = Vec::new();
    out.extend((ranges.len() as u32).to_be_bytes());
    for (first, count) in ranges {
        out.extend(first.to_be_bytes());
        out.extend(count.to_be_bytes());
    }
    out.extend(glyphs.iter().map(|glyph| u8::from(glyph.wide) << 7 | glyph.advance));
    out.extend(glyphs.iter().map(|glyph| glyph.offset as u8));
    for glyph in glyphs {
        out.extend(glyph.rows.iter().map(|row| (row >> 8) as u8));
        if glyph.wide {
            out.extend(glyph.rows.iter().map(|row| *row as u8));
        }
    }
    out
}

fn rasterise(face: &Face<'_>, id: GlyphId, code: u32) -> Result<Glyph, Box<dyn Error>> {
    let pixel = f32::from(face.units_per_em()) / 16.0;
    let mut lines = Lines::default();
    face.outline_glyph(id, &mut lines);
    let edges = lines.edges.iter().flat_map(|&(from, to)| [from.0, to.0]);
    let left = edges.clone().fold(f32::MAX, f32::min);
    let right = edges.fold(f32::MIN, f32::max);
    let advance = f32::from(face.glyph_hor_advance(id).unwrap_or(0)) / pixel;
    // Cells stand at multiples of eight pixels; only marks leave that of their advance.
    let (left, right) = if left > right { (0.0, 8.0 * pixel) } else { (left, right) };
    let offset = if advance == 0.0 || left < 0.0 { (left / pixel).floor() } else { 0.0 };
    let wide = right / pixel - offset > 8.0;
    if right / pixel - offset > 16.0 || advance.fract() != 0.0 {
        return Err(format!("U+{code:04X}: from {left} to {right}, advance {advance}").into());
    }
    // The baseline is two pixels above the bottom of the cell.
    let mut rows = Rows::default();
    for (index, row) in rows.iter_mut().enumerate() {
        let y = (13.5 - index as f32) * pixel;
        for column in 0..16u16 {
            let x = (offset + f32::from(column) + 0.5) * pixel;
            if lines.winding(x, y) != 0 {
                *row |= 0x8000 >> column;
            }
        }
    }
    Ok(Glyph { code, wide, offset: offset as i8, advance: advance as u8, rows })
}

#[derive(Default)]
struct Lines {
    edges: Vec<((f32, f32), (f32, f32))>,
    start: (f32, f32),
    at: (f32, f32),
}

impl Lines {
    /// How often the outline winds around a point that is not on an edge. Edges are upright or level.
    fn winding(&self, x: f32, y: f32) -> i32 {
        let upright = self.edges.iter().filter(|(from, _)| from.0 > x);
        upright.fold(0, |sum, (from, to)| {
            sum + i32::from(from.1 < y && to.1 > y) - i32::from(from.1 > y && to.1 < y)
        })
    }
}

impl OutlineBuilder for Lines {
    fn move_to(&mut self, x: f32, y: f32) {
        (self.start, self.at) = ((x, y), (x, y));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        assert!(x == self.at.0 || y == self.at.1, "pixels have upright and level edges");
        self.edges.push((self.at, (x, y)));
        self.at = (x, y);
    }

    fn quad_to(&mut self, _: f32, _: f32, _: f32, _: f32) {
        panic!("pixels have no curves");
    }

    fn curve_to(&mut self, _: f32, _: f32, _: f32, _: f32, _: f32, _: f32) {
        panic!("pixels have no curves");
    }

    fn close(&mut self) {
        let (x, y) = self.start;
        self.line_to(x, y);
    }
}
