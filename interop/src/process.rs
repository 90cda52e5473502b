//! A program under test or beside it: its output line by line, its signals, its end.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, kill_process};

use crate::PATIENCE;
use crate::cpu::resident_kib;

pub use rustix::process::Signal;

/// Where a line was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// A running program. Both output streams are read all the time; dropping the value kills the program, and
/// shows the end of its output if the test is failing.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    input: Option<ChildStdin>,
    log: Arc<Log>,
}

impl Process {
    /// Starts a program with no standard input. `name` is what messages call it.
    pub fn spawn(name: &str, command: Command) -> Process {
        Process::start(name, command, Stdio::null())
    }

    /// As [`Process::spawn`], for a program that is told something while it runs.
    pub fn spawn_listening(name: &str, command: Command) -> Process {
        Process::start(name, command, Stdio::piped())
    }

    fn start(name: &str, mut command: Command, input: Stdio) -> Process {
        command.stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("cannot start {name}: {error}"));
        let log = Arc::new(Log::default());
        read_lines(child.stdout.take(), Stream::Out, &log);
        read_lines(child.stderr.take(), Stream::Err, &log);
        Process { name: name.to_owned(), input: child.stdin.take(), child, log }
    }

    /// The process id. Programs are started without a process of ours in between, so it is the program's own.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its resident memory, in KiB ([`resident_kib`]).
    ///
    /// # Panics
    ///
    /// If it has ended.
    pub fn memory(&self) -> u64 {
        resident_kib(self.id())
    }

    /// Writes a line to its standard input.
    ///
    /// # Panics
    ///
    /// If it has none, or does not listen any more.
    pub fn say(&self, line: &str) {
        let mut input = self.input.as_ref().unwrap_or_else(|| panic!("{} has no standard input", self.name));
        let said = input.write_all(format!("{line}\n").as_bytes());
        said.unwrap_or_else(|error| panic!("{} does not listen: {error}", self.name));
    }

    /// Ends its standard input.
    pub fn hang_up(&mut self) {
        self.input = None;
    }

    /// How many lines there are so far: a place to wait from.
    pub fn mark(&self) -> usize {
        self.log.lock().lines.len()
    }

    /// Waits for a line that contains `needle`, looking at the whole output, and returns it.
    ///
    /// # Panics
    ///
    /// If the output ends or [`PATIENCE`] runs out first.
    pub fn wait_for(&self, needle: &str) -> String {
        self.wait_for_after(0, needle)
    }

    /// As [`Process::wait_for`], looking only at lines after a [`Process::mark`].
    pub fn wait_for_after(&self, mark: usize, needle: &str) -> String {
        self.wait_until(mark, needle, |line| line.contains(needle).then(|| line.to_owned()))
    }

    /// Waits until `find` returns something for a line after `mark`. `wanted` names it in the failure.
    pub fn wait_until<T>(&self, mark: usize, wanted: &str, find: impl Fn(&str) -> Option<T>) -> T {
        self.find_within(PATIENCE, mark, find).unwrap_or_else(|| {
            let why = if self.log.lock().open == 0 { "ended" } else { "did not say so in time" };
            panic!("{} {why}; waited for: {wanted}", self.name);
        })
    }

    /// Shows `find` each line after `mark`, once and as soon as it is there, until it returns something; nothing if
    /// the output ends or the time runs out first.
    pub fn find_within<T>(
        &self,
        patience: Duration,
        mark: usize,
        mut find: impl FnMut(&str) -> Option<T>,
    ) -> Option<T> {
        let deadline = Instant::now() + patience;
        let mut next = mark;
        let mut state = self.log.lock();
        loop {
            while let Some((_, line)) = state.lines.get(next) {
                if let Some(found) = find(line) {
                    return Some(found);
                }
                next += 1;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if state.open == 0 || left.is_zero() {
                return None;
            }
            state = self.log.changed.wait_timeout(state, left).expect("no reader panicked").0;
        }
    }

    /// Everything written so far, both streams, in order of arrival.
    pub fn output(&self) -> String {
        self.text(|_| true)
    }

    /// What was written to one stream so far.
    pub fn stream(&self, wanted: Stream) -> String {
        self.text(|stream| stream == wanted)
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        let id = Pid::from_child(&self.child);
        kill_process(id, signal).unwrap_or_else(|error| panic!("cannot signal {}: {error}", self.name));
    }

    /// Waits for the program to end by itself.
    ///
    /// # Panics
    ///
    /// If [`PATIENCE`] runs out first.
    pub fn wait(&mut self) -> ExitStatus {
        self.wait_for_end(PATIENCE)
    }

    /// As [`Process::wait`], for programs that are expected to take longer.
    pub fn wait_for_end(&mut self, patience: Duration) -> ExitStatus {
        let deadline = Instant::now() + patience;
        let mut state = self.log.lock();
        while state.open > 0 {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                drop(state);
                panic!("{} still runs", self.name);
            }
            state = self.log.changed.wait_timeout(state, left).expect("no reader panicked").0;
        }
        drop(state);
        self.child.wait().unwrap_or_else(|error| panic!("cannot wait for {}: {error}", self.name))
    }

    /// Asks the program to end, and waits until it has.
    pub fn stop(&mut self, signal: Signal) -> ExitStatus {
        self.signal(signal);
        self.wait()
    }

    /// Kills the program, and waits until those that it has started have seen that and ended, for a while.
    pub(crate) fn end(&mut self) {
        let _ = self.child.kill();
        let deadline = Instant::now() + HELPERS;
        let mut state = self.log.lock();
        while state.open > 0 {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state = self.log.changed.wait_timeout(state, left).expect("no reader panicked").0;
        }
    }

    fn text(&self, wanted: impl Fn(Stream) -> bool) -> String {
        let state = self.log.lock();
        let lines = state.lines.iter().filter(|(stream, _)| wanted(*stream));
        lines.map(|(_, line)| format!("{line}\n")).collect()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            let output = self.output();
            let lines: Vec<&str> = output.lines().collect();
            let end = &lines[lines.len().saturating_sub(SHOWN)..];
            eprintln!("--- the end of {}'s output:\n{}\n---", self.name, end.join("\n"));
        }
    }
}

