//! The first judge: tshark dissects every frame. Nothing may be malformed or unknown to it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::capture::{Recording, write_pcap};
use crate::frame::Message;
use crate::process::run;
use crate::requirements;
use crate::scratch::Scratch;
use crate::topology::Mac;

/// Something tshark complained about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The message, by name.
    pub message: String,
    /// tshark's line.
    pub line: String,
}

/// Everything tshark has to complain about in what `source` sent. Fragments are put together first: tshark 4.0
/// does not do so for EAP-WSC, and calls the second half of an attribute malformed.
pub fn complaints(recording: &Recording, source: Mac) -> Vec<Complaint> {
    let own: Vec<Message> =
        recording.messages().into_iter().filter(|message| message.source == source).collect();
    judge(&own)
}

/// As [`complaints`], for the plain text of Encrypted Settings, as the stock peer decrypted it.
pub fn complaints_about_settings(plain_texts: &[Vec<u8>]) -> Vec<Complaint> {
    let carried: Vec<Message> = plain_texts.iter().map(|plain| carrier(plain)).collect();
    judge(&carried)
}

/// Asserts that tshark has nothing to complain about in what `source` sent, and that it sent something.
pub fn assert_clean(recording: &Recording, source: Mac) {
    let names: Vec<_> = recording.messages().into_iter().filter(|message| message.source == source).collect();
    assert!(!names.is_empty(), "{source} sent nothing:\n{}", recording.summary());
    let found = complaints(recording, source);
    assert!(found.is_empty(), "tshark about {source}: {found:#?}\n{}", recording.summary());
}

/// Asserts that tshark has nothing to complain about in these plain texts, and that there are some.
pub fn assert_settings_clean(plain_texts: &[Vec<u8>]) {
    assert!(!plain_texts.is_empty(), "no settings were decrypted");
    let found = complaints_about_settings(plain_texts);
    assert!(found.is_empty(), "tshark about encrypted settings: {found:#?}");
}

/// The first value of some fields in each frame that has a WSC message type.
pub fn wsc_fields<'a>(
    frames: impl IntoIterator<Item = &'a [u8]>,
    fields: &[&'static str],
) -> Vec<BTreeMap<&'static str, String>> {
    let scratch = Scratch::new("fields");
    let file = scratch.file("messages.pcap");
    write_pcap(&file, frames);
    file_fields(&file, "wps.message_type", fields)
}

/// The first value of some fields in each frame of a capture file that passes a display filter; an empty filter passes
/// all.
pub fn file_fields(
    file: &Path,
    filter: &str,
    fields: &[&'static str],
) -> Vec<BTreeMap<&'static str, String>> {
    let mut command = tshark(file);
    command.args(["-Y", filter, "-T", "fields", "-E", "occurrence=f"]);
    for field in fields {
        command.args(["-e", field]);
    }
    let text = run(command);
    let values = |line: &str| fields.iter().copied().zip(line.split('\t').map(str::to_owned)).collect();
    text.lines().map(values).collect()
}

/// Everything tshark has to complain about in a capture file; frames go by their number.
pub fn file_complaints(file: &Path) -> Vec<Complaint> {
    let mut command = tshark(file);
    command.arg("-V");
    let text = run(command);
    let numbered = (1..).zip(text.split("\nFrame "));
    let of = |(number, dissection): (u32, &str)| complaints_in(&number.to_string(), dissection);
    numbered.flat_map(of).collect()
}

/// A network's key, with which tshark decrypts data frames whose 4-way handshake is in the capture.
#[derive(Clone, Copy, Debug)]
pub struct WifiKey<'a> {
    /// The network's name.
    pub ssid: &'a str,
    /// Its passphrase.
    pub passphrase: &'a str,
}

