//! Beacons and probe responses: what they say, to the octet.

use crate::cell::*;
use keyway_wifi::access_point::{BssSecurity, WpsConfig};
use keyway_wifi::driver::AccessPointCommand;
use keyway_wifi::element::{AkmSuite, ElementId, Elements, Rsn, RsnCapabilities};
use keyway_wifi::frame::Capabilities;
use keyway_wsc::{ConfigMethods, DevicePasswordId, MacAddr, RfBands, Ssid};

fn octets(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    let octet = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(octet).collect()
}

fn wps_of(elements: &Elements) -> Option<Vec<u8>> {
    elements.wps_attributes().map(|attributes| attributes.into_owned())
}

const VERSION: &str = "104a 0001 10";
const STATE: &str = "1044 0001 02";
const LOCKED: &str = "1057 0001 01";
const BY_PIN: &str = "1041 0001 01  1012 0002 0000  1053 0002 0100";
const BY_BUTTON: &str = "1041 0001 01  1012 0002 0004  1053 0002 0280";
const WHO: &str = "103b 0001 03  1047 0010 eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee  1021 0005 4d616b6572 \
    1023 0005 4d6f64656c  1024 0001 31  1042 0001 32  1054 0008 0006 0050f204 0001  1011 0006 526f75746572 \
    1008 0002 0004";
const UUID: &str = "1047 0010 eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee";
const BANDS: &str = "103c 0001 03";
const VERSION2: &str = "1049 0006 00372a 000120";
const VERSION2_FOR_ONE: &str = "1049 000e 00372a 000120 0106 020001000007";
const VERSION2_FOR_ANY: &str = "1049 000e 00372a 000120 0106 ffffffffffff";

/// The order of design/protocol.md, section 1.5; where that leaves something open, that of hostapd.
#[test]
fn wps_in_beacons_and_probe_responses() {
    let pin = selected(DevicePasswordId::Default, ConfigMethods::Keypad, &[MacAddr([2, 0, 1, 0, 0, 7])]);
    let button =
        selected(DevicePasswordId::PushButton, ConfigMethods::VirtualPushButton, &[MacAddr::BROADCAST]);
    let two = Some(RfBands::Band24GHz | RfBands::Band5GHz);
    let on = wps();
    let cases: [(&str, WpsConfig, &[&str], &[&str]); 7] = [
        ("on", on.clone(), &[VERSION, STATE, VERSION2], &[VERSION, STATE, WHO, VERSION2]),
        (
            "locked",
            WpsConfig { locked: true, ..on.clone() },
            &[VERSION, STATE, LOCKED, VERSION2],
            &[VERSION, STATE, LOCKED, WHO, VERSION2],
        ),
        (
            "PIN",
            WpsConfig { selected: Some(pin.clone()), ..on.clone() },
            &[VERSION, STATE, BY_PIN, VERSION2_FOR_ONE],
            &[VERSION, STATE, BY_PIN, WHO, VERSION2_FOR_ONE],
        ),
        (
            "PIN while locked",
            WpsConfig { selected: Some(pin.clone()), locked: true, ..on.clone() },
            &[VERSION, STATE, LOCKED, BY_PIN, VERSION2_FOR_ONE],
            &[VERSION, STATE, LOCKED, BY_PIN, WHO, VERSION2_FOR_ONE],
        ),
        (
            "button",
            WpsConfig { selected: Some(button.clone()), ..on.clone() },
            &[VERSION, STATE, BY_BUTTON, VERSION2_FOR_ANY],
            &[VERSION, STATE, BY_BUTTON, WHO, VERSION2_FOR_ANY],
        ),
        (
            "button on two bands",
            WpsConfig { selected: Some(button), rf_bands: two, ..on.clone() },
            &[VERSION, STATE, BY_BUTTON, UUID, BANDS, VERSION2_FOR_ANY],
            &[VERSION, STATE, BY_BUTTON, WHO, BANDS, VERSION2_FOR_ANY],
        ),
        (
            "PIN on two bands",
            WpsConfig { selected: Some(pin), rf_bands: two, ..on },
            &[VERSION, STATE, BY_PIN, BANDS, VERSION2_FOR_ONE],
            &[VERSION, STATE, BY_PIN, WHO, BANDS, VERSION2_FOR_ONE],
        ),
    ];
    for (name, wps, beacon, response) in cases {
        let mut cell = Cell::new(config(wpa2(Mfp::No)));
        cell.access_point.set_wps(wps);
        cell.settle();
        assert_eq!(wps_of(&cell.beacon().elements), Some(octets(&beacon.concat())), "{name}, beacon");
        cell.probe(mac(1), None);
        let elements = &cell.probe_response().unwrap().elements;
        assert_eq!(wps_of(elements), Some(octets(&response.concat())), "{name}, probe response");
    }
}

#[test]
fn no_more_than_five_devices_are_named() {
    let seven: Vec<MacAddr> = (0..7).map(mac).collect();
    let selected = selected(DevicePasswordId::Default, ConfigMethods::Keypad, &seven);
    let mut cell = Cell::new(config(wpa2(Mfp::No)));
    cell.access_point.set_wps(WpsConfig { selected: Some(selected), ..wps() });
    cell.settle();
    let attributes = wps_of(&cell.beacon().elements).unwrap();
    let named = |mac: &MacAddr| attributes.windows(6).any(|window| window == mac.0);
    assert_eq!(seven.iter().map(named).collect::<Vec<_>>(), [true, true, true, true, true, false, false]);
}

