//! Stations that join: the handshakes, the group's keys, the end.

use crate::cell::*;
use keyway_wifi::access_point::{AccessPoint, Event};
use keyway_wifi::driver::{AccessPointCommand, AccessPointEvent};
use keyway_wifi::element::{AkmSuite, CipherSuite, Elements, Rsn, RsnCapabilities};
use keyway_wifi::frame::{Management, ManagementBody, ReasonCode};
use keyway_wifi::rsn::{
    Association, Draw, Entropy, GroupKey, KeyManagement, Output, Pmk, Supplicant, TemporalKey,
};
use keyway_wsc::{EntropyError, MacAddr};

/// A station with its side of the handshake.
struct Client {
    mac: MacAddr,
    supplicant: Supplicant,
    key: Option<TemporalKey>,
    groups: Vec<GroupKey>,
    management: Vec<GroupKey>,
    /// Whether what it is sent arrives.
    hears: bool,
}

pub(crate) fn own_rsn(protects: bool) -> Rsn {
    let capabilities = if protects { RsnCapabilities::MFP_CAPABLE } else { RsnCapabilities::default() };
    let mut own = rsn(AkmSuite::PSK, capabilities);
    own.group_management = protects.then_some(CipherSuite::BIP_CMAC_128);
    own
}

impl Client {
    /// Associates, and stands ready for message 1.
    fn associate(cell: &mut Cell, number: u16, pmk: Pmk, protects: bool) -> Client {
        cell.probe(mac(number), None);
        let beacon = cell.probe_response().unwrap();
        let whole = beacon.elements.whole(keyway_wifi::element::ElementId::RSN).unwrap().to_vec();
        let association = Association {
            akm: KeyManagement::Psk,
            pmk,
            authenticator: BSSID,
            supplicant: mac(number),
            authenticator_rsn: whole,
            supplicant_rsn: own_rsn(protects).to_element(),
            protects_management: protects,
        };
        let supplicant = Supplicant::new(association, cell.now);
        let mut elements = Elements::new();
        elements.push(&own_rsn(protects));
        cell.clear();
        cell.associate(mac(number), &elements);
        let (groups, management) = (vec![], vec![]);
        Client { mac: mac(number), supplicant, key: None, groups, management, hears: true }
    }

    /// Carries EAPOL frames both ways until none is left; the commands stay in the cell.
    fn converse(&mut self, cell: &mut Cell, from: usize) {
        let mut at = from;
        while let Some(command) = cell.commands.get(at).cloned() {
            at += 1;
            let AccessPointCommand::SendEapol { station, frame, protected } = command else { continue };
            if station == self.mac && self.hears {
                self.supplicant.handle_frame(&frame, protected, &mut cell.numbers);
                self.carry_out(cell);
            }
        }
    }

    fn carry_out(&mut self, cell: &mut Cell) {
        while let Some(output) = self.supplicant.poll_output() {
            match output {
                Output::Send { frame, .. } => cell.eapol(self.mac, &frame),
                Output::InstallPairwise(key) => self.key = Some(key),
                Output::InstallGroup(key) => self.groups.push(key),
                Output::InstallManagementGroup(key) => self.management.push(key),
                _ => {}
            }
        }
    }
}

pub(crate) fn join(cell: &mut Cell, number: u16, protects: bool) {
    let mut client = Client::associate(cell, number, pmk(), protects);
    client.converse(cell, 0);
    assert!(cell.events.contains(&Event::Joined { station: mac(number), signal: -50 }), "{:?}", cell.events);
}

fn deauthentication(cell: &Cell) -> Option<ReasonCode> {
    cell.sent().iter().find_map(|frame: &&Management| match &frame.body {
        ManagementBody::Deauthentication(farewell) => Some(farewell.reason),
        _ => None,
    })
}

