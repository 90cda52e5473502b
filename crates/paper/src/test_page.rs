//! The test page: a person sees at once that the printer prints, how well, and by which way the page came.

use crate::PaperError;
use crate::fonts::Weight::{Bold, Regular};
use crate::sheet::{Colour, HAIR, HEIGHT, INK, MARGIN, QUIET, Sheets, Style, WIDTH, arc, polyline};

/// What stands on the page. Every text may be of any length and script; an empty one leaves its line out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TestPage {
    /// What the owner calls the printer.
    pub printer_name: String,
    /// The name that a person compares on two screens, such as `BLUE-42`.
    pub nickname: String,
    /// The model.
    pub model: String,
    /// The network's name; [`network_name`](crate::network_name) makes one from octets.
    pub ssid: String,
    /// The printer's address on the network.
    pub address: String,
    /// Which computer sent the page.
    pub from_computer: String,
    /// When the page was sent, in words.
    pub printed_at: String,
}

/// Makes the test page as a PDF: A4.
///
/// # Errors
/// [`PaperError`] when the PDF cannot be written; no text causes that.
pub fn test_page(page: &TestPage) -> Result<Vec<u8>, PaperError> {
    let mut sheets = Sheets::new();
    corners(&mut sheets);
    sheets.write("Test page", Style::new(8.0, Bold, QUIET), MARGIN, sheets.y + 8.0);
    sheets.y += 44.0;
    let top = sheets.y;
    waves(&mut sheets, WIDTH - MARGIN - 52.0, top + 46.0);
    sheets.paragraph("It works.", Style::new(38.0, Bold, INK), MARGIN, ROOM);
    let words = "This page went from your computer over the Wi-Fi network to the printer.";
    sheets.paragraph(words, Style::new(12.0, Regular, QUIET), MARGIN, ROOM);
    sheets.y = sheets.y.max(top + 128.0) + 18.0;
    facts(&mut sheets, page);
    sheets.y += 26.0;
    sheets.reserve(300.0);
    colours(&mut sheets);
    lines_and_letters(&mut sheets);
    let foot = [page.printer_name.as_str(), &page.printed_at];
    let foot: Vec<&str> = foot.into_iter().filter(|text| !text.is_empty()).collect();
    sheets.finish("Test page", &foot.join("  ·  "))
}

const FULL: f32 = WIDTH - 2.0 * MARGIN;
/// The width beside the drawing.
const ROOM: f32 = FULL - 150.0;
const ACCENT: Colour = [20, 84, 160];

fn facts(sheets: &mut Sheets, page: &TestPage) {
    const VALUE: f32 = MARGIN + 110.0;
    let rows = [
        ("Printer", &page.printer_name),
        ("Nickname", &page.nickname),
        ("Model", &page.model),
        ("Network", &page.ssid),
        ("Address", &page.address),
        ("Sent from", &page.from_computer),
        ("Sent at", &page.printed_at),
    ];
    for (name, value) in rows.into_iter().filter(|(_, value)| !value.is_empty()) {
        let style = Style::new(11.0, Bold, INK);
        sheets.reserve(style.leading() + 10.0);
        sheets.rule(sheets.y, HAIR, 0.6);
        sheets.y += 5.0;
        sheets.write(name, Style::new(11.0, Regular, QUIET), MARGIN, sheets.y + style.size);
        sheets.paragraph(value, style, VALUE, WIDTH - MARGIN - VALUE);
        sheets.y += 4.0;
    }
    sheets.rule(sheets.y, HAIR, 0.6);
}

