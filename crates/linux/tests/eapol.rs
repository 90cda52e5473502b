//! EAPOL frames over a virtual cable.

mod isolated;

use std::process::Command;

use isolated::{Waiter, again, cable, isolated_test, settle, sh, text};
use keyway_linux::{EapolSocket, LinkError, OpenError, PAE_GROUP_ADDRESS, Received, SendError, Skip};
use keyway_wsc::MacAddr;
use rustix::fd::AsFd;

const START: &[u8] = &[1, 1, 0, 0];

/// Both ends of a cable, opened.
fn ends() -> (EapolSocket, EapolSocket) {
    cable();
    (EapolSocket::open("left").expect("a opens"), EapolSocket::open("right").expect("b opens"))
}

isolated_test!(a_frame_to_the_group_arrives, {
    let (a, mut b) = ends();
    let mut buffer = vec![0; b.buffer_length()];
    a.send(PAE_GROUP_ADDRESS, START).unwrap();
    let frame = Waiter::new().frame(&mut b, &mut buffer);
    assert_eq!((frame.destination, frame.source, frame.payload), (PAE_GROUP_ADDRESS, a.address(), START));
    assert!(frame.is_to_group());
    assert_eq!(b.receive(&mut buffer).unwrap(), Received::Nothing);
});

isolated_test!(the_interface_was_told_of_the_group, {
    // A veth accepts every frame; real hardware filters, so look at the kernel's list for it.
    cable();
    let listed = || text(&Command::new("ip").args(["maddress", "show", "dev", "left"]).output().unwrap());
    assert!(!listed().contains("01:80:c2:00:00:03"));
    let socket = EapolSocket::open("left").unwrap();
    assert!(listed().contains("01:80:c2:00:00:03"), "{}", listed());
    sh("ip link set left down");
    sh("ip link set left up");
    assert!(listed().contains("01:80:c2:00:00:03"), "down and up lost it: {}", listed());
    drop(socket);
    assert!(!listed().contains("01:80:c2:00:00:03"), "closing left it: {}", listed());
});

isolated_test!(a_frame_to_one_station_arrives_there_alone, {
    let (mut a, mut b) = ends();
    let mut buffer = vec![0; b.buffer_length()];
    let mut waiter = Waiter::new();
    a.send(b.address(), START).unwrap();
    let frame = waiter.frame(&mut b, &mut buffer);
    assert_eq!((frame.destination, frame.source, frame.payload), (b.address(), a.address(), START));
    // And the answer.
    b.send(a.address(), &[2, 0, 0, 1, 7]).unwrap();
    assert_eq!(waiter.frame(&mut a, &mut buffer).payload, [2, 0, 0, 1, 7]);
});

isolated_test!(own_frames_do_not_come_back, {
    let (mut a, mut b) = ends();
    let mut second = EapolSocket::open("left").unwrap();
    let mut buffer = vec![0; a.buffer_length()];
    let mut waiter = Waiter::new();
    a.send(PAE_GROUP_ADDRESS, START).unwrap();
    a.send(b.address(), START).unwrap();
    waiter.frame(&mut b, &mut buffer);
    waiter.frame(&mut b, &mut buffer);
    // It has been through the cable, so it would be here by now, on this socket and on another of the interface.
    for socket in [&mut a, &mut second] {
        assert!(!waiter.is_ready_now(socket.as_fd()));
        assert_eq!(socket.receive(&mut buffer).unwrap(), Received::Nothing);
    }
});

isolated_test!(a_frame_with_our_own_address_is_not_answered, {
    cable();
    sh("ip link set left address 02:00:00:00:00:0a");
    sh("ip link set right address 02:00:00:00:00:0a");
    let (a, mut b) = (EapolSocket::open("left").unwrap(), EapolSocket::open("right").unwrap());
    a.send(PAE_GROUP_ADDRESS, START).unwrap();
    Waiter::new().wait(b.as_fd());
    assert_eq!(b.receive(&mut [0; 100]).unwrap(), Received::Skipped(Skip::OwnAddress));
});

