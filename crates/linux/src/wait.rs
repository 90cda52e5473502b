//! Waiting: for whichever comes first of frames, lines, a deadline, or the wish to stop.

use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::Errno;
use rustix::time::{Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{SigId, flag, low_level};

use crate::clock::Clock;

/// Waits for several file descriptors, a deadline, and SIGINT or SIGTERM.
///
/// The first of these signals makes [`wait`](Self::wait) return; a second one ends the process as if no handler
/// were there, should the program be stuck. Signals come through a handler and a socket pair (the self-pipe
/// trick, by the crate signal-hook) rather than signalfd(2): no thread needs a signal blocked, and child
/// processes start with none blocked. A signal that comes before the wait is not lost.
///
/// Deadlines are readings of a [`Clock`], kept by a timer on the same kernel clock: one that passes while the
/// machine is suspended is reported as soon as it wakes up. Poll's own time-out would sleep on.
///
/// Make one for the life of the program. Dropping it takes its handlers out, but the process does not then get
/// back the system's own handling of these signals: it ignores them.
#[derive(Debug)]
pub struct Poller {
    clock: Clock,
    timer: OwnedFd,
    /// What the timer is set to; it may have run off since.
    armed: Option<Duration>,
    signals: Signals,
}

/// Why the wait ended. Several reasons can hold at once; none is kept back in favour of another. That none
/// holds is possible too: wait again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wake {
    /// A bit for each source, the first source in the lowest bit.
    ready: u8,
    /// The deadline has come. Always true once it has passed, however busy the sources are.
    pub deadline_reached: bool,
    /// A signal asked the program to stop, since the last wait.
    pub stop: Option<Stop>,
}

/// A signal that asks the program to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// SIGINT: Ctrl-C. By custom the exit status is then 130.
    Interrupt,
    /// SIGTERM: from a service manager or kill(1). By custom the exit status is then 143.
    Terminate,
}

/// The most sources that one wait can have.
pub const MAX_SOURCES: usize = 6;

impl Poller {
    /// Takes over SIGINT and SIGTERM, and reads deadlines by this clock.
    ///
    /// # Errors
    /// When the system gives no descriptors for it.
    pub fn new(clock: Clock) -> io::Result<Self> {
        let flags = TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK;
        let timer = rustix::time::timerfd_create(TimerfdClockId::Boottime, flags)?;
        Ok(Self { clock, timer, armed: None, signals: Signals::take_over()? })
    }

    /// The clock by which deadlines are read.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Waits until a source is readable (or failed, or at its end), the deadline has come, or a signal arrived.
    ///
    /// A source that is `None` is not waited for; it keeps its place in the order. Without a deadline the wait
    /// can last for ever. It allocates nothing, and takes one system call, or two when the deadline is earlier
    /// than the last ones; a later one is set when the time comes for the earlier.
    ///
    /// # Errors
    /// More than [`MAX_SOURCES`] sources, or a failure of the system. Being interrupted is no error.
    pub fn wait(
        &mut self,
        sources: &[Option<BorrowedFd<'_>>],
        deadline: Option<Duration>,
    ) -> io::Result<Wake> {
        if sources.len() > MAX_SOURCES {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "more sources than a wait can have"));
        }
        let overdue = deadline.is_some_and(|deadline| deadline <= self.clock.now());
        loop {
            match deadline {
                Some(deadline) if !overdue => self.arm(deadline)?,
                _ => {}
            }
            let timer = if overdue || deadline.is_none() { None } else { Some(self.timer.as_fd()) };
            let (signalled, ready) = poll_all(&self.signals, timer, sources, overdue)?;
            let deadline_reached = deadline.is_some_and(|deadline| deadline <= self.clock.now());
            if signalled || ready != 0 || deadline_reached {
                let stop = if signalled { self.signals.take()? } else { None };
                return Ok(Wake { ready, deadline_reached, stop });
            }
            // The timer ran off for an earlier deadline, which is not waited for any more.
            self.armed = None;
        }
    }

    /// Sets the timer, unless it runs off before this anyway: deadlines mostly move on with each frame.
    fn arm(&mut self, deadline: Duration) -> io::Result<()> {
        if self.armed.is_none_or(|armed| deadline < armed) {
            let at = timespec(self.clock.to_boot_time(deadline));
            let once = Itimerspec { it_interval: timespec(Duration::ZERO), it_value: at };
            rustix::time::timerfd_settime(&self.timer, TimerfdTimerFlags::ABSTIME, &once)?;
            self.armed = Some(deadline);
        }
        Ok(())
    }
}

