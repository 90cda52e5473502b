//! A router whose radio loses its network, because somebody switched it off for instance.

use crate::bench::{ROUTER, router_unit};
use keyway_devices::Random;
use keyway_devices::router::{CellConfig, CellNetwork, Gateway, RouterDevice, RouterUnit};
use keyway_eap::Timestamp;
use keyway_lan::GatewayEvent;
use keyway_wifi::Channel;
use keyway_wifi::driver::{AccessPointCommand, AccessPointEvent, AccessPointRadio};
use std::collections::VecDeque;
use std::time::Duration;

/// A radio that can be switched off.
#[derive(Default)]
struct Radio {
    is_off: bool,
    was_off: bool,
    events: VecDeque<AccessPointEvent>,
}

impl Radio {
    fn switch_off(&mut self) {
        (self.is_off, self.was_off) = (true, true);
        self.events.push_back(AccessPointEvent::Stopped);
    }
}

impl AccessPointRadio for Radio {
    fn handle_command(&mut self, command: AccessPointCommand, _: Timestamp) {
        match command {
            AccessPointCommand::Start { .. } if self.is_off => {
                self.events.push_back(AccessPointEvent::Stopped)
            }
            AccessPointCommand::Start { .. } if std::mem::take(&mut self.was_off) => {
                self.events.push_back(AccessPointEvent::Resumed);
            }
            _ => {}
        }
    }
    fn poll_event(&mut self) -> Option<AccessPointEvent> {
        self.events.pop_front()
    }
    fn send_ethernet(&mut self, _: &[u8], _: Timestamp) {}
    fn poll_ethernet(&mut self) -> Option<Vec<u8>> {
        None
    }
    fn handle_timeout(&mut self, _: Timestamp) {}
    fn poll_timeout(&self) -> Option<Timestamp> {
        None
    }
}

/// A host that writes down when its link comes and goes.
#[derive(Default)]
struct Host(Vec<bool>);

impl Gateway for Host {
    fn link_up(&mut self, _: Timestamp) {
        self.0.push(true);
    }
    fn link_down(&mut self, _: Timestamp) {
        self.0.push(false);
    }
    fn set_serving(&mut self, _: bool) {}
    fn handle_ethernet(&mut self, _: &[u8], _: Timestamp) {}
    fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        None
    }
    fn poll_event(&mut self) -> Option<GatewayEvent> {
        None
    }
    fn handle_timeout(&mut self, _: Timestamp) {}
    fn poll_timeout(&self) -> Option<Timestamp> {
        None
    }
}

struct Bench {
    router: RouterDevice<Radio, Host>,
    now: Timestamp,
    random: Random,
}

impl Bench {
    fn new(channels: &[u8]) -> Bench {
        let (now, mut random) = (Timestamp::ZERO, Random::seeded(7));
        let channel = |number: &u8| Channel::new(*number).unwrap();
        let unit = RouterUnit::new(
            router_unit(channel(&channels[0])),
            &[],
            Vec::new(),
            Vec::new(),
            now,
            &mut random,
        );
        let cell = |number| CellConfig {
            radio: Radio::default(),
            bssid: ROUTER,
            channel: channel(number),
            network: CellNetwork::Home,
        };
        let router = RouterDevice::new(unit, channels.iter().map(cell).collect(), Host::default());
        let mut bench = Bench { router, now, random };
        bench.pass(0);
        assert_eq!(bench.links(), [true]);
        bench
    }

    fn pass(&mut self, seconds: u64) {
        let end = self.now + Duration::from_secs(seconds);
        self.router.run(self.now, 0, &mut self.random);
        while let Some(at) = self.router.poll_timeout().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.router.handle_timeout(self.now, 0, &mut self.random);
            self.router.run(self.now, 0, &mut self.random);
        }
        self.now = end;
    }

    /// What the host heard of its link since the last call.
    fn links(&mut self) -> Vec<bool> {
        std::mem::take(&mut self.router.gateway_mut().0)
    }

    fn radio(&mut self, at: usize) -> &mut Radio {
        self.router.cells_mut()[at].radio_mut()
    }
}

#[test]
fn the_network_comes_back_with_the_radio() {
    let mut bench = Bench::new(&[6]);
    bench.radio(0).switch_off();
    bench.pass(60);
    assert_eq!(bench.links(), [false], "it is told once, however often it is tried again");
    assert!(!bench.router.cells()[0].is_on());
    bench.radio(0).is_off = false;
    bench.pass(5);
    assert_eq!(bench.links(), [true]);
    assert!(bench.router.cells()[0].is_on());
    bench.radio(0).switch_off();
    bench.pass(1);
    assert_eq!(bench.links(), [false]);
}

#[test]
fn the_host_has_a_link_while_one_radio_has_the_network() {
    let mut bench = Bench::new(&[6, 11]);
    bench.radio(1).switch_off();
    bench.pass(60);
    assert!(bench.links().iter().all(|up| *up), "the other radio has it");
    bench.radio(0).switch_off();
    bench.pass(60);
    assert_eq!(bench.links().last(), Some(&false));
    bench.radio(1).is_off = false;
    bench.pass(5);
    assert_eq!(bench.links(), [true]);
}
