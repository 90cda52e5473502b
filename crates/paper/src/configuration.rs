//! The network configuration page: what a printer knows about its network, the verdict first.

use std::fmt;

use keyway_wsc::Pin;

use crate::PaperError;
use crate::fonts::Weight::{Bold, Regular};
use crate::sheet::{Colour, HAIR, INK, LEADING, MARGIN, QUIET, Sheets, Style, WASH, WIDTH, arc, polyline};

/// What stands on the page. Every text may be in any script and, if not told otherwise, of any length; an empty one leaves its place out.
///
/// `Debug` tells neither the PIN nor the words about it.
#[derive(Clone, Default)]
pub struct ConfigurationPage {
    /// The one sentence that matters most.
    pub verdict: String,
    /// What the owner calls the printer.
    pub printer_name: String,
    /// The name that a person compares on two screens, such as `BLUE-42`. It has one line, room for about 18 letters.
    pub nickname: String,
    /// The model.
    pub model: String,
    /// When the page is printed, in words. It has one line, room for about 50 letters.
    pub printed_at: String,
    /// What was looked at, in the order in which it matters.
    pub rows: Vec<Row>,
    /// How it stands with the PIN of Wi-Fi Protected Setup, or how to get one. It may name a valid PIN.
    pub pin_state: String,
    /// The PIN, where one is valid at this moment; never an expired one. Everybody who sees the paper can read it.
    pub pin: Option<Pin>,
    /// The latest attempts to join a network, newest first.
    pub attempts: Vec<Attempt>,
    /// What to do, in this order.
    pub next_steps: Vec<String>,
}

impl fmt::Debug for ConfigurationPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigurationPage")
            .field("verdict", &self.verdict)
            .field("printer_name", &self.printer_name)
            .field("nickname", &self.nickname)
            .field("model", &self.model)
            .field("printed_at", &self.printed_at)
            .field("rows", &self.rows)
            .field("attempts", &self.attempts)
            .field("next_steps", &self.next_steps)
            .finish_non_exhaustive()
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it is.
    pub name: String,
    /// How it came out.
    pub result: Outcome,
    /// What was found.
    pub evidence: String,
}

/// How a check came out. On paper each has its own word, sign and frame, besides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// As it should be.
    Pass,
    /// Not as it should be.
    Fail,
    /// Not looked at, because something before it failed or it does not apply.
    NotRun,
    /// Nothing to judge, good to know.
    Info,
}

/// One attempt to join a network, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// When.
    pub when: String,
    /// By which method.
    pub method: String,
    /// How it ended.
    pub result: String,
    /// What to do next.
    pub next: String,
}

/// Makes the network configuration page as a PDF: A4, as many sheets as it takes.
///
/// # Errors
/// [`PaperError`] when the PDF cannot be written; no text causes that.
pub fn network_configuration_page(page: &ConfigurationPage) -> Result<Vec<u8>, PaperError> {
    let mut sheets = Sheets::new();
    head(&mut sheets, page);
    verdict(&mut sheets, page);
    checks(&mut sheets, &page.rows);
    pin(&mut sheets, page);
    attempts(&mut sheets, &page.attempts);
    let foot = [page.printer_name.as_str(), &page.nickname, &page.printed_at];
    let foot: Vec<&str> = foot.into_iter().filter(|text| !text.is_empty()).collect();
    sheets.finish("Network configuration page", &foot.join("  ·  "))
}

const GREEN: Colour = [22, 101, 52];
const RED: Colour = [171, 22, 22];
/// The width between the margins.
const FULL: f32 = WIDTH - 2.0 * MARGIN;
const BODY: Style = Style::new(9.5, Regular, INK);
const STRONG: Style = Style::new(9.5, Bold, INK);
const SMALL: Style = Style::new(8.0, Regular, QUIET);
const LABEL: Style = Style::new(8.0, Bold, QUIET);

fn head(sheets: &mut Sheets, page: &ConfigurationPage) {
    sheets.write("Network configuration page", LABEL, MARGIN, sheets.y + 8.0);
    let date = sheets.lines(&page.printed_at, SMALL, FULL / 2.0).swap_remove(0);
    let width = date.width(SMALL.size);
    sheets.place(date, SMALL, WIDTH - MARGIN - width, sheets.y + 8.0);
    sheets.y += 15.0;
    sheets.rule(sheets.y, INK, 1.4);
    sheets.y += 14.0;

    let badge = Style::new(13.0, Bold, INK);
    let mut room = FULL;
    if !page.nickname.is_empty() {
        let mut lines = sheets.lines(&page.nickname, badge, FULL / 3.0);
        let line = lines.swap_remove(0);
        let width = line.width(badge.size) + 22.0;
        let left = WIDTH - MARGIN - width;
        sheets.frame([left, sheets.y, width, 25.0], 5.0, INK, 1.2, false);
        sheets.place(line, badge, left + 11.0, sheets.y + 17.2);
        room -= width + 14.0;
    }
    sheets.paragraph(&page.printer_name, Style::new(23.0, Bold, INK), MARGIN, room);
    if !page.model.is_empty() {
        sheets.paragraph(&page.model, Style::new(10.5, Regular, QUIET), MARGIN, room);
    }
    sheets.y += 10.0;
}

