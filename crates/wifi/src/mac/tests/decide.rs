//! What access points and stations of the tests decide: the least that makes an association.

use super::*;

impl World {
    pub(super) fn decide_for_base(&mut self, at: usize) {
        while let Some(event) = self.bases[at].mac.poll_event() {
            match &event {
                AccessPointEvent::Management { frame, .. } if self.bases[at].answers => {
                    self.answer(at, frame)
                }
                AccessPointEvent::Management { .. } => {}
                AccessPointEvent::Eapol { station, frame, .. } => {
                    let base = &mut self.bases[at];
                    if let Some(authenticator) = base.authenticators.get_mut(station) {
                        authenticator.handle_frame(frame, &base.keys, self.now);
                    }
                }
                AccessPointEvent::KeyRefused(_) | AccessPointEvent::Stopped | AccessPointEvent::Resumed => {
                    panic!("the soft MAC takes every key and stays on the air");
                }
                AccessPointEvent::GroupPacketNumber(number) => {
                    self.bases[at].keys.data.packet_number = *number;
                }
                AccessPointEvent::StationLost(station) => {
                    self.bases[at].authenticators.remove(station);
                    let command = AccessPointCommand::RemoveStation(*station);
                    self.bases[at].mac.handle_command(command, self.now);
                }
            }
            self.bases[at].events.push(event);
        }
        let base = &mut self.bases[at];
        for (&station, authenticator) in &mut base.authenticators {
            while let Some(output) = authenticator.poll_output() {
                let command = match output {
                    rsn::Output::Send { frame, protected } => {
                        AccessPointCommand::SendEapol { station, frame, protected }
                    }
                    rsn::Output::InstallPairwise(key) => AccessPointCommand::InstallPairwise(station, key),
                    rsn::Output::Opened => AccessPointCommand::OpenPort(station),
                    _ => continue,
                };
                base.mac.handle_command(command, self.now);
            }
        }
    }

    /// Lets everybody in.
    fn answer(&mut self, at: usize, frame: &Management) {
        let station = frame.source;
        let body = match &frame.body {
            ManagementBody::ProbeRequest(_) => ManagementBody::ProbeResponse(beacon(self.bases[at].security)),
            ManagementBody::Authentication(_) => {
                ManagementBody::Authentication(Authentication::open_response(StatusCode::SUCCESS))
            }
            ManagementBody::AssociationRequest(_) => {
                ManagementBody::AssociationResponse(AssociationResponse {
                    capabilities: Capabilities::ESS,
                    status: StatusCode::SUCCESS,
                    association_id: u16::from(station.0[5]),
                    elements: Elements::new(),
                })
            }
            ManagementBody::Deauthentication(_) => {
                self.bases[at].authenticators.remove(&station);
                let command = AccessPointCommand::RemoveStation(station);
                return self.bases[at].mac.handle_command(command, self.now);
            }
            ManagementBody::Action(action) => match SaQuery::from_action(action) {
                Some(query) if !query.is_response => {
                    ManagementBody::Action(SaQuery { is_response: true, ..query }.to_action())
                }
                _ => return,
            },
            _ => return,
        };
        let bssid = self.bases[at].bssid;
        let is_association = matches!(body, ManagementBody::AssociationResponse(_));
        let response = Management::new(station, bssid, bssid, body);
        self.bases[at].mac.handle_command(AccessPointCommand::Send(Box::new(response)), self.now);
        if is_association {
            self.admit(at, station);
        }
    }

    fn admit(&mut self, at: usize, station: MacAddr) {
        let association = self.association(station, at);
        let base = &mut self.bases[at];
        let add = AccessPointCommand::AddStation {
            station,
            association_id: u16::from(station.0[5]),
            rates: vec![2],
            listen_interval: 1,
            protects_management: base.security == Security::Protected,
        };
        base.mac.handle_command(add, self.now);
        if base.security == Security::Open {
            base.mac.handle_command(AccessPointCommand::OpenPort(station), self.now);
        } else {
            let timers = Default::default();
            let authenticator = Authenticator::new(association, timers, self.now, &mut self.numbers).unwrap();
            base.authenticators.insert(station, authenticator);
        }
    }

    pub(super) fn decide_for_unit(&mut self, at: usize) {
        while let Some(event) = self.units[at].mac.poll_event() {
            match &event {
                StationEvent::Connected(_) if self.bases[self.units[at].base].security == Security::Open => {
                    self.units[at].mac.handle_command(StationCommand::OpenPort, self.now);
                }
                StationEvent::Connected(_) => {
                    let association = self.association(self.units[at].mac.address(), self.units[at].base);
                    self.units[at].supplicant = Some(Supplicant::new(association, self.now));
                }
                StationEvent::Eapol { frame, protected, .. } => {
                    if let Some(supplicant) = &mut self.units[at].supplicant {
                        supplicant.handle_frame(frame, *protected, &mut self.numbers);
                    }
                }
                _ => {}
            }
            self.units[at].events.push(event);
        }
        let unit = &mut self.units[at];
        while let Some(output) = unit.supplicant.as_mut().and_then(Supplicant::poll_output) {
            let command = match output {
                rsn::Output::Send { frame, protected } => StationCommand::SendEapol { frame, protected },
                rsn::Output::InstallPairwise(key) => StationCommand::InstallPairwise(key),
                rsn::Output::InstallGroup(key) => StationCommand::InstallGroup(key),
                rsn::Output::InstallManagementGroup(key) => StationCommand::InstallManagementGroup(key),
                rsn::Output::Opened => StationCommand::OpenPort,
                _ => continue,
            };
            unit.mac.handle_command(command, self.now);
        }
    }
}
