//! Printer and router on the kernel's IP stack, at the two ends of a cable.

mod ip_world;
mod isolated;

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

use ip_world::{Hosts, Side, World, gateway, printer};
use isolated::{isolated_test, sh};
use keyway_lan::printer::Page;
use keyway_lan::{GatewayEvent, PrinterEvent};
use keyway_linux::ip::{IpError, Links, OTHER_PORT, PROTOCOL, Removed, clean_up};
use keyway_linux::{Interface, LinkError, OpenError};

/// The name of its IPP service.
const SERVICE: [&str; 4] = ["Keyway P3 (BLUE-42)", "_ipp", "_tcp", "local"];

const ROUTER: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 1);

fn is_announced(event: &PrinterEvent) -> bool {
    matches!(event, PrinterEvent::Announced { .. })
}

/// A printer that a router gave an address, announced; with that address.
fn online(world: &World) -> (Hosts<'_>, Ipv4Addr) {
    let mut hosts = Hosts::new(world);
    hosts.gateway = Some(world.peer(|| gateway("right")));
    hosts.on_gateway(|gateway, now| gateway.link_up(now));
    hosts.printer = Some(printer("left", hosts.now()));
    hosts.on_printer(|printer, now| printer.link_up(now));
    hosts.wait_for(is_announced);
    let address = hosts.printer().address().expect("it is announced").address;
    (hosts, address)
}

/// What is on the left end: addresses, and default routes.
fn on_left() -> (Vec<(Ipv4Addr, u8)>, Vec<Option<Ipv4Addr>>) {
    let mut links = Links::open().unwrap();
    let index = Interface::by_name("left").unwrap().expect("it is there").index;
    let addresses = links.addresses(Some(index)).unwrap();
    let routes =
        links.routes().unwrap().into_iter().filter(|route| route.index == index && route.prefix == 0);
    (
        addresses.iter().map(|address| (address.address, address.protocol)).collect(),
        routes.map(|route| route.gateway).collect(),
    )
}

isolated_test!(a_printer_comes_serves_and_leaves_nothing, {
    let world = World::new();
    let (mut hosts, address) = online(&world);
    let events = hosts.take_printer_events();
    let [PrinterEvent::AskingForAddress, PrinterEvent::Address(lent), PrinterEvent::Announced { .. }] =
        &events[..]
    else {
        panic!("{events:?}")
    };
    assert_eq!((lent.address, lent.prefix, lent.gateway, lent.server), (address, 24, Some(ROUTER), ROUTER));
    assert_eq!(on_left(), (vec![(address, PROTOCOL)], vec![Some(ROUTER)]));
    assert_eq!(hosts.printer().uri(), Some(format!("ipp://{address}:631/ipp/print")));
    let events = hosts.take_gateway_events();
    assert!(matches!(&events[..], [GatewayEvent::Leased(lease)] if lease.address == address), "{events:?}");
    assert_eq!(hosts.gateway().leases().len(), 1);

    let media_type = "text/html; charset=utf-8".to_owned();
    hosts.printer().set_page(Page { media_type, body: b"<p>Ready".to_vec() });
    let answer =
        hosts.http(Side::Peer, address, 631, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("<p>Ready"), "{answer}");
    // The machine itself reaches it too, and what is refused is still answered.
    let answer = hosts.http(Side::Own, address, 631, "NONSENSE\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");

    hosts.on_printer(|printer, now| printer.leave(now));
    assert_eq!(on_left(), (vec![], vec![]));
    hosts.wait(|hosts| hosts.has_gateway(|event| matches!(event, GatewayEvent::Released { .. })));
    hosts.on_printer(|printer, now| printer.link_down(now));
    assert_eq!(hosts.take_printer_events(), [PrinterEvent::LinkLost]);
    assert_eq!(hosts.problems, [""; 0]);
});

