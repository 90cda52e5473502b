//! Capture files, read as they come: pcapng and the classic pcap, in both byte orders.
//!
//! `pcap-parser` takes the headers and packet records apart. Everything else in a pcapng file is passed over by its
//! length, so that nothing of it is ever held.

mod error;
mod pcapng;

pub use error::{ReadError, ReadProblem};

use core::time::Duration;
use pcap_parser::{LegacyPcapBlock, PcapHeader};
use pcapng::Section;

/// The longest record of a packet that is read, in octets. Far above every frame that there is.
pub const MAX_RECORD: usize = 1 << 20;

/// Octets in the header of a classic pcap file.
const PCAP_HEADER: usize = 24;

/// The beginning of a pcapng file.
const SECTION_HEADER: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];

/// A packet as it stands in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Packet {
    /// Since the beginning of 1970; `None` where the file does not say.
    pub(crate) time: Option<Duration>,
    /// What it begins with: the registry of link types.
    pub(crate) link: u16,
    /// How many octets of frame check sequence it ends with, where the file says so.
    pub(crate) frame_check: Option<u8>,
    /// What was captured.
    pub(crate) data: Vec<u8>,
    /// Whether less was captured than was there.
    pub(crate) is_cut: bool,
}

/// Which kind of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Pcap,
    Pcapng,
}

/// Reads a file that comes in pieces.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    /// What came and was not read yet begins at `start`.
    buffer: Vec<u8>,
    start: usize,
    /// Where the octet at `start` stands in the file.
    offset: u64,
    /// Octets to pass over before the next record, and where the block begins that they are of.
    skip: u64,
    skipped_from: u64,
    state: State,
    format: Option<Format>,
}

#[derive(Debug, Default)]
enum State {
    /// Nothing is known yet.
    #[default]
    Begin,
    Classic(PcapHeader),
    Section(Section),
    /// An error ended it.
    Broken,
}

