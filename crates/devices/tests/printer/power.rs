//! The plug: what is forgotten and what lasts.

use crate::bench::{Bench, home};
use keyway_devices::SecretText;
use keyway_devices::action::{Key, PrinterAction};
use keyway_devices::printer::PrinterOrder;
use keyway_devices::session::Method;
use keyway_devices::view::{Display, LightState, Model};
use keyway_home::Cause;

#[test]
fn without_power_a_pin_and_its_set_up_are_forgotten() {
    let mut bench = Bench::new(Model::Touch);
    bench.start(Method::Pin).unwrap();
    bench.take_orders();
    bench.power(false);
    assert_eq!(bench.take_orders(), [PrinterOrder::CancelRegistration, PrinterOrder::Radio(false)]);
    let view = bench.view();
    assert_eq!((view.power, view.session, view.panel.display), (false, None, Display::Dark));
    assert!(view.panel.lights.iter().all(|light| light.state == LightState::Off));
    assert_eq!(bench.start(Method::Pin).unwrap_err().code, "not-now");
    assert_eq!(bench.act(PrinterAction::Press { key: Key::Power }).unwrap_err().code, "not-now");
    bench.succeed();
    assert_eq!(bench.view().network, None, "it hears nothing");
    bench.power(true);
    assert_eq!(bench.view().session, None);
    assert_eq!(bench.pin(), None);
    assert_eq!(bench.unit.poll_timeout(), None);
}

#[test]
fn it_returns_to_its_network_by_itself() {
    let mut bench = Bench::on_home(Model::Entry);
    let join = [PrinterOrder::Radio(true), PrinterOrder::Join(Box::new(home()))];
    bench.power(false);
    bench.take_orders();
    bench.power(true);
    assert_eq!(bench.take_orders(), join);
    assert!(!bench.view().network.unwrap().connected);
    bench.joined("Home");
    bench.address();
    assert!(bench.view().network.unwrap().address.is_some());
    let mut again = bench.restart();
    assert_eq!(again.take_orders(), join, "after a restart of the program, too");
    assert_eq!(again.page().attempts[0].result, "success", "it remembers its attempts");
}

#[test]
fn the_power_key_switches_it_off_and_on() {
    let mut bench = Bench::on_home(Model::TwoLine);
    bench.press(Key::Power);
    assert!(!bench.view().power && !bench.unit.is_on());
    bench.take_orders();
    bench.press(Key::Power);
    assert!(bench.take_orders().contains(&PrinterOrder::Join(Box::new(home()))));
}

#[test]
fn wifi_that_was_off_stays_off() {
    let mut bench = Bench::on_home(Model::Label);
    bench.press(Key::Wireless);
    let mut bench = bench.restart();
    assert_eq!(bench.take_orders(), [PrinterOrder::Radio(false)]);
    assert_eq!(bench.page().verdict, "Wi-Fi is switched off at the printer.");
}

#[test]
fn kept_values_that_cannot_be_read_are_as_if_they_were_not_there() {
    let mut bench = Bench::on_home(Model::Touch);
    for (_, value) in &mut bench.saved {
        *value = SecretText::new("{nonsense");
    }
    let mut bench = bench.restart();
    assert_eq!(bench.take_orders(), [PrinterOrder::Radio(true)]);
    assert_eq!((bench.view().pin_lifetime, bench.page().attempts.len()), (300, 0));
}

#[test]
fn only_the_last_five_attempts_are_kept() {
    let mut bench = Bench::new(Model::Label);
    for _ in 0..9 {
        bench.start(Method::Button).unwrap();
        bench.failed(Cause::WalkTimeOver(None));
        bench.wait(1);
    }
    let dates: Vec<_> = bench.page().attempts.iter().map(|attempt| attempt.at).collect();
    assert_eq!(dates.len(), 5);
    assert!(dates.is_sorted_by(|a, b| a > b), "newest first");
    assert_eq!(bench.restart().page().attempts.len(), 5);
}
