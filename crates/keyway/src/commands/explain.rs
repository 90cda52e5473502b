//! `keyway explain`: what happened in a capture.

use crate::args::ExplainArgs;
use crate::exit::Error;
use crate::privileges::{self, Files};
use crate::report::Report;
use keyway_explain::{Explainer, Report as Story};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// How many octets of a file are read at a time.
const PIECE: usize = 1 << 16;

pub(super) fn run(args: &ExplainArgs) -> Result<(), Error> {
    let name =
        if args.file == Path::new("-") { "standard input".into() } else { args.file.to_string_lossy() };
    let cannot = |error: io::Error| Error::file(format!("cannot read {name}: {error}"));
    // Strangers wrote what is in it: it is read by a program that may do nothing special.
    let give_up = || privileges::keep(&[], &Files::default());
    let explainer = if args.file == Path::new("-") {
        give_up();
        read(io::stdin().lock())
    } else {
        File::open(&args.file).and_then(|file| {
            give_up();
            read(file)
        })
    };
    let story =
        explainer.map_err(cannot)?.finish().map_err(|problem| Error::file(format!("{name}: {problem}")))?;
    tell(&story, args);
    match story.problem {
        Some(problem) => Err(Error::file(format!("{name}: {problem}. What comes before that was told."))),
        None if story.has_story() => Ok(()),
        None => Err(Error::nothing()),
    }
}

fn read(mut file: impl Read) -> io::Result<Explainer> {
    let mut explainer = Explainer::new();
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece) {
            Ok(0) => return Ok(explainer),
            Ok(length) => {
                if !explainer.push(&piece[..length]) {
                    return Ok(explainer);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn tell(story: &Story, args: &ExplainArgs) {
    let words = if args.json { String::new() } else { story.words(args.exchange).to_string() };
    // A report is made of texts and numbers alone, which always have a form in JSON.
    let fields = || serde_json::to_value(story).unwrap_or_default();
    Report::new(args.json).lazy_event("explained", fields, Some(format_args!("{}", words.trim_end())));
}
