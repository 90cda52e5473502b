//! Looking for networks: a few channels at a time, so that a search ends as soon as the right one is found.

use super::card::Card;
use super::error::WifiError;
use super::news::{RadioNews, Troubles};
use super::socket::Socket;
use keyway_eap::Timestamp;
use keyway_nl80211::answer::{ScanResult, Stamps};
use keyway_nl80211::request::{self, Scan};
use keyway_wifi::Channel;
use keyway_wifi::driver::{ScanRequest, StationEvent};
use keyway_wifi::element::{ElementId, Elements};
use keyway_wifi::frame::Capabilities;
use keyway_wsc::MacAddr;
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::time::Duration;

/// An entry of the kernel's table: the access point, the frequency in MHz, and the name. One that hides its name has an entry
/// more, and so has one that is heard on another channel.
type Entry = (MacAddr, u32, Vec<u8>);

#[derive(Debug)]
pub(super) struct Scanning {
    interface: u32,
    card: Card,
    job: Option<Job>,
    /// The kernel looks on our behalf, maybe for a job that was given up.
    running: bool,
    /// Which access points say that they encrypt.
    private: BTreeMap<MacAddr, bool>,
    /// What the kernel knew last. `None` before the first search.
    known: Option<BTreeMap<Entry, Stamps>>,
    troubles: Troubles,
    failure: Option<WifiError>,
}

#[derive(Debug)]
struct Job {
    request: ScanRequest,
    left: VecDeque<Channel>,
    since: Timestamp,
    /// The kernel looks for this job.
    looks: bool,
    /// A part of it was broken off.
    is_broken: bool,
    /// Somebody else has the radio: try again then, and give up at the end.
    again: Option<Timestamp>,
    patience: Timestamp,
}

/// What a search is called in errors.
const LOOK: &str = "look for networks";

/// How many channels at a time: as long as a tenth to a third of a second.
const AT_A_TIME: usize = 3;

/// How soon to try again while somebody else looks for networks, and for how long.
const AGAIN: Duration = Duration::from_millis(100);
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a scan of a few channels may take. (Seen: 0.4 s.) A driver that never tells the end is not waited for.
const LONGEST: Duration = Duration::from_secs(10);

/// What is told about the past is told in whole milliseconds and by another clock.
const SLACK: Duration = Duration::from_millis(20);

impl Scanning {
    pub(super) fn new(card: &Card) -> Scanning {
        Scanning {
            interface: card.index(),
            card: card.clone(),
            job: None,
            running: false,
            private: BTreeMap::new(),
            known: None,
            troubles: Troubles::default(),
            failure: None,
        }
    }

    /// Whether an access point's beacons say that it encrypts.
    pub(super) fn is_private(&self, bssid: MacAddr) -> bool {
        self.private.get(&bssid).copied().unwrap_or(false)
    }

    pub(super) fn take_failure(&mut self) -> Option<WifiError> {
        self.failure.take()
    }

    /// What does not work, and what works again.
    pub(super) fn poll_news(&mut self) -> Option<RadioNews> {
        self.troubles.poll()
    }

    pub(super) fn start(
        &mut self,
        request: ScanRequest,
        socket: &mut Socket,
        events: &mut VecDeque<StationEvent>,
        now: Timestamp,
    ) {
        if self.job.take().is_some() {
            events.push_back(StationEvent::ScanDone(false));
        }
        if self.known.is_none() {
            // What others have searched for says nothing about now.
            self.fetch(socket, events, now);
        }
        let left =
            request.channels.iter().copied().filter(|channel| self.card.may_listen(*channel)).collect();
        let patience = now + PATIENCE;
        let (looks, is_broken) = (false, false);
        self.job = Some(Job { request, left, since: now, looks, is_broken, again: None, patience });
        if !self.running {
            self.go_on(socket, events, now);
        }
    }

    pub(super) fn stop(&mut self, socket: &mut Socket, events: &mut VecDeque<StationEvent>) {
        if self.job.take().is_some() {
            events.push_back(StationEvent::ScanDone(true));
        }
        self.abort(socket);
    }

    /// Has the kernel break off. It tells the end.
    fn abort(&mut self, socket: &mut Socket) {
        if self.running {
            let interface = self.interface;
            // It may have just ended, and some drivers cannot.
            let _ = socket.order("break off the search for networks", |family, sequence| {
                request::abort_scan(family, sequence, interface)
            });
        }
    }

    /// The kernel has ended a scan, this program's or another's.
    pub(super) fn ended(
        &mut self,
        complete: bool,
        socket: &mut Socket,
        events: &mut VecDeque<StationEvent>,
        now: Timestamp,
    ) {
        let was_ours = std::mem::take(&mut self.running);
        if complete && was_ours {
            self.troubles.over();
            self.fetch(socket, events, now);
        }
        if let Some(job) = &mut self.job {
            job.is_broken |= std::mem::take(&mut job.looks) && !complete;
            self.go_on(socket, events, now);
        }
    }

