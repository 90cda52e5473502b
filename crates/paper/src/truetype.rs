//! A small TrueType font made of pixels, so that a page carries them as text that can be searched and copied.
//!
//! The tables are those of the OpenType specification that a font embedded in a PDF needs: `glyf`, `head`, `hhea`,
//! `hmtx`, `loca`, `maxp`, `name`, `post`. Each pixel becomes a square of 64 units; 16 of them are one em.

use crate::unifont::Pixels;

/// Units in an em.
pub(crate) const EM: u16 = 1024;
const PIXEL: i16 = 64;
/// Rows above the baseline.
const ASCENT: i16 = 14;

/// A font with these glyphs, in this order, from glyph 1 on; glyph 0 is empty.
///
/// There are at most 65,534 of them; later ones are left out.
pub(crate) fn font(glyphs: &[Pixels]) -> Vec<u8> {
    let glyphs = &glyphs[..glyphs.len().min(0xfffe)];
    let outlines: Vec<Outline> = glyphs.iter().map(Outline::new).collect();

    let (mut glyf, mut loca, mut hmtx) = (Vec::new(), Vec::new(), Vec::new());
    let mut put = |outline: &[u8], advance: i16, left: i16| {
        loca.extend((glyf.len() as u32).to_be_bytes());
        glyf.extend(outline);
        while glyf.len() % 4 != 0 {
            glyf.push(0);
        }
        words(&mut hmtx, &[advance, left]);
    };
    put(&[], 8 * PIXEL, 0);
    for (glyph, outline) in glyphs.iter().zip(&outlines) {
        put(&outline.encode(), i16::from(glyph.advance) * PIXEL, outline.bounds[0]);
    }
    loca.extend((glyf.len() as u32).to_be_bytes());

    let count = glyphs.len() as i16 + 1;
    let most = outlines.iter().map(|outline| outline.squares.len() as i16).max().unwrap_or(0);
    let box_of_all = [-16 * PIXEL, (ASCENT - 16) * PIXEL, 32 * PIXEL, ASCENT * PIXEL];

    let mut head = Vec::new();
    // Version 1.0, revision 1.0, then the adjustment that makes the whole font add up (filled in below).
    words(&mut head, &[1, 0, 1, 0, 0, 0, 0x5f0f, 0x3cf5, 0, EM as i16]);
    // Made and changed at the epoch: the same characters make the same font.
    head.extend([0; 16]);
    words(&mut head, &box_of_all);
    // Not slanted, smallest size 8, direction hint, long offsets in loca, format of glyf.
    words(&mut head, &[0, 8, 2, 1, 0]);

    let mut hhea = Vec::new();
    words(&mut hhea, &[1, 0, ASCENT * PIXEL, (ASCENT - 16) * PIXEL, 0, 16 * PIXEL]);
    words(&mut hhea, &[-16 * PIXEL, -16 * PIXEL, 32 * PIXEL, 1, 0, 0, 0, 0, 0, 0, 0, count]);

    let mut maxp = Vec::new();
    words(&mut maxp, &[1, 0, count, most * 4, most, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);

    let mut post = Vec::new();
    words(&mut post, &[3, 0, 0, 0, -PIXEL, PIXEL]);
    post.extend([0; 20]);

    assemble([
        (b"glyf", glyf),
        (b"head", head),
        (b"hhea", hhea),
        (b"hmtx", hmtx),
        (b"loca", loca),
        (b"maxp", maxp),
        (b"name", name("KeywayPixels")),
        (b"post", post),
    ])
}

/// The outline of a glyph: squares and upright bars.
struct Outline {
    /// Left, bottom, right, top of each, in units.
    squares: Vec<[i16; 4]>,
    /// Left, bottom, right, top of all.
    bounds: [i16; 4],
}

impl Outline {
    fn new(glyph: &Pixels) -> Outline {
        let mut squares: Vec<[i16; 4]> = Vec::new();
        for (index, row) in glyph.rows.iter().enumerate() {
            let top = (ASCENT - index as i16) * PIXEL;
            for (from, to) in stretches(*row) {
                let [left, right] = [from, to].map(|column| (column + i16::from(glyph.offset)) * PIXEL);
                // The same stretch one row above grows downward.
                let above = squares.iter_mut().find(|s| s[0] == left && s[2] == right && s[1] == top);
                match above {
                    Some(square) => square[1] = top - PIXEL,
                    None => squares.push([left, top - PIXEL, right, top]),
                }
            }
        }
        let bounds = squares
            .iter()
            .copied()
            .reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]);
        Outline { squares, bounds: bounds.unwrap_or_default() }
    }

    /// As an entry of `glyf`; nothing for a glyph without pixels.
    fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        if self.squares.is_empty() {
            return out;
        }
        words(&mut out, &[self.squares.len() as i16]);
        words(&mut out, &self.bounds);
        for index in 0..self.squares.len() as i16 {
            words(&mut out, &[index * 4 + 3]);
        }
        // No instructions; every point is on the outline.
        words(&mut out, &[0]);
        out.extend(std::iter::repeat_n(1, self.squares.len() * 4));
        let (mut xs, mut ys) = (Vec::new(), Vec::new());
        let mut at = [0, 0];
        for [left, bottom, right, top] in &self.squares {
            for [x, y] in [[left, bottom], [left, top], [right, top], [right, bottom]] {
                words(&mut xs, &[x - at[0]]);
                words(&mut ys, &[y - at[1]]);
                at = [*x, *y];
            }
        }
        out.extend(xs);
        out.extend(ys);
        out
    }
}

