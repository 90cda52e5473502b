//! Looking for the right network, and connecting to it.

use super::joining::MOMENT;
use super::task::{Register, Task};
use super::{Connecting, Event, PATIENCE, Scanning, State, Station};
use crate::channel::{Band, Channel};
use crate::driver::{ConnectRequest, StationCommand};
use crate::element::Elements;
use crate::network::{Choice, Chosen, Network, NoChoice, Wanted, choose};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::time::Duration;
use keyway_eap::Timestamp;
use keyway_wsc::message::VendorExtensions;
use keyway_wsc::message::elements::AssociationRequestElement;
use keyway_wsc::{DevicePasswordId, MacAddr, RequestType, Version};

/// A network this strong is joined without looking whether there is a stronger one, in dBm.
const STRONG: i8 = -65;

/// From one try to the next to register while the radio cannot look. That is no search in vain: nobody else is tried for it.
const UNABLE: Duration = Duration::from_secs(1);

impl Station {
    /// The channels to look at: the remembered one, then the likely ones of each band.
    pub(super) fn channels(&self) -> Vec<Channel> {
        let remembered = match &self.task {
            Task::Join(join) => join.channel,
            _ => None,
        };
        let mut channels: Vec<Channel> = remembered.into_iter().collect();
        for band in &self.config.bands {
            let likely: &[Channel] = match band {
                Band::Ghz2 => &Channel::LIKELY_2_GHZ,
                Band::Ghz5 => &Channel::LIKELY_5_GHZ,
            };
            channels.extend(likely.iter().filter(|channel| remembered != Some(**channel)));
        }
        channels
    }

    /// What probe requests say beyond name and rates.
    pub(super) fn probe_elements(&self) -> Elements {
        let mut elements = Elements::new();
        if let Task::Register(register) = &self.task {
            let mut probe = self.config.probe.clone();
            let (request, id) = match register.wanted {
                Wanted::Button => (RequestType::Enrollee, DevicePasswordId::PushButton),
                Wanted::RouterPin(_) => (RequestType::Registrar, DevicePasswordId::Default),
                Wanted::Pin | Wanted::Network(_) => (RequestType::Enrollee, DevicePasswordId::Default),
            };
            probe.extensions.wfa.request_to_enroll = (request == RequestType::Enrollee).then_some(true);
            probe.request_type = request.into();
            probe.password_id = id.into();
            elements.push_wps(&probe);
        }
        elements
    }

    /// Chooses among the networks that were heard since then.
    pub(super) fn choose(&self, since: Timestamp, now: Timestamp) -> Choice {
        let (own, bands) = (self.config.mac, self.config.bands.as_slice());
        match &self.task {
            Task::Register(register) => {
                let is_spared = |network: &&Network| self.is_spared(network, register, now);
                let (spared, heard): (Vec<_>, Vec<_>) = self.results.since(since).partition(is_spared);
                let choose = |networks: Vec<&Network>| {
                    let patient = register.is_patient(now);
                    choose(networks, &register.wanted, own, bands, patient, register.tried())
                };
                match choose(heard) {
                    // One that is spared has nothing for this station yet, unless more stands in the way.
                    Err(_) if !spared.is_empty() => choose(spared).and(Err(NoChoice::NobodyReady)),
                    choice => choice,
                }
            }
            Task::Join(join) => {
                let heard = self.results.since(since);
                let chosen = choose(heard, &Wanted::Network(join.ssid), own, bands, false, &[])?;
                // The access point that handed out the key, if it still is one of those that fit.
                let last = join.last.and_then(|bssid| self.results.find(bssid));
                let fits = |network: &&Network| {
                    network.seen >= since
                        && network.ssid.as_ref() == Some(&join.ssid)
                        && network.key_management().is_some()
                        && self.config.bands.contains(&network.channel.band())
                        && network.signal >= STRONG
                };
                Ok(match last.filter(fits) {
                    Some(network) => Chosen { network: network.clone(), is_certain: true },
                    None => chosen,
                })
            }
            Task::None | Task::Look => Err(NoChoice::NotFound),
        }
    }

    /// Whether this access point is not to be asked: it has a PIN that is used up, as far as is known.
    fn is_spared(&self, network: &Network, register: &Register, now: Timestamp) -> bool {
        register.wanted == Wanted::Pin
            && self.spared.as_ref().is_some_and(|spared| {
                let waits_anew = spared.forgot && network.is_open_for_pin(self.config.mac);
                now < spared.until && spared.is(network) && !waits_anew
            })
    }

    /// Looks whether an access point that is spared waits for no PIN any more.
    pub(super) fn look_whether_it_forgot(&mut self, bssid: MacAddr) {
        let Some(network) = self.results.find(bssid) else { return };
        // On another band it may never have waited.
        if let Some(spared) = self.spared.as_mut().filter(|spared| spared.bssid == bssid) {
            spared.forgot |= !network.is_open_for_pin(self.config.mac);
        }
    }

