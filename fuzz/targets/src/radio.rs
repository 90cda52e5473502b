//! A station and an access point, each with its soft MAC, and somebody on the same channel who changes, swallows,
//! repeats and makes up frames as the input says.

use std::collections::BTreeMap;
use std::time::Duration;

use keyway_eap::Timestamp;
use keyway_wifi::Channel;
use keyway_wifi::access_point::{self, AccessPoint, BssConfig, BssSecurity};
use keyway_wifi::driver::{AccessPointCommand, StationCommand};
use keyway_wifi::mac::{AccessPointMac, Reception, StationMac, Transmission};
use keyway_wifi::network::Wanted;
use keyway_wifi::rsn::{Draw, Entropy, HandshakeTimers, KeyManagement, Pmk};
use keyway_wifi::station::{self, JoinFailure, Station};
use keyway_wsc::{EntropyError, MacAddr, NetworkKey};

use crate::cell::{BEYOND, ROUTER, STATION, channel, forgery, name, printer, wps};
use crate::mutate::Numbers;
use crate::script::{Fate, Script};

/// The network's key.
const KEY: [u8; 32] = [3; 32];

/// How long a frame is on its way.
const FLIGHT: Duration = Duration::from_micros(300);

/// How long the disturbance lasts at most.
const DISTURBED: Duration = Duration::from_secs(12);

/// How long after it all has to be well again: the longest pause of a station (16 s) a few times.
const RECOVERY: Duration = Duration::from_secs(120);

/// A scenario, the first octet of an input.
#[derive(Clone, Copy, Debug)]
struct Scenario(u8);

impl Scenario {
    const COUNT: u8 = 24;

    /// Whether the station has the right key.
    fn shares_key(self) -> bool {
        self.0 & 1 == 0
    }

    /// Whether the station registers before it joins.
    fn registers(self) -> bool {
        self.0 & 2 != 0
    }

    /// Whether the group's keys change every second.
    fn renews(self) -> bool {
        self.0 & 4 != 0
    }

    fn security(self) -> BssSecurity {
        let (key_management, can, must) = match self.0 / 8 % 3 {
            0 => (KeyManagement::Psk, false, false),
            1 => (KeyManagement::Psk, true, false),
            _ => (KeyManagement::PskSha256, true, true),
        };
        BssSecurity::Wpa2 {
            pmk: Pmk::new(KEY),
            key_managements: vec![key_management],
            can_protect_management: can,
            must_protect_management: must,
        }
    }
}

/// What the input says happens between the two.
pub(crate) fn radio(input: &[u8]) {
    Air::new(input).run();
}

/// Every scenario, left alone and disturbed at one place.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for scenario in 0..Scenario::COUNT {
        seeds.push(vec![scenario]);
        for untouched in [0, 5, 10, 15, 18, 20, 22, 24, 30, 60] {
            let quiet = vec![0; 3 * untouched];
            let disturbance: &[u8] = match (scenario + untouched as u8) % 6 {
                // Lost, changed, made up, repeated by somebody, twice, and seven times lost with what follows.
                0 => &[0, 0, 1],
                1 => &[0, 1, 5, 0, 30],
                2 => &[6, 3, 0, 0],
                3 => &[7, 2, 0, 0],
                4 => &[0, 0, 2],
                _ => &[0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 5, 0],
            };
            seeds.push([&[scenario], &quiet[..], disturbance].concat());
            // Everything that can be forged by kind.
            let forgeries: Vec<u8> = (0..12).flat_map(|kind| [5, kind, 0, 0]).collect();
            seeds.push([&[scenario], &quiet[..], &forgeries].concat());
        }
    }
    seeds
}

/// The frames of a registration, of joining, of data and of new keys, without beacons but the first.
pub(crate) fn conversation() -> Vec<Vec<u8>> {
    let mut air = Air::new(&[2 + 4 + 8]);
    air.run_until(Duration::from_secs(20), |air| air.is_well());
    air.station.stop(air.now);
    air.run_until(Duration::from_secs(1), |_| false);
    let mut beacons = 0;
    let is_new = |frame: &&Vec<u8>| {
        beacons += u32::from(frame[0] == 0x80);
        frame[0] != 0x80 || beacons == 1
    };
    air.recorded.iter().filter(is_new).cloned().collect()
}

