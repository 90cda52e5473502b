//! Where a body ends.

/// A body that is being read.
#[derive(Debug)]
pub(super) struct BodyReader {
    framing: Framing,
    body: Vec<u8>,
    limit: usize,
}

#[derive(Debug)]
enum Framing {
    /// So many octets are missing.
    Length(usize),
    Chunked(Chunk),
    /// Until the connection ends: answers only.
    UntilEnd,
}

#[derive(Debug)]
enum Chunk {
    /// Its size comes.
    Size,
    /// So many octets of it are missing.
    Data(usize),
    /// The end of its line comes.
    End,
    /// The last one was there: fields may follow, then an empty line.
    Trailer,
}

/// Why a body cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyProblem {
    TooLong,
    Malformed,
    /// A coding of the transfer that is not "chunked".
    UnknownCoding,
}

/// The longest line within a chunked body: a size with extensions, or a field after the last chunk.
const LONGEST_LINE: usize = 512;

impl BodyReader {
    /// For a message with these header fields. Without any word on length there is no body, unless `until_end`.
    pub(super) fn new(
        fields: &[httparse::Header<'_>],
        until_end: bool,
        limit: usize,
    ) -> Result<BodyReader, BodyProblem> {
        let named = |name: &'static str| {
            fields.iter().filter(move |field| field.name.eq_ignore_ascii_case(name)).map(|field| field.value)
        };
        let lengths: Vec<&[u8]> = named("content-length").collect();
        let codings: Vec<&[u8]> = named("transfer-encoding").collect();
        let framing = match (lengths.as_slice(), codings.as_slice()) {
            ([], []) if until_end => Framing::UntilEnd,
            ([], []) => Framing::Length(0),
            ([length, rest @ ..], []) => {
                // More than one is a disguise, unless they agree (RFC 9112, section 6.3).
                if rest.iter().any(|other| other != length) {
                    return Err(BodyProblem::Malformed);
                }
                let length = parse_length(length).ok_or(BodyProblem::Malformed)?;
                Framing::Length(usize::try_from(length).map_err(|_| BodyProblem::TooLong)?)
            }
            ([], [coding]) if coding.trim_ascii().eq_ignore_ascii_case(b"chunked") => {
                Framing::Chunked(Chunk::Size)
            }
            ([], _) => return Err(BodyProblem::UnknownCoding),
            _ => return Err(BodyProblem::Malformed),
        };
        if matches!(framing, Framing::Length(length) if length > limit) {
            return Err(BodyProblem::TooLong);
        }
        Ok(BodyReader { framing, body: Vec::new(), limit })
    }

    /// Takes from the buffer what belongs to the body. True when the body is complete.
    pub(super) fn take(&mut self, buffer: &mut Vec<u8>) -> Result<bool, BodyProblem> {
        loop {
            match &mut self.framing {
                Framing::UntilEnd => {
                    self.body.append(buffer);
                    return if self.body.len() > self.limit { Err(BodyProblem::TooLong) } else { Ok(false) };
                }
                Framing::Length(missing) | Framing::Chunked(Chunk::Data(missing)) => {
                    let count = buffer.len().min(*missing);
                    self.body.extend(buffer.drain(..count));
                    *missing -= count;
                    if *missing > 0 {
                        return Ok(false);
                    }
                    match self.framing {
                        Framing::Chunked(_) => self.framing = Framing::Chunked(Chunk::End),
                        _ => return Ok(true),
                    }
                }
                Framing::Chunked(chunk) => {
                    let Some(line) = take_line(buffer)? else { return Ok(false) };
                    match chunk {
                        Chunk::Size => {
                            let size = parse_size(&line).ok_or(BodyProblem::Malformed)?;
                            if size > self.limit.saturating_sub(self.body.len()) {
                                return Err(BodyProblem::TooLong);
                            }
                            *chunk = if size == 0 { Chunk::Trailer } else { Chunk::Data(size) };
                        }
                        Chunk::End if line.is_empty() => *chunk = Chunk::Size,
                        Chunk::Trailer if line.is_empty() => return Ok(true),
                        Chunk::Trailer => {}
                        _ => return Err(BodyProblem::Malformed),
                    }
                }
            }
        }
    }

    /// Whether the body is complete now that nothing more comes.
    pub(super) fn ends_here(&self) -> bool {
        matches!(self.framing, Framing::UntilEnd | Framing::Length(0))
    }

    pub(super) fn into_body(self) -> Vec<u8> {
        self.body
    }
}

/// Digits only: neither sign nor blank in the middle.
fn parse_length(text: &[u8]) -> Option<u64> {
    let text = core::str::from_utf8(text.trim_ascii()).ok()?;
    if text.is_empty() || !text.bytes().all(|octet| octet.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

fn parse_size(line: &[u8]) -> Option<usize> {
    let digits = line.split(|octet| *octet == b';').next()?.trim_ascii();
    if digits.is_empty() || digits.len() > 8 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    usize::from_str_radix(core::str::from_utf8(digits).ok()?, 16).ok()
}

fn take_line(buffer: &mut Vec<u8>) -> Result<Option<Vec<u8>>, BodyProblem> {
    let window = buffer.get(..LONGEST_LINE).unwrap_or(buffer);
    let Some(end) = window.iter().position(|octet| *octet == b'\n') else {
        return if buffer.len() >= LONGEST_LINE { Err(BodyProblem::Malformed) } else { Ok(None) };
    };
    let mut line: Vec<u8> = buffer.drain(..=end).collect();
    line.pop();
    if line.pop() != Some(b'\r') {
        return Err(BodyProblem::Malformed);
    }
    Ok(Some(line))
}