    pub(super) fn handle_timeout(
        &mut self,
        socket: &mut Socket,
        events: &mut VecDeque<StationEvent>,
        now: Timestamp,
    ) {
        if self.poll_timeout().is_some_and(|at| at <= now) {
            if std::mem::take(&mut self.running) {
                self.cannot_look(io::Error::from(io::ErrorKind::TimedOut), events);
            } else {
                self.go_on(socket, events, now);
            }
        }
    }

    pub(super) fn poll_timeout(&self) -> Option<Timestamp> {
        let job = self.job.as_ref()?;
        if self.running { Some(job.since + LONGEST) } else { job.again }
    }

    /// Looks at the next channels.
    fn go_on(&mut self, socket: &mut Socket, events: &mut VecDeque<StationEvent>, now: Timestamp) {
        let Some(job) = &mut self.job else { return };
        let next: Vec<u32> =
            job.left.iter().take(AT_A_TIME).map(|channel| channel.frequency().into()).collect();
        if next.is_empty() {
            return match job.is_broken {
                true => self.cannot_look(io::Error::from(io::ErrorKind::Interrupted), events),
                false => self.done(events, true),
            };
        }
        let name = job.request.ssid.as_ref().map(|ssid| ssid.as_bytes());
        let mut names: Vec<&[u8]> = name.into_iter().chain([&b""[..]]).collect();
        names.truncate(self.card.wiphy.max_scan_ssids.into());
        let elements = job.request.elements.as_bytes();
        let fits = elements.len() <= self.card.wiphy.max_scan_elements.into();
        let scan = Scan {
            interface: self.interface,
            frequencies: &next,
            names: &names,
            elements: if fits { elements } else { &[] },
        };
        let mut trigger =
            || socket.order(LOOK, |family, sequence| request::trigger_scan(family, sequence, &scan));
        let mut asked = trigger();
        if asked.as_ref().is_err_and(|error| error.code() == Some(libc::ENETDOWN)) {
            // Somebody has switched the interface off, or a switch on the machine has.
            asked = self.card.switch_on().and_then(|()| trigger());
        }
        match asked {
            Ok(()) => {
                job.left.drain(..next.len());
                (job.since, job.again, job.looks) = (now, None, true);
                self.running = true;
            }
            Err(error) if matches!(error.code(), Some(libc::EBUSY | libc::EAGAIN)) && now < job.patience => {
                job.again = Some(now + AGAIN);
            }
            Err(error @ (WifiError::Refused { .. } | WifiError::SwitchedOff { .. } | WifiError::Link(_))) => {
                self.troubles.tell(error);
                self.done(events, false);
            }
            Err(error) => {
                self.failure.get_or_insert(error);
                self.done(events, false);
            }
        }
    }

    /// The kernel took it up and did not do it.
    fn cannot_look(&mut self, source: io::Error, events: &mut VecDeque<StationEvent>) {
        self.troubles.tell(WifiError::System { doing: LOOK, source });
        self.done(events, false);
    }

    fn done(&mut self, events: &mut VecDeque<StationEvent>, complete: bool) {
        if self.job.take().is_some() {
            events.push_back(StationEvent::ScanDone(complete));
        }
    }

    /// Takes what was heard since the last look began, and notes what is known.
    fn fetch(&mut self, socket: &mut Socket, events: &mut VecDeque<StationEvent>, now: Timestamp) {
        let since = self.job.as_ref().map(|job| now.saturating_since(job.since) + SLACK);
        let (interface, private) = (self.interface, &mut self.private);
        let before = self.known.take().unwrap_or_default();
        let mut known = BTreeMap::new();
        let heard = socket.ask(
            "fetch what was heard",
            |family, sequence| request::scan_results(family, sequence, interface),
            |message| {
                let Some(found) = ScanResult::parse(message) else { return };
                private.insert(found.bssid, Capabilities(found.capability).contains(Capabilities::PRIVACY));
                let age = Duration::from_millis(found.seen_ago.into());
                let elements = Elements::parse(&found.elements).unwrap_or_default();
                let key =
                    (found.bssid, found.mhz, elements.whole(ElementId::SSID).unwrap_or_default().to_vec());
                let stamps = before.get(&key).copied();
                known.insert(key, found.stamps());
                if since.is_some_and(|since| age <= since) {
                    let sightings = found.sightings(stamps).into_iter();
                    events.extend(sightings.map(|sighting| StationEvent::Found(Box::new(sighting))));
                }
            },
        );
        self.known = Some(known);
        if let Err(error) = heard
            && !matches!(error, WifiError::Refused { .. })
        {
            self.failure.get_or_insert(error);
        }
    }
}