#[test]
fn a_station_joins_and_both_have_the_same_keys() {
    for (mfp, protects) in
        [(Mfp::No, false), (Mfp::Optional, false), (Mfp::Optional, true), (Mfp::Required, true)]
    {
        let mut cell = Cell::new(config(wpa2(mfp)));
        let mut client = Client::associate(&mut cell, 1, pmk(), protects);
        let add = AccessPointCommand::AddStation {
            station: mac(1),
            association_id: 1,
            rates: vec![2, 4, 11, 22],
            listen_interval: 10,
            protects_management: protects,
        };
        assert!(cell.commands.contains(&add), "{mfp:?} {protects}");
        client.converse(&mut cell, 0);
        let key = AccessPointCommand::InstallPairwise(mac(1), client.key.clone().unwrap());
        let place = |wanted: &AccessPointCommand| cell.commands.iter().position(|command| command == wanted);
        let (installed, opened) = (place(&key), place(&AccessPointCommand::OpenPort(mac(1))));
        assert!(installed.is_some() && installed < opened, "the key comes before the data");
        assert_eq!((client.groups.len(), client.management.len()), (1, usize::from(protects)));
        assert_eq!(
            cell.events,
            [
                Event::Associated { station: mac(1), for_wps: false },
                Event::Joined { station: mac(1), signal: -50 }
            ]
        );
        assert_eq!(cell.access_point.joined().collect::<Vec<_>>(), [mac(1)]);
    }
}

#[test]
fn a_wrong_passphrase_is_told_and_ends() {
    let mut cell = Cell::new(config(wpa2(Mfp::No)));
    let mut client = Client::associate(&mut cell, 1, Pmk::new([8; 32]), false);
    let mut from = 0;
    for _ in 0..10 {
        client.converse(&mut cell, from);
        from = cell.commands.len();
        cell.pass(SECOND);
    }
    assert_eq!(deauthentication(&cell), Some(ReasonCode::HANDSHAKE_TIMEOUT));
    let associated = Event::Associated { station: mac(1), for_wps: false };
    assert_eq!(cell.events, [associated, Event::WrongPassphrase(mac(1)), Event::Left(mac(1))]);
    assert_eq!(cell.access_point.poll_timeout(), None);
}

#[test]
fn a_silent_station_has_no_wrong_passphrase() {
    let mut cell = Cell::new(config(wpa2(Mfp::No)));
    Client::associate(&mut cell, 1, pmk(), false);
    cell.pass(SECOND * 5);
    assert_eq!(cell.events.last(), Some(&Event::Left(mac(1))));
    assert!(!cell.events.contains(&Event::WrongPassphrase(mac(1))));
}

#[test]
fn the_groups_keys_are_renewed_for_all() {
    let mut config = config(wpa2(Mfp::Optional));
    config.rekey = Some(SECOND * 3600);
    let mut cell = Cell::new(config);
    let mut clients = vec![];
    for number in 1..=3 {
        let mut client = Client::associate(&mut cell, number, pmk(), number != 3);
        client.converse(&mut cell, 0);
        clients.push(client);
    }
    assert_eq!(cell.access_point.joined().count(), 3);
    let first: Vec<GroupKey> = clients.iter().map(|client| client.groups[0].clone()).collect();
    cell.tell(AccessPointEvent::GroupPacketNumber(77));

    cell.clear();
    cell.pass(SECOND * 3600);
    let installed = |cell: &Cell| {
        let key = |command: &AccessPointCommand| match command {
            AccessPointCommand::InstallGroup(key) => Some(key.clone()),
            _ => None,
        };
        cell.commands.iter().filter_map(key).collect::<Vec<_>>()
    };
    cell.tell(AccessPointEvent::GroupPacketNumber(78));
    clients[1].hears = false;
    for client in &mut clients {
        client.converse(&mut cell, 0);
    }
    let [_, key] = &clients[0].groups[..] else { panic!("{:?}", clients[0].groups) };
    assert_eq!((key.id, key.packet_number), (2, 0), "another key, whose packet numbers begin anew");
    assert_ne!(key, &first[0]);
    assert_eq!(clients[0].management.len(), 2);
    assert_eq!((clients[2].groups.len(), clients[2].management.len()), (2, 0));
    assert_eq!(installed(&cell), [], "not used before all have it");

    cell.clear();
    cell.pass(SECOND * 5);
    assert_eq!(installed(&cell), *std::slice::from_ref(key));
    assert_eq!(cell.events, [Event::Left(mac(2))], "who does not take the new key is sent away");
    assert_eq!(deauthentication(&cell), Some(ReasonCode::GROUP_HANDSHAKE_TIMEOUT));
    assert_eq!(cell.access_point.joined().count(), 2);
}