/// The verdict with its sign, and under it what to do.
fn verdict(sheets: &mut Sheets, page: &ConfigurationPage) {
    let style = Style::new(15.0, Bold, INK);
    let count = |result| page.rows.iter().filter(|row| row.result == result).count();
    let (passed, failed, not_run) = (count(Outcome::Pass), count(Outcome::Fail), count(Outcome::NotRun));
    let worst = match (failed, not_run) {
        (1.., _) => Outcome::Fail,
        (0, 1..) => Outcome::NotRun,
        _ if passed > 0 => Outcome::Pass,
        _ => Outcome::Info,
    };
    let left = MARGIN + 50.0;
    let width = WIDTH - MARGIN - 14.0 - left;
    // What would not fit on a sheet of its own goes without a box behind it.
    let lines = sheets.lines(&page.verdict, style, width);
    let height = 24.0 + lines.len() as f32 * style.leading() + SMALL.leading();
    sheets.reserve(height);
    if height < 400.0 {
        sheets.fill([MARGIN, sheets.y, FULL, height], 6.0, WASH);
        sheets.fill([MARGIN, sheets.y, 5.0, height], 2.5, ink_of(worst));
    }
    sign(sheets, worst, (MARGIN + 27.0, sheets.y + 25.0), 11.0);
    sheets.y += 13.0;
    for line in lines {
        sheets.reserve(style.leading());
        sheets.place(line, style, left, sheets.y + style.size);
        sheets.y += style.leading();
    }
    let counts = [(passed, "passed"), (failed, "failed"), (not_run, "not run")];
    let counts = counts.iter().filter(|(number, _)| *number > 0);
    let counts: Vec<String> = counts.map(|(number, word)| format!("{number} {word}")).collect();
    sheets.write(&counts.join("  ·  "), SMALL, left, sheets.y + 10.0);
    sheets.y += 15.0 + SMALL.leading();

    if !page.next_steps.is_empty() {
        heading(sheets, "What to do next");
        for (index, step) in page.next_steps.iter().enumerate() {
            sheets.reserve(BODY.leading());
            let number = Style::new(10.5, Bold, INK);
            sheets.write(&format!("{}.", index + 1), number, MARGIN, sheets.y + 10.5);
            sheets.paragraph(step, Style::new(10.5, Regular, INK), MARGIN + 20.0, FULL - 20.0);
            sheets.y += 2.0;
        }
        sheets.y += 4.0;
    }
}

fn checks(sheets: &mut Sheets, rows: &[Row]) {
    const NAME: f32 = MARGIN + 78.0;
    const EVIDENCE: f32 = NAME + 132.0;
    if rows.is_empty() {
        return;
    }
    heading(sheets, "What the printer found");
    for row in rows {
        let quiet = row.result == Outcome::NotRun;
        let style = |style: Style| if quiet { Style { colour: QUIET, ..style } } else { style };
        let cells = [
            (row.name.as_str(), style(STRONG), NAME, EVIDENCE - NAME - 10.0),
            (row.evidence.as_str(), style(BODY), EVIDENCE, WIDTH - MARGIN - EVIDENCE),
        ];
        table_row(sheets, &cells, |sheets| badge(sheets, row.result));
    }
    sheets.y += 6.0;
}

fn pin(sheets: &mut Sheets, page: &ConfigurationPage) {
    if page.pin_state.is_empty() && page.pin.is_none() {
        return;
    }
    heading(sheets, "PIN for Wi-Fi Protected Setup");
    if let Some(pin) = &page.pin {
        let style = Style::new(24.0, Bold, INK);
        sheets.reserve(48.0);
        sheets.y += 2.0;
        let (line, width) = sheets.line(&pin.grouped().to_string(), style);
        sheets.frame([MARGIN, sheets.y, width + 32.0, 38.0], 6.0, INK, 1.2, false);
        sheets.place(line, style, MARGIN + 16.0, sheets.y + 27.8);
        sheets.y += 43.0;
    }
    sheets.paragraph(&page.pin_state, BODY, MARGIN, FULL);
    sheets.y += 6.0;
}

fn attempts(sheets: &mut Sheets, attempts: &[Attempt]) {
    const COLUMNS: [(&str, f32); 4] = [("When", 0.0), ("Method", 92.0), ("Result", 172.0), ("Next", 332.0)];
    let place = |column: usize| {
        let from = COLUMNS[column].1;
        let to = COLUMNS.get(column + 1).map_or(FULL, |(_, next)| next - 10.0);
        (MARGIN + from, to - from)
    };
    if attempts.is_empty() {
        return;
    }
    heading(sheets, "Latest attempts");
    for (column, (title, _)) in COLUMNS.iter().enumerate() {
        sheets.write(title, LABEL, place(column).0, sheets.y + 8.0);
    }
    sheets.y += 13.0;
    for attempt in attempts {
        let texts = [&attempt.when, &attempt.method, &attempt.result, &attempt.next];
        let style = Style::new(8.5, Regular, INK);
        let cells: [_; 4] = std::array::from_fn(|column| {
            let (x, width) = place(column);
            (texts[column].as_str(), style, x, width)
        });
        table_row(sheets, &cells, |_| ());
    }
}