impl Wake {
    /// Whether the source at this place (counted from zero) is worth reading: readable, failed, or at its end.
    #[must_use]
    pub fn is_ready(&self, source: usize) -> bool {
        source < MAX_SOURCES && self.ready & (1 << source) != 0
    }
}

/// The handlers of both signals and the socket pair that they wake the wait with.
#[derive(Debug)]
struct Signals {
    inbox: UnixStream,
    /// The number of the last signal; zero when none has come.
    last: Arc<AtomicUsize>,
    handlers: Vec<SigId>,
}

impl Signals {
    fn take_over() -> io::Result<Self> {
        let (inbox, outbox) = UnixStream::pair()?;
        inbox.set_nonblocking(true)?;
        let mut signals = Self { inbox, last: Arc::default(), handlers: Vec::new() };
        let asked = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            // They run in this order: the second signal meets the mark that the first one left; and when the
            // wait is woken, the number is there.
            let steps = [
                flag::register_conditional_default(signal, Arc::clone(&asked)),
                flag::register(signal, Arc::clone(&asked)),
                flag::register_usize(signal, Arc::clone(&signals.last), signal as usize),
                low_level::pipe::register(signal, outbox.try_clone()?),
            ];
            for step in steps {
                signals.handlers.push(step?);
            }
        }
        Ok(signals)
    }

    /// Empties the inbox, and says which signal came last.
    fn take(&mut self) -> io::Result<Option<Stop>> {
        // One read: what is left makes the next wait return, and that reads again.
        match self.inbox.read(&mut [0; 16]) {
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => return Err(error),
            _ => {}
        }
        Ok(match self.last.swap(0, Ordering::SeqCst) {
            0 => None,
            number if number == SIGTERM as usize => Some(Stop::Terminate),
            _ => Some(Stop::Interrupt),
        })
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        for handler in self.handlers.drain(..) {
            low_level::unregister(handler);
        }
    }
}

