//! Requests to a kernel, with any content: what the builders write, the reader gives back attribute by attribute.

use keyway_nl80211::generic::{CONTROLLER, Family, Generic};
use keyway_nl80211::netlink::{ACK, Attributes, Body, DUMP, Messages, REQUEST};
use keyway_nl80211::number::{attribute as at, command};
use keyway_nl80211::request::{
    self, Beacon, Connect, ControlPortFrame, DefaultKey, Key, NewStation, Scan, Start, Suites,
};
use keyway_wsc::MacAddr;

use crate::script::Script;

/// An attribute as it is to come back.
#[derive(Debug)]
enum Part {
    Value(u16, Vec<u8>),
    Nest(u16, Vec<Part>),
}

impl Part {
    /// What it takes, its head and padding included.
    fn length(&self) -> usize {
        match self {
            Part::Value(_, value) => 4 + value.len().next_multiple_of(4),
            Part::Nest(_, parts) => 4 + parts.iter().map(Part::length).sum::<usize>(),
        }
    }
}

/// A request as it is to come back: its flags, its command, its attributes.
struct Expected(u16, u8, Vec<Part>);

const ORDER: u16 = REQUEST | ACK;
const LIST: u16 = REQUEST | DUMP;

/// The script says which request is built, and then what is in it.
pub(crate) fn kernel_requests(input: &[u8]) {
    // Longer contents do not fit into attributes.
    let mut script = Script::new(input.get(..30_000).unwrap_or(input));
    let (kind, family, sequence) = (script.byte(), script.u16() | 16, script.u32());
    let numbers = Numbers { family, sequence, interface: script.u32() };
    let (message, Expected(flags, command, parts)) = match kind % 4 {
        0 => station(kind / 4, numbers, &mut script),
        1 => access_point(kind / 4, numbers, &mut script),
        2 => key(kind / 4, numbers, &mut script),
        _ => other(kind / 4, numbers, &mut script),
    };
    let mut messages = Messages::new(&message);
    let read = messages.next().expect("a whole message");
    assert_eq!(messages.next(), None);
    assert_eq!((read.flags, read.sequence), (flags, sequence));
    let Body::Data { family: to, payload } = read.body else { panic!("{:?}", read.body) };
    assert_eq!(to, if command == GET_FAMILY { CONTROLLER } else { family });
    let generic = Generic::parse(payload).expect("a generic header");
    assert_eq!(generic.command, command);
    same(generic.attributes, &parts);
    let length = 20 + parts.iter().map(Part::length).sum::<usize>();
    assert_eq!(message.len(), length, "nothing stands between attributes or after them");
}

fn same(mut read: Attributes<'_>, expected: &[Part]) {
    for part in expected {
        let attribute = read.next().unwrap_or_else(|| panic!("{part:?} is missing"));
        match part {
            Part::Value(kind, value) => assert_eq!((attribute.kind, attribute.value), (*kind, &value[..])),
            Part::Nest(kind, parts) => {
                assert_eq!(attribute.kind, *kind);
                same(attribute.nested(), parts);
            }
        }
    }
    assert_eq!(read.next(), None);
}

/// What every request has.
#[derive(Clone, Copy)]
struct Numbers {
    family: u16,
    sequence: u32,
    interface: u32,
}