isolated_test!(frames_for_others_are_skipped_even_when_a_capture_runs, {
    cable();
    sh("ip link set right promisc on");
    let (a, mut b) = (EapolSocket::open("left").unwrap(), EapolSocket::open("right").unwrap());
    a.send(MacAddr([2, 9, 9, 9, 9, 9]), START).unwrap();
    Waiter::new().wait(b.as_fd());
    assert_eq!(b.receive(&mut [0; 100]).unwrap(), Received::Skipped(Skip::OtherStation));
});

isolated_test!(other_ethertypes_and_other_interfaces_are_not_heard, {
    let (a, mut b) = ends();
    sh("ip link add other1 type veth peer name other2");
    sh("ip link set other1 up");
    sh("ip link set other2 up");
    settle("other1");
    let c = EapolSocket::open("other1").unwrap();
    c.send(PAE_GROUP_ADDRESS, &[9, 9, 9, 9]).unwrap();
    // An address makes the kernel send ARP requests, of another ethertype.
    sh("ip address add 192.0.2.1/24 dev left");
    sh("ip neighbour flush dev left");
    let _ = std::net::UdpSocket::bind("192.0.2.1:0").unwrap().send_to(b"x", "192.0.2.2:9");
    a.send(PAE_GROUP_ADDRESS, START).unwrap();
    let mut buffer = vec![0; b.buffer_length()];
    assert_eq!(Waiter::new().frame(&mut b, &mut buffer).payload, START);
    assert_eq!(b.receive(&mut buffer).unwrap(), Received::Nothing);
});

isolated_test!(the_largest_frame_passes_and_a_larger_one_is_refused, {
    let (a, mut b) = ends();
    let mut buffer = vec![0; b.buffer_length()];
    let largest: Vec<u8> = (0..1500u32).map(|octet| octet as u8).collect();
    a.send(PAE_GROUP_ADDRESS, &largest).unwrap();
    assert_eq!(Waiter::new().frame(&mut b, &mut buffer).payload, largest);
    match a.send(PAE_GROUP_ADDRESS, &vec![0; 1501]) {
        Err(SendError::TooLong { length: 1501, mtu: 1500 }) => {}
        other => panic!("{other:?}"),
    }
});

isolated_test!(a_jumbo_frame_passes, {
    cable();
    sh("ip link set left mtu 9000");
    sh("ip link set right mtu 9000");
    let (a, mut b) = (EapolSocket::open("left").unwrap(), EapolSocket::open("right").unwrap());
    let mut buffer = vec![0; b.buffer_length()];
    let largest = vec![7; 9000];
    a.send(b.address(), &largest).unwrap();
    assert_eq!(Waiter::new().frame(&mut b, &mut buffer).payload, largest);
});

isolated_test!(a_frame_longer_than_the_buffer_is_told_and_the_next_one_is_whole, {
    let (a, mut b) = ends();
    let mut waiter = Waiter::new();
    a.send(PAE_GROUP_ADDRESS, &[7; 100]).unwrap();
    a.send(PAE_GROUP_ADDRESS, START).unwrap();
    waiter.wait(b.as_fd());
    let mut short = [0; 60];
    assert_eq!(b.receive(&mut short).unwrap(), Received::Skipped(Skip::Oversized { length: 114 }));
    assert_eq!(waiter.frame(&mut b, &mut short).payload, START);
});

isolated_test!(runts_are_skipped, {
    let (a, mut b) = ends();
    let mut waiter = Waiter::new();
    let mut buffer = [0; 100];
    for length in 0..4 {
        a.send(PAE_GROUP_ADDRESS, &START[..length]).unwrap();
        waiter.wait(b.as_fd());
        assert_eq!(b.receive(&mut buffer).unwrap(), Received::Skipped(Skip::Runt { length: 14 + length }));
    }
});

