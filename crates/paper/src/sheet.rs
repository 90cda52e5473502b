//! Sheets of paper: first everything is placed on them, then they are written as a PDF.

use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::text::Font;

use crate::PaperError;
use crate::fonts::{OUTLINES, Weight, outline};
use crate::typeset::{Face, Line, Typesetter};

/// A4 in points.
pub(crate) const WIDTH: f32 = 595.28;
/// A4 in points.
pub(crate) const HEIGHT: f32 = 841.89;
/// Left, right, top and bottom margin, in points.
pub(crate) const MARGIN: f32 = 51.0;
/// Room for the line at the foot of a sheet, above the margin.
const FOOT: f32 = 22.0;
/// The distance of two baselines, as part of the font size.
pub(crate) const LEADING: f32 = 1.36;

/// A colour: red, green, blue.
pub(crate) type Colour = [u8; 3];

pub(crate) const INK: Colour = [24, 28, 34];
pub(crate) const QUIET: Colour = [92, 99, 110];
pub(crate) const HAIR: Colour = [205, 210, 217];
pub(crate) const WASH: Colour = [244, 246, 248];

/// How text looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    /// In points.
    pub(crate) size: f32,
    pub(crate) weight: Weight,
    pub(crate) colour: Colour,
}

impl Style {
    pub(crate) const fn new(size: f32, weight: Weight, colour: Colour) -> Style {
        Style { size, weight, colour }
    }

    /// The distance of two baselines, in points.
    pub(crate) fn leading(&self) -> f32 {
        self.size * LEADING
    }
}

/// What is drawn, at a place measured from the upper left corner in points.
enum Mark {
    Text { x: f32, baseline: f32, size: f32, colour: Colour, line: Line },
    Fill { path: Path, colour: Colour },
    Outline { path: Path, colour: Colour, width: f32, dashed: bool },
}

/// The sheets of one document, and the place on the last of them where the next thing goes.
pub(crate) struct Sheets {
    typesetter: Typesetter,
    sheets: Vec<Vec<Mark>>,
    /// The distance from the upper edge of the last sheet, in points.
    pub(crate) y: f32,
}

impl Sheets {
    /// One empty sheet.
    pub(crate) fn new() -> Sheets {
        Sheets { typesetter: Typesetter::default(), sheets: vec![Vec::new()], y: MARGIN }
    }

    /// Starts another sheet when less than `height` points are left on this one. Whether it did.
    pub(crate) fn reserve(&mut self, height: f32) -> bool {
        let full = self.y + height > HEIGHT - MARGIN - FOOT && self.y > MARGIN;
        if full {
            self.sheets.push(Vec::new());
            self.y = MARGIN;
        }
        full
    }

    /// The text in lines of at most this width in points.
    pub(crate) fn lines(&mut self, text: &str, style: Style, width: f32) -> Vec<Line> {
        self.typesetter.paragraph(text, style.weight, style.size, width)
    }

    /// The text in one line, and its width in points.
    pub(crate) fn line(&mut self, text: &str, style: Style) -> (Line, f32) {
        let line = self.typesetter.line(text, style.weight);
        let width = line.width(style.size);
        (line, width)
    }

    /// Places a line with its baseline at `baseline`.
    pub(crate) fn place(&mut self, line: Line, style: Style, x: f32, baseline: f32) {
        self.mark(Mark::Text { x, baseline, size: style.size, colour: style.colour, line });
    }

    /// Places one line of text; the width that it took.
    pub(crate) fn write(&mut self, text: &str, style: Style, x: f32, baseline: f32) -> f32 {
        let (line, width) = self.line(text, style);
        self.place(line, style, x, baseline);
        width
    }

    /// Writes text from `x` on in lines of this width, from `y` downward and over the end of the sheet.
    pub(crate) fn paragraph(&mut self, text: &str, style: Style, x: f32, width: f32) {
        for line in self.lines(text, style, width) {
            self.reserve(style.leading());
            self.place(line, style, x, self.y + style.size);
            self.y += style.leading();
        }
    }

