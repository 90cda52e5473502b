//! Links, addresses and routes of the kernel.

mod isolated;

use std::net::Ipv4Addr;
use std::process::Command;
use std::time::Duration;

use isolated::{again, cable, isolated_test, sh, text};
use keyway_linux::Interface;
use keyway_linux::ip::{
    IpError, LinkMode, Links, NewAddress, OperState, PROTOCOL, Removed, Route, SetAddress, clean_up,
};

const OWN: Ipv4Addr = Ipv4Addr::new(192, 168, 7, 23);

/// A cable, the index of its left end, and a socket.
fn left() -> (u32, Links) {
    cable();
    let index = Interface::by_name("left").unwrap().expect("it was just made").index;
    (index, Links::open().unwrap())
}

fn address(index: u32, protocol: u8) -> NewAddress {
    NewAddress { index, address: OWN, prefix: 24, lifetime: Some(Duration::from_secs(600)), protocol }
}

fn default_route(index: u32, protocol: u8) -> Route {
    Route {
        index,
        destination: Ipv4Addr::UNSPECIFIED,
        prefix: 0,
        gateway: Some(Ipv4Addr::new(192, 168, 7, 1)),
        source: Some(OWN),
        metric: 700,
        protocol,
        scope: 0,
    }
}

isolated_test!(an_address_comes_is_renewed_and_goes, {
    let (index, mut links) = left();
    let new = address(index, PROTOCOL);
    assert!(links.add_address(&new).unwrap());
    assert!(!links.add_address(&new).unwrap(), "it is there already");
    let found = links.addresses(Some(index)).unwrap();
    let [SetAddress { address: OWN, prefix: 24, protocol: PROTOCOL, lifetime: Some(left), .. }] = found[..]
    else {
        panic!("{found:?}")
    };
    assert!((590..=600).contains(&left.as_secs()), "{left:?}");
    links.renew_address(&NewAddress { lifetime: Some(Duration::from_secs(9000)), ..new }).unwrap();
    let left = links.addresses(Some(index)).unwrap()[0].lifetime.expect("a lifetime");
    assert!((8990..=9000).contains(&left.as_secs()), "{left:?}");
    links.renew_address(&NewAddress { lifetime: None, ..new }).unwrap();
    assert_eq!(links.addresses(None).unwrap().iter().find(|at| at.address == OWN).unwrap().lifetime, None);
    for _ in 0..2 {
        links.remove_address(index, OWN, 24).unwrap();
        assert_eq!(links.addresses(Some(index)).unwrap(), []);
    }
});

isolated_test!(a_route_comes_and_goes_and_ends_with_its_address, {
    let (index, mut links) = left();
    assert!(links.add_address(&address(index, PROTOCOL)).unwrap());
    let route = default_route(index, PROTOCOL);
    let defaults = |links: &mut Links| {
        let all = links.routes().unwrap().into_iter();
        all.filter(|route| route.prefix == 0).collect::<Vec<_>>()
    };
    assert!(links.add_route(&route, false).unwrap());
    assert!(!links.add_route(&route, false).unwrap(), "it is there already");
    assert_eq!(defaults(&mut links), [route]);
    // Another way out with the same metric keeps its place.
    sh("ip route add default via 192.168.7.2 metric 800");
    links.add_route(&Route { metric: 800, ..route }, false).unwrap();
    assert_eq!(defaults(&mut links)[1].gateway, Some(Ipv4Addr::new(192, 168, 7, 2)));
    for _ in 0..2 {
        links.remove_route(&route).unwrap();
    }
    assert_eq!(defaults(&mut links).len(), 2);
    links.remove_address(index, OWN, 24).unwrap();
    assert_eq!(defaults(&mut links), []);
    // A gateway outside of every network of the link needs to be said to be there.
    links.add_address(&NewAddress { prefix: 32, ..address(index, PROTOCOL) }).unwrap();
    assert!(matches!(links.add_route(&route, false), Err(IpError::Refused { .. })));
    assert!(links.add_route(&route, true).unwrap());
});

