//! The streams of changes: what they say, and that a crowd of them harms nobody.

use crate::client::Events;
use crate::house::House;
use crate::pages::paths;
use keyway_devices::view::HomeView;
use serde_json::{Value, json};

#[test]
fn a_page_hears_hello_and_then_of_each_change() {
    let house = House::open();
    let mut owner = house.owner();
    let mut events = Events::open(house.address, "/events");
    assert_eq!(events.next(), ("hello".to_owned(), String::new()));
    owner.at_router(json!({ "do": "wps", "on": true }));
    let revision = owner.home().revision;
    loop {
        let (event, data) = events.next();
        assert_eq!(event, "change");
        // One notice may stand for several changes; the last one has come when the revision has.
        if data.parse::<u64>().expect("a revision") >= revision {
            break;
        }
    }
}

#[test]
fn a_program_hears_the_whole_home() {
    let house = House::open();
    let mut owner = house.owner();
    let mut events = Events::open(house.address, "/api/events");
    let (event, data) = events.next();
    assert_eq!(event, "home");
    let first: HomeView = serde_json::from_str(&data).expect("a home");
    let power =
        |on: bool| json!({ "at": "home", "action": { "do": "printer-power", "printer": "study", "on": on } });
    assert!(first.printers.iter().any(|printer| printer.id == "study" && printer.power));
    for on in [false, true] {
        owner.done(power(on));
        loop {
            let (event, data) = events.next();
            assert_eq!(event, "home");
            let home: Value = serde_json::from_str(&data).expect("a home");
            assert!(home["revision"].as_u64().expect("a number") >= first.revision);
            if home["printers"][0]["power"] == on {
                break;
            }
        }
    }
}

#[test]
fn two_hundred_streams_stay_open_and_end_with_their_pages() {
    let house = House::open();
    let mut owner = house.owner();
    let mut crowd: Vec<Events> = (0..200)
        .map(|number| Events::open(house.address, if number % 2 == 0 { "/events" } else { "/api/events" }))
        .collect();
    for events in &mut crowd {
        assert!(["hello", "home"].contains(&events.next().0.as_str()));
    }
    for path in paths() {
        owner.page(&path);
    }
    // All of them hear of it, while pages are served.
    owner.at_router(json!({ "do": "wps", "on": true }));
    let revision = owner.home().revision;
    for events in &mut crowd {
        loop {
            let (event, data) = events.next();
            let heard = match event.as_str() {
                "change" => data.parse().ok(),
                _ => serde_json::from_str::<Value>(&data).ok().and_then(|home| home["revision"].as_u64()),
            };
            if heard.expect("a revision") >= revision {
                break;
            }
        }
    }
    owner.page("/router");
    // Half of them go, one after the other, and others come in their place.
    for _ in 0..100 {
        crowd.remove(0);
        crowd.push(Events::open(house.address, "/events"));
    }
    assert_eq!(crowd.last_mut().expect("a stream").next().0, "hello");
    owner.page("/");
    // A server that is told to end waits for its connections: it ends only when none is left.
    drop(crowd);
    house.close();
}
