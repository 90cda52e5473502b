//! Each method from its start to an address.

use crate::bench::{Bench, LABEL_PIN, PASSPHRASE, home, network};
use keyway_devices::action::{Key, PrinterAction};
use keyway_devices::network::NetworkSummary;
use keyway_devices::printer::{PrinterNews, PrinterOrder};
use keyway_devices::session::{Method, Step};
use keyway_devices::view::{LightState, Model};
use keyway_eap::{Event, Timestamp};
use keyway_home::{PrinterEvent, Task};
use keyway_wsc::session::{self, Success};
use keyway_wsc::{MessageType, Pin};

fn task(orders: &[PrinterOrder]) -> &Task {
    match orders {
        [.., PrinterOrder::Register { task, .. }] => task,
        other => panic!("{other:?}"),
    }
}

fn online(bench: &Bench) {
    let network = bench.view().network.expect("a network");
    assert_eq!((network.ssid.as_str(), network.connected), ("Home", true));
    assert_eq!(network.address.as_deref(), Some("192.168.1.23"));
    assert_eq!(network.mask.as_deref(), Some("255.255.255.0"));
    assert_eq!((network.channel, network.band.as_deref()), (Some(6), Some("2.4 GHz")));
    let session = bench.session();
    assert_eq!((session.done, session.running, session.reason), (Some(Step::Address), false, None));
    let page = bench.page();
    assert_eq!((page.attempts[0].result.as_str(), page.attempts[0].method), ("success", session.method));
    assert_eq!(page.attempts[0].words, "On Home. Address 192.168.1.23.");
}

#[test]
fn by_the_printers_pin() {
    let mut bench = Bench::new(Model::Touch);
    bench.take_orders();
    bench.choose("wps-pin");
    let pin = bench.pin().unwrap();
    let orders = bench.take_orders();
    assert_eq!(task(&orders), &Task::Pin(pin.parse().unwrap()));
    assert!(matches!(orders[0], PrinterOrder::Register { until, .. } if until == Timestamp::from_secs(300)));
    let screen = bench.touch();
    assert!(screen.shows_session);
    assert_eq!(screen.countdown.unwrap().clock(), "5:00");
    let body = screen.body.join(" ");
    for words in [&bench.view().nickname, "router page › Add device by PIN", "not the Wi-Fi password"] {
        assert!(body.contains(words), "{words}: {body}");
    }
    assert!(!body.contains(&pin));
    bench.wait(30);
    bench.chose();
    assert_eq!(bench.session().done, Some(Step::Found));
    assert_eq!(bench.session().countdown.unwrap().clock(), "4:30");
    for (message, step) in [
        (MessageType::M1, Step::Found),
        (MessageType::M2, Step::Introduced),
        (MessageType::M4, Step::FirstHalf),
        (MessageType::M6, Step::SecondHalf),
    ] {
        bench.messages(message);
        assert_eq!(bench.session().done, Some(step), "{message}");
    }
    bench.messages(MessageType::Done);
    bench.received(Success::Received(vec![home()]));
    assert_eq!(bench.session().done, Some(Step::Key));
    assert_eq!((bench.pin(), bench.session().countdown), (None, None), "the PIN has done its work");
    assert_eq!(bench.take_orders(), [PrinterOrder::Join(Box::new(home()))]);
    assert!(!bench.saved.iter().any(|(key, _)| key == "network"), "not before it has joined");
    bench.joined("Home");
    assert!(bench.saved.iter().any(|(key, _)| key == "network"));
    assert_eq!(bench.session().done, Some(Step::Joined));
    bench.address();
    online(&bench);
    assert_eq!(bench.touch().body[0], "On Home. Address 192.168.1.23.");
    assert!(bench.item_ids().contains(&"page".to_owned()));
    assert_eq!(bench.session().messages.len(), 9);
}

