//! The set-ups that run, each until its device has an address, and the last few.

use super::ledger::Attempt;
use crate::session::{Countdown, Method, SessionView, Step};
use crate::session_tracker::Tracker;
use core::time::Duration;
use keyway_eap::{Event, Identity, Timestamp};
use keyway_home::{Cause, Nickname, Side};
use keyway_wsc::session::{self, Enrolment, Failure, Outcome};
use keyway_wsc::{ConfigMethods, DevicePasswordId, MacAddr};
use std::collections::{BTreeMap, VecDeque};

/// How long a device that has the key takes to join, and one that joined to get an address.
const PATIENCE: Duration = Duration::from_secs(60);
/// Set-ups that are over and still shown.
const SHOWN: usize = 3;
/// Set-ups whose device has the key and is on its way.
const FOLLOWED: usize = 32;
/// Events before it is clear by which method a device comes: its introduction.
const EARLY: usize = 8;

/// The set-ups.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    talks: BTreeMap<MacAddr, Talk>,
    /// Registrations that are over, oldest first.
    followed: VecDeque<Followed>,
}

/// A conversation with the registrar.
#[derive(Debug, Default)]
struct Talk {
    name: Option<String>,
    /// As soon as the method is clear.
    tracker: Option<Tracker>,
    early: Vec<(Event, Timestamp)>,
    countdown: Option<(Timestamp, Duration)>,
    /// The station has begun anew: this conversation ends, and the station stays.
    restarted: bool,
    finished: bool,
}

/// A registration that is over: its device may be on its way.
#[derive(Debug)]
struct Followed {
    station: MacAddr,
    name: Option<String>,
    tracker: Tracker,
    /// Nobody waits for the device any longer than this.
    until: Option<Timestamp>,
}

impl Talk {
    /// Whether the registrar took it on: it answered with M2, or was answered.
    fn is_taken_on(&self) -> bool {
        self.tracker.as_ref().is_some_and(|tracker| tracker.step() >= Some(Step::Introduced))
    }

    fn begin(&mut self, method: Method, station: MacAddr) {
        let mut tracker = Tracker::new(method, Nickname::of(station).to_string(), Side::Router);
        for (event, at) in self.early.drain(..) {
            tracker.event(&event, at);
        }
        self.tracker = Some(tracker);
    }
}

impl Sessions {
    /// Something happened in the conversation with a station. True when it is over and the station is to go.
    pub(super) fn event(&mut self, station: MacAddr, event: &Event, now: Timestamp) -> bool {
        if let Event::IdentityReceived(identity) = event {
            let mut talk = Talk::default();
            match identity {
                Identity::Enrollee => {}
                Identity::Registrar => talk.begin(Method::RouterPin, station),
                Identity::Other(_) => return false,
            }
            self.talks.insert(station, talk);
        }
        let Some(talk) = self.talks.get_mut(&station) else { return matches!(event, Event::Finished(_)) };
        match event {
            Event::Decide(enrolment) => talk.begin(method(enrolment), station),
            Event::Registration(session::Event::PeerDescribed(peer)) => {
                let name = peer.device.device_name.to_text();
                talk.name = (!name.is_empty()).then(|| name.into_owned());
            }
            Event::Restarted => talk.restarted = true,
            Event::Finished(_) => {
                talk.finished = true;
                return !talk.restarted;
            }
            _ => {}
        }
        match &mut talk.tracker {
            Some(tracker) => tracker.event(event, now),
            None if talk.early.len() < EARLY => talk.early.push((event.clone(), now)),
            None => {}
        }
        false
    }

    /// The time that the person has for the set-up of this station.
    pub(super) fn count_down(&mut self, station: MacAddr, until: Timestamp, of: Duration) {
        if let Some(talk) = self.talks.get_mut(&station) {
            talk.countdown = Some((until, of));
        }
    }

    /// The registration of a station ended: who it was and how far it came; and whether the registrar had taken it on.
    pub(super) fn end(&mut self, station: MacAddr, outcome: &Outcome, now: Timestamp) -> (Attempt, bool) {
        let mut talk = self.talks.remove(&station).unwrap_or_default();
        let taken_on = talk.is_taken_on();
        let tracker = talk.tracker.take();
        let attempt = Attempt {
            mac: Some(station),
            name: talk.name.clone(),
            method: tracker.as_ref().map(Tracker::method),
            step: tracker.as_ref().and_then(Tracker::step),
        };
        let is_shown = match outcome {
            Outcome::Success(_) => true,
            Outcome::Failure(Failure::SessionOverlap | Failure::SetupLocked) => true,
            Outcome::Failure(_) => taken_on,
        };
        if let Some(mut tracker) = tracker.filter(|_| is_shown) {
            self.followed.retain(|followed| followed.station != station || !followed.tracker.is_running());
            let until = match outcome {
                Outcome::Success(_) => Some(now.saturating_add(PATIENCE)),
                Outcome::Failure(failure) => {
                    tracker.failed(&Cause::Failure(*failure));
                    None
                }
            };
            self.follow(Followed { station, name: talk.name, tracker, until });
        }
        (attempt, taken_on)
    }

