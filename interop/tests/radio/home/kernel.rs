//! The home on the kernel's radios: the programs, each in a namespace of its own.

use keyway_interop::keyway::{Keyway, RadioTask};
use keyway_interop::network::Network;
use keyway_interop::radio::Radios;

use super::{Home, How, PASSPHRASE, PIN};

/// A router and, once it is set up, a printer. What is dropped first ends first.
pub(super) struct OnTheKernel {
    printer: Option<Keyway>,
    router: Keyway,
    radios: Radios,
}

impl OnTheKernel {
    pub(super) fn new() -> OnTheKernel {
        let radios = Radios::take(2);
        let extra = ["--pin-file", "-", "--new-router-pin"];
        let router = Keyway::router_on_radio(radios.without_address(0), &home(PASSPHRASE), &extra);
        OnTheKernel { printer: None, router, radios }
    }
}

fn home(passphrase: &str) -> Network {
    Network::wpa2("Home", passphrase)
}

impl Home for OnTheKernel {
    fn add_pin(&mut self, pin: &str) {
        self.router.process().say(pin);
        self.router.wait_for("pin-added");
    }

    fn press_button(&mut self) {
        self.router.process().say("button");
        self.router.wait_for("button");
    }

    fn router_pin(&mut self) -> String {
        let event = self.router.wait_for("router-pin");
        event["pin"].as_str().expect("its digits").to_owned()
    }

    fn label_pin(&mut self) -> String {
        PIN.to_owned()
    }

    fn set_up(&mut self, how: How) {
        let task = match how {
            How::Pin(pin) => RadioTask::Pin("pin", pin),
            How::LabelPin => RadioTask::Pin("label-pin", PIN),
            How::Button => RadioTask::Button,
            How::RouterPin(pin) => RadioTask::Pin("router-pin", pin.leak()),
            How::Passphrase(passphrase) => RadioTask::Passphrase(home(passphrase)),
        };
        self.printer = Some(Keyway::printer_on_radio(self.radios.without_address(1), &task, &[]));
    }

    fn end(&mut self) -> Result<(), String> {
        let printer = self.printer.as_ref().expect("its set-up was started");
        let event = printer.wait_until(0, "the end of the set-up", |event| {
            event["event"] == "online" || event["event"] == "failed"
        });
        match event["cause"].as_str() {
            Some(cause) => Err(cause.to_owned()),
            None => Ok(()),
        }
    }

    fn ledger(&mut self) -> String {
        self.router.wait_for("attempt")["result"].as_str().expect("a result").to_owned()
    }
}