/// The stretches of set pixels in a row: the first column and the one after the last.
fn stretches(row: u16) -> impl Iterator<Item = (i16, i16)> {
    let set = move |column: i16| (0..16).contains(&column) && row & (0x8000 >> column) != 0;
    let starts = (0..16).filter(move |&column| set(column) && !set(column - 1));
    starts.map(move |from| (from, (from..=16).find(|&column| !set(column)).unwrap_or(16)))
}

/// A `name` table with the PostScript name alone, in UTF-16, for Windows.
fn name(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    words(&mut out, &[0, 1, 18, 3, 1, 0x409, 6, text.len() as i16 * 2, 0]);
    out.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
    out
}

fn assemble(tables: [(&[u8; 4], Vec<u8>); 8]) -> Vec<u8> {
    let mut directory = vec![0, 1, 0, 0];
    // Eight tables; the other three numbers follow from that.
    words(&mut directory, &[8, 128, 3, 0]);
    let mut body = Vec::new();
    let start = 12 + 16 * tables.len();
    let mut head = 0;
    for (tag, table) in tables {
        let at = start + body.len();
        if tag == b"head" {
            head = at;
        }
        directory.extend(tag);
        directory.extend(checksum(&table).to_be_bytes());
        directory.extend((at as u32).to_be_bytes());
        directory.extend((table.len() as u32).to_be_bytes());
        body.extend(table);
        while body.len() % 4 != 0 {
            body.push(0);
        }
    }
    let mut font = [directory, body].concat();
    let adjustment = 0xb1b0_afbau32.wrapping_sub(checksum(&font));
    font[head + 8..head + 12].copy_from_slice(&adjustment.to_be_bytes());
    font
}

/// The sum of the table as numbers of 32 bits, zeros added at its end.
fn checksum(table: &[u8]) -> u32 {
    table.chunks(4).fold(0, |sum, chunk| {
        let mut octets = [0; 4];
        octets[..chunk.len()].copy_from_slice(chunk);
        sum.wrapping_add(u32::from_be_bytes(octets))
    })
}

fn words(out: &mut Vec<u8>, values: &[i16]) {
    out.extend(values.iter().flat_map(|value| value.to_be_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fonts::unifont;
    use rustybuzz::ttf_parser::{Face, GlyphId, Rect};

    #[test]
    fn stretches_of_a_row() {
        let cases: [(u16, &[(i16, i16)]); 5] = [
            (0, &[]),
            (0xffff, &[(0, 16)]),
            (0x8001, &[(0, 1), (15, 16)]),
            (0b0111_0011_0000_0000, &[(1, 4), (6, 8)]),
            (0x00ff, &[(8, 16)]),
        ];
        for (row, expected) in cases {
            assert_eq!(stretches(row).collect::<Vec<_>>(), expected, "{row:016b}");
        }
    }

    #[test]
    fn another_reader_reads_the_font() {
        let glyphs: Vec<Pixels> = "中한\u{0a71}".chars().filter_map(|c| unifont().glyph(c)).collect();
        let data = font(&glyphs);
        assert_eq!(checksum(&data), 0xb1b0_afba);
        let face = Face::parse(&data, 0).unwrap();
        assert_eq!((face.number_of_glyphs(), face.units_per_em()), (4, EM));
        assert_eq!((face.ascender(), face.descender()), (896, -128));
        let advances: Vec<_> = (0..4).map(|id| face.glyph_hor_advance(GlyphId(id)).unwrap()).collect();
        assert_eq!(advances, [512, 1024, 1024, 0]);
        // 中 reaches from column 2 to 12 and over all rows.
        let expected = Rect { x_min: 128, y_min: -128, x_max: 832, y_max: 896 };
        assert_eq!(face.glyph_bounding_box(GlyphId(1)), Some(expected));
        assert_eq!(face.glyph_bounding_box(GlyphId(0)), None);
    }

    #[test]
    fn a_bar_is_one_contour() {
        let bar = Pixels { rows: [0x8000; 16], offset: 0, advance: 8 };
        assert_eq!(Outline::new(&bar).squares, [[0, -128, 64, 896]]);
        let corner =
            Pixels { rows: std::array::from_fn(|row| if row == 15 { 0xc000 } else { 0x8000 }), ..bar };
        assert_eq!(Outline::new(&corner).squares, [[0, -64, 64, 896], [0, -128, 128, -64]]);
    }
}
