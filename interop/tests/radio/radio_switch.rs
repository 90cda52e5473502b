//! The switch of a machine for its radios (`rfkill`): it holds against whoever has the interface.

use keyway_interop::keyway::{Keyway, RadioTask, binary};
use keyway_interop::machine;
use keyway_interop::radio::Radios;

use crate::support::{PIN, Router, assert_on_network};

#[test]
fn printer_and_router_come_back_with_it() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let router = Router::start(&radios, &["--pin-file", "-"]);
        router.type_in(PIN, "pin-added");
        let task = RadioTask::Pin("pin", PIN);
        let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
        assert_on_network(&radios, &printer, 1, 0);

        let heard = printer.process().mark();
        radios.switch(1, false);
        printer.wait_for_after(heard, "lost");
        assert_says_switched_off(&printer, heard);
        radios.switch(1, true);
        assert_on_network(&radios, &printer, 1, heard);

        let (heard, told) = (printer.process().mark(), router.keyway.process().mark());
        radios.switch(0, false);
        assert_says_switched_off(&router.keyway, told);
        printer.wait_for_after(heard, "lost");
        radios.switch(0, true);
        router.keyway.wait_for_after(told, "recovered");
        assert_on_network(&radios, &printer, 1, heard);
        assert_eq!(printer.interrupt().status, 0);
        router.end();
    });
}

#[test]
fn nothing_begins_while_it_is_off() {
    machine::scenario(|| {
        let radios = Radios::take(1);
        let end = radios.end(0);
        radios.switch(0, false);
        for arguments in [&["scan"][..], &["printer", "--method", "pin"], &["router", "--ssid", "Home"]] {
            let mut command = end.command(binary());
            command.args(arguments).args(["--interface", end.interface()]);
            let output = command.output().expect("it starts");
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(3), "{arguments:?}: {said}");
            assert!(said.contains("is switched off") && said.contains("rfkill unblock wifi"), "{said}");
        }
        radios.switch(0, true);
        let mut scan = end.command(binary());
        scan.args(["scan", "--interface", end.interface()]);
        assert!(scan.output().expect("it starts").status.success());
    });
}

/// Its `problem` says what is to be done.
fn assert_says_switched_off(keyway: &Keyway, mark: usize) {
    keyway.wait_until(mark, "that the radio is switched off", |event| {
        let words = event["words"].as_str().unwrap_or_default();
        event["event"] == "problem" && words.contains("rfkill unblock wifi")
    });
}
