//! One descriptor that stands for several.

use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};

use super::error::IpError;

/// Readable while one of its sources is ready: an epoll(7) instance that is itself waited for.
///
/// A host's sockets come and go with its address and its clients, and the program's wait has few places; it gets this
/// one. Which source it is, is not asked: the sockets never block, and each of the few there are is tried. A source
/// that is closed is out.
#[derive(Debug)]
pub(super) struct Ready(OwnedFd);

/// What a source is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interest {
    /// It has something to read.
    Read,
    /// It takes something.
    Write,
    /// Nothing but its end.
    Nothing,
}

impl Ready {
    pub(super) fn new() -> Result<Ready, IpError> {
        let fd = epoll::create(CreateFlags::CLOEXEC);
        Ok(Ready(fd.map_err(|error| IpError::system("make an epoll instance", error.into()))?))
    }

    pub(super) fn add(&self, source: impl AsFd, interest: Interest) -> Result<(), IpError> {
        epoll::add(&self.0, source, EventData::new_u64(0), interest.flags())
            .map_err(|error| IpError::system("wait for a socket", error.into()))
    }

    pub(super) fn change(&self, source: impl AsFd, interest: Interest) {
        // Fails only for a source that was never added.
        let _ = epoll::modify(&self.0, source, EventData::new_u64(0), interest.flags());
    }
}

impl AsFd for Ready {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl Interest {
    fn flags(self) -> EventFlags {
        match self {
            Interest::Read => EventFlags::IN,
            Interest::Write => EventFlags::OUT,
            Interest::Nothing => EventFlags::empty(),
        }
    }
}
