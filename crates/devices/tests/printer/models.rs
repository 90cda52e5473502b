//! What a model lacks is not offered; who asks for it all the same is told what there is (N23, N35).

use crate::bench::{Bench, PASSPHRASE};
use keyway_devices::action::{Key, PrinterAction};
use keyway_devices::printer::PrinterOrder;
use keyway_devices::session::Method;
use keyway_devices::view::{Display, LightState, Model};
use keyway_home::{Cause, Side};
use keyway_wsc::session::Failure;
use keyway_wsc::{ConfigMethods, DeviceType, WpsState};

const MODELS: [Model; 4] = [Model::Touch, Model::TwoLine, Model::Label, Model::Entry];
const METHODS: [Method; 6] =
    [Method::Pin, Method::LabelPin, Method::Button, Method::RouterPin, Method::Passphrase, Method::Usb];

#[test]
fn what_a_model_has_can_be_started_and_nothing_else() {
    for model in MODELS {
        for method in METHODS {
            let mut bench = Bench::new(model);
            bench.unit.usb(true);
            let is_pin = matches!(method, Method::RouterPin | Method::Pin);
            let secret = if is_pin { "12345670" } else { PASSPHRASE };
            let started = bench.start_with(method, Some("Home"), secret);
            if bench.view().methods.contains(&method) {
                assert_eq!(started, Ok(()), "{model:?} {method:?}");
                assert_eq!(bench.session().method, method);
                continue;
            }
            let refusal = started.unwrap_err();
            assert_eq!(refusal.code, "not-on-this-model", "{model:?} {method:?}");
            assert_eq!(bench.view().session, None);
            if model == Model::Entry && matches!(method, Method::Pin | Method::LabelPin) {
                let words = Cause::NoPinOnModel.words(Side::Printer);
                assert_eq!((refusal.what.as_str(), refusal.next.as_str()), (words.what, words.next));
            }
        }
    }
}

#[test]
fn a_panel_has_what_its_model_has() {
    for model in MODELS {
        let bench = Bench::new(model);
        let panel = bench.view().panel;
        match (&panel.display, model) {
            (Display::Touch(_), Model::Touch) | (Display::Lines { .. }, Model::TwoLine) => {}
            (Display::None, Model::Label | Model::Entry) => {}
            other => panic!("{other:?}"),
        }
        assert_eq!(panel.sticker.is_some(), model == Model::Label);
        assert_eq!(panel.lights.len(), 3);
        assert!(panel.lights.iter().all(|light| !light.words.is_empty()));
        let page = [Key::Wireless, Key::Information];
        assert!(panel.chords.iter().any(|(keys, _)| keys == &page), "{model:?}");
        let has_wps = panel.keys.iter().any(|key| key.key == Key::Wps);
        assert_eq!(has_wps, matches!(model, Model::Label | Model::Entry));
    }
}

#[test]
fn every_chord_that_is_listed_does_something() {
    for model in MODELS {
        for (keys, does) in Bench::new(model).view().panel.chords {
            let mut bench = Bench::on_home(model);
            bench.hold(&keys).unwrap();
            assert!(!bench.take_orders().is_empty(), "{model:?} {does}");
        }
    }
}

#[test]
fn a_long_press_asks_for_a_pin_that_an_entry_model_does_not_have() {
    let mut bench = Bench::new(Model::Entry);
    let refusal = bench.hold(&[Key::Wps]).unwrap_err();
    assert_eq!(refusal.code, "not-on-this-model");
    assert_eq!(refusal.what, Cause::NoPinOnModel.words(Side::Printer).what);
    let action = PrinterAction::PinLifetime { seconds: 300 };
    assert_eq!(bench.act(action).unwrap_err().code, "not-on-this-model");
}

#[test]
fn buttons_and_lights_tell_how_it_goes() {
    let mut bench = Bench::new(Model::Label);
    let light = |bench: &Bench, number: usize| bench.view().panel.lights[number].clone();
    assert_eq!(light(&bench, 0).state, LightState::On);
    bench.press(Key::Wps);
    bench.failed(Failure::SessionOverlap);
    let wps = light(&bench, 2);
    assert_eq!(wps.state, LightState::BlinksFast);
    assert!(wps.words.contains("Two devices"), "{}", wps.words);
    bench.press(Key::Cancel);
    assert_eq!(light(&bench, 2).state, LightState::Off, "taken note of");
    bench.take_orders();
    bench.press(Key::Information);
    assert!(matches!(bench.take_orders().as_slice(), [PrinterOrder::Print(_)]));
    bench.press(Key::Wireless);
    assert_eq!(bench.take_orders(), [PrinterOrder::Radio(false)]);
    assert_eq!(light(&bench, 1).state, LightState::Off);
    bench.press(Key::Wireless);
    assert_eq!(bench.take_orders(), [PrinterOrder::Radio(true)]);
    bench.press(Key::Wps);
    bench.press(Key::Cancel);
    assert_eq!(bench.reason().as_deref(), Some("cancelled"));
    for action in [PrinterAction::Back, PrinterAction::Choose { item: "wps-pin".to_owned() }] {
        assert_eq!(bench.act(action).unwrap_err().code, "not-on-this-model");
    }
}

#[test]
fn switching_wifi_off_ends_a_set_up_and_on_brings_the_network_back() {
    let mut bench = Bench::on_home(Model::Entry);
    bench.press(Key::Wps);
    bench.take_orders();
    bench.press(Key::Wireless);
    assert_eq!(bench.take_orders(), [PrinterOrder::CancelRegistration, PrinterOrder::Radio(false)]);
    bench.joined("Home");
    assert!(!bench.view().network.unwrap().connected, "what comes late is not believed");
    bench.press(Key::Wireless);
    assert!(matches!(bench.take_orders().as_slice(), [PrinterOrder::Radio(true), PrinterOrder::Join(_)]));
}

#[test]
fn it_introduces_itself_as_what_it_is() {
    let device = Bench::new(Model::Label).unit.device();
    assert_eq!(device.description.device_type, DeviceType::PRINTER);
    assert_eq!(device.description.device_name.to_text(), "Printer in the study");
    assert_eq!(device.description.serial_number.to_text(), "S-7");
    assert!(device.config_methods.contains(ConfigMethods::Label));
    assert!(!device.config_methods.contains(ConfigMethods::Display));
    assert_eq!(device.state, WpsState::NotConfigured);
    assert_eq!(Bench::on_home(Model::Label).unit.device().state, WpsState::Configured);
}