fn station(kind: u8, numbers: Numbers, script: &mut Script<'_>) -> (Vec<u8>, Expected) {
    let Numbers { family, sequence, interface } = numbers;
    let mut parts = vec![number(at::IFINDEX, interface)];
    match kind % 4 {
        0 => {
            let frequencies: Vec<u32> = (0..script.byte() % 64).map(|_| script.u32()).collect();
            let names: Vec<&[u8]> = (0..script.byte() % 8).map(|_| script.some_bytes()).collect();
            let elements = script.some_bytes();
            if !frequencies.is_empty() {
                let list = (1..).zip(&frequencies).map(|(place, mhz)| number(place, *mhz)).collect();
                parts.push(Part::Nest(at::SCAN_FREQUENCIES, list));
            }
            if !names.is_empty() {
                let list = (1..).zip(&names).map(|(place, name)| value(place, name)).collect();
                parts.push(Part::Nest(at::SCAN_SSIDS, list));
            }
            if !elements.is_empty() {
                parts.push(value(at::IE, elements));
            }
            let scan = Scan { interface, frequencies: &frequencies, names: &names, elements };
            (
                built(request::trigger_scan(family, sequence, &scan)),
                Expected(ORDER, command::TRIGGER_SCAN, parts),
            )
        }
        1 => {
            let request = built(request::abort_scan(family, sequence, interface));
            (request, Expected(ORDER, command::ABORT_SCAN, parts))
        }
        2 => {
            let reason = script.u16();
            parts.push(value(at::REASON_CODE, &reason.to_ne_bytes()));
            let request = built(request::disconnect(family, sequence, interface, reason));
            (request, Expected(ORDER, command::DISCONNECT, parts))
        }
        _ => {
            let connect = Connect {
                interface,
                bssid: script.mac(),
                mhz: script.u32(),
                ssid: script.some_bytes(),
                elements: script.some_bytes(),
                privacy: script.flag(),
                suites: script.suites(),
                control_port: script.flag(),
            };
            parts.extend([
                value(at::MAC, &connect.bssid.0),
                number(at::WIPHY_FREQ, connect.mhz),
                value(at::SSID, connect.ssid),
                number(at::AUTH_TYPE, 0),
                value(at::IE, connect.elements),
            ]);
            parts.extend(connect.privacy.then(|| flag(at::PRIVACY)));
            if let Some(suites) = connect.suites {
                parts.extend(of_suites(suites));
                parts.push(number(at::USE_MFP, suites.protects_management.into()));
            }
            parts.extend(of_control_port(connect.control_port));
            (built(request::connect(family, sequence, &connect)), Expected(ORDER, command::CONNECT, parts))
        }
    }
}

fn access_point(kind: u8, numbers: Numbers, script: &mut Script<'_>) -> (Vec<u8>, Expected) {
    let Numbers { family, sequence, interface } = numbers;
    let mut parts = vec![number(at::IFINDEX, interface)];
    let station = script.mac();
    match kind % 6 {
        0 => {
            let start = Start {
                interface,
                mhz: script.u32(),
                beacon: Beacon { head: script.some_bytes(), tail: script.some_bytes() },
                interval: script.u16(),
                ssid: script.some_bytes(),
                hides_ssid: script.flag(),
                suites: script.suites(),
                control_port: script.flag(),
            };
            parts.extend([
                value(at::BEACON_HEAD, start.beacon.head),
                value(at::BEACON_TAIL, start.beacon.tail),
                value(at::SSID, start.ssid),
                number(at::BEACON_INTERVAL, start.interval.into()),
                number(at::DTIM_PERIOD, 2),
                number(at::HIDDEN_SSID, start.hides_ssid.into()),
                number(at::AUTH_TYPE, 0),
                number(at::WIPHY_FREQ, start.mhz),
                number(at::CHANNEL_WIDTH, 0),
                number(at::CENTER_FREQ1, start.mhz),
            ]);
            if let Some(suites) = start.suites {
                parts.push(flag(at::PRIVACY));
                parts.extend(of_suites(suites));
            }
            parts.extend(of_control_port(start.control_port));
            (built(request::start(family, sequence, &start)), Expected(ORDER, command::START_AP, parts))
        }
        1 => {
            let beacon = Beacon { head: script.some_bytes(), tail: script.some_bytes() };
            parts.extend([value(at::BEACON_HEAD, beacon.head), value(at::BEACON_TAIL, beacon.tail)]);
            let request = built(request::set_beacon(family, sequence, interface, beacon));
            (request, Expected(ORDER, command::SET_BEACON, parts))
        }
        2 => {
            let new = NewStation {
                interface,
                station,
                association_id: script.u16(),
                listen_interval: script.u16(),
                rates: script.some_bytes(),
                protects_management: script.flag(),
            };
            parts.extend([
                value(at::MAC, &station.0),
                value(at::STA_AID, &new.association_id.to_ne_bytes()),
                value(at::STA_LISTEN_INTERVAL, &new.listen_interval.to_ne_bytes()),
                value(at::STA_SUPPORTED_RATES, new.rates),
                station_flags(1 << 4, u32::from(new.protects_management) << 4),
            ]);
            let request = built(request::new_station(family, sequence, &new));
            (request, Expected(ORDER, command::NEW_STATION, parts))
        }
        3 => {
            parts.extend([value(at::MAC, &station.0), station_flags(2, 2)]);
            let request = built(request::open_port(family, sequence, interface, station));
            (request, Expected(ORDER, command::SET_STATION, parts))
        }
        4 => {
            parts.push(value(at::MAC, &station.0));
            let request = built(request::del_station(family, sequence, interface, station));
            (request, Expected(ORDER, command::DEL_STATION, parts))
        }
        _ => {
            parts.push(value(at::MAC, &station.0));
            let request = built(request::probe_client(family, sequence, interface, station));
            (request, Expected(ORDER, command::PROBE_CLIENT, parts))
        }
    }
}

