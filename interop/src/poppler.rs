//! The judge of what is printed: poppler reads a PDF as any viewer does, its text and what it looks like.

use std::process::Command;

use crate::process::run;
use crate::requirements;
use crate::scratch::Scratch;

/// The text of each page, line by line, as somebody gets it who copies it.
///
/// The marks that poppler adds where the direction of writing changes (U+202A to U+202E) are taken out.
pub fn text(pdf: &[u8]) -> Vec<String> {
    let scratch = Scratch::new("text");
    let file = scratch.write("page.pdf", pdf);
    let mut command = Command::new(requirements::program("pdftotext"));
    command.args(["-layout", "-enc", "UTF-8"]).arg(file).arg("-");
    let text = run(command).replace(|c| ('\u{202a}'..='\u{202e}').contains(&c), "");
    // Each page ends in a form feed.
    let mut pages: Vec<String> = text.split('\u{c}').map(str::to_owned).collect();
    assert_eq!(pages.pop().as_deref(), Some(""), "{text:?}");
    pages
}

/// A page as somebody sees it.
#[derive(Debug)]
pub struct Picture {
    /// In pixels.
    pub width: usize,
    /// In pixels.
    pub height: usize,
    /// Red, green and blue of each pixel, row by row from the top.
    pub pixels: Vec<[u8; 3]>,
}

impl Picture {
    /// How many pixels satisfy a condition.
    pub fn count(&self, condition: impl Fn([u8; 3]) -> bool) -> usize {
        self.pixels.iter().filter(|pixel| condition(**pixel)).count()
    }

    /// The columns and rows from the first to the last pixel that is not white: left, top, right, bottom.
    pub fn inked(&self) -> Option<[usize; 4]> {
        let inked = self.pixels.iter().enumerate().filter(|(_, pixel)| **pixel != [255; 3]);
        inked.map(|(index, _)| [index % self.width, index / self.width]).fold(None, |edges, [x, y]| {
            let [left, top, right, bottom] = edges.unwrap_or([x, y, x, y]);
            Some([left.min(x), top.min(y), right.max(x), bottom.max(y)])
        })
    }
}

/// What the pages look like, with this many pixels to the inch.
pub fn pictures(pdf: &[u8], resolution: u32) -> Vec<Picture> {
    let scratch = Scratch::new("picture");
    let file = scratch.write("page.pdf", pdf);
    let mut command = Command::new(requirements::program("pdftoppm"));
    command.args(["-r", &resolution.to_string()]).arg(file).arg(scratch.file("page"));
    let said = run(command);
    assert_eq!(said, "", "pdftoppm complains");
    let mut files: Vec<_> = std::fs::read_dir(scratch.path())
        .expect("a folder of our own")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "ppm"))
        .collect();
    files.sort();
    files.iter().map(|path| picture(&std::fs::read(path).expect("a file of our own"))).collect()
}

/// Reads a picture as pdftoppm writes it: `P6`, width, height and 255, each on a line, and the pixels.
fn picture(file: &[u8]) -> Picture {
    let mut parts = file.splitn(4, |octet| *octet == b'\n');
    let mut line = || parts.next().expect("three lines and the pixels");
    assert_eq!(line(), b"P6");
    let size = String::from_utf8_lossy(line()).into_owned();
    let (width, height) = size.split_once(' ').expect("two numbers");
    let (width, height) = (width.parse().expect("a number"), height.parse().expect("a number"));
    assert_eq!(line(), b"255");
    let pixels = line().as_chunks::<3>().0.to_vec();
    assert_eq!(pixels.len(), width * height);
    Picture { width, height, pixels }
}
