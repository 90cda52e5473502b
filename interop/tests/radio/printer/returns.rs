//! What is lost comes back.

use std::fs;
use std::time::Duration;

use keyway_interop::hostapd::HostapdConfig;
use keyway_interop::keyway::{Keyway, RadioTask};
use keyway_interop::machine;
use keyway_interop::process::Signal;
use keyway_interop::radio::Radios;
use keyway_interop::scratch::Scratch;
use serde_json::Value;

use super::Home;
use crate::support::{PIN, assert_given_back, home, interface, ip, stop_at};

/// How long a router stands still: longer than it takes for something to be sent again, and shorter than a printer waits.
const ABSENCE: Duration = Duration::from_secs(4);

#[test]
fn the_router_is_restarted() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let mut house = Home::start(&radios);
        house.hostapd.pin("any", PIN);
        let task = RadioTask::Pin("pin", PIN);
        let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
        house.assert_has(&printer, 1, 0);
        // It says good-bye.
        let mark = printer.process().mark();
        house.hostapd.process_mut().stop(Signal::TERM);
        printer.wait_for_after(mark, "lost");
        house.switch_on(&HostapdConfig::on_channel(6, home()));
        house.assert_has(&printer, 1, mark);
        // It does not, and comes back on another channel.
        let mark = printer.process().mark();
        house.cut_the_power();
        printer.wait_for_after(mark, "lost");
        house.switch_on(&HostapdConfig::on_channel(11, home()));
        assert_eq!(house.assert_has(&printer, 1, mark)["channel"], 11);
        assert_eq!(printer.interrupt().status, 0);
    });
}

#[test]
fn the_printer_is_restarted() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let house = Home::start(&radios);
        let scratch = Scratch::new("data");
        let data = scratch.file("data");
        fs::create_dir(&data).expect("a folder");
        let data = data.display().to_string();
        let keep = ["--data", data.as_str()];
        house.hostapd.pin("any", PIN);
        let task = RadioTask::Pin("pin", PIN);
        let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &keep);
        house.assert_has(&printer, 1, 0);
        let (iw, ip) = interface(radios.end(1));
        assert!(iw.contains("channel 6") && ip.contains("inet 10.0.0."), "{iw}{ip}");
        assert_eq!(printer.interrupt().status, 0);
        house.hostapd.process().wait_for("AP-STA-DISCONNECTED");
        assert_given_back(radios.end(1));

        // Nobody does anything.
        let mut printer = Keyway::printer_on_radio(radios.end(1), &RadioTask::Known, &keep);
        assert_eq!(printer.wait_for("started")["method"], "known");
        house.assert_has(&printer, 1, 0);
        // Not even when it had no time to say good-bye: the kernel leaves for it.
        let mark = house.hostapd.process().mark();
        printer.kill();
        house.hostapd.process().wait_for_after(mark, "AP-STA-DISCONNECTED");
        let mut printer = Keyway::printer_on_radio(radios.end(1), &RadioTask::Known, &keep);
        house.assert_has(&printer, 1, 0);
        assert_eq!(printer.interrupt().status, 0);
        // As it was before all of them.
        assert_given_back(radios.end(1));
    });
}

#[test]
fn somebody_switches_its_interface_off() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let house = Home::start(&radios);
        house.hostapd.pin("any", PIN);
        let task = RadioTask::Pin("pin", PIN);
        let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
        house.assert_has(&printer, 1, 0);
        let mark = printer.process().mark();
        ip(radios.end(1), "link set wlan0 down");
        printer.wait_for_after(mark, "lost");
        house.assert_has(&printer, 1, mark);
        assert_eq!(printer.interrupt().status, 0);
        assert_given_back(radios.end(1));
    });
}

#[test]
fn the_router_is_gone_for_a_while_in_the_middle() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let house = Home::start(&radios);
        house.hostapd.pin("any", PIN);
        let task = RadioTask::Pin("pin", PIN);
        let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
        stop_at(house.hostapd.process(), &printer, "M4");
        std::thread::sleep(ABSENCE);
        house.hostapd.process().signal(Signal::CONT);
        house.assert_has(&printer, 1, 0);
        assert_eq!(printer.credentials(), [home()]);
        assert_eq!(printer.interrupt().status, 0);
    });
}

#[test]
fn the_router_loses_its_power_in_the_middle() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let mut house = Home::start(&radios);
        let mut printer = Keyway::printer_on_radio(radios.without_address(1), &RadioTask::OwnPin, &[]);
        let first = printer.wait_for("pin")["pin"].clone();
        house.hostapd.pin("any", first.as_str().expect("digits"));
        stop_at(house.hostapd.process(), &printer, "M4");
        house.cut_the_power();
        printer.wait_for_cause("failed", "link-lost");
        // Half of the PIN was told: it is not used again.
        let another = |event: &Value| event["event"] == "pin" && event["pin"] != first;
        let second = printer.wait_until(0, "another PIN", another);
        house.switch_on(&HostapdConfig::on_channel(6, home()));
        house.hostapd.pin("any", second["pin"].as_str().expect("digits"));
        house.assert_has(&printer, 1, 0);
        assert_eq!(printer.interrupt().status, 0);
    });
}

#[test]
fn the_router_loses_its_power_when_it_has_handed_out_its_settings() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let mut house = Home::start(&radios);
        house.hostapd.pin("any", PIN);
        let task = RadioTask::Pin("pin", PIN);
        let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &[]);
        stop_at(house.hostapd.process(), &printer, "M8");
        house.cut_the_power();
        // It says so, and does not give up settings that are a moment old.
        printer.wait_for("join-failed");
        house.switch_on(&HostapdConfig::on_channel(6, home()));
        house.assert_has(&printer, 1, 0);
        assert_eq!(printer.credentials(), [home()]);
        assert_eq!(printer.interrupt().status, 0);
    });
}