fn key(kind: u8, numbers: Numbers, script: &mut Script<'_>) -> (Vec<u8>, Expected) {
    let Numbers { family, sequence, interface } = numbers;
    let mut parts = vec![number(at::IFINDEX, interface)];
    let index = script.byte();
    match kind % 3 {
        0 => {
            let station = script.flag().then(|| script.mac());
            let packet_number =
                script.flag().then(|| u64::from(script.u32()) << 16 | u64::from(script.u16()));
            let (cipher, key) = (script.u32(), script.some_bytes());
            let mut inner = vec![value(1, key), number(3, cipher), value(2, &[index])];
            inner.extend(packet_number.map(|number| value(4, &number.to_le_bytes()[..6])));
            inner.push(number(7, station.is_some().into()));
            parts.extend(station.map(|station| value(at::MAC, &station.0)));
            parts.push(Part::Nest(at::KEY, inner));
            let key = Key { interface, station, index, cipher, key, packet_number };
            let request = built(request::new_key(family, sequence, &key));
            (request.to_vec(), Expected(ORDER, command::NEW_KEY, parts))
        }
        1 => {
            let (kind, number) =
                if script.flag() { (DefaultKey::Data, 5) } else { (DefaultKey::Management, 6) };
            let types = Part::Nest(8, vec![flag(2)]);
            parts.push(Part::Nest(at::KEY, vec![value(2, &[index]), flag(number), types]));
            let request = built(request::default_key(family, sequence, interface, index, kind));
            (request, Expected(ORDER, command::SET_KEY, parts))
        }
        _ => {
            parts.push(value(8, &[index]));
            let request = built(request::group_sequence(family, sequence, interface, index));
            (request, Expected(REQUEST, command::GET_KEY, parts))
        }
    }
}

