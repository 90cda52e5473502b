//! The home on the kernel's radios: the programs, each in a namespace of its own.

use keyway_interop::keyway::{Keyway, RadioTask};
use keyway_interop::network::Network;
use keyway_interop::radio::Radios;
use keyway_interop::scratch::Scratch;

use super::{Home, How};
use crate::support::{PASSPHRASE, PIN};

/// A router and, once it is set up, a printer. What is dropped first ends first.
pub(super) struct OnTheKernel {
    printer: Option<Keyway>,
    router: Keyway,
    /// What the printer keeps.
    kept: Scratch,
    radios: Radios,
}

impl OnTheKernel {
    pub(super) fn new() -> OnTheKernel {
        let radios = Radios::take(2);
        let router = router(&radios, &[]);
        OnTheKernel { printer: None, router, kept: Scratch::new("kept"), radios }
    }

    fn start_printer(&mut self, task: &RadioTask) {
        // The one before ends first.
        self.printer = None;
        let folder = self.kept.path().display().to_string();
        let end = self.radios.without_address(1);
        self.printer = Some(Keyway::printer_on_radio(end, task, &["--data", &folder]));
    }

    fn printer(&mut self) -> &mut Keyway {
        self.printer.as_mut().expect("its set-up was started")
    }
}

fn router(radios: &Radios, more: &[&str]) -> Keyway {
    let extra = [&["--pin-file", "-"], more].concat();
    Keyway::router_on_radio(radios.without_address(0), &home(PASSPHRASE), &extra)
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
        assert_eq!(self.router.interrupt().status, 0);
        self.router = router(&self.radios, &["--new-router-pin"]);
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
        self.start_printer(&task);
    }

    fn end(&mut self) -> Result<(), String> {
        let event = self.printer().wait_until(0, "the end of the set-up", |event| {
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

    fn wps_goes_off(&mut self) {
        self.router.wait_until(0, "WPS off", |event| event["event"] == "wps" && event["on"] == false);
    }

    fn router_pin_locks(&mut self) {
        self.router.wait_for("locked");
    }

    fn restart_printer(&mut self) {
        assert_eq!(self.printer().interrupt().status, 0);
        self.start_printer(&RadioTask::Known);
        self.printer().wait_for("online");
    }

    fn restart_router(&mut self) {
        let mark = self.printer().process().mark();
        assert_eq!(self.router.interrupt().status, 0);
        self.router = router(&self.radios, &[]);
        self.printer().wait_for_after(mark, "ip-address");
    }
}
