//! The queue.

use core::time::Duration;
use std::collections::VecDeque;

use keyway_eap::Timestamp;

use super::capabilities::DOCUMENT_PATIENCE;
use super::{IppEvent, PrintedJob};
use crate::ipp::{Attribute, job_state};

/// How many jobs may wait or be printed at once.
const MOST_ACTIVE: usize = 8;

/// How many octets their documents may have together.
const MOST_OCTETS: usize = 32 << 20;

/// How many jobs are remembered that have ended.
const MOST_ENDED: usize = 32;

/// How long printing takes: so long, and again for each megabyte.
const PRINT_TIME: Duration = Duration::from_secs(1);

/// A job.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) id: u32,
    pub(super) name: String,
    pub(super) user: String,
    pub(super) format: String,
    pub(super) state: i32,
    /// The keyword of its state's reason.
    pub(super) reason: &'static str,
    pub(super) document: Option<Vec<u8>>,
    /// The document's length, after the document is gone as well.
    pub(super) octets: usize,
    /// Until when its document may come; `None` when it is all there.
    pub(super) incoming_until: Option<Timestamp>,
    pub(super) created: Timestamp,
    pub(super) started: Option<Timestamp>,
    pub(super) ended: Option<Timestamp>,
    /// The attributes of its ticket that were taken.
    pub(super) ticket: Vec<Attribute>,
}

impl Job {
    pub(super) fn is_ended(&self) -> bool {
        self.state >= job_state::CANCELED
    }
}

/// What a new job is made from.
#[derive(Clone, Debug)]
pub(super) struct Ticket {
    pub(super) name: String,
    pub(super) user: String,
    pub(super) attributes: Vec<Attribute>,
}

/// All jobs, oldest first.
#[derive(Debug, Default)]
pub(super) struct Queue {
    pub(super) jobs: Vec<Job>,
    last: u32,
    /// What is being printed, and when it is done.
    current: Option<(u32, Timestamp)>,
    stopped: bool,
    pub(super) events: VecDeque<IppEvent>,
}

impl Queue {
    /// A job without document; `None` when there are too many.
    pub(super) fn create(&mut self, ticket: Ticket, now: Timestamp) -> Option<u32> {
        if self.jobs.iter().filter(|job| !job.is_ended()).count() >= MOST_ACTIVE {
            return None;
        }
        // A job's number fits into an IPP integer.
        self.last = if self.last >= 0x7fff_ffff { 1 } else { self.last + 1 };
        self.jobs.push(Job {
            id: self.last,
            name: ticket.name,
            user: ticket.user,
            format: String::new(),
            state: job_state::PENDING,
            reason: "job-incoming",
            document: None,
            octets: 0,
            incoming_until: Some(now + patience()),
            created: now,
            started: None,
            ended: None,
            ticket: ticket.attributes,
        });
        Some(self.last)
    }

    /// Whether another document of this length has room.
    pub(super) fn has_room(&self, octets: usize) -> bool {
        let held: usize = self.jobs.iter().filter_map(|job| job.document.as_ref()).map(Vec::len).sum();
        held.saturating_add(octets) <= MOST_OCTETS
    }

    pub(super) fn job(&self, id: u32) -> Option<&Job> {
        self.jobs.iter().find(|job| job.id == id)
    }

    pub(super) fn job_mut(&mut self, id: u32) -> Option<&mut Job> {
        self.jobs.iter_mut().find(|job| job.id == id)
    }

    pub(super) fn is_printing(&self) -> bool {
        self.current.is_some()
    }

    /// How many jobs will be printed before this one.
    pub(super) fn before(&self, id: u32) -> usize {
        self.jobs.iter().take_while(|job| job.id != id).filter(|job| !job.is_ended()).count()
    }