    /// Fills a rectangle with rounded corners.
    pub(crate) fn fill(&mut self, area: [f32; 4], radius: f32, colour: Colour) {
        self.fill_path(rounded(area, radius), colour);
    }

    /// Fills an area.
    pub(crate) fn fill_path(&mut self, path: Option<Path>, colour: Colour) {
        if let Some(path) = path {
            self.mark(Mark::Fill { path, colour });
        }
    }

    /// Draws the edge of a rectangle with rounded corners.
    pub(crate) fn frame(&mut self, area: [f32; 4], radius: f32, colour: Colour, width: f32, dashed: bool) {
        if let Some(path) = rounded(area, radius) {
            self.mark(Mark::Outline { path, colour, width, dashed });
        }
    }

    /// Draws a line through points.
    pub(crate) fn stroke(&mut self, points: &[(f32, f32)], colour: Colour, width: f32) {
        self.outline(polyline(points, false), colour, width);
    }

    /// Draws along a path.
    pub(crate) fn outline(&mut self, path: Option<Path>, colour: Colour, width: f32) {
        if let Some(path) = path {
            self.mark(Mark::Outline { path, colour, width, dashed: false });
        }
    }

    /// A level line over the whole width between the margins.
    pub(crate) fn rule(&mut self, y: f32, colour: Colour, width: f32) {
        self.stroke(&[(MARGIN, y), (WIDTH - MARGIN, y)], colour, width);
    }

    /// Writes the foot of every sheet and gives the document.
    pub(crate) fn finish(mut self, title: &str, foot: &str) -> Result<Vec<u8>, PaperError> {
        let style = Style::new(7.5, Weight::Regular, QUIET);
        let count = self.sheets.len();
        for number in 1..=count {
            let baseline = HEIGHT - MARGIN + 4.0;
            let (page, width) = self.line(&format!("Page {number} of {count}"), style);
            let left = self.lines(foot, style, WIDTH - 2.0 * MARGIN - width - 20.0).swap_remove(0);
            let text = |x, line| Mark::Text { x, baseline, size: style.size, colour: style.colour, line };
            let sheet = &mut self.sheets[number - 1];
            sheet.push(text(MARGIN, left));
            sheet.push(text(WIDTH - MARGIN - width, page));
        }
        self.write_pdf(title)
    }

    fn write_pdf(self, title: &str) -> Result<Vec<u8>, PaperError> {
        let font = |font: Option<Font>| font.ok_or_else(|| PaperError::Pdf("a font cannot be read".into()));
        let mut fonts = [const { None }; OUTLINES];
        for mark in self.sheets.iter().flatten() {
            let Mark::Text { line, .. } = mark else { continue };
            for face in line.runs.iter().map(|run| run.face) {
                if let Face::Outline(index) = face
                    && fonts[index].is_none()
                {
                    fonts[index] = Some(font(outline(index).for_drawing())?);
                }
            }
        }
        let pixels = match self.typesetter.pixel_font() {
            Some(data) => Some(font(Font::new(data.into(), 0))?),
            None => None,
        };
        let font_of = |face| match face {
            Face::Outline(index) => fonts[index].clone(),
            Face::Pixels => pixels.clone(),
        };

        let mut document = Document::new();
        // No date: the same content is the same document, octet by octet.
        let metadata = Metadata::new().title(title.into()).language("en".into()).creator("Keyway".into());
        document.set_metadata(metadata);
        for sheet in self.sheets {
            let size = PageSettings::from_wh(WIDTH, HEIGHT);
            let mut page =
                document.start_page_with(size.ok_or_else(|| PaperError::Pdf("a sheet has no size".into()))?);
            let mut surface = page.surface();
            for mark in sheet {
                draw(&mut surface, mark, &font_of);
            }
            surface.finish();
            page.finish();
        }
        document.finish().map_err(|error| PaperError::Pdf(format!("{error:?}")))
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(sheet) = self.sheets.last_mut() {
            sheet.push(mark);
        }
    }
}

