//! Scenarios of a home that run twice: on the simulated radio, in this process and as fast as it can be computed, and on
//! the kernel's radios, with the programs in a virtual machine. What comes of each has to be the same.

mod kernel;
mod simulated;

use keyway_interop::machine;

use kernel::OnTheKernel;
use simulated::Simulated;

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

const PIN: &str = "12345670";
const WRONG_FIRST_HALF: &str = "43215676";
const WRONG_SECOND_HALF: &str = "12340002";
const PASSPHRASE: &str = "correct horse battery";

type Scenario = fn(&mut dyn Home);

const SCENARIOS: [(&str, Scenario); 8] = [
    ("by PIN", |home| {
        home.add_pin(PIN);
        home.set_up(How::Pin(PIN));
        assert_eq!(home.end(), Ok(()));
        assert_eq!(home.ledger(), "success");
    }),
    ("by PIN, wrong in its first half", |home| {
        home.add_pin(WRONG_FIRST_HALF);
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
    machine::scenario(|| on_the_kernel(&SCENARIOS[..4]));
}

#[test]
fn the_second_half_goes_well_on_the_kernels_radios() {
    machine::scenario(|| on_the_kernel(&SCENARIOS[4..]));
}

fn on_the_kernel(scenarios: &[(&str, Scenario)]) {
    for (name, scenario) in scenarios {
        println!("{name}");
        scenario(&mut OnTheKernel::new());
    }
}