#[test]
fn a_new_pin_each_time_and_the_old_one_is_taken_back() {
    let mut bench = Bench::new(Model::Touch);
    bench.choose("wps-pin");
    let first = bench.pin().unwrap();
    bench.take_orders();
    bench.wait(100);
    bench.choose("again");
    let second = bench.pin().unwrap();
    assert_ne!(first, second);
    let orders = bench.take_orders();
    assert_eq!(orders[0], PrinterOrder::CancelRegistration);
    assert_eq!(task(&orders), &Task::Pin(second.parse().unwrap()));
    assert_eq!(bench.session().countdown.unwrap().seconds, 300);
    // The echo of the cancelled one does no harm.
    bench.failed(session::Failure::Cancelled);
    assert_eq!(bench.pin(), Some(second));
    bench.succeed();
    online(&bench);
}

#[test]
fn a_computer_that_asks_makes_the_printer_show_a_pin() {
    for model in [Model::Touch, Model::TwoLine] {
        let mut bench = Bench::new(model);
        bench.start(Method::Pin).unwrap();
        let orders = bench.take_orders();
        let Task::Pin(pin) = task(&orders) else { panic!("{orders:?}") };
        if model == Model::Touch {
            assert_eq!(bench.pin().unwrap().parse::<Pin>().as_ref(), Ok(pin));
            assert!(bench.touch().body[0].contains("a computer asked for this"));
        } else {
            assert_eq!(bench.lines().1, format!("PIN {} 5:00", pin.grouped()));
        }
    }
}

#[test]
fn by_the_pin_on_the_label() {
    let mut bench = Bench::new(Model::Label);
    let sticker = |bench: &Bench| bench.view().panel.sticker.expect("a label").pin.expose().to_owned();
    assert_eq!(sticker(&bench), "1234 5670");
    bench.take_orders();
    bench.hold(&[Key::Wps]).unwrap();
    let orders = bench.take_orders();
    assert_eq!(task(&orders), &Task::Pin(LABEL_PIN.parse().unwrap()));
    assert_eq!(bench.session().method, Method::LabelPin);
    assert_eq!(bench.session().countdown.unwrap().seconds, 600);
    bench.succeed();
    online(&bench);
    bench.act(PrinterAction::NetworkReset).unwrap();
    assert_eq!(sticker(&bench), "1234 5670", "it survives a network reset (N7)");
    bench.start(Method::LabelPin).unwrap();
    assert_eq!(task(&bench.take_orders()), &Task::Pin(LABEL_PIN.parse().unwrap()));
}

#[test]
fn by_button() {
    for model in [Model::Label, Model::Entry] {
        let mut bench = Bench::new(model);
        bench.take_orders();
        bench.press(Key::Wps);
        assert_eq!(task(&bench.take_orders()), &Task::Button);
        assert_eq!(bench.session().countdown.unwrap().seconds, 120);
        assert_eq!(bench.view().panel.lights[2].state, LightState::Blinks);
        bench.succeed();
        online(&bench);
        let lights = bench.view().panel.lights;
        assert_eq!((lights[1].state, lights[2].state), (LightState::On, LightState::On));
        assert_eq!(lights[1].words, "On Home. Address 192.168.1.23.");
    }
    let mut bench = Bench::new(Model::Touch);
    bench.choose("push-button");
    assert_eq!(bench.touch().countdown.unwrap().clock(), "2:00");
    bench.succeed();
    online(&bench);
}

#[test]
fn by_the_routers_pin() {
    let mut bench = Bench::new(Model::Touch);
    bench.take_orders();
    bench.choose("router-pin");
    let screen = bench.touch();
    assert!(screen.input.unwrap().digits);
    assert!(screen.body[0].contains("the router's"), "whose number it is: {:?}", screen.body);
    let before = bench.view();
    for (text, code) in [("1234 5671", "bad-pin"), ("correct horse", "looks-like-password"), ("", "bad-pin")]
    {
        assert_eq!(bench.type_text(text).unwrap_err().code, code, "{text}");
        assert_eq!(bench.view(), before, "nothing has changed");
    }
    assert_eq!(bench.take_orders(), [], "nothing was sent");
    bench.type_text("1234-5670").unwrap();
    assert_eq!(task(&bench.take_orders()), &Task::ReadRouter("12345670".parse().unwrap()));
    bench.chose();
    bench.event(session::Event::Received(MessageType::M1));
    assert!(bench.session().messages[0].words.starts_with("The router introduces itself"));
    bench.received(Success::Learned(home()));
    bench.joined("Home");
    bench.address();
    online(&bench);
}

