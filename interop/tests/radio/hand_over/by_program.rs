//! `keyway printer` where a manager runs: it registers, hands the network over, and ends.

use std::net::IpAddr;

use keyway_interop::keyway::{Keyway, RadioTask};
use keyway_interop::network::Network;
use keyway_manager::Manager;

use super::*;
use crate::support::PIN;

#[test]
fn wpa_supplicant_has_what_the_printer_learnt() {
    machine::scenario(|| {
        let home = Home::new();
        let mut supplicant = MachineSupplicant::start(home.station(), true);
        home.assert_set_up(Manager::WpaSupplicant, || supplicant.restart());
    });
}

#[test]
fn iwd_has_what_the_printer_learnt() {
    machine::scenario(|| {
        let home = Home::new();
        let bus = SystemBus::start();
        let mut iwd = Iwd::start(home.station(), &bus);
        home.assert_set_up(Manager::Iwd, || iwd.restart());
    });
}

#[test]
fn network_manager_has_what_the_printer_learnt() {
    machine::scenario(|| {
        let home = Home::new();
        let _addresses = AddressServer::start(home.radios.end(0));
        let bus = SystemBus::start();
        let mut manager = NetworkManager::start(home.station(), &bus);
        home.assert_set_up(Manager::NetworkManager, || manager.restart());
    });
}

#[test]
fn iwd_lends_its_interface_to_a_router() {
    machine::scenario(|| {
        let home = Home::new();
        let bus = SystemBus::start();
        let _iwd = Iwd::start(home.station(), &bus);
        home.hand_over(Manager::Iwd, &passphrase(), PATIENCE).0.expect("it joins");
        let mark = home.hostapd.process().mark();
        // iwd sees the interface become an access point, and is asked then whether it still leaves it alone.
        let network = Network::wpa2("Lent", PASSPHRASE);
        let mut router = Keyway::router_on_radio(home.station(), &network, &[]);
        home.hostapd.process().wait_for_after(mark, "AP-STA-DISCONNECTED");
        let mark = home.hostapd.process().mark();
        assert_eq!(router.interrupt().status, 0);
        home.assert_back(mark, None);
    });
}

#[test]
fn that_network_manager_had_the_interface_is_known_after_all_was_killed() {
    machine::scenario(|| {
        let home = Home::new();
        let _addresses = AddressServer::start(home.radios.end(0));
        let bus = SystemBus::start();
        let _manager = NetworkManager::start(home.station(), &bus);
        home.assert_found_again(Manager::NetworkManager);
    });
}

#[test]
fn that_wpa_supplicant_had_the_interface_is_known_after_all_was_killed() {
    machine::scenario(|| {
        let home = Home::new();
        let _supplicant = MachineSupplicant::start(home.station(), true);
        home.assert_found_again(Manager::WpaSupplicant);
    });
}

impl Home {
    /// A printer is set up by PIN, and nothing is said of who joins: the manager does, and does so again after its own
    /// restart, and after a `keyway printer` that was killed while it had the interface.
    fn assert_set_up(&self, manager: Manager, restart: impl FnOnce()) {
        self.hostapd.pin("any", PIN);
        let mark = self.hostapd.process().mark();
        let task = RadioTask::Pin("pin", PIN);
        let mut printer = Keyway::printer_on_radio(self.station(), &task, &[]);
        let started = printer.wait_for("started");
        assert_eq!(started["join"], manager.name().to_lowercase());
        let finish = printer.finish();
        assert_eq!(finish.status, 0, "{:#?}", finish.events);
        let handed_over = finish.events.iter().position(|event| event["event"] == "handed-over");
        let handed_over = handed_over.expect("it says so");
        let joined = finish.events.iter().skip(handed_over).find(|event| event["event"] == "joined-by");
        let joined = joined.expect("it waits for that");
        assert_eq!((&joined["to"], &joined["kept"]), (&manager.name().into(), &true.into()));
        let address: Option<IpAddr> = joined["ip"].as_str().map(|text| text.parse().expect("an address"));
        self.assert_back(mark, address);
        let mark = self.hostapd.process().mark();
        restart();
        self.assert_back(mark, address);

        let mark = self.hostapd.process().mark();
        let mut printer = Keyway::printer_on_radio(self.station(), &RadioTask::OwnPin, &[]);
        printer.wait_for("pin");
        self.hostapd.process().wait_for_after(mark, "AP-STA-DISCONNECTED");
        let mark = self.hostapd.process().mark();
        printer.kill();
        self.assert_back(mark, address);
    }

    /// Nobody was left to give the interface back: the next run does, and so knows whose it is.
    fn assert_found_again(&self, manager: Manager) {
        self.hostapd.pin("any", PIN);
        let joined = self.hand_over(manager, &passphrase(), PATIENCE).0;
        let address = joined.unwrap_or_else(|error| panic!("{manager}: {error}")).address;
        let mut printer = Keyway::printer_on_radio(self.station(), &RadioTask::OwnPin, &[]);
        printer.wait_for("pin");
        printer.kill_with_all_helpers();
        let mark = self.hostapd.process().mark();
        let mut next = printer.next_printer_on_radio(self.station(), &RadioTask::Pin("pin", PIN));
        assert_eq!(next.wait_for("started")["join"], manager.name().to_lowercase());
        assert_eq!(next.finish().status, 0);
        self.assert_back(mark, address);
    }
}
