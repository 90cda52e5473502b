//! A station and an access point whose drivers have bad days.

use crate::world::*;
use core::time::Duration;
use keyway_eap::Timestamp;
use keyway_wifi::access_point::{AccessPoint, BssConfig, Event as Told};
use keyway_wifi::driver::{
    AccessPointCommand, AccessPointEvent, ConnectRequest, ScanRequest, Sighting, StationCommand, StationEvent,
};
use keyway_wifi::element::Elements;
use keyway_wifi::frame::{
    AssociationRequest, Authentication, Beacon, Capabilities, Farewell, Management, ManagementBody,
    ReasonCode,
};
use keyway_wifi::network::Wanted;
use keyway_wifi::station::{Event, JoinFailure, Station};
use keyway_wsc::MacAddr;

const STATION: MacAddr = MacAddr([2, 0, 0, 0, 0, 1]);

/// What goes wrong.
#[derive(Clone, Copy, Default)]
struct Trouble {
    /// The word of an association, or that there is none, is lost.
    loses_answers: bool,
    /// Scans are refused.
    refuses_scans: bool,
    /// Commands of the station like this are refused.
    refuses_keys: Option<fn(&StationCommand) -> bool>,
    /// The station's pairwise key is refused at the access point.
    refuses_station: bool,
}

/// Both, without a radio between them.
struct Pair {
    station: Station,
    access_point: AccessPoint,
    beacon: Option<Beacon>,
    trouble: Trouble,
    now: Timestamp,
    numbers: Numbers,
    commands: Vec<StationCommand>,
    events: Vec<Event>,
    told: Vec<Told>,
}

impl Pair {
    fn new(config: BssConfig, trouble: Trouble) -> Pair {
        let (mut numbers, now) = (Numbers(3), Timestamp::from_secs(1000));
        let mut access_point = AccessPoint::new(config, &mut numbers).unwrap();
        access_point.set_wps(waits_for(&[STATION]));
        access_point.start(now);
        let station = Station::new(printer(STATION));
        let (commands, events, told) = (vec![], vec![], vec![]);
        let mut pair =
            Pair { station, access_point, beacon: None, trouble, now, numbers, commands, events, told };
        pair.carry();
        pair
    }

    fn join(&mut self) {
        self.station.join(ssid("Home"), &key(KEY[0]), self.now);
        self.carry();
    }

    /// Lets time pass until the station tells something like this; false if it never does.
    fn run_until(&mut self, duration: Duration, is_wanted: fn(&Event) -> bool) -> bool {
        let (end, from) = (self.now + duration, self.events.len());
        while !self.events[from..].iter().any(is_wanted) {
            let next = self.station.poll_timeout().into_iter().chain(self.access_point.poll_timeout()).min();
            let Some(next) = next.filter(|next| *next <= end) else {
                self.now = end;
                return false;
            };
            self.now = self.now.max(next);
            self.station.handle_timeout(self.now, &mut self.numbers);
            self.access_point.handle_timeout(self.now, &mut self.numbers);
            self.carry();
        }
        true
    }

    /// Carries out what both want until nothing moves.
    fn carry(&mut self) {
        loop {
            if let Some(command) = self.station.poll_command() {
                self.commands.push(command.clone());
                self.station_command(command);
            } else if let Some(command) = self.access_point.poll_command() {
                self.access_point_command(command);
            } else {
                self.events.extend(core::iter::from_fn(|| self.station.poll_event()));
                self.told.extend(core::iter::from_fn(|| self.access_point.poll_event()));
                return;
            }
        }
    }

    fn tell(&mut self, event: StationEvent) {
        self.station.handle_event(event, self.now, &mut self.numbers);
    }

    fn tell_access_point(&mut self, event: AccessPointEvent) {
        self.access_point.handle_event(event, self.now, &mut self.numbers);
    }

    fn say(&mut self, body: ManagementBody) {
        let frame = Box::new(Management::new(bssid(0), STATION, bssid(0), body));
        self.tell_access_point(AccessPointEvent::Management { frame, signal: -40 });
    }

