//! What can be seen of the home.

use super::Home;
use crate::computer::ComputerUnit;
use crate::printer::Surroundings;
use crate::terms::bars;
use crate::view::{HomeKind, HomeView, LinkState, LinkView, PrinterView, RouterView};
use keyway_eap::Timestamp;
use keyway_wifi::Band;

/// What anybody sees.
pub(super) fn home(home: &Home, now: Timestamp) -> HomeView {
    let (printers, router, links) = around(home, now);
    let around = super::computer::around(&printers, &router, &links);
    let computer = match &home.computer {
        Some(node) => node.unit.view(&around),
        None => ComputerUnit::new("Computer").view(&around),
    };
    let passed = now.saturating_since(Timestamp::ZERO).as_millis();
    HomeView {
        kind: HomeKind::Demo,
        revision: home.revision,
        now: u64::try_from(passed).unwrap_or(u64::MAX),
        date: home.date(now),
        router,
        printers,
        computer,
        links,
    }
}

/// What a person at the computer sees by turning the head.
pub(super) fn around(home: &Home, now: Timestamp) -> (Vec<PrinterView>, RouterView, Vec<LinkView>) {
    let date = home.date(now);
    let printers: Vec<PrinterView> = home
        .printers
        .iter()
        .map(|node| {
            let mut view = node.device.unit().view(now, &Surroundings { metres: node.metres, date });
            view.papers = node.tray.views();
            view
        })
        .collect();
    let mut router = home.router.device.unit().view(now, date);
    router.power = home.router.device.has_power();
    let mut links: Vec<LinkView> = home
        .printers
        .iter()
        .zip(&printers)
        .map(|(node, view)| {
            let signal = signal_at(home, node.device.radio().id, &[Band::Ghz2]).filter(|_| view.power);
            let (state, step) = printer_link(view, node.device.is_printing());
            LinkView { device: view.id.clone(), state, step, signal, bars: bars(signal) }
        })
        .collect();
    if let Some(node) = &home.computer {
        let signal = signal_at(home, node.client.radio.id, &[Band::Ghz5, Band::Ghz2]);
        let state = match (node.client.station.network().is_some(), node.host.address().is_some()) {
            (true, true) => LinkState::Online,
            (true, false) => LinkState::Joined,
            (false, _) => LinkState::Searching,
        };
        links.push(LinkView { device: "computer".to_owned(), state, step: 0, signal, bars: bars(signal) });
    }
    (printers, router, links)
}

/// The strongest signal of the router's own network at a radio.
fn signal_at(home: &Home, radio: keyway_air::RadioId, bands: &[Band]) -> Option<i8> {
    let cells = home.router.own_cells().filter(|cell| bands.contains(&cell.channel().band()));
    let signals =
        cells.filter_map(|cell| home.air.signal_between(cell.radio().id, radio, cell.channel().band()));
    signals.max().filter(|signal| *signal > -95)
}

fn printer_link(view: &PrinterView, printing: bool) -> (LinkState, u8) {
    let step = view.session.as_ref().and_then(|session| session.done).map_or(0, |done| done.number());
    let running = view.session.as_ref().is_some_and(|session| session.running);
    let connected = view.network.as_ref().filter(|network| network.connected);
    let state = match connected {
        _ if !view.power => LinkState::None,
        Some(_) if printing => LinkState::Printing,
        Some(network) if network.address.is_some() => LinkState::Online,
        Some(_) => LinkState::Joined,
        None if running && step == 0 => LinkState::Searching,
        None if running && step < 5 => LinkState::Registering,
        None if running => LinkState::Joining,
        None if view.network.is_some() => LinkState::Searching,
        None => LinkState::None,
    };
    (state, step)
}