isolated_test!(dropping_takes_everything_away_and_a_kill_is_cleaned_up, {
    let world = World::new();
    let (mut hosts, _) = online(&world);
    drop(hosts.printer.take());
    assert_eq!(on_left(), (vec![], vec![]));
    let right = |world: &World| {
        world.peer(|| {
            let index = Interface::by_name("right").unwrap().expect("it is there").index;
            Links::open().unwrap().addresses(Some(index)).unwrap()
        })
    };
    let [own] = right(&world)[..] else { panic!("{:?}", right(&world)) };
    assert_eq!((own.address, own.prefix, own.protocol), (ROUTER, 24, PROTOCOL));
    assert!(own.lifetime.is_some_and(|left| left <= Duration::from_secs(3600)), "{own:?}");
    let gateway = hosts.gateway.take();
    world.peer(|| drop(gateway));
    assert_eq!(right(&world), []);
    drop(hosts);

    let (mut hosts, _) = online(&world);
    // Nobody says good-bye, as after kill -9; the descriptors stay open, which a kill does not leave.
    std::mem::forget(hosts.printer.take());
    assert_eq!(on_left().0.len(), 1);
    assert_eq!(clean_up("left").unwrap(), Removed { addresses: 1, routes: 1 });
    assert_eq!(on_left(), (vec![], vec![]));
});

isolated_test!(somebody_else_has_the_address, {
    let world = World::new();
    let (mut hosts, address) = online(&world);
    hosts.on_printer(|printer, now| printer.leave(now));
    hosts.on_printer(|printer, now| printer.link_down(now));
    world.peer(|| sh(&format!("ip address add {address}/32 dev right")));
    hosts.take_printer_events();
    hosts.on_printer(|printer, now| printer.link_up(now));
    hosts.wait_for(|event| matches!(event, PrinterEvent::AddressConflict { .. }));
    let other = world.peer(|| Interface::by_name("right").unwrap().and_then(|right| right.address));
    let conflict = PrinterEvent::AddressConflict { address, other: other.expect("an address") };
    assert!(hosts.take_printer_events().contains(&conflict));
    assert_eq!(on_left(), (vec![], vec![]));
    hosts.wait(|hosts| hosts.has_gateway(|event| matches!(event, GatewayEvent::Conflict { .. })));
    // After a rest it has another.
    hosts.wait_for(is_announced);
    assert_ne!(hosts.printer().address().expect("an address").address, address);
    assert_eq!(on_left().0.len(), 1);
});

isolated_test!(an_address_taken_while_it_is_used_is_given_up, {
    let world = World::new();
    let (mut hosts, address) = online(&world);
    hosts.take_printer_events();
    world.peer(|| {
        sh(&format!("ip address add {address}/32 dev right"));
        // To nobody in particular: that it has the address.
        sh(&format!("busybox arping -U -c 1 -I right -s {address} {address}"));
    });
    hosts.wait_for(|event| matches!(event, PrinterEvent::AddressConflict { .. }));
    assert_eq!(on_left(), (vec![], vec![]));
    assert_eq!(hosts.printer().uri(), None);
});

isolated_test!(a_lease_is_renewed_and_one_that_is_not_is_lost, {
    let world = World::new();
    let (mut hosts, address) = online(&world);
    hosts.take_printer_events();
    hosts.take_gateway_events();
    // Taken away behind its back: with the renewal it comes back.
    sh(&format!("ip address delete {address}/24 dev left"));
    hosts.skip(Duration::from_secs(43_300));
    hosts.wait(|hosts| hosts.has_gateway(|event| matches!(event, GatewayEvent::Leased(_))));
    hosts.wait(|_| on_left().0 == [(address, PROTOCOL)]);
    assert_eq!(hosts.take_printer_events(), []);

    hosts.gateway().set_serving(false);
    assert!(!hosts.gateway().is_serving());
    hosts.wait_for(|event| *event == PrinterEvent::AskingForAddress);
    assert_eq!(on_left(), (vec![], vec![]));
    assert_eq!(hosts.printer().address(), None);
    assert_eq!(hosts.printer().port(), None);
    hosts.wait_for(|event| *event == PrinterEvent::NoAddress);
    hosts.gateway().set_serving(true);
    hosts.wait_for(is_announced);
    assert_eq!(on_left().0, [(address, PROTOCOL)]);
});