    /// Everything of a job is there: it is printed as soon as it is its turn. Without document it is aborted.
    pub(super) fn close(&mut self, id: u32, now: Timestamp) {
        if let Some(job) = self.job_mut(id) {
            job.incoming_until = None;
            job.reason = "none";
            if job.document.is_none() {
                end(job, job_state::ABORTED, "aborted-by-system", now);
            }
        }
        self.handle_timeout(now);
    }

    /// Ends a job. False when it has ended already.
    pub(super) fn cancel(&mut self, id: u32, now: Timestamp) -> bool {
        let Some(job) = self.job_mut(id).filter(|job| !job.is_ended()) else { return false };
        end(job, job_state::CANCELED, "job-canceled-by-user", now);
        self.events.push_back(IppEvent::Canceled { id });
        self.current.take_if(|(current, _)| *current == id);
        self.handle_timeout(now);
        true
    }

    /// The printer cannot print now, or can again: what was in the middle begins anew.
    pub(super) fn set_stopped(&mut self, stopped: bool, now: Timestamp) {
        self.stopped = stopped;
        if let Some((id, done)) = self.current {
            let (state, reason) = if stopped {
                (job_state::STOPPED, "printer-stopped")
            } else {
                (job_state::PROCESSING, "job-printing")
            };
            let mut again = done;
            if let Some(job) = self.job_mut(id) {
                job.state = state;
                job.reason = reason;
                again = now + print_time(job.octets);
            }
            self.current = Some((id, if stopped { done } else { again }));
        }
        self.handle_timeout(now);
    }

    pub(super) fn poll_timeout(&self) -> Option<Timestamp> {
        let done = self.current.filter(|_| !self.stopped).map(|(_, done)| done);
        self.jobs.iter().filter_map(|job| job.incoming_until).chain(done).min()
    }

    pub(super) fn handle_timeout(&mut self, now: Timestamp) {
        let waiting = self.jobs.iter().filter(|job| job.incoming_until.is_some_and(|until| now >= until));
        if let Some(id) = waiting.map(|job| job.id).next() {
            return self.close(id, now);
        }
        if self.stopped {
            return;
        }
        if let Some((id, _)) = self.current.take_if(|(_, done)| now >= *done)
            && let Some(job) = self.job_mut(id)
        {
            let bytes = job.document.take().unwrap_or_default();
            let (name, user, format) = (job.name.clone(), job.user.clone(), job.format.clone());
            end(job, job_state::COMPLETED, "job-completed-successfully", now);
            self.events.push_back(IppEvent::Job(PrintedJob { id, name, user, format, bytes }));
        }
        if self.current.is_none() {
            self.start_next(now);
        }
        self.forget();
    }

    fn start_next(&mut self, now: Timestamp) {
        let ready = |job: &&mut Job| job.state == job_state::PENDING && job.incoming_until.is_none();
        let Some(job) = self.jobs.iter_mut().find(ready) else { return };
        job.state = job_state::PROCESSING;
        job.reason = "job-printing";
        job.started = Some(now);
        self.current = Some((job.id, now + print_time(job.octets)));
        let (id, name) = (job.id, job.name.clone());
        self.events.push_back(IppEvent::Printing { id, name });
    }

    fn forget(&mut self) {
        let mut surplus = self.jobs.iter().filter(|job| job.is_ended()).count().saturating_sub(MOST_ENDED);
        self.jobs.retain(|job| {
            let forgotten = surplus > 0 && job.is_ended();
            surplus -= usize::from(forgotten);
            !forgotten
        });
    }
}

fn end(job: &mut Job, state: i32, reason: &'static str, now: Timestamp) {
    job.state = state;
    job.reason = reason;
    job.document = None;
    job.incoming_until = None;
    job.ended = Some(now);
}

fn print_time(octets: usize) -> Duration {
    let megabytes = u32::try_from(octets >> 20).unwrap_or(u32::MAX);
    PRINT_TIME.saturating_mul(megabytes.saturating_add(1))
}

fn patience() -> Duration {
    Duration::from_secs(u64::try_from(DOCUMENT_PATIENCE).unwrap_or_default())
}