#[test]
fn one_who_joins_late_learns_how_far_the_group_is() {
    let mut cell = Cell::new(config(wpa2(Mfp::No)));
    cell.tell(AccessPointEvent::GroupPacketNumber(0x0102_0304));
    let mut client = Client::associate(&mut cell, 1, pmk(), false);
    client.converse(&mut cell, 0);
    assert_eq!(client.groups[0].packet_number, 0x0102_0304);
}

#[test]
fn the_commands_of_the_beginning_and_the_end() {
    let names = |cell: &Cell| {
        let name = |command: &AccessPointCommand| {
            let text = format!("{command:?}");
            text.split(['(', ' ']).next().unwrap().to_owned()
        };
        cell.commands.iter().map(name).collect::<Vec<_>>()
    };
    let mut cell = Cell::new(config(wpa2(Mfp::Optional)));
    join(&mut cell, 1, true);
    cell.clear();
    let (now, mut numbers) = (cell.now, cell.numbers.clone());
    let other = keyway_wifi::access_point::BssConfig { ssid: ssid("Other"), ..config(wpa2(Mfp::Optional)) };
    cell.access_point.restart(other, now, &mut numbers).unwrap();
    cell.settle();
    let expected =
        ["Send", "RemoveStation", "Stop", "Start", "Send", "InstallGroup", "InstallManagementGroup"];
    assert_eq!(names(&cell), expected);
    assert_eq!(deauthentication(&cell), Some(ReasonCode::LEAVING));
    assert_eq!(cell.events.last(), Some(&Event::Left(mac(1))));

    cell.clear();
    cell.access_point.stop();
    cell.access_point.stop();
    cell.settle();
    assert_eq!(names(&cell), ["Stop"]);
    cell.clear();
    cell.probe(mac(1), None);
    cell.associate(mac(1), &to_join());
    cell.pass(SECOND * 7200);
    assert!(cell.commands.is_empty() && cell.events.is_empty(), "off is off");
    assert!(!cell.access_point.is_running());
}

#[test]
fn off_the_air_no_keys_are_renewed() {
    let mut config = config(wpa2(Mfp::No));
    config.rekey = Some(SECOND * 60);
    let mut cell = Cell::new(config);
    assert_eq!(cell.access_point.poll_timeout(), Some(cell.now + SECOND * 60));
    cell.access_point.stop();
    assert_eq!(cell.access_point.poll_timeout(), None);
}

/// A source that has run dry.
struct Dry;

impl Entropy for Dry {
    fn fill(&mut self, _: Draw, _: &mut [u8]) -> Result<(), EntropyError> {
        Err(EntropyError)
    }
}

#[test]
fn without_randomness_nobody_is_let_in_and_nothing_is_worn_out() {
    assert!(AccessPoint::new(config(wpa2(Mfp::No)), &mut Dry).is_err());
    let mut cell = Cell::new(config(wpa2(Mfp::No)));
    cell.authenticate(mac(1));
    let body = ManagementBody::AssociationRequest(request("Home", &to_join()));
    let frame = Box::new(Management::new(BSSID, mac(1), BSSID, body));
    let event = AccessPointEvent::Management { frame, signal: -50 };
    cell.access_point.handle_event(event, cell.now, &mut Dry);
    cell.settle();
    assert_eq!(cell.status(), keyway_wifi::frame::StatusCode::UNSPECIFIED);
    assert!(cell.access_point.restart(config(wpa2(Mfp::No)), cell.now, &mut Dry).is_err());
    assert!(!cell.access_point.is_running());
}

#[test]
fn secrets_do_not_show() {
    let mut cell = Cell::new(config(wpa2(Mfp::Optional)));
    join(&mut cell, 1, true);
    let all = format!("{:?} {:?} {:?}", cell.access_point, cell.commands, cell.events);
    assert!(!all.contains("7, 7, 7, 7") && !all.contains("07070707"), "the network's key");
    assert!(all.contains("Pmk(hidden)") && all.contains("TemporalKey(hidden)"));
}
