//! A network is lost, or a station is; both come back by themselves.

use crate::world::*;
use keyway_wifi::access_point::{BssConfig, Event as Told};
use keyway_wifi::frame::{ManagementBody, StatusCode};
use keyway_wifi::rsn::KeyManagement::Psk;

/// What an access point answered to association requests.
fn answers(world: &World) -> Vec<StatusCode> {
    let answer = |(_, body): (_, ManagementBody)| match body {
        ManagementBody::AssociationResponse(answer) => Some(answer.status),
        _ => None,
    };
    world.sent_by(bssid(0)).into_iter().filter_map(answer).collect()
}

/// The access point still has the association of before. With protected management frames the request may be anybody's:
/// the station is asked, does not answer, and comes back when it is told to.
#[test]
fn a_station_that_was_switched_off_and_on() {
    for protects in [true, false] {
        let config = BssConfig { security: wpa2(&[Psk], protects, false), ..home(0) };
        let mut world = World::new(vec![config], 1);
        world.bring(0);
        world.passes_data(0, 0);
        world.reboot(0);
        world.forget();
        world.bring(0);
        let expected = if protects {
            vec![StatusCode::TRY_LATER, StatusCode::SUCCESS]
        } else {
            vec![StatusCode::SUCCESS]
        };
        assert_eq!(answers(&world), expected);
        assert!(world.failures(0).is_empty(), "nobody needs to hear of it: {:?}", world.told(0));
        let left = |event: &&&Told| matches!(event, Told::Left(_));
        assert!(world.told_by(0).iter().filter(left).count() <= 1);
        world.passes_data(0, 0);
    }
}