/// Polls everything: whether a signal came, and a bit for each source that is ready.
fn poll_all(
    signals: &Signals,
    timer: Option<BorrowedFd<'_>>,
    sources: &[Option<BorrowedFd<'_>>],
    at_once: bool,
) -> io::Result<(bool, u8)> {
    let inbox = signals.inbox.as_fd();
    let mut entries: [PollFd<'_>; 2 + MAX_SOURCES] = std::array::from_fn(|place| {
        let fd = match place {
            0 => Some(inbox),
            1 => timer,
            _ => sources.get(place - 2).copied().flatten(),
        };
        // A place without a descriptor is filled with one that is asked for nothing.
        let wanted = if fd.is_some() { PollFlags::IN } else { PollFlags::empty() };
        PollFd::from_borrowed_fd(fd.unwrap_or(inbox), wanted)
    });
    let entries = &mut entries[..2 + sources.len()];
    let at_once = at_once.then(|| timespec(Duration::ZERO));
    loop {
        match poll(entries, at_once.as_ref()) {
            Ok(_) => break,
            // A signal: if it was one of ours, its message is already in the inbox.
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let woke = |place: usize| !entries[place].revents().is_empty();
    let ready = (0..sources.len()).filter(|&source| sources[source].is_some() && woke(2 + source));
    Ok((woke(0), ready.fold(0, |bits, source| bits | 1 << source)))
}

fn timespec(time: Duration) -> Timespec {
    // More seconds than the kernel counts are as good as for ever.
    Timespec {
        tv_sec: i64::try_from(time.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: time.subsec_nanos().into(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// Longer than any of these tests may take, shorter than for ever.
    const FAR: Duration = Duration::from_secs(60);

    fn poller() -> Poller {
        Poller::new(Clock::start()).unwrap()
    }

    #[test]
    fn a_readable_source_ends_the_wait_and_says_which() {
        let (mut near, far) = UnixStream::pair().unwrap();
        let (_kept, quiet) = UnixStream::pair().unwrap();
        near.write_all(b"x").unwrap();
        let sources = [Some(quiet.as_fd()), None, Some(far.as_fd())];
        let wake = poller().wait(&sources, Some(FAR)).unwrap();
        assert_eq!(
            [0, 1, 2, 3, 6, 99].map(|source| wake.is_ready(source)),
            [false, false, true, false, false, false]
        );
        assert_eq!((wake.deadline_reached, wake.stop), (false, None));
    }

    #[test]
    fn the_end_of_a_source_ends_the_wait() {
        let (near, far) = UnixStream::pair().unwrap();
        drop(near);
        assert!(poller().wait(&[Some(far.as_fd())], None).unwrap().is_ready(0));
    }

    #[test]
    fn a_deadline_ends_the_wait_not_early_and_each_time() {
        let mut poller = poller();
        for _ in 0..3 {
            let deadline = poller.clock().now() + Duration::from_millis(15);
            let wake = poller.wait(&[], Some(deadline)).unwrap();
            assert!(wake.deadline_reached && poller.clock().now() >= deadline);
            // It stays reached.
            assert!(poller.wait(&[], Some(deadline)).unwrap().deadline_reached);
        }
    }

    #[test]
    fn a_past_deadline_does_not_hide_a_ready_source() {
        let (mut near, far) = UnixStream::pair().unwrap();
        near.write_all(b"x").unwrap();
        let wake = poller().wait(&[Some(far.as_fd())], Some(Duration::ZERO)).unwrap();
        assert!(wake.is_ready(0) && wake.deadline_reached);
    }

    #[test]
    fn a_deadline_can_be_moved_and_removed() {
        let (mut near, far) = UnixStream::pair().unwrap();
        near.write_all(b"x").unwrap();
        let mut poller = poller();
        let soon = poller.clock().now() + Duration::from_millis(500);
        // Armed for soon, but the source is first.
        assert!(!poller.wait(&[Some(far.as_fd())], Some(soon)).unwrap().deadline_reached);
        // Let soon pass, on another timer; then the old setting must not count as the new deadline.
        let later = soon + Duration::from_millis(10);
        assert!(poller.wait(&[], Some(later)).unwrap().deadline_reached);
        let wake = poller.wait(&[Some(far.as_fd())], Some(FAR)).unwrap();
        assert!(wake.is_ready(0) && !wake.deadline_reached);
        let wake = poller.wait(&[Some(far.as_fd())], None).unwrap();
        assert!(wake.is_ready(0) && !wake.deadline_reached);
    }

    #[test]
    fn a_deadline_beyond_all_time_is_no_error() {
        let (mut near, far) = UnixStream::pair().unwrap();
        near.write_all(b"x").unwrap();
        let wake = poller().wait(&[Some(far.as_fd())], Some(Duration::MAX)).unwrap();
        assert!(wake.is_ready(0) && !wake.deadline_reached);
    }

    #[test]
    fn too_many_sources_are_refused() {
        assert!(poller().wait(&[None; MAX_SOURCES], Some(Duration::ZERO)).is_ok());
        assert!(poller().wait(&[None; MAX_SOURCES + 1], Some(Duration::ZERO)).is_err());
    }
}
