//! The wait among real signals.

mod isolated;

use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::os::unix::thread::JoinHandleExt;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use isolated::{PATIENCE, again, isolated_test};
use keyway_linux::{Clock, Poller, Stop};
use rustix::fd::AsFd;
use rustix::process::{Pid, Signal, getpid, kill_process};
use rustix::thread::gettid;
use signal_hook::consts::{SIGINT, SIGTERM, SIGUSR1};
use signal_hook::low_level;

/// Signals this process, as kill(1) does: any of its threads handles it, at any time from now on.
fn kill(signal: Signal) {
    kill_process(getpid(), signal).unwrap();
}

/// Signals this thread: it has been handled on return.
fn raise(signal: i32) {
    low_level::raise(signal).unwrap();
}

/// Returns once the thread sleeps in a system call, as it does in a wait.
fn until_asleep(thread: Pid) {
    let stat = format!("/proc/self/task/{}/stat", thread.as_raw_nonzero());
    while !std::fs::read_to_string(&stat).unwrap().contains(") S ") {
        thread::yield_now();
    }
}

isolated_test!(a_signal_before_the_wait_is_not_lost, {
    for (signal, expected) in [(SIGINT, Stop::Interrupt), (SIGTERM, Stop::Terminate)] {
        // A new one each time: a second signal would end the process.
        let mut poller = Poller::new(Clock::start()).unwrap();
        raise(signal);
        let wake = poller.wait(&[], Some(PATIENCE)).unwrap();
        assert_eq!((wake.stop, wake.deadline_reached), (Some(expected), false));
        // It is told once, and does not keep the next wait awake.
        let deadline = poller.clock().now() + Duration::from_millis(10);
        let wake = poller.wait(&[], Some(deadline)).unwrap();
        assert_eq!((wake.stop, wake.deadline_reached), (None, true));
    }
});

isolated_test!(a_signal_during_the_wait_ends_it, {
    let mut poller = Poller::new(Clock::start()).unwrap();
    let (_kept, quiet) = UnixStream::pair().unwrap();
    let waiting = gettid();
    let helper = thread::spawn(move || {
        until_asleep(waiting);
        kill(Signal::INT);
    });
    let wake = poller.wait(&[Some(quiet.as_fd())], Some(PATIENCE)).unwrap();
    assert_eq!((wake.stop, wake.is_ready(0), wake.deadline_reached), (Some(Stop::Interrupt), false, false));
    helper.join().unwrap();
});

isolated_test!(other_signals_do_not_end_the_wait, {
    let seen = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(SIGUSR1, Arc::clone(&seen)).unwrap();
    let (tell, told) = mpsc::channel();
    let waiter = thread::spawn(move || {
        let mut poller = Poller::new(Clock::start()).unwrap();
        tell.send(gettid()).unwrap();
        let deadline = poller.clock().now() + Duration::from_secs(3);
        (poller.wait(&[], Some(deadline)).unwrap(), poller.clock().now() >= deadline)
    });
    until_asleep(told.recv().unwrap());
    // SAFETY: the thread has not been joined, so its handle is good.
    assert_eq!(unsafe { libc::pthread_kill(waiter.as_pthread_t(), SIGUSR1) }, 0);
    let (wake, in_time) = waiter.join().unwrap();
    assert_eq!((wake.stop, wake.deadline_reached, in_time), (None, true, true));
    assert!(seen.load(Ordering::SeqCst), "the wait was not interrupted at all");
});

isolated_test!(a_busy_source_hides_neither_signal_nor_deadline, {
    let mut poller = Poller::new(Clock::start()).unwrap();
    let (mut near, far) = UnixStream::pair().unwrap();
    std::io::Write::write_all(&mut near, b"x").unwrap();
    raise(SIGTERM);
    let wake = poller.wait(&[Some(far.as_fd())], Some(Duration::ZERO)).unwrap();
    assert_eq!((wake.stop, wake.is_ready(0), wake.deadline_reached), (Some(Stop::Terminate), true, true));
});

#[test]
fn a_second_signal_ends_a_program_that_is_stuck() {
    const STUCK: &str = "KEYWAY_TEST_STUCK";
    let name = "a_second_signal_ends_a_program_that_is_stuck";
    if std::env::var_os(STUCK).is_none() {
        let mut command = Command::new("env");
        command.arg(format!("{STUCK}=1"));
        let output = again(command, name);
        assert_eq!(output.status.signal(), Some(SIGINT), "{}", isolated::text(&output));
        return;
    }
    let _poller = Poller::new(Clock::start()).unwrap();
    raise(SIGTERM);
    raise(SIGINT);
    thread::sleep(PATIENCE);
}