    /// Conversations that ended without a registration are forgotten.
    pub(super) fn forget_finished(&mut self) {
        self.talks.retain(|_, talk| !talk.finished);
    }

    /// A station is on the network.
    pub(super) fn joined(&mut self, station: MacAddr, now: Timestamp) {
        let waits = |followed: &&mut Followed| followed.station == station && followed.until.is_some();
        if let Some(followed) = self.followed.iter_mut().rev().find(waits) {
            followed.tracker.joined();
            followed.until = Some(now.saturating_add(PATIENCE));
        }
    }

    /// A station has an address.
    pub(super) fn address(&mut self, station: MacAddr) {
        let joined = |followed: &&mut Followed| {
            followed.station == station && followed.tracker.step() == Some(Step::Joined)
        };
        if let Some(followed) = self.followed.iter_mut().rev().find(joined) {
            followed.tracker.address();
            followed.until = None;
        }
        self.trim();
    }

    /// Nobody waits any more for devices that are on their way: the settings that they have are old.
    pub(super) fn give_up(&mut self, cause: &Cause) {
        for followed in &mut self.followed {
            if followed.until.take().is_some() {
                followed.tracker.failed(cause);
            }
        }
        self.trim();
    }

    /// What is due at `now`: devices that have the key and did not come, or have no address.
    pub(super) fn expire(&mut self, now: Timestamp) -> Vec<(Attempt, Cause)> {
        let mut lost = Vec::new();
        for followed in &mut self.followed {
            if followed.until.is_none_or(|until| now < until) {
                continue;
            }
            let step = followed.tracker.step();
            let cause = if step >= Some(Step::Joined) { Cause::NoAddress } else { Failure::LinkLost.into() };
            followed.tracker.failed(&cause);
            followed.until = None;
            let method = Some(followed.tracker.method());
            let (mac, name) = (Some(followed.station), followed.name.clone());
            lost.push((Attempt { mac, name, method, step }, cause));
        }
        self.trim();
        lost
    }

    /// When [`expire`](Self::expire) is to be called.
    pub(super) fn poll_timeout(&self) -> Option<Timestamp> {
        self.followed.iter().filter_map(|followed| followed.until).min()
    }

    /// The registrations that run and were taken on, each with its method.
    pub(super) fn running(&self) -> impl Iterator<Item = (MacAddr, Method)> {
        let taken_on = self.talks.iter().filter(|(_, talk)| talk.is_taken_on() && !talk.finished);
        taken_on.filter_map(|(mac, talk)| Some((*mac, talk.tracker.as_ref()?.method())))
    }

    /// Whom the router talks to, and the last step that is done: the first of those that run.
    pub(super) fn talking(&self) -> Option<SessionView> {
        let running = self.talks.values().filter(|talk| talk.is_taken_on() && !talk.finished);
        let talking = running.filter_map(|talk| talk.tracker.as_ref());
        let on_their_way = self.followed.iter().map(|followed| &followed.tracker);
        talking
            .chain(on_their_way.filter(|tracker| tracker.is_running()))
            .next()
            .map(|tracker| tracker.view(None))
    }

    /// What the owner sees: those that run first, then the last few, newest first.
    pub(super) fn view(&self, now: Timestamp) -> Vec<SessionView> {
        let running = self.talks.values().filter(|talk| talk.is_taken_on() && !talk.finished);
        let talks = running.filter_map(|talk| {
            let countdown = talk.countdown.map(|(until, of)| Countdown::new(now, until, of));
            Some(talk.tracker.as_ref()?.view(countdown))
        });
        let is_running = |followed: &&Followed| followed.tracker.is_running();
        let on_their_way =
            self.followed.iter().filter(is_running).map(|followed| followed.tracker.view(None));
        let over = self.followed.iter().rev().filter(|followed| !is_running(followed));
        talks.chain(on_their_way).chain(over.map(|followed| followed.tracker.view(None))).collect()
    }

    fn follow(&mut self, followed: Followed) {
        self.followed.push_back(followed);
        self.trim();
    }

    fn trim(&mut self) {
        let mut over = self.followed.iter().filter(|followed| !followed.tracker.is_running()).count();
        self.followed.retain(|followed| {
            let stays = followed.tracker.is_running() || over <= SHOWN;
            over -= usize::from(!stays);
            stays
        });
        let extra = self.followed.len().saturating_sub(FOLLOWED);
        self.followed.drain(..extra);
    }
}

/// By which method an enrollee comes.
fn method(enrolment: &Enrolment) -> Method {
    let says = |flag| enrolment.config_methods.contains(flag);
    if enrolment.password_id == DevicePasswordId::PushButton {
        Method::Button
    } else if says(ConfigMethods::Label) && !says(ConfigMethods::Display) {
        Method::LabelPin
    } else {
        Method::Pin
    }
}