    fn station_command(&mut self, command: StationCommand) {
        if self.trouble.refuses_keys.is_some_and(|refuses| refuses(&command)) {
            return self.tell(StationEvent::KeyRefused);
        }
        match command {
            StationCommand::Scan(request) => self.scan(&request),
            StationCommand::StopScan => self.tell(StationEvent::ScanDone(true)),
            StationCommand::Connect(request) => self.connect(&request),
            StationCommand::Disconnect(reason) => {
                self.say(ManagementBody::Deauthentication(Farewell::from(reason)));
            }
            StationCommand::SendEapol { frame, protected } => {
                self.tell_access_point(AccessPointEvent::Eapol { station: STATION, frame, protected });
            }
            StationCommand::InstallPairwise(_)
            | StationCommand::InstallGroup(_)
            | StationCommand::InstallManagementGroup(_)
            | StationCommand::OpenPort => {}
        }
    }

    fn scan(&mut self, request: &ScanRequest) {
        if self.trouble.refuses_scans {
            return self.tell(StationEvent::ScanDone(false));
        }
        let beacon = self.beacon.clone().filter(|_| request.channels.contains(&channel(6)));
        if let Some(beacon) = beacon {
            let sighting = Sighting {
                bssid: bssid(0),
                channel: channel(6),
                signal: -40,
                is_probe_response: false,
                beacon,
            };
            self.tell(StationEvent::Found(Box::new(sighting)));
        }
        self.tell(StationEvent::ScanDone(true));
    }

    fn connect(&mut self, request: &ConnectRequest) {
        let mut elements = Elements::new();
        elements.push(&request.ssid).append(&request.elements);
        let capabilities = Capabilities::ESS;
        self.say(ManagementBody::Authentication(Authentication::open_request()));
        let request = AssociationRequest { capabilities, listen_interval: 5, current: None, elements };
        self.say(ManagementBody::AssociationRequest(request));
    }

    fn access_point_command(&mut self, command: AccessPointCommand) {
        match command {
            AccessPointCommand::Start { beacon, .. } | AccessPointCommand::Update(beacon) => {
                self.beacon = Some(*beacon);
            }
            AccessPointCommand::SendEapol { frame, protected, .. } => {
                self.tell(StationEvent::Eapol { source: bssid(0), frame, protected });
            }
            AccessPointCommand::Send(frame) => match frame.body {
                ManagementBody::AssociationResponse(answer) if !self.trouble.loses_answers => {
                    self.tell(StationEvent::Connected(answer.elements));
                }
                ManagementBody::Deauthentication(farewell) => {
                    self.tell(StationEvent::Disconnected(farewell.reason));
                }
                _ => {}
            },
            AccessPointCommand::InstallPairwise(station, _) if self.trouble.refuses_station => {
                self.tell_access_point(AccessPointEvent::KeyRefused(station));
            }
            _ => {}
        }
    }
}

#[test]
fn the_driver_never_says_what_came_of_an_association() {
    let mut pair = Pair::new(home(0), Trouble { loses_answers: true, ..Trouble::default() });
    pair.join();
    let begun = pair.now;
    assert!(matches!(pair.events[..], [Event::Joining(_)]), "{:?}", pair.events);
    assert!(pair.run_until(60 * SECOND, |event| matches!(event, Event::JoinFailed(_))), "{:?}", pair.events);
    assert_eq!(pair.now, begun + 10 * SECOND);
    assert_eq!(pair.events.last(), Some(&Event::JoinFailed(JoinFailure::NoAnswer)));
    assert_eq!(pair.commands.last(), Some(&StationCommand::Disconnect(ReasonCode::LEAVING)));
    // Its word comes late, when nobody waits for it any more.
    pair.tell(StationEvent::Connected(Elements::new()));
    assert!(!pair.run_until(SECOND / 4, |event| !matches!(event, Event::Joining(_))), "{:?}", pair.events);
    pair.trouble.loses_answers = false;
    assert!(pair.run_until(60 * SECOND, |event| matches!(event, Event::Joined(_))), "{:?}", pair.events);
}

#[test]
fn the_driver_never_says_what_came_of_an_association_to_register() {
    let mut pair = Pair::new(home(0), Trouble { loses_answers: true, ..Trouble::default() });
    pair.station.register(Wanted::Pin, pair.now);
    pair.carry();
    assert!(matches!(pair.events[..], [Event::Chose(_)]), "{:?}", pair.events);
    assert!(!pair.run_until(9 * SECOND, |_| true), "{:?}", pair.events);
    pair.trouble.loses_answers = false;
    assert!(pair.run_until(10 * SECOND, |event| matches!(event, Event::Associated(_))), "{:?}", pair.events);
}

