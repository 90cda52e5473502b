//! News of an interface.

mod isolated;

use isolated::{Waiter, cable, isolated_test, sh};
use keyway_linux::{Interface, LinkChange, LinkMonitor};
use keyway_wsc::MacAddr;
use rustix::fd::AsFd;

/// A cable, and who listens for changes of its left end.
fn monitored() -> (Interface, LinkMonitor) {
    cable();
    let left = Interface::by_name("left").unwrap().expect("it was just made");
    let monitor = LinkMonitor::open(left.index).unwrap();
    (left, monitor)
}

/// Waits for news until `wanted` says that it is this.
#[track_caller]
fn expect(monitor: &mut LinkMonitor, wanted: impl Fn(&LinkChange) -> bool) {
    let mut waiter = Waiter::new();
    loop {
        waiter.wait(monitor.as_fd());
        if monitor.receive().unwrap().is_some_and(|change| wanted(&change)) {
            return;
        }
    }
}

fn is_state(change: &LinkChange, test: impl Fn(&Interface) -> bool) -> bool {
    matches!(change, LinkChange::State(interface) if test(interface))
}

isolated_test!(a_lost_and_a_found_carrier_are_told, {
    let (left, mut monitor) = monitored();
    assert!(left.has_carrier() && left.is_up() && left.is_ethernet());
    sh("ip link set right down");
    expect(&mut monitor, |change| is_state(change, |link| link.is_up() && !link.has_carrier()));
    sh("ip link set right up");
    expect(&mut monitor, |change| is_state(change, Interface::has_carrier));
});

isolated_test!(a_removal_after_going_down_is_told, {
    let (_, mut monitor) = monitored();
    sh("ip link set left down");
    expect(&mut monitor, |change| is_state(change, |link| !link.is_up()));
    sh("ip link delete left");
    expect(&mut monitor, |change| *change == LinkChange::Vanished);
});

isolated_test!(a_new_address_mtu_and_name_are_told, {
    let (_, mut monitor) = monitored();
    sh("ip link set left address 02:00:00:00:00:0a");
    sh("ip link set left mtu 1400");
    sh("ip link set left name eth7");
    let expected = ("eth7", 1400, Some(MacAddr([2, 0, 0, 0, 0, 10])));
    expect(&mut monitor, |change| {
        is_state(change, |link| (link.name.as_str(), link.mtu, link.address) == expected)
    });
});

isolated_test!(other_interfaces_are_no_news, {
    let (_, mut monitor) = monitored();
    sh("ip link add other1 type veth peer name other2");
    let mut waiter = Waiter::new();
    waiter.wait(monitor.as_fd());
    while waiter.is_ready_now(monitor.as_fd()) {
        assert_eq!(monitor.receive().unwrap(), None);
    }
    assert_eq!(monitor.receive().unwrap(), None);
});

isolated_test!(after_lost_messages_the_present_state_is_told, {
    let (_, mut monitor) = monitored();
    // More changes than the kernel keeps for a listener that does not listen.
    let changes: String = (0..400).map(|round| format!("link set left mtu {}\n", 1400 + round % 2)).collect();
    std::fs::create_dir_all("/tmp").unwrap();
    sh("mount -t tmpfs tmpfs /tmp");
    std::fs::write("/tmp/changes", changes + "link set left mtu 1300\n").unwrap();
    sh("ip -batch /tmp/changes");
    expect(&mut monitor, |change| is_state(change, |link| link.mtu == 1300));
});

isolated_test!(leaving_a_bridge_is_no_removal, {
    let (_, mut monitor) = monitored();
    sh("ip link add bridge type bridge");
    sh("ip link set left master bridge");
    expect(&mut monitor, |change| is_state(change, |link| link.master.is_some()));
    // The bridge tells of the port's removal, from itself, in a message that differs only in its family.
    sh("ip link set left nomaster");
    expect(&mut monitor, |change| {
        assert_ne!(*change, LinkChange::Vanished);
        is_state(change, |link| link.master.is_none())
    });
    sh("ip link set left mtu 1400");
    expect(&mut monitor, |change| {
        assert_ne!(*change, LinkChange::Vanished);
        is_state(change, |link| link.mtu == 1400)
    });
});