/// How long what a killed program has started may go on.
const HELPERS: Duration = Duration::from_secs(20);

/// How many lines of a program's output a failing test shows.
const SHOWN: usize = 60;

/// Runs a program to its end and returns its standard output.
///
/// # Panics
///
/// If it cannot be started, fails, or does not end within [`PATIENCE`], with what it said.
pub fn run(mut command: Command) -> String {
    let output = output_of(&mut command);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        panic!("{command:?} failed, {}\n{text}{errors}", output.status);
    }
    text
}

/// Runs a program to its end, well or not.
///
/// # Panics
///
/// If it cannot be started, or does not end within [`PATIENCE`].
pub fn output_of(command: &mut Command) -> Output {
    let spawned = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let child = spawned.unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
    let id = Pid::from_child(&child);
    let (ended, end) = mpsc::channel::<()>();
    let watch = thread::spawn(move || {
        let is_late = end.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout);
        if is_late {
            let _ = kill_process(id, Signal::KILL);
        }
        is_late
    });
    let output =
        child.wait_with_output().unwrap_or_else(|error| panic!("cannot wait for {command:?}: {error}"));
    drop(ended);
    let is_late = watch.join().expect("it does not panic");
    assert!(!is_late, "{command:?} does not end; it said: {}", String::from_utf8_lossy(&output.stdout));
    output
}

#[derive(Debug)]
struct Log {
    state: Mutex<LogState>,
    changed: Condvar,
}

#[derive(Debug)]
struct LogState {
    lines: Vec<(Stream, String)>,
    /// Streams that have not ended.
    open: usize,
}

impl Default for Log {
    fn default() -> Log {
        Log { state: Mutex::new(LogState { lines: Vec::new(), open: 2 }), changed: Condvar::new() }
    }
}

impl Log {
    fn lock(&self) -> MutexGuard<'_, LogState> {
        self.state.lock().expect("no reader panicked")
    }
}

fn read_lines(source: Option<impl Read + Send + 'static>, stream: Stream, log: &Arc<Log>) {
    let mut source = BufReader::new(source.expect("the stream was piped"));
    let log = Arc::clone(log);
    thread::spawn(move || {
        let mut line = Vec::new();
        while matches!(source.read_until(b'\n', &mut line), Ok(1..)) {
            let text = String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']).to_owned();
            line.clear();
            log.lock().lines.push((stream, text));
            log.changed.notify_all();
        }
        log.lock().open -= 1;
        log.changed.notify_all();
    });
}