isolated_test!(a_namespace_that_never_had_a_route_has_none, {
    assert_eq!(Links::open().unwrap().routes().unwrap(), []);
});

isolated_test!(only_what_is_ours_is_cleaned_up, {
    let (index, mut links) = left();
    sh("ip address add 10.9.8.7/24 dev left");
    sh("ip route add 10.1.0.0/16 via 10.9.8.1");
    links.add_address(&address(index, PROTOCOL)).unwrap();
    links.add_route(&default_route(index, PROTOCOL), false).unwrap();
    let others = |links: &mut Links| (links.addresses(None).unwrap().len(), links.routes().unwrap().len());
    let before = others(&mut links);
    assert_eq!(clean_up("right").unwrap(), Removed::default());
    assert_eq!(clean_up("left").unwrap(), Removed { addresses: 1, routes: 1 });
    assert_eq!(clean_up("left").unwrap(), Removed::default());
    assert_eq!(clean_up("nowhere").unwrap(), Removed::default());
    // The address took the route to its own network along.
    assert_eq!(others(&mut links), (before.0 - 1, before.1 - 2));
});

isolated_test!(a_link_goes_down_and_up_and_is_dormant_until_it_is_said_to_be_up, {
    let (index, mut links) = left();
    let state = |links: &mut Links| {
        let (interface, state) = links.find("left").unwrap().expect("it is there");
        assert_eq!(interface.index, index);
        (interface.is_up(), state.state)
    };
    assert_eq!(state(&mut links), (true, OperState::UP));
    links.set_up(index, false).unwrap();
    assert_eq!(state(&mut links), (false, OperState::DOWN));
    links.set_mode(index, LinkMode::DORMANT, OperState::DORMANT).unwrap();
    links.set_up(index, true).unwrap();
    // The kernel looks at the carrier a moment later.
    while state(&mut links).1 == OperState::DOWN {
        std::thread::yield_now();
    }
    assert_eq!(state(&mut links), (true, OperState::DORMANT));
    links.set_mode(index, LinkMode::DORMANT, OperState::UP).unwrap();
    assert_eq!(state(&mut links), (true, OperState::UP));
    links.set_mode(index, LinkMode::DEFAULT, OperState::UP).unwrap();
    assert_eq!(links.find("left").unwrap().expect("it is there").1.mode, LinkMode::DEFAULT);
    assert!(links.find("nowhere").unwrap().is_none());
});

isolated_test!(a_link_that_is_gone_has_nothing_to_take_away, {
    let (index, mut links) = left();
    sh("ip link delete left");
    links.remove_address(index, OWN, 24).unwrap();
    links.remove_route(&default_route(index, PROTOCOL)).unwrap();
    assert_eq!(links.addresses(Some(index)).unwrap(), []);
    let error = links.add_address(&address(index, PROTOCOL)).unwrap_err().to_string();
    assert!(error.starts_with("cannot give the interface its address: No such device"), "{error}");
});

isolated_test!(without_the_capability_it_is_named, {
    if std::env::var_os("KEYWAY_TEST_UNPRIVILEGED").is_none() {
        cable();
        let mut command = Command::new("setpriv");
        command.args(["--inh-caps=-net_admin", "--bounding-set=-net_admin"]);
        command.env("KEYWAY_TEST_UNPRIVILEGED", "1");
        let output = again(command, "without_the_capability_it_is_named");
        assert!(output.status.success(), "{}", text(&output));
        return;
    }
    let index = Interface::by_name("left").unwrap().expect("it was made before").index;
    let error = Links::open().unwrap().add_address(&address(index, PROTOCOL)).unwrap_err();
    assert!(matches!(error, IpError::NotPermitted { capability: "CAP_NET_ADMIN", .. }), "{error:?}");
    assert!(error.to_string().contains("CAP_NET_ADMIN"), "{error}");
});
