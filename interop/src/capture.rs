//! What crossed a cable, recorded by tcpdump.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::PATIENCE;
use crate::frame::{self, Message};
use crate::process::{Process, Signal};
use crate::requirements;
use crate::scratch::Scratch;
use crate::topology::{End, Mac};

/// A recording that goes on.
#[derive(Debug)]
pub struct Capture {
    tcpdump: Process,
    file: PathBuf,
    _scratch: Scratch,
}

impl Capture {
    /// Starts to record the EAPOL frames at one end, those it sends and those it receives.
    pub fn start(end: &End) -> Capture {
        let scratch = Scratch::new("capture");
        let file = scratch.file("cable.pcap");
        let mut command = end.command(requirements::program("tcpdump"));
        // Every frame goes to the file at once, and root stays root so that it can write there. In this mode the
        // kernel keeps room for frames of the greatest length: eight of them, unless that length is made less.
        command.args(["--immediate-mode", "-s", "2048", "-U", "-Z", "root", "-i", end.interface(), "-w"]);
        command.arg(&file).args(["ether", "proto", "0x888e"]);
        let tcpdump = Process::spawn("tcpdump", command);
        tcpdump.wait_for("listening on");
        Capture { tcpdump, file, _scratch: scratch }
    }

    /// What was recorded so far.
    pub fn so_far(&self) -> Recording {
        Recording { frames: read_pcap(&self.file()) }
    }

    /// The file so far, as tcpdump writes it, with the time of each frame.
    pub fn file(&self) -> Vec<u8> {
        std::fs::read(&self.file).unwrap_or_default()
    }

    /// Waits until the recording is as wanted; `what` names that in the failure. Programs may report an end
    /// before tcpdump has written the frame that made it.
    ///
    /// # Panics
    ///
    /// If [`PATIENCE`] runs out first.
    pub fn wait_until(&self, what: &str, wanted: impl Fn(&Recording) -> bool) -> Recording {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let recording = self.so_far();
            if wanted(&recording) {
                return recording;
            }
            assert!(Instant::now() < deadline, "not recorded: {what}; only:\n{}", recording.summary());
            std::thread::sleep(POLL);
        }
    }

    /// Ends the recording when that many registrations have ended: each ends with an EAP-Failure, well or badly.
    pub fn finish(mut self, registrations: usize) -> Recording {
        let recording = self.wait_until("the end of each registration", |recording| {
            recording.messages().iter().filter(|message| message.name == "EAP-Failure").count()
                >= registrations
        });
        self.tcpdump.stop(Signal::INT);
        self.tcpdump.wait_for("0 packets dropped by kernel");
        recording
    }
}

/// Recorded frames, in order.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    /// The Ethernet frames.
    pub frames: Vec<Vec<u8>>,
}

impl Recording {
    /// The messages in it, put together from their fragments.
    pub fn messages(&self) -> Vec<Message> {
        frame::messages(&self.frames)
    }

    /// The names of the WSC messages in it, M1 to WSC_Done, without frames sent again.
    pub fn wsc(&self) -> Vec<&'static str> {
        let mut messages = self.messages();
        messages.dedup();
        let names = messages.into_iter().map(|message| message.name);
        names
            .filter(|name| name.starts_with('M') || matches!(*name, "WSC_ACK" | "WSC_NACK" | "WSC_Done"))
            .collect()
    }

    /// The most bytes of EAPOL body in one frame from this sender.
    pub fn longest_body(&self, source: Mac) -> usize {
        let own = self.frames.iter().filter(|frame| frame.get(6..12) == Some(&source.0));
        own.map(|frame| usize::from(u16::from_be_bytes([frame[16], frame[17]]))).max().unwrap_or_default()
    }

    /// One line a message, for failures.
    pub fn summary(&self) -> String {
        let line = |message: Message| {
            let Message { source, destination, name, fragments, .. } = &message;
            let error = message.configuration_error().filter(|error| *error != 0);
            let error = error.map(|error| format!(" configuration error {error}")).unwrap_or_default();
            format!("{source} -> {destination} {name} in {fragments}{error}\n")
        };
        self.messages().into_iter().map(line).collect()
    }
}

/// Writes Ethernet frames into a capture file.
pub fn write_pcap<'a>(path: &Path, frames: impl IntoIterator<Item = &'a [u8]>) {
    // Magic number, version 2.4, no time zone, no accuracy, snapshot length, link type Ethernet.
    let mut file = Vec::new();
    for word in [PCAP_MAGIC, 0x0004_0002, 0, 0, 0x0004_0000, 1] {
        file.extend(word.to_le_bytes());
    }
    for frame in frames {
        let length = u32::try_from(frame.len()).expect("frames are short");
        for word in [0, 0, length, length] {
            file.extend(word.to_le_bytes());
        }
        file.extend(frame);
    }
    std::fs::write(path, file).unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
}

const PCAP_MAGIC: u32 = 0xa1b2_c3d4;
const POLL: Duration = Duration::from_millis(2);

/// The frames in a capture file that tcpdump writes on this machine. A frame that is not wholly written yet is
/// left out.
fn read_pcap(file: &[u8]) -> Vec<Vec<u8>> {
    records(file).into_iter().map(|(_, frame)| frame).collect()
}

/// When the last frame of such a file was recorded, as the time since 1970.
pub(crate) fn last_time(file: &[u8]) -> Option<Duration> {
    records(file).last().map(|(time, _)| *time)
}

/// The frames in such a file, each with its time.
fn records(file: &[u8]) -> Vec<(Duration, Vec<u8>)> {
    let word = |at: usize| Some(u32::from_ne_bytes(file.get(at..at + 4)?.try_into().ok()?));
    let Some(magic) = word(0) else { return Vec::new() };
    assert_eq!(magic, PCAP_MAGIC, "not a capture file of this machine");
    let mut frames = Vec::new();
    let mut at = 24;
    while let Some(length) = word(at + 8) {
        let length = usize::try_from(length).expect("frames are short");
        let Some(frame) = file.get(at + 16..at + 16 + length) else { break };
        let time = word(at).zip(word(at + 4)).unwrap_or_default();
        let time = Duration::from_secs(time.0.into()) + Duration::from_micros(time.1.into());
        frames.push((time, frame.to_vec()));
        at += 16 + length;
    }
    frames
}