#[test]
fn a_scan_that_is_refused_is_no_scan_that_hears_nothing() {
    let refuses = Trouble { refuses_scans: true, ..Trouble::default() };
    for trouble in [refuses, Trouble::default()] {
        let mut pair = Pair::new(home(0), trouble);
        pair.station.scan(pair.now);
        pair.carry();
        let [Event::Scanned { results, complete }] = &pair.events[..] else { panic!("{:?}", pair.events) };
        assert_eq!(
            (results.iter().count(), *complete),
            if trouble.refuses_scans { (0, false) } else { (1, true) }
        );
    }
    let begin: [fn(&mut Pair); 2] = [Pair::join, |pair| {
        pair.station.register(Wanted::Pin, pair.now);
        pair.carry();
    }];
    for begin in begin {
        let mut pair = Pair::new(home(0), refuses);
        begin(&mut pair);
        pair.run_until(60 * SECOND, |_| false);
        let told = pair.events.len();
        assert!(told > 3 && pair.events.iter().all(|event| *event == Event::CannotScan), "{:?}", pair.events);
        pair.trouble = Trouble::default();
        let found = |event: &Event| matches!(event, Event::Joined(_) | Event::Associated(_));
        assert!(pair.run_until(20 * SECOND, found), "{:?}", pair.events);
    }
}

#[test]
fn a_key_that_the_radio_refuses_is_no_association() {
    let pairwise = |command: &StationCommand| matches!(command, StationCommand::InstallPairwise(_));
    let group = |command: &StationCommand| matches!(command, StationCommand::InstallGroup(_));
    let management = |command: &StationCommand| matches!(command, StationCommand::InstallManagementGroup(_));
    let port = |command: &StationCommand| *command == StationCommand::OpenPort;
    let all: [fn(&StationCommand) -> bool; 4] = [pairwise, group, management, port];
    for (at, refuses) in all.into_iter().enumerate() {
        let mut pair = Pair::new(home(0), Trouble { refuses_keys: Some(refuses), ..Trouble::default() });
        pair.join();
        let refused = Event::JoinFailed(JoinFailure::KeyRefused);
        assert_eq!(pair.events, [Event::Joining(bssid(0)), refused.clone()], "{at}");
        assert_eq!(pair.commands.last(), Some(&StationCommand::Disconnect(ReasonCode::UNSPECIFIED)), "{at}");
        assert!(pair.station.network().is_none() && pair.access_point.joined().next().is_none(), "{at}");
        // It tries again, seldom.
        pair.events.clear();
        pair.run_until(125 * SECOND, |_| false);
        let failures = pair.events.iter().filter(|event| **event == refused).count();
        assert_eq!(failures, 4, "{at}: {:?}", pair.events);
        assert!(!pair.events.iter().any(|event| matches!(event, Event::Joined(_) | Event::Lost(_))));
        pair.trouble = Trouble::default();
        assert!(pair.run_until(60 * SECOND, |event| matches!(event, Event::Joined(_))), "{:?}", pair.events);
        assert!(pair.access_point.joined().next().is_some(), "{at}");
    }
}

#[test]
fn a_renewed_key_that_the_radio_refuses_ends_the_association() {
    let mut pair = Pair::new(BssConfig { rekey: Some(60 * SECOND), ..home(0) }, Trouble::default());
    pair.join();
    assert!(pair.station.network().is_some(), "{:?}", pair.events);
    pair.events.clear();
    let group = |command: &StationCommand| matches!(command, StationCommand::InstallGroup(_));
    pair.trouble.refuses_keys = Some(group);
    assert!(pair.run_until(61 * SECOND, |event| matches!(event, Event::Lost(_))));
    let lost = Event::Lost(ReasonCode::UNSPECIFIED);
    assert_eq!(pair.events, [lost, Event::JoinFailed(JoinFailure::KeyRefused)]);
    assert!(pair.station.network().is_none());
    // Late words are about nothing.
    let before = pair.commands.len();
    pair.tell(StationEvent::KeyRefused);
    pair.carry();
    assert_eq!((pair.events.len(), pair.commands.len()), (2, before));
}

#[test]
fn a_station_whose_key_the_access_points_radio_refuses_is_sent_away() {
    let mut pair = Pair::new(home(0), Trouble { refuses_station: true, ..Trouble::default() });
    pair.join();
    let associated = Told::Associated { station: STATION, for_wps: false };
    assert_eq!(pair.told, [associated, Told::Left(STATION)]);
    assert!(pair.access_point.joined().next().is_none());
    pair.trouble = Trouble::default();
    assert!(pair.run_until(60 * SECOND, |event| matches!(event, Event::Joined(_))), "{:?}", pair.events);
    assert!(pair.access_point.joined().next().is_some());
}
