//! Secrets typed on a terminal or piped in, and a process that keeps them to itself.

mod isolated;

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use isolated::{again, isolated_test, text};
use keyway_linux::{Clock, Poller, ReadError, Secret, Stop, prompt_secret, read_secret, read_secret_line};
use rustix::fs::{Mode, OFlags};
use rustix::process::{Resource, Signal, getrlimit, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

const ROLE: &str = "KEYWAY_TEST_ROLE";
const LIMIT: usize = 63;

fn poller() -> Poller {
    Poller::new(Clock::start()).unwrap()
}

/// A terminal, seen from the side of the person at it, and the program that asks on it.
struct Terminal {
    keyboard_and_screen: File,
    program: Child,
}

impl Terminal {
    /// Starts the test of this name again, in a role, as the foreground program of a new terminal.
    fn with(name: &str, role: &str) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let path = ptsname(&master, Vec::new()).unwrap();
        let slave = rustix::fs::open(&*path, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
        let program = Command::new("setsid")
            .args(["--ctty", "--wait"])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", name, "--nocapture", "--test-threads=1"])
            .env(ROLE, role)
            .stdin(slave)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self { keyboard_and_screen: master.into(), program }
    }

    /// Waits until the screen shows this at its end, and gives everything that came.
    fn until(&mut self, expected: &str) -> String {
        let mut shown = String::new();
        while !shown.ends_with(expected) {
            let mut buffer = [0; 256];
            let count = self.keyboard_and_screen.read(&mut buffer).expect("the terminal is open");
            shown.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
        }
        shown
    }

    fn press(&mut self, keys: &str) {
        self.keyboard_and_screen.write_all(keys.as_bytes()).unwrap();
    }

    fn shows_what_is_typed(&self) -> bool {
        tcgetattr(&self.keyboard_and_screen).unwrap().local_modes.contains(LocalModes::ECHO)
    }

    /// Waits for the program's end; it must have passed as a test, and the terminal must be as before.
    fn finish(mut self) {
        // Opened anew, so that the terminal outlives the program and can be looked at.
        let slave = ptsname(&self.keyboard_and_screen, Vec::new()).unwrap();
        let _open = rustix::fs::open(&*slave, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
        let mut words = String::new();
        self.program.stdout.take().unwrap().read_to_string(&mut words).unwrap();
        self.program.stderr.take().unwrap().read_to_string(&mut words).unwrap();
        let status = self.program.wait().unwrap();
        assert!(status.success() && words.contains("1 passed"), "{status}: {words}");
        assert!(self.shows_what_is_typed(), "the terminal was left dark");
    }
}

/// The role in which this process runs a test, if it is not the first.
fn role() -> Option<String> {
    std::env::var(ROLE).ok()
}

fn prompt() -> Result<Secret, ReadError> {
    prompt_secret("Passphrase: ", LIMIT, &mut poller())
}

#[test]
fn what_is_typed_is_not_shown() {
    if role().is_some() {
        assert_eq!(prompt().unwrap().as_bytes(), b"hunter2 hunter2");
        return;
    }
    let mut terminal = Terminal::with("what_is_typed_is_not_shown", "ask");
    assert_eq!(terminal.until("Passphrase: "), "Passphrase: ");
    assert!(!terminal.shows_what_is_typed());
    // A mistake corrected with the backspace key stays with the terminal.
    terminal.press("hunter2 hunterX\x7f2\n");
    assert_eq!(terminal.until("\n"), "\r\n");
    terminal.finish();
}

#[test]
fn a_dash_means_the_terminal_when_that_is_standard_input() {
    if role().is_some() {
        let secret = read_secret(Path::new("-"), LIMIT, "Passphrase: ", &mut poller()).unwrap();
        assert_eq!(secret.as_bytes(), b"hunter2 hunter2");
        return;
    }
    let mut terminal = Terminal::with("a_dash_means_the_terminal_when_that_is_standard_input", "ask");
    terminal.until("Passphrase: ");
    terminal.press("hunter2 hunter2\n");
    assert_eq!(terminal.until("\n"), "\r\n");
    terminal.finish();
}

#[test]
fn control_c_at_the_prompt_leaves_the_terminal_well() {
    if role().is_some() {
        assert!(matches!(prompt(), Err(ReadError::Stopped(Stop::Interrupt))));
        return;
    }
    let mut terminal = Terminal::with("control_c_at_the_prompt_leaves_the_terminal_well", "ask");
    terminal.until("Passphrase: ");
    terminal.press("hunt\x03");
    let shown = terminal.until("\n");
    assert!(!shown.contains("hunt"), "{shown:?}");
    terminal.finish();
}

#[test]
fn nothing_typed_and_too_much_typed_are_told() {
    match role().as_deref() {
        Some("empty") => return assert!(matches!(prompt(), Err(ReadError::Empty { .. }))),
        Some(_) => return assert!(matches!(prompt(), Err(ReadError::TooLong { limit: LIMIT, .. }))),
        None => {}
    }
    let name = "nothing_typed_and_too_much_typed_are_told";
    let long = "x".repeat(500) + "\n";
    // An empty line, the end of file (Ctrl-D), a line far too long.
    for (role, keys) in [("empty", "\n"), ("empty", "\x04"), ("long", long.as_str())] {
        let mut terminal = Terminal::with(name, role);
        terminal.until("Passphrase: ");
        terminal.press(keys);
        terminal.finish();
    }
}

#[test]
fn without_a_terminal_the_error_says_what_to_do() {
    if role().is_some() {
        let error = prompt().unwrap_err();
        assert!(matches!(error, ReadError::NoTerminal));
        assert_eq!(error.to_string(), "there is no terminal to ask on; give the secret in a file");
        return;
    }
    let mut command = Command::new("setsid");
    command.arg("--wait").env(ROLE, "ask").stdin(Stdio::null());
    let output = again(command, "without_a_terminal_the_error_says_what_to_do");
    assert!(output.status.success() && text(&output).contains("1 passed"), "{}", text(&output));
}

#[test]
fn one_line_is_read_and_what_follows_is_left() {
    let (mut near, mut far) = UnixStream::pair().unwrap();
    near.write_all(b"correct horse\r\n12345670\n").unwrap();
    assert_eq!(read_secret_line(&far, LIMIT, &mut poller()).unwrap().as_bytes(), b"correct horse");
    drop(near);
    let mut rest = String::new();
    far.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "12345670\n");
}

#[test]
fn a_piped_line_needs_no_end() {
    for (input, expected) in [("correct horse", Some("correct horse")), ("", None), ("\n", None)] {
        let (mut near, far) = UnixStream::pair().unwrap();
        near.write_all(input.as_bytes()).unwrap();
        drop(near);
        let secret = read_secret_line(&far, LIMIT, &mut poller());
        match (secret, expected) {
            (Ok(secret), Some(expected)) => assert_eq!(secret.as_bytes(), expected.as_bytes()),
            (Err(ReadError::Empty { .. }), None) => {}
            (other, _) => panic!("{input:?}: {other:?}"),
        }
    }
}

isolated_test!(a_signal_ends_the_wait_for_a_piped_line, {
    let (_kept, far) = UnixStream::pair().unwrap();
    let mut poller = poller();
    kill_process(rustix::process::getpid(), Signal::TERM).unwrap();
    let secret = read_secret_line(&far, LIMIT, &mut poller);
    assert!(matches!(secret, Err(ReadError::Stopped(Stop::Terminate))));
});

isolated_test!(a_protected_process_cannot_be_dumped_or_read, {
    keyway_linux::protect_memory().unwrap();
    assert_eq!(getrlimit(Resource::Core).current, Some(0));
    assert_eq!(getrlimit(Resource::Core).maximum, Some(0));
    let dumpable = rustix::process::dumpable_behavior().unwrap();
    assert_eq!(dumpable, rustix::process::DumpableBehavior::NotDumpable);
    // Somebody without CAP_SYS_PTRACE, even of the same user, cannot open its memory.
    let memory = format!("/proc/{}/mem", std::process::id());
    let read = |capabilities: &[&str]| {
        let mut command = Command::new("setpriv");
        command
            .args(capabilities)
            .args(["--", "dd", "bs=1", "count=0", "status=none"])
            .arg(format!("if={memory}"));
        command.output().unwrap()
    };
    assert!(read(&[]).status.success(), "with the capability it can: {}", text(&read(&[])));
    let without = read(&["--bounding-set=-sys_ptrace", "--inh-caps=-all"]);
    assert!(!without.status.success() && text(&without).contains("Permission denied"), "{}", text(&without));
});