fn summary(ssid: &str, signal: i8) -> NetworkSummary {
    NetworkSummary {
        ssid: ssid.to_owned(),
        bssid: "02:00:00:00:00:01".to_owned(),
        channel: 6,
        is_5_ghz: false,
        signal,
        security: "WPA2".to_owned(),
        wpa3_only: false,
        wps: true,
        locked: false,
        open_for_pin: false,
        open_for_button: false,
    }
}

#[test]
fn by_the_wifi_password() {
    let mut bench = Bench::new(Model::Touch);
    bench.take_orders();
    bench.choose("password");
    assert_eq!(bench.take_orders(), [PrinterOrder::Scan]);
    assert_eq!(bench.item_ids(), [""; 0], "it is still looking");
    let wpa3 = NetworkSummary { security: "WPA3".to_owned(), wpa3_only: true, ..summary("Modern", -40) };
    let five = NetworkSummary { channel: 36, is_5_ghz: true, ..summary("Home", -45) };
    let found =
        vec![wpa3, five, summary("Far", -80), summary("", -60), summary("Home", -50), summary("Far", -81)];
    bench.hear(PrinterNews::Networks(found));
    let labels: Vec<_> = bench.touch().items.iter().map(|item| item.label.clone()).collect();
    assert_eq!(labels, ["Home", "Far", "Modern", "Other (hidden) network", "Look again"]);
    bench.choose("network-4");
    assert!(bench.touch().input.unwrap().secret);
    assert_eq!(bench.type_text("short").unwrap_err().code, "bad-value");
    bench.type_text(PASSPHRASE).unwrap();
    assert_eq!(bench.take_orders(), [PrinterOrder::Join(Box::new(home()))]);
    bench.joined("Home");
    bench.address();
    online(&bench);
}

#[test]
fn by_the_wifi_password_of_a_hidden_network() {
    let mut bench = Bench::new(Model::Touch);
    bench.choose("password");
    bench.hear(PrinterNews::Networks(Vec::new()));
    assert_eq!(bench.touch().reason.unwrap().code, "nothing-heard");
    bench.choose("other");
    assert_eq!(bench.type_text("").unwrap_err().code, "bad-value");
    assert_eq!(bench.type_text(&"x".repeat(33)).unwrap_err().code, "too-long");
    bench.type_text("Hidden one").unwrap();
    bench.take_orders();
    bench.type_text(PASSPHRASE).unwrap();
    let wanted = network("Hidden one", PASSPHRASE);
    assert_eq!(bench.take_orders(), [PrinterOrder::Join(Box::new(wanted))]);
}

#[test]
fn who_turns_to_the_password_has_done_with_the_pin() {
    let mut bench = Bench::new(Model::Touch);
    bench.start(Method::Pin).unwrap();
    bench.hear(PrinterNews::NotFound(keyway_home::Cause::WpsOff));
    bench.take_orders();
    bench.choose("password");
    assert_eq!(bench.take_orders(), [PrinterOrder::CancelRegistration, PrinterOrder::Scan]);
    assert_eq!(bench.pin(), None);
    assert_eq!(bench.touch().title, "Choose the network");
}

#[test]
fn networks_that_it_cannot_join_say_why() {
    for (change, code) in [
        ((|n| n.wpa3_only = true) as fn(&mut NetworkSummary), "wpa3-only"),
        (|n| n.is_5_ghz = true, "other-band"),
        (|n| n.security = "WEP".to_owned(), "security-unsupported"),
    ] {
        let mut bench = Bench::new(Model::Touch);
        bench.choose("password");
        let mut network = summary("Odd", -50);
        change(&mut network);
        bench.hear(PrinterNews::Networks(vec![network]));
        bench.take_orders();
        bench.choose("network-0");
        assert_eq!(bench.reason().as_deref(), Some(code));
        assert_eq!(bench.take_orders(), [], "nothing was tried");
    }
}