/// A row of a table with a line above it: what `first` draws, and texts each with its place and width.
fn table_row(sheets: &mut Sheets, cells: &[(&str, Style, f32, f32)], first: impl FnOnce(&mut Sheets)) {
    const PADDING: f32 = 3.4;
    let leading = cells.iter().map(|cell| cell.1.leading()).fold(0.0, f32::max);
    let mut columns: Vec<_> =
        cells.iter().map(|(text, style, _, width)| sheets.lines(text, *style, *width).into_iter()).collect();
    let count = columns.iter().map(ExactSizeIterator::len).max().unwrap_or(1);
    // A row is kept together unless it is very long.
    sheets.reserve(count.min(12) as f32 * leading + 2.0 * PADDING);
    sheets.rule(sheets.y, HAIR, 0.6);
    sheets.y += PADDING;
    first(sheets);
    for _ in 0..count {
        sheets.reserve(leading);
        for (column, (_, style, x, _)) in columns.iter_mut().zip(cells) {
            if let Some(line) = column.next() {
                sheets.place(line, *style, *x, sheets.y + style.size);
            }
        }
        sheets.y += leading;
    }
    sheets.y += PADDING - 1.0;
}

fn heading(sheets: &mut Sheets, text: &str) {
    let style = Style::new(12.0, Bold, INK);
    sheets.reserve(70.0);
    sheets.y += 6.0;
    sheets.write(text, style, MARGIN, sheets.y + style.size);
    sheets.y += style.size * LEADING + 4.0;
}

/// The word of an outcome in a frame of its own kind, at the left margin.
fn badge(sheets: &mut Sheets, result: Outcome) {
    let (word, colour) = match result {
        Outcome::Pass => ("PASS", GREEN),
        Outcome::Fail => ("FAIL", [255, 255, 255]),
        Outcome::NotRun => ("NOT RUN", QUIET),
        Outcome::Info => ("INFO", QUIET),
    };
    let area = [MARGIN, sheets.y - 0.8, 66.0, 13.6];
    match result {
        Outcome::Pass => sheets.frame(area, 3.0, GREEN, 0.9, false),
        Outcome::Fail => sheets.fill(area, 3.0, RED),
        Outcome::NotRun => sheets.frame(area, 3.0, QUIET, 0.8, true),
        Outcome::Info => {}
    }
    let middle = sheets.y + 6.0;
    glyph(sheets, result, (MARGIN + 10.0, middle), 3.1, colour);
    sheets.write(word, Style::new(7.6, Bold, colour), MARGIN + 18.5, middle + 2.8);
}

/// A round sign: filled for a failure, a ring for the others.
fn sign(sheets: &mut Sheets, result: Outcome, centre: (f32, f32), radius: f32) {
    let circle = arc(centre, radius, 0.0, 360.0);
    if result == Outcome::Fail {
        sheets.fill_path(circle, RED);
        glyph(sheets, result, centre, radius * 0.42, [255, 255, 255]);
    } else {
        sheets.outline(circle, ink_of(result), 1.8);
        glyph(sheets, result, centre, radius * 0.48, ink_of(result));
    }
}

/// A tick, a cross, a bar or an i, reaching this far from its centre.
fn glyph(sheets: &mut Sheets, result: Outcome, (x, y): (f32, f32), reach: f32, colour: Colour) {
    let at = |dx: f32, dy: f32| (x + dx * reach, y + dy * reach);
    let width = reach * 0.42;
    match result {
        Outcome::Pass => {
            sheets.stroke(&[at(-1.0, 0.05), at(-0.25, 0.8), at(1.0, -0.75)], colour, width);
        }
        Outcome::Fail => {
            sheets.stroke(&[at(-0.85, -0.85), at(0.85, 0.85)], colour, width);
            sheets.stroke(&[at(-0.85, 0.85), at(0.85, -0.85)], colour, width);
        }
        Outcome::NotRun => sheets.stroke(&[at(-0.9, 0.0), at(0.9, 0.0)], colour, width),
        Outcome::Info => {
            sheets.stroke(&[at(0.0, -0.1), at(0.0, 1.0)], colour, width);
            let dot = [at(-0.2, -0.95), at(0.2, -0.95), at(0.2, -0.55), at(-0.2, -0.55)];
            sheets.fill_path(polyline(&dot, true), colour);
        }
    }
}

fn ink_of(result: Outcome) -> Colour {
    match result {
        Outcome::Pass => GREEN,
        Outcome::Fail => RED,
        Outcome::NotRun | Outcome::Info => QUIET,
    }
}
