//! The handshake after associating for good, and the time on the network.

use super::task::Task;
use super::{Event, Handshake, JoinFailure, State, Station};
use crate::driver::StationCommand;
use crate::element::{CipherSuite, Rsn, RsnCapabilities};
use crate::frame::{ReasonCode, StatusCode};
use crate::network::{Network, Security};
use crate::rsn::{Association, Cause, Output, Supplicant};
use alloc::boxed::Box;
use core::time::Duration;
use keyway_eap::Timestamp;

/// From the end of an association to the next look.
pub(super) const MOMENT: Duration = Duration::from_millis(100);

/// When a station comes back that was told to do so later: when SA Query is over (1.024 s, IEEE 802.11-2020,
/// dot11AssociationSAQueryMaximumTimeout).
pub(super) const LATER: Duration = Duration::from_millis(1100);

/// From one try to the next with a passphrase that looks wrong, or a key that the radio does not take. It is not given up:
/// another network may have the same name while the right one is switched off.
const SELDOM: Duration = Duration::from_secs(30);

impl Station {
    /// Whether management frames will be protected: both sides can.
    pub(super) fn protects(&self, network: &Network) -> bool {
        self.config.protects_management && network.protects_management()
    }

    /// The RSN element of this station's association request.
    pub(super) fn own_rsn(&self, network: &Network) -> Option<Rsn> {
        let Security::Rsn(offered) = &network.security else { return None };
        let akm = network.key_management()?;
        let capabilities =
            if self.protects(network) { RsnCapabilities::MFP_CAPABLE } else { RsnCapabilities::default() };
        let mut rsn = Rsn::ccmp(&[akm.suite()], capabilities);
        rsn.group = offered.group;
        if self.protects(network) {
            rsn.group_management = Some(CipherSuite::BIP_CMAC_128);
        }
        Some(rsn)
    }

    pub(super) fn begin_handshake(&mut self, network: Network, now: Timestamp) {
        let (Task::Join(join), Some(akm), Some(rsn)) =
            (&self.task, network.key_management(), self.own_rsn(&network))
        else {
            return self.pause(MOMENT, now);
        };
        let association = Association {
            akm,
            pmk: join.pmk.clone(),
            authenticator: network.bssid,
            supplicant: self.config.mac,
            authenticator_rsn: network.rsn_element.clone(),
            supplicant_rsn: rsn.to_element(),
            protects_management: self.protects(&network),
        };
        let supplicant = Supplicant::new(association, now);
        self.state = State::Handshake(Box::new(Handshake { network, supplicant }));
    }

    /// Carries out what the handshake wants.
    pub(super) fn carry_out(&mut self, now: Timestamp) {
        loop {
            let (State::Handshake(handshake) | State::Joined(handshake)) = &mut self.state else { return };
            let Some(output) = handshake.supplicant.poll_output() else { return };
            match output {
                Output::Send { frame, protected } => {
                    self.commands.push_back(StationCommand::SendEapol { frame, protected });
                }
                Output::InstallPairwise(key) => self.commands.push_back(StationCommand::InstallPairwise(key)),
                Output::InstallGroup(key) => self.commands.push_back(StationCommand::InstallGroup(key)),
                Output::InstallManagementGroup(key) => {
                    self.commands.push_back(StationCommand::InstallManagementGroup(key));
                }
                Output::Opened => self.opened(),
                Output::Ended(cause) => self.handshake_ended(cause, now),
                Output::GroupKeyConfirmed | Output::Discarded(_) => {}
            }
        }
    }

    fn opened(&mut self) {
        let handshake = match core::mem::replace(&mut self.state, State::Idle) {
            State::Handshake(handshake) => handshake,
            other => return self.state = other,
        };
        self.commands.push_back(StationCommand::OpenPort);
        if let Task::Join(join) = &mut self.task {
            join.succeeded(&handshake.network);
        }
        self.events.push_back(Event::Joined(Box::new(handshake.network.clone())));
        self.state = State::Joined(handshake);
    }

    /// The radio does not take a key: nothing can pass encrypted, and nothing is to pass otherwise. Another try may go better,
    /// if hardly at once.
    pub(super) fn key_refused(&mut self, now: Timestamp) {
        let was_joined = match self.state {
            State::Handshake(_) => false,
            State::Joined(_) => true,
            _ => return,
        };
        let reason = ReasonCode::UNSPECIFIED;
        self.commands.push_back(StationCommand::Disconnect(reason));
        let told = self.events.len();
        self.events.retain(|event| !matches!(event, Event::Joined(_)));
        if was_joined && self.events.len() == told {
            self.events.push_back(Event::Lost(reason));
        }
        self.events.push_back(Event::JoinFailed(JoinFailure::KeyRefused));
        self.pause(SELDOM, now);
    }

    fn handshake_ended(&mut self, cause: Cause, now: Timestamp) {
        let was_joined = matches!(self.state, State::Joined(_));
        self.state = State::Idle;
        self.commands.push_back(StationCommand::Disconnect(cause.reason()));
        if was_joined {
            self.events.push_back(Event::Lost(cause.reason()));
            return self.pause(MOMENT, now);
        }
        let Task::Join(join) = &mut self.task else { return };
        let failure = JoinFailure::from(cause);
        if failure != JoinFailure::WrongPassphrase {
            return self.join_failed(failure, now);
        }
        let pause = if join.is_wrong() {
            self.events.push_back(Event::JoinFailed(failure));
            SELDOM
        } else {
            join.next_pause()
        };
        self.pause(pause, now);
    }

    /// A try to join failed, in a way that another may not.
    pub(super) fn join_failed(&mut self, failure: JoinFailure, now: Timestamp) {
        let Task::Join(join) = &mut self.task else { return };
        if failure == JoinFailure::Refused(StatusCode::TRY_LATER) && join.may_come_back() {
            return self.pause(LATER, now);
        }
        if join.from_memory {
            // The access point may have changed since it was heard.
            return self.start_scan(now);
        }
        let pause = join.next_pause();
        self.events.push_back(Event::JoinFailed(failure));
        self.pause(pause, now);
    }
}
