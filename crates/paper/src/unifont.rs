//! The pixel font: GNU Unifont in a format that packs well.
//!
//! All numbers are big-endian:
//!
//! | octets | what |
//! |---|---|
//! | 4 | how many ranges of characters there are |
//! | 6 each | a range: its first character (4), how many (2) |
//! | 1 for each character | highest bit: 16 pixels wide, not 8; the others: how many pixels the pen moves on |
//! | 1 for each character | pixels from the pen to the left edge of the drawing, signed |
//! | 16 or 32 for each character | the left eight pixels of its 16 rows, top first; then, if wide, the right eight |

/// The pixels of one character. The baseline lies between rows 13 and 14.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pixels {
    /// The rows, top first; the leftmost pixel is the highest bit.
    pub(crate) rows: [u16; 16],
    /// Pixels from the pen to the left edge; negative for a mark over the character before it.
    pub(crate) offset: i8,
    /// Pixels that the pen moves on; 0 for a mark.
    pub(crate) advance: u8,
}

/// The font.
pub(crate) struct Unifont {
    pack: Vec<u8>,
    /// The first character of each range, how many there are, and the number of glyphs before it.
    ranges: Vec<(u32, u32, usize)>,
    /// Where the drawing of each glyph starts in the pack.
    drawings: Vec<u32>,
    /// Where the octets of advances start.
    advances: usize,
}

impl Unifont {
    /// Reads the pack; `None` when it is damaged.
    pub(crate) fn parse(pack: Vec<u8>) -> Option<Unifont> {
        let count = usize::try_from(u32::from_be_bytes(*pack.first_chunk()?)).ok()?;
        let advances = count.checked_mul(6)?.checked_add(4)?;
        let mut ranges = Vec::new();
        let mut glyphs = 0;
        for range in pack.get(4..advances)?.as_chunks::<6>().0 {
            let [a, b, c, d, high, low] = *range;
            let length = u16::from_be_bytes([high, low]);
            ranges.push((u32::from_be_bytes([a, b, c, d]), u32::from(length), glyphs));
            glyphs += usize::from(length);
        }
        let mut at = advances.checked_add(glyphs.checked_mul(2)?)?;
        let mut drawings = Vec::new();
        for class in pack.get(advances..advances + glyphs)? {
            drawings.push(u32::try_from(at).ok()?);
            at += if class & 0x80 == 0 { 16 } else { 32 };
        }
        (at == pack.len()).then_some(Unifont { pack, ranges, drawings, advances })
    }

    /// The pixels of a character, if the font has it.
    pub(crate) fn glyph(&self, c: char) -> Option<Pixels> {
        let code = u32::from(c);
        let after = self.ranges.partition_point(|(first, ..)| *first <= code);
        let (first, count, before) = *self.ranges.get(after.checked_sub(1)?)?;
        let place = code.checked_sub(first).filter(|place| *place < count)?;
        let index = before + usize::try_from(place).ok()?;

        let class = *self.pack.get(self.advances + index)?;
        let offset = *self.pack.get(self.advances + self.drawings.len() + index)?;
        let drawing = self.pack.get(usize::try_from(*self.drawings.get(index)?).ok()?..)?;
        let left: &[u8; 16] = drawing.first_chunk()?;
        let mut rows = left.map(|octet| u16::from(octet) << 8);
        if class & 0x80 != 0 {
            for (row, right) in rows.iter_mut().zip(drawing.get(16..32)?) {
                *row |= u16::from(*right);
            }
        }
        Some(Pixels { rows, offset: offset as i8, advance: class & 0x7f })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fonts::unifont;

    #[test]
    fn a_character_as_it_is_printed() {
        let glyph = unifont().glyph('中').unwrap();
        assert_eq!((glyph.offset, glyph.advance), (0, 16));
        let stroke = 0b0000_0001_0000_0000;
        let (bar, sides) = (0b0011_1111_1111_1000, 0b0010_0001_0000_1000);
        let mut expected = [stroke; 16];
        expected[4..12].fill(sides);
        (expected[4], expected[10]) = (bar, bar);
        assert_eq!(glyph.rows, expected);
    }

    #[test]
    fn marks_do_not_move_the_pen() {
        let mark = unifont().glyph('\u{0a71}').unwrap();
        assert_eq!(mark.advance, 0);
        assert!(mark.offset < 0);
    }

    #[test]
    fn what_it_lacks() {
        // The other font has `A`; the others are not assigned, private, and beyond its planes.
        for c in ['A', '\u{378}', '\u{e000}', '\u{ffff}', '\u{20000}', '\u{10ffff}'] {
            assert_eq!(unifont().glyph(c), None, "{c:?}");
        }
    }

    #[test]
    fn a_damaged_pack_is_refused() {
        let one = [&[0, 0, 0, 1, 0, 0, 0x4e, 0x2d, 0, 1, 0x80 | 16, 0][..], &[0xff; 32]].concat();
        assert!(Unifont::parse(one.clone()).is_some());
        for length in 0..one.len() {
            assert!(Unifont::parse(one[..length].to_vec()).is_none(), "{length}");
        }
        let mut huge = one;
        huge[..4].fill(0xff);
        assert!(Unifont::parse(huge).is_none());
    }
}
