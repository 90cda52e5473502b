//! The Rust files of the repository, divided into code, comments and tests.

use std::fs;
use std::path::{Path, PathBuf};

/// One Rust file. Every view of it has the lines of the file, so that line numbers hold.
#[derive(Debug)]
pub struct Source {
    /// Its path from the root of the repository.
    pub path: PathBuf,
    /// Everything in it.
    pub text: String,
    /// The code alone: comments and the insides of literals are blank.
    pub code: String,
    /// The comments alone, without their slashes.
    pub comments: String,
    /// The code alone, and without what only a test build compiles.
    pub product: String,
}

impl Source {
    /// Reads the file at `path`, a path from the root of the repository.
    ///
    /// # Panics
    ///
    /// When the file cannot be read.
    pub fn read(path: &Path) -> Source {
        let text = fs::read_to_string(crate::root().join(path))
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Source::new(path.to_owned(), text)
    }

    /// Divides `text`.
    pub fn new(path: PathBuf, text: String) -> Source {
        let (code, comments) = divide(&text);
        let product = without_tests(&code);
        Source { path, text, code, comments, product }
    }

    /// Places in `view` (one of this source's own) where `word` stands, as `path:line: the line`.
    pub fn find(&self, view: &str, word: &str) -> Vec<String> {
        view.lines()
            .zip(self.text.lines())
            .enumerate()
            .filter(|(_, (line, _))| has_word(line, word))
            .map(|(number, (_, line))| format!("{}:{}: {}", self.path.display(), number + 1, line.trim()))
            .collect()
    }

    /// The modules that this file declares for test builds only, each as the path without its ending.
    fn test_modules(&self) -> Vec<PathBuf> {
        let home = match self.path.file_name().and_then(|name| name.to_str()) {
            Some("lib.rs" | "main.rs" | "mod.rs") => self.path.parent().unwrap_or(Path::new("")).to_owned(),
            _ => self.path.with_extension(""),
        };
        modules(&self.code)
            .filter(|name| !modules(&self.product).any(|kept| kept == *name))
            .map(|name| home.join(name))
            .collect()
    }
}

/// Every Rust file below `folder` (a path from the root), in order of name, build output left out.
///
/// # Panics
///
/// When a folder cannot be listed.
pub fn files(folder: &str) -> Vec<Source> {
    let mut found = Vec::new();
    let start = crate::root().join(folder);
    if start.is_dir() {
        walk(&start, &mut found);
    }
    found.sort();
    found.iter().map(|path| Source::read(path.strip_prefix(crate::root()).expect("below the root"))).collect()
}

/// The files of `folder` that are part of the product: no tests, benchmarks or examples.
pub fn product_files(folder: &str) -> Vec<Source> {
    let all = files(folder);
    let tests: Vec<PathBuf> = all.iter().flat_map(Source::test_modules).collect();
    let is_test = |path: &Path| {
        path.components()
            .any(|part| ["tests", "benches", "examples"].map(AsRef::as_ref).contains(&part.as_os_str()))
            || tests.iter().any(|module| path.with_extension("") == *module || path.starts_with(module))
    };
    all.into_iter().filter(|source| !is_test(&source.path)).collect()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("a folder entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            walk(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// Whether `word` stands in `line` and is not the middle of a longer name.
fn has_word(line: &str, word: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back().is_some_and(inside) && word.starts_with(inside);
        let after = line[at + word.len()..].chars().next().is_some_and(inside) && word.ends_with(inside);
        !before && !after
    })
}

/// The names of `mod name;` declarations.
fn modules(code: &str) -> impl Iterator<Item = &str> {
    code.split(';').filter_map(|item| {
        let mut words = item.split_whitespace().rev();
        let name = words.next()?;
        (words.next()? == "mod").then_some(name)
    })
}

/// What a piece of a Rust file is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Piece {
    Code,
    Comment,
    Literal,
}

/// Divides Rust into its code and its comments, each as long in lines as the whole.
fn divide(text: &str) -> (String, String) {
    let (mut code, mut comments) = (String::new(), String::new());
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, length) = first_piece(rest);
        let (taken, left) = rest.split_at(length);
        let blank = blank(taken);
        code.push_str(if piece == Piece::Code { taken } else { &blank });
        comments.push_str(if piece == Piece::Comment { taken } else { &blank });
        rest = left;
    }
    (code, comments)
}

/// What stands at the start of `rest`, and its length. A name is taken whole, so that the `r` of `for"x"`
/// is not read as the start of a raw literal.
fn first_piece(rest: &str) -> (Piece, usize) {
    if rest.starts_with("//") {
        (Piece::Comment, rest.find('\n').unwrap_or(rest.len()))
    } else if rest.starts_with("/*") {
        (Piece::Comment, block_comment(rest))
    } else if let Some(length) = literal(rest) {
        (Piece::Literal, length)
    } else {
        let name = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        (Piece::Code, name.max(rest.chars().next().map_or(0, char::len_utf8)))
    }
}