fn other(kind: u8, numbers: Numbers, script: &mut Script<'_>) -> (Vec<u8>, Expected) {
    let Numbers { family, sequence, interface } = numbers;
    let of_interface = number(at::IFINDEX, interface);
    let (request, flags, command, parts) = match kind % 11 {
        0 => {
            let name: String = script.some_bytes().iter().copied().map(char::from).collect();
            let text = value(2, &[name.as_bytes(), b"\0"].concat());
            (Family::request(&name, sequence), REQUEST, GET_FAMILY, vec![text])
        }
        1 => {
            let parts = vec![flag(at::SPLIT_WIPHY_DUMP)];
            (request::radios(family, sequence), LIST, command::GET_WIPHY, parts)
        }
        2 => (request::interfaces(family, sequence), LIST, command::GET_INTERFACE, vec![]),
        3 => {
            let kind = script.u32();
            let parts = vec![of_interface, number(at::IFTYPE, kind)];
            (request::set_kind(family, sequence, interface, kind), ORDER, command::SET_INTERFACE, parts)
        }
        4 => {
            let country = [script.byte(), script.byte()];
            let parts = vec![value(at::REG_ALPHA2, &[country[0], country[1], 0])];
            (request::set_country(family, sequence, country), ORDER, command::REQ_SET_REG, parts)
        }
        5 => (request::regulations(family, sequence), REQUEST, command::GET_REG, vec![]),
        6 => (request::stations(family, sequence, interface), LIST, command::GET_STATION, vec![of_interface]),
        7 => {
            (request::scan_results(family, sequence, interface), LIST, command::GET_SCAN, vec![of_interface])
        }
        8 => {
            let (kind, beginning) = (script.u16(), script.some_bytes());
            let matched = value(at::FRAME_MATCH, beginning);
            let parts = vec![of_interface, value(at::FRAME_TYPE, &kind.to_ne_bytes()), matched];
            let request = request::register_frame(family, sequence, interface, kind, beginning);
            (request, ORDER, command::REGISTER_FRAME, parts)
        }
        9 => {
            let (mhz, frame) = (script.u32(), script.many_bytes());
            let parts = vec![of_interface, number(at::WIPHY_FREQ, mhz), value(at::FRAME, frame)];
            (request::send_frame(family, sequence, interface, mhz, frame), ORDER, command::FRAME, parts)
        }
        _ => {
            let (destination, protected) = (script.mac(), script.flag());
            let frame = ControlPortFrame { interface, destination, frame: script.some_bytes(), protected };
            let mut parts = vec![
                of_interface,
                value(at::MAC, &destination.0),
                value(at::CONTROL_PORT_ETHERTYPE, &0x888e_u16.to_ne_bytes()),
                value(at::FRAME, frame.frame),
            ];
            parts.extend((!protected).then(|| flag(at::CONTROL_PORT_NO_ENCRYPT)));
            let request = request::control_port_frame(family, sequence, &frame);
            (request, ORDER, command::CONTROL_PORT_FRAME, parts)
        }
    };
    (built(request), Expected(flags, command, parts))
}

fn built<T>(request: Result<T, keyway_nl80211::netlink::TooLong>) -> T {
    request.expect("no attribute is that long")
}

fn value(kind: u16, value: &[u8]) -> Part {
    Part::Value(kind, value.to_vec())
}

fn number(kind: u16, number: u32) -> Part {
    value(kind, &number.to_ne_bytes())
}

fn flag(kind: u16) -> Part {
    value(kind, &[])
}

fn of_suites(suites: Suites) -> [Part; 4] {
    [
        number(at::WPA_VERSIONS, 2),
        number(at::CIPHER_SUITES_PAIRWISE, suites.pairwise),
        number(at::CIPHER_SUITE_GROUP, suites.group),
        number(at::AKM_SUITES, suites.key_management),
    ]
}

fn of_control_port(over_nl80211: bool) -> Vec<Part> {
    let mut parts = vec![flag(at::CONTROL_PORT), flag(at::SOCKET_OWNER)];
    parts.extend(over_nl80211.then(|| flag(at::CONTROL_PORT_OVER_NL80211)));
    parts
}

/// `struct nl80211_sta_flag_update`.
fn station_flags(mask: u32, set: u32) -> Part {
    value(at::STA_FLAGS2, &[mask.to_ne_bytes(), set.to_ne_bytes()].concat())
}

/// What requests are made of, in addition.
impl Script<'_> {
    fn u16(&mut self) -> u16 {
        u16::from_ne_bytes([self.byte(), self.byte()])
    }

    fn u32(&mut self) -> u32 {
        u32::from_ne_bytes([self.byte(), self.byte(), self.byte(), self.byte()])
    }

    fn flag(&mut self) -> bool {
        self.byte() % 2 == 1
    }

    fn mac(&mut self) -> MacAddr {
        MacAddr(std::array::from_fn(|_| self.byte()))
    }

    fn suites(&mut self) -> Option<Suites> {
        self.flag().then(|| Suites {
            pairwise: self.u32(),
            group: self.u32(),
            key_management: self.u32(),
            protects_management: self.flag(),
        })
    }
}

/// One for each request, with enough for its content.
pub(crate) fn request_seeds() -> Vec<Vec<u8>> {
    (0..44)
        .map(|kind| {
            let more = (0..200u8).map(|place| place.wrapping_mul(37).wrapping_add(kind));
            std::iter::once(kind).chain(more).collect()
        })
        .collect()
}

/// `CTRL_CMD_GETFAMILY`.
const GET_FAMILY: u8 = 3;
