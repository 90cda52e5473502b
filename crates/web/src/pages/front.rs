//! The home as a picture.

use keyway_devices::view::{HomeView, LinkState, LinkView};

/// The picture: where everything is drawn and what stands there.
pub(crate) struct Picture {
    pub(crate) height: u32,
    pub(crate) words: String,
    pub(crate) banner: String,
    pub(crate) links: Vec<Line>,
    pub(crate) devices: Vec<Device>,
    /// The first printer's identifier.
    pub(crate) first: String,
}

/// A link as a line.
pub(crate) struct Line {
    pub(crate) class: &'static str,
    pub(crate) x: u32,
    pub(crate) y: u32,
    pub(crate) label_x: u32,
    pub(crate) label_y: u32,
    pub(crate) words: String,
}

/// A device as a box.
pub(crate) struct Device {
    pub(crate) href: String,
    pub(crate) title: String,
    pub(crate) name: String,
    pub(crate) words: String,
    pub(crate) class: &'static str,
    pub(crate) x: u32,
    pub(crate) y: u32,
}

/// Devices in one row of the picture.
const ROW: usize = 4;

pub(crate) fn picture(home: &HomeView) -> Picture {
    let mut devices = Vec::new();
    for printer in &home.printers {
        let state = home.links.iter().find(|link| link.device == printer.id);
        let trouble =
            printer.session.as_ref().is_some_and(|session| !session.running && session.reason.is_some());
        let (words, class) = match state {
            _ if !printer.power => ("off".to_owned(), "dark"),
            Some(link) if link.state == LinkState::None && trouble => ("needs you".to_owned(), "trouble"),
            Some(link) => (words(link), class(link)),
            None => ("not set up".to_owned(), "idle"),
        };
        let href = format!("/printer/{}", printer.id);
        devices.push(Device {
            href,
            title: printer.nickname.clone(),
            name: printer.name.clone(),
            words,
            class,
            x: 0,
            y: 0,
        });
    }
    let computer = &home.computer;
    let online = computer.ssid.is_some();
    devices.push(Device {
        href: "/computer".to_owned(),
        title: computer.name.clone(),
        name: computer.ssid.clone().unwrap_or_else(|| "on no network".to_owned()),
        words: if computer.vpn {
            "VPN is on".to_owned()
        } else {
            format!("sees {} printers", computer.found.len())
        },
        class: if online { "online" } else { "idle" },
        x: 0,
        y: 0,
    });
    let rows = devices.len().div_ceil(ROW);
    let mut lines = Vec::new();
    for (index, device) in devices.iter_mut().enumerate() {
        let (row, column) = (index / ROW, index % ROW);
        let in_row = if row + 1 == rows { (home.printers.len() + 1 - row * ROW).max(1) } else { ROW };
        let left = 480 - u32::try_from(in_row - 1).unwrap_or(0) * 110;
        device.x = left + u32::try_from(column).unwrap_or(0) * 220;
        device.y = 320 + u32::try_from(row).unwrap_or(0) * 130;
        let link = match home.printers.get(index) {
            Some(printer) => home.links.iter().find(|link| link.device == printer.id),
            None => home.links.iter().find(|link| link.device == "computer"),
        };
        let line_words =
            link.and_then(|link| link.signal).map(|dbm| format!("{dbm} dBm")).unwrap_or_default();
        lines.push(Line {
            class: link.map_or("none", class),
            x: device.x,
            y: device.y - 44,
            label_x: (480 + 3 * device.x) / 4,
            label_y: if row == 0 { (150 + 3 * (device.y - 44)) / 4 } else { device.y - 52 },
            words: if row == 0 { line_words } else { String::new() },
        });
    }
    let banner = match home.router.power {
        true => short(&super::acts::banner_words(&home.router.banner)),
        false => "off".to_owned(),
    };
    let sentences =
        devices.iter().map(|device| format!("{} ({}): {}.", device.title, device.name, device.words));
    let words = format!("{}: {banner}. {}", home.router.name, sentences.collect::<Vec<_>>().join(" "));
    let first = home.printers.first().map_or(String::new(), |printer| printer.id.clone());
    let height = 400 + u32::try_from(rows.saturating_sub(1)).unwrap_or(0) * 130;
    Picture { height, words, banner, links: lines, devices, first }
}

/// What fits into the router's box.
fn short(words: &str) -> String {
    words.split([';', ',']).next().unwrap_or(words).trim_end_matches(':').to_owned()
}

fn class(link: &LinkView) -> &'static str {
    match link.state {
        LinkState::None => "none",
        LinkState::Searching | LinkState::Registering | LinkState::Joining | LinkState::Printing => "busy",
        LinkState::Joined => "busy",
        LinkState::Online => "online",
    }
}

fn words(link: &LinkView) -> String {
    match link.state {
        LinkState::None => "not set up".to_owned(),
        LinkState::Searching => "looks for the router".to_owned(),
        LinkState::Registering => format!("set-up: step {} of 7", link.step),
        LinkState::Joining => "joins".to_owned(),
        LinkState::Joined => "asks for an address".to_owned(),
        LinkState::Online => "online".to_owned(),
        LinkState::Printing => "prints".to_owned(),
    }
}