impl Entropy for Numbers {
    fn fill(&mut self, _: Draw, out: &mut [u8]) -> Result<(), EntropyError> {
        out.iter_mut().for_each(|octet| *octet = self.number() as u8);
        Ok(())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Router,
    Station,
}

struct Air<'a> {
    scenario: Scenario,
    script: Script<'a>,
    now: Timestamp,
    access_point: AccessPoint,
    access_point_mac: AccessPointMac,
    station: Station,
    station_mac: StationMac,
    tuned: [Option<Channel>; 2],
    numbers: Numbers,
    flying: BTreeMap<(Timestamp, u64), (Side, Transmission)>,
    sent: u64,
    recorded: Vec<Vec<u8>>,
    /// Numbers of the packets that each side sent, and of those that the other took.
    packets: [u32; 2],
    taken: [Vec<Vec<u8>>; 2],
    next_packet: Timestamp,
    /// The station was told that the passphrase is wrong.
    is_wrong: bool,
}

impl<'a> Air<'a> {
    fn new(input: &'a [u8]) -> Air<'a> {
        let mut script = Script::new(input);
        let scenario = Scenario(script.byte() % Scenario::COUNT);
        let mut numbers = Numbers::new(7);
        let config = BssConfig {
            bssid: ROUTER,
            channel: channel(),
            ssid: name(),
            hidden: false,
            security: scenario.security(),
            max_stations: 8,
            rekey: scenario.renews().then_some(Duration::from_secs(1)),
            timers: HandshakeTimers::default(),
        };
        let now = Timestamp::from_secs(1000);
        let mut access_point = AccessPoint::new(config, &mut numbers).expect("there is randomness");
        access_point.set_wps(wps());
        access_point.start(now);
        let mut station = Station::new(printer());
        if scenario.registers() {
            station.register(Wanted::Pin, now);
        }
        let mut air = Air {
            scenario,
            script,
            now,
            access_point,
            access_point_mac: AccessPointMac::new(),
            station,
            station_mac: StationMac::new(STATION),
            tuned: [None; 2],
            numbers,
            flying: BTreeMap::new(),
            sent: 0,
            recorded: Vec::new(),
            packets: [0; 2],
            taken: [Vec::new(), Vec::new()],
            next_packet: now,
            is_wrong: false,
        };
        if !scenario.registers() {
            air.join();
        }
        air
    }

    fn join(&mut self) {
        let key = if self.scenario.shares_key() { KEY } else { [4; 32] };
        self.station.join(name(), &NetworkKey::PreSharedKey(key), self.now);
    }

    /// Plays, and judges how it ended.
    fn run(mut self) {
        self.run_until(DISTURBED, |air| air.script.is_over());
        self.script = Script::new(&[]);
        let is_well = self.run_until(RECOVERY, |air| air.is_well());
        assert!(is_well, "it does not recover, in {:?}: {:?}", self.scenario, self.station);
        if !self.scenario.shares_key() {
            return;
        }
        // Data pass now.
        self.taken = [Vec::new(), Vec::new()];
        let sent = self.packets;
        self.next_packet = self.now;
        self.run_until(Duration::from_millis(500), |_| false);
        for side in [0, 1] {
            assert!(self.packets[side] > sent[side] && !self.taken[side].is_empty(), "{:?}", self.scenario);
        }
    }

    /// Whether it is as it should be in the end: the station is on the network, or knows that its passphrase is wrong.
    fn is_well(&self) -> bool {
        if self.scenario.shares_key() {
            self.station.network().is_some() && self.access_point.joined().any(|mac| mac == STATION)
        } else {
            self.is_wrong
        }
    }

    fn run_until(&mut self, duration: Duration, mut is_so: impl FnMut(&Air<'a>) -> bool) -> bool {
        let end = self.now + duration;
        self.settle();
        let mut steps = 0_u32;
        while !is_so(self) {
            let timeouts = [
                self.station.poll_timeout(),
                self.station_mac.poll_timeout(),
                self.access_point.poll_timeout(),
                self.access_point_mac.poll_timeout(),
                Some(self.next_packet),
                self.flying.keys().next().map(|(at, _)| *at),
            ];
            let Some(next) = timeouts.into_iter().flatten().min().filter(|next| *next <= end) else {
                self.now = end;
                return false;
            };
            steps += 1;
            assert!(steps < 400_000, "the clock stands still: {timeouts:?}");
            self.now = self.now.max(next);
            self.arrive();
            self.station_mac.handle_timeout(self.now);
            self.station.handle_timeout(self.now, &mut self.numbers);
            self.access_point_mac.handle_timeout(self.now);
            self.access_point.handle_timeout(self.now, &mut self.numbers);
            self.exchange_packets();
            self.settle();
        }
        true
    }

    /// Now and then each side has data for the other.
    fn exchange_packets(&mut self) {
        if self.now < self.next_packet {
            return;
        }
        self.next_packet = self.now + Duration::from_millis(200);
        // One that registers asks again until it is answered; otherwise it would wait for an answer that is lost.
        self.station.send_eapol(vec![1, 1, 0, 0]);
        self.packets.iter_mut().for_each(|number| *number += 1);
        let [down, up] = self.packets.map(u32::to_be_bytes);
        let frame =
            |to: MacAddr, from: MacAddr, content: &[u8]| [&to.0[..], &from.0, &[8, 0], content].concat();
        self.station_mac.send_ethernet(&frame(BEYOND, STATION, &up), self.now);
        let to_all = self.packets[0].is_multiple_of(2);
        let receiver = if to_all { MacAddr::BROADCAST } else { STATION };
        self.access_point_mac.send_ethernet(&frame(receiver, BEYOND, &down), self.now);
    }

    /// A packet was taken by one side: it has to be one that the other sent, and none that was taken before.
    fn take(&mut self, from: Side, frame: Vec<u8>) {
        assert!(self.scenario.shares_key(), "data passed without the key: {frame:02x?}");
        let side = from as usize;
        let content = frame.get(14..).and_then(|content| content.try_into().ok()).map(u32::from_be_bytes);
        let source = if from == Side::Router { BEYOND } else { STATION };
        assert_eq!(frame[6..12], source.0, "{frame:02x?}");
        assert!(content.is_some_and(|number| number <= self.packets[side]), "forged: {frame:02x?}");
        assert!(!self.taken[side].contains(&frame), "a second time: {frame:02x?}");
        self.taken[side].push(frame);
    }

    fn settle(&mut self) {
        while self.settle_station() | self.settle_access_point() {}
    }

    fn settle_station(&mut self) -> bool {
        let mut moved = false;
        while let Some(command) = self.station.poll_command() {
            if let StationCommand::InstallPairwise(_) | StationCommand::OpenPort = command {
                assert!(self.scenario.shares_key(), "the station took {command:?}");
            }
            self.station_mac.handle_command(command, self.now);
            moved = true;
        }
        while let Some(event) = self.station_mac.poll_event() {
            self.station.handle_event(event, self.now, &mut self.numbers);
            moved = true;
        }
        while let Some(event) = self.station.poll_event() {
            moved = true;
            match event {
                station::Event::Associated(_) => self.station.send_eapol(vec![1, 1, 0, 0]),
                station::Event::Unassociated => self.join(),
                station::Event::JoinFailed(JoinFailure::WrongPassphrase) => {
                    self.is_wrong = true;
                    if self.scenario.shares_key() {
                        // A person would try once more.
                        self.join();
                    }
                }
                _ => {}
            }
        }
        while let Some(frame) = self.station_mac.poll_transmit() {
            self.launch(Side::Station, frame);
            moved = true;
        }
        if let Some(tune) = self.station_mac.poll_tune() {
            self.tuned[Side::Station as usize] = tune.channel();
        }
        while let Some(frame) = self.station_mac.poll_ethernet() {
            self.take(Side::Router, frame);
        }
        moved
    }

    fn settle_access_point(&mut self) -> bool {
        let mut moved = false;
        while let Some(command) = self.access_point.poll_command() {
            if let AccessPointCommand::InstallPairwise(mac, _) | AccessPointCommand::OpenPort(mac) = command {
                assert!(self.scenario.shares_key() && mac == STATION, "the access point let {mac} in");
            }
            self.access_point_mac.handle_command(command, self.now);
            moved = true;
        }
        while let Some(event) = self.access_point_mac.poll_event() {
            self.access_point.handle_event(event, self.now, &mut self.numbers);
            moved = true;
        }
        while let Some(event) = self.access_point.poll_event() {
            moved = true;
            if let access_point::Event::Eapol { station, .. } = event {
                self.access_point.registration_over(station, self.now);
            }
        }
        while let Some(frame) = self.access_point_mac.poll_transmit() {
            self.launch(Side::Router, frame);
            moved = true;
        }
        if let Some(tune) = self.access_point_mac.poll_tune() {
            self.tuned[Side::Router as usize] = tune.channel();
        }
        while let Some(frame) = self.access_point_mac.poll_ethernet() {
            self.take(Side::Station, frame);
        }
        moved
    }

    fn launch(&mut self, from: Side, transmission: Transmission) {
        self.sent += 1;
        if self.recorded.len() < 4000 {
            self.recorded.push(transmission.frame.clone());
        }
        self.flying.insert((self.now + FLIGHT, self.sent), (from, transmission));
    }

    fn arrive(&mut self) {
        while let Some(entry) = self.flying.first_entry().filter(|entry| entry.key().0 <= self.now) {
            let (from, transmission) = entry.remove();
            let acknowledged = self.carry(from, &transmission);
            if let Some(ticket) = transmission.ticket {
                match from {
                    Side::Router => self.access_point_mac.handle_sent(ticket, acknowledged, self.now),
                    Side::Station => self.station_mac.handle_sent(ticket, acknowledged, self.now),
                }
            }
            self.settle();
        }
    }

    /// Carries a frame to the other side, as the script has it; says whether that acknowledges it.
    fn carry(&mut self, from: Side, transmission: &Transmission) -> bool {
        let (frame, to) =
            (&transmission.frame, if from == Side::Router { Side::Station } else { Side::Router });
        // Beacons are so many that they would use the script up.
        if frame[0] == 0x80 && self.script.byte() % 4 != 3 {
            return self.deliver(to, transmission.channel, frame);
        }
        match self.script.byte() % 8 {
            5 => {
                let kind = self.script.byte();
                let made_up = forgery(kind);
                self.deliver(Side::Station, channel(), &made_up);
                self.deliver(Side::Router, channel(), &made_up);
            }
            6 => {
                let made_up = self.script.some_bytes().to_vec();
                self.deliver(Side::Station, channel(), &made_up);
                self.deliver(Side::Router, channel(), &made_up);
            }
            7 => {
                let at = self.script.place(self.recorded.len());
                if let Some(old) = self.recorded.get(at).cloned() {
                    self.deliver(Side::Station, channel(), &old);
                    self.deliver(Side::Router, channel(), &old);
                }
            }
            _ => {}
        }
        // The header stays, or it does not.
        let header = if self.script.byte().is_multiple_of(2) { frame.len().min(24) } else { 0 };
        let (header, body) = frame.split_at(header);
        match self.script.fate(body) {
            Fate::Pass => self.deliver(to, transmission.channel, frame),
            Fate::Lose => false,
            Fate::Repeat => {
                self.deliver(to, transmission.channel, frame);
                self.deliver(to, transmission.channel, frame)
            }
            Fate::Change(changed) => self.deliver(to, transmission.channel, &[header, &changed].concat()),
            Fate::Relabel(number) => {
                let mut frame = frame.clone();
                frame[0] = number & !3;
                self.deliver(to, transmission.channel, &frame)
            }
        }
    }

    fn deliver(&mut self, to: Side, channel: Channel, frame: &[u8]) -> bool {
        if self.tuned[to as usize] != Some(channel) {
            return false;
        }
        let reception = Reception { channel, signal: -50, frame };
        let own = match to {
            Side::Router => {
                self.access_point_mac.handle_frame(reception, self.now);
                ROUTER
            }
            Side::Station => {
                self.station_mac.handle_frame(reception, self.now);
                STATION
            }
        };
        self.settle();
        frame.get(4..10) == Some(&own.0[..])
    }
}
