//! Stock hostapd and stock wpa_supplicant by push button.

use keyway_interop::hostapd::{Hostapd, HostapdConfig};
use keyway_interop::machine;
use keyway_interop::radio::Radios;
use keyway_interop::supplicant::Supplicant;
use keyway_interop::wps::Ending;

use crate::support::home;

#[test]
fn a_stock_station_joins_by_push_button() {
    machine::scenario(|| {
        let radios = Radios::take(2);
        let hostapd = Hostapd::start(radios.end(0), &HostapdConfig::on_channel(1, home()));
        let station = Supplicant::on_radio(radios.end(1));
        hostapd.push_button();
        station.push_button();
        station.wait_until_joined();
        assert_eq!(hostapd.outcome(), Ending::Success);
        assert_eq!(station.learnt(), [home()]);
        radios.assert_reach(0, 1);
    });
}
