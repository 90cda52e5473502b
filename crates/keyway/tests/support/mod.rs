//! What the tests of the command line share.
#![allow(dead_code, unreachable_pub)]

pub mod schema;

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// The program under test.
pub fn keyway() -> Command {
    Command::new(env!("CARGO_BIN_EXE_keyway"))
}

/// Runs the program to its end with this standard input.
pub fn run(arguments: &[&str], input: &str) -> Output {
    let mut child = keyway()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // It may end before it has read all.
    let _ = child.stdin.take().expect("piped").write_all(input.as_bytes());
    child.wait_with_output().expect("the program ends")
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A folder of this test's own, removed at the end.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("keyway-cli-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// A file that only its owner can read.
    pub fn secret(&self, name: &str, contents: &str) -> String {
        use std::os::unix::fs::OpenOptionsExt;
        let path = self.path(name);
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path)
            .expect("a file");
        file.write_all(contents.as_bytes()).expect("written");
        shown(&path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub fn shown(path: &Path) -> String {
    path.to_str().expect("a path in UTF-8").to_owned()
}

/// A program that runs, killed at the end if it still does.
pub struct Running {
    child: Child,
    lines: BufReader<std::process::ChildStdout>,
    said: String,
}

impl Running {
    /// Starts it with `--json`.
    pub fn start(arguments: &[&str]) -> Running {
        let mut child = keyway()
            .args(arguments)
            .arg("--json")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let lines = BufReader::new(child.stdout.take().expect("piped"));
        Running { child, lines, said: String::new() }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Types a line.
    pub fn type_line(&mut self, line: &str) {
        writeln!(self.child.stdin.as_mut().expect("open"), "{line}").expect("it reads");
    }

    /// Closes its standard input.
    pub fn end_input(&mut self) {
        self.child.stdin = None;
    }

    /// Reads events up to the next one of this name, and gives it.
    pub fn wait_for(&mut self, event: &str) -> serde_json::Value {
        loop {
            let mut line = String::new();
            let read = self.lines.read_line(&mut line).expect("its output is text");
            assert!(read > 0, "it ended before {event:?}; it said:\n{}", self.said);
            self.said.push_str(&line);
            let value: serde_json::Value = serde_json::from_str(&line).expect("a line is JSON");
            if value["event"] == event {
                return value;
            }
        }
    }

    pub fn interrupt(&self) {
        let process = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(process, rustix::process::Signal::INT).expect("it runs");
    }

    /// Waits for its end: the exit status and everything it said, which is checked against the schema.
    pub fn finish(mut self) -> Finished {
        self.end_input();
        let mut rest = String::new();
        std::io::Read::read_to_string(&mut self.lines, &mut rest).expect("its output is text");
        self.said.push_str(&rest);
        let mut errors = String::new();
        std::io::Read::read_to_string(self.child.stderr.as_mut().expect("piped"), &mut errors).expect("text");
        let status = self.child.wait().expect("it ends").code().expect("no signal ended it");
        schema::check(&self.said);
        Finished { status, said: std::mem::take(&mut self.said), errors }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What became of a program.
#[derive(Debug)]
pub struct Finished {
    pub status: i32,
    pub said: String,
    pub errors: String,
}

impl Finished {
    /// The events of this name.
    pub fn events(&self, name: &str) -> Vec<serde_json::Value> {
        let values = self.said.lines().map(|line| serde_json::from_str(line).expect("a line is JSON"));
        values.filter(|value: &serde_json::Value| value["event"] == name).collect()
    }

    /// The last event of this name.
    pub fn last(&self, name: &str) -> serde_json::Value {
        self.events(name).pop().unwrap_or_else(|| panic!("no {name:?}: {self:#?}"))
    }

    /// Asserts that none of these was said anywhere.
    pub fn hides(&self, secrets: &[&str]) -> &Finished {
        for secret in secrets {
            assert!(
                !self.said.contains(secret) && !self.errors.contains(secret),
                "{secret:?} was said: {self:#?}"
            );
        }
        self
    }
}