/// Three waves over a printer.
fn waves(sheets: &mut Sheets, x: f32, y: f32) {
    for radius in [16.0, 31.0, 46.0] {
        sheets.outline(arc((x, y), radius, 225.0, 315.0), ACCENT, 6.0);
    }
    sheets.fill_path(arc((x, y), 5.0, 0.0, 360.0), ACCENT);
    // Its body, the slot, and a sheet that comes out.
    sheets.fill([x - 46.0, y + 15.0, 92.0, 40.0], 7.0, INK);
    sheets.fill([x - 32.0, y + 38.0, 64.0, 36.0], 2.0, INK);
    sheets.fill([x - 29.0, y + 41.0, 58.0, 30.0], 1.0, [255, 255, 255]);
    for (line, width) in [(49.0, 44.0), (56.0, 44.0), (63.0, 26.0)] {
        sheets.stroke(&[(x - 22.0, y + line), (x - 22.0 + width, y + line)], ACCENT, 2.2);
    }
    sheets.fill_path(arc((x + 34.0, y + 25.0), 2.6, 0.0, 360.0), [120, 220, 150]);
}

/// Bars of the printing and the screen colours, and a ramp of greys.
fn colours(sheets: &mut Sheets) {
    const COLOURS: [(&str, Colour); 7] = [
        ("Cyan", [0, 174, 239]),
        ("Magenta", [236, 0, 140]),
        ("Yellow", [255, 222, 0]),
        ("Black", [0, 0, 0]),
        ("Red", [214, 31, 38]),
        ("Green", [0, 150, 64]),
        ("Blue", [33, 64, 154]),
    ];
    let label = Style::new(7.5, Regular, QUIET);
    let width = (FULL - 6.0 * 6.0) / 7.0;
    for (index, (name, colour)) in COLOURS.into_iter().enumerate() {
        let left = MARGIN + index as f32 * (width + 6.0);
        sheets.fill([left, sheets.y, width, 44.0], 3.0, colour);
        sheets.write(name, label, left, sheets.y + 54.0);
    }
    sheets.y += 68.0;
    let step = FULL / 16.0;
    for index in 0..16u8 {
        let left = MARGIN + f32::from(index) * step;
        sheets.fill([left, sheets.y, step + 0.2, 18.0], 0.0, [index * 17; 3]);
    }
    sheets.frame([MARGIN, sheets.y, FULL, 18.0], 0.0, HAIR, 0.6, false);
    sheets.write("Sixteen greys, each a little lighter", label, MARGIN, sheets.y + 28.0);
    sheets.y += 46.0;
}

/// Rays that show whether fine lines stay apart, and letters down to the smallest.
fn lines_and_letters(sheets: &mut Sheets) {
    let label = Style::new(7.5, Regular, QUIET);
    let (left, top, size) = (MARGIN, sheets.y, 120.0);
    for index in 0..=24u8 {
        let part = f32::from(index) / 24.0;
        sheets.stroke(&[(left, top + size), (left + size * part, top)], INK, 0.4);
        sheets.stroke(&[(left, top + size), (left + size, top + size * part)], INK, 0.4);
    }
    sheets.write("Fine lines", label, left, top + size + 11.0);

    let (left, mut y) = (left + size + 26.0, top);
    for size in [18.0, 14.0, 11.0, 8.0, 6.0, 4.5] {
        let style = Style::new(size, Regular, INK);
        let words = ["Quick zephyrs blow · Ελληνικά · Русский", "Quick zephyrs blow · Ελληνικά"];
        let fits = words.into_iter().find(|text| sheets.line(text, style).1 < WIDTH - MARGIN - left);
        sheets.write(fits.unwrap_or("Quick zephyrs blow"), style, left, y + size);
        y += size * 1.5;
    }
    for width in [0.25, 0.5, 1.0, 2.0] {
        sheets.stroke(&[(left, y + 6.0), (WIDTH - MARGIN, y + 6.0)], INK, width);
        y += 6.5;
    }
}

/// Marks at the corners: all four are on the paper when nothing was cut off.
fn corners(sheets: &mut Sheets) {
    const AT: f32 = 24.0;
    const LONG: f32 = 16.0;
    for (x, across) in [(AT, 1.0), (WIDTH - AT, -1.0)] {
        for (y, down) in [(AT, 1.0), (HEIGHT - AT, -1.0)] {
            let points = [(x + across * LONG, y), (x, y), (x, y + down * LONG)];
            sheets.outline(polyline(&points, false), QUIET, 0.8);
        }
    }
}