impl WifiKey<'_> {
    fn give(&self, command: &mut Command) {
        command.args(["-o", "wlan.enable_decryption:TRUE", "-o"]);
        command.arg(format!("uat:80211_keys:\"wpa-pwd\",\"{}:{}\"", self.passphrase, self.ssid));
    }

    /// As [`file_fields`], with data frames decrypted.
    pub fn file_fields(
        &self,
        file: &Path,
        filter: &str,
        fields: &[&'static str],
    ) -> Vec<BTreeMap<&'static str, String>> {
        let mut command = tshark(file);
        self.give(&mut command);
        command.args(["-Y", filter, "-T", "fields", "-E", "occurrence=f"]);
        for field in fields {
            command.args(["-e", field]);
        }
        let text = run(command);
        let values = |line: &str| fields.iter().copied().zip(line.split('\t').map(str::to_owned)).collect();
        text.lines().map(values).collect()
    }

    /// As [`file_complaints`], with data frames decrypted.
    pub fn file_complaints(&self, file: &Path) -> Vec<Complaint> {
        let mut command = tshark(file);
        self.give(&mut command);
        command.arg("-V");
        let text = run(command);
        let numbered = (1..).zip(text.split("\nFrame "));
        let of = |(number, dissection): (u32, &str)| complaints_in(&number.to_string(), dissection);
        numbered.flat_map(of).collect()
    }
}

/// What in tshark's dissection is a complaint.
const BAD: [&str; 5] =
    ["Malformed", "Expert Info (Error", "Expert Info (Warning", "Unknown", "[Packet size limited"];

/// An M8 with nothing but these attributes, to have them dissected.
fn carrier(plain: &[u8]) -> Message {
    let mut frame = vec![0x02, 0, 0, 0, 0, 1, 0x02, 0, 0, 0, 0, 2, 0x88, 0x8e, 1, 0];
    let body = u16::try_from(plain.len() + 24).expect("settings are short").to_be_bytes();
    frame.extend(body);
    frame.extend([1, 1]);
    frame.extend(body);
    frame.extend([0xfe, 0x00, 0x37, 0x2a, 0, 0, 0, 1, 4, 0]);
    frame.extend([0x10, 0x4a, 0, 1, 0x10, 0x10, 0x22, 0, 1, 0x0c]);
    frame.extend(plain);
    Message { source: Mac([0; 6]), destination: Mac([0; 6]), name: "M8", fragments: 1, frame }
}

fn judge(messages: &[Message]) -> Vec<Complaint> {
    if messages.is_empty() {
        return Vec::new();
    }
    let scratch = Scratch::new("tshark");
    let file = scratch.file("messages.pcap");
    write_pcap(&file, messages.iter().map(|message| message.frame.as_slice()));
    let mut command = tshark(&file);
    command.arg("-V");
    let text = run(command);
    let dissections: Vec<&str> = text.split("\nFrame ").collect();
    assert_eq!(dissections.len(), messages.len(), "tshark did not dissect every message:\n{text}");
    let judged = messages.iter().zip(dissections);
    judged.flat_map(|(message, dissection)| judge_one(message, dissection)).collect()
}

fn judge_one(message: &Message, dissection: &str) -> Vec<Complaint> {
    let mut found = complaints_in(message.name, dissection);
    let complaint = |line: &str| Complaint { message: message.name.to_owned(), line: line.to_owned() };
    if message.name == "other" {
        found.push(complaint("no message of a registration"));
    }
    // Had it not seen the message as WSC it would have had nothing to complain about.
    let is_wsc = message.name.starts_with('M') || matches!(message.name, "WSC_ACK" | "WSC_NACK" | "WSC_Done");
    let seen = format!("Message Type: {} (", message.name.to_uppercase());
    if is_wsc && !dissection.contains(&seen) {
        found.push(complaint("not recognised as this message"));
    }
    found
}

fn complaints_in(message: &str, dissection: &str) -> Vec<Complaint> {
    let bad = dissection.lines().filter(|line| BAD.iter().any(|word| line.contains(word)));
    bad.map(|line| Complaint { message: message.to_owned(), line: line.trim().to_owned() }).collect()
}

fn tshark(file: &Path) -> Command {
    let mut command = Command::new(requirements::program("tshark"));
    command.arg("-r").arg(file);
    command
}