isolated_test!(a_wrong_name_is_answered_with_the_right_ones, {
    cable();
    sh("ip tuntap add tunnel mode tun");
    let error = EapolSocket::open("eth9").unwrap_err();
    let OpenError::NoSuchInterface { name, mut usable } = error else { panic!("{error}") };
    usable.sort();
    assert_eq!((name.as_str(), usable), ("eth9", vec!["left".to_owned(), "right".to_owned()]));
    for name in ["", "../a", "a b", "lef", "a-name-of-more-than-fifteen"] {
        let error = EapolSocket::open(name).unwrap_err();
        assert!(matches!(error, OpenError::NoSuchInterface { .. }), "{name:?}: {error}");
    }
});

isolated_test!(what_is_no_ethernet_is_refused, {
    sh("ip link set lo up");
    sh("ip tuntap add tunnel mode tun");
    for (name, kind) in [("lo", "the loopback"), ("tunnel", "a link without Ethernet headers")] {
        let error = EapolSocket::open(name).unwrap_err();
        assert!(matches!(error, OpenError::NotEthernet { .. }));
        assert!(error.to_string().ends_with(kind), "{error}");
    }
});

isolated_test!(an_interface_opens_by_its_alternative_name, {
    cable();
    sh("ip link property add dev left altname a-name-of-more-than-fifteen");
    assert_eq!(EapolSocket::open("a-name-of-more-than-fifteen").unwrap().interface().name, "left");
});

isolated_test!(an_interface_that_is_down_is_refused_with_the_remedy, {
    cable();
    sh("ip link set left down");
    let error = EapolSocket::open("left").unwrap_err();
    assert!(matches!(error, OpenError::Down { .. }));
    let remedy = error.to_string().split_once("with: ").expect("a remedy").1.to_owned();
    sh(&remedy);
    EapolSocket::open("left").expect("what the error recommends helps");
});

isolated_test!(an_interface_without_carrier_opens, {
    cable();
    sh("ip link set right down");
    let socket = EapolSocket::open("left").unwrap();
    assert!(socket.interface().is_up() && !socket.interface().has_carrier());
});

isolated_test!(going_down_is_told_once_and_coming_up_revives, {
    let (a, mut b) = ends();
    let mut waiter = Waiter::new();
    let mut buffer = vec![0; b.buffer_length()];
    sh("ip link set right down");
    waiter.wait(b.as_fd());
    match b.receive(&mut buffer) {
        Err(LinkError::Down { name }) => assert_eq!(name, "right"),
        other => panic!("{other:?}"),
    }
    // No spin: the descriptor is quiet again.
    assert!(!waiter.is_ready_now(b.as_fd()));
    assert_eq!(b.receive(&mut buffer).unwrap(), Received::Nothing);
    assert!(matches!(b.send(PAE_GROUP_ADDRESS, START), Err(SendError::Link(LinkError::Down { .. }))));

    sh("ip link set right up");
    settle("left");
    a.send(PAE_GROUP_ADDRESS, START).unwrap();
    assert_eq!(waiter.frame(&mut b, &mut buffer).payload, START);
    b.send(a.address(), START).unwrap();
});

isolated_test!(a_removed_interface_is_told_once, {
    let (_a, mut b) = ends();
    let mut waiter = Waiter::new();
    sh("ip link delete right");
    waiter.wait(b.as_fd());
    match b.receive(&mut [0; 100]) {
        Err(error @ LinkError::Vanished { .. }) => {
            assert_eq!(error.to_string(), "the interface right is gone: it was removed or moved away");
        }
        other => panic!("{other:?}"),
    }
    assert!(!waiter.is_ready_now(b.as_fd()));
    assert_eq!(b.receive(&mut [0; 100]).unwrap(), Received::Nothing);
    assert!(matches!(b.send(PAE_GROUP_ADDRESS, START), Err(SendError::Link(LinkError::Vanished { .. }))));
    assert!(matches!(b.refresh(), Err(LinkError::Vanished { .. })));
});

isolated_test!(a_removed_interface_of_the_same_name_is_another_one, {
    let (_a, mut b) = ends();
    let mut waiter = Waiter::new();
    sh("ip link delete right");
    cable();
    waiter.wait(b.as_fd());
    assert!(matches!(b.receive(&mut [0; 100]), Err(LinkError::Vanished { .. })));
    EapolSocket::open("right").expect("the new one opens");
});

