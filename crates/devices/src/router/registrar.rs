//! What the registrar tells: frames to send, how far set-ups are, how they ended.

use super::boundary::RouterOrder;
use super::ledger::Attempt;
use super::unit::{Moment, RouterUnit};
use crate::durable::Change;
use crate::session::Method;
use keyway_eap::{Event, Identity, Timestamp};
use keyway_home::{Cause, Ended, RouterEvent, WALK_TIME};
use keyway_wsc::session::{CredentialProblem, Failure, Outcome, Success};
use keyway_wsc::{DevicePasswordId, MacAddr};

impl RouterUnit {
    /// Reads all that the registrar tells, and takes its frames.
    pub(super) fn drain(&mut self, at: Moment) {
        // Frames first: who is sent away is to hear the end of the conversation.
        while let Some(transmit) = self.registrar.poll_transmit() {
            let station = transmit.destination.address();
            self.order(RouterOrder::Eapol { station, frame: transmit.frame });
        }
        // Whether the settings that a registrar brought were such that they are not run.
        let mut unusable = false;
        while let Some(event) = self.registrar.poll_event() {
            match event {
                RouterEvent::Station(station, event) => self.conversation(station, &event, at.now),
                RouterEvent::NetworkChanged(settings) => unusable = !self.take_from_registrar(&settings, at),
                RouterEvent::Ended(ended) => {
                    self.ended(&ended, unusable, at);
                    unusable = false;
                }
                RouterEvent::PinSpent(id) => {
                    self.adding.remove(id);
                }
                RouterEvent::PinExpired(id) => {
                    if let Some(mac) = self.adding.remove(id) {
                        let name = mac.and_then(|mac| self.waiting.name(mac));
                        let attempt = Attempt { mac, name, method: Some(Method::Pin), step: None };
                        self.write(attempt.failure(&Cause::PinExpired(None), at.date));
                    }
                }
                RouterEvent::WalkTimeOver => {
                    // A set-up that was begun in time goes on.
                    let runs = self.sessions.running().any(|(_, method)| method == Method::Button);
                    self.nobody_came(!runs, Method::Button, &Cause::WalkTimeOver(None), at);
                }
                RouterEvent::RouterPinExpired => {
                    let untried = self.adding.own.take().is_some_and(|own| !own.tried);
                    self.nobody_came(untried, Method::RouterPin, &Cause::NoRouter(None), at);
                }
                // The lock is looked up where it is shown; a crowd is no attempt.
                _ => {}
            }
        }
        self.sessions.forget_finished();
    }

    fn nobody_came(&mut self, is_so: bool, method: Method, cause: &Cause, at: Moment) {
        if is_so {
            let attempt = Attempt { method: Some(method), ..Attempt::default() };
            self.write(attempt.failure(cause, at.date));
        }
    }

    fn conversation(&mut self, station: MacAddr, event: &Event, now: Timestamp) {
        if self.sessions.event(station, event, now) {
            self.order(RouterOrder::RegistrationOver(station));
        }
        match event {
            Event::Decide(enrolment) => {
                self.waiting.meet(station, enrolment, now);
                let countdown = if enrolment.password_id == DevicePasswordId::PushButton {
                    self.registrar.button_until(now).map(|until| (until, WALK_TIME))
                } else {
                    self.adding.until(station).map(|until| (until, self.adding.lifetime.duration()))
                };
                if let Some((until, of)) = countdown {
                    self.sessions.count_down(station, until, of);
                }
            }
            Event::IdentityReceived(Identity::Registrar) => {
                if let Some(own) = &mut self.adding.own {
                    own.tried = true;
                    self.sessions.count_down(station, own.until, own.lifetime.duration());
                }
            }
            _ => {}
        }
    }

    /// A registration ended: the ledger, the devices, the alert and the end of WPS follow from how.
    fn ended(&mut self, ended: &Ended, unusable: bool, at: Moment) {
        let station = ended.station;
        let outcome = if unusable {
            Outcome::Failure(Failure::NoUsableCredential(CredentialProblem::UnknownAuthentication))
        } else {
            ended.outcome.clone()
        };
        let (attempt, was_taken_on) = self.sessions.end(station, &outcome, at.now);
        let failure = match &outcome {
            Outcome::Success(success) => return self.succeeded(station, attempt, success, at),
            Outcome::Failure(failure) => *failure,
        };
        let cause = Cause::Failure(failure);
        match failure {
            // A device that asks before its PIN was entered: it waits.
            Failure::Declined(_) | Failure::NoRegistrarReady(_) => {
                if self.waiting.note(station) && self.meter.admits(station, cause.code(), at.now) {
                    self.write(attempt.failure(&cause, at.date));
                }
                return;
            }
            // Nothing had begun.
            Failure::TimedOut
            | Failure::EndedEarly
            | Failure::LinkLost
            | Failure::Cancelled
            | Failure::RefusedByPeer(_)
                if !was_taken_on =>
            {
                return;
            }
            // Somebody at this router had typed a PIN for it, or the lock limits it.
            Failure::WrongPassword(_) | Failure::PasswordRefused | Failure::Cancelled => {}
            // Anybody can bring these about, as often as it likes.
            _ if !self.meter.admits(station, cause.code(), at.now) => return,
            _ => {}
        }
        self.write(attempt.failure(&cause, at.date));
        if failure != Failure::Cancelled {
            self.alarm(at.date);
        }
    }

    fn succeeded(&mut self, station: MacAddr, attempt: Attempt, success: &Success, at: Moment) {
        let method = attempt.method.unwrap_or(Method::Pin);
        let words = match (success, method) {
            (Success::Reconfigured(_), _) => "Gave the router new network settings, with the router's PIN.",
            (_, Method::RouterPin) => "Read the network's settings, with the router's PIN.",
            (_, Method::Button) => "Added by push button.",
            (_, Method::LabelPin) => "Added with the PIN on its label.",
            _ => "Added with its PIN.",
        };
        if method == Method::RouterPin {
            // It pairs once (N52).
            self.router_pin_off();
        } else if method == Method::Button {
            self.adding.button = None;
        }
        let entry = self.devices.added(station, attempt.name.clone(), method, at.date);
        self.change(Change::Device(entry));
        self.trim_devices();
        self.write(attempt.success(words, at.date));
        self.waiting.served(station, at.now);
        self.done |= self.settings.off_after_success;
    }
}