isolated_test!(an_interface_that_goes_ends_in_an_error, {
    let world = World::new();
    let (mut hosts, _) = online(&world);
    hosts.take_printer_events();
    sh("ip link set left down");
    hosts.wait_for(|event| *event == PrinterEvent::LinkLost);
    assert_eq!(hosts.problems, ["the interface left went down; bring it up with: ip link set left up"]);
    assert_eq!(on_left(), (vec![], vec![]));
    hosts.on_printer(|printer, now| printer.link_up(now));
    let problem = hosts.printer().poll_problem().expect("a problem");
    assert!(matches!(problem, IpError::Open(OpenError::Down { .. })), "{problem}");
    // On again, it works again.
    sh("ip link set left up");
    isolated::settle("left");
    hosts.on_printer(|printer, now| printer.link_up(now));
    hosts.wait_for(is_announced);

    hosts.take_printer_events();
    hosts.problems.clear();
    sh("ip link delete left");
    hosts.wait_for(|event| *event == PrinterEvent::LinkLost);
    hosts.wait(|hosts| hosts.problems.len() == 2);
    hosts.problems.sort();
    assert_eq!(
        hosts.problems,
        ["left", "right"].map(|name| format!("the interface {name} is gone: it was removed or moved away"))
    );
    hosts.on_printer(|printer, now| printer.link_up(now));
    let problem = hosts.printer().poll_problem().expect("a problem");
    assert!(matches!(problem, IpError::Open(OpenError::NoSuchInterface { .. })), "{problem}");
    hosts.on_printer(|printer, now| printer.leave(now));
});

isolated_test!(an_interface_that_goes_between_two_calls_is_noticed_by_sending_too, {
    let world = World::new();
    let mut hosts = Hosts::new(&world);
    hosts.printer = Some(printer("left", hosts.now()));
    sh("ip link delete left");
    hosts.on_printer(|printer, now| printer.link_up(now));
    let problem = hosts.printer().poll_problem().expect("a problem");
    assert!(matches!(problem, IpError::Open(OpenError::NoSuchInterface { .. })), "{problem}");

    drop(hosts);
    let world = World::new();
    let mut hosts = Hosts::new(&world);
    hosts.printer = Some(printer("left", hosts.now()));
    hosts.on_printer(|printer, now| printer.link_up(now));
    sh("ip link delete left");
    // Only the timer runs: the next question is sent before anything is read.
    hosts.skip(Duration::from_secs(5));
    hosts.on_printer(|printer, now| printer.handle_timeout(now));
    let problem = hosts.printer().poll_problem().expect("a problem");
    assert!(matches!(problem, IpError::Link(LinkError::Vanished { .. })), "{problem}");
});

isolated_test!(a_taken_port_is_another_port_everywhere, {
    let world = World::new();
    let _taken = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 631)).unwrap();
    let (mut hosts, address) = online(&world);
    assert_eq!(hosts.printer().port(), Some(OTHER_PORT));
    assert_eq!(hosts.printer().uri(), Some(format!("ipp://{address}:8631/ipp/print")));
    let answer =
        hosts.http(Side::Peer, address, OTHER_PORT, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    let told = hosts.dns_query(address, &SERVICE);
    let place = [&[0, 0, 0, 0][..], &OTHER_PORT.to_be_bytes()].concat();
    assert!(told.windows(6).any(|at| at == place), "no SRV record has the port: {told:02x?}");
    assert!(String::from_utf8_lossy(&told).contains(".local:8631/"), "the text has another port");
});