    /// Whether the scan can stop: the right network is found.
    pub(super) fn look_early(&mut self, now: Timestamp) {
        let State::Scanning(Scanning { since, found: None }) = self.state else { return };
        let waits_for_all = match &self.task {
            // Another button may be pressed; another router may be nearer.
            Task::Register(register) => matches!(register.wanted, Wanted::Button | Wanted::RouterPin(None)),
            Task::Join(_) => false,
            Task::None | Task::Look => true,
        };
        if waits_for_all {
            return;
        }
        let Ok(chosen) = self.choose(since, now) else { return };
        let good = match &self.task {
            // Where it was in vain, another access point may do.
            Task::Register(register) if register.tried().contains(&chosen.network.bssid) => false,
            // Another access point may name this very station; but one that is near and waits for any device is the one.
            Task::Register(Register { wanted: Wanted::Pin, .. }) => {
                let network = &chosen.network;
                let waits_for_any = network.wps.as_ref().is_some_and(|wps| wps.version2);
                chosen.is_certain
                    && (network.names(self.config.mac) || waits_for_any && network.signal >= STRONG)
            }
            Task::Register(_) => chosen.is_certain,
            _ => chosen.network.signal >= STRONG,
        };
        if good {
            self.state = State::Scanning(Scanning { since, found: Some(Box::new(chosen)) });
            self.commands.push_back(StationCommand::StopScan);
        }
    }

    /// A scan is over; `complete` says whether it went as it should.
    pub(super) fn scan_done(&mut self, complete: bool, now: Timestamp) {
        self.scans = self.scans.saturating_sub(1);
        let State::Scanning(Scanning { since, found }) = &mut self.state else { return };
        if self.scans > 0 {
            // It is the end of one that was given up.
            return;
        }
        let (since, found) = (*since, found.take());
        self.state = State::Idle;
        if let Task::Look = self.task {
            self.task = Task::None;
            self.events.push_back(Event::Scanned { results: self.results.clone(), complete });
            return;
        }
        match found.map_or_else(|| self.choose(since, now), |found| Ok(*found)) {
            Ok(chosen) => {
                if let Task::Register(_) = self.task {
                    self.events.push_back(Event::Chose(Box::new(chosen.clone())));
                }
                self.connect(chosen.network, chosen.is_certain, now);
            }
            Err(why) => {
                let pause = match &mut self.task {
                    Task::Register(register) if complete => register.next_pause(),
                    Task::Register(_) => UNABLE,
                    Task::Join(join) => {
                        // Every other time by name: one that hides its name is not missing.
                        join.by_name = !join.by_name;
                        let may_hide = matches!(why, NoChoice::NotFound | NoChoice::NothingHeard);
                        if complete && join.by_name && may_hide {
                            return self.pause(MOMENT, now);
                        }
                        join.next_pause()
                    }
                    Task::None | Task::Look => return,
                };
                let told = if complete { Event::NotFound(self.explain(why, now)) } else { Event::CannotScan };
                self.events.push_back(told);
                self.pause(pause, now);
            }
        }
    }

    /// A scan that hears nothing may have missed it: who asks for a network by name is answered by that one alone, a
    /// network that hides its name does not answer when nobody names it, and a beacon may come while the radio is
    /// elsewhere. What was heard a moment ago says more.
    fn explain(&self, why: NoChoice, now: Timestamp) -> NoChoice {
        match (why, self.choose(Timestamp::ZERO, now), &self.task) {
            (NoChoice::NothingHeard, Err(wider), _) => wider,
            (NoChoice::NothingHeard, Ok(_), Task::Join(_)) => NoChoice::NotFound,
            _ => why,
        }
    }

    /// Associates with this network.
    pub(super) fn connect(&mut self, network: Network, is_certain: bool, now: Timestamp) {
        // One without a name is not chosen.
        let Some(ssid) = network.ssid else { return self.pause(MOMENT, now) };
        let mut elements = Elements::new();
        let mut privacy = false;
        let mut protects_management = false;
        match &mut self.task {
            Task::Join(join) => {
                join.channel = Some(network.channel);
                privacy = true;
                protects_management = self.protects(&network);
                if let Some(rsn) = self.own_rsn(&network) {
                    elements.push(&rsn);
                }
                self.events.push_back(Event::Joining(network.bssid));
            }
            Task::Register(register) => {
                let request_type = match register.wanted {
                    Wanted::RouterPin(_) => RequestType::Registrar,
                    _ => RequestType::Enrollee,
                };
                elements.push_wps(&AssociationRequestElement {
                    version: Version::V1_0.into(),
                    request_type: request_type.into(),
                    extensions: VendorExtensions::version2(),
                });
            }
            Task::None | Task::Look => return,
        }
        let request = ConnectRequest {
            bssid: network.bssid,
            channel: network.channel,
            ssid,
            privacy,
            protects_management,
            elements,
        };
        self.commands.push_back(StationCommand::Connect(Box::new(request)));
        let until = now.saturating_add(PATIENCE);
        let connecting = Connecting { network, is_certain, until, early: None };
        self.state = State::Connecting(Box::new(connecting));
    }
}