#[test]
fn a_password_that_looks_like_a_pin_is_asked_for_twice() {
    for model in [Model::Touch, Model::Entry] {
        let mut bench = Bench::new(model);
        bench.take_orders();
        let start = |bench: &mut Bench, text| bench.start_with(Method::Passphrase, Some("Home"), text);
        assert_eq!(start(&mut bench, "1234").unwrap_err().code, "looks-like-pin");
        assert_eq!(start(&mut bench, "12345670").unwrap_err().code, "looks-like-pin");
        assert_eq!(bench.take_orders(), []);
        start(&mut bench, "12345670").unwrap();
        assert_eq!(bench.take_orders(), [PrinterOrder::Join(Box::new(network("Home", "12345670")))]);
    }
}

#[test]
fn by_usb_with_the_radio_off() {
    let mut bench = Bench::new(Model::Label);
    bench.hold(&[Key::Wireless]).unwrap();
    assert_eq!(bench.take_orders().last(), Some(&PrinterOrder::Radio(false)));
    assert_eq!(bench.view().panel.lights[1].state, LightState::Off);
    let refused = bench.start_with(Method::Usb, Some("Home"), PASSPHRASE).unwrap_err();
    assert_eq!(refused.code, "not-now");
    bench.unit.usb(true);
    bench.start_with(Method::Usb, Some("Home"), PASSPHRASE).unwrap();
    assert_eq!(bench.take_orders(), [PrinterOrder::Radio(true), PrinterOrder::Join(Box::new(home()))]);
    bench.joined("Home");
    bench.address();
    online(&bench);
    assert_eq!(bench.session().method, Method::Usb);
}

#[test]
fn a_set_up_is_cancelled_and_another_takes_its_place() {
    let mut bench = Bench::on_home(Model::Touch);
    bench.start(Method::Pin).unwrap();
    bench.take_orders();
    bench.act(PrinterAction::Cancel).unwrap();
    assert_eq!(
        bench.take_orders(),
        [PrinterOrder::CancelRegistration, PrinterOrder::Join(Box::new(home()))],
        "it goes back to the network that it knows"
    );
    assert_eq!((bench.pin(), bench.reason().as_deref()), (None, Some("cancelled")));
    bench.start(Method::Button).unwrap();
    bench.take_orders();
    bench.start_with(Method::Passphrase, Some("Other"), PASSPHRASE).unwrap();
    assert_eq!(bench.take_orders()[0], PrinterOrder::CancelRegistration);
    bench.act(PrinterAction::Cancel).unwrap();
    bench.joined("Home");
    assert_eq!(bench.view().network.unwrap().ssid, "Home");
    assert!(bench.restart().take_orders().contains(&PrinterOrder::Join(Box::new(home()))));
}

#[test]
fn a_try_that_follows_another_begins_its_messages_anew() {
    let mut bench = Bench::new(Model::Touch);
    bench.start(Method::Pin).unwrap();
    bench.chose();
    bench.messages(MessageType::M1);
    bench.event(session::Event::Received(MessageType::M2D));
    let failure = session::Failure::NoRegistrarReady(keyway_wsc::ConfigError::NoError);
    let again = PrinterEvent::TryingAgain(failure, Timestamp::from_secs(5));
    bench.hear(PrinterNews::Registration(Box::new(again)));
    assert_eq!(bench.reason().as_deref(), Some("not-ready"));
    assert!(bench.session().running && bench.pin().is_some(), "the PIN is still good");
    bench.hear(PrinterNews::Registration(Box::new(PrinterEvent::Trying(2))));
    assert_eq!((bench.session().messages.len(), bench.session().done), (0, Some(Step::Found)));
    bench.hear(PrinterNews::Registration(Box::new(PrinterEvent::Router(Event::IdentitySent))));
    bench.succeed();
    online(&bench);
}
