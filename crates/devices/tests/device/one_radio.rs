//! A router with one radio, as a computer with one card is.

use crate::bench::{Bench, PRINTER, router_unit};
use keyway_devices::Random;
use keyway_devices::action::{Bands, RouterAction};
use keyway_devices::durable::Change;
use keyway_devices::printer::{PrinterNews, PrinterUnit};
use keyway_devices::router::{ManagementProtection, RouterChannels, RouterUnit, RouterUnitConfig};
use keyway_eap::Timestamp;
use keyway_home::{PrinterEvent, PrinterOutcome};
use keyway_lan::PrinterHost;
use keyway_lan::printer::PrinterConfig;
use keyway_wifi::Channel;

fn host(unit: &PrinterUnit) -> PrinterHost {
    let (host_name, identity) = (unit.host_name(), unit.identity());
    PrinterHost::new(PrinterConfig { mac: unit.mac(), host_name, identity, seed: 1 }, Timestamp::ZERO)
}

#[test]
fn a_printer_joins_by_pin_on_either_band_and_with_any_protection() {
    for (channel, protection, protects) in [
        (1, ManagementProtection::Off, false),
        (6, ManagementProtection::Optional, true),
        (36, ManagementProtection::Optional, true),
        (44, ManagementProtection::Required, true),
    ] {
        let mut bench = Bench::new(channel, protection, host);
        bench.register_by_pin();
        bench.until("an address", |bench| {
            bench.view().network.is_some_and(|network| network.address.is_some())
        });
        let network = bench.printer.station().network().unwrap();
        assert_eq!((network.channel.number(), network.protects_management()), (channel, protects));
        let ended = |news: &PrinterNews| match news {
            PrinterNews::Registration(event) => {
                matches!(**event, PrinterEvent::Ended(PrinterOutcome::Success(_)))
            }
            _ => false,
        };
        assert_eq!(bench.news.iter().filter(|news| ended(news)).count(), 1, "{:?}", bench.news);
        let admin = bench.router.unit().admin_view(bench.now, 0);
        assert_eq!(admin.channels, [channel]);
        let [joined] = &admin.joined[..] else { panic!("{:?}", admin.joined) };
        let own = bench.view().network.unwrap().address;
        assert_eq!((&joined.mac, joined.online, &joined.address), (&PRINTER.to_string(), true, &own));
    }
}

#[test]
fn the_network_stays_on_the_bands_that_there_are() {
    let both = RouterChannels::Both { ghz2: 6, ghz5: 36 };
    for (kept_by, wished, runs_on, expected) in [
        (both, Bands::Ghz5, 6, Bands::Ghz2),
        (both, Bands::Both, 6, Bands::Ghz2),
        (both, Bands::Ghz2, 36, Bands::Ghz5),
        (RouterChannels::Ghz5(36), Bands::Ghz5, 6, Bands::Ghz2),
    ] {
        let (now, mut random) = (Timestamp::ZERO, Random::seeded(1));
        let config = router_unit(Channel::new(runs_on).unwrap());
        // Another card chose, before.
        let other = RouterUnitConfig { channels: kept_by, ..config.clone() };
        let mut unit = RouterUnit::new(other, &[], Vec::new(), Vec::new(), now, &mut random);
        let bands = Some(wished);
        let action =
            RouterAction::Network { ssid: None, passphrase: None, hidden: None, security: None, bands };
        unit.perform(action.clone(), now, 0, &mut random).unwrap();
        let saved: Vec<_> = std::iter::from_fn(|| unit.poll_change())
            .filter_map(|change| match change {
                Change::Set { key, value, .. } => Some((key, value)),
                _ => None,
            })
            .collect();

        let mut unit = RouterUnit::new(config, &saved, Vec::new(), Vec::new(), now, &mut random);
        let admin = unit.admin_view(now, 0);
        assert_eq!((admin.bands, &admin.channels[..]), (expected, &[runs_on][..]));
        let refusal = unit.perform(action, now, 0, &mut random).unwrap_err();
        assert_eq!(refusal.code, "bad-value", "{refusal:?}");
        assert_eq!(unit.admin_view(now, 0), admin);
    }
}
