//! Lines that somebody types, as one more thing to wait for.

use std::io;

use rustix::fd::{AsFd, BorrowedFd};
use zeroize::{Zeroize, Zeroizing};

/// The most octets that a line can have, without its end.
pub const MAX_LINE: usize = 256;

/// Lines from a descriptor, such as standard input, read only when a wait says that there is something.
///
/// The descriptor is left blocking (to change that would change it for the shell too); one read after each wait
/// takes what is there. Lines can be PINs: they lie in one buffer only, and what has been used is wiped.
#[derive(Debug)]
pub struct Lines<F> {
    fd: F,
    buffer: Zeroizing<[u8; BUFFER]>,
    length: usize,
    state: State,
}

/// One line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'b> {
    /// The text without the line's end (`\n` or `\r\n`). It may be empty, and it may be a secret.
    Text(&'b str),
    /// Longer than [`MAX_LINE`]; it was thrown away.
    TooLong,
    /// Not UTF-8; it was thrown away.
    NotText,
}

impl Lines<BorrowedFd<'static>> {
    /// The lines of standard input. Do not read it through [`std::io::stdin`] as well, which reads ahead.
    #[must_use]
    pub fn stdin() -> Self {
        Self::new(rustix::stdio::stdin())
    }
}

impl<F: AsFd> Lines<F> {
    /// The lines of this descriptor.
    #[must_use]
    pub fn new(fd: F) -> Self {
        Self { fd, buffer: Zeroizing::new([0; BUFFER]), length: 0, state: State::Within }
    }

    /// The descriptor to wait for; `None` once the end was reached, for an end stays readable for ever.
    #[must_use]
    pub fn source(&self) -> Option<BorrowedFd<'_>> {
        (self.state != State::Ended).then(|| self.fd.as_fd())
    }

    /// Reads once and hands over each line that is now complete; at the end, also a last one without an end of line.
    ///
    /// Blocks if nothing is there to read, so call it when a wait says that there is.
    ///
    /// # Errors
    /// When the descriptor cannot be read; it then counts as ended.
    pub fn read(&mut self, mut each: impl FnMut(Line<'_>)) -> io::Result<()> {
        if self.state == State::Ended {
            return Ok(());
        }
        // A full buffer holds no line's end (see `take_lines`), so there is always room here.
        let room = &mut self.buffer[self.length..];
        let count = match rustix::io::retry_on_intr(|| rustix::io::read(&self.fd, &mut *room)) {
            Ok(count) => count,
            Err(rustix::io::Errno::AGAIN) => return Ok(()),
            Err(error) => {
                self.state = State::Ended;
                return Err(error.into());
            }
        };
        self.length += count;
        self.take_lines(&mut each);
        if count == 0 {
            if self.state == State::Within && self.length > 0 {
                each(line(&self.buffer[..self.length]));
            }
            self.forget(self.length);
            self.state = State::Ended;
        }
        Ok(())
    }

    fn take_lines(&mut self, each: &mut impl FnMut(Line<'_>)) {
        while let Some(end) = self.buffer[..self.length].iter().position(|&octet| octet == b'\n') {
            match self.state {
                State::Overlong => self.state = State::Within,
                _ => each(line(&self.buffer[..end])),
            }
            self.forget(end + 1);
        }
        if self.length == self.buffer.len() {
            if self.state == State::Within {
                each(Line::TooLong);
            }
            self.state = State::Overlong;
            self.forget(self.length);
        }
    }

    /// Wipes the first `count` octets and moves the rest to the front.
    fn forget(&mut self, count: usize) {
        self.buffer.copy_within(count..self.length, 0);
        self.length -= count;
        let length = self.length;
        self.buffer[length..].zeroize();
    }
}

/// The longest line with its end; a full buffer without an end is therefore too long a line.
const BUFFER: usize = MAX_LINE + 2;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// In a line whose beginning, if there is one, is in the buffer.
    Within,
    /// In a line that is already too long.
    Overlong,
    /// Nothing more comes.
    Ended,
}

fn line(bytes: &[u8]) -> Line<'_> {
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    if bytes.len() > MAX_LINE {
        return Line::TooLong;
    }
    std::str::from_utf8(bytes).map_or(Line::NotText, Line::Text)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::net::UnixStream;

    use super::*;

    /// Feeds `input` in pieces of `piece` octets and checks the lines that come out.
    #[track_caller]
    fn check_in_pieces(input: &[u8], piece: usize, expected: &[&str]) {
        let (mut near, far) = UnixStream::pair().unwrap();
        far.set_nonblocking(true).unwrap();
        let mut lines = Lines::new(far);
        let mut found = Vec::new();
        let mut each = |line: Line<'_>| {
            found.push(match line {
                Line::Text(text) => text.to_owned(),
                other => format!("<{other:?}>"),
            });
        };
        for part in input.chunks(piece) {
            near.write_all(part).unwrap();
            // Several reads take what one may leave behind.
            for _ in 0..=part.len() / MAX_LINE {
                lines.read(&mut each).unwrap();
            }
        }
        drop(near);
        assert!(lines.source().is_some());
        while lines.source().is_some() {
            lines.read(&mut each).unwrap();
        }
        assert_eq!(found, expected, "in pieces of {piece}");
        assert!(lines.buffer.iter().all(|&octet| octet == 0), "a used line was left in memory");
    }

    #[track_caller]
    fn check(input: &[u8], expected: &[&str]) {
        for piece in [1, 2, 3, 7, 100, 1000] {
            check_in_pieces(input, piece, expected);
        }
    }

    #[test]
    fn lines_come_out_as_typed() {
        check(b"", &[]);
        check(b"1234-5670\n", &["1234-5670"]);
        check(b"12345670\r\n\n\r\nb\n", &["12345670", "", "", "b"]);
        check("Küche\n".as_bytes(), &["Küche"]);
    }

    #[test]
    fn the_last_line_needs_no_end() {
        check(b"a\nb", &["a", "b"]);
    }

    #[test]
    fn the_longest_line_passes_and_a_longer_one_is_thrown_away() {
        let longest = "x".repeat(MAX_LINE);
        check(format!("{longest}\nb\n").as_bytes(), &[&longest, "b"]);
        check(format!("{longest}\r\nb\n").as_bytes(), &[&longest, "b"]);
        check(longest.as_bytes(), &[&longest]);
        check(format!("{longest}y\nb\n").as_bytes(), &["<TooLong>", "b"]);
        check(format!("{longest}y").as_bytes(), &["<TooLong>"]);
        check(format!("a\n{}\nb", "y".repeat(5 * MAX_LINE)).as_bytes(), &["a", "<TooLong>", "b"]);
        check(&[b'y'; 3 * MAX_LINE], &["<TooLong>"]);
    }

    #[test]
    fn what_is_not_text_is_thrown_away() {
        check(b"\xff\xfe\nb\n", &["<NotText>", "b"]);
    }
}
