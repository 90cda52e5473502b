//! Tests that run in a process of their own, in a network and a mount namespace of its own.
//!
//! A test starts its own program again under `unshare` (util-linux), with its own name as the filter. Whatever
//! it does to interfaces, mounts, capabilities or signal handlers ends with that process. This needs root.

#![allow(dead_code, reason = "each test program uses its part")]

use std::process::{Command, Output};
use std::time::Duration;

use keyway_linux::{Clock, EapolSocket, Frame, Interface, Poller, Received, Wake};
use rustix::fd::{AsFd, BorrowedFd};

/// Longer than anything here takes, even on a busy machine; reached only when something hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Declares a test that runs isolated.
macro_rules! isolated_test {
    ($(#[$attribute:meta])* $name:ident, $body:block) => {
        $(#[$attribute])*
        #[test]
        fn $name() {
            crate::isolated::run(concat!(module_path!(), "::", stringify!($name)), || $body);
        }
    };
}
pub(crate) use isolated_test;

const INSIDE: &str = "KEYWAY_TEST_ISOLATED";

/// Runs `body` in a new process in new namespaces, or at once when this is that process.
pub(crate) fn run(path: &str, body: impl FnOnce()) {
    if std::env::var_os(INSIDE).is_some() {
        return body();
    }
    assert!(
        rustix::process::geteuid().is_root(),
        "this test makes network namespaces and mounts, which needs root; run: \
         cargo test -p keyway-linux --config \"target.'cfg(all())'.runner=['sudo', '--preserve-env']\""
    );
    // The path begins with the name of the test program, which the filter does not know.
    let filter = path.split_once("::").map_or(path, |(_, rest)| rest);
    let mut command = Command::new("unshare");
    command.args(["--net", "--mount", "--"]);
    let output = again(command, filter);
    let text = text(&output);
    assert!(output.status.success(), "in its own namespaces the test failed ({}):\n{text}", output.status);
    assert!(text.contains("1 passed"), "the test did not find itself:\n{text}");
}

/// Starts this test anew behind another command, such as one that takes a capability away.
pub(crate) fn again(mut command: Command, filter: &str) -> Output {
    let program = std::env::current_exe().expect("a test program has a path");
    command.arg(program).args(["--exact", filter, "--nocapture", "--test-threads=1"]).env(INSIDE, "1");
    command.output().unwrap_or_else(|error| panic!("cannot run {:?}: {error}", command.get_program()))
}

/// Everything that a command wrote.
pub(crate) fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Runs a command that must succeed: `sh("ip link set left up")`. Words are separated by single spaces.
#[track_caller]
pub(crate) fn sh(line: &str) {
    let mut words = line.split(' ');
    let mut command = Command::new(words.next().expect("a command"));
    let output = command.args(words).output().unwrap_or_else(|error| panic!("{line}: {error}"));
    assert!(output.status.success(), "{line}: {}", text(&output));
}

/// A cable between two interfaces, `left` and `right`, both up and with carrier.
pub(crate) fn cable() {
    sh("ip link add left type veth peer name right");
    sh("ip link set left up");
    sh("ip link set right up");
    settle("left");
    settle("right");
}

/// Waits until the kernel has put a new link to work (`IFF_RUNNING`): until then it may drop what is sent.
pub(crate) fn settle(name: &str) {
    const IFF_RUNNING: u32 = 0x40;
    while Interface::by_name(name).unwrap().expect("the interface exists").flags & IFF_RUNNING == 0 {
        std::thread::yield_now();
    }
}

/// A wait that ends in a failed test rather than in a hang.
pub(crate) struct Waiter(Poller);

impl Waiter {
    pub(crate) fn new() -> Self {
        Self(Poller::new(Clock::start()).expect("a poller"))
    }

    /// Waits for one source.
    #[track_caller]
    pub(crate) fn wait(&mut self, source: BorrowedFd<'_>) -> Wake {
        let deadline = self.0.clock().now() + PATIENCE;
        let wake = self.0.wait(&[Some(source)], Some(deadline)).expect("a wait");
        assert!(wake.is_ready(0), "nothing came within {PATIENCE:?}");
        wake
    }

    /// Whether the source is readable at this moment.
    pub(crate) fn is_ready_now(&mut self, source: BorrowedFd<'_>) -> bool {
        self.0.wait(&[Some(source)], Some(Duration::ZERO)).expect("a wait").is_ready(0)
    }

    /// Waits for a frame and takes it.
    #[track_caller]
    pub(crate) fn frame<'b>(&mut self, socket: &mut EapolSocket, buffer: &'b mut [u8]) -> Frame<'b> {
        self.wait(socket.as_fd());
        match socket.receive(buffer).expect("the link is well") {
            Received::Frame(frame) => frame,
            other => panic!("not a frame: {other:?}"),
        }
    }
}