/// What one attempt to read gave.
enum Step {
    /// This many octets are done with, and there may be a packet in them.
    Done(usize, Option<Packet>),
    /// This many octets are needed in all.
    Need(usize, &'static str),
    /// This many octets are of no interest.
    Skip(u64),
}

impl Reader {
    /// Takes the next piece of the file.
    pub(crate) fn push(&mut self, mut bytes: &[u8]) {
        let skipped = usize::try_from(self.skip).unwrap_or(usize::MAX).min(bytes.len());
        bytes = bytes.get(skipped..).unwrap_or_default();
        self.skip -= skipped as u64;
        self.offset += skipped as u64;
        if matches!(self.state, State::Broken) {
            return;
        }
        self.buffer.drain(..self.start);
        self.start = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// The next packet; `None` when more of the file is needed.
    pub(crate) fn next(&mut self) -> Option<Result<Packet, ReadError>> {
        loop {
            match self.step() {
                Ok(Step::Done(length, packet)) => {
                    self.advance(length);
                    if let Some(packet) = packet {
                        return Some(Ok(packet));
                    }
                }
                Ok(Step::Skip(length)) => {
                    self.skipped_from = self.offset;
                    let held = self.rest().len();
                    let now = usize::try_from(length).unwrap_or(usize::MAX).min(held);
                    self.advance(now);
                    self.skip = length - now as u64;
                    if self.skip > 0 {
                        return None;
                    }
                }
                Ok(Step::Need(..)) => return None,
                Err(problem) => {
                    self.state = State::Broken;
                    self.buffer = Vec::new();
                    self.start = 0;
                    return Some(Err(ReadError { offset: self.offset, problem }));
                }
            }
        }
    }

    /// Says whether the file may end here.
    ///
    /// # Errors
    /// [`ReadError`] when it ends inside a record.
    pub(crate) fn finish(&mut self) -> Result<(), ReadError> {
        let offset = if self.skip > 0 { self.skipped_from } else { self.offset };
        let error = |problem| Err(ReadError { offset, problem });
        let available = self.rest().len();
        match (&self.state, self.skip, available) {
            (State::Broken, ..) => Ok(()),
            (_, 1.., _) => error(ReadProblem::Truncated { what: "block", missing: self.skip }),
            (State::Begin, _, 0) => error(ReadProblem::Empty),
            (_, _, 0) => Ok(()),
            _ => match self.step() {
                Ok(Step::Need(needed, what)) => {
                    let missing = needed.saturating_sub(available) as u64;
                    error(ReadProblem::Truncated { what, missing })
                }
                _ => Ok(()),
            },
        }
    }

    /// Which kind of file it is, once that is known.
    pub(crate) fn format(&self) -> Option<Format> {
        self.format
    }

    fn rest(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    fn advance(&mut self, length: usize) {
        self.start += length;
        self.offset += length as u64;
    }

    fn step(&mut self) -> Result<Step, ReadProblem> {
        // Not by `rest`, so that the state can change meanwhile.
        let rest = self.buffer.get(self.start..).unwrap_or_default();
        match &mut self.state {
            State::Broken => Ok(Step::Need(usize::MAX, "nothing")),
            State::Classic(header) => record(rest, header),
            State::Section(section) => section.block(rest),
            State::Begin if rest.len() < 4 => Ok(Step::Need(4, "file header")),
            State::Begin if rest.starts_with(&SECTION_HEADER) => {
                self.format = Some(Format::Pcapng);
                self.state = State::Section(Section::default());
                Ok(Step::Done(0, None))
            }
            State::Begin => {
                let known = [0xa1b2_c3d4, 0xa1b2_3c4d, 0xa1b2_cd34_u32];
                let magic = u32::from_le_bytes(*rest.first_chunk().unwrap_or(&[0; 4]));
                if !known.contains(&magic) && !known[..2].contains(&magic.swap_bytes()) {
                    return Err(ReadProblem::NotACapture);
                }
                if rest.len() < PCAP_HEADER {
                    return Ok(Step::Need(PCAP_HEADER, "file header"));
                }
                let (_, header) =
                    pcap_parser::parse_pcap_header(rest).map_err(|_| ReadProblem::NotACapture)?;
                self.format = Some(Format::Pcap);
                self.state = State::Classic(header);
                Ok(Step::Done(PCAP_HEADER, None))
            }
        }
    }
}

/// One record of a classic pcap file.
fn record(rest: &[u8], header: &PcapHeader) -> Result<Step, ReadProblem> {
    let what = "packet record";
    let head = if header.is_modified_format() { 24 } else { 16 };
    if rest.is_empty() || rest.len() < head {
        return Ok(Step::Need(head, what));
    }
    let length = *rest.get(8..).and_then(<[u8]>::first_chunk::<4>).unwrap_or(&[0; 4]);
    let length = if header.is_bigendian() { u32::from_be_bytes(length) } else { u32::from_le_bytes(length) };
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    if length > MAX_RECORD {
        return Err(ReadProblem::TooLong { what, length: length as u64 });
    }
    if rest.len() < head + length {
        return Ok(Step::Need(head + length, what));
    }
    let parse = match (header.is_modified_format(), header.is_bigendian()) {
        (true, _) => pcap_parser::parse_pcap_frame_modified,
        (false, true) => pcap_parser::parse_pcap_frame_be,
        (false, false) => pcap_parser::parse_pcap_frame,
    };
    let (_, LegacyPcapBlock { ts_sec, ts_usec, origlen, data, caplen }) =
        parse(rest).map_err(|_| ReadProblem::Malformed { what })?;
    let fraction = if header.is_nanosecond_precision() { 1 } else { 1000 };
    let time = Duration::from_secs(ts_sec.into()) + Duration::from_nanos(u64::from(ts_usec) * fraction);
    // The upper half of the field says how long the frame check sequence is, if its bit 26 is set.
    let network = header.network.0 as u32;
    let frame_check = (network & 0x0400_0000 != 0).then_some((network >> 28) as u8 * 2);
    let packet = Packet {
        time: Some(time),
        link: network as u16,
        frame_check,
        data: data.to_vec(),
        is_cut: origlen > caplen,
    };
    Ok(Step::Done(head + length, Some(packet)))
}

#[cfg(test)]
mod tests;
