//! What somebody who does not have the key can and cannot do.

use crate::world::*;
use keyway_wifi::access_point::BssConfig;
use keyway_wifi::frame::{Management, ManagementBody, ReasonCode};
use keyway_wifi::rsn::KeyManagement::Psk;
use keyway_wifi::station::Event;
use keyway_wsc::MacAddr;

/// Frames in the name of one side that say that the association is over.
fn farewells(source: MacAddr, destination: MacAddr, access_point: MacAddr) -> [Management; 2] {
    [ManagementBody::Deauthentication, ManagementBody::Disassociation].map(|farewell| {
        Management::new(destination, source, access_point, farewell(ReasonCode::LEAVING.into()))
    })
}

#[test]
fn forged_farewells_mean_nothing_where_management_frames_are_protected() {
    for protects in [true, false] {
        for to_group in [true, false] {
            for kind in 0..2 {
                let config = BssConfig { security: wpa2(&[Psk], protects, false), ..home(0) };
                let mut world = World::new(vec![config], 1);
                world.bring(0);
                let receiver = if to_group { MacAddr::BROADCAST } else { world.address(0) };
                world.forget();
                world.forge_management(&farewells(bssid(0), receiver, bssid(0))[kind]);
                world.run(3 * SECOND);
                assert!(world.is_home(0), "protects {protects}, kind {kind}");
                let told = world.told(0);
                if protects {
                    assert!(told.is_empty(), "{told:?}");
                } else {
                    // It was believed, and the station came back by itself.
                    assert_eq!(told[0], &Event::Lost(ReasonCode::LEAVING));
                    assert!(matches!(told.last(), Some(Event::Joined(_))), "{told:?}");
                }
                world.passes_data(0, 0);
            }
        }
    }
}