isolated_test!(multicast_dns_shares_its_port, {
    let world = World::new();
    // As avahi-daemon has it, before and for every interface.
    let other = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::DGRAM, None).unwrap();
    other.set_reuse_address(true).unwrap();
    other.set_reuse_port(true).unwrap();
    other.bind(&SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 5353).into()).unwrap();
    let other: UdpSocket = other.into();
    let index = Interface::by_name("left").unwrap().expect("it is there").index;
    let group = Ipv4Addr::new(224, 0, 0, 251);
    socket2::SockRef::from(&other)
        .join_multicast_v4_n(&group, &socket2::InterfaceIndexOrAddress::Index(index))
        .unwrap();
    other.set_nonblocking(true).unwrap();
    let (mut hosts, address) = online(&world);
    let told = hosts.dns_query(address, &SERVICE);
    assert!(String::from_utf8_lossy(&told).contains("rp=ipp/print"), "{told:02x?}");
    // The other one heard the question and our own announcements.
    let mut buffer = [0; 9000];
    let mut froms = Vec::new();
    while let Ok((_, from)) = other.recv_from(&mut buffer) {
        froms.push(from.ip());
    }
    assert!(froms.contains(&ROUTER.into()) && froms.contains(&address.into()), "{froms:?}");
});

isolated_test!(a_silent_client_is_not_waited_for_and_a_crowd_waits, {
    let world = World::new();
    let (mut hosts, address) = online(&world);
    let crowd: Vec<TcpStream> =
        world.peer(|| (0..20).map(|_| TcpStream::connect((address, 631)).unwrap()).collect());
    hosts.settle();
    for stream in &crowd {
        stream.set_nonblocking(true).unwrap();
    }
    let is_closed = |stream: &TcpStream| match stream.peek(&mut [0]) {
        Ok(length) => length == 0,
        Err(error) => error.kind() != ErrorKind::WouldBlock,
    };
    assert_eq!(crowd.iter().filter(|stream| is_closed(stream)).count(), 0);
    hosts.skip(Duration::from_secs(31));
    hosts.wait(|_| crowd.iter().filter(|stream| is_closed(stream)).count() == 16);
    // Those that waited are served now.
    hosts.skip(Duration::from_secs(31));
    hosts.wait(|_| crowd.iter().all(is_closed));
    let answer =
        hosts.http(Side::Peer, address, 631, "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
});

isolated_test!(what_somebody_else_put_there_stays, {
    let world = World::new();
    world.peer(|| sh("ip address add 192.168.1.1/24 dev right"));
    let (mut hosts, address) = online(&world);
    // A printer that has the lent address by hand already, for ever.
    hosts.on_printer(|printer, now| printer.link_down(now));
    sh(&format!("ip address add {address}/24 dev left"));
    hosts.take_printer_events();
    hosts.on_printer(|printer, now| printer.link_up(now));
    hosts.wait_for(is_announced);
    hosts.skip(Duration::from_secs(43_300));
    hosts.take_gateway_events();
    hosts.wait(|hosts| hosts.has_gateway(|event| matches!(event, GatewayEvent::Leased(_))));
    drop(hosts.printer.take());
    assert_eq!(on_left(), (vec![(address, 0)], vec![]));
    let gateway = hosts.gateway.take();
    world.peer(|| {
        drop(gateway);
        let all = Links::open().unwrap().addresses(None).unwrap();
        let own = all.iter().find(|own| own.address == ROUTER).expect("the administrator's address");
        assert_eq!((own.protocol, own.lifetime), (0, None));
    });
});

isolated_test!(a_router_takes_a_network_that_is_free, {
    let world = World::new();
    world.peer(|| {
        sh("ip link add other type veth peer name end");
        sh("ip address add 192.168.1.77/24 dev other");
        let own = gateway("right");
        assert_eq!((own.address(), own.prefix()), (Ipv4Addr::new(192, 168, 2, 1), 24));
        sh("ip link set end up");
        sh("ip link set other up");
        sh("ip route add 192.168.0.0/16 via 192.168.1.1 dev other");
        assert_eq!(gateway("right").address(), Ipv4Addr::new(10, 107, 64, 1));
    });
});
