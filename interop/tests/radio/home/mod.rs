//! Scenarios of a home that run twice: on the simulated radio, in this process and as fast as it can be computed, and on
//! the kernel's radios, with the programs in a virtual machine. What comes of each has to be the same.

mod kernel;
mod simulated;

use keyway_interop::machine;

use kernel::OnTheKernel;
use simulated::Simulated;

use crate::support::{OTHER_PIN, PASSPHRASE, PIN, TRIES, WRONG_SECOND_HALF, wrong_first_half};

/// A router and a printer, and what people do to them.
trait Home {
    /// Adds a device by this PIN at the router.
    fn add_pin(&mut self, pin: &str);
    /// Presses the router's button.
    fn press_button(&mut self);
    /// Switches the router's own PIN on, and reads it.
    fn router_pin(&mut self) -> String;
    /// The PIN on the printer's label.
    fn label_pin(&mut self) -> String;
    /// Starts the printer's set-up.
    fn set_up(&mut self, how: How);
    /// Waits until the printer is on the network and announced, or its set-up has failed: then with the cause.
    fn end(&mut self) -> Result<(), String>;
    /// What the router wrote down of the last attempt: `success`, or the cause.
    fn ledger(&mut self) -> String;
    /// Waits until WPS is off.
    fn wps_goes_off(&mut self);
    /// Waits until the router's own PIN is locked.
    fn router_pin_locks(&mut self);
    /// Switches the printer off for a moment, and waits until it is on the network again.
    fn restart_printer(&mut self);
    /// Switches the router off for a moment, and waits until the printer is on the network again.
    fn restart_router(&mut self);
}

/// How a printer is set up.
enum How {
    /// By this PIN, which it shows.
    Pin(&'static str),
    LabelPin,
    Button,
    RouterPin(String),
    /// With this Wi-Fi password.
    Passphrase(&'static str),
}

type Scenario = fn(&mut dyn Home);

const SCENARIOS: [(&str, Scenario); 11] = [
    ("by PIN", |home| {
        home.add_pin(PIN);
        home.set_up(How::Pin(PIN));
        assert_eq!(home.end(), Ok(()));
        assert_eq!(home.ledger(), "success");
        home.wps_goes_off();
    }),
    ("by PIN, wrong in its first half", |home| {
        home.add_pin(OTHER_PIN);
        home.set_up(How::Pin(PIN));
        assert_eq!(home.end(), Err("wrong-pin-first-half".to_owned()));
        assert_eq!(home.ledger(), "wrong-pin-first-half");
    }),
    ("by PIN, wrong in its second half", |home| {
        home.add_pin(WRONG_SECOND_HALF);
        home.set_up(How::Pin(PIN));
        assert_eq!(home.end(), Err("wrong-pin-second-half".to_owned()));
        assert_eq!(home.ledger(), "wrong-pin-second-half");
    }),
    ("by the PIN on the label", |home| {
        let pin = home.label_pin();
        home.add_pin(&pin);
        home.set_up(How::LabelPin);
        assert_eq!(home.end(), Ok(()));
        assert_eq!(home.ledger(), "success");
    }),
    ("by button", |home| {
        home.press_button();
        home.set_up(How::Button);
        assert_eq!(home.end(), Ok(()));
        assert_eq!(home.ledger(), "success");
    }),
    ("by the router's PIN", |home| {
        let pin = home.router_pin();
        home.set_up(How::RouterPin(pin));
        assert_eq!(home.end(), Ok(()));
        assert_eq!(home.ledger(), "success");
    }),
    ("by the Wi-Fi password", |home| {
        home.set_up(How::Passphrase(PASSPHRASE));
        assert_eq!(home.end(), Ok(()));
    }),
    ("by a wrong Wi-Fi password", |home| {
        home.set_up(How::Passphrase("incorrect horse battery"));
        assert_eq!(home.end(), Err("wrong-passphrase".to_owned()));
    }),
    ("by wrong PINs of the router, until it is locked", |home| {
        let pin = home.router_pin();
        let wrong = wrong_first_half(&pin);
        for _ in 0..TRIES {
            home.set_up(How::RouterPin(wrong.to_owned()));
            assert_eq!(home.end(), Err("wrong-pin-first-half".to_owned()));
        }
        home.router_pin_locks();
    }),
    ("the printer is off for a moment", |home| {
        home.set_up(How::Passphrase(PASSPHRASE));
        assert_eq!(home.end(), Ok(()));
        home.restart_printer();
    }),
    ("the router is off for a moment", |home| {
        home.set_up(How::Passphrase(PASSPHRASE));
        assert_eq!(home.end(), Ok(()));
        home.restart_router();
    }),
];

#[test]
fn all_go_well_on_the_simulated_radio() {
    for (name, scenario) in SCENARIOS {
        println!("{name}");
        scenario(&mut Simulated::new());
    }
}

#[test]
fn the_first_half_goes_well_on_the_kernels_radios() {
    machine::scenario(|| on_the_kernel(&SCENARIOS[..5]));
}

#[test]
fn the_second_half_goes_well_on_the_kernels_radios() {
    machine::scenario(|| on_the_kernel(&SCENARIOS[5..]));
}

fn on_the_kernel(scenarios: &[(&str, Scenario)]) {
    for (name, scenario) in scenarios {
        println!("{name}");
        scenario(&mut OnTheKernel::new());
    }
}