/// As many lines as `text`, with nothing on them.
fn blank(text: &str) -> String {
    text.chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect()
}

/// The length of the block comment at the start of `rest`; they nest.
fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0usize, 0);
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// The length of the text, byte or character literal at the start of `rest`, if one stands there.
fn literal(rest: &str) -> Option<usize> {
    let prefix = ["br", "cr", "b", "c", "r", ""]
        .into_iter()
        .find(|prefix| rest.strip_prefix(prefix).is_some_and(|after| after.starts_with(['"', '#', '\''])))?;
    let body = &rest[prefix.len()..];
    let hashes = body.len() - body.trim_start_matches('#').len();
    let length = if prefix.ends_with('r') {
        let close = format!("\"{}", "#".repeat(hashes));
        let inside = body[hashes..].strip_prefix('"')?;
        hashes + 1 + inside.find(&close).map_or(inside.len(), |at| at + close.len())
    } else if body.starts_with('"') {
        quoted(body, '"')
    } else if let Some(inside) = body.strip_prefix('\'') {
        // A life-time has no closing quote behind its first character.
        let mut inside = inside.chars();
        let first = inside.next()?;
        if first != '\\' && inside.next() != Some('\'') {
            return None;
        }
        quoted(body, '\'')
    } else {
        return None;
    };
    Some(prefix.len() + length)
}

/// The length of a literal that starts and ends with `quote`, escapes skipped.
fn quoted(body: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in body.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == quote {
            return at + c.len_utf8();
        }
    }
    body.len()
}

/// Blanks every item behind `#[cfg(test)]` or `#[cfg(all(test, …))]`, and functions behind `#[test]`.
fn without_tests(code: &str) -> String {
    let mut product = code.to_owned();
    for mark in ["#[cfg(test)]", "#[cfg(all(test", "#[test]"] {
        while let Some(start) = product.find(mark) {
            let end = start + item_length(&product[start..]);
            product.replace_range(start..end, &blank(&product[start..end]));
        }
    }
    product
}

/// The length of the item at the start of `code`, its attributes included: up to the `;` or the `}` that ends it.
fn item_length(code: &str) -> usize {
    let (mut braces, mut brackets) = (0usize, 0usize);
    for (at, c) in code.char_indices() {
        match c {
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets = brackets.saturating_sub(1),
            '{' => braces += 1,
            '}' => {
                braces = braces.saturating_sub(1);
                if braces == 0 {
                    return at + 1;
                }
            }
            ';' if braces == 0 && brackets == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source::new(PathBuf::from("crates/x/src/lib.rs"), text.to_owned())
    }

    #[test]
    fn comments_and_literals_are_not_code() {
        for (text, code) in [
            ("a // b\nc", "a     \nc"),
            ("a /* b /* c */ d */ e", "a                   e"),
            (r#"f("std::", 'x', '\'', b'"', 'a)"#, "f(       ,    ,     ,     , 'a)"),
            (r###"r#"std::" "# + x"###, "             + x"),
            ("for\"x\"", "for   "),
            ("r#type", "r#type"),
        ] {
            assert_eq!(source(text).code, code, "{text}");
        }
    }

    #[test]
    fn tests_are_not_product() {
        for (text, product) in [
            ("a;\n#[cfg(test)]\nmod tests {\n fn x() { std }\n}\nb;", "a;b;"),
            ("#[cfg(test)]\nextern crate std;\nc;", "c;"),
            ("#[cfg(all(test, unix))]\n#[path = x]\nmod y;\nc;", "c;"),
            ("#[cfg(not(test))]\nmod y;", "#[cfg(not(test))]mody;"),
        ] {
            let found: String = source(text).product.split_whitespace().collect();
            assert_eq!(found, product.replace(' ', ""), "{text}");
        }
    }

    #[test]
    fn test_modules_in_files_of_their_own_are_known() {
        let found = source("mod a;\n#[cfg(test)]\nmod b;\npub mod c;").test_modules();
        assert_eq!(found, [PathBuf::from("crates/x/src/b")]);
    }

    #[test]
    fn words_are_found_whole() {
        let text = "std::mem\nmystd::mem\nInstant\nInstantly";
        let file = source(text);
        assert_eq!(file.find(&file.code, "std::"), ["crates/x/src/lib.rs:1: std::mem"]);
        assert_eq!(file.find(&file.code, "Instant"), ["crates/x/src/lib.rs:3: Instant"]);
    }
}