fn draw(surface: &mut Surface<'_>, mark: Mark, font_of: &impl Fn(Face) -> Option<Font>) {
    match mark {
        Mark::Text { mut x, baseline, size, colour, line } => {
            surface.set_stroke(None);
            surface.set_fill(Some(fill(colour)));
            for run in line.runs {
                let Some(font) = font_of(run.face) else { continue };
                let at = Point::from_xy(x, baseline);
                surface.draw_glyphs(at, &run.glyphs, font, &run.text, size, false);
                x += run.advance * size;
            }
        }
        Mark::Fill { path, colour } => {
            surface.set_stroke(None);
            surface.set_fill(Some(fill(colour)));
            surface.draw_path(&path);
        }
        Mark::Outline { path, colour, width, dashed } => {
            let dash = dashed.then(|| StrokeDash { array: vec![2.2, 1.8], offset: 0.0 });
            let paint = rgb_of(colour).into();
            surface.set_fill(None);
            surface.set_stroke(Some(Stroke { paint, width, dash, ..Stroke::default() }));
            surface.draw_path(&path);
        }
    }
}

fn fill(colour: Colour) -> Fill {
    Fill { paint: rgb_of(colour).into(), opacity: NormalizedF32::ONE, rule: Default::default() }
}

fn rgb_of([red, green, blue]: Colour) -> rgb::Color {
    rgb::Color::new(red, green, blue)
}

/// A path through points, closed or open.
pub(crate) fn polyline(points: &[(f32, f32)], closed: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    let ((x, y), others) = points.split_first()?;
    path.move_to(*x, *y);
    for (x, y) in others {
        path.line_to(*x, *y);
    }
    if closed {
        path.close();
    }
    path.finish()
}

/// An arc around a point from one angle to another, in degrees clockwise from the right.
pub(crate) fn arc(centre: (f32, f32), radius: f32, from: f32, to: f32) -> Option<Path> {
    // Pieces of at most 45 degrees, each a curve that touches the circle at both ends.
    let pieces = ((to - from).abs() / 45.0).ceil().max(1.0);
    let step = (to - from).to_radians() / pieces;
    let handle = 4.0 / 3.0 * (step / 4.0).tan() * radius;
    let at = |angle: f32| (centre.0 + radius * angle.cos(), centre.1 + radius * angle.sin());
    let mut path = PathBuilder::new();
    let mut angle = from.to_radians();
    let (x, y) = at(angle);
    path.move_to(x, y);
    for _ in 0..pieces as u32 {
        let (x1, y1) = at(angle);
        let next = angle + step;
        let (x2, y2) = at(next);
        path.cubic_to(
            x1 - handle * angle.sin(),
            y1 + handle * angle.cos(),
            x2 + handle * next.sin(),
            y2 - handle * next.cos(),
            x2,
            y2,
        );
        angle = next;
    }
    path.finish()
}

/// A rectangle (left, top, width, height) with rounded corners.
fn rounded([x, y, width, height]: [f32; 4], radius: f32) -> Option<Path> {
    let r = radius.min(width / 2.0).min(height / 2.0);
    let mut path = PathBuilder::new();
    if r <= 0.0 {
        path.push_rect(Rect::from_xywh(x, y, width, height)?);
        return path.finish();
    }
    // How far a curve's handle is from its end, for a quarter of a circle.
    let k = r * (1.0 - 0.552_285);
    let (right, bottom) = (x + width, y + height);
    path.move_to(x + r, y);
    path.line_to(right - r, y);
    path.cubic_to(right - k, y, right, y + k, right, y + r);
    path.line_to(right, bottom - r);
    path.cubic_to(right, bottom - k, right - k, bottom, right - r, bottom);
    path.line_to(x + r, bottom);
    path.cubic_to(x + k, bottom, x, bottom - k, x, bottom - r);
    path.line_to(x, y + r);
    path.cubic_to(x, y + k, x + k, y, x + r, y);
    path.close();
    path.finish()
}