#[test]
fn a_change_of_wps_is_on_the_air_at_once_and_only_a_change() {
    let mut cell = Cell::new(config(wpa2(Mfp::No)));
    cell.access_point.set_wps(wps());
    cell.settle();
    assert!(matches!(&cell.commands[..], [AccessPointCommand::Update(_)]));
    cell.access_point.set_wps(wps());
    cell.settle();
    assert_eq!(cell.commands.len(), 1);
    cell.access_point.set_wps(WpsConfig::default());
    cell.settle();
    assert_eq!(wps_of(&cell.beacon().elements), None);
    cell.access_point.stop();
    cell.settle();
    cell.clear();
    cell.access_point.set_wps(wps());
    cell.settle();
    assert!(cell.commands.is_empty(), "off the air nothing is said");
    cell.access_point.start(cell.now);
    cell.settle();
    assert!(wps_of(&cell.beacon().elements).is_some());
}

#[test]
fn elements_stand_in_the_order_of_the_standard() {
    let (name, rates, ds, tim) = (ElementId::SSID, ElementId::RATES, ElementId::DS_PARAMETER, ElementId::TIM);
    let (erp, more, rsn, vendor) =
        (ElementId::ERP, ElementId::EXTENDED_RATES, ElementId::RSN, ElementId::VENDOR);
    let cases = [
        (
            6,
            vec![name, rates, ds, tim, erp, more, rsn, vendor],
            vec![name, rates, ds, erp, more, rsn, vendor],
        ),
        (36, vec![name, rates, tim, rsn, vendor], vec![name, rates, rsn, vendor]),
    ];
    for (number, beacon, response) in cases {
        let mut config = config(wpa2(Mfp::No));
        config.channel = channel(number);
        let mut cell = Cell::new(config);
        cell.access_point.set_wps(wps());
        cell.settle();
        let ids = |elements: &Elements| elements.iter().map(|element| element.id).collect::<Vec<_>>();
        assert_eq!(ids(&cell.beacon().elements), beacon, "beacon on {number}");
        cell.probe(mac(1), None);
        assert_eq!(ids(&cell.probe_response().unwrap().elements), response, "response on {number}");
    }
}

#[test]
fn the_security_is_announced() {
    let (can, must) = (RsnCapabilities::MFP_CAPABLE, RsnCapabilities::MFP_REQUIRED);
    let psk = [AkmSuite::PSK, AkmSuite::PSK_SHA256];
    type Announced<'a> = Option<(&'a [AkmSuite], RsnCapabilities)>;
    let cases: [(BssSecurity, Announced<'_>); 5] = [
        (wpa2(Mfp::No), Some((&psk, RsnCapabilities::default()))),
        (wpa2(Mfp::Optional), Some((&psk, can))),
        (wpa2(Mfp::Required), Some((&psk, can.with(must)))),
        (BssSecurity::Wpa3Only, Some((&[AkmSuite::SAE], can.with(must)))),
        (BssSecurity::Open, None),
    ];
    for (security, expected) in cases {
        let mut cell = Cell::new(config(security.clone()));
        cell.access_point.set_wps(wps());
        cell.settle();
        let beacon = cell.beacon();
        let rsn = beacon.elements.find::<Rsn>().unwrap();
        let found = rsn.as_ref().map(|rsn| (&rsn.akms[..], rsn.capabilities));
        assert_eq!(found, expected, "{security:?}");
        assert_eq!(beacon.capabilities.contains(Capabilities::PRIVACY), expected.is_some(), "{security:?}");
    }
}

#[test]
fn who_is_answered() {
    // Whether a hidden and a shown network answer to a probe request for this name.
    let cases = [
        (None, false, true),
        (Some(""), false, true),
        (Some("Home"), true, true),
        (Some("Other"), false, false),
        (Some("home"), false, false),
    ];
    for (name, when_hidden, when_shown) in cases {
        for (hidden, expected) in [(true, when_hidden), (false, when_shown)] {
            let mut config = config(wpa2(Mfp::No));
            config.hidden = hidden;
            let mut cell = Cell::new(config);
            cell.probe(mac(1), name);
            let response = cell.probe_response();
            assert_eq!(response.is_some(), expected, "{name:?}, hidden: {hidden}");
            if let Some(response) = response {
                assert_eq!(response.elements.find::<Ssid>(), Ok(Some(ssid("Home"))));
            }
            assert_eq!(cell.events.len(), 1, "the owner hears of each");
        }
    }
}

#[test]
fn a_hidden_name_is_not_in_beacons() {
    let mut config = config(wpa2(Mfp::No));
    config.hidden = true;
    let mut cell = Cell::new(config);
    cell.access_point.set_wps(wps());
    cell.settle();
    assert_eq!(cell.beacon().elements.raw(ElementId::SSID).unwrap().content, b"");
}
