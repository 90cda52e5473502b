//! The handshake after associating for good, and the time on the network.

use super::task::Task;
use super::{Event, Handshake, JoinFailure, State, Station};
use crate::driver::StationCommand;
use crate::element::{CipherSuite, Rsn, RsnCapabilities};
use crate::network::{Network, Security};
use crate::rsn::{Association, Cause, Output, Supplicant};
use alloc::boxed::Box;
use keyway_eap::Timestamp;

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
            return;
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
        self.state = State::Handshake(Handshake { network, supplicant });
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
        let State::Handshake(handshake) = core::mem::replace(&mut self.state, State::Idle) else { return };
        self.commands.push_back(StationCommand::OpenPort);
        let mut network = handshake.network.clone();
        if let Task::Join(join) = &mut self.task {
            join.failures = 0;
            join.last = Some(network.bssid);
            // A hidden network's name is known to those who are on it.
            network.ssid = Some(join.ssid);
        }
        self.events.push_back(Event::Joined(Box::new(network)));
        self.state = State::Joined(handshake);
    }

    fn handshake_ended(&mut self, cause: Cause, now: Timestamp) {
        let was_joined = matches!(self.state, State::Joined(_));
        self.state = State::Idle;
        self.commands.push_back(StationCommand::Disconnect(cause.reason()));
        let Task::Join(join) = &mut self.task else { return };
        let failure = JoinFailure::from(cause);
        // One message that is lost looks like a wrong passphrase; two in a row are one.
        let again = failure != JoinFailure::WrongPassphrase || join.failures == 0;
        let pause = join.next_pause();
        if was_joined {
            self.events.push_back(Event::Lost(cause.reason()));
        } else if !(again && failure == JoinFailure::WrongPassphrase) {
            self.events.push_back(Event::JoinFailed(failure));
        }
        if again {
            self.pause(pause, now);
        } else {
            self.task = Task::None;
        }
    }
}