isolated_test!(an_interface_moved_to_another_namespace_is_gone, {
    let (_a, mut b) = ends();
    let mut holder = Command::new("unshare").args(["--net", "sleep", "60"]).spawn().unwrap();
    let moved = format!("ip link set right netns {}", holder.id());
    // `unshare` needs a moment for its namespace; until then the move goes to this one and fails or does nothing.
    let own = std::fs::read_link("/proc/self/ns/net").unwrap();
    let theirs = format!("/proc/{}/ns/net", holder.id());
    while std::fs::read_link(&theirs).unwrap() == own {
        std::thread::yield_now();
    }
    sh(&moved);
    Waiter::new().wait(b.as_fd());
    let mut buffer = [0; 100];
    let found = b.receive(&mut buffer);
    holder.kill().unwrap();
    holder.wait().unwrap();
    assert!(matches!(found, Err(LinkError::Vanished { .. })));
});

isolated_test!(a_new_hardware_address_is_taken_up, {
    let (mut a, mut b) = ends();
    let mut waiter = Waiter::new();
    let mut buffer = vec![0; b.buffer_length()];
    sh("ip link set right address 02:00:00:00:00:0b");
    sh("ip link set right name right2");
    let interface = b.refresh().unwrap();
    assert_eq!((interface.name.as_str(), interface.address), ("right2", Some(MacAddr([2, 0, 0, 0, 0, 11]))));
    a.send(MacAddr([2, 0, 0, 0, 0, 11]), START).unwrap();
    assert!(!waiter.frame(&mut b, &mut buffer).is_to_group());
    b.send(PAE_GROUP_ADDRESS, START).unwrap();
    assert_eq!(waiter.frame(&mut a, &mut buffer).source, MacAddr([2, 0, 0, 0, 0, 11]));
});

isolated_test!(a_port_of_a_bridge_says_so_and_hears_the_group, {
    cable();
    sh("ip link add bridge type bridge");
    sh("ip link set right master bridge");
    sh("ip link set bridge up");
    settle("bridge");
    let (a, mut b) = (EapolSocket::open("left").unwrap(), EapolSocket::open("right").unwrap());
    let mut bridge = EapolSocket::open("bridge").unwrap();
    assert_eq!(b.interface().master, Some(bridge.interface().index));
    let mut waiter = Waiter::new();
    let mut buffer = vec![0; b.buffer_length()];
    a.send(PAE_GROUP_ADDRESS, START).unwrap();
    assert!(waiter.frame(&mut b, &mut buffer).is_to_group());
    a.send(b.address(), START).unwrap();
    // It comes to the bridge, where it is for another station unless the bridge has the port's address.
    waiter.wait(bridge.as_fd());
    bridge.receive(&mut buffer).unwrap();
    assert_eq!(b.receive(&mut buffer).unwrap(), Received::Nothing);
});

#[test]
fn without_the_capability_the_error_names_it() {
    const WITHOUT: &str = "KEYWAY_TEST_WITHOUT_NET_RAW";
    let name = "without_the_capability_the_error_names_it";
    isolated::run(&format!("eapol::{name}"), || {
        if std::env::var_os(WITHOUT).is_none() {
            cable();
            let mut command = Command::new("setpriv");
            command.args(["--bounding-set=-net_raw", "--inh-caps=-net_raw"]).env(WITHOUT, "1");
            let output = again(command, name);
            assert!(output.status.success() && text(&output).contains("1 passed"), "{}", text(&output));
            return;
        }
        let error = EapolSocket::open("left").unwrap_err();
        assert!(matches!(error, OpenError::NotPermitted { .. }), "{error:?}");
        let words = error.to_string();
        for part in ["CAP_NET_RAW", "sudo", "setcap cap_net_raw+ep /"] {
            assert!(words.contains(part), "{words}");
        }
        // Asking about interfaces needs no capability, so the other errors come first.
        assert!(matches!(EapolSocket::open("none"), Err(OpenError::NoSuchInterface { .. })));
    });
}
